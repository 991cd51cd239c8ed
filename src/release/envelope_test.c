#include "box.h"
#include "card_fixture_p.h"
#include "purge.h"

/* ---- sealing ---- */

static struct str
open_sealed(struct office *o, const struct sign_key *key)
{
	struct str body = office_text(o, "SELECT CAST(body AS TEXT) FROM envelope");
	struct person_envelope e;
	struct str text = { 0 };

	assert_true(str_find(body, S("indicator--")) == SIZE_MAX);
	WORKS(o, person_envelope_read(o->arena, body, &e, &o->why));
	assert_true(str_is(e.realm, "demo") && str_is(e.from, "IN:CERT-IN"));
	assert_true(str_is(e.to, "JP:JPCERT"));
	WORKS(o, box_open(o->arena, key, e.box, &text, &o->why));
	return text;
}

/* What is RED, as all that is asked for. */
static void
import_red(struct office *o, struct release_send *send)
{
	office_import_text(o,
	    S("{\"type\":\"tool\",\"spec_version\":\"2.1\",\"id\":\"tool--00000000-0000-4000-8000-00000000000a\","
	      "\"created\":\"2026-01-01T00:00:00.000Z\",\"modified\":\"2026-01-01T00:00:00.000Z\","
	      "\"name\":\"Key\",\"object_marking_refs\":[\"marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1\"]}"),
	    S("IN:CERT-IN"));
	o->id[0] = S("tool--00000000-0000-4000-8000-00000000000a");
	send->ask.id = o->id;
	send->ask.ids = 1;
	send->expected = 0;
	send->ask.copy_time = clock_wall(&o->clock);
}

/* RED on any other channel is routed; sealed to a person it goes, and only there. */
static void
check_red(void **state)
{
	CLEANUP(office_closep) struct office o;
	CLEANUP(card_done) struct carded c = { 0 };
	struct release_sent sent;

	(void)state;
	office_open(&o);
	know(&o, &c);
	struct release_send send = to_person(&o, &c, "");
	import_red(&o, &send);
	/* A named person changes nothing on the roads from node to node. */
	for (enum channel channel = CHANNEL_AUTO; channel <= CHANNEL_OFFICER; channel++) {
		send.ask.channel = channel;
		WORKS(&o, office_try_send(&o, &send, &sent));
		assert_int_equal(sent.decisions->decision[sent.decisions->len - 1].outcome,
		    OUTCOME_ROUTE);
		assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM envelope"), 0);
	}
	office_settle(&o);
	assert_int_equal(office_count(&o, SHOWN "'tool--%'"), 0);

	send.ask.channel = CHANNEL_PERSON;
	send.ask.person = c.step.fingerprint;
	WORKS(&o, office_try_send(&o, &send, &sent));
	assert_int_equal(sent.released, 1);
	assert_true(str_find(open_sealed(&o, c.key), S("tool--00000000")) != SIZE_MAX);
	office_settle(&o);
	assert_int_equal(office_count(&o,
	                     "SELECT COUNT(*) FROM release_item WHERE state = 'sealed'"),
	    1);
	assert_int_equal(office_count(&o, SHOWN "'tool--%'"), 0);
}

/* A category that may carry all that a node may says nothing about RED; nor does
 * an emergency pass over it. */
static void
check_red_not_named(void **state)
{
	CLEANUP(office_closep) struct office o;
	CLEANUP(card_done) struct carded c = { 0 };
	struct release_sent sent;

	(void)state;
	office_open(&o);
	struct str text =
	    office_replaced(&o, office_agreement_text(), "\"version\":1", "\"version\":2");
	text = office_replaced(&o, text, "\"max_tlp\":\"RED\"", "\"max_tlp\":\"AMBER+STRICT\"");
	office_agree_on(&o, office_replaced(&o, text, "\"obligations\":[]",
	                        "\"break_glass\":{\"clause\":\"1\",\"conditions\":[\"life\"],"
	                        "\"officers\":2,\"review_hours\":24,\"never_overrides\":"
	                        "[\"classified\",\"cii\",\"red\",\"acd-origin\",\"realm\"]},"
	                        "\"obligations\":[]"));
	know(&o, &c);
	struct release_send send = to_person(&o, &c, "");
	import_red(&o, &send);
	for (int glass = 0; glass <= 1; glass++) {
		send.ask.break_glass = glass ? S("life") : S("");
		send.ask.reason = S("a test");
		WORKS(&o, office_try_send(&o, &send, &sent));
		const struct agreement_decision *d = agreement_decision_about(sent.decisions,
		    S("tool--00000000-0000-4000-8000-00000000000a"));
		assert_int_equal(d->outcome, OUTCOME_DENY);
		assert_true(str_is(d->code[0], "M-CEIL"));
		office_wait(&o, 1);
		send.ask.copy_time = clock_wall(&o.clock);
	}
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM envelope"), 0);
}

