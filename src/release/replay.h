/* replay.h: decides again what was decided, from a realm as it lies in a folder:
 * a copy, offline, without any secret key.
 *
 * A decision is made again from content when every object and document that it
 * was made from is still here, and judged again from its fact vector when only
 * the documents are.  What can be neither is counted, not passed over. */
#pragma once

#include "base.h"
#include "clock.h"
#include "ledger.h"

enum { REPLAY_GAPS_MAX = 100 };

/* A decision that could not be made again. */
struct replay_gap {
	int64_t leaf, place;
	char what[WHY_TEXT_MAX];
};

struct release_replay {
	uint64_t decisions;
	uint64_t from_content;   /* decided again from the same bytes */
	uint64_t from_facts;     /* judged again: content has gone */
	uint64_t not_replayable; /* documents or facts are not here, or of another engine */
	size_t gaps;             /* in all; the first REPLAY_GAPS_MAX are kept */
	struct replay_gap gap[REPLAY_GAPS_MAX];
	struct audit_report report; /* problems: "replay" another answer, "facts" not those of the
	                               record or the row, "inputs" not those that were kept */
};

/* since   instant of the ledger leaf from which on decisions count; 0: all
 *
 * OK            the result says what was found, problems included
 * ERR_NOT_FOUND no realm in this folder; ERR_LIMIT; ERR_IO */
enum err release_replay(const char *folder, time_us since, struct release_replay *ret,
    struct why *why);

/* The same for one decision of a node's own database, open for reading.  It is
 * decided with all that its order decided.  Without it: no decisions.
 *
 * ERR_LIMIT; ERR_IO */
enum err release_replay_one(struct db *db, const struct ledger_place *at,
    struct release_replay *ret, struct why *why);
