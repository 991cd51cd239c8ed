/* search_p.h: finding withheld values in text, however they are written (private
 * to agreement).
 *
 * A text is read folded (fold_p.h), and again in what it may be an encoding
 * of: percent, backslash and entity escapes, quoted-printable, base64 at any
 * offset, hex, UTF-16, defanged forms, markup, regular expressions; encodings
 * inside encodings to a bounded depth.  What is too deep or too large to be read to its end counts
 * as a hit. */
#pragma once

#include "fold_p.h"

enum needle_place {
	NEEDLE_ANYWHERE,
	NEEDLE_AT_EDGE, /* short: begins or ends where a word does */
	NEEDLE_AT_END,  /* last digits of a telephone number: ends where a number does */
	NEEDLE_WHOLE,   /* numbers: begins and ends where a number does */
};

struct needle {
	struct str text; /* folded */
	enum needle_place place;
	struct str code; /* reason code when it is found */
};

struct searcher;

/* The needles need not be sorted; they and the searcher live in the arena, its
 * scratch memory until searcher_free().  NULL when the arena is full. */
struct searcher *searcher_new(struct arena *a, const struct needle *needle, size_t n);
void searcher_free(struct searcher *s);

/* The first needle found in the text, or NULL. */
const struct needle *search_text(struct searcher *s, struct str text);

/* The same in texts put together that did not stand together: as it is written
 * only, and only of needles long enough not to come about by chance. */
const struct needle *search_joined(struct searcher *s, struct str text);
