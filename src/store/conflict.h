/* conflict.h: versions of which several contents came (SI-046). */
#pragma once

#include "store.h"

/* A content of a version that is not served. */
struct conflict {
	int64_t shard_key;
	time_us first_at, last_at;
	struct str id, version, type;
	struct str outcome; /* "kept", "refused", "replaced", or what stood against serving it:
	                     * "giver", "revoked", "creator", "released" */
	struct str giver;   /* organisation that gave it; empty: our own */
	uint64_t seen;
	struct hash served_hash, aside_hash; /* of the raw bytes */
	struct str served, aside; /* the bytes themselves, when one object was asked for */
};

struct conflict_list {
	struct conflict *conflict;
	size_t len;
};

enum { CONFLICTS_MAX = 500 }; /* a page for a person; the counts of an import say how many */

/* What a compartment has of them, the last seen first.
 *
 * id      of one object, with the bytes; empty: of all, without
 * limit   at most CONFLICTS_MAX */
struct conflict_query {
	const struct compartment *of;
	struct str id;
	size_t limit;
};
enum err store_conflicts(struct db *db, struct arena *a, const struct conflict_query *q,
    struct conflict_list *ret, struct why *why);

/* Tells the officers of a compartment that contents differed: the event
 * "object.conflict" about the first of them. */
struct conflict_note {
	struct str owner, enclave;
	struct str id;
	uint64_t differing;
	time_us at;
};
enum err store_note_conflicts(struct db *db, const struct conflict_note *n, struct why *why);
