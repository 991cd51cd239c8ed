/* The stages that say what comes with a release: what is redacted, which duties
 * travel along, who must agree. */
#include "read_p.h"
#include "stages_p.h"

/* ---- 9: redaction ---- */

/* Who was attacked, reported or analysed: whatever the categories say. */
static void
check_identity(struct judging *j)
{
	bool victim = predicate_holds(IS_VICTIM, j->f);
	bool stands_in = predicate_holds(HAS_STAND_IN, j->f);

	if (victim || predicate_holds(IS_WITHHELD, j->f))
		find_own(j, stands_in ? EFFECT_REDACT : EFFECT_DENY,
		    victim ? "V-VICTIM" : "D-CATEGORY",
		    victim ? j->g->identity_clause : j->g->personal_clause);
	else if (predicate_holds(IS_TIED, j->f) || predicate_holds(IS_MENTIONING, j->f))
		find_own(j, EFFECT_REDACT, "V-VICTIM", j->g->identity_clause);
}

bool
stage_redaction(struct judging *j)
{
	check_identity(j);
	switch (j->f->remains) {
	case REMAINS_ORIGINAL: break;
	case REMAINS_COPY: find_own(j, EFFECT_REDACT, "D-LEAKREF", j->g->identity_clause); break;
	case REMAINS_LOST:
	case REMAINS_LEAK: find_own(j, EFFECT_DENY, "D-LEAKREF", j->g->identity_clause); break;
	case REMAINS_EMPTY: find_own(j, EFFECT_DENY, "D-EMPTY", j->g->identity_clause); break;
	}
	return true;
}

/* ---- 10: obligations ---- */

static bool
is_placed_in(const struct verdict *v, const struct json *categories)
{
	for (size_t i = 0; i < v->findings; i++) {
		const struct category *c = v->finding[i].category;

		if (c != NULL && texts_have(categories, c->code))
			return true;
	}
	return false;
}

/* Each duty that binds; what the object's own markings add is put to them when
 * they are told. */
bool
stage_obligations(struct judging *j)
{
	struct str tlp = str_of(tlp_name(facts_tlp(j->f)));

	for (size_t i = 0; i < j->g->obligation_rows; i++) {
		const struct obligation *o = &j->g->obligation[i];

		if ((o->tlp != NULL && !texts_have(o->tlp, tlp)) ||
		    (o->purposes != NULL && !texts_have(o->purposes, j->f->purpose)) ||
		    (o->categories != NULL && !is_placed_in(j->v, o->categories)))
			continue;
		if (j->v->obligations < COUNTOF(j->v->obligation))
			j->v->obligation[j->v->obligations++] = o;
	}
	return true;
}

/* ---- 11: approvals ---- */

void
find_needs(struct judging *j, unsigned needs)
{
	if ((needs & NEED_TWO) != 0)
		find_approval(j, S("two"));
	else if ((needs & NEED_ONE) != 0)
		find_approval(j, S("officer"));
	if ((needs & NEED_LEGAL) != 0)
		find_approval(j, S("legal"));
	if ((needs & NEED_POLICY) != 0)
		find_approval(j, S("policy"));
	if ((needs & NEED_DEFENCE) != 0)
		find_approval(j, S("defence-liaison"));
}

bool
is_glass_broken(const struct judging *j)
{
	return j->f->broken_glass.len > 0 && j->g->break_glass.given &&
	       texts_have(j->g->break_glass.conditions, j->f->broken_glass);
}

/* What an emergency may pass over: rules of the agreement about area, contact,
 * ceiling and kind.  Not law, not what others or the object itself
 * forbid, not who was attacked. */
static bool
may_pass(const struct judging *j, const struct finding *f)
{
	static const char *const codes[] = { "A-AREA-SUSPENDED", "K-POC-STALE", "M-CEIL",
		"D-CATEGORY" };
	const struct json *never = j->g->break_glass.never_overrides;

	if (f->rule != NULL || facts_tlp(j->f) == TLP_RED || predicate_holds(IS_PERSONAL, j->f) ||
	    predicate_holds(IS_VICTIM, j->f) || texts_have(never, f->code) ||
	    (f->category != NULL && texts_have(never, f->category->code)) ||
	    (f->category == NULL && str_is(f->code, "D-CATEGORY"))) /* of no known kind */
		return false;
	for (size_t i = 0; i < COUNTOF(codes); i++) {
		if (str_is(f->code, codes[i]))
			return true;
	}
	return false;
}

/* All or nothing: one refusal that cannot be passed over, and none is. */
static void
break_glass(struct judging *j)
{
	struct verdict *v = j->v;

	v->glass = GLASS_REFUSED;
	if (!is_glass_broken(j) || v->effect != EFFECT_DENY || v->overflown)
		return;
	for (size_t i = 0; i < v->findings; i++) {
		if (v->finding[i].effect == EFFECT_ROUTE ||
		    (v->finding[i].effect == EFFECT_DENY && !may_pass(j, &v->finding[i])))
			return;
	}
	for (size_t i = 0; i < v->findings; i++) {
		if (v->finding[i].effect == EFFECT_DENY)
			v->finding[i].effect = EFFECT_HOLD;
	}
	v->effect = EFFECT_HOLD;
	v->held = true;
	v->glass = GLASS_BROKEN;
	if (v->review_hours == 0 || j->g->break_glass.review_hours < v->review_hours)
		v->review_hours = j->g->break_glass.review_hours;
}

/* Who must agree to what a category holds: its own row, and the matrix. */
static void
ask_matrix(struct judging *j)
{
	struct verdict *v = j->v;
	size_t findings = v->findings;

	for (size_t i = 0; j->g->has_matrix && i < findings; i++) {
		const struct category *c = v->finding[i].category;

		if (c != NULL && v->finding[i].effect == EFFECT_HOLD)
			find_needs(j, agreement_needs(j->g, c->code, c->risk));
	}
}

/* The one place that says who must agree to broken glass: as many officers as the
 * agreement says, at least two, and whom it names beside them; nothing goes on
 * the word of one. */
static void
ask_for_glass(struct judging *j)
{
	static const char *const roles[] = { "legal", "policy", "defence-liaison" };

	find_approval(j, j->g->break_glass.officers == 4   ? S("four")
	                 : j->g->break_glass.officers == 3 ? S("three")
	                                                   : S("two"));
	for (size_t i = 0; i < COUNTOF(roles); i++) {
		if (texts_have(j->g->break_glass.roles, str_of(roles[i])))
			find_approval(j, str_of(roles[i]));
	}
}

bool
stage_approvals(struct judging *j)
{
	ask_matrix(j);
	if (j->f->broken_glass.len == 0)
		return true;
	if (j->v->effect >= EFFECT_ROUTE)
		break_glass(j);
	if (j->v->effect == EFFECT_HOLD)
		ask_for_glass(j);
	return true;
}
