/* What an officer says beside the objects of an order, and what follows from it. */
#include "card_fixture_p.h"
#include "codec.h"

#define OFFICE_BASES                                                                            \
	"\"legal_bases\":[{\"code\":\"IN-CERT\",\"party\":\"IN\",\"citation\":\"A test\","      \
	"\"in_force_from\":\"2009-10-27T00:00:00Z\"},{\"code\":\"UNCC\",\"citation\":\"Not in " \
	"force\"}],\"obligations\":[]"

static enum err
preview_job(const struct release_job *job, const void *in, void *out, struct why *why)
{
	struct agreement_request request;

	return release_preview(job, in, out, &request, why);
}

static const struct agreement_decision *
preview_of(struct office *o, const struct release_send *send, unsigned n)
{
	const struct agreement_decisions *all = NULL;

	WORKS(o, office_try(o, preview_job, &send->ask, &all));
	return agreement_decision_about(all, office_indicator(o, n));
}

static enum err
refuse_job(const struct release_job *job, const void *in, void *out, struct why *why)
{
	(void)out;
	return release_refuse(job, in, why);
}

static int64_t
count_state(struct office *o, const char *state)
{
	return office_count(o,
	    arena_cstr(o->arena, arena_printf(o->arena,
	                             "SELECT COUNT(*) FROM release_item WHERE state = '%s'"
	                             " AND source_id LIKE 'indicator--%%'",
	                             state)));
}

static int64_t
shown(struct office *o)
{
	office_settle(o);
	return office_count(o, "SELECT COUNT(*) FROM object o JOIN collection c ON"
	                       " c.shard_key = o.shard_key WHERE c.kind = 'released'"
	                       " AND o.type = 'indicator' AND o.withdrawn_at = 0");
}

/* ---- all or nothing ---- */

/* Indicators 1 to 3 with these labels, sent as one. */
static struct release_sent
send_strict(struct office *o, const char *second, const char *third)
{
	struct release_sent sent = { 0 };

	office_import(o, 1, 1, "");
	office_import(o, 2, 1, second);
	office_import(o, 3, 1, third);
	struct release_send send = office_order(o, 1, 3);
	send.ask.mode = BUNDLE_STRICT;
	WORKS(o, office_try_send(o, &send, &sent));
	office_wait(o, 1);
	return sent;
}

static struct release_verdict
verdict_on(struct office *o, const struct release_sent *sent, unsigned n)
{
	const struct agreement_decision *d =
	    agreement_decision_about(sent->decisions, office_indicator(o, n));

	return (struct release_verdict){
		.order_id = sent->order_id,
		.ordinal = n - 1 + NODE,
		.account = S("kiran"),
		.role = S("officer"),
		.bytes_hash = hash_of(d->bytes),
	};
}

static void
check_one_stays(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	office_open(&o);
	struct release_sent sent = send_strict(&o, "never", "check");
	assert_int_equal(sent.released + sent.held, 0);
	assert_int_equal(count_state(&o, "denied"), 3);
	assert_int_equal(shown(&o), 0);
	const struct agreement_decision *d =
	    agreement_decision_about(sent.decisions, office_indicator(&o, 1));
	assert_true(str_is(d->code[0], "B-STRICT"));
	assert_int_equal(d->bytes.len, 0);
}

/* The others wait for it, without a word of their own. */
static void
check_one_waits(void **state)
{
	CLEANUP(office_closep) struct office o;
	bool released = true;

	(void)state;
	office_open(&o);
	struct release_sent sent = send_strict(&o, "check", "two");
	assert_int_equal(sent.released, 0);
	assert_int_equal(count_state(&o, "held"), 3);
	const struct agreement_decision *d =
	    agreement_decision_about(sent.decisions, office_indicator(&o, 1));
	assert_true(d->outcome == OUTCOME_HOLD && d->approvals == 0);

	struct release_verdict v = verdict_on(&o, &sent, 1);
	REFUSES(&o, office_try(&o, approve_job, &v, &released), ERR_FORBIDDEN, "release.role");
	v = verdict_on(&o, &sent, 2);
	WORKS(&o, office_try(&o, approve_job, &v, &released));
	assert_false(released);
	v = verdict_on(&o, &sent, 3);
	WORKS(&o, office_try(&o, approve_job, &v, &released));
	assert_false(released);
	assert_int_equal(shown(&o), 0);
	v.account = S("leela");
	v.role = S("legal");
	WORKS(&o, office_try(&o, approve_job, &v, &released));
	assert_true(released);
	assert_int_equal(count_state(&o, "released"), 3);
	assert_int_equal(shown(&o), 3);
	assert_int_equal(office_count(&o, "SELECT COUNT(DISTINCT leaf) FROM release_item"), 1);

	/* What went together is decided again one by one, and stays. */
	office_pack(&o, 1, "something-else", "deny");
	struct release_tightened again = office_tighten(&o);
	assert_true(again.decided >= 3);
	assert_int_equal(again.closed, 0);
	assert_int_equal(shown(&o), 3);
}

