-- Which server filled a collection "feed-NAME"; stays when the feed is removed, so
-- that another server does not enter under the old name.  What stands in a collection
-- that people may write into is not a feed's alone, and is claimed by none.
CREATE TABLE feed_address (
  shard_key BIGINT NOT NULL PRIMARY KEY, -- of the collection
  url TEXT NOT NULL,
  api_root TEXT NOT NULL,
  collection TEXT NOT NULL               -- on the server
);
INSERT INTO feed_address (shard_key, url, api_root, collection)
  SELECT f.shard_key, f.url, f.api_root, f.collection FROM feed f, collection c
  WHERE c.shard_key = f.shard_key AND c.can_write = 0;
