#include "json.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cases.h"

/* S() for tables: gcc 12 takes no compound literal as a constant. */
#define LIT(text)                         \
	{                                 \
		"" text, sizeof(text) - 1 \
	}

enum { ARENA_BYTES = 64 * MIB };

/* ---- what is refused, and what is said about it ---- */

struct refused {
	const char *name;
	struct str text;
	enum err err;
	const char *code;
	const char *where;
	const char *says;
};

/* clang-format off */
static const struct refused refused[] = {
	{ "empty", LIT(""), ERR_INVALID, "json.empty", "line 1, byte 0", "a value is expected, but nothing is there" },
	{ "blank", LIT(" \n "), ERR_INVALID, "json.empty", "line 1, byte 0", "a value is expected, but nothing is there" },
	{ "byte order mark", LIT("\xEF\xBB\xBF{}"), ERR_INVALID, "json.bom", "line 1, byte 0", "the text must not begin with a byte order mark" },
	{ "bytes behind", LIT("{} x"), ERR_INVALID, "json.syntax", "line 1, byte 3", "the end of the text is expected, not \"x\"" },
	{ "two values", LIT("1 2"), ERR_INVALID, "json.syntax", "line 1, byte 2", "the end of the text is expected, not \"2\"" },
	{ "cut array", LIT("[1,\n"), ERR_INVALID, "json.cut", "line 2, byte 4", "a value is expected, but the text ends" },
	{ "cut object", LIT("{\"a\":[1"), ERR_INVALID, "json.cut", "line 1, byte 7, at /a", "a comma or ] is expected, but the text ends" },
	{ "trailing comma", LIT("[1,]"), ERR_INVALID, "json.syntax", "line 1, byte 3", "a value is expected, not \"]\"" },
	{ "leading comma", LIT("[,1]"), ERR_INVALID, "json.syntax", "line 1, byte 1", "a value is expected, not \",\"" },
	{ "comma in object", LIT("{\"a\":1,}"), ERR_INVALID, "json.syntax", "line 1, byte 7", "a member name in quotes is expected, not \"}\"" },
	{ "no colon", LIT("{\"a\" 1}"), ERR_INVALID, "json.syntax", "line 1, byte 5", "a colon is expected, not \"1\"" },
	{ "wrong bracket", LIT("[1}"), ERR_INVALID, "json.syntax", "line 1, byte 2", "a comma or ] is expected, not \"}\"" },
	{ "wrong brace", LIT("{\"a\":1]"), ERR_INVALID, "json.syntax", "line 1, byte 6", "a comma or } is expected, not \"]\"" },
	{ "number as name", LIT("{1:1}"), ERR_INVALID, "json.syntax", "line 1, byte 1", "a member name in quotes is expected, not \"1\"" },
	{ "pointer of the place", LIT("{\"x\":[{},\n {\"a/b\":[tru]}]}"), ERR_INVALID, "json.syntax", "line 2, byte 19, at /x/1/a~1b", "a value is expected, not \"t\"" },
	{ "leading zero", LIT("[01]"), ERR_INVALID, "json.number", "line 1, byte 1", "\"01\" is not a number" },
	{ "plus", LIT("[+1]"), ERR_INVALID, "json.syntax", "line 1, byte 1", "a value is expected, not \"+\"" },
	{ "point at the end", LIT("[1.]"), ERR_INVALID, "json.number", "line 1, byte 1", "\"1.\" is not a number" },
	{ "empty exponent", LIT("[1e+]"), ERR_INVALID, "json.number", "line 1, byte 1", "\"1e+\" is not a number" },
	{ "minus alone", LIT("-"), ERR_INVALID, "json.number", "line 1, byte 0", "\"-\" is not a number" },
	{ "glued number", LIT("[1\"a\"]"), ERR_INVALID, "json.number", "line 1, byte 1", "\"1\"a\"\" is not a number" },
	{ "glued word", LIT("truefalse"), ERR_INVALID, "json.syntax", "line 1, byte 0", "a value is expected, not \"t\"" },
	{ "word in capitals", LIT("[NULL]"), ERR_INVALID, "json.syntax", "line 1, byte 1", "a value is expected, not \"N\"" },
	{ "not UTF-8", LIT("[\"a\", \"\xFF\"]"), ERR_INVALID, "json.utf8", "line 1, byte 7", "the text must be UTF-8" },
	{ "cut UTF-8", LIT("[\"\xE3\x81"), ERR_INVALID, "json.utf8", "line 1, byte 2", "the text must be UTF-8" },
	{ "UTF-8 of a surrogate", LIT("\"\xED\xA0\x80\""), ERR_INVALID, "json.utf8", "line 1, byte 1", "the text must be UTF-8" },
	{ "bare line end", LIT("[\"a\nb\"]"), ERR_INVALID, "json.control", "line 1, byte 3", "a control character in a string must be written as an escape" },
	{ "bare NUL", LIT("\"a\0\""), ERR_INVALID, "json.control", "line 1, byte 2", NULL },
	{ "NUL as a blank", LIT("[\0]"), ERR_INVALID, "json.syntax", "line 1, byte 1", NULL },
	{ "form feed as a blank", LIT("[1\f,2]"), ERR_INVALID, NULL, NULL, NULL },
	{ "form feed for a comma", LIT("[\"a\"\f\"b\"]"), ERR_INVALID, "json.syntax", "line 1, byte 4", NULL },
	{ "unclosed string", LIT("{\"a\": \"b}"), ERR_INVALID, "json.unclosed", "line 1, byte 6", "a string is not closed" },
	{ "quote hidden by a backslash", LIT("[\"a\\\"]"), ERR_INVALID, "json.unclosed", "line 1, byte 1", "a string is not closed" },
	{ "backslash outside", LIT("[\\\"a\"]"), ERR_INVALID, "json.syntax", NULL, NULL },
	{ "backslash behind a number", LIT("[1\\\"]"), ERR_INVALID, NULL, NULL, NULL },
	{ "unknown escape", LIT("[\"ab\\x\"]"), ERR_INVALID, "json.escape", "line 1, byte 4", "only \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u are escapes" },
	{ "short unicode escape", LIT("[\"\\u12\"]"), ERR_INVALID, "json.escape", "line 1, byte 2", "\\u must be followed by four hexadecimal digits" },
	{ "high half alone", LIT("[\"x\\uD834\"]"), ERR_INVALID, "json.escape", "line 1, byte 3", "half of a surrogate pair stands alone" },
	{ "low half alone", LIT("[\"\\uDD1E\"]"), ERR_INVALID, "json.escape", "line 1, byte 2", "half of a surrogate pair stands alone" },
	{ "two high halves", LIT("[\"\\uD834\\uD834\"]"), ERR_INVALID, "json.escape", "line 1, byte 2", "half of a surrogate pair stands alone" },
	{ "lone half in a name", LIT("{\"\\uD834\":1}"), ERR_INVALID, "json.escape", "line 1, byte 2", NULL },
	/* SI-001 */
	{ "name twice", LIT("{\"o\":{\"a\":1,\"b\":2,\n\"a\":3}}"), ERR_INVALID, "json.duplicate", "line 2, byte 23, at /o", "the name \"a\" stands twice in one object" },
	{ "name twice in other words", LIT("{\"a\":1,\"\\u0061\":1}"), ERR_INVALID, "json.duplicate", "line 1, byte 16", "the name \"a\" stands twice in one object" },
	{ "empty name twice", LIT("{\"\":1,\"\":1}"), ERR_INVALID, "json.duplicate", "line 1, byte 9", "the name \"\" stands twice in one object" },
};
/* clang-format on */

