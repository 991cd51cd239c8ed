#include "pattern.h"

#include <stdio.h>
#include <stdlib.h>

#include "buf.h"
#include "cases.h"
#include "json.h"

enum { ARENA_MAX = 16 * MIB };

/* clang-format off */
static const struct syntax_case {
	const char *name;
	const char *text;
	enum err want;
	const char *why;
	const char *where;
} syntax_cases[] = {
	/* PT-001, PT-002, PT-003, PT-004, PT-005: letters, words, constants, comments */
	{ "a comparison", "[ipv4-addr:value = '198.51.100.1']", OK, "", "" },
	{ "no blanks at all", "[a:b=1AND a:c=2OR a:d<>'x']OR[a:b==1]", OK, "", "" },
	{ "wide blanks", "[\xC2\xA0" "a:b\xE3\x80\x80=\xE2\x80\x83" "1\r\n]", OK, "", "" },
	{ "comments", "/* one */ [a:b = 1 // two\n ] // three", OK, "", "" },
	{ "slashes in a string", "[url:value = 'http://x.example//y']", OK, "", "" },
	{ "numbers", "[a:b IN (1, -2, +3, .5, -0.25, 0)]", OK, "", "" },
	{ "empty set", "[a:b IN ()]", OK, "", "" },
	{ "literals", "[a:b = h'00fF' AND a:c = b'YQ==' AND a:d = true AND a:e = h'']", OK, "", "" },
	{ "base64 with a line feed", "[a:b = b'YWJj\nZGVm']", OK, "", "" },
	{ "quoted steps", "[x:'a.b'.c[0].'d-e'[*] NOT LIKE '%']", OK, "", "" },
	{ "negative index", "[x:a[-1] = 1]", OK, "", "" },
	{ "exists", "[EXISTS x:a AND NOT EXISTS x:b]", OK, "", "" },
	{ "qualifiers",
	  "([a:b = 1] FOLLOWEDBY [a:b = 2] REPEATS 2 TIMES) WITHIN 0.5 SECONDS "
	  "START t'2026-01-31T23:59:60Z' STOP t'2026-02-30T00:00:00.123456789Z'", OK, "", "" },
	{ "two objects under AND", "[a:x = 1 AND b:y = 2]", OK, "", "" },
	{ "escapes", "[a:b = 'it\\'s \\\\ fine']", OK, "", "" },
	{ "raw line feed in a string", "[a:b = 'one\ntwo']", OK, "", "" },
	{ "a type like a literal's letter", "[t:h = 1 OR b:t = 2]", OK, "", "" },

	{ "nothing", "", ERR_INVALID,
	  "the pattern ends where an observation in brackets like [file:size = 1] should stand",
	  "line 1, column 1" },
	{ "no value", "[file:size = ]", ERR_INVALID,
	  "\"]\" stands where a constant should", "line 1, column 14" },
	{ "no operator", "[file:size 5]", ERR_INVALID,
	  "\"5\" stands where an operator like = or IN should", "line 1, column 12" },
	{ "no bracket at the end", "[file:size = 5", ERR_INVALID,
	  "the pattern ends where AND, OR or \"]\" should stand", "line 1, column 15" },
	{ "columns count characters", "[a:b = '\xE6\x97\xA5\xE6\x9C\xAC' c]", ERR_INVALID,
	  "\"c\" stands where AND, OR or \"]\" should", "line 1, column 13" },
	{ "lines count", "[a:b = 1\n OR]", ERR_INVALID,
	  "\"]\" stands where a comparison like ipv4-addr:value = '198.51.100.1' should",
	  "line 2, column 4" },
	{ "NOT before a path", "[NOT a:b = 1]", ERR_INVALID,
	  "\"a\" stands where EXISTS (elsewhere NOT stands behind the path) should",
	  "line 1, column 6" },
	/* PT-015, PT-002 */
	{ "bare hyphen", "[file:hashes.SHA-256 = 'x']", ERR_INVALID,
	  "\"SHA-256\" stands where a property name (in quotes if it has a hyphen) should",
	  "line 1, column 14" },
	{ "keyword as a property", "[a:AND = 1]", ERR_INVALID,
	  "\"AND\" stands where a property name should", "line 1, column 4" },
	{ "lower-case keyword", "[a:b = 1 and a:c = 2]", ERR_INVALID,
	  "\"and\" stands where AND, OR or \"]\" should", "line 1, column 10" },
	/* PT-045, PT-038 */
	{ "boolean order", "[a:b < true]", ERR_INVALID,
	  "\"true\" stands where a constant that has an order should", "line 1, column 8" },
	{ "mixed set", "[a:b IN (1, 'x')]", ERR_INVALID,
	  "\"'x'\" stands where a constant of the same type as the first of the set should",
	  "line 1, column 13" },
	{ "LIKE a number", "[a:b LIKE 1]", ERR_INVALID,
	  "\"1\" stands where a string in single quotes should", "line 1, column 11" },
	/* PT-003: constants */
	{ "open string", "[a:b = 'x]", ERR_INVALID,
	  "this string has no closing quote", "line 1, column 8" },
	{ "stray backslash", "[a:b = 'x\\n']", ERR_INVALID,
	  "a backslash in a string stands before \\ or ' only", "line 1, column 10" },
	{ "backslash at the end", "[a:b = 'x\\", ERR_INVALID,
	  "a backslash in a string stands before \\ or ' only", "line 1, column 10" },
	{ "open comment", "[a:b = 1] /* x", ERR_INVALID,
	  "this comment has no end", "line 1, column 11" },
	{ "odd hex", "[a:b = h'abc']", ERR_INVALID,
	  "not an even number of hex digits", "line 1, column 8" },
	{ "empty base64", "[a:b = b'']", ERR_INVALID,
	  "not base64 with its padding", "line 1, column 8" },
	{ "bad base64", "[a:b = b'YQ=']", ERR_INVALID,
	  "not base64 with its padding", "line 1, column 8" },
	{ "month 13", "[a:b = t'2026-13-01T00:00:00Z']", ERR_INVALID,
	  "not a timestamp like t'2026-01-31T23:59:59Z'", "line 1, column 8" },
	{ "time without zone", "[a:b = t'2026-12-01T00:00:00']", ERR_INVALID,
	  "not a timestamp like t'2026-01-31T23:59:59Z'", "line 1, column 8" },
	{ "empty fraction", "[a:b = t'2026-12-01T00:00:00.Z']", ERR_INVALID,
	  "not a timestamp like t'2026-01-31T23:59:59Z'", "line 1, column 8" },
	{ "leading zero", "[a:b = 007]", ERR_INVALID,
	  "an integer has no leading zero", "line 1, column 8" },
	{ "exponent", "[a:b = 1e5]", ERR_INVALID,
	  "\"e5\" stands where AND, OR or \"]\" should", "line 1, column 9" },
	/* PT-014: what was never a pattern */
	{ "null", "[a:b = null]", ERR_INVALID,
	  "\"null\" stands where a constant should", "line 1, column 8" },
	{ "strange character", "[a:b = \xE2\x82\xAC]", ERR_INVALID,
	  "no part of a pattern begins with \"\xE2\x82\xAC\"", "line 1, column 8" },
	{ "double quotes", "[a:b = \"x\"]", ERR_INVALID,
	  "a string stands in single quotes, as in 'text', not in \"", "line 1, column 8" },
	{ "quotes of a word processor", "[a:b = \xE2\x80\x98x\xE2\x80\x99]", ERR_INVALID,
	  "a string stands in single quotes, as in 'text', not in \xE2\x80\x98", "line 1, column 8" },
	{ "double quotes in a path", "[file:hashes.\"MD5\" = 'x']", ERR_INVALID,
	  "a string stands in single quotes, as in 'text', not in \"", "line 1, column 14" },
	{ "not UTF-8", "[a:b = '\xFF']", ERR_INVALID, "the pattern is not UTF-8 text", "" },
	{ "something behind", "[a:b = 1] x", ERR_INVALID,
	  "\"x\" stands where AND, OR, FOLLOWEDBY, a qualifier or the end should",
	  "line 1, column 11" },
	{ "minutes", "[a:b = 1] WITHIN 5 MINUTES", ERR_INVALID,
	  "\"MINUTES\" stands where SECONDS should", "line 1, column 20" },
	{ "zero seconds", "[a:b = 1] WITHIN 0.0 SECONDS", ERR_INVALID,
	  "\"0.0\" stands where a number of seconds above 0 should", "line 1, column 18" },
	{ "zero times", "[a:b = 1] REPEATS 0 TIMES", ERR_INVALID,
	  "\"0\" stands where an integer above 0 should", "line 1, column 19" },
	{ "half a time", "[a:b = 1] REPEATS 1.5 TIMES", ERR_INVALID,
	  "\"1.5\" stands where an integer above 0 should", "line 1, column 19" },
	{ "STIX 2.0 time", "[a:b = 1] START '2026-01-01T00:00:00Z' STOP '2026-01-02T00:00:00Z'",
	  ERR_INVALID, "\"'2026-01-01T00:00:00Z'\" stands where a timestamp like "
	  "t'2026-01-31T23:59:59Z' should", "line 1, column 17" },
	{ "START alone", "[a:b = 1] START t'2026-01-01T00:00:00Z'", ERR_INVALID,
	  "the pattern ends where STOP should stand", "line 1, column 40" },
	{ "twice WITHIN", "[a:b = 1] WITHIN 5 SECONDS WITHIN 6 SECONDS", ERR_INVALID,
	  "\"WITHIN\" stands where another kind of qualifier than before should",
	  "line 1, column 28" },
	{ "not a hash", "[file:hashes.'SHA-256' = 'f00']", ERR_INVALID,
	  "\"f00\" is not a hash of 64 hex digits", "line 1, column 26" },
	{ "no hex digit in a hash", "[file:hashes.MD5 IN ('0123456789abcdef0123456789abcdeg')]",
	  ERR_INVALID, "\"0123456789abcdef0123456789abcdeg\" is not a hash of 32 hex digits",
	  "line 1, column 21" },
	{ "no parenthesis", "([a:b = 1]", ERR_INVALID,
	  "the pattern ends where AND, OR or \")\" should stand", "line 1, column 11" },
	{ "open index", "[a:b[0 = 1]", ERR_INVALID,
	  "\"=\" stands where \"]\" should", "line 1, column 8" },
	{ "index without number", "[a:b[x] = 1]", ERR_INVALID,
	  "\"x\" stands where an integer or \"*\" should", "line 1, column 6" },
	{ "no colon", "[file.size = 1280]", ERR_INVALID,
	  "\".\" stands where \":\" should", "line 1, column 6" },
	{ "no comma", "[a:b IN (1 2)]", ERR_INVALID,
	  "\"2\" stands where \",\" or \")\" should", "line 1, column 12" },
};
/* clang-format on */

