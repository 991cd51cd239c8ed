/* base.h: what every module may use: slices, errors, attributes, arenas.
 *
 * Strings are slices that somebody else owns; memory of one request or job
 * lives in one arena and is freed whole; a function that can fail returns
 * enum err and says why in a struct why that its caller owns.
 *
 * Copyright (c) the Torana authors.  SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <assert.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define COUNTOF(a)         (sizeof(a) / sizeof((a)[0]))
#define CLEANUP(fn)        __attribute__((cleanup(fn)))
#define PRINTF(fmt, first) __attribute__((format(printf, fmt, first)))

/* Passes an error up.  The only macro of the tree that hides a return. */
#define TRY(call)                       \
	do {                            \
		enum err try_ = (call); \
		if (try_ != OK)         \
			return try_;    \
	} while (0)

enum { KIB = 1024, MIB = 1024 * 1024 };

/* ---- slices ---- */

/* A read-only run of bytes that somebody else owns.  Not NUL-terminated. */
struct str {
	const char *ptr;
	size_t len;
};
#define S(lit)     ((struct str){ "" lit, sizeof(lit) - 1 })
#define STR_FMT    "%.*s"
#define STR_ARG(s) (int)(s).len, (s).ptr

static inline struct str
str_of(const char *c_string)
{
	return (struct str){ c_string, c_string == NULL ? 0 : strlen(c_string) };
}

static inline bool
str_eq(struct str a, struct str b)
{
	/* Names of equal length mostly differ in their first letter. */
	return a.len == b.len &&
	       (a.len == 0 || (a.ptr[0] == b.ptr[0] && memcmp(a.ptr, b.ptr, a.len) == 0));
}

static inline bool
str_is(struct str a, const char *c_string)
{
	return str_eq(a, str_of(c_string));
}

/* Bytewise order, the shorter first when one is a prefix of the other. */
int str_cmp(struct str a, struct str b);
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);

/* Offset of the first needle in s, or SIZE_MAX. */
size_t str_find(struct str s, struct str needle);

/* From byte `from` (at most s.len), at most len bytes. */
struct str str_sub(struct str s, size_t from, size_t len);

/* Takes what stands before the first `sep` off *rest, without the separator.
 * After the last part rest->ptr is NULL, so "a" and "a/" stay different. */
struct str str_split(struct str *rest, char sep);

/* Without blanks, tabs, CR and LF at both ends. */
struct str str_trim(struct str s);

/* ASCII letters only: names of hosts, headers and hex digits. */
bool str_eq_nocase(struct str a, struct str b);

/* Whether s is decimal digits and nothing else, at least one. */
bool str_is_digits(struct str s);

/* A decimal number without sign, blanks or leading zeros; false when it is
 * not one or exceeds max. */
bool str_to_u64(struct str s, uint64_t max, uint64_t *ret);

/* Whether s is well-formed UTF-8 (no surrogates, no overlong forms). */
bool str_is_utf8(struct str s);

/* ---- errors ---- */

/* clang-format off */
/* What kind of failure a caller can act on.  The detail goes into struct why. */
enum [[nodiscard]] err {
	OK = 0,
	ERR_INVALID,     /* the input is malformed              HTTP 400, exit 1 */
	ERR_USAGE,       /* the program was called wrongly      HTTP 400, exit 2 */
	ERR_UNAUTHORIZED,/* who are you?                        HTTP 401, exit 1 */
	ERR_FORBIDDEN,   /* known, but not allowed              HTTP 403, exit 1 */
	ERR_NOT_FOUND,   /* no such thing, or not for you       HTTP 404, exit 1 */
	ERR_CONFLICT,    /* a duplicate, or a lost race         HTTP 409, exit 1 */
	ERR_LIMIT,       /* larger than a named bound           HTTP 413, exit 1 */
	ERR_TAMPERED,    /* a hash, proof or signature is wrong HTTP 422, exit 1 */
	ERR_IO,          /* disk, network or database           HTTP 503, exit 1 */
};
/* clang-format on */

