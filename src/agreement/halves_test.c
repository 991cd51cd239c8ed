#include "halves.h"

#include "cases.h"
#include "fixture_p.h"

#define ID(type, n) type "--" UUID(n)

#define INCIDENT HEAD("incident", "0011") ",\"name\":\"Outage\"," AMBER "}"
#define MALWARE  HEAD("malware", "0013") ",\"name\":\"PlugX\",\"is_family\":true," AMBER "}"
#define HOSPITAL                 \
	HEAD("identity", "0010") \
	",\"name\":\"City Hospital\",\"identity_class\":\"organization\"," AMBER "}"
#define SECTOR                   \
	HEAD("identity", "0019") \
	",\"name\":\"Hospitals\",\"identity_class\":\"class\"," AMBER "}"
#define OURSELVES                \
	HEAD("identity", "0001") \
	",\"name\":\"CERT-In\",\"identity_class\":\"organization\"," AMBER "}"
#define PLACE HEAD("location", "0018") ",\"region\":\"southern-asia\"," AMBER "}"
#define INDICATOR                                             \
	HEAD("indicator", "0017")                             \
	",\"pattern\":\"[ipv4-addr:value = '203.0.113.7']\"," \
	"\"pattern_type\":\"stix\",\"valid_from\":\"2026-11-19T07:31:42.123Z\"," AMBER "}"
#define LINK(n, how, from, to)                                                                \
	HEAD("relationship", n)                                                               \
	",\"relationship_type\":\"" how "\",\"source_ref\":\"" from "\",\"target_ref\":\"" to \
	"\"," AMBER "}"
#define ADDRESS_ID "ipv4-addr--5c0f3a52-0000-5000-8000-000000000021"
#define ADDRESS                                                                       \
	"{\"type\":\"ipv4-addr\",\"spec_version\":\"2.1\",\"id\":\"" ADDRESS_ID "\"," \
	"\"value\":\"203.0.113.7\"," AMBER "}"
#define MAILBOX                                                        \
	"{\"type\":\"email-addr\",\"spec_version\":\"2.1\","           \
	"\"id\":\"email-addr--5c0f3a52-0000-5000-8000-000000000020\"," \
	"\"value\":\"k.patel@hospital.example\"," AMBER "}"
#define OBSERVED                                                            \
	HEAD("observed-data", "0015")                                       \
	",\"first_observed\":\"2026-11-19T07:31:42Z\","                     \
	"\"last_observed\":\"2026-11-19T07:51:42Z\",\"number_observed\":2," \
	"\"object_refs\":[\"" ADDRESS_ID "\"]," AMBER "}"
#define NOTE(about) \
	HEAD("note", "0014") ",\"content\":\"a text\",\"object_refs\":[\"" about "\"]," AMBER "}"
#define CUSTOM HEAD("x-secret", "0016") ",\"x_text\":\"a text\"," AMBER "}"

