-- What lies where a feed puts what it read, in bytes: there is a bound.
ALTER TABLE feed_address ADD COLUMN held_bytes BIGINT NOT NULL DEFAULT 0;
UPDATE feed_address SET held_bytes = COALESCE((SELECT CAST(SUM(LENGTH(o.raw)) AS BIGINT)
  FROM object o WHERE o.shard_key = feed_address.shard_key), 0);
-- Where a purged object lay: no feed brings it back there.
ALTER TABLE tombstone ADD COLUMN shard_key BIGINT NOT NULL DEFAULT 0; -- 0: an older program did not say
-- Collections of queries that were removed, and whose entries are taken out in steps; the number
-- is not given again before that.
CREATE TABLE collection_gone (
  shard_key BIGINT NOT NULL PRIMARY KEY
);
