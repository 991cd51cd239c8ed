/* pattern.h: the STIX pattern language: what an indicator looks for.
 *
 * pattern_parse() accepts the whole language and keeps a small tree in the
 * caller's arena; nothing is evaluated here.  pattern_equalities() reads from
 * the tree the plain values ("this address, or that domain") that an index
 * can look for.
 *
 * A pattern is immutable and lives as long as the arena and the text that it
 * was parsed from; any number of threads may read it.
 *
 * Source: STIX 2.1, section 9. */
#pragma once

#include "base.h"

enum {
	PATTERN_TEXT_MAX = MIB, /* bytes; the longest published ones have some 100 KiB */
	PATTERN_DEPTH_MAX = 64, /* open parentheses; bounds the parser's stack */
};

struct pattern;

/* Parses text, which must outlive the pattern.
 *
 * Accepted beyond the letter of section 9, as in the reference grammar: a plus
 * sign before numbers, the empty set, comments, upper-case hex digits, and a
 * day of the month up to 31 in every month.
 *
 * ERR_INVALID   not a pattern; why->where is "line 1, column 13", both
 *               1-based, the column in characters
 * ERR_LIMIT     longer than PATTERN_TEXT_MAX, nested deeper than
 *               PATTERN_DEPTH_MAX, or the arena is full */
enum err pattern_parse(struct arena *a, struct str text, const struct pattern **ret,
    struct why *why);

/* What a plain value is.  The numbers are written into index files: add at the
 * end only. */
enum pattern_kind {
	PATTERN_IPV4, /* an address or a network in CIDR form */
	PATTERN_IPV6, /* an address or a network in CIDR form */
	PATTERN_DOMAIN,
	PATTERN_URL,
	PATTERN_EMAIL,
	PATTERN_MD5,
	PATTERN_SHA1,
	PATTERN_SHA256,
	PATTERN_SHA512,
};
enum { PATTERN_KINDS = PATTERN_SHA512 + 1 };

/* "ipv4", "ipv6", "domain", "url", "email", "md5", "sha1", "sha256", "sha512". */
const char *pattern_kind_name(enum pattern_kind kind);

/* One value of which a single occurrence makes the pattern true. */
struct pattern_atom {
	enum pattern_kind kind;
	struct str value; /* unescaped, not normalised; in the arena or the text */
};

/* left_out   how many alternatives of the pattern are not in the list
 * reason     why the first of them is not: a sentence without full stop, or ""
 *            when left_out is 0 */
struct pattern_atoms {
	size_t len;
	const struct pattern_atom *atom;
	size_t left_out;
	const char *reason;
};

/* Lists the values that are each sufficient by themselves.
 *
 * The pattern is one observation or an OR of observations without qualifiers;
 * inside, comparisons with = or IN (or ISSUBSET for networks) joined by OR,
 * over
 *
 *   ipv4-addr:value, ipv6-addr:value, domain-name:value, url:value,
 *   email-addr:value, email-message:from_ref.value and sender_ref.value,
 *   network-traffic:src_ref.value and dst_ref.value (address or domain),
 *   file:hashes.MD5, .'SHA-1', .'SHA-256', .'SHA-512'
 *
 * An AND is an alternative only if all of it are hashes of one file: each of
 * them identifies the file.  Every other AND, NOT, qualifier or comparison
 * needs more than one value, and is left out and counted.
 *
 * A network in CIDR form counts as the network also after "=", where the
 * language compares text: that is what authors mean by it.
 *
 * OK              at least one atom
 * ERR_NOT_FOUND   valid, but not an indicator of plain values; why tells the
 *                 first reason
 * ERR_LIMIT       the arena is full */
enum err pattern_equalities(const struct pattern *p, struct arena *a, struct pattern_atoms *ret,
    struct why *why);
