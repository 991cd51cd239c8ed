#include <stdio.h>

#include "base.h"
#include "bytes_p.h"
#include "cases.h"
#include "match.h"
#include "match_p.h"

#define X63 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define MD5 "0123456789abcdef0123456789ABCDEF"

/* clang-format off */
static const struct normal_case {
	const char *name;
	enum pattern_kind kind;
	const char *value;
	const char *want; /* kind, text or hex bytes, /bits; or the error */
} normal_cases[] = {
	{ "IPv4", PATTERN_IPV4, "198.51.100.7", "ipv4 c6336407/32" },
	{ "IPv4 network with host bits", PATTERN_IPV4, "198.51.100.7/23", "ipv4 c6336400/23" },
	{ "IPv4 everything", PATTERN_IPV4, "1.2.3.4/0", "ipv4 00000000/0" },
	{ "IPv4 with a bad octet", PATTERN_IPV4, "1.2.3.256",
	  "\"1.2.3.256\" is not an IPv4 address or network like 198.51.100.0/24" },
	{ "IPv4 with a leading zero", PATTERN_IPV4, "01.2.3.4",
	  "\"01.2.3.4\" is not an IPv4 address or network like 198.51.100.0/24" },
	{ "IPv4 with 33 bits", PATTERN_IPV4, "1.2.3.4/33",
	  "\"1.2.3.4/33\" is not an IPv4 address or network like 198.51.100.0/24" },
	{ "IPv4 without bits", PATTERN_IPV4, "1.2.3.4/",
	  "\"1.2.3.4/\" is not an IPv4 address or network like 198.51.100.0/24" },
	{ "IPv4 with five parts", PATTERN_IPV4, "1.2.3.4.5",
	  "\"1.2.3.4.5\" is not an IPv4 address or network like 198.51.100.0/24" },
	{ "IPv6", PATTERN_IPV6, "2001:DB8::1", "ipv6 20010db8000000000000000000000001/128" },
	{ "IPv6 network with host bits", PATTERN_IPV6, "2001:db8:ffff::1/33",
	  "ipv6 20010db8800000000000000000000000/33" },
	{ "IPv6 in mapped form", PATTERN_IPV6, "::ffff:198.51.100.7", "ipv4 c6336407/32" },
	{ "IPv6 mapped network", PATTERN_IPV6, "::ffff:198.51.100.7/120", "ipv4 c6336400/24" },
	{ "IPv6 wider than the mapped ones", PATTERN_IPV6, "::ffff:0:0/95",
	  "ipv6 00000000000000000000fffe00000000/95" },
	{ "IPv6 with 129 bits", PATTERN_IPV6, "::1/129",
	  "\"::1/129\" is not an IPv6 address or network like 2001:db8::/32" },
	{ "IPv6 of two lines", PATTERN_IPV6, "::1\n::2",
	  "\"::1?::2\" is not an IPv6 address or network like 2001:db8::/32" },

	{ "domain", PATTERN_DOMAIN, "WWW.Evil.Example.", "domain www.evil.example" },
	{ "domain with underscore", PATTERN_DOMAIN, "_dmarc.x.com", "domain _dmarc.x.com" },
	{ "domain in UTF-8", PATTERN_DOMAIN, "M\xC3\xBCnchen.Example", "domain xn--mnchen-3ya.example" },
	{ "domain with an ideographic stop", PATTERN_DOMAIN, "\xE4\xBE\x8B\xE3\x81\x88\xE3\x80\x82jp",
	  "domain xn--r8jz45g.jp" },
	{ "Hindi domain", PATTERN_DOMAIN, "\xE0\xA4\xAD\xE0\xA4\xBE\xE0\xA4\xB0\xE0\xA4\xA4.example",
	  "domain xn--h2brj9c.example" },
	{ "domain not in UTF-8", PATTERN_DOMAIN, "\xFF.example",
	  "domain \"?.example\" has no form in ASCII (IDNA 2008)" },
	{ "longest label", PATTERN_DOMAIN, X63 ".example", "domain " X63 ".example" },
	{ "label too long", PATTERN_DOMAIN, X63 "x.example",
	  "domain \"" X63 "x.example\" has an empty label or one longer than 63 bytes" },
	{ "longest name", PATTERN_DOMAIN, X63 "." X63 "." X63 "." "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
	  "domain " X63 "." X63 "." X63 "." "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" },
	{ "name too long", PATTERN_DOMAIN, X63 "." X63 "." X63 "." X63,
	  "domain \"" X63 "." X63 "." X63 "." X63 "\" is longer than 253 bytes" },
	{ "empty label", PATTERN_DOMAIN, "a..example",
	  "domain \"a..example\" has an empty label or one longer than 63 bytes" },
	{ "empty domain", PATTERN_DOMAIN, "", "domain \"\" has an empty label or one longer than 63 bytes" },
	{ "top level only", PATTERN_DOMAIN, "com.",
	  "domain \"com.\" has one label only: everything below it would be hit" },
	{ "wildcard", PATTERN_DOMAIN, "*.x.com",
	  "domain \"*.x.com\" has a character other than letters, digits, '-' and '_'" },
	{ "hyphen at the end", PATTERN_DOMAIN, "x-.com",
	  "domain \"x-.com\" has a label that begins or ends with '-'" },
	{ "number at the end", PATTERN_DOMAIN, "1.2.3.4", "domain \"1.2.3.4\" ends with a number" },

	{ "URL", PATTERN_URL, "HTTPS://User@X.Com:443/A?B#C", "url https://x.com/A?B" },
	{ "URL with another port", PATTERN_URL, "http://x.com.:443", "url http://x.com:443/" },
	{ "URL with an empty port", PATTERN_URL, "http://x.com:/?a", "url http://x.com/?a" },
	{ "URL without path", PATTERN_URL, "ftp://x.com:21?a", "url ftp://x.com/?a" },
	{ "URL of an IPv6 host", PATTERN_URL, "http://[2001:DB8::1]:80/", "url http://[2001:db8::1]/" },
	{ "URL with a UTF-8 host", PATTERN_URL, "http://M\xC3\xBCnchen.example/\xC3\xBC",
	  "url http://xn--mnchen-3ya.example/\xC3\xBC" },
	{ "URL without scheme", PATTERN_URL, "x.com/a",
	  "\"x.com/a\" is not a URL like http://host.example/path" },
	{ "URL without host", PATTERN_URL, "http:///a",
	  "\"http:///a\" is not a URL like http://host.example/path" },
	{ "URL with one slash", PATTERN_URL, "http:/x.com",
	  "\"http:/x.com\" is not a URL like http://host.example/path" },

	{ "e-mail", PATTERN_EMAIL, "Some.One+x@Mail.X.COM", "email Some.One+x@mail.x.com" },
	{ "e-mail without domain", PATTERN_EMAIL, "a@com", "the domain of \"a@com\" has one label only: "
	  "everything below it would be hit" },
	{ "e-mail without @", PATTERN_EMAIL, "a.com", "\"a.com\" is not an e-mail address of letters, "
	  "digits and . _ % + - before \"@\"" },
	{ "e-mail with a quoted part", PATTERN_EMAIL, "\"a b\"@x.com", "\"\"a b\"@x.com\" is not an e-mail "
	  "address of letters, digits and . _ % + - before \"@\"" },

	{ "MD5", PATTERN_MD5, MD5, "md5 0123456789abcdef0123456789abcdef" },
	{ "SHA-1 too short", PATTERN_SHA1, MD5, "\"" MD5 "\" is not a hash of 40 hex digits" },
	{ "SHA-256 of other letters", PATTERN_SHA256, MD5 "0123456789abcdef0123456789abcdeg",
	  "\"" MD5 "0123456789abcdef0123456789abcdeg\" is not a hash of 64 hex digits" },
	{ "no such kind", (enum pattern_kind)PATTERN_KINDS, "x", "there is no kind of value 9" },
};

