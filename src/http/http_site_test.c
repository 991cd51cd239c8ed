#include "base.h"
#include "cases.h"
#include "http.h"

/* A face of three routes, and what a request to it gets. */

static enum err
say_hello(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	(void)ctx;
	(void)why;
	buf_printf(http_body(ret, "text/plain"), "hello " STR_FMT,
	    STR_ARG(http_param(req, "name")));
	return OK;
}

static enum err
take(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	(void)ctx;
	if (str_is(req->body, "bad"))
		return (fail)(why, ERR_INVALID, "test.bad", "the body is bad");
	if (str_is(req->body, "odd")) {
		ret->status = 422;
		return (fail)(why, ERR_INVALID, "test.odd", "the body is odd");
	}
	ret->status = 202;
	return OK;
}

static enum err
too_much(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	(void)ctx;
	(void)req;
	(void)why;
	http_body(ret, "text/plain")->max = 3;
	buf_put(&ret->buf, S("more"));
	return OK;
}

static enum err
refuse_text(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	(void)ctx;
	if (!str_is(http_header(req, "accept"), "text/html"))
		return OK;
	ret->status = 406;
	return (fail)(why, ERR_INVALID, "test.accept", "not as HTML");
}

static void
print_short(void *ctx, const struct http_request *req, unsigned status, const struct why *why,
    struct http_response *ret)
{
	(void)ctx;
	(void)req;
	buf_printf(http_body(ret, "text/short"), "%u %s", status, why->code);
}

enum { ROLE_CHIEF = 1, ROLE_CLERK = 2 };

/* clang-format off */
static const struct http_route api_routes[] = {
	{ HTTP_GET,    "/api/hello/{name}/", SCOPE_PUBLIC,  0, 0,  say_hello, "greets" },
	{ HTTP_POST,   "/api/things/",       SCOPE_WRITE,   0, 10, take,      "takes" },
	{ HTTP_GET,    "/api/things/",       SCOPE_READ,    0, 0,  take,      "gives" },
	{ HTTP_DELETE, "/api/things/",       SCOPE_SESSION, ROLE_CHIEF, 0, take, "takes away" },
	{ HTTP_GET,    "/api/large/",        SCOPE_PUBLIC,  0, 0,  too_much,  "is too large" },
};
static const struct http_route other_routes[] = {
	{ HTTP_GET,    "/{root}/",           SCOPE_PEER,    0, 0,  take,      "the rest" },
};
static const struct http_mount mounts[] = {
	{ .prefix = { "/api/", 5 }, .routes = api_routes, .len = COUNTOF(api_routes),
	  .check = refuse_text, .challenge = "Bearer" },
	{ .prefix = { "", 0 }, .routes = other_routes, .len = COUNTOF(other_routes),
	  .print_error = print_short },
};
/* clang-format on */

/* "X-User: cookie read" is somebody with a cookie and the scope read. */
static enum err
believe(void *ctx, struct http_request *req, struct http_principal *ret, struct why *why)
{
	struct str user = http_header(req, "x-user");

	(void)ctx;
	if (user.ptr == NULL)
		return OK;
	if (str_is(user, "liar"))
		return (fail)(why, ERR_UNAUTHORIZED, "test.liar", "wrong password");
	ret->id = user;
	ret->proof = str_starts(user, S("cookie")) ? HTTP_COOKIE : HTTP_TOKEN;
	ret->scopes = HTTP_SCOPE_BIT(SCOPE_SESSION);
	for (unsigned s = 0; s < HTTP_SCOPES; s++) {
		if (str_ends(user, str_of(http_scope_name(s))))
			ret->scopes |= HTTP_SCOPE_BIT(s);
	}
	ret->roles = str_ends(user, S("chief")) ? ROLE_CHIEF : ROLE_CLERK;
	return OK;
}

static void
name_some(enum http_scope scope, uint32_t among, struct buf *out)
{
	buf_put(out, scope == SCOPE_READ ? S("reader, chief") : S(""));
	buf_put(out, among == ROLE_CHIEF ? S("chief") : S(""));
}

