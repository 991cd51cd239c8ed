-- What an officer says beside the objects of an order.
ALTER TABLE release_order ADD COLUMN strict BIGINT NOT NULL DEFAULT 0;      -- 1: all of it goes, or nothing
ALTER TABLE release_order ADD COLUMN legal_basis TEXT NOT NULL DEFAULT '';  -- code of the ground that is cited; empty: none
ALTER TABLE release_order ADD COLUMN contact TEXT NOT NULL DEFAULT '';      -- what the recipient's contact did: "failed", "answered"; empty: nobody tried
CREATE INDEX release_order_contact ON release_order (recipient, created_at) WHERE contact <> '';
ALTER TABLE release_item ADD COLUMN persons BIGINT NOT NULL DEFAULT 0;      -- people it tells of, as the officer counted them; 0: not counted

-- A consent that was withdrawn is closed in steps: 1 while some are still to be
-- made, the last source that was looked at, and how much was closed.
ALTER TABLE consent ADD COLUMN closing BIGINT NOT NULL DEFAULT 0;
ALTER TABLE consent ADD COLUMN closed_to TEXT NOT NULL DEFAULT '';
ALTER TABLE consent ADD COLUMN closed BIGINT NOT NULL DEFAULT 0;

-- What is shown inside a party is asked about again, like what was released.
ALTER TABLE internal_release ADD COLUMN decided_epoch BIGINT NOT NULL DEFAULT -1;
ALTER TABLE internal_release ADD COLUMN valid_until BIGINT NOT NULL DEFAULT 0;
CREATE INDEX internal_release_open ON internal_release (release_id) WHERE withdrawn_at = 0;
