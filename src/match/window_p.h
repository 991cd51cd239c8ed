/* window_p.h: for those who look for values in a window: runs in its maps, and
 * what stands beside them. */
#pragma once

#include "match_p.h"

static inline bool
has(const uint64_t *map, size_t at)
{
	return (map[at / 64] >> (at % 64) & 1) != 0;
}

/* The first byte at or behind `at` that is not in the map. */
static inline size_t
run_end(const uint64_t *map, size_t at)
{
	size_t w = at / 64;
	uint64_t clear = ~map[w] >> (at % 64);

	if (clear != 0)
		return at + (size_t)__builtin_ctzll(clear);
	while (map[++w] == UINT64_MAX)
		;
	return 64 * w + (size_t)__builtin_ctzll(~map[w]);
}

/* The first byte of the run that `at` ends, not before lo. */
static inline size_t
run_start(const uint64_t *map, size_t lo, size_t at)
{
	size_t w = at / 64;
	uint64_t clear = ~map[w] & ((UINT64_C(1) << (at % 64)) - 1);

	while (clear == 0 && 64 * w > lo)
		clear = ~map[--w];
	size_t start = clear == 0 ? 0 : 64 * w + 64 - (size_t)__builtin_clzll(clear);
	return start < lo ? lo : start;
}

static inline bool
is_trimmed(char c)
{
	return c == '.' || c == '-';
}

static inline bool
wants(const struct match_scanner *s, enum pattern_kind kind)
{
	return (s->index->head->kinds >> kind & 1) != 0;
}

/* The byte before `at`, or a line feed at the start of the window. */
static inline char
before(const struct match_scanner *s, size_t at)
{
	return at == 0 ? '\n' : s->text[at - 1];
}

static inline char
behind(const struct match_scanner *s, size_t end)
{
	return end >= s->len ? '\n' : s->text[end];
}

/* Domains and IPv4 addresses. */
void walk_dots(struct match_scanner *s);

/* IPv6 addresses. */
void walk_colons(struct match_scanner *s);

/* Names with letters beyond ASCII. */
void walk_idna(struct match_scanner *s);

/* Keeps an IPv4 address until its /24 is at hand; quads_drain() asks for those
 * that are left. */
void quad_push(struct match_scanner *s, uint32_t addr, size_t from, size_t to);
void quads_drain(struct match_scanner *s);
