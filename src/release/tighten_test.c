#include "fixture_p.h"

/* Where the partner's reader would find indicator n; 0: nowhere. */
static int64_t
place_shown(struct office *o, unsigned n)
{
	struct str id = office_indicator(o, n);

	return office_count(o,
	    arena_cstr(o->arena,
	        arena_printf(o->arena,
	            "SELECT COALESCE(MAX(o.date_added), 0) FROM object o JOIN collection c"
	            " ON c.shard_key = o.shard_key WHERE c.kind = 'released' AND o.withdrawn_at = 0"
	            " AND o.object_id = '" STR_FMT "'",
	            STR_ARG(id))));
}

static struct release_sent
send_in(struct office *o, unsigned n, const char *area)
{
	struct release_send send = office_order(o, n, n);
	struct release_sent sent = { 0 };

	send.ask.area = str_of(area);
	WORKS(o, office_try_send(o, &send, &sent));
	office_settle(o);
	office_wait(o, 1);
	return sent;
}

/* A rule that says nothing new about anything closes nothing. */
static void
check_neutral_pack(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	office_open(&o);
	office_import(&o, 1, 1, "");
	office_import(&o, 2, 1, "copy");
	(void)office_send(&o, 1, 2);
	office_wait(&o, 60);
	(void)office_send(&o, 1, 2);
	int64_t shown = office_count(&o, SHOWN "'%'");
	office_pack(&o, 1, "nothing", "deny");
	struct release_tightened done = office_tighten(&o);
	assert_true(done.decided >= 4);
	assert_int_equal(done.closed, 0);
	assert_false(done.more);
	assert_int_equal(office_count(&o, SHOWN "'%'"), shown);
	assert_int_equal(office_tighten(&o).decided, 0);
}

/* An order of many is decided at once, and each of its objects gets its own answer. */
static void
check_many(void **state)
{
	enum { MANY = 12 };
	CLEANUP(office_closep) struct office o;

	(void)state;
	office_open(&o);
	for (unsigned n = 1; n <= MANY; n++)
		office_import(&o, n, 1, n == 4 ? "topology" : n == 9 ? "copy" : "");
	(void)office_send(&o, 1, MANY);
	office_pack(&o, 1, "topology", "deny");
	office_sql(&o, "DELETE FROM object WHERE object_id LIKE 'indicator%7' AND shard_key ="
	               " (SELECT shard_key FROM collection WHERE kind = 'local')");
	struct release_tightened done = office_tighten(&o);
	assert_int_equal(done.decided, MANY + NODE);
	assert_int_equal(done.closed, 2);
	for (unsigned n = 1; n <= MANY; n++) {
		bool closed = n == 4 || n == 7;

		assert_string_equal(office_item_state(&o, n), closed ? "withdrawn" : "released");
		assert_int_equal(place_shown(&o, n) > 0 || n == 9, !closed);
	}
	assert_int_equal(office_tighten(&o).decided, 0);

	/* Without the missing one they are gathered at once. */
	office_pack(&o, 2, "nothing", "deny");
	done = office_tighten(&o);
	assert_int_equal(done.decided, MANY + NODE - 2);
	assert_int_equal(done.closed, 0);
	assert_int_equal(office_tighten(&o).decided, 0);
}

/* What was delivered is recalled, what was not is withdrawn. */
static void
check_stricter_pack(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	office_open(&o);
	office_import(&o, 1, 1, "topology");
	office_import(&o, 2, 1, "topology");
	office_import(&o, 3, 1, "");
	(void)office_send(&o, 1, 1);
	(void)office_send(&o, 1, 1);
	office_receive(&o);
	(void)office_send(&o, 2, 3);
	office_pack(&o, 1, "topology", "deny");
	struct release_tightened done = office_tighten(&o);
	assert_int_equal(done.closed, 2);
	assert_string_equal(office_item_state(&o, 1), "recalled");
	assert_string_equal(office_item_state(&o, 2), "withdrawn");
	assert_string_equal(office_item_state(&o, 3), "released");
	/* Both releases of the first are one request to the partner. */
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM recall"), 1);
	assert_int_equal(office_count(&o,
	                     "SELECT COUNT(*) FROM release_item WHERE state = 'recalled'"),
	    2);
	assert_int_equal(place_shown(&o, 1), 0);
	assert_int_equal(place_shown(&o, 2), 0);
	assert_true(place_shown(&o, 3) > 0);
}

