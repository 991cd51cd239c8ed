/* compartment.h: where things belong inside a party.
 *
 * Every object, collection, order, count and event has an owning organisation
 * and an enclave of it.  A caller works for one organisation and in some of its
 * enclaves; what is elsewhere does not exist for it, until an officer of the
 * owning compartment shows it there (release/internal.h). */
#pragma once

#include "base.h"

enum {
	ENCLAVE_NAME_MAX = 32,
	ENCLAVES_MAX = 16, /* of one account: more is a person without a compartment */
};

struct compartment {
	struct str organisation; /* "IN:CERT-IN" */
	struct str enclaves;     /* separated by ' '; the first is where new things belong */
};

/* Whether what belongs to an organisation and an enclave is inside. */
bool compartment_has(const struct compartment *c, struct str organisation, struct str enclave);

/* Whether all of `part` is inside: what may be given on by who has `c`. */
bool compartment_holds(const struct compartment *c, const struct compartment *part);

/* The enclave where new things belong: the first. */
struct str compartment_home(const struct compartment *c);

/* ERR_INVALID  enclave.name    not 1 to 32 of a-z 0-9 -
 *              enclave.twice   the same name twice
 *              enclave.many    more than ENCLAVES_MAX, or none */
enum err enclaves_check(struct str enclaves, struct why *why);

/* For statements: the row `r` of a table with owner and enclave is inside the
 * compartment of the parameters `org` and `enclaves`.  The pattern is safe
 * because names of enclaves have no wildcards. */
#define COMPARTMENT_HAS(r, org, enclaves)                       \
	"(" r ".owner = " org " AND ' ' || " enclaves " || ' '" \
	" LIKE '% ' || " r ".enclave || ' %')"

/* The same for a row of object, or it is shown to there: the newest version
 * alone, as long as it has the bytes that were shown. */
#define COMPARTMENT_SEES(r, org, enclaves)                                                      \
	"(" COMPARTMENT_HAS(r, org, enclaves) " OR (" r ".latest = 1 AND EXISTS (SELECT 1 FROM" \
	                                      " internal_release gr WHERE gr.object_id = " r    \
	                                      ".object_id AND gr.raw_hash = " r                 \
	                                      ".raw_hash AND gr.owner = " r                     \
	                                      ".owner AND gr.enclave = " r                      \
	                                      ".enclave AND gr.shown_at > 0"                    \
	                                      " AND gr.withdrawn_at = 0 AND gr.to_owner"        \
	                                      " = " org " AND ' ' || " enclaves                 \
	                                      " || ' ' LIKE '% ' || gr.to_enclave || ' %')))"
