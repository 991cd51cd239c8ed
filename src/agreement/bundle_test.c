#include "agreement.h"
#include "cases.h"
#include "fixture_p.h"

#define INDICATOR                                                             \
	HEAD("indicator", "0100")                                             \
	",\"name\":\"C2\",\"pattern\":\"[ipv4-addr:value = '203.0.113.7']\"," \
	"\"pattern_type\":\"stix\",\"valid_from\":\"2026-11-19T07:31:42.123Z\"," AMBER "}"

#define VICTIM                                                                         \
	HEAD("identity", "0010")                                                       \
	",\"name\":\"Gujarat Vidyut Vitran Ltd\",\"identity_class\":\"organization\"," \
	"\"sectors\":[\"energy\"],\"contact_information\":\"soc@gvv-grid.example\"," AMBER "}"
#define INCIDENT HEAD("incident", "0011") ",\"name\":\"Outage\",\"description\":\"text\"," AMBER "}"
#define TARGETS                                                                \
	HEAD("relationship", "0012")                                           \
	",\"relationship_type\":\"targets\",\"source_ref\":\"incident--" UUID( \
	    "0011") "\",\"target_ref\":\"identity--" UUID("0010") "\"," AMBER "}"
#define MALWARE HEAD("malware", "0013") ",\"name\":\"PlugX\",\"is_family\":true," AMBER "}"
#define USES                                                                                          \
	HEAD("relationship", "0014")                                                                  \
	",\"relationship_type\":\"related-to\",\"source_ref\":\"incident--" UUID(                     \
	    "0011") "\",\"target_ref\":\"malware--" UUID("0013") "\",\"description\":\"text\"," AMBER \
	                                                         "}"
#define MAILBOX                                                                                                          \
	"{\"type\":\"email-addr\",\"spec_version\":\"2.1\",\"id\":\"email-addr--5c0f3a52-0000-5000-8000-000000000020\"," \
	"\"value\":\"k.patel@gvv-grid.example\"," AMBER "}"
#define ATTACKER                                                                                                       \
	"{\"type\":\"ipv4-addr\",\"spec_version\":\"2.1\",\"id\":\"ipv4-addr--5c0f3a52-0000-5000-8000-000000000021\"," \
	"\"value\":\"203.0.113.7\"," AMBER "}"
#define OBSERVED(refs)                                                                            \
	HEAD("observed-data", "0015")                                                             \
	",\"first_observed\":\"2026-11-19T07:31:42Z\","                                           \
	"\"last_observed\":\"2026-11-19T07:51:42Z\",\"number_observed\":2,\"object_refs\":[" refs \
	"]," AMBER "}"
#define REF_MAILBOX  "\"email-addr--5c0f3a52-0000-5000-8000-000000000020\""
#define REF_ATTACKER "\"ipv4-addr--5c0f3a52-0000-5000-8000-000000000021\""
#define SEEN_AT_VICTIM                                                                 \
	HEAD("relationship", "0016")                                                   \
	",\"relationship_type\":\"related-to\",\"source_ref\":\"observed-data--" UUID( \
	    "0015") "\",\"target_ref\":\"identity--" UUID("0010") "\"," AMBER "}"

static void
to_nco(struct world *w, struct agreement_item *i)
{
	(void)i;
	w->request.to = S("JP:NCO");
}
static struct consent name_consent = { .identity = { "identity--" UUID("0010"), 46 },
	.scope = CONSENT_NAME,
	.until = TIME_NEVER };