static void
check_sealed(void **state)
{
	CLEANUP(office_closep) struct office o;
	CLEANUP(card_done) struct carded c = { 0 };
	struct release_sent sent;

	(void)state;
	office_open(&o);
	know(&o, &c);
	struct release_send send = to_person(&o, &c, "");
	WORKS(&o, office_try_send(&o, &send, &sent));
	assert_int_equal(sent.released, 1);
	assert_true(str_find(open_sealed(&o, c.key), office_indicator(&o, 1)) != SIZE_MAX);
	office_settle(&o);
	assert_int_equal(office_count(&o, SHOWN "'indicator--%'"), 0);

	struct release_envelope_receipt r = { sent.order_id, 0, S("meera"), S(" ") };
	REFUSES(&o, office_try(&o, received_job, &r, NULL), ERR_INVALID, "envelope.receipt");
	r.text = S("hiroshi by telephone");
	WORKS(&o, office_try(&o, received_job, &r, NULL));
	REFUSES(&o, office_try(&o, received_job, &r, NULL), ERR_CONFLICT, "envelope.received");
	r.ordinal = 9;
	REFUSES(&o, office_try(&o, received_job, &r, NULL), ERR_NOT_FOUND, "envelope.unknown");
}

/* The approver sees that it is for one person, and for whom. */
static void
check_named(struct office *o, const struct carded *c)
{
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };
	const struct release_query q = { { S("IN:CERT-IN"), S("main") }, S("held"), S("") };
	struct release_row *rows = NULL;
	size_t n = 0;

	WORKS(o, db_pool_take(realm_readers(o->realm), &lease, &o->why));
	WORKS(o, release_rows(lease.db, o->arena, &q, &rows, &n, &o->why));
	assert_int_equal(n, 1);
	assert_true(str_is(rows[0].channel, "person") && str_is(rows[0].person_name, "hiroshi"));
	assert_true(str_eq(rows[0].person, c->step.fingerprint));
}

static int64_t
count_naming(struct office *o, const char *sql, const struct carded *c)
{
	return office_count(o,
	    arena_cstr(o->arena, arena_printf(o->arena, "%s LIKE '%%\"person\":\"" STR_FMT "\"%%'",
	                             sql, STR_ARG(c->step.fingerprint))));
}

/* What is held is sealed with its last approval, to a card that is still good. */
static void
check_held(void **state)
{
	CLEANUP(office_closep) struct office o;
	CLEANUP(card_done) struct carded c = { 0 };
	struct release_sent sent;
	bool released = false;

	(void)state;
	office_open(&o);
	know(&o, &c);
	struct release_send send = to_person(&o, &c, "check");
	send.proposer = S("arjun");
	WORKS(&o, office_try_send(&o, &send, &sent));
	assert_int_equal(sent.held, 1);
	check_named(&o, &c);
	const struct release_verdict v = {
		.order_id = sent.order_id,
		.ordinal = 0,
		.account = S("kiran"),
		.role = S("officer"),
		.bytes_hash = hash_of(sent.decisions->decision[0].bytes),
	};
	office_sql(&o, "UPDATE person SET revoked_at = 1");
	REFUSES(&o, office_try(&o, approve_job, &v, &released), ERR_INVALID, "release.person");
	office_sql(&o, "UPDATE person SET revoked_at = 0");
	struct release_verdict own = v;
	own.account = S("arjun");
	REFUSES(&o, office_try(&o, approve_job, &own, &released), ERR_FORBIDDEN,
	    "release.four-eyes");
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM envelope"), 0);
	WORKS(&o, office_try(&o, approve_job, &v, &released));
	assert_true(released);
	assert_string_equal(office_item_state(&o, 1), "sealed");
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM envelope"), 1);
	/* The approval, the hold and the release say whom they are about. */
	assert_int_equal(count_naming(&o,
	                     "SELECT COUNT(*) FROM ledger_leaf WHERE kind = 'approval'"
	                     " AND CAST(entry AS TEXT)",
	                     &c),
	    1);
	assert_int_equal(count_naming(&o,
	                     "SELECT COUNT(*) FROM ledger_record WHERE"
	                     " CAST(record AS TEXT)",
	                     &c),
	    2);
}

/* ---- handing out ---- */

static enum err
check_job(const struct release_job *job, const void *in, void *out, struct why *why)
{
	const struct release_envelope_query q = {
		{ job->gate->organisation, job->gate->enclave },
		*(const struct str *)in,
		0,
	};
	struct release_envelope *list = NULL;
	size_t n = 0;

	(void)out;
	TRY(release_envelopes(job->db, job->arena, &q, &list, &n, why));
	assert_int_equal(n, 1);
	return release_envelope_check(job, &list[0], why);
}

