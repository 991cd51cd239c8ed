-- What a guest may do with single collections of its compartment.  One row that
-- gives neither right still shows that the collection is there.
CREATE TABLE collection_access (
  shard_key BIGINT NOT NULL,             -- of the collection
  account TEXT NOT NULL,                 -- name; "*": every guest of the compartment without a row of its own
  can_read BIGINT NOT NULL,
  can_write BIGINT NOT NULL,
  added_by TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (shard_key, account)
);
CREATE INDEX collection_access_account ON collection_access (account, shard_key);
