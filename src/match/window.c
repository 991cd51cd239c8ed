/* Finds what may be a value: hashes, e-mail addresses and URLs, and the walk as a
 * whole. */
#include "bytes_p.h"
#include "window_p.h"

enum {
	URLS_INSIDE_MAX = 16, /* URLs that begin inside another: bounds work on hostile lines */
};

/* ---- hashes ---- */

static void
hex_run(struct match_scanner *s, size_t from, size_t to)
{
	enum pattern_kind kind;

	switch (to - from) {
	case 32: kind = PATTERN_MD5; break;
	case 40: kind = PATTERN_SHA1; break;
	case 64: kind = PATTERN_SHA256; break;
	case 128: kind = PATTERN_SHA512; break;
	default: return;
	}
	if (!wants(s, kind) || byte_is_alnum(before(s, from)) || byte_is_alnum(behind(s, to)))
		return;
	ring_push(s,
	    (struct probe){ .key = key_hash(s->index->start[kind], s->text + from, to - from),
	        .at = (uint32_t)from,
	        .len = (uint32_t)(to - from),
	        .type = PROBE_HASH });
}

/* Whether one of the four aligned groups of 16 bits is full: every run of 32
 * covers one. */
static inline bool
has_full_lane(uint64_t word)
{
	uint64_t carry = (word & UINT64_C(0x7FFF7FFF7FFF7FFF)) + UINT64_C(0x0001000100010001);

	return (carry & word & UINT64_C(0x8000800080008000)) != 0;
}

static void
walk_hex(struct match_scanner *s)
{
	const uint64_t *hex = s->maps.hex;
	size_t done = 0;

	for (size_t w = 0; w * 64 < s->len; w++) {
		if (!has_full_lane(hex[w]))
			continue;
		for (size_t i = 0; i < 64; i += 16) {
			size_t at = 64 * w + i;

			if (at < done || (hex[w] >> i & 0xFFFF) != 0xFFFF)
				continue;
			size_t from = run_start(hex, done, at);
			done = run_end(hex, at);
			hex_run(s, from, done);
		}
	}
}

/* ---- e-mail ---- */

static void
at_sign(struct match_scanner *s, size_t at)
{
	size_t from = at, to;

	while (from > 0 && at - from <= EMAIL_LOCAL_MAX &&
	       (byte_class(s->text[from - 1]) & BYTE_LOCAL) != 0)
		from--;
	while (from < at && is_trimmed(s->text[from]))
		from++;
	to = run_end(s->maps.host, at + 1);
	while (to > at + 1 && is_trimmed(s->text[to - 1]))
		to--;
	struct str local = { s->text + from, at - from };
	struct str domain = { s->text + at + 1, to - at - 1 };
	if (local.len == 0 || local.len > EMAIL_LOCAL_MAX || domain.len == 0 ||
	    domain.len > DOMAIN_MAX)
		return;
	ring_push(s,
	    (struct probe){ .key = key_email(s->index->start[PATTERN_EMAIL], local, domain),
	        .at = (uint32_t)from,
	        .len = (uint32_t)(to - from),
	        .type = PROBE_EMAIL });
}

static void
walk_at_signs(struct match_scanner *s)
{
	for (size_t w = 0; w * 64 < s->len; w++) {
		for (uint64_t ats = s->maps.at[w]; ats != 0; ats &= ats - 1)
			at_sign(s, 64 * w + (size_t)__builtin_ctzll(ats));
	}
}

/* ---- URLs ---- */

/* Where 16 bytes have one that ends a URL, or a backslash: a bit per byte. */
static inline uint32_t
url_stops(const char *p)
{
	bytes16 x = bytes_load(p);

	return bytes_bits((bytes16)(x <= ' ') | (bytes16)(x == '"') | (bytes16)(x == '<') |
	                  (bytes16)(x == '>') | (bytes16)(x == '\\') | (bytes16)(x == '^') |
	                  (bytes16)(x == '`') | bytes_between(x, '{', '}') | (bytes16)(x == 0x7F));
}