static void
victim_agrees(struct world *w, struct agreement_item *i)
{
	(void)i;
	w->request.consent = &name_consent;
	w->request.consents = 1;
}
static void
victim_agreed_once(struct world *w, struct agreement_item *i)
{
	static struct consent consent;

	(void)i;
	consent = name_consent;
	consent.withdrawn = true;
	w->request.consent = &consent;
	w->request.consents = 1;
}
static void
victim_agrees_to_another(struct world *w, struct agreement_item *i)
{
	static struct consent consent;

	(void)i;
	consent = name_consent;
	consent.to = S("JP:NCO");
	w->request.consent = &consent;
	w->request.consents = 1;
}
static void
victim_agreed_until_now(struct world *w, struct agreement_item *i)
{
	static struct consent consent;

	(void)i;
	consent = name_consent;
	consent.until = w->request.at;
	w->request.consent = &consent;
	w->request.consents = 1;
}
static void
owner_agrees(struct world *w, struct agreement_item *i)
{
	static const struct consent consent = {
		.identity = { "email-addr--5c0f3a52-0000-5000-8000-000000000020", 48 },
		.scope = CONSENT_PERSONAL,
		.until = TIME_NEVER
	};

	(void)i;
	w->request.consent = &consent;
	w->request.consents = 1;
	w->request.legal_basis = S("IN-CERT-FUNCTION");
}
static void
last_not_selected(struct world *w, struct agreement_item *i)
{
	(void)w;
	i->selected = false;
}
static void
last_delivered(struct world *w, struct agreement_item *i)
{
	(void)w;
	i->selected = false;
	i->delivered = DELIVERED_ORIGINAL;
}
static void
last_delivered_as_copy(struct world *w, struct agreement_item *i)
{
	(void)w;
	i->selected = false;
	i->delivered = DELIVERED_COPY;
}

static void
last_given_by_recipient(struct world *w, struct agreement_item *i)
{
	(void)w;
	i->selected = false;
	i->giver = i->originator = S("JP:JPCERT");
	i->received_under = S("IJ-MODEL");
}

