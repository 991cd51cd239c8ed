#include "retention.h"

#include "gate_p.h"

static bool
is_shorter(uint64_t days, uint64_t than)
{
	return days > 0 && (than == 0 || days < than);
}

size_t
agreement_periods(const struct agreement *g, uint64_t ret[PERIODS_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < g->retention_rows + 2; i++) {
		uint64_t days = i < g->retention_rows    ? g->retention_row[i].days
		                : i == g->retention_rows ? g->retention_days
		                                         : g->personal.retention_days;
		bool known = days == 0;

		for (size_t k = 0; k < n; k++)
			known = known || ret[k] == days;
		if (!known)
			ret[n++] = days;
	}
	return n;
}

/* What bytes alone do not tell. */
static uint64_t
undecided(const struct piece *p)
{
	static const enum predicate never[] = { IS_TIED, IS_MENTIONING, CONSENT_TO_NAME,
		CONSENT_TO_PERSONAL, CONSENT_TO_TECHNIQUE, HAS_STAND_IN, IS_PARTED, IS_RECEIVED,
		IS_OWN_OBSERVATION };
	const struct facts *f = p->facts;
	bool identity = str_is(f->type, "identity") && !predicate_holds(IS_ORGANISATION, f) &&
	                !predicate_holds(IS_CLASS, f);
	uint64_t bits = 0;

	for (size_t i = 0; i < COUNTOF(never); i++)
		bits |= UINT64_C(1) << never[i];
	if (identity)
		bits |= UINT64_C(1) << IS_VICTIM;
	if (identity || predicate_holds(IS_PERSONAL, f))
		bits |= UINT64_C(1) << IS_WITHHELD;
	/* A source's policy, or a definition that is not here, may have marked it. */
	for (unsigned k = IS_CLEAR; k <= IS_TLP1; k++) {
		if (f->tlp == TLP_NONE || f->unknown > 0 || p->marking.granular)
			bits |= UINT64_C(1) << k;
	}
	return bits;
}

static enum err
draw(struct gate *gate, uint64_t *ret_undecided)
{
	TRY(gate_open(gate));
	TRY(gate_draw(gate));
	*ret_undecided = undecided(&gate->piece[0]);
	return OK;
}

enum err
agreement_keep(struct arena *a, const struct agreement *g, const struct keep_ask *ask,
    struct keep *ret, struct why *why)
{
	const struct standing standing = { .agreement = g };
	const struct agreement_item item = { .object = *ask->object, .selected = true };
	const struct agreement_request request = { .from = ask->from,
		.to = ask->to,
		.standing = &standing,
		.items = 1,
		.item = &item };
	struct gate gate = { .a = a, .why = why, .r = &request };
	uint64_t unsure = 0;

	TRY(draw(&gate, &unsure));
	const struct facts *f = gate.piece[0].facts;

	*ret = (struct keep){ .days = g->retention_days };
	if ((predicate_holds(IS_PERSONAL, f) || predicate_holds(IS_CREDENTIAL, f) ||
	        f->persons > 0) &&
	    is_shorter(g->personal.retention_days, ret->days))
		*ret = (struct keep){ .days = g->personal.retention_days, .personal = true };
	for (size_t i = 0; i < g->retention_rows; i++) {
		const struct retention_row *row = &g->retention_row[i];
		const struct category *c = agreement_category(g, row->category);

		if (c != NULL && is_shorter(row->days, ret->days) &&
		    (f->categories >> (c - g->category) & 1) != 0 &&
		    selector_may_hold(&c->when, f, unsure, &gate.documents))
			*ret = (struct keep){ .days = row->days, .category = row->category };
	}
	return OK;
}