static void
is_refused(void **state)
{
	const struct refused *row = *state;
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_BYTES);
	const struct json *v = NULL;
	struct why why = { 0 };

	assert_int_equal(json_parse(a, row->text, NULL, &v, &why), row->err);
	assert_null(v);
	assert_int_equal(json_parse(a, row->text, NULL, &v, NULL), row->err);
	if (row->code != NULL)
		assert_string_equal(why.code, row->code);
	if (row->where != NULL)
		assert_string_equal(why.where, row->where);
	if (row->says != NULL)
		assert_string_equal(why.text, row->says);
}

/* ---- limits ---- */

struct limited {
	const char *name;
	const char *text;
	struct json_limits limits;
	const char *code; /* NULL: read */
	const char *where;
	const char *says;
};

/* clang-format off */
static const struct limited limited[] = {
	{ "bytes at the bound", "[12]", { .bytes_max = 4 }, NULL, NULL, NULL },
	{ "bytes beyond", "[123]", { .bytes_max = 4 }, "json.bytes", "", "the text has 5 bytes, more than 4" },
	{ "depth at the bound", "[{\"a\":1}]", { .depth_max = 2 }, NULL, NULL, NULL },
	{ "depth beyond", "[{\"a\":[]}]", { .depth_max = 2 }, "json.depth", "line 1, byte 6, at /0", "arrays and objects are nested deeper than 2" },
	{ "members at the bound", "{\"a\":1,\"b\":2}", { .members_max = 2 }, NULL, NULL, NULL },
	{ "members beyond", "{\"a\":1,\"b\":2,\"c\":3}", { .members_max = 2 }, "json.members", "line 1, byte 17", "an object has more than 2 members" },
	{ "values at the bound", "[1,[2]]", { .values_max = 4 }, NULL, NULL, NULL },
	{ "values beyond", "[1,[2,3]]", { .values_max = 4 }, "json.values", "line 1, byte 6, at /1", "the text has more than 4 values" },
};
/* clang-format on */

