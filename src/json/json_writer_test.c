#include "json_writer.h"

#include "cases.h"

/* S() for tables: gcc 12 takes no compound literal as a constant. */
#define LIT(text)                         \
	{                                 \
		"" text, sizeof(text) - 1 \
	}

static void
puts_commas_where_they_belong(void **state)
{
	CLEANUP(buf_free) struct buf b = buf_new(KIB);
	struct json_writer w = json_writer(&b);

	(void)state;
	buf_put(&b, S("before "));
	json_begin_object(&w);
	json_begin_array(json_key(&w, S("a")));
	json_end_array(&w);
	json_begin_object(json_key(&w, S("o")));
	json_put_i64(json_key(&w, S("i")), INT64_MIN);
	json_put_u64(json_key(&w, S("u")), UINT64_MAX);
	json_end_object(&w);
	json_begin_array(json_key(&w, S("list")));
	json_put_bool(&w, true);
	json_put_bool(&w, false);
	json_put_null(&w);
	json_put_double(&w, -0.5);
	json_put_raw(&w, S("{ }"));
	json_begin_array(&w);
	json_put_str(&w, S("x"));
	json_end_array(&w);
	json_put_str(&w, S(""));
	json_end_array(&w);
	json_end_object(&w);
	assert_int_equal(w.depth, 0);
	assert_true(str_is(buf_str(&b),
	    "before {\"a\":[],\"o\":{\"i\":-9223372036854775808,\"u\":18446744073709551615},"
	    "\"list\":[true,false,null,-0.5,{ },[\"x\"],\"\"]}"));
}

struct quoted {
	const char *name;
	struct str text;
	const char *json;
};

/* clang-format off */
static const struct quoted quoted[] = {
	{ "plain", LIT("abc /<>&'"), "\"abc /<>&'\"" },
	{ "short escapes", LIT("\"\\\b\f\n\r\t"), "\"\\\"\\\\\\b\\f\\n\\r\\t\"" },
	{ "long escapes", LIT("\0\x01\x0B\x1F"), "\"\\u0000\\u0001\\u000b\\u001f\"" },
	{ "delete is no control character here", LIT("\x7F"), "\"\x7F\"" },
	{ "UTF-8", LIT("\xC3\xA9\xE3\x81\x82\xF0\x9D\x84\x9E"), "\"\xC3\xA9\xE3\x81\x82\xF0\x9D\x84\x9E\"" },
	{ "line separator", LIT("\xE2\x80\xA8"), "\"\xE2\x80\xA8\"" },
	{ "not UTF-8", LIT("a\xFF\"\xC3\xA9\xE3\x81"), "\"a\xEF\xBF\xBD\\\"\xC3\xA9\xEF\xBF\xBD\xEF\xBF\xBD\"" },
	{ "half a pair", LIT("\xED\xA0\x80."), "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD.\"" },
	{ "cut at the end", LIT("\xF0\x9D\x84"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"" },
};
/* clang-format on */

static void
quotes_a_string(void **state)
{
	const struct quoted *row = *state;
	CLEANUP(arena_freep) struct arena *a = arena_new(MIB);
	CLEANUP(buf_free) struct buf b = buf_new(KIB);
	struct json_writer w = json_writer(&b);
	const struct json *v = NULL;

	json_put_str(&w, row->text);
	assert_true(str_is(buf_str(&b), row->json));
	assert_int_equal(json_parse(a, buf_str(&b), NULL, &v, NULL), OK);
	if (str_is_utf8(row->text))
		assert_true(str_eq(v->text, row->text));
}

/* Plain bytes are passed over some at a time: none that needs an escape hides among them. */
static void
finds_each_byte_at_each_place(void **)
{
	enum { PLACES = 19, ASCII = 0x80 };
	CLEANUP(arena_freep) struct arena *a = arena_new(MIB);
	CLEANUP(buf_free) struct buf b = buf_new(KIB);
	const struct json *v = NULL;

	for (int c = 0; c < ASCII; c++) {
		for (size_t at = 0; at < PLACES; at++) {
			struct json_writer w = json_writer(&b);
			char text[PLACES];

			memset(text, 'x', sizeof(text));
			text[at] = (char)c;
			buf_clear(&b);
			arena_clear(a);
			json_put_str(&w, (struct str){ text, sizeof(text) });
			assert_int_equal(json_parse(a, buf_str(&b), NULL, &v, NULL), OK);
			assert_memory_equal(v->text.ptr, text, sizeof(text));
		}
	}
}

static void
writes_a_tree_back(void **state)
{
	static const struct str text =
	    LIT(" { \"b\" : [ 1.0 , -0, 1e400,true,false , null] , \"\\u0061\\n\":"
	        "\"\\u00e9\\/\\u0001 \\\"\", \"c\":{ } ,\"d\" : [ ] , \"e\": [[1],{\"x\":[2]}] } ");
	CLEANUP(arena_freep) struct arena *a = arena_new(MIB);
	CLEANUP(buf_free) struct buf b = buf_new(KIB);
	struct json_writer w = json_writer(&b);
	const struct json *v = NULL;

	(void)state;
	assert_int_equal(json_parse(a, text, NULL, &v, NULL), OK);
	json_begin_array(&w);
	json_put_tree(&w, v);
	json_put_tree(&w, v->first);
	json_end_array(&w);
	assert_true(str_is(buf_str(&b),
	    "[{\"b\":[1.0,-0,1e400,true,false,null],\"a\\n\":\"\xC3\xA9/\\u0001 \\\"\","
	    "\"c\":{},\"d\":[],\"e\":[[1],{\"x\":[2]}]},[1.0,-0,1e400,true,false,null]]"));
}

int
main(int argc, char **argv)
{
	static struct cases list;

	CASE(&list, puts_commas_where_they_belong);
	CASES(&list, quoted, quotes_a_string);
	CASE(&list, finds_each_byte_at_each_place);
	CASE(&list, writes_a_tree_back);
	return cases_run("json_writer", &list, argc, argv);
}
