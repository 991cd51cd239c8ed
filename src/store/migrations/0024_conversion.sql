-- What converted objects were: the exact bytes that came, and what was done to them.
CREATE TABLE conversion (
  shard_key BIGINT NOT NULL,
  object_id TEXT NOT NULL,
  original_hash {blob} NOT NULL,         -- SHA-256
  version TEXT NOT NULL,                 -- stix_version_key() of what came out
  import_id BIGINT NOT NULL,             -- the first that brought it
  entry BIGINT NOT NULL,                 -- place in that import, from 0
  at BIGINT NOT NULL,
  format TEXT NOT NULL,                  -- "stix-2.0"
  changes TEXT NOT NULL,                 -- JSON list
  original {blob} NOT NULL,
  PRIMARY KEY (shard_key, object_id, original_hash)
);
-- Which objects were parts of it: what they say stands in the original, too.
CREATE TABLE conversion_part (
  shard_key BIGINT NOT NULL,
  part_id TEXT NOT NULL,
  object_id TEXT NOT NULL,
  PRIMARY KEY (shard_key, part_id, object_id)
);