static void
keeps_the_limit(void **state)
{
	const struct limited *row = *state;
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_BYTES);
	const struct json *v = NULL;
	struct why why = { 0 };
	enum err err = json_parse(a, str_of(row->text), &row->limits, &v, &why);

	assert_int_equal(err, row->code == NULL ? OK : ERR_LIMIT);
	if (row->code == NULL)
		return;
	assert_string_equal(why.code, row->code);
	assert_string_equal(why.where, row->where);
	assert_string_equal(why.text, row->says);
}

/* Brackets inside each other, as deep as asked. */
static void
put_nested(struct buf *b, size_t depth)
{
	for (size_t i = 0; i < depth; i++)
		buf_putc(b, '[');
	for (size_t i = 0; i < depth; i++)
		buf_putc(b, ']');
}

static void
default_depth_is_the_bound_of_walkers(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_BYTES);
	CLEANUP(buf_free) struct buf b = buf_new(MIB);
	const struct json *v = NULL;

	(void)state;
	put_nested(&b, JSON_DEPTH_MAX);
	assert_int_equal(json_parse(a, buf_str(&b), NULL, &v, NULL), OK);
	buf_clear(&b);
	put_nested(&b, JSON_DEPTH_MAX + 1);
	assert_int_equal(json_parse(a, buf_str(&b), NULL, &v, NULL), ERR_LIMIT);
}

static void
a_full_arena_is_an_error(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(sizeof(struct json) * 4);
	const struct json *v = NULL;
	struct why why = { 0 };

	(void)state;
	assert_int_equal(json_parse(a, S("[1,2,3,4,5,6,7,8]"), NULL, &v, &why), ERR_LIMIT);
	assert_string_equal(why.code, "json.memory");
	assert_int_equal(json_parse(a, S("\"\\n\""), NULL, &v, &why), OK);
}

/* ---- names ---- */

static void
put_members(struct buf *b, size_t n, size_t again)
{
	buf_putc(b, '{');
	for (size_t i = 0; i < n; i++)
		buf_printf(b, "\"name %zu\":%zu,", i == n - 1 ? again : i, i);
	b->ptr[b->len - 1] = '}';
}

static void
finds_a_duplicate_among_many(void **state)
{
	static const size_t sizes[] = { 2, 31, 32, 33, 34, 100, JSON_MEMBERS_MAX };
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_BYTES);
	CLEANUP(buf_free) struct buf b = buf_new(8 * MIB);
	const struct json *v = NULL;
	struct why why = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNTOF(sizes); i++) {
		size_t n = sizes[i];
		arena_clear(a);
		buf_clear(&b);
		put_members(&b, n, n - 1);
		assert_int_equal(json_parse(a, buf_str(&b), NULL, &v, &why), OK);
		assert_int_equal(v->len, n);
		buf_clear(&b);
		put_members(&b, n, n - 2);
		assert_int_equal(json_parse(a, buf_str(&b), NULL, &v, &why), ERR_INVALID);
		assert_string_equal(why.code, "json.duplicate");
	}
	buf_clear(&b);
	put_members(&b, JSON_MEMBERS_MAX + 1, JSON_MEMBERS_MAX);
	assert_int_equal(json_parse(a, buf_str(&b), NULL, &v, &why), ERR_LIMIT);
}

/* ---- what is read ---- */

static const struct str sample =
    LIT(" { \"type\" : \"bundle\",\n"
        "\"n\": [ -0, 1e400, 0.10, 9007199254740991, 9007199254740992 ] ,"
        "\"esc\\u0061pe\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\u3042"
        "\\uD834\\uDD1E\\u0000\", \"t\":true,\"f\":false , \"z\" :null,"
        "\"a/b\":{\"m~n\":{\"\":7}}, \"e\":[],\"o\":{},\"s\":\"\"} \r\n\t");

