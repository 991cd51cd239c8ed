#include <arpa/inet.h>
#include <stdlib.h>

#include <idn2.h>

#include "bytes_p.h"
#include "key_p.h"
#include "match_p.h"
#include "quad_p.h"

enum { IPV6_TEXT_MAX = 45, LABEL_MAX = 63 };

/* clang-format off */
#define OTHER_16 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, \
		 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80

const uint8_t byte_classes[256] = {
	OTHER_16,
	OTHER_16,
	0x80, 0x80, 0x80, 0x80, 0x80, 0x20, 0x80, 0x80, 0x80, 0x80, 0x80, 0x20, 0x80, 0x10, 0x08, 0x40,
	0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x40, 0x80, 0x80, 0x80, 0x80, 0x80,
	0x40, 0x02, 0x02, 0x02, 0x02, 0x02, 0x02, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04,
	0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x80, 0x80, 0x80, 0x80, 0x10,
	0x80, 0x02, 0x02, 0x02, 0x02, 0x02, 0x02, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04,
	0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x80, 0x80, 0x80, 0x80, 0x80,
	OTHER_16, OTHER_16, OTHER_16, OTHER_16, OTHER_16, OTHER_16, OTHER_16, OTHER_16,
};
/* clang-format on */

/* The classes that occur in s. */
static unsigned
classes_of(struct str s)
{
	unsigned seen = 0;

	for (size_t i = 0; i < s.len; i++)
		seen |= byte_class(s.ptr[i]);
	return seen;
}

static void
note_dots(struct dots *dots, size_t at, uint64_t bits)
{
	dots->word[at / 64] |= bits << (at % 64);
	if (at % 64 > 48)
		dots->word[at / 64 + 1] |= bits >> (64 - at % 64);
}

/* copy_lower() for less than 8 bytes: the first byte fills the vector. */
static unsigned
copy_lower_few(struct str from, char *to, struct dots *dots)
{
	char padded[16];
	bytes16 lower;

	if (from.len == 0)
		return 0;
	memset(padded, from.ptr[0], sizeof(padded));
	memcpy(padded, from.ptr, from.len);
	bytes16 classes = bytes_classes(bytes_load(padded), &lower);
	memcpy(padded, &lower, sizeof(lower));
	memcpy(to, padded, from.len);
	dots->word[0] = bytes_bits((bytes16)(classes == BYTE_DOT)) & ((1u << from.len) - 1);
	return bytes_any(classes);
}

/* copy_lower() for 8 to 15 bytes: two halves that overlap. */
static inline unsigned
copy_lower_halves(struct str from, char *to, struct dots *dots)
{
	size_t last = from.len - 8;
	bytes16 lower;
	bytes16 x = (bytes16)(halves){ key_load(from.ptr), key_load(from.ptr + last) };
	bytes16 classes = bytes_classes(x, &lower);
	uint64_t bits = bytes_bits((bytes16)(classes == BYTE_DOT));
	uint64_t first_half = ((halves)lower)[0], last_half = ((halves)lower)[1];

	memcpy(to, &first_half, 8);
	memcpy(to + last, &last_half, 8);
	dots->word[0] = (bits & 0xFF) | (bits >> 8) << last;
	return bytes_any(classes);
}

/* Copies with ASCII in lower case, and returns the classes that occur.
 *
 *   to     may be where the text is
 *   dots   of as many bytes as a name has */
static unsigned
copy_lower(struct str from, char *to, struct dots *dots)
{
	bytes16 seen = { 0 };

	*dots = (struct dots){ 0 };
	if (from.len < 8)
		return copy_lower_few(from, to, dots);
	if (from.len < 16)
		return copy_lower_halves(from, to, dots);
	for (size_t at = 0;; at += 16) {
		if (at + 16 > from.len)
			at = from.len - 16;
		bytes16 lower, classes = bytes_classes(bytes_load(from.ptr + at), &lower);

		memcpy(to + at, &lower, sizeof(lower));
		seen |= classes;
		if (at <= DOMAIN_MAX)
			note_dots(dots, at, bytes_bits((bytes16)(classes == BYTE_DOT)));
		if (at + 16 == from.len)
			return bytes_any(seen);
	}
}

/* ---- addresses ---- */

