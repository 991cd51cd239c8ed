#include <stdio.h>

#include "cases.h"
#include "pattern.h"

enum { ARENA_MAX = 64 * MIB, LINE_MAX_BYTES = 64 * KIB };

/* An observation from second a to second b of a minute, made n times. */
#define SEEN(a, b, n, objects)                                                     \
	"{\"type\":\"observed-data\",\"first_observed\":\"2026-01-01T00:00:" a     \
	"Z\",\"last_observed\":\"2026-01-01T00:00:" b "Z\",\"number_observed\":" n \
	",\"objects\":{" objects "}}"
#define AT(a, objects)  SEEN(a, a, "1", objects)
#define FILE_NAMED(n)   "\"0\":{\"type\":\"file\",\"name\":\"" n "\",\"size\":7}"
#define A_AT(a)         AT(a, FILE_NAMED("a"))
#define B_AT(a)         AT(a, FILE_NAMED("b"))
#define FIVE            "[" A_AT("01") "," B_AT("02") "," A_AT("03") "," B_AT("09") "," A_AT("30") "]"
#define ONE(properties) "[" AT("01", "\"0\":{\"type\":\"x\"," properties "}") "]"
#define KNOWS                                                                                \
	"[" AT("01",                                                                         \
	    "\"0\":{\"type\":\"person\",\"name\":\"a\",\"knows_refs\":[\"1\",\"2\",\"9\"]}," \
	    "\"1\":{\"type\":\"person\",\"name\":\"b\",\"knows_ref\":\"0\"},"                \
	    "\"2\":{\"type\":\"person\",\"name\":\"c\"}") "]"
#define UUID_TAIL "--11111111-1111-4111-8111-111111111111"
/* A bundle: one observation that lists the file, and what it does not list. */
#define LISTED                                                                                    \
	"{\"type\":\"bundle\",\"id\":\"bundle" UUID_TAIL "\",\"objects\":["                       \
	"{\"type\":\"observed-data\",\"id\":\"observed-data" UUID_TAIL "\","                      \
	"\"first_observed\":\"2026-01-01T00:00:00Z\",\"last_observed\":\"2026-01-01T00:00:00Z\"," \
	"\"number_observed\":1,\"object_refs\":[\"file" UUID_TAIL "\"]},"                         \
	"{\"type\":\"file\",\"id\":\"file" UUID_TAIL "\",\"name\":\"a\"},"                        \
	"{\"type\":\"url\",\"id\":\"url" UUID_TAIL "\",\"value\":\"http://a.example/\"},"         \
	"{\"type\":\"relationship\",\"id\":\"relationship" UUID_TAIL "\","                        \
	"\"relationship_type\":\"related-to\",\"source_ref\":\"file" UUID_TAIL "\","              \
	"\"target_ref\":\"url" UUID_TAIL "\"}]}"
#define A "[file:name = 'a']"
#define B "[file:name = 'b']"

