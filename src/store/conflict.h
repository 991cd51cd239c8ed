/* conflict.h: versions of which several contents came (SI-046). */
#pragma once

#include "store.h"

/* A content of a version that is not served. */
struct conflict {
	int64_t shard_key;
	time_us first_at, last_at;
	struct str id, version, type;
	struct str outcome; /* "kept", "refused", "replaced", or what stood against serving it:
	                     * "giver", "revoked", "creator", "released", "chosen" */
	struct str giver;   /* organisation that gave it; empty: our own */
	struct str served_giver;
	time_us served_at; /* when the served one was added */
	/* Of the choice by which the served one is; empty and 0: nobody chose. */
	struct str chosen_by, chosen_reason;
	time_us chosen_at;
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

/* ---- choosing ---- */

/* An officer's word which content of a version is served. */
struct content_choice {
	struct compartment of; /* who chooses: what is elsewhere does not exist */
	struct str id, version;
	struct hash content; /* of the raw bytes */
	struct str account, reason;
	time_us at;
};

/* The enclaves where a choice was made; slices of content_choice.of. */
struct choice_places {
	struct str enclave[ENCLAVES_MAX];
	size_t len;
};

/* Serves a content that is kept beside, in each collection of the compartment where it is, at a
 * new date; what was served is kept beside it.  The gate goes on judging all contents together,
 * and no policy undoes the choice.  In a transaction.
 *
 * ERR_INVALID    store.choice-reason: none is given
 * ERR_NOT_FOUND  store.choice-unknown: no such content is kept
 * ERR_CONFLICT   store.choice-same: it is served; -marking, -withdrawn, -guest, -revoked, -creator,
 *                -later, -released (by this compartment): what stands against it */
enum err store_choose(struct db *db, const struct content_choice *c, struct choice_places *ret,
    struct why *why);

/* A choice that was made. */
struct chosen {
	struct str version;
	struct hash content, instead; /* of the raw bytes */
	struct str account, reason;
	time_us at;
};
struct choice_list {
	struct chosen *choice;
	size_t len;
};
enum { CHOICES_MAX = 100 }; /* of one object, the last ones: who changes it more often is known */

/* The choices about an object, the last first.  ERR_LIMIT: the arena is full. */
enum err store_choices(struct db *db, struct arena *a, const struct compartment *of, struct str id,
    struct choice_list *ret, struct why *why);

/* ---- judging ---- */

/* A content that is kept beside a served one and counts when that is judged. */
struct held {
	struct stored row; /* its version is that of the served one */
	bool same_source;  /* its import named the source that the served one's did */
};
struct content_list {
	struct held *content;
	size_t len;
	bool chosen; /* an officer chose among them */
};
enum { CONTENTS_MAX = 64 }; /* more than are kept of a version */

/* What lies beside a stored version: not a guest's, unless it gave both, nor a stranger's beside
 * what is our own, unless an officer chose between them.
 * ERR_LIMIT: the arena is full, or more than CONTENTS_MAX. */
enum err store_contents(struct db *db, struct arena *a, const struct stored *of,
    struct content_list *ret, struct why *why);

/* Whether the i-th content beside a served one keeps that here: it says more of who may have it,
 * and which is right is for the originator to say.  Where an officer chose, none gets by the
 * choice a marking, or a source that speaks for it, which the other had not. */
bool content_disputes(const struct stix_object *served, const struct stix_object *other,
    const struct content_list *beside, size_t i);

/* A row of a collection, and what its bytes say. */
struct served_row {
	int64_t shard_key;
	time_us date_added;
	const struct stix_object *object;
};

/* Whether any content beside it disputes it.  What is too much to be read does, too: no sender
 * stops a collection with it.  ERR_TAMPERED (store.row): one of them is damaged. */
enum err store_is_disputed(struct db *db, struct arena *a, const struct served_row *row, bool *ret,
    struct why *why);
