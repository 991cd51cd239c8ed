/* past.h: decisions that were made, for people: each one as it was recorded.
 *
 * A decision is named by its record in our log: leaf, and place in its batch.
 * A hold that was approved is two decisions: the first one is "followed". */
#pragma once

#include "compartment.h"
#include "release.h"

enum { PAST_LIST_MAX = 1000 }; /* of one page */

/* A decision as a row of a list. */
struct past_row {
	struct ledger_place at;
	time_us made_at; /* of the leaf */
	struct str order_id;
	int64_t ordinal;
	struct str source_id, version, leaving_id, agreement, recipient, purpose, area, proposer;
	struct str asked; /* whom the order named, when the recipient took over; else empty */
	struct str outcome, state;
	struct str decision; /* JSON, without bytes */
	struct str facts;    /* JSON; of one decision, empty in lists */
	struct hash bytes_hash;
	struct str inputs; /* HASH_BYTES; empty: made before inputs were kept */
};

/* Empty texts and 0 ask for all. */
struct past_query {
	struct compartment of;
	struct str origin; /* of our log */
	struct str to, outcome, order_id, id;
	time_us since, until; /* since is in, until is not */
	const struct ledger_place
	    *before; /* the cursor: only what is older; NULL: from the newest */
	size_t limit;
};

/* Newest first, at most q->limit.  ERR_LIMIT: the arena is full. */
enum err release_past(struct db *db, struct arena *a, const struct past_query *q,
    struct past_row **ret, size_t *ret_len, struct why *why);

/* One, with its facts.  ERR_NOT_FOUND past.unknown: there is none, or it belongs
 * to another compartment. */
enum err release_past_one(struct db *db, struct arena *a, const struct past_query *q,
    const struct ledger_place *at, struct past_row *ret, struct why *why);

/* The text of a decision's inputs.  ERR_NOT_FOUND: it is not here; ERR_TAMPERED:
 * it does not have the hash it is kept under. */
enum err release_past_inputs(struct db *db, struct arena *a, struct str hash, struct str *ret,
    struct why *why);

/* A word that was given about the item of a decision. */
struct past_approval {
	struct str account, role, verdict, reason;
	struct hash bytes_hash;
	time_us at;
};

/* At most APPROVALS_MAX, oldest first.  ERR_LIMIT: the arena is full. */
enum err release_past_approvals(struct db *db, struct arena *a, const struct past_row *row,
    struct past_approval **ret, size_t *ret_len, struct why *why);
