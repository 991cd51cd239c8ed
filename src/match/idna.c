/* Names with letters beyond ASCII, as raw UTF-8 in a line. */
#include "window_p.h"

enum { NAME_BYTES_MAX = 4 * DOMAIN_MAX };

static bool
is_high(const struct match_scanner *s, size_t at)
{
	return ((unsigned char)s->text[at] & 0x80) != 0;
}

/* The length of the character at `at` if it may stand in a name, else 0.
 * Punctuation and symbols (U+0080-00BF, U+2000-2FFF, U+3000-303F, full-width
 * forms) bound names. */
static size_t
name_char(const struct match_scanner *s, size_t at)
{
	if (at >= s->len)
		return 0;
	unsigned char c = (unsigned char)s->text[at];
	if (c < 0x80)
		return has(s->maps.host, at);
	size_t len = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;
	if (c <= 0xC2 || c == 0xE2 || c == 0xEF || at + len > s->len ||
	    (c == 0xE3 && (unsigned char)s->text[at + 1] == 0x80))
		return 0;
	return len;
}

/* The start of the name around `at`, not before lo. */
static size_t
name_start(const struct match_scanner *s, size_t lo, size_t at)
{
	size_t start = at;

	for (;;) {
		size_t i = start;

		/* Back to the first byte of the character before. */
		while (i > lo && start - i < 4) {
			i--;
			if (((unsigned char)s->text[i] & 0xC0) != 0x80)
				break;
		}
		if (i == start || name_char(s, i) != start - i || at - i > NAME_BYTES_MAX)
			return start;
		start = i;
	}
}

/* Probes the suffixes that contain letters beyond ASCII; the others are found
 * as names of their own. */
static void
probe_idna(struct match_scanner *s, size_t from, size_t to)
{
	struct str raw = { s->text + from, to - from };
	char ascii[DOMAIN_MAX + 1 + KEY_PAD];
	size_t len, plain = 0;

	for (size_t i = to; i > from && !is_high(s, i - 1); i--)
		plain += s->text[i - 1] == '.';
	if (!normal_idna(raw, ascii, &len))
		return;
	uint64_t key = s->index->start[PATTERN_DOMAIN];
	size_t end = len, labels = 0;
	for (size_t i = len + 1; i-- > 0;) {
		if (i > 0 && ascii[i - 1] != '.')
			continue;
		if (i == end)
			return;
		key = key_part(key, ascii + i, end - i, KEY_FOLD);
		if (++labels > plain && labels > 1)
			ring_push(s, (struct probe){ .key = key,
			                 .at = (uint32_t)from,
			                 .len = (uint32_t)(to - from),
			                 .sub = (uint32_t)i,
			                 .type = PROBE_IDNA });
		end = i - 1;
	}
}

void
walk_idna(struct match_scanner *s)
{
	size_t done = 0;

	for (size_t w = 0; w * 64 < s->len; w++) {
		for (uint64_t high = s->maps.high[w]; high != 0; high &= high - 1) {
			size_t at = 64 * w + (size_t)__builtin_ctzll(high), to = at, n;

			if (at < done)
				continue;
			size_t from = name_start(s, done, at);
			while ((n = name_char(s, to)) > 0 && to - from <= NAME_BYTES_MAX)
				to += n;
			done = to > at ? to : at + 1;
			while (from < to && is_trimmed(s->text[from]))
				from++;
			while (from < to && is_trimmed(s->text[to - 1]))
				to--;
			bool local = behind(s, done) == '@';
			if (to - from <= NAME_BYTES_MAX && to > at && !local &&
			    memchr(s->text + from, '.', to - from) != NULL)
				probe_idna(s, from, to);
		}
	}
}
