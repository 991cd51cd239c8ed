/* internal_p.h: whether a stored object may be shown at a place (private to showing). */
#pragma once

#include "internal.h"

struct internal_place {
	struct str organisation, enclave;
};

struct internal_verdict {
	bool waits;    /* a second person approves */
	time_us until; /* ask again then */
};

/* ERR_FORBIDDEN internal.classified, internal.marking, internal.originator. */
enum err internal_check(const struct release_job *job, const struct stored *o,
    const struct internal_place *to, struct internal_verdict *ret, struct why *why);

/* Asks again about what is shown and about what waits to be, where the epoch was
 * raised since or the time is up, and ends what may not be shown any more; at most
 * INTERNAL_AGAIN_MAX at a time.  *io_closed counts those. */
enum { INTERNAL_AGAIN_MAX = 256 };
enum err internal_again(const struct release_job *job, size_t *io_closed, bool *ret_more,
    struct why *why);
