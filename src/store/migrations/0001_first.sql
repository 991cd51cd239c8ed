-- The schema of one realm of one node.  One text for every engine: {blob} is
-- the engine's type for bytes.  Times are BIGINT microseconds, UTC.  shard_key
-- stands first in every primary key that grows; no foreign key, no trigger, no
-- sequence.

CREATE TABLE setting (
  name TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
);

-- A party of some agreement, as we know it: ourselves and our peers.
CREATE TABLE peer (
  name TEXT NOT NULL PRIMARY KEY,        -- public name of the node: origin of its log
  party TEXT NOT NULL,                   -- "JP"
  kind TEXT NOT NULL,                    -- "torana", later "taxii", "misp", "mail"
  url TEXT NOT NULL,                     -- of its peer listener
  tls_pin {blob} NOT NULL,               -- SHA-256 of its SPKI
  log_key TEXT NOT NULL,                 -- verifier keys of the C2SP notes
  witness_key TEXT NOT NULL,
  agreement_key {blob} NOT NULL,         -- Ed25519 of its agreement signer
  identity TEXT NOT NULL,                -- STIX identity that creates its copies
  invitation {blob} NOT NULL,            -- exact bytes
  verified_at BIGINT NOT NULL,           -- 0: its fingerprint was not read back yet
  added_at BIGINT NOT NULL
);