static const struct guess_case {
	const char *name;
	const char *text;
	int want; /* -1: none */
} guess_cases[] = {
	{ "address", "192.0.2.1", PATTERN_IPV4 },
	{ "network", "192.0.2.0/24", PATTERN_IPV4 },
	{ "IPv6 network", "2001:db8::/32", PATTERN_IPV6 },
	{ "name", "x.com", PATTERN_DOMAIN },
	{ "link", "http://x.com/", PATTERN_URL },
	{ "mail address", "a@x.com", PATTERN_EMAIL },
	{ "32 digits", MD5, PATTERN_MD5 },
	{ "40 digits", MD5 "01234567", PATTERN_SHA1 },
	{ "64 digits", MD5 MD5, PATTERN_SHA256 },
	{ "128 digits", MD5 MD5 MD5 MD5, PATTERN_SHA512 },
	{ "33 digits", MD5 "0", -1 },
	{ "nothing", "", -1 },
	{ "a word", "hello", -1 },
};
/* clang-format on */

static void
check_normal(void **state)
{
	const struct normal_case *c = *state;
	CLEANUP(heap_freep) struct normal *n = heap_new(sizeof(*n), 1);
	CLEANUP(buf_free) struct buf got = buf_new(KIB);
	struct why why = { 0 };

	if (normal_make(c->kind, str_of(c->value), n, &why) != OK) {
		assert_string_equal(why.text, c->want);
		return;
	}
	bool text = n->kind != PATTERN_IPV4 && n->kind != PATTERN_IPV6;
	buf_printf(&got, "%s ", pattern_kind_name(n->kind));
	for (size_t i = 0; i < n->len && !text; i++)
		buf_printf(&got, "%02x", (unsigned)(uint8_t)n->text[i]);
	if (text)
		buf_put(&got, (struct str){ n->text, n->len });
	if (!text)
		buf_printf(&got, "/%u", n->bits);
	buf_putc(&got, '\0');
	assert_string_equal(got.ptr, c->want);
}

