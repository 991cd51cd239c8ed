#include "explain_p.h"
#include "json_writer.h"

enum {
	CLAUSE_TEXT_MAX = 4 * KIB, /* a clause of each finding */
	LINES_TEXT_MAX = MIB,      /* a rule's text of each finding */
};

/* ---- lists of lines ---- */

static bool
is_same_line(const struct line *a, const struct line *b)
{
	for (size_t i = 0; i < LINE_VALUES_MAX; i++) {
		if (!str_eq(a->value[i], b->value[i]))
			return false;
	}
	return a->code == b->code;
}

void
said_add(struct said *said, struct line line)
{
	for (size_t i = 0; i < said->len; i++) {
		if (is_same_line(&said->line[i], &line))
			return;
	}
	if (said->len < SAID_MAX)
		said->line[said->len++] = line;
}

enum err
said_keep(struct gate *gate, const struct said *said, struct lines *ret)
{
	CLEANUP(buf_free) struct buf text = buf_new(LINES_TEXT_MAX);
	struct json_writer w = json_writer(&text);
	struct line *kept = arena_make(gate->a, struct line, said->len + 1);

	if (kept == NULL)
		return gate_memory(gate);
	memcpy(kept, said->line, said->len * sizeof(*kept));
	*ret = (struct lines){ .len = said->len, .line = kept };
	lines_write(&w, ret);
	TRY(buf_check(&text, "an explanation", gate->why));
	ret->json = arena_str(gate->a, buf_str(&text));
	return ret->json.ptr == NULL ? gate_memory(gate) : OK;
}

static struct str
number(struct gate *gate, uint64_t n)
{
	return arena_printf(gate->a, "%" PRIu64, n);
}

/* ---- what, why ---- */

/* "legal, policy" */
static struct str
roles_of(struct gate *gate, const struct agreement_decision *d)
{
	struct str roles = d->approvals == 0 ? S("") : d->approval[0];

	for (size_t i = 1; i < d->approvals; i++)
		roles = arena_printf(gate->a, STR_FMT ", " STR_FMT, STR_ARG(roles),
		    STR_ARG(d->approval[i]));
	return roles;
}

static struct line
what_becomes(struct gate *gate, const struct piece *p, const struct agreement_decision *d)
{
	/* clang-format off */
	switch (d->outcome) {
	case OUTCOME_ALLOW: break;
	case OUTCOME_ALLOW_WITH_REDACTION:
		return (struct line){ WHAT_COPY, { number(gate, p->changes) } };
	case OUTCOME_HOLD:
		if (d->approvals == 0)
			return (struct line){ p->form == FORM_COPY ? WHAT_WAIT_COPY : WHAT_WAIT, { { 0 } } };
		return (struct line){ p->form == FORM_COPY ? WHAT_HOLD_COPY : WHAT_HOLD, { roles_of(gate, d) } };
	case OUTCOME_DENY:  return (struct line){ WHAT_DENY, { { 0 } } };
	case OUTCOME_ROUTE: return (struct line){ WHAT_ROUTE, { { 0 } } };
	}
	/* clang-format on */
	return (struct line){ WHAT_ALLOW, { { 0 } } };
}

/* The order keeps the name that it was given under. */
static enum err
say_what(struct gate *gate, const struct piece *p, struct agreement_decision *d)
{
	const struct agreement_request *r = gate->r;
	struct said said = { 0 };

	said_add(&said, what_becomes(gate, p, d));
	if (r->asked.len > 0)
		said_add(&said, (struct line){ WHAT_SUCCESSOR, { r->asked, r->to } });
	return said_keep(gate, &said, &d->what);
}

static struct line
line_of(const struct finding *f)
{
	struct str say = f->say.len > 0 ? f->say : f->code;

	if (f->rule != NULL)
		return (struct line){ WHY_RULE, { f->code, f->rule->id, f->rule->text } };
	if (f->clause.len > 0)
		return (struct line){ WHY_CLAUSE, { f->code, f->clause, say } };
	return (struct line){ WHY_REASON, { f->code, say } };
}

static enum err
say_why(struct gate *gate, const struct facts *f, const struct verdict *v,
    struct agreement_decision *d)
{
	struct said said = { 0 };

	for (int effect = EFFECT_DENY; effect > EFFECT_ALLOW; effect--) {
		for (size_t i = 0; i < v->findings; i++) {
			if ((int)v->finding[i].effect == effect)
				said_add(&said, line_of(&v->finding[i]));
		}
	}
	if (said.len == 0)
		said_add(&said, (struct line){ WHY_COVERED, { { 0 } } });
	if (is_marked_by_source(f))
		said_add(&said, (struct line){ WHY_SOURCE,
		                    { f->source.name, str_of(tlp_name(f->default_tlp)) } });
	return said_keep(gate, &said, &d->why);
}

/* ---- what only advises ---- */

