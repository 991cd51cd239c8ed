/* pack_cases.h: a pack tried on a table of cases, without a node.
 *
 * A case is an object, a recipient and a purpose, and what is expected of them;
 * docs/packs.md describes the file.  The pack decides alone, over an agreement
 * that would allow everything, so that a case says something about the pack. */
#pragma once

#include "agreement.h"

enum { PACK_CASES_MAX = 1024 }; /* a table that a person can still read */

struct pack_case {
	struct str name;
	struct str rule; /* the rule that the case is about */
	bool holds;      /* it is expected to hold */
	bool passed;
	struct str found; /* "DENY N-IN-R13 by IN-09": what was decided */
};

struct pack_cases {
	size_t len;
	const struct pack_case *at;
	size_t failed;
};

/* Tries every case; a case that fails is a result, not an error.
 * ERR_INVALID  the file or an object in it cannot be read, is for another pack,
 *              or names a rule that the pack has not
 * ERR_LIMIT    more than PACK_CASES_MAX, or the arena is full */
enum err pack_cases_run(struct arena *a, const struct rule_pack *pack, struct str text,
    struct pack_cases *ret, struct why *why);

/* Whether a case shows the rule to hold (or not to hold). */
bool pack_cases_show(const struct pack_cases *cases, struct str rule, bool holds);
