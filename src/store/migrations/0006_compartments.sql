-- Compartments: what belongs where inside the party, and what each account
-- may open with which proof.

-- An account works in some enclaves of its organisation, separated by ' '.
ALTER TABLE account RENAME COLUMN enclave TO enclaves;

-- What a token is for, in its owner's words.
ALTER TABLE session ADD COLUMN label TEXT NOT NULL DEFAULT '';

-- The shared secret of an authenticator (RFC 6238).
CREATE TABLE second_factor (
  account TEXT NOT NULL PRIMARY KEY,
  secret {blob} NOT NULL,
  confirmed_at BIGINT NOT NULL,          -- 0: shown, and not yet answered with a code
  last_step BIGINT NOT NULL,             -- of the last code that was taken: none is taken twice
  added_at BIGINT NOT NULL
);

ALTER TABLE event ADD COLUMN enclave TEXT NOT NULL DEFAULT '';
UPDATE event SET enclave = COALESCE((SELECT value FROM setting WHERE name = 'enclave'), '');

-- Hits belong to who counted them.
ALTER TABLE hit RENAME TO hit_first;
CREATE TABLE hit (
  indicator TEXT NOT NULL,
  owner TEXT NOT NULL,
  enclave TEXT NOT NULL,
  hour BIGINT NOT NULL,                  -- start of the hour
  kind TEXT NOT NULL,                    -- exact, subdomain, cidr, prefix
  n BIGINT NOT NULL,
  source TEXT NOT NULL,
  PRIMARY KEY (indicator, owner, enclave, hour, kind, source)
);
INSERT INTO hit (indicator, owner, enclave, hour, kind, n, source)
  SELECT h.indicator, o.value, e.value, h.hour, h.kind, h.n, h.source
  FROM hit_first h, setting o, setting e WHERE o.name = 'organisation' AND e.name = 'enclave';
DROP TABLE hit_first;

-- An object that an officer of its compartment shows to another compartment of
-- the party: by reference, until it is withdrawn.
CREATE TABLE internal_release (
  release_id TEXT NOT NULL PRIMARY KEY,  -- UUID
  object_id TEXT NOT NULL,
  owner TEXT NOT NULL,
  enclave TEXT NOT NULL,
  to_owner TEXT NOT NULL,
  to_enclave TEXT NOT NULL,
  account TEXT NOT NULL,
  reason TEXT NOT NULL,
  at BIGINT NOT NULL,
  withdrawn_at BIGINT NOT NULL,          -- 0: in force
  withdrawn_by TEXT NOT NULL
);
CREATE INDEX internal_release_object ON internal_release (object_id);

CREATE INDEX taxii_status_at ON taxii_status (at);