bool
normal_ipv4(struct str text, uint32_t *ret)
{
	char copy[IPV4_TEXT_MAX + QUAD_PAD] = { 0 };
	struct dots dots;

	if (text.len > IPV4_TEXT_MAX)
		return false;
	(void)copy_lower(text, copy, &dots);
	return quad_parse((struct str){ copy, text.len }, dots.word[0], true, ret);
}

bool
normal_ipv6(struct str text, uint8_t ret[16])
{
	char copy[IPV6_TEXT_MAX + 1];
	struct in6_addr addr;

	if (text.len < 2 || text.len > IPV6_TEXT_MAX)
		return false;
	memcpy(copy, text.ptr, text.len);
	copy[text.len] = '\0';
	if (strlen(copy) != text.len || inet_pton(AF_INET6, copy, &addr) != 1)
		return false;
	memcpy(ret, &addr, sizeof(addr));
	return true;
}

bool
normal_is_mapped(const uint8_t addr[16])
{
	static const uint8_t prefix[12] = { [10] = 0xFF, [11] = 0xFF };

	return memcmp(addr, prefix, sizeof(prefix)) == 0;
}

void
normal_mask(uint8_t *addr, size_t bytes, unsigned bits)
{
	for (size_t i = 0; i < bytes; i++) {
		unsigned keep = bits >= 8 * (i + 1) ? 8
		                : bits <= 8 * i     ? 0
		                                    : bits - 8 * (unsigned)i;

		addr[i] &= (uint8_t)(0xFF00u >> keep);
	}
}

/* Takes "/bits" off text; max without one.  false: not a number up to max.
 *
 *   seen   the classes that occur */
static bool
take_bits(struct str *text, unsigned seen, unsigned max, unsigned *ret)
{
	struct str rest = *text;
	uint64_t bits;

	*ret = max;
	if ((seen & BYTE_MARK) == 0)
		return true;
	*text = str_split(&rest, '/');
	if (rest.ptr == NULL)
		return true;
	if (!str_to_u64(rest, max, &bits))
		return false;
	*ret = (unsigned)bits;
	return true;
}

static enum err
make_ipv4(struct str value, unsigned seen, struct normal *ret, struct why *why)
{
	struct str addr = value;
	uint32_t host;

	if (!take_bits(&addr, seen, 32, &ret->bits) ||
	    !quad_parse((struct str){ ret->text, addr.len }, ret->dots.word[0], true, &host))
		return fail(why, ERR_INVALID, "match.ipv4",
		    "\"" STR_FMT "\" is not an IPv4 address or network like 198.51.100.0/24",
		    STR_ARG(value));
	uint32_t wire = htonl(host & ipv4_mask(ret->bits));
	memcpy(ret->text, &wire, sizeof(wire));
	ret->len = sizeof(wire);
	return OK;
}

static enum err
make_ipv6(struct str value, unsigned seen, struct normal *ret, struct why *why)
{
	struct str text = value;
	uint8_t addr[16];

	if (!take_bits(&text, seen, 128, &ret->bits) || !normal_ipv6(text, addr))
		return fail(why, ERR_INVALID, "match.ipv6",
		    "\"" STR_FMT "\" is not an IPv6 address or network like 2001:db8::/32",
		    STR_ARG(value));
	normal_mask(addr, sizeof(addr), ret->bits);
	ret->len = sizeof(addr);
	memcpy(ret->text, addr, ret->len);
	if (normal_is_mapped(addr) && ret->bits >= 96) {
		ret->kind = PATTERN_IPV4;
		ret->bits -= 96;
		ret->len = 4;
		memcpy(ret->text, addr + 12, ret->len);
	}
	return OK;
}

/* ---- domains ---- */

bool
normal_idna(struct str name, char *ret, size_t *ret_len)
{
	enum { NAME_MAX_UTF8 = 4 * DOMAIN_MAX };
	char copy[NAME_MAX_UTF8 + 1];
	char *ascii = NULL;

	if (name.len > NAME_MAX_UTF8 || memchr(name.ptr, '\0', name.len) != NULL)
		return false;
	memcpy(copy, name.ptr, name.len);
	copy[name.len] = '\0';
	if (idn2_to_ascii_8z(copy, &ascii, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) != IDN2_OK)
		return false;
	size_t len = strlen(ascii);
	bool fits = len <= DOMAIN_MAX;
	if (fits) {
		memcpy(ret, ascii, len + 1);
		*ret_len = len;
	}
	idn2_free(ascii);
	return fits;
}

