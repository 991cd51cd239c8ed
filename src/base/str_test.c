#include "base.h"
#include "cases.h"

/* clang-format off */
static const struct cmp_case {
	const char *name;
	const char *a, *b;
	int want;
} cmp_cases[] = {
	{ "equal",                   "abc", "abc",  0 },
	{ "first differs",           "abc", "bbc", -1 },
	{ "prefix comes first",      "ab",  "abc", -1 },
	{ "longer comes after",      "abc", "ab",   1 },
	{ "empty comes first",       "",    "a",   -1 },
	{ "bytes are unsigned",      "\x80", "a",   1 },
	{ "both empty",              "",    "",     0 },
};

static const struct find_case {
	const char *name;
	const char *s, *needle;
	size_t want;
} find_cases[] = {
	{ "at the start",       "torana", "tor",     0 },
	{ "at the end",         "torana", "ana",     3 },
	{ "the first of two",   "banana", "an",      1 },
	{ "absent",             "torana", "gate",    SIZE_MAX },
	{ "longer than s",      "to",     "tor",     SIZE_MAX },
	{ "nothing is found",   "torana", "",        0 },
	{ "nothing in nothing", "",       "",        0 },
};

static const struct trim_case {
	const char *name;
	const char *s, *want;
} trim_cases[] = {
	{ "both ends",       " \t a b \r\n", "a b" },
	{ "only blanks",     " \t\r\n",      "" },
	{ "nothing to trim", "ab",           "ab" },
	{ "empty",           "",             "" },
	{ "other controls stay", "\va\v",    "\va\v" },
};

static const struct number_case {
	const char *name;
	const char *s;
	uint64_t max;
	bool ok;
	uint64_t want;
} number_cases[] = {
	{ "zero",               "0",                    9,          true,  0 },
	{ "the bound itself",   "4096",                 4096,       true,  4096 },
	{ "above the bound",    "4097",                 4096,       false, 0 },
	{ "largest",            "18446744073709551615", UINT64_MAX, true,  UINT64_MAX },
	{ "one above largest",  "18446744073709551616", UINT64_MAX, false, 0 },
	{ "far above largest",  "99999999999999999999999999", UINT64_MAX, false, 0 },
	{ "zero with bound 0",  "0",                    0,          true,  0 },
	{ "one with bound 0",   "1",                    0,          false, 0 },
	{ "ten with bound 5",   "10",                   5,          false, 0 },
	{ "empty",              "",                     9,          false, 0 },
	{ "leading zero",       "01",                   9,          false, 0 },
	{ "two zeros",          "00",                   9,          false, 0 },
	{ "plus",               "+1",                   9,          false, 0 },
	{ "minus",              "-1",                   9,          false, 0 },
	{ "blank before",       " 1",                   9,          false, 0 },
	{ "blank after",        "1 ",                   9,          false, 0 },
	{ "hexadecimal",        "0x1",                  99,         false, 0 },
	{ "a colon is no ten",  ":",                    99,         false, 0 },
};

static const struct utf8_case {
	const char *name;
	const char *s;
	bool want;
} utf8_cases[] = {
	{ "ASCII longer than a word",  "gateway of the east",  true },
	{ "Hindi",                     "\u0924\u094B\u0930\u0923", true },
	{ "Japanese after ASCII",      "torii \u9CE5\u5C45",   true },
	{ "outside the first plane",   "\xF0\x9F\x94\x92",     true },
	{ "largest code point",        "\xF4\x8F\xBF\xBF",     true },
	{ "above the largest",         "\xF4\x90\x80\x80",     false },
	{ "lead byte F5",              "\xF5\x80\x80\x80",     false },
	{ "overlong of two",           "\xC0\xAF",             false },
	{ "overlong of three",         "\xE0\x80\xAF",         false },
	{ "overlong of four",          "\xF0\x80\x80\xAF",     false },
	{ "first surrogate",           "\xED\xA0\x80",         false },
	{ "last before surrogates",    "\xED\x9F\xBF",         true },
	{ "continuation alone",        "\x80",                 false },
	{ "cut after two of three",    "12345678\xE9\xB3",     false },
	{ "lead and a letter",         "\xC3(",                false },
	{ "empty",                     "",                     true },
};

static const struct split_case {
	const char *name;
	const char *s;
	size_t parts;
	const char *want[4];
} split_cases[] = {
	{ "one part",           "a",     1, { "a" } },
	{ "two parts",          "a/b",   2, { "a", "b" } },
	{ "separator at end",   "a/",    2, { "a", "" } },
	{ "separator at start", "/a",    2, { "", "a" } },
	{ "empty has one part", "",      1, { "" } },
	{ "only separators",    "//",    3, { "", "", "" } },
};
/* clang-format on */

