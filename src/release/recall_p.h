/* recall_p.h: one request to a recipient. */
#pragma once

#include "release.h"

/* The newest release under one identifier. */
struct released {
	struct str order_id;
	int64_t ordinal;
	struct str leaving_id;
};

/* Withdraws what left under this identifier, and asks the recipient to take it
 * out: r says who, whom and why. */
enum err recall_ask(const struct release_job *job, const struct release_recall *r,
    const struct released *item, struct str *ret_recall_id, struct why *why);
