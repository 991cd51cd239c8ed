#include "base.h"
#include "cases.h"

/* cmocka has a macro of this name. */
#undef fail

/* clang-format off */
static const struct shown_case {
	const char *name;
	const char *given;
	const char *want;
} shown_cases[] = {
	{ "plain text stays",            "indicator",            "indicator" },
	{ "Japanese stays",              "\u9CE5\u5C45",         "\u9CE5\u5C45" },
	{ "line end",                    "a\nb",                 "a?b" },
	{ "escape sequence",             "\x1b[2J",              "?[2J" },
	{ "delete",                      "a\x7f",                "a?" },
	{ "second control set",          "a\xC2\x9B" "b",        "a?b" },
	{ "direction override",          "a\u202Eb",             "a?b" },
	{ "line separator",              "a\u2028b",             "a?b" },
	{ "malformed byte",              "a\xFFz",               "a?z" },
	{ "cut character",               "a\xE9\xB3",            "a??" },
	{ "surrogate",                   "\xED\xA0\x80",         "???" },
	{ "percent in a value",          "%s%n",                 "%s%n" },
	{ "empty",                       "",                     "" },
	{ "absent",                      NULL,                   "" },
};

static const struct name_case {
	const char *name;
	enum err err;
} name_cases[] = {
	{ "ok",           OK },
	{ "invalid",      ERR_INVALID },
	{ "usage",        ERR_USAGE },
	{ "unauthorized", ERR_UNAUTHORIZED },
	{ "forbidden",    ERR_FORBIDDEN },
	{ "not-found",    ERR_NOT_FOUND },
	{ "conflict",     ERR_CONFLICT },
	{ "limit",        ERR_LIMIT },
	{ "tampered",     ERR_TAMPERED },
	{ "io",           ERR_IO },
};
/* clang-format on */

static void
check_shown(void **state)
{
	const struct shown_case *c = *state;
	struct why why;

	assert_int_equal(fail(&why, ERR_INVALID, "test.shown", "%s", c->given), ERR_INVALID);
	assert_string_equal(why.text, c->want);
	assert_string_equal(why.arg[0], c->want);
}

static void
check_name(void **state)
{
	const struct name_case *c = *state;

	assert_string_equal(err_name(c->err), c->name);
}

static void
keeps_the_values_in_order(void **state)
{
	struct why why = { .where = "from before" };

	(void)state;
	assert_int_equal(fail(&why, ERR_LIMIT, "test.values",
	                     STR_FMT " has %zu members, not %d: 100 %%%c", STR_ARG(S("objects")),
	                     (size_t)5000, -7, '!'),
	    ERR_LIMIT);
	assert_string_equal(why.code, "test.values");
	assert_string_equal(why.text, "objects has 5000 members, not -7: 100 %!");
	assert_int_equal(why.args, 4);
	assert_string_equal(why.arg[0], "objects");
	assert_string_equal(why.arg[1], "5000");
	assert_string_equal(why.arg[2], "-7");
	assert_string_equal(why.arg[3], "!");
	assert_string_equal(why.where, "");
}

static void
knows_every_number(void **state)
{
	struct why why;

	(void)state;
	assert_int_equal(fail(&why, ERR_INVALID, "test.int", "%d %i %u %x %X", INT32_MIN, INT32_MAX,
	                     UINT32_MAX, 0xbeefu, 0xbeefu),
	    ERR_INVALID);
	assert_string_equal(why.text, "-2147483648 2147483647 4294967295 beef BEEF");
	assert_int_equal(why.args, WHY_ARGS_MAX);
	assert_int_equal(fail(&why, ERR_INVALID, "test.long", "%ld %lu %lx %lld %llu %zu",
	                     INT64_MIN, UINT64_MAX, UINT64_MAX, (long long)-1,
	                     (unsigned long long)1, SIZE_MAX),
	    ERR_INVALID);
	assert_string_equal(why.text, "-9223372036854775808 18446744073709551615 "
	                              "ffffffffffffffff -1 1 18446744073709551615");
	assert_int_equal(fail(&why, ERR_INVALID, "test.fixed",
	                     "%" PRIu64 " %" PRId64 " U+%04X \\x%02x %3d", UINT64_C(1), INT64_C(-1),
	                     0x2Au, 5u, 7),
	    ERR_INVALID);
	assert_string_equal(why.text, "1 -1 U+002A \\x05   7");
	assert_string_equal(why.arg[2], "002A");
}

