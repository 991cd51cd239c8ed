#include "codes.h"
#include "explain_p.h"

enum { TEXT_MAX = 16 * KIB }; /* a code, a clause and a rule's text, a dozen times */

static enum err
keep(struct gate *gate, const struct buf *text, struct str *ret)
{
	*ret = arena_str(gate->a, buf_str(text));
	return text->len > 0 && ret->ptr == NULL ? gate_memory(gate) : OK;
}

/* ---- what, why ---- */

static void
say_what(const struct piece *p, const struct agreement_decision *d, struct buf *out)
{
	switch (d->outcome) {
	case OUTCOME_ALLOW: buf_put(out, S("It may go as it is.")); break;
	case OUTCOME_ALLOW_WITH_REDACTION:
		buf_printf(out, "A copy may go, under its own identifier, with %zu changes.",
		    p->changes);
		break;
	case OUTCOME_HOLD:
		buf_put(out, p->form == FORM_COPY ? S("A copy waits for ") : S("It waits for "));
		buf_put(out, d->approvals > 0 ? S("approval: ") : S("the others of its selection"));
		for (size_t i = 0; i < d->approvals; i++) {
			buf_put(out, i == 0 ? S("") : S(", "));
			buf_put(out, d->approval[i]);
		}
		buf_putc(out, '.');
		break;
	case OUTCOME_DENY: buf_put(out, S("It stays.")); break;
	case OUTCOME_ROUTE: buf_put(out, S("It belongs to another channel.")); break;
	}
}

/* The order keeps the name that it was given under. */
static void
say_successor(const struct agreement_request *r, struct buf *out)
{
	if (r->asked.len > 0)
		buf_printf(out, " The order is to " STR_FMT ", from which " STR_FMT " took over.",
		    STR_ARG(r->asked), STR_ARG(r->to));
}

/* Texts end with a full stop of their own, or get one. */
static void
put_sentence(struct buf *out, struct str text)
{
	buf_put(out, text);
	if (text.len > 0 && text.ptr[text.len - 1] != '.')
		buf_putc(out, '.');
}

static void
say_finding(const struct finding *f, struct buf *out)
{
	if (out->len > 0)
		buf_putc(out, ' ');
	buf_put(out, f->code);
	if (f->clause.len > 0)
		buf_printf(out, " (clause " STR_FMT ")", STR_ARG(f->clause));
	if (f->rule != NULL)
		buf_printf(out, " (" STR_FMT ")", STR_ARG(f->rule->id));
	buf_put(out, S(": "));
	put_sentence(out, f->rule != NULL ? f->rule->text
	                                  : str_of(reason_text(f->say.len > 0 ? f->say : f->code)));
}

static bool
is_repeated(const struct verdict *v, size_t at)
{
	const struct finding *f = &v->finding[at];

	for (size_t i = 0; i < at; i++) {
		const struct finding *e = &v->finding[i];

		if (e->effect == f->effect && str_eq(e->code, f->code) &&
		    str_eq(e->clause, f->clause) && e->rule == f->rule)
			return true;
	}
	return false;
}

static void
say_why(const struct verdict *v, struct buf *out)
{
	for (int effect = EFFECT_DENY; effect > EFFECT_ALLOW; effect--) {
		for (size_t i = 0; i < v->findings; i++) {
			if ((int)v->finding[i].effect == effect && !is_repeated(v, i))
				say_finding(&v->finding[i], out);
		}
	}
	if (out->len == 0)
		buf_put(out, S("Its marking, category and purpose are covered by the agreement."));
}

/* Every clause of a finding once, strictest first: "6,5". */
static void
say_clauses(const struct verdict *v, struct buf *out)
{
	struct str seen[FINDINGS_MAX];
	size_t n = 0;
	int last = v->effect == EFFECT_ALLOW ? EFFECT_ALLOW : EFFECT_REDACT;

	for (int effect = EFFECT_DENY; effect >= last; effect--) {
		for (size_t i = 0; i < v->findings; i++) {
			struct str clause = v->finding[i].clause;
			bool is_new = (int)v->finding[i].effect == effect && clause.len > 0;

			for (size_t j = 0; j < n; j++)
				is_new = is_new && !str_eq(seen[j], clause);
			if (!is_new)
				continue;
			buf_put(out, n == 0 ? S("") : S(","));
			buf_put(out, clause);
			seen[n++] = clause;
		}
	}
}

/* ---- conditions, obligations ---- */

static void
add_line(struct str line, struct str ret[LINES_MAX], size_t *len)
{
	for (size_t i = 0; i < *len; i++) {
		if (str_eq(ret[i], line))
			return;
	}
	if (line.len > 0 && *len < LINES_MAX)
		ret[(*len)++] = line;
}

/* What its own markings add to the duties of the agreement. */
static void
add_marked(struct gate *gate, const struct facts *f, struct agreement_decision *d)
{
	if (f->pap.len > 0)
		add_line(arena_printf(gate->a, "PAP:" STR_FMT, STR_ARG(f->pap)), d->obligation,
		    &d->obligations);
	for (size_t i = 0; i < IEP_STATEMENTS; i++) {
		const char *value = iep_value(i, f->iep.rank[i]);

		if (value != NULL)
			add_line(arena_printf(gate->a, "IEP %s: %s", iep_statement(i), value),
			    d->obligation, &d->obligations);
	}
}

