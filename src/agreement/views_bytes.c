/* Runs of digits that are bytes to some reader: base64, hex, UTF-16. */
#include "codec.h"
#include "views_p.h"

enum {
	BASE64_RUN_MIN = 4, /* three bytes, the shortest needle */
	HEX_RUN_MIN = 6,    /* the same */
};

/* ---- base64 ---- */

static int
base64_digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+' || c == '-')
		return 62;
	if (c == '/' || c == '_')
		return 63;
	return -1;
}

static bool
is_line_end(char c)
{
	return c == '\r' || c == '\n';
}

struct str
view_base64_run(struct str text, size_t *at)
{
	while (*at < text.len) {
		size_t start = *at, digits = 0;

		while (*at < text.len && (base64_digit(text.ptr[*at]) >= 0 ||
		                             (digits > 0 && is_line_end(text.ptr[*at]))))
			digits += base64_digit(text.ptr[(*at)++]) >= 0;
		if (digits >= BASE64_RUN_MIN)
			return str_sub(text, start, *at - start);
		if (*at == start)
			++*at;
	}
	return (struct str){ 0 };
}

void
view_base64(struct str run, size_t skip, struct buf *out)
{
	uint32_t bits = 0;
	int have = 0;

	buf_clear(out);
	for (size_t i = 0; i < run.len; i++) {
		int digit = base64_digit(run.ptr[i]);

		if (digit < 0)
			continue;
		if (skip > 0) {
			skip--;
			continue;
		}
		bits = bits << 6 | (uint32_t)digit;
		have += 6;
		if (have >= 8) {
			have -= 8;
			buf_putc(out, (char)(bits >> have & 0xff));
		}
	}
}

/* ---- hex ---- */

/* Between two pairs: "67 75", "67:75", "0x67,0x75", "\x67\x75". */
static bool
is_between_hex(char c)
{
	return c != '\0' && strchr(" :-,;.\\xX\r\n\t", c) != NULL;
}

struct str
view_hex_run(struct str text, size_t *at)
{
	while (*at < text.len) {
		size_t start = *at, digits = 0;

		while (*at < text.len && (hex_digit(text.ptr[*at]) >= 0 ||
		                             (digits > 0 && is_between_hex(text.ptr[*at]))))
			digits += hex_digit(text.ptr[(*at)++]) >= 0;
		if (digits >= HEX_RUN_MIN)
			return str_sub(text, start, *at - start);
		if (*at == start)
			++*at;
	}
	return (struct str){ 0 };
}

/* Whether the digit at i is the 0 of "0x". */
static bool
is_hex_prefix(struct str run, size_t i)
{
	return run.ptr[i] == '0' && i + 1 < run.len &&
	       (run.ptr[i + 1] == 'x' || run.ptr[i + 1] == 'X');
}

void
view_hex(struct str run, size_t skip, struct buf *out)
{
	int high = -1;

	buf_clear(out);
	for (size_t i = 0; i < run.len; i++) {
		int digit = hex_digit(run.ptr[i]);

		if (digit < 0 || is_hex_prefix(run, i))
			continue;
		if (skip > 0) {
			skip--;
		} else if (high < 0) {
			high = digit;
		} else {
			buf_putc(out, (char)(high << 4 | digit));
			high = -1;
		}
	}
}

/* ---- UTF-16 ---- */

void
view_utf16(struct str bytes, bool big, struct buf *out)
{
	const uint8_t *b = (const uint8_t *)bytes.ptr;
	uint32_t high = 0;

	buf_clear(out);
	for (size_t i = 0; i + 1 < bytes.len; i += 2) {
		uint32_t unit =
		    big ? (uint32_t)(b[i] << 8 | b[i + 1]) : (uint32_t)(b[i + 1] << 8 | b[i]);

		if (unit >= 0xd800 && unit < 0xdc00) {
			high = unit;
			continue;
		}
		if (unit >= 0xdc00 && unit < 0xe000 && high != 0)
			unit = 0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00);
		high = 0;
		view_put_character(out, unit);
	}
}
