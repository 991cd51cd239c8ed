#include "codec.h"

/* Three bytes are four digits of six bits. */
enum { GROUP_BYTES = 3, GROUP_DIGITS = 4, DIGIT_BITS = 6 };

enum { NO_DIGIT = 0xFF };

static const char hex_digits[] = "0123456789abcdef";
static const char *const base64_digits[] = {
	[BASE64_STD] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
	[BASE64_URL] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
};

void
hex_text(const void *bytes, size_t len, char *ret)
{
	const uint8_t *byte = bytes;

	for (size_t i = 0; i < len; i++) {
		*ret++ = hex_digits[byte[i] >> 4];
		*ret++ = hex_digits[byte[i] & 0x0F];
	}
	*ret = '\0';
}

bool
hex_parse(struct str text, void *ret, size_t len)
{
	uint8_t *byte = ret;

	if (len > SIZE_MAX / 2 || text.len != 2 * len)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (hex_digit(text.ptr[i]) < 0)
			return false;
	}
	for (size_t i = 0; i < len; i++)
		byte[i] =
		    (uint8_t)(16 * hex_digit(text.ptr[2 * i]) + hex_digit(text.ptr[2 * i + 1]));
	return true;
}

static size_t
encoded_len(enum base64_kind kind, size_t len)
{
	size_t rest = len % GROUP_BYTES;
	size_t full = len / GROUP_BYTES * GROUP_DIGITS;

	if (rest == 0)
		return full;
	return full + (kind == BASE64_STD ? GROUP_DIGITS : rest + 1);
}

/* Writes encoded_len() digits. */
static void
encode(enum base64_kind kind, struct str bytes, char *ret)
{
	const char *digits = base64_digits[kind];
	const char *end = ret + encoded_len(kind, bytes.len);

	for (size_t i = 0; i < bytes.len; i += GROUP_BYTES) {
		size_t n = bytes.len - i < GROUP_BYTES ? bytes.len - i : GROUP_BYTES;
		uint32_t group = 0;
		for (size_t k = 0; k < GROUP_BYTES; k++)
			group = group << 8 | (k < n ? (uint8_t)bytes.ptr[i + k] : 0);
		for (size_t k = 0; k <= n; k++)
			*ret++ = digits[group >> (18 - DIGIT_BITS * k) & 0x3F];
	}
	while (ret < end)
		*ret++ = '=';
}

void
base64_put(struct buf *b, enum base64_kind kind, const void *bytes, size_t len)
{
	size_t digits = encoded_len(kind, len);
	char *at = buf_reserve(b, digits);

	if (at == NULL)
		return;
	encode(kind, (struct str){ bytes, len }, at);
	b->len += digits;
}

struct str
base64_text(struct arena *a, enum base64_kind kind, const void *bytes, size_t len)
{
	size_t digits = encoded_len(kind, len);
	char *text = arena_alloc(a, 1, 1, digits);

	if (text == NULL)
		return (struct str){ NULL, 0 };
	encode(kind, (struct str){ bytes, len }, text);
	return (struct str){ text, digits };
}

/* NO_DIGIT or 0 to 63. */
static uint8_t
base64_value(enum base64_kind kind, char c)
{
	const char *digits = base64_digits[kind];

	if (c >= 'A' && c <= 'Z')
		return (uint8_t)(c - 'A');
	if (c >= 'a' && c <= 'z')
		return (uint8_t)(c - 'a' + 26);
	if (c >= '0' && c <= '9')
		return (uint8_t)(c - '0' + 52);
	if (c == digits[62])
		return 62;
	return c == digits[63] ? 63 : NO_DIGIT;
}

/* Takes the padding off *text: exactly what the length asks for. */
static enum err
strip_padding(enum base64_kind kind, struct str *text, struct why *why)
{
	size_t pad = 0;

	if (kind == BASE64_STD && text->len % GROUP_DIGITS != 0)
		return fail(why, ERR_INVALID, "base64.length",
		    "base64 has %zu characters; with its padding it has a multiple of four",
		    text->len);
	while (kind == BASE64_STD && pad < 2 && pad < text->len &&
	       text->ptr[text->len - 1 - pad] == '=')
		pad++;
	*text = str_sub(*text, 0, text->len - pad);
	if (text->len % GROUP_DIGITS == 1)
		return fail(why, ERR_INVALID, "base64.length",
		    "base64 of %zu characters does not end on a whole byte", text->len);
	return OK;
}

static enum err
check_digits(enum base64_kind kind, struct str text, struct why *why)
{
	size_t spare = text.len * DIGIT_BITS % 8;

	for (size_t i = 0; i < text.len; i++) {
		if (base64_value(kind, text.ptr[i]) != NO_DIGIT)
			continue;
		enum err err =
		    fail(why, ERR_INVALID, "base64.alphabet", "'%c' is not a digit of %s",
		        text.ptr[i], kind == BASE64_STD ? "base64" : "base64url");
		why_where(why, "byte %zu", i);
		return err;
	}
	if (spare != 0 && (base64_value(kind, text.ptr[text.len - 1]) & ((1 << spare) - 1)) != 0)
		return fail(why, ERR_INVALID, "base64.bits",
		    "the last digit '%c' has bits that belong to no byte; they must be zero",
		    text.ptr[text.len - 1]);
	return OK;
}

/* Writes text.len * 6 / 8 bytes. */
static void
decode(enum base64_kind kind, struct str text, uint8_t *ret)
{
	uint32_t bits = 0;
	unsigned held = 0;

	for (size_t i = 0; i < text.len; i++) {
		bits = bits << DIGIT_BITS | base64_value(kind, text.ptr[i]);
		held += DIGIT_BITS;
		if (held >= 8) {
			held -= 8;
			*ret++ = (uint8_t)(bits >> held);
		}
	}
}

enum err
base64_parse(struct arena *a, enum base64_kind kind, struct str text, struct str *ret,
    struct why *why)
{
	TRY(strip_padding(kind, &text, why));
	TRY(check_digits(kind, text, why));
	size_t len = text.len / GROUP_DIGITS * GROUP_BYTES + text.len % GROUP_DIGITS * 3 / 4;
	uint8_t *bytes = arena_alloc(a, 1, 1, len);
	if (bytes == NULL)
		return fail(why, ERR_LIMIT, "base64.size",
		    "%zu bytes of base64 are more than this request may use", len);
	decode(kind, text, bytes);
	*ret = (struct str){ (const char *)bytes, len };
	return OK;
}
