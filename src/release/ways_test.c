/* By which ways something came, what hangs together, and who has signed. */
#include "cases.h"
#include "dsse.h"
#include "fixture_p.h"

/* ---- provenance ---- */

struct import_job {
	struct office *o;
	struct str text;
	struct str giver; /* empty: our own */
};

static enum err
import_as(struct db *db, void *arg, struct why *why)
{
	const struct import_job *job = arg;
	struct office *o = job->o;
	struct collection local;
	struct import_result result;

	TRY(store_collection_find(db, o->arena, S("local"), &local, why));
	const struct import_request request = {
		.text = job->text,
		.source = S("test"),
		.actor = S("test"),
		.shard_key = local.shard_key,
		.provenance = { .owner = S("IN:CERT-IN"),
		    .enclave = S("main"),
		    .originator = job->giver.len > 0 ? job->giver : S("IN:CERT-IN"),
		    .giver = job->giver,
		    .received_under = job->giver.len > 0 ? S("IJ") : S("") },
		.now = clock_wall(&o->clock),
	};
	return store_import(db, o->arena, &request, &result, why);
}

static void
import_from(struct office *o, const char *giver, unsigned version)
{
	struct import_job job = { .o = o,
		.giver = str_of(giver),
		.text = arena_printf(o->arena,
		    "{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"id\":\"" STR_FMT "\","
		    "\"created\":\"2026-01-01T00:00:00.000Z\",\"modified\":\"2026-01-01T00:00:0%u.000Z\","
		    "\"pattern\":\"[ipv4-addr:value = '203.0.113.7']\",\"pattern_type\":\"stix\","
		    "\"valid_from\":\"2026-01-01T00:00:00Z\",\"object_marking_refs\":[\"" AMBER
		    "\"]}",
		    STR_ARG(office_indicator(o, 1)), version) };

	WORKS(o, realm_with_writer(o->realm, import_as, &job, &o->why));
}

/* What is decided about indicator 1. */
static const struct agreement_decision *
decide_one(struct office *o, const char *to)
{
	struct release_send send = office_order(o, 1, 1);
	struct release_sent sent = { 0 };

	send.ask.to = str_of(to);
	WORKS(o, office_try_send(o, &send, &sent));
	office_settle(o);
	office_wait(o, 60);
	return agreement_decision_about(sent.decisions, office_indicator(o, 1));
}

/* clang-format off */
static const struct way_case {
	const char *name;
	const char *giver[3]; /* of each import; "" our own, NULL the end */
	bool newer;           /* each import is a newer version */
	enum outcome outcome;
} way_cases[] = {
	{ "our own goes",                                     { "", NULL },             false, OUTCOME_ALLOW },
	{ "what the recipient gave stays",                    { "JP:JPCERT", NULL },    false, OUTCOME_DENY },
	{ "imported again as our own it is still theirs",     { "JP:JPCERT", "", NULL }, false, OUTCOME_DENY },
	{ "a newer version of our own washes nothing",        { "JP:JPCERT", "", NULL }, true,  OUTCOME_DENY },
	{ "given by two, it goes back to neither",            { "JP:NCO", "JP:JPCERT", NULL }, true, OUTCOME_DENY },
	{ "ours first, then given: it is known there",        { "", "JP:JPCERT", NULL }, true,  OUTCOME_DENY },
};
/* clang-format on */

static void
check_way(void **state)
{
	const struct way_case *c = *state;
	CLEANUP(office_closep) struct office o;

	office_open(&o);
	for (unsigned i = 0; c->giver[i] != NULL; i++)
		import_from(&o, c->giver[i], c->newer ? i + 1 : 1);
	const struct agreement_decision *d = decide_one(&o, "JP:JPCERT");
	assert_int_equal(d->outcome, c->outcome);
	if (c->outcome == OUTCOME_DENY)
		assert_true(str_is(d->code[0], "O-ORCON"));
}

/* ---- what hangs together ---- */

#define HEAD(type, id)                                                                        \
	"{\"type\":\"" type "\",\"spec_version\":\"2.1\",\"id\":\"" type "--" id "\","        \
	"\"created\":\"2026-01-01T00:00:00.000Z\",\"modified\":\"2026-01-01T00:00:00.000Z\"," \
	"\"object_marking_refs\":[\"" GREEN "\"]"

