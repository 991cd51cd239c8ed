/* What would change a decision: the judge is asked again with one fact changed. */
#include "explain_p.h"

/* One try: facts that may be changed, and what it is called. */
struct trial {
	struct gate *gate;
	const struct facts *now;
	struct facts facts;
	struct verdict *scratch;
	enum effect effect; /* as decided */
	struct said said;
};

static void
reset(struct trial *t)
{
	t->facts = *t->now;
}

/* Whether the changed facts lead to something less strict. */
static bool
is_looser(struct trial *t)
{
	judge(&t->facts, &t->gate->documents, t->scratch);
	return t->scratch->effect < t->effect;
}

static void
say_of(struct trial *t, enum line_code code, struct str value)
{
	if (t->said.len < LINES_MAX)
		said_add(&t->said, (struct line){ code, { value } });
}

static void
say(struct trial *t, enum line_code code)
{
	say_of(t, code, (struct str){ 0 });
}

/* ---- one change each ---- */

static void
try_identity(struct trial *t)
{
	bool victim = predicate_holds(IS_VICTIM, t->now);

	reset(t);
	facts_set(&t->facts, IS_VICTIM, false);
	if (victim)
		facts_set(&t->facts, IS_WITHHELD, false);
	facts_set(&t->facts, IS_TIED, false);
	facts_set(&t->facts, IS_MENTIONING, false);
	if (victim)
		facts_set(&t->facts, CONSENT_TO_NAME, true);
	if (is_looser(t))
		say(t, victim ? WOULD_NAME_ITSELF : WOULD_BE_NAMED);
}

static void
try_consents(struct trial *t)
{
	reset(t);
	facts_set(&t->facts, CONSENT_TO_PERSONAL, true);
	if (predicate_holds(IS_PERSONAL, t->now) && is_looser(t))
		say(t, WOULD_CONSENT_PERSONAL);
	reset(t);
	facts_set(&t->facts, CONSENT_TO_TECHNIQUE, true);
	if (is_looser(t))
		say(t, WOULD_CONSENT_TECHNIQUE);
}

/* The least change of marking that helps. */
static void
try_marking(struct trial *t)
{
	enum tlp now = facts_tlp(t->now);

	if (t->now->unknown > 0) {
		reset(t);
		t->facts.unknown = 0;
		if (is_looser(t))
			say(t, WOULD_EXPLAIN_MARKING);
	}
	for (int tlp = (int)(now == TLP_NONE ? TLP_RED : now) - 1; tlp >= TLP_CLEAR; tlp--) {
		reset(t);
		t->facts.tlp = (enum tlp)tlp;
		if (!is_looser(t))
			continue;
		say_of(t, tlp > TLP_CLEAR ? WOULD_MARK_OR_LOWER : WOULD_MARK,
		    str_of(tlp_name((enum tlp)tlp)));
		return;
	}
}

static void
try_approval(struct trial *t)
{
	reset(t);
	t->facts.approved = true;
	if (!t->now->approved && is_looser(t))
		say(t, WOULD_APPROVE);
}

static void
try_agreement(struct trial *t)
{
	reset(t);
	t->facts.closed = S("");
	if (t->now->closed.len > 0 && is_looser(t))
		say(t,
		    str_is(t->now->closed, "A-AREA-SUSPENDED") ? WOULD_RESUME : WOULD_BE_IN_FORCE);
	reset(t);
	t->facts.verified = true;
	if (!t->now->verified && is_looser(t))
		say(t, WOULD_CHECK_KEY);
}

static void
try_recipient(struct trial *t)
{
	reset(t);
	t->facts.key_until = 0;
	if (is_looser(t))
		say(t, WOULD_RENEW_KEY);
	reset(t);
	t->facts.poc_failed = 0;
	if (is_looser(t))
		say(t, WOULD_ANSWER);
}

static void
try_channel(struct trial *t)
{
	reset(t);
	t->facts.channel = CHANNEL_OFFICER;
	if (t->now->channel == CHANNEL_AUTO && is_looser(t))
		say(t, WOULD_BE_OFFICER);
	reset(t);
	t->facts.channel = CHANNEL_PERSON;
	t->facts.person = true;
	if (!t->now->person && is_looser(t))
		say(t, WOULD_SEAL);
}

