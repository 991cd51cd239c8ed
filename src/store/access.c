/* Rows of collection_access. */
#include "access.h"

#include "stored_p.h"

#define COLUMNS "shard_key, account, can_read, can_write, added_by, at"

static const char put_row[] =
    "INSERT INTO collection_access (" COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6)"
    " ON CONFLICT (shard_key, account) DO UPDATE SET can_read = excluded.can_read,"
    " can_write = excluded.can_write, added_by = excluded.added_by, at = excluded.at";
static const char end_row[] = "DELETE FROM collection_access WHERE shard_key = $1 AND account = $2";
static const char count_rows[] =
    "SELECT COUNT(*) FROM collection_access WHERE shard_key = $1 AND account <> $2";
static const char list_on[] = "SELECT " COLUMNS " FROM collection_access WHERE shard_key = $1"
                              " ORDER BY account LIMIT $2";
static const char list_of[] =
    "SELECT " COLUMNS " FROM collection_access a WHERE a.account = $1"
    " OR (a.account = '" ACCESS_ALL "' AND NOT EXISTS (SELECT 1 FROM collection_access own"
    " WHERE own.shard_key = a.shard_key AND own.account = $1)) ORDER BY a.shard_key LIMIT $2";

enum err
store_access_put(struct db *db, const struct access *access, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	TRY(db_select_one(db, &rows, why, count_rows, DB_I(access->shard_key),
	    DB_T(access->account)));
	if (db_col_i64(&rows, 0) >= ACCESS_MAX)
		return fail(why, ERR_LIMIT, "access.many",
		    "%d accounts have access to this collection: take it from one, or give it to "
		    "all guests (\"" ACCESS_ALL "\")",
		    ACCESS_MAX);
	return db_run(db, why, put_row, DB_I(access->shard_key), DB_T(access->account),
	    DB_I(access->can_read), DB_I(access->can_write), DB_T(access->by), DB_I(access->at));
}

enum err
store_access_end(struct db *db, int64_t shard_key, struct str account, int64_t *ret_changed,
    struct why *why)
{
	return db_exec(db, DB_SQL(end_row, DB_I(shard_key), DB_T(account)), ret_changed, why);
}

static enum err
read_rows(struct db_rows *rows, struct arena *a, size_t max, struct access_list *ret,
    struct why *why)
{
	bool has = false;

	*ret = (struct access_list){ .row = arena_make(a, struct access, max) };
	while (ret->row != NULL && ret->len < max) {
		TRY(db_next(rows, &has, why));
		if (!has)
			return OK;
		struct access *row = &ret->row[ret->len++];
		*row = (struct access){
			.shard_key = db_col_i64(rows, 0),
			.account = arena_str(a, db_col_text(rows, 1)),
			.can_read = db_col_i64(rows, 2) != 0,
			.can_write = db_col_i64(rows, 3) != 0,
			.by = arena_str(a, db_col_text(rows, 4)),
			.at = db_col_i64(rows, 5),
		};
		if (row->account.ptr == NULL ||
		    (row->by.ptr == NULL && db_col_text(rows, 4).len > 0))
			return stored_full(why);
	}
	return ret->row == NULL ? stored_full(why) : OK;
}

enum err
store_access_of(struct db *db, struct arena *a, struct str account, struct access_list *ret,
    struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	TRY(db_select(db, &rows, why, list_of, DB_T(account), DB_I(COLLECTIONS_MAX)));
	return read_rows(&rows, a, COLLECTIONS_MAX, ret, why);
}

enum err
store_access_on(struct db *db, struct arena *a, int64_t shard_key, struct access_list *ret,
    struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	TRY(db_select(db, &rows, why, list_on, DB_I(shard_key), DB_I(ACCESS_MAX)));
	return read_rows(&rows, a, ACCESS_MAX, ret, why);
}
