/* rank.h: whose word a stored object is.
 *
 * Of two objects under one identifier the one of the better rank counts, whatever
 * dates stand in them: what a guest or a feed says never takes the place of what
 * is our own or a partner's, nor decides what our markings mean. */
#pragma once

#include "base.h"

enum rank {
	RANK_OWN,
	RANK_PARTNER, /* given under an agreement */
	RANK_FEED,    /* read from a server of others */
	RANK_GUEST,   /* handed in by an account that has nothing but that */
};

/* Before the name of a guest, where the giver of an object stands: no organisation is
 * called so. */
#define RANK_GUEST_GIVER "guest:"

/* For statements, of the row `r` of object: whether a guest handed it in, whether it lies
 * where a feed puts what it read, and its rank. */
#define RANK_IS_GUEST(r) "(" r ".giver >= 'guest:' AND " r ".giver < 'guest;')"
#define RANK_IS_FEED(r) \
	"EXISTS (SELECT 1 FROM feed_address fa WHERE fa.shard_key = " r ".shard_key)"
#define RANK_OF(r)                                                                                \
	"CASE WHEN " RANK_IS_GUEST(r) " THEN 3 WHEN " r ".giver <> '' THEN 1 WHEN " RANK_IS_FEED( \
	    r) " THEN 2 ELSE 0 END"

/* Whether this is the giver of what a guest handed in. */
bool rank_is_guest(struct str giver);
