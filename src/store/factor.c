/* The second factor of an account. */
#include "account.h"
#include "stored_p.h"

static const char find_factor[] =
    "SELECT secret, confirmed_at, last_step FROM second_factor WHERE account = $1";
static const char put_factor[] =
    "INSERT INTO second_factor (account, secret, confirmed_at, last_step, added_at) "
    "VALUES ($1, $2, 0, 0, $3) ON CONFLICT (account) DO UPDATE SET secret = excluded.secret, "
    "last_step = 0, added_at = excluded.added_at WHERE second_factor.confirmed_at = 0";
/* One statement: of two that bring the same code, one finds it used. */
static const char use_step[] =
    "UPDATE second_factor SET last_step = $2, confirmed_at = CASE WHEN confirmed_at = 0 THEN $3 "
    "ELSE confirmed_at END WHERE account = $1 AND last_step < $2";
/* Only what was read: it may have been taken off and made anew meanwhile. */
static const char seal_factor[] =
    "UPDATE second_factor SET secret = $3 WHERE account = $1 AND secret = $2";
static const char delete_factor[] = "DELETE FROM second_factor WHERE account = $1";

enum err
store_factor_find(struct db *db, struct arena *a, struct str account, struct factor *ret,
    struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	TRY(db_select_memo(db, &rows, why, find_factor, DB_T(account)));
	TRY(db_next(&rows, &has, why));
	if (!has)
		return fail(why, ERR_NOT_FOUND, "factor.none",
		    "account \"" STR_FMT "\" has no authenticator", STR_ARG(account));
	*ret = (struct factor){
		.secret = arena_str(a, db_col_blob(&rows, 0)),
		.confirmed = db_col_i64(&rows, 1) != 0,
		.last_step = db_col_i64(&rows, 2),
	};
	return ret->secret.ptr == NULL ? stored_full(why) : OK;
}

enum err
store_factor_put(struct db *db, struct str account, struct str secret, time_us now, struct why *why)
{
	int64_t changed = 0;

	assert(secret.len > 0 && secret.len <= FACTOR_SECRET_MAX);
	TRY(db_exec(db, DB_SQL(put_factor, DB_T(account), DB_B(secret), DB_I(now)), &changed, why));
	if (changed == 0)
		return fail(why, ERR_CONFLICT, "factor.there",
		    "account \"" STR_FMT "\" has an authenticator: take it off first",
		    STR_ARG(account));
	return OK;
}

enum err
store_factor_use(struct db *db, struct str account, int64_t step, time_us now, struct why *why)
{
	int64_t changed = 0;

	TRY(db_exec(db, DB_SQL(use_step, DB_T(account), DB_I(step), DB_I(now)), &changed, why));
	if (changed == 0)
		return fail(why, ERR_UNAUTHORIZED, "factor.used", "this code was used already");
	return OK;
}

enum err
store_factor_seal(struct db *db, struct str account, struct str from, struct str to,
    struct why *why)
{
	assert(to.len > 0 && to.len <= FACTOR_SECRET_MAX);
	return db_run(db, why, seal_factor, DB_T(account), DB_B(from), DB_B(to));
}

enum err
store_factor_delete(struct db *db, struct str account, bool *ret_changed, struct why *why)
{
	int64_t changed = 0;

	TRY(db_exec(db, DB_SQL(delete_factor, DB_T(account)), &changed, why));
	*ret_changed = changed > 0;
	return OK;
}