static const struct json *
read_sample(struct arena *a)
{
	const struct json *v = NULL;
	struct why why = { 0 };

	if (json_parse(a, sample, NULL, &v, &why) != OK)
		fail_msg("%s: %s", why.where, why.text);
	return v;
}

static void
slices_the_text(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_BYTES);
	const struct json *v = read_sample(a);
	const struct json *type = json_get(v, S("type"));

	(void)state;
	assert_int_equal(v->type, JSON_OBJECT);
	assert_int_equal(v->len, 10);
	assert_ptr_equal(v->raw.ptr, sample.ptr + 1);
	assert_int_equal(v->raw.len, sample.len - 5);
	assert_true(str_is(type->raw, "\"bundle\""));
	assert_true(str_is(type->text, "bundle"));
	assert_true(str_is(type->key, "type"));
	assert_ptr_equal(type->text.ptr, type->raw.ptr + 1);
	assert_true(str_is(json_get(v, S("a/b"))->raw, "{\"m~n\":{\"\":7}}"));
	assert_true(str_is(json_get(v, S("e"))->raw, "[]"));
	assert_true(str_is(json_get(v, S("o"))->raw, "{}"));
	assert_true(str_eq(json_get(v, S("escape"))->text,
	    S("\"\\/\b\f\n\r\t\xC3\xA9\xE3\x81\x82\xF0\x9D\x84\x9E\0")));
}

static void
reads_numbers(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_BYTES);
	const struct json *n = json_get(read_sample(a), S("n"));
	int64_t i = 5;
	uint64_t u = 5;
	double d = 5;

	(void)state;
	assert_true(str_is(json_nth(n, 0)->text, "-0"));
	assert_true(json_i64(json_nth(n, 0), &i) && i == 0);
	assert_false(json_u64(json_nth(n, 0), &u));
	assert_true(str_is(json_nth(n, 1)->text, "1e400"));
	assert_false(json_double(json_nth(n, 1), &d));
	assert_true(str_is(json_nth(n, 2)->text, "0.10"));
	assert_true(json_double(json_nth(n, 2), &d) && d == 0.1);
	assert_false(json_i64(json_nth(n, 2), &i));
	assert_true(json_i64(json_nth(n, 3), &i) && i == JSON_INTEGER_MAX);
	assert_true(json_u64(json_nth(n, 3), &u) && u == (uint64_t)JSON_INTEGER_MAX);
	assert_false(json_i64(json_nth(n, 4), &i));
	assert_false(json_u64(json_nth(n, 4), &u));
	assert_true(json_double(json_nth(n, 4), &d) && d == 9007199254740992.0);
	assert_null(json_nth(n, 5));
	assert_false(json_i64(NULL, &i));
}

static void
gets_members_by_type(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_BYTES);
	const struct json *v = read_sample(a);
	struct str s = S("before");
	uint64_t u = 0;
	int64_t i = 0;
	bool b = false;

	(void)state;
	assert_false(json_get_str(v, S("t"), &s));
	assert_false(json_get_str(v, S("missing"), &s));
	assert_true(str_is(s, "before"));
	assert_true(json_get_str(v, S("s"), &s) && s.len == 0 && s.ptr != NULL);
	assert_true(json_get_bool(v, S("t"), &b) && b);
	assert_true(json_get_bool(v, S("f"), &b) && !b);
	assert_false(json_get_bool(v, S("z"), &b));
	assert_true(json_get_u64(json_at(v, S("/a~1b/m~0n")), S(""), &u) && u == 7);
	assert_true(json_get_i64(json_at(v, S("/a~1b/m~0n")), S(""), &i) && i == 7);
	assert_null(json_get(NULL, S("t")));
	assert_null(json_get(json_get(v, S("e")), S("t")));
	assert_null(json_str(json_get(v, S("z"))).ptr);
	assert_string_equal(json_type_name(json_get(v, S("z"))), "null");
	assert_string_equal(json_type_name(NULL), "nothing");
}

struct pointed {
	const char *name;
	const char *pointer;
	const char *raw; /* NULL: nothing there */
};

/* clang-format off */
static const struct pointed pointed[] = {
	{ "member", "/type", "\"bundle\"" },
	{ "element", "/n/2", "0.10" },
	{ "escaped", "/a~1b/m~0n/", "7" },
	{ "empty name below nothing", "/", NULL },
	{ "no slash", "type", NULL },
	{ "leading zero", "/n/02", NULL },
	{ "beyond the end", "/n/5", NULL },
	{ "behind the end", "/n/-", NULL },
	{ "below a string", "/type/0", NULL },
	{ "wrong escape", "/a~2b", NULL },
	{ "cut escape", "/a~", NULL },
	{ "trailing slash", "/n/0/", NULL },
};
/* clang-format on */

