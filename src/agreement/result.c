/* The result runs the stages again: rules that are about what would leave count
 * beside those that were about the source. */
#include "gate_p.h"
#include "selector_p.h"

static bool
add_bit(uint64_t *word, size_t bit)
{
	uint64_t old = *word;

	*word |= UINT64_C(1) << bit;
	return *word != old;
}

/* Categories that allow are left out: what places a copy is its source. */
static bool
draw_categories(const struct agreement *g, struct facts *f, const struct stix_object *copy)
{
	bool more = false;

	for (size_t i = 0; g != NULL && i < g->categories; i++) {
		const struct category *c = &g->category[i];

		if (c->ruling != RULING_ALLOW && selector_touches(&c->when, copy->json, copy->type))
			more = add_bit(&f->categories, i) || more;
	}
	return more;
}

bool
gate_draw_result(const struct gate *gate, struct piece *p, const struct stix_object *copy)
{
	struct facts *f = p->facts;
	bool more = draw_categories(gate->documents.agreement, f, copy);

	for (size_t k = 0; k < f->packs; k++) {
		const struct rule_pack *pack = gate->r->pack[k];

		for (size_t i = 0; i < pack->rules; i++) {
			if (selector_touches(&pack->rule[i].when, copy->json, copy->type))
				more = add_bit(&f->pack[k].touched[i / 64], i % 64) || more;
		}
	}
	if (!predicate_holds(IS_CLASSIFIED, f) && is_classified(gate, copy)) {
		facts_set(f, IS_CLASSIFIED, true);
		more = true;
	}
	return more;
}

/* ---- what categories and rules take out ---- */

static size_t
redactions_of(const struct finding *f, const struct redaction **ret)
{
	if (f->category != NULL) {
		*ret = f->category->redaction;
		return f->category->redactions;
	}
	*ret = f->rule == NULL ? NULL : f->rule->redaction;
	return f->rule == NULL ? 0 : f->rule->redactions;
}

bool
gate_place(struct gate *gate, struct piece *p, const struct verdict *v)
{
	bool more = false;

	for (size_t i = 0; i < v->findings; i++) {
		const struct finding *f = &v->finding[i];
		const struct redaction *r = NULL;
		size_t n = f->effect == EFFECT_REDACT ? redactions_of(f, &r) : 0;

		for (size_t k = 0; k < n; k++)
			more = places_add(gate->a, &p->places, p->item->object.json, &r[k],
			           f->shared) ||
			       more;
		/* Parts above the ceiling have their places already. */
		if (f->effect == EFFECT_REDACT && n == 0 &&
		    (f->category != NULL || f->rule != NULL || !str_is(f->code, "M-CEIL")))
			p->cleaned = true;
	}
	return more;
}
