-- Facts and explanation of decisions of one order that differ in identifiers and
-- version only, once for all of them.  In both texts U+0001 stands for the source's
-- identifier, U+0002 for its version, U+0003 for the identifier it leaves under.
CREATE TABLE decision_words (
  order_id TEXT NOT NULL,
  ordinal BIGINT NOT NULL,               -- from 1
  facts TEXT NOT NULL,
  decision TEXT NOT NULL,
  PRIMARY KEY (order_id, ordinal)
);
-- The row of decision_words that the decision shares; 0: its texts are its own.
ALTER TABLE release_item ADD COLUMN words BIGINT NOT NULL DEFAULT 0;

-- What is due is looked for every second: nothing else is read for it.
DROP INDEX release_item_state;
CREATE INDEX release_item_epoch ON release_item (state, decided_epoch);
CREATE INDEX release_item_due ON release_item (state, valid_until);
