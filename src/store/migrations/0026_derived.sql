-- Collections that a saved query over others of the same compartment defines.
CREATE TABLE collection_query (
  shard_key BIGINT NOT NULL PRIMARY KEY, -- of the derived collection
  query TEXT NOT NULL,                   -- JSON, as it was given
  added_by TEXT NOT NULL,
  at BIGINT NOT NULL
);
CREATE TABLE collection_source (
  base_key BIGINT NOT NULL,              -- collection that is looked into
  shard_key BIGINT NOT NULL,             -- of the derived one
  PRIMARY KEY (base_key, shard_key)
);
CREATE INDEX collection_source_of ON collection_source (shard_key, base_key);
-- One row for each object whose newest version satisfies the query.  It moves, with a new
-- date_added, when another version takes its place.
CREATE TABLE derived_entry (
  shard_key BIGINT NOT NULL,
  date_added BIGINT NOT NULL,            -- unique and increasing inside the derived collection
  object_id TEXT NOT NULL,
  base_key BIGINT NOT NULL,              -- the row of object that is shown
  base_added BIGINT NOT NULL,
  PRIMARY KEY (shard_key, date_added)
);
CREATE UNIQUE INDEX derived_entry_object ON derived_entry (shard_key, object_id);
