#include "lex_p.h"

enum { HEX_DIGITS = 4, UTF8_MAX = 4 };

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Offset after the digits that start at i. */
static size_t
skip_digits(struct str s, size_t i)
{
	while (i < s.len && is_digit(s.ptr[i]))
		i++;
	return i;
}

size_t
json_number_len(struct str s)
{
	size_t from = s.len > 0 && s.ptr[0] == '-' ? 1 : 0;
	size_t i = skip_digits(s, from);

	if (i == from || (s.ptr[from] == '0' && i > from + 1))
		return 0;
	if (i < s.len && s.ptr[i] == '.') {
		from = i + 1;
		i = skip_digits(s, from);
		if (i == from)
			return 0;
	}
	if (i < s.len && (s.ptr[i] == 'e' || s.ptr[i] == 'E')) {
		from = i + 1;
		if (from < s.len && (s.ptr[from] == '+' || s.ptr[from] == '-'))
			from++;
		i = skip_digits(s, from);
		if (i == from)
			return 0;
	}
	return i;
}

/* The value of the four digits at s + i, or UINT32_MAX. */
static uint32_t
read_hex(struct str s, size_t i)
{
	uint32_t value = 0;

	if (s.len < HEX_DIGITS || i > s.len - HEX_DIGITS)
		return UINT32_MAX;
	for (size_t end = i + HEX_DIGITS; i < end; i++) {
		char c = s.ptr[i];
		uint32_t digit;
		if (is_digit(c))
			digit = (uint32_t)(c - '0');
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			digit = (uint32_t)((c | 0x20) - 'a') + 10;
		else
			return UINT32_MAX;
		value = value << 4 | digit;
	}
	return value;
}

static size_t
put_utf8(uint32_t c, char *to)
{
	if (c < 0x80) {
		to[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		to[0] = (char)(0xC0 | c >> 6);
		to[1] = (char)(0x80 | (c & 0x3F));
		return 2;
	}
	if (c < 0x10000) {
		to[0] = (char)(0xE0 | c >> 12);
		to[1] = (char)(0x80 | (c >> 6 & 0x3F));
		to[2] = (char)(0x80 | (c & 0x3F));
		return 3;
	}
	to[0] = (char)(0xF0 | c >> 18);
	to[1] = (char)(0x80 | (c >> 12 & 0x3F));
	to[2] = (char)(0x80 | (c >> 6 & 0x3F));
	to[3] = (char)(0x80 | (c & 0x3F));
	return 4;
}

/* The character that \uXXXX with its digits at *i stands for, and the second
 * half of a pair; *i goes behind.  wrong is set when there is none. */
static uint32_t
read_unicode(struct str s, size_t *i, const char **wrong)
{
	uint32_t high = read_hex(s, *i);

	*i += HEX_DIGITS;
	if (high == UINT32_MAX)
		*wrong = "\\u must be followed by four hexadecimal digits";
	if (high == UINT32_MAX || high < 0xD800 || high > 0xDFFF)
		return high;

	uint32_t low = UINT32_MAX;
	if (*i + 2 < s.len && s.ptr[*i] == '\\' && s.ptr[*i + 1] == 'u')
		low = read_hex(s, *i + 2);
	if (high > 0xDBFF || low < 0xDC00 || low > 0xDFFF) {
		*wrong = "half of a surrogate pair stands alone";
		return UINT32_MAX;
	}
	*i += 2 + HEX_DIGITS;
	return 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
}

/* The character of a one-letter escape, or NUL. */
static char
short_escape(char c)
{
	switch (c) {
	case '"': return '"';
	case '\\': return '\\';
	case '/': return '/';
	case 'b': return '\b';
	case 'f': return '\f';
	case 'n': return '\n';
	case 'r': return '\r';
	case 't': return '\t';
	default: return '\0';
	}
}

struct json_unescaped
json_unescape(struct str from, char *to)
{
	struct json_unescaped ret = { 0 };

	for (size_t i = 0; i < from.len;) {
		const char *slash = memchr(from.ptr + i, '\\', from.len - i);
		size_t plain = slash == NULL ? from.len - i : (size_t)(slash - from.ptr) - i;
		memcpy(to + ret.len, from.ptr + i, plain);
		ret.len += plain;
		i += plain;
		if (i == from.len)
			break;

		ret.bad = i;
		char letter = '\0';
		if (i + 1 < from.len)
			letter = from.ptr[i + 1];
		i += 2;
		if (letter == 'u') {
			uint32_t c = read_unicode(from, &i, &ret.wrong);
			if (ret.wrong == NULL)
				ret.len += put_utf8(c, to + ret.len);
		} else if (short_escape(letter) != '\0') {
			to[ret.len++] = short_escape(letter);
		} else {
			ret.wrong = "only \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u are escapes";
		}
		if (ret.wrong != NULL)
			break;
	}
	return ret;
}

/* Bytes of the well-formed character at i, or 0. */
static size_t
utf8_len(struct str text, size_t i)
{
	unsigned char lead = (unsigned char)text.ptr[i];
	if (lead < 0x80)
		return 1;
	size_t len = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : UTF8_MAX;
	struct str one = str_sub(text, i, len);

	return one.len == len && str_is_utf8(one) ? len : 0;
}

struct json_flaw
json_find_flaw(struct str text)
{
	bool inside = false;
	size_t open = 0;

	for (size_t i = 0; i < text.len;) {
		char c = text.ptr[i];
		size_t len = utf8_len(text, i);
		if (len == 0)
			return (struct json_flaw){ i, "json.utf8", "the text must be UTF-8" };
		if (inside && (unsigned char)c < 0x20)
			return (struct json_flaw){ i, "json.control",
				"a control character in a string must be written as an escape" };
		if (!inside && c == '\\')
			return (struct json_flaw){ i, "json.syntax",
				"a backslash stands outside of a string" };
		if (c == '"') {
			inside = !inside;
			open = i;
		}
		/* Only behind these two escapes does a quote not close. */
		bool pair = c == '\\' && i + 1 < text.len &&
		            (text.ptr[i + 1] == '"' || text.ptr[i + 1] == '\\');
		i += pair ? 2 : len;
	}
	if (inside)
		return (struct json_flaw){ open, "json.unclosed", "a string is not closed" };
	return (struct json_flaw){ 0, "json.empty", "a value is expected, but nothing is there" };
}
