#include "fixture_p.h"

static enum err
approve_job(const struct release_job *job, const void *in, void *out, struct why *why)
{
	return release_approve(job, in, out, why);
}

/* JP says that an organisation took over, at an instant; its n-th statement. */
static enum err
say(struct office *o, uint64_t n, const char *next, const char *old, time_us at)
{
	CLEANUP(realm_gate_givep) struct gate_ref *gate = realm_gate_take(o->realm);
	CLEANUP(buf_free) struct buf text = buf_new(MIB);
	CLEANUP(buf_free) struct buf out = buf_new(DSSE_BYTES_MAX);
	struct dsse *e = arena_make(o->arena, struct dsse, 1);
	const struct statement s = {
		.agreement = gate_of(gate)->standing[0]->agreement->hash,
		.verb = STATEMENT_SUCCEED,
		.scope = str_of(next),
		.party = S("JP"),
		.at = at,
		.serial = n,
		.reason = S("an act of parliament"),
		.act = str_of(old),
	};

	WORKS(o, statement_write(&s, &text, &o->why));
	e->payload = arena_str(o->arena, buf_str(&text));
	e->payload_type = S(STATEMENT_PAYLOAD_TYPE);
	WORKS(o, dsse_sign(e, o->partner, o->arena, &o->why));
	WORKS(o, dsse_write(e, &out, &o->why));
	return realm_statement_add(o->realm, arena_str(o->arena, buf_str(&out)), &o->why);
}

static void
succeed(struct office *o, uint64_t n, const char *next, const char *old)
{
	WORKS(o, say(o, n, next, old, clock_wall(&o->clock)));
}

/* The preview was of an order to `seen`. */
static struct release_sent
send_to(struct office *o, unsigned n, const char *to, const char *seen)
{
	struct release_send send = office_order(o, n, n);
	struct release_sent sent = { 0 };

	send.ask.to = str_of(to);
	send.recipient = str_of(seen);
	WORKS(o, office_try_send(o, &send, &sent));
	office_settle(o);
	office_wait(o, 1);
	return sent;
}

/* Order, item and decision of an indicator say whom it was for, and who asked for whom. */
static void
check_says_both(struct office *o, const char *old, const char *next)
{
	const char *sql = arena_cstr(o->arena,
	    arena_printf(o->arena,
	        "SELECT COUNT(*) FROM release_item i JOIN release_order r ON r.order_id = i.order_id"
	        " WHERE i.source_id LIKE 'indicator%%' AND i.state = 'released'"
	        " AND r.asked = '%s' AND r.recipient = '%s' AND i.recipient = '%s'"
	        " AND i.decision LIKE '%%\"recipient\":\"%s\",\"asked\":\"%s\"%%'"
	        " AND i.decision LIKE '%%{\"code\":\"what.successor\","
	        "\"args\":{\"asked\":\"%s\",\"to\":\"%s\"}}%%'",
	        old, next, next, next, old, old, next));

	assert_int_equal(office_count(o, sql), 1);
	sql = arena_cstr(o->arena, arena_printf(o->arena,
	                               "SELECT COUNT(*) FROM release_item i JOIN ledger_record r"
	                               " ON r.leaf = i.leaf AND r.place = i.place"
	                               " WHERE i.source_id LIKE 'indicator%%' AND"
	                               " CAST(r.record AS TEXT) LIKE '%%\"asked\":\"%s\",%%'"
	                               " AND CAST(r.record AS TEXT) LIKE '%%\"to\":\"%s\",%%'",
	                               old, next));
	assert_int_equal(office_count(o, sql), 1);
}

