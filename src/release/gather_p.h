/* gather_p.h: collects what a decision depends on out of the store. */
#pragma once

#include "release.h"

enum {
	/* Objects around a selection that decide ties. */
	CONTEXT_MAX = 16'384,
	/* Objects that refer to one selected object and can tie it to somebody: all
	 * of them are looked at, or the order is refused. */
	REFERRERS_MAX = 2048,
	/* Objects that refer to one at all (creators and markings are not counted):
	 * a collection names each of its 25,000 objects, and is named by few. */
	REFERRERS_SEEN_MAX = 65'536,
	/* Identities and mailboxes of one node that are looked for in every text. */
	NEEDLES_MAX = 8192,
	WAYS_MAX = 32, /* givers of one object */
};

/* Where and for whom a request is put together. */
struct gather {
	const struct release_job *job;
	const struct release_ask *ask;
	struct str agreement; /* id of the one that the order was given under; empty: a new order */
	int64_t as_of_leaf;   /* what the recipient had then; GATHER_NOW: has now */
};
#define GATHER_NOW INT64_MAX

/* The request for an order: the selected objects, their surroundings, copy ids
 * (made when missing), what the recipient has.  In a write transaction. */
enum err gather_request(const struct gather *in, struct agreement_request *ret, struct why *why);

/* The agreement of an order; of a new one that with the recipient which is in
 * force, or any with it.  NULL: there is none. */
const struct standing *gather_agreement(const struct gather *in);

/* Whom an order means under this agreement.  A new order goes to the successor
 * of an organisation that is gone; what was sent before keeps its recipient as
 * long as the agreement names it.  Empty: nobody. */
struct str gather_recipient(const struct gather *in, const struct standing *s);

/* ERR_INVALID: the recipient is no organisation of another party of the
 * agreement, or the purpose is none of its purposes. */
enum err gather_check_recipient(const struct gate *g, const struct release_ask *ask,
    const struct agreement *in, struct why *why);

/* Whether the key of the recipient's node was checked by two people and is one
 * that the agreement names, and until when it is good. */
enum err gather_find_key(struct db *db, struct agreement_request *r, struct why *why);

/* Whether the agreement names the purpose. */
bool gather_has_purpose(const struct agreement *in, struct str code);

/* Decides, and decides again where a copy that was delivered before would get
 * other bytes under the same version. */
enum err gather_decide(const struct release_job *job, struct agreement_request *request,
    const struct agreement_decisions **ret, struct why *why);
