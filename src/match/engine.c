/* The two inner loops that depend on the processor: which byte is what, and
 * which key may be in the index. */
#include "match_p.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* By the low half of a byte, then by its high half: a class holds the byte if
 * the bit of its high half (bit n for 0x?0) is set for its low half.
 *
 *   low half   0123456789ABCDEF
 *   0x20                   -.       host
 *   0x30       ##########           host, hex
 *   0x40, 60    ABCDEFGHIJKLMNO     host; hex up to F
 *   0x50, 70   PQRSTUVWXYZ    _     host (0x5F only) */
/* clang-format off */
static const uint8_t host_rows[16] = {
	0xA8, 0xF8, 0xF8, 0xF8, 0xF8, 0xF8, 0xF8, 0xF8,
	0xF8, 0xF8, 0xF0, 0x50, 0x50, 0x54, 0x54, 0x70,
};
static const uint8_t hex_rows[16] = {
	0x08, 0x58, 0x58, 0x58, 0x58, 0x58, 0x58, 0x08,
	0x08, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
};
/* clang-format on */

static bool
in_rows(const uint8_t rows[16], unsigned char c)
{
	return c < 0x80 && (rows[c & 15] >> (c >> 4) & 1) != 0;
}

/* The word that holds the first bits only. */
static uint64_t
first_bits(size_t n)
{
	return n >= 64 ? UINT64_MAX : (UINT64_C(1) << n) - 1;
}

/* Clears what lies behind the end and adds the word of zeros. */
static void
maps_end(struct maps *m, size_t len)
{
	uint64_t *const all[] = { m->host, m->dot, m->hex, m->colon, m->at, m->url, m->high };
	size_t words = len / 64;

	for (size_t i = 0; i < COUNTOF(all); i++) {
		all[i][words] = len % 64 == 0 ? 0 : all[i][words] & first_bits(len % 64);
		all[i][words + 1] = 0;
	}
}

size_t
classify_portable(const char *text, size_t len, struct maps *m)
{
	size_t lines = 0;

	for (size_t w = 0; w * 64 < len; w++) {
		uint64_t host = 0, dot = 0, hex = 0, colon = 0, at = 0, url = 0, high = 0;

		for (size_t i = 0; i < 64; i++) {
			unsigned char c = (unsigned char)text[64 * w + i];
			char next = text[64 * w + i + 1];

			host |= (uint64_t)in_rows(host_rows, c) << i;
			hex |= (uint64_t)in_rows(hex_rows, c) << i;
			dot |= (uint64_t)(c == '.') << i;
			colon |= (uint64_t)(c == ':') << i;
			at |= (uint64_t)(c == '@') << i;
			url |= (uint64_t)(c == ':' && (next == '/' || next == '\\')) << i;
			high |= (uint64_t)(c >= 0x80) << i;
			lines += c == '\n' && 64 * w + i < len;
		}
		m->host[w] = host;
		m->dot[w] = dot;
		m->hex[w] = hex;
		m->colon[w] = colon;
		m->at[w] = at;
		m->url[w] = url;
		m->high[w] = high;
	}
	maps_end(m, len);
	return lines;
}

static const uint32_t salts[BLOOM_WORDS] = BLOOM_SALTS;

size_t
sieve_portable(const struct match_index *index, struct probe *probe, size_t len)
{
	size_t kept = 0;

	for (size_t i = 0; i < len; i++) {
		uint64_t key = probe[i].key;
		const uint32_t *block = index->bloom[key_block(key, index->bloom_blocks)];
		uint32_t all = 1;

		for (size_t k = 0; k < BLOOM_WORDS; k++)
			all &= block[k] >> (((uint32_t)key * salts[k]) >> 27);
		if (all != 0)
			probe[kept++] = probe[i];
	}
	return kept;
}

void
bloom_portable(uint32_t (*bloom)[BLOOM_WORDS], uint64_t blocks, const struct entry *entry, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint32_t *block = bloom[key_block(entry[i].key, blocks)];

		for (size_t k = 0; k < BLOOM_WORDS; k++)
			block[k] |= UINT32_C(1) << (((uint32_t)entry[i].key * salts[k]) >> 27);
	}
}

const struct engine engine_portable = { classify_portable, sieve_portable, bloom_portable };

#if defined(__x86_64__)

