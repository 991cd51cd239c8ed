-- Servers of others that speak TAXII 2.1 and are read from time to time, and how
-- far each was read.  A row is one (server, API root, collection, filter): what
-- is read is never changed, so that the cursor belongs to it.

CREATE TABLE feed (
  owner TEXT NOT NULL,                   -- whose it is, and where its objects belong
  enclave TEXT NOT NULL,
  name TEXT NOT NULL,                    -- "cisa"
  url TEXT NOT NULL,                     -- of discovery
  api_root TEXT NOT NULL,                -- empty: the one that discovery names first
  collection TEXT NOT NULL,              -- UUID or alias on the server
  types TEXT NOT NULL,                   -- "indicator,malware"; empty: all
  source TEXT NOT NULL,                  -- whose policy speaks for what has no marking; may be empty
  login TEXT NOT NULL,                   -- "none", "basic", "bearer", "certificate"
  account TEXT NOT NULL,                 -- of "basic"
  secret {blob} NOT NULL,                -- password, token or key, sealed
  certificate TEXT NOT NULL,             -- PEM, of "certificate"
  authority TEXT NOT NULL,               -- PEM; empty: those of the system
  pin {blob} NOT NULL,                   -- SHA-256 of the server's SPKI; empty: none
  every_s BIGINT NOT NULL,
  shard_key BIGINT NOT NULL,             -- collection that its objects enter
  added_by TEXT NOT NULL,
  added_at BIGINT NOT NULL,
  reached BIGINT NOT NULL,               -- the last X-TAXII-Date-Added-Last; 0: none yet
  asked_at BIGINT NOT NULL,              -- somebody wants it read now
  polled_at BIGINT NOT NULL,             -- when a turn ended last
  good_at BIGINT NOT NULL,               -- the same, without a problem
  next_at BIGINT NOT NULL,
  unfinished BIGINT NOT NULL,            -- 1: the server has more than one turn could take
  failures BIGINT NOT NULL,              -- turns in a row
  problem TEXT NOT NULL,                 -- of the last turn
  n_new BIGINT NOT NULL,                 -- versions, since it was added
  n_refused BIGINT NOT NULL,
  PRIMARY KEY (owner, enclave, name)
);
CREATE INDEX feed_next ON feed (next_at);
CREATE INDEX feed_shard ON feed (shard_key);
