/* An officer's choice among the contents of a version never loosens what the gate decides. */
#include "content.h"

#include "fixture_p.h"
#include "source_policy.h"

#define AT             "2026-01-01T00:00:00Z"
#define RED            "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"
#define VICTIM         "identity--00000000-0000-4000-8000-0000000000aa"
#define UNDER(marking) ",\"object_marking_refs\":[\"" marking "\"]"
#define ABOUT_VICTIM   ",\"x_about_ref\":\"" VICTIM "\""

/* A content of indicator 1, and how it comes. */
struct coming {
	const char *more;  /* members */
	const char *giver; /* "": our own */
	const char *named; /* the source that the import names */
};

static struct str
text_of(struct office *o, const char *more)
{
	return arena_printf(o->arena,
	    "{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"id\":\"" STR_FMT "\","
	    "\"created\":\"2026-01-01T00:00:00.000Z\",\"modified\":\"2026-01-01T00:00:00.000Z\","
	    "\"indicator_types\":[\"malicious-activity\"],"
	    "\"pattern\":\"[ipv4-addr:value = '203.0.113.1']\",\"pattern_type\":\"stix\","
	    "\"valid_from\":\"2026-01-01T00:00:00Z\"%s}",
	    STR_ARG(office_indicator(o, 1)), more);
}

struct import_job {
	struct office *office;
	const struct coming *coming;
	const char *into; /* a collection */
	struct str text;
};

static enum err
import_job(struct db *db, void *arg, struct why *why)
{
	const struct import_job *job = arg;
	struct office *o = job->office;
	const struct coming *c = job->coming;
	struct collection local;
	struct import_result result;

	TRY(store_collection_find(db, o->arena, str_of(job->into), &local, why));
	const struct import_request request = {
		.text = job->text,
		.source = S("test"),
		.named = str_of(c->named),
		.actor = S("test"),
		.shard_key = local.shard_key,
		.provenance = { .owner = S("IN:CERT-IN"),
		    .enclave = local.enclave,
		    .originator = c->giver[0] == '\0' ? S("IN:CERT-IN") : str_of(c->giver),
		    .giver = str_of(c->giver) },
		.now = clock_wall(&o->clock),
		.same_version = SAME_KEEP,
	};
	return store_import(db, o->arena, &request, &result, why);
}

/* Each a second after the one before. */
static void
come_as(struct office *o, const char *into, struct str text, const struct coming *c)
{
	struct import_job job = { o, c, into, text };

	WORKS(o, realm_with_writer(o->realm, import_job, &job, &o->why));
	office_wait(o, 1);
}

static void
come_to(struct office *o, const char *into, const struct coming *c)
{
	come_as(o, into, text_of(o, c->more), c);
}

static void
come(struct office *o, const struct coming *c)
{
	come_to(o, "local", c);
}

static enum err
collection_job(const struct release_job *job, const void *in, void *out, struct why *why)
{
	const char *enclave = in;
	struct collection c = { .alias = S("desk"),
		.kind = COLLECTION_LOCAL,
		.title = S("Desk"),
		.owner = S("IN:CERT-IN"),
		.enclave = str_of(enclave) };

	(void)out;
	return store_collection_ensure(job->db, job->arena, &c, why);
}

/* The collection "desk", beside "local". */
static void
open_desk(struct office *o, const char *enclave)
{
	WORKS(o, office_try(o, collection_job, enclave, NULL));
}

static enum err
choose_job(const struct release_job *job, const void *in, void *out, struct why *why)
{
	(void)out;
	return release_choose_content(job, in, why);
}

static struct content_choice
choice_of(struct office *o, const char *more)
{
	return (struct content_choice){
		.of = { S("IN:CERT-IN"), S("main") },
		.id = office_indicator(o, 1),
		.version = S(AT),
		.content = hash_of(text_of(o, more)),
		.account = S("meera"),
		.reason = S("the vendor confirmed it"),
	};
}

static void
choose(struct office *o, const char *more)
{
	const struct content_choice choice = choice_of(o, more);

	WORKS(o, office_try(o, choose_job, &choice, NULL));
}

static const struct agreement_decision *
decide(struct office *o)
{
	struct release_sent sent = office_send(o, 1, 1);

	return agreement_decision_about(sent.decisions, office_indicator(o, 1));
}