static void
check_one_refused(void **state)
{
	CLEANUP(office_closep) struct office o;
	bool released = true;

	(void)state;
	office_open(&o);
	struct release_sent sent = send_strict(&o, "check", "check");
	struct release_verdict v = verdict_on(&o, &sent, 2);
	WORKS(&o, office_try(&o, approve_job, &v, &released));
	assert_false(released);
	v = verdict_on(&o, &sent, 3);
	v.reason = S("not this one");
	WORKS(&o, office_try(&o, refuse_job, &v, NULL));
	assert_int_equal(count_state(&o, "refused"), 3);
	assert_int_equal(shown(&o), 0);
	assert_int_equal(office_count(&o,
	                     "SELECT COUNT(*) FROM release_order WHERE state = 'done'"),
	    1);
}

/* A newer version of one makes the approvals of all void. */
static void
check_one_changed(void **state)
{
	CLEANUP(office_closep) struct office o;
	bool released = true;

	(void)state;
	office_open(&o);
	struct release_sent sent = send_strict(&o, "check", "");
	office_import(&o, 3, 2, "");
	struct release_verdict v = verdict_on(&o, &sent, 2);
	REFUSES(&o, office_try(&o, approve_job, &v, &released), ERR_CONFLICT, "release.version");
	assert_int_equal(shown(&o), 0);
}

/* ---- the ground ---- */

/* clang-format off */
static const struct basis_row {
	const char *name, *basis;
	enum outcome outcome;
	const char *code; /* of a refusal, or of an error; "" none */
	enum err err;
} basis_table[] = {
	{ "none",                    "",        OUTCOME_ALLOW, "",              OK },
	{ "one that is in force",    "IN-CERT", OUTCOME_ALLOW, "",              OK },
	{ "one that is not",         "UNCC",    OUTCOME_DENY,  "L-BASIS",       OK },
	{ "one that nobody knows",   "BECAUSE", OUTCOME_DENY,  "release.basis", ERR_INVALID },
	{ "half of one",             "IN-",     OUTCOME_DENY,  "release.basis", ERR_INVALID },
};
/* clang-format on */

static void
check_basis(void **state)
{
	const struct basis_row *row = *state;
	CLEANUP(office_closep) struct office o;
	struct release_sent sent = { 0 };

	office_open(&o);
	struct str text =
	    office_replaced(&o, office_agreement_text(), "\"version\":1", "\"version\":2");
	office_agree_on(&o, office_replaced(&o, text, "\"obligations\":[]", OFFICE_BASES));
	office_import(&o, 1, 1, "");
	struct release_send send = office_order(&o, 1, 1);
	send.ask.legal_basis = str_of(row->basis);
	if (row->err != OK) {
		REFUSES(&o, office_try_send(&o, &send, &sent), row->err, row->code);
		assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM release_order"), 0);
		return;
	}
	WORKS(&o, office_try_send(&o, &send, &sent));
	const struct agreement_decision *d =
	    agreement_decision_about(sent.decisions, office_indicator(&o, 1));
	assert_int_equal(d->outcome, row->outcome);
	assert_string_equal(d->codes == 0 ? "" : arena_cstr(o.arena, d->code[0]), row->code);
	/* What was cited stands in the order, the decision and its facts. */
	assert_true(str_is(office_text(&o, "SELECT legal_basis FROM release_order"), row->basis));
	struct str named = arena_printf(o.arena, "\"legal_basis\":\"%s\"", row->basis);
	assert_true(str_find(d->facts, named) != SIZE_MAX);
	struct str json = office_text(&o, "SELECT decision FROM release_item"
	                                  " WHERE source_id LIKE 'indicator--%'");
	assert_int_equal(str_find(json, named) != SIZE_MAX, row->basis[0] != '\0');
}