/* clang-format off */
static const struct bundle_case {
	const char *name;
	const char *object[10];
	void (*change)(struct world *w, struct agreement_item *last);
	struct { const char *id; enum outcome outcome; const char *codes; } want[10];
} bundle_cases[] = {
	{ "E3: what tells of the victim is redacted, the rest goes",
	  { VICTIM, INCIDENT, TARGETS, MALWARE, USES, MAILBOX, ATTACKER, OBSERVED(REF_MAILBOX "," REF_ATTACKER) }, NULL,
	  { { "0010", OUTCOME_DENY, "V-VICTIM N-IN-R13" }, { "0011", OUTCOME_ALLOW_WITH_REDACTION, "V-VICTIM" },
	    { "0012", OUTCOME_DENY, "D-LEAKREF V-VICTIM" }, { "0013", OUTCOME_ALLOW, "" },
	    { "0014", OUTCOME_ALLOW_WITH_REDACTION, "V-VICTIM D-LEAKREF" }, { "0020", OUTCOME_DENY, "D-CATEGORY" },
	    { "0021", OUTCOME_ALLOW, "" }, { "0015", OUTCOME_ALLOW_WITH_REDACTION, "V-VICTIM D-LEAKREF" } } },
	{ "IN-14: a State organ waits for a legal officer where a private body does not",
	  { MAILBOX, ATTACKER, OBSERVED(REF_MAILBOX "," REF_ATTACKER) }, to_nco,
	  { { "0015", OUTCOME_HOLD, "N-IN-R15 V-VICTIM D-LEAKREF" }, { "0020", OUTCOME_DENY, "D-CATEGORY N-IN-R15" } } },
	{ "E10: nothing useful remains", { VICTIM, ATTACKER, SEEN_AT_VICTIM, OBSERVED(REF_ATTACKER) }, NULL,
	  { { "0015", OUTCOME_DENY, "D-EMPTY V-VICTIM" }, { "0021", OUTCOME_DENY, "V-VICTIM" } } },
	{ "consent to the name opens all that was tied", { VICTIM, INCIDENT, TARGETS }, victim_agrees,
	  { { "0010", OUTCOME_ALLOW, "" }, { "0011", OUTCOME_ALLOW, "" }, { "0012", OUTCOME_ALLOW, "" } } },
	{ "a withdrawn consent is none", { VICTIM, INCIDENT, TARGETS }, victim_agreed_once,
	  { { "0010", OUTCOME_DENY, "V-VICTIM N-IN-R13" } } },
	{ "a consent towards another is none", { VICTIM }, victim_agrees_to_another, { { "0010", OUTCOME_DENY, "V-VICTIM N-IN-R13" } } },
	{ "a consent ends at its instant", { VICTIM }, victim_agreed_until_now, { { "0010", OUTCOME_DENY, "V-VICTIM N-IN-R13" } } },
	{ "consent to a mailbox is held for a legal officer", { MAILBOX }, owner_agrees, { { "0020", OUTCOME_HOLD, "B-CONSENT" } } },
	{ "a required reference that does not go", { MALWARE, USES, INCIDENT }, last_not_selected, { { "0014", OUTCOME_DENY, "D-LEAKREF" } } },
	{ "a required reference that went before", { MALWARE, USES, INCIDENT }, last_delivered, { { "0014", OUTCOME_ALLOW, "" } } },
	{ "a reference to a copy that went before", { MALWARE, USES, INCIDENT }, last_delivered_as_copy,
	  { { "0014", OUTCOME_ALLOW_WITH_REDACTION, "D-LEAKREF" } } },
	{ "an author that is nobody's", { HEAD("malware", "0013") ",\"created_by_ref\":\"identity--" UUID("7777") "\",\"name\":\"X\",\"is_family\":true," AMBER "}" },
	  NULL, { { "0013", OUTCOME_ALLOW_WITH_REDACTION, "D-LEAKREF" } } },
	{ "a victim that reports", { VICTIM, HEAD("malware", "0013") ",\"created_by_ref\":\"identity--" UUID("0010") "\",\"name\":\"X\",\"is_family\":true," AMBER "}" },
	  NULL, { { "0013", OUTCOME_ALLOW_WITH_REDACTION, "V-VICTIM D-LEAKREF" } } },
	{ "a pattern with the victim's host", { VICTIM, HEAD("indicator", "0100") ",\"pattern\":\"[domain-name:value = 'vpn.gvv-grid.example']\","
	  "\"pattern_type\":\"stix\",\"valid_from\":\"2026-11-19T07:31:42Z\"," AMBER "}" },
	  NULL, { { "0100", OUTCOME_DENY, "D-LEAKREF V-VICTIM" } } },
	{ "a note about a tied incident has nothing left", { VICTIM, INCIDENT, TARGETS,
	  HEAD("note", "0017") ",\"content\":\"the plant north of the river\",\"object_refs\":[\"incident--" UUID("0011") "\"]," AMBER "}" },
	  NULL, { { "0017", OUTCOME_DENY, "D-EMPTY V-VICTIM" } } },
	{ "an indicator of a tied incident goes as it is", { VICTIM, INCIDENT, TARGETS, INDICATOR,
	  HEAD("relationship", "0018") ",\"relationship_type\":\"indicates\",\"source_ref\":\"indicator--" UUID("0100") "\",\"target_ref\":\"incident--" UUID("0011") "\"," AMBER "}" },
	  NULL, { { "0100", OUTCOME_ALLOW, "" }, { "0018", OUTCOME_ALLOW_WITH_REDACTION, "V-VICTIM D-LEAKREF" } } },
	{ "a text that names the identifier of a source", { VICTIM, INCIDENT, TARGETS,
	  HEAD("malware", "0013") ",\"name\":\"X\",\"is_family\":true,\"description\":\"see incident--" UUID("0011") "\"," AMBER "}" },
	  NULL, { { "0013", OUTCOME_ALLOW_WITH_REDACTION, "D-LEAKREF" } } },
	{ "held things are not counted on", { HEAD("malware", "0013") ",\"name\":\"X\",\"is_family\":true," STRICT "}",
	  HEAD("note", "0017") ",\"content\":\"text\",\"object_refs\":[\"malware--" UUID("0013") "\"]," AMBER "}" },
	  NULL, { { "0013", OUTCOME_HOLD, "M-STRICT" }, { "0017", OUTCOME_DENY, "D-EMPTY" } } },
	{ "what was told before a consent was withdrawn is not told again", { INCIDENT, TARGETS, VICTIM }, last_delivered,
	  { { "0012", OUTCOME_DENY, "D-LEAKREF V-VICTIM" }, { "0011", OUTCOME_ALLOW_WITH_REDACTION, "V-VICTIM" } } },
	{ "a sighting of what the recipient gave goes back to it", { HEAD("sighting", "0023") ",\"count\":3,\"sighting_of_ref\":\"malware--" UUID("0013") "\"," AMBER "}", MALWARE },
	  last_given_by_recipient, { { "0023", OUTCOME_ALLOW, "" } } },
	{ "a translation of a redacted text", { VICTIM, INCIDENT, TARGETS,
	  HEAD("language-content", "0019") ",\"object_ref\":\"incident--" UUID("0011") "\",\"contents\":{\"hi\":{\"name\":\"x\"}}," AMBER "}" },
	  NULL, { { "0019", OUTCOME_DENY, "D-LEAKREF V-VICTIM" } } },
	{ "a domain that resolves to the victim's address", { VICTIM, ATTACKER, SEEN_AT_VICTIM, OBSERVED(REF_ATTACKER),
	  "{\"type\":\"domain-name\",\"spec_version\":\"2.1\",\"id\":\"domain-name--5c0f3a52-0000-5000-8000-000000000022\",\"value\":\"host.example\",\"resolves_to_refs\":[" REF_ATTACKER "]," AMBER "}" },
	  NULL, { { "0022", OUTCOME_DENY, "V-VICTIM" } } },
};
/* clang-format on */

