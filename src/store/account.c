#include "account.h"

#include "stored_p.h"

/* clang-format off */
static const struct {
	const char *name;
	bool acts; /* gives, approves or refuses orders */
} roles_known[] = {
	{ "analyst",         false },
	{ "officer",         true  },
	{ "approver",        true  },
	{ "legal",           true  },
	{ "policy",          true  },
	{ "defence-liaison", true  },
	{ "auditor",         false },
	{ "administrator",   false },
	{ "guest",           false },
};
/* clang-format on */

#define COLUMNS                                                                            \
	"name, display, organisation, enclaves, roles, password, failures, locked_until, " \
	"disabled, created_at, password_by"

static const char add_account[] =
    "INSERT INTO account (" COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, 0, 0, 0, $7, $8) "
    "ON CONFLICT DO NOTHING";
static const char find_account[] = "SELECT " COLUMNS " FROM account WHERE name = $1";
static const char list_accounts[] = "SELECT " COLUMNS " FROM account ORDER BY name LIMIT $1";
static const char count_accounts[] = "SELECT COUNT(*) FROM account";
static const char set_password[] =
    "UPDATE account SET password = $2, password_by = $3, failures = 0, locked_until = 0 WHERE name = $1";
static const char set_roles[] = "UPDATE account SET roles = $2 WHERE name = $1";
static const char set_disabled[] = "UPDATE account SET disabled = $2 WHERE name = $1";
static const char set_failures[] =
    "UPDATE account SET failures = $2, locked_until = $3 WHERE name = $1";
static const char get_failures[] = "SELECT failures FROM account WHERE name = $1";

/* ---- what may be written ---- */

static enum err
check_name(struct str name, struct why *why)
{
	bool good = name.len >= 1 && name.len <= ACCOUNT_NAME_MAX;

	for (size_t i = 0; i < name.len && good; i++) {
		char c = name.ptr[i];

		good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
		       c == '_' || c == '@';
	}
	if (!good)
		return fail(why, ERR_INVALID, "account.name",
		    "\"" STR_FMT "\" is no name of an account: write 1 to %d of a-z 0-9 . - _ @",
		    STR_ARG(name), ACCOUNT_NAME_MAX);
	return OK;
}

static enum err
unknown_role(struct str role, struct why *why)
{
	return fail(why, ERR_INVALID, "account.roles",
	    "\"" STR_FMT "\" is no role: write analyst, officer, approver, legal, policy, "
	    "defence-liaison, auditor, administrator or guest, with one blank between two",
	    STR_ARG(role));
}

/* Who makes accounts does not act with one of the same name. */
enum err
store_roles_check(struct str roles, struct why *why)
{
	bool administers = false, guest = false;
	const char *acts = NULL;

	for (struct str rest = roles; roles.len > 0 && rest.ptr != NULL;) {
		struct str role = str_split(&rest, ' ');
		size_t i = 0;

		while (i < COUNTOF(roles_known) && !str_is(role, roles_known[i].name))
			i++;
		if (i == COUNTOF(roles_known))
			return unknown_role(role, why);
		if (roles_known[i].acts)
			acts = roles_known[i].name;
		administers |= str_is(role, "administrator");
		guest |= str_is(role, "guest");
	}
	if (guest && !str_is(roles, "guest"))
		return fail(why, ERR_INVALID, "account.roles",
		    "a guest has no other role: it has what it is given collection by collection, "
		    "and others read all of their compartment");
	if (administers && acts != NULL)
		return fail(why, ERR_INVALID, "account.roles",
		    "an account is not administrator and %s at once: who makes accounts neither "
		    "gives nor approves orders; make two accounts for two people",
		    acts);
	return OK;
}

/* ---- reading ---- */

static enum err
unknown(struct str name, struct why *why)
{
	return fail(why, ERR_NOT_FOUND, "account.unknown", "there is no account \"" STR_FMT "\"",
	    STR_ARG(name));
}

static enum err
read_account(const struct db_rows *rows, struct arena *a, struct account *ret, struct why *why)
{
	struct account account = {
		.failures = db_col_i64(rows, 6),
		.locked_until = db_col_i64(rows, 7),
		.disabled = db_col_i64(rows, 8) != 0,
		.created_at = db_col_i64(rows, 9),
	};
	const struct {
		size_t at;
		struct str *text;
	} texts[] = {
		{ 0, &account.name },
		{ 1, &account.display },
		{ 2, &account.organisation },
		{ 3, &account.enclaves },
		{ 4, &account.roles },
		{ 5, &account.password },
		{ 10, &account.password_by },
	};

	for (size_t i = 0; i < COUNTOF(texts); i++) {
		struct str from = db_col_text(rows, texts[i].at);

		*texts[i].text = arena_str(a, from);
		if (texts[i].text->ptr == NULL && from.len > 0)
			return stored_full(why);
	}
	*ret = account;
	return OK;
}

