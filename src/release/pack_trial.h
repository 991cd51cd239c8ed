/* pack_trial.h: what a rule pack would change of what was decided.
 *
 * Past decisions are made again, once under the packs that are active and once
 * with the pack on trial in the place of the one with its id; nothing else
 * differs, so what differs in the answers is its doing.  Nothing is stored,
 * released or closed.  What would be looser is a candidate for a new order of
 * an officer, and only that. */
#pragma once

#include "agreement.h"
#include "realm.h"

enum {
	PACK_TRIAL_DAYS_MAX = 3660, /* as long as records of disclosure are kept */
	/* Decisions of one trial; the newest count, and the answer says that there are more. */
	PACK_TRIAL_MAX = 20'000,
	PACK_SHIFTS_MAX = 1000, /* that are listed; all are counted */
};

struct pack_trial_ask {
	const struct rule_pack *pack; /* NULL: none; the active ones against what was decided */
	struct compartment of;        /* whose decisions */
	time_us since;
	time_us at; /* the instant at which rules are asked */
};

/* A decision that would be another. */
struct pack_shift {
	struct str order_id;
	int64_t ordinal;
	struct str source_id, version, recipient, state;
	enum outcome before, after;
	struct str codes; /* of the new answer, separated by ' ' */
	int way;          /* < 0: looser, > 0: stricter */
};

struct pack_trial {
	size_t decisions;
	size_t stricter, looser;
	size_t from_content, from_facts;
	size_t not_known; /* content is gone, and the facts do not say it */
	bool more;        /* there are older decisions in that time */
	size_t shifts;
	struct pack_shift shift[PACK_SHIFTS_MAX];
};

/* ERR_LIMIT: PACKS_MAX packs of other names are active, or memory; ERR_IO. */
enum err realm_pack_trial(struct realm *r, const struct pack_trial_ask *ask, struct arena *a,
    struct pack_trial *ret, struct why *why);
