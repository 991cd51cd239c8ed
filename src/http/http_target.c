/* Reading a request target, and matching its path against a pattern. */
#include "codec.h"
#include "http.h"

enum decode { DECODED, DECODE_BAD, DECODE_FULL };

static bool
needs_decoding(struct str s, bool form)
{
	if (s.len == 0)
		return false;
	return memchr(s.ptr, '%', s.len) != NULL || (form && memchr(s.ptr, '+', s.len) != NULL);
}

/* Decodes once.  The slice itself when there is nothing to decode. */
static enum decode
decode(struct arena *arena, struct str s, bool form, struct str *ret)
{
	if (!needs_decoding(s, form)) {
		*ret = s;
		return DECODED;
	}

	char *to = arena_make(arena, char, s.len);
	size_t len = 0;

	if (to == NULL)
		return DECODE_FULL;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];

		if (c == '%') {
			int high = i + 2 < s.len ? hex_digit(s.ptr[i + 1]) : -1;
			int low = i + 2 < s.len ? hex_digit(s.ptr[i + 2]) : -1;

			if (high < 0 || low < 0)
				return DECODE_BAD;
			c = (char)(high * 16 + low);
			i += 2;
		} else if (form && c == '+') {
			c = ' ';
		}
		if (c == '\0')
			return DECODE_BAD;
		to[len++] = c;
	}
	*ret = (struct str){ to, len };
	return str_is_utf8(*ret) ? DECODED : DECODE_BAD;
}

/* ---- path ---- */

static bool
is_plain_segment(struct str s)
{
	return !str_is(s, ".") && !str_is(s, "..") &&
	       (s.len == 0 || memchr(s.ptr, '/', s.len) == NULL);
}

/* A path that cannot be read is lost, not an error: no route has it. */
static enum err
read_path(struct http_request *req, struct why *why)
{
	struct str rest = str_sub(req->path, 1, req->path.len);

	req->segments_len = 0;
	req->lost = false;
	while (rest.ptr != NULL) {
		struct str segment;

		if (req->segments_len == HTTP_SEGMENTS_MAX) {
			req->lost = true;
			return OK;
		}
		switch (decode(req->arena, str_split(&rest, '/'), false, &segment)) {
		case DECODED: break;
		case DECODE_BAD: req->lost = true; return OK;
		case DECODE_FULL:
			return fail(why, ERR_LIMIT, "http.arena", "the request is too large");
		}
		if (!is_plain_segment(segment)) {
			req->lost = true;
			return OK;
		}
		req->segments[req->segments_len++] = segment;
	}
	return OK;
}

/* The path from the n-th segment on, as sent. */
static struct str
path_rest(struct str path, size_t n)
{
	struct str rest = str_sub(path, 1, path.len);

	for (size_t i = 0; i < n; i++)
		(void)str_split(&rest, '/');
	return rest;
}

static void
add_param(struct http_request *req, struct str name, struct str value)
{
	assert(req->params_len < HTTP_PARAMS_MAX);
	req->params[req->params_len++] = (struct http_pair){ name, value };
}

bool
http_path_match(struct http_request *req, const char *pattern)
{
	struct str rest = str_of(pattern + 1);
	size_t n = 0;

	assert(pattern[0] == '/');
	req->params_len = 0;
	if (req->lost)
		return false;
	for (; rest.ptr != NULL; n++) {
		struct str want = str_split(&rest, '/');

		if (n == req->segments_len)
			return false;

		struct str got = req->segments[n];
		bool named = want.len > 2 && want.ptr[0] == '{';

		if (named && got.len == 0)
			return false;
		if (named && want.ptr[1] == '*') {
			add_param(req, str_sub(want, 2, want.len - 3), path_rest(req->path, n));
			return true;
		}
		if (named)
			add_param(req, str_sub(want, 1, want.len - 2), got);
		else if (!str_eq(want, got))
			return false;
	}
	return n == req->segments_len;
}

/* ---- query ---- */

static enum err
decode_query(struct arena *arena, struct str raw, struct str *ret, struct why *why)
{
	switch (decode(arena, raw, true, ret)) {
	case DECODED: return OK;
	case DECODE_BAD: break;
	case DECODE_FULL: return fail(why, ERR_LIMIT, "http.arena", "the request is too large");
	}
	return fail(why, ERR_INVALID, "http.query",
	    "the query part \"%.*s\" is not percent-encoded UTF-8", STR_ARG(raw));
}

static enum err
read_query(struct http_request *req, struct str query, struct why *why)
{
	req->query_len = 0;
	while (query.ptr != NULL) {
		struct str value = str_split(&query, '&');

		if (value.len == 0)
			continue;
		if (req->query_len == HTTP_QUERY_MAX)
			return fail(why, ERR_INVALID, "http.query-many",
			    "the query has more than %d parameters", HTTP_QUERY_MAX);

		struct http_pair *pair = &req->query[req->query_len];
		struct str name = str_split(&value, '=');

		TRY(decode_query(req->arena, name, &pair->name, why));
		if (value.ptr == NULL)
			value = S("");
		TRY(decode_query(req->arena, value, &pair->value, why));
		req->query_len++;
	}
	return OK;
}

/* ---- target ---- */

/* Visible ASCII without the fragment mark. */
static bool
is_target(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] <= ' ' || s.ptr[i] >= 0x7f || s.ptr[i] == '#')
			return false;
	}
	return true;
}

/* What follows the authority of "https://host/path", which proxies send. */
static struct str
without_authority(struct str target)
{
	static const struct str schemes[] = { { "https://", 8 }, { "http://", 7 } };

	for (size_t i = 0; i < COUNTOF(schemes); i++) {
		if (!str_eq_nocase(str_sub(target, 0, schemes[i].len), schemes[i]))
			continue;
		struct str after = str_sub(target, schemes[i].len, target.len);
		size_t slash = str_find(after, S("/"));
		return slash == SIZE_MAX ? S("/") : str_sub(after, slash, after.len);
	}
	return target;
}

enum err
http_target_read(struct http_request *req, struct why *why)
{
	struct str rest = without_authority(req->target);

	if (rest.len == 0 || rest.ptr[0] != '/' || !is_target(rest))
		return fail(why, ERR_INVALID, "http.target",
		    "the request target is not a path that starts with /, in visible ASCII");
	req->path = str_split(&rest, '?');
	TRY(read_path(req, why));
	return read_query(req, rest, why);
}

/* ---- writing ---- */

void
http_encode(struct buf *b, struct str text)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];
		bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
		             (c >= 'A' && c <= 'Z') || (c != 0 && strchr("-._~", c) != NULL);

		if (plain) {
			buf_putc(b, (char)c);
			continue;
		}
		buf_putc(b, '%');
		buf_putc(b, digits[c >> 4]);
		buf_putc(b, digits[c & 15]);
	}
}
