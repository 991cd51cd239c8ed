#include "facts_p.h"
#include "predicate_p.h"

/* clang-format off */
static const char *const names[] = {
	[IS_ORGANISATION]      = "identity.organisation",
	[IS_CLASS]             = "identity.class",
	[IS_VICTIM]            = "victim",
	[IS_TIED]              = "tied",
	[IS_MENTIONING]        = "mentions",
	[IS_PERSONAL]          = "personal",
	[IS_CLASSIFIED]        = "classified",
	[IS_GRANULAR]          = "marking.granular",
	[IS_REVOKED]           = "revoked",
	[IS_DEFINITION]        = "marking.definition",
	[IS_WELL_FORMED]       = "well-formed",
	[IS_EXPORT]            = "export-controlled",
	[IS_ENDORSED]          = "endorsed-by-all",
	[CONSENT_TO_NAME]      = "consent.name",
	[CONSENT_TO_PERSONAL]  = "consent.personal",
	[CONSENT_TO_TECHNIQUE] = "consent.technique",
	[IS_WITHHELD]          = "withheld",
	[HAS_STAND_IN]         = "stand-in",
	[IS_PARTED]            = "marking.parted",
	[IS_CREDENTIAL]        = "credential",
	[IS_ARMED]             = "exploit",
	[IS_PERSON]            = "identity.person",
	[IS_RECEIVED]          = "received",
	[IS_OWN_OBSERVATION]   = "own-observation",
	[IS_CLEAR]             = "tlp.clear",
	[IS_GREEN]             = "tlp.green",
	[IS_AMBER]             = "tlp.amber",
	[IS_AMBER_STRICT]      = "tlp.amber-strict",
	[IS_RED]               = "tlp.red",
	[IS_TLP1]              = "tlp.1",
};
/* clang-format on */
static_assert(COUNTOF(names) == PREDICATES, "each has a name");

enum predicate
predicate_find(struct str name)
{
	size_t i = 0;

	while (i < PREDICATES && !str_is(name, names[i]))
		i++;
	return (enum predicate)i;
}

const char *
predicate_name(enum predicate p)
{
	return names[p];
}

bool
predicate_holds(enum predicate p, const struct facts *f)
{
	if (p < PREDICATES_DRAWN)
		return (f->drawn >> p & 1) != 0;
	if (p == IS_RECEIVED)
		return f->giver.len > 0 || f->received_under.len > 0;
	if (p == IS_OWN_OBSERVATION)
		return f->own_observation;
	if (p == IS_TLP1)
		return f->tlp1;
	return facts_tlp(f) == (enum tlp)(TLP_CLEAR + (p - IS_CLEAR));
}