static void
check_syntax(void **state)
{
	const struct syntax_case *c = *state;
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_MAX);
	const struct pattern *p = NULL;
	struct why why = { 0 };
	enum err got = pattern_parse(a, str_of(c->text), &p, &why);

	assert_string_equal(why.text, c->why);
	assert_string_equal(why.where, c->where);
	assert_int_equal(got, c->want);
	assert_int_equal(p != NULL, got == OK);
}

#define HASH_MD5  "d41d8cd98f00b204e9800998ecf8427e"
#define HASH_SHA1 "da39a3ee5e6b4b0d3255bfef95601890afd80709"

/* clang-format off */
static const struct atoms_case {
	const char *name;
	const char *text;
	const char *want; /* kind=value, one a line; then "-N: reason" */
} atoms_cases[] = {
	{ "address", "[ipv4-addr:value = '198.51.100.1']", "ipv4=198.51.100.1\n" },
	{ "network", "[ipv6-addr:value ISSUBSET '2001:db8::/32']", "ipv6=2001:db8::/32\n" },
	{ "one bracket with OR", "[domain-name:value = 'a.example' OR url:value == 'http://b.example/']",
	  "domain=a.example\nurl=http://b.example/\n" },
	{ "OR of brackets", "[email-addr:value = 'a@b.example'] OR ([ipv4-addr:value IN "
	  "('192.0.2.1', '192.0.2.2')])", "email=a@b.example\nipv4=192.0.2.1\nipv4=192.0.2.2\n" },
	{ "hash names", "[file:hashes.MD5 = '" HASH_MD5 "' OR file:hashes.'MD5' = '" HASH_MD5
	  "' OR file:'hashes'.'SHA-1' = '" HASH_SHA1 "']",
	  "md5=" HASH_MD5 "\nmd5=" HASH_MD5 "\nsha1=" HASH_SHA1 "\n" },
	{ "hashes of one file", "[file:hashes.MD5 = '" HASH_MD5 "' AND file:hashes.'SHA-1' = '"
	  HASH_SHA1 "']", "md5=" HASH_MD5 "\nsha1=" HASH_SHA1 "\n" },
	{ "senders", "[email-message:from_ref.value = 'a@b.example' OR "
	  "email-message:sender_ref.value = 'c@d.example']", "email=a@b.example\nemail=c@d.example\n" },
	{ "end points", "[network-traffic:dst_ref.value = '192.0.2.1' OR "
	  "network-traffic:src_ref.value = '2001:db8::1' OR "
	  "network-traffic:dst_ref.value = 'c2.example']",
	  "ipv4=192.0.2.1\nipv6=2001:db8::1\ndomain=c2.example\n" },
	{ "an escaped value", "[url:value = 'http://x.example/it\\'s']", "url=http://x.example/it's\n" },
	{ "some of it", "[ipv4-addr:value = '192.0.2.1'] OR [process:name = 'x'] OR "
	  "[ipv4-addr:value = '192.0.2.2'] REPEATS 5 TIMES",
	  "ipv4=192.0.2.1\n"
	  "-2: a property is not an address, domain, URL, e-mail address or hash\n" },
	{ "a name beside a hash", "[file:hashes.MD5 = '" HASH_MD5 "' AND file:name = 'x']",
	  "the pattern is valid, but no plain value decides it: comparisons are joined by AND and "
	  "are not all hashes of a file" },
	{ "two observations", "[ipv4-addr:value = '192.0.2.1'] AND [ipv4-addr:value = '192.0.2.2']",
	  "the pattern is valid, but no plain value decides it: several observations are needed" },
	{ "one after the other", "[url:value = 'http://a.example/'] FOLLOWEDBY "
	  "[url:value = 'http://b.example/']",
	  "the pattern is valid, but no plain value decides it: several observations are needed" },
	{ "a qualifier", "([url:value = 'http://a.example/']) START t'2026-01-01T00:00:00Z' "
	  "STOP t'2026-01-02T00:00:00Z'",
	  "the pattern is valid, but no plain value decides it: a qualifier restricts when or how "
	  "often" },
	{ "NOT", "[domain-name:value NOT = 'a.example']",
	  "the pattern is valid, but no plain value decides it: a comparison is negated" },
	{ "LIKE", "[domain-name:value LIKE '%.example']",
	  "the pattern is valid, but no plain value decides it: a comparison is not =, IN or ISSUBSET" },
	{ "empty set", "[domain-name:value IN ()]",
	  "the pattern is valid, but no plain value decides it: a set is empty" },
	{ "a number", "[domain-name:value = 5]",
	  "the pattern is valid, but no plain value decides it: a value is not a text" },
	{ "ISSUBSET of a domain", "[network-traffic:dst_ref.value ISSUBSET 'a.example']",
	  "the pattern is valid, but no plain value decides it: ISSUBSET is not about addresses" },
	{ "any hash", "[file:hashes[*] = '" HASH_MD5 "']",
	  "the pattern is valid, but no plain value decides it: a property is not an address, domain, "
	  "URL, e-mail address or hash" },
	{ "EXISTS", "[EXISTS domain-name:value]",
	  "the pattern is valid, but no plain value decides it: a comparison is not =, IN or ISSUBSET" },
};
/* clang-format on */

