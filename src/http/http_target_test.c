#include <stdio.h>

#include "base.h"
#include "cases.h"
#include "http.h"

/* What a test needs of a request: an arena and a target. */
static struct http_request
request_for(struct arena *arena, const char *target)
{
	return (struct http_request){ .arena = arena, .target = str_of(target) };
}

/* clang-format off */
static const struct target_case {
	const char *name, *target;
	const char *path;  /* as sent */
	const char *query; /* decoded, "name=value|name=value" */
} target_cases[] = {
	{ "root",                        "/",                         "/",    "" },
	{ "no query",                    "/a/b/",                     "/a/b/", "" },
	{ "empty query",                 "/a?",                       "/a",   "" },
	{ "two parameters in order",     "/?b=2&a=1",                 "/",    "b=2|a=1" },
	{ "the same name twice",         "/?a=1&a=2",                 "/",    "a=1|a=2" },
	{ "brackets encoded",            "/?match%5Btype%5D=x",       "/",    "match[type]=x" },
	{ "brackets as they are",        "/?match[type]=x",           "/",    "match[type]=x" },
	{ "comma encoded, lower case",   "/?match[type]=x%2cy",       "/",    "match[type]=x,y" },
	{ "decoded once only",           "/?a=%2541",                 "/",    "a=%41" },
	{ "plus is a blank",             "/?a=b+c",                   "/",    "a=b c" },
	{ "plus encoded",                "/?a=b%2Bc",                 "/",    "a=b+c" },
	{ "no equals sign",              "/?a",                       "/",    "a=" },
	{ "empty value",                 "/?a=",                      "/",    "a=" },
	{ "second equals sign",          "/?a=b=c",                   "/",    "a=b=c" },
	{ "empty parameters are nothing", "/?&&a=1&",                 "/",    "a=1" },
	{ "question mark in the query",  "/?a=?",                     "/",    "a=?" },
	{ "two bytes of UTF-8",          "/?a=%C3%BC",                "/",    "a=\xc3\xbc" },
	{ "absolute form",               "https://node.example/a?b=c", "/a",  "b=c" },
	{ "absolute form, no path",      "HTTP://node.example",       "/",    "" },
	{ "a URL in the query",          "/?a=https://x/y",           "/",    "a=https://x/y" },
};
/* clang-format on */

static void
check_target(void **state)
{
	const struct target_case *c = *state;
	CLEANUP(arena_freep) struct arena *arena = arena_new(MIB);
	struct http_request req = request_for(arena, c->target);
	struct why why = { 0 };
	char query[256] = "";
	size_t len = 0;

	assert_int_equal(http_target_read(&req, &why), OK);
	assert_true(str_is(req.path, c->path));
	for (size_t i = 0; i < req.query_len; i++)
		len += (size_t)snprintf(query + len, sizeof(query) - len, "%s" STR_FMT "=" STR_FMT,
		    i == 0 ? "" : "|", STR_ARG(req.query[i].name), STR_ARG(req.query[i].value));
	assert_string_equal(query, c->query);
	for (size_t i = 0; i < req.query_len; i++)
		assert_non_null(req.query[i].value.ptr);
}

/* clang-format off */
static const struct bad_case {
	const char *name, *target, *code, *why;
} bad_cases[] = {
	{ "empty",              "",           "http.target",
	  "the request target is not a path that starts with /, in visible ASCII" },
	{ "asterisk",           "*",          "http.target",
	  "the request target is not a path that starts with /, in visible ASCII" },
	{ "fragment",           "/a#b",       "http.target",
	  "the request target is not a path that starts with /, in visible ASCII" },
	{ "blank",              "/a b",       "http.target",
	  "the request target is not a path that starts with /, in visible ASCII" },
	{ "byte above ASCII",   "/\xc3\xbc",  "http.target",
	  "the request target is not a path that starts with /, in visible ASCII" },
	{ "half an escape",     "/?a=%4",     "http.query",
	  "the query part \"%4\" is not percent-encoded UTF-8" },
	{ "no hex digit",       "/?a=%zz",    "http.query",
	  "the query part \"%zz\" is not percent-encoded UTF-8" },
	{ "NUL",                "/?a=%00",    "http.query",
	  "the query part \"%00\" is not percent-encoded UTF-8" },
	{ "broken UTF-8",       "/?a=%C3",    "http.query",
	  "the query part \"%C3\" is not percent-encoded UTF-8" },
	{ "broken name",        "/?%ff=a",    "http.query",
	  "the query part \"%ff\" is not percent-encoded UTF-8" },
};
/* clang-format on */

