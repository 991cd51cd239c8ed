#include "clock.h"

#include "cases.h"

/* clang-format off */
static const struct same_case {
	const char *name;
	const char *text;
	time_us at;
} same_cases[] = {
	{ "the epoch",              "1970-01-01T00:00:00.000000Z", 0 },
	{ "just before the epoch",  "1969-12-31T23:59:59.999999Z", -1 },
	{ "with microseconds",      "2026-11-22T03:04:05.123456Z", INT64_C(1795316645123456) },
	{ "leap day of 2000",       "2000-02-29T00:00:00.000000Z", INT64_C(951782400000000) },
	{ "no leap day in 1900",    "1900-02-28T23:59:59.000000Z", INT64_C(-2203891201000000) },
	{ "last day of leap year",  "2024-12-31T00:00:00.000000Z", INT64_C(1735603200000000) },
	{ "no leap day in 2100",    "2100-03-01T00:00:00.000000Z", INT64_C(4107542400000000) },
	{ "end of four centuries",  "1600-12-31T00:00:00.000000Z", INT64_C(-11644560000000000) },
	{ "first of all",           "0001-01-01T00:00:00.000000Z", INT64_C(-62135596800000000) },
	{ "last of all",            "9999-12-31T23:59:59.999999Z", INT64_C(253402300799999999) },
};

static const struct parse_case {
	const char *name;
	const char *text;
	const char *want; /* NULL: not a timestamp */
} parse_cases[] = {
	{ "no fraction",            "2026-11-22T03:04:05Z",           "2026-11-22T03:04:05.000000Z" },
	{ "one digit",              "2026-11-22T03:04:05.1Z",         "2026-11-22T03:04:05.100000Z" },
	{ "milliseconds",           "2026-11-22T03:04:05.007Z",       "2026-11-22T03:04:05.007000Z" },
	{ "the seventh is dropped", "2026-11-22T03:04:05.1234569Z",   "2026-11-22T03:04:05.123456Z" },
	{ "thirty digits",
	  "2026-11-22T03:04:05.000001999999999999999999999999Z",      "2026-11-22T03:04:05.000001Z" },
	{ "leap second",            "2016-12-31T23:59:60Z",           NULL },
	{ "second 61",              "2016-12-31T23:59:61Z",           NULL },
	{ "minute 60",              "2026-11-22T03:60:05Z",           NULL },
	{ "hour 24",                "2026-11-22T24:00:00Z",           NULL },
	{ "day 0",                  "2026-11-00T03:04:05Z",           NULL },
	{ "day 31 of November",     "2026-11-31T03:04:05Z",           NULL },
	{ "leap day of 2026",       "2026-02-29T03:04:05Z",           NULL },
	{ "leap day of 1900",       "1900-02-29T03:04:05Z",           NULL },
	{ "leap day of 2100",       "2100-02-29T03:04:05Z",           NULL },
	{ "month 0",                "2026-00-22T03:04:05Z",           NULL },
	{ "month 13",               "2026-13-22T03:04:05Z",           NULL },
	{ "year 0",                 "0000-01-01T00:00:00Z",           NULL },
	{ "five-digit year",        "12026-11-22T03:04:05Z",          NULL },
	{ "point without digits",   "2026-11-22T03:04:05.Z",          NULL },
	{ "comma",                  "2026-11-22T03:04:05,1Z",         NULL },
	{ "no zone",                "2026-11-22T03:04:05",            NULL },
	{ "zone of India",          "2026-11-22T03:04:05+05:30",      NULL },
	{ "zero offset",            "2026-11-22T03:04:05+00:00",      NULL },
	{ "small z",                "2026-11-22T03:04:05z",           NULL },
	{ "small t",                "2026-11-22t03:04:05Z",           NULL },
	{ "blank for T",            "2026-11-22 03:04:05Z",           NULL },
	{ "blank in a number",      "2026-11-22T03: 4:05Z",           NULL },
	{ "sign in a number",       "+026-11-22T03:04:05Z",           NULL },
	{ "one-digit hour",         "2026-11-22T3:04:05Z",            NULL },
	{ "no seconds",             "2026-11-22T03:04Z",              NULL },
	{ "only a day",             "2026-11-22",                     NULL },
	{ "blank in front",         " 2026-11-22T03:04:05Z",          NULL },
	{ "line end behind",        "2026-11-22T03:04:05Z\n",         NULL },
	{ "two zones",              "2026-11-22T03:04:05ZZ",          NULL },
	{ "slashes",                "2026/11/22T03:04:05Z",           NULL },
	{ "empty",                  "",                               NULL },
};
/* clang-format on */

