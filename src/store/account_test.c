#include "account.h"

#include "fresh_p.h"

static const struct account asha = {
	.name = { "asha", 4 },
	.display = { "Asha Rao", 8 },
	.organisation = { "IN:CERT-IN", 10 },
	.enclaves = { "soc", 3 },
	.roles = { "analyst officer", 15 },
	.created_at = FRESH_NOW,
};

/* ---- what may be written ---- */

/* clang-format off */
static const struct create_case {
	const char *name;
	const char *account, *roles;
	enum err want;
	const char *code, *why;
} create_cases[] = {
	{ "all roles that act", "a.b-c_d@e9", "analyst officer approver legal policy defence-liaison auditor", OK, NULL, "" },
	{ "all others", "a", "administrator analyst auditor", OK, NULL, "" },
	{ "administrator and officer", "a", "officer administrator", ERR_INVALID, "account.roles", "not administrator and officer at once" },
	{ "administrator and approver", "a", "administrator analyst approver", ERR_INVALID, "account.roles", "not administrator and approver at once" },
	{ "administrator and legal", "a", "administrator legal", ERR_INVALID, "account.roles", "and legal at once" },
	{ "administrator and policy", "a", "policy administrator", ERR_INVALID, "account.roles", "and policy at once" },
	{ "administrator and liaison", "a", "administrator defence-liaison", ERR_INVALID, "account.roles", "and defence-liaison at once" },
	{ "a guest", "b", "guest", OK, NULL, "" },
	{ "a guest who reads all", "b", "guest analyst", ERR_INVALID, "account.roles", "a guest has no other role" },
	{ "who looks into all as guest", "b", "auditor guest", ERR_INVALID, "account.roles", "a guest has no other role" },
	{ "no roles", "b", "", OK, NULL, "" },
	{ "no name", "", "", ERR_INVALID, "account.name", "\"\" is no name of an account" },
	{ "a capital", "Asha", "", ERR_INVALID, "account.name", "write 1 to 64 of a-z" },
	{ "a blank", "a b", "", ERR_INVALID, "account.name", "" },
	{ "a long name", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "", ERR_INVALID, "account.name", "" },
	{ "an unknown role", "a", "analyst king", ERR_INVALID, "account.roles", "\"king\" is no role: write analyst" },
	{ "two blanks", "a", "analyst  officer", ERR_INVALID, "account.roles", "with one blank between two" },
	{ "a blank at the end", "a", "analyst ", ERR_INVALID, "account.roles", "\"\" is no role" },
	{ "there already", "asha", "", ERR_CONFLICT, "account.exists", "there is an account \"asha\" already" },
};
/* clang-format on */

static void
check_create(void **state)
{
	const struct create_case *c = *state;
	CLEANUP(fresh_endp) struct fresh f = { 0 };
	struct account a = { .name = str_of(c->account),
		.enclaves = S("soc"),
		.roles = str_of(c->roles) },
	               found;
	struct why why = { 0 };

	fresh_begin(&f);
	fresh_ok(store_account_create(f.db, &asha, &why), &why);
	assert_int_equal(store_account_create(f.db, &a, &why), c->want);
	if (c->want != OK) {
		assert_string_equal(why.code, c->code);
		assert_true(str_find(str_of(why.text), str_of(c->why)) != SIZE_MAX);
		return;
	}
	fresh_ok(store_account_find(f.db, f.arena, a.name, &found, &why), &why);
	assert_true(str_eq(found.roles, a.roles));
}

/* ---- changing ---- */

static void
check_changes(void **)
{
	CLEANUP(fresh_endp) struct fresh f = { 0 };
	struct account found, *all;
	struct why why = { 0 };
	size_t n;

	fresh_begin(&f);
	fresh_ok(store_account_create(f.db, &asha, &why), &why);
	fresh_ok(store_account_password(f.db,
	             &(struct account){ .name = S("asha"),
	                 .password = S("$argon2id$x"),
	                 .password_by = S("root1") },
	             &why),
	    &why);
	fresh_ok(store_account_roles(f.db, S("asha"), S("auditor"), &why), &why);
	fresh_ok(store_account_disable(f.db, S("asha"), true, &why), &why);
	fresh_ok(store_account_find(f.db, f.arena, S("asha"), &found, &why), &why);
	assert_true(str_is(found.password, "$argon2id$x"));
	assert_true(str_is(found.roles, "auditor"));
	assert_true(str_is(found.display, "Asha Rao"));
	assert_true(found.disabled);
	assert_int_equal(found.created_at, FRESH_NOW);
	fresh_ok(store_accounts(f.db, f.arena, &all, &n, &why), &why);
	assert_int_equal(n, 1);

	assert_int_equal(store_account_roles(f.db, S("asha"), S("x"), &why), ERR_INVALID);
	assert_int_equal(store_account_roles(f.db, S("asha"), S("approver administrator"), &why),
	    ERR_INVALID);
	assert_int_equal(store_account_roles(f.db, S("x"), S(""), &why), ERR_NOT_FOUND);
	assert_int_equal(store_account_password(f.db, &(struct account){ .name = S("x") }, &why),
	    ERR_NOT_FOUND);
	assert_int_equal(store_account_disable(f.db, S("x"), true, &why), ERR_NOT_FOUND);
	assert_int_equal(store_account_passed(f.db, S("x"), &why), ERR_NOT_FOUND);
	assert_int_equal(store_account_find(f.db, f.arena, S("x"), &found, &why), ERR_NOT_FOUND);
	assert_string_equal(why.text, "there is no account \"x\"");
}