/* What may stand in a URL in a line; a backslash only as JSON's "\/". */
static size_t
url_end(const struct match_scanner *s, size_t at)
{
	size_t limit = s->len - at < MATCH_VALUE_MAX ? s->len : at + MATCH_VALUE_MAX;

	while (at < limit) {
		uint32_t stops = url_stops(s->text + at);

		at += stops == 0 ? 16 : (size_t)__builtin_ctz(stops);
		if (stops == 0 || at >= limit)
			continue;
		if (s->text[at] != '\\' || behind(s, at + 1) != '/')
			return at;
		at++;
	}
	return limit;
}

/* Where a URL ends if the punctuation behind it belongs to the text around. */
static size_t
url_trimmed(const struct match_scanner *s, size_t from, size_t to)
{
	/* url_end() has stopped at zero bytes. */
	while (to > from && strchr(".,;:!?)]'*", s->text[to - 1]) != NULL)
		to--;
	return to;
}

static void
push_url(struct match_scanner *s, const struct url_walk *w, size_t from, size_t to)
{
	ring_push(s, (struct probe){ .key = w->key,
	                 .at = (uint32_t)from,
	                 .len = (uint32_t)(to - from),
	                 .sub = (uint32_t)w->end,
	                 .type = PROBE_URL });
}

/* Probes the URL and, unless only the whole counts, what it lies under. */
static void
probe_url(struct match_scanner *s, size_t from, size_t to, bool whole)
{
	struct str url = { s->asked.text, 0 };

	url.len = normal_url((struct str){ s->text + from, to - from }, s->asked.text);
	if (url.len == 0)
		return;
	struct url_walk w = url_first(s->index->start[PATTERN_URL], url);
	do {
		if (!whole)
			push_url(s, &w, from, to);
	} while (url_next(url, &w));
	if (whole)
		push_url(s, &w, from, to);
}

/* ret   the end of the URL whose scheme ends at colon; colon if there is none */
static size_t
url_at(struct match_scanner *s, size_t colon)
{
	size_t from = colon;

	while (from > 0 && colon - from <= SCHEME_MAX && byte_is_alnum(s->text[from - 1]))
		from--;
	if (from == colon || colon - from > SCHEME_MAX || byte_is_digit(s->text[from]))
		return colon;
	size_t to = url_end(s, colon);
	if (to - colon == MATCH_VALUE_MAX) {
		/* Longer than any indicator: what counts is what it lies under. */
		while (to > colon && s->text[to - 1] != '/')
			to--;
		probe_url(s, from, to, false);
		return to;
	}
	size_t trimmed = url_trimmed(s, colon, to);
	probe_url(s, from, trimmed, false);
	if (trimmed != to)
		probe_url(s, from, to, true);
	return to;
}

static void
walk_urls(struct match_scanner *s)
{
	size_t done = 0, inside = 0;

	for (size_t w = 0; w * 64 < s->len; w++) {
		for (uint64_t urls = s->maps.url[w]; urls != 0; urls &= urls - 1) {
			size_t at = 64 * w + (size_t)__builtin_ctzll(urls);

			inside = at < done ? inside + 1 : 0;
			if (inside > URLS_INSIDE_MAX)
				continue;
			size_t end = url_at(s, at);
			done = end > done ? end : done;
		}
	}
}

void
window_probe(struct match_scanner *s)
{
	if (wants(s, PATTERN_DOMAIN) || wants(s, PATTERN_IPV4))
		walk_dots(s);
	if (wants(s, PATTERN_MD5) || wants(s, PATTERN_SHA1) || wants(s, PATTERN_SHA256) ||
	    wants(s, PATTERN_SHA512))
		walk_hex(s);
	if (wants(s, PATTERN_IPV6) || wants(s, PATTERN_IPV4))
		walk_colons(s);
	if (wants(s, PATTERN_EMAIL))
		walk_at_signs(s);
	if (wants(s, PATTERN_URL))
		walk_urls(s);
	if (wants(s, PATTERN_DOMAIN))
		walk_idna(s);
	quads_drain(s);
	ring_drain(s);
}
