/* The stages that apply the documents: categories of the agreement, rules of packs. */
#include "stages_p.h"

static enum effect
effect_of(enum ruling ruling)
{
	static const enum effect effects[] = {
		[RULING_ALLOW] = EFFECT_ALLOW,
		[RULING_REDACT] = EFFECT_REDACT,
		[RULING_HOLD] = EFFECT_HOLD,
		[RULING_DENY] = EFFECT_DENY,
	};

	return effects[ruling];
}

static void
apply_category(struct judging *j, const struct category *c)
{
	enum tlp tlp = facts_tlp(j->f);

	find(j, &(struct finding){ .effect = effect_of(c->ruling),
	            .code = c->reason,
	            .shared = c->reason,
	            .clause = c->clause,
	            .category = c });
	if (c->ruling == RULING_HOLD) {
		for (size_t i = 0; i < c->approvals; i++)
			find_approval(j, c->approval[i]);
	}
	/* TLP:RED has its own stage: a category that lets go all that a node may carry
	 * says nothing about what is sealed to a person. */
	if (tlp > c->max_tlp &&
	    (tlp != TLP_RED || (is_to_person(j->f) && c->max_tlp < TLP_AMBER_STRICT)))
		find(j, &(struct finding){ .effect = EFFECT_DENY,
		            .code = S("M-CEIL"),
		            .shared = S("M-CEIL"),
		            .clause = j->g->marking_clause,
		            .category = c });
}

bool
stage_categories(struct judging *j)
{
	bool placed = false; /* in a category that is about its type */

	for (size_t i = 0; i < j->g->categories; i++) {
		const struct category *c = &j->g->category[i];

		if ((j->f->categories >> i & 1) == 0 ||
		    !selector_holds(&c->when, j->f, j->documents))
			continue;
		if ((j->f->closed_categories >> i & 1) != 0)
			find(j, &(struct finding){ .effect = EFFECT_DENY,
			            .code = S("A-AREA-SUSPENDED"),
			            .shared = S("A-AREA-SUSPENDED"),
			            .clause = j->g->suspension_clause,
			            .category = c });
		apply_category(j, c);
		placed = placed || c->when.types != NULL;
	}
	if (!placed)
		find(j, &(struct finding){ .effect = EFFECT_DENY,
		            .code = S("D-CATEGORY"),
		            .shared = S("D-CATEGORY") });
	return true;
}

/* A rule that only advises is cited, with the date from which it decides. */
static void
apply_rule(struct judging *j, const struct rule_pack *pack, const struct rule *r, bool advisory)
{
	find(j, &(struct finding){ .effect = advisory ? EFFECT_ALLOW : effect_of(r->ruling),
	            .code = r->reason,
	            .shared = r->shared,
	            .rule = r,
	            .pack = pack });
	if (r->ruling == RULING_HOLD && !advisory) {
		for (size_t i = 0; i < r->approvals; i++)
			find_approval(j, r->approval[i]);
	}
}

static bool
rule_applies(const struct judging *j, const struct rule *r, const struct pack_facts *touched,
    size_t i, bool *ret_advisory)
{
	return rule_is_asked(r, j->f->at, ret_advisory) &&
	       (touched->touched[i / 64] >> i % 64 & 1) != 0 &&
	       selector_holds(&r->when, j->f, j->documents);
}

bool
stage_packs(struct judging *j)
{
	assert(j->documents->packs == j->f->packs);
	for (size_t p = 0; p < j->documents->packs; p++) {
		const struct rule_pack *pack = j->documents->pack[p];

		if (!pack_binds(pack, j->f, j->documents))
			continue;
		for (size_t i = 0; i < pack->rules; i++) {
			bool advisory = false;

			if (rule_applies(j, &pack->rule[i], &j->f->pack[p], i, &advisory))
				apply_rule(j, pack, &pack->rule[i], advisory);
		}
	}
	return true;
}
