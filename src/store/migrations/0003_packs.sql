-- A rule pack is kept as it was signed; "body" is what the envelope holds.
ALTER TABLE rule_pack ADD COLUMN envelope {blob} NOT NULL DEFAULT '';
