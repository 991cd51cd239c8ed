/* access.h: what guests may do with single collections.
 *
 * A guest is an account without a part in anything else: a constituent who
 * hands in reports, a tool that reads one feed.  It has what is given here, and
 * only inside its compartment: access never widens that.  A row without either
 * right shows that the collection is there. */
#pragma once

#include "store.h"

#define ACCESS_ALL "*" /* every guest without a row of its own */

enum { ACCESS_MAX = 1000 }; /* rows on one collection: a CSIRT's constituents */

struct access {
	int64_t shard_key;
	struct str account; /* or ACCESS_ALL */
	bool can_read, can_write;
	struct str by; /* who gave it */
	time_us at;
};
struct access_list {
	struct access *row;
	size_t len;
};

/* In the place of the row that the account had, if it had one.  In a transaction.
 * ERR_LIMIT (access.many): ACCESS_MAX rows are there. */
enum err store_access_put(struct db *db, const struct access *access, struct why *why);

/* *ret_changed is 0 when there was none. */
enum err store_access_end(struct db *db, int64_t shard_key, struct str account,
    int64_t *ret_changed, struct why *why);

/* What an account has, one row for each collection: its own, or that of ACCESS_ALL.
 * In the order of shard_key. */
enum err store_access_of(struct db *db, struct arena *a, struct str account,
    struct access_list *ret, struct why *why);

/* Who has what on a collection, in the order of the names. */
enum err store_access_on(struct db *db, struct arena *a, int64_t shard_key, struct access_list *ret,
    struct why *why);