static void
import_victim(struct office *o)
{
	office_import_text(o,
	    S("{\"type\":\"identity\",\"spec_version\":\"2.1\",\"id\":\"" VICTIM
	      "\",\"created\":\"2026-01-01T00:00:00.000Z\",\"modified\":\"2026-01-01T00:00:00.000Z\","
	      "\"name\":\"Surat Ring Main\",\"identity_class\":\"organization\""
	      ",\"object_marking_refs\":[\"" GREEN "\"]}"),
	    S("IN:CERT-IN"));
}

/* clang-format off */
/* The second is chosen.  What the first held back stays held back. */
static const struct loosening_case {
	const char *name;
	struct coming first, second;
	bool leaves;
} loosening_cases[] = {
	{ "other words under the same marking", { UNDER(GREEN), "", "" }, { UNDER(GREEN) ",\"name\":\"x\"", "", "" }, true },
	{ "a weaker marking",                   { UNDER(RED), "", "" },   { UNDER(GREEN), "", "" }, false },
	{ "a stricter marking",                 { UNDER(GREEN), "", "" }, { UNDER(RED), "", "" }, false },
	{ "a marking where there was none",     { "", "", "" },           { UNDER(GREEN), "", "" }, false },
	{ "a source where there was none",      { "", "", "" },           { ",\"name\":\"x\"", "", "attack" }, false },
	{ "the same source",                    { "", "", "attack" },     { ",\"name\":\"x\"", "", "attack" }, true },
	{ "without the tie to a victim",        { UNDER(GREEN) ABOUT_VICTIM, "", "" }, { UNDER(GREEN), "", "" }, false },
	{ "a bank's weaker marking",            { UNDER(RED), "", "" },   { UNDER(GREEN), "IN:BANK", "" }, false },
	{ "a bank's marking where we have none", { "", "", "" },          { UNDER(GREEN), "IN:BANK", "" }, false },
	{ "ours in the place of a bank's",      { UNDER(RED), "IN:BANK", "" }, { UNDER(GREEN), "", "" }, false },
};
/* clang-format on */

static void
set_policy(struct office *o)
{
	WORKS(o, realm_source_set(o->realm,
	             S("{\"type\":\"torana-source-policy\",\"format\":1,\"source\":\"attack\","
	               "\"version\":1,\"marking\":\"GREEN\",\"reason\":\"published\"}"),
	             S("kiran"), &o->why));
}

static void
check_loosening(void **state)
{
	const struct loosening_case *c = *state;
	CLEANUP(office_closep) struct office o;

	office_open(&o);
	set_policy(&o);
	import_victim(&o);
	come(&o, &c->first);
	come(&o, &c->second);
	choose(&o, c->second.more);
	const struct agreement_decision *d = decide(&o);
	assert_non_null(d);
	assert_int_equal(d->outcome == OUTCOME_ALLOW, c->leaves);
	assert_true(str_eq(d->item->object.raw, text_of(&o, c->second.more)));

	/* Nor when it is changed again: what was served first is served again. */
	if (d->outcome != OUTCOME_DENY)
		return;
	choose(&o, c->first.more);
	d = decide(&o);
	assert_int_not_equal(d->outcome, OUTCOME_ALLOW);
}

/* What a guest handed in is not served in the place of ours, whoever wishes it. */
static void
check_guest(void **state)
{
	CLEANUP(office_closep) struct office o;
	const struct coming own = { UNDER(RED), "", "" }, other = { UNDER(GREEN), "", "" };

	(void)state;
	office_open(&o);
	come(&o, &own);
	come(&o, &other);
	office_sql(&o, "UPDATE object SET giver = 'guest:mole' WHERE version LIKE '%~%'");
	const struct content_choice choice = choice_of(&o, UNDER(GREEN));
	REFUSES(&o, office_try(&o, choose_job, &choice, NULL), ERR_CONFLICT, "store.choice-guest");
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM ledger_leaf WHERE kind = 'choice'"),
	    0);
}

static enum err
take_out_job(const struct release_job *job, const void *in, void *out, struct why *why)
{
	const struct str *id = in;
	struct collection local;
	int64_t changed = 0;

	(void)out;
	TRY(store_collection_find(job->db, job->arena, S("local"), &local, why));
	return store_withdraw(job->db, local.shard_key, *id, job->at, &changed, why);
}

