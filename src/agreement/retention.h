/* retention.h: how long what was given under an agreement may be kept.
 *
 * Both sides ask this about the same bytes, so that a thing ends on both on
 * the same day.  Neither asks the other: what a category wants to know and the
 * bytes do not tell (whether something is a victim's, for which purpose it
 * went) is taken as it would be for the shortest period.  Pure, like the gate. */
#pragma once

#include "document.h"
#include "stix.h"

/* Different periods of one agreement: for all, for personal data, one in each row. */
enum { PERIODS_MAX = CATEGORIES_MAX + 2 };

/* The bytes that left, from whom, to whom. */
struct keep_ask {
	const struct stix_object *object;
	struct str from, to; /* organisations */
};

struct keep {
	uint64_t days;       /* 0: the agreement says no period */
	struct str category; /* whose row it is; empty: the period for all */
	bool personal;       /* it is that for personal data */
};

/* The shortest period of: the one for all, those of the rows whose category it
 * is or may be, and, of personal data, that of personal_data.
 * ERR_LIMIT: the arena is full. */
enum err agreement_keep(struct arena *a, const struct agreement *g, const struct keep_ask *ask,
    struct keep *ret, struct why *why);

/* The periods in days that something can have, each once; returns their number. */
size_t agreement_periods(const struct agreement *g, uint64_t ret[PERIODS_MAX]);