/* What may only leave as a copy any more does not stay as it was. */
static void
check_redaction_asked_for(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	office_open(&o);
	office_import(&o, 1, 1, "names");
	(void)office_send(&o, 1, 1);
	office_pack(&o, 1, "names", "redact");
	assert_int_equal(office_tighten(&o).closed, 1);
	assert_string_equal(office_item_state(&o, 1), "withdrawn");
	assert_int_equal(place_shown(&o, 1), 0);
}

/* An approval goes on counting. */
static enum err
approve_job(const struct release_job *job, const void *in, void *out, struct why *why)
{
	return release_approve(job, in, out, why);
}

static void
check_approved(void **state)
{
	CLEANUP(office_closep) struct office o;
	bool released = false;

	(void)state;
	office_open(&o);
	office_import(&o, 1, 1, "check");
	struct release_sent sent = office_send(&o, 1, 1);
	const struct agreement_decision *d =
	    agreement_decision_about(sent.decisions, office_indicator(&o, 1));
	const struct release_verdict v = {
		.order_id = sent.order_id,
		.ordinal = NODE,
		.account = S("kiran"),
		.role = S("officer"),
		.bytes_hash = hash_of(d->bytes),
	};
	WORKS(&o, office_try(&o, approve_job, &v, &released));
	office_settle(&o);
	office_pack(&o, 1, "nothing", "deny");
	assert_int_equal(office_tighten(&o).closed, 0);
	assert_true(place_shown(&o, 1) > 0);
}

static void
check_held_expires(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	office_open(&o);
	office_import(&o, 1, 1, "check");
	(void)office_send(&o, 1, 1);
	office_wait(&o, (int64_t)ORDER_DAYS * 24 * 3600);
	assert_int_equal(office_tighten(&o).closed, 1);
	assert_string_equal(office_item_state(&o, 1), "expired");
	assert_true(str_is(office_text(&o, "SELECT state FROM release_order"), "expired"));
	assert_int_equal(office_count(&o,
	                     "SELECT COUNT(*) FROM event WHERE name = 'release.expired'"),
	    1);
	assert_int_equal(office_count(&o,
	                     "SELECT COUNT(*) FROM ledger_leaf WHERE kind = 'refusal'"),
	    1);
}

/* An approval is bound to the rules: what waits under others waits in vain. */
static void
check_held_void(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	office_open(&o);
	office_import(&o, 1, 1, "check");
	(void)office_send(&o, 1, 1);
	assert_int_equal(office_tighten(&o).closed, 0);
	office_state(&o, STATEMENT_SUSPEND, "INFO");
	assert_int_equal(office_tighten(&o).closed, 1);
	assert_string_equal(office_item_state(&o, 1), "void");
	assert_true(str_is(office_text(&o, "SELECT state FROM release_order"), "done"));
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM event WHERE name = 'release.void'"),
	    1);
	assert_int_equal(office_count(&o,
	                     "SELECT COUNT(*) FROM ledger_leaf WHERE kind = 'refusal'"),
	    1);
	assert_int_equal(office_tighten(&o).closed, 0);
}

/* ---- suspensions ---- */

static void
check_area_paused(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	office_open(&o);
	for (unsigned n = 1; n <= 3; n++)
		office_import(&o, n, 1, n == 3 ? "copy" : "");
	(void)send_in(&o, 1, "CI");
	office_receive(&o);
	(void)send_in(&o, 2, "CI");
	(void)send_in(&o, 3, "CI");
	int64_t first = place_shown(&o, 1), before = place_shown(&o, 2);
	int64_t all = office_count(&o, SHOWN "'indicator--%'");
	office_state(&o, STATEMENT_SUSPEND, "CI");
	assert_int_equal(office_tighten(&o).closed, 0);
	assert_string_equal(office_item_state(&o, 1), "released");
	assert_string_equal(office_item_state(&o, 2), "paused");
	assert_string_equal(office_item_state(&o, 3), "paused");
	assert_int_equal(place_shown(&o, 1), first);
	assert_int_equal(place_shown(&o, 2), 0);

	/* A reader's cursor went past it: it comes at a new place. */
	office_wait(&o, 60);
	office_state(&o, STATEMENT_RESUME, "CI");
	assert_int_equal(office_tighten(&o).closed, 0);
	assert_string_equal(office_item_state(&o, 2), "released");
	assert_string_equal(office_item_state(&o, 3), "released");
	assert_true(place_shown(&o, 2) > before);
	assert_int_equal(place_shown(&o, 1), first);
	assert_int_equal(office_count(&o, SHOWN "'indicator--%'"), all);
}

