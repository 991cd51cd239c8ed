/* Answers out of the tables that tools/embed.py made of ui/ and share/lang/. */
#include "console.h"

#include "asset.h"

extern const struct asset console_ui[];
extern const size_t console_ui_count;
extern const struct asset console_lang[];
extern const size_t console_lang_count;

static const char start_page[] = "index.html";

/* Text of objects comes from strangers: should a page ever run it, it can load
 * nothing, send nothing elsewhere, and show itself inside of no other page. */
static const char policy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self';"
    " font-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

static const struct asset *
find(const struct asset *table, size_t len, struct str path)
{
	for (size_t i = 0; i < len; i++) {
		if (str_is(path, table[i].path))
			return &table[i];
	}
	return NULL;
}

struct str
console_catalogue(struct str lang)
{
	for (size_t i = 0; i < console_lang_count; i++) {
		struct str name = str_of(console_lang[i].path);

		if (str_starts(name, lang) && str_is(str_sub(name, lang.len, SIZE_MAX), ".json"))
			return console_lang[i].bytes;
	}
	return (struct str){ 0 };
}

/* Source: RFC 9110, 13.1.2. */
static bool
is_known(const struct http_request *req, const struct asset *asset)
{
	struct str list = http_header(req, "if-none-match");

	while (list.ptr != NULL) {
		struct str tag = str_trim(str_split(&list, ','));

		if (str_starts(tag, S("W/")))
			tag = str_sub(tag, 2, tag.len);
		if (str_is(tag, asset->etag) || str_is(tag, "*"))
			return true;
	}
	return false;
}

/* The program may be another one tomorrow: a browser asks each time, and
 * mostly hears 304. */
static enum err
answer(const struct http_request *req, const struct asset *asset, struct http_response *ret,
    struct why *why)
{
	http_add(ret, "Content-Security-Policy", str_of(policy));
	http_add(ret, "Referrer-Policy", S("no-referrer"));
	http_add(ret, "Cross-Origin-Opener-Policy", S("same-origin"));
	http_add(ret, "Cross-Origin-Resource-Policy", S("same-origin"));
	if (asset == NULL)
		return fail(why, ERR_NOT_FOUND, "console.asset", "the console has no file " STR_FMT,
		    STR_ARG(req->path));
	http_add(ret, "ETag", str_of(asset->etag));
	http_add(ret, "Cache-Control", S("no-cache"));
	if (is_known(req, asset)) {
		ret->status = 304;
		return OK;
	}
	ret->type = str_of(asset->type);
	ret->body = asset->bytes;
	return OK;
}

static enum err
get_start(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	(void)ctx;
	return answer(req, find(console_ui, console_ui_count, str_of(start_page)), ret, why);
}

static enum err
get_ui(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	(void)ctx;
	return answer(req, find(console_ui, console_ui_count, http_param(req, "name")), ret, why);
}

static enum err
get_lang(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	(void)ctx;
	return answer(req, find(console_lang, console_lang_count, http_param(req, "name")), ret,
	    why);
}

/* clang-format off */
const struct http_route console_routes[] = {
	{ HTTP_GET, "/",            SCOPE_PUBLIC, 0, 0, get_start, "the console" },
	{ HTTP_GET, "/ui/{name}",   SCOPE_PUBLIC, 0, 0, get_ui,    "a file of the console" },
	{ HTTP_GET, "/lang/{name}", SCOPE_PUBLIC, 0, 0, get_lang,  "a message catalogue" },
};
/* clang-format on */
const size_t console_routes_count = COUNTOF(console_routes);
