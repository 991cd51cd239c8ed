#include "base.h"
#include "cases.h"
#include "json.h"

enum { ARENA_BYTES = 64 * MIB };

/* What the callbacks saw, and when they give up. */
struct seen {
	struct buf text;
	size_t stop_at; /* SIZE_MAX: never */
	bool refuse_rest;
};

static enum err
see_rest(void *arg, const struct json *rest, size_t elements, struct why *why)
{
	struct seen *seen = arg;

	if (seen->refuse_rest)
		return (fail)(why, ERR_FORBIDDEN, "test.rest", "no");
	buf_printf(&seen->text, "%zu:", elements);
	for (const struct json *m = rest->first; m != NULL; m = m->next)
		buf_printf(&seen->text, " " STR_FMT "=" STR_FMT, STR_ARG(m->key), STR_ARG(m->raw));
	return OK;
}

static enum err
see_element(void *arg, size_t index, const struct json *element, struct why *why)
{
	struct seen *seen = arg;

	if (index == seen->stop_at)
		return (fail)(why, ERR_CONFLICT, "test.stop", "stop");
	buf_printf(&seen->text, " | %zu " STR_FMT, index, STR_ARG(element->raw));
	return OK;
}

static enum err
visit(struct str text, const struct json_limits *limits, struct seen *seen, struct why *why)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_BYTES);
	const struct json_each each = {
		.member = S("objects"),
		.rest = see_rest,
		.element = see_element,
		.arg = seen,
	};

	return json_each_in(a, text, limits, &each, why);
}

struct visited {
	const char *name;
	const char *text;
	const char *sees;
};

/* clang-format off */
static const struct visited visited[] = {
	{ "array first", "{\"objects\":[1,{\"a\":[2]}],\"type\":\"bundle\"}", "2: type=\"bundle\" | 0 1 | 1 {\"a\":[2]}" },
	{ "array last", "{\"type\":\"bundle\",\"objects\":[1]}", "1: type=\"bundle\" | 0 1" },
	{ "array alone", "{\"objects\":[[],{}]}", "2: | 0 [] | 1 {}" },
	{ "array between", "{\"a\":{\"objects\":[9]},\"objects\":[\"x\"],\"b\":[3]}", "1: a={\"objects\":[9]} b=[3] | 0 \"x\"" },
	{ "escaped name", "{\"\\u006fbjects\":[1]}", "1: | 0 1" },
	{ "empty array", "{\"objects\":[ ]}", "0:" },
	{ "no such member", "{\"type\":1}", "0: type=1" },
	{ "empty object", " {} ", "0:" },
};
/* clang-format on */

static void
sees_all(void **state)
{
	const struct visited *row = *state;
	struct seen seen = { .text = buf_new(KIB), .stop_at = SIZE_MAX };
	struct why why = { 0 };

	if (visit(str_of(row->text), NULL, &seen, &why) != OK)
		fail_msg("%s: %s", why.where, why.text);
	assert_true(str_is(buf_str(&seen.text), row->sees));
	buf_free(&seen.text);
}

struct refused {
	const char *name;
	const char *text;
	enum err err;
	const char *code;
	const char *where;
};

