#include "console.h"

#include <stdio.h>

#include "asset.h"
#include "cases.h"

/* By tools/embed.py. */
extern const struct asset console_ui[];
extern const size_t console_ui_count;
extern const struct asset console_lang[];
extern const size_t console_lang_count;

static struct http_mount mount = { .prefix = { "/", 1 } };
static const struct http_site site = { .mounts = &mount, .len = 1 };

enum { TEST_ARENA = 1 * MIB };

/* One GET, with or without If-None-Match. */
struct visit {
	struct arena *arena;
	struct http_response resp;
};

static void
visit_done(struct visit *v)
{
	http_response_done(&v->resp);
	arena_free(v->arena);
}

static void
visit(struct visit *v, const char *path, const char *known)
{
	struct http_request req = { .target = str_of(path), .id = S("1") };

	mount.routes = console_routes;
	mount.len = console_routes_count;
	v->arena = req.arena = arena_new(TEST_ARENA);
	if (known != NULL)
		req.headers[req.headers_len++] =
		    (struct http_pair){ S("If-None-Match"), str_of(known) };
	if (http_site_head(&site, &req, S("GET"), &v->resp))
		http_site_run(&site, &req, &v->resp);
}

static struct str
header(const struct visit *v, const char *name)
{
	for (size_t i = 0; i < v->resp.added_len; i++) {
		if (str_is(v->resp.added[i].name, name))
			return v->resp.added[i].value;
	}
	return (struct str){ 0 };
}

static void
check_rules(const struct visit *v)
{
	struct str policy = header(v, "Content-Security-Policy");

	assert_true(str_starts(policy, S("default-src 'none';")));
	assert_int_equal(str_find(policy, S("unsafe")), SIZE_MAX);
	assert_int_not_equal(str_find(policy, S("frame-ancestors 'none'")), SIZE_MAX);
	assert_true(str_is(header(v, "Referrer-Policy"), "no-referrer"));
	assert_true(str_is(header(v, "Cross-Origin-Opener-Policy"), "same-origin"));
}

/* clang-format off */
static const struct page_case {
	const char *name, *path;
	unsigned status;
	const char *type, *begins;
} page_cases[] = {
	{ "start page",        "/",                   200, "text/html; charset=utf-8", "<!doctype html>" },
	{ "style",             "/ui/console.css",     200, "text/css; charset=utf-8", "/*" },
	{ "script",            "/ui/main.js",         200, "text/javascript; charset=utf-8", "//" },
	{ "picture",           "/ui/mark.svg",        200, "image/svg+xml", "<svg" },
	{ "English",           "/lang/en.json",       200, "application/json", "{" },
	{ "Hindi",             "/lang/hi.json",       200, "application/json", "{" },
	{ "Japanese",          "/lang/ja.json",       200, "application/json", "{" },
	{ "unknown file",      "/ui/nothing.js",      404, "application/json", "{\"error\":" },
	{ "unknown language",  "/lang/xx.json",       404, "application/json", "{\"error\":" },
	{ "no way out",        "/ui/..%2f..%2fetc%2fpasswd", 404, "application/json", "{\"error\":" },
	{ "no folder",         "/ui/",                404, "application/json", "{\"error\":" },
	{ "no empty name",     "/lang/%00",           404, "application/json", "{\"error\":" },
};
/* clang-format on */

static void
check_page(void **state)
{
	const struct page_case *c = *state;
	CLEANUP(visit_done) struct visit v = { 0 };

	visit(&v, c->path, NULL);
	assert_int_equal(v.resp.status, c->status);
	assert_true(str_is(v.resp.type, c->type));
	assert_true(str_starts(v.resp.body, str_of(c->begins)));
	if (c->status == 200)
		check_rules(&v);
}

static void
what_is_missing_is_named(void **state)
{
	CLEANUP(visit_done) struct visit v = { 0 };

	(void)state;
	visit(&v, "/ui/nothing.js", NULL);
	check_rules(&v);
	assert_true(str_is(v.resp.body,
	    "{\"error\":{\"code\":\"console.asset\",\"message\":\"the console has no file"
	    " /ui/nothing.js\",\"where\":\"\"}}"));
}

static void
check_table(const struct asset *table, size_t len, const char *folder)
{
	for (size_t i = 0; i < len; i++) {
		CLEANUP(visit_done) struct visit v = { 0 }, again = { 0 };
		char path[128];

		snprintf(path, sizeof(path), "%s%s", folder, table[i].path);
		visit(&v, path, NULL);
		assert_int_equal(v.resp.status, 200);
		assert_true(str_eq(v.resp.body, table[i].bytes));
		assert_true(str_is(v.resp.type, table[i].type));
		check_rules(&v);
		visit(&again, path, table[i].etag);
		assert_int_equal(again.resp.status, 304);
		assert_int_equal(again.resp.body.len, 0);
		assert_true(str_is(header(&again, "ETag"), table[i].etag));
	}
}

static void
each_file_is_served_once(void **state)
{
	(void)state;
	check_table(console_ui, console_ui_count, "/ui/");
	check_table(console_lang, console_lang_count, "/lang/");
}

/* clang-format off */
static const struct known_case {
	const char *name, *known; /* %s is the tag of the file */
	unsigned status;
} known_cases[] = {
	{ "the same",          "%s",                304 },
	{ "weak",              "W/%s",              304 },
	{ "one of several",    "\"a\", W/\"b\", %s", 304 },
	{ "any",               "*",                 304 },
	{ "another",           "\"a\"",             200 },
	{ "nothing",           "",                  200 },
};
/* clang-format on */

static void
check_known(void **state)
{
	const struct known_case *c = *state;
	CLEANUP(visit_done) struct visit first = { 0 }, v = { 0 };
	CLEANUP(buf_free) struct buf known = buf_new(KIB);
	struct str rest = str_of(c->known);
	size_t at = str_find(rest, S("%s"));

	visit(&first, "/", NULL);
	buf_put(&known, str_sub(rest, 0, at == SIZE_MAX ? rest.len : at));
	if (at != SIZE_MAX)
		buf_put(&known, header(&first, "ETag"));
	buf_putc(&known, '\0');
	visit(&v, "/", buf_str(&known).ptr);
	assert_int_equal(v.resp.status, c->status);
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	CASES(&cases, page_cases, check_page);
	CASES(&cases, known_cases, check_known);
	CASE(&cases, what_is_missing_is_named);
	CASE(&cases, each_file_is_served_once);
	return cases_run("console", &cases, argc, argv);
}
