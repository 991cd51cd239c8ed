#include "agreement.h"
#include "cases.h"
#include "fixture_p.h"

#define INDICATOR(marking)                                                                         \
	HEAD("indicator", "0100")                                                                  \
	",\"created_by_ref\":\"identity--" UUID(                                                   \
	    "0001") "\",\"name\":\"C2\","                                                          \
	            "\"pattern\":\"[ipv4-addr:value = '203.0.113.7']\",\"pattern_type\":\"stix\"," \
	            "\"valid_from\":\"2026-11-19T07:31:42.123Z\"" marking "}"
#define LABELLED(label) INDICATOR("," AMBER ",\"labels\":[\"" label "\"]")
#define TELLING(text)   INDICATOR("," AMBER ",\"description\":\"" text "\"")

static const char certin[] = HEAD("identity", "0001") ",\"name\":\"CERT-In\",\"identity_class\":"
                                                      "\"organization\"," CLEAR "}";

/* ---- one object ---- */

static void
from_bank(struct world *w, struct agreement_item *i)
{
	(void)w;
	i->originator = S("IN:BANK-12");
	i->giver = S("IN:BANK-12");
}
static void
bank_agrees(struct world *w, struct agreement_item *i)
{
	static const struct consent consent = { .identity = { "identity--" UUID("0001"), 46 },
		.scope = CONSENT_TECHNIQUE,
		.until = TIME_NEVER };

	from_bank(w, i);
	w->request.consent = &consent;
	w->request.consents = 1;
}
static void
from_quad(struct world *w, struct agreement_item *i)
{
	(void)w;
	i->originator = i->giver = S("US:CERT");
	i->received_under = S("QUAD-MODEL");
}
static void
from_nco(struct world *w, struct agreement_item *i)
{
	(void)w;
	i->originator = i->giver = S("JP:NCO");
	i->received_under = S("IJ-MODEL");
}
static void
from_recipient(struct world *w, struct agreement_item *i)
{
	(void)w;
	i->giver = S("JP:JPCERT");
	i->own_observation = true;
}
static void
seen_ourselves(struct world *w, struct agreement_item *i)
{
	(void)w;
	i->giver = S("IN:BANK-12");
	i->own_observation = true;
}
static void
seen_in_vain(struct world *w, struct agreement_item *i)
{
	seen_ourselves(w, i);
	world_splice(w, world_member(w, "third_party")->raw,
	    "{\"clause\":\"7\",\"originator_control\":true}");
}
static void
with_own_mark(struct world *w, struct agreement_item *i)
{
	(void)i;
	world_splice(w, world_member(w, "classified")->raw,
	    "{\"bar\":true,\"clause\":\"8\",\"marks\":[\"Eyes only/\"]}");
}
static void
by_function(struct world *w, struct agreement_item *i)
{
	(void)i;
	w->request.legal_basis = S("IN-CERT-FUNCTION");
}
static void
by_function_to_train(struct world *w, struct agreement_item *i)
{
	by_function(w, i);
	w->request.purpose = S("capacity");
}
static void
by_function_for_indicators(struct world *w, struct agreement_item *i)
{
	by_function_to_train(w, i);
	world_splice(w, json_get(world_member(w, "legal_bases")->first, S("applies_to"))->raw,
	    "[\"indicator\"]");
}
static void
made_by_recipient(struct world *w, struct agreement_item *i)
{
	(void)w;
	i->originator = S("JP:JPCERT");
}
static void
through_recipient(struct world *w, struct agreement_item *i)
{
	(void)w;
	i->path = S("US:CERT JP:JPCERT");
}
static void
suspend_area(struct world *w, struct agreement_item *i)
{
	(void)i;
	w->request.area = S("CI");
	world_state(w, STATEMENT_SUSPEND, "CI", 0);
}
static void
suspend_unnamed(struct world *w, struct agreement_item *i)
{
	(void)i;
	world_state(w, STATEMENT_SUSPEND, "CI", 0);
}
static void
suspend_other(struct world *w, struct agreement_item *i)
{
	(void)i;
	w->request.area = S("INFO");
	world_state(w, STATEMENT_SUSPEND, "CI", 1);
}
static void
suspend_all(struct world *w, struct agreement_item *i)
{
	(void)i;
	world_state(w, STATEMENT_SUSPEND, "all", 1);
}
static void
terminate(struct world *w, struct agreement_item *i)
{
	(void)i;
	world_state(w, STATEMENT_TERMINATE, "all", 1);
}
static void
no_agreement(struct world *w, struct agreement_item *i)
{
	(void)i;
	w->standing.agreement = NULL;
}
static void
one_signature(struct world *w, struct agreement_item *i)
{
	(void)i;
	w->standing.signed_by = 1;
}
static void
expired(struct world *w, struct agreement_item *i)
{
	(void)i;
	assert_true(time_parse(S("2031-01-01T00:00:00Z"), &w->request.at));
}
static void
too_early(struct world *w, struct agreement_item *i)
{
	(void)i;
	assert_true(time_parse(S("2025-12-31T23:59:59Z"), &w->request.at));
}
static void
other_realm(struct world *w, struct agreement_item *i)
{
	(void)i;
	w->request.order_realm = S("exercise");
}
static void
no_realm(struct world *w, struct agreement_item *i)
{
	(void)i;
	w->request.order_realm = w->request.realm = S("");
}
static void
to_public(struct world *w, struct agreement_item *i)
{
	(void)i;
	w->request.to = S("PUBLIC");
}
static void
to_own(struct world *w, struct agreement_item *i)
{
	(void)i;
	w->request.to = S("IN:NCIIPC");
}
static void
from_nobody(struct world *w, struct agreement_item *i)
{
	(void)i;
	w->request.from = S("XX:CERT");
}
static void
unverified(struct world *w, struct agreement_item *i)
{
	(void)i;
	w->request.recipient_verified = false;
}
static void
by_standing_order(struct world *w, struct agreement_item *i)
{
	(void)i;
	w->request.channel = CHANNEL_AUTO;
}
static void
to_person(struct world *w, struct agreement_item *i)
{
	(void)i;
	w->request.channel = CHANNEL_PERSON;
}
static void
wrong_purpose(struct world *w, struct agreement_item *i)
{
	(void)i;
	w->request.purpose = S("marketing");
}
static void
wrong_area(struct world *w, struct agreement_item *i)
{
	(void)i;
	w->request.area = S("MOON");
}
static void
for_prevention(struct world *w, struct agreement_item *i)
{
	(void)i;
	w->request.purpose = S("prevention");
}
static void
dispute(struct world *w, struct agreement_item *i)
{
	(void)w;
	i->disputed = true;
}
static void
by_policy(struct world *w, struct agreement_item *i)
{
	(void)w;
	i->default_tlp = TLP_GREEN;
}
static void
by_red_policy(struct world *w, struct agreement_item *i)
{
	(void)w;
	i->default_tlp = TLP_RED;
}
static void
approve(struct world *w, struct agreement_item *i)
{
	(void)w;
	i->approved = true;
}
static void
out_of_japan(struct world *w, struct agreement_item *i)
{
	w->request.packs = 0;
	world_pack(w, "packs/jp.json");
	w->request.from = i->originator = S("JP:NCO");
	w->request.to = S("IN:CERT-IN");
}
static void
out_of_japan_with_indian_pack(struct world *w, struct agreement_item *i)
{
	w->request.from = i->originator = S("JP:NCO");
	w->request.to = S("IN:CERT-IN");
}
static void
before_the_act(struct world *w, struct agreement_item *i)
{
	out_of_japan(w, i);
	assert_true(time_parse(S("2026-09-30T23:59:59.999999Z"), &w->request.at));
}