-- People and tools of our own side.
CREATE TABLE account (
  name TEXT NOT NULL PRIMARY KEY,
  display TEXT NOT NULL,
  organisation TEXT NOT NULL,            -- "IN:CERT-IN"
  enclave TEXT NOT NULL,
  roles TEXT NOT NULL,                   -- separated by ' ', as account.h lists them
  password TEXT NOT NULL,                -- Argon2id text; empty: cannot sign in with one
  failures BIGINT NOT NULL,
  locked_until BIGINT NOT NULL,
  disabled BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE TABLE session (
  token_hash {blob} NOT NULL PRIMARY KEY, -- SHA-256: the token itself is not kept
  account TEXT NOT NULL,
  kind TEXT NOT NULL,                    -- "session", "token"
  scopes TEXT NOT NULL,
  expires_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX session_account ON session (account);

-- A collection holds versions of objects in the order of date_added.
CREATE TABLE collection (
  shard_key BIGINT NOT NULL PRIMARY KEY,
  id TEXT NOT NULL,                      -- UUID shown by TAXII
  alias TEXT NOT NULL,
  kind TEXT NOT NULL,                    -- "local", "received", "released"
  title TEXT NOT NULL,
  description TEXT NOT NULL,
  owner TEXT NOT NULL,                   -- owning organisation
  enclave TEXT NOT NULL,
  recipient TEXT NOT NULL,               -- organisation a "released" collection is for
  agreement TEXT NOT NULL,               -- id of the agreement of a "released" or "received" one
  giver TEXT NOT NULL,                   -- organisation whose objects a "received" one holds
  can_write BIGINT NOT NULL
);
CREATE UNIQUE INDEX collection_id ON collection (id);
CREATE TABLE collection_head (
  shard_key BIGINT NOT NULL PRIMARY KEY,
  last_added BIGINT NOT NULL,
  n_versions BIGINT NOT NULL
);

CREATE TABLE object (
  shard_key BIGINT NOT NULL,
  date_added BIGINT NOT NULL,            -- unique and increasing inside the collection
  object_id TEXT NOT NULL,
  version TEXT NOT NULL,                 -- stix_version_key()
  type TEXT NOT NULL,
  spec_version TEXT NOT NULL,
  created TEXT NOT NULL,                 -- text as it came
  modified TEXT NOT NULL,                -- empty for an object without versions
  modified_us BIGINT NOT NULL,
  revoked BIGINT NOT NULL,
  raw_hash {blob} NOT NULL,
  jcs_hash {blob} NOT NULL,
  normal_hash {blob} NOT NULL,
  owner TEXT NOT NULL,                   -- owning organisation
  enclave TEXT NOT NULL,
  originator TEXT NOT NULL,              -- organisation that made it; empty: unknown
  giver TEXT NOT NULL,                   -- organisation that gave it; empty: our own
  path TEXT NOT NULL,                    -- organisations it went through, separated by ' '
  received_under TEXT NOT NULL,          -- agreement id; empty: our own
  import_id BIGINT NOT NULL,             -- which import or release brought it
  withdrawn_at BIGINT NOT NULL,          -- 0: shown
  latest BIGINT NOT NULL,                -- 1: shown, and the newest version that is
  raw {blob} NOT NULL,                   -- the exact bytes; last, so that the rest is read without them
  PRIMARY KEY (shard_key, date_added)
);
CREATE UNIQUE INDEX object_version ON object (shard_key, object_id, version);
CREATE UNIQUE INDEX object_latest ON object (object_id, shard_key) WHERE latest = 1;
CREATE INDEX object_revoked ON object (shard_key, object_id, modified_us) WHERE revoked = 1;

-- Who refers to whom: filled by cursor, so that an import is not slowed down.
CREATE TABLE object_ref (
  target TEXT NOT NULL,
  source TEXT NOT NULL,
  property TEXT NOT NULL,
  PRIMARY KEY (target, source, property)
);
CREATE TABLE watermark (
  name TEXT NOT NULL,                    -- "refs", "project", "standing/ORDER"
  shard_key BIGINT NOT NULL,
  done_to BIGINT NOT NULL,
  PRIMARY KEY (name, shard_key)
);

CREATE TABLE import (
  import_id BIGINT NOT NULL PRIMARY KEY,
  shard_key BIGINT NOT NULL,
  at BIGINT NOT NULL,
  actor TEXT NOT NULL,
  source TEXT NOT NULL,                  -- file name, or peer
  n_read BIGINT NOT NULL,
  n_new BIGINT NOT NULL,
  n_same BIGINT NOT NULL,
  n_refused BIGINT NOT NULL,
  problems TEXT NOT NULL                 -- JSON list
);
CREATE TABLE taxii_status (
  id TEXT NOT NULL PRIMARY KEY,
  at BIGINT NOT NULL,
  account TEXT NOT NULL,
  body TEXT NOT NULL
);

-- Agreements and statements about them: the signed envelopes, in their order.
CREATE TABLE agreement (
  id TEXT NOT NULL,
  version BIGINT NOT NULL,
  hash {blob} NOT NULL,                  -- of the document's exact bytes
  envelope {blob} NOT NULL,
  added_at BIGINT NOT NULL,
  PRIMARY KEY (id, version)
);
CREATE TABLE agreement_statement (
  agreement_hash {blob} NOT NULL,
  ordinal BIGINT NOT NULL,
  envelope {blob} NOT NULL,
  added_at BIGINT NOT NULL,
  PRIMARY KEY (agreement_hash, ordinal)
);
CREATE TABLE rule_pack (
  id TEXT NOT NULL,
  version BIGINT NOT NULL,
  hash {blob} NOT NULL,
  body {blob} NOT NULL,
  active BIGINT NOT NULL,
  added_at BIGINT NOT NULL,
  PRIMARY KEY (id, version)
);
CREATE TABLE consent (
  id TEXT NOT NULL PRIMARY KEY,
  identity TEXT NOT NULL,
  scope TEXT NOT NULL,
  recipient TEXT NOT NULL,
  valid_until BIGINT NOT NULL,
  withdrawn_at BIGINT NOT NULL,
  added_at BIGINT NOT NULL,
  actor TEXT NOT NULL
);

-- The private link between a source and its copy, written before the copy.
CREATE TABLE copy_link (
  agreement TEXT NOT NULL,
  source_id TEXT NOT NULL,
  copy_id TEXT NOT NULL,
  created_at BIGINT NOT NULL,            -- `created` of the copy; 0: nothing was ordered yet
  PRIMARY KEY (agreement, source_id)
);
CREATE UNIQUE INDEX copy_link_copy ON copy_link (copy_id);

-- Release orders, and each object that one concerns.
CREATE TABLE release_order (
  order_id TEXT NOT NULL PRIMARY KEY,    -- UUID
  kind TEXT NOT NULL,                    -- "one-off", "standing"
  state TEXT NOT NULL,                   -- "waiting", "active", "done", "refused", "stopped", "expired"
  agreement TEXT NOT NULL,
  recipient TEXT NOT NULL,
  purpose TEXT NOT NULL,
  area TEXT NOT NULL,
  channel TEXT NOT NULL,
  scope TEXT NOT NULL,                   -- JSON: ids, or {categories, ceiling} of a standing order
  owner TEXT NOT NULL,                   -- releasing organisation
  enclave TEXT NOT NULL,
  proposer TEXT NOT NULL,
  approver TEXT NOT NULL,                -- of a standing order
  created_at BIGINT NOT NULL,
  copy_time BIGINT NOT NULL,             -- time of the preview: `modified` of copies
  starts_at BIGINT NOT NULL,             -- a standing order acts after a delay
  expires_at BIGINT NOT NULL
);
CREATE TABLE release_item (
  order_id TEXT NOT NULL,
  ordinal BIGINT NOT NULL,
  agreement TEXT NOT NULL,
  recipient TEXT NOT NULL,
  owner TEXT NOT NULL,                   -- releasing organisation
  source_id TEXT NOT NULL,
  version TEXT NOT NULL,
  state TEXT NOT NULL,                   -- "held", "released", "denied", "refused", "expired", "withdrawn", "paused", "recalled",
                                         -- "answered"
  outcome TEXT NOT NULL,
  preview_hash {blob} NOT NULL,          -- of the bytes that were previewed, and that approvals are bound to
  leaving_id TEXT NOT NULL,
  bytes {blob} NOT NULL,                 -- leaving bytes; empty when denied
  copied BIGINT NOT NULL,                -- 1: the leaving bytes are a redacted copy
  copy_modified BIGINT NOT NULL,         -- its `modified`; 0 otherwise
  decision TEXT NOT NULL,                -- JSON of agreement_decision_write()
  facts TEXT NOT NULL,
  rules_hash {blob} NOT NULL,            -- of all documents the decision was made under
  nonce {blob} NOT NULL,                 -- of the record's commitment to what stays private
  approvals_needed TEXT NOT NULL,        -- separated by ' '
  reason TEXT NOT NULL,                  -- of a refusal or recall
  leaf BIGINT NOT NULL,                  -- ledger leaf and place in its batch; -1: none yet
  place BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  received_at BIGINT NOT NULL,           -- when the recipient's receipt came; 0: not yet
  receipt TEXT NOT NULL,                 -- JSON {own_leaf, reason, state}; empty: not yet
  decided_epoch BIGINT NOT NULL,         -- of the gate, when it was last decided
  valid_until BIGINT NOT NULL,           -- decide again then
  PRIMARY KEY (order_id, ordinal)
);
CREATE INDEX release_item_source ON release_item (source_id, recipient);
CREATE INDEX release_item_leaving ON release_item (leaving_id);
CREATE INDEX release_item_leaf ON release_item (leaf, place);
CREATE INDEX release_item_state ON release_item (state);
CREATE TABLE approval (
  order_id TEXT NOT NULL,
  ordinal BIGINT NOT NULL,
  account TEXT NOT NULL,
  role TEXT NOT NULL,
  verdict TEXT NOT NULL,                 -- "approve", "refuse"
  bytes_hash {blob} NOT NULL,
  reason TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (order_id, ordinal, account)
);

-- The ledger of this realm.  Leaves are numbered from 0 without gaps.
CREATE TABLE ledger_head (
  log TEXT NOT NULL PRIMARY KEY,         -- origin
  n_leaves BIGINT NOT NULL,
  frontier {blob} NOT NULL
);
CREATE TABLE ledger_leaf (
  log TEXT NOT NULL,
  leaf BIGINT NOT NULL,
  at BIGINT NOT NULL,
  kind TEXT NOT NULL,                    -- "release", "receipt", "order", "approval", "recall", "agreement", ...
  entry {blob} NOT NULL,                 -- exact bytes that were hashed
  PRIMARY KEY (log, leaf)
);
CREATE TABLE ledger_record (
  log TEXT NOT NULL,
  leaf BIGINT NOT NULL,
  place BIGINT NOT NULL,
  salt {blob} NOT NULL,
  record {blob} NOT NULL,
  PRIMARY KEY (log, leaf, place)
);
CREATE TABLE ledger_checkpoint (
  log TEXT NOT NULL,
  size BIGINT NOT NULL,
  note {blob} NOT NULL,                  -- our signed note
  at BIGINT NOT NULL,
  PRIMARY KEY (log, size)
);
CREATE TABLE ledger_cosignature (
  log TEXT NOT NULL,
  size BIGINT NOT NULL,
  witness TEXT NOT NULL,
  line TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (log, size, witness)
);
-- Heads of partners' logs that we have seen and cosigned: evidence, never removed.
CREATE TABLE witnessed (
  log TEXT NOT NULL,
  size BIGINT NOT NULL,
  note {blob} NOT NULL,
  cosignature TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (log, size)
);

-- Pulling from a peer, and what is owed to it.
CREATE TABLE pull (
  peer TEXT NOT NULL,
  collection TEXT NOT NULL,
  added_after BIGINT NOT NULL,
  at BIGINT NOT NULL,
  problem TEXT NOT NULL,
  PRIMARY KEY (peer, collection)
);
CREATE TABLE receipt (
  peer TEXT NOT NULL,                    -- who released
  leaf BIGINT NOT NULL,                  -- in the peer's log
  place BIGINT NOT NULL,
  object_id TEXT NOT NULL,
  version TEXT NOT NULL,
  bytes_hash {blob} NOT NULL,
  proof {blob} NOT NULL,                 -- as it came
  own_leaf BIGINT NOT NULL,              -- our leaf that says we received it; -1: not yet
  acked BIGINT NOT NULL,
  problem TEXT NOT NULL,                 -- why it was refused; empty: it was received
  PRIMARY KEY (peer, leaf, place)
);
CREATE TABLE recall (
  recall_id TEXT NOT NULL PRIMARY KEY,
  direction TEXT NOT NULL,               -- "sent", "received"
  peer TEXT NOT NULL,
  object_id TEXT NOT NULL,               -- as the recipient knows it
  reason TEXT NOT NULL,
  state TEXT NOT NULL,                   -- "asked", "answered"
  answer TEXT NOT NULL,
  asked_at BIGINT NOT NULL,
  answered_at BIGINT NOT NULL,
  order_id TEXT NOT NULL,
  ordinal BIGINT NOT NULL
);

-- Hits of the matcher, counted per hour.
CREATE TABLE hit (
  indicator TEXT NOT NULL,
  hour BIGINT NOT NULL,                  -- start of the hour
  kind TEXT NOT NULL,                    -- exact, subdomain, cidr, prefix
  n BIGINT NOT NULL,
  source TEXT NOT NULL,
  PRIMARY KEY (indicator, hour, kind, source)
);

-- What happened, for the page that shows it live.
CREATE TABLE event (
  ordinal BIGINT NOT NULL PRIMARY KEY,
  at BIGINT NOT NULL,
  name TEXT NOT NULL,
  owner TEXT NOT NULL,
  subject TEXT NOT NULL,
  detail TEXT NOT NULL                   -- JSON
);
