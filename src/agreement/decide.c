#include "explain_p.h"

enum { SCRATCH_MAX = 64 * KIB }; /* an identifier and a version, escaped */

const char *
outcome_name(enum outcome o)
{
	static const char *const names[] = {
		[OUTCOME_ALLOW] = "ALLOW",
		[OUTCOME_ALLOW_WITH_REDACTION] = "ALLOW_WITH_REDACTION",
		[OUTCOME_HOLD] = "HOLD",
		[OUTCOME_DENY] = "DENY",
		[OUTCOME_ROUTE] = "ROUTE",
	};

	return names[o];
}

bool
outcome_parse(struct str name, enum outcome *ret)
{
	for (int o = OUTCOME_ALLOW; o <= OUTCOME_ROUTE; o++) {
		if (str_is(name, outcome_name((enum outcome)o))) {
			*ret = (enum outcome)o;
			return true;
		}
	}
	return false;
}

/* ---- words of a request ---- */

/* The place of a word in a table; false when it is not there. */
static bool
find_word(struct str word, const char *const *words, int n, int *ret)
{
	for (int i = 0; i < n; i++) {
		if (str_is(word, words[i])) {
			*ret = i;
			return true;
		}
	}
	return false;
}

static const char *const urgencies[] = {
	[URGENCY_ROUTINE] = "routine",
	[URGENCY_PRIORITY] = "priority",
	[URGENCY_IMMEDIATE] = "immediate",
	[URGENCY_FLASH] = "flash",
};

const char *
urgency_name(enum urgency u)
{
	return urgencies[u];
}

bool
urgency_parse(struct str name, enum urgency *ret)
{
	int at;

	if (!find_word(name, urgencies, COUNTOF(urgencies), &at))
		return false;
	*ret = (enum urgency)at;
	return true;
}

static const char *const harms[] = {
	[HARM_NONE] = "none",
	[HARM_IMMINENT_SAFETY] = "imminent-safety",
};

const char *
harm_name(enum harm h)
{
	return harms[h];
}

bool
harm_parse(struct str name, enum harm *ret)
{
	int at;

	if (!find_word(name, harms, COUNTOF(harms), &at))
		return false;
	*ret = (enum harm)at;
	return true;
}

/* ---- when to decide again ---- */

static time_us
sooner(time_us a, time_us b, time_us after)
{
	return b > after && b < a ? b : a;
}

time_us
decision_valid_until(const struct gate *gate)
{
	const struct agreement_request *r = gate->r;
	time_us until =
	    sooner(standing_next_change(r->standing, r->at), r->recipient_key_until, r->at);

	for (size_t p = 0; p < r->packs; p++) {
		for (size_t i = 0; i < r->pack[p]->rules; i++) {
			const struct rule *rule = &r->pack[p]->rule[i];

			if (!rule->enabled)
				continue;
			until = sooner(until, rule->from, r->at);
			until = sooner(until, rule->until, r->at);
		}
	}
	for (size_t i = 0; i < r->consents; i++) {
		if (!r->consent[i].withdrawn)
			until = sooner(until, r->consent[i].until, r->at);
	}
	return until;
}

/* ---- one decision ---- */

static void
fill_leaving(const struct gate *gate, const struct piece *p, struct agreement_decision *d)
{
	d->bytes_hash = hash_of(S(""));
	if (d->outcome == OUTCOME_DENY || d->outcome == OUTCOME_ROUTE)
		return;
	assert(p->form != FORM_NONE);
	d->leaving_id = p->form == FORM_COPY ? piece_copy_id(p) : p->item->object.id;
	d->bytes = p->form == FORM_COPY ? p->bytes : p->item->object.raw;
	d->bytes_hash = p->form == FORM_COPY ? hash_of(d->bytes) : gate->raw_hash[p - gate->piece];
	d->changes = p->form == FORM_COPY ? p->changes : 0;
	d->change = p->change;
}

static enum err
decide_item(struct gate *gate, const struct piece *p, struct agreement_decision *d)
{
	TRY(explain_alike(gate, p, d));
	d->item = p->item;
	d->valid_until = gate->until;
	TRY(explain_instead(gate, p, d));
	fill_leaving(gate, p, d);
	return OK;
}

static enum err
decide_all(struct gate *gate, struct agreement_decisions *ret)
{
	struct agreement_decision *d =
	    arena_make(gate->a, struct agreement_decision, gate->pieces + 1);

	if (d == NULL)
		return gate_memory(gate);
	gate->until = decision_valid_until(gate);
	TRY(decision_inputs(gate, ret));
	for (size_t i = 0; i < gate->pieces; i++) {
		if (gate->piece[i].item->selected)
			TRY(decide_item(gate, &gate->piece[i], &d[ret->len++]));
	}
	TRY(explain_bundle(gate, d, ret->len, &ret->bundle));
	for (size_t i = 0; i < ret->len; i++)
		d[i].bundle = ret->bundle;
	ret->decision = d;
	return OK;
}

static void
gate_done(struct gate *gate)
{
	searcher_free(gate->searcher);
	buf_free(&gate->scratch);
}

enum err
agreement_decide(struct arena *a, const struct agreement_request *request,
    const struct agreement_decisions **ret, struct why *why)
{
	CLEANUP(gate_done)
	struct gate gate = { .a = a, .why = why, .r = request, .scratch = buf_new(SCRATCH_MAX) };
	struct agreement_decisions *out = arena_make(a, struct agreement_decisions, 1);

	assert(request->packs <= PACKS_MAX);
	if (out == NULL)
		return gate_memory(&gate);
	TRY(gate_open(&gate));
	TRY(gate_tie(&gate));
	TRY(gate_search(&gate));
	TRY(gate_draw(&gate));
	TRY(gate_settle(&gate));
	TRY(decide_all(&gate, out));
	*ret = out;
	return OK;
}

/* They stand in the order of the items: by identifier. */
const struct agreement_decision *
agreement_decision_about(const struct agreement_decisions *all, struct str id)
{
	size_t low = 0, high = all->len;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int order = str_cmp(all->decision[mid].item->object.id, id);

		if (order == 0)
			return &all->decision[mid];
		if (order < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}
