/* What is found around the objects of an order, and orders of many objects. */
#include "cases.h"
#include "fixture_p.h"

#define UUID(n) "00000000-0000-4000-8000-0000000000" n
#define TIMES   "\"created\":\"2026-01-01T00:00:00.000Z\",\"modified\":\"2026-01-01T00:00:00.000Z\","
#define MARKED  "\"object_marking_refs\":[\"" GREEN "\"]"
#define DOMAIN(type, n, more)                                            \
	"{\"type\":\"" type "\",\"spec_version\":\"2.1\",\"id\":\"" type \
	"--" UUID(n) "\"," TIMES more "," MARKED "}"
#define OBSERVABLE(type, n, more) \
	"{\"type\":\"" type "\",\"spec_version\":\"2.1\",\"id\":\"" type "--" UUID(n) "\"," more "}"
#define LINK(n, from, to)                                                       \
	DOMAIN("relationship", n,                                               \
	    "\"relationship_type\":\"related-to\",\"source_ref\":\"" from "\"," \
	    "\"target_ref\":\"" to "\"")
#define LOADER(text)            \
	DOMAIN("malware", "01", \
	    "\"name\":\"Loader\",\"is_family\":true,\"description\":\"" text "\"")
#define LOADER_ID "malware--" UUID("01")
#define VICTIM(more)             \
	DOMAIN("identity", "02", \
	    "\"name\":\"Surat Ring Main\",\"identity_class\":\"organization\"" more)
#define VICTIM_ID "identity--" UUID("02")
#define ACCOUNT   OBSERVABLE("user-account", "03", "\"user_id\":\"srm-7731\"")
#define PROCESS                                             \
	OBSERVABLE("process", "04",                         \
	    "\"command_line\":\"relay-switch --bay nine\"," \
	    "\"creator_user_ref\":\"user-account--" UUID("03") "\"")
#define PROCESS_ID "process--" UUID("04")
#define TOWER      "\"name\":\"Hazira Tower\","
#define RED_NAME                                                                      \
	"\"granular_markings\":[{\"selectors\":[\"name\"],\"marking_ref\":\"marking-" \
	"definition--e828b379-4e03-4974-9ac4-e53a884c97c1\"}]"
#define TIMES_SEEN                                     \
	"\"first_observed\":\"2026-01-01T00:00:00Z\"," \
	"\"last_observed\":\"2026-01-01T00:00:00Z\",\"number_observed\":1,"
#define SEEN                                                                        \
	OBSERVABLE("process", "04", "\"command_line\":\"relay-switch --bay nine\"") \
	"," DOMAIN("observed-data", "08", TIMES_SEEN "\"object_refs\":[\"" PROCESS_ID "\"]")
#define SEEN_ID "observed-data--" UUID("08")
#define NIGHT(refs)                                                                            \
	DOMAIN("report", "06",                                                                 \
	    "\"name\":\"Night\",\"published\":\"2026-01-01T00:00:00Z\",\"object_refs\":[" refs \
	    "]")
#define TOLD "Runs relay-switch --bay nine at night."

