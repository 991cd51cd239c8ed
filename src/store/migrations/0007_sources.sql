-- Where objects were imported from, and what the unmarked among them count as.

CREATE TABLE source_policy (
  source TEXT NOT NULL,                  -- "attack"
  version BIGINT NOT NULL,
  hash {blob} NOT NULL,                  -- of the policy's exact bytes
  envelope {blob} NOT NULL,              -- DSSE, signed by our party
  active BIGINT NOT NULL,                -- 1: the one that counts
  added_by TEXT NOT NULL,                -- account
  added_at BIGINT NOT NULL,
  PRIMARY KEY (source, version)
);

ALTER TABLE import ADD COLUMN named TEXT NOT NULL DEFAULT ''; -- source it was declared to be from
