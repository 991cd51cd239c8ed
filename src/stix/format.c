/* Recognising addresses, names, codes and encodings. */
#include <arpa/inet.h>

#include "clock.h"
#include "format_p.h"
#include "stamp_p.h"

enum { ADDRESS_MAX = 64 }; /* longer than any IPv6 address */

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool
is_letter(char c)
{
	return is_lower(c) || (c >= 'A' && c <= 'Z');
}

static bool
is_alnum(char c)
{
	return is_letter(c) || is_digit(c);
}

static bool
is_in(char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

static bool
is_blank_or_control(char c)
{
	return (unsigned char)c <= ' ' || c == 0x7F;
}

/* Whether fn holds for every byte of a text that is not empty. */
static bool
all(struct str text, bool (*fn)(char c))
{
	for (size_t i = 0; i < text.len; i++) {
		if (!fn(text.ptr[i]))
			return false;
	}
	return text.len > 0;
}

/* ---- encodings ---- */

static bool
is_lower_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f');
}

static bool
is_hex(char c)
{
	return is_lower_hex(c) || (c >= 'A' && c <= 'F');
}

static bool
is_base64_digit(char c)
{
	return is_alnum(c) || c == '+' || c == '/';
}

bool
format_is_hex(struct str text)
{
	return text.len % 2 == 0 && all(text, is_lower_hex);
}

bool
format_is_base64(struct str text)
{
	if (text.len == 0 || text.len % 4 != 0)
		return false;
	for (int padding = 0; padding < 2 && text.ptr[text.len - 1] == '='; padding++)
		text.len--;
	return all(text, is_base64_digit);
}

static bool
is_ssdeep(struct str digest)
{
	struct str size = str_split(&digest, ':');

	return all(size, is_digit) && str_split(&digest, ':').len > 0 && digest.len > 0;
}

static bool
is_tlsh(struct str digest)
{
	if (str_starts(digest, S("T1")))
		digest = str_sub(digest, 2, SIZE_MAX);
	return digest.len == 70 && all(digest, is_hex);
}

bool
format_is_digest(struct str algorithm, struct str digest)
{
	static const struct {
		struct str name;
		size_t digits;
	} known[] = {
		{ NAME("MD5"), 32 },
		{ NAME("SHA-1"), 40 },
		{ NAME("SHA-256"), 64 },
		{ NAME("SHA-512"), 128 },
		{ NAME("SHA3-256"), 64 },
		{ NAME("SHA3-512"), 128 },
	};

	for (size_t i = 0; i < COUNTOF(known); i++) {
		if (str_eq(algorithm, known[i].name))
			return digest.len == known[i].digits && all(digest, is_hex);
	}
	if (str_is(algorithm, "SSDEEP"))
		return is_ssdeep(digest);
	return str_is(algorithm, "TLSH") ? is_tlsh(digest) : digest.len > 0;
}

/* ---- addresses ---- */

static bool
is_address(struct str text, int family, uint64_t bits)
{
	char address[ADDRESS_MAX];
	unsigned char parsed[sizeof(struct in6_addr)];
	struct str rest = text, host = str_split(&rest, '/');
	uint64_t prefix;

	if (rest.ptr != NULL && !str_to_u64(rest, bits, &prefix))
		return false;
	if (host.len == 0 || host.len >= sizeof(address) || memchr(host.ptr, 0, host.len) != NULL)
		return false;
	memcpy(address, host.ptr, host.len);
	address[host.len] = '\0';
	return inet_pton(family, address, parsed) == 1;
}

static bool
is_ipv4(struct str text)
{
	return is_address(text, AF_INET, 32);
}

static bool
is_ipv6(struct str text)
{
	return is_address(text, AF_INET6, 128);
}

static bool
is_mac(struct str text)
{
	if (text.len != 17)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (i % 3 == 2 ? text.ptr[i] != ':' : !is_lower_hex(text.ptr[i]))
			return false;
	}
	return true;
}

/* Letters, digits and hyphens of RFC 1034, the underscore that service names
 * use, and whatever UTF-8 a U-label is made of. */
static bool
is_host_char(char c)
{
	return is_alnum(c) || c == '-' || c == '_' || (unsigned char)c >= 0x80;
}

