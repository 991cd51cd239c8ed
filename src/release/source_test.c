#include "fixture_p.h"

#define RED "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"

/* An import of unmarked indicators that names a source. */
struct brought {
	struct office *office;
	unsigned n;
	const char *named;
	const char *giver;
	const char *marking; /* "": none */
	enum same_version same_version;
};

static enum err
bring_one(struct db *db, const struct brought *b, struct import_result *ret, struct why *why)
{
	struct office *o = b->office;
	struct collection local;
	struct str marking =
	    b->marking[0] == '\0'
	        ? S("")
	        : arena_printf(o->arena, ",\"object_marking_refs\":[\"%s\"]", b->marking);

	TRY(store_collection_find(db, o->arena, S("local"), &local, why));
	const struct import_request request = {
		.text = arena_printf(o->arena,
		    "{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"id\":\"" STR_FMT "\","
		    "\"created\":\"2026-01-01T00:00:00.000Z\",\"modified\":\"2026-01-01T00:00:00.000Z\","
		    "\"indicator_types\":[\"malicious-activity\"],\"name\":\"Number %u\","
		    "\"pattern\":\"[ipv4-addr:value = '203.0.113.%u']\",\"pattern_type\":\"stix\","
		    "\"valid_from\":\"2026-01-01T00:00:00Z\"" STR_FMT "}",
		    STR_ARG(office_indicator(o, b->n)), b->n, b->n, STR_ARG(marking)),
		.source = S("test"),
		.named = str_of(b->named),
		.actor = S("test"),
		.shard_key = local.shard_key,
		.provenance = { .owner = S("IN:CERT-IN"),
		    .enclave = S("main"),
		    .originator = b->giver[0] == '\0' ? S("IN:CERT-IN") : str_of(b->giver),
		    .giver = str_of(b->giver) },
		.now = clock_wall(&o->clock),
		.same_version = b->same_version,
	};
	return store_import(db, o->arena, &request, ret, why);
}

static enum err
bring_any_job(struct db *db, void *arg, struct why *why)
{
	struct import_result result;

	return bring_one(db, arg, &result, why);
}

static enum err
bring_job(struct db *db, void *arg, struct why *why)
{
	struct import_result result;

	TRY(bring_one(db, arg, &result, why));
	if (result.refused > 0)
		fail_msg(STR_FMT, STR_ARG(result.problem[0].message));
	return OK;
}

static void
bring(struct office *o, unsigned n, const char *named, const char *giver, const char *marking)
{
	struct brought b = { o, n, named, giver, marking, SAME_KEEP };

	WORKS(o, realm_with_writer(o->realm, bring_job, &b, &o->why));
}

static struct str
policy(struct office *o, unsigned version, const char *marking, const char *more)
{
	return arena_printf(o->arena,
	    "{\"type\":\"torana-source-policy\",\"format\":1,\"source\":\"attack\","
	    "\"version\":%u,\"marking\":\"%s\",\"reason\":\"published\"%s}",
	    version, marking, more);
}

static void
set(struct office *o, unsigned version, const char *marking, const char *more)
{
	WORKS(o,
	    realm_source_set(o->realm, policy(o, version, marking, more), S("kiran"), &o->why));
}

/* clang-format off */
static const struct marking_case {
	const char *name;
	const char *policy; /* marking of the policy; NULL: none is set */
	const char *more;   /* members of the policy */
	const char *named, *giver, *marking;
	const char *outcome, *code;
} marking_cases[] = {
	{ "without a policy the unmarked stays", NULL, "", "attack", "", "", "DENY", "M-UNKNOWN" },
	{ "a policy speaks for the unmarked", "GREEN", "", "attack", "", "", "ALLOW", "" },
	{ "above the ceiling it stays", "AMBER+STRICT", "", "attack", "", "", "DENY", "M-CEIL" },
	{ "not for an import without a source", "GREEN", "", "", "", "", "DENY", "M-UNKNOWN" },
	{ "not for another source", "GREEN", "", "feed", "", "", "DENY", "M-UNKNOWN" },
	{ "not for another type", "GREEN", ",\"types\":[\"malware\"]", "attack", "", "", "DENY", "M-UNKNOWN" },
	{ "not for another creator", "GREEN", ",\"creators\":[\"identity--x\"]", "attack", "", "", "DENY", "M-UNKNOWN" },
	{ "not for what another organisation gave", "CLEAR", "", "attack", "IN:BANK", "", "DENY", "M-UNKNOWN" },
	{ "an object's own marking wins", "GREEN", "", "attack", "", RED,
	  "ROUTE", "M-RED" },
};
/* clang-format on */