/* One class of 32 bytes; upper is the bit of each byte's high half. */
__attribute__((target("avx2"))) static inline uint32_t
rows_avx2(__m256i bytes, __m256i upper, __m256i rows)
{
	__m256i hit = _mm256_and_si256(_mm256_shuffle_epi8(rows, bytes), upper);

	return ~(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(hit, _mm256_setzero_si256()));
}

__attribute__((target("avx2"))) static inline uint32_t
equal_avx2(__m256i bytes, char c)
{
	return (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(c)));
}

__attribute__((target("avx2"))) static inline __m256i
load_avx2(const char *p)
{
	return _mm256_loadu_si256((const __m256i *)(const void *)p);
}

__attribute__((target("avx2,popcnt"))) static size_t
classify_avx2(const char *text, size_t len, struct maps *m)
{
	static const uint8_t bit_of[16] = { 1, 2, 4, 8, 16, 32, 64, 128 };
	const __m256i bits =
	    _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)bit_of));
	const __m256i host_set =
	    _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)host_rows));
	const __m256i hex_set =
	    _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)hex_rows));
	size_t lines = 0;

	for (size_t w = 0; w * 64 < len; w++) {
		uint64_t word[7] = { 0 };
		uint64_t feed = 0;

		for (unsigned half = 0; half < 64; half += 32) {
			const char *p = text + 64 * w + half;
			__m256i x = load_avx2(p), next = load_avx2(p + 1);
			__m256i upper = _mm256_shuffle_epi8(bits,
			    _mm256_and_si256(_mm256_srli_epi16(x, 4), _mm256_set1_epi8(15)));
			uint32_t colon = equal_avx2(x, ':');

			word[0] |= (uint64_t)rows_avx2(x, upper, host_set) << half;
			word[1] |= (uint64_t)equal_avx2(x, '.') << half;
			word[2] |= (uint64_t)rows_avx2(x, upper, hex_set) << half;
			word[3] |= (uint64_t)colon << half;
			word[4] |= (uint64_t)equal_avx2(x, '@') << half;
			word[5] |=
			    (uint64_t)(colon & (equal_avx2(next, '/') | equal_avx2(next, '\\')))
			    << half;
			word[6] |= (uint64_t)(uint32_t)_mm256_movemask_epi8(x) << half;
			feed |= (uint64_t)equal_avx2(x, '\n') << half;
		}
		m->host[w] = word[0];
		m->dot[w] = word[1];
		m->hex[w] = word[2];
		m->colon[w] = word[3];
		m->at[w] = word[4];
		m->url[w] = word[5];
		m->high[w] = word[6];
		lines += (size_t)__builtin_popcountll(feed & first_bits(len - 64 * w));
	}
	maps_end(m, len);
	return lines;
}

/* The eight bits of a key, one in each word. */
__attribute__((target("avx2"))) static inline __m256i
key_bits_avx2(uint64_t key, __m256i salt)
{
	__m256i product = _mm256_mullo_epi32(_mm256_set1_epi32((int)(uint32_t)key), salt);

	return _mm256_sllv_epi32(_mm256_set1_epi32(1), _mm256_srli_epi32(product, 27));
}

__attribute__((target("avx2"))) static size_t
sieve_avx2(const struct match_index *index, struct probe *probe, size_t len)
{
	const __m256i salt = load_avx2((const char *)salts);
	size_t kept = 0;

	for (size_t i = 0; i < len; i++) {
		uint64_t key = probe[i].key;
		const uint32_t *block = index->bloom[key_block(key, index->bloom_blocks)];
		__m256i want = key_bits_avx2(key, salt);

		probe[kept] = probe[i];
		kept += (size_t)_mm256_testc_si256(load_avx2((const char *)block), want);
	}
	return kept;
}

__attribute__((target("avx2"))) static void
bloom_avx2(uint32_t (*bloom)[BLOOM_WORDS], uint64_t blocks, const struct entry *entry, size_t n)
{
	const __m256i salt = load_avx2((const char *)salts);

	for (size_t i = 0; i < n; i++) {
		char *block = (char *)bloom[key_block(entry[i].key, blocks)];
		__m256i set = _mm256_or_si256(load_avx2(block), key_bits_avx2(entry[i].key, salt));

		_mm256_storeu_si256((__m256i *)(void *)block, set);
	}
}

static const struct engine engine_avx2 = { classify_avx2, sieve_avx2, bloom_avx2 };

const struct engine *
engine_best(void)
{
	return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("popcnt")
	           ? &engine_avx2
	           : &engine_portable;
}

#else

const struct engine *
engine_best(void)
{
	return &engine_portable;
}

#endif