static void
check_atoms(void **state)
{
	const struct atoms_case *c = *state;
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_MAX);
	CLEANUP(buf_free) struct buf got = buf_new(64 * KIB);
	const struct pattern *p;
	struct pattern_atoms atoms;
	struct why why = { 0 };

	assert_int_equal(pattern_parse(a, str_of(c->text), &p, &why), OK);
	if (pattern_equalities(p, a, &atoms, &why) == ERR_NOT_FOUND) {
		buf_put(&got, str_of(why.text));
		assert_string_equal(why.code, "pattern.not-indexed");
	} else {
		for (size_t i = 0; i < atoms.len; i++)
			buf_printf(&got, "%s=" STR_FMT "\n", pattern_kind_name(atoms.atom[i].kind),
			    STR_ARG(atoms.atom[i].value));
		if (atoms.left_out > 0)
			buf_printf(&got, "-%zu: %s\n", atoms.left_out, atoms.reason);
	}
	buf_putc(&got, '\0');
	assert_string_equal(got.ptr, c->want);
}

/* "(((" … "[a:b = 1]" … ")))" in b. */
static struct str
nested(struct buf *b, size_t depth)
{
	for (size_t i = 0; i < depth; i++)
		buf_putc(b, '(');
	buf_put(b, S("[a:b = 1]"));
	for (size_t i = 0; i < depth; i++)
		buf_putc(b, ')');
	return buf_str(b);
}

