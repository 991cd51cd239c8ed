/* Versions that other compartments, partners and guests hold of what hangs
 * together: nobody makes the gate forget a tie by a version of his own. */
#include "cases.h"
#include "fixture_p.h"
#include "replay.h"
#include "versions.h"

#define OBJECT(type, n, second, more)                                                          \
	"{\"type\":\"" type "\",\"spec_version\":\"2.1\",\"id\":\"" type                       \
	"--00000000-0000-4000-8000-0000000000" n                                               \
	"\",\"created\":\"2026-01-01T00:00:00.000Z\",\"modified\":\"2026-01-01T00:00:0" second \
	".000Z\",\"object_marking_refs\":[\"" GREEN "\"]," more "}"
#define ID(type, n) type "--00000000-0000-4000-8000-0000000000" n
#define NAMED(n, second, name, class) \
	OBJECT("identity", n, second, "\"name\":\"" name "\",\"identity_class\":\"" class "\"")
#define SEEN_AT(second, n)                                                             \
	OBJECT("sighting", "f1", second,                                               \
	    "\"sighting_of_ref\":\"indicator--00000000-0000-4000-8000-000000000001\"," \
	    "\"where_sighted_refs\":[\"" ID("identity", n) "\"]")
#define LATER_RED                                                                                  \
	"{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"id\":\"indicator--00000000-0000-4000-" \
	"8000-000000000001\",\"created\":\"2026-01-01T00:00:00.000Z\",\"modified\":\"2026-01-01T"  \
	"00:00:09.000Z\",\"pattern\":\"[ipv4-addr:value = '203.0.113.7']\",\"pattern_type\":"      \
	"\"stix\",\"valid_from\":\"2026-01-01T00:00:00Z\",\"object_marking_refs\":[\"marking-"     \
	"definition--e828b379-4e03-4974-9ac4-e53a884c97c1\"]}"
#define VICTIM NAMED("f2", "1", "Surat Ring Main", "organization")
#define SECTOR NAMED("f3", "1", "Energy", "class")

/* ---- a collection of somebody else ---- */

struct import_job {
	struct office *o;
	struct str text, owner, giver;
};

static enum err
import_elsewhere(struct db *db, void *arg, struct why *why)
{
	const struct import_job *job = arg;
	struct import_result result;
	struct collection there = {
		.alias = job->giver.len > 0 ? S("box") : S("local"),
		.kind = COLLECTION_LOCAL,
		.title = S("T"),
		.owner = job->owner,
		.enclave = S("main"),
		.can_write = true,
	};

	TRY(store_collection_ensure(db, job->o->arena, &there, why));
	const struct import_request request = {
		.text = job->text,
		.source = S("test"),
		.actor = S("test"),
		.shard_key = there.shard_key,
		.provenance = { .owner = job->owner,
		    .enclave = S("main"),
		    .originator = job->owner,
		    .giver = job->giver },
		.now = clock_wall(&job->o->clock),
	};
	TRY(store_import(db, job->o->arena, &request, &result, why));
	/* A guest does not get past the door with what is ours. */
	if (result.refused > 0 && !str_starts(job->giver, S(RANK_GUEST_GIVER)))
		fail_msg(STR_FMT, STR_ARG(result.problem[0].message));
	return OK;
}

static void
import_by(struct office *o, const char *text, const char *owner, const char *giver)
{
	struct import_job job = { o, str_of(text), str_of(owner), str_of(giver) };

	WORKS(o, realm_with_writer(o->realm, import_elsewhere, &job, &o->why));
}

/* ---- what is decided ---- */

static enum err
preview_job(const struct release_job *job, const void *in, void *out, struct why *why)
{
	struct agreement_request request;

	return release_preview(job, in, out, &request, why);
}

enum { OBJECTS = 4 };

