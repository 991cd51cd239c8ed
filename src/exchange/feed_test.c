#include "feed.h"

#include "cases.h"
#include "feed_p.h"

/* What is read of a server's answers; whole turns are in tests/conformance. */

static struct arena *arena;

/* ---- addresses ---- */

/* clang-format off */
static const struct url_case {
	const char *name, *text;
	const char *base, *path; /* NULL: refused */
} url_cases[] = {
	{ "discovery",          "https://taxii.example/taxii2/", "https://taxii.example", "/taxii2/" },
	{ "no path",            "https://taxii.example",         "https://taxii.example", "/taxii2/" },
	{ "no last slash",      "https://taxii.example/a/b",     "https://taxii.example", "/a/b/" },
	{ "port and case",      "HTTPS://Taxii.Example:8443/A/", "https://taxii.example:8443", "/A/" },
	{ "the usual port",     "https://taxii.example:443/a/",  "https://taxii.example", "/a/" },
	{ "IPv6",               "https://[::1]:8443/",           "https://[::1]:8443", "/" },
	{ "a tilde and dots",   "https://t.example/~a/b..c/.d/", "https://t.example", "/~a/b..c/.d/" },
	{ "plain",              "http://taxii.example/",         NULL, NULL },
	{ "a file",             "file:///etc/passwd",            NULL, NULL },
	{ "no host",            "https:///taxii2/",              NULL, NULL },
	{ "a user",             "https://me@taxii.example/",     NULL, NULL },
	{ "a query",            "https://taxii.example/?a=b",    NULL, NULL },
	{ "a query at once",    "https://taxii.example?a=b",     NULL, NULL },
	{ "a fragment",         "https://taxii.example/#a",      NULL, NULL },
	{ "dots",               "https://taxii.example/a/../b/", NULL, NULL },
	{ "one dot",            "https://taxii.example/a/./b/",  NULL, NULL },
	{ "dots in percent",    "https://taxii.example/%2e%2E/", NULL, NULL },
	{ "half in percent",    "https://taxii.example/.%2e/",   NULL, NULL },
	{ "a slash in percent", "https://taxii.example/a%2Fb/",  NULL, NULL },
	{ "an empty part",      "https://taxii.example/a//b/",   NULL, NULL },
	{ "a backslash",        "https://taxii.example\\@x/",    NULL, NULL },
	{ "a line end",         "https://taxii.example/\r\nX:",  NULL, NULL },
	{ "a blank",            "https://taxii example/",        NULL, NULL },
	{ "not ASCII",          "https://taxii.example/\xc3\xa4/", NULL, NULL },
};

static const struct below_case {
	const char *name, *text;
	enum err want;
	const char *path;
} below_cases[] = {
	{ "from the host",      "/api/",                       OK, "/api/" },
	{ "from discovery",     "api/",                        OK, "/taxii2/api/" },
	{ "whole",              "https://taxii.example/api/",  OK, "/api/" },
	{ "whole, with port",   "https://TAXII.example:443/api", OK, "/api/" },
	{ "another host",       "https://evil.example/api/",   ERR_FORBIDDEN, NULL },
	{ "another port",       "https://taxii.example:8443/", ERR_FORBIDDEN, NULL },
	{ "a longer host",      "https://taxii.example.evil/", ERR_FORBIDDEN, NULL },
	{ "a user",             "https://taxii.example@evil/", ERR_INVALID, NULL },
	{ "no scheme",          "//evil.example/api/",         ERR_INVALID, NULL },
	{ "upwards",            "../api/",                     ERR_INVALID, NULL },
	{ "down and up",        "a/../../b/",                  ERR_INVALID, NULL },
	{ "plain",              "http://taxii.example/api/",   ERR_INVALID, NULL },
	{ "a scheme of no use", "javascript:alert(1)",         ERR_INVALID, NULL },
	{ "nothing",            "",                            ERR_INVALID, NULL },
	{ "a query",            "/api/?a=b",                   ERR_INVALID, NULL },
};
/* clang-format on */

static void
check_url(void **state)
{
	const struct url_case *c = *state;
	struct feed_url url;
	struct why why = { 0 };
	enum err err = feed_url_read(arena, str_of(c->text), &url, &why);

	assert_int_equal(err, c->base == NULL ? ERR_INVALID : OK);
	if (c->base == NULL) {
		assert_string_equal(why.code, "feed.url");
		return;
	}
	assert_true(str_is(url.base, c->base));
	assert_true(str_is(url.path, c->path));
}

static void
check_below(void **state)
{
	const struct below_case *c = *state;
	const struct feed_url at = { S("https://taxii.example"), S("/taxii2/") };
	struct feed_url url;

	assert_int_equal(feed_url_below(arena, &at, str_of(c->text), &url, NULL), c->want);
	if (c->path != NULL)
		assert_true(str_is(url.path, c->path) && str_eq(url.base, at.base));
}

/* ---- headers ---- */

