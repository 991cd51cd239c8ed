#include "base.h"
#include "cases.h"
#include "http.h"

static struct http_request
request_with(struct arena *arena, const char *name, const char *value)
{
	struct http_request req = { .arena = arena, .headers_len = 1 };

	req.headers[0] = (struct http_pair){ str_of(name), str_of(value) };
	return req;
}

/* clang-format off */
static const struct cookie_case {
	const char *name, *line;
	const char *want; /* of the cookie "sid"; NULL: none */
} cookie_cases[] = {
	{ "only one",               "sid=abc",            "abc" },
	{ "second",                 "a=b; sid=abc",       "abc" },
	{ "without the blank",      "a=b;sid=abc",        "abc" },
	{ "first of two",           "sid=1; sid=2",       "1" },
	{ "equals sign in a value", "sid=a=b",            "a=b" },
	{ "empty value",            "sid=",               "" },
	{ "no equals sign",         "sid",                NULL },
	{ "other case",             "SID=abc",            NULL },
	{ "longer name",            "xsid=abc",           NULL },
	{ "empty line",             "",                   NULL },
	{ "semicolons only",        ";;;",                NULL },
};
/* clang-format on */

static void
check_cookie(void **state)
{
	const struct cookie_case *c = *state;
	struct http_request req = request_with(NULL, "Cookie", c->line);
	struct str got = http_cookie(&req, "sid");

	assert_int_equal(got.ptr != NULL, c->want != NULL);
	assert_true(c->want == NULL || str_is(got, c->want));
}

/* clang-format off */
static const struct basic_case {
	const char *name, *value;
	enum err want;
	const char *user, *password; /* NULL: no Basic credentials */
	const char *why;
} basic_cases[] = {
	/* The examples of RFC 7617, sections 2 and 2.1. */
	{ "Aladdin",            "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", OK, "Aladdin", "open sesame", "" },
	{ "UTF-8 password",     "Basic dGVzdDoxMjPCow==", OK, "test", "123\xc2\xa3", "" },
	{ "scheme in any case", "bAsIc QWxhZGRpbjpvcGVuIHNlc2FtZQ==", OK, "Aladdin", "open sesame", "" },
	{ "colon in password",  "Basic YTpiOmM=", OK, "a", "b:c", "" },
	{ "empty password",     "Basic YTo=",     OK, "a", "", "" },
	{ "another scheme",     "Bearer abc",     OK, NULL, NULL, "" },
	{ "scheme only",        "Basic",          OK, NULL, NULL, "" },
	{ "no colon",           "Basic YWI=",     ERR_UNAUTHORIZED, NULL, NULL,
	  "the Basic credentials have no colon between name and password" },
	{ "not base64",         "Basic a:b",      ERR_UNAUTHORIZED, NULL, NULL,
	  "the Basic credentials are not base64" },
	{ "not UTF-8",          "Basic /zo=",     ERR_UNAUTHORIZED, NULL, NULL,
	  "the Basic credentials are not UTF-8 text" },
	{ "NUL",                "Basic YQBiOmM=", ERR_UNAUTHORIZED, NULL, NULL,
	  "the Basic credentials are not UTF-8 text" },
};
/* clang-format on */

static void
check_basic(void **state)
{
	const struct basic_case *c = *state;
	CLEANUP(arena_freep) struct arena *arena = arena_new(MIB);
	struct http_request req = request_with(arena, "authorization", c->value);
	struct str user, password;
	struct why why = { 0 };

	assert_int_equal(http_basic(&req, &user, &password, &why), c->want);
	assert_string_equal(why.text, c->why);
	assert_int_equal(user.ptr != NULL, c->user != NULL);
	assert_true(c->user == NULL || str_is(user, c->user));
	assert_true(c->password == NULL || str_is(password, c->password));
}

static void
bearer_is_what_follows_the_scheme(void **state)
{
	struct http_request req = request_with(NULL, "AUTHORIZATION", "bearer  abc.def ");

	(void)state;
	assert_true(str_is(http_bearer(&req), "abc.def"));
	req = request_with(NULL, "Authorization", "Basic abc");
	assert_null(http_bearer(&req).ptr);
	req = request_with(NULL, "Other", "Bearer abc");
	assert_null(http_bearer(&req).ptr);
}