/* PT-057 */
static void
check_depth(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_MAX);
	CLEANUP(buf_free) struct buf just = buf_new(KIB);
	CLEANUP(buf_free) struct buf over = buf_new(KIB);
	const struct pattern *p;
	struct why why = { 0 };

	(void)state;
	assert_int_equal(pattern_parse(a, nested(&just, PATTERN_DEPTH_MAX), &p, &why), OK);
	assert_int_equal(pattern_parse(a, nested(&over, PATTERN_DEPTH_MAX + 1), &p, &why),
	    ERR_LIMIT);
	assert_string_equal(why.text, "parentheses are nested deeper than 64");
	assert_string_equal(why.where, "line 1, column 65");
}

static void
check_length(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_MAX);
	CLEANUP(arena_freep) struct arena *tiny = arena_new(32);
	CLEANUP(buf_free) struct buf b = buf_new(2 * MIB);
	const struct pattern *p;
	struct why why = { 0 };

	(void)state;
	buf_put(&b, S("[a:b = 1]"));
	assert_int_equal(pattern_parse(tiny, buf_str(&b), &p, &why), ERR_LIMIT);
	assert_string_equal(why.text, "the pattern needs more memory than it may take");
	while (b.len <= PATTERN_TEXT_MAX)
		buf_putc(&b, ' ');
	assert_int_equal(pattern_parse(a, buf_str(&b), &p, &why), ERR_LIMIT);
	assert_string_equal(why.text, "the pattern has 1048577 bytes; 1048576 are the most");
}