/* clang-format off */
static const struct challenge_case {
	const char *name, *value, *want;
} challenge_cases[] = {
	{ "one",                  "Basic realm=\"taxii\"", "Basic" },
	{ "two",                  "Basic realm=\"a\", Bearer", "Basic, Bearer" },
	{ "a comma in quotes",    "Basic realm=\"a, Digest b\", Bearer error=\"x\"", "Basic, Bearer" },
	{ "an escape in quotes",  "Basic realm=\"a\\\", Digest \", Bearer", "Basic, Bearer" },
	{ "several parameters",   "Digest realm=\"a\", nonce = \"b, c\", qop=auth, Basic realm=x", "Digest, Basic" },
	{ "a token68",            "Negotiate oYH=", "Negotiate" },
	{ "open quotes",          "Basic realm=\"a, Bearer", "Basic" },
	{ "only commas",          ",,,", "" },
	{ "nothing",              "", "" },
};
static const struct wait_case {
	const char *name, *value;
	int64_t want;
} wait_cases[] = {
	{ "seconds",          "120", 120 },
	{ "none",             "", 0 },
	{ "a date",           "Sun, 22 Nov 2026 03:05:05 GMT", 60 },
	{ "a date gone by",   "Sun, 22 Nov 2020 03:05:05 GMT", 0 },
	{ "years",            "99999999999999999999", FEED_WAIT_MAX_S },
	{ "a far date",       "Sun, 22 Nov 2099 03:05:05 GMT", FEED_WAIT_MAX_S },
	{ "negative",         "-5", 0 },
	{ "words",            "soon", 0 },
};
static const struct type_case {
	const char *name, *type;
	bool good;
} type_cases[] = {
	{ "as it should be",  "application/taxii+json;version=2.1", true },
	{ "blanks",           "application/taxii+json ; version=2.1", true },
	{ "quotes and case",  "Application/TAXII+JSON; Version=\"2.1\"; charset=utf-8", true },
	{ "no version",       "application/taxii+json", true },
	{ "another version",  "application/taxii+json;version=3.0", false },
	{ "TAXII 2.0",        "application/vnd.oasis.taxii+json; version=2.0", false },
	{ "JSON",             "application/json", false },
	{ "a page",           "text/html", false },
	{ "nothing",          "", false },
	{ "nonsense",         ";;;", false },
};
/* clang-format on */

static void
check_challenge(void **state)
{
	const struct challenge_case *c = *state;

	assert_true(str_is(feed_challenges(arena, str_of(c->value)), c->want));
}

static void
check_wait(void **state)
{
	const struct wait_case *c = *state;
	time_us now = 0;

	assert_true(time_parse(S("2026-11-22T03:04:05Z"), &now));
	assert_int_equal(feed_retry_after(str_of(c->value), now), c->want);
}

static void
check_type(void **state)
{
	const struct type_case *c = *state;
	struct why why = { 0 };
	enum err err = feed_type_check(str_of(c->type), S("{}"), &why);

	assert_int_equal(err, c->good ? OK : ERR_INVALID);
	if (!c->good)
		assert_string_equal(why.code, "feed.type");
}

/* ---- pages ---- */

/* clang-format off */
static const struct page_case {
	const char *name, *body, *last;
	enum err want;
	size_t len;
	bool more;
	const char *next;
	bool dated;
} page_cases[] = {
	{ "nothing",          "{}", "", OK, 0, false, "", false },
	{ "nothing, said",    "{\"more\":false}", "", OK, 0, false, "", false },
	{ "two",              "{\"objects\":[{},7]}", "2026-01-01T00:00:00.5Z", OK, 2, false, "", true },
	{ "more",             "{\"more\":true,\"next\":\"a b\"}", "", OK, 0, true, "a b", false },
	{ "more, at the end", "{\"objects\":[{}],\"next\":\"n\",\"more\":true}", "", OK, 1, true, "n", false },
	{ "odd types",        "{\"more\":\"yes\",\"next\":5,\"objects\":[]}", "undefined", OK, 0, false, "", false },
	{ "a date to come",   "{\"objects\":[{}]}", "2026-11-29T00:00:00Z", OK, 1, false, "", false },
	{ "objects no list",  "{\"objects\":{}}", "", ERR_INVALID, 0, false, "", false },
	{ "cut off",          "{\"objects\":[{}", "", ERR_INVALID, 0, false, "", false },
	{ "a list",           "[]", "", ERR_INVALID, 0, false, "", false },
	{ "twice",            "{\"more\":true,\"more\":false}", "", ERR_INVALID, 0, false, "", false },
};
/* clang-format on */

static void
check_page(void **state)
{
	const struct page_case *c = *state;
	struct feed_page_text text = { .body = str_of(c->body), .added_last = str_of(c->last) };
	struct feed_page page;

	assert_true(time_parse(S("2026-11-22T03:04:05Z"), &text.now));
	assert_int_equal(feed_page_read(arena, &text, &page, NULL), c->want);
	if (c->want != OK)
		return;
	assert_int_equal(page.len, c->len);
	assert_int_equal(page.more, c->more);
	assert_true(str_is(page.next, c->next));
	assert_int_equal(page.last > 0, c->dated);
}

/* A list of FEED_OBJECTS_MAX and one more. */
static void
too_many_objects(void **state)
{
	CLEANUP(buf_free) struct buf body = buf_new(MIB);
	struct feed_page page;
	struct why why = { 0 };

	(void)state;
	buf_put(&body, S("{\"objects\":["));
	for (int i = 0; i < FEED_OBJECTS_MAX; i++)
		buf_put(&body, S("0,"));
	buf_put(&body, S("0]}"));
	const struct feed_page_text text = { .body = buf_str(&body) };
	assert_int_equal(feed_page_read(arena, &text, &page, &why), ERR_LIMIT);
	assert_string_equal(why.code, "feed.page");
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	arena = arena_new(16 * MIB);
	CASES(&cases, url_cases, check_url);
	CASES(&cases, below_cases, check_below);
	CASES(&cases, challenge_cases, check_challenge);
	CASES(&cases, wait_cases, check_wait);
	CASES(&cases, type_cases, check_type);
	CASES(&cases, page_cases, check_page);
	CASE(&cases, too_many_objects);
	int failed = cases_run("feed", &cases, argc, argv);
	arena_free(arena);
	return failed;
}
