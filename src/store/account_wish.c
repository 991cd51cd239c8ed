/* Roles that one administrator gave and a second has to confirm. */
#include "account.h"
#include "stored_p.h"

/* Who holds one of these lets things out, or makes those who do. */
static const char weighty[] = "approver legal policy defence-liaison administrator";

static const char put_wish[] =
    "INSERT INTO account_wish (name, roles, proposer, at) VALUES ($1, $2, $3, $4)"
    " ON CONFLICT (name) DO UPDATE SET roles = excluded.roles, proposer = excluded.proposer,"
    " at = excluded.at";
static const char find_wish[] =
    "SELECT name, roles, proposer, at FROM account_wish WHERE name = $1";
static const char end_wish[] = "DELETE FROM account_wish WHERE name = $1";

static bool
has_word(struct str words, struct str word)
{
	while (words.ptr != NULL) {
		if (str_eq(str_split(&words, ' '), word))
			return true;
	}
	return false;
}

static struct str
next_role(struct str *rest, bool *ret_weighty)
{
	struct str role = str_split(rest, ' ');

	*ret_weighty = role.len > 0 && has_word(str_of(weighty), role);
	return role;
}

bool
store_roles_weighty(struct str roles)
{
	bool is = false;

	while (roles.ptr != NULL && !is)
		(void)next_role(&roles, &is);
	return is;
}

struct str
store_roles_light(struct arena *a, struct str roles)
{
	struct str light = S("");

	while (roles.ptr != NULL) {
		bool is = false;
		struct str role = next_role(&roles, &is);

		if (!is && role.len > 0)
			light = arena_printf(a, STR_FMT "%s" STR_FMT, STR_ARG(light),
			    light.len > 0 ? " " : "", STR_ARG(role));
	}
	return light;
}

enum err
store_account_wish(struct db *db, const struct account_wish *wish, struct why *why)
{
	return db_run(db, why, put_wish, DB_T(wish->name), DB_T(wish->roles), DB_T(wish->proposer),
	    DB_I(wish->at));
}

enum err
store_account_wish_find(struct db *db, struct arena *a, struct str name, struct account_wish *ret,
    struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	TRY(db_select(db, &rows, why, find_wish, DB_T(name)));
	TRY(db_next(&rows, &has, why));
	if (!has)
		return fail(why, ERR_NOT_FOUND, "account.no-wish",
		    "nothing about the account \"" STR_FMT "\" waits for a confirmation",
		    STR_ARG(name));
	*ret = (struct account_wish){
		.name = arena_str(a, db_col_text(&rows, 0)),
		.roles = arena_str(a, db_col_text(&rows, 1)),
		.proposer = arena_str(a, db_col_text(&rows, 2)),
		.at = db_col_i64(&rows, 3),
	};
	return OK;
}

enum err
store_account_confirm(struct db *db, struct arena *a, struct str name, struct str by,
    struct account_wish *ret, struct why *why)
{
	struct account account;

	TRY(store_account_wish_find(db, a, name, ret, why));
	TRY(store_account_find(db, a, name, &account, why));
	if (str_eq(by, ret->proposer) || str_eq(by, name))
		return fail(why, ERR_FORBIDDEN, "account.four-eyes",
		    STR_FMT " gave these roles or would get them; another administrator confirms",
		    STR_ARG(by));
	if (by.len > 0 && account.password_by.len > 0)
		return fail(why, ERR_FORBIDDEN, "account.password",
		    STR_FMT " set the password of " STR_FMT
		            ", and could act under that name: its owner changes it first",
		    STR_ARG(account.password_by), STR_ARG(name));
	TRY(store_account_roles(db, name, ret->roles, why));
	return db_run(db, why, end_wish, DB_T(name));
}