/* A rule of a pack that asks for a ground makes its code known, too. */
static void
check_basis_of_pack(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	office_open(&o);
	struct str text = office_replaced(&o, office_pack_text(&o, 1, "copy", "hold"), "\"when\":{",
	    "\"when\":{\"not_basis\":[\"IN-LAW\"],");
	WORKS(&o, realm_pack_activate(o.realm, office_pack_sign(&o, text), &o.why));
	office_import(&o, 1, 1, "copy");
	struct release_send send = office_order(&o, 1, 1);
	assert_int_equal(preview_of(&o, &send, 1)->outcome, OUTCOME_HOLD);
	send.ask.legal_basis = S("IN-LAW");
	assert_int_equal(preview_of(&o, &send, 1)->outcome, OUTCOME_ALLOW_WITH_REDACTION);
}

/* ---- the contact ---- */

static struct release_send
call(struct office *o, unsigned n, enum contact_check contact)
{
	office_import_marked(o, n, 1, "", AMBER);
	struct release_send send = office_order(o, n, n);

	send.ask.contact = contact;
	send.ask.urgency = URGENCY_FLASH;
	send.ask.reason = S("rang the desk three times");
	return send;
}

static void
check_contact_refused(void **state)
{
	CLEANUP(office_closep) struct office o;
	struct release_sent sent;

	(void)state;
	office_open(&o);
	struct release_send send = call(&o, 1, CONTACT_FAILED);
	send.ask.reason = S(" ");
	REFUSES(&o, office_try_send(&o, &send, &sent), ERR_INVALID, "release.contact");
	send.ask.reason = S("rang");
	send.ask.urgency = URGENCY_PRIORITY;
	REFUSES(&o, office_try_send(&o, &send, &sent), ERR_INVALID, "release.contact");
	send.ask.contact = CONTACT_ANSWERED;
	send.ask.reason = S("");
	REFUSES(&o, office_try_send(&o, &send, &sent), ERR_INVALID, "release.contact");
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM release_order"), 0);
}

static enum outcome
outcome_of(struct office *o, const struct release_send *send, unsigned n)
{
	struct release_sent sent = { 0 };

	WORKS(o, office_try_send(o, send, &sent));
	office_wait(o, 1);
	return agreement_decision_about(sent.decisions, office_indicator(o, n))->outcome;
}

/* One may be a holiday; after two only what everybody may have goes, until
 * somebody answers. */
static void
check_contact(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	office_open(&o);
	struct release_send send = call(&o, 1, CONTACT_FAILED);
	assert_int_equal(outcome_of(&o, &send, 1), OUTCOME_ALLOW);
	assert_int_equal(shown(&o), 1);
	send = call(&o, 2, CONTACT_FAILED);
	assert_int_equal(preview_of(&o, &send, 2)->outcome, OUTCOME_DENY);
	assert_int_equal(preview_of(&o, &send, 2)->outcome,
	    OUTCOME_DENY); /* a look counts nothing */
	assert_int_equal(outcome_of(&o, &send, 2), OUTCOME_DENY);
	send = call(&o, 3, CONTACT_NOT_TRIED);
	assert_true(str_is(preview_of(&o, &send, 3)->code[0], "K-POC-STALE"));
	send.ask.to = S("JP:NCO"); /* another desk */
	assert_int_equal(preview_of(&o, &send, 3)->outcome, OUTCOME_ALLOW);
	office_import(&o, 4, 1, "");
	send = office_order(&o, 4, 4);
	assert_int_equal(outcome_of(&o, &send, 4), OUTCOME_ALLOW);
	assert_int_equal(office_count(&o,
	                     "SELECT COUNT(*) FROM event WHERE name = 'release.contact-failed'"),
	    2);
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM ledger_leaf WHERE"
	                                  " CAST(entry AS TEXT) LIKE '%contact-failed%'"),
	    2);

	/* What went before stays. */
	office_pack(&o, 1, "something-else", "deny");
	assert_int_equal(office_tighten(&o).closed, 0);
	assert_int_equal(shown(&o), 2);

	send = call(&o, 3, CONTACT_ANSWERED);
	send.ask.urgency = URGENCY_ROUTINE;
	assert_int_equal(outcome_of(&o, &send, 3), OUTCOME_ALLOW);
	send = call(&o, 5, CONTACT_FAILED); /* the first one again */
	assert_int_equal(outcome_of(&o, &send, 5), OUTCOME_ALLOW);
}

