/* The stages that look at the object itself: what never leaves, whose it is, how
 * it is marked. */
#include "stages_p.h"

/* ---- 4: absolute bars ---- */

/* Courts have a channel of their own, whatever else would be allowed. */
bool
is_evidence(struct str purpose)
{
	static const char *const purposes[] = { "evidence", "court-evidence",
		"prosecution-evidence" };

	for (size_t i = 0; i < COUNTOF(purposes); i++) {
		if (str_is(purpose, purposes[i]))
			return true;
	}
	return false;
}

static void
find_route(struct judging *j, const char *code, struct str clause, struct str route)
{
	find_own(j, EFFECT_ROUTE, code, clause);
	if (j->v->route.len == 0)
		j->v->route = route;
}

/* Nothing lifts these: no consent, no approval, no emergency. */
bool
stage_bars(struct judging *j)
{
	if (predicate_holds(IS_CLASSIFIED, j->f))
		find_own(j, EFFECT_DENY, "C-CLASSIFIED", j->g->classified.clause);
	if (facts_tlp(j->f) == TLP_RED && !is_to_person(j->f))
		find_route(j, "M-RED", j->g->red_clause, S("person"));
	if (is_evidence(j->f->purpose))
		find_route(j, "L-MLA", (struct str){ 0 }, S("mla"));
	return true;
}

/* ---- 5: originator control ---- */

/* Whether an organisation is the recipient or of the recipient's party: what
 * one organisation of a party has, its party has. */
static bool
is_recipient_side(const struct judging *j, struct str code)
{
	const struct party *party = NULL;

	if (code.len == 0)
		return false;
	if (str_eq(code, j->f->to))
		return true;
	(void)agreement_organisation(j->g, code, &party);
	return party != NULL && party == j->to_party;
}

static bool
went_through_recipient(const struct judging *j)
{
	struct str path = j->f->path;

	while (path.len > 0) {
		if (is_recipient_side(j, str_split(&path, ' ')))
			return true;
	}
	return false;
}

static bool
is_made_elsewhere(const struct facts *f)
{
	return f->originator.len > 0 && !str_eq(f->originator, f->from);
}

/* Of somebody else: another organisation made it, or gave it.  That we saw the
 * same ourselves counts where the agreement lets it. */
static bool
is_foreign(const struct judging *j)
{
	const struct facts *f = j->f;

	if (f->received_under.len > 0)
		return true;
	if (f->giver.len > 0 && !str_eq(f->giver, f->from))
		return !(f->own_observation && j->g->third_party.reuse_own_observation);
	return is_made_elsewhere(f);
}

bool
stage_originator(struct judging *j)
{
	const struct facts *f = j->f;
	struct str clause = j->g->originator_clause;
	enum tlp tlp = facts_tlp(f);

	if (is_recipient_side(j, f->giver) || is_recipient_side(j, f->originator) ||
	    went_through_recipient(j)) {
		find_own(j, EFFECT_DENY, "O-ORCON", clause);
		return true;
	}
	if (!is_foreign(j) || tlp == TLP_CLEAR || predicate_holds(CONSENT_TO_TECHNIQUE, f))
		return true;
	if (tlp == TLP_AMBER_STRICT)
		find_own(j, EFFECT_DENY, "M-STRICT", j->g->strict_clause);
	if (tlp == TLP_GREEN && f->received_under.len > 0 && !str_eq(f->received_under, j->g->id))
		find_own(j, EFFECT_DENY, "O-COMMUNITY", clause);
	find_own(j, EFFECT_DENY, "O-ORCON", clause);
	return true;
}

/* Publishing: what is CLEAR and our own.  What came from others, CLEAR or not,
 * is theirs to publish, also when we saw the same. */
bool
check_publication(struct judging *j)
{
	if (j->from_party == NULL) {
		find_own(j, EFFECT_DENY, "A-SCOPE", (struct str){ 0 });
		return false;
	}
	if (is_foreign(j) || is_made_elsewhere(j->f))
		find_own(j, EFFECT_DENY, "O-ORCON", j->g->originator_clause);
	if (facts_tlp(j->f) > TLP_CLEAR)
		find_own(j, EFFECT_DENY, "M-CEIL", j->g->marking_clause);
	return true;
}

/* ---- 6: marking ---- */

/* GREEN is for a community, which the agreement names. */
static bool
is_outside_community(const struct judging *j)
{
	return facts_tlp(j->f) == TLP_GREEN && !is_public(j->f) &&
	       !agreement_in_community(j->g, j->f->to);
}

/* What is RED and goes to a person is measured like everything else; on any
 * other channel the bars have spoken. */
bool
stage_marking(struct judging *j)
{
	enum tlp tlp = facts_tlp(j->f);
	bool barred = tlp == TLP_RED && !is_to_person(j->f);

	if (j->f->unknown > 0 || tlp == TLP_NONE)
		find_own(j, EFFECT_DENY, "M-UNKNOWN", j->g->unknown_clause);
	if (!barred && tlp > j->g->ceiling[j->f->channel])
		find_own(j, EFFECT_DENY, "M-CEIL", j->g->marking_clause);
	else if (predicate_holds(IS_PARTED, j->f))
		find_own(j, EFFECT_REDACT, "M-CEIL", j->g->marking_clause);
	if (is_outside_community(j))
		find_own(j, EFFECT_DENY, "O-COMMUNITY", j->g->marking_clause);
	if (j->g->marking.pap_required && j->f->pap.len == 0 &&
	    !predicate_holds(IS_DEFINITION, j->f))
		find_own(j, EFFECT_DENY, "M-PAP", j->g->marking_clause);
	return true;
}
