-- What later proves a decision, and what is left when content has gone.

-- The text of a decision's inputs by its SHA-256: names, versions and hashes of
-- objects and documents, no content.
CREATE TABLE decision_inputs (
  hash {blob} NOT NULL PRIMARY KEY,
  body {blob} NOT NULL,
  added_at BIGINT NOT NULL
);
ALTER TABLE release_item ADD COLUMN inputs {blob} NOT NULL DEFAULT '';

-- A decision that another one about the same item has followed: a hold that was
-- approved.  release_item has the newest.
CREATE TABLE decision_past (
  leaf BIGINT NOT NULL,
  place BIGINT NOT NULL,
  order_id TEXT NOT NULL,
  ordinal BIGINT NOT NULL,
  agreement TEXT NOT NULL,
  recipient TEXT NOT NULL,
  owner TEXT NOT NULL,
  source_id TEXT NOT NULL,
  version TEXT NOT NULL,
  outcome TEXT NOT NULL,
  preview_hash {blob} NOT NULL,
  leaving_id TEXT NOT NULL,
  decision TEXT NOT NULL,
  facts TEXT NOT NULL,
  nonce {blob} NOT NULL,
  inputs {blob} NOT NULL,
  PRIMARY KEY (leaf, place)
);
CREATE INDEX decision_past_source ON decision_past (source_id);

-- A consent is kept with who wrote it down and on what evidence.
ALTER TABLE consent ADD COLUMN owner TEXT NOT NULL DEFAULT '';
ALTER TABLE consent ADD COLUMN enclave TEXT NOT NULL DEFAULT '';
ALTER TABLE consent ADD COLUMN evidence TEXT NOT NULL DEFAULT '';
ALTER TABLE consent ADD COLUMN withdrawn_by TEXT NOT NULL DEFAULT '';
ALTER TABLE consent ADD COLUMN withdrawn_why TEXT NOT NULL DEFAULT '';

-- What is left of an object whose retention ended, or that was purged: its hash.
-- The leaf of our log says the same.
CREATE TABLE tombstone (
  leaf BIGINT NOT NULL PRIMARY KEY,
  object_id TEXT NOT NULL,
  version TEXT NOT NULL,
  raw_hash {blob} NOT NULL,
  giver TEXT NOT NULL,                   -- organisation that gave it; empty: our own
  reason TEXT NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX tombstone_object ON tombstone (object_id);
-- A record of the ledger that was purged with its salt: which leaf says so.
CREATE TABLE tombstone_record (
  leaf BIGINT NOT NULL,
  place BIGINT NOT NULL,
  said BIGINT NOT NULL,
  PRIMARY KEY (leaf, place)
);
ALTER TABLE receipt ADD COLUMN purged_at BIGINT NOT NULL DEFAULT 0;
