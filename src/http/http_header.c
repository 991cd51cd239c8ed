/* Reading header fields: credentials, cookies, media types. */
#include "codec.h"
#include "http.h"
#include "http_lines_p.h"

struct str
http_header(const struct http_request *req, const char *name)
{
	for (size_t i = 0; i < req->headers_len; i++) {
		if (str_eq_nocase(req->headers[i].name, str_of(name)))
			return req->headers[i].value;
	}
	return (struct str){ 0 };
}

static bool
is_token(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];
		bool word =
		    (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

		if (!word && (c == '\0' || strchr("!#$%&'*+-.^_`|~", c) == NULL))
			return false;
	}
	return s.len > 0;
}

size_t
http_header_count(const struct http_request *req, const char *name)
{
	size_t n = 0;

	for (size_t i = 0; i < req->headers_len; i++)
		n += str_eq_nocase(req->headers[i].name, str_of(name));
	return n;
}

bool
http_header_names_good(const struct http_request *req)
{
	for (size_t i = 0; i < req->headers_len; i++) {
		if (!is_token(req->headers[i].name))
			return false;
	}
	return true;
}

/* ---- cookies ---- */

static struct str
cookie_in(struct str line, const char *name)
{
	while (line.ptr != NULL) {
		struct str value = str_trim(str_split(&line, ';'));
		struct str key = str_split(&value, '=');

		if (value.ptr != NULL && str_is(key, name))
			return value;
	}
	return (struct str){ 0 };
}

struct str
http_cookie(const struct http_request *req, const char *name)
{
	for (size_t i = 0; i < req->headers_len; i++) {
		if (!str_eq_nocase(req->headers[i].name, S("cookie")))
			continue;
		struct str value = cookie_in(req->headers[i].value, name);
		if (value.ptr != NULL)
			return value;
	}
	return (struct str){ 0 };
}

/* ---- Authorization ---- */

/* What follows the scheme, if it is this one; ptr NULL otherwise. */
static struct str
credentials(const struct http_request *req, struct str scheme)
{
	struct str rest = http_header(req, "authorization");

	if (rest.ptr == NULL || !str_eq_nocase(str_split(&rest, ' '), scheme) || rest.ptr == NULL)
		return (struct str){ 0 };
	return str_trim(rest);
}

struct str
http_bearer(const struct http_request *req)
{
	return credentials(req, S("bearer"));
}

enum err
http_basic(const struct http_request *req, struct str *ret_name, struct str *ret_password,
    struct why *why)
{
	struct str coded = credentials(req, S("basic"));
	struct str plain;

	*ret_name = (struct str){ 0 };
	*ret_password = (struct str){ 0 };
	if (coded.ptr == NULL)
		return OK;
	if (base64_parse(req->arena, BASE64_STD, coded, &plain, NULL) != OK)
		return fail(why, ERR_UNAUTHORIZED, "http.basic",
		    "the Basic credentials are not base64");
	if (!str_is_utf8(plain) || memchr(plain.ptr, '\0', plain.len) != NULL)
		return fail(why, ERR_UNAUTHORIZED, "http.basic",
		    "the Basic credentials are not UTF-8 text");

	struct str name = str_split(&plain, ':');
	if (plain.ptr == NULL)
		return fail(why, ERR_UNAUTHORIZED, "http.basic",
		    "the Basic credentials have no colon between name and password");
	*ret_name = name;
	*ret_password = plain;
	return OK;
}

/* ---- media ranges ---- */

/* "type/subtype", either of which may be '*'. */
static bool
is_media_type(struct str s)
{
	struct str rest = s;
	struct str type = str_split(&rest, '/');

	return rest.ptr != NULL && is_token(type) && is_token(rest);
}

/* Takes what stands before the first sep outside of quotes off *rest.  false:
 * a quote is not closed. */
static bool
split_unquoted(struct str *rest, char sep, struct str *ret)
{
	bool quoted = false;
	size_t i = 0;

	for (; i < rest->len && (quoted || rest->ptr[i] != sep); i++) {
		if (rest->ptr[i] == '"')
			quoted = !quoted;
		else if (quoted && rest->ptr[i] == '\\' && i + 1 < rest->len)
			i++;
	}
	*ret = str_sub(*rest, 0, i);
	*rest = i < rest->len ? str_sub(*rest, i + 1, rest->len) : (struct str){ 0 };
	return !quoted;
}

/* "0.875" as 875: one digit, then at most three. */
static bool
read_weight(struct str s, unsigned *ret)
{
	unsigned q = 0, unit = 1000;

	if (s.len == 0 || s.len > 5 || s.ptr[0] < '0' || s.ptr[0] > '1')
		return false;
	if (s.len > 1 && s.ptr[1] != '.')
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (i == 1)
			continue;
		if (s.ptr[i] < '0' || s.ptr[i] > '9')
			return false;
		q += (unsigned)(s.ptr[i] - '0') * unit;
		unit /= 10;
	}
	*ret = q;
	return q <= 1000;
}

/* The next "name=value" of a parameter list; false when there is none. */
static bool
next_param(struct str *params, struct http_pair *ret)
{
	while (params->ptr != NULL) {
		struct str value;

		(void)split_unquoted(params, ';', &value);
		value = str_trim(value);
		if (value.len == 0)
			continue;
		ret->name = str_trim(str_split(&value, '='));
		ret->value = value.ptr == NULL ? S("") : str_trim(value);
		return true;
	}
	return false;
}

/* The next element of a list, whose name is as is_name() says. */
static int
next_item(struct str *list, bool (*is_name)(struct str), struct http_media *ret)
{
	struct str item = { 0 };

	/* Empty elements are allowed in a list. */
	while (list->ptr != NULL && item.len == 0) {
		if (!split_unquoted(list, ',', &item))
			return -1;
		item = str_trim(item);
	}
	if (item.len == 0)
		return 0;

	struct http_media media = { .q = 1000 };

	media.type = str_trim(str_split(&item, ';'));
	media.params = item;
	if (!is_name(media.type))
		return -1;
	for (struct http_pair p; next_param(&item, &p);) {
		if (!is_token(p.name) || p.value.len == 0)
			return -1;
		if (str_eq_nocase(p.name, S("q")) && !read_weight(p.value, &media.q))
			return -1;
	}
	*ret = media;
	return 1;
}

int
http_media_next(struct str *list, struct http_media *ret)
{
	return next_item(list, is_media_type, ret);
}

int
http_coding_next(struct str *list, struct http_media *ret)
{
	return next_item(list, is_token, ret);
}

struct str
http_media_param(const struct http_media *media, const char *name)
{
	struct str rest = media->params;

	for (struct http_pair p; next_param(&rest, &p);) {
		if (!str_eq_nocase(p.name, str_of(name)))
			continue;
		if (p.value.len >= 2 && p.value.ptr[0] == '"' &&
		    p.value.ptr[p.value.len - 1] == '"')
			return str_sub(p.value, 1, p.value.len - 2);
		return p.value;
	}
	return (struct str){ 0 };
}