static const char bad_byte[] = "has a character other than letters, digits, '-' and '_'";

static bool
has_high(struct str s)
{
	unsigned all = 0;

	for (size_t i = 0; i < s.len; i++)
		all |= (unsigned char)s.ptr[i];
	return all >= 0x80;
}

/* What is wrong with the labels of a name, or NULL. */
static const char *
labels_objection(struct str name, const struct dots *dots)
{
	size_t labels = 0, start, end = name.len;
	bool number = false;

	for (;; end = start - 1) {
		start = label_start(dots->word, 0, end);
		if (start == end || end - start > LABEL_MAX)
			return "has an empty label or one longer than 63 bytes";
		if (name.ptr[start] == '-' || name.ptr[end - 1] == '-')
			return "has a label that begins or ends with '-'";
		if (labels++ == 0 && str_is_digits(str_sub(name, start, SIZE_MAX)))
			number = true;
		if (start == 0)
			break;
	}
	if (labels < 2)
		return "has one label only: everything below it would be hit";
	return number ? "ends with a number" : NULL;
}

/* Brings a name, whose lower case stands at the end of ret->text, to its normal
 * form there; what is wrong, or NULL.
 *
 *   seen   what copy_lower() saw in it */
static const char *
append_domain(struct str name, unsigned seen, struct normal *ret)
{
	char *to = ret->text + ret->len;
	size_t len = name.len;

	if (seen >= BYTE_OTHER && has_high(name)) {
		if (!normal_idna(name, to, &len))
			return "has no form in ASCII (IDNA 2008)";
		seen = copy_lower((struct str){ to, len }, to, &ret->dots);
	}
	if (len > DOMAIN_MAX + 1)
		return "is longer than 253 bytes";
	if ((seen & ~(unsigned)BYTE_HOST) != 0)
		return bad_byte;
	if (len > 0 && to[len - 1] == '.')
		len--;
	if (len > DOMAIN_MAX)
		return "is longer than 253 bytes";
	ret->len += len;
	return labels_objection((struct str){ to, len }, &ret->dots);
}

static enum err
make_domain(struct str value, unsigned seen, struct normal *ret, struct why *why)
{
	const char *objection = append_domain(value, seen, ret);

	if (objection != NULL)
		return fail(why, ERR_INVALID, "match.domain", "domain \"" STR_FMT "\" %s",
		    STR_ARG(value), objection);
	return OK;
}

/* ---- e-mail ---- */

static enum err
make_email(struct str value, struct normal *ret, struct why *why)
{
	struct str domain = value;
	struct str local = str_split(&domain, '@');
	bool plain = local.len > 0 && local.len <= EMAIL_LOCAL_MAX && local.ptr[0] != '.' &&
	             local.ptr[0] != '-';

	if (!plain || domain.ptr == NULL || (classes_of(local) & ~(unsigned)BYTE_LOCAL) != 0)
		return fail(why, ERR_INVALID, "match.email",
		    "\"" STR_FMT "\" is not an e-mail address of letters, digits and . _ %% + - "
		    "before \"@\"",
		    STR_ARG(value));
	memcpy(ret->text, local.ptr, local.len);
	ret->text[local.len] = '@';
	ret->len = local.len + 1;
	struct str first = str_sub(domain, 0, DOMAIN_MAX + 2);
	unsigned seen = copy_lower(first, ret->text + ret->len, &ret->dots);
	const char *objection = append_domain(domain, seen, ret);
	if (objection != NULL)
		return fail(why, ERR_INVALID, "match.email", "the domain of \"" STR_FMT "\" %s",
		    STR_ARG(value), objection);
	return OK;
}

/* ---- hashes ---- */