/* Taking the chosen content out and bringing it in again washes nothing off. */
static void
check_washing(void **state)
{
	CLEANUP(office_closep) struct office o;
	const struct coming unmarked = { "", "", "" }, marked = { UNDER(GREEN), "", "" };

	(void)state;
	office_open(&o);
	struct str id = office_indicator(&o, 1);
	come(&o, &unmarked);
	come(&o, &marked);
	choose(&o, marked.more);
	WORKS(&o, office_try(&o, take_out_job, &id, NULL));
	come(&o, &marked);
	assert_int_not_equal(decide(&o)->outcome, OUTCOME_ALLOW);
}

/* The same bytes in another collection do not stand for what lies beside them there. */
static void
check_elsewhere(void **state)
{
	CLEANUP(office_closep) struct office o;
	const struct coming weak = { UNDER(GREEN), "", "" }, strict = { UNDER(RED), "", "" };

	(void)state;
	office_open(&o);
	open_desk(&o, "main");
	come(&o, &weak);
	come_to(&o, "desk", &strict);
	come_to(&o, "desk", &weak);
	choose(&o, weak.more);
	assert_int_equal(decide(&o)->outcome, OUTCOME_DENY);
}

/* A choice gives new dates: they no longer say that we had it before the bank gave it. */
static void
check_observation(void **state)
{
	CLEANUP(office_closep) struct office o;
	const struct coming own = { UNDER(GREEN), "", "" },
	                    given = { UNDER(GREEN) ",\"name\":\"x\"", "IN:BANK", "" };

	(void)state;
	office_open(&o);
	open_desk(&o, "main");
	come_to(&o, "desk", &given);
	come(&o, &own);
	come_to(&o, "desk", &own);
	choose(&o, own.more);
	office_wait(&o, 1);
	choose(&o, given.more);
	const struct agreement_decision *d = decide(&o);
	assert_true(str_eq(d->item->object.raw, text_of(&o, own.more)));
	assert_true(str_is(d->item->giver, "IN:BANK"));
	assert_false(d->item->own_observation);
}

#define TIE "relationship--00000000-0000-4000-8000-0000000000cc"
#define LINK(target)                                                                             \
	"{\"type\":\"relationship\",\"spec_version\":\"2.1\",\"id\":\"" TIE                      \
	"\",\"created\":\"2026-01-01T00:00:00.000Z\",\"modified\":\"2026-01-01T00:00:00.000Z\"," \
	"\"relationship_type\":\"related-to\",\"source_ref\":\"" target "\","                    \
	"\"target_ref\":\"indicator--00000000-0000-4000-8000-000000000001\"" UNDER(GREEN) "}"

/* Our word that it is about a victim counts also when a bank's is served in its place. */
static void
check_tie(void **state)
{
	CLEANUP(office_closep) struct office o;
	const struct coming own = { UNDER(GREEN), "", "" }, given = { "", "IN:BANK", "" };
	struct str theirs = S(LINK("malware--00000000-0000-4000-8000-0000000000bb"));

	(void)state;
	office_open(&o);
	import_victim(&o);
	come(&o, &own);
	come_as(&o, "local", S(LINK(VICTIM)), &own);
	come_as(&o, "local", theirs, &given);
	struct content_choice choice = choice_of(&o, "");
	choice.id = S(TIE);
	choice.content = hash_of(theirs);
	WORKS(&o, office_try(&o, choose_job, &choice, NULL));
	assert_int_equal(decide(&o)->outcome, OUTCOME_ALLOW_WITH_REDACTION);
}

/* It is told where the content lies: whoever works in two enclaves tells the one nothing of
 * the other. */
static void
check_enclave(void **state)
{
	CLEANUP(office_closep) struct office o;
	const struct coming first = { UNDER(GREEN), "", "" },
	                    second = { UNDER(GREEN) ",\"name\":\"x\"", "", "" };

	(void)state;
	office_open(&o);
	open_desk(&o, "legal");
	come_to(&o, "desk", &first);
	come_to(&o, "desk", &second);
	struct content_choice choice = choice_of(&o, second.more);
	choice.of.enclaves = S("main legal");
	WORKS(&o, office_try(&o, choose_job, &choice, NULL));
	struct str said =
	    office_text(&o, "SELECT CAST(entry AS TEXT) FROM ledger_leaf WHERE kind = 'choice'");
	assert_int_not_equal(str_find(said, S("\"enclave\":\"legal\"")), SIZE_MAX);
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM event WHERE name = 'object.chosen'"
	                                  " AND enclave = 'legal'"),
	    1);
	assert_int_equal(office_count(&o,
	                     "SELECT COUNT(*) FROM event WHERE name = 'object.chosen'"),
	    1);
}

