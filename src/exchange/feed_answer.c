/* Reading what a TAXII server answers.  Missing optional members have their
 * presets, unknown ones are passed over (TC-008, TC-011). */
#include <time.h>

#include "codec.h"
#include "feed_p.h"
#include "http.h"

enum {
	ROOTS_MAX = 64,      /* that a discovery may name */
	MEDIA_MAX = 64,      /* elements of a list of media types that are looked at */
	WORDS_MAX = 300,     /* bytes of a server's words that we repeat */
	CHALLENGES_MAX = 16, /* schemes that we repeat */
	/* A server whose clock runs ahead of ours by more writes dates that are none. */
	AHEAD_MAX_S = 86'400,
};

/* ---- headers ---- */

int64_t
feed_retry_after(struct str value, time_us now)
{
	uint64_t seconds = 0;
	struct tm tm = { 0 };
	char text[64];

	value = str_trim(value);
	if (str_is_digits(value)) {
		bool small = str_to_u64(value, FEED_WAIT_MAX_S, &seconds);
		return small ? (int64_t)seconds : FEED_WAIT_MAX_S;
	}
	if (value.len == 0 || value.len >= sizeof(text))
		return 0;
	memcpy(text, value.ptr, value.len);
	text[value.len] = '\0';
	if (strptime(text, "%a, %d %b %Y %H:%M:%S GMT", &tm) == NULL)
		return 0;
	int64_t wait = (int64_t)timegm(&tm) - now / US_PER_S;
	if (wait < 0)
		return 0;
	return wait < FEED_WAIT_MAX_S ? wait : FEED_WAIT_MAX_S;
}

static bool
looks_like_html(struct str type, struct str body)
{
	struct str start = str_trim(str_sub(body, 0, body.len < 16 ? body.len : 16));

	return str_eq_nocase(type, S("text/html")) || str_starts(start, S("<"));
}

enum err
feed_type_check(struct str content_type, struct str body, struct why *why)
{
	struct str rest = content_type;
	struct http_media media = { 0 };
	bool read = content_type.len > 0 && http_media_next(&rest, &media) == 1;
	struct str version = read ? http_media_param(&media, "version") : S("");

	if (read && str_eq_nocase(media.type, S("application/taxii+json")) &&
	    (version.len == 0 || str_is(version, "2.1")))
		return OK;
	if (read && looks_like_html(media.type, body))
		return fail(why, ERR_INVALID, "feed.type",
		    "a web page answers, not a TAXII server: a log-in page or a proxy stands "
		    "between, or the address is another");
	if (read && str_eq_nocase(media.type, S("application/vnd.oasis.taxii+json")))
		return fail(why, ERR_INVALID, "feed.type",
		    "the server speaks TAXII 2.0: only 2.1 is read");
	return fail(why, ERR_INVALID, "feed.type",
	    "the answer is of type \"" STR_FMT
	    "\", not application/taxii+json: no TAXII 2.1 server is there",
	    STR_ARG(str_sub(content_type, 0, content_type.len < 80 ? content_type.len : 80)));
}

/* Up to the next comma outside of quotes. */
static struct str
next_challenge(struct str *rest)
{
	struct str whole = *rest;
	bool quoted = false;

	for (size_t i = 0; i < whole.len; i++) {
		char c = whole.ptr[i];

		if (quoted && c == '\\') {
			i++;
		} else if (c == '"') {
			quoted = !quoted;
		} else if (c == ',' && !quoted) {
			*rest = str_sub(whole, i + 1, whole.len);
			return str_trim(str_sub(whole, 0, i));
		}
	}
	*rest = (struct str){ 0 };
	return str_trim(whole);
}

/* "Basic realm=x" begins a challenge, "charset=y" belongs to the one before it. */
static struct str
scheme_of(struct str part)
{
	size_t n = 0;

	while (n < part.len && strchr(" \t=\"", part.ptr[n]) == NULL)
		n++;
	size_t after = n;
	while (after < part.len && (part.ptr[after] == ' ' || part.ptr[after] == '\t'))
		after++;
	bool parameter = after < part.len && part.ptr[after] == '=';
	return parameter ? S("") : str_sub(part, 0, n);
}

struct str
feed_challenges(struct arena *a, struct str value)
{
	CLEANUP(buf_free) struct buf out = buf_new(KIB);

	for (size_t n = 0; value.ptr != NULL && n < CHALLENGES_MAX;) {
		struct str scheme = scheme_of(next_challenge(&value));

		if (scheme.len == 0)
			continue;
		if (n++ > 0)
			buf_put(&out, S(", "));
		buf_put(&out, scheme);
	}
	return out.full ? S("") : arena_str(a, buf_str(&out));
}

/* ---- resources ---- */

static enum err
read_object(struct arena *a, struct str body, const char *what, const struct json **ret,
    struct why *why)
{
	struct why bad = { 0 };

	if (json_parse(a, body, NULL, ret, &bad) != OK)
		return fail(why, ERR_INVALID, "feed.json", "the %s of the server is no JSON: %s",
		    what, bad.text);
	if (!json_is(*ret, JSON_OBJECT))
		return fail(why, ERR_INVALID, "feed.json",
		    "the %s of the server is %s, where an object is due", what,
		    json_type_name(*ret));
	return OK;
}

static struct str
cut(struct str words)
{
	return str_sub(words, 0, words.len < WORDS_MAX ? words.len : WORDS_MAX);
}