static const struct http_site site = {
	.mounts = mounts,
	.len = COUNTOF(mounts),
	.authenticate = believe,
	.origin = "https://node.example",
	.name_roles = name_some,
};

/* ---- */

#define PROBLEM(code, text) \
	"{\"error\":{\"code\":\"" code "\",\"message\":\"" text "\",\"where\":\"\"}}"

enum { TEST_HEADERS_MAX = 5 };

/* clang-format off */
static const struct site_case {
	const char *name, *method, *target;
	const char *headers[TEST_HEADERS_MAX][2];
	const char *body;
	unsigned status;
	const char *want; /* body */
	const char *added_name, *added; /* a header line of the answer */
} site_cases[] = {
	{ "handler answers", "GET", "/api/hello/you/", { { 0 } }, "", 200, "hello you", NULL, NULL },
	{ "HEAD as GET", "HEAD", "/api/hello/you/", { { 0 } }, "", 200, "hello you", NULL, NULL },
	{ "unknown path", "GET", "/api/nothing/", { { 0 } }, "", 404,
	  PROBLEM("http.not-found", "there is nothing at this path"), NULL, NULL },
	{ "unknown path of another face", "GET", "/x/y/", { { 0 } }, "", 404, "404 http.not-found", NULL, NULL },
	{ "broken query", "GET", "/api/hello/you/?%", { { 0 } }, "", 400,
	  PROBLEM("http.query", "the query part \\\"%\\\" is not percent-encoded UTF-8"), NULL, NULL },
	{ "broken target", "GET", "x", { { 0 } }, "", 400, "400 http.target", NULL, NULL },
	{ "method missing here", "PUT", "/api/hello/you/", { { 0 } }, "", 405,
	  PROBLEM("http.method", "this path does not have that method; Allow names those it has"),
	  "Allow", "OPTIONS, HEAD, GET" },
	{ "method that nobody has", "BREW", "/api/hello/you/", { { 0 } }, "", 405,
	  PROBLEM("http.method", "this path does not have that method; Allow names those it has"),
	  "Allow", "OPTIONS, HEAD, GET" },
	{ "method is told to callers only", "PUT", "/api/things/", { { 0 } }, "", 401,
	  PROBLEM("http.unauthorized", "sign in, or present a token or certificate that this node knows"),
	  "WWW-Authenticate", "Bearer" },
	{ "options", "OPTIONS", "/api/things/", { { 0 } }, "", 204, "",
	  "Allow", "OPTIONS, HEAD, GET, POST, DELETE" },
	{ "options of nothing", "OPTIONS", "/api/no/", { { 0 } }, "", 404,
	  PROBLEM("http.not-found", "there is nothing at this path"), NULL, NULL },
	{ "slash missing", "GET", "/api/hello/you?a=%41", { { 0 } }, "", 308, "",
	  "Location", "/api/hello/you/?a=%41" },
	{ "slash missing, but not GET", "POST", "/api/things", { { 0 } }, "", 404,
	  PROBLEM("http.not-found", "there is nothing at this path"), NULL, NULL },
	{ "no way to another host", "GET", "//evil.example", { { 0 } }, "", 404, "404 http.not-found", NULL, NULL },

	{ "nobody", "GET", "/api/things/", { { 0 } }, "", 401,
	  PROBLEM("http.unauthorized", "sign in, or present a token or certificate that this node knows"),
	  "WWW-Authenticate", "Bearer" },
	{ "wrong credentials", "GET", "/api/hello/you/", { { "X-User", "liar" } }, "", 401,
	  PROBLEM("test.liar", "wrong password"), "WWW-Authenticate", "Bearer" },
	{ "scope missing", "GET", "/api/things/", { { "X-User", "token write" } }, "", 403,
	  PROBLEM("http.scope", "this needs the scope read; roles that may: reader, chief"), NULL, NULL },
	{ "scope missing, which no role has", "POST", "/api/things/", { { "X-User", "token read" } }, "", 403,
	  PROBLEM("http.scope", "this needs the scope write"), NULL, NULL },
	{ "scope there", "GET", "/api/things/", { { "X-User", "token read" } }, "", 202, "", NULL, NULL },
	{ "role missing", "DELETE", "/api/things/", { { "X-User", "token clerk" } }, "", 403,
	  PROBLEM("http.role", "this needs a role that you do not have; roles that may: chief"), NULL, NULL },
	{ "role there", "DELETE", "/api/things/", { { "X-User", "token chief" } }, "", 202, "", NULL, NULL },
	{ "peers only", "GET", "/x/", { { "X-User", "token admin" } }, "", 403, "403 http.scope", NULL, NULL },

	{ "cookie reads", "GET", "/api/things/", { { "X-User", "cookie read" } }, "", 202, "", NULL, NULL },
	{ "cookie changes", "POST", "/api/things/",
	  { { "X-User", "cookie write" }, { "X-Torana-Request", "1" }, { "Origin", "https://node.example" },
	    { "Sec-Fetch-Site", "same-origin" } }, "", 202, "", NULL, NULL },
	{ "cookie without our header", "POST", "/api/things/",
	  { { "X-User", "cookie write" }, { "Origin", "https://node.example" } }, "", 403,
	  PROBLEM("http.csrf", "a change with a session cookie needs the header X-Torana-Request: 1"), NULL, NULL },
	{ "cookie without an origin", "POST", "/api/things/",
	  { { "X-User", "cookie write" }, { "X-Torana-Request", "1" } }, "", 403,
	  PROBLEM("http.csrf", "a change with a session cookie needs the header Origin or Sec-Fetch-Site"), NULL, NULL },
	{ "cookie from another page", "POST", "/api/things/",
	  { { "X-User", "cookie write" }, { "X-Torana-Request", "1" }, { "Origin", "https://evil.example" } }, "", 403,
	  PROBLEM("http.csrf", "the change was asked for by a page of another origin"), NULL, NULL },
	{ "cookie from the same site", "POST", "/api/things/",
	  { { "X-User", "cookie write" }, { "X-Torana-Request", "1" }, { "Sec-Fetch-Site", "same-site" } }, "", 403,
	  PROBLEM("http.csrf", "the change was asked for by a page of another origin"), NULL, NULL },
	{ "token needs no origin", "POST", "/api/things/", { { "X-User", "token write" } }, "", 202, "", NULL, NULL },

	{ "body fits", "POST", "/api/things/",
	  { { "X-User", "token write" }, { "Content-Length", "10" } }, "0123456789", 202, "", NULL, NULL },
	{ "body too large", "POST", "/api/things/",
	  { { "X-User", "token write" }, { "Content-Length", "11" } }, "", 413,
	  PROBLEM("http.body", "the body may have 10 bytes, not 11"), NULL, NULL },
	{ "body where none is taken", "GET", "/api/hello/you/", { { "Content-Length", "1" } }, "", 413,
	  PROBLEM("http.body", "this request takes no body"), NULL, NULL },
	{ "chunked where none is taken", "GET", "/api/hello/you/", { { "Transfer-Encoding", "chunked" } }, "", 413,
	  PROBLEM("http.body", "this request takes no body"), NULL, NULL },
	{ "two lengths", "POST", "/api/things/",
	  { { "X-User", "token write" }, { "Content-Length", "1" }, { "Content-Length", "2" } }, "", 400,
	  PROBLEM("http.length", "the request gives the length of its body twice"), NULL, NULL },
	{ "length and chunks", "POST", "/api/things/",
	  { { "X-User", "token write" }, { "Content-Length", "1" }, { "Transfer-Encoding", "chunked" } }, "", 400,
	  PROBLEM("http.length", "the request gives the length of its body twice"), NULL, NULL },
	{ "length of letters", "POST", "/api/things/",
	  { { "X-User", "token write" }, { "Content-Length", "+1" } }, "", 400,
	  PROBLEM("http.length", "Content-Length is not a number"), NULL, NULL },
	{ "compressed body", "POST", "/api/things/",
	  { { "X-User", "token write" }, { "Content-Length", "1" }, { "Content-Encoding", "gzip" } }, "", 415,
	  PROBLEM("http.coding", "the body may not have a Content-Encoding"), NULL, NULL },
	{ "check before the length", "POST", "/api/things/",
	  { { "X-User", "token write" }, { "Accept", "text/html" }, { "Content-Length", "11" } }, "", 406,
	  PROBLEM("test.accept", "not as HTML"), NULL, NULL },

	{ "handler's error", "POST", "/api/things/", { { "X-User", "token write" }, { "Content-Length", "3" } },
	  "bad", 400, PROBLEM("test.bad", "the body is bad"), NULL, NULL },
	{ "handler's own status", "POST", "/api/things/", { { "X-User", "token write" }, { "Content-Length", "3" } },
	  "odd", 422, PROBLEM("test.odd", "the body is odd"), NULL, NULL },
	{ "answer too large", "GET", "/api/large/", { { 0 } }, "", 500, NULL, NULL, NULL },
};
/* clang-format on */

