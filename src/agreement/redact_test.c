#include "agreement.h"
#include "cases.h"
#include "codec.h"
#include "fixture_p.h"

/* ---- single copies ---- */

#define VICTIM                                                        \
	HEAD("identity", "0010")                                      \
	",\"name\":\"Gujarat Vidyut Vitran Ltd\",\"identity_class\":" \
	"\"organization\",\"sectors\":[\"energy\"]," AMBER "}"
#define TIE(type)                                                      \
	HEAD("relationship", "0012")                                   \
	",\"relationship_type\":\"related-to\",\"source_ref\":\"" type \
	"--" UUID("0011") "\",\"target_ref\":\"identity--" UUID("0010") "\"," AMBER "}"
#define COPY(type)                                                       \
	"{\"type\":\"" type "\",\"spec_version\":\"2.1\",\"id\":\"" type \
	"--00000000-0000-4000-a000-000000000002\","                      \
	"\"created\":\"2026-11-20T09:00:00.000Z\",\"modified\":\"2026-11-20T09:00:00.000Z\","
#define END "\"created_by_ref\":\"" REDACTION "\"," AMBER "}"

/* clang-format off */
static const struct copy_case {
	const char *name;
	const char *object; /* id ...0011, the second item */
	const char *tie;    /* NULL: it is not tied */
	const char *want;
} copy_cases[] = {
	{ "an incident keeps its labels and gets a name of its sector",
	  HEAD("incident", "0011") ",\"name\":\"Gujarat\",\"description\":\"d\",\"labels\":[\"wiper\",\"ring main surat\",\"gujarat-vidyut-vitran\"],\"x_note\":\"n\"," AMBER "}",
	  TIE("incident"), COPY("incident") "\"name\":\"Incident, sector energy\",\"labels\":[\"wiper\"]," END },
	{ "an indicator keeps its pattern; times are cut to the hour, an end is rounded up",
	  HEAD("indicator", "0011") ",\"name\":\"n\",\"pattern\":\"[ipv4-addr:value = '203.0.113.7']\",\"pattern_type\":\"stix\","
	  "\"valid_from\":\"2026-11-19T07:31:42.123Z\",\"valid_until\":\"2026-11-19T07:45:00Z\",\"confidence\":80," AMBER "}",
	  TIE("indicator"), COPY("indicator") "\"name\":\"Indicator\",\"pattern\":\"[ipv4-addr:value = '203.0.113.7']\",\"pattern_type\":\"stix\","
	  "\"valid_from\":\"2026-11-19T07:00:00.000Z\",\"valid_until\":\"2026-11-19T08:00:00.000Z\",\"confidence\":80," END },
	{ "numbers of public catalogues stay",
	  HEAD("vulnerability", "0011") ",\"name\":\"CVE-2026-12345\",\"external_references\":[{\"source_name\":\"cve\",\"external_id\":\"CVE-2026-12345\","
	  "\"description\":\"d\"},{\"source_name\":\"ticket\",\"external_id\":\"17\"}]," AMBER "}",
	  TIE("vulnerability"), COPY("vulnerability") "\"name\":\"CVE-2026-12345\",\"external_references\":[{\"source_name\":\"cve\","
	  "\"external_id\":\"CVE-2026-12345\"}]," END },
	{ "what only looks like such a number goes",
	  HEAD("incident", "0011") ",\"name\":\"CVE-SURAT-GRID\",\"external_references\":[{\"source_name\":\"mitre-attack\","
	  "\"external_id\":\"TEPCO\"},{\"source_name\":\"mitre-attack\",\"external_id\":\"T1059.001\"},"
	  "{\"source_name\":\"cwe\",\"external_id\":\"CWE-79-SURAT\"},{\"source_name\":\"capec\",\"external_id\":\"CAPEC-\"},"
	  "{\"source_name\":\"mitre-attack\",\"external_id\":\"T12345\"}]," AMBER "}",
	  TIE("incident"), COPY("incident") "\"name\":\"Incident, sector energy\",\"external_references\":[{\"source_name\":\"mitre-attack\","
	  "\"external_id\":\"T1059.001\"}]," END },
	{ "of open vocabularies only the words of the specification stay",
	  HEAD("malware", "0011") ",\"name\":\"TEPCO\",\"is_family\":false,\"capabilities\":[\"anti-vm\",\"blackout of the ring main\"],"
	  "\"malware_types\":[\"victim of surat\"],\"architecture_execution_envs\":[\"surat relay hall\",\"x86\"],\"kill_chain_phases\":["
	  "{\"kill_chain_name\":\"ring main of surat\",\"phase_name\":\"x\"},{\"kill_chain_name\":\"mitre-attack\",\"phase_name\":\"surat\"},"
	  "{\"kill_chain_name\":\"mitre-attack\",\"phase_name\":\"impact\",\"x_at\":\"surat\"}],\"lang\":\"en-surat\",\"summary\":\"prose\","
	  "\"pattern\":\"prose\",\"product\":\"surat-scanner\",\"hashes\":{\"SHA-256\":\"surat\",\"surat\":\"00\",\"MD5\":\"9e107d9d\"},"
	  "\"marking_ref\":\"surat\",\"sample_refs\":\"surat\",\"hit_surat_ref\":\"identity--" UUID("0001") "\"," AMBER "}",
	  TIE("malware"), COPY("malware") "\"name\":\"Malware\",\"is_family\":false,\"capabilities\":[\"anti-vm\"],"
	  "\"architecture_execution_envs\":[\"x86\"],\"kill_chain_phases\":[{\"kill_chain_name\":\"mitre-attack\",\"phase_name\":\"impact\"}],"
	  "\"product\":\"anonymized\",\"hashes\":{\"MD5\":\"9e107d9d\"}," END },
	{ "a place keeps country and region",
	  HEAD("location", "0011") ",\"name\":\"n\",\"latitude\":21.1,\"longitude\":72.8,\"city\":\"Surat\",\"country\":\"IN\",\"region\":\"southern-asia\"," AMBER "}",
	  TIE("location"), COPY("location") "\"name\":\"Location\",\"country\":\"IN\",\"region\":\"southern-asia\"," END },
	{ "what is only linked to something private keeps its text",
	  HEAD("malware", "0011") ",\"created_by_ref\":\"identity--" UUID("7777") "\",\"name\":\"PlugX\",\"is_family\":true,\"description\":\"d\","
	  "\"first_seen\":\"2026-11-19T07:31:42.123Z\"," AMBER "}",
	  NULL, COPY("malware") "\"name\":\"PlugX\",\"is_family\":true,\"description\":\"d\",\"first_seen\":\"2026-11-19T07:00:00.000Z\"," END },
	/* SI-049, SI-080, SI-064: what loses a part is another object */
	{ "a marking of a part that went marks the whole",
	  HEAD("malware", "0011") ",\"name\":\"n\",\"is_family\":true,\"description\":\"d\"," GREEN ",\"granular_markings\":[{\"marking_ref\":"
	  "\"marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421\",\"selectors\":[\"description\"]}]}",
	  TIE("malware"), COPY("malware") "\"name\":\"Malware\",\"is_family\":true,\"created_by_ref\":\"" REDACTION "\",\"object_marking_refs\":["
	  "\"marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb\",\"marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421\"]}" },
	{ "a marking of a part that stays stays",
	  HEAD("malware", "0011") ",\"created_by_ref\":\"identity--" UUID("7777") "\",\"name\":\"n\",\"is_family\":true," GREEN ",\"granular_markings\":["
	  "{\"marking_ref\":\"marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421\",\"selectors\":[\"name\"]}]}",
	  NULL, COPY("malware") "\"name\":\"n\",\"is_family\":true,\"created_by_ref\":\"" REDACTION "\",\"object_marking_refs\":["
	  "\"marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb\"],\"granular_markings\":[{\"marking_ref\":"
	  "\"marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421\",\"selectors\":[\"name\"]}]}" },
};
/* clang-format on */

