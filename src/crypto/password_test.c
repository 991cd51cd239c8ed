#include "password.h"

#include "cases.h"

static void
check_round_trip(void **)
{
	char text[PASSWORD_TEXT_MAX];
	char again[PASSWORD_TEXT_MAX];
	struct why why = { 0 };

	assert_int_equal(password_hash(S("correct horse"), text, NULL), OK);
	assert_int_equal(password_hash(S("correct horse"), again, NULL), OK);
	assert_string_not_equal(text, again);
	assert_true(str_starts(str_of(text), S("$argon2id$v=19$m=65536,t=2,p=1$")));
	assert_int_equal(password_verify(S("correct horse"), str_of(text), NULL), OK);
	assert_int_equal(password_verify(S("correct hors"), str_of(text), &why), ERR_UNAUTHORIZED);
	assert_string_equal(why.text, "the password is wrong");
	assert_int_equal(password_verify(S(""), str_of(text), NULL), ERR_UNAUTHORIZED);
	assert_false(password_is_outdated(str_of(text)));
}

static void
check_nobody(void **)
{
	struct why why = { 0 };

	assert_int_equal(password_verify(S("any"), S(""), &why), ERR_UNAUTHORIZED);
	assert_string_equal(why.code, "password.wrong");
	assert_true(password_is_outdated(S("")));
}

static void
check_bounds(void **)
{
	static const char longer[PASSWORD_BYTES_MAX + 1] = { 'a' };
	char text[PASSWORD_TEXT_MAX];
	struct why why = { 0 };

	assert_int_equal(password_hash(S(""), text, &why), ERR_INVALID);
	assert_string_equal(why.text, "the password is empty");
	assert_int_equal(password_hash((struct str){ longer, sizeof(longer) }, text, &why),
	    ERR_LIMIT);
	assert_string_equal(why.text, "the password has 1025 bytes; 1024 are allowed");
	assert_int_equal(password_verify((struct str){ longer, sizeof(longer) }, S(""), NULL),
	    ERR_LIMIT);
}

/* clang-format off */
#define SALT_AND_HASH "$c2FsdHNhbHRzYWx0c2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
static const struct stored_case {
	const char *name;
	const char *stored;
	enum err want;
} stored_cases[] = {
	{ "another algorithm",        "$2b$12$abcdefghijklmnopqrstuv",              ERR_INVALID },
	{ "Argon2i",                  "$argon2i$v=19$m=65536,t=2,p=1" SALT_AND_HASH, ERR_INVALID },
	{ "more memory than a node",  "$argon2id$v=19$m=4194304,t=2,p=1" SALT_AND_HASH, ERR_INVALID },
	{ "a thousand passes",        "$argon2id$v=19$m=65536,t=1000,p=1" SALT_AND_HASH, ERR_INVALID },
	{ "many lanes",               "$argon2id$v=19$m=65536,t=2,p=8" SALT_AND_HASH, ERR_INVALID },
	{ "costs alone",              "$argon2id$v=19$m=65536,t=2,p=1",             ERR_INVALID },
	{ "a hash of nothing known",  "$argon2id$v=19$m=8192,t=1,p=1" SALT_AND_HASH, ERR_UNAUTHORIZED },
};
/* clang-format on */

static void
check_stored(void **state)
{
	const struct stored_case *c = *state;
	struct why why = { 0 };

	assert_int_equal(password_verify(S("any"), str_of(c->stored), &why), c->want);
	if (c->want == ERR_INVALID)
		assert_string_equal(why.text,
		    "the stored password is not Argon2id within the allowed cost");
	assert_true(password_is_outdated(str_of(c->stored)));
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	CASES(&cases, stored_cases, check_stored);
	CASE(&cases, check_round_trip);
	CASE(&cases, check_nobody);
	CASE(&cases, check_bounds);
	return cases_run("password", &cases, argc, argv);
}
