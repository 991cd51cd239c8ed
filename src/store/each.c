#include "store.h"

/* As is_before() in read.c: the better rank stands before, whatever date others
 * wrote into theirs; then the newest; of equal ones that of the collection made
 * first.  CROSS: by the index of each collection. */
#define STANDS_BEFORE                                                                       \
	"n.shard_key <> o.shard_key AND (" RANK_OF("n") " < " RANK_OF("o") " OR (" RANK_OF( \
	    "n") " = " RANK_OF("o") " AND (n.modified_us > o.modified_us "                  \
	                            "OR (n.modified_us = o.modified_us AND n.shard_key < o.shard_key))))"

static const char list_latest[] =
    "SELECT o.object_id, o.raw FROM collection c CROSS JOIN object o "
    "WHERE o.shard_key = c.shard_key AND o.latest = 1 AND o.type = $1 AND o.revoked = 0 "
    "AND c.kind <> 'released' "
    "AND ($2 = '' OR " COMPARTMENT_SEES("o", "$2",
        "$3") ") "
              "AND NOT EXISTS (SELECT 1 FROM object n JOIN collection d ON d.shard_key = n.shard_key "
              "WHERE n.latest = 1 AND n.object_id = o.object_id AND d.kind <> 'released' "
              "AND ($2 = '' OR " COMPARTMENT_SEES("n", "$2", "$3") ") AND " STANDS_BEFORE
                                                                   ") ORDER BY o.object_id";

enum err
store_each_latest(struct db *db, const struct store_visit *visit, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	const struct compartment all = { .organisation = S(""), .enclaves = S("") };
	const struct compartment *of = visit->of != NULL ? visit->of : &all;
	bool has = false;

	TRY(db_select(db, &rows, why, list_latest, DB_T(visit->type), DB_T(of->organisation),
	    DB_T(of->enclaves)));
	for (;;) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			return OK;
		TRY(visit->fn(visit->arg, db_col_text(&rows, 0), db_col_blob(&rows, 1), why));
	}
}