/* want   the places of what is bound, "-" for no match, "!" and a code for an error */
/* clang-format off */
static const struct match_case {
	const char *name;
	const char *pattern;
	const char *data;
	const char *want;
} match_cases[] = {
	{ "a value", A, FIVE, "0" },
	{ "no such value", "[file:name = 'c']", FIVE, "-" },
	{ "nothing observed", A, "[]", "-" },
	{ "one observed-data object", A, A_AT("01"), "0" },
	{ "a type of its own", "[x:name = 'a']", FIVE, "-" },

	/* PT-020, PT-022: what is not listed is not seen, a relationship among it */
	{ "listed in a bundle", A, LISTED, "0" },
	{ "in the bundle, and not listed", "[url:value = 'http://a.example/']", LISTED, "-" },
	{ "a relationship", "[relationship:relationship_type = 'related-to']", LISTED, "-" },

	/* PT-031, PT-032, PT-040: an absent path is false, whatever is said about it */
	{ "absent and =", "[file:nope = 1]", FIVE, "-" },
	{ "absent and !=", "[file:nope != 1]", FIVE, "-" },
	{ "absent and NOT", "[file:nope NOT = 1]", FIVE, "-" },
	{ "EXISTS", "[EXISTS file:size]", FIVE, "0" },
	{ "EXISTS what is absent", "[EXISTS file:nope]", FIVE, "-" },
	{ "NOT EXISTS what is absent", "[NOT EXISTS file:nope]", FIVE, "0" },
	{ "NOT EXISTS of a type that is absent", "[NOT EXISTS url:value]", FIVE, "-" },

	/* PT-033: types */
	{ "integer and float", "[file:size = 7.0]", FIVE, "0" },
	{ "a fraction", "[file:size = 7.5]", FIVE, "-" },
	{ "a number is no text", "[file:size = '7']", FIVE, "-" },
	{ "and so not equal to it", "[file:size != '7']", FIVE, "0" },
	{ "types have no order", "[file:size < '8']", FIVE, "-" },
	{ "NOT of types without order", "[file:size NOT < '8']", FIVE, "0" },
	{ "large integers are exact", "[x:n = 9007199254740990]", ONE("\"n\":9007199254740991"), "-" },
	{ "a set of numbers", "[x:n IN (1, 2.5, 3)]", ONE("\"n\":2.5"), "0" },
	{ "true is not 1", "[x:n = true]", ONE("\"n\":1"), "-" },
	{ "true", "[x:n = true]", ONE("\"n\":true"), "0" },

	/* PT-034: bytes */
	{ "hex and text", "[x:a_hex = 'ab']", ONE("\"a_hex\":\"6162\""), "0" },
	{ "hex and base64", "[x:a_hex = b'YWI=']", ONE("\"a_hex\":\"6162\""), "0" },
	{ "base64 and hex", "[x:a_bin = h'6162']", ONE("\"a_bin\":\"YWI=\""), "0" },
	{ "a shorter prefix is less", "[x:a_bin < h'616263']", ONE("\"a_bin\":\"YWI=\""), "0" },
	{ "characters above U+00FF are no bytes", "[x:a_hex = '\xC4\x83']", ONE("\"a_hex\":\"03\""), "-" },
	{ "and so not equal", "[x:a_hex != '\xC4\x83']", ONE("\"a_hex\":\"03\""), "0" },
	{ "U+00FF is a byte", "[x:a_hex = '\xC3\xBF']", ONE("\"a_hex\":\"ff\""), "0" },
	{ "malformed hex equals nothing", "[x:a_hex = h'61']", ONE("\"a_hex\":\"6g\""), "-" },

	/* PT-035, PT-044: order of texts and instants */
	{ "code points, not UTF-16", "[x:s > '\xEF\xBF\xBD']", ONE("\"s\":\"\xF0\x9F\x98\x80\""), "0" },
	{ "= does not normalise", "[x:s = '\xC3\xA9']", ONE("\"s\":\"e\xCC\x81\""), "-" },
	{ "instants of any precision", "[x:t = t'2026-01-01T00:00:00.1Z']",
	  ONE("\"t\":\"2026-01-01T00:00:00.1000000000Z\""), "0" },
	{ "beyond microseconds", "[x:t > t'2026-01-01T00:00:00.1234567Z']",
	  ONE("\"t\":\"2026-01-01T00:00:00.12345671Z\""), "0" },
	{ "a leap second is after :59", "[x:t > t'2026-06-30T23:59:59.999999Z']",
	  ONE("\"t\":\"2026-06-30T23:59:60Z\""), "0" },
	{ "a text is no instant", "[x:t = t'2026-01-01T00:00:00Z']", ONE("\"t\":\"today\""), "-" },
	{ "no such day", "[x:t != t'2026-02-30T00:00:00Z']", ONE("\"t\":\"2026-01-01T00:00:00Z\""), "0" },

	/* PT-036 */
	{ "LIKE is of the whole", "[x:s LIKE 'b']", ONE("\"s\":\"abc\""), "-" },
	{ "% and _", "[x:s LIKE '%b_']", ONE("\"s\":\"aabbc\""), "0" },
	{ "% of nothing", "[x:s LIKE 'abc%']", ONE("\"s\":\"abc\""), "0" },
	{ "_ is a character", "[x:s LIKE '_']", ONE("\"s\":\"\xE6\x97\xA5\""), "0" },
	{ "LIKE normalises", "[x:s LIKE '_']", ONE("\"s\":\"e\xCC\x81\""), "0" },
	{ "dots are dots", "[x:s LIKE 'a.c']", ONE("\"s\":\"abc\""), "-" },
	{ "LIKE of bytes", "[x:a_hex LIKE '_a%']", ONE("\"a_hex\":\"ff6100\""), "0" },
	{ "LIKE an endless choice", "[x:s LIKE '%a%a%a%a%a%a%a%a%b']",
	  ONE("\"s\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\""), "-" },

	/* PT-037 */
	{ "MATCHES anywhere", "[x:s MATCHES 'b+']", ONE("\"s\":\"abbc\""), "0" },
	{ "a dot is a line feed, too", "[x:s MATCHES 'a.c']", ONE("\"s\":\"a\\nc\""), "0" },
	{ "anchors", "[x:s MATCHES '^b']", ONE("\"s\":\"abc\""), "-" },
	{ "MATCHES the empty text", "[x:s MATCHES '^$']", ONE("\"s\":\"\""), "0" },
	{ "the empty expression", "[x:s MATCHES '']", ONE("\"s\":\"a\""), "0" },
	{ "MATCHES of bytes", "[x:a_hex MATCHES '\\\\xff\\\\x00']", ONE("\"a_hex\":\"61ff00\""), "0" },
	{ "MATCHES a number", "[x:n MATCHES '.']", ONE("\"n\":1"), "-" },
	{ "a nested quantifier takes no time", "[x:s MATCHES '^(a+)+$']",
	  ONE("\"s\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\""), "-" },
	{ "a reference back", "[x:s MATCHES '(a)\\\\1']", ONE("\"s\":\"aa\""), "!pattern.regex" },
	{ "looking around", "[x:s MATCHES '(?=a)']", ONE("\"s\":\"aa\""), "!pattern.regex" },
	{ "a quotation", "[x:s MATCHES '\\\\Q[\\\\E(.{1,1000}a){20}']", ONE("\"s\":\"aa\""), "!pattern.regex" },
	{ "a comment", "[x:s MATCHES '(?#[)(.{1,300}a){20}']", ONE("\"s\":\"aa\""), "!pattern.regex" },
	{ "blanks that count for nothing", "[x:s MATCHES '(?x)(a{90}) {90}']", ONE("\"s\":\"aa\""), "!pattern.regex" },
	{ "a verb that widens classes", "[x:s MATCHES '(*UCP)(\\\\w{1,50}){1,4}']",
	    ONE("\"s\":\"aa\""), "!pattern.regex" },
	{ "a flag", "[x:s MATCHES '(?i)^ABC$']", ONE("\"s\":\"abc\""), "0" },
	{ "a flag of a group", "[x:s MATCHES '^a(?i:B)(?:c)(?<d>d)$']", ONE("\"s\":\"abcd\""), "0" },
	{ "several expressions share the room", "[x:s MATCHES '.{100}' AND x:s MATCHES '.{100}' AND x:s MATCHES '.{100}']", ONE("\"s\":\"a\""), "!pattern.regex-size" },
	{ "no expression", "[x:s MATCHES '(']", ONE("\"s\":\"aa\""), "!pattern.regex" },
	{ "a class that Unicode names", "[x:s MATCHES '^\\\\p{L}$']", ONE("\"s\":\"\xE0\xA4\x85\""), "0" },
	{ "many of them", "[x:s MATCHES '^\\\\p{L}{200}$']", ONE("\"s\":\"a\""), "!pattern.regex-size" },
	{ "repetitions of repetitions", "[x:s MATCHES '((a{100}){100}){100}']", ONE("\"s\":\"aa\""),
	  "!pattern.regex-size" },

	/* PT-039 */
	{ "an address in a network", "[x:s ISSUBSET '198.51.100.0/24']", ONE("\"s\":\"198.51.100.7\""), "0" },
	{ "beside it", "[x:s ISSUBSET '198.51.100.0/25']", ONE("\"s\":\"198.51.100.128\""), "-" },
	{ "bits of the host", "[x:s ISSUBSET '198.51.100.77/24']", ONE("\"s\":\"198.51.100.1/30\""), "0" },
	{ "equal networks", "[x:s ISSUPERSET '198.51.100.0/24']", ONE("\"s\":\"198.51.100.0/24\""), "0" },
	{ "all of IPv4", "[x:s ISSUBSET '0.0.0.0/0']", ONE("\"s\":\"203.0.113.9\""), "0" },
	{ "IPv6", "[x:s ISSUBSET '2001:db8::/32']", ONE("\"s\":\"2001:db8:1::1\""), "0" },
	{ "families", "[x:s ISSUBSET '::/0']", ONE("\"s\":\"203.0.113.9\""), "-" },
	{ "no address", "[x:s NOT ISSUBSET '::/0']", ONE("\"s\":\"a\""), "0" },

	/* PT-016, PT-041, PT-042: lists */
	{ "an element", "[x:l[1] = 6]", ONE("\"l\":[5,6]"), "0" },
	{ "behind the end", "[x:l[2] != 6]", ONE("\"l\":[5,6]"), "-" },
	{ "a negative index", "[x:l[-1] = 6]", ONE("\"l\":[5,6]"), "-" },
	{ "any element", "[x:l[*] = 6]", ONE("\"l\":[5,6]"), "0" },
	{ "any element that is not", "[x:l[*] NOT = 5]", ONE("\"l\":[5,6]"), "0" },
	{ "a dictionary has no elements", "[x:l[*] = 5]", ONE("\"l\":{\"a\":5}"), "-" },
	{ "two different elements", "[x:l[*].a = 1 AND x:l[*].b = 2]",
	  ONE("\"l\":[{\"a\":1},{\"b\":2}]"), "0" },
	{ "EXISTS any", "[EXISTS x:l[*]]", ONE("\"l\":[1]"), "0" },
	{ "a list is not its element", "[x:l = 5]", ONE("\"l\":[5]"), "-" },
	/* PT-043, PT-015 */
	{ "keys keep their case", "[x:h.MD5 = 'a']", ONE("\"h\":{\"md5\":\"a\"}"), "-" },
	{ "a quoted key", "[x:h.'a.b' = 'a']", ONE("\"h\":{\"a.b\":\"a\"}"), "0" },

	/* PT-021: references */
	{ "a reference", "[person:knows_ref.name = 'a']", KNOWS, "0" },
	{ "references", "[person:knows_refs[*].name = 'c']", KNOWS, "0" },
	{ "there and back", "[person:knows_refs[*].knows_ref.name = 'a']", KNOWS, "0" },
	{ "what is not listed", "[person:knows_refs[2].name NOT = 'x']", KNOWS, "-" },
	{ "a reference is a text, too", "[person:knows_ref = '0']", KNOWS, "0" },
	{ "a text is no reference", "[person:name.name = 'a']", KNOWS, "-" },

	/* PT-030: one object satisfies the bracket */
	{ "both of one object", "[person:name = 'b' AND EXISTS person:knows_ref]", KNOWS, "0" },
	{ "of two objects", "[person:name = 'c' AND EXISTS person:knows_ref]", KNOWS, "-" },

	/* PT-050, PT-056: observations */
	{ "two observations", A " AND " B, FIVE, "0 1" },
	{ "the same twice", A " AND " A, FIVE, "0 2" },
	{ "more than there are", B " AND " B " AND " B, FIVE, "-" },
	{ "contention", "[EXISTS file:name] AND " A " AND " A " AND " A, FIVE, "0 1 2 4" },
	{ "either", "[file:name = 'c'] OR " B, FIVE, "1" },
	{ "in order", B " FOLLOWEDBY " A, FIVE, "1 2" },
	{ "three in order", A " FOLLOWEDBY " B " FOLLOWEDBY " A, FIVE, "0 1 2" },
	{ "not in order", B " FOLLOWEDBY " B " FOLLOWEDBY " B, FIVE, "-" },
	{ "at the same time is in order", B " FOLLOWEDBY " A, "[" A_AT("01") "," B_AT("01") "]", "0 1" },
	{ "before is not", B " FOLLOWEDBY " A, "[" A_AT("01") "," B_AT("02") "]", "-" },
	{ "intervals overlap", B " FOLLOWEDBY " A,
	  "[" SEEN("00", "09", "1", FILE_NAMED("a")) "," SEEN("05", "20", "1", FILE_NAMED("b")) "]", "0 1" },
	/* PT-051 and PT-012, PT-023: order */
	{ "all of the first before all of the second", "(" A " AND " A ") FOLLOWEDBY " B, FIVE, "0 2 3" },
	{ "FOLLOWEDBY binds loosest", A " FOLLOWEDBY " B " AND " B " OR [file:name = 'c']", FIVE, "0 1 3" },

	/* PT-052, PT-024 */
	{ "repeated", A " REPEATS 3 TIMES", FIVE, "0 2 4" },
	{ "repeated too often", A " REPEATS 4 TIMES", FIVE, "-" },
	{ "one observation made often", A " REPEATS 40 TIMES", "[" SEEN("01", "09", "50", FILE_NAMED("a")) "]", "0" },
	{ "more often than any counter", A " REPEATS 99999999999999999999 TIMES", FIVE, "-" },
	{ "a pair repeated", "(" A " AND " B ") REPEATS 2 TIMES", FIVE, "0 1 2 3" },
	{ "a pair repeated too often", "(" A " AND " B ") REPEATS 3 TIMES", FIVE, "-" },
	{ "alternatives repeated", "(" A " OR " B ") REPEATS 5 TIMES", FIVE, "0 1 2 3 4" },

	/* PT-053, PT-010, PT-011 */
	{ "within", "(" A " AND " A ") WITHIN 3 SECONDS", FIVE, "0 2" },
	{ "as far is not within", "(" A " AND " A ") WITHIN 2 SECONDS", FIVE, "-" },
	{ "a fraction more is", "(" A " AND " A ") WITHIN 2.000001 SECONDS", FIVE, "0 2" },
	{ "the later pair", "(" B " FOLLOWEDBY " A ") WITHIN 1.5 SECONDS", FIVE, "1 2" },
	{ "repeated within", A " REPEATS 2 TIMES WITHIN 5 SECONDS", FIVE, "0 2" },
	{ "repeated within too little", A " REPEATS 3 TIMES WITHIN 5 SECONDS", FIVE, "-" },
	{ "each within its own", "(" A " FOLLOWEDBY " B ") WITHIN 7 SECONDS REPEATS 2 TIMES", FIVE, "0 1 2 3" },
	{ "a qualifier is of what stands before it", A " AND " A " AND " B " WITHIN 1 SECONDS", FIVE, "0 1 2" },

	/* PT-054 */
	{ "between", A " START t'2026-01-01T00:00:02Z' STOP t'2026-01-01T00:00:04Z'", FIVE, "2" },
	{ "STOP itself is out", A " START t'2026-01-01T00:00:02Z' STOP t'2026-01-01T00:00:03Z'", FIVE, "-" },
	{ "START itself is in", A " START t'2026-01-01T00:00:30Z' STOP t'2026-01-01T00:00:31Z'", FIVE, "4" },
	{ "between in the wrong order", A " START t'2026-01-01T00:00:09Z' STOP t'2026-01-01T00:00:01Z'",
	  "[" SEEN("00", "20", "1", FILE_NAMED("a")) "]", "-" },
	{ "between on no day", A " START t'2026-01-01T00:00:00Z' STOP t'2026-02-30T00:00:00Z'", FIVE, "-" },

	{ "no observed data", A, "{\"type\":\"file\"}", "!pattern.data" },
	{ "no time", A, "[{\"type\":\"observed-data\",\"objects\":{}}]", "!pattern.observed-data" },
	{ "ends before it begins", A, "[" SEEN("09", "01", "1", FILE_NAMED("a")) "]", "!pattern.observed-data" },
	{ "observed never", A, "[" SEEN("01", "01", "0", FILE_NAMED("a")) "]", "!pattern.observed-data" },
	{ "more than may differ", "(" A " AND " B ") REPEATS 501 TIMES", FIVE, "!pattern.slots" },
};
/* clang-format on */