static void
test_order(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	office_open(&o);
	office_import(&o, 1, 1, "");
	succeed(&o, 1, "JP:NCO", "JP:JPCERT");
	(void)send_to(&o, 1, "JP:JPCERT", "JP:NCO");
	check_says_both(&o, "JP:JPCERT", "JP:NCO");
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM collection WHERE kind = 'released'"
	                                  " AND recipient = 'JP:JPCERT'"),
	    0);
	/* Who is asked for by today's name is not said to have had another. */
	office_import(&o, 2, 1, "");
	(void)send_to(&o, 2, "JP:NCO", "JP:NCO");
	assert_int_equal(office_count(&o,
	                     "SELECT COUNT(*) FROM release_item WHERE source_id LIKE '%0002'"
	                     " AND decision LIKE '%asked%'"),
	    0);
}

/* A code that the agreement does not name, and two steps. */
static void
test_chain(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	office_open(&o);
	office_import(&o, 1, 1, "");
	succeed(&o, 1, "JP:JPCERT", "JP:OLD");
	succeed(&o, 2, "JP:NCO", "JP:JPCERT");
	(void)send_to(&o, 1, "JP:OLD", "JP:NCO");
	check_says_both(&o, "JP:OLD", "JP:NCO");
}

static void
test_refused(void **state)
{
	CLEANUP(office_closep) struct office o;
	struct release_sent sent = { 0 };

	(void)state;
	office_open(&o);
	office_import(&o, 1, 1, "");
	struct release_send send = office_order(&o, 1, 1);
	send.ask.to = S("JP:OLD");
	REFUSES(&o, office_try_send(&o, &send, &sent), ERR_INVALID, "release.recipient");
	succeed(&o, 1, "JP:NCO", "JP:JPCERT");
	REFUSES(&o, say(&o, 2, "JP:JPCERT", "JP:NCO", clock_wall(&o.clock)), ERR_CONFLICT,
	    "standing.succession");
	REFUSES(&o, say(&o, 2, "JP:NCO", "IN:BANK", clock_wall(&o.clock)), ERR_INVALID,
	    "standing.succession");
}

/* A partner names another while the officer looks at the preview: nothing goes there. */
static void
test_between(void **state)
{
	CLEANUP(office_closep) struct office o;
	struct release_sent sent = { 0 };

	(void)state;
	office_open(&o);
	office_import(&o, 1, 1, "");
	struct release_send send = office_order(&o, 1, 1);
	succeed(&o, 1, "JP:NCO", "JP:JPCERT");
	REFUSES(&o, office_try_send(&o, &send, &sent), ERR_CONFLICT, "release.successor");
	send.recipient = S("JP:JPCERT");
	REFUSES(&o, office_try_send(&o, &send, &sent), ERR_CONFLICT, "release.successor");
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM release_item"), 0);
	send.recipient = S("JP:NCO");
	WORKS(&o, office_try_send(&o, &send, &sent));
	/* Nor does it go back to the one that was not seen. */
	send.ask.to = S("JP:NCO");
	send.recipient = S("JP:JPCERT");
	REFUSES(&o, office_try_send(&o, &send, &sent), ERR_CONFLICT, "release.successor");
}

static enum err
propose_job(const struct release_job *job, const void *in, void *out, struct why *why)
{
	return release_standing_propose(job, in, out, why);
}
static enum err
agree_job(const struct release_job *job, const void *in, void *out, struct why *why)
{
	(void)out;
	return release_standing_approve(job, in, why);
}
static enum err
run_job(const struct release_job *job, const void *in, void *out, struct why *why)
{
	(void)in;
	return release_standing_run(job, out, why);
}