/* What waits is not sent to somebody who has stopped to answer. */
static void
check_contact_of_held(void **state)
{
	CLEANUP(office_closep) struct office o;
	struct release_sent sent = { 0 };
	bool released = false;

	(void)state;
	office_open(&o);
	office_import_marked(&o, 1, 1, "check", AMBER);
	struct release_send send = office_order(&o, 1, 1);
	WORKS(&o, office_try_send(&o, &send, &sent));
	office_wait(&o, 1);
	for (unsigned n = 2; n <= 3; n++) {
		send = call(&o, n, CONTACT_FAILED);
		(void)outcome_of(&o, &send, n);
	}
	struct release_verdict v = verdict_on(&o, &sent, 1);
	REFUSES(&o, office_try(&o, approve_job, &v, &released), ERR_CONFLICT, "release.no-longer");
}

/* ---- how many people ---- */

static void
check_persons(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	office_open(&o);
	struct str text = office_replaced(&o, office_pack_text(&o, 1, "plain", "hold"),
	    "\"when\":{\"equals\":{\"/labels\":[\"plain\"]}}", "\"when\":{\"persons_over\":500}");
	WORKS(&o, realm_pack_activate(o.realm, office_pack_sign(&o, text), &o.why));
	office_import(&o, 1, 1, "");
	struct release_count count = { office_indicator(&o, 1), 500 };
	struct release_send send = office_order(&o, 1, 1);
	send.ask.counts = 1;
	send.ask.count = &count;
	assert_int_equal(preview_of(&o, &send, 1)->outcome, OUTCOME_ALLOW);
	count.persons = 1200;
	assert_int_equal(preview_of(&o, &send, 1)->outcome, OUTCOME_HOLD);

	/* It is the count of the order, and stays with what waits. */
	struct release_sent sent = { 0 };
	bool released = false;
	WORKS(&o, office_try_send(&o, &send, &sent));
	assert_int_equal(sent.held, 1);
	assert_int_equal(office_count(&o, "SELECT MAX(persons) FROM release_item"), 1200);
	struct release_verdict v = verdict_on(&o, &sent, 1);
	WORKS(&o, office_try(&o, approve_job, &v, &released));
	assert_true(released);
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM release_item"
	                                  " WHERE facts LIKE '%\"persons\":1200%'"),
	    1);

	office_import(&o, 2, 1, "");
	count.id = office_indicator(&o, 2);
	struct release_ask ask = send.ask;
	const struct agreement_decisions *all = NULL;
	REFUSES(&o, office_try(&o, preview_job, &ask, &all), ERR_INVALID, "release.persons");
}

/* ---- the recipient's key ---- */

static void
know_key(struct office *o, const struct sign_key *key)
{
	struct verify_key public = sign_key_public(key);
	char hex[2 * VERIFY_KEY_BYTES + 1];

	hex_text(public.byte, VERIFY_KEY_BYTES, hex);
	office_sql(o, arena_cstr(o->arena,
	                  arena_printf(o->arena, "UPDATE peer SET agreement_key = x'%s'", hex)));
}