/* The next instant at which rules, consents or the agreement itself change. */
static void
try_later(struct trial *t)
{
	time_us at = t->gate->until;
	char text[TIME_TEXT_MAX];

	if (at == TIME_NEVER)
		return;
	reset(t);
	t->facts.at = at;
	t->facts.closed = facts_closed(t->gate->r, at);
	if (!is_looser(t))
		return;
	time_text_s(at, text);
	say_of(t, WOULD_WAIT, arena_str(t->gate->a, str_of(text)));
}

static void
try_ground(struct trial *t)
{
	const struct agreement *g = t->gate->documents.agreement;

	reset(t);
	t->facts.legal_basis = S("");
	if (t->now->legal_basis.len > 0 && is_looser(t))
		say(t, WOULD_CITE_NONE);
	for (size_t i = 0; i < g->legal_bases; i++) {
		reset(t);
		t->facts.legal_basis = g->legal_basis[i].code;
		if (t->now->legal_basis.len == 0 && is_looser(t))
			say_of(t, WOULD_CITE, g->legal_basis[i].code);
	}
}

static void
try_emergency(struct trial *t)
{
	const struct agreement *g = t->gate->documents.agreement;

	reset(t);
	t->facts.harm = HARM_IMMINENT_SAFETY;
	t->facts.urgency = URGENCY_FLASH;
	if ((t->now->harm == HARM_NONE || t->now->urgency < URGENCY_IMMEDIATE) && is_looser(t))
		say(t, WOULD_BE_URGENT);
	if (!g->break_glass.given || g->break_glass.conditions == NULL ||
	    t->now->broken_glass.len > 0)
		return;
	reset(t);
	t->facts.broken_glass = json_str(g->break_glass.conditions->first);
	if (is_looser(t))
		say_of(t, WOULD_BREAK_GLASS, t->facts.broken_glass);
}

static void
try_alone(struct trial *t)
{
	reset(t);
	t->facts.strict = false;
	if ((t->now->stopped || t->now->waits) && is_looser(t))
		say(t, t->now->stopped ? WOULD_GO_ALONE : WOULD_WAIT_ALONE);
}

static void
try_recipients(struct trial *t)
{
	const struct agreement *g = t->gate->documents.agreement;

	for (size_t i = 0; i < g->parties; i++) {
		for (size_t j = 0; j < g->party[i].organisations; j++) {
			struct str code = g->party[i].organisation[j].code;

			reset(t);
			t->facts.to = code;
			if (!str_eq(code, t->now->to) && is_looser(t))
				say_of(t, WOULD_RECIPIENT, code);
		}
	}
}

static void
try_purposes(struct trial *t)
{
	const struct agreement *g = t->gate->documents.agreement;

	for (size_t i = 0; i < g->purposes; i++) {
		reset(t);
		t->facts.purpose = g->purpose[i].code;
		if (!str_eq(g->purpose[i].code, t->now->purpose) && is_looser(t))
			say_of(t, WOULD_PURPOSE, g->purpose[i].code);
	}
}

static void
try_references(struct trial *t)
{
	reset(t);
	t->facts.remains = REMAINS_COPY;
	if (t->now->remains == REMAINS_LOST && is_looser(t))
		say(t, WOULD_GO_WITH);
}

enum err
explain_would_change(struct gate *gate, const struct piece *p, const struct verdict *v,
    struct verdict *scratch, struct agreement_decision *d)
{
	struct trial *t = arena_make(gate->a, struct trial, 1);

	if (t == NULL)
		return gate_memory(gate);
	if (v->effect == EFFECT_ALLOW || gate->documents.agreement == NULL)
		return OK;
	*t = (struct trial){ .gate = gate,
		.now = p->facts,
		.scratch = scratch,
		.effect = v->effect };
	try_agreement(t);
	try_recipient(t);
	try_identity(t);
	try_consents(t);
	try_marking(t);
	try_approval(t);
	try_references(t);
	try_alone(t);
	try_ground(t);
	try_emergency(t);
	try_later(t);
	try_channel(t);
	try_recipients(t);
	try_purposes(t);
	return said_keep(gate, &t->said, &d->would_change);
}
