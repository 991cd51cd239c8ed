#include "agreement.h"
#include "cases.h"
#include "fixture_p.h"
#include "pseudonym.h"

#define SECRET "an invented secret of thirty-two"

#define VICTIM(n, name)     \
	HEAD("identity", n) \
	",\"name\":\"" name \
	"\",\"identity_class\":\"organization\",\"sectors\":[\"energy\"]," AMBER "}"
#define LINK(n, from, to)                                                                     \
	HEAD("relationship", n)                                                               \
	",\"relationship_type\":\"targets\",\"source_ref\":\"" from "\",\"target_ref\":\"" to \
	"\"," AMBER "}"

static void
map_pseudonyms(struct world *w)
{
	qsort(w->item, w->request.items, sizeof(w->item[0]), world_order);
	w->request.item = w->item;
	w->request.standing = &w->standing;
	assert_int_equal(agreement_pseudonyms(w->a, S(SECRET), &w->request, &w->request.pseudonyms,
	                     &w->request.pseudonym, NULL),
	    OK);
}

static void
replay_all(struct world *w)
{
	for (size_t i = 0; i < w->got->len; i++)
		world_replay(w, &w->got->decision[i]);
}

static void
assert_has(const struct agreement_decision *d, const char *text)
{
	if (str_find(d->bytes, str_of(text)) == SIZE_MAX)
		fail_msg("%s is not in " STR_FMT " (" STR_FMT ")", text, STR_ARG(d->bytes),
		    STR_ARG(d->why.json));
}

static void
assert_lacks(const struct agreement_decision *d, const char *text)
{
	if (str_find(d->bytes, str_of(text)) != SIZE_MAX)
		fail_msg("%s is in " STR_FMT, text, STR_ARG(d->bytes));
}

/* ---- instead of a victim ---- */

static void
add_two_victims(struct world *w)
{
	world_add(w, S(VICTIM("0010", "Gujarat Vidyut Vitran Ltd")));
	world_add(w, S(VICTIM("0011", "Surat Power Private Limited")));
	world_add(w, S(HEAD("location", "0012") ",\"country\":\"IN\"," CLEAR "}"));
	for (int i = 0; i < 2; i++) {
		struct str id = i == 0 ? S("0010") : S("0011");

		world_add(w,
		    arena_printf(w->a,
		        "{\"type\":\"relationship\",\"spec_version\":\"2.1\",\"id\":\"relationship--" UUID(
		            "002%d") "\"," TIMES
		                     ",\"relationship_type\":\"located-at\",\"source_ref\":\"identity--" UUID(
		                         "%.*s") "\",\"target_ref\":\"location--" UUID("0012") "\"," AMBER
		                                                                               "}",
		        i, STR_ARG(id)));
	}
	world_add(w, S(HEAD("incident", "0030") ",\"name\":\"n\"," AMBER "}"));
	world_add(w, S(LINK("0031", "incident--" UUID("0030"), "identity--" UUID("0010"))));
}

static void
check_class_identity(void **state)
{
	CLEANUP(world_free) struct world w = world_new();
	const struct agreement_decision *a, *b;

	(void)state;
	world_ruling(&w, "victim.identity", "redact");
	world_method(&w, "victim", "person", "generalise");
	add_two_victims(&w);
	world_decide(&w);
	a = world_about(&w, "0010");
	b = world_about(&w, "0011");
	assert_int_equal(a->outcome, OUTCOME_ALLOW_WITH_REDACTION);
	assert_has(a,
	    "\"name\":\"Energy, India\",\"identity_class\":\"class\",\"sectors\":[\"energy\"]");
	/* Two victims of one class are one identity: nobody sees that they are two. */
	assert_true(str_eq(a->bytes, b->bytes));
	assert_true(str_eq(a->leaving_id, b->leaving_id));
	assert_false(str_eq(a->leaving_id, a->item->copy_id));
	assert_has(world_about(&w, "0030"), "\"name\":\"Incident: Energy, India\"");
	assert_has(world_about(&w, "0031"), arena_cstr(w.a, a->leaving_id));
	replay_all(&w);
}

