/* quad_p.h: IPv4 addresses in values and in lines, where the dots are known. */
#pragma once

#include "base.h"

enum { IPV4_TEXT_MIN = 7, IPV4_TEXT_MAX = 15, QUAD_PAD = 3 };

/* The value of one to three digits; sets bits in *bad if they are not an
 * octet, and where that is strict, if they are more than 255 or have a leading
 * zero.  Reads four bytes; no branch, because lengths of octets are random. */
static inline uint32_t
octet(const char *p, uint32_t len, bool strict, uint32_t *bad)
{
	uint32_t word;

	memcpy(&word, p, sizeof(word));
	word ^= 0x30303030;
	word <<= (32 - 8 * len) & 31; /* the last digit is the highest byte */
	*bad |= (word | (word + 0x76767676) | (3 - len)) & 0x80808080;
	if (strict) {
		/* In the other order digits compare like the number.  The least of
		 * a length is 0, 0x100 or 0x10000; of no digit, more than any. */
		uint32_t ordered = __builtin_bswap32(word);
		uint32_t least = UINT32_C(1) << (8 * (len - 1) & 31) & ~UINT32_C(1);
		if (ordered > 0x020505 || ordered < least)
			*bad = UINT32_MAX;
	}
	return ((word >> 8) * 0x640A01) >> 16 & 0xFF;
}

/* A dotted quad without leading zeros, in host order.
 *
 *   text     QUAD_PAD bytes behind it are readable
 *   dots     a bit per byte; those behind the text do not matter
 *   strict   false if the text will be compared with a strict one: the value
 *            of octets above 255 and with leading zeros is then anything */
static inline bool
quad_parse(struct str text, uint64_t dots, bool strict, uint32_t *ret)
{
	const char *p = text.ptr;

	if (text.len < IPV4_TEXT_MIN || text.len > IPV4_TEXT_MAX)
		return false;
	dots &= (UINT64_C(1) << text.len) - 1;
	uint64_t after1 = dots & (dots - 1), after2 = after1 & (after1 - 1);
	if (after2 == 0 || (after2 & (after2 - 1)) != 0)
		return false;
	uint32_t dot1 = (uint32_t)__builtin_ctzll(dots), dot2 = (uint32_t)__builtin_ctzll(after1);
	uint32_t dot3 = (uint32_t)__builtin_ctzll(after2);
	uint32_t bad = 0;
	uint32_t addr = octet(p, dot1, strict, &bad) << 24;
	addr |= octet(p + dot1 + 1, dot2 - dot1 - 1, strict, &bad) << 16;
	addr |= octet(p + dot2 + 1, dot3 - dot2 - 1, strict, &bad) << 8;
	addr |= octet(p + dot3 + 1, (uint32_t)text.len - dot3 - 1, strict, &bad);
	*ret = addr;
	return bad == 0;
}
