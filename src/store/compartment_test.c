#include "compartment.h"

#include "base.h"
#include "cases.h"

/* clang-format off */
static const struct has_case {
	const char *name;
	const char *organisation, *enclaves; /* of the caller */
	const char *owner, *enclave;         /* of the thing */
	bool want;
} has_cases[] = {
	{ "own",                          "IN:CERT-IN", "main",         "IN:CERT-IN", "main",    true },
	{ "own second enclave",           "IN:CERT-IN", "main defence", "IN:CERT-IN", "defence", true },
	{ "another enclave",              "IN:CERT-IN", "main",         "IN:CERT-IN", "defence", false },
	{ "another organisation",         "IN:CERT-IN", "main",         "IN:NCIIPC",  "main",    false },
	{ "the beginning of a name",      "IN:CERT-IN", "main",         "IN:CERT-IN", "mai",     false },
	{ "a longer name",                "IN:CERT-IN", "main",         "IN:CERT-IN", "main-2",  false },
	{ "two names at once",            "IN:CERT-IN", "a b",          "IN:CERT-IN", "a b",     false },
	{ "nothing is in no enclave",     "IN:CERT-IN", "",             "IN:CERT-IN", "",        false },
	{ "no organisation sees nothing", "",           "main",         "",           "main",    false },
};
/* clang-format on */

static void
check_has(void **state)
{
	const struct has_case *c = *state;
	const struct compartment of = { str_of(c->organisation), str_of(c->enclaves) };

	assert_int_equal(compartment_has(&of, str_of(c->owner), str_of(c->enclave)), c->want);
}

/* clang-format off */
static const struct holds_case {
	const char *name;
	const char *mine, *part; /* enclaves of one organisation */
	bool want;
} holds_cases[] = {
	{ "the same",          "a",   "a",   true },
	{ "a part",            "a b", "b",   true },
	{ "all, turned round", "a b", "b a", true },
	{ "one too many",      "a",   "a b", false },
	{ "another",           "a",   "b",   false },
	{ "nothing",           "a",   "",    false },
};
/* clang-format on */

static void
check_holds(void **state)
{
	const struct holds_case *c = *state;
	const struct compartment mine = { S("IN:CERT-IN"), str_of(c->mine) };
	const struct compartment part = { S("IN:CERT-IN"), str_of(c->part) };
	const struct compartment other = { S("IN:NCIIPC"), str_of(c->part) };

	assert_int_equal(compartment_holds(&mine, &part), c->want);
	assert_false(compartment_holds(&mine, &other));
}

/* clang-format off */
static const struct names_case {
	const char *name;
	const char *enclaves;
	const char *code; /* NULL: fine */
} names_cases[] = {
	{ "one",               "main",                              NULL },
	{ "two",               "main defence-2",                    NULL },
	{ "sixteen",           "a b c d e f g h i j k l m n o p",   NULL },
	{ "none",              "",                                  "enclave.name" },
	{ "capitals",          "Main",                              "enclave.name" },
	{ "a wildcard",        "%",                                 "enclave.name" },
	{ "another wildcard",  "a_b",                               "enclave.name" },
	{ "two blanks",        "a  b",                              "enclave.name" },
	{ "a blank at the end", "a ",                               "enclave.name" },
	{ "32 letters",        "abcdefghijklmnopqrstuvwxyz012345",  NULL },
	{ "33 letters",        "abcdefghijklmnopqrstuvwxyz0123456", "enclave.name" },
	{ "twice",             "main b main",                       "enclave.twice" },
	{ "the end of another", "ab b",                             NULL },
	{ "seventeen",         "a b c d e f g h i j k l m n o p q", "enclave.many" },
};
/* clang-format on */

static void
check_names(void **state)
{
	const struct names_case *c = *state;
	struct why why = { 0 };
	enum err err = enclaves_check(str_of(c->enclaves), &why);

	if (c->code == NULL) {
		assert_int_equal(err, OK);
		return;
	}
	assert_int_equal(err, ERR_INVALID);
	assert_string_equal(why.code, c->code);
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	CASES(&cases, has_cases, check_has);
	CASES(&cases, holds_cases, check_holds);
	CASES(&cases, names_cases, check_names);
	return cases_run("compartment", &cases, argc, argv);
}