/* The same bytes left for another area, too: there they stay. */
static void
check_other_area_stays(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	office_open(&o);
	office_import(&o, 1, 1, "");
	(void)send_in(&o, 1, "CI");
	(void)send_in(&o, 1, "INFO");
	office_state(&o, STATEMENT_SUSPEND, "CI");
	assert_int_equal(office_tighten(&o).closed, 0);
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM release_item WHERE state = 'paused'"
	                                  " AND source_id LIKE 'indicator--%'"),
	    1);
	assert_true(place_shown(&o, 1) > 0);
}

static enum err
recall_job(const struct release_job *job, const void *in, void *out, struct why *why)
{
	return release_recall(job, in, out, why);
}

/* Where the agreement says so a suspension ends what was not delivered, for good. */
static void
check_cancelled(void **state)
{
	static const char *const scopes[] = { "INFO", "all" };

	(void)state;
	for (size_t i = 0; i < COUNTOF(scopes); i++) {
		CLEANUP(office_closep) struct office o;

		office_open(&o);
		struct str text =
		    office_replaced(&o, office_agreement_text(), "\"version\":1", "\"version\":2");
		office_agree_on(&o, office_replaced(&o, text, "\"suspension\":{",
		                        "\"suspension\":{\"effect_on_pending\":\"cancel\","));
		office_import(&o, 1, 1, "");
		office_import(&o, 2, 1, "");
		(void)office_send(&o, 1, 1);
		office_receive(&o);
		(void)office_send(&o, 2, 2);
		office_state(&o, STATEMENT_SUSPEND, scopes[i]);
		(void)office_tighten(&o);
		assert_string_equal(office_item_state(&o, 1), "released");
		assert_string_equal(office_item_state(&o, 2), "withdrawn");
		office_state(&o, STATEMENT_RESUME, scopes[i]);
		(void)office_tighten(&o);
		assert_string_equal(office_item_state(&o, 2), "withdrawn");
		assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM recall"), 0);
	}
}

/* What is paused can be recalled: it does not come back when the area is resumed. */
static void
check_paused_recalled(void **state)
{
	CLEANUP(office_closep) struct office o;
	struct str id = { 0 };

	(void)state;
	office_open(&o);
	office_import(&o, 1, 1, "");
	(void)send_in(&o, 1, "CI");
	office_state(&o, STATEMENT_SUSPEND, "CI");
	(void)office_tighten(&o);
	const struct release_recall r = {
		.source_id = office_indicator(&o, 1),
		.to = S("JP:JPCERT"),
		.account = S("meera"),
		.reason = S("a mistake"),
	};
	WORKS(&o, office_try(&o, recall_job, &r, &id));
	office_state(&o, STATEMENT_RESUME, "CI");
	(void)office_tighten(&o);
	assert_int_equal(place_shown(&o, 1), 0);
	assert_string_equal(office_item_state(&o, 1), "recalled");
}

/* The door is shut: what went through stays. */
static void
check_whole_suspension(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	office_open(&o);
	office_import(&o, 1, 1, "");
	(void)office_send(&o, 1, 1);
	int64_t place = place_shown(&o, 1);
	office_state(&o, STATEMENT_SUSPEND, "all");
	assert_int_equal(office_tighten(&o).closed, 0);
	assert_string_equal(office_item_state(&o, 1), "released");
	assert_int_equal(place_shown(&o, 1), place);
}

/* A new version of the agreement is a change, also the first that follows one about
 * which nobody said anything. */
static void
check_new_version(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	office_open(&o);
	office_import(&o, 1, 1, "");
	(void)office_send(&o, 1, 1);
	assert_int_equal(office_tighten(&o).closed, 0);
	struct str text =
	    office_replaced(&o, office_agreement_text(), "\"version\":1", "\"version\":2");
	office_agree_on(&o,
	    office_replaced(&o, text, "{\"types\":[\"indicator\"]},\"ruling\":\"allow\"",
	        "{\"types\":[\"indicator\"]},\"ruling\":\"deny\",\"reason\":\"D-CATEGORY\""));
	assert_int_equal(office_tighten(&o).closed, 1);
	assert_string_equal(office_item_state(&o, 1), "withdrawn");
}

/* ---- more than one run can close ---- */