/* clang-format off */
/* Ours; then what another compartment of the node, a partner or a guest of ours brings. */
static const struct elsewhere_case {
	const char *name;
	const char *ours[OBJECTS];
	const char *owner, *giver;
	const char *theirs[OBJECTS];
	enum outcome want;
} elsewhere_cases[] = {
	{ "ours alone", { SEEN_AT("1", "f2"), VICTIM, SECTOR }, "", "", { NULL }, OUTCOME_ALLOW_WITH_REDACTION },
	{ "ours that ties nothing", { SEEN_AT("1", "f3"), VICTIM, SECTOR }, "", "", { NULL }, OUTCOME_ALLOW },
	{ "a later sighting elsewhere hides no tie", { SEEN_AT("1", "f2"), VICTIM, SECTOR },
	  "IN:NCIIPC", "", { SEEN_AT("2", "f3") }, OUTCOME_ALLOW_WITH_REDACTION },
	{ "a later sighting elsewhere ties", { SEEN_AT("2", "f3"), VICTIM, SECTOR },
	  "IN:NCIIPC", "", { SEEN_AT("1", "f2") }, OUTCOME_ALLOW_WITH_REDACTION },
	{ "a victim that is a class elsewhere", { SEEN_AT("1", "f2"), VICTIM },
	  "IN:NCIIPC", "", { NAMED("f2", "2", "Energy", "class") }, OUTCOME_ALLOW_WITH_REDACTION },
	{ "a class that is a victim elsewhere", { SEEN_AT("1", "f2"), NAMED("f2", "2", "Energy", "class") },
	  "IN:NCIIPC", "", { VICTIM }, OUTCOME_ALLOW_WITH_REDACTION },
	{ "a name that a victim has elsewhere", { NAMED("f4", "1", "Ring Main", "organization") },
	  "IN:NCIIPC", "", { NAMED("f4", "2", "Number 1.1", "organization") }, OUTCOME_ALLOW_WITH_REDACTION },
	{ "a name that it had with us", { NAMED("f4", "1", "Number 1.1", "organization") },
	  "IN:NCIIPC", "", { NAMED("f4", "2", "Ring Main", "organization") }, OUTCOME_ALLOW_WITH_REDACTION },
	{ "RED elsewhere", { SECTOR }, "IN:NCIIPC", "", { LATER_RED }, OUTCOME_ROUTE },
	{ "a partner's sighting hides no tie", { SEEN_AT("1", "f2"), VICTIM, SECTOR },
	  "IN:CERT-IN", "JP:NCO", { SEEN_AT("2", "f3") }, OUTCOME_ALLOW_WITH_REDACTION },
	{ "a guest's sighting hides no tie", { SEEN_AT("1", "f2"), VICTIM, SECTOR },
	  "IN:CERT-IN", RANK_GUEST_GIVER "acme", { SEEN_AT("2", "f3") }, OUTCOME_ALLOW_WITH_REDACTION },
	{ "a guest's sighting of its own ties nothing of ours", { VICTIM, SECTOR },
	  "IN:CERT-IN", RANK_GUEST_GIVER "acme", { SEEN_AT("2", "f2") }, OUTCOME_ALLOW },
	{ "a guest cannot stop what is ours", { SEEN_AT("1", "f3"), SECTOR },
	  "IN:CERT-IN", RANK_GUEST_GIVER "acme", { NAMED("f3", "2", "Surat", "organization"), SEEN_AT("2", "f2") }, OUTCOME_ALLOW },
};
/* clang-format on */

static void
check_elsewhere(void **state)
{
	const struct elsewhere_case *c = *state;
	CLEANUP(office_closep) struct office o;
	const struct agreement_decisions *got = NULL;

	office_open(&o);
	office_import(&o, 1, 1, "");
	for (size_t i = 0; i < OBJECTS && c->ours[i] != NULL; i++)
		office_import_text(&o, str_of(c->ours[i]), S("IN:CERT-IN"));
	for (size_t i = 0; i < OBJECTS && c->theirs[i] != NULL; i++)
		import_by(&o, c->theirs[i], c->owner, c->giver);
	const struct release_ask ask = office_order(&o, 1, 1).ask;
	WORKS(&o, office_try(&o, preview_job, &ask, &got));
	const struct agreement_decision *d = agreement_decision_about(got, office_indicator(&o, 1));
	assert_non_null(d);
	assert_string_equal(outcome_name(d->outcome), outcome_name(c->want));
	/* Ours is what leaves. */
	assert_true(str_is(d->item->object.modified, "2026-01-01T00:00:01.000Z"));
}

static enum err
latest_job(const struct release_job *job, const void *in, void *out, struct why *why)
{
	return store_latest(job->db, job->arena, *(const struct str *)in, out, why);
}

/* Where only others have an object, a guest's later version hides no partner's. */
static void
check_latest(void **)
{
	CLEANUP(office_closep) struct office o;
	const struct str id = S(ID("identity", "f2"));
	struct stored stored;

	office_open(&o);
	import_by(&o, VICTIM, "IN:NCIIPC", "JP:NCO");
	import_by(&o, NAMED("f2", "9", "Energy", "class"), "IN:CERT-IN", RANK_GUEST_GIVER "acme");
	WORKS(&o, office_try(&o, latest_job, &id, &stored));
	assert_true(str_is(stored.provenance.giver, "JP:NCO"));
}

/* Another row of what indicator 1 is, in a collection of its own and not the latest. */
static void
give(struct office *o, unsigned n, const char *giver)
{
	char sql[768];

	(void)snprintf(sql, sizeof(sql),
	    "INSERT INTO object SELECT %u, date_added, object_id, version, type, spec_version, "
	    "created, modified, modified_us, revoked, raw_hash, jcs_hash, normal_hash, owner, "
	    "enclave, '%s', '%s', '', '', import_id, 0, 0, raw FROM object "
	    "WHERE object_id LIKE 'indicator%%1' AND giver = ''",
	    n, giver, giver);
	office_sql(o, sql);
}

static void
give_by_guests(struct office *o, unsigned from, unsigned to)
{
	for (unsigned i = from; i < to; i++) {
		char giver[32];

		(void)snprintf(giver, sizeof(giver), RANK_GUEST_GIVER "g%u", i);
		give(o, 1000 + i, giver);
	}
}