static void
check_bad(void **state)
{
	const struct bad_case *c = *state;
	CLEANUP(arena_freep) struct arena *arena = arena_new(MIB);
	struct http_request req = request_for(arena, c->target);
	struct why why = { 0 };

	assert_int_equal(http_target_read(&req, &why), ERR_INVALID);
	assert_string_equal(why.code, c->code);
	assert_string_equal(why.text, c->why);
}

static void
too_many_parameters_are_refused(void **state)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new(MIB);
	static const char pair[4] = { 'a', '=', 'b', '&' };
	char target[4 * HTTP_QUERY_MAX + 16] = "/?";
	struct why why = { 0 };

	(void)state;
	for (size_t i = 0; i < HTTP_QUERY_MAX; i++)
		memcpy(target + 2 + i * sizeof(pair), pair, sizeof(pair));

	struct http_request req = request_for(arena, target);
	assert_int_equal(http_target_read(&req, &why), OK);
	assert_int_equal(req.query_len, HTTP_QUERY_MAX);

	target[2 + HTTP_QUERY_MAX * sizeof(pair)] = 'c';
	req = request_for(arena, target);
	assert_int_equal(http_target_read(&req, &why), ERR_INVALID);
	assert_string_equal(why.code, "http.query-many");
}

static void
an_arena_too_small_is_a_limit(void **state)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new(4);
	struct http_request req = request_for(arena, "/?a=12345%41");
	struct why why = { 0 };

	(void)state;
	assert_int_equal(http_target_read(&req, &why), ERR_LIMIT);
	assert_string_equal(why.code, "http.arena");
	req = request_for(arena, "/12345%41");
	assert_int_equal(http_target_read(&req, &why), ERR_LIMIT);
}

/* ---- patterns ---- */

/* clang-format off */
static const struct match_case {
	const char *name, *pattern, *target;
	const char *params; /* "name=value|...", NULL: no match */
} match_cases[] = {
	{ "literal",                     "/taxii2/",       "/taxii2/",        "" },
	{ "root",                        "/",              "/",               "" },
	{ "slash missing",               "/taxii2/",       "/taxii2",         NULL },
	{ "slash too many",              "/taxii2",        "/taxii2/",        NULL },
	{ "case matters",                "/taxii2/",       "/TAXII2/",        NULL },
	{ "literal encoded",             "/taxii2/",       "/%74axii2/",      "" },
	{ "longer path",                 "/a/",            "/a/b/",           NULL },
	{ "shorter path",                "/a/b/",          "/a/",             NULL },
	{ "one name",                    "/{root}/",       "/r/",             "root=r" },
	{ "two names",                   "/{r}/c/{id}/",   "/x/c/y/",         "r=x|id=y" },
	{ "a name decoded",              "/{r}/",          "/a%20b/",         "r=a b" },
	{ "plus stays in a path",        "/{r}/",          "/a+b/",           "r=a+b" },
	{ "a name is never empty",       "/{r}/c/",        "//c/",            NULL },
	{ "encoded slash",               "/{r}/",          "/a%2Fb/",         NULL },
	{ "encoded NUL",                 "/{r}/",          "/a%00/",          NULL },
	{ "broken UTF-8",                "/{r}/",          "/%ff/",           NULL },
	{ "broken escape",               "/{r}/",          "/%4/",            NULL },
	{ "dot",                         "/{r}/",          "/./",             NULL },
	{ "two dots",                    "/{r}/",          "/../",            NULL },
	{ "two dots encoded",            "/{r}/",          "/%2e%2E/",        NULL },
	{ "three dots are a name",       "/{r}/",          "/.../",           "r=..." },
	{ "rest",                        "/log/{*tile}",   "/log/tile/0/x001/067", "tile=tile/0/x001/067" },
	{ "rest of one segment",         "/log/{*tile}",   "/log/checkpoint", "tile=checkpoint" },
	{ "rest is as sent",             "/log/{*tile}",   "/log/a%41/b",     "tile=a%41/b" },
	{ "rest is never empty",         "/log/{*tile}",   "/log/",           NULL },
	{ "rest without two dots",       "/log/{*tile}",   "/log/a/../b",     NULL },
	{ "deepest path",                "/{*all}",        "/1/2/3/4/5/6/7/8/9/10/11/12", "all=1/2/3/4/5/6/7/8/9/10/11/12" },
	{ "deeper than any route",       "/{*all}",        "/1/2/3/4/5/6/7/8/9/10/11/12/13", NULL },
};
/* clang-format on */

