/* stix20.h: objects of STIX 2.0 as objects of STIX 2.1.
 *
 * What differs between the two is a table (stix20_facts.c).  Nothing is left
 * out: what STIX 2.1 has no place for stays under its name as a custom
 * property, and each difference is told as a change with its place in the
 * original.  What comes out is not judged here: it goes the road of all objects
 * and is validated there.
 *
 * Pure: the same object gives the same bytes.  What comes out is no object of
 * STIX 2.0, so converting twice is converting once.
 *
 * Source: STIX 2.0 (OASIS, 2017), STIX 2.1. */
#pragma once

#include "json.h"

enum stix20_what {
	STIX20_ADDED,   /* a property that STIX 2.1 asks for */
	STIX20_CHANGED, /* a value is written otherwise */
	STIX20_MOVED,   /* a property has another name, or its values stand elsewhere */
	STIX20_KEPT,    /* STIX 2.1 has no such property: it is a custom one now */
	STIX20_MADE,    /* an object of its own was made of a part */
};

/* "added", "changed", "moved", "kept", "made". */
const char *stix20_what_name(enum stix20_what what);

struct stix20_change {
	enum stix20_what what;
	struct str pointer; /* in the original */
	struct str message;
};

enum {
	/* A report for people: the rest is counted. */
	STIX20_CHANGES_MAX = 1024,
	/* Each becomes an object that is validated, hashed and written while others wait to
	 * write; what sensors and sandboxes put into one observed-data is some hundred. */
	STIX20_PARTS_MAX = 10'000,
	/* Of all that comes out of one object: markings are repeated for each part. */
	STIX20_BYTES_MAX = 64 * MIB,
};

struct stix20 {
	struct str object;
	struct str *made; /* observables, in the order of the container */
	size_t made_len;
	const struct stix20_change *change;
	size_t changes;
	size_t changes_more;
};

/* Whether this is an object of STIX 2.0: it has `created`, no spec_version or
 * "2.0", and a type that STIX 2.0 defines or nobody does. */
bool stix20_is(const struct json *tree);

/* Converts an object for which stix20_is() holds; everything lies in the arena.
 *
 * ERR_INVALID   a part of observed-data is no object, or has no type
 * ERR_LIMIT     stix20.parts: observed-data has more than STIX20_PARTS_MAX; the result is larger
 * than STIX20_BYTES_MAX, or the arena is full */
enum err stix20_convert(const struct json *tree, struct arena *a, struct stix20 *ret,
    struct why *why);
