/* The table of the stages, and those that look at the frame of a release: form,
 * realm, agreement and recipient; what is written down at the end. */
#include "stages_p.h"

enum {
	/* Failed checks of a contact after which only GREEN and CLEAR go: one may be
	 * a holiday. */
	POC_FAILED_MAX = 2,
};

void
find_own(struct judging *j, enum effect effect, const char *code, struct str clause)
{
	find(j, &(struct finding){ .effect = effect,
	            .code = str_of(code),
	            .shared = str_of(code),
	            .clause = clause });
}

/* ---- 1: form ---- */

static bool
stage_form(struct judging *j)
{
	if (predicate_holds(IS_WELL_FORMED, j->f))
		return true;
	find_own(j, EFFECT_DENY, "D-FORM", (struct str){ 0 });
	return false;
}

/* ---- 2: realm ---- */

static bool
stage_realm(struct judging *j)
{
	struct str clause = j->g == NULL ? S("") : j->g->realm_clause;

	if (j->f->realm.len > 0 && str_eq(j->f->realm, j->f->order_realm))
		return true;
	find_own(j, EFFECT_DENY, "R-REALM", clause);
	return false;
}

/* ---- 3: agreement, recipient, contact, key ---- */

/* How the attack is done and how it is seen; never who was hit by it. */
static bool
is_technique(const struct facts *f)
{
	static const char *const types[] = { "indicator", "attack-pattern", "malware", "tool",
		"vulnerability", "course-of-action", "infrastructure", "malware-analysis",
		"marking-definition", "relationship", "file", "url", "domain-name", "ipv4-addr",
		"ipv6-addr" };

	if (predicate_holds(IS_VICTIM, f) || predicate_holds(IS_TIED, f) ||
	    predicate_holds(IS_MENTIONING, f) || predicate_holds(IS_PERSONAL, f))
		return false;
	for (size_t i = 0; i < COUNTOF(types); i++) {
		if (str_is(f->type, types[i]))
			return true;
	}
	return false;
}

/* An area that is closed does not bar a warning of danger to life and limb. */
static bool
is_urgent_harm(const struct judging *j)
{
	return str_is(j->f->closed, "A-AREA-SUSPENDED") && j->g->urgency.harm_clause.len > 0 &&
	       j->f->harm == HARM_IMMINENT_SAFETY && j->f->urgency >= URGENCY_IMMEDIATE &&
	       is_technique(j->f);
}

/* Returns whether the other stages have anything to say. */
static bool
check_agreement(struct judging *j)
{
	const struct facts *f = j->f;
	bool suspended = str_is(f->closed, "A-AREA-SUSPENDED");

	if (j->g != NULL && f->closed.len == 0)
		return true;
	if (j->g != NULL && is_urgent_harm(j)) {
		find(j, &(struct finding){ .effect = EFFECT_HOLD,
		            .code = f->closed,
		            .shared = f->closed,
		            .say = S("A-AREA-SUSPENDED.harm"),
		            .clause = j->g->urgency.harm_clause });
		find_needs(j, j->g->urgency.harm_needs);
		j->v->review_hours = j->g->urgency.harm_review_hours;
		return true;
	}
	find(j, &(struct finding){ .effect = EFFECT_DENY,
	            .code = j->g == NULL ? S("A-NOTINFORCE") : f->closed,
	            .shared = j->g == NULL ? S("A-NOTINFORCE") : f->closed,
	            .clause = suspended && j->g != NULL ? j->g->suspension_clause : S("") });
	/* Behind broken glass the others are asked. */
	return j->g != NULL && suspended && is_glass_broken(j);
}

/* Checked by two people, and not past its end. */
static bool
is_key_good(const struct facts *f)
{
	return f->verified && (f->key_until == 0 || f->at < f->key_until);
}

/* Sender and recipient are organisations of two different parties that may act
 * in the area, the key of the recipient's node is good, and its contact answers. */
static bool
check_recipient(struct judging *j)
{
	if (j->to == NULL || j->from_party == NULL || j->to_party == j->from_party ||
	    !party_may(j->to_party, j->f->area, j->f->at) ||
	    !party_may(j->from_party, j->f->area, j->f->at)) {
		find_own(j, EFFECT_DENY, "A-SCOPE", (struct str){ 0 });
		return false;
	}
	if (!is_key_good(j->f)) {
		find_own(j, EFFECT_DENY, "K-KEY", (struct str){ 0 });
		return false;
	}
	if (j->f->poc_failed >= POC_FAILED_MAX && facts_tlp(j->f) > TLP_GREEN)
		find_own(j, EFFECT_DENY, "K-POC-STALE", (struct str){ 0 });
	return true;
}

static bool
stage_agreement(struct judging *j)
{
	if (!check_agreement(j))
		return false;
	/* To publish is not to release: who made it decides, and nobody else is asked. */
	if (is_public(j->f))
		return check_publication(j);
	return check_recipient(j);
}

/* ---- 12: record ---- */

/* What is asked of the others of a strict selection, and of who has approved,
 * ends here: this is the outcome that is written down. */
static bool
stage_record(struct judging *j)
{
	if (j->f->strict && j->f->stopped && j->v->effect < EFFECT_ROUTE)
		find_own(j, EFFECT_DENY, "B-STRICT", (struct str){ 0 });
	else if (j->f->strict && j->f->waits && j->v->effect < EFFECT_HOLD)
		find(j, &(struct finding){ .effect = EFFECT_HOLD,
		            .code = S("B-STRICT"),
		            .shared = S("B-STRICT"),
		            .say = S("B-STRICT.waits") });
	if (j->f->approved && j->v->effect == EFFECT_HOLD && !j->v->overflown)
		lift_holds(j->v);
	if (j->v->effect >= EFFECT_ROUTE) /* nothing happens that could be reviewed */
		j->v->review_hours = 0;
	return true;
}

/* The order of docs/agreement.md. */
const struct stage stages[] = {
	{ "form", stage_form },
	{ "realm", stage_realm },
	{ "agreement", stage_agreement },
	{ "bars", stage_bars },
	{ "originator", stage_originator },
	{ "marking", stage_marking },
	{ "terms", stage_terms },
	{ "packs", stage_packs },
	{ "redaction", stage_redaction },
	{ "obligations", stage_obligations },
	{ "approvals", stage_approvals },
	{ "record", stage_record },
};
const size_t stages_count = COUNTOF(stages);
