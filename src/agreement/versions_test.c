/* Several versions of one object: what any of them says can make an outcome
 * stricter, and what leaves is the first. */
#include "agreement.h"
#include "cases.h"
#include "fixture_p.h"

#define INDICATOR(text, marking)                                                                  \
	HEAD("indicator", "0100")                                                                 \
	",\"name\":\"C2\",\"description\":\"" text "\",\"pattern\":\"[ipv4-addr:value = "         \
	"'203.0.113.7']\",\"pattern_type\":\"stix\",\"valid_from\":\"2026-11-19T07:31:42.123Z\"," \
	"\"object_marking_refs\":[" marking "]}"
#define LEVEL(id) "\"marking-definition--" id "\""
#define OPEN      LEVEL("94868c89-83c2-464b-929b-a1a8aa3c8487")
#define COMMUNITY LEVEL("bab4a63c-aed9-4cf5-a766-dfca5abac2bb")
#define SECRET    LEVEL("e828b379-4e03-4974-9ac4-e53a884c97c1")
#define OWN_MARK  LEVEL(UUID("0300"))
#define SOMEBODY(n, name, class) \
	HEAD("identity", n) ",\"name\":\"" name "\",\"identity_class\":\"" class "\"," GREEN "}"
#define SEEN_AT(n)                                                                                \
	HEAD("sighting", "0200")                                                                  \
	",\"sighting_of_ref\":\"indicator--" UUID("0100") "\",\"where_sighted_refs\":[\"identity" \
	                                                  "--" UUID(n) "\"]," GREEN "}"
#define PLAIN  INDICATOR("Beacon", COMMUNITY)
#define NAMING INDICATOR("Beacon of Gira Turbines", COMMUNITY)
#define VICTIM SOMEBODY("0010", "Ganga Vidyut", "organization")
#define SECTOR SOMEBODY("0011", "Energy", "class")
#define DEFINITION                                                                   \
	"{\"type\":\"marking-definition\",\"spec_version\":\"2.1\",\"id\":" OWN_MARK \
	",\"created\":\"2026-11-19T07:31:42.123Z\","
#define STATEMENT \
	DEFINITION "\"definition_type\":\"statement\",\"definition\":{\"statement\":\"(c) X\"}}"
#define POLICY                                                                        \
	DEFINITION "\"extensions\":{\"extension-definition--762e2e97-ee51-43e5-a9ea-" \
	           "165fbb862c4a\":{\"extension_type\":\"property-extension\","       \
	           "\"iep_version\":\"2.0\",\"tlp\":\"red\"}}}"

enum { OBJECTS = 6 };

/* clang-format off */
/* The decision is about the indicator.  "+" begins another version of the object before it. */
static const struct versions_case {
	const char *name;
	const char *object[OBJECTS];
	enum outcome want;
	const char *codes;
} versions_cases[] = {
	{ "alone it goes", { PLAIN }, OUTCOME_ALLOW, "" },
	{ "a sighting at nobody's", { PLAIN, SEEN_AT("0011"), VICTIM, SECTOR }, OUTCOME_ALLOW, "" },
	{ "a sighting at the victim's", { PLAIN, SEEN_AT("0010"), VICTIM, SECTOR }, OUTCOME_ALLOW_WITH_REDACTION, "V-VICTIM" },
	{ "a version that says another place hides no tie", { PLAIN, SEEN_AT("0011"), "+" SEEN_AT("0010"), VICTIM, SECTOR },
	  OUTCOME_ALLOW_WITH_REDACTION, "V-VICTIM" },
	{ "whichever of them comes first", { PLAIN, SEEN_AT("0010"), "+" SEEN_AT("0011"), VICTIM, SECTOR },
	  OUTCOME_ALLOW_WITH_REDACTION, "V-VICTIM" },
	{ "a version that calls the victim a class", { PLAIN, SEEN_AT("0010"), SOMEBODY("0010", "Energy", "class"), "+" VICTIM },
	  OUTCOME_ALLOW_WITH_REDACTION, "V-VICTIM" },
	{ "whichever of those comes first", { PLAIN, SEEN_AT("0010"), VICTIM, "+" SOMEBODY("0010", "Energy", "class") },
	  OUTCOME_ALLOW_WITH_REDACTION, "V-VICTIM" },
	{ "a version that gives the victim the name of a party", { PLAIN, SEEN_AT("0010"),
	  SOMEBODY("0010", "CERT-In", "organization"), "+" VICTIM }, OUTCOME_ALLOW_WITH_REDACTION, "V-VICTIM" },
	{ "a name that the victim has in one version", { NAMING, VICTIM, "+" SOMEBODY("0010", "Gira Turbines", "organization") },
	  OUTCOME_ALLOW_WITH_REDACTION, "V-VICTIM" },
	{ "a name that it has in the other", { NAMING, SOMEBODY("0010", "Gira Turbines", "organization"), "+" VICTIM },
	  OUTCOME_ALLOW_WITH_REDACTION, "V-VICTIM" },
	{ "a version of its own by the victim", { PLAIN, "+" HEAD("indicator", "0100") ",\"created_by_ref\":\"identity--" UUID("0010") "\","
	  "\"pattern\":\"[ipv4-addr:value = '203.0.113.7']\",\"pattern_type\":\"stix\",\"valid_from\":\"2026-11-19T07:31:42.123Z\"," CLEAR "}",
	  VICTIM }, OUTCOME_ALLOW_WITH_REDACTION, "V-VICTIM" },
	{ "a version that is marked stricter", { PLAIN, "+" INDICATOR("Beacon", SECRET) }, OUTCOME_ROUTE, "M-RED" },
	{ "a version that is marked less", { INDICATOR("Beacon", SECRET), "+" INDICATOR("Beacon", OPEN) }, OUTCOME_ROUTE, "M-RED" },
	{ "no version lends a marking", { INDICATOR("Beacon", ""), "+" PLAIN }, OUTCOME_DENY, "M-UNKNOWN" },
	{ "a version under a marking that nobody knows", { PLAIN, "+" INDICATOR("Beacon", COMMUNITY "," OWN_MARK) }, OUTCOME_DENY, "M-UNKNOWN" },
	{ "a marking of its own", { INDICATOR("Beacon", COMMUNITY "," OWN_MARK), STATEMENT }, OUTCOME_ALLOW, "" },
	{ "a marking with two meanings is unknown", { INDICATOR("Beacon", COMMUNITY "," OWN_MARK), STATEMENT, "+" POLICY }, OUTCOME_DENY, "M-UNKNOWN" },
	{ "whichever of the meanings comes first", { INDICATOR("Beacon", COMMUNITY "," OWN_MARK), POLICY, "+" STATEMENT }, OUTCOME_DENY, "M-UNKNOWN" },
};
/* clang-format on */

