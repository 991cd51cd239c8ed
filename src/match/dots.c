/* Domains and IPv4 addresses: runs of host characters with a dot in them. */
#include "quad_p.h"
#include "window_p.h"

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
		size_t start = label_start(s->maps.dot, from, end);

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

		ring_push(s,
		    (struct probe){ .key = key_ipv4(start, q->addr & ipv4_mask(bits), bits),
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

/* normal_ipv4() for a run of the window, or not far from it: answers compare. */
static inline bool
quad_at(const struct match_scanner *s, size_t from, size_t to, uint32_t *ret)
{
	size_t w = from / 64, place = from % 64;
	uint64_t dots = s->maps.dot[w] >> place;

	if (place != 0)
		dots |= s->maps.dot[w + 1] << (64 - place);
	return quad_parse((struct str){ s->text + from, to - from }, dots, false, ret);
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
