/* emergency_p.h: how urgent an order is, and what it asks to pass over
 * (private to release). */
#pragma once

#include "approvals_p.h"
#include "release.h"

/* Officers beside the proposer that break-glass takes: one could be made to. */
enum { BREAK_GLASS_OFFICERS = 2 };

/* When what is held at this urgency is closed undecided. */
time_us emergency_hold_until(enum urgency urgency, time_us at);

bool emergency_is(const struct release_ask *ask);

/* ERR_INVALID: an emergency without a reason. */
enum err emergency_check(const struct release_ask *ask, struct why *why);

/* The request's members, from the order. */
void emergency_put(struct agreement_request *r, const struct release_ask *ask);

/* The order's, from the columns urgency, harm, break_glass and proposer. */
void emergency_read(const struct db_rows *rows, size_t at, struct arena *a,
    struct release_ask *ask);

/* Break-glass never goes on fewer than two words, whatever the agreement says. */
void emergency_needs(const struct agreement_request *r, struct needs *needs);

/* A leaf that says who broke the glass and why, also when it was in vain. */
enum err emergency_record(const struct release_job *job, const struct release_ask *ask,
    const struct release_sent *sent, struct why *why);