/* The answer as in `want`. */
static enum err
answer(struct arena *a, struct str pattern, const struct json *data, struct buf *ret,
    struct why *why)
{
	const struct pattern *p;
	const struct pattern_data *observed;
	struct pattern_program *program = NULL;
	struct pattern_match match = { 0 };

	TRY(pattern_parse(a, pattern, &p, why));
	TRY(pattern_data_read(a, data, &observed, why));
	TRY(pattern_compile(a, p, &program, why));
	enum err err = pattern_run(program, observed, a, &match, why);
	pattern_program_free(program);
	for (size_t i = 0; i < match.len; i++)
		buf_printf(ret, "%s%zu", i > 0 ? " " : "", match.observed[i].place);
	if (err == OK && !match.matches)
		buf_putc(ret, '-');
	assert_int_equal(match.matches, match.len > 0);
	return err;
}

static void
check_match(void **state)
{
	const struct match_case *c = *state;
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_MAX);
	CLEANUP(buf_free) struct buf got = buf_new(KIB);
	const struct json *data;
	struct why why = { 0 };

	assert_int_equal(json_parse(a, str_of(c->data), NULL, &data, &why), OK);
	if (answer(a, str_of(c->pattern), data, &got, &why) != OK)
		buf_printf(&got, "!%s", why.code);
	buf_putc(&got, '\0');
	if (strcmp(got.ptr, c->want) != 0)
		fail_msg("%s: %s, not %s (%s)", c->pattern, got.ptr, c->want, why.text);
}