/* The agreement may say how, a category still says whether. */
static void
check_category_wins(void **state)
{
	CLEANUP(world_free) struct world w = world_new();

	(void)state;
	world_method(&w, "victim", "person", "generalise");
	add_two_victims(&w);
	world_decide(&w);
	assert_int_equal(world_about(&w, "0010")->outcome, OUTCOME_DENY);
	assert_lacks(world_about(&w, "0031"), "identity--");
	assert_has(world_about(&w, "0030"), "\"name\":\"Incident: Energy, India\"");
	replay_all(&w);
}

/* What would leave is asked about, too: here no class identity may. */
static void
check_result_is_judged(void **state)
{
	static const char text[] =
	    "{\"format\":1,\"id\":\"t\",\"owner\":\"o\",\"review_on\":\"2030-01-01T00:00:00Z\","
	    "\"rules\":[{\"certainty\":\"H\",\"enabled\":true,\"from\":\"2026-01-01T00:00:00Z\","
	    "\"source\":\"s\",\"id\":\"T-1\",\"reason\":\"N-T\",\"ruling\":\"deny\",\"shared\":\"L-BASIS\",\"text\":\"t\","
	    "\"when\":{\"equals\":{\"/identity_class\":[\"class\"]}}}],\"type\":\"torana-rule-pack\","
	    "\"version\":1}";
	CLEANUP(world_free) struct world w = world_new();
	const struct agreement_decision *d;

	(void)state;
	world_ruling(&w, "victim.identity", "redact");
	world_method(&w, "victim", "person", "generalise");
	assert_int_equal(rule_pack_parse(w.a, str_of(text), &w.request.pack[0], NULL), OK);
	w.request.packs = 1;
	add_two_victims(&w);
	world_decide(&w);
	d = world_about(&w, "0010");
	assert_int_equal(d->outcome, OUTCOME_DENY);
	assert_string_equal(world_codes(&w, d), "N-T V-VICTIM");
	assert_int_not_equal(world_about(&w, "0031")->outcome, OUTCOME_ALLOW);
	replay_all(&w);
}

/* ---- keyed pseudonyms ---- */

static void
check_pseudonym(void **state)
{
	CLEANUP(world_free) struct world w = world_new();
	char text[PSEUDONYM_TEXT + 1], other[PSEUDONYM_TEXT + 1];
	struct hash key = pseudonym_key(S(SECRET), S("IJ-MODEL"));
	struct hash another = pseudonym_key(S(SECRET), S("QUAD-MODEL"));

	(void)state;
	pseudonym_text(hash_str(&key), S("GUJARAT VIDYUT-VITRAN"), text);
	pseudonym_text(hash_str(&another), S("GUJARAT VIDYUT-VITRAN"), other);
	assert_string_not_equal(text, other);
	world_ruling(&w, "victim.identity", "redact");
	world_method(&w, "victim", "person", "pseudonym");
	add_two_victims(&w);
	world_add(&w, S(VICTIM("0013", "Gujarat Vidyut Vitran")));
	map_pseudonyms(&w);
	world_decide(&w);
	/* The same name in another object and spelling is the same victim. */
	assert_has(world_about(&w, "0010"), text);
	assert_has(world_about(&w, "0013"), text);
	assert_lacks(world_about(&w, "0011"), text);
	assert_lacks(world_about(&w, "0010"), "ujarat");
	assert_has(world_about(&w, "0030"),
	    arena_cstr(w.a, arena_printf(w.a, "\"x_torana_victim\":\"%s\"", text)));
	replay_all(&w);
}

