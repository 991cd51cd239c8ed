-- What guests hold of a collection: there is a bound.
CREATE INDEX object_giver ON object (shard_key, giver, type, object_id) WHERE giver <> '';
