#include "log.h"

#include <stdio.h>
#include <unistd.h>

#include "cases.h"
#include "clock.h"

enum { SEEN_MAX = 8192 };

/* Standard error goes into a file between log_begin() and log_end(). */
struct capture {
	int real_stderr;
	FILE *file;
	char seen[SEEN_MAX];
};

static void
log_begin(struct capture *c)
{
	c->file = tmpfile();
	assert_non_null(c->file);
	c->real_stderr = dup(STDERR_FILENO);
	assert_true(c->real_stderr >= 0);
	assert_true(dup2(fileno(c->file), STDERR_FILENO) >= 0);
}

static void
log_end(struct capture *c)
{
	assert_true(dup2(c->real_stderr, STDERR_FILENO) >= 0);
	close(c->real_stderr);
	assert_int_equal(fseek(c->file, 0, SEEK_SET), 0);
	c->seen[fread(c->seen, 1, SEEN_MAX - 1, c->file)] = '\0';
	(void)fclose(c->file);
}

/* What follows "ts=… ", whose time is checked here. */
static const char *
after_time(const char *line)
{
	time_us at;
	struct str rest = str_of(line);
	struct str ts = str_split(&rest, ' ');

	assert_true(str_starts(ts, S("ts=")));
	assert_true(time_parse(str_sub(ts, 3, SIZE_MAX), &at));
	return rest.ptr;
}

/* clang-format off */
static const struct escape_case {
	const char *name;
	struct str value;
	const char *want;
} escape_cases[] = {
	{ "plain",             { "gate", 4 },          "\"gate\"" },
	{ "empty",             { "", 0 },              "\"\"" },
	{ "absent",            { NULL, 0 },            "\"\"" },
	{ "quote",             { "a\"b", 3 },          "\"a\\\"b\"" },
	{ "backslash",         { "a\\n", 3 },          "\"a\\\\n\"" },
	{ "forged line",       { "a\nts=1", 6 },       "\"a\\nts=1\"" },
	{ "escape sequence",   { "\x1b[2J", 4 },       "\"\\u001b[2J\"" },
	{ "zero byte",         { "a\0b", 3 },          "\"a\\u0000b\"" },
	{ "direction",         { "\u202E", 3 },        "\"\\u202e\"" },
	{ "malformed byte",    { "\xFF", 1 },          "\"\\xff\"" },
	{ "cut character",     { "\xE9\xB3", 2 },      "\"\\xe9\\xb3\"" },
	{ "Japanese",          { "\u9CE5\u5C45", 6 },  "\"\u9CE5\u5C45\"" },
};

static const struct level_case {
	const char *name;
	enum log_level max, level;
	bool seen;
} level_cases[] = {
	{ "error at error",      LOG_ERROR,   LOG_ERROR,   true },
	{ "warning at error",    LOG_ERROR,   LOG_WARNING, false },
	{ "notice at notice",    LOG_NOTICE,  LOG_NOTICE,  true },
	{ "debug at notice",     LOG_NOTICE,  LOG_DEBUG,   false },
	{ "debug at debug",      LOG_DEBUG,   LOG_DEBUG,   true },
};
/* clang-format on */

static void
check_escape(void **state)
{
	const struct escape_case *row = *state;
	struct capture c;
	char want[256];

	log_begin(&c);
	log_event(LOG_ERROR, "test.escape", LOG_STR("value", row->value));
	log_end(&c);
	(void)snprintf(want, sizeof(want), "level=error event=test.escape value=%s\n", row->want);
	assert_string_equal(after_time(c.seen), want);
}

static void
check_level(void **state)
{
	const struct level_case *row = *state;
	struct capture c;

	log_set_level(row->max);
	log_begin(&c);
	log_event(row->level, "test.level", LOG_U64("n", 1));
	log_end(&c);
	log_set_level(LOG_NOTICE);
	assert_int_equal(c.seen[0] != '\0', row->seen);
}

static void
writes_fields_in_order(void **state)
{
	struct why why = { .text = "no such order" };
	struct capture c;

	(void)state;
	log_begin(&c);
	log_event(LOG_WARNING, "order.refused", LOG_U64("rows", UINT64_MAX),
	    LOG_STR("peer", S("jp")), LOG_WHY(&why));
	log_emit(LOG_NOTICE, "node.stop", NULL, 0);
	log_end(&c);
	char *second = strchr(c.seen, '\n') + 1;
	assert_string_equal(after_time(second), "level=notice event=node.stop\n");
	*second = '\0';
	assert_string_equal(after_time(c.seen), "level=warning event=order.refused "
	                                        "rows=18446744073709551615 peer=\"jp\" "
	                                        "why=\"no such order\"\n");
}

static void
cuts_a_long_value(void **state)
{
	CLEANUP(heap_freep) char *text = heap_new(1, MIB);
	struct capture c;

	(void)state;
	memset(text, 'x', MIB);
	log_begin(&c);
	log_event(LOG_ERROR, "test.value", LOG_STR("value", ((struct str){ text, MIB })),
	    LOG_U64("next", 1));
	log_end(&c);
	assert_in_range(strlen(c.seen), 1024, 1200);
	assert_true(str_ends(str_of(c.seen), S("xxx...\" next=1\n")));
}

static void
cuts_a_long_line_at_a_field(void **state)
{
	char text[1000];
	struct log_field fields[10];
	struct capture c;

	(void)state;
	memset(text, '\n', sizeof(text));
	for (size_t i = 0; i < COUNTOF(fields); i++)
		fields[i] = LOG_STR("value", ((struct str){ text, sizeof(text) }));
	log_begin(&c);
	log_emit(LOG_ERROR, "test.line", fields, COUNTOF(fields));
	log_end(&c);
	assert_in_range(strlen(c.seen), 3000, 4096);
	assert_true(str_ends(str_of(c.seen), S("...\" cut=true\n")));
	assert_ptr_equal(strchr(c.seen, '\n') + 1, c.seen + strlen(c.seen));
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	CASES(&cases, escape_cases, check_escape);
	CASES(&cases, level_cases, check_level);
	CASE(&cases, writes_fields_in_order);
	CASE(&cases, cuts_a_long_value);
	CASE(&cases, cuts_a_long_line_at_a_field);
	return cases_run("log", &cases, argc, argv);
}