/* clang-format off */
static const struct print_case {
	const char *name;
	const char *text;
	const char *want; /* NULL: the same */
} print_cases[] = {
	{ "blanks and signs", "[a:b==1AND a:c<>2]", "[a:b = 1 AND a:c != 2]" },
	{ "quotes", "[a:'b'.'c-d'.'AND'.'e.f'[*][2] = 'it\\'s \\\\']", "[a:b.'c-d'.'AND'.'e.f'[*][2] = 'it\\'s \\\\']" },
	{ "literals", "[a:b IN (1, 2.5) OR a:c = h'00' OR a:d = b'AA==' OR a:e = t'2026-01-01T00:00:00Z' OR a:f = true]", NULL },
	{ "operators", "[a:b NOT LIKE 'x' AND EXISTS a:c AND NOT EXISTS a:d AND a:e ISSUBSET '::/0']", NULL },
	{ "needless parentheses", "(([a:b = 1])) OR ([a:b = 2 AND (a:c = 3)])", "[a:b = 1] OR [a:b = 2 AND a:c = 3]" },
	{ "parentheses that matter", "[a:b = 1 AND (a:c = 2 OR a:d = 3)] AND ([a:e = 1] FOLLOWEDBY [a:e = 2])", NULL },
	{ "qualifiers", "([a:b = 1] OR [a:b = 2]) REPEATS 2 TIMES WITHIN 5 SECONDS", NULL },
	{ "a unit around a unit", "([a:b = 1] REPEATS 2 TIMES) REPEATS 3 TIMES", NULL },
	{ "an interval", "[a:b = 1] START t'2026-01-01T00:00:00Z' STOP t'2026-01-02T00:00:00Z'", NULL },
	{ "comments go", "[a:b = 1] // one", "[a:b = 1]" },
};

