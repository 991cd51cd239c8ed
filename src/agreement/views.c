/* Escapes: what one character is written as with several. */
#include <unistr.h>

#include "codec.h"
#include "views_p.h"

void
view_put_character(struct buf *out, uint32_t c)
{
	uint8_t bytes[8];
	int len = u8_uctomb(bytes, c, sizeof(bytes));

	if (len > 0)
		buf_put(out, (struct str){ (const char *)bytes, (size_t)len });
}

/* The number of exactly `digits` hex digits at s[from]. */
static bool
hex_number(struct str s, size_t from, size_t digits, uint32_t *ret)
{
	*ret = 0;
	if (s.len < from + digits)
		return false;
	for (size_t i = from; i < from + digits; i++) {
		int digit = hex_digit(s.ptr[i]);

		if (digit < 0)
			return false;
		*ret = *ret << 4 | (uint32_t)digit;
	}
	return true;
}

/* ---- escapes: each returns the bytes it read, 0 when there is none ---- */

/* A surrogate pair written as two escapes of the same kind, or one unit. */
static size_t
utf16_escape(struct str s, size_t prefix, struct buf *out)
{
	uint32_t high, low;
	size_t one = prefix + 4;

	if (!hex_number(s, prefix, 4, &high))
		return 0;
	if (high >= 0xd800 && high < 0xdc00 && s.len >= 2 * one &&
	    memcmp(s.ptr, s.ptr + one, prefix) == 0 && hex_number(s, one + prefix, 4, &low) &&
	    low >= 0xdc00 && low < 0xe000) {
		view_put_character(out, 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00));
		return 2 * one;
	}
	view_put_character(out, high);
	return one;
}

/* \123: up to three octal digits */
static size_t
octal_escape(struct str s, struct buf *out)
{
	unsigned c = 0;
	size_t i = 1;

	for (; i < s.len && i < 4 && s.ptr[i] >= '0' && s.ptr[i] <= '7'; i++)
		c = c << 3 | (unsigned)(s.ptr[i] - '0');
	if (i > 1)
		buf_putc(out, (char)(c & 0xff));
	return i > 1 ? i : 0;
}

static size_t
backslash_escape(struct str s, struct buf *out)
{
	uint32_t c;
	char kind = 0;

	if (s.len > 1)
		kind = s.ptr[1];

	if (kind != '\0' && strchr("nrtfv", kind) != NULL) {
		buf_putc(out, ' ');
		return 2;
	}
	if (kind >= '0' && kind <= '7')
		return octal_escape(s, out);
	if (kind == 'u' && s.len > 2 && s.ptr[2] == '{') { /* \u{1F600} */
		uint32_t n = 0;
		size_t i = 3;

		while (i < s.len && i < 9 && hex_digit(s.ptr[i]) >= 0)
			n = n << 4 | (uint32_t)hex_digit(s.ptr[i++]);
		if (i < s.len && s.ptr[i] == '}' && i > 3) {
			view_put_character(out, n);
			return i + 1;
		}
	}
	if (kind == 'u')
		return utf16_escape(s, 2, out);
	if (kind == 'x' && hex_number(s, 2, 2, &c)) {
		buf_putc(out, (char)c);
		return 4;
	}
	if (kind == 'U' && hex_number(s, 2, 8, &c)) {
		view_put_character(out, c);
		return 10;
	}
	return 0;
}

static size_t
percent_escape(struct str s, struct buf *out)
{
	uint32_t c;

	if (s.len > 1 && (s.ptr[1] == 'u' || s.ptr[1] == 'U'))
		return utf16_escape(s, 2, out);
	if (!hex_number(s, 1, 2, &c))
		return 0;
	buf_putc(out, (char)c);
	return 3;
}

static size_t
quoted_escape(struct str s, struct buf *out)
{
	uint32_t c;

	if (s.len > 1 && s.ptr[1] == '\n') /* a soft line end */
		return 2;
	if (s.len > 2 && s.ptr[1] == '\r' && s.ptr[2] == '\n')
		return 3;
	if (!hex_number(s, 1, 2, &c))
		return 0;
	buf_putc(out, (char)c);
	return 3;
}

