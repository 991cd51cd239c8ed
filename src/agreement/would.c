/* What would change a decision: the judge is asked again with one fact changed. */
#include <stdarg.h>
#include <stdio.h>

#include "explain_p.h"

/* One try: facts that may be changed, and what it is called. */
struct trial {
	struct gate *gate;
	const struct facts *now;
	struct facts facts;
	struct verdict *scratch;
	enum effect effect; /* as decided */
	struct agreement_decision *d;
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

PRINTF(2, 3)
static void
say(struct trial *t, const char *fmt, ...)
{
	char text[WHY_TEXT_MAX];
	struct str line;
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	line = arena_str(t->gate->a, str_of(text));
	if (line.len > 0 && line.ptr != NULL && t->d->would_change < LINES_MAX)
		t->d->would[t->d->would_change++] = line;
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
		say(t, "%s consents to being named.",
		    victim ? "The identity" : "The one it would tell of");
}

static void
try_consents(struct trial *t)
{
	reset(t);
	facts_set(&t->facts, CONSENT_TO_PERSONAL, true);
	if (predicate_holds(IS_PERSONAL, t->now) && is_looser(t))
		say(t, "The person concerned consents to the release of personal data.");
	reset(t);
	facts_set(&t->facts, CONSENT_TO_TECHNIQUE, true);
	if (is_looser(t))
		say(t, "The originator consents to passing the technique on.");
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
			say(t, "Its unknown marking is explained by its originator.");
	}
	for (int tlp = (int)(now == TLP_NONE ? TLP_RED : now) - 1; tlp >= TLP_CLEAR; tlp--) {
		reset(t);
		t->facts.tlp = (enum tlp)tlp;
		if (!is_looser(t))
			continue;
		say(t, "Its originator marks it TLP:%s%s.", tlp_name((enum tlp)tlp),
		    tlp > TLP_CLEAR ? " or lower" : "");
		return;
	}
}

static void
try_approval(struct trial *t)
{
	reset(t);
	t->facts.approved = true;
	if (!t->now->approved && is_looser(t))
		say(t, "The approvals that are asked for are given.");
}

static void
try_agreement(struct trial *t)
{
	reset(t);
	t->facts.closed = S("");
	if (t->now->closed.len > 0 && is_looser(t))
		say(t, str_is(t->now->closed, "A-AREA-SUSPENDED") ? "The area is resumed."
		                                                  : "The agreement is in force.");
	reset(t);
	t->facts.verified = true;
	if (!t->now->verified && is_looser(t))
		say(t, "Two people check the key of the recipient's node.");
}

static void
try_recipient(struct trial *t)
{
	reset(t);
	t->facts.key_until = 0;
	if (is_looser(t))
		say(t, "The recipient has a new key, checked by two people.");
	reset(t);
	t->facts.poc_failed = 0;
	if (is_looser(t))
		say(t, "The recipient's point of contact answers a check.");
}

static void
try_channel(struct trial *t)
{
	reset(t);
	t->facts.channel = CHANNEL_OFFICER;
	if (t->now->channel == CHANNEL_AUTO && is_looser(t))
		say(t, "An officer sends it, instead of a standing order.");
	reset(t);
	t->facts.channel = CHANNEL_PERSON;
	t->facts.person = true;
	if (!t->now->person && is_looser(t))
		say(t, "It is sealed to the checked key of a named person.");
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
	say(t, "It is decided again on %s.", text);
}

static void
try_ground(struct trial *t)
{
	const struct agreement *g = t->gate->documents.agreement;

	reset(t);
	t->facts.legal_basis = S("");
	if (t->now->legal_basis.len > 0 && is_looser(t))
		say(t, "No ground is cited, or one that is in force.");
	for (size_t i = 0; i < g->legal_bases; i++) {
		reset(t);
		t->facts.legal_basis = g->legal_basis[i].code;
		if (t->now->legal_basis.len == 0 && is_looser(t))
			say(t, "The ground " STR_FMT " is cited.", STR_ARG(g->legal_basis[i].code));
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
		say(t, "It is an urgent warning of imminent harm to people.");
	if (!g->break_glass.given || g->break_glass.conditions == NULL ||
	    t->now->broken_glass.len > 0)
		return;
	reset(t);
	t->facts.broken_glass = json_str(g->break_glass.conditions->first);
	if (is_looser(t))
		say(t, "Two officers ask in an emergency (" STR_FMT ").",
		    STR_ARG(t->facts.broken_glass));
}

static void
try_alone(struct trial *t)
{
	reset(t);
	t->facts.strict = false;
	if ((t->now->stopped || t->now->waits) && is_looser(t))
		say(t, t->now->stopped ? "It goes without those of its selection that stay."
		                       : "It goes without those of its selection that wait.");
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
				say(t, "The recipient is " STR_FMT ".", STR_ARG(code));
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
			say(t, "The purpose is " STR_FMT ".", STR_ARG(g->purpose[i].code));
	}
}

static void
try_references(struct trial *t)
{
	reset(t);
	t->facts.remains = REMAINS_COPY;
	if (t->now->remains == REMAINS_LOST && is_looser(t))
		say(t, "What it refers to goes as well.");
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
		.effect = v->effect,
		.d = d };
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
	return OK;
}