static const char *
codes_of_first(struct office *o)
{
	const struct agreement_decisions *got = NULL;
	const struct release_ask ask = office_order(o, 1, 1).ask;
	struct str codes = S("");

	WORKS(o, office_try(o, preview_job, &ask, &got));
	const struct agreement_decision *d = agreement_decision_about(got, office_indicator(o, 1));
	assert_non_null(d);
	for (size_t i = 0; i < d->codes; i++)
		codes = arena_printf(o->arena, STR_FMT STR_FMT " ", STR_ARG(codes),
		    STR_ARG(d->code[i]));
	return arena_cstr(o->arena, codes);
}

/* Ways that guests made, however many, hide no partner's: what the recipient gave does not go
 * back as ours.  Of more ways than are looked at one may be the recipient's. */
static void
check_ways(void **)
{
	enum { GUESTS = 31, MORE = 40 };
	CLEANUP(office_closep) struct office o;

	office_open(&o);
	office_import(&o, 1, 1, "");
	assert_null(strstr(codes_of_first(&o), "ORCON"));
	give_by_guests(&o, 0, GUESTS);
	give(&o, 2000, "JP:JPCERT");
	assert_non_null(strstr(codes_of_first(&o), "O-ORCON"));
	assert_null(strstr(codes_of_first(&o), "M-UNKNOWN"));
	give_by_guests(&o, GUESTS, MORE);
	assert_non_null(strstr(codes_of_first(&o), "O-ORCON"));
	assert_non_null(strstr(codes_of_first(&o), "M-UNKNOWN"));
}

#define ADDRESS "ipv4-addr--d20967e5-3ce4-5fa9-a0ac-4fb9f3d0c2b7"
#define SEEN(marking)                                                                            \
	"{\"type\":\"ipv4-addr\",\"spec_version\":\"2.1\",\"id\":\"" ADDRESS                     \
	"\",\"value\":\"198.51.100.90\",\"object_marking_refs\":[\"marking-definition--" marking \
	"\"]}"
#define SEEN_RED   SEEN("e828b379-4e03-4974-9ac4-e53a884c97c1")
#define SEEN_CLEAR SEEN("94868c89-83c2-464b-929b-a1a8aa3c8487")

static bool
is_barred_as_red(struct office *o)
{
	const struct agreement_decisions *got = NULL;
	struct release_ask ask = office_order(o, 1, 1).ask;
	bool red = false;

	o->id[0] = S(ADDRESS);
	WORKS(o, office_try(o, preview_job, &ask, &got));
	const struct agreement_decision *d = agreement_decision_about(got, S(ADDRESS));
	assert_non_null(d);
	for (size_t i = 0; i < d->codes; i++)
		red = red || str_is(d->code[i], "M-RED");
	return red;
}

/* An observable has no versions: a content that came later takes no marking off. */
static void
check_observable(void **)
{
	CLEANUP(office_closep) struct office o;

	office_open(&o);
	office_import_text(&o, S(SEEN_CLEAR), S("IN:CERT-IN"));
	assert_false(is_barred_as_red(&o));
	office_import_text(&o, S(SEEN_RED), S("IN:CERT-IN"));
	assert_true(is_barred_as_red(&o));
	office_sql(&o, "DELETE FROM object WHERE object_id = '" ADDRESS "'");
	office_import_text(&o, S(SEEN_RED), S("IN:CERT-IN"));
	office_wait(&o, 1);
	office_import_text(&o, S(SEEN_CLEAR), S("IN:CERT-IN"));
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM object WHERE latest = 0"
	                                  " AND object_id = '" ADDRESS "'"),
	    1);
	assert_true(is_barred_as_red(&o));
	office_sql(&o, "UPDATE object SET withdrawn_at = 1 WHERE latest = 0");
	assert_false(is_barred_as_red(&o));
}

/* What is decided with versions of others is decided again from its inputs. */
static void
check_replay(void **)
{
	CLEANUP(office_closep) struct office o;
	struct release_replay *replay;
	char folder[160];

	office_open(&o);
	replay = arena_make(o.arena, struct release_replay, 1);
	office_import(&o, 1, 1, "");
	office_import_text(&o, S(SEEN_AT("1", "f2")), S("IN:CERT-IN"));
	office_import_text(&o, S(VICTIM), S("IN:CERT-IN"));
	office_import_text(&o, S(SECTOR), S("IN:CERT-IN"));
	import_by(&o, SEEN_AT("2", "f3"), "IN:NCIIPC", "");
	office_send(&o, 1, 1);
	(void)snprintf(folder, sizeof(folder), "%s/demo", o.folder);
	WORKS(&o, release_replay(folder, 0, replay, &o.why));
	assert_true(replay->decisions > 0);
	assert_int_equal(replay->from_content, replay->decisions);
	assert_int_equal(replay->report.problems, 0);
}

int
main(int argc, char **argv)
{
	static struct cases list;

	CASES(&list, elsewhere_cases, check_elsewhere);
	CASE(&list, check_latest);
	CASE(&list, check_ways);
	CASE(&list, check_observable);
	CASE(&list, check_replay);
	return cases_run("elsewhere", &list, argc, argv);
}
