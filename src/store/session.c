/* Sessions of the console and tokens of tools. */
#include "account.h"
#include "stored_p.h"

static const char add_session[] =
    "INSERT INTO session (token_hash, account, kind, scopes, expires_at, created_at, label) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7)";
static const char find_session[] =
    "SELECT account, kind, scopes, expires_at, created_at FROM session WHERE token_hash = $1";
static const char delete_session[] = "DELETE FROM session WHERE token_hash = $1";
static const char delete_account_sessions[] = "DELETE FROM session WHERE account = $1";
static const char list_tokens[] =
    "SELECT token_hash, scopes, expires_at, created_at, label FROM session "
    "WHERE account = $1 AND kind = 'token' ORDER BY created_at DESC, token_hash LIMIT $2";
static const char end_sessions[] =
    "DELETE FROM session WHERE account = $1 AND kind = 'session' AND token_hash <> $2";
static const char delete_expired[] = "DELETE FROM session WHERE expires_at <= $1";

enum err
store_session_put(struct db *db, const struct session *s, struct why *why)
{
	return db_run(db, why, add_session, DB_B(hash_str(&s->token)), DB_T(s->account),
	    DB_T(s->kind), DB_T(s->scopes), DB_I(s->expires_at), DB_I(s->created_at),
	    DB_T(s->label));
}

enum err
store_session_find(struct db *db, struct arena *a, const struct hash *token, time_us now,
    struct session *ret, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	TRY(db_select_memo(db, &rows, why, find_session, DB_B(hash_str(token))));
	TRY(db_next(&rows, &has, why));
	if (!has || db_col_i64(&rows, 3) <= now)
		return fail(why, ERR_NOT_FOUND, "session.unknown",
		    "this sign-in has ended: sign in again");
	struct session s = { .token = *token,
		.expires_at = db_col_i64(&rows, 3),
		.created_at = db_col_i64(&rows, 4) };
	struct str *const texts[] = { &s.account, &s.kind, &s.scopes };
	for (size_t i = 0; i < COUNTOF(texts); i++) {
		struct str from = db_col_text(&rows, i);

		*texts[i] = arena_str(a, from);
		if (texts[i]->ptr == NULL && from.len > 0)
			return stored_full(why);
	}
	*ret = s;
	return OK;
}

enum err
store_session_delete(struct db *db, const struct hash *token, struct why *why)
{
	return db_run(db, why, delete_session, DB_B(hash_str(token)));
}

enum err
store_sessions_delete(struct db *db, struct str account, time_us now, struct why *why)
{
	if (account.len > 0)
		return db_run(db, why, delete_account_sessions, DB_T(account));
	return db_run(db, why, delete_expired, DB_I(now));
}

enum err
store_sessions_end(struct db *db, struct str account, const struct hash *but, struct why *why)
{
	return db_run(db, why, end_sessions, DB_T(account),
	    DB_B(but != NULL ? hash_str(but) : S("")));
}

static enum err
read_token(const struct db_rows *rows, struct arena *a, struct str account, struct session *ret,
    struct why *why)
{
	struct str hash = db_col_blob(rows, 0);

	*ret = (struct session){
		.account = account,
		.kind = S("token"),
		.scopes = arena_str(a, db_col_text(rows, 1)),
		.expires_at = db_col_i64(rows, 2),
		.created_at = db_col_i64(rows, 3),
		.label = arena_str(a, db_col_text(rows, 4)),
	};
	if (hash.len != HASH_BYTES)
		return fail(why, ERR_TAMPERED, "store.row", "a stored hash has the wrong length");
	memcpy(ret->token.byte, hash.ptr, HASH_BYTES);
	return OK;
}

enum err
store_tokens(struct db *db, struct arena *a, struct str account, struct session **ret,
    size_t *ret_len, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	struct session *list = arena_make(a, struct session, TOKENS_MAX);
	bool has = false;

	if (list == NULL)
		return stored_full(why);
	TRY(db_select(db, &rows, why, list_tokens, DB_T(account), DB_I(TOKENS_MAX)));
	for (*ret_len = 0;; ++*ret_len) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			break;
		TRY(read_token(&rows, a, account, &list[*ret_len], why));
	}
	*ret = list;
	return OK;
}
