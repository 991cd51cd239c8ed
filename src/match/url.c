/* The normal form of URLs, the same for indicators and for lines. */
#include "bytes_p.h"
#include "key_p.h"
#include "match_p.h"

/* A text being written; full once it would pass its end. */
struct out {
	char *ptr;
	size_t len;
	bool full;
};

static void
put(struct out *o, const char *p, size_t len)
{
	if (len > MATCH_VALUE_MAX - o->len) {
		o->full = true;
		return;
	}
	memcpy(o->ptr + o->len, p, len);
	o->len += len;
}

/* In place, up to BYTES_PAD bytes further; whether there is a byte beyond ASCII. */
static bool
lower(char *p, size_t len)
{
	bool high = false;

	for (size_t i = 0; i < len; i += BYTES_PAD) {
		bytes16 x = bytes_load(p + i), small = x | (bytes_between(x, 'A', 'Z') & 0x20);
		uint32_t mask = len - i < BYTES_PAD ? (1u << (len - i)) - 1 : UINT16_MAX;

		high |= (bytes_bits((bytes16)(x >= 0x80)) & mask) != 0;
		memcpy(p + i, &small, sizeof(small));
	}
	return high;
}

static bool
put_lower(struct out *o, struct str s)
{
	size_t start = o->len;

	put(o, s.ptr, s.len);
	return lower(o->ptr + start, o->len - start);
}

/* The length of a slash at the start of s: 1, or 2 when JSON escaped it. */
static size_t
slash(struct str s)
{
	if (s.len > 0 && s.ptr[0] == '/')
		return 1;
	return s.len > 1 && s.ptr[0] == '\\' && s.ptr[1] == '/' ? 2 : 0;
}

/* Takes "scheme://" off url. */
static bool
take_scheme(struct str *url, struct str *ret)
{
	size_t colon = 0;

	while (colon < url->len && byte_is_alnum(url->ptr[colon]))
		colon++;
	if (colon == 0 || colon > SCHEME_MAX || colon == url->len || url->ptr[colon] != ':' ||
	    byte_is_digit(url->ptr[0]))
		return false;
	*ret = str_sub(*url, 0, colon);
	*url = str_sub(*url, colon + 1, SIZE_MAX);
	for (int i = 0; i < 2; i++) {
		size_t n = slash(*url);

		if (n == 0)
			return false;
		*url = str_sub(*url, n, SIZE_MAX);
	}
	return true;
}

static bool
ends_authority(char c)
{
	return c == '/' || c == '\\' || c == '?' || c == '#';
}

/* Takes what stands before the path off url. */
static struct str
take_authority(struct str *url)
{
	size_t end = 0;

	for (; end + 16 <= url->len; end += 16) {
		bytes16 x = bytes_load(url->ptr + end);
		uint32_t ends = bytes_bits((bytes16)(x == '/') | (bytes16)(x == '\\') |
		                           (bytes16)(x == '?') | (bytes16)(x == '#'));

		if (ends != 0) {
			end += (size_t)__builtin_ctz(ends);
			break;
		}
	}
	while (end < url->len && !ends_authority(url->ptr[end]))
		end++;
	struct str authority = str_sub(*url, 0, end);
	*url = str_sub(*url, end, SIZE_MAX);
	return authority;
}

/* Splits "host:port"; a host in brackets keeps its colons. */
static struct str
split_port(struct str authority, struct str *ret_port)
{
	size_t colon = authority.len;

	*ret_port = (struct str){ NULL, 0 };
	while (colon > 0 && byte_is_digit(authority.ptr[colon - 1]))
		colon--;
	if (colon == 0 || authority.ptr[colon - 1] != ':')
		return authority;
	*ret_port = str_sub(authority, colon, SIZE_MAX);
	return str_sub(authority, 0, colon - 1);
}

static bool
is_default_port(struct str scheme, struct str port)
{
	return port.len == 0 || (str_eq_nocase(scheme, S("http")) && str_is(port, "80")) ||
	       (str_eq_nocase(scheme, S("https")) && str_is(port, "443")) ||
	       (str_eq_nocase(scheme, S("ftp")) && str_is(port, "21"));
}

