-- Whom an order named, when the recipient took over from it; empty: the recipient itself.
ALTER TABLE release_order ADD COLUMN asked TEXT NOT NULL DEFAULT '';
