/* The stages that apply the documents: categories of the agreement, rules of packs. */
#include "read_p.h"
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
	/* TLP:RED between nodes has its own stage; to a person it goes when the category
	 * names it, and not because all else may go. */
	if (tlp > c->max_tlp && (tlp != TLP_RED || is_to_person(j->f)))
		find(j, &(struct finding){ .effect = EFFECT_DENY,
		            .code = S("M-CEIL"),
		            .shared = S("M-CEIL"),
		            .clause = j->g->marking_clause,
		            .category = c });
}

/* ---- 7: area, purpose, ground, category ---- */

static void
check_purpose(struct judging *j)
{
	if (is_evidence(j->f->purpose)) /* the bars have spoken */
		return;
	for (size_t i = 0; i < j->g->purposes; i++) {
		if (str_eq(j->g->purpose[i].code, j->f->purpose))
			return;
	}
	find_own(j, EFFECT_DENY, "P-PURPOSE",
	    j->g->purposes == 0 ? S("") : j->g->purpose[0].clause);
}

static bool
is_of_category(const struct judging *j, size_t i)
{
	return (j->f->categories >> i & 1) != 0 &&
	       selector_holds(&j->g->category[i].when, j->f, j->documents);
}

/* A ground may be for some purposes, areas or categories only. */
static bool
basis_applies(const struct judging *j, const struct legal_basis *b)
{
	if (b->applies_to == NULL || texts_have(b->applies_to, j->f->purpose) ||
	    texts_have(b->applies_to, j->f->area))
		return true;
	for (size_t i = 0; i < j->g->categories; i++) {
		if (texts_have(b->applies_to, j->g->category[i].code) && is_of_category(j, i))
			return true;
	}
	return false;
}

/* A ground that is cited must be there, in force and for this; none need be cited.
 * Where the agreement lists none, a ground opens only what a pack says. */
static void
check_basis(struct judging *j)
{
	bool good = j->f->legal_basis.len == 0 || j->g->legal_bases == 0;

	for (size_t i = 0; i < j->g->legal_bases && !good; i++) {
		const struct legal_basis *b = &j->g->legal_basis[i];

		good = str_eq(b->code, j->f->legal_basis) &&
		       basis_in_force(b, j->from_party->code, j->f->at) && basis_applies(j, b);
	}
	if (!good)
		find_own(j, EFFECT_DENY, "L-BASIS", (struct str){ 0 });
}

/* Whether it tells of somebody, and not by a stand-in.  A copy that leaves because
 * of what it is tied to or mentions may still be about the same person. */
static bool
is_personal_told(const struct facts *f)
{
	static const char *const types[] = { "email-addr", "user-account", "email-message" };

	if (predicate_holds(IS_WITHHELD, f) || predicate_holds(IS_ORGANISATION, f))
		return false;
	for (size_t i = 0; i < COUNTOF(types); i++) {
		if (str_is(f->type, types[i]))
			return true;
	}
	return predicate_holds(IS_PERSON, f) || predicate_holds(IS_CREDENTIAL, f);
}

/* Personal data goes on a ground that the agreement names for the one who gives it. */
static void
check_grounds(struct judging *j)
{
	if (is_personal_told(j->f) &&
	    !agreement_is_ground(j->g, j->f->legal_basis, j->from_party->code, j->f->at))
		find_own(j, EFFECT_DENY, "L-BASIS", j->g->personal_clause);
}

/* Technology under control, for a purpose that is not free of it. */
static void
check_export(struct judging *j)
{
	if (!predicate_holds(IS_EXPORT, j->f) ||
	    texts_have(j->g->export_control.free_purposes, j->f->purpose))
		return;
	find_own(j, EFFECT_HOLD, "X-EXPORT", j->g->export_control.clause);
	find_approval(j, S("legal"));
}

/* So many people that a legal officer has to look; of what is redacted none is left.
 * Without a number of its own the agreement leaves it to categories and packs. */
static void
check_persons(struct judging *j)
{
	bool redacted = predicate_holds(IS_TIED, j->f) || predicate_holds(IS_MENTIONING, j->f);

	if (redacted || j->g->personal.threshold_persons <= 1 ||
	    j->f->persons < j->g->personal.threshold_persons)
		return;
	find_own(j, EFFECT_HOLD, "D-CATEGORY", j->g->personal_clause);
	find_approval(j, S("legal"));
}

static void
check_categories(struct judging *j)
{
	bool placed = false; /* in a category that is about its type */

	for (size_t i = 0; i < j->g->categories; i++) {
		const struct category *c = &j->g->category[i];

		if (!is_of_category(j, i))
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
		find_own(j, EFFECT_DENY, "D-CATEGORY", (struct str){ 0 });
}

bool
stage_terms(struct judging *j)
{
	check_purpose(j);
	check_basis(j);
	check_grounds(j);
	check_export(j);
	check_persons(j);
	check_categories(j);
	return true;
}

/* ---- 8: law ---- */

/* A rule that only advises is cited, with the date from which it decides. */
static void
apply_rule(struct judging *j, const struct rule_pack *pack, const struct rule *r, bool advisory)
{
	find(j, &(struct finding){ .effect = advisory ? EFFECT_ALLOW : effect_of(r->ruling),
	            .code = r->reason,
	            .shared = r->shared,
	            .rule = r,
	            .pack = pack,
	            .advises = advisory });
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