static enum err
say_advice(struct gate *gate, const struct verdict *v, struct agreement_decision *d)
{
	struct said said = { 0 };

	for (size_t i = 0; i < v->findings; i++) {
		const struct finding *f = &v->finding[i];
		char from[TIME_TEXT_MAX];

		if (!f->advises)
			continue;
		time_text_s(f->rule->from, from);
		said_add(&said, (struct line){ ADVICE_RULE,
		                    { f->rule->id, f->code, arena_str(gate->a, str_of(from)),
		                        f->rule->text } });
	}
	return said_keep(gate, &said, &d->advice);
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

/* A duty in its own words beside the line of the conditions that states it. */
static void
bind(struct agreement_decision *d, struct said *said, struct line line, struct str words)
{
	if (words.len > 0)
		add_line(words, d->obligation, &d->obligations);
	said_add(said, line);
}

/* What its own markings add to the duties of the agreement. */
static void
bind_marked(struct gate *gate, const struct facts *f, struct agreement_decision *d,
    struct said *said)
{
	if (f->pap.len > 0)
		bind(d, said, (struct line){ CONDITION_PAP, { f->pap } },
		    arena_printf(gate->a, "PAP:" STR_FMT, STR_ARG(f->pap)));
	for (size_t i = 0; i < IEP_STATEMENTS; i++) {
		const char *name = iep_statement(i), *value = iep_value(i, f->iep.rank[i]);

		if (value != NULL)
			bind(d, said,
			    (struct line){ CONDITION_IEP, { str_of(name), str_of(value) } },
			    arena_printf(gate->a, "IEP %s: %s", name, value));
	}
}

/* The IEP policies that the agreement lets travel with everything. */
static void
bind_policies(struct gate *gate, struct agreement_decision *d, struct said *said)
{
	const struct agreement *g = gate->documents.agreement;

	for (size_t i = 0; g != NULL && i < g->ieps; i++) {
		struct str name = g->iep[i].name.len > 0 ? g->iep[i].name : g->iep[i].id;

		bind(d, said, (struct line){ CONDITION_POLICY, { name, g->iep[i].url } },
		    arena_printf(gate->a, "IEP policy " STR_FMT ": " STR_FMT, STR_ARG(name),
		        STR_ARG(g->iep[i].url)));
	}
}

static enum err
say_conditions(struct gate *gate, const struct facts *f, const struct verdict *v,
    struct agreement_decision *d)
{
	struct said said = { 0 };

	if (d->outcome == OUTCOME_DENY || d->outcome == OUTCOME_ROUTE)
		return said_keep(gate, &said, &d->conditions);
	said_add(&said, (struct line){ CONDITION_PURPOSE, { f->purpose } });
	for (size_t i = 0; d->outcome == OUTCOME_HOLD && i < d->approvals; i++)
		said_add(&said, (struct line){ CONDITION_APPROVAL, { d->approval[i] } });
	if (d->review_hours > 0)
		said_add(&said,
		    (struct line){ CONDITION_REVIEW, { number(gate, d->review_hours) } });
	for (size_t i = 0; i < v->obligations; i++) {
		const struct obligation *o = v->obligation[i];

		bind(d, &said, (struct line){ CONDITION_OBLIGATION, { o->code, o->text } },
		    o->text);
	}
	bind_marked(gate, f, d, &said);
	bind_policies(gate, d, &said);
	return said_keep(gate, &said, &d->conditions);
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

/* The policy of its source, when it supplied the marking that counts. */
static void
add_source(struct gate *gate, const struct facts *f, struct agreement_decision *d)
{
	const struct source_cited *s = &f->source;

	if (is_marked_by_source(f) && d->rules < RULES_CITED_MAX)
		d->rule[d->rules++] = (struct rule_cited){
			.id = arena_printf(gate->a, "source:" STR_FMT, STR_ARG(s->name)),
			.version = arena_printf(gate->a, STR_FMT " v%" PRIu64, STR_ARG(s->name),
			    s->version),
			.hash = s->hash,
			.private_text = true,
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

static enum err
say_clause(struct gate *gate, const struct verdict *v, struct agreement_decision *d)
{
	CLEANUP(buf_free) struct buf text = buf_new(CLAUSE_TEXT_MAX);

	say_clauses(v, &text);
	d->clause = arena_str(gate->a, buf_str(&text));
	return text.len > 0 && d->clause.ptr == NULL ? gate_memory(gate) : OK;
}

enum err
explain(struct gate *gate, const struct piece *p, const struct verdict *v,
    struct agreement_decision *d)
{
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
	TRY(say_what(gate, p, d));
	TRY(say_why(gate, p->facts, v, d));
	TRY(say_advice(gate, v, d));
	TRY(say_clause(gate, v, d));
	TRY(say_conditions(gate, p->facts, v, d));
	add_source(gate, p->facts, d);
	add_rules(gate, v, d);
	return OK;
}
