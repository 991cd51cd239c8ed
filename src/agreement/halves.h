/* halves.h: how an attack was done, and whom it hit.
 *
 * Of an incident the technique half is shared first: it is what others can
 * defend themselves with.  The victim half is asked for by itself.  Pure; no
 * consent and no clause changes the half of an object, they only decide
 * whether it may leave.  docs/agreement.md has the table. */
#pragma once

#include "agreement.h"

enum half {
	HALF_TECHNIQUE,
	HALF_VICTIM, /* also of what nobody knows */
};
const char *half_name(enum half h); /* "technique", "victim" */

/* Whether an object stands for others as a whole: an incident, report or grouping. */
bool agreement_is_whole(struct str type);

/* The half of each item, in their order.
 * ERR_INVALID  items out of order or doubled; ERR_LIMIT  the arena is full. */
enum err agreement_halves(struct arena *a, const struct agreement_request *request,
    const enum half **ret, struct why *why);
