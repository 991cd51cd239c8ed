-- Urgency and emergency of an order, and the review that an emergency owes.
ALTER TABLE release_order ADD COLUMN urgency TEXT NOT NULL DEFAULT 'routine';
ALTER TABLE release_order ADD COLUMN harm TEXT NOT NULL DEFAULT 'none';
ALTER TABLE release_order ADD COLUMN break_glass TEXT NOT NULL DEFAULT ''; -- condition that was cited; empty: none
ALTER TABLE release_order ADD COLUMN emergency TEXT NOT NULL DEFAULT '';   -- why, in the proposer's words
ALTER TABLE release_order ADD COLUMN review_hours BIGINT NOT NULL DEFAULT 0;
ALTER TABLE release_order ADD COLUMN person TEXT NOT NULL DEFAULT '';      -- fingerprint of the key it is sealed to; empty: none

-- One for each order that released something under an emergency.
CREATE TABLE review (
  order_id TEXT NOT NULL PRIMARY KEY,
  owner TEXT NOT NULL,
  enclave TEXT NOT NULL,
  state TEXT NOT NULL,                   -- "open", "overdue", "done"
  opened_at BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  finding TEXT NOT NULL,                 -- "justified", "not-justified"; empty: not reviewed yet
  account TEXT NOT NULL,
  text TEXT NOT NULL,
  done_at BIGINT NOT NULL
);
CREATE INDEX review_due ON review (state, due_at);

-- A run of a standing order names it; empty: given by hand.
ALTER TABLE release_order ADD COLUMN standing_order TEXT NOT NULL DEFAULT '';
CREATE INDEX release_order_standing ON release_order (standing_order);

-- Roles that one administrator gave and a second has to confirm.
CREATE TABLE account_wish (
  name TEXT NOT NULL PRIMARY KEY,
  roles TEXT NOT NULL,
  proposer TEXT NOT NULL,                -- administrator who gave them
  at BIGINT NOT NULL
);

-- Partners' people, by the card that their node signed for them.
CREATE TABLE person (
  fingerprint TEXT NOT NULL PRIMARY KEY, -- of the key, in hexadecimal
  name TEXT NOT NULL,
  organisation TEXT NOT NULL,            -- "JP:JPCERT"
  box_key {blob} NOT NULL,               -- X25519
  card {blob} NOT NULL,                  -- exact bytes
  owner TEXT NOT NULL,
  added_by TEXT NOT NULL,
  added_at BIGINT NOT NULL,
  verified_by TEXT NOT NULL,
  verified_at BIGINT NOT NULL,           -- 0: its fingerprint was not read back yet
  expires_at BIGINT NOT NULL,
  revoked_at BIGINT NOT NULL
);

-- What was sealed for one person.  The bytes inside are known to the order alone.
CREATE TABLE envelope (
  order_id TEXT NOT NULL,
  ordinal BIGINT NOT NULL,
  owner TEXT NOT NULL,
  enclave TEXT NOT NULL,
  person TEXT NOT NULL,                  -- fingerprint
  hash {blob} NOT NULL,                  -- of the file
  body {blob} NOT NULL,                  -- the file
  made_at BIGINT NOT NULL,
  received_at BIGINT NOT NULL,           -- 0: not yet
  receipt TEXT NOT NULL,                 -- who said so, and how
  PRIMARY KEY (order_id, ordinal)
);