static void
check_marking(void **state)
{
	const struct marking_case *c = *state;
	CLEANUP(office_closep) struct office o;

	office_open(&o);
	bring(&o, 1, c->named, c->giver, c->marking);
	if (c->policy != NULL)
		set(&o, 1, c->policy, c->more);
	struct release_sent sent = office_send(&o, 1, 1);
	const struct agreement_decision *d =
	    agreement_decision_about(sent.decisions, office_indicator(&o, 1));
	assert_non_null(d);
	assert_string_equal(outcome_name(d->outcome), c->outcome);
	bool coded = c->code[0] == '\0';
	for (size_t i = 0; i < d->codes; i++)
		coded |= str_is(d->code[i], c->code);
	assert_true(coded);
	/* What leaves is what came: a policy changes no byte. */
	if (d->outcome == OUTCOME_ALLOW)
		assert_int_equal(str_find(d->bytes, S("marking")), SIZE_MAX);
}

#define AUTHOR "identity--00000000-0000-4000-8000-0000000000aa"

/* clang-format off */
static const struct publisher_case {
	const char *name;
	const char *creators; /* of the policy */
	const char *outcome;
} publisher_cases[] = {
	{ "an author whom nobody named is withheld", "", "ALLOW_WITH_REDACTION" },
	{ "another publisher changes nothing",
	  ",\"creators\":[\"identity--00000000-0000-4000-8000-0000000000bb\"]", "ALLOW_WITH_REDACTION" },
	{ "a publisher is known to all", ",\"creators\":[\"" AUTHOR "\"]", "ALLOW" },
};
/* clang-format on */

/* An indicator that carries a marking of its own and names its author. */
static void
check_publisher(void **state)
{
	const struct publisher_case *c = *state;
	CLEANUP(office_closep) struct office o;

	office_open(&o);
	office_import_text(&o,
	    S("{\"type\":\"identity\",\"spec_version\":\"2.1\",\"id\":\"" AUTHOR
	      "\",\"created\":\"2026-01-01T00:00:00.000Z\",\"modified\":\"2026-01-01T00:00:00.000Z\","
	      "\"name\":\"Threat Almanac Society\",\"identity_class\":\"organization\"}"),
	    S("IN:CERT-IN"));
	office_import_text(&o,
	    arena_printf(o.arena,
	        "{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"id\":\"" STR_FMT "\","
	        "\"created_by_ref\":\"" AUTHOR "\",\"created\":\"2026-01-01T00:00:00.000Z\","
	        "\"modified\":\"2026-01-01T00:00:00.000Z\","
	        "\"indicator_types\":[\"malicious-activity\"],\"name\":\"Relay\","
	        "\"pattern\":\"[ipv4-addr:value = '203.0.113.7']\",\"pattern_type\":\"stix\","
	        "\"valid_from\":\"2026-01-01T00:00:00Z\",\"object_marking_refs\":[\"" GREEN "\"]}",
	        STR_ARG(office_indicator(&o, 1))),
	    S("IN:CERT-IN"));
	set(&o, 1, "GREEN", c->creators);
	struct release_sent sent = office_send(&o, 1, 1);
	const struct agreement_decision *d =
	    agreement_decision_about(sent.decisions, office_indicator(&o, 1));
	assert_non_null(d);
	assert_string_equal(outcome_name(d->outcome), c->outcome);
}

