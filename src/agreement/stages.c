#include "stages_p.h"

enum {
	/* Failed checks of a contact after which only GREEN and CLEAR go: one may be
	 * a holiday. */
	POC_FAILED_MAX = 2,
};

/* One finding of the gate itself, which both sides may see. */
static void
find_own(struct judging *j, enum effect effect, const char *code, struct str clause)
{
	find(j, &(struct finding){ .effect = effect,
	            .code = str_of(code),
	            .shared = str_of(code),
	            .clause = clause });
}

static bool
stage_realm(struct judging *j)
{
	struct str clause = j->g == NULL ? S("") : j->g->realm_clause;

	if (j->f->realm.len > 0 && str_eq(j->f->realm, j->f->order_realm))
		return true;
	find_own(j, EFFECT_DENY, "R-REALM", clause);
	return false;
}

static bool
stage_agreement(struct judging *j)
{
	struct str clause = j->g == NULL ? S("") : j->g->suspension_clause;

	if (j->g != NULL && j->f->closed.len == 0)
		return true;
	if (!str_is(j->f->closed, "A-AREA-SUSPENDED"))
		clause = (struct str){ 0 };
	find(j, &(struct finding){ .effect = EFFECT_DENY,
	            .code = j->g == NULL ? S("A-NOTINFORCE") : j->f->closed,
	            .shared = j->g == NULL ? S("A-NOTINFORCE") : j->f->closed,
	            .clause = clause });
	return false;
}

/* Checked by two people, and not past its end. */
static bool
is_key_good(const struct facts *f)
{
	return f->verified && (f->key_until == 0 || f->at < f->key_until);
}

/* Sender and recipient are organisations of two different parties, the key of
 * the recipient's node is good and its point of contact answers. */
static bool
stage_recipient(struct judging *j)
{
	if (j->to == NULL || j->from_party == NULL || j->to_party == j->from_party)
		find_own(j, EFFECT_DENY, "A-SCOPE", (struct str){ 0 });
	else if (!is_key_good(j->f))
		find_own(j, EFFECT_DENY, "K-KEY", (struct str){ 0 });
	else if (j->f->poc_failed >= POC_FAILED_MAX && facts_tlp(j->f) > TLP_GREEN)
		find_own(j, EFFECT_DENY, "K-POC-STALE", (struct str){ 0 });
	return j->v->effect != EFFECT_DENY;
}

/* Nothing lifts these: no consent, no approval. */
static bool
stage_bars(struct judging *j)
{
	if (predicate_holds(IS_CLASSIFIED, j->f))
		find_own(j, EFFECT_DENY, "C-CLASSIFIED", (struct str){ 0 });
	if (facts_tlp(j->f) == TLP_RED && !is_to_person(j->f)) {
		find_own(j, EFFECT_ROUTE, "M-RED", j->g->red_clause);
		j->v->route = S("person");
	}
	return true;
}

static bool
in_path(struct str path, struct str code)
{
	while (path.ptr != NULL) {
		if (str_eq(str_split(&path, ' '), code))
			return code.len > 0;
	}
	return false;
}

/* Whether an organisation is the recipient or of the recipient's party: what
 * one organisation of a party has, its party has. */
static bool
is_recipient_side(const struct judging *j, struct str code)
{
	const struct party *party = NULL;

	if (code.len == 0)
		return false;
	(void)agreement_organisation(j->g, code, &party);
	return str_eq(code, j->f->to) || party == j->to_party;
}

static bool
went_through_recipient(const struct judging *j)
{
	struct str path = j->f->path;

	while (path.ptr != NULL) {
		if (is_recipient_side(j, str_split(&path, ' ')))
			return true;
	}
	return in_path(j->f->path, j->f->to);
}

/* Of somebody else: another organisation made it, or gave it. */
static bool
is_foreign(const struct facts *f)
{
	if (f->received_under.len > 0)
		return true;
	if (f->giver.len > 0 && !str_eq(f->giver, f->from))
		return !f->own_observation;
	return f->originator.len > 0 && !str_eq(f->originator, f->from);
}

static bool
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
	if (!is_foreign(f) || tlp == TLP_CLEAR || predicate_holds(CONSENT_TO_TECHNIQUE, f))
		return true;
	if (tlp == TLP_AMBER_STRICT)
		find_own(j, EFFECT_DENY, "M-STRICT", j->g->strict_clause);
	if (tlp == TLP_GREEN && f->received_under.len > 0 && !str_eq(f->received_under, j->g->id))
		find_own(j, EFFECT_DENY, "O-COMMUNITY", clause);
	find_own(j, EFFECT_DENY, "O-ORCON", clause);
	return true;
}

/* What is RED and goes to a person is measured like everything else; on any
 * other channel the bars have spoken. */
static bool
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
	return true;
}

static bool
stage_purpose(struct judging *j)
{
	for (size_t i = 0; i < j->g->purposes; i++) {
		if (str_eq(j->g->purpose[i].code, j->f->purpose))
			return true;
	}
	find_own(j, EFFECT_DENY, "P-PURPOSE",
	    j->g->purposes == 0 ? S("") : j->g->purpose[0].clause);
	return true;
}

/* Who was attacked, reported or analysed: whatever the categories say. */
static bool
stage_identity(struct judging *j)
{
	bool victim = predicate_holds(IS_VICTIM, j->f);
	bool stands_in = predicate_holds(HAS_STAND_IN, j->f);

	if (victim || predicate_holds(IS_WITHHELD, j->f))
		find_own(j, stands_in ? EFFECT_REDACT : EFFECT_DENY,
		    victim ? "V-VICTIM" : "D-CATEGORY",
		    victim ? j->g->identity_clause : j->g->personal_clause);
	else if (predicate_holds(IS_TIED, j->f) || predicate_holds(IS_MENTIONING, j->f))
		find_own(j, EFFECT_REDACT, "V-VICTIM", j->g->identity_clause);
	return true;
}

static bool
stage_remains(struct judging *j)
{
	switch (j->f->remains) {
	case REMAINS_ORIGINAL: break;
	case REMAINS_COPY: find_own(j, EFFECT_REDACT, "D-LEAKREF", j->g->identity_clause); break;
	case REMAINS_LOST:
	case REMAINS_LEAK: find_own(j, EFFECT_DENY, "D-LEAKREF", j->g->identity_clause); break;
	case REMAINS_EMPTY: find_own(j, EFFECT_DENY, "D-EMPTY", j->g->identity_clause); break;
	}
	return true;
}

/* The order of docs/agreement.md. */
const struct stage stages[] = {
	{ "realm", stage_realm },
	{ "agreement", stage_agreement },
	{ "recipient", stage_recipient },
	{ "bars", stage_bars },
	{ "originator", stage_originator },
	{ "marking", stage_marking },
	{ "purpose", stage_purpose },
	{ "categories", stage_categories },
	{ "packs", stage_packs },
	{ "identity", stage_identity },
	{ "remains", stage_remains },
};
const size_t stages_count = COUNTOF(stages);
