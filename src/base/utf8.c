#include "utf8_p.h"

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

bool
utf8_is_control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x061C || c == 0x200E || c == 0x200F ||
	       (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}