static void
check_match(void **state)
{
	const struct match_case *c = *state;
	CLEANUP(arena_freep) struct arena *arena = arena_new(MIB);
	struct http_request req = request_for(arena, c->target);
	char params[128] = "";
	size_t len = 0;

	assert_int_equal(http_target_read(&req, NULL), OK);
	assert_int_equal(http_path_match(&req, c->pattern), c->params != NULL);
	if (c->params == NULL)
		return;
	for (size_t i = 0; i < req.params_len; i++)
		len += (size_t)snprintf(params + len, sizeof(params) - len,
		    "%s" STR_FMT "=" STR_FMT, i == 0 ? "" : "|", STR_ARG(req.params[i].name),
		    STR_ARG(req.params[i].value));
	assert_string_equal(params, c->params);
}

static void
query_values_are_found_by_name(void **state)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new(MIB);
	struct http_request req = request_for(arena, "/?a=1&b=2&a=3&c=");
	struct why why = { 0 };
	struct str value = S("untouched");
	size_t at = 0;

	(void)state;
	assert_int_equal(http_target_read(&req, NULL), OK);
	assert_true(str_is(http_query_next(&req, "a", &at), "1"));
	assert_true(str_is(http_query_next(&req, "a", &at), "3"));
	assert_null(http_query_next(&req, "a", &at).ptr);

	assert_int_equal(http_query_one(&req, "b", &value, &why), OK);
	assert_true(str_is(value, "2"));
	assert_int_equal(http_query_one(&req, "c", &value, &why), OK);
	assert_non_null(value.ptr);
	assert_int_equal(http_query_one(&req, "d", &value, &why), OK);
	assert_null(value.ptr);
	assert_int_equal(http_query_one(&req, "a", &value, &why), ERR_INVALID);
	assert_string_equal(why.text, "the query parameter a is given more than once");
}

static void
encoded_text_is_decoded_again(void **state)
{
	struct buf target = buf_new(KIB);
	CLEANUP(arena_freep) struct arena *arena = arena_new(KIB);
	struct http_request req = { .arena = arena };

	(void)state;
	buf_put(&target, S("/?a="));
	http_encode(&target, S("a+b c&d=e/f?%\xc3\xbc-._~"));
	req.target = buf_str(&target);
	assert_true(str_is(req.target, "/?a=a%2Bb%20c%26d%3De%2Ff%3F%25%C3%BC-._~"));
	assert_int_equal(http_target_read(&req, NULL), OK);
	assert_true(str_is(req.query[0].value, "a+b c&d=e/f?%\xc3\xbc-._~"));
	buf_free(&target);
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	CASES(&cases, target_cases, check_target);
	CASES(&cases, bad_cases, check_bad);
	CASES(&cases, match_cases, check_match);
	CASE(&cases, too_many_parameters_are_refused);
	CASE(&cases, an_arena_too_small_is_a_limit);
	CASE(&cases, query_values_are_found_by_name);
	CASE(&cases, encoded_text_is_decoded_again);
	return cases_run("http_target", &cases, argc, argv);
}
