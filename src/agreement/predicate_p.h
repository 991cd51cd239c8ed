/* predicate_p.h: the facts that selectors may ask for (private to agreement).
 *
 * Most are drawn from the content once and stored as a bit of the fact vector;
 * the others follow from other facts. */
#pragma once

#include "base.h"

struct facts;

enum predicate {
	/* drawn from the content */
	IS_ORGANISATION,
	IS_CLASS,
	IS_VICTIM,
	IS_TIED,
	IS_MENTIONING,
	IS_PERSONAL,
	IS_CLASSIFIED,
	IS_GRANULAR,
	IS_REVOKED,
	IS_DEFINITION,
	IS_WELL_FORMED,
	IS_EXPORT,
	IS_ENDORSED,
	CONSENT_TO_NAME,
	CONSENT_TO_PERSONAL,
	CONSENT_TO_TECHNIQUE,
	IS_WITHHELD,
	HAS_STAND_IN,
	IS_PARTED,
	IS_CREDENTIAL,
	IS_ARMED,
	IS_PERSON,
	PREDICATES_DRAWN,
	/* following from other facts */
	IS_RECEIVED = PREDICATES_DRAWN,
	IS_OWN_OBSERVATION,
	IS_CLEAR,
	IS_GREEN,
	IS_AMBER,
	IS_AMBER_STRICT,
	IS_RED,
	IS_TLP1,
	PREDICATES,
};

/* PREDICATES when there is none of this name. */
enum predicate predicate_find(struct str name);
const char *predicate_name(enum predicate p);
bool predicate_holds(enum predicate p, const struct facts *f);