static void
cuts_texts_as_asked(void **state)
{
	const char open[3] = { 'a', 'b', 'c' };
	struct why why;

	(void)state;
	assert_int_equal(fail(&why, ERR_INVALID, "test.cut", "%.2s %.*s %.*s|", "torana", 3, open,
	                     0, open),
	    ERR_INVALID);
	assert_string_equal(why.text, "to abc |");
}

/* The length of a slice that no int can hold arrives as a negative one. */
static void
reads_no_further_than_it_shows(void **state)
{
	char open[2 * WHY_TEXT_MAX];
	struct why why;

	(void)state;
	memset(open, 'x', sizeof(open));
	assert_int_equal(fail(&why, ERR_INVALID, "test.huge", "%.*s", -1, open), ERR_INVALID);
	assert_int_equal(strlen(why.text), WHY_TEXT_MAX - 1);
}

/* Three-byte characters: neither bound is a multiple of three. */
static void
cuts_between_characters(void **state)
{
	char gates[3 * WHY_TEXT_MAX + 1];
	struct why why;

	(void)state;
	for (size_t i = 0; i < WHY_TEXT_MAX; i++)
		memcpy(gates + 3 * i, "\u9580", 4);
	assert_int_equal(fail(&why, ERR_INVALID, "test.long", "%s and %d", gates, 5), ERR_INVALID);
	assert_int_equal(strlen(why.text), (WHY_TEXT_MAX - 1) / 3 * 3);
	assert_true(str_is_utf8(str_of(why.text)));
	assert_int_equal(strlen(why.arg[0]), (WHY_ARG_BYTES - 1) / 3 * 3);
	assert_true(str_is_utf8(str_of(why.arg[0])));
	assert_string_equal(why.arg[1], "5");
	why_where(&why, "/%s", gates);
	assert_true(str_is_utf8(str_of(why.where)));
	assert_int_equal(strlen(why.where), 1 + (WHY_WHERE_MAX - 2) / 3 * 3);
}

static void
takes_the_first_place(void **state)
{
	struct why why;

	(void)state;
	assert_int_equal(fail(&why, ERR_INVALID, "test.place", "wrong"), ERR_INVALID);
	assert_int_equal(why.args, 0);
	why_where(&why, "line %d\n", 3);
	why_where(&why, "line %d", 4);
	assert_string_equal(why.where, "line 3?");
	assert_string_equal(why.text, "wrong");
}

static void
puts_the_object_in_front(void **state)
{
	struct why why;

	(void)state;
	assert_int_equal(fail(&why, ERR_INVALID, "test.prefix", "has no %s", "type"), ERR_INVALID);
	why_prefix(&why, "object %d", 7);
	why_prefix(&why, "%s", "bundle.json");
	assert_string_equal(why.text, "bundle.json: object 7: has no type");
	assert_int_equal(why.args, 1);
	assert_string_equal(why.arg[0], "type");
	for (size_t i = 0; i < WHY_TEXT_MAX; i++)
		why_prefix(&why, "again");
	assert_int_equal(strlen(why.text), WHY_TEXT_MAX - 1);
}

static void
may_quote_itself(void **state)
{
	struct why why;

	(void)state;
	assert_int_equal(fail(&why, ERR_IO, "test.low", "disk full"), ERR_IO);
	assert_int_equal(fail(&why, ERR_IO, "test.high", "not saved (%s)", why.text), ERR_IO);
	assert_string_equal(why.text, "not saved (disk full)");
	assert_string_equal(why.arg[0], "disk full");
}

static void
may_be_discarded(void **state)
{
	(void)state;
	assert_int_equal(fail(NULL, ERR_IO, "test.null", "%s", "unheard"), ERR_IO);
	why_where(NULL, "nowhere");
	why_prefix(NULL, "nothing");
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	CASES(&cases, shown_cases, check_shown);
	CASES(&cases, name_cases, check_name);
	CASE(&cases, keeps_the_values_in_order);
	CASE(&cases, knows_every_number);
	CASE(&cases, cuts_texts_as_asked);
	CASE(&cases, reads_no_further_than_it_shows);
	CASE(&cases, cuts_between_characters);
	CASE(&cases, takes_the_first_place);
	CASE(&cases, puts_the_object_in_front);
	CASE(&cases, may_quote_itself);
	CASE(&cases, may_be_discarded);
	return cases_run("why", &cases, argc, argv);
}