static void
check_guess(void **state)
{
	const struct guess_case *c = *state;
	CLEANUP(heap_freep) struct normal *n = heap_new(sizeof(*n), 1);
	struct why why = { 0 };

	if (normal_make_text(str_of(c->text), n, &why) != OK) {
		assert_int_equal(c->want, -1);
		assert_string_equal(why.code, "match.guess");
		return;
	}
	assert_int_equal(n->kind, c->want);
}

/* Every byte at every place of a vector is what the table says. */
static void
check_bytes(void **state)
{
	(void)state;
	for (unsigned first = 0; first < 256; first++) {
		char text[BYTES_PAD];
		bytes16 lower;
		uint32_t dots = 0;

		for (unsigned i = 0; i < sizeof(text); i++)
			text[i] = (char)(uint8_t)(first + 37 * i);
		bytes16 classes = bytes_classes(bytes_load(text), &lower);
		bytes16 is_dot = (bytes16)(classes == BYTE_DOT);
		unsigned seen = 0;
		for (unsigned i = 0; i < sizeof(text); i++) {
			unsigned want = byte_class(text[i]);

			want = want == BYTE_MAIL ? BYTE_OTHER : want;
			assert_int_equal(classes[i], want);
			assert_int_equal(lower[i], (uint8_t)byte_lower(text[i]));
			dots |= (uint32_t)(text[i] == '.') << i;
			seen |= want;
		}
		assert_int_equal(bytes_bits(is_dot), dots);
		assert_int_equal(bytes_bits_portable(is_dot), dots);
		assert_int_equal(bytes_any(classes), seen);
	}
}

/* A name of each length: halves, whole vectors, and the last one read again. */
static void
check_lengths(void **state)
{
	CLEANUP(heap_freep) struct normal *n = heap_new(sizeof(*n), 1);

	(void)state;
	for (size_t len = 3; len <= DOMAIN_MAX; len++) {
		CLEANUP(heap_freep) char *name = heap_new(1, len);

		for (size_t i = 0; i < len; i++)
			name[i] = "Ab.A"[i % 4 == 1 && i + 1 < len ? 2 : i % 4 == 2 ? 0 : i % 2];
		assert_int_equal(normal_make(PATTERN_DOMAIN, (struct str){ name, len }, n, NULL),
		    OK);
		assert_int_equal(n->len, len);
		for (size_t i = 0; i < len; i++) {
			assert_int_equal(n->text[i], byte_lower(name[i]));
			assert_int_equal(n->dots.word[i / 64] >> (i % 64) & 1, name[i] == '.');
		}
	}
}

/* Every number of up to four digits, with and without leading zeros, at each of
 * the four places. */
static void
check_octets(void **state)
{
	static const char *const before[] = { "", "9.", "9.8.", "99.0.255." };
	static const char *const behind[] = { ".8.77.66", ".1.2", ".23", "" };

	(void)state;
	for (int i = 0; i < 4 * 3 * 1100; i++) {
		int place = i % 4, digits = i / 4 % 3 + 1, number = i / 12;
		char octet[8], text[32];
		uint32_t addr;

		int len = snprintf(octet, sizeof(octet), "%0*d", digits, number);
		(void)snprintf(text, sizeof(text), "%s%s%s", before[place], octet, behind[place]);
		bool plain = number <= 255 && (len == 1 || octet[0] != '0');
		assert_int_equal(normal_ipv4(str_of(text), &addr), plain);
		if (plain)
			assert_int_equal(addr >> (24 - 8 * place) & 0xFF, number);
	}
}

static void
check_limits(void **state)
{
	CLEANUP(heap_freep) char *text = heap_new(1, MATCH_VALUE_MAX + 2);
	CLEANUP(match_builder_freep) struct match_builder *b = match_builder_new(1);
	struct why why = { 0 };

	(void)state;
	memset(text, 'a', MATCH_VALUE_MAX + 1);
	for (size_t i = 0; i < 7; i++)
		text[i] = "http://"[i];
	assert_int_equal(match_builder_add(b, PATTERN_URL,
	                     (struct str){ text, MATCH_VALUE_MAX + 1 }, S("id"), &why),
	    ERR_LIMIT);
	assert_string_equal(why.text, "the URL has 4097 bytes; 4096 are the most");
	assert_int_equal(match_builder_add(b, PATTERN_DOMAIN, S("x.com"),
	                     (struct str){ text, MATCH_ID_MAX + 1 }, &why),
	    ERR_LIMIT);
	assert_string_equal(why.text, "the indicator id has 513 bytes; 512 are the most");
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	CASES(&cases, normal_cases, check_normal);
	CASES(&cases, guess_cases, check_guess);
	CASE(&cases, check_bytes);
	CASE(&cases, check_lengths);
	CASE(&cases, check_octets);
	CASE(&cases, check_limits);
	return cases_run("match_normal", &cases, argc, argv);
}