static void
check_bundle(void **state)
{
	const struct bundle_case *c = *state;
	CLEANUP(world_free) struct world w = world_new();
	struct agreement_item *last = NULL;

	world_pack(&w, "packs/in.json");
	for (size_t i = 0; c->object[i] != NULL; i++)
		last = world_add(&w, str_of(c->object[i]));
	if (c->change != NULL)
		c->change(&w, last);
	world_decide(&w);
	for (size_t i = 0; c->want[i].id != NULL; i++) {
		const struct agreement_decision *d = world_about(&w, c->want[i].id);

		if (d->outcome != c->want[i].outcome)
			fail_msg("%s is %s, not %s: " STR_FMT, c->want[i].id,
			    outcome_name(d->outcome), outcome_name(c->want[i].outcome),
			    STR_ARG(world_text(&w, &d->why)));
		assert_string_equal(world_codes(&w, d), c->want[i].codes);
	}
	for (size_t i = 0; i < w.got->len; i++)
		world_replay(&w, &w.got->decision[i]);
}

/* ---- the rest ---- */

static void
check_disorder(void **state)
{
	CLEANUP(world_free) struct world w = world_new();
	struct why why = { 0 };

	(void)state;
	world_add(&w, S(MALWARE));
	world_add(&w, S(MALWARE));
	w.request.item = w.item;
	w.request.standing = &w.standing;
	assert_int_equal(agreement_decide(w.a, &w.request, &w.got, &why), ERR_INVALID);
	assert_string_equal(why.code, "agreement.order");
}

/* The same inputs give the same bytes; one changed input gives another hash. */
static void
check_inputs(void **state)
{
	CLEANUP(world_free) struct world w = world_new();
	const struct agreement_decisions *first;

	(void)state;
	world_add(&w, S(VICTIM));
	world_add(&w, S(INCIDENT));
	world_add(&w, S(TARGETS));
	world_decide(&w);
	first = w.got;
	world_decide(&w);
	assert_true(hash_eq(&first->inputs, &w.got->inputs));
	for (size_t i = 0; i < first->len; i++) {
		assert_true(str_eq(first->decision[i].bytes, w.got->decision[i].bytes));
		assert_true(str_eq(first->decision[i].facts, w.got->decision[i].facts));
		assert_true(str_eq(first->decision[i].why.json, w.got->decision[i].why.json));
	}
	w.request.copy_time += US_PER_S;
	world_decide(&w);
	assert_false(hash_eq(&first->inputs, &w.got->inputs));
}