/* clang-format off */
/* Each row is read whole: "type q version" of every element, '!' when the rest is not a list. */
static const struct media_case {
	const char *name, *list, *want;
} media_cases[] = {
	{ "one type",             "application/taxii+json;version=2.1", "application/taxii+json 1000 2.1|" },
	{ "blank after semicolon", "application/taxii+json; version=2.1", "application/taxii+json 1000 2.1|" },
	{ "blanks around",        " a/b ; version = 2 , c/d ", "a/b 1000 2|c/d 1000 -|" },
	{ "upper case",           "APPLICATION/TAXII+JSON;VERSION=2.1", "APPLICATION/TAXII+JSON 1000 2.1|" },
	{ "quoted value",         "a/b;version=\"2.1\"", "a/b 1000 2.1|" },
	{ "quoted comma",         "a/b;version=\"2,1\", c/d", "a/b 1000 2,1|c/d 1000 -|" },
	{ "quoted semicolon",     "a/b;x=\"1;version=3\";version=2", "a/b 1000 2|" },
	{ "weight",               "a/b;version=2.1;q=0.5, text/html", "a/b 500 2.1|text/html 1000 -|" },
	{ "smallest weight",      "a/b;q=0.001", "a/b 1 -|" },
	{ "weight nought",        "a/b;q=0", "a/b 0 -|" },
	{ "weight one",           "a/b;q=1.000", "a/b 1000 -|" },
	{ "ranges",               "*/*, application/*", "*/* 1000 -|application/* 1000 -|" },
	{ "empty elements",       ",, a/b,,", "a/b 1000 -|" },
	{ "nothing",              "", "" },
	{ "two versions",         "a/b;version=2.0, a/b;version=2.1", "a/b 1000 2.0|a/b 1000 2.1|" },
	{ "no slash",             "json", "!" },
	{ "two slashes",          "a/b/c", "!" },
	{ "quote left open",      "a/b;version=\"2.1", "!" },
	{ "weight too large",     "a/b;q=1.5", "!" },
	{ "weight of four digits", "a/b;q=0.1234", "!" },
	{ "weight of letters",    "a/b;q=x", "!" },
	{ "negative weight",      "a/b;q=-1", "!" },
	{ "parameter without value", "a/b;version", "!" },
	{ "bad after good",       "a/b, c", "a/b 1000 -|!" },
};

/* The same of codings. */
static const struct media_case coding_cases[] = {
	{ "codings",              "gzip, br;q=0.5,*;q=0", "gzip 1000 -|br 500 -|* 0 -|" },
	{ "a coding with a slash", "a/b", "!" },
	{ "a coding with blanks", "a b", "!" },
	{ "no coding",            "", "" },
	{ "only commas",          ", ,", "" },
	{ "a weight and no name", ";q=1", "!" },
};
/* clang-format on */

typedef int next_fn(struct str *list, struct http_media *ret);

static void
check_list(const struct media_case *c, next_fn *next)
{
	struct str list = str_of(c->list);
	struct http_media media;
	struct buf got = buf_new(1024);
	int more;

	while ((more = next(&list, &media)) == 1) {
		struct str version = http_media_param(&media, "version");
		buf_printf(&got, STR_FMT " %u " STR_FMT "|", STR_ARG(media.type), media.q,
		    STR_ARG(version.ptr == NULL ? S("-") : version));
	}
	if (more < 0)
		buf_put(&got, S("!"));
	bool as_wanted = str_is(buf_str(&got), c->want);
	buf_free(&got);
	assert_true(as_wanted);
}

static void
check_media(void **state)
{
	check_list(*state, http_media_next);
}

static void
check_coding(void **state)
{
	check_list(*state, http_coding_next);
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	CASES(&cases, cookie_cases, check_cookie);
	CASES(&cases, basic_cases, check_basic);
	CASES(&cases, media_cases, check_media);
	CASES(&cases, coding_cases, check_coding);
	CASE(&cases, bearer_is_what_follows_the_scheme);
	return cases_run("http_header", &cases, argc, argv);
}
