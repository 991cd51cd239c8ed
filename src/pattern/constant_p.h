/* constant_p.h: the constants of a pattern, ready to be compared with values
 * of JSON (private to pattern).
 *
 * Source: STIX 2.1, sections 9.4 and 9.6; rules PT-033 to PT-044. */
#pragma once

#include "clock.h"
#include "json.h"
#include "pattern_p.h"

/* An instant of any precision. */
struct instant {
	time_us at;
	struct str rest; /* the fraction's digits after the sixth, without zeros at the end */
};

struct constant {
	enum token_kind kind; /* TOKEN_INTEGER to TOKEN_BOOLEAN */
	struct str text;      /* of TOKEN_STRING */
	bool is_bytes;        /* it can stand for bytes: a text of characters below U+0100, too */
	struct str bytes;
	bool is_whole;
	int64_t whole;
	double number;
	struct instant instant;
	bool boolean;
};

/* How the text of a property is to be read: the name of the property says it. */
enum coding { CODING_TEXT, CODING_HEX, CODING_BASE64 };

/* ERR_LIMIT: the arena is full.  A constant whose value cannot exist, like
 * t'2026-02-30T00:00:00Z', is read and equals nothing. */
enum err constant_read(struct arena *a, const struct literal *l, struct constant *ret,
    struct why *why);

/* Order of a JSON value and a constant: -1, 0, 1 in *ret; false when their types
 * have no common order.  scratch holds decoded bytes for the time of the call. */
bool constant_compare(const struct json *value, enum coding coding, const struct constant *c,
    struct arena *scratch, int *ret);

/* The bytes of a property that holds hex or base64; false when it does not. */
bool coded_bytes(const struct json *value, enum coding coding, struct arena *scratch,
    struct str *ret);
