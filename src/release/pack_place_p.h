/* pack_place_p.h: to which compartment a leaf that is no batch belongs (private
 * to release).
 *
 * Most such leaves are written by the compartment that releases.  Those about
 * accounts, choices and what was shown inside name a place; those about what was
 * received or purged name none, and so are given only when nothing is elsewhere. */
#pragma once

#include "compartment.h"
#include "db.h"

/* The kinds of leaves, as a list of SQL.  A kind that is in none of them is not given. */
#define PACK_KINDS_ALWAYS "'agreement', 'pack', 'source', 'statement'"
#define PACK_KINDS_OWN    "'approval', 'consent', 'order', 'person', 'recall', 'refusal'"
#define PACK_KINDS_ALONE  "'purge', 'recall-answer', 'receipt', 'tombstone'"
#define PACK_KINDS_PLACED "'account', 'choice', 'internal'"

/* Whether all that the node has, and all who work with it, is in a compartment. */
enum err pack_is_alone(struct db *db, const struct compartment *of, bool *ret, struct why *why);

/* Whether a leaf of PACK_KINDS_PLACED is of a compartment: an account that works
 * in it, or what somebody there showed or chose.  What cannot be read is not.
 *
 * ERR_LIMIT  the arena is full */
struct pack_leaf {
	struct str kind;
	struct str entry; /* its JSON */
};
enum err pack_leaf_is_of(struct db *db, struct arena *a, const struct compartment *of,
    const struct pack_leaf *leaf, bool *ret, struct why *why);