static void
check_cmp(void **state)
{
	const struct cmp_case *c = *state;

	assert_int_equal(str_cmp(str_of(c->a), str_of(c->b)), c->want);
	assert_int_equal(str_eq(str_of(c->a), str_of(c->b)), c->want == 0);
}

static void
check_find(void **state)
{
	const struct find_case *c = *state;

	assert_int_equal(str_find(str_of(c->s), str_of(c->needle)), c->want);
}

static void
check_trim(void **state)
{
	const struct trim_case *c = *state;

	assert_true(str_is(str_trim(str_of(c->s)), c->want));
}

static void
check_number(void **state)
{
	const struct number_case *c = *state;
	uint64_t got = 77;

	assert_int_equal(str_to_u64(str_of(c->s), c->max, &got), c->ok);
	assert_int_equal(got, c->ok ? c->want : 77);
}

static void
digits_and_nothing_else(void **state)
{
	(void)state;
	assert_true(str_is_digits(S("0")));
	assert_true(str_is_digits(S("0123456789")));
	assert_false(str_is_digits(S("")));
	assert_false(str_is_digits(S("1/")));
	assert_false(str_is_digits(S(":1")));
	assert_false(str_is_digits(S("-1")));
}

static void
check_utf8(void **state)
{
	const struct utf8_case *c = *state;

	assert_int_equal(str_is_utf8(str_of(c->s)), c->want);
}

static void
check_split(void **state)
{
	const struct split_case *c = *state;
	struct str rest = str_of(c->s);
	size_t parts = 0;

	while (rest.ptr != NULL) {
		struct str part = str_split(&rest, '/');
		assert_in_range(parts, 0, c->parts - 1);
		assert_true(str_is(part, c->want[parts]));
		parts++;
	}
	assert_int_equal(parts, c->parts);
}

static void
prefixes_and_suffixes(void **state)
{
	(void)state;
	assert_true(str_starts(S("indicator--1"), S("indicator--")));
	assert_true(str_starts(S("a"), S("")));
	assert_false(str_starts(S("a"), S("ab")));
	assert_true(str_ends(S("a.json"), S(".json")));
	assert_false(str_ends(S("json"), S(".json")));
	assert_true(str_ends((struct str){ NULL, 0 }, S("")));
}

static void
case_is_ascii_only(void **state)
{
	(void)state;
	assert_true(str_eq_nocase(S("Content-TYPE"), S("content-type")));
	assert_false(str_eq_nocase(S("a"), S("ab")));
	assert_false(str_eq_nocase(S("[{"), S("{[")));
	assert_false(str_eq_nocase(S("\xC3\x84"), S("\xC3\xA4")));
}

static void
parts_of_a_slice(void **state)
{
	(void)state;
	assert_true(str_is(str_sub(S("torana"), 2, 3), "ran"));
	assert_true(str_is(str_sub(S("torana"), 4, SIZE_MAX), "na"));
	assert_true(str_is(str_sub(S("torana"), 6, 1), ""));
	assert_int_equal(str_sub((struct str){ NULL, 0 }, 0, 9).len, 0);
}

static void
copies_on_the_heap(void **state)
{
	CLEANUP(heap_freep) char *copy = heap_cstr(str_sub(S("torana"), 0, 3));
	CLEANUP(heap_freep) char *empty = heap_cstr((struct str){ NULL, 0 });
	CLEANUP(heap_freep) uint64_t *numbers = heap_new(sizeof(*numbers), 3);
	CLEANUP(heap_freep) void *nothing = heap_new(8, 0);

	(void)state;
	assert_string_equal(copy, "tor");
	assert_string_equal(empty, "");
	assert_int_equal(numbers[0] | numbers[1] | numbers[2], 0);
	assert_non_null(nothing);
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	CASES(&cases, cmp_cases, check_cmp);
	CASES(&cases, find_cases, check_find);
	CASES(&cases, trim_cases, check_trim);
	CASES(&cases, number_cases, check_number);
	CASES(&cases, utf8_cases, check_utf8);
	CASES(&cases, split_cases, check_split);
	CASE(&cases, digits_and_nothing_else);
	CASE(&cases, prefixes_and_suffixes);
	CASE(&cases, case_is_ascii_only);
	CASE(&cases, parts_of_a_slice);
	CASE(&cases, copies_on_the_heap);
	return cases_run("str", &cases, argc, argv);
}
