/* Whose definition of a marking speaks for an object. */
#include "stored_p.h"

/* Ours for everything; a partner's for what that partner gave; a feed's, and any partner's, for
 * what a feed or a guest brought. */
#define SPEAKS                                                                                     \
	"(" RANK_OF("o") " = 0 OR (" RANK_OF("o") " < 3 AND (" RANK_OF("me") " >= 2 OR (" RANK_OF( \
	    "o") " = 1 AND o.giver = me.giver))))"
static const char count_meanings[] =
    "SELECT COUNT(*), COUNT(DISTINCT CASE WHEN " SPEAKS
    " THEN o.normal_hash END) FROM object me CROSS JOIN object o "
    "JOIN collection c ON c.shard_key = o.shard_key "
    "WHERE me.shard_key = $1 AND me.date_added = $2 AND o.object_id = $3 AND o.latest = 1 "
    "AND c.kind <> 'released'";

enum err
store_explains(struct db *db, const struct stored *of, struct str marking, bool *ret,
    struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	TRY(db_select_one(db, &rows, why, count_meanings, DB_I(of->shard_key), DB_I(of->date_added),
	    DB_T(marking)));
	/* Of one that is not here nobody has to be asked: it is unknown. */
	*ret = db_col_i64(&rows, 0) == 0 || db_col_i64(&rows, 1) == 1;
	return OK;
}