static const struct remark_case {
	const char *name;
	const char *text;
	const char *want; /* codes */
	unsigned level;
} remark_cases[] = {
	{ "one bracket", "[a:b = 1]", "", 1 },
	{ "several", "[a:b = 1] OR [a:b = 2]", "", 2 },
	{ "a qualifier", "[a:b = 1] REPEATS 2 TIMES", "", 3 },
	{ "in order", "[a:b = 1] FOLLOWEDBY [a:b = 1]", "", 3 },
	{ "two types under AND", "[a:b = 1 AND c:d = 2]", "pattern.never", 1 },
	{ "two types under AND, deeper", "[a:b = 1 OR (a:b = 2 AND (c:d = 2 OR e:f = 3))]", "pattern.never", 1 },
	{ "two types that meet", "[(a:b = 1 OR c:d = 2) AND (c:d = 3 OR e:f = 4)]", "", 1 },
	{ "an empty set", "[a:b IN ()]", "pattern.empty-set", 1 },
	{ "a negative index", "[a:b[-1] = 1]", "pattern.index", 1 },
	{ "no network", "[a:b ISSUBSET 'x']", "pattern.network", 1 },
	{ "an interval backwards", "[a:b = 1] START t'2026-01-02T00:00:00Z' STOP t'2026-01-01T00:00:00Z'", "pattern.interval", 3 },
};
/* clang-format on */