/* ---- wrong passwords ---- */

/* clang-format off */
static const struct lock_case {
	const char *name;
	int failures;
	time_us want; /* seconds of the lock after the last of them */
} lock_cases[] = {
	{ "the first", 1, 0 },
	{ "forty-nine", 49, 0 },
	{ "fifty", 50, 900 },
	{ "one after the lock", 51, 0 },
	{ "a hundred", 100, 900 },
};
/* clang-format on */

static void
check_lock(void **state)
{
	const struct lock_case *c = *state;
	CLEANUP(fresh_endp) struct fresh f = { 0 };
	struct account found;
	struct why why = { 0 };
	time_us end = -1, want = c->want == 0 ? 0 : FRESH_NOW + c->want * US_PER_S;

	fresh_begin(&f);
	fresh_ok(store_account_create(f.db, &asha, &why), &why);
	for (int i = 0; i < c->failures; i++)
		fresh_ok(store_account_failed(f.db, S("asha"), FRESH_NOW, &end, &why), &why);
	assert_int_equal(end, want);
	fresh_ok(store_account_find(f.db, f.arena, S("asha"), &found, &why), &why);
	assert_int_equal(found.failures, c->failures);
	assert_int_equal(found.locked_until, want);
	fresh_ok(store_account_passed(f.db, S("asha"), &why), &why);
	fresh_ok(store_account_find(f.db, f.arena, S("asha"), &found, &why), &why);
	assert_int_equal(found.failures + found.locked_until, 0);
	assert_int_equal(store_account_failed(f.db, S("x"), FRESH_NOW, &end, &why), ERR_NOT_FOUND);
}

/* ---- sessions ---- */

static struct session
session_of(const char *token, const char *account, time_us expires_at)
{
	return (struct session){
		.token = hash_of(str_of(token)),
		.account = str_of(account),
		.kind = S("session"),
		.scopes = S("read write"),
		.expires_at = expires_at,
		.created_at = FRESH_NOW,
	};
}

static void
check_sessions(void **)
{
	CLEANUP(fresh_endp) struct fresh f = { 0 };
	struct session one = session_of("one", "asha", FRESH_NOW + 10);
	struct session two = session_of("two", "asha", FRESH_NOW + 20);
	struct session three = session_of("three", "ravi", FRESH_NOW + 30);
	struct session found;
	struct why why = { 0 };

	fresh_begin(&f);
	fresh_ok(store_account_create(f.db, &asha, &why), &why);
	fresh_ok(store_session_put(f.db, &one, &why), &why);
	fresh_ok(store_session_put(f.db, &two, &why), &why);
	fresh_ok(store_session_put(f.db, &three, &why), &why);
	assert_int_equal(store_session_put(f.db, &one, &why), ERR_CONFLICT);

	fresh_ok(store_session_find(f.db, f.arena, &one.token, FRESH_NOW + 9, &found, &why), &why);
	assert_true(str_is(found.account, "asha") && str_is(found.scopes, "read write"));
	assert_int_equal(store_session_find(f.db, f.arena, &one.token, FRESH_NOW + 10, &found,
	                     &why),
	    ERR_NOT_FOUND);
	assert_string_equal(why.text, "this sign-in has ended: sign in again");

	fresh_ok(store_sessions_delete(f.db, S(""), FRESH_NOW + 10, &why), &why);
	assert_int_equal(store_session_find(f.db, f.arena, &one.token, 0, &found, &why),
	    ERR_NOT_FOUND);
	fresh_ok(store_account_disable(f.db, S("asha"), true, &why), &why);
	assert_int_equal(store_session_find(f.db, f.arena, &two.token, 0, &found, &why),
	    ERR_NOT_FOUND);
	fresh_ok(store_session_find(f.db, f.arena, &three.token, 0, &found, &why), &why);
	for (int i = 0; i < 2; i++)
		fresh_ok(store_session_delete(f.db, &three.token, &why), &why);
	assert_int_equal(store_session_find(f.db, f.arena, &three.token, 0, &found, &why),
	    ERR_NOT_FOUND);
}

int
main(int argc, char **argv)
{
	static struct cases list;

	CASES(&list, create_cases, check_create);
	CASE(&list, check_changes);
	CASES(&list, lock_cases, check_lock);
	CASE(&list, check_sessions);
	return cases_run("account", &list, argc, argv);
}