/* The gate itself has no key: without the map nothing is told. */
static void
check_no_map(void **state)
{
	CLEANUP(world_free) struct world w = world_new();
	struct hash without;

	(void)state;
	world_ruling(&w, "victim.identity", "redact");
	world_method(&w, "victim", "person", "pseudonym");
	add_two_victims(&w);
	world_decide(&w);
	assert_int_equal(world_about(&w, "0010")->outcome, OUTCOME_DENY);
	without = w.got->inputs;
	map_pseudonyms(&w);
	world_decide(&w);
	assert_int_equal(world_about(&w, "0010")->outcome, OUTCOME_ALLOW_WITH_REDACTION);
	assert_false(hash_eq(&without, &w.got->inputs));
}

#define MAILBOX                                                                                         \
	"{\"type\":\"email-addr\",\"spec_version\":\"2.1\",\"id\":\"email-addr--" UUID(                 \
	    "0020") "\",\"value\":\"k.patel@gvv-grid.example\",\"display_name\":\"Kiran Patel\"," AMBER \
	            "}"
#define OBSERVED                                                                                   \
	HEAD("observed-data", "0021")                                                              \
	",\"first_observed\":\"2026-11-19T07:31:42Z\",\"last_observed\":\"2026-11-19T07:31:42Z\"," \
	"\"number_observed\":1,\"object_refs\":[\"email-addr--" UUID(                              \
	    "0020") "\",\"ipv4-addr--" UUID("0022") "\"]," AMBER "}"
#define ADDRESS                                                                       \
	"{\"type\":\"ipv4-addr\",\"spec_version\":\"2.1\",\"id\":\"ipv4-addr--" UUID( \
	    "0022") "\",\"value\":\"203.0.113.7\"," AMBER "}"

static void
check_mailbox(void **state)
{
	static const struct {
		const char *method;
		enum outcome outcome;
		const char *observed; /* stands in the observed data */
	} ways[] = {
		{ "drop", OUTCOME_DENY, "\"object_refs\":[\"ipv4-addr--" },
		{ "generalise", OUTCOME_DENY, "\"object_refs\":[\"ipv4-addr--" },
		{ "count", OUTCOME_DENY,
		    "\"object_refs\":[\"ipv4-addr--" }, /* one of them: no count */
		{ "pseudonym", OUTCOME_ALLOW_WITH_REDACTION, "\"object_refs\":[\"email-addr--" },
	};

	(void)state;
	for (size_t i = 0; i < COUNTOF(ways); i++) {
		CLEANUP(world_free) struct world w = world_new();
		const struct agreement_decision *d;

		world_ruling(&w, "personal.contact", "redact");
		world_method(&w, "email", "account", ways[i].method);
		world_add(&w, S(MAILBOX));
		world_add(&w, S(OBSERVED));
		world_add(&w, S(ADDRESS));
		map_pseudonyms(&w);
		world_decide(&w);
		d = world_about(&w, "0020");
		assert_int_equal(d->outcome, ways[i].outcome);
		assert_has(world_about(&w, "0021"), ways[i].observed);
		assert_lacks(world_about(&w, "0021"), "email-addr--" UUID("0020"));
		if (d->bytes.len > 0)
			assert_has(d, "@pseudonym.invalid\"");
		assert_lacks(d, "gvv");
		replay_all(&w);
	}
}

/* ---- places ---- */

#define NOTE(members) HEAD("incident", "0040") ",\"name\":\"Meter\"," members "," AMBER "}"
/* A category that takes something out of incidents. */
static void
take_out(struct world *w, const char *redact)
{
	world_category(w,
	    arena_cstr(w->a,
	        arena_printf(w->a,
	            "{\"clause\":\"6\",\"code\":\"t\",\"max_tlp\":\"AMBER\",\"reason\":"
	            "\"C-CONTROLLED\",\"redact\":[%s],\"ruling\":\"redact\",\"when\":{\"types\":"
	            "[\"incident\"]}}",
	            redact)));
}

