-- Large orders, and pages of one type.

-- The objects of a type in a collection: a page of a rare type does not read the
-- others, and neither does who looks for every identity that is here.
CREATE INDEX object_type ON object (shard_key, type, date_added);
-- What an object refers to, beside who refers to it.
CREATE INDEX object_ref_source ON object_ref (source, target);
-- An order of more objects than one batch holds is in several leaves: this is the
-- last of them, and what it released counts as delivered for all of its objects.
ALTER TABLE release_order ADD COLUMN last_leaf BIGINT NOT NULL DEFAULT -1;
