/* Domains and IPv4 addresses: runs of host characters with a dot in them. */
#include "window_p.h"

enum { IPV4_TEXT_MIN = 7, IPV4_TEXT_MAX = 15 };

/* The letters and marks of Latin to Arabic, Indic and Ethiopic scripts go on
 * with a word; punctuation, symbols, kana, ideographs and Hangul do not. */
static bool
continues_word(char lead)
{
	unsigned char c = (unsigned char)lead;

	return c >= 0xC3 && c <= 0xE1;
}

bool
window_is_joined(const struct match_scanner *s, size_t at, size_t end)
{
	size_t lead = at;

	if (continues_word(behind(s, end)))
		return true;
	/* Back over at most three continuation bytes to the character's first. */
	for (int i = 0; i < 4 && lead > 0; i++) {
		lead--;
		if (((unsigned char)s->text[lead] & 0xC0) != 0x80)
			return continues_word(s->text[lead]);
	}
	return false;
}

size_t
window_name_start(const struct match_scanner *s, size_t at)
{
	size_t start = at;

	while (start > 0 && has(s->maps.host, start - 1) &&
	       !(s->text[start - 1] == '.' && s->text[start] == '.'))
		start--;
	while (start < at && is_trimmed(s->text[start]))
		start++;
	return start;
}

/* The start of the label that ends at end. */
static inline size_t
label_start(const struct match_scanner *s, size_t from, size_t end)
{
	size_t w = end / 64;
	uint64_t dots = s->maps.dot[w] & ((UINT64_C(1) << (end % 64)) - 1);

	while (dots == 0 && 64 * w > from)
		dots = s->maps.dot[--w];
	size_t start = dots == 0 ? 0 : 64 * w + 64 - (size_t)__builtin_clzll(dots);
	return start < from ? from : start;
}

static inline uint64_t
label_bit(unsigned labels)
{
	return UINT64_C(1) << (labels < 63 ? labels : 63);
}

/* Probes every suffix of the name of as many labels as some indicator has. */
static inline void
probe_name(struct match_scanner *s, size_t from, size_t to)
{
	uint64_t key = s->index->start[PATTERN_DOMAIN];
	uint64_t wanted = s->index->head->labels;
	size_t end = to;

	for (unsigned labels = 1;; labels++) {
		size_t start = label_start(s, from, end);

		if (start == end)
			return; /* an empty label: the name begins behind it */
		key = key_part(key, s->text + start, end - start, KEY_FOLD);
		if ((wanted & label_bit(labels)) != 0)
			ring_push(s, (struct probe){ .key = key,
			                 .at = (uint32_t)start,
			                 .len = (uint32_t)(to - start),
			                 .type = PROBE_DOMAIN });
		if (start == from)
			return;
		end = start - 1;
	}
}

static void
probe_ipv4(struct match_scanner *s, const struct quad *q)
{
	uint64_t start = s->index->start[PATTERN_IPV4];

	if (!has(s->index->nets24, q->addr >> 8))
		return;
	for (uint64_t nets = s->index->head->nets4; nets != 0; nets &= nets - 1) {
		unsigned bits = (unsigned)__builtin_ctzll(nets);
		uint32_t mask = bits == 0 ? 0 : UINT32_MAX << (32 - bits);

		ring_push(s, (struct probe){ .key = key_ipv4(start, q->addr & mask, bits),
		                 .at = q->at,
		                 .len = q->len,
		                 .sub = bits,
		                 .type = PROBE_IPV4 });
	}
}

void
quads_drain(struct match_scanner *s)
{
	for (size_t i = 0; i < s->quads; i++)
		probe_ipv4(s, &s->quad[i]);
	s->quads = 0;
}

/* Most addresses fail at the map of /24 networks, which is larger than the
 * nearest caches: ask for its word now, look at it later. */
