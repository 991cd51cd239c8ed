/* What of a selection stays, counted by reason. */
#include "explain_p.h"
#include "json_writer.h"

enum { REASONS_TEXT_MAX = 4 * KIB }; /* a code and a number, a dozen times */

/* ---- counting ---- */

static void
count_reason(struct bundle *b, struct str code, struct str shared)
{
	size_t i = 0;

	while (i < b->reasons && !str_eq(b->reason[i].code, code))
		i++;
	if (i == BUNDLE_REASONS_MAX) { /* the last one stands for all others */
		i = BUNDLE_REASONS_MAX - 1;
		b->reason[i] = (struct bundle_reason){ .code = S("…"), .n = b->reason[i].n };
	} else if (i == b->reasons) {
		b->reason[b->reasons++] = (struct bundle_reason){ .code = code, .shared = shared };
	}
	b->reason[i].n++;
}

static void
count_decision(struct bundle *b, const struct agreement_decision *d)
{
	b->selected++;
	if (d->outcome == OUTCOME_HOLD) {
		b->waiting++;
	} else if (d->outcome != OUTCOME_DENY && d->outcome != OUTCOME_ROUTE) {
		b->leaving++;
	} else if (d->codes > 0 && str_is(d->code[0], "B-STRICT")) {
		b->stopped++;
	} else {
		b->staying++;
		count_reason(b, d->codes > 0 ? d->code[0] : S("…"),
		    d->shared_codes > 0 ? d->shared_code[0] : S(""));
	}
}

/* ---- saying ---- */

static struct str
number(struct gate *gate, size_t n)
{
	return arena_printf(gate->a, "%zu", n);
}

static struct str
all_reasons(struct gate *gate, const struct bundle *b)
{
	CLEANUP(buf_free) struct buf text = buf_new(REASONS_TEXT_MAX);

	for (size_t i = 0; i < b->reasons; i++)
		buf_printf(&text, "%s" STR_FMT " %zu", i == 0 ? "" : ", ",
		    STR_ARG(b->reason[i].code), b->reason[i].n);
	return arena_str(gate->a, buf_str(&text));
}

static enum err
say_to_us(struct gate *gate, struct bundle *b)
{
	struct said said = { 0 };

	said_add(&said,
	    (struct line){ b->mode == BUNDLE_STRICT ? BUNDLE_STOPPED : BUNDLE_LEFT_OUT,
	        { number(gate, b->selected), number(gate, b->staying), all_reasons(gate, b) } });
	return said_keep(gate, &said, &b->said);
}

/* The partner is told a count and its code where the code is shared and the count
 * is not smaller than the agreement lets be told.  A total would tell the others. */
static enum err
say_to_partner(struct gate *gate, struct bundle *b)
{
	const struct agreement *g = gate->documents.agreement;
	CLEANUP(buf_free) struct buf text = buf_new(REASONS_TEXT_MAX);
	struct said said = { 0 };
	size_t told = 0;

	if (g == NULL || b->mode == BUNDLE_STRICT)
		return OK;
	for (size_t i = 0; i < b->reasons; i++) {
		const struct bundle_reason *r = &b->reason[i];

		if (r->shared.len == 0 || r->n < g->records.statistics_cell)
			continue;
		buf_printf(&text, "%s" STR_FMT " %zu", told == 0 ? "" : ", ", STR_ARG(r->shared),
		    r->n);
		told += r->n;
	}
	if (told == 0)
		return OK;
	said_add(&said, (struct line){ BUNDLE_TOLD,
	                    { number(gate, told), arena_str(gate->a, buf_str(&text)) } });
	return said_keep(gate, &said, &b->shared);
}

enum err
explain_bundle(struct gate *gate, const struct agreement_decision *d, size_t n,
    const struct bundle **ret)
{
	struct bundle *b = arena_make(gate->a, struct bundle, 1);

	if (b == NULL)
		return gate_memory(gate);
	b->mode = gate->r->mode;
	for (size_t i = 0; i < n; i++) {
		/* In whose name copies are made: it goes along, and nobody asked for it.
		 * But it can be what stops a selection. */
		if (b->mode == BUNDLE_STRICT ||
		    !str_eq(d[i].item->object.id, gate->r->redaction_identity))
			count_decision(b, &d[i]);
	}
	*ret = b;
	if (b->staying == 0 || b->selected <= 1)
		return OK;
	TRY(say_to_us(gate, b));
	return say_to_partner(gate, b);
}

void
agreement_bundle_write(struct json_writer *w, const struct bundle *b)
{
	json_begin_object(w);
	json_put_str(json_key(w, S("mode")), b->mode == BUNDLE_STRICT ? S("strict") : S("partial"));
	json_put_u64(json_key(w, S("selected")), b->selected);
	json_put_u64(json_key(w, S("leaving")), b->leaving);
	json_put_u64(json_key(w, S("waiting")), b->waiting);
	json_put_u64(json_key(w, S("staying")), b->staying);
	json_put_u64(json_key(w, S("stopped")), b->stopped);
	json_begin_array(json_key(w, S("reasons")));
	for (size_t i = 0; i < b->reasons; i++) {
		json_begin_object(w);
		json_put_str(json_key(w, S("code")), b->reason[i].code);
		json_put_u64(json_key(w, S("count")), b->reason[i].n);
		json_end_object(w);
	}
	json_end_array(w);
	lines_show(json_key(w, S("said")), &b->said);
	json_end_object(w);
}
