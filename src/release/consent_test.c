#include "consent.h"

#include "fixture_p.h"

#define HOSPITAL "identity--00000000-0000-4000-8000-0000000000aa"

static enum err
add_job(const struct release_job *job, const void *in, void *out, struct why *why)
{
	return release_consent_add(job, in, out, why);
}

static enum err
withdraw_job(const struct release_job *job, const void *in, void *out, struct why *why)
{
	(void)out;
	return release_consent_withdraw(job, in, why);
}

static enum err
close_job(const struct release_job *job, const void *in, void *out, struct why *why)
{
	return release_consent_close(job, *(const struct str *)in, out, why);
}

/* All steps that are left, of any consent; returns how many there were. */
static unsigned
close_rest(struct office *o, size_t *ret_closed)
{
	struct consent_closing closing = { .more = true };
	unsigned steps = 0;

	for (*ret_closed = 0; closing.more; steps++) {
		WORKS(o, office_try(o, close_job, &(struct str){ 0 }, &closing));
		*ret_closed = closing.closed;
	}
	WORKS(o, realm_gate_reload(o->realm, &o->why));
	return steps;
}

static bool
is_shut(struct office *o)
{
	CLEANUP(realm_gate_givep) struct gate_ref *gate = realm_gate_take(o->realm);

	return gate_of(gate)->closing;
}

static enum err
answered_job(const struct release_job *job, const void *in, void *out, struct why *why)
{
	(void)out;
	return release_recall_answered(job, *(const struct str *)in, S("removed"), why);
}

static struct consent_new
agreed(struct office *o)
{
	return (struct consent_new){
		.identity = S(HOSPITAL),
		.scope = CONSENT_NAME,
		.to = S("JP:JPCERT"),
		.until = clock_wall(&o->clock) + 30 * US_PER_DAY,
		.evidence = S("letter 12/2026, signed by the director"),
		.account = S("leela"),
	};
}

static struct str
add(struct office *o, const struct consent_new *c)
{
	struct str id = { 0 };

	WORKS(o, office_try(o, add_job, c, &id));
	return id;
}

static enum err
withdraw(struct office *o, struct str id, const char *account, size_t *ret_closed)
{
	const struct consent_withdrawal w = { .id = id,
		.account = str_of(account),
		.reason = S("the director changed his mind") };
	enum err err = office_try(o, withdraw_job, &w, NULL);

	if (err != OK)
		return err;
	WORKS(o, realm_gate_reload(o->realm, &o->why));
	assert_true(is_shut(o));
	(void)close_rest(o, ret_closed);
	assert_false(is_shut(o));
	return OK;
}

static void
open_hospital(struct office *o)
{
	office_open(o);
	office_import_text(o,
	    S("{\"type\":\"identity\",\"spec_version\":\"2.1\",\"id\":\"" HOSPITAL "\","
	      "\"created\":\"2026-01-01T00:00:00.000Z\",\"modified\":\"2026-01-01T00:00:00.000Z\","
	      "\"name\":\"City Hospital\",\"identity_class\":\"organization\","
	      "\"object_marking_refs\":[\"" GREEN "\"]}"),
	    S("IN:CERT-IN"));
}

static struct release_send
name_order(struct office *o)
{
	struct release_send send = office_order(o, 1, 1);

	o->id[0] = S(HOSPITAL);
	return send;
}

#define NAME_ITEM(column)                                                  \
	"SELECT " column " FROM release_item WHERE source_id = '" HOSPITAL \
	"' ORDER BY leaf DESC LIMIT 1"

static void
send_name(struct office *o)
{
	struct release_send send = name_order(o);
	struct release_sent sent;

	WORKS(o, office_try_send(o, &send, &sent));
	office_settle(o);
	office_wait(o, 1);
}

/* ---- writing down ---- */

