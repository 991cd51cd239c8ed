/* explain_p.h: a verdict in words (private to agreement). */
#pragma once

#include "gate_p.h"

enum { SAID_MAX = FINDINGS_MAX + 2 }; /* one of each finding, and who supplied the marking */

/* A list of lines that is being made. */
struct said {
	size_t len;
	struct line line[SAID_MAX];
};

/* Adds a line that is not there yet; beyond the bound none. */
void said_add(struct said *said, struct line line);

/* Keeps the list in the gate's arena, as stored.  ERR_LIMIT: no memory is left. */
enum err said_keep(struct gate *gate, const struct said *said, struct lines *ret);

/* Counts what becomes of the selection, and says what was left out.  ERR_LIMIT:
 * no memory is left. */
enum err explain_bundle(struct gate *gate, const struct agreement_decision *d, size_t n,
    const struct bundle **ret);

/* Fills codes, clause, the lines but would_change, obligations, approvals and rules. */
enum err explain(struct gate *gate, const struct piece *p, const struct verdict *v,
    struct agreement_decision *d);

/* Asks the judge again with one fact changed, and lists what would be less
 * strict.  scratch is a verdict to judge into. */
enum err explain_would_change(struct gate *gate, const struct piece *p, const struct verdict *v,
    struct verdict *scratch, struct agreement_decision *d);

/* What may be sent instead of something of which nothing useful is left.
 * ERR_LIMIT: no memory is left. */
enum err explain_instead(struct gate *gate, const struct piece *p, struct agreement_decision *d);

/* Explains a settled item: what is right for one of two items that are alike is
 * right for the other, and is worked out once.  ERR_LIMIT: no memory is left. */
enum err explain_alike(struct gate *gate, const struct piece *p, struct agreement_decision *d);

/* The instant at which a decision has to be made again. */
time_us decision_valid_until(const struct gate *gate);

/* Hash over everything that decisions depend on (request.h).  ERR_LIMIT. */
enum err decision_inputs(struct gate *gate, struct agreement_decisions *ret);
