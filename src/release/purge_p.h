/* purge_p.h: taking content away, for a purge and for retention (private to release). */
#pragma once

#include "purge.h"

/* The versions of an object in one collection that came until an instant. */
struct purge_versions {
	int64_t shard_key;
	struct str id;
	time_us until;
	struct str reason;
};

/* A tombstone for each, and the bytes go.  Adds their number to *ret_gone. */
enum err purge_object(const struct release_job *job, const struct purge_versions *b,
    size_t *ret_gone, struct why *why);

/* What an order released, or would have. */
struct purge_item {
	struct str order_id, recipient, leaving_id;
	int64_t ordinal;
	bool all_versions; /* of leaving_id; otherwise those that are not newer than this one */
};

/* Records and salts of its decisions, its bytes, and what is shown of it. */
enum err purge_released(const struct release_job *job, const struct purge_item *item,
    struct why *why);
