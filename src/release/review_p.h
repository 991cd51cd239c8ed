/* review_p.h: the review that an emergency owes (private to release). */
#pragma once

#include "release.h"

/* Something left under an emergency: its review falls due so many hours from
 * now.  An order has one review: opening it again changes nothing. */
enum err review_open(const struct release_job *job, struct str order_id, uint64_t hours,
    struct why *why);

/* Raises "review.overdue" once for each that fell due. */
enum err review_timer(const struct release_job *job, struct why *why);
