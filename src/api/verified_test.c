#include "verified.h"

#include "cases.h"

#define NOW (US_PER_DAY)

/* clang-format off */
static const struct claim_case {
	const char *name;
	struct verified_claim claim;
	time_us after;
	bool want;
} claim_cases[] = {
	{ "the same claim",          { { "meera", 5 }, { "pass", 4 }, { "$a", 2 }, { "r", 1 } },  0, true },
	{ "just before it is old",   { { "meera", 5 }, { "pass", 4 }, { "$a", 2 }, { "r", 1 } },  VERIFIED_FOR_S * US_PER_S - 1, true },
	{ "when it is old",          { { "meera", 5 }, { "pass", 4 }, { "$a", 2 }, { "r", 1 } },  VERIFIED_FOR_S * US_PER_S, false },
	{ "another account",         { { "arjun", 5 }, { "pass", 4 }, { "$a", 2 }, { "r", 1 } },  0, false },
	{ "another password",        { { "meera", 5 }, { "past", 4 }, { "$a", 2 }, { "r", 1 } },  0, false },
	{ "a changed password",      { { "meera", 5 }, { "pass", 4 }, { "$b", 2 }, { "r", 1 } },  0, false },
	{ "another address",         { { "meera", 5 }, { "pass", 4 }, { "$a", 2 }, { "s", 1 } },  0, false },
	{ "parts pushed together",   { { "meerap", 6 }, { "ass", 3 }, { "$a", 2 }, { "r", 1 } },  0, false },
};
/* clang-format on */

static void
check_claim(void **state)
{
	const struct claim_case *c = *state;
	const struct verified_claim kept = { S("meera"), S("pass"), S("$a"), S("r") };
	struct verified v = { 0 };

	verified_keep(&v, &kept, NOW);
	assert_int_equal(verified_has(&v, &c->claim, NOW + c->after), c->want);
}

static void
check_empty(void **state)
{
	const struct verified_claim claim = { S(""), S(""), S(""), S("") };
	struct verified v = { 0 };

	(void)state;
	assert_false(verified_has(&v, &claim, NOW));
}

/* The oldest goes when it is full. */
static void
check_full(void **state)
{
	struct verified v = { 0 };
	char name[VERIFIED_MAX + 1] = { 0 };
	struct verified_claim claim = { .password = S("p"), .stored = S("s"), .remote = S("") };

	(void)state;
	for (size_t i = 0; i <= VERIFIED_MAX; i++) {
		claim.account = (struct str){ name, i };
		verified_keep(&v, &claim, NOW);
	}
	assert_true(verified_has(&v, &claim, NOW));
	claim.account.len = 1;
	assert_true(verified_has(&v, &claim, NOW));
	claim.account.len = 0;
	assert_false(verified_has(&v, &claim, NOW));
}

int
main(int argc, char **argv)
{
	static struct cases cases;

	CASES(&cases, claim_cases, check_claim);
	CASE(&cases, check_empty);
	CASE(&cases, check_full);
	return cases_run("verified", &cases, argc, argv);
}
