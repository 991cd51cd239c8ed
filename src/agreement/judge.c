#include "judge_p.h"
#include "read_p.h"
#include "stages_p.h"

void
find(struct judging *j, const struct finding *finding)
{
	struct verdict *v = j->v;

	if (finding->effect > v->effect)
		v->effect = finding->effect;
	if (v->findings < FINDINGS_MAX)
		v->finding[v->findings++] = *finding;
	else
		v->overflown = true;
	if (finding->effect == EFFECT_HOLD)
		v->held = true;
}

void
find_approval(struct judging *j, struct str approval)
{
	struct verdict *v = j->v;

	for (size_t i = 0; i < v->approvals; i++) {
		if (str_eq(v->approval[i], approval))
			return;
	}
	if (v->approvals < APPROVERS_MAX)
		v->approval[v->approvals++] = approval;
	else /* what cannot be asked for cannot be given */
		find(j, &(struct finding){ .effect = EFFECT_DENY,
		            .code = S("D-CATEGORY"),
		            .shared = S("D-CATEGORY") });
}

void
lift_holds(struct verdict *v)
{
	v->effect = EFFECT_ALLOW;
	for (size_t i = 0; i < v->findings; i++) {
		struct finding *f = &v->finding[i];

		if (f->effect != EFFECT_HOLD && f->effect > v->effect)
			v->effect = f->effect;
	}
}

void
judge(const struct facts *f, const struct documents *documents, struct verdict *ret)
{
	struct judging j = { .f = f, .g = documents->agreement, .documents = documents, .v = ret };
	bool go_on = true;

	/* Its lists are large, and only their beginnings are read. */
	ret->effect = EFFECT_ALLOW;
	ret->held = ret->overflown = false;
	ret->findings = ret->approvals = ret->obligations = 0;
	ret->route = (struct str){ 0 };
	ret->review_hours = 0;
	ret->glass = GLASS_WHOLE;
	if (j.g != NULL) {
		j.to = agreement_organisation(j.g, f->to, &j.to_party);
		(void)agreement_organisation(j.g, f->from, &j.from_party);
	}
	for (size_t i = 0; go_on && i + 1 < stages_count; i++)
		go_on = stages[i].run(&j);
	(void)stages[stages_count - 1].run(&j);
}

enum outcome
verdict_outcome(const struct verdict *v)
{
	static const enum outcome outcomes[] = {
		[EFFECT_ALLOW] = OUTCOME_ALLOW,
		[EFFECT_REDACT] = OUTCOME_ALLOW_WITH_REDACTION,
		[EFFECT_HOLD] = OUTCOME_HOLD,
		[EFFECT_ROUTE] = OUTCOME_ROUTE,
		[EFFECT_DENY] = OUTCOME_DENY,
	};

	return outcomes[v->effect];
}

static size_t
add_code(struct str ret[CODES_MAX], size_t len, struct str code)
{
	for (size_t i = 0; i < len; i++) {
		if (str_eq(ret[i], code))
			return len;
	}
	if (code.len > 0 && len < CODES_MAX)
		ret[len++] = code;
	return len;
}

size_t
verdict_codes(const struct verdict *v, bool shared, struct str ret[CODES_MAX])
{
	size_t len = 0;

	for (int effect = EFFECT_DENY; effect > EFFECT_ALLOW; effect--) {
		for (size_t i = 0; i < v->findings; i++) {
			const struct finding *f = &v->finding[i];

			if ((int)f->effect == effect)
				len = add_code(ret, len, shared ? f->shared : f->code);
		}
	}
	return len;
}

/* ---- selectors ---- */

static_assert(PREDICATES <= 64, "one bit each");

/* Whether one of the predicates holds, given as bits. */
static bool
any_holds(uint64_t predicates, const struct facts *f)
{
	if ((predicates & f->drawn) != 0)
		return true;
	predicates >>= PREDICATES_DRAWN;
	for (unsigned p = PREDICATES_DRAWN; predicates != 0; p++, predicates >>= 1) {
		if ((predicates & 1) != 0 && predicate_holds((enum predicate)p, f))
			return true;
	}
	return false;
}

/* Whether an organisation is in a list of codes and kinds. */
static bool
is_listed(const struct json *list, struct str code, const struct agreement *g)
{
	const struct party *party = NULL;
	const struct organisation *o = agreement_organisation(g, code, &party);

	return o != NULL &&
	       (texts_have(list, o->code) || texts_have(list, party->code) ||
	           texts_have(list, o->state_body ? S("state-body") : S("private-body")));
}

bool
selector_holds(const struct selector *s, const struct facts *f, const struct documents *documents)
{
	if (s->facts != NULL && !any_holds(s->fact_bits, f))
		return false;
	if (s->not_facts != NULL && any_holds(s->not_fact_bits, f))
		return false;
	if (s->persons_over > 0 && f->persons <= s->persons_over)
		return false;
	if (s->from != NULL && !is_listed(s->from, f->from, documents->agreement))
		return false;
	if (s->to != NULL && !is_listed(s->to, f->to, documents->agreement))
		return false;
	if (s->purposes != NULL && !texts_have(s->purposes, f->purpose))
		return false;
	if (s->not_purposes != NULL && texts_have(s->not_purposes, f->purpose))
		return false;
	if (s->basis != NULL && !texts_have(s->basis, f->legal_basis))
		return false;
	if (s->not_basis != NULL && texts_have(s->not_basis, f->legal_basis))
		return false;
	return s->areas == NULL || texts_have(s->areas, f->area);
}

bool
selector_may_hold(const struct selector *s, const struct facts *f, uint64_t undecided,
    const struct documents *documents)
{
	if (s->facts != NULL && (s->fact_bits & undecided) == 0 && !any_holds(s->fact_bits, f))
		return false;
	if (s->not_facts != NULL && any_holds(s->not_fact_bits & ~undecided, f))
		return false;
	if (s->from != NULL && !is_listed(s->from, f->from, documents->agreement))
		return false;
	return s->to == NULL || is_listed(s->to, f->to, documents->agreement);
}

bool
pack_binds(const struct rule_pack *pack, const struct facts *f, const struct documents *documents)
{
	const struct party *from = NULL;

	if (pack->party.len == 0)
		return true;
	(void)agreement_organisation(documents->agreement, f->from, &from);
	return from != NULL && str_eq(from->code, pack->party);
}
