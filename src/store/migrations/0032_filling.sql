-- What queries have still to look at, in steps that hold nobody up.
--
-- A query that was defined over what lay there: how far it has looked.  What a source
-- takes in later is looked at when it comes.
CREATE TABLE collection_fill (
  shard_key BIGINT NOT NULL,             -- of the derived collection
  base_key BIGINT NOT NULL,
  done_to BIGINT NOT NULL,               -- date_added in the source
  until_at BIGINT NOT NULL,              -- its last when the query was defined
  PRIMARY KEY (shard_key, base_key)
);
-- The definitions that an answer about a TLP was made by, or waits for.
CREATE TABLE derived_marking (
  shard_key BIGINT NOT NULL,
  marking_id TEXT NOT NULL,
  object_id TEXT NOT NULL,
  PRIMARY KEY (shard_key, marking_id, object_id)
);
CREATE INDEX derived_marking_object ON derived_marking (shard_key, object_id);
-- A definition that came or went: how far those under it were asked about again.
CREATE TABLE derived_again (
  shard_key BIGINT NOT NULL,
  marking_id TEXT NOT NULL,
  done_to TEXT NOT NULL,                 -- object_id
  once_more BIGINT NOT NULL,             -- it changed while they were asked about
  PRIMARY KEY (shard_key, marking_id)
);
-- What is filtered for stands in the entry.
ALTER TABLE derived_entry ADD COLUMN type TEXT NOT NULL DEFAULT '';
ALTER TABLE derived_entry ADD COLUMN spec_version TEXT NOT NULL DEFAULT '';
UPDATE derived_entry SET type = COALESCE((SELECT o.type FROM object o
  WHERE o.shard_key = derived_entry.base_key AND o.date_added = derived_entry.base_added), ''),
  spec_version = COALESCE((SELECT o.spec_version FROM object o
  WHERE o.shard_key = derived_entry.base_key AND o.date_added = derived_entry.base_added), '');
CREATE INDEX derived_entry_type ON derived_entry (shard_key, type, date_added);
-- Nearly everything is 2.1; who asks for the rest finds it here.
CREATE INDEX object_spec ON object (shard_key, spec_version, date_added) WHERE spec_version <> '2.1';
CREATE INDEX derived_entry_spec ON derived_entry (shard_key, spec_version, date_added)
  WHERE spec_version <> '2.1';
-- What older programs did not note is noted by looking at everything once more.
INSERT INTO collection_fill (shard_key, base_key, done_to, until_at)
  SELECT s.shard_key, s.base_key, 0, h.last_added FROM collection_source s, collection_head h
  WHERE h.shard_key = s.base_key;
