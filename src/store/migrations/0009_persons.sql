-- A card belongs to the compartment that compared it: another one that takes
-- the same card learns nothing of it.  No program wrote the table of 0004.

DROP TABLE person;
CREATE TABLE person (
  owner TEXT NOT NULL,
  enclave TEXT NOT NULL,
  fingerprint TEXT NOT NULL,             -- of the card, in hexadecimal
  name TEXT NOT NULL,
  organisation TEXT NOT NULL,            -- "JP:JPCERT"
  box_key {blob} NOT NULL,               -- Ed25519, a box is sealed to its X25519 key
  card {blob} NOT NULL,                  -- exact bytes, signed by the party's node
  added_by TEXT NOT NULL,
  added_at BIGINT NOT NULL,
  verified_by TEXT NOT NULL,
  verified_at BIGINT NOT NULL,           -- 0: no second person compared it yet
  expires_at BIGINT NOT NULL,
  revoked_at BIGINT NOT NULL,
  PRIMARY KEY (owner, enclave, fingerprint)
);
CREATE INDEX envelope_place ON envelope (owner, enclave, made_at);
