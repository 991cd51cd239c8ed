#include <stdlib.h>

#include "codec.h"
#include "constant_p.h"

enum {
	SECOND_AT = sizeof("0000-00-00T00:00:") - 1,
	FRACTION_AT = SECOND_AT + 3,
	DIGITS_KEPT = 6, /* of the fraction, in time_us */
};

static struct str
without_zeros(struct str digits)
{
	while (digits.len > 0 && digits.ptr[digits.len - 1] == '0')
		digits.len--;
	return digits;
}

/* Second 60 is the last instant of the minute: later than all of :59. */
static bool
leap_second(struct str text, struct instant *ret)
{
	char copy[sizeof("0000-00-00T00:00:59Z")];

	memcpy(copy, text.ptr, SECOND_AT);
	memcpy(copy + SECOND_AT, "59Z", sizeof("59Z"));
	if (!time_parse(str_of(copy), &ret->at))
		return false;
	ret->at += US_PER_S - 1;
	ret->rest = S("9");
	return true;
}

static bool
instant_parse(struct str text, struct instant *ret)
{
	*ret = (struct instant){ 0 };
	if (text.len >= FRACTION_AT && memcmp(text.ptr + SECOND_AT, "60", 2) == 0)
		return leap_second(text, ret);
	if (!time_parse(text, &ret->at))
		return false;
	if (text.len > FRACTION_AT + DIGITS_KEPT + 1)
		ret->rest = without_zeros(str_sub(text, FRACTION_AT + DIGITS_KEPT,
		    text.len - 1 - FRACTION_AT - DIGITS_KEPT));
	return true;
}

static int
instant_cmp(const struct instant *a, const struct instant *b)
{
	if (a->at != b->at)
		return a->at < b->at ? -1 : 1;
	return str_cmp(a->rest, b->rest);
}

/* ---- reading ---- */

/* The bytes that the characters stand for, each below U+0100. */
static enum err
text_bytes(struct arena *a, struct str text, struct constant *ret, struct why *why)
{
	char *bytes = arena_make(a, char, text.len + 1);
	size_t len = 0;

	if (bytes == NULL)
		return fail(why, ERR_LIMIT, "pattern.memory",
		    "the pattern needs more memory than it may take");
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];

		if (c >= 0xC4)
			return OK; /* U+0100 and above */
		if (c >= 0xC2)
			c = (unsigned char)(((c & 0x03U) << 6) |
			                    ((unsigned char)text.ptr[++i] & 0x3FU));
		bytes[len++] = (char)c;
	}
	ret->is_bytes = true;
	ret->bytes = (struct str){ bytes, len };
	return OK;
}

static enum err
hex_bytes(struct arena *a, struct str digits, struct str *ret, struct why *why)
{
	char *bytes = arena_make(a, char, digits.len / 2 + 1);

	if (bytes == NULL)
		return fail(why, ERR_LIMIT, "pattern.memory",
		    "the pattern needs more memory than it may take");
	*ret = (struct str){ bytes, digits.len / 2 };
	return hex_parse(digits, bytes, digits.len / 2)
	           ? OK
	           : fail(why, ERR_INVALID, "pattern.hex", "not hex digits");
}

/* Base64 whose line feeds are taken out. */
static enum err
base64_bytes(struct arena *a, struct str text, struct str *ret, struct why *why)
{
	char *joined = arena_make(a, char, text.len + 1);
	size_t len = 0;

	if (joined == NULL)
		return fail(why, ERR_LIMIT, "pattern.memory",
		    "the pattern needs more memory than it may take");
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] != '\n' && text.ptr[i] != '\r')
			joined[len++] = text.ptr[i];
	}
	return base64_parse(a, BASE64_STD, (struct str){ joined, len }, ret, why);
}

/* The lexer has seen that it is a number; strtod() reads it in the C locale's
 * form, which is the only one that this program sets. */
static enum err
number(struct arena *a, struct str text, struct constant *ret, struct why *why)
{
	char *copy = arena_cstr(a, text);
	char *end = NULL;

	if (copy == NULL)
		return fail(why, ERR_LIMIT, "pattern.memory",
		    "the pattern needs more memory than it may take");
	ret->number = strtod(copy, &end);
	if (ret->kind == TOKEN_INTEGER && ret->number >= (double)-JSON_INTEGER_MAX &&
	    ret->number <= (double)JSON_INTEGER_MAX) {
		ret->is_whole = true;
		ret->whole = strtoll(copy, &end, 10);
	}
	return OK;
}