static void
check_facts(void **state)
{
	CLEANUP(world_free) struct world w = world_new();
	CLEANUP(buf_free) struct buf jcs = buf_new(MIB);
	const struct json *tree;
	struct judgement j;
	struct why why = { 0 };
	struct str facts;

	(void)state;
	world_pack(&w, "packs/in.json");
	world_add(&w, S(VICTIM));
	world_add(&w, S(INCIDENT));
	world_add(&w, S(TARGETS));
	world_decide(&w);
	facts = world_about(&w, "0011")->facts;
	assert_int_equal(json_parse(w.a, facts, NULL, &tree, NULL), OK);
	assert_int_equal(jcs_write(tree, &jcs, NULL), OK);
	assert_true(str_eq(buf_str(&jcs), facts));
	assert_int_equal(str_find(facts, S("Gujarat")), SIZE_MAX);
	assert_int_equal(str_find(facts, S("Outage")), SIZE_MAX);

	w.request.packs = 0;
	const struct documents documents = { .agreement = w.standing.agreement };
	assert_int_equal(agreement_judge(w.a, facts, &documents, &j, &why), ERR_CONFLICT);
	assert_string_equal(why.text, "the facts were drawn under 1 rule packs, not 0");
	assert_int_equal(agreement_judge(w.a, S("[]"), &documents, &j, &why), ERR_INVALID);
	assert_string_equal(why.text, "a fact vector is an object");
	assert_int_equal(agreement_judge(w.a, S("{\"engine\":99}"), &documents, &j, &why),
	    ERR_INVALID);
	assert_string_equal(why.text, "the facts were drawn by engine 99, and this is engine 5");
}

/* The agreement's IEP policies go along as duties. */
static void
check_policies(void **state)
{
	CLEANUP(world_free) struct world w = world_new();
	bool found = false;

	(void)state;
	world_splice(&w, str_sub(w.agreement, 0, 1),
	    "{\"iep_refs\":[{\"id\":\"p1\",\"name\":\"FIRST\",\"url\":\"https://iep.example/p1\"}],");
	world_add(&w, S(HEAD("malware", "0101") ",\"name\":\"m\",\"is_family\":false," GREEN "}"));
	world_decide(&w);
	const struct agreement_decision *d = world_about(&w, "0101");
	for (size_t i = 0; i < d->obligations; i++)
		found =
		    found || str_is(d->obligation[i], "IEP policy FIRST: https://iep.example/p1");
	assert_true(found);
}

/* The partner sees shared codes, and neither rules nor changes of ours. */
static void
check_partner(void **state)
{
	CLEANUP(world_free) struct world w = world_new();
	CLEANUP(buf_free) struct buf own = buf_new(MIB), partner = buf_new(MIB);
	struct json_writer writer = json_writer(&own);

	(void)state;
	world_pack(&w, "packs/in.json");
	world_add(&w, S(VICTIM));
	world_decide(&w);
	agreement_decision_write(&writer, &w.request, world_about(&w, "0010"), DECISION_SHOWN);
	writer = json_writer(&partner);
	agreement_decision_write(&writer, &w.request, world_about(&w, "0010"), DECISION_PARTNER);
	assert_int_not_equal(str_find(buf_str(&own), S("N-IN-R13")), SIZE_MAX);
	assert_int_not_equal(str_find(buf_str(&own), S("IN-09")), SIZE_MAX);
	assert_int_not_equal(str_find(buf_str(&own), S("\"model\":true")), SIZE_MAX);
	assert_int_equal(str_find(buf_str(&partner), S("IN-R13")), SIZE_MAX);
	assert_int_equal(str_find(buf_str(&partner), S("IN-09")), SIZE_MAX);
	assert_int_equal(str_find(buf_str(&partner), S("rule 13")), SIZE_MAX);
	assert_int_equal(str_find(buf_str(&partner), S(UUID("0010"))), SIZE_MAX);
	assert_int_not_equal(str_find(buf_str(&partner), S("V-VICTIM")), SIZE_MAX);
}

static void
check_valid_until(void **state)
{
	CLEANUP(world_free) struct world w = world_new();
	struct consent consent = name_consent;

	(void)state;
	world_add(&w, S(VICTIM));
	world_decide(&w);
	assert_int_equal(world_about(&w, "0010")->valid_until, w.standing.agreement->expires_on);
	consent.until = w.request.at + US_PER_DAY;
	w.request.consent = &consent;
	w.request.consents = 1;
	world_decide(&w);
	assert_int_equal(world_about(&w, "0010")->valid_until, consent.until);
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	CASES(&cases, bundle_cases, check_bundle);
	CASE(&cases, check_disorder);
	CASE(&cases, check_inputs);
	CASE(&cases, check_facts);
	CASE(&cases, check_policies);
	CASE(&cases, check_partner);
	CASE(&cases, check_valid_until);
	return cases_run("bundle", &cases, argc, argv);
}