/* clang-format off */
static void by_officer(struct consent_new *c) { c->account = S("meera"); }
static void by_approver(struct consent_new *c) { c->account = S("kiran"); }
static void by_nobody(struct consent_new *c) { c->account = S("nobody"); }
static void no_identity(struct consent_new *c) { c->identity = S("City Hospital"); }
static void not_identity(struct consent_new *c) { c->identity = S("indicator--00000000-0000-4000-8000-0000000000aa"); }
static void to_stranger(struct consent_new *c) { c->to = S("US:CERT"); }
static void in_the_past(struct consent_new *c) { c->until = 1; }
static void for_ever(struct consent_new *c) { c->until = TIME_NEVER; }
static void on_nothing(struct consent_new *c) { c->evidence = S("  "); }

static const struct refused_row {
	const char *name;
	void (*change)(struct consent_new *c);
	enum err err;
	const char *code;
} refused_table[] = {
	{ "an officer writes it", by_officer, ERR_FORBIDDEN, "release.role" },
	{ "an approver writes it", by_approver, ERR_FORBIDDEN, "release.role" },
	{ "nobody writes it", by_nobody, ERR_FORBIDDEN, "release.role" },
	{ "a name is no identity", no_identity, ERR_INVALID, "consent.identity" },
	{ "an indicator cannot consent", not_identity, ERR_INVALID, "consent.identity" },
	{ "to somebody unknown", to_stranger, ERR_INVALID, "consent.recipient" },
	{ "until yesterday", in_the_past, ERR_INVALID, "consent.until" },
	{ "without an end", for_ever, ERR_INVALID, "consent.until" },
	{ "without evidence", on_nothing, ERR_INVALID, "consent.evidence" },
};
/* clang-format on */

static void
check_refused(void **state)
{
	const struct refused_row *row = *state;
	CLEANUP(office_closep) struct office o;
	struct str id = { 0 };

	office_open(&o);
	struct consent_new c = agreed(&o);
	row->change(&c);
	REFUSES(&o, office_try(&o, add_job, &c, &id), row->err, row->code);
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM consent"), 0);
}

/* What a consent opens, and for whom. */
static const struct opens_row {
	const char *name;
	enum consent_scope scope;
	const char *to;
	bool opens;
} opens_table[] = {
	{ "the name, to the organisation", CONSENT_NAME, "JP:JPCERT", true },
	{ "the name, to the party", CONSENT_NAME, "JP", true },
	{ "the name, to any", CONSENT_NAME, "", true },
	{ "the name, to another", CONSENT_NAME, "JP:NCO", false },
	{ "the technique only", CONSENT_TECHNIQUE, "JP:JPCERT", false },
};

static void
check_opens(void **state)
{
	const struct opens_row *row = *state;
	CLEANUP(office_closep) struct office o;

	open_hospital(&o);
	struct consent_new c = agreed(&o);
	c.scope = row->scope;
	c.to = str_of(row->to);
	(void)add(&o, &c);
	send_name(&o);
	assert_int_equal(str_is(office_text(&o, NAME_ITEM("outcome")), "ALLOW"), row->opens);
	assert_int_equal(office_count(&o, SHOWN "'" HOSPITAL "'"), row->opens ? 1 : 0);
}

