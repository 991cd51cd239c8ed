/* The case around a release: urgency, harm, the recipient's key, contact and
 * person. */
#include "agreement.h"
#include "cases.h"
#include "fixture_p.h"

#define INDICATOR(marking)                                                                     \
	HEAD("indicator", "0100")                                                              \
	",\"name\":\"C2\",\"pattern\":\"[ipv4-addr:value = '203.0.113.7']\",\"pattern_type\":" \
	"\"stix\",\"valid_from\":\"2026-11-19T07:31:42.123Z\"," marking "}"

static void
set_key_ended(struct agreement_request *r)
{
	r->recipient_key_until = r->at - 5 * US_PER_MIN;
}
static void
set_key_ending_now(struct agreement_request *r)
{
	r->recipient_key_until = r->at;
}
static void
set_key_lasting(struct agreement_request *r)
{
	r->recipient_key_until = r->at + 1;
}
static void
set_person(struct agreement_request *r)
{
	r->channel = CHANNEL_PERSON;
	r->person_key = S("ed25519:00");
}
static void
set_person_without_key(struct agreement_request *r)
{
	r->channel = CHANNEL_PERSON;
}
static void
set_key_without_person(struct agreement_request *r)
{
	r->person_key = S("ed25519:00");
}
static void
set_poc_once(struct agreement_request *r)
{
	r->poc_failed = 1;
}
static void
set_poc_twice(struct agreement_request *r)
{
	r->poc_failed = 2;
}
static void
set_flash(struct agreement_request *r)
{
	r->urgency = URGENCY_FLASH;
}
static void
set_harm(struct agreement_request *r)
{
	r->harm = HARM_IMMINENT_SAFETY;
}
static void
set_broken_glass(struct agreement_request *r)
{
	r->break_glass = (struct break_glass){ .by = S("duty"), .condition = S("life") };
}
static void
set_basis(struct agreement_request *r)
{
	r->legal_basis = S("IN-DPDP-7");
}
static void
set_strict(struct agreement_request *r)
{
	r->mode = BUNDLE_STRICT;
}

/* clang-format off */
static const struct recipient_case {
	const char *name;
	const char *object;
	void (*set)(struct agreement_request *r);
	enum outcome outcome;
	const char *codes, *route;
} recipients[] = {
	{ "a key that ended five minutes ago", INDICATOR(GREEN), set_key_ended,         OUTCOME_DENY,  "K-KEY", "" },
	{ "a key at its very end",          INDICATOR(CLEAR), set_key_ending_now,     OUTCOME_DENY,  "K-KEY", "" },
	{ "a key before its end",           INDICATOR(GREEN), set_key_lasting,        OUTCOME_ALLOW, "", "" },
	{ "one check failed",               INDICATOR(AMBER), set_poc_once,           OUTCOME_ALLOW, "", "" },
	{ "two checks failed, AMBER",       INDICATOR(AMBER), set_poc_twice,          OUTCOME_DENY,  "K-POC-STALE", "" },
	{ "two checks failed, GREEN",       INDICATOR(GREEN), set_poc_twice,          OUTCOME_ALLOW, "", "" },
	{ "two checks failed, CLEAR",       INDICATOR(CLEAR), set_poc_twice,          OUTCOME_ALLOW, "", "" },
	{ "RED to a person's key",          INDICATOR(RED),   set_person,             OUTCOME_ALLOW, "", "" },
	{ "RED to a person without a key",  INDICATOR(RED),   set_person_without_key, OUTCOME_ROUTE, "M-RED", "person" },
	{ "RED to a node, a key named",     INDICATOR(RED),   set_key_without_person, OUTCOME_ROUTE, "M-RED", "person" },
};
/* clang-format on */

static void
check_recipient(void **state)
{
	const struct recipient_case *c = *state;
	struct world w = world_new();
	const struct agreement_decision *d;

	world_add(&w, str_of(c->object));
	c->set(&w.request);
	world_decide(&w);
	d = world_about(&w, "0100");
	assert_string_equal(outcome_name(d->outcome), outcome_name(c->outcome));
	assert_string_equal(world_codes(&w, d), c->codes);
	assert_true(str_is(d->route, c->route));
	assert_int_equal(d->bytes.len > 0, d->outcome == OUTCOME_ALLOW);
	world_replay(&w, d);
	world_free(&w);
}

/* ---- every part of a request counts ---- */

/* clang-format off */
static const struct input_case {
	const char *name;
	void (*set)(struct agreement_request *r);
	const char *fact; /* as it stands in the vector */
} inputs[] = {
	{ "the end of a key",     set_key_lasting,  "\"key_until\":\"2026-11-20T09:00:00.000001Z\"" },
	{ "a person",             set_person,       "\"person\":true" },
	{ "failed checks",        set_poc_twice,    "\"poc_failed\":2" },
	{ "urgency",              set_flash,        "\"urgency\":\"flash\"" },
	{ "harm",                 set_harm,         "\"harm\":\"imminent-safety\"" },
	{ "broken glass",         set_broken_glass, "\"break_glass\":\"life\"" },
	{ "a legal basis",        set_basis,        "\"legal_basis\":\"IN-DPDP-7\"" },
	{ "all or nothing",       set_strict,       "\"strict\":true" },
};
/* clang-format on */

/* It is in the hash of the inputs and in the facts, and comes back from them. */
static void
check_input(void **state)
{
	const struct input_case *c = *state;
	struct world w = world_new();
	struct hash before;

	world_add(&w, S(INDICATOR(GREEN)));
	world_decide(&w);
	before = w.got->inputs;
	c->set(&w.request);
	world_decide(&w);
	assert_false(hash_eq(&before, &w.got->inputs));
	assert_true(str_find(world_about(&w, "0100")->facts, str_of(c->fact)) != SIZE_MAX);
	world_replay(&w, world_about(&w, "0100"));
	world_free(&w);
}

static void
check_words(void **state)
{
	enum urgency u;
	enum harm h;

	(void)state;
	assert_true(urgency_parse(S("immediate"), &u));
	assert_int_equal(u, URGENCY_IMMEDIATE);
	assert_false(urgency_parse(S("FLASH"), &u));
	assert_false(urgency_parse(S(""), &u));
	assert_true(harm_parse(S("imminent-safety"), &h));
	assert_int_equal(h, HARM_IMMINENT_SAFETY);
	assert_false(harm_parse(S("loss of money"), &h));
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	CASES(&cases, recipients, check_recipient);
	CASES(&cases, inputs, check_input);
	CASE(&cases, check_words);
	return cases_run("case", &cases, argc, argv);
}