/* What was imported before belongs to the source once it is imported as such. */
static void
check_named_later(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	office_open(&o);
	set(&o, 1, "GREEN", "");
	bring(&o, 1, "", "", "");
	assert_int_equal(office_send(&o, 1, 1).denied, 1);
	bring(&o, 1, "attack", "", "");
	assert_int_equal(office_send(&o, 1, 1).released, 1);
}

/* A version has one wording and the next one a higher number. */
static void
check_older(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	office_open(&o);
	set(&o, 2, "GREEN", "");
	for (unsigned version = 1; version <= 2; version++)
		REFUSES(&o,
		    realm_source_set(o.realm, policy(&o, version, "CLEAR", ""), S("kiran"), &o.why),
		    ERR_CONFLICT, "source.older");
	bring(&o, 1, "attack", "", "");
	set(&o, 3, "AMBER+STRICT", "");
	assert_int_equal(office_send(&o, 1, 1).denied, 1);
}

/* A stricter policy takes back what left under the one before. */
static void
check_tighter(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	office_open(&o);
	set(&o, 1, "GREEN", "");
	bring(&o, 1, "attack", "", "");
	assert_int_equal(office_send(&o, 1, 1).released, 1 + NODE);
	assert_int_equal(office_count(&o, SHOWN "'indicator--%'"), 1);
	set(&o, 2, "AMBER+STRICT", "");
	(void)office_tighten(&o);
	assert_int_equal(office_count(&o, SHOWN "'indicator--%'"), 0);
}

/* clang-format off */
/* SI-046: of two contents of a version the stricter marking counts, whichever is served. */
static const struct disputed_case {
	const char *name;
	enum same_version policy;
	const char *first, *second;
	bool leaves;
} disputed_cases[] = {
	{ "the second has no marking", SAME_KEEP, GREEN, "", true },
	{ "the second has another", SAME_KEEP, GREEN, RED, false },
	{ "the first had another, and is kept", SAME_NEWEST, RED, GREEN, false },
	{ "the first had another of which no one knows what it is", SAME_NEWEST,
	  "marking-definition--00000000-0000-4000-8000-0000000000dd", GREEN, false },
	{ "the newest has a stricter one", SAME_NEWEST, GREEN, RED, false },
	{ "the first had none", SAME_NEWEST, "", GREEN, true },
};
/* clang-format on */

static void
check_disputed(void **state)
{
	const struct disputed_case *c = *state;
	CLEANUP(office_closep) struct office o;

	office_open(&o);
	struct brought b = { &o, 1, "", "", c->first, c->policy };
	WORKS(&o, realm_with_writer(o.realm, bring_job, &b, &o.why));
	b.marking = c->second;
	WORKS(&o, realm_with_writer(o.realm, bring_job, &b, &o.why));
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM object_conflict"), 1);
	struct release_sent sent = office_send(&o, 1, 1);
	const struct agreement_decision *d =
	    agreement_decision_about(sent.decisions, office_indicator(&o, 1));
	assert_non_null(d);
	assert_int_equal(d->outcome == OUTCOME_ALLOW, c->leaves);
}

/* What left is closed by the next turn of the worker, once its version has another content under
 * a stricter marking; and no later content takes the place of what a partner has. */
