/* places_p.h: places of one object and what is done there (private to agreement).
 *
 * A category or rule with a "redact" list names places by JSON pointer; a "*"
 * stands for every element of a list or member of an object.  Where two methods
 * meet at one place, or one inside the other, the stricter and the outer wins. */
#pragma once

#include "agreement.h"

struct place {
	const struct json *value;
	struct str pointer; /* of this very value: no "*" */
	enum method method;
	struct str code; /* reason code */
};

enum { PLACES_MAX = 4096 }; /* of one object; more is REMAINS_LEAK */

struct places {
	size_t len;
	size_t cap;
	struct place *place;
	bool full; /* PLACES_MAX or the arena */
};

/* Adds every value that the pointer names.  Returns whether there was a new
 * one, or an old one with a stricter method. */
bool places_add(struct arena *a, struct places *all, const struct json *object,
    const struct redaction *r, struct str code);

/* One value by itself. */
bool places_add_value(struct arena *a, struct places *all, const struct place *place);

/* What is done with a value itself; NULL: nothing. */
const struct place *places_find(const struct places *all, const struct json *value);

/* Whether a pointer lies at or below one of the places. */
bool places_cover(const struct places *all, struct str pointer);

/* Whether a takes away more than b. */
bool is_stricter_method(enum method a, enum method b);

/* "drop", "mask", "generalise", "pseudonym", "count". */
const char *method_name(enum method m);
