/* Taking objects out of what a collection shows, or out of the store. */
#include "derive.h"
#include "import_p.h"
#include "stored_p.h"

enum {
	/* Versions that are looked at together; the rows without their bytes fit the arena. */
	WITHDRAW_AT_ONCE = 100,
	WITHDRAW_ARENA_MAX = 128 * MIB,
};

/* The number stays above every date_added: the next object comes after it. */
static const char note_change[] =
    "UPDATE collection_head SET last_added = last_added + 1 WHERE shard_key = $1";
static enum err
note_changed(struct db *db, int64_t shard_key, struct str id, struct why *why)
{
	TRY(db_run(db, why, note_change, DB_I(shard_key)));
	return derive_changed(db, shard_key, id, why);
}

static const char withdraw[] = "UPDATE object SET withdrawn_at = $3, latest = 0 "
                               "WHERE shard_key = $1 AND object_id = $2 AND withdrawn_at = 0";

enum err
store_withdraw(struct db *db, int64_t shard_key, struct str id, time_us now, int64_t *ret_changed,
    struct why *why)
{
	TRY(db_exec(db, DB_SQL(withdraw, DB_I(shard_key), DB_T(id), DB_I(now)), ret_changed, why));
	return *ret_changed == 0 ? OK : note_changed(db, shard_key, id, why);
}

static const char erase[] =
    "DELETE FROM object WHERE shard_key = $1 AND object_id = $2 AND date_added <= $3";
static const char forget_conflicts[] =
    "DELETE FROM object_conflict WHERE shard_key = $1 AND object_id = $2 AND date_added <= $3";
/* A choice goes with the last content of its version: while one is here, all are judged by it. */
static const char forget_choices[] =
    "DELETE FROM object_choice WHERE shard_key = $1 AND object_id = $2 AND NOT EXISTS "
    "(SELECT 1 FROM object o WHERE o.shard_key = $1 AND o.object_id = $2 AND (o.version = "
    "object_choice.version OR SUBSTR(o.version, 1, LENGTH(object_choice.version) + 1) = "
    "object_choice.version || '~'))";

static const char discount_bytes[] =
    "UPDATE feed_address SET held_bytes = held_bytes - COALESCE((SELECT"
    " CAST(SUM(LENGTH(o.raw)) AS BIGINT) FROM object o WHERE o.shard_key = $1"
    " AND o.object_id = $2 AND o.date_added <= $3), 0) WHERE shard_key = $1";

enum err
store_erase(struct db *db, int64_t shard_key, struct str id, time_us until, struct why *why)
{
	int64_t changed = 0;

	TRY(import_forget(db, shard_key, id, until, why));
	TRY(db_run(db, why, forget_conflicts, DB_I(shard_key), DB_T(id), DB_I(until)));
	TRY(db_run(db, why, discount_bytes, DB_I(shard_key), DB_T(id), DB_I(until)));
	TRY(db_exec(db, DB_SQL(erase, DB_I(shard_key), DB_T(id), DB_I(until)), &changed, why));
	TRY(db_run(db, why, forget_choices, DB_I(shard_key), DB_T(id)));
	return changed == 0 ? OK : note_changed(db, shard_key, id, why);
}

/* ---- single versions ---- */

static const char withdraw_one[] = "UPDATE object SET withdrawn_at = $3, latest = 0 "
                                   "WHERE shard_key = $1 AND date_added = $2";
static const char find_greatest[] = "SELECT date_added, modified_us, version FROM object "
                                    "WHERE shard_key = $1 AND object_id = $2 AND withdrawn_at = 0 "
                                    "ORDER BY modified_us DESC, date_added DESC";

/* The greatest of those that are shown; 0 when there is none.  Within a microsecond the
 * text decides, as it does when an object is put. */
static enum err
greatest_shown(struct db *db, const struct page_query *q, time_us *ret, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	char best[STIX_KEY_MAX];
	struct str best_version = { 0 };
	time_us at = 0;

	*ret = 0;
	TRY(db_select(db, &rows, why, find_greatest, DB_I(q->shard_key), DB_T(q->id[0])));
	for (;;) {
		bool has = false;

		TRY(db_next(&rows, &has, why));
		if (!has || (*ret != 0 && db_col_i64(&rows, 1) != at))
			return OK;
		struct str version = stored_sortable(db_col_text(&rows, 2));
		at = db_col_i64(&rows, 1);
		if (*ret != 0 && (at == 0 || str_cmp(version, best_version) <= 0))
			continue;
		if (version.len > sizeof(best))
			return stored_damaged(why);
		if (version.len > 0)
			memcpy(best, version.ptr, version.len);
		best_version = (struct str){ best, version.len };
		*ret = db_col_i64(&rows, 0);
	}
}

static enum err
withdraw_page(struct db *db, struct page_query *q, time_us now, struct page *page, struct why *why)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(WITHDRAW_ARENA_MAX);

	TRY(store_page(db, a, q, page, why));
	for (size_t i = 0; i < page->len; i++) {
		q->added_after = page->object[i].date_added;
		TRY(db_run(db, why, withdraw_one, DB_I(q->shard_key), DB_I(q->added_after),
		    DB_I(now)));
	}
	page->object = NULL; /* the arena ends */
	return OK;
}

enum err
store_withdraw_versions(struct db *db, const struct page_query *q, time_us now,
    int64_t *ret_changed, struct why *why)
{
	struct page_query which = *q;
	struct page page = { .more = true };
	time_us newest = 0, latest = 0;

	assert(q->ids == 1);
	*ret_changed = 0;
	which.added_after = 0;
	which.limit = WITHDRAW_AT_ONCE;
	which.without_raw = true;
	which.only_raw = false;
	if (which.versions == 0)
		which.version[which.versions++].filter = VERSION_ALL;
	TRY(greatest_shown(db, q, &newest, why));
	while (page.more) {
		TRY(withdraw_page(db, &which, now, &page, why));
		*ret_changed += (int64_t)page.len;
	}
	if (*ret_changed == 0)
		return OK;
	TRY(greatest_shown(db, q, &latest, why));
	if (latest != 0 && latest != newest)
		return fail(why, ERR_FORBIDDEN, "store.newest",
		    "the newest version goes only together with all others: an older one would "
		    "count again, with its marking");
	return note_changed(db, q->shard_key, q->id[0], why);
}
