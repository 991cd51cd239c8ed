/* source_p.h: the policy that speaks for an object (private to release). */
#pragma once

#include "release.h"

/* Objects of one import lie together: the source of the last one is kept. */
struct source_memo {
	int64_t import_id;
	struct str named;
};

/* The policy in force of the source that the object's import named, when it
 * covers the object; NULL otherwise.  What others gave has none: it leaves
 * under its own marking. */
enum err source_of(const struct release_job *job, const struct agreement_item *item,
    int64_t import_id, struct source_memo *memo, const struct source_policy **ret, struct why *why);

/* The creators of all policies in force.  ERR_LIMIT: no memory is left. */
enum err source_publishers(const struct release_job *job, struct agreement_request *r,
    struct why *why);