enum {
	MANY = 300,            /* more than are decided alone in one run */
	SMALL_ARENA = 4 * MIB, /* the list of what is due, and nothing for each item of it */
};

static void
import_many(struct office *o, struct str *ids)
{
	CLEANUP(buf_free) struct buf b = buf_new(4 * MIB);

	buf_put(&b, S("{\"type\":\"bundle\",\"id\":"
	              "\"bundle--00000000-0000-4000-8000-000000000001\",\"objects\":["));
	for (unsigned n = 1; n <= MANY; n++) {
		ids[n - 1] = office_indicator(o, n);
		buf_printf(&b,
		    "%s{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"id\":\"" STR_FMT "\","
		    "\"created\":\"2026-01-01T00:00:00.000Z\","
		    "\"modified\":\"2026-01-01T00:00:00.000Z\","
		    "\"indicator_types\":[\"malicious-activity\"],\"name\":\"Number %u\","
		    "\"pattern\":\"[ipv4-addr:value = '203.0.%u.%u']\",\"pattern_type\":\"stix\","
		    "\"valid_from\":\"2026-01-01T00:00:00Z\",\"labels\":[\"topology\"],"
		    "\"object_marking_refs\":[\"" GREEN "\"]}",
		    n > 1 ? "," : "", STR_ARG(ids[n - 1]), n, n / 250, n % 250);
	}
	buf_put(&b, S("]}"));
	office_import_text(o, buf_str(&b), S("IN:CERT-IN"));
}

static enum err
small_tighten_job(const struct release_job *job, const void *in, void *out, struct why *why)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(SMALL_ARENA);
	struct release_job small = *job;

	(void)in;
	small.arena = a;
	return release_tighten(&small, out, why);
}

/* A stricter rule reaches all of a large release, some in each run, with memory
 * that does not grow with their number. */
static void
check_many_closed(void **state)
{
	CLEANUP(office_closep) struct office o;
	static struct str ids[MANY];
	struct release_tightened done = { 0 };
	struct release_sent sent = { 0 };
	size_t closed = 0;

	(void)state;
	office_open(&o);
	import_many(&o, ids);
	struct release_send send = office_order(&o, 1, 1);
	send.ask.id = ids;
	send.ask.ids = MANY;
	WORKS(&o, office_try_send(&o, &send, &sent));
	office_settle(&o);
	office_wait(&o, 1);
	assert_int_equal(office_count(&o, SHOWN "'indicator--%'"), MANY);
	office_pack(&o, 1, "topology", "deny");
	for (done.more = true; done.more; closed += done.closed) {
		WORKS(&o, office_try(&o, small_tighten_job, NULL, &done));
		assert_true(done.closed > 0);
	}
	assert_int_equal(closed, MANY);
	assert_int_equal(office_count(&o, SHOWN "'indicator--%'"), 0);
}

#define RED "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"

/* A later version under a stricter marking stays by itself; what left before is asked back when it
 * is decided again, or by hand. */
static void
check_stricter_version(void **)
{
	CLEANUP(office_closep) struct office o;

	office_open(&o);
	office_import(&o, 1, 1, "");
	(void)office_send(&o, 1, 1);
	office_receive(&o);
	office_import_marked(&o, 1, 2, "", RED);
	assert_int_equal(office_send(&o, 1, 1).denied, 1);
	assert_int_equal(office_tighten(&o).decided, 0);
	assert_true(place_shown(&o, 1) > 0);
	assert_int_equal(office_count(&o, SHOWN "'indicator--%'"), 1);
	office_pack(&o, 1, "nothing", "deny");
	assert_int_equal(office_tighten(&o).closed, 1);
	assert_int_equal(place_shown(&o, 1), 0);
}

int
main(int argc, char **argv)
{
	static struct cases list;

	CASE(&list, check_new_version);
	CASE(&list, check_stricter_version);
	CASE(&list, check_neutral_pack);
	CASE(&list, check_many);
	CASE(&list, check_stricter_pack);
	CASE(&list, check_redaction_asked_for);
	CASE(&list, check_approved);
	CASE(&list, check_held_expires);
	CASE(&list, check_held_void);
	CASE(&list, check_area_paused);
	CASE(&list, check_cancelled);
	CASE(&list, check_other_area_stays);
	CASE(&list, check_paused_recalled);
	CASE(&list, check_whole_suspension);
	CASE(&list, check_many_closed);
	return cases_run("tighten", &list, argc, argv);
}
