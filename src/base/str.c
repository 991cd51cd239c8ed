#include "base.h"
#include "utf8.h"

static unsigned char
lower(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

int
str_cmp(struct str a, struct str b)
{
	size_t common = a.len < b.len ? a.len : b.len;
	int order = common == 0 ? 0 : memcmp(a.ptr, b.ptr, common);

	if (order != 0)
		return order < 0 ? -1 : 1;
	return (a.len > b.len) - (a.len < b.len);
}

bool
str_starts(struct str s, struct str prefix)
{
	return s.len >= prefix.len && str_eq(str_sub(s, 0, prefix.len), prefix);
}

bool
str_ends(struct str s, struct str suffix)
{
	return s.len >= suffix.len && str_eq(str_sub(s, s.len - suffix.len, suffix.len), suffix);
}

size_t
str_find(struct str s, struct str needle)
{
	if (needle.len == 0)
		return 0;
	if (needle.len > s.len)
		return SIZE_MAX;
	const char *at = memmem(s.ptr, s.len, needle.ptr, needle.len);
	return at == NULL ? SIZE_MAX : (size_t)(at - s.ptr);
}

struct str
str_sub(struct str s, size_t from, size_t len)
{
	assert(from <= s.len);
	size_t left = s.len - from;
	return (struct str){ from == 0 ? s.ptr : s.ptr + from, len < left ? len : left };
}

struct str
str_split(struct str *rest, char sep)
{
	struct str part = *rest;
	const char *at = rest->len == 0 ? NULL : memchr(rest->ptr, sep, rest->len);

	if (at == NULL) {
		*rest = (struct str){ NULL, 0 };
		return part;
	}
	part.len = (size_t)(at - part.ptr);
	*rest = str_sub(*rest, part.len + 1, SIZE_MAX);
	return part;
}

struct str
str_trim(struct str s)
{
	size_t from = 0;

	while (from < s.len && is_blank(s.ptr[from]))
		from++;
	while (s.len > from && is_blank(s.ptr[s.len - 1]))
		s.len--;
	return str_sub(s, from, SIZE_MAX);
}

bool
str_eq_nocase(struct str a, struct str b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++) {
		if (lower(a.ptr[i]) != lower(b.ptr[i]))
			return false;
	}
	return true;
}

bool
str_is_digits(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] < '0' || s.ptr[i] > '9')
			return false;
	}
	return s.len > 0;
}

bool
str_to_u64(struct str s, uint64_t max, uint64_t *ret)
{
	uint64_t n = 0;

	if (s.len == 0 || (s.len > 1 && s.ptr[0] == '0'))
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] < '0' || s.ptr[i] > '9')
			return false;
		uint64_t digit = (uint64_t)(s.ptr[i] - '0');
		if (n > max / 10 || digit > max - n * 10)
			return false;
		n = n * 10 + digit;
	}
	*ret = n;
	return true;
}

/* How many bytes at the start of s are ASCII, counted in whole words. */
static size_t
ascii_words(struct str s)
{
	size_t n = 0;
	uint64_t word;

	for (; s.len - n >= sizeof(word); n += sizeof(word)) {
		memcpy(&word, s.ptr + n, sizeof(word));
		if ((word & UINT64_C(0x8080808080808080)) != 0)
			break;
	}
	return n;
}

bool
str_is_utf8(struct str s)
{
	while (s.len > 0) {
		s = str_sub(s, ascii_words(s), SIZE_MAX);
		uint32_t c;
		size_t len = utf8_next(s, &c);
		if (len == 0)
			return s.len == 0;
		s = str_sub(s, len, SIZE_MAX);
	}
	return true;
}
