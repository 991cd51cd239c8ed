#include "utf8.h"

/* The least code point of each length: a smaller one is an overlong form. */
static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };

static size_t
len_from_lead(uint8_t lead)
{
	if (lead < 0x80)
		return 1;
	if (lead >= 0xC2 && lead <= 0xDF)
		return 2;
	if (lead >= 0xE0 && lead <= 0xEF)
		return 3;
	if (lead >= 0xF0 && lead <= 0xF4)
		return 4;
	return 0;
}

size_t
utf8_next(struct str s, uint32_t *ret)
{
	uint8_t lead = s.len == 0 ? 0xFF : (uint8_t)s.ptr[0];
	size_t len = len_from_lead(lead);

	if (len == 0 || len > s.len)
		return 0;
	if (len == 1) {
		*ret = lead;
		return 1;
	}
	uint32_t c = lead & (0x7Fu >> len);
	for (size_t i = 1; i < len; i++) {
		uint8_t byte = (uint8_t)s.ptr[i];
		if ((byte & 0xC0) != 0x80)
			return 0;
		c = c << 6 | (byte & 0x3F);
	}
	if (c < least[len] || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
		return 0;
	*ret = c;
	return len;
}

/* In their order.  Source: the Unicode Character Database 15.0, categories Cc,
 * Cf, Zl, Zp, and Default_Ignorable_Code_Point. */
static const struct {
	uint32_t first, last;
} controls[] = {
	{ 0x0000, 0x001F },   /* C0 */
	{ 0x007F, 0x009F },   /* DEL, C1 */
	{ 0x00AD, 0x00AD },   /* soft hyphen */
	{ 0x034F, 0x034F },   /* grapheme joiner, which joins nothing */
	{ 0x061C, 0x061C },   /* Arabic letter mark */
	{ 0x115F, 0x1160 },   /* Hangul fillers */
	{ 0x17B4, 0x17B5 },   /* Khmer inherent vowels */
	{ 0x180E, 0x180E },   /* Mongolian vowel separator */
	{ 0x200B, 0x200B },   /* zero width space */
	{ 0x200E, 0x200F },   /* direction marks */
	{ 0x2028, 0x202E },   /* line and paragraph separators, embeddings, overrides */
	{ 0x2060, 0x206F },   /* word joiner, invisible operators, isolates */
	{ 0x3164, 0x3164 },   /* Hangul filler */
	{ 0xFEFF, 0xFEFF },   /* byte order mark */
	{ 0xFFA0, 0xFFA0 },   /* halfwidth Hangul filler */
	{ 0xFFF9, 0xFFFB },   /* annotations */
	{ 0x1BCA0, 0x1BCA3 }, /* shorthand format controls */
	{ 0x1D173, 0x1D17A }, /* musical format controls */
	{ 0xE0000, 0xE00FF }, /* tags */
};

bool
utf8_is_control(uint32_t c)
{
	for (size_t i = 0; i < COUNTOF(controls) && controls[i].first <= c; i++) {
		if (c <= controls[i].last)
			return true;
	}
	return false;
}