static void
check_copy(void **state)
{
	const struct copy_case *c = *state;
	CLEANUP(world_free) struct world w = world_new();

	world_add(&w, S(VICTIM));
	world_add(&w, str_of(c->object));
	if (c->tie != NULL)
		world_add(&w, str_of(c->tie));
	world_decide(&w);

	const struct agreement_decision *d = world_about(&w, "0011");
	if (!str_is(d->bytes, c->want))
		fail_msg("got  %.*s\nwant %s\n" STR_FMT, STR_ARG(d->bytes), c->want,
		    STR_ARG(d->why.json));
	assert_int_equal(d->outcome, OUTCOME_ALLOW_WITH_REDACTION);
	assert_true(d->changes > 0);
}

/* What only speaks of others says how in the words of the specification. */
static void
check_relationship(void **state)
{
	CLEANUP(world_free) struct world w = world_new();

	(void)state;
	world_add(&w, S(VICTIM));
	world_add(&w, S(HEAD("incident", "0011") ",\"name\":\"n\"," AMBER "}"));
	world_add(&w, S(TIE("incident")));
	world_add(&w, S(HEAD("malware", "0013") ",\"name\":\"n\",\"is_family\":true," AMBER "}"));
	world_add(&w,
	    S(HEAD("relationship", "0014") ",\"relationship_type\":\"hit-surat-substation-seven\",\"source_ref\":\"incident--" UUID(
	        "0011") "\",\"target_ref\":\"malware--" UUID("0013") "\"," AMBER "}"));
	world_decide(&w);

	const struct agreement_decision *d = world_about(&w, "0014");
	assert_int_equal(d->outcome, OUTCOME_ALLOW_WITH_REDACTION);
	assert_int_not_equal(str_find(d->bytes, S("\"relationship_type\":\"related-to\"")),
	    SIZE_MAX);
}

