#include "near.h"

#include "cases.h"

#define SIXTEEN "abcdefghijklmnop"
#define LONG    SIXTEEN SIXTEEN SIXTEEN SIXTEEN

/* clang-format off */
static const struct near_case {
	const char *name;
	const char *a, *b;
	size_t want;
} near_cases[] = {
	{ "the same",            "indicator", "indicator",  0 },
	{ "two empty ones",      "",          "",           0 },
	{ "against nothing",     "tool",      "",           4 },
	{ "a byte is missing",   "indicatr",  "indicator",  1 },
	{ "a byte too many",     "indicattor", "indicator", 1 },
	{ "another byte",        "inticator", "indicator",  1 },
	{ "two changed places",  "tolo",      "tool",       2 },
	{ "nothing in common",   "abc",       "xyz",        3 },
	{ "the bound",           LONG,        LONG "x",     0 },
};
/* clang-format on */

static void
check_distance(void **state)
{
	const struct near_case *c = *state;

	assert_int_equal(near_distance(str_of(c->a), str_of(c->b)), c->want);
	assert_int_equal(near_distance(str_of(c->b), str_of(c->a)), c->want);
}

int
main(int argc, char **argv)
{
	static struct cases list;

	CASES(&list, near_cases, check_distance);
	return cases_run("near", &list, argc, argv);
}