enum err
store_account_find(struct db *db, struct arena *a, struct str name, struct account *ret,
    struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	if (check_name(name, NULL) != OK)
		return unknown(name, why);
	TRY(db_select_memo(db, &rows, why, find_account, DB_T(name)));
	TRY(db_next(&rows, &has, why));
	return has ? read_account(&rows, a, ret, why) : unknown(name, why);
}

static enum err
count(struct db *db, size_t *ret, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	TRY(db_query_one(db, count_accounts, NULL, 0, &rows, why));
	*ret = (size_t)db_col_i64(&rows, 0);
	return OK;
}

enum err
store_accounts(struct db *db, struct arena *a, struct account **ret, size_t *ret_len,
    struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	size_t len = 0, max = 0;
	bool has = false;

	TRY(count(db, &max, why));
	if (max > ACCOUNTS_MAX)
		max = ACCOUNTS_MAX;
	struct account *list = arena_make(a, struct account, max + 1);
	if (list == NULL)
		return stored_full(why);
	TRY(db_select(db, &rows, why, list_accounts, DB_I((int64_t)max)));
	for (;;) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			break;
		TRY(read_account(&rows, a, &list[len++], why));
	}
	*ret = list;
	*ret_len = len;
	return OK;
}

/* ---- writing ---- */

enum err
store_account_create(struct db *db, const struct account *account, struct why *why)
{
	int64_t added = 0;

	TRY(check_name(account->name, why));
	TRY(store_roles_check(account->roles, why));
	TRY(enclaves_check(account->enclaves, why));
	TRY(db_exec(db,
	    DB_SQL(add_account, DB_T(account->name), DB_T(account->display),
	        DB_T(account->organisation), DB_T(account->enclaves), DB_T(account->roles),
	        DB_T(account->password), DB_I(account->created_at), DB_T(account->password_by)),
	    &added, why));
	if (added == 0)
		return fail(why, ERR_CONFLICT, "account.exists",
		    "there is an account \"" STR_FMT "\" already", STR_ARG(account->name));
	return OK;
}

enum err
store_account_password(struct db *db, const struct account *account, struct why *why)
{
	int64_t changed = 0;

	TRY(db_exec(db,
	    DB_SQL(set_password, DB_T(account->name), DB_T(account->password),
	        DB_T(account->password_by)),
	    &changed, why));
	return changed == 0 ? unknown(account->name, why) : OK;
}

enum err
store_account_roles(struct db *db, struct str name, struct str roles, struct why *why)
{
	int64_t changed = 0;

	TRY(store_roles_check(roles, why));
	TRY(db_exec(db, DB_SQL(set_roles, DB_T(name), DB_T(roles)), &changed, why));
	return changed == 0 ? unknown(name, why) : OK;
}

enum err
store_account_disable(struct db *db, struct str name, bool disabled, struct why *why)
{
	int64_t changed = 0;

	TRY(db_exec(db, DB_SQL(set_disabled, DB_T(name), DB_I(disabled)), &changed, why));
	if (changed == 0)
		return unknown(name, why);
	return disabled ? store_sessions_delete(db, name, 0, why) : OK;
}

/* ---- wrong passwords ---- */

enum err
store_account_unlock(struct db *db, struct str name, struct why *why)
{
	int64_t changed = 0;

	TRY(db_exec(db, DB_SQL(set_failures, DB_T(name), DB_I(0), DB_I(0)), &changed, why));
	return changed == 0 ? unknown(name, why) : OK;
}

static time_us
lock_end(int64_t failures, time_us now)
{
	return failures % ACCOUNT_FAILURES_MAX == 0 ? now + ACCOUNT_LOCK_S * US_PER_S : 0;
}

static enum err
read_failures(struct db *db, struct str name, int64_t *ret, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	TRY(db_select(db, &rows, why, get_failures, DB_T(name)));
	TRY(db_next(&rows, &has, why));
	if (!has)
		return unknown(name, why);
	*ret = db_col_i64(&rows, 0);
	return OK;
}

enum err
store_account_failed(struct db *db, struct str name, time_us now, time_us *ret, struct why *why)
{
	int64_t failures = 0;

	TRY(read_failures(db, name, &failures, why));
	time_us end = lock_end(failures + 1, now);
	TRY(db_run(db, why, set_failures, DB_T(name), DB_I(failures + 1), DB_I(end)));
	*ret = end;
	return OK;
}

enum err
store_account_passed(struct db *db, struct str name, struct why *why)
{
	int64_t failures = 0;

	TRY(read_failures(db, name, &failures, why));
	return failures == 0 ? OK : db_run(db, why, set_failures, DB_T(name), DB_I(0), DB_I(0));
}