static bool
is_domain(struct str text)
{
	enum { LABEL_MAX = 63 * 4, DOMAIN_MAX = 255 * 4 }; /* bytes of UTF-8 */

	if (text.len > 0 && text.ptr[text.len - 1] == '.')
		text.len--;
	if (text.len == 0 || text.len > DOMAIN_MAX)
		return false;
	for (struct str rest = text; rest.ptr != NULL;) {
		struct str label = str_split(&rest, '.');

		if (label.len > LABEL_MAX || !all(label, is_host_char))
			return false;
	}
	return true;
}

static bool
is_email(struct str text)
{
	struct str domain = text, local = str_split(&domain, '@');

	for (size_t i = 0; i < text.len; i++) {
		if (is_blank_or_control(text.ptr[i]) || is_in(text.ptr[i], "<>,;"))
			return false;
	}
	return local.len > 0 && domain.len > 0 && memchr(domain.ptr, '@', domain.len) == NULL;
}

/* A scheme and something behind it; feeds quote hostile URLs as they were
 * seen, so that only what cannot be part of any URL is refused. */
static bool
is_url(struct str text)
{
	struct str rest = text, scheme = str_split(&rest, ':');

	if (scheme.len == 0 || !is_letter(scheme.ptr[0]) || rest.len == 0)
		return false;
	for (size_t i = 0; i < scheme.len; i++) {
		if (!is_alnum(scheme.ptr[i]) && !is_in(scheme.ptr[i], "+-."))
			return false;
	}
	for (size_t i = 0; i < rest.len; i++) {
		if (is_blank_or_control(rest.ptr[i]))
			return false;
	}
	return true;
}

/* ---- codes ---- */

/* Well-formed by RFC 5646; whether the registry has it is not looked up. */
static bool
is_language(struct str text)
{
	enum { SUBTAG_MAX = 8 };
	struct str rest = text, first = str_split(&rest, '-'), last = first;
	bool private = first.len == 1 && is_in(first.ptr[0], "xXiI");

	if (!all(first, is_letter) || first.len > SUBTAG_MAX || (first.len == 1 && !private))
		return false;
	while (rest.ptr != NULL) {
		last = str_split(&rest, '-');
		if (last.len > SUBTAG_MAX || !all(last, is_alnum))
			return false;
	}
	return last.len > 1 || (private && last.ptr != first.ptr);
}

static bool
is_country(struct str text)
{
	return text.len == 2 && text.ptr[0] >= 'A' && text.ptr[0] <= 'Z' && text.ptr[1] >= 'A' &&
	       text.ptr[1] <= 'Z';
}

/* Takes one component of a CPE name, in which a backslash quotes. */
static struct str
take_component(struct str *rest)
{
	size_t len = 0;
	struct str component = *rest;

	while (len < rest->len && rest->ptr[len] != ':')
		len += rest->ptr[len] == '\\' ? 2 : 1;
	if (len >= rest->len) {
		*rest = (struct str){ 0 };
		return component;
	}
	component.len = len;
	*rest = str_sub(*rest, len + 1, SIZE_MAX);
	return component;
}

static bool
is_cpe(struct str text)
{
	enum { COMPONENTS = 11 }; /* part, vendor, product, ... other; NISTIR 7695, section 6.2 */
	const struct str prefix = S("cpe:2.3:");

	if (!str_starts(text, prefix) || text.len == prefix.len ||
	    !is_in(text.ptr[prefix.len], "aho*-"))
		return false;

	struct str rest = str_sub(text, prefix.len, SIZE_MAX);
	for (size_t i = 0; i < COMPONENTS; i++) {
		struct str component = take_component(&rest);

		if (component.len == 0)
			return false;
		for (size_t k = 0; k < component.len; k++) {
			if (is_blank_or_control(component.ptr[k]))
				return false;
		}
	}
	return rest.ptr == NULL;
}

static bool
is_mime_char(char c)
{
	return is_alnum(c) || is_in(c, "!#$&^_.+-");
}

static bool
is_mime(struct str text)
{
	struct str rest = text, type = str_split(&rest, '/'), subtype = str_split(&rest, ';');

	return all(type, is_mime_char) && all(str_trim(subtype), is_mime_char);
}

