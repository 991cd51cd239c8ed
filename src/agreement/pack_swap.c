#include "pack_swap.h"

#include "judge_p.h"
#include "selector_p.h"

static bool
needs_content(const struct selector *s)
{
	return s->has != NULL || s->equals != NULL || s->labels != NULL;
}

/* The conditions of two packs stand in their texts as they were signed: canonical. */
static bool
same_condition(const struct rule *a, const struct rule *b)
{
	const struct json *x = json_get(a->json, S("when")), *y = json_get(b->json, S("when"));

	return x != NULL && y != NULL && str_eq(x->raw, y->raw);
}

static const struct rule *
old_rule(const struct documents *before, const struct facts *f, const struct rule_pack *pack,
    const struct rule *r, bool *ret_touched)
{
	for (size_t p = 0; p < before->packs; p++) {
		const struct rule_pack *old = before->pack[p];

		for (size_t i = 0; str_eq(old->id, pack->id) && i < old->rules; i++) {
			if (!str_eq(old->rule[i].id, r->id) || !same_condition(&old->rule[i], r))
				continue;
			*ret_touched = (f->pack[p].touched[i / 64] >> i % 64 & 1) != 0;
			return &old->rule[i];
		}
	}
	return NULL;
}

/* Whether the content half of a rule held; false when that cannot be known. */
static bool
was_touched(const struct pack_swap *swap, const struct facts *f, const struct rule_pack *pack,
    const struct rule *r, bool *ret)
{
	bool advisory = false;

	*ret = false;
	if (old_rule(swap->before, f, pack, r, ret) != NULL)
		return true;
	if (!rule_is_asked(r, swap->at, &advisory) || !selector_holds(&r->when, f, swap->after))
		return true;
	*ret = true; /* what is left of the condition: the types, which facts know */
	return !needs_content(&r->when);
}

/* The facts as they would have been drawn under the other packs. */
static bool
draw_again(const struct pack_swap *swap, const struct facts *before, struct facts *after)
{
	bool known = true;

	*after = *before;
	after->packs = swap->after->packs;
	for (size_t p = 0; p < swap->after->packs; p++) {
		const struct rule_pack *pack = swap->after->pack[p];
		struct pack_facts *out = &after->pack[p];

		*out = (struct pack_facts){ .id = pack->id,
			.version = pack->version,
			.hash = pack->hash };
		for (size_t i = 0; i < pack->rules; i++) {
			bool touched;

			known = was_touched(swap, before, pack, &pack->rule[i], &touched) && known;
			if (touched)
				out->touched[i / 64] |= UINT64_C(1) << i % 64;
		}
	}
	return known;
}

static void
judge_into(const struct facts *f, const struct documents *documents, struct verdict *v,
    struct judgement *ret)
{
	judge(f, documents, v);
	*ret = (struct judgement){ .outcome = verdict_outcome(v), .approvals = v->approvals };
	ret->codes = verdict_codes(v, false, ret->code);
	memcpy(ret->approval, v->approval, sizeof(ret->approval));
}

enum err
agreement_judge_swapped(struct arena *a, struct str facts, const struct pack_swap *swap,
    struct swapped *ret, struct why *why)
{
	struct facts *f = arena_make(a, struct facts, 2);
	struct verdict *v = arena_make(a, struct verdict, 1);

	*ret = (struct swapped){ 0 };
	assert(swap->before->packs <= PACKS_MAX && swap->after->packs <= PACKS_MAX);
	if (f == NULL || v == NULL)
		return fail(why, ERR_LIMIT, "facts.memory", "no memory is left");
	TRY(facts_read(a, facts, swap->before, &f[0], why));
	f[0].at = swap->at;
	f[0].approved = false;
	ret->known = draw_again(swap, &f[0], &f[1]);
	judge_into(&f[0], swap->before, v, &ret->before);
	judge_into(&f[1], swap->after, v, &ret->after);
	return OK;
}

/* ---- which is stricter ---- */

static int
strictness(enum outcome o)
{
	static const int ranks[] = {
		[OUTCOME_ALLOW] = 0,
		[OUTCOME_ALLOW_WITH_REDACTION] = 1,
		[OUTCOME_HOLD] = 2,
		[OUTCOME_ROUTE] = 3,
		[OUTCOME_DENY] = 4,
	};

	return ranks[o];
}

/* Whether every approval of a is asked for by b, too. */
static bool
is_within(const struct judgement *a, const struct judgement *b)
{
	for (size_t i = 0; i < a->approvals; i++) {
		bool found = false;

		for (size_t j = 0; j < b->approvals; j++)
			found = found || str_eq(a->approval[i], b->approval[j]);
		if (!found)
			return false;
	}
	return true;
}

int
judgement_cmp(const struct judgement *a, const struct judgement *b)
{
	int by_outcome = strictness(a->outcome) - strictness(b->outcome);

	if (by_outcome != 0 || a->outcome != OUTCOME_HOLD)
		return by_outcome;
	/* Others than before: somebody new has to be asked, which is stricter. */
	return is_within(a, b) ? (is_within(b, a) ? 0 : -1) : 1;
}
