/* approvals_p.h: places that approvals fill (private to release). */
#pragma once

#include "release.h"

enum { NEEDS_MAX = 16 }; /* twice APPROVERS_MAX for "two", and room */

/* What is asked for: one entry for each person, so that "two" are two. */
struct needs {
	size_t len;
	struct str role[NEEDS_MAX]; /* "officer", "legal", "policy", "defence-liaison" */
};

/* From words that blanks separate, one for each person. */
void needs_read(struct str words, struct needs *ret);
/* One more of the words that a decision lists, joined with those before it. */
void needs_add(struct needs *n, struct str word);
bool needs_has(const struct needs *n, struct str role);
struct str needs_text(struct arena *a, const struct needs *n);
