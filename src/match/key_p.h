/* key_p.h: 64-bit keys of normalised values.
 *
 * A key only says where to look: what is found there is compared with the
 * value itself.  ASCII case is folded by setting bit 5 of every byte, so that
 * a line's text needs no copy; that other bytes fall together does no harm.
 *
 * Texts are read in words of eight bytes: KEY_PAD bytes behind the end of a
 * text must be readable.
 *
 * Folding the halves of a 128-bit product is the fastest mixer of one word that
 * passes avalanche tests on this size of table: one multiplication a word. */
#pragma once

#include "base.h"

enum { KEY_PAD = 8 };

/* Odd, with about half of the bits set. */
#define KEY_WORD  UINT64_C(0xA0761D6478BD642F)
#define KEY_LAST  UINT64_C(0xE7037ED1A0B428DB)
#define KEY_FOLD  UINT64_C(0x2020202020202020)
#define KEY_PLACE UINT64_C(0x9E3779B97F4A7C15)

static inline uint64_t
key_mix(uint64_t a, uint64_t b)
{
	__extension__ unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t
key_load(const char *p)
{
	uint64_t word;

	memcpy(&word, p, sizeof(word));
	return word;
}

/* Adds one part of a value (a label, a path segment) to the key so far. */
static inline uint64_t
key_part(uint64_t key, const char *p, size_t len, uint64_t fold)
{
	for (; len > 8; len -= 8, p += 8)
		key = key_mix(key ^ (key_load(p) | fold), KEY_WORD);
	uint64_t mask = len == 0 ? 0 : UINT64_MAX >> (64 - 8 * len);
	return key_mix(key ^ ((key_load(p) | fold) & mask), KEY_LAST);
}

/* Where each kind of key starts: keys of different kinds do not meet. */
static inline uint64_t
key_start(uint64_t seed, unsigned kind)
{
	return key_mix(seed ^ ((uint64_t)kind + 1) * KEY_PLACE, KEY_WORD);
}

/* addr   in host order, masked to bits */
static inline uint64_t
key_ipv4(uint64_t start, uint32_t addr, unsigned bits)
{
	return key_mix(start ^ ((uint64_t)addr << 8 | bits), KEY_LAST);
}

/* addr   as on the wire, masked to bits */
static inline uint64_t
key_ipv6(uint64_t start, const uint8_t addr[16], unsigned bits)
{
	uint64_t half[2];

	memcpy(half, addr, sizeof(half));
	return key_mix(key_mix(start ^ half[0], KEY_WORD + 2 * bits) ^ half[1], KEY_LAST);
}

static inline uint64_t
key_hash(uint64_t start, const char *digits, size_t len)
{
	return key_part(start, digits, len, KEY_FOLD);
}

static inline uint64_t
key_email(uint64_t start, struct str local, struct str domain)
{
	return key_part(key_part(start, domain.ptr, domain.len, KEY_FOLD), local.ptr, local.len, 0);
}
