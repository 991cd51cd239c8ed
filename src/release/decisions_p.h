/* decisions_p.h: writes decisions, leaving bytes and the ledger's batch as one. */
#pragma once

#include "record_p.h"
#include "release.h"

struct decisions_in {
	const struct release_job *job;
	const struct agreement_request *request;
	struct str order_id;
	struct str standing_order; /* of which this is a run; empty: given by hand */
};

/* The leaf up to which what the recipient had counts, for item i of order o: an
 * order in several batches was decided as one. */
#define ORDER_SEEN "CASE WHEN o.last_leaf > i.leaf THEN o.last_leaf ELSE i.leaf END"

/* Writes one row per decision (ordinals from 0), a record for each, and the
 * leaves that commit to them, one for each batch.  In the caller's transaction. */
enum err decisions_write(const struct decisions_in *in, const struct agreement_decisions *all,
    struct release_sent *ret, struct why *why);

/* Held items of an order were approved: their rows become released under
 * batches of their own; several of them were decided as one.
 * ERR_CONFLICT: one is not held any more. */
struct decisions_held {
	uint64_t ordinal;
	const struct agreement_decision *decision;
};
enum err decisions_release_held(const struct decisions_in *in,
    const struct agreement_decisions *all, const struct decisions_held *list, size_t n,
    struct why *why);

/* Writes the row of an order whose decisions were written. */
enum err order_insert(const struct decisions_in *in, const struct release_ask *ask,
    struct str proposer, const struct release_sent *sent, struct why *why);
