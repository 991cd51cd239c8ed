/* selection_p.h: what is found for one order (private to gathering). */
#pragma once

#include "explained_p.h"
#include "gather_p.h"
#include "source_p.h"

/* Identifiers, each once.  The hash is seeded: who chooses identifiers does not
 * choose where they lie. */
struct id_set {
	struct arena *a;
	struct str *id; /* in the order in which they came */
	size_t len, cap;
	uint32_t *slot; /* 2 * cap: place in id + 1; 0: free */
	uint64_t seed;
};

/* Where id stands in the set, or SIZE_MAX. */
size_t id_set_find(const struct id_set *set, struct str id);

/* Adds an identifier that is not there; it is kept as a slice.  ERR_LIMIT: no memory is left. */
enum err id_set_add(struct id_set *set, struct str id, struct why *why);

/* Identifiers between which a table has none: objects are asked for in the order
 * of their identifiers, and most are in no such table. */
struct gap {
	bool known;
	struct str from; /* inclusive */
	struct str end;  /* the next one that is there; ptr is NULL: none is */
};

/* Another version of an item, and the next. */
struct version_held {
	struct agreement_item *item;
	struct version_held *next;
};

/* The items found so far. */
struct gathering {
	const struct release_job *job;
	const struct release_ask *ask;
	int64_t as_of_leaf;
	struct str agreement; /* id */
	struct id_set ids;    /* of item, at the same places */
	struct agreement_item **item;
	struct version_held **others; /* of item, at the same places; NULL: none */
	size_t len, cap;
	size_t context; /* how many of them are not selected, and all others */
	/* What refers to a selected object and was followed, or need not be. */
	struct id_set followed;
	/* Identities that are never withheld: our node's, those of the agreement's
	 * organisations, publishers of public sources. */
	struct id_set known;
	struct source_memo source;
	struct explained_memo explained;
	size_t markings; /* of the object at hand that were not here: of EXPLAINED_ASKED_MAX */
	struct gap given, referred, released, differing;
	size_t sources; /* policies that items found so far count by */
	struct source_cited *cited;
	struct why *why;
	enum err err; /* of a callback that has no other way to say it */
};

/* Adds the object unless it is there; one that we do not have is passed over,
 * unless it is asked for by name.  Only our own organisation's may be asked for:
 * what another compartment owns decides ties and never leaves by us, also when
 * it is shown to us.  Other versions that are held of it come along: what they
 * say ties it, too.
 *
 * ERR_NOT_FOUND  one that is asked for; ERR_LIMIT  more hang together than are judged at once */
enum err selection_add(struct gathering *g, struct str id, bool selected, struct why *why);

/* Whether id may be in the table out of which `next` (one column, the first
 * identifier from $1) reads: false is certain. */
enum err selection_gap(struct gathering *g, struct gap *gap, const char *next, struct str id,
    bool *ret, struct why *why);

/* What the selected objects name, and what names them and can tie them to
 * something withheld; and every identity, mailbox and account here, for its
 * name may stand in a text.  ERR_LIMIT. */
enum err selection_add_surroundings(struct gathering *g, struct why *why);
enum err selection_add_needles(struct gathering *g, struct why *why);

/* What the recipient has of the item, and which copy of it. */
enum err selection_find_delivered(struct gathering *g, struct agreement_item *item,
    struct why *why);

/* The same for all items, with the identifiers of copies, made where missing. */
enum err selection_complete(struct gathering *g, struct why *why);