void
quad_push(struct match_scanner *s, uint32_t addr, size_t from, size_t to)
{
	__builtin_prefetch(&s->index->nets24[addr >> 14]);
	s->quad[s->quads++] =
	    (struct quad){ .addr = addr, .at = (uint32_t)from, .len = (uint32_t)(to - from) };
	if (s->quads == QUADS)
		quads_drain(s);
}

/* The value of one to three digits; sets bits in *bad if they are not an
 * octet without leading zeros.  Reads four bytes; no branch, because lengths
 * of octets are random. */
static inline uint32_t
octet(const char *p, size_t len, uint32_t *bad)
{
	unsigned shift = (32 - 8 * (unsigned)len) & 31;
	uint32_t word;

	memcpy(&word, p, sizeof(word));
	word = (word ^ 0x30303030) << shift; /* the last digit is the highest byte */
	uint32_t value = (word >> 24) + 10 * (word >> 16 & 0xFF) + 100 * (word >> 8 & 0xFF);
	*bad |= (word | (word + 0x76767676)) & 0x80808080;
	*bad |= (uint32_t)(len - 1 > 2) | (uint32_t)(value > 255);
	*bad |= (uint32_t)(len > 1) & (uint32_t)((word >> shift & 0xFF) == 0);
	return value;
}

/* normal_ipv4() for a run of the window. */
static inline bool
quad_at(const struct match_scanner *s, size_t from, size_t to, uint32_t *ret)
{
	const char *p = s->text + from;
	size_t len = to - from, w = from / 64, place = from % 64;
	uint64_t dots = s->maps.dot[w] >> place;

	if (len < IPV4_TEXT_MIN || len > IPV4_TEXT_MAX)
		return false;
	if (place != 0)
		dots |= s->maps.dot[w + 1] << (64 - place);
	dots &= (UINT64_C(1) << len) - 1;
	uint64_t after1 = dots & (dots - 1), after2 = after1 & (after1 - 1);
	if (after2 == 0 || (after2 & (after2 - 1)) != 0)
		return false;
	size_t dot1 = (size_t)__builtin_ctzll(dots), dot2 = (size_t)__builtin_ctzll(after1);
	size_t dot3 = (size_t)__builtin_ctzll(after2);
	uint32_t bad = 0;
	uint32_t addr = octet(p, dot1, &bad) << 24;
	addr |= octet(p + dot1 + 1, dot2 - dot1 - 1, &bad) << 16;
	addr |= octet(p + dot2 + 1, dot3 - dot2 - 1, &bad) << 8;
	addr |= octet(p + dot3 + 1, len - dot3 - 1, &bad);
	*ret = addr;
	return bad == 0;
}

static bool
ends_with_number(const struct match_scanner *s, size_t from, size_t to)
{
	for (size_t i = to; i > from && s->text[i - 1] != '.'; i--) {
		if (!byte_is_digit(s->text[i - 1]))
			return false;
	}
	return true;
}

/* A run of host characters with a dot in it. */
static inline void
dotted_run(struct match_scanner *s, size_t from, size_t to)
{
	char next = behind(s, to);

	while (from < to && is_trimmed(s->text[from]))
		from++;
	while (from < to && is_trimmed(s->text[to - 1]))
		to--;
	if (to - from < 3 || to - from > DOMAIN_MAX)
		return;
	if (byte_is_digit(s->text[to - 1])) {
		uint32_t addr;

		if (wants(s, PATTERN_IPV4) && quad_at(s, from, to, &addr)) {
			quad_push(s, addr, from, to);
			return;
		}
		if (ends_with_number(s, from, to))
			return;
	}
	if (next != '@')
		probe_name(s, from, to);
}

void
walk_dots(struct match_scanner *s)
{
	size_t done = 0;

	for (size_t w = 0; w * 64 < s->len; w++) {
		for (uint64_t dots = s->maps.dot[w]; dots != 0; dots &= dots - 1) {
			size_t at = 64 * w + (size_t)__builtin_ctzll(dots);

			if (at < done)
				continue;
			size_t from = run_start(s->maps.host, done, at);
			done = run_end(s->maps.host, at);
			dotted_run(s, from, done);
		}
	}
}
