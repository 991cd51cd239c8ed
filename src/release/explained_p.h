/* explained_p.h: whether somebody says what the markings of an object mean who may. */
#pragma once

#include "release.h"

enum {
	EXPLAINED_KEPT = 8, /* answers: a source marks its objects in two or three ways */
	/* Definitions of one object that the store is asked for while others wait for the writer:
	 * real ones stand under a few.  What has more is not explained. */
	EXPLAINED_ASKED_MAX = 256,
};

/* What was answered last, while nothing is written.  All zero is empty; the names are those of
 * the objects that were asked about and live as long. */
struct explained_memo {
	size_t next; /* the answer that goes first */
	struct explained_answer {
		int64_t shard_key;
		struct str giver, marking;
		bool explains;
	} kept[EXPLAINED_KEPT];
};

/* Whether each marking of a stored object is predefined, unknown to all, or explained by whom
 * store_explains() lets speak for it; never of one with more markings than are asked for.  The gate
 * and showing inside the party ask alike. */
enum err explained_markings(struct db *db, struct explained_memo *memo, const struct stored *of,
    const struct stix_object *o, bool *ret, struct why *why);