static void
check_shared_row(struct arena *a, struct str line, size_t row)
{
	struct why why = { 0 };
	const struct json *json;
	const struct pattern *p;
	struct str text, version;
	bool valid;

	assert_int_equal(json_parse(a, line, NULL, &json, &why), OK);
	assert_true(json_get_str(json, S("pattern"), &text));
	assert_true(json_get_str(json, S("stix_version"), &version));
	assert_true(json_get_bool(json, S("valid"), &valid));
	if (!str_is(version, "2.1"))
		return;
	bool got = pattern_parse(a, text, &p, &why) == OK;
	if (got != valid)
		fail_msg("row %zu, " STR_FMT ": %s, %s", row, STR_ARG(text), why.text, why.where);
}

static void
closep(FILE **f)
{
	if (*f != NULL)
		(void)fclose(*f);
}

/* The rows of STIX 2.1 of the shared cases; none is an exception. */
static void
check_shared(void **state)
{
	char path[4096];
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_MAX);
	CLEANUP(closep) FILE *f = NULL;
	char *line = arena_make(a, char, 64 * KIB);
	size_t row = 0;

	(void)state;
	if (cases_conformance("stix/pattern-syntax.jsonl", path) == NULL)
		skip();
	f = fopen(path, "r");
	assert_non_null(f);
	while (fgets(line, 64 * KIB, f) != NULL)
		check_shared_row(a, str_of(line), ++row);
	assert_true(row > 0);
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	CASES(&cases, syntax_cases, check_syntax);
	CASES(&cases, atoms_cases, check_atoms);
	CASE(&cases, check_depth);
	CASE(&cases, check_length);
	CASE(&cases, check_shared);
	return cases_run("pattern", &cases, argc, argv);
}
