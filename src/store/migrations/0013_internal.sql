-- Showing is of bytes: of one version, and where a second person has to agree
-- it waits for that.  Nothing wrote the table of 0006.
DROP TABLE internal_release;
CREATE TABLE internal_release (
  release_id TEXT NOT NULL PRIMARY KEY,  -- UUID
  object_id TEXT NOT NULL,
  version TEXT NOT NULL,
  raw_hash {blob} NOT NULL,              -- of the bytes that are shown: no other version is
  owner TEXT NOT NULL,
  enclave TEXT NOT NULL,
  to_owner TEXT NOT NULL,
  to_enclave TEXT NOT NULL,
  account TEXT NOT NULL,
  reason TEXT NOT NULL,
  at BIGINT NOT NULL,
  shown_at BIGINT NOT NULL,              -- 0: a second person has to approve first
  approver TEXT NOT NULL,                -- empty: nobody had to
  withdrawn_at BIGINT NOT NULL,          -- 0: it was not
  withdrawn_by TEXT NOT NULL,
  withdrawn_why TEXT NOT NULL
);
CREATE INDEX internal_release_object ON internal_release (object_id);