struct str
feed_error_words(struct arena *a, struct str body)
{
	const struct json *tree = NULL;

	if (body.len == 0 || json_parse(a, body, NULL, &tree, NULL) != OK)
		return S("");
	struct str title = cut(json_str(json_get(tree, S("title"))));
	struct str more = cut(json_str(json_get(tree, S("description"))));
	if (title.len == 0 || more.len == 0)
		return title.len == 0 ? more : title;
	return arena_printf(a, STR_FMT ": " STR_FMT, STR_ARG(title), STR_ARG(more));
}

enum err
feed_discovery_read(struct arena *a, struct str body, struct feed_discovery *ret, struct why *why)
{
	const struct json *tree = NULL;

	TRY(read_object(a, body, "discovery", &tree, why));
	*ret = (struct feed_discovery){
		.title = cut(json_str(json_get(tree, S("title")))),
		.preferred = json_str(json_get(tree, S("default"))),
		.root = arena_make(a, struct str, ROOTS_MAX),
	};
	if (ret->root == NULL)
		return fail(why, ERR_LIMIT, "feed.memory", "the discovery is too large");
	const struct json *list = json_get(tree, S("api_roots"));
	for (const struct json *v = json_is(list, JSON_ARRAY) ? list->first : NULL;
	     v != NULL && ret->roots < ROOTS_MAX; v = v->next) {
		if (json_is(v, JSON_STRING))
			ret->root[ret->roots++] = json_str(v);
	}
	return OK;
}

/* Whether a list of media types holds one with this type and version. */
static bool
has_media(const struct json *list, const char *type, const char *version)
{
	const struct json *v = json_is(list, JSON_ARRAY) ? list->first : NULL;

	for (size_t n = 0; v != NULL && n < MEDIA_MAX; v = v->next, n++) {
		struct str rest = json_str(v);
		struct http_media media;

		if (rest.len == 0 || http_media_next(&rest, &media) != 1 ||
		    !str_eq_nocase(media.type, str_of(type)))
			continue;
		struct str named = http_media_param(&media, "version");
		if (named.len == 0 || str_is(named, version))
			return true;
	}
	return false;
}

/* Some servers write the bare version. */
static bool
has_text(const struct json *list, const char *text)
{
	const struct json *v = json_is(list, JSON_ARRAY) ? list->first : NULL;

	while (v != NULL && !str_is(json_str(v), text))
		v = v->next;
	return v != NULL;
}

enum err
feed_root_check(struct arena *a, struct str body, struct why *why)
{
	const struct json *tree = NULL;

	TRY(read_object(a, body, "API root", &tree, why));
	const struct json *versions = json_get(tree, S("versions"));
	if (versions == NULL || has_media(versions, "application/taxii+json", "2.1") ||
	    has_text(versions, "taxii-2.1"))
		return OK;
	return fail(why, ERR_INVALID, "feed.version",
	    "the API root does not list TAXII 2.1 among its versions");
}

enum err
feed_collection_check(struct arena *a, struct str body, struct why *why)
{
	const struct json *tree = NULL;
	bool readable = false;

	TRY(read_object(a, body, "collection", &tree, why));
	if (!json_get_bool(tree, S("can_read"), &readable) || !readable)
		return fail(why, ERR_FORBIDDEN, "feed.unreadable",
		    "the server says that we may not read this collection (can_read)");
	const struct json *types = json_get(tree, S("media_types"));
	if (types == NULL || has_media(types, "application/stix+json", "2.1") ||
	    has_media(types, "application/vnd.oasis.stix+json", "2.1"))
		return OK;
	return fail(why, ERR_INVALID, "feed.media",
	    "the collection holds no STIX 2.1 (media_types)");
}

/* ---- a page ---- */

struct reading {
	struct arena *arena;
	struct feed_page *page;
};

static enum err
take_rest(void *arg, const struct json *rest, size_t elements, struct why *why)
{
	struct reading *r = arg;

	if (elements > FEED_OBJECTS_MAX)
		return fail(why, ERR_LIMIT, "feed.page",
		    "a page has %zu objects: at most %d are read", elements, FEED_OBJECTS_MAX);
	(void)json_get_bool(rest, S("more"), &r->page->more);
	r->page->next = arena_str(r->arena, json_str(json_get(rest, S("next"))));
	if (r->page->next.len > FEED_NEXT_MAX)
		return fail(why, ERR_LIMIT, "feed.page", "next has %zu bytes: at most %d are sent",
		    r->page->next.len, FEED_NEXT_MAX);
	r->page->raw = arena_make(r->arena, struct str, elements + 1);
	return r->page->raw != NULL ? OK
	                            : fail(why, ERR_LIMIT, "feed.memory", "the page is too large");
}

static enum err
take_element(void *arg, size_t index, const struct json *element, struct why *why)
{
	struct reading *r = arg;

	(void)why;
	r->page->raw[index] = element->raw;
	r->page->len = index + 1;
	return OK;
}

enum err
feed_page_read(struct arena *a, const struct feed_page_text *text, struct feed_page *ret,
    struct why *why)
{
	struct reading reading = { a, ret };
	const struct json_each each = {
		.member = S("objects"),
		.rest = take_rest,
		.element = take_element,
		.arg = &reading,
	};
	struct why bad = { 0 };
	time_us last = 0;

	*ret = (struct feed_page){ 0 };
	enum err err = json_each_in(a, text->body, NULL, &each, &bad);
	if (err != OK)
		return fail(why, err, err == ERR_LIMIT ? "feed.page" : "feed.json",
		    "the envelope of the server cannot be read: %s", bad.text);
	/* What is no date, or one that has yet to come, says nothing (TC-014). */
	if (time_parse(text->added_last, &last) && last > 0 &&
	    last <= text->now + AHEAD_MAX_S * US_PER_S)
		ret->last = last;
	return OK;
}