enum err
constant_read(struct arena *a, const struct literal *l, struct constant *ret, struct why *why)
{
	*ret = (struct constant){ .kind = l->kind };
	switch ((int)l->kind) {
	case TOKEN_INTEGER:
	case TOKEN_FLOAT: return number(a, l->value, ret, why);
	case TOKEN_STRING: ret->text = l->value; return text_bytes(a, l->value, ret, why);
	case TOKEN_HEX: ret->is_bytes = true; return hex_bytes(a, l->value, &ret->bytes, why);
	case TOKEN_BINARY:
		/* What is no base64 after all (bits behind the last byte) equals nothing. */
		ret->is_bytes = base64_bytes(a, l->value, &ret->bytes, NULL) == OK;
		return OK;
	case TOKEN_TIMESTAMP:
		if (!instant_parse(l->value, &ret->instant))
			ret->kind = TOKEN_END; /* no such day: comparable with nothing */
		return OK;
	default: ret->boolean = str_is(l->value, "true"); return OK;
	}
}

/* ---- comparing ---- */

static bool
compare_number(const struct json *value, const struct constant *c, int *ret)
{
	int64_t whole;
	double number;

	if (c->is_whole && json_i64(value, &whole)) {
		*ret = whole < c->whole ? -1 : whole > c->whole;
		return true;
	}
	if (!json_double(value, &number))
		return false;
	*ret = number < c->number ? -1 : number > c->number;
	return true;
}

bool
coded_bytes(const struct json *value, enum coding coding, struct arena *scratch, struct str *ret)
{
	if (value->type != JSON_STRING)
		return false;
	if (coding == CODING_BASE64)
		return base64_parse(scratch, BASE64_STD, value->text, ret, NULL) == OK;
	char *bytes = arena_make(scratch, char, value->text.len / 2 + 1);
	*ret = (struct str){ bytes, value->text.len / 2 };
	return bytes != NULL && value->text.len % 2 == 0 && hex_parse(value->text, bytes, ret->len);
}

/* A constant of bytes against a text: the text counts as the bytes that its
 * characters stand for. */
static bool
compare_bytes_with_text(struct str text, const struct constant *c, struct arena *scratch, int *ret)
{
	struct constant value = { 0 };

	if (text_bytes(scratch, text, &value, NULL) != OK || !value.is_bytes)
		return false;
	*ret = str_cmp(value.bytes, c->bytes);
	return true;
}

static bool
compare_string(const struct json *value, enum coding coding, const struct constant *c,
    struct arena *scratch, int *ret)
{
	struct str bytes;
	struct instant instant;

	if (c->kind == TOKEN_TIMESTAMP) {
		if (!instant_parse(value->text, &instant))
			return false;
		*ret = instant_cmp(&instant, &c->instant);
		return true;
	}
	if (c->kind == TOKEN_STRING && coding == CODING_TEXT) {
		*ret = str_cmp(value->text, c->text); /* UTF-8 sorts as code points do */
		return true;
	}
	if (!c->is_bytes)
		return false;
	if (coding == CODING_TEXT)
		return compare_bytes_with_text(value->text, c, scratch, ret);
	if (!coded_bytes(value, coding, scratch, &bytes))
		return false;
	*ret = str_cmp(bytes, c->bytes);
	return true;
}

bool
constant_compare(const struct json *value, enum coding coding, const struct constant *c,
    struct arena *scratch, int *ret)
{
	bool boolean;

	switch ((int)c->kind) {
	case TOKEN_INTEGER:
	case TOKEN_FLOAT: return value->type == JSON_NUMBER && compare_number(value, c, ret);
	case TOKEN_BOOLEAN:
		if (!json_bool(value, &boolean))
			return false;
		*ret = (int)boolean - (int)c->boolean;
		return true;
	case TOKEN_END: return false;
	default:
		return value->type == JSON_STRING && compare_string(value, coding, c, scratch, ret);
	}
}