static void
check_print(void **state)
{
	const struct print_case *c = *state;
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_MAX);
	CLEANUP(buf_free) struct buf got = buf_new(KIB);
	const struct pattern *p;
	struct why why = { 0 };

	assert_int_equal(pattern_parse(a, str_of(c->text), &p, &why), OK);
	pattern_print(p, &got);
	buf_putc(&got, '\0');
	assert_string_equal(got.ptr, c->want != NULL ? c->want : c->text);
}

static void
check_remarks(void **state)
{
	const struct remark_case *c = *state;
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_MAX);
	CLEANUP(buf_free) struct buf got = buf_new(KIB);
	struct pattern_remark remark[PATTERN_REMARKS_MAX];
	const struct pattern *p;
	struct why why = { 0 };

	assert_int_equal(pattern_parse(a, str_of(c->text), &p, &why), OK);
	for (size_t i = 0, n = pattern_remarks(p, remark); i < n; i++)
		buf_put(&got, str_of(remark[i].code));
	buf_putc(&got, '\0');
	assert_string_equal(got.ptr, c->want);
	assert_int_equal(pattern_level(p), c->level);
}

static void
check_explain(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_MAX);
	CLEANUP(buf_free) struct buf got = buf_new(KIB);
	const struct pattern *p;
	struct why why = { 0 };

	(void)state;
	assert_int_equal(pattern_parse(a,
	                     S("([file:name LIKE 'x%' AND file:size > 5] AND [url:value IN ('a', "
	                       "'b')]) WITHIN 60 SECONDS"),
	                     &p, &why),
	    OK);
	pattern_explain(p, &got);
	buf_putc(&got, '\0');
	assert_string_equal(got.ptr,
	    "WITHIN 60 SECONDS: all of these, each in observations of its own:\n"
	    "  one observation that has\n"
	    "    an object that is all of:\n"
	    "      file whose name looks like 'x%'\n"
	    "      file whose size is more than 5\n"
	    "  one observation that has\n"
	    "    url whose value is one of ('a', 'b')");
}

