/* internal_p.h: whether a stored object may be shown at a place (private to showing). */
#pragma once

#include "internal.h"

struct internal_place {
	struct str organisation, enclave;
};

/* *ret_waits: when a second person approves.
 * ERR_FORBIDDEN internal.classified, internal.marking, internal.originator. */
enum err internal_check(const struct release_job *job, const struct stored *o,
    const struct internal_place *to, bool *ret_waits, struct why *why);