/* clang-format off */
static const struct place_case {
	const char *name;
	const char *redact; /* of a category for incidents */
	const char *object; /* id ...0040 */
	const char *has;
	const char *lacks;
} place_cases[] = {
	{ "drop", "{\"method\":\"drop\",\"pointer\":\"/x_site\"}",
	  NOTE("\"description\":\"Writes at night\",\"x_site\":\"Hall seven of Surat\""), "\"description\":\"Writes at night\"", "x_site" },
	{ "mask keeps the member", "{\"method\":\"mask\",\"pointer\":\"/x_site\"}",
	  NOTE("\"x_site\":\"Hall seven of Surat\""), "\"x_site\":\"[withheld]\"", "Surat" },
	{ "mask of a list", "{\"method\":\"mask\",\"pointer\":\"/x_sites\"}",
	  NOTE("\"x_sites\":[\"Hall seven of Surat\",\"Hall eight\"]"), "\"x_sites\":[\"[withheld]\"]", "Hall" },
	{ "mask of a name that STIX needs", "{\"method\":\"mask\",\"pointer\":\"/name\"}",
	  NOTE("\"x_a\":1"), "\"name\":\"[withheld]\"", "Meter" },
	{ "generalise a name", "{\"method\":\"generalise\",\"pointer\":\"/name\"}", NOTE("\"x_a\":1"), "\"name\":\"Incident\"", "Meter" },
	{ "generalise a time to its day", "{\"method\":\"generalise\",\"pointer\":\"/x_seen\"}",
	  NOTE("\"x_seen\":\"2026-11-19T07:31:42Z\""), "\"x_seen\":\"2026-11-19T00:00:00Z\"", "07:" },
	{ "generalise an IPv4 address", "{\"method\":\"generalise\",\"pointer\":\"/x_ip\"}",
	  NOTE("\"x_ip\":\"192.0.2.77\""), "\"x_ip\":\"192.0.2.0/24\"", ".77" },
	{ "generalise an IPv6 address", "{\"method\":\"generalise\",\"pointer\":\"/x_ip\"}",
	  NOTE("\"x_ip\":\"2001:db8:1:2::7\""), "\"x_ip\":\"2001:db8:1::/48\"", "::7" },
	{ "generalise a number to its first digit", "{\"method\":\"generalise\",\"pointer\":\"/x_lost\"}", NOTE("\"x_lost\":412"), "\"x_lost\":400", "412" },
	{ "generalise what has no coarser form: it goes", "{\"method\":\"generalise\",\"pointer\":\"/x_site\"}",
	  NOTE("\"x_site\":\"Hall seven\""), "Meter", "x_site" },
	{ "pseudonym", "{\"method\":\"pseudonym\",\"pointer\":\"/x_site\"}", NOTE("\"x_site\":\"Hall seven of Surat\""), "\"x_site\":\"p-", "Surat" },
	{ "pseudonym of what is no text: it goes", "{\"method\":\"pseudonym\",\"pointer\":\"/x_site\"}", NOTE("\"x_site\":77123"), "Meter", "x_site" },
	{ "count of a list", "{\"method\":\"count\",\"pointer\":\"/x_files\"}",
	  NOTE("\"x_files\":[\"tender-7.pdf\",\"tender-8.pdf\",\"plan.dwg\",\"a.dwg\",\"b.dwg\"]"), "\"x_files_count\":5", "tender" },
	{ "count below the smallest cell: it goes", "{\"method\":\"count\",\"pointer\":\"/x_files\"}",
	  NOTE("\"x_files\":[\"tender-7.pdf\",\"tender-8.pdf\",\"plan.dwg\",\"a.dwg\"]"), "Meter", "x_files" },
	{ "every element", "{\"method\":\"drop\",\"pointer\":\"/x_rows/*/who\"}",
	  NOTE("\"x_rows\":[{\"who\":\"Kiran of Surat\",\"n\":1},{\"who\":\"Mina\",\"n\":2}]"), "\"x_rows\":[{\"n\":1},{\"n\":2}]", "Kiran" },
	{ "all elements of a list: the list goes", "{\"method\":\"drop\",\"pointer\":\"/labels/*\"}",
	  NOTE("\"labels\":[\"hall-seven\",\"hall-eight\"]"), "Meter", "labels" },
	{ "a reference has nothing that stands for it", "{\"method\":\"mask\",\"pointer\":\"/x_a_ref\"}",
	  NOTE("\"x_a_ref\":\"identity--" UUID("0001") "\""), "Meter", "x_a_ref" },
	{ "an escaped name", "{\"method\":\"drop\",\"pointer\":\"/x_a~1b~0c\"}", NOTE("\"x_a/b~c\":\"Hall seven\""), "Meter", "Hall" },
	{ "two methods at one place: the stricter", "{\"method\":\"mask\",\"pointer\":\"/x_site\"},{\"method\":\"drop\",\"pointer\":\"/x_site\"}",
	  NOTE("\"x_site\":\"Hall seven\""), "Meter", "x_site" },
	{ "one place in another: the outer", "{\"method\":\"mask\",\"pointer\":\"/x_s/at\"},{\"method\":\"drop\",\"pointer\":\"/x_s\"}",
	  NOTE("\"x_s\":{\"at\":\"Hall seven\"}"), "Meter", "x_s" },
	{ "the value in a text of the same object: the text goes", "{\"method\":\"drop\",\"pointer\":\"/x_site\"}",
	  NOTE("\"description\":\"Writes at SURAT HALL-SEVEN\",\"x_site\":\"Surat hall seven\""), "\"name\":\"Incident\"", "SURAT" },
};
/* clang-format on */