/* ---- bounds ---- */

/* A person who knows all, itself among them. */
static struct str
crowd(struct buf *b, size_t n)
{
	buf_put(b, S("[{\"type\":\"observed-data\",\"first_observed\":\"2026-01-01T00:00:00Z\","
	             "\"last_observed\":\"2026-01-01T00:00:00Z\",\"number_observed\":1,"
	             "\"objects\":{"));
	for (size_t i = 0; i < n; i++) {
		buf_printf(b, "%s\"%zu\":{\"type\":\"p\",\"name\":\"x\",\"k_refs\":[",
		    i > 0 ? "," : "", i);
		for (size_t k = 0; k < n; k++)
			buf_printf(b, "%s\"%zu\"", k > 0 ? "," : "", k);
		buf_put(b, S("]}"));
	}
	buf_put(b, S("}}]"));
	return buf_str(b);
}

/* PT-057: each [*] multiplies the ways by 40: the run ends with an error, not with time. */
static void
check_work(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_MAX);
	CLEANUP(buf_free) struct buf text = buf_new(MIB);
	CLEANUP(buf_free) struct buf got = buf_new(KIB);
	const struct json *data;
	struct why why = { 0 };

	(void)state;
	assert_int_equal(json_parse(a, crowd(&text, 40), NULL, &data, &why), OK);
	assert_int_equal(answer(a,
	                     S("[p:k_refs[*].k_refs[*].k_refs[*].k_refs[*].k_refs[*].k_refs[*]"
	                       ".k_refs[*].k_refs[*].name = 'y']"),
	                     data, &got, &why),
	    ERR_LIMIT);
	assert_string_equal(why.code, "pattern.work");
}

