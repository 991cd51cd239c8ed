/* purge.h: content that has to go.
 *
 * A purge takes the bytes, the released copies of them, and record and salt of
 * every decision about them; what stays is a tombstone in the log, the facts of
 * the decisions and the salted hash of each record, so that the log stays whole
 * and decisions can still be judged again.  The giver of a received object is
 * told.  Nobody else's copies are touched: for those there is a recall. */
#pragma once

#include "compartment.h"
#include "release.h"

enum {
	PURGE_MAX = 4096 /* versions and decisions of one object */
};

struct release_purge {
	struct str id;         /* of an object of ours, or one that we received */
	struct compartment of; /* who asks: what is elsewhere does not exist */
	struct str account;
	struct str reason;
};

/* Purges one object.  *ret_gone counts versions and released copies.
 *
 * ERR_FORBIDDEN  release.role: the account is no legal officer of our organisation
 * ERR_INVALID    purge.reason: none is given
 * ERR_NOT_FOUND  purge.unknown; ERR_CONFLICT  purge.held: it waits for an approval
 * ERR_LIMIT      more than PURGE_MAX rows hang on it */
enum err release_purge(const struct release_job *job, const struct release_purge *p,
    size_t *ret_gone, struct why *why);
