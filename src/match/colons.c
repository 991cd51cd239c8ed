/* IPv6 addresses: runs of hex digits, colons and dots. */
#include "window_p.h"

enum {
	IPV6_TEXT_MIN = 3, /* "::" alone is no address that means anything in a log */
	IPV6_TEXT_MAX = 45,
};

static void
probe_ipv6(struct match_scanner *s, const uint8_t addr[16], size_t from, size_t to)
{
	for (unsigned bits = 0; bits <= 128; bits++) {
		uint8_t masked[16];

		if (!has(s->index->head->nets6, bits))
			continue;
		memcpy(masked, addr, sizeof(masked));
		normal_mask(masked, sizeof(masked), bits);
		ring_push(s,
		    (struct probe){ .key = key_ipv6(s->index->start[PATTERN_IPV6], masked, bits),
		        .at = (uint32_t)from,
		        .len = (uint32_t)(to - from),
		        .sub = bits,
		        .type = PROBE_IPV6 });
	}
}

/* Whether a run has the colons of an address: two together, or seven, or six
 * before a dotted quad; times and MAC addresses have not. */
static bool
has_ipv6_colons(const struct match_scanner *s, size_t from, size_t to)
{
	size_t w = from / 64, place = from % 64, colons = 0;
	uint64_t bits = s->maps.colon[w] >> place;

	if (place != 0)
		bits |= s->maps.colon[w + 1] << (64 - place);
	bits &= (UINT64_C(1) << (to - from)) - 1;
	if ((bits & bits >> 1) != 0)
		return true;
	for (; bits != 0; bits &= bits - 1)
		colons++;
	return colons >= 6 && colons <= 8;
}

/* A run of hex digits, ':' and '.'. */
static void
colon_run(struct match_scanner *s, size_t from, size_t to)
{
	const char *p = s->text;
	uint8_t addr[16];

	/* A label before the address, or a colon or full stop behind it. */
	bool stripped = to - from > 2 && p[from] == ':' && p[from + 1] != ':';
	from += stripped;
	while (to - from > 2 && (p[to - 1] == '.' || (p[to - 1] == ':' && p[to - 2] != ':')))
		to--;
	struct str text = { p + from, to - from };
	if (text.len < IPV6_TEXT_MIN || byte_is_alnum(behind(s, to)) ||
	    (!stripped && byte_is_alnum(before(s, from))) || !normal_ipv6(text, addr))
		return;
	if (!normal_is_mapped(addr)) {
		if (wants(s, PATTERN_IPV6))
			probe_ipv6(s, addr, from, to);
	} else if (memchr(text.ptr, '.', text.len) == NULL && wants(s, PATTERN_IPV4)) {
		quad_push(s,
		    (uint32_t)addr[12] << 24 | (uint32_t)addr[13] << 16 | (uint32_t)addr[14] << 8 |
		        addr[15],
		    from, to);
	}
}

/* Fills the map of bytes that may stand in an address. */
static void
map_ipv6(struct maps *m, size_t words)
{
	for (size_t w = 0; w < words; w++)
		m->ipv6[w] = m->hex[w] | m->colon[w] | m->dot[w];
}

void
walk_colons(struct match_scanner *s)
{
	const uint64_t *any = s->maps.ipv6;
	uint64_t last = 0;
	size_t done = 0;

	map_ipv6(&s->maps, s->len / 64 + 2);
	for (size_t w = 0; w * 64 < s->len; w++) {
		uint64_t left = any[w] << 1 | last >> 63, right = any[w] >> 1 | any[w + 1] << 63;

		last = any[w];
		for (uint64_t in = s->maps.colon[w] & left & right; in != 0; in &= in - 1) {
			size_t at = 64 * w + (size_t)__builtin_ctzll(in);

			if (at < done)
				continue;
			size_t from = run_start(any, done, at);
			done = run_end(any, at);
			if (done - from <= IPV6_TEXT_MAX + 2 && has_ipv6_colons(s, from, done))
				colon_run(s, from, done);
		}
	}
}
