-- Other contents of a version that is here.  Each lies in object, withdrawn, under
-- its version, "~" and digits of its normalised hash.

CREATE TABLE object_conflict (
  shard_key BIGINT NOT NULL,
  date_added BIGINT NOT NULL,            -- of the row of object that is not served
  object_id TEXT NOT NULL,
  version TEXT NOT NULL,                 -- that both contents claim
  normal_hash {blob} NOT NULL,
  outcome TEXT NOT NULL,                 -- why it is not served: "kept", "refused", "replaced" ...
  seen BIGINT NOT NULL,                  -- how often it came
  last_at BIGINT NOT NULL,
  PRIMARY KEY (shard_key, date_added)
);
CREATE UNIQUE INDEX object_conflict_content ON object_conflict (shard_key, object_id, version, normal_hash);
CREATE INDEX object_conflict_object ON object_conflict (object_id);
CREATE INDEX object_conflict_at ON object_conflict (last_at);
