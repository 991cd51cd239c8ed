-- What an officer says beside the objects of an order.
ALTER TABLE release_order ADD COLUMN strict BIGINT NOT NULL DEFAULT 0;      -- 1: all of it goes, or nothing
ALTER TABLE release_order ADD COLUMN legal_basis TEXT NOT NULL DEFAULT '';  -- code of the ground that is cited; empty: none
ALTER TABLE release_order ADD COLUMN contact TEXT NOT NULL DEFAULT '';      -- what the recipient's contact did: "failed", "answered"; empty: nobody tried
CREATE INDEX release_order_contact ON release_order (recipient, created_at) WHERE contact <> '';
ALTER TABLE release_item ADD COLUMN persons BIGINT NOT NULL DEFAULT 0;      -- people it tells of, as the officer counted them; 0: not counted