static void
test_ends(void **state)
{
	CLEANUP(office_closep) struct office o;
	const struct compartment ours = { S("IN:CERT-IN"), S("main") };
	const struct compartment bank = { S("IN:BANK"), S("main") };
	const struct compartment defence = { S("IN:CERT-IN"), S("defence") };
	struct consent_rows rows = { 0 };

	(void)state;
	open_hospital(&o);
	struct consent_new c = agreed(&o);
	(void)add(&o, &c);
	office_sql(&o, "UPDATE consent SET scope = 'everything'");
	send_name(&o);
	assert_false(str_is(office_text(&o, NAME_ITEM("outcome")), "ALLOW"));
	office_sql(&o, "UPDATE consent SET scope = 'name'");
	office_wait(&o, 30 * 86'400);
	send_name(&o);
	assert_false(str_is(office_text(&o, NAME_ITEM("outcome")), "ALLOW"));

	CLEANUP(db_pool_give) struct db_lease lease = { 0 };
	WORKS(&o, db_pool_take(realm_readers(o.realm), &lease, &o.why));
	WORKS(&o, release_consents(lease.db, o.arena, &ours, S(""), &rows, &o.why));
	assert_int_equal(rows.len, 1);
	assert_true(str_is(rows.row[0].account, "leela"));
	WORKS(&o, release_consents(lease.db, o.arena, &bank, S(""), &rows, &o.why));
	assert_int_equal(rows.len, 0);
	WORKS(&o, release_consents(lease.db, o.arena, &defence, S(""), &rows, &o.why));
	assert_int_equal(rows.len, 0);
}

/* ---- withdrawing ---- */

static void
test_withdrawn_before_delivery(void **state)
{
	CLEANUP(office_closep) struct office o;
	size_t closed = 0;

	(void)state;
	open_hospital(&o);
	struct consent_new c = agreed(&o);
	struct str id = add(&o, &c);
	send_name(&o);
	assert_int_equal(office_count(&o, SHOWN "'" HOSPITAL "'"), 1);
	REFUSES(&o, withdraw(&o, id, "meera", &closed), ERR_FORBIDDEN, "release.role");
	REFUSES(&o, withdraw(&o, S("x"), "leela", &closed), ERR_NOT_FOUND, "consent.unknown");
	WORKS(&o, withdraw(&o, id, "leela", &closed));
	assert_int_equal(closed, 1);
	/* At once: no timer ran. */
	assert_int_equal(office_count(&o, SHOWN "'" HOSPITAL "'"), 0);
	assert_true(str_is(office_text(&o, NAME_ITEM("state")), "withdrawn"));
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM recall"), 0);
	REFUSES(&o, withdraw(&o, id, "leela", &closed), ERR_CONFLICT, "consent.withdrawn");
	send_name(&o);
	assert_false(str_is(office_text(&o, NAME_ITEM("outcome")), "ALLOW"));
}

static void
test_withdrawn_after_delivery(void **state)
{
	CLEANUP(office_closep) struct office o;
	size_t closed = 0;

	(void)state;
	open_hospital(&o);
	struct consent_new c = agreed(&o);
	struct str id = add(&o, &c);
	send_name(&o);
	office_receive(&o);
	WORKS(&o, withdraw(&o, id, "leela", &closed));
	assert_int_equal(closed, 1);
	assert_true(str_is(office_text(&o, NAME_ITEM("state")), "recalled"));
	struct str recall = office_text(&o, "SELECT recall_id FROM recall WHERE state = 'asked'");
	/* The partner's word is an answer, not a proof. */
	WORKS(&o, office_try(&o, answered_job, &recall, NULL));
	assert_true(str_is(office_text(&o, NAME_ITEM("state")), "answered"));
	assert_true(str_is(office_text(&o, "SELECT answer FROM recall"), "removed"));
	assert_int_equal(office_count(&o,
	                     "SELECT COUNT(*) FROM ledger_leaf WHERE kind = 'consent'"),
	    2);
}

/* More releases than are decided again at once: of one object, and of many. */
/* clang-format off */
#define COPY_OF_ITEM(id, ordinal)                                                                  \
	"INSERT INTO release_item SELECT order_id, " ordinal ", agreement, recipient, owner, " id "," \
	" version, state, outcome, preview_hash, leaving_id || n.i, bytes, copied, copy_modified,"  \
	" decision, facts, rules_hash, nonce, approvals_needed, reason, leaf, " ordinal ","         \
	" changed_at, received_at, receipt, decided_epoch, valid_until, inputs, words, persons FROM release_item," \
	" (WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 1100)"          \
	" SELECT i FROM c) n WHERE source_id = '" HOSPITAL "'"

static const struct many_row {
	const char *name;
	const char *sql;
} many_table[] = {
	{ "of one object",   COPY_OF_ITEM("source_id", "1000 + n.i") },
	{ "of many objects", COPY_OF_ITEM("'identity--many-' || n.i", "1000 + n.i") },
};
/* clang-format on */

static void
check_many(void **state)
{
	const struct many_row *row = *state;
	CLEANUP(office_closep) struct office o;
	size_t closed = 0;

	open_hospital(&o);
	struct consent_new c = agreed(&o);
	struct str id = add(&o, &c);
	send_name(&o);
	office_sql(&o, row->sql);
	WORKS(&o, withdraw(&o, id, "leela", &closed));
	assert_int_equal(closed, 1101);
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM release_item WHERE state ="
	                                  " 'released' AND facts LIKE '%consent.%'"),
	    0);
}

