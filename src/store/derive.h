/* derive.h: collections that a saved query defines.
 *
 * A derived collection shows, of each object in its sources, the newest version,
 * if that satisfies the query: {"from":["local"],"types":["indicator"],
 * "tlp":"AMBER","labels":["energy"],"since":"2026-01-01T00:00:00Z",
 * "confidence":50}.  Its sources are local collections of its own compartment.
 *
 * It holds no bytes: an entry names a row of a source, and is written in the
 * transaction that changes the source.  So nothing appears behind a cursor that
 * a reader has passed, and nothing is shown that its source does not show. */
#pragma once

#include "marking.h"
#include "store.h"

enum {
	DERIVE_SOURCES_MAX = 16,
	DERIVE_WORDS_MAX = 32,      /* types, labels */
	DERIVE_QUERY_MAX = 8 * KIB, /* bytes of a query */
	DERIVE_OF_ONE_MAX = 16,     /* derived collections of one source: each write asks all */
	DERIVE_CONFIDENCE_MAX = 100,
};

struct derive_query {
	size_t sources;
	struct str source[DERIVE_SOURCES_MAX]; /* as written: ids or aliases */
	size_t types;                          /* 0: all */
	struct str type[DERIVE_WORDS_MAX];
	size_t labels; /* 0: any */
	struct str label[DERIVE_WORDS_MAX];
	enum tlp tlp;       /* the most restrictive that is shown; TLP_NONE: not asked */
	time_us since;      /* 0: not asked */
	int64_t confidence; /* at least; 0: not asked */
};

/* ERR_INVALID (collection.query): no object, an unknown member, a value that is none. */
enum err derive_query_read(struct arena *a, struct str text, struct derive_query *ret,
    struct why *why);

/* Whether an object satisfies the query.  What is asked and missing does not fit, nor does a
 * marking that is not understood where tlp is asked.  entered: date_added of what has no
 * created.  lookup: as marking_collect(). */
struct derive_object {
	const struct stix_object *object;
	time_us entered;
	marking_lookup_fn *lookup;
	void *lookup_arg;
};
bool derive_fits(const struct derive_query *q, const struct derive_object *o);

/* Makes the collection and begins to fill it: whole if its sources are small, else by
 * store_derive_step().  In a transaction.
 * c       kind COLLECTION_DERIVED; can_write false
 * source  its collections, found and checked by the caller
 * ERR_LIMIT (collection.sources): too many of them, or DERIVE_OF_ONE_MAX of one; and the errors
 * of derive_query_read() and store_collection_ensure(). */
struct derive_define {
	struct collection *collection;
	struct str query;
	const int64_t *source;
	size_t sources;
	struct str by;
	time_us now;
};
enum err store_derive_define(struct db *db, struct arena *a, const struct derive_define *define,
    struct why *why);

/* Does one bounded part of what is still to be looked at: under definitions of markings that
 * came or went, then what lay in a source before a query was defined.  *ret_more: there may be
 * more.  In a transaction of its own, again and again; what is taken in meanwhile is looked at
 * when it comes, and entries stand in the order in which they are added.
 *
 *   now  date_added of an entry is no earlier
 *
 * A stored object that is damaged is passed over: it is in no such collection, and the event
 * "object.damaged" tells it.  ERR_TAMPERED: a query is damaged. */
enum err store_derive_step(struct db *db, time_us now, bool *ret_more, struct why *why);

/* Whether a collection shows what lay in its sources before it was defined only in part: of
 * one of them what was added up to an instant. */
struct derive_filling {
	bool filling;
	time_us done_to, until;
};
enum err store_derive_filling(struct db *db, int64_t shard_key, struct derive_filling *ret,
    struct why *why);

/* The query's text, as it was given; empty for a collection that is not derived. */
enum err store_derive_query(struct db *db, struct arena *a, int64_t shard_key, struct str *ret,
    struct why *why);

/* Takes a derived collection away, with its query and who has access to it; entries of a large
 * one are taken out by store_derive_step().  In a transaction. */
enum err store_derive_remove(struct db *db, int64_t shard_key, struct why *why);

/* ---- for what changes a source ---- */

/* Asks again about each object that a source took in after an instant. */
enum err derive_added(struct db *db, int64_t base_key, time_us after, struct why *why);

/* Asks again about one object of a source. */
enum err derive_changed(struct db *db, int64_t base_key, struct str id, struct why *why);