static bool
put_idna(struct out *o, struct str host)
{
	char ascii[DOMAIN_MAX + 1 + KEY_PAD];
	size_t len;

	if (!normal_idna(host, ascii, &len))
		return false;
	if (len > 1 && ascii[len - 1] == '.')
		len--;
	put(o, ascii, len);
	return true;
}

static void
put_host(struct out *o, struct str host)
{
	size_t start = o->len;

	if (!put_lower(o, host)) {
		o->len -= host.len > 1 && o->ptr[o->len - 1] == '.';
		return;
	}
	o->len = start;
	if (put_idna(o, host))
		return;
	if (host.len > 1 && host.ptr[host.len - 1] == '.')
		host.len--;
	(void)put_lower(o, host);
}

/* Everything from the path on, without the fragment. */
static void
put_path(struct out *o, struct str rest)
{
	if (slash(rest) == 0)
		put(o, "/", 1);
	rest = str_split(&rest, '#');
	while (rest.len > 0) {
		const char *escape = memchr(rest.ptr, '\\', rest.len);
		size_t n = escape == NULL ? rest.len : (size_t)(escape - rest.ptr);

		put(o, rest.ptr, n);
		rest = str_sub(rest, n, SIZE_MAX);
		if (rest.len == 0)
			return;
		put(o, slash(rest) == 2 ? "/" : "\\", 1);
		rest = str_sub(rest, slash(rest) == 2 ? 2 : 1, SIZE_MAX);
	}
}

size_t
normal_url(struct str url, char *ret)
{
	struct out o = { .ptr = ret };
	struct str scheme, port;

	if (!take_scheme(&url, &scheme))
		return 0;
	struct str authority = take_authority(&url);
	const char *user = authority.len == 0 ? NULL : memrchr(authority.ptr, '@', authority.len);
	if (user != NULL)
		authority = str_sub(authority, (size_t)(user + 1 - authority.ptr), SIZE_MAX);
	struct str host = split_port(authority, &port);
	if (host.len == 0)
		return 0;
	(void)put_lower(&o, scheme);
	put(&o, "://", 3);
	put_host(&o, host);
	if (!is_default_port(scheme, port)) {
		put(&o, ":", 1);
		put(&o, port.ptr, port.len);
	}
	put_path(&o, url);
	return o.full ? 0 : o.len;
}

/* ---- keys ---- */

struct url_walk
url_first(uint64_t start, struct str url)
{
	const char *colon = memchr(url.ptr, ':', url.len);
	const char *host = colon + 3;
	const char *path = memchr(host, '/', url.len - (size_t)(host - url.ptr));
	size_t end = (size_t)(path - url.ptr);

	return (struct url_walk){ .key = key_part(start, url.ptr, end, KEY_FOLD), .end = end };
}

static size_t
segment_end(struct str url, size_t at)
{
	for (; at < url.len; at += 16) {
		bytes16 x = bytes_load(url.ptr + at);
		uint32_t ends = bytes_bits((bytes16)(x == '/') | (bytes16)(x == '?'));

		if (ends != 0) {
			at += (size_t)__builtin_ctz(ends);
			break;
		}
	}
	return at < url.len ? at : url.len;
}

bool
url_next(struct str url, struct url_walk *w)
{
	size_t from = w->end;

	if (w->query)
		return false;
	while (from < url.len && url.ptr[from] == '/')
		from++;
	if (from == url.len)
		return false;
	if (url.ptr[from] == '?') {
		w->query = true;
		w->key = key_part(w->key ^ KEY_PLACE, url.ptr + from, url.len - from, 0);
		w->end = url.len;
		return true;
	}
	size_t end = segment_end(url, from);
	w->key = key_part(w->key, url.ptr + from, end - from, 0);
	w->end = end;
	return true;
}

uint64_t
key_url(uint64_t start, struct str url)
{
	struct url_walk w = url_first(start, url);

	while (url_next(url, &w))
		;
	return w.key;
}