#define VICTIM "identity--00000000-0000-4000-8000-0000000000aa"
#define LOADER "malware--00000000-0000-4000-8000-0000000000bb"

/* Indicator 1 and `links` relationships to it from `other`; the last comes from a victim. */
static void
import_hub(struct office *o, unsigned links, const char *other)
{
	CLEANUP(buf_free) struct buf text = buf_new(16 * MIB);

	office_import(o, 1, 1, "");
	buf_put(&text,
	    S("{\"type\":\"bundle\",\"id\":\"bundle--00000000-0000-4000-8000-000000000001\","
	      "\"objects\":[" HEAD("identity",
	          "00000000-0000-4000-8000-0000000000aa") ",\"name\":\"Surat Ring Main\",\"identity_class\":\"organization\"}"));
	for (unsigned i = 1; i <= links; i++)
		buf_printf(&text,
		    "," HEAD("relationship",
		        "00000000-0000-4000-8000-%012u") ",\"relationship_type\":"
		                                         "\"related-to\",\"source_ref\":\"%s\",\"target_ref\":\"" STR_FMT
		                                         "\"}",
		    1000 + i, i == links ? VICTIM : other, STR_ARG(office_indicator(o, 1)));
	buf_put(&text, S("]}"));
	assert_false(text.full);
	office_import_text(o, buf_str(&text), S("IN:CERT-IN"));
}

/* Each of them is looked at: the one that tells is the last. */
static void
check_referrers(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	office_open(&o);
	import_hub(&o, 300, VICTIM);
	assert_int_equal(decide_one(&o, "JP:JPCERT")->outcome, OUTCOME_ALLOW_WITH_REDACTION);
}

/* What ties to nobody is passed over, however much there is of it; the one that
 * tells is found behind it. */
static void
check_popular(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	office_open(&o);
	import_hub(&o, 5000, LOADER);
	assert_int_equal(decide_one(&o, "JP:JPCERT")->outcome, OUTCOME_ALLOW_WITH_REDACTION);
}

/* More than can be looked at: refused, and nothing is recorded as released. */
static void
check_hub(void **state)
{
	CLEANUP(office_closep) struct office o;
	struct release_send send;
	struct release_sent sent = { 0 };

	(void)state;
	office_open(&o);
	import_hub(&o, 2100, VICTIM);
	send = office_order(&o, 1, 1);
	assert_int_equal(office_try_send(&o, &send, &sent), ERR_LIMIT);
	assert_string_equal(o.why.code, "release.hub");
	assert_int_equal(office_count(&o, "SELECT count(*) FROM release_item"), 0);
}

/* ---- a draft ---- */

/* A second agreement, with JP:LAB, that only we have signed. */
static struct str
draft(struct office *o)
{
	struct str template =
	    office_replaced(o, office_agreement_text(), "\"id\":\"IJ\"", "\"id\":\"DRAFT\"");

	return office_draft(o, office_replaced(o, template, "JP:NCO", "JP:LAB"));
}

static void
check_draft(void **state)
{
	CLEANUP(office_closep) struct office o;
	struct str envelope;

	(void)state;
	office_open(&o);
	office_import(&o, 1, 1, "");
	envelope = draft(&o);
	const struct agreement_decision *d = decide_one(&o, "JP:LAB");
	assert_int_equal(d->outcome, OUTCOME_DENY);
	assert_true(str_is(d->code[0], "A-NOTINFORCE"));
	/* The one that is in force is none the worse for it. */
	assert_int_equal(decide_one(&o, "JP:JPCERT")->outcome, OUTCOME_ALLOW);
	office_countersign(&o, envelope);
	assert_int_equal(decide_one(&o, "JP:LAB")->outcome, OUTCOME_ALLOW);
}

int
main(int argc, char **argv)
{
	static struct cases list;

	CASES(&list, way_cases, check_way);
	CASE(&list, check_referrers);
	CASE(&list, check_popular);
	CASE(&list, check_hub);
	CASE(&list, check_draft);
	return cases_run("ways", &list, argc, argv);
}
