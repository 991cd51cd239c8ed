#include "totp.h"

#include "cases.h"

/* The secret of RFC 6238, appendix B, and the last six of its eight digits. */
static const char rfc_secret[] = "12345678901234567890";

/* clang-format off */
static const struct code_case {
	const char *name;
	int64_t seconds;
	const char *want;
} code_cases[] = {
	{ "59 s after the epoch", INT64_C(59),          "287082" },
	{ "in 2005",              INT64_C(1111111109),  "081804" },
	{ "two seconds later",    INT64_C(1111111111),  "050471" },
	{ "in 2009",              INT64_C(1234567890),  "005924" },
	{ "in 2033",              INT64_C(2000000000),  "279037" },
	{ "in 2603",              INT64_C(20000000000), "353130" },
};
/* clang-format on */

static void
check_code(void **state)
{
	const struct code_case *c = *state;
	char code[TOTP_DIGITS + 1];

	totp_code(str_of(rfc_secret), totp_step(c->seconds * US_PER_S), code);
	assert_string_equal(code, c->want);
}

/* The code 287082 is that of step 1: 30 s to 59 s. */
/* clang-format off */
static const struct fit_case {
	const char *name;
	const char *code;
	int64_t seconds, after;
	bool want;
} fit_cases[] = {
	{ "in its step",                "287082", 45,  -1, true },
	{ "a step early",               "287082", 0,   -1, true },
	{ "a step late",                "287082", 89,  -1, true },
	{ "two steps late",             "287082", 90,  -1, false },
	{ "used already",               "287082", 45,   1, false },
	{ "a later one was used",       "287082", 45,   2, false },
	{ "an earlier one was used",    "287082", 45,   0, true },
	{ "another code",               "287083", 45,  -1, false },
	{ "nothing",                    "",       45,  -1, false },
	{ "five digits",                "28708",  45,  -1, false },
	{ "seven digits",               "2870820", 45, -1, false },
};
/* clang-format on */

static void
check_fit(void **state)
{
	const struct fit_case *c = *state;
	int64_t step = 0;
	bool fits =
	    totp_fits(str_of(rfc_secret), str_of(c->code), c->seconds * US_PER_S, c->after, &step);

	assert_int_equal(fits, c->want);
	assert_int_equal(step, c->want ? 1 : 0);
}

/* Computed with Python's base64.b32encode. */
static void
check_secret_text(void **)
{
	char text[TOTP_SECRET_TEXT];

	totp_secret_text((const uint8_t *)rfc_secret, text);
	assert_string_equal(text, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
}

int
main(int argc, char **argv)
{
	static struct cases list;

	CASES(&list, code_cases, check_code);
	CASES(&list, fit_cases, check_fit);
	CASE(&list, check_secret_text);
	return cases_run("totp", &list, argc, argv);
}