/* A crash between two steps: the gate is shut from the first on, nothing is done
 * twice, and what is left is done when somebody goes on. */
static void
test_crash_while_closing(void **state)
{
	CLEANUP(office_closep) struct office o;
	struct consent_closing closing = { 0 };
	size_t closed = 0;

	(void)state;
	open_hospital(&o);
	struct consent_new c = agreed(&o);
	const struct consent_withdrawal w = { add(&o, &c), S("leela"), S("no more") };
	send_name(&o);
	office_sql(&o, COPY_OF_ITEM("'identity--many-' || n.i", "1000 + n.i"));
	assert_false(is_shut(&o));
	WORKS(&o, office_try(&o, withdraw_job, &w, NULL));
	WORKS(&o, realm_gate_reload(o.realm, &o.why));
	WORKS(&o, office_try(&o, close_job, &w.id, &closing));
	assert_true(closing.more && closing.closed > 0 && closing.closed < 100);

	realm_close(o.realm);
	WORKS(&o, realm_open(o.folder, "demo", &(struct realm_options){ .clock = &o.clock },
	              &o.realm, &o.why));
	assert_true(is_shut(&o));
	assert_true(close_rest(&o, &closed) > 10);
	assert_int_equal(closed, 1101);
	assert_false(is_shut(&o));
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM release_item WHERE state ="
	                                  " 'released' AND facts LIKE '%consent.%'"),
	    0);
	int64_t events =
	    office_count(&o, "SELECT COUNT(*) FROM event WHERE name = 'release.withdrawn'");
	assert_int_equal(close_rest(&o, &closed), 1);
	assert_int_equal(closed, 0);
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM event WHERE name ="
	                                  " 'release.withdrawn'"),
	    events);
}

/* A preview under the consent, the withdrawal, then the order on that preview. */
static void
test_withdrawal_overtakes_a_send(void **state)
{
	CLEANUP(office_closep) struct office o;
	struct release_sent sent;
	size_t closed = 0;

	(void)state;
	open_hospital(&o);
	struct consent_new c = agreed(&o);
	struct str id = add(&o, &c);
	struct release_send send = name_order(&o);
	struct hash expect = hash_of(office_text(&o,
	    "SELECT CAST(raw AS TEXT) FROM object WHERE object_id = '" HOSPITAL "'"));
	send.expected = 1;
	send.expect = &expect;
	WORKS(&o, withdraw(&o, id, "leela", &closed));
	REFUSES(&o, office_try_send(&o, &send, &sent), ERR_CONFLICT, "release.changed");
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM release_item"), 0);
	/* It is the withdrawal that stopped it. */
	(void)add(&o, &c);
	WORKS(&o, office_try_send(&o, &send, &sent));
}

int
main(int argc, char **argv)
{
	static struct cases list;

	CASES(&list, refused_table, check_refused);
	CASES(&list, opens_table, check_opens);
	CASE(&list, test_ends);
	CASE(&list, test_withdrawn_before_delivery);
	CASE(&list, test_withdrawn_after_delivery);
	CASE(&list, test_withdrawal_overtakes_a_send);
	CASES(&list, many_table, check_many);
	CASE(&list, test_crash_while_closing);
	return cases_run("consent", &list, argc, argv);
}