static void
check_versions(void **state)
{
	const struct versions_case *c = *state;
	CLEANUP(world_free) struct world w = world_new();

	for (size_t i = 0; i < OBJECTS && c->object[i] != NULL; i++) {
		bool other = c->object[i][0] == '+';
		struct agreement_item *item = world_add(&w, str_of(c->object[i] + (other ? 1 : 0)));

		item->selected = i == 0;
	}
	world_decide(&w);
	assert_int_equal(w.got->len, 1);
	const struct agreement_decision *d = world_about(&w, "0100");
	assert_string_equal(outcome_name(d->outcome), outcome_name(c->want));
	assert_string_equal(world_codes(&w, d), c->codes);
	assert_true(str_find(d->bytes, S("Gira")) == SIZE_MAX);
	if (c->want == OUTCOME_ALLOW)
		assert_true(str_eq(d->bytes, str_of(c->object[0])));
	world_replay(&w, d);
}

/* ---- a mailbox that somebody agreed to ---- */

#define MAILBOX                                                                         \
	"{\"type\":\"email-addr\",\"spec_version\":\"2.1\",\"id\":\"email-addr--" UUID( \
	    "0020") "\",\"value\":\"asha@gvv-grid.example\"," GREEN "}"
#define OF(n)                                                                       \
	HEAD("relationship", "0021")                                                \
	",\"relationship_type\":\"related-to\",\"source_ref\":\"email-addr--" UUID( \
	    "0020") "\",\"target_ref\":\"identity--" UUID(n) "\"," GREEN "}"

static bool
is_personal_withheld(const char *second)
{
	static const struct consent consent = { .identity = { "identity--" UUID("0011"), 46 },
		.scope = CONSENT_PERSONAL,
		.until = TIME_NEVER };
	CLEANUP(world_free) struct world w = world_new();

	world_splice(&w, world_member(&w, "personal_data")->raw,
	    "{\"clause\":\"5\",\"allowed_classes\":[\"email\"]}");
	w.request.consent = &consent;
	w.request.consents = 1;
	world_add(&w, S(MAILBOX));
	world_add(&w, S(OF("0011")))->selected = false;
	if (second != NULL) {
		world_add(&w, str_of(second))->selected = false;
	}
	world_decide(&w);
	return str_find(world_about(&w, "0020")->facts, S("\"withheld\"")) != SIZE_MAX;
}

/* A link opens a mailbox only when all that is held of it says so. */
static void
check_consent(void **)
{
	assert_false(is_personal_withheld(NULL));
	assert_true(is_personal_withheld(OF("0010")));
}

/* ---- what is no such request ---- */

static enum err
decide_list(struct world *w)
{
	const struct agreement_decisions *got = NULL;

	w->request.item = w->item;
	w->request.standing = &w->standing;
	return agreement_decide(w->a, &w->request, &got, NULL);
}

static void
check_order(void **)
{
	CLEANUP(world_free) struct world w = world_new();

	world_add(&w, S(VICTIM));
	world_add(&w, S(VICTIM)); /* another version is never asked for */
	assert_int_equal(decide_list(&w), ERR_INVALID);
	w.item[1].selected = false;
	assert_int_equal(decide_list(&w), OK);
	world_add(&w, S(SECTOR));
	world_add(&w, S(VICTIM))->selected = false; /* and stands beside the first */
	assert_int_equal(decide_list(&w), ERR_INVALID);
}

int
main(int argc, char **argv)
{
	static struct cases list;

	CASES(&list, versions_cases, check_versions);
	CASE(&list, check_consent);
	CASE(&list, check_order);
	return cases_run("versions", &list, argc, argv);
}
