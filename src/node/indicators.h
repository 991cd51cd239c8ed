/* indicators.h: the indicators that a realm holds, as an index for scanning. */
#pragma once

#include "base.h"
#include "match.h"
#include "realm.h"
#include "store.h"

struct indicators_count {
	size_t objects;  /* indicators in force */
	size_t indexed;  /* of these, with at least one plain value */
	size_t expired;  /* valid_until has passed */
	size_t left_out; /* patterns that need more than one plain value */
};

/* Builds the index from the newest versions of all indicators a compartment sees
 * that are neither revoked nor withdrawn nor expired: an object that was
 * recalled is not in it. */
enum err indicators_index(struct realm *r, const struct compartment *of, struct match_index **ret,
    struct indicators_count *ret_count, struct why *why);
