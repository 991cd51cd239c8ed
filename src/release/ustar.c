#include <stdio.h>

#include "ustar_p.h"

/* Offsets and lengths of the fields that we fill. */
enum {
	AT_MODE = 100,
	AT_OWNER = 108,
	AT_GROUP = 116,
	AT_SIZE = 124,
	AT_TIME = 136,
	AT_SUM = 148,
	AT_TYPE = 156,
	AT_MAGIC = 257,
	NUMBER_DIGITS = 7,
	SIZE_DIGITS = 11,
	SUM_BYTES = 8,
};

static bool
is_name_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

bool
ustar_name_is(struct str name)
{
	if (name.len == 0 || name.len > USTAR_NAME_MAX)
		return false;
	while (name.ptr != NULL) {
		struct str part = str_split(&name, '/');

		if (part.len == 0 || part.ptr[0] == '.')
			return false;
		for (size_t i = 0; i < part.len; i++) {
			if (!is_name_byte(part.ptr[i]))
				return false;
		}
	}
	return true;
}

/* Zeros that follow a part of this size. */
static size_t
padding_of(size_t size)
{
	return (USTAR_BLOCK - size % USTAR_BLOCK) % USTAR_BLOCK;
}

static void
put_octal(char *at, int digits, uint64_t n)
{
	for (int i = digits; i > 0; i--, n >>= 3)
		at[i - 1] = (char)('0' + (n & 7));
}

void
ustar_header(struct str name, uint64_t size, char ret[USTAR_BLOCK])
{
	unsigned sum = 0;

	assert(ustar_name_is(name) && size <= USTAR_SIZE_MAX);
	memset(ret, 0, USTAR_BLOCK);
	memcpy(ret, name.ptr, name.len);
	put_octal(ret + AT_MODE, NUMBER_DIGITS, 0644);
	put_octal(ret + AT_OWNER, NUMBER_DIGITS, 0);
	put_octal(ret + AT_GROUP, NUMBER_DIGITS, 0);
	put_octal(ret + AT_SIZE, SIZE_DIGITS, size);
	put_octal(ret + AT_TIME, SIZE_DIGITS, 0);
	memset(ret + AT_SUM, ' ', SUM_BYTES);
	ret[AT_TYPE] = '0';
	memcpy(ret + AT_MAGIC,
	    "ustar\0"
	    "00",
	    8);
	for (size_t i = 0; i < USTAR_BLOCK; i++)
		sum += (unsigned char)ret[i];
	put_octal(ret + AT_SUM, SUM_BYTES - 2, sum);
	ret[AT_SUM + SUM_BYTES - 2] = '\0';
}

static void
put_zeros(size_t n, struct buf *out)
{
	static const char zeros[USTAR_END];

	buf_put(out, (struct str){ zeros, n });
}

void
ustar_put(struct str name, struct str bytes, struct buf *out)
{
	char header[USTAR_BLOCK];

	ustar_header(name, bytes.len, header);
	buf_put(out, (struct str){ header, USTAR_BLOCK });
	buf_put(out, bytes);
	put_zeros(padding_of(bytes.len), out);
}

void
ustar_put_end(struct buf *out)
{
	put_zeros(USTAR_END, out);
}

static bool
is_zero(struct str bytes)
{
	for (size_t i = 0; i < bytes.len; i++) {
		if (bytes.ptr[i] != '\0')
			return false;
	}
	return true;
}

/* The size that a header states; its form is compared as a whole afterwards. */
static uint64_t
read_size(const char *header)
{
	uint64_t n = 0;

	for (size_t i = 0; i < SIZE_DIGITS; i++) {
		unsigned digit = (unsigned char)header[AT_SIZE + i] - (unsigned)'0';

		if (digit > 7)
			return UINT64_MAX;
		n = n << 3 | digit;
	}
	return n;
}

static enum err
read_header(const char *header, struct ustar_part *ret, uint64_t *ret_size, struct why *why)
{
	char again[USTAR_BLOCK];
	size_t len = strnlen(header, USTAR_NAME_MAX + 1);

	ret->name = (struct str){ header, len };
	if (!ustar_name_is(ret->name))
		return fail(why, ERR_INVALID, "pack.name",
		    "a part has a name that no part of a pack may have");
	*ret_size = read_size(header);
	if (*ret_size > USTAR_SIZE_MAX)
		return fail(why, ERR_INVALID, "pack.header", "the size of " STR_FMT " is no number",
		    STR_ARG(ret->name));
	ustar_header(ret->name, *ret_size, again);
	if (memcmp(header, again, USTAR_BLOCK) != 0)
		return fail(why, ERR_INVALID, "pack.header",
		    "the header of " STR_FMT " is not as a pack is written", STR_ARG(ret->name));
	return OK;
}

static enum err
truncated(size_t at, struct why *why)
{
	return fail(why, ERR_INVALID, "pack.end", "the file ends too early, after %zu bytes", at);
}

static enum err
read_end(struct str file, size_t at, struct why *why)
{
	if (file.len - at < USTAR_END)
		return truncated(at, why);
	if (file.len - at > USTAR_END || !is_zero(str_sub(file, at, USTAR_END)))
		return fail(why, ERR_INVALID, "pack.end", "something follows the end of the pack");
	return OK;
}

enum err
ustar_next(struct str file, size_t max, size_t *io_at, struct ustar_part *ret, bool *ret_has,
    struct why *why)
{
	size_t at = *io_at;
	uint64_t size = 0;

	*ret_has = false;
	if (file.len < at || file.len - at < USTAR_BLOCK)
		return truncated(at, why);
	if (is_zero(str_sub(file, at, USTAR_BLOCK)))
		return read_end(file, at, why);
	TRY(read_header(file.ptr + at, ret, &size, why));
	if (size > max)
		return fail(why, ERR_LIMIT, "pack.size",
		    STR_FMT " says that it has %" PRIu64 " bytes; a part has %zu at most",
		    STR_ARG(ret->name), size, max);
	at += USTAR_BLOCK;
	if (file.len - at < size || file.len - at - size < padding_of(size))
		return truncated(file.len, why);
	ret->bytes = str_sub(file, at, size);
	at += size;
	if (!is_zero(str_sub(file, at, padding_of(size))))
		return fail(why, ERR_INVALID, "pack.padding",
		    "something stands between " STR_FMT " and the next part", STR_ARG(ret->name));
	*io_at = at + padding_of(size);
	*ret_has = true;
	return OK;
}
