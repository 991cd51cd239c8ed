-- An officer's choices among the contents of a version (object_conflict): the last one of a
-- version says what is served, the earlier ones what was.
CREATE TABLE object_choice (
  shard_key BIGINT NOT NULL,
  date_added BIGINT NOT NULL,            -- that the chosen content got by it
  object_id TEXT NOT NULL,
  version TEXT NOT NULL,
  raw_hash {blob} NOT NULL,              -- SHA-256 of what is served since
  instead_hash {blob} NOT NULL,          -- and of what was until then
  account TEXT NOT NULL,
  reason TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (shard_key, date_added)
);
CREATE INDEX object_choice_version ON object_choice (shard_key, object_id, version);

-- What came out of a conversion: of several contents of a version each has its own original.
ALTER TABLE conversion ADD COLUMN made_hash {blob} NOT NULL DEFAULT ''; -- normalised; empty: made before this column
