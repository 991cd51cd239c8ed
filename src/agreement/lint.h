/* lint.h: what is missing or contradictory in an agreement, before people sign it.
 *
 * The parser refuses what cannot be applied; the linter also explains what
 * could be applied and was probably not meant.  Pure, like the gate. */
#pragma once

#include "document.h"

enum lint_severity {
	LINT_NOTE,    /* a preset applies: said, not counted */
	LINT_WARNING, /* can be applied, was probably not meant */
	LINT_ERROR,   /* cannot be applied, or will never do what it says */
};
const char *lint_severity_name(enum lint_severity severity); /* "warning" */

enum { LINT_FINDINGS_MAX = 1000 }; /* more would not be read by anybody */

struct lint_finding {
	enum lint_severity severity;
	struct str rule;    /* "clause-unused": stable, see docs/agreement.md */
	struct str pointer; /* JSON pointer into the document; "/" is the whole */
	struct str text;    /* one sentence */
};

struct lint {
	const struct agreement *agreement; /* NULL: it could not be read */
	size_t errors, warnings;
	size_t findings;
	const struct lint_finding *finding; /* in the order of the rules */
};

/* Reads a document, a template (open nodes and keys are noted) or a signed
 * envelope.  `at` is the instant at which legal bases and delegates are asked.
 *
 * A document that cannot be read is a finding, not an error.
 * ERR_INVALID  it is not JSON
 * ERR_LIMIT    no memory is left */
enum err agreement_lint(struct arena *a, struct str text, time_us at, struct lint *ret,
    struct why *why);