static void
check_disputed_later(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	office_open(&o);
	struct brought b = { &o, 1, "", "", GREEN, SAME_NEWEST };
	WORKS(&o, realm_with_writer(o.realm, bring_job, &b, &o.why));
	b.n = 2;
	WORKS(&o, realm_with_writer(o.realm, bring_job, &b, &o.why));
	assert_int_equal(office_send(&o, 1, 2).released, 2 + NODE);
	assert_int_equal(office_tighten(&o).decided, 0);
	b = (struct brought){ &o, 1, "", "", RED, SAME_NEWEST };
	WORKS(&o, realm_with_writer(o.realm, bring_job, &b, &o.why));
	assert_int_equal(office_count(&o,
	                     "SELECT COUNT(*) FROM object_conflict WHERE outcome = 'released'"),
	    1);
	struct release_tightened done = office_tighten(&o);
	assert_int_equal(done.decided, 1);
	assert_int_equal(done.closed, 1);
	assert_string_equal(office_item_state(&o, 1), "withdrawn");
	assert_string_equal(office_item_state(&o, 2), "released");
	assert_int_equal(office_count(&o, SHOWN "'indicator--%'"), 1);

	/* The same once more, and one that is not stricter, close nothing. */
	WORKS(&o, realm_with_writer(o.realm, bring_job, &b, &o.why));
	assert_int_equal(office_tighten(&o).decided, 0);
	b = (struct brought){ &o, 2, "", "", "", SAME_KEEP };
	WORKS(&o, realm_with_writer(o.realm, bring_job, &b, &o.why));
	done = office_tighten(&o);
	assert_int_equal(done.decided, 1);
	assert_int_equal(done.closed, 0);
	assert_int_equal(office_tighten(&o).decided, 0);
}

/* A partner that has it already is asked to take it out again. */
static void
check_delivered(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	office_open(&o);
	bring(&o, 1, "", "", GREEN);
	(void)office_send(&o, 1, 1);
	office_receive(&o);
	bring(&o, 1, "", "", RED);
	assert_int_equal(office_tighten(&o).closed, 1);
	assert_string_equal(office_item_state(&o, 1), "recalled");
}

/* What a guest hands in beside what is ours is refused: it makes nobody decide anything again. */
static void
check_guest(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	office_open(&o);
	bring(&o, 1, "", "", GREEN);
	assert_int_equal(office_send(&o, 1, 1).released, 1 + NODE);
	struct brought b = { &o, 1, "", "guest:mole", RED, SAME_NEWEST };
	WORKS(&o, realm_with_writer(o.realm, bring_any_job, &b, &o.why));
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM object_conflict"), 0);
	assert_int_equal(office_tighten(&o).decided, 0);
	assert_int_equal(office_count(&o, SHOWN "'indicator--%'"), 1);
	assert_int_equal(office_send(&o, 1, 1).denied, 0);
}

/* A source that sends ever new contents is not decided about for ever. */
static void
check_flood(void **state)
{
	enum { MANY = 40, KEPT = 16 };
	CLEANUP(office_closep) struct office o;
	size_t decided = 0;

	(void)state;
	office_open(&o);
	bring(&o, 1, "", "", GREEN);
	assert_int_equal(office_send(&o, 1, 1).released, 1 + NODE);
	for (unsigned i = 0; i < MANY; i++) {
		struct str refs = arena_printf(o.arena,
		    GREEN "\",\"marking-definition--00000000-0000-4000-8000-%012u%c", i, '\0');

		bring(&o, 1, "", "", refs.ptr);
		decided += office_tighten(&o).decided;
	}
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM object_conflict"), KEPT);
	assert_true(decided <= KEPT);
	assert_string_equal(office_item_state(&o, 1), "withdrawn");
}

/* A policy that our key did not sign is none, and the audit says so. */
static void
check_forged(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	office_open(&o);
	set(&o, 1, "GREEN", "");
	bring(&o, 1, "attack", "", "");
	/* "marking":"GREEN" of the payload in base64, made another word. */
	office_sql(&o, "UPDATE source_policy SET envelope ="
	               " CAST(replace(envelope, 'payload\":\"ey', 'payload\":\"ez') AS {blob})");
	WORKS(&o, realm_gate_reload(o.realm, &o.why));
	assert_int_equal(office_send(&o, 1, 1).denied, 1);
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	CASES(&cases, marking_cases, check_marking);
	CASES(&cases, publisher_cases, check_publisher);
	CASE(&cases, check_named_later);
	CASE(&cases, check_older);
	CASE(&cases, check_tighter);
	CASES(&cases, disputed_cases, check_disputed);
	CASE(&cases, check_disputed_later);
	CASE(&cases, check_delivered);
	CASE(&cases, check_guest);
	CASE(&cases, check_flood);
	CASE(&cases, check_forged);
	return cases_run("source", &cases, argc, argv);
}