/* clang-format off */
/* U+00A0 to U+00FF in their order (HTML 4.01, section 24.2.1). */
static const char *const latin1[] = {
	"nbsp", "iexcl", "cent", "pound", "curren", "yen", "brvbar", "sect", "uml", "copy", "ordf", "laquo", "not", "shy",
	"reg", "macr", "deg", "plusmn", "sup2", "sup3", "acute", "micro", "para", "middot", "cedil", "sup1", "ordm",
	"raquo", "frac14", "frac12", "frac34", "iquest", "Agrave", "Aacute", "Acirc", "Atilde", "Auml", "Aring", "AElig",
	"Ccedil", "Egrave", "Eacute", "Ecirc", "Euml", "Igrave", "Iacute", "Icirc", "Iuml", "ETH", "Ntilde", "Ograve",
	"Oacute", "Ocirc", "Otilde", "Ouml", "times", "Oslash", "Ugrave", "Uacute", "Ucirc", "Uuml", "Yacute", "THORN",
	"szlig", "agrave", "aacute", "acirc", "atilde", "auml", "aring", "aelig", "ccedil", "egrave", "eacute", "ecirc",
	"euml", "igrave", "iacute", "icirc", "iuml", "eth", "ntilde", "ograve", "oacute", "ocirc", "otilde", "ouml",
	"divide", "oslash", "ugrave", "uacute", "ucirc", "uuml", "yacute", "thorn", "yuml",
};
static_assert(COUNTOF(latin1) == 96, "all of them");
static const struct entity {
	const char *name;
	uint32_t c;
} entities[] = {
	{ "amp", '&' }, { "lt", '<' }, { "gt", '>' }, { "quot", '"' }, { "apos", '\'' }, { "ndash", 0x2013 },
	{ "mdash", 0x2014 }, { "ensp", 0x2002 }, { "emsp", 0x2003 }, { "thinsp", 0x2009 }, { "zwnj", 0x200c },
	{ "zwj", 0x200d }, { "hellip", 0x2026 },
};
/* clang-format on */

static size_t
put_entity(struct str s, const char *name, uint32_t c, struct buf *out)
{
	size_t len = 1 + strlen(name);

	if (!str_starts(str_sub(s, 1, SIZE_MAX), str_of(name)))
		return 0;
	view_put_character(out, c);
	return s.len > len && s.ptr[len] == ';' ? len + 1 : len;
}

/* "&nbsp;", also without its semicolon. */
static size_t
named_entity(struct str s, struct buf *out)
{
	size_t read = 0;

	if (s.len < 2 || !view_is_letter(s.ptr[1]))
		return 0;
	for (size_t i = 0; read == 0 && i < COUNTOF(entities); i++)
		read = put_entity(s, entities[i].name, entities[i].c, out);
	for (size_t i = 0; read == 0 && i < COUNTOF(latin1); i++)
		read = put_entity(s, latin1[i], 0xa0 + (uint32_t)i, out);
	return read;
}

/* &#1234; and &#x4d2; */
static size_t
entity_escape(struct str s, struct buf *out)
{
	enum { ENTITY_MAX = 12 };
	bool hex = s.len > 2 && (s.ptr[2] == 'x' || s.ptr[2] == 'X');
	uint32_t n = 0, base = hex ? 16 : 10;
	size_t start = hex ? 3 : 2, i = start;

	if (s.len < 4 || s.ptr[1] != '#')
		return named_entity(s, out);
	for (; i < s.len && i < ENTITY_MAX; i++) {
		int digit = hex_digit(s.ptr[i]);

		if (digit < 0 || (uint32_t)digit >= base)
			break;
		n = n * base + (uint32_t)digit;
	}
	if (i == start)
		return 0;
	view_put_character(out, n);
	return i < s.len && s.ptr[i] == ';' ? i + 1 : i;
}

bool
view_unescape(struct str text, struct buf *out)
{
	size_t from = 0; /* what was not copied yet */
	bool any = false;

	buf_clear(out);
	for (size_t i = 0; i < text.len;) {
		struct str rest = str_sub(text, i, SIZE_MAX);
		size_t read = 0;

		switch (text.ptr[i]) {
		case '\\':
		case '%':
		case '=':
		case '&': break;
		default: i++; continue;
		}
		buf_put(out, str_sub(text, from, i - from));
		from = i;
		switch (text.ptr[i]) {
		case '\\': read = backslash_escape(rest, out); break;
		case '%': read = percent_escape(rest, out); break;
		case '=': read = quoted_escape(rest, out); break;
		default: read = entity_escape(rest, out); break;
		}
		any = any || read > 0;
		from += read;
		i += read == 0 ? 1 : read;
	}
	buf_put(out, str_sub(text, from, SIZE_MAX));
	return any;
}

/* "\53 abc": up to six hex digits, and the blank that ends them */
static size_t
style_escape(struct str s, struct buf *out)
{
	enum { DIGITS_MAX = 6 };
	uint32_t c = 0;
	size_t i = 1;

	for (; i < s.len && i <= DIGITS_MAX && hex_digit(s.ptr[i]) >= 0; i++)
		c = c << 4 | (uint32_t)hex_digit(s.ptr[i]);
	if (i == 1)
		return 0;
	view_put_character(out, c);
	return i < s.len && s.ptr[i] == ' ' ? i + 1 : i;
}

bool
view_unstyle(struct str text, struct buf *out)
{
	size_t from = 0;
	bool any = false;

	buf_clear(out);
	for (size_t i = 0; i < text.len;) {
		if (text.ptr[i] != '\\') {
			i++;
			continue;
		}
		buf_put(out, str_sub(text, from, i - from));
		from = i;
		size_t read = style_escape(str_sub(text, i, SIZE_MAX), out);
		any = any || read > 0;
		from += read;
		i += read == 0 ? 1 : read;
	}
	buf_put(out, str_sub(text, from, SIZE_MAX));
	return any;
}