enum { WHY_TEXT_MAX = 512, WHY_WHERE_MAX = 256, WHY_ARGS_MAX = 4, WHY_ARG_BYTES = 96 };

/* What was wrong, for a person and for a machine.  The caller owns it; NULL
 * discards it.
 *
 *   code    stable dotted name, the key of a message catalogue ("json.depth")
 *   arg     the values the text was made of, in their order, for translations
 *   text    the sentence in English: what is wrong, and what would be right
 *   where   a place in the input: JSON pointer, "line 3", "byte 17", or "" */
struct why {
	const char *code;
	size_t args;
	char arg[WHY_ARGS_MAX][WHY_ARG_BYTES];
	char text[WHY_TEXT_MAX];
	char where[WHY_WHERE_MAX];
};

/* Fills why and returns err, so that a failing line reads `return fail(...)`.
 * fmt knows %s %.*s %c %d %i %u %x %X %%, the lengths l, ll, z and for numbers
 * a width as in %04X.  Control characters and malformed UTF-8 in a value become
 * "?"; what does not fit is cut between two characters. */
PRINTF(4, 5) enum err fail(struct why *why, enum err err, const char *code, const char *fmt, ...);
#ifdef __clang_analyzer__ /* it then sees that what failed is not OK */
#define fail(why, err, ...) ((void)(fail)((why), (err), __VA_ARGS__), (err))
#endif

/* Adds the place to what fail() left, unless a lower layer already gave one. */
PRINTF(2, 3) void why_where(struct why *why, const char *fmt, ...);

/* Puts "prefix: " before the text: the object or file that it concerns. */
PRINTF(2, 3) void why_prefix(struct why *why, const char *fmt, ...);

/* A stable lower-case name of err: "invalid", "not-found". */
const char *err_name(enum err err);

/* ---- arenas ---- */

/* A bump allocator with a ceiling.  Everything in it dies at once.  Not
 * thread-safe: one request, one job, one thread. */
struct arena;

/* limit   bytes that may be handed out in all; memory is taken in steps.
 * Running out of memory aborts; passing the limit is the caller's error. */
struct arena *arena_new(size_t limit);
void arena_free(struct arena *a);

/* Forgets what was handed out and keeps one block for reuse. */
void arena_clear(struct arena *a);
size_t arena_used(const struct arena *a);

/* Zeroed memory, or NULL when the limit would be passed: the caller answers
 * ERR_LIMIT.  align is a power of two; size * count may not overflow. */
[[gnu::malloc]] void *arena_alloc(struct arena *a, size_t size, size_t align, size_t count);
#define arena_make(a, type, n) ((type *)arena_alloc((a), sizeof(type), _Alignof(type), (n)))

/* A copy of s; ptr is NULL when the limit would be passed (and s not empty). */
struct str arena_str(struct arena *a, struct str s);

/* A NUL-terminated copy for a library that wants one; NULL as above. */
char *arena_cstr(struct arena *a, struct str s);
PRINTF(2, 3) struct str arena_printf(struct arena *a, const char *fmt, ...);

static inline void
arena_freep(struct arena **a)
{
	arena_free(*a);
}

/* ---- heap, for what outlives a request ---- */

/* For a program that answers many requests: what a request of ordinary size frees stays
 * with the program for the next one, up to some megabytes a thread.  Given back and asked
 * for again, the pages would be cleared again, and other threads stopped each time.
 * Called once, before there are threads. */
void heap_keep(void);

/* Zeroed; running out of memory aborts. */
[[gnu::malloc]] void *heap_new(size_t size, size_t count);
[[gnu::malloc]] char *heap_cstr(struct str s);
void heap_free(void *p);

static inline void
heap_freep(void *p)
{
	heap_free(*(void **)p);
}