/* clang-format off */
static const struct refused refused[] = {
	{ "top is an array", "[1]", ERR_INVALID, "json.syntax", "line 1, byte 0" },
	{ "empty", "", ERR_INVALID, "json.empty", "line 1, byte 0" },
	{ "member is an object", "{\"objects\":{}}", ERR_INVALID, "json.not-array", "line 1, byte 11" },
	{ "member twice", "{\"objects\":[1],\"objects\":[2]}", ERR_INVALID, "json.duplicate", "line 1, byte 25" },
	{ "other member twice", "{\"a\":1,\"objects\":[1],\"a\":2}", ERR_INVALID, "json.duplicate", "line 1, byte 25" },
	{ "element without a comma", "{\"objects\":[1 ,{} {}]}", ERR_INVALID, "json.syntax", "line 1, byte 18, at /objects" },
	{ "trailing comma", "{\"objects\":[1,]}", ERR_INVALID, "json.syntax", "line 1, byte 14, at /objects" },
	{ "name twice in an element", "{\"objects\":[{},{\"x\":{\"a\":1,\"a\":2}}]}", ERR_INVALID, "json.duplicate", "line 1, byte 31, at /objects/1/x" },
	{ "fault behind the array", "{\"objects\":[1,2],\"z\":tru}", ERR_INVALID, "json.syntax", "line 1, byte 21" },
	{ "bytes behind", "{\"objects\":[1,2]}]", ERR_INVALID, "json.syntax", "line 1, byte 17" },
	{ "cut", "{\"objects\":[1,2]", ERR_INVALID, "json.cut", "line 1, byte 16" },
	{ "too many values in an element", "{\"a\":1,\"b\":2,\"objects\":[[1,2,3],[1,2,3,4]]}", ERR_LIMIT, "json.values", "line 1, byte 39, at /objects/1" },
};
/* clang-format on */

static void
delivers_nothing_of_a_bad_text(void **state)
{
	const struct refused *row = *state;
	const struct json_limits limits = { .values_max = 4 };
	struct seen seen = { .text = buf_new(KIB), .stop_at = SIZE_MAX };
	struct why why = { 0 };

	assert_int_equal(visit(str_of(row->text), &limits, &seen, &why), row->err);
	assert_string_equal(why.code, row->code);
	assert_string_equal(why.where, row->where);
	assert_int_equal(seen.text.len, 0);
	buf_free(&seen.text);
}

static void
a_callback_ends_the_visit(void **state)
{
	struct seen seen = { .text = buf_new(KIB), .stop_at = 1 };
	struct why why = { 0 };

	(void)state;
	assert_int_equal(visit(S("{\"objects\":[1,2,3]}"), NULL, &seen, &why), ERR_CONFLICT);
	assert_string_equal(why.code, "test.stop");
	assert_string_equal(why.where, "");
	assert_true(str_is(buf_str(&seen.text), "3: | 0 1"));

	buf_clear(&seen.text);
	seen.refuse_rest = true;
	assert_int_equal(visit(S("{\"objects\":[1,2,3]}"), NULL, &seen, &why), ERR_FORBIDDEN);
	assert_int_equal(seen.text.len, 0);
	buf_free(&seen.text);
}

static enum err
count_element(void *arg, size_t index, const struct json *element, struct why *why)
{
	size_t *bytes = arg;

	(void)why;
	assert_int_equal(json_get(element, S("n"))->text.len, index < 10 ? 1 : index < 100 ? 2 : 3);
	*bytes += element->raw.len;
	return OK;
}

/* The caller's arena holds the rest alone, however many elements there are. */
static void
memory_does_not_grow_with_the_elements(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(64 * KIB);
	CLEANUP(buf_free) struct buf b = buf_new(MIB);
	size_t bytes = 0;
	const struct json_each each = {
		.member = S("objects"),
		.element = count_element,
		.arg = &bytes,
	};

	(void)state;
	buf_put(&b, S("{\"objects\":["));
	for (int i = 0; i < 1000; i++)
		buf_printf(&b, "{\"n\":%d,\"text\":\"\\u0061 %0100d\"},", i, i);
	b.len--;
	buf_put(&b, S("]}"));
	assert_int_equal(json_each_in(a, buf_str(&b), NULL, &each, NULL), OK);
	assert_int_equal(bytes, b.len - strlen("{\"objects\":[]}") - 999);
}

int
main(int argc, char **argv)
{
	static struct cases list;

	CASES(&list, visited, sees_all);
	CASES(&list, refused, delivers_nothing_of_a_bad_text);
	CASE(&list, a_callback_ends_the_visit);
	CASE(&list, memory_does_not_grow_with_the_elements);
	return cases_run("json_each", &list, argc, argv);
}