/* clang-format off */
static const struct decide_case {
	const char *name;
	const char *object;
	void (*change)(struct world *w, struct agreement_item *item);
	enum outcome want;
	const char *codes;
	const char *clause;
	const char *would; /* one of the lines; NULL: there is none */
} decide_cases[] = {
	{ "own GREEN goes", INDICATOR("," GREEN), NULL, OUTCOME_ALLOW, "", "2", NULL },
	{ "own AMBER goes", INDICATOR("," AMBER), NULL, OUTCOME_ALLOW, "", "2", NULL },
	{ "own CLEAR goes", INDICATOR("," CLEAR), NULL, OUTCOME_ALLOW, "", "2", NULL },
	{ "E1: RED is handed over in person", INDICATOR("," RED), NULL, OUTCOME_ROUTE, "M-RED", "3b",
	  "Its originator marks it TLP:AMBER+STRICT or lower." },
	{ "RED stays a matter of persons on every channel", INDICATOR("," RED), to_person, OUTCOME_ROUTE, "M-RED", "3b",
	  "Its originator marks it TLP:AMBER+STRICT or lower." },
	{ "no approval lifts RED", INDICATOR("," RED), approve, OUTCOME_ROUTE, "M-RED", "3b",
	  "Its originator marks it TLP:AMBER+STRICT or lower." },
	{ "own AMBER+STRICT is held", INDICATOR("," STRICT), NULL, OUTCOME_HOLD, "M-STRICT", "3c",
	  "Its originator marks it TLP:AMBER or lower." },
	{ "an approval lifts a hold", INDICATOR("," STRICT), approve, OUTCOME_ALLOW, "M-STRICT", "3c,2", NULL },
	{ "E2: AMBER+STRICT of a bank", INDICATOR("," STRICT), from_bank, OUTCOME_DENY, "M-STRICT O-ORCON", "3c,7",
	  "The originator consents to passing the technique on." },
	{ "a bank that agrees leaves the hold", INDICATOR("," STRICT), bank_agrees, OUTCOME_HOLD, "M-STRICT", "3c",
	  "The approvals that are asked for are given." },
	{ "AMBER of a bank", INDICATOR("," AMBER), from_bank, OUTCOME_DENY, "O-ORCON", "7", "Its originator marks it TLP:CLEAR." },
	{ "what a bank gave and we saw ourselves", INDICATOR("," AMBER), seen_ourselves, OUTCOME_ALLOW, "", "2", NULL },
	{ "that counts where the agreement says so", INDICATOR("," AMBER), seen_in_vain, OUTCOME_DENY, "O-ORCON", "7",
	  "Its originator marks it TLP:CLEAR." },
	{ "CLEAR of a bank", INDICATOR("," CLEAR), from_bank, OUTCOME_ALLOW, "", "2", NULL },
	{ "E4: GREEN of another agreement", INDICATOR("," GREEN), from_quad, OUTCOME_DENY, "O-COMMUNITY O-ORCON", "7",
	  "Its originator marks it TLP:CLEAR." },
	{ "received under the same agreement, to a colleague of the giver", INDICATOR("," GREEN), from_nco, OUTCOME_DENY, "O-ORCON", "7", NULL },
	{ "never back to the giver", INDICATOR("," CLEAR), from_recipient, OUTCOME_DENY, "O-ORCON", "7", NULL },
	{ "never back to the originator", INDICATOR("," CLEAR), made_by_recipient, OUTCOME_DENY, "O-ORCON", "7", NULL },
	{ "never back to anyone in the path", INDICATOR("," CLEAR), through_recipient, OUTCOME_DENY, "O-ORCON", "7", NULL },
	{ "E5: a suspended area", INDICATOR("," AMBER), suspend_area, OUTCOME_DENY, "A-AREA-SUSPENDED", "12", "The area is resumed." },
	{ "no area named while one is suspended", INDICATOR("," AMBER), suspend_unnamed, OUTCOME_DENY, "A-AREA-SUSPENDED", "12", "The area is resumed." },
	{ "another area is suspended", INDICATOR("," AMBER), suspend_other, OUTCOME_ALLOW, "", "2", NULL },
	{ "all is suspended", INDICATOR("," AMBER), suspend_all, OUTCOME_DENY, "A-NOTINFORCE", "", "The agreement is in force." },
	{ "terminated", INDICATOR("," AMBER), terminate, OUTCOME_DENY, "A-NOTINFORCE", "", "The agreement is in force." },
	{ "no agreement", INDICATOR("," AMBER), no_agreement, OUTCOME_DENY, "A-NOTINFORCE", "", NULL },
	{ "one signature is missing", INDICATOR("," AMBER), one_signature, OUTCOME_DENY, "A-NOTINFORCE", "", "The agreement is in force." },
	{ "expired at that very instant", INDICATOR("," AMBER), expired, OUTCOME_DENY, "A-NOTINFORCE", "", "The agreement is in force." },
	{ "a second too early", INDICATOR("," AMBER), too_early, OUTCOME_DENY, "A-NOTINFORCE", "", "The agreement is in force." },
	{ "E6: another realm", INDICATOR("," AMBER), other_realm, OUTCOME_DENY, "R-REALM", "13", NULL },
	{ "no realm", INDICATOR("," AMBER), no_realm, OUTCOME_DENY, "R-REALM", "13", NULL },
	{ "what is our own and CLEAR may be published", INDICATOR("," CLEAR), to_public, OUTCOME_ALLOW, "", "2", NULL },
	{ "GREEN is not published", INDICATOR("," GREEN), to_public, OUTCOME_DENY, "M-CEIL", "3a", "Its originator marks it TLP:CLEAR." },
	{ "own side is no recipient", INDICATOR("," CLEAR), to_own, OUTCOME_DENY, "A-SCOPE", "", "The recipient is JP:NCO." },
	{ "a sender outside", INDICATOR("," CLEAR), from_nobody, OUTCOME_DENY, "A-SCOPE", "", NULL },
	{ "a key that nobody checked", INDICATOR("," CLEAR), unverified, OUTCOME_DENY, "K-KEY", "", "Two people check the key of the recipient's node." },
	{ "AMBER is above a standing order", INDICATOR("," AMBER), by_standing_order, OUTCOME_DENY, "M-CEIL", "3a",
	  "An officer sends it, instead of a standing order." },
	{ "GREEN goes by a standing order", INDICATOR("," GREEN), by_standing_order, OUTCOME_ALLOW, "", "2", NULL },
	{ "an unknown purpose", INDICATOR("," AMBER), wrong_purpose, OUTCOME_DENY, "P-PURPOSE", "4", "The purpose is incident-response." },
	{ "a ground for this purpose", INDICATOR("," AMBER), by_function, OUTCOME_ALLOW, "", "2", NULL },
	{ "a ground for other purposes", INDICATOR("," AMBER), by_function_to_train, OUTCOME_DENY, "L-BASIS", "",
	  "No ground is cited, or one that is in force." },
	{ "a ground for this category", INDICATOR("," AMBER), by_function_for_indicators, OUTCOME_ALLOW, "", "2", NULL },
	{ "an unknown area", INDICATOR("," AMBER), wrong_area, OUTCOME_DENY, "A-SCOPE", "", "The agreement is in force." },
	{ "unmarked", INDICATOR(""), NULL, OUTCOME_DENY, "M-UNKNOWN", "3d", "Its originator marks it TLP:AMBER+STRICT or lower." },
	{ "unmarked under a source policy", INDICATOR(""), by_policy, OUTCOME_ALLOW, "", "2", NULL },
	{ "a source policy does not lower a marking", INDICATOR("," RED), by_policy, OUTCOME_ROUTE, "M-RED", "3b",
	  "Its originator marks it TLP:AMBER+STRICT or lower." },
	{ "a source policy may say RED", INDICATOR(""), by_red_policy, OUTCOME_ROUTE, "M-RED", "3b",
	  "Its originator marks it TLP:AMBER+STRICT or lower." },
	/* SI-071 */
	{ "an unknown marking beside a known one",
	  INDICATOR(",\"object_marking_refs\":[\"marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487\",\"marking-definition--" UUID("9999") "\"]"),
	  NULL, OUTCOME_DENY, "M-UNKNOWN", "3d", "Its unknown marking is explained by its originator." },
	/* SI-046 */
	{ "another content has other markings", INDICATOR("," AMBER), dispute, OUTCOME_DENY, "M-UNKNOWN", "3d",
	  "Its unknown marking is explained by its originator." },
	{ "a part above the ceiling goes, the rest may leave",
	  INDICATOR("," GREEN ",\"granular_markings\":[{\"marking_ref\":\"marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1\",\"selectors\":[\"name\"]}]"),
	  NULL, OUTCOME_ALLOW_WITH_REDACTION, "M-CEIL", "3a", NULL },
	{ "RED on a part of what is not marked itself is RED of the whole",
	  INDICATOR(",\"granular_markings\":[{\"marking_ref\":\"marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1\",\"selectors\":[\"name\"]}]"),
	  NULL, OUTCOME_ROUTE, "M-RED", "3b", "Its originator marks it TLP:AMBER+STRICT or lower." },
	{ "TLP 1 AMBER", INDICATOR("," AMBER1), NULL, OUTCOME_ALLOW, "", "2", NULL },
	{ "TLP 1 WHITE by a standing order", INDICATOR("," WHITE1), by_standing_order, OUTCOME_ALLOW, "", "2", NULL },
	{ "a type that no category knows", HEAD("x-thing", "0100") "," CLEAR "}", NULL, OUTCOME_DENY, "D-CATEGORY", "", NULL },
	{ "a category without types places nothing", HEAD("x-thing", "0100") "," STRICT "}", NULL, OUTCOME_DENY, "D-CATEGORY M-STRICT", "3c", NULL },
	{ "attribution is held for policy", HEAD("intrusion-set", "0100") ",\"name\":\"X\"," AMBER "}", NULL, OUTCOME_HOLD, "D-CATEGORY", "10",
	  "The approvals that are asked for are given." },
	{ "attribution has its own ceiling", HEAD("intrusion-set", "0100") ",\"name\":\"X\"," STRICT "}", NULL, OUTCOME_DENY,
	  "M-CEIL D-CATEGORY M-STRICT", "3a,10,3c", "Its originator marks it TLP:AMBER or lower." },
	{ "topology of infrastructure", LABELLED("cii-topology"), NULL, OUTCOME_DENY, "C-CONTROLLED N-IN-CII-TOPO", "8", NULL },
	{ "E7: controlled, unclassified", LABELLED("controlled-unclassified"), NULL, OUTCOME_HOLD, "C-CONTROLLED", "8",
	  "The approvals that are asked for are given." },
	{ "an exploit for prevention", LABELLED("exploit"), for_prevention, OUTCOME_HOLD, "X-EXPORT", "17", "The purpose is incident-response." },
	{ "an exploit in incident response", LABELLED("exploit"), NULL, OUTCOME_ALLOW, "", "2", NULL },
	{ "E9: active cyber defence", LABELLED("jp.acd.origin"), out_of_japan, OUTCOME_DENY, "N-JP-ACD", "", NULL },
	{ "a rule binds from its day on", LABELLED("jp.acd.origin"), before_the_act, OUTCOME_ALLOW, "", "2", NULL },
	{ "a disabled rule does nothing", LABELLED("jp.acd.foreign"), out_of_japan, OUTCOME_ALLOW, "", "2", NULL },
	{ "a rule binds its own party only", LABELLED("cii-x"), out_of_japan_with_indian_pack, OUTCOME_ALLOW, "", "2", NULL },
	{ "TOP SECRET in a text", TELLING("header TOP SECRET footer"), NULL, OUTCOME_DENY, "C-CLASSIFIED", "8", NULL },
	{ "a mark of the agreement's own", TELLING("Eyes only/Alpha"), with_own_mark, OUTCOME_DENY, "C-CLASSIFIED", "8", NULL },
	{ "which is none under another", TELLING("Eyes only/Alpha"), NULL, OUTCOME_ALLOW, "", "2", NULL },
	{ "no approval lifts classification", TELLING("TOP SECRET"), approve, OUTCOME_DENY, "C-CLASSIFIED", "8", NULL },
	{ "secret as a word", TELLING("the secret of the malware is its top layer"), NULL, OUTCOME_ALLOW, "", "2", NULL },
	{ "secret as a heading", TELLING("SECRET\\nrest"), NULL, OUTCOME_DENY, "C-CLASSIFIED", "8", NULL },
	{ "secret in brackets", TELLING("x [SECRET] y"), NULL, OUTCOME_DENY, "C-CLASSIFIED", "8", NULL },
	{ "a mark between strokes", TELLING("header//NOFORN"), NULL, OUTCOME_DENY, "C-CLASSIFIED", "8", NULL },
	{ "a restricted mark", TELLING("xRESTRICTED//y"), NULL, OUTCOME_DENY, "C-CLASSIFIED", "8", NULL },
	{ "a mark behind another script", TELLING("आज TOP-SECRET"), NULL, OUTCOME_DENY, "C-CLASSIFIED", "8", NULL },
	{ "a URL with capitals", TELLING("see https://SIGMA.example/x"), NULL, OUTCOME_ALLOW, "", "2", NULL },
	{ "a key that is secret", TELLING("SECRET-KEY was leaked"), NULL, OUTCOME_ALLOW, "", "2", NULL },
	{ "secret as a label", LABELLED("Secret"), NULL, OUTCOME_DENY, "C-CLASSIFIED", "8", NULL },
	{ "a Hindi mark", TELLING("अति गोपनीय"), NULL, OUTCOME_DENY, "C-CLASSIFIED", "8", NULL },
	{ "a Hindi word", TELLING("यह जानकारी गोपनीय रखी जाए"), NULL, OUTCOME_ALLOW, "", "2", NULL },
	{ "a Japanese mark", TELLING("【極秘】資料"), NULL, OUTCOME_DENY, "C-CLASSIFIED", "8", NULL },
	{ "a Japanese heading", TELLING("機密：資料"), NULL, OUTCOME_DENY, "C-CLASSIFIED", "8", NULL },
	{ "a Japanese mark in a text", TELLING("本件は特定秘密に当たる"), NULL, OUTCOME_DENY, "C-CLASSIFIED", "8", NULL },
	{ "a Japanese word", TELLING("機密性を確保する"), NULL, OUTCOME_ALLOW, "", "2", NULL },
};
/* clang-format on */