/* clang-format off */
/* The selected object is the loader. */
static const struct near_case {
	const char *name;
	const char *objects;
	enum outcome outcome;
} near_cases[] = {
	{ "a tool beside it",
	  LOADER("Fetches.") "," DOMAIN("tool", "05", "\"name\":\"Shell\"") "," LINK("06", LOADER_ID, "tool--" UUID("05")),
	  OUTCOME_ALLOW },
	{ "a tool and a victim elsewhere",
	  LOADER("Fetches.") "," VICTIM("") "," DOMAIN("tool", "05", "\"name\":\"Shell\"") ","
	  LINK("06", LOADER_ID, "tool--" UUID("05")) "," LINK("07", VICTIM_ID, "tool--" UUID("05")),
	  OUTCOME_ALLOW },
	{ "a victim behind a relationship",
	  LOADER("Fetches.") "," VICTIM("") "," LINK("06", LOADER_ID, VICTIM_ID),
	  OUTCOME_ALLOW_WITH_REDACTION },
	{ "a victim that sighted it",
	  LOADER("Fetches.") "," VICTIM("") ","
	  DOMAIN("sighting", "06", "\"sighting_of_ref\":\"" LOADER_ID "\",\"where_sighted_refs\":[\"" VICTIM_ID "\"]"),
	  OUTCOME_ALLOW_WITH_REDACTION },
	{ "a victim's name in its text",
	  LOADER("Found at Surat Ring Main.") "," VICTIM(""),
	  OUTCOME_ALLOW_WITH_REDACTION },
	{ "the name of a victim whose identity is revoked",
	  LOADER("Found at Surat Ring Main.") "," VICTIM(",\"revoked\":true"),
	  OUTCOME_ALLOW_WITH_REDACTION },
	{ "a command of a victim's account behind a relationship",
	  LOADER(TOLD) "," ACCOUNT "," PROCESS "," LINK("06", LOADER_ID, PROCESS_ID),
	  OUTCOME_ALLOW_WITH_REDACTION },
	{ "a command of a victim's account behind a report",
	  LOADER(TOLD) "," ACCOUNT "," PROCESS ","
	  DOMAIN("report", "06", "\"name\":\"Night\",\"published\":\"2026-01-01T00:00:00Z\","
	         "\"object_refs\":[\"" LOADER_ID "\",\"" PROCESS_ID "\"]"),
	  OUTCOME_ALLOW_WITH_REDACTION },
	{ "a message that it came with",
	  LOADER("Came as Bay nine invoice.") ","
	  OBSERVABLE("email-message", "05", "\"is_multipart\":false,\"subject\":\"Bay nine invoice\"") ","
	  LINK("06", LOADER_ID, "email-message--" UUID("05")),
	  OUTCOME_ALLOW_WITH_REDACTION },
	{ "a command observed at nobody's, in a report",
	  LOADER(TOLD) "," SEEN "," NIGHT("\"" LOADER_ID "\",\"" PROCESS_ID "\",\"" SEEN_ID "\""),
	  OUTCOME_ALLOW },
	{ "a command observed at a victim's, in a report with the link",
	  LOADER(TOLD) "," VICTIM("") "," SEEN "," LINK("07", SEEN_ID, VICTIM_ID) ","
	  NIGHT("\"" LOADER_ID "\",\"" PROCESS_ID "\",\"" SEEN_ID "\",\"relationship--" UUID("07") "\""),
	  OUTCOME_ALLOW_WITH_REDACTION },
	{ "a command observed at a victim's, in a report without the link",
	  LOADER(TOLD) "," VICTIM("") "," SEEN "," LINK("07", SEEN_ID, VICTIM_ID) ","
	  NIGHT("\"" LOADER_ID "\",\"" SEEN_ID "\""),
	  OUTCOME_ALLOW_WITH_REDACTION },
	{ "an incident beside it",
	  LOADER("Seen at Hazira Tower.") "," DOMAIN("incident", "05", "\"name\":\"Hazira Tower\"") ","
	  LINK("09", LOADER_ID, "incident--" UUID("05")),
	  OUTCOME_ALLOW },
	{ "an incident beside it whose name is RED",
	  LOADER("Seen at Hazira Tower.") "," DOMAIN("incident", "05", TOWER RED_NAME) ","
	  LINK("09", LOADER_ID, "incident--" UUID("05")),
	  OUTCOME_ALLOW_WITH_REDACTION },
	{ "a report that lists it and whose name is RED",
	  LOADER("Seen at Hazira Tower.") ","
	  DOMAIN("report", "06", TOWER "\"published\":\"2026-01-01T00:00:00Z\",\"object_refs\":[\"" LOADER_ID "\"]," RED_NAME),
	  OUTCOME_ALLOW_WITH_REDACTION },
	{ "an incident that its text names",
	  LOADER("See incident--" UUID("05") ".") "," DOMAIN("incident", "05", "\"name\":\"Night\""),
	  OUTCOME_ALLOW_WITH_REDACTION },
	{ "an incident that is not here",
	  LOADER("See incident--" UUID("05") "."),
	  OUTCOME_ALLOW },
};
/* clang-format on */

