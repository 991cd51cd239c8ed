/* pack_swap.h: what a stored fact vector would have led to under other packs.
 *
 * The content is gone; only what the facts say can be judged.  A rule of the new
 * pack whose condition needs the content is judged when the old pack had a rule
 * of the same id and condition, or when it could not hold whatever the content
 * was.  Otherwise the answer is not known, and nobody guesses. */
#pragma once

#include "agreement.h"

struct pack_swap {
	const struct documents *before; /* under which the facts were drawn */
	const struct documents *after;  /* the same agreement, other packs */
	time_us at;                     /* the instant at which both are asked */
};

struct swapped {
	bool known;
	struct judgement before, after; /* without approvals: what each asks for */
};

/* ERR_INVALID   no fact vector, or of another engine version
 * ERR_CONFLICT  the facts were drawn under other documents
 * ERR_LIMIT     the arena is full */
enum err agreement_judge_swapped(struct arena *a, struct str facts, const struct pack_swap *swap,
    struct swapped *ret, struct why *why);

/* Whether an answer is less (negative) or more strict than another: by outcome,
 * then by the approvals that it asks for.  0: neither. */
int judgement_cmp(const struct judgement *a, const struct judgement *b);
