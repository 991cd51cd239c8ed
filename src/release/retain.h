/* retain.h: what was given may be kept for as long as the agreement says.
 *
 * What was received goes, and so does what lies ready for a partner, each with
 * a tombstone; our own objects stay.  Events go after records.log_days of the
 * agreement that keeps them longest; the log of proofs stays whole.  Both sides ask
 * agreement_keep() about the same bytes.  A version of the agreement that shortens a period acts
 * with the next run; one that lengthens it brings nothing back. */
#pragma once

#include "release.h"

struct release_retained {
	size_t gone; /* versions and released copies */
	bool more;   /* there is more to look at: run again soon */
};

/* Takes away what has been here for longer than the agreement lets it, a
 * bounded number at a time. */
enum err release_retain(const struct release_job *job, struct release_retained *ret,
    struct why *why);