/* What the names of the IANA registry of character sets begin with. */
static bool
is_charset(struct str text)
{
	static const struct str families[] = { NAME("UTF"), NAME("US-ASCII"), NAME("ASCII"),
		NAME("ISO"), NAME("windows-"), NAME("cp"), NAME("IBM"), NAME("EBCDIC"), NAME("KOI"),
		NAME("EUC-"), NAME("Extended_UNIX_Code"), NAME("GB"), NAME("HZ-GB"), NAME("Big5"),
		NAME("Shift_JIS"), NAME("JIS_"), NAME("KS"), NAME("macintosh"), NAME("hp-"),
		NAME("Adobe-"), NAME("DEC-"), NAME("TIS-620"), NAME("VISCII"), NAME("VIQR"),
		NAME("TSCII"), NAME("Ventura-"), NAME("PC8-"), NAME("NATS-"), NAME("SEN_"),
		NAME("BS_"), NAME("NF_"), NAME("IT"), NAME("ES"), NAME("PT"), NAME("NS_4551"),
		NAME("DIN_66003"), NAME("MSZ_"), NAME("CSN_"), NAME("CSA_"), NAME("NC_"),
		NAME("JUS_"), NAME("ANSI_X3"), NAME("INIS"), NAME("INVARIANT"), NAME("greek"),
		NAME("latin"), NAME("dk-us"), NAME("us-dk"), NAME("BRF"), NAME("OSD_EBCDIC"),
		NAME("SCSU"), NAME("BOCU-1"), NAME("CESU-8"), NAME("Amiga-"), NAME("KZ-1048"),
		NAME("ECMA-"), NAME("T.61"), NAME("T.101"), NAME("videotex"), NAME("UNICODE-"),
		NAME("MNEM"), NAME("Microsoft-Publishing"), NAME("GOST_") };

	for (size_t i = 0; i < COUNTOF(families); i++) {
		if (str_eq_nocase(str_sub(text, 0, families[i].len), families[i]))
			return true;
	}
	return false;
}

/* ---- words ---- */

static bool
is_phase(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		if ((is_letter(text.ptr[i]) && !is_lower(text.ptr[i])) || is_in(text.ptr[i], " _"))
			return false;
	}
	return text.len > 0;
}

static bool
is_word_char(char c)
{
	return is_lower(c) || is_digit(c) || c == '-';
}

static bool
is_word(struct str text)
{
	return all(text, is_word_char);
}

static bool
is_some(struct str text)
{
	return text.len > 0;
}

static bool
is_second(struct str text)
{
	time_us at;

	return time_parse(text, &at) && stamp_trim(text).len == sizeof("YYYY-MM-DDTHH:MM:SS") - 1;
}

/* clang-format off */
#define E STIX_ERROR
#define W STIX_WARNING
const struct format format_charset = { "a character set of the IANA registry", is_charset, E, "SI-050" };
const struct format format_country = { "an ISO 3166-1 code of two capital letters", is_country, W, "SI-050" };
const struct format format_cpe = { "a CPE 2.3 name", is_cpe, E, "SI-050" };
const struct format format_domain = { "a domain name", is_domain, E, "SI-050" };
const struct format format_email = { "an email address without a display name", is_email, E, "SI-050" };
const struct format format_ipv4 = { "an IPv4 address or CIDR block", is_ipv4, E, "SI-050" };
const struct format format_ipv6 = { "an IPv6 address or CIDR block", is_ipv6, E, "SI-050" };
const struct format format_language = { "a language tag (RFC 5646)", is_language, E, "SI-016" };
const struct format format_link = { "a URL", is_url, E, "SI-013" };
const struct format format_mac = { "six lower-case octets with colons", is_mac, E, "SI-050" };
const struct format format_mime = { "a media type such as text/plain", is_mime, W, "SI-050" };
const struct format format_phase = { "lower-case with hyphens between words", is_phase, W, "SI-014" };
const struct format format_relationship_type = { "lower-case letters, digits and hyphens", is_word, E, "SI-050" };
const struct format format_second = { "a timestamp of whole seconds", is_second, E, "SI-008" };
const struct format format_some_text = { "a text that is not empty", is_some, E, "SI-050" };
const struct format format_url = { "a URL", is_url, E, "SI-050" };
/* clang-format on */
