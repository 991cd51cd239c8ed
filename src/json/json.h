/* json.h: strict reading of JSON (RFC 8259, I-JSON RFC 7493) into trees that slice their input.
 *
 * A struct json points into the text it was read from: keep the text alive and
 * unchanged as long as the tree.  What cannot be a slice (the tree itself,
 * strings that held an escape) lies in the arena of the caller.
 *
 * Refused: a byte order mark, bytes after the value, ill-formed UTF-8, lone
 * surrogates, a member name twice in one object, depth and sizes beyond
 * struct json_limits.  Numbers are checked against the grammar and kept as
 * tokens: -0, 1e400 and 0.10 stay as they were written; it is the getters and
 * the canonical form that ask for a value.  Noncharacters such as U+FFFF and
 * an escaped NUL are let through, so text may hold a zero byte.
 *
 * Nothing here is shared: different threads may read different texts, and one
 * finished tree from many threads. */
#pragma once

#include "base.h"
#include "buf.h"

enum json_type {
	JSON_NULL,
	JSON_FALSE,
	JSON_TRUE,
	JSON_NUMBER,
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT,
};

/* One value of a text.  Immutable, lives in the arena, slices the text. */
struct json {
	enum json_type type;
	uint32_t len;             /* elements, members */
	struct str raw;           /* the value's bytes in the text, no blanks around */
	struct str text;          /* string: its UTF-8, unescaped; number: the token; else empty */
	struct str key;           /* the unescaped member name, when the parent is an object */
	const struct json *first; /* first element or member */
	const struct json *next;  /* the following sibling */
};

/* Bounds of one text; a field that is 0 means its default.  The first two
 * defaults are also the largest values. */
struct json_limits {
	size_t bytes_max;     /* of the text */
	uint32_t depth_max;   /* arrays and objects inside each other, at most JSON_DEPTH_MAX */
	uint32_t members_max; /* of one object */
	uint32_t values_max;  /* of one tree */
};

enum {
	/* The largest public bundle has 50 MB; offsets into the text are 32 bits. */
	JSON_BYTES_MAX = 1024 * MIB,
	/* STIX nests less than 20 deep; walkers of a tree may recurse this far. */
	JSON_DEPTH_MAX = 128,
	/* A vocabulary or an id map; checking names for duplicates sorts them. */
	JSON_MEMBERS_MAX = 65'536,
	/* 1 GiB of tree; the arena of the caller is nearly always the tighter bound. */
	JSON_VALUES_MAX = 16 * 1024 * 1024,
};

/* 2^53 - 1: every integer up to it is exact in every peer's language. */
#define JSON_INTEGER_MAX INT64_C(9'007'199'254'740'991)

/* Reads one value that is the whole text.
 *
 *   limits   NULL: the defaults
 *   ret      its raw and (unless they held an escape) its strings lie in text
 *
 * OK
 * ERR_INVALID   not JSON, a duplicate name, a lone surrogate, ill-formed UTF-8;
 *               why->where is "line 3, byte 57, at /objects/0": the first
 *               byte of the text is 0, the pointer that of the innermost open
 *               array or object
 * ERR_LIMIT     a bound of limits or of the arena was passed */
enum err json_parse(struct arena *a, struct str text, const struct json_limits *limits,
    const struct json **ret, struct why *why);

/* ---- a big array, element by element ---- */

/* Called once, before the first element: rest is the top object without the
 * visited member, whatever the order of the members in the text was; elements
 * is the number of calls that follow.  An error ends the visit. */
typedef enum err json_rest_fn(void *arg, const struct json *rest, size_t elements, struct why *why);

/* Called for every element in order.  The tree is gone when the call returns;
 * its raw slice stays good as long as the text.  An error ends the visit. */
typedef enum err json_each_fn(void *arg, size_t index, const struct json *element, struct why *why);

struct json_each {
	struct str member;     /* name of an array in the top object: "objects" */
	json_rest_fn *rest;    /* NULL: not wanted */
	json_each_fn *element; /* never NULL */
	void *arg;
};

enum {
	/* The tree of an object of 50 MB; the largest public one has less than 1 MB. */
	JSON_ELEMENT_BYTES_MAX = 64 * MIB,
};

/* Visits the elements of one array in the top object of a text too big for one
 * tree.  The whole text is read and checked first (syntax, names, limits), so
 * that nothing is delivered out of a text that is not good to its last byte;
 * then it is read again to deliver.  An error after the first call of
 * each->element therefore comes only from a callback.
 *
 * Memory: the tree of the rest in a, the largest element, and an index that
 * reserves four bytes for a byte of text.
 *
 *   limits   values_max counts for each element and for the rest by itself
 *
 * OK            all were delivered; none when the member is missing
 * ERR_INVALID   as json_parse(); or the top is no object, the member no array
 * ERR_LIMIT     as json_parse(); or the tree of an element is larger than
 *               JSON_ELEMENT_BYTES_MAX
 * other         what a callback returned, why unchanged */
enum err json_each_in(struct arena *a, struct str text, const struct json_limits *limits,
    const struct json_each *each, struct why *why);

/* ---- looking at a tree ---- */

/* The member with this name, or NULL; obj may be NULL or no object.  Linear in
 * the members: to look up many names in a large object, walk it once. */
const struct json *json_get(const struct json *obj, struct str key);

/* The element at this position, or NULL; linear. */
const struct json *json_nth(const struct json *array, size_t index);

static inline bool
json_is(const struct json *v, enum json_type type)
{
	return v != NULL && v->type == type;
}

/* The text of a string; ptr is NULL when v is NULL or no string (an empty
 * string has a ptr). */
struct str json_str(const struct json *v);

/* Integers only: no fraction, no exponent, within +-JSON_INTEGER_MAX.  "-0" is
 * 0 for json_i64 and no number for json_u64.  v may be NULL.  false: ret is
 * untouched. */
bool json_i64(const struct json *v, int64_t *ret);
bool json_u64(const struct json *v, uint64_t *ret);

/* Any number that a double holds: not 1e400, and not 1e-400, which would
 * silently become 0. */
bool json_double(const struct json *v, double *ret);
bool json_bool(const struct json *v, bool *ret);

/* The same of a member; false when it is missing or of another type. */
bool json_get_str(const struct json *obj, struct str key, struct str *ret);
bool json_get_i64(const struct json *obj, struct str key, int64_t *ret);
bool json_get_u64(const struct json *obj, struct str key, uint64_t *ret);
bool json_get_bool(const struct json *obj, struct str key, bool *ret);

/* "string", "array", …: for messages.  NULL is "nothing". */
const char *json_type_name(const struct json *v);

/* ---- JSON pointers (RFC 6901) ---- */

/* The value that pointer names below root ("" is root itself), or NULL when
 * there is none or pointer is malformed. */
const struct json *json_at(const struct json *root, struct str pointer);

/* Appends "/" and the token, with ~ and / escaped.  A walker keeps one buffer,
 * remembers its len and sets it back when it leaves the member. */
void json_pointer_key(struct buf *pointer, struct str token);
void json_pointer_index(struct buf *pointer, size_t index);