static void
check_place(void **state)
{
	const struct place_case *c = *state;
	CLEANUP(world_free) struct world w = world_new();
	const struct agreement_decision *d;

	take_out(&w, c->redact);
	world_add(&w, str_of(c->object));
	map_pseudonyms(&w);
	world_decide(&w);
	d = world_about(&w, "0040");
	assert_int_equal(d->outcome, OUTCOME_ALLOW_WITH_REDACTION);
	assert_true(str_eq(d->code[0], S("C-CONTROLLED")));
	assert_has(d, c->has);
	assert_lacks(d, c->lacks);
	assert_true(d->changes > 0);
	replay_all(&w);
}

/* What one object may not say no other says either. */
static void
check_place_elsewhere(void **state)
{
	CLEANUP(world_free) struct world w = world_new();
	const struct agreement_decision *d;

	(void)state;
	take_out(&w, "{\"method\":\"mask\",\"pointer\":\"/x_site\"}");
	world_add(&w, S(NOTE("\"x_site\":\"Surat hall seven\"")));
	world_add(&w,
	    S(HEAD("malware", "0041") ",\"name\":\"m\",\"is_family\":false,\"description\":"
	                              "\"Found at surat%20hall%20seven\"," AMBER "}"));
	world_decide(&w);
	d = world_about(&w, "0041");
	assert_int_equal(d->outcome, OUTCOME_ALLOW_WITH_REDACTION);
	assert_lacks(d, "surat");
	replay_all(&w);
}

/* ---- parts that are marked higher ---- */

#define REDPART(selector)                                                                   \
	"\"granular_markings\":[{\"marking_ref\":\"marking-definition--e828b379-4e03-4974-" \
	"9ac4-e53a884c97c1\",\"selectors\":[\"" selector "\"]}]"

