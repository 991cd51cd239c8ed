/* match.h: which of a million indicators occur in these log lines?
 *
 * A builder normalises values and makes an index; an index is one
 * position-independent image, in memory or mapped from a file, immutable and
 * shared by any number of threads; a scanner (one per thread) reads lines of
 * any format and reports every hit.
 *
 * What is an occurrence (a value must stand alone):
 *
 *   IPv4    dotted quad, no leading zeros; no letter, digit, '.', '-' or '_'
 *           beside it, except a full stop that ends a sentence
 *   IPv6    any text form of RFC 4291; ::ffff:1.2.3.4 is the IPv4 address
 *   domain  a name of two or more labels; evil.example is also hit by
 *           a.b.evil.example, never by notevil.example or evil.example.org.
 *           The host of a URL and the domain of an e-mail address are
 *           occurrences of that domain; what stands before '@' is none
 *   URL     SCHEME://..., also with JSON's escaped "\/".  Scheme and host
 *           without regard to case, default port and fragment ignored.  An
 *           indicator without query also hits longer URLs of the same host
 *           when the rest begins at a path segment or at '?': /a is hit by
 *           /a/b and /a?x=1, not by /ab
 *   hash    32, 40, 64 or 128 hex digits, no letter or digit beside them
 *   e-mail  local part exactly (letters, digits and . _ % + -), domain without
 *           regard to case
 *
 * Raw UTF-8 names (IDNA) in lines are found by their ASCII form.  Letters of
 * other scripts continue a word as Latin ones do; Chinese, Japanese and Korean
 * characters, which are written without blanks, bound it.
 *
 * There is no removal: an index is rebuilt.  A caller that must silence a
 * recalled indicator at once drops its hits by their indicator id. */
#pragma once

#include "base.h"
#include "pattern.h"

enum {
	MATCH_VALUE_MAX = 4096, /* bytes of an indicator's value, after normalisation */
	MATCH_ID_MAX = 512,     /* bytes of an indicator id */
	MATCH_LINE_MAX = MIB,   /* bytes; longer lines are scanned in pieces */
};

/* ---- building ---- */

struct match_builder;
struct match_index;

/* seed   makes the table's hash unpredictable for those who choose values:
 *        random in production, fixed in tests */
struct match_builder *match_builder_new(uint64_t seed);
void match_builder_free(struct match_builder *b);

/* Adds one value under an indicator's id; both are copied.  The same value
 * under several ids hits once for each; the same pair again at once is dropped.
 *
 * Values are brought to the form in which they are compared: domains to lower
 * case and to ASCII (IDNA 2008), without the final dot; networks masked; URLs,
 * hashes and e-mail addresses as the top of this file says.
 *
 * ERR_INVALID   not a value of that kind; why tells what is wrong with it
 * ERR_LIMIT     value or id too long, or the index would pass 32 GiB */
enum err match_builder_add(struct match_builder *b, enum pattern_kind kind, struct str value,
    struct str id, struct why *why);

/* Adds one value of the kind that its text shows, for lists of one value a line.
 *
 * ERR_INVALID   it looks like no kind of value, or is not well-formed
 * ERR_LIMIT     as match_builder_add() */
enum err match_builder_add_text(struct match_builder *b, struct str value, struct str id,
    struct why *why);

/* Makes the index and frees the builder, also when it fails.
 *
 * ERR_LIMIT   the index would pass its bound */
enum err match_builder_finish(struct match_builder **b, struct match_index **ret, struct why *why);

/* ---- the index ---- */

/* Maps a file made by match_index_write().  Nothing in it is trusted: a file
 * that is cut, changed or made up is refused or answers wrongly, but is never
 * read out of bounds.  It must not be changed in place while it is open.
 *
 * ERR_IO         cannot be opened or mapped
 * ERR_TAMPERED   not an index of this version, or its checksum is wrong */
enum err match_index_open(const char *path, struct match_index **ret, struct why *why);

/* Writes beside path, syncs, and renames: readers see the old file or the new.
 *
 * ERR_IO   cannot be written; path is as it was */
enum err match_index_write(const struct match_index *index, const char *path, struct why *why);
void match_index_free(struct match_index *index);

/* values   distinct normalised values
 * pairs    values times the indicators that name them
 * bytes    of the whole image */
struct match_size {
	uint64_t values, pairs, bytes;
};
struct match_size match_index_size(const struct match_index *index);

/* ---- scanning ---- */

enum match_how {
	MATCH_EXACT,
	MATCH_SUBDOMAIN, /* a name below the indicator's domain */
	MATCH_CIDR,      /* an address inside the indicator's network */
	MATCH_PREFIX,    /* a URL below the indicator's URL */
};

/* "exact", "subdomain", "cidr", "prefix". */
const char *match_how_name(enum match_how how);

/* One occurrence of one indicator.  The slices live during the call only,
 * except indicator, which lives as long as the index. */
struct match_hit {
	struct str source; /* as given to match_scan_fd(), or empty */
	uint64_t line;     /* 1-based */
	uint64_t column;   /* 1-based, in bytes */
	struct str found;  /* as it stands in the line */
	enum match_how how;
	enum pattern_kind kind;
	struct str indicator; /* the id given to match_builder_add() */
};

/* Called for each hit in the order of the lines.  Anything but OK stops the
 * scan and is passed up. */
typedef enum err match_hit_fn(void *arg, const struct match_hit *hit, struct why *why);

struct match_scanner;

/* index   must outlive the scanner */
struct match_scanner *match_scanner_new(const struct match_index *index, match_hit_fn *on_hit,
    void *arg);
void match_scanner_free(struct match_scanner *s);

/* Scans a block of whole lines; the last may lack its line feed and ends with
 * the block.  Line numbers go on from block to block.
 *
 * Only what on_hit returns. */
enum err match_scan(struct match_scanner *s, struct str block, struct why *why);

/* Scans a file, pipe or socket to its end, from line 1, in bounded memory.  A
 * line longer than MATCH_LINE_MAX is cut where a blank or a quote stands near
 * that length, else exactly there: a value across the cut is not found.
 *
 * ERR_IO   cannot be read
 * else     what on_hit returns */
enum err match_scan_fd(struct match_scanner *s, int fd, struct str source, struct why *why);

/* cut   lines that were scanned in pieces */
struct match_totals {
	uint64_t bytes, lines, hits, cut;
};

/* Since match_scanner_new(), over all blocks and files. */
struct match_totals match_scanner_totals(const struct match_scanner *s);

static inline void
match_builder_freep(struct match_builder **b)
{
	match_builder_free(*b);
}

static inline void
match_index_freep(struct match_index **index)
{
	match_index_free(*index);
}

static inline void
match_scanner_freep(struct match_scanner **s)
{
	match_scanner_free(*s);
}
