/* emergency_p.h: how urgent an order is, and what it asks to pass over
 * (private to release). */
#pragma once

#include "release.h"

/* The longest that anything waits, whatever is agreed: an approval is about the
 * situation in which the order was given. */
enum { HOLD_DAYS_MAX = 30 };

/* When what is held at this urgency is closed undecided: as the agreement says. */
time_us emergency_hold_until(const struct agreement *g, enum urgency urgency, time_us at);

bool emergency_is(const struct release_ask *ask);

/* ERR_INVALID: an emergency without a reason. */
enum err emergency_check(const struct release_ask *ask, struct why *why);

/* The request's members, from the order. */
void emergency_put(struct agreement_request *r, const struct release_ask *ask);

/* The order's, from the columns urgency, harm, break_glass and proposer. */
void emergency_read(const struct db_rows *rows, size_t at, struct arena *a,
    struct release_ask *ask);

/* A leaf that says who broke the glass and why, also when it was in vain. */
enum err emergency_record(const struct release_job *job, const struct release_ask *ask,
    const struct release_sent *sent, struct why *why);
