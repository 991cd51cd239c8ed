/* whole.h: an incident, report or grouping as a whole, in its two halves.
 *
 * Who names one for a preview means what hangs on it.  By default that is its
 * technique half (halves.h); the victim half is asked for by itself.  What is
 * named by its own identifier is never left out, and whatever is chosen here
 * still has to pass the gate. */
#pragma once

#include "halves.h"
#include "release.h"

struct release_left {
	struct str id;
	enum half half;
};

/* Whether a half is one of those that are wanted. */
bool whole_goes_along(enum half half, enum release_with with);

struct release_choice {
	size_t ids; /* what an order names */
	const struct str *id;
	size_t left; /* what hangs on a whole and was left out */
	const struct release_left *left_out;
};

/* The objects of the ask, and what hangs on the wholes among them: what a whole
 * refers to, what refers to it, and what its author's relationships tie to that,
 * WHOLE_STEPS far.  Only what belongs to our compartment is found.
 *
 * ERR_NOT_FOUND  a whole that we do not have; ERR_INVALID  as release_preview()
 * ERR_LIMIT      more than SELECTION_MAX hang together */
enum { WHOLE_STEPS = 3 };
enum err release_choose(const struct release_job *job, const struct release_ask *ask,
    struct release_choice *ret, struct why *why);