/* clang-format off */
static const struct part_case {
	const char *name;
	const char *members;
	enum outcome outcome;
	const char *codes;
	const char *has;
	const char *lacks;
} part_cases[] = {
	{ "a member", "\"description\":\"Told by a friend\"," REDPART("description"), OUTCOME_ALLOW_WITH_REDACTION, "M-CEIL", "\"name\":\"m\"", "friend" },
	{ "an element", "\"aliases\":[\"night owl\",\"grey heron\"]," REDPART("aliases.[1]"), OUTCOME_ALLOW_WITH_REDACTION, "M-CEIL", "\"aliases\":[\"night owl\"]", "heron" },
	{ "what STIX needs", "\"is_family\":true," REDPART("name"), OUTCOME_DENY, "D-EMPTY M-CEIL", "", "m" },
	{ "the same words elsewhere go, too", "\"description\":\"grey heron\",\"x_s\":\"Grey Heron!\"," REDPART("description"),
	  OUTCOME_ALLOW_WITH_REDACTION, "M-CEIL V-VICTIM", "\"name\":\"Malware\"", "eron" },
	{ "the identifier of a part that stays is replaced as ever", "\"description\":\"d\"," REDPART("id"), OUTCOME_ALLOW_WITH_REDACTION, "M-CEIL", "\"name\":\"m\"", UUID("0050") },
};
/* clang-format on */

static void
check_part(void **state)
{
	const struct part_case *c = *state;
	CLEANUP(world_free) struct world w = world_new();
	const struct agreement_decision *d;

	world_add(&w,
	    arena_printf(w.a, HEAD("malware", "0050") ",\"name\":\"m\",%s," GREEN "}", c->members));
	world_decide(&w);
	d = world_about(&w, "0050");
	assert_string_equal(world_codes(&w, d), c->codes);
	assert_int_equal(d->outcome, c->outcome);
	assert_has(d, c->has);
	assert_lacks(d, c->lacks);
	assert_lacks(d, "e828b379");
	replay_all(&w);
}

/* E10: a victim's address, observed; its copy would be empty. */
static void
check_instead(void **state)
{
	CLEANUP(world_free) struct world w = world_new();
	const struct agreement_decision *d;

	(void)state;
	world_add(&w, S(VICTIM("0010", "Osaka Gas Works")));
	world_add(&w, S(ADDRESS));
	world_add(&w, S(LINK("0011", "ipv4-addr--" UUID("0022"), "identity--" UUID("0010"))));
	world_add(&w, S(HEAD("observed-data",
	                  "0021") ",\"first_observed\":\"2026-11-19T07:31:42Z\","
	                          "\"last_observed\":\"2026-11-19T07:31:42Z\","
	                          "\"number_observed\":1,\"object_refs\":[\"ipv4-addr--" UUID(
	                              "0022") "\"]," AMBER "}"));
	world_add(&w,
	    S(HEAD("indicator",
	        "0009") ",\"pattern\":\"[ipv4-addr:value = '203.0.113.9']\","
	                "\"pattern_type\":\"stix\",\"valid_from\":\"2026-11-19T07:31:42Z\"," AMBER
	                "}"));
	world_add(&w,
	    S(HEAD("sighting", "0012") ",\"sighting_of_ref\":\"indicator--" UUID(
	        "0009") "\",\"observed_data_refs\":[\"observed-data--" UUID("0021") "\"]," AMBER
	                                                                            "}"));
	world_decide(&w);
	d = world_about(&w, "0021");
	assert_int_equal(d->outcome, OUTCOME_DENY);
	assert_string_equal(world_codes(&w, d), "D-EMPTY");
	assert_true(world_says(&d->would_change,
	    S("A sighting of indicator--" UUID(
	        "0009") " is sent instead: its count by the hour and the sector, no address.")));
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	CASE(&cases, check_class_identity);
	CASE(&cases, check_category_wins);
	CASE(&cases, check_result_is_judged);
	CASE(&cases, check_pseudonym);
	CASE(&cases, check_no_map);
	CASE(&cases, check_mailbox);
	CASES(&cases, place_cases, check_place);
	CASE(&cases, check_place_elsewhere);
	CASES(&cases, part_cases, check_part);
	CASE(&cases, check_instead);
	return cases_run("method", &cases, argc, argv);
}