/* ---- the shared cases ---- */

/* Where the text of the specification and the reference matcher disagree, the text
 * wins.  PT-033: an instant and a text are different, and so !=; the reference
 * stops there.  PT-014: 2.0 wrote the instants of START and STOP as texts.
 * PT-011: a unit has each kind of qualifier once.  And a "cybox-container" was
 * never a type of STIX. */
static bool
is_exception(struct str pattern, const struct json *row, bool want)
{
	struct str version = json_str(json_get(row, S("stix_version")));
	const struct json *seen = json_nth(json_get(row, S("observed_data")), 0);

	if (str_find(pattern, S("!= t'")) != SIZE_MAX && !want)
		return true;
	if (str_is(json_str(json_get(seen, S("type"))), "cybox-container"))
		return true;
	return str_is(version, "2.0") && (str_find(pattern, S("START '")) != SIZE_MAX ||
	                                     str_find(pattern, S("TIMES REPEATS")) != SIZE_MAX);
}

/* PT-053: what is as long as the window is not within it; for the reference it is.
 * So the pattern of a row that matches gets a microsecond more. */
static struct str
widened(struct arena *a, struct str pattern)
{
	size_t at = str_find(pattern, S(" SECONDS"));

	if (at == SIZE_MAX || at == 0 || pattern.ptr[at - 1] < '0' || pattern.ptr[at - 1] > '9')
		return pattern;
	struct str seconds = str_sub(pattern, 0, at);
	struct str rest = str_sub(pattern, at, SIZE_MAX);
	return arena_printf(a, STR_FMT "%s" STR_FMT, STR_ARG(seconds),
	    memchr(seconds.ptr, '.', seconds.len) == NULL ? ".000001" : "", STR_ARG(rest));
}

static void
check_shared_row(struct arena *a, struct str line, size_t row)
{
	CLEANUP(buf_free) struct buf got = buf_new(KIB);
	struct why why = { 0 };
	const struct json *json;
	struct str pattern;
	bool want = false;

	assert_int_equal(json_parse(a, line, NULL, &json, &why), OK);
	assert_true(json_get_str(json, S("pattern"), &pattern));
	(void)json_get_bool(json, S("match"), &want); /* an error is no match */
	if (is_exception(pattern, json, want))
		return;
	pattern = want ? widened(a, pattern) : pattern;
	enum err err = answer(a, pattern, json_get(json, S("observed_data")), &got, &why);
	bool matches = err == OK && !str_is(buf_str(&got), "-");
	if (matches != want)
		fail_msg("row %zu, " STR_FMT ": %s, not %s: %s", row, STR_ARG(pattern),
		    matches ? "a match" : "none", want ? "a match" : "none", why.text);
}

static void
closep(FILE **f)
{
	if (*f != NULL)
		(void)fclose(*f);
}

static void
check_shared(void **state)
{
	char path[4096];
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_MAX);
	CLEANUP(closep) FILE *f = NULL;
	char *line = arena_make(a, char, LINE_MAX_BYTES);
	size_t row = 0;

	(void)state;
	if (cases_conformance("stix/pattern-match.jsonl", path) == NULL)
		skip();
	f = fopen(path, "r");
	assert_non_null(f);
	while (fgets(line, LINE_MAX_BYTES, f) != NULL)
		check_shared_row(a, str_of(line), ++row);
	assert_true(row > 0);
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	CASES(&cases, match_cases, check_match);
	CASES(&cases, print_cases, check_print);
	CASES(&cases, remark_cases, check_remarks);
	CASE(&cases, check_explain);
	CASE(&cases, check_work);
	CASE(&cases, check_shared);
	return cases_run("pattern_match", &cases, argc, argv);
}
