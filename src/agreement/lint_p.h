/* lint_p.h: one run of the linter (private to agreement). */
#pragma once

#include "lint.h"

struct linting {
	struct arena *a;
	time_us at;
	const struct json *json;   /* the document */
	const struct agreement *g; /* NULL while the rules of lint.c look at the tree alone */
	struct lint *lint;
	struct lint_finding *finding; /* LINT_FINDINGS_MAX */
};

/* Adds a finding; those beyond the bound are counted alone. */
PRINTF(5, 6)
void lint_find(struct linting *l, enum lint_severity severity, const char *rule, struct str pointer,
    const char *fmt, ...);

/* "/areas/3", in the arena. */
PRINTF(2, 3) struct str lint_at(struct linting *l, const char *fmt, ...);

/* The rules that look at an agreement that can be read. */
void lint_rules(struct linting *l);
