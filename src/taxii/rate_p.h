/* rate_p.h: how long a caller has to wait; see taxii_rate_new(). */
#pragma once

#include "clock.h"
#include "taxii.h"

/* Counts a request at a monotonic time; 0, or how long who has to wait until it
 * is served.  One that has to wait is not counted.  Any thread may ask. */
time_us taxii_rate_wait(struct taxii_rate *rate, struct str who, time_us now);
