/* derive_p.h: one derived collection at work: derive.c, derive_fill.c. */
#pragma once

#include "derive.h"

enum {
	DERIVE_AT_ONCE = 256, /* identifiers that are read together */
	/* Definitions that one object may stand under, and that are kept read. */
	DERIVE_MARKINGS_MAX = 64,
	DERIVE_IDS_ARENA = 4 * MIB,
	/* What one transaction looks at beside what was just taken in: some hundredths of a
	 * second, and once longer for the largest object that there may be. */
	DERIVE_STEP_OBJECTS = 256,
	DERIVE_STEP_BYTES = MIB,
};

struct known_marking {
	struct str id;
	const struct stix_object *object; /* NULL: in no source, or too large */
};

struct deriving {
	struct db *db;
	int64_t shard_key;
	time_us last_added;
	time_us now; /* of what lay there before: entries come no earlier */
	bool changed;
	size_t damaged;        /* objects that could not be read */
	struct str damaged_id; /* the first of them */
	bool again;            /* what was answered before is asked again */
	size_t objects, bytes; /* that were looked at */
	struct arena *arena;   /* of the query */
	struct arena *object;  /* of the object that is looked at */
	struct arena *markings;
	struct known_marking marking[2 * DERIVE_MARKINGS_MAX];
	size_t markings_len;
	size_t asked; /* definitions that the object at hand stands under */
	struct str asked_id[DERIVE_MARKINGS_MAX];
	struct derive_query query;
	size_t sources;
	int64_t source[DERIVE_SOURCES_MAX];
};

enum err deriving_begin(struct db *db, int64_t shard_key, struct deriving *ret, struct why *why);
void deriving_endp(struct deriving *d);

/* Pages that were kept are of another number from now on; people hear of what was damaged. */
enum err deriving_finish(struct deriving *d, struct why *why);

/* Asks about one object, and writes its entry.  What is stored damaged is counted and fits
 * nothing: it stops no others. */
enum err derive_one(struct deriving *d, struct str id, struct why *why);

/* The queries that look into a collection. */
enum err derive_list_of(struct db *db, int64_t base_key, int64_t ret[DERIVE_OF_ONE_MAX],
    size_t *ret_len, struct why *why);

/* ---- derive_fill.c ---- */

/* Notes that a definition came or went: what stands under it is asked about again. */
enum err derive_note_marking(struct deriving *d, struct str id, struct why *why);

/* Does the first part of what was noted. */
enum err derive_markings_step(struct deriving *d, struct why *why);