/* clang-format off */
static const struct halves_case {
	const char *name;
	const char *object[6];
	const char *id; /* whose half is asked for: the end of it */
	enum half want;
} halves_cases[] = {
	{ "an indicator",                    { INDICATOR }, "0017", HALF_TECHNIQUE },
	{ "malware that a victim reported",  { MALWARE, HOSPITAL, LINK("0020", "targets", ID("malware", "0013"), ID("identity", "0010")) },
	  "0013", HALF_TECHNIQUE },
	{ "that it targets the victim",      { MALWARE, HOSPITAL, LINK("0020", "targets", ID("malware", "0013"), ID("identity", "0010")) },
	  "0020", HALF_VICTIM },
	{ "what the incident uses",          { INCIDENT, MALWARE, LINK("0020", "related-to", ID("incident", "0011"), ID("malware", "0013")) },
	  "0020", HALF_TECHNIQUE },
	{ "the incident is the frame",       { INCIDENT, HOSPITAL, LINK("0020", "targets", ID("incident", "0011"), ID("identity", "0010")) },
	  "0011", HALF_TECHNIQUE },
	{ "an identity",                     { HOSPITAL }, "0010", HALF_VICTIM },
	{ "a sector",                        { SECTOR }, "0019", HALF_TECHNIQUE },
	{ "an organisation of the agreement", { OURSELVES }, "0001", HALF_TECHNIQUE },
	{ "a mailbox",                       { MAILBOX }, "000020", HALF_VICTIM },
	{ "a place",                         { PLACE }, "0018", HALF_VICTIM },
	{ "that it lies there",              { INCIDENT, PLACE, LINK("0020", "related-to", ID("incident", "0011"), ID("location", "0018")) },
	  "0020", HALF_VICTIM },
	{ "an address in no data of a victim", { OBSERVED, ADDRESS }, "000021", HALF_TECHNIQUE },
	{ "data that nobody is tied to",     { OBSERVED, ADDRESS }, "0015", HALF_TECHNIQUE },
	{ "data of the victim",              { OBSERVED, ADDRESS, HOSPITAL, LINK("0020", "related-to", ID("observed-data", "0015"), ID("identity", "0010")) },
	  "0015", HALF_VICTIM },
	{ "an address in data of the victim", { OBSERVED, ADDRESS, HOSPITAL, LINK("0020", "related-to", ID("observed-data", "0015"), ID("identity", "0010")) },
	  "000021", HALF_VICTIM },
	{ "a note on malware",               { NOTE(ID("malware", "0013")), MALWARE }, "0014", HALF_TECHNIQUE },
	{ "a note on the victim",            { NOTE(ID("identity", "0010")), HOSPITAL }, "0014", HALF_VICTIM },
	{ "what nobody knows",               { CUSTOM }, "0016", HALF_VICTIM },
};
/* clang-format on */

static enum half
half_at(struct world *w, const char *id)
{
	const enum half *half = NULL;
	struct why why = { 0 };

	qsort(w->item, w->request.items, sizeof(w->item[0]), world_order);
	w->request.item = w->item;
	w->request.standing = &w->standing;
	if (agreement_halves(w->a, &w->request, &half, &why) != OK)
		fail_msg("%s", why.text);
	for (size_t i = 0; i < w->request.items; i++) {
		if (str_ends(w->item[i].object.id, str_of(id)))
			return half[i];
	}
	fail_msg("there is no %s", id);
	return HALF_VICTIM;
}

static void
check_halves(void **state)
{
	const struct halves_case *c = *state;
	CLEANUP(world_free) struct world w = world_new();

	for (size_t i = 0; i < COUNTOF(c->object) && c->object[i] != NULL; i++)
		(void)world_add(&w, str_of(c->object[i]));
	assert_int_equal(half_at(&w, c->id), c->want);
}

/* Who agreed to be named is the victim all the same. */
static void
check_consent(void **)
{
	static const struct consent consent = {
		.identity = { "identity--" UUID("0010"), 46 },
		.scope = CONSENT_NAME,
		.until = TIME_NEVER,
	};
	CLEANUP(world_free) struct world w = world_new();

	(void)world_add(&w, S(OBSERVED));
	(void)world_add(&w, S(ADDRESS));
	(void)world_add(&w, S(HOSPITAL));
	(void)world_add(&w,
	    S(LINK("0020", "related-to", ID("observed-data", "0015"), ID("identity", "0010"))));
	w.request.consent = &consent;
	w.request.consents = 1;
	assert_int_equal(half_at(&w, "0010"), HALF_VICTIM);
	assert_int_equal(half_at(&w, "0015"), HALF_VICTIM);
	/* And the request is as it was. */
	assert_int_equal(w.request.consents, 1);
}

int
main(int argc, char **argv)
{
	static struct cases list;

	CASES(&list, halves_cases, check_halves);
	CASE(&list, check_consent);
	return cases_run("halves", &list, argc, argv);
}