/* The partner signs with another key from now on; the node that we know has the old one. */
static void
former(struct office *o, const struct sign_key *own, const char *until)
{
	struct verify_key key = sign_key_public(own);
	char hex[2 * VERIFY_KEY_BYTES + 1];
	struct str text =
	    office_replaced(o, office_agreement_text(), "\"version\":1", "\"version\":2");

	hex_text(key.byte, VERIFY_KEY_BYTES, hex);
	text = office_replaced(o, text, "{\"code\":\"JP\",\"name\":\"JP\",",
	    arena_cstr(o->arena, arena_printf(o->arena,
	                             "{\"code\":\"JP\",\"name\":\"JP\",\"former_keys\":"
	                             "[{\"key\":\"%s\",\"until\":\"%s\"}],",
	                             hex, until)));
	o->partner = sign_key_new();
	know_key(o, o->partner);
	office_agree_on(o, text);
	know_key(o, own);
}

/* clang-format off */
static const struct key_row {
	const char *name, *until;
	enum outcome outcome;
} key_table[] = {
	{ "a former key before its end", "2026-11-22T04:00:00Z", OUTCOME_ALLOW },
	{ "five minutes past its end",   "2026-11-22T02:59:05Z", OUTCOME_DENY },
};
/* clang-format on */

static void
check_key(void **state)
{
	const struct key_row *row = *state;
	CLEANUP(office_closep) struct office o;

	office_open(&o);
	struct sign_key *old = o.partner;
	former(&o, old, row->until);
	office_import(&o, 1, 1, "");
	struct release_send send = office_order(&o, 1, 1);
	const struct agreement_decision *d = preview_of(&o, &send, 1);
	assert_int_equal(d->outcome, row->outcome);
	if (row->outcome == OUTCOME_DENY)
		assert_true(str_is(d->code[0], "K-KEY"));
	sign_key_free(old);
}

/* Two people compared a key that the agreement does not name: it is nobody's. */
static void
check_strange_key(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	office_open(&o);
	office_sql(&o, "UPDATE peer SET agreement_key = zeroblob(32)");
	office_import(&o, 1, 1, "");
	struct release_send send = office_order(&o, 1, 1);
	assert_true(str_is(preview_of(&o, &send, 1)->code[0], "K-KEY"));
}

/* What was not delivered when the key ends waits, and comes with the next key. */
static void
check_key_ends(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	office_open(&o);
	struct sign_key *old = o.partner;
	former(&o, old, "2026-11-22T04:00:00Z");
	(void)office_order(&o, 1, 1);
	office_import(&o, 1, 1, "");
	(void)office_send(&o, 1, 1);
	assert_int_equal(shown(&o), 1);
	office_wait(&o, 3600);
	assert_int_equal(office_tighten(&o).closed, 0);
	assert_string_equal(office_item_state(&o, 1), "paused");
	assert_int_equal(shown(&o), 0);
	know_key(&o, o.partner);
	office_pack(&o, 1, "something-else", "deny");
	(void)office_tighten(&o);
	assert_string_equal(office_item_state(&o, 1), "released");
	assert_int_equal(shown(&o), 1);
	sign_key_free(old);
}

/* A card ends, and with it what may be sealed for it. */
static void
check_card_ends(void **state)
{
	CLEANUP(office_closep) struct office o;
	CLEANUP(card_done) struct carded c = { .days = 2 };

	(void)state;
	office_open(&o);
	know(&o, &c);
	struct release_send send = to_person(&o, &c, "");
	const struct agreement_decision *d = preview_of(&o, &send, 1);
	assert_int_equal(d->outcome, OUTCOME_ALLOW);
	assert_true(d->valid_until > 0 && d->valid_until <= clock_wall(&o.clock) + 2 * US_PER_DAY);
	assert_true(str_find(d->facts, S("\"key_until\":\"2026-11-24T")) != SIZE_MAX);
}

int
main(int argc, char **argv)
{
	static struct cases list;

	CASE(&list, check_one_stays);
	CASE(&list, check_one_waits);
	CASE(&list, check_one_refused);
	CASE(&list, check_one_changed);
	CASES(&list, basis_table, check_basis);
	CASE(&list, check_basis_of_pack);
	CASE(&list, check_contact_refused);
	CASE(&list, check_contact);
	CASE(&list, check_contact_of_held);
	CASE(&list, check_persons);
	CASES(&list, key_table, check_key);
	CASE(&list, check_strange_key);
	CASE(&list, check_key_ends);
	CASE(&list, check_card_ends);
	return cases_run("claims", &list, argc, argv);
}