static struct release_sent
send_ids(struct office *o, const struct str *id, size_t n)
{
	struct release_send send = office_order(o, 1, 1);
	struct release_sent sent = { 0 };

	send.ask.id = id;
	send.ask.ids = n;
	WORKS(o, office_try_send(o, &send, &sent));
	office_settle(o);
	return sent;
}

static void
import_objects(struct office *o, struct str objects)
{
	office_import_text(o,
	    arena_printf(o->arena,
	        "{\"type\":\"bundle\",\"id\":\"bundle--" UUID("ff") "\",\"objects\":[" STR_FMT "]}",
	        STR_ARG(objects)),
	    S("IN:CERT-IN"));
}

static void
check_near(void **state)
{
	const struct near_case *c = *state;
	CLEANUP(office_closep) struct office o;
	const struct str id = S(LOADER_ID);

	office_open(&o);
	import_objects(&o, str_of(c->objects));
	struct release_sent sent = send_ids(&o, &id, 1);
	assert_int_equal(agreement_decision_about(sent.decisions, id)->outcome, c->outcome);
}

/* ---- more than one batch ---- */

enum { MANY = 4100 }; /* a few more than one batch of the ledger holds */

static void
put_many(struct office *o, struct str *id)
{
	CLEANUP(buf_free) struct buf text = buf_new(4 * MIB);

	for (unsigned n = 0; n < MANY; n++) {
		id[n] = arena_printf(o->arena, "malware--00000000-0000-4000-8000-%012x", n + 256);
		buf_printf(&text,
		    "%s{\"type\":\"malware\",\"spec_version\":\"2.1\",\"id\":\"" STR_FMT "\"," TIMES
		    "\"name\":\"Loader %u\",\"is_family\":true," MARKED "}",
		    n == 0 ? "" : ",", STR_ARG(id[n]), n);
	}
	/* From the first batch to the last one. */
	id[MANY] = S("indicator--" UUID("aa"));
	buf_printf(&text,
	    "," DOMAIN("indicator", "aa",
	        "\"pattern\":\"[ipv4-addr:value = '203.0.113.7']\",\"pattern_type\":\"stix\","
	        "\"valid_from\":\"2026-01-01T00:00:00Z\",\"x_of_ref\":\"" STR_FMT "\""),
	    STR_ARG(id[MANY - 1]));
	assert_false(text.full);
	import_objects(o, buf_str(&text));
}

static enum err
again_job(const struct release_job *job, const void *in, void *out, struct why *why)
{
	return release_tighten_about(job, *(const struct str *)in, out, why);
}

/* All leave as they are, in two batches, and what was decided together stays so
 * when it is decided again. */
static void
check_many(void **state)
{
	CLEANUP(office_closep) struct office o;
	struct str id[MANY + 1];
	struct release_tightened done = { 0 };

	(void)state;
	office_open(&o);
	put_many(&o, id);
	struct release_sent sent = send_ids(&o, id, COUNTOF(id));
	assert_true(sent.released >= COUNTOF(id));
	assert_int_equal(sent.last_leaf, sent.leaf + 1);
	assert_int_equal(agreement_decision_about(sent.decisions, id[MANY])->outcome,
	    OUTCOME_ALLOW);
	assert_int_equal(office_count(&o,
	                     "SELECT COUNT(*) FROM object o JOIN collection c"
	                     " ON c.shard_key = o.shard_key WHERE c.kind = 'released'"),
	    (int64_t)sent.released);
	WORKS(&o, office_try(&o, again_job, &id[MANY], &done));
	assert_int_equal(done.decided, 1);
	assert_int_equal(done.closed, 0);
}

int
main(int argc, char **argv)
{
	static struct cases list;

	CASES(&list, near_cases, check_near);
	CASE(&list, check_many);
	return cases_run("wholesale", &list, argc, argv);
}