static void
card_revoked(struct office *o, struct carded *c)
{
	WORKS(o, office_try(o, revoke_job, &c->step, NULL));
}
static void
key_revoked(struct office *o, struct carded *c)
{
	struct carded second = { .key = c->key, .days = 60 };

	know(o, &second);
	WORKS(o, office_try(o, revoke_job, &second.step, NULL));
}
static void
card_expired(struct office *o, struct carded *)
{
	office_wait(o, 30 * US_PER_DAY / US_PER_S);
}
static void
all_suspended(struct office *o, struct carded *)
{
	office_state(o, STATEMENT_SUSPEND, "all");
}
static void
area_suspended(struct office *o, struct carded *)
{
	office_state(o, STATEMENT_SUSPEND, "INFO");
}
static void
terminated(struct office *o, struct carded *)
{
	office_state(o, STATEMENT_TERMINATE, "all");
}

/* clang-format off */
static const struct closed_row {
	const char *name;
	void (*change)(struct office *, struct carded *);
} closed_table[] = {
	{ "not for a revoked card",               card_revoked },
	{ "not for a key revoked with another",   key_revoked },
	{ "not for a card that expired",          card_expired },
	{ "not while all is suspended",           all_suspended },
	{ "not while its area is suspended",      area_suspended },
	{ "not under an agreement that ended",    terminated },
};
/* clang-format on */

/* What was sealed and lies here has not left: neither has what a false receipt says left. */
static void
check_closed(void **state)
{
	const struct closed_row *row = *state;
	CLEANUP(office_closep) struct office o;
	CLEANUP(card_done) struct carded c = { 0 };
	struct release_sent sent;

	office_open(&o);
	know(&o, &c);
	struct release_send send = to_person(&o, &c, "");
	WORKS(&o, office_try_send(&o, &send, &sent));
	WORKS(&o, office_try(&o, check_job, &sent.order_id, NULL));
	row->change(&o, &c);
	office_wait(&o, 1);
	REFUSES(&o, office_try(&o, check_job, &sent.order_id, NULL), ERR_CONFLICT,
	    "envelope.closed");
	const struct release_envelope_receipt r = { sent.order_id, 0, S("meera"), S("heard") };
	WORKS(&o, office_try(&o, received_job, &r, NULL));
	REFUSES(&o, office_try(&o, check_job, &sent.order_id, NULL), ERR_CONFLICT,
	    "envelope.closed");
}

/* ---- an agreement that ends ---- */

/* Between order and approval, or before an order, the recipient leaves. */
static void
check_left(void **)
{
	CLEANUP(office_closep) struct office o;
	CLEANUP(card_done) struct carded c = { 0 };
	struct release_sent sent, late;
	bool released = false;

	office_open(&o);
	know(&o, &c);
	struct release_send send = to_person(&o, &c, "check");
	WORKS(&o, office_try_send(&o, &send, &sent));
	assert_int_equal(sent.held, 1);
	const struct release_verdict v = {
		.order_id = sent.order_id,
		.account = S("kiran"),
		.role = S("officer"),
		.bytes_hash = hash_of(sent.decisions->decision[0].bytes),
	};
	office_state(&o, STATEMENT_TERMINATE, "all");
	assert_int_not_equal(office_try(&o, approve_job, &v, &released), OK);
	assert_false(released);
	enum err err = office_try_send(&o, &send, &late);
	assert_true(err != OK || late.released == 0);
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM envelope"), 0);
}

/* ---- what is purged ---- */

static enum err
purge_job(const struct release_job *job, const void *in, void *out, struct why *why)
{
	return release_purge(job, in, out, why);
}

static void
check_purged(void **)
{
	CLEANUP(office_closep) struct office o;
	CLEANUP(card_done) struct carded c = { 0 };
	struct release_sent sent;
	size_t gone = 0;

	office_open(&o);
	know(&o, &c);
	struct release_send send = to_person(&o, &c, "");
	WORKS(&o, office_try_send(&o, &send, &sent));
	const struct release_purge purge = {
		.id = office_indicator(&o, 1),
		.account = S("leela"),
		.of = { S("IN:CERT-IN"), S("main") },
		.reason = S("a test"),
	};
	WORKS(&o, office_try(&o, purge_job, &purge, &gone));
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM envelope WHERE LENGTH(body) = 0"),
	    1);
	assert_int_equal(office_count(&o,
	                     "SELECT COUNT(*) FROM release_item WHERE LENGTH(bytes) > 0"),
	    0);
}

int
main(int argc, char **argv)
{
	static struct cases list;

	CASE(&list, check_red);
	CASE(&list, check_red_not_named);
	CASE(&list, check_sealed);
	CASE(&list, check_held);
	CASES(&list, closed_table, check_closed);
	CASE(&list, check_left);
	CASE(&list, check_purged);
	return cases_run("envelope", &list, argc, argv);
}