/* Who, when and why stand in the ledger, and the people of the compartment are told. */
static void
check_record(void **state)
{
	CLEANUP(office_closep) struct office o;
	const struct coming first = { UNDER(GREEN), "", "" },
	                    second = { UNDER(GREEN) ",\"name\":\"x\"", "", "" };

	(void)state;
	office_open(&o);
	come(&o, &first);
	come(&o, &second);
	choose(&o, second.more);
	struct str said =
	    office_text(&o, "SELECT CAST(entry AS TEXT) FROM ledger_leaf WHERE kind = 'choice'");
	static const char *const parts[] = { "\"account\":\"meera\"",
		"\"at\":\"2026-11-22T03:04:", "\"reason\":\"the vendor confirmed it\"",
		"\"version\":\"" AT "\"" };
	for (size_t i = 0; i < COUNTOF(parts); i++)
		assert_int_not_equal(str_find(said, str_of(parts[i])), SIZE_MAX);
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM event WHERE name = 'object.chosen'"
	                                  " AND owner = 'IN:CERT-IN' AND enclave = 'main'"),
	    1);
}

/* What was released is what is served: also when it was asked back. */
static void
check_released(void **state)
{
	CLEANUP(office_closep) struct office o;
	const struct coming first = { UNDER(GREEN), "", "" },
	                    second = { UNDER(GREEN) ",\"name\":\"x\"", "", "" };

	(void)state;
	office_open(&o);
	come(&o, &first);
	come(&o, &second);
	assert_int_equal(decide(&o)->outcome, OUTCOME_ALLOW);
	const struct content_choice choice = choice_of(&o, second.more);
	REFUSES(&o, office_try(&o, choose_job, &choice, NULL), ERR_CONFLICT,
	    "store.choice-released");
	office_sql(&o, "UPDATE release_item SET state = 'recalled'");
	REFUSES(&o, office_try(&o, choose_job, &choice, NULL), ERR_CONFLICT,
	    "store.choice-released");
}

/* ---- too large to be judged ---- */

enum { LARGE = 4 * MIB };

/* A preview of indicators 1 and 2, or of 2 alone, with little room. */
static enum err
small_job(const struct release_job *job, const void *in, void *out, struct why *why)
{
	CLEANUP(arena_freep) struct arena *small = arena_new(LARGE);
	const struct agreement_decisions *all = NULL;
	struct agreement_request request;
	struct release_job with = *job;

	with.arena = small;
	TRY(release_preview(&with, in, &all, &request, why));
	*(size_t *)out = all->len;
	return OK;
}

/* The order names the object at whose contents it ended, and goes on without it. */
static void
check_large(void **)
{
	CLEANUP(office_closep) struct office o;
	size_t decided = 0;

	office_open(&o);
	char *name = arena_make(o.arena, char, LARGE + 1);
	assert_non_null(name);
	memset(name, 'x', LARGE);
	const struct coming first = { UNDER(GREEN), "", "" }, second = {
		arena_cstr(o.arena, arena_printf(o.arena, UNDER(GREEN) ",\"name\":\"%s\"", name)),
		"", ""
	};
	come(&o, &first);
	come(&o, &second);
	office_import(&o, 2, 1, "");
	const struct release_send both = office_order(&o, 1, 2);
	REFUSES(&o, office_try(&o, small_job, &both.ask, &decided), ERR_LIMIT, "release.contents");
	assert_non_null(strstr(o.why.text, arena_cstr(o.arena, office_indicator(&o, 1))));
	const struct release_send rest = office_order(&o, 2, 2);
	WORKS(&o, office_try(&o, small_job, &rest.ask, &decided));
	assert_true(decided > 0);
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	CASES(&cases, loosening_cases, check_loosening);
	CASE(&cases, check_guest);
	CASE(&cases, check_washing);
	CASE(&cases, check_elsewhere);
	CASE(&cases, check_observation);
	CASE(&cases, check_tie);
	CASE(&cases, check_enclave);
	CASE(&cases, check_record);
	CASE(&cases, check_released);
	CASE(&cases, check_large);
	return cases_run("content", &cases, argc, argv);
}