static enum err
make_hash(struct str value, unsigned seen, struct normal *ret, struct why *why)
{
	static const size_t digits[PATTERN_KINDS] = {
		[PATTERN_MD5] = 32,
		[PATTERN_SHA1] = 40,
		[PATTERN_SHA256] = 64,
		[PATTERN_SHA512] = 128,
	};

	ret->len = digits[ret->kind];
	if (value.len != ret->len || (seen & ~(unsigned)(BYTE_DIGIT | BYTE_HEX)) != 0)
		return fail(why, ERR_INVALID, "match.hash",
		    "\"" STR_FMT "\" is not a hash of %zu hex digits", STR_ARG(value), ret->len);
	return OK;
}

/* ---- all ---- */

static enum err
make_url(struct str value, struct normal *ret, struct why *why)
{
	if (value.len > MATCH_VALUE_MAX)
		return fail(why, ERR_LIMIT, "match.length",
		    "the URL has %zu bytes; %d are the most", value.len, MATCH_VALUE_MAX);
	ret->len = normal_url(value, ret->text);
	if (ret->len == 0)
		return fail(why, ERR_INVALID, "match.url",
		    "\"" STR_FMT "\" is not a URL like http://host.example/path", STR_ARG(value));
	return OK;
}

/* Copies the value, in lower case, to where its normal form will be: names and
 * hashes are then nearly done.  Of what is too long for any kind only the start.
 *
 * The classes that occur. */
static unsigned
begin(struct str value, struct normal *ret)
{
	ret->bits = 0;
	ret->len = 0;
	return copy_lower(str_sub(value, 0, MATCH_VALUE_MAX), ret->text, &ret->dots);
}

static enum err
make(struct str value, unsigned seen, struct normal *ret, struct why *why)
{
	switch (ret->kind) {
	case PATTERN_IPV4: return make_ipv4(value, seen, ret, why);
	case PATTERN_IPV6: return make_ipv6(value, seen, ret, why);
	case PATTERN_DOMAIN: return make_domain(value, seen, ret, why);
	case PATTERN_URL: return make_url(value, ret, why);
	case PATTERN_EMAIL: return make_email(value, ret, why);
	case PATTERN_MD5:
	case PATTERN_SHA1:
	case PATTERN_SHA256:
	case PATTERN_SHA512: return make_hash(value, seen, ret, why);
	}
	return fail(why, ERR_INVALID, "match.kind", "there is no kind of value %u",
	    (unsigned)ret->kind);
}

enum err
normal_make(enum pattern_kind kind, struct str value, struct normal *ret, struct why *why)
{
	unsigned seen = begin(value, ret);

	ret->kind = kind;
	return make(value, seen, ret, why);
}

static bool
guess_hash(size_t digits, enum pattern_kind *ret)
{
	switch (digits) {
	case 32: *ret = PATTERN_MD5; return true;
	case 40: *ret = PATTERN_SHA1; return true;
	case 64: *ret = PATTERN_SHA256; return true;
	case 128: *ret = PATTERN_SHA512; return true;
	default: return false;
	}
}

/* What kind of value a text of these classes looks like; false: none. */
static bool
guess(struct str text, unsigned seen, enum pattern_kind *ret)
{
	if ((seen & ~(unsigned)(BYTE_DIGIT | BYTE_HEX)) == 0)
		return guess_hash(text.len, ret);
	if ((seen & BYTE_MARK) != 0) {
		const char *colon = memchr(text.ptr, ':', text.len);

		if (colon != NULL) {
			size_t at = (size_t)(colon - text.ptr);
			bool url = str_starts(str_sub(text, at, SIZE_MAX), S("://"));
			*ret = url ? PATTERN_URL : PATTERN_IPV6;
			return true;
		}
		if (memchr(text.ptr, '@', text.len) != NULL) {
			*ret = PATTERN_EMAIL;
			return true;
		}
	}
	bool numeric = (seen & ~(unsigned)(BYTE_DIGIT | BYTE_DOT | BYTE_MARK)) == 0;
	*ret = numeric ? PATTERN_IPV4 : PATTERN_DOMAIN;
	return (seen & BYTE_DOT) != 0;
}

enum err
normal_make_text(struct str value, struct normal *ret, struct why *why)
{
	unsigned seen = begin(value, ret);

	if (!guess(value, seen, &ret->kind))
		return fail(why, ERR_INVALID, "match.guess",
		    "\"" STR_FMT "\" looks like no address, name, URL, e-mail address or hash",
		    STR_ARG(value));
	return make(value, seen, ret, why);
}