static void
check_site(void **state)
{
	const struct site_case *c = *state;
	CLEANUP(arena_freep) struct arena *arena = arena_new(MIB);
	CLEANUP(http_response_done) struct http_response resp = { 0 };
	struct http_request req = { .arena = arena, .target = str_of(c->target), .id = S("1") };

	for (size_t i = 0; i < TEST_HEADERS_MAX && c->headers[i][0] != NULL; i++)
		req.headers[req.headers_len++] = (struct http_pair){
			str_of(c->headers[i][0]),
			str_of(c->headers[i][1]),
		};
	if (http_site_head(&site, &req, str_of(c->method), &resp)) {
		req.body = str_of(c->body);
		http_site_run(&site, &req, &resp);
	}
	assert_int_equal(resp.status, c->status);
	if (c->want != NULL)
		assert_memory_equal(resp.body.ptr == NULL ? "" : resp.body.ptr, c->want,
		    strlen(c->want));
	assert_true(c->want == NULL || resp.body.len == strlen(c->want));
	assert_int_equal(req.head, strcmp(c->method, "HEAD") == 0);
	for (size_t i = 0; c->added != NULL && i < resp.added_len; i++) {
		if (str_is(resp.added[i].name, c->added_name))
			assert_true(str_is(resp.added[i].value, c->added));
	}
	assert_true(c->added == NULL || resp.added_len == 1);
}

