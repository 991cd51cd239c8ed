/* pack_look.h: what a lawyer wants to know of a pack before signing it: what is
 * wrong or worth a look, and what changes against another version. */
#pragma once

#include "pack.h"

enum { PACK_REMARKS_MAX = 4 * (RULES_MAX + NOTES_MAX) }; /* a few for each entry */

struct pack_remark {
	bool wrong;     /* to be put right; otherwise only to be known */
	struct str id;  /* of the rule; empty: the pack */
	struct str say; /* one sentence */
};

struct pack_remarks {
	size_t len, wrong;
	struct pack_remark at[PACK_REMARKS_MAX];
};

/* Looks through a pack as of an instant.  NULL when the arena is full. */
const struct pack_remarks *pack_lint(struct arena *a, const struct rule_pack *pack, time_us at);

/* Which way a change goes. */
enum change_way { CHANGE_WORDS, CHANGE_STRICTER, CHANGE_LOOSER, CHANGE_UNCLEAR };
const char *change_way_name(enum change_way w); /* "stricter" */

struct pack_change {
	enum change_way way;
	struct str id;
	struct str say; /* "new", "gone", "ruling hold, was deny" */
};

struct pack_changes {
	size_t len;
	struct pack_change at[2 * (RULES_MAX + NOTES_MAX)];
};

/* The rules that differ, those of the newer pack first.  NULL when the arena is full. */
const struct pack_changes *pack_diff(struct arena *a, const struct rule_pack *before,
    const struct rule_pack *after);
