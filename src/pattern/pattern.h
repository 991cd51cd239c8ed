/* pattern.h: the STIX pattern language: what an indicator looks for.
 *
 * pattern_parse() accepts the whole language and keeps a small tree in the
 * caller's arena.  pattern_compile() and pattern_run() look for it in observed
 * data (conformance level 3); pattern_equalities() reads from the tree the
 * plain values ("this address, or that domain") that an index can look for.
 *
 * A pattern is immutable and lives as long as the arena and the text that it
 * was parsed from; any number of threads may read it.
 *
 * Source: STIX 2.1, section 9. */
#pragma once

#include "base.h"
#include "buf.h"
#include "json.h"
#include "json_writer.h"

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

/* ---- writing a pattern ---- */

/* The pattern in one form: one blank between words, no comments, quotes only where
 * they are needed.  Reading it again and writing it gives the same bytes. */
void pattern_print(const struct pattern *p, struct buf *out);

/* What it looks for, in English, an indented line for each part. */
void pattern_explain(const struct pattern *p, struct buf *out);

/* The conformance level that it needs: 1 one observation, 2 several joined by AND
 * and OR, 3 qualifiers or FOLLOWEDBY.  Source: STIX 2.1, section 9.9. */
unsigned pattern_level(const struct pattern *p);

/* Something that is allowed and can hardly be meant: it never matches.  Both are
 * constants. */
struct pattern_remark {
	const char *code;
	const char *text; /* a sentence without full stop */
};
enum { PATTERN_REMARKS_MAX = 8 };

/* Writes at most PATTERN_REMARKS_MAX; each once.  Returns how many. */
size_t pattern_remarks(const struct pattern *p, struct pattern_remark *ret);

/* Called for each START ... STOP ... of the pattern: the two instants as they are written.
 * Returns false to stop. */
typedef bool pattern_interval_fn(void *arg, struct str start, struct str stop);
void pattern_intervals(const struct pattern *p, pattern_interval_fn *fn, void *arg);

/* OK for a type of observables that is known; else why tells what there is to say of it. */
typedef enum err pattern_type_fn(struct str type, struct why *why);

/* Writes what there is to say about a text as one JSON object, for a person and for
 * a machine alike:
 *
 *   valid     whether it is a pattern
 *   line, column, code, message   of the error; null, null, "", "" when valid
 *   pattern, level, remarks       when valid: pattern_print(), pattern_level(), and
 *             pattern_remarks() with what pattern_judge() and known refuse, each
 *             with code and message
 *   indexed   when valid: the plain values of pattern_equalities(), each with kind
 *             and value
 *
 * Returns whether it is valid. */
bool pattern_check(struct str text, pattern_type_fn *known, struct json_writer *w);

/* ---- looking for it in observed data ---- */

struct pattern_data;

/* Observed data, from a bundle, an array of bundles or of observed-data objects,
 * or one such object.  The observables of an observation are those of its
 * object_refs that stand in the same bundle (or array), or its own `objects`.
 * Everything slices root, which must outlive it.  Immutable.
 *
 * ERR_INVALID   neither of these, or an observed-data object whose times or
 *               number_observed are wrong
 * ERR_LIMIT     the arena is full */
enum err pattern_data_read(struct arena *a, const struct json *root,
    const struct pattern_data **ret, struct why *why);

/* A pattern with its constants read and its regular expressions compiled.  Runs of
 * one program go one after the other. */
struct pattern_program;

/* p and the arena must outlive the program.
 *
 * ERR_INVALID   a regular expression that cannot run in linear time, or is none;
 *               why->where is its line and column
 * ERR_LIMIT     a path or a regular expression is too long, or the arena is full */
enum err pattern_compile(struct arena *a, const struct pattern *p, struct pattern_program **ret,
    struct why *why);

/* Whether pattern_compile() would take it, at the cost of reading it.  Errors as there, but
 * for an expression that turns out too large when it is compiled. */
enum err pattern_judge(struct arena *a, const struct pattern *p, struct why *why);
void pattern_program_free(struct pattern_program *program);

/* An observation that was bound. */
struct pattern_observed {
	struct str id; /* empty: it has none */
	size_t place;  /* among the observations of the input, from 0 */
};

struct pattern_match {
	bool matches;
	size_t len;
	const struct pattern_observed *observed; /* in the order of time */
};

/* Whether the observations match, and which of them were bound.
 *
 * Where the text of section 9 is open: an observation may be taken at any instant
 * between first_observed and last_observed, each qualifier by itself; for
 * REPEATS it counts number_observed times; NOT EXISTS is true of an object of
 * the type that lacks the property; WITHIN x means a distance less than x; a
 * timestamp is compared with a text only if that is one.
 *
 * ERR_LIMIT   too much work, or the arena is full: nothing is known then */
enum err pattern_run(struct pattern_program *program, const struct pattern_data *data,
    struct arena *a, struct pattern_match *ret, struct why *why);