static void
count(void *arg)
{
	(*(int *)arg)++;
}

static void
a_shared_body_is_given_back_once(void **state)
{
	int released = 0;
	struct http_response resp = { .release = count, .release_arg = &released };

	(void)state;
	http_response_done(&resp);
	http_response_done(&resp);
	assert_int_equal(released, 1);
}

/* clang-format off */
static const struct status_case {
	const char *name;
	enum err err;
	unsigned status;
} status_cases[] = {
	{ "ok",           OK,               200 },
	{ "invalid",      ERR_INVALID,      400 },
	{ "usage",        ERR_USAGE,        400 },
	{ "unauthorized", ERR_UNAUTHORIZED, 401 },
	{ "forbidden",    ERR_FORBIDDEN,    403 },
	{ "not found",    ERR_NOT_FOUND,    404 },
	{ "conflict",     ERR_CONFLICT,     409 },
	{ "limit",        ERR_LIMIT,        413 },
	{ "tampered",     ERR_TAMPERED,     422 },
	{ "io",           ERR_IO,           503 },
};
/* clang-format on */

static void
check_status(void **state)
{
	const struct status_case *c = *state;

	assert_int_equal(http_status_of(c->err), c->status);
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	CASES(&cases, site_cases, check_site);
	CASES(&cases, status_cases, check_status);
	CASE(&cases, a_shared_body_is_given_back_once);
	return cases_run("http_site", &cases, argc, argv);
}
