/* bytes_p.h: texts of indicators, 16 bytes at a time.
 *
 * The vectors are those of the compiler: SSE2 on x86-64, NEON on arm64, words
 * elsewhere.  A text is never read behind its end: its last 16 bytes are read
 * again, and what is shorter than 16 is read as two halves that overlap. */
#pragma once

#include "match_p.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

typedef uint8_t bytes16 __attribute__((vector_size(16)));
typedef uint64_t halves __attribute__((vector_size(16)));

static inline bytes16
bytes_load(const char *p)
{
	bytes16 x;

	memcpy(&x, p, sizeof(x));
	return x;
}

/* 0xFF where a byte lies between both bounds. */
static inline bytes16
bytes_between(bytes16 x, uint8_t first, uint8_t last)
{
	return (bytes16)(x - first <= (uint8_t)(last - first));
}

/* One bit for each byte that is 0xFF; the others are 0. */
static inline uint32_t
bytes_bits_portable(bytes16 x)
{
	/* Bit 0 of byte n of a half, moved to bit 56 + n. */
	halves ones = (halves)(x & 1) * UINT64_C(0x0102040810204080) >> 56;

	return (uint32_t)(ones[0] | ones[1] << 8);
}

static inline uint32_t
bytes_bits(bytes16 x)
{
#if defined(__SSE2__)
	return (uint32_t)_mm_movemask_epi8((__m128i)x);
#else
	return bytes_bits_portable(x);
#endif
}

/* All bytes of x or-ed together. */
static inline unsigned
bytes_any(bytes16 x)
{
	uint64_t all = ((halves)x)[0] | ((halves)x)[1];

	all |= all >> 32;
	all |= all >> 16;
	return (unsigned)((all | all >> 8) & 0xFF);
}

/* The byte_class of each byte, where '%' and '+' count as BYTE_OTHER; and x with
 * ASCII in lower case. */
static inline bytes16
bytes_classes(bytes16 x, bytes16 *ret_lower)
{
	bytes16 folded = x | 0x20;
	bytes16 letter = bytes_between(folded, 'a', 'z'), hex = bytes_between(folded, 'a', 'f');
	bytes16 classes = (bytes_between(x, '0', '9') & BYTE_DIGIT) |
	                  ((bytes16)(x == '.') & BYTE_DOT) | (hex & BYTE_HEX) |
	                  (letter & ~hex & BYTE_LETTER);

	*ret_lower = x | (letter & 0x20);
	if (bytes_bits((bytes16)(classes == 0)) == 0)
		return classes; /* most names, all addresses and hashes */
	classes |= ((bytes16)(x == '-') | (bytes16)(x == '_')) & BYTE_DASH;
	classes |= ((bytes16)(x == ':') | (bytes16)(x == '/') | (bytes16)(x == '@')) & BYTE_MARK;
	return classes | ((bytes16)(classes == 0) & BYTE_OTHER);
}