static void
check_same(void **state)
{
	const struct same_case *c = *state;
	char text[TIME_TEXT_MAX];
	time_us at = 7;

	assert_true(time_parse(str_of(c->text), &at));
	assert_int_equal(at, c->at);
	time_text(c->at, text);
	assert_string_equal(text, c->text);
}

static void
check_parse(void **state)
{
	const struct parse_case *c = *state;
	char text[TIME_TEXT_MAX];
	time_us at = 7;

	assert_int_equal(time_parse(str_of(c->text), &at), c->want != NULL);
	if (c->want == NULL) {
		assert_int_equal(at, 7);
		return;
	}
	time_text(at, text);
	assert_string_equal(text, c->want);
}

/* Each day is one after the last, through all lengths of year and century. */
static void
days_follow_each_other(void **state)
{
	char text[TIME_TEXT_MAX], last[TIME_TEXT_MAX] = "";
	time_us at, back;

	(void)state;
	assert_true(time_parse(S("1599-12-31T12:00:00Z"), &at));
	for (int day = 0; day < 366 * 405; day++, at += US_PER_DAY) {
		time_text(at, text);
		assert_true(strcmp(last, text) < 0);
		assert_true(time_parse(str_of(text), &back));
		assert_int_equal(back, at);
		memcpy(last, text, sizeof(last));
	}
}

/* Every prefix of a timestamp is refused without a look past its end. */
static void
reads_no_further_than_the_end(void **state)
{
	const struct str whole = S("2026-11-22T03:04:05.123456Z");
	time_us at;

	(void)state;
	for (size_t len = 0; len < whole.len; len++) {
		CLEANUP(heap_freep) char *part = heap_new(1, len);
		memcpy(part, whole.ptr, len);
		assert_false(time_parse((struct str){ part, len }, &at));
	}
	assert_false(time_parse((struct str){ NULL, 0 }, &at));
}

static void
cuts_to_the_second(void **state)
{
	char text[TIME_TEXT_MAX];

	(void)state;
	time_text_s(INT64_C(1795316645999999), text);
	assert_string_equal(text, "2026-11-22T03:04:05Z");
	time_text_s(-1, text);
	assert_string_equal(text, "1969-12-31T23:59:59Z");
}

static void
writes_the_nearest_it_can(void **state)
{
	char text[TIME_TEXT_MAX];

	(void)state;
	time_text(TIME_NEVER, text);
	assert_string_equal(text, "9999-12-31T23:59:59.999999Z");
	time_text(INT64_MIN, text);
	assert_string_equal(text, "0001-01-01T00:00:00.000000Z");
}

static void
clocks_tell_the_time(void **state)
{
	struct clock fixed = clock_fixed(42);
	time_us before = clock_monotonic(&clock_system);
	time_us year_2026;

	(void)state;
	assert_true(time_parse(S("2026-01-01T00:00:00Z"), &year_2026));
	assert_true(clock_wall(&clock_system) > year_2026);
	assert_true(clock_monotonic(&clock_system) >= before);
	assert_int_equal(clock_wall(&fixed), 42);
	assert_int_equal(clock_monotonic(&fixed), 42);
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	CASES(&cases, same_cases, check_same);
	CASES(&cases, parse_cases, check_parse);
	CASE(&cases, days_follow_each_other);
	CASE(&cases, reads_no_further_than_the_end);
	CASE(&cases, cuts_to_the_second);
	CASE(&cases, writes_the_nearest_it_can);
	CASE(&cases, clocks_tell_the_time);
	return cases_run("clock", &cases, argc, argv);
}
