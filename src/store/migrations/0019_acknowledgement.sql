-- By when a release is to be acknowledged, and whether it was noted that it was not.
CREATE TABLE acknowledgement (
  subject TEXT NOT NULL,                 -- order that released; peer to which we owe it
  direction TEXT NOT NULL,               -- "theirs": owed to us; "ours": owed by us
  leaf BIGINT NOT NULL,                  -- of our log: the release, or our receipt
  owner TEXT NOT NULL,
  state TEXT NOT NULL,                   -- "open", "overdue", "done"
  due_at BIGINT NOT NULL,
  PRIMARY KEY (subject, direction, leaf)
);
CREATE INDEX acknowledgement_due ON acknowledgement (state, due_at);
CREATE INDEX receipt_owed ON receipt (own_leaf) WHERE acked = 0;