static void
check_decide(void **state)
{
	const struct decide_case *c = *state;
	CLEANUP(world_free) struct world w = world_new();
	struct agreement_item *item;

	world_pack(&w, "packs/in.json");
	world_add(&w, str_of(certin));
	item = world_add(&w, str_of(c->object));
	if (c->change != NULL)
		c->change(&w, item);
	/* CERT-In is known to everybody: what is tried is the object. */
	w.item[0].selected = false;
	world_decide(&w);

	const struct agreement_decision *d = world_about(&w, "0100");
	assert_string_equal(outcome_name(d->outcome), outcome_name(c->want));
	assert_string_equal(world_codes(&w, d), c->codes);
	assert_true(str_is(d->clause, c->clause));
	if (c->would != NULL && !world_says(&d->would_change, str_of(c->would)))
		fail_msg("\"%s\" is not among what would change it", c->would);
	if (c->would == NULL && d->would_change.len > 0)
		fail_msg("unexpected: " STR_FMT, STR_ARG(world_text(&w, &d->would_change)));
	assert_true(d->what.len > 0 && d->why.len > 0 && d->rules + d->codes > 0);
	if (c->want == OUTCOME_ALLOW)
		assert_true(str_eq(d->bytes, str_of(c->object)));
	if (c->want == OUTCOME_DENY || c->want == OUTCOME_ROUTE)
		assert_true(d->bytes.len == 0 && d->leaving_id.len == 0);
	world_replay(&w, d);
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	CASES(&cases, decide_cases, check_decide);
	return cases_run("decide", &cases, argc, argv);
}