/* The IEP policies that the agreement lets travel with everything. */
static void
add_policies(struct gate *gate, struct agreement_decision *d)
{
	const struct agreement *g = gate->documents.agreement;

	for (size_t i = 0; g != NULL && i < g->ieps; i++)
		add_line(arena_printf(gate->a, "IEP policy " STR_FMT ": " STR_FMT,
		             STR_ARG(g->iep[i].name.len > 0 ? g->iep[i].name : g->iep[i].id),
		             STR_ARG(g->iep[i].url)),
		    d->obligation, &d->obligations);
}

static void
add_obligations(struct gate *gate, const struct facts *f, const struct verdict *v,
    struct agreement_decision *d)
{
	if (d->outcome == OUTCOME_DENY || d->outcome == OUTCOME_ROUTE)
		return;
	for (size_t i = 0; i < v->obligations; i++)
		add_line(v->obligation[i]->text, d->obligation, &d->obligations);
	add_marked(gate, f, d);
	add_policies(gate, d);
	if (gate->purpose_line.len == 0)
		gate->purpose_line = arena_printf(gate->a, "Only for the purpose \"" STR_FMT "\".",
		    STR_ARG(f->purpose));
	add_line(gate->purpose_line, d->condition, &d->conditions);
	for (size_t i = 0; d->outcome == OUTCOME_HOLD && i < d->approvals; i++)
		add_line(arena_printf(gate->a, "Approval by: " STR_FMT ".",
		             STR_ARG(d->approval[i])),
		    d->condition, &d->conditions);
	if (d->review_hours > 0)
		add_line(arena_printf(gate->a, "A review within %" PRIu64 " hours.",
		             d->review_hours),
		    d->condition, &d->conditions);
	for (size_t i = 0; i < d->obligations; i++)
		add_line(d->obligation[i], d->condition, &d->conditions);
}

/* ---- rules ---- */

/* "in v1", made once for each document of a request. */
static struct str
version_of(struct gate *gate, struct str id, uint64_t version, struct str *kept)
{
	if (kept->len == 0)
		*kept = arena_printf(gate->a, STR_FMT " v%" PRIu64, STR_ARG(id), version);
	return *kept;
}

static size_t
place_of(const struct gate *gate, const struct rule_pack *pack)
{
	size_t i = 0;

	while (gate->r->pack[i] != pack)
		i++;
	return i;
}

static struct str
category_id(struct gate *gate, const struct category *c)
{
	struct str *kept = &gate->category_id[c - gate->documents.agreement->category];

	if (kept->len == 0)
		*kept = arena_printf(gate->a, "category:" STR_FMT, STR_ARG(c->code));
	return *kept;
}

static struct rule_cited
cite(struct gate *gate, const struct finding *f)
{
	const struct agreement *g = gate->documents.agreement;

	if (f->rule != NULL)
		return (struct rule_cited){
			.id = f->rule->id,
			.version = version_of(gate, f->pack->id, f->pack->version,
			    &gate->pack_version[place_of(gate, f->pack)]),
			.hash = f->pack->hash,
			.private_text = f->pack->party.len > 0,
		};
	return (struct rule_cited){
		.id = category_id(gate, f->category),
		.version = version_of(gate, g->id, g->version, &gate->agreement_version),
		.hash = g->hash,
	};
}

static bool
is_cited(const struct verdict *v, size_t at)
{
	for (size_t i = 0; i < at; i++) {
		if (v->finding[i].category == v->finding[at].category &&
		    v->finding[i].rule == v->finding[at].rule)
			return true;
	}
	return v->finding[at].category == NULL && v->finding[at].rule == NULL;
}

static void
add_rules(struct gate *gate, const struct verdict *v, struct agreement_decision *d)
{
	for (int effect = EFFECT_DENY; effect >= EFFECT_ALLOW; effect--) {
		for (size_t i = 0; i < v->findings && d->rules < RULES_CITED_MAX; i++) {
			if ((int)v->finding[i].effect == effect && !is_cited(v, i))
				d->rule[d->rules++] = cite(gate, &v->finding[i]);
		}
	}
}

enum err
explain(struct gate *gate, const struct piece *p, const struct verdict *v,
    struct agreement_decision *d)
{
	CLEANUP(buf_free) struct buf text = buf_new(TEXT_MAX);

	d->outcome = verdict_outcome(v);
	d->codes = verdict_codes(v, false, d->code);
	d->shared_codes = verdict_codes(v, true, d->shared_code);
	d->approvals = v->approvals;
	memcpy(d->approval, v->approval, sizeof(d->approval));
	d->route = d->outcome == OUTCOME_ROUTE ? v->route : (struct str){ 0 };
	d->review_hours = v->review_hours;
	d->glass = v->glass;
	d->pap = p->facts->pap;
	d->iep = p->facts->iep;
	say_what(p, d, &text);
	say_successor(gate->r, &text);
	TRY(keep(gate, &text, &d->what));
	buf_clear(&text);
	say_why(v, &text);
	TRY(keep(gate, &text, &d->why));
	buf_clear(&text);
	say_clauses(v, &text);
	TRY(keep(gate, &text, &d->clause));
	add_obligations(gate, p->facts, v, d);
	add_rules(gate, v, d);
	return OK;
}