static void
follows_a_pointer(void **state)
{
	const struct pointed *row = *state;
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_BYTES);
	const struct json *root = read_sample(a);
	const struct json *v = json_at(root, str_of(row->pointer));

	assert_ptr_equal(json_at(root, S("")), root);
	assert_null(json_at(NULL, str_of(row->pointer)));
	if (row->raw == NULL)
		assert_null(v);
	else
		assert_true(v != NULL && str_is(v->raw, row->raw));
}

static void
writes_a_pointer(void **state)
{
	CLEANUP(buf_free) struct buf b = buf_new(KIB);

	(void)state;
	json_pointer_key(&b, S("a/b~c"));
	json_pointer_index(&b, 17);
	json_pointer_key(&b, S(""));
	assert_true(str_is(buf_str(&b), "/a~1b~0c/17/"));
}

/* ---- the end of the text ---- */

/* Each prefix of a text is read where the next byte is not readable. */
static void
reads_no_byte_beyond_the_end(void **state)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	int flags = MAP_PRIVATE | MAP_ANONYMOUS;
	/* cppcheck-suppress invalidFunctionArg ; it does not know a map without a file */
	char *two = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, flags, -1, 0);
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_BYTES);
	const struct json *v = NULL;

	(void)state;
	assert_ptr_not_equal(two, MAP_FAILED);
	assert_int_equal(mprotect(two + page, page, PROT_NONE), 0);
	for (size_t len = 1; len <= sample.len; len++) {
		struct str text = { two + page - len, len };
		memcpy(two + page - len, sample.ptr, len);
		arena_clear(a);
		/* Complete with its last brace; three blanks follow. */
		assert_int_equal(json_parse(a, text, NULL, &v, NULL),
		    len < sample.len - 4 ? ERR_INVALID : OK);
	}
	munmap(two, 2 * page);
}

/* ---- shared cases ---- */

/* Where we differ on purpose: I-JSON forbids a name twice in one object. */
static bool
must_be_refused(const char *file)
{
	return file[0] == 'n' || str_starts(str_of(file), S("y_object_duplicated_key"));
}

/* Of the cases that are left to the reader: numbers are kept as tokens
 * whatever their size; what is no UTF-8 or no scalar value is refused, and so
 * are a byte order mark and 500 arrays inside each other. */
static bool
is_ours_to_accept(const char *file)
{
	return str_starts(str_of(file), S("i_number_"));
}

static struct str
read_file(struct arena *a, const char *folder, const char *name)
{
	struct str path = arena_printf(a, "%s/%s", folder, name);

	return cases_file(a, path.ptr);
}

static bool
agrees(const char *folder, const char *name)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_BYTES);
	const struct json *v = NULL;
	bool accept = name[0] == 'i' ? is_ours_to_accept(name) : !must_be_refused(name);
	bool accepted = json_parse(a, read_file(a, folder, name), NULL, &v, NULL) == OK;

	if (accepted != accept)
		print_error("%s: %s\n", name, accepted ? "accepted" : "refused");
	return accepted == accept;
}

static void
agrees_with_the_shared_cases(void **state)
{
	char folder[4096];
	size_t wrong = 0;
	size_t ran = 0;

	(void)state;
	if (cases_conformance("json/test_parsing", folder) == NULL)
		skip();
	DIR *dir = opendir(folder);
	assert_non_null(dir);
	for (struct dirent *e = readdir(dir); e != NULL; e = readdir(dir)) {
		if (e->d_name[0] == '.')
			continue;
		wrong += !agrees(folder, e->d_name);
		ran++;
	}
	closedir(dir);
	assert_int_equal(wrong, 0);
	assert_true(ran > 300);
}

int
main(int argc, char **argv)
{
	static struct cases list;

	CASES(&list, refused, is_refused);
	CASES(&list, limited, keeps_the_limit);
	CASE(&list, default_depth_is_the_bound_of_walkers);
	CASE(&list, a_full_arena_is_an_error);
	CASE(&list, finds_a_duplicate_among_many);
	CASE(&list, slices_the_text);
	CASE(&list, reads_numbers);
	CASE(&list, gets_members_by_type);
	CASES(&list, pointed, follows_a_pointer);
	CASE(&list, writes_a_pointer);
	CASE(&list, reads_no_byte_beyond_the_end);
	CASE(&list, agrees_with_the_shared_cases);
	return cases_run("json", &list, argc, argv);
}
