/* acknowledge.h: the answer that a release is owed, and by when.
 *
 * The agreement gives the time: "acknowledgement" in hours for all, "urgency"
 * in minutes for a level; the shorter counts.  The answer is the recipient's
 * signed receipt, also one that says it refused the object.  It is a machine's:
 * that somebody read it nobody claims. */
#pragma once

#include "release.h"

/* How soon an answer is due; 0: the agreement says nothing. */
time_us acknowledge_within(const struct agreement *g, enum urgency urgency);

/* "": no answer is owed.  Otherwise "waiting", "acknowledged", "late" (it came
 * after its time) or "overdue". */
const char *acknowledge_state(const struct release_row *row, time_us at);

/* Takes note of what was released since, and raises "acknowledgement.overdue"
 * once for each release whose answer is late, and for each receipt that a
 * partner could not be given in time.  A bounded number at a time. */
enum err release_acknowledge(const struct release_job *job, struct why *why);