/* Parts of a name are one when they follow each other. */
static void
check_parts(void **state)
{
	CLEANUP(world_free) struct world w = world_new();

	(void)state;
	world_add(&w, S(VICTIM));
	world_add(&w,
	    S(HEAD("campaign",
	        "0011") ",\"name\":\"n\",\"x_a\":\"At Gujarat\",\"first_seen\":"
	                "\"2026-11-19T07:31:42.123Z\",\"x_b\":{\"x_c\":\"Vidyut Vitran\"}," AMBER
	                "}"));
	world_add(&w,
	    S(HEAD("campaign",
	        "0013") ",\"name\":\"Vidyut\",\"description\":\"Vitran, in Gujarat\"," AMBER "}"));
	world_decide(&w);
	assert_int_equal(world_about(&w, "0011")->outcome, OUTCOME_ALLOW_WITH_REDACTION);
	assert_int_equal(str_find(world_about(&w, "0011")->bytes, S("Gujarat")), SIZE_MAX);
	assert_int_equal(world_about(&w, "0013")->outcome, OUTCOME_ALLOW);
}

/* An order fixes the times; a later version of a copy keeps its creation. */
static void
check_times(void **state)
{
	CLEANUP(world_free) struct world w = world_new();
	struct agreement_item *item;

	(void)state;
	item = world_add(&w, S(HEAD("malware", "0011") ",\"created_by_ref\":\"identity--" UUID(
	                         "7777") "\",\"name\":\"n\",\"is_family\":true," AMBER "}"));
	assert_true(time_parse(S("2026-11-01T00:00:00.999Z"), &item->copy_created));
	assert_true(time_parse(S("2026-11-02T00:00:00Z"), &item->copy_modified));
	world_decide(&w);
	assert_int_not_equal(
	    str_find(world_about(&w, "0011")->bytes,
	        S("\"created\":\"2026-11-01T00:00:00.000Z\",\"modified\":\"2026-11-02T00:00:00.000Z\"")),
	    SIZE_MAX);
}

/* Versions of a source that went as a copy are versions of that copy. */
static void
check_known_as_copy(void **state)
{
	CLEANUP(world_free) struct world w = world_new();
	struct agreement_item *item;
	const struct agreement_decision *d;

	(void)state;
	item = world_add(&w,
	    S(HEAD("malware", "0011") ",\"name\":\"K\",\"is_family\":true," GREEN "}"));
	item->delivered = DELIVERED_COPY;
	world_decide(&w);
	d = world_about(&w, "0011");
	assert_int_equal(d->outcome, OUTCOME_ALLOW_WITH_REDACTION);
	assert_true(str_eq(d->leaving_id, d->item->copy_id));
	assert_int_equal(str_find(d->bytes, d->item->object.id), SIZE_MAX);
	world_replay(&w, d);
}

static void
check_no_copy_id(void **state)
{
	CLEANUP(world_free) struct world w = world_new();
	struct agreement_item *item;

	(void)state;
	item = world_add(&w, S(HEAD("malware", "0011") ",\"created_by_ref\":\"identity--" UUID(
	                         "7777") "\",\"name\":\"n\",\"is_family\":true," AMBER "}"));
	item->copy_id = item->object.id;
	world_decide(&w);
	assert_int_equal(world_about(&w, "0011")->outcome, OUTCOME_DENY);
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	CASES(&cases, copy_cases, check_copy);
	CASE(&cases, check_relationship);
	CASE(&cases, check_parts);
	CASE(&cases, check_times);
	CASE(&cases, check_known_as_copy);
	CASE(&cases, check_no_copy_id);
	return cases_run("redact", &cases, argc, argv);
}
