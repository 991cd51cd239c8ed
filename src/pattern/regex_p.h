/* regex_p.h: the regular expressions of MATCHES (private to pattern).
 *
 * Vectorscan runs them as automata: time grows with the text, never with what
 * an expression makes of it.  It refuses what no automaton can do (references
 * back, looking around); such an expression is an error that says so. */
#pragma once

#include "pattern.h"

enum {
	/* Characters; the longest in published patterns has some 300. */
	REGEX_TEXT_MAX = 4096,
	/* Places of all expressions of a pattern, after {n,m} is written out: bounds what
	 * compiling them may cost, a second and 50 MB at worst. */
	REGEX_PLACES_MAX = 1000,
	REGEX_GROUPS_MAX = 64, /* open parentheses */
};

struct regex;

/* Whether an expression can run, at the cost of reading it.
 * \w, \d, \s and \b know ASCII only, as PCRE does by itself; \p{L} knows all letters.
 *
 *   bytes   the texts are bytes, not UTF-8
 *   room    places that are left for the pattern; the expression takes its own
 *
 * ERR_INVALID   not an expression that can run; why tells the engine's reason
 * ERR_LIMIT     longer or wider than the bounds above */
enum err regex_judge(struct str text, bool bytes, size_t *room, struct why *why);

/* The same, compiled. */
enum err regex_new(struct str text, bool bytes, size_t *room, struct regex **ret, struct why *why);
void regex_free(struct regex *r);

/* Whether it occurs anywhere in text.  One thread at a time. */
bool regex_find(struct regex *r, struct str text);
