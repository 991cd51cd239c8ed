/* holds_p.h: what waits for people, and until when (private to release). */
#pragma once

#include "release.h"

enum { HOLDS_MAX = 256 }; /* closed in one run of the writer */

/* Closes what is held and whose time is up, and voids what is held under other
 * rules than today's: approvals are bound to the rules, too.  *ret_closed
 * counts; *ret_more: there may be others. */
enum err holds_close(const struct release_job *job, size_t *ret_closed, bool *ret_more,
    struct why *why);

/* Ends an order of which nothing is held any more. */
enum err holds_end_order(const struct release_job *job, struct str order_id, struct why *why);
