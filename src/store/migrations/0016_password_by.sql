-- The administrator who set an account's password; empty: its owner did, or
-- the owner of the machine.
ALTER TABLE account ADD COLUMN password_by TEXT NOT NULL DEFAULT '';