/* Officers agreed to one recipient: its party's word sends nothing to another. */
static void
test_standing(void **state)
{
	CLEANUP(office_closep) struct office o;
	static const struct str category[] = { { "plain", 5 }, { "node", 4 } };
	struct standing_step step = { .account = S("kiran") };
	size_t released = 0;

	(void)state;
	office_open(&o);
	const struct standing_order order = {
		.to = S("JP:JPCERT"),
		.purpose = S("incident-response"),
		.area = S("INFO"),
		.categories = COUNTOF(category),
		.category = category,
		.ceiling = TLP_GREEN,
		.proposer = S("meera"),
		.expires_at = clock_wall(&o.clock) + 30 * US_PER_DAY,
	};
	WORKS(&o, office_try(&o, propose_job, &order, &step.order_id));
	WORKS(&o, office_try(&o, agree_job, &step, NULL));
	office_wait(&o, STANDING_DELAY_S);
	office_import(&o, 1, 1, "");
	WORKS(&o, office_try(&o, run_job, NULL, &released));
	assert_int_equal(released, 2); /* and the node's identity */

	succeed(&o, 1, "JP:NCO", "JP:JPCERT");
	office_wait(&o, 1);
	office_import(&o, 2, 1, "");
	WORKS(&o, office_try(&o, run_job, NULL, &released));
	assert_int_equal(released, 0);
	assert_int_equal(office_count(&o,
	                     "SELECT COUNT(*) FROM release_item WHERE recipient = 'JP:NCO'"),
	    0);
	assert_int_equal(office_count(&o,
	                     "SELECT COUNT(*) FROM release_order WHERE kind = 'standing'"
	                     " AND state = 'stopped'"),
	    1);
	assert_int_equal(office_count(&o,
	                     "SELECT COUNT(*) FROM event WHERE name = 'standing.stopped'"),
	    1);
	/* A new one names who is there now. */
	REFUSES(&o, office_try(&o, propose_job, &order, &step.order_id), ERR_INVALID,
	    "standing.recipient");
}

static void
test_not_yet(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	office_open(&o);
	office_import(&o, 1, 1, "");
	WORKS(&o, say(&o, 1, "JP:NCO", "JP:JPCERT", clock_wall(&o.clock) + 60 * US_PER_S));
	(void)send_to(&o, 1, "JP:JPCERT", "JP:JPCERT");
	assert_int_equal(office_count(&o,
	                     "SELECT COUNT(*) FROM release_item WHERE recipient = 'JP:JPCERT'"
	                     " AND decision NOT LIKE '%asked%' AND source_id LIKE 'indicator%'"),
	    1);
	office_wait(&o, 60);
	office_import(&o, 1, 2, "");
	(void)send_to(&o, 1, "JP:JPCERT", "JP:NCO");
	check_says_both(&o, "JP:JPCERT", "JP:NCO");
}

/* What went to the old code before stays as it went. */
static void
test_before(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	office_open(&o);
	office_import(&o, 1, 1, "");
	office_import(&o, 2, 1, "copy");
	(void)send_to(&o, 1, "JP:JPCERT", "JP:JPCERT");
	(void)send_to(&o, 2, "JP:JPCERT", "JP:JPCERT");
	office_receive(&o);
	succeed(&o, 1, "JP:NCO", "JP:JPCERT");
	assert_int_equal(office_tighten(&o).closed, 0);
	assert_string_equal(office_item_state(&o, 1), "released");
	assert_string_equal(office_item_state(&o, 2), "released");
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM recall"), 0);
}

/* What waits goes under the same two names. */
static void
test_held(void **state)
{
	CLEANUP(office_closep) struct office o;
	bool released = false;

	(void)state;
	office_open(&o);
	office_import(&o, 1, 1, "check");
	succeed(&o, 1, "JP:NCO", "JP:JPCERT");
	struct release_sent sent = send_to(&o, 1, "JP:JPCERT", "JP:NCO");
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
	assert_true(released);
	check_says_both(&o, "JP:JPCERT", "JP:NCO");
}

int
main(int argc, char **argv)
{
	static struct cases list;

	CASE(&list, test_order);
	CASE(&list, test_chain);
	CASE(&list, test_refused);
	CASE(&list, test_between);
	CASE(&list, test_standing);
	CASE(&list, test_not_yet);
	CASE(&list, test_before);
	CASE(&list, test_held);
	return cases_run("succession", &list, argc, argv);
}
