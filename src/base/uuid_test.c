#include "uuid.h"

#include "cases.h"

/* clang-format off */
static const struct parse_case {
	const char *name;
	const char *text;
	bool want;
} parse_cases[] = {
	{ "version 1",            "51f0a3c2-77de-11ef-8a40-c3d91b06e52f", true },
	{ "version 4",            "7c41e0d9-5a26-4f38-91be-d06c85f2a47d", true },
	{ "version 5",            "e3b07d5a-16c9-5f24-a8d1-4972fe60cb35", true },
	{ "variant byte bf",      "7c41e0d9-5a26-4f38-bf1e-d06c85f2a47d", true },
	{ "version 0",            "7c41e0d9-5a26-0f38-91be-d06c85f2a47d", false },
	{ "version 6",            "7c41e0d9-5a26-6f38-91be-d06c85f2a47d", false },
	{ "variant below",        "7c41e0d9-5a26-4f38-71be-d06c85f2a47d", false },
	{ "variant above",        "7c41e0d9-5a26-4f38-c1be-d06c85f2a47d", false },
	{ "upper case",           "7C41E0D9-5A26-4F38-91BE-D06C85F2A47E", false },
	{ "one upper-case digit", "7c41e0d9-5a26-4f38-91be-d06c85f2a47D", false },
	{ "not a digit",          "7c41e0d9-5a26-4f38-91be-d06c85f2a47g", false },
	{ "braces",               "{c41e0d9-5a26-4f38-91be-d06c85f2a47}", false },
	{ "a hyphen moved",       "7c41e0d-95a26-4f38-91be-d06c85f2a47d", false },
	{ "a hyphen too many",    "7c41e0d9-5a26-4f38-91be-d06c85f2a4-d", false },
	{ "no hyphens",           "7c41e0d905a2604f38091be0d06c85f2a47d", false },
	{ "too short",            "7c41e0d9-5a26-4f38-91be-d06c85f2a47",  false },
	{ "too long",             "7c41e0d9-5a26-4f38-91be-d06c85f2a47d0", false },
	{ "all zero",             "00000000-0000-0000-0000-000000000000", false },
	{ "empty",                "",                                     false },
};
/* clang-format on */

static void
check_parse(void **state)
{
	const struct parse_case *c = *state;
	struct uuid u = { { 1, 2, 3 } };
	char text[UUID_TEXT + 1];

	assert_int_equal(uuid_parse(str_of(c->text), &u), c->want);
	if (c->want) {
		uuid_text(&u, text);
		assert_string_equal(text, c->text);
	} else {
		assert_int_equal(u.byte[0], 1);
	}
}

static void
marks_version_and_variant(void **state)
{
	uint8_t ones[UUID_BYTES];
	const uint8_t zeros[UUID_BYTES] = { 0 };
	char text[UUID_TEXT + 1];
	struct uuid u;

	(void)state;
	memset(ones, 0xFF, sizeof(ones));
	u = uuid_from_bytes(ones, 4);
	uuid_text(&u, text);
	assert_string_equal(text, "ffffffff-ffff-4fff-bfff-ffffffffffff");
	assert_true(uuid_parse(str_of(text), &u));
	u = uuid_from_bytes(zeros, 5);
	uuid_text(&u, text);
	assert_string_equal(text, "00000000-0000-5000-8000-000000000000");
	assert_true(uuid_parse(str_of(text), &u));
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	CASES(&cases, parse_cases, check_parse);
	CASE(&cases, marks_version_and_variant);
	return cases_run("uuid", &cases, argc, argv);
}
