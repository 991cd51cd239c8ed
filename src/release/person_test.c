#include "person.h"

#include "card_fixture_p.h"

/* ---- cards ---- */

static void
check_card(void **state)
{
	CLEANUP(office_closep) struct office o;
	CLEANUP(card_done) struct carded c = { 0 };

	(void)state;
	office_open(&o);
	make_card(&o, "JP:JPCERT", o.partner, &c);
	struct release_person_step wrong = c.step;
	struct hash other = hash_of(S("other"));
	char words[FINGERPRINT_TEXT_MAX];
	fingerprint_words(&other, words);
	wrong.heard = str_of(words);
	assert_int_equal(office_try(&o, add_job, &wrong, &c.step.fingerprint), ERR_TAMPERED);
	WORKS(&o, office_try(&o, add_job, &c.step, &c.step.fingerprint));
	REFUSES(&o, office_try(&o, add_job, &c.step, &c.step.fingerprint), ERR_CONFLICT,
	    "person.known");
	REFUSES(&o, office_try(&o, verify_job, &c.step, NULL), ERR_FORBIDDEN, "release.four-eyes");
	wrong.fingerprint = c.step.fingerprint;
	wrong.account = S("leela");
	assert_int_equal(office_try(&o, verify_job, &wrong, NULL), ERR_TAMPERED);
	c.step.account = S("leela");
	WORKS(&o, office_try(&o, verify_job, &c.step, NULL));
	REFUSES(&o, office_try(&o, verify_job, &c.step, NULL), ERR_CONFLICT, "person.state");
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM ledger_leaf WHERE kind = 'person'"),
	    2);
}

static void
check_forged_card(void **state)
{
	CLEANUP(office_closep) struct office o;
	CLEANUP(card_done) struct carded c = { 0 }, d = { 0 };
	CLEANUP(sign_key_freep) struct sign_key *stranger = sign_key_new();

	(void)state;
	office_open(&o);
	make_card(&o, "JP:JPCERT", stranger, &c);
	assert_int_equal(office_try(&o, add_job, &c.step, &c.step.fingerprint), ERR_TAMPERED);
	/* The party of JP does not speak for people of LK. */
	make_card(&o, "LK:CERT", o.partner, &d);
	REFUSES(&o, office_try(&o, add_job, &d.step, &d.step.fingerprint), ERR_TAMPERED,
	    "person.signer");
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM person"), 0);
}

/* clang-format off */
static const struct card_row {
	const char *name;
	const char *realm;
	int64_t days;
	enum err err;
	const char *code;
} card_table[] = {
	{ "a card of another realm",        "exercise", 30,  ERR_FORBIDDEN, "person.realm" },
	{ "a card that ended",              "demo",     -1,  ERR_INVALID,   "person.expired" },
	{ "a card that is good for longer", "demo",     367, ERR_INVALID,   "person.long" },
};
/* clang-format on */

static void
check_bad_card(void **state)
{
	const struct card_row *row = *state;
	CLEANUP(office_closep) struct office o;
	CLEANUP(card_done) struct carded c = { .realm = row->realm, .days = row->days };

	office_open(&o);
	make_card(&o, "JP:JPCERT", o.partner, &c);
	REFUSES(&o, office_try(&o, add_job, &c.step, &c.step.fingerprint), row->err, row->code);
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM person"), 0);
}

/* Neither the card nor, under another card, its key comes back. */
static void
check_revoked(void **)
{
	CLEANUP(office_closep) struct office o;
	CLEANUP(card_done) struct carded c = { 0 };
	struct carded again = { .days = 60 };

	office_open(&o);
	know(&o, &c);
	WORKS(&o, office_try(&o, revoke_job, &c.step, NULL));
	REFUSES(&o, office_try(&o, revoke_job, &c.step, NULL), ERR_CONFLICT, "person.state");
	REFUSES(&o, office_try(&o, verify_job, &c.step, NULL), ERR_CONFLICT, "person.state");
	again.key = c.key;
	make_card(&o, "JP:JPCERT", o.partner, &again);
	REFUSES(&o, office_try(&o, add_job, &again.step, &again.step.fingerprint), ERR_CONFLICT,
	    "person.revoked-key");
	c.step.heard = str_of(c.words);
	REFUSES(&o, office_try(&o, add_job, &c.step, &c.step.fingerprint), ERR_CONFLICT,
	    "person.revoked-key");
}

/* A card of a renewal, with the key of the first: known, and one that waits. */
static void
check_renewed(void **)
{
	CLEANUP(office_closep) struct office o;
	CLEANUP(card_done) struct carded c = { 0 };
	struct carded second = { .days = 60 }, third = { .days = 90 };
	struct release_sent sent;
	bool released = false;

	office_open(&o);
	know(&o, &c);
	second.key = third.key = c.key;
	know(&o, &second);
	make_card(&o, "JP:JPCERT", o.partner, &third);
	WORKS(&o, office_try(&o, add_job, &third.step, &third.step.fingerprint));
	struct release_send send = to_person(&o, &second, "check");
	WORKS(&o, office_try_send(&o, &send, &sent));
	const struct release_verdict v = {
		.order_id = sent.order_id,
		.account = S("kiran"),
		.role = S("officer"),
		.bytes_hash = hash_of(sent.decisions->decision[0].bytes),
	};

	WORKS(&o, office_try(&o, revoke_job, &c.step, NULL));
	third.step.account = S("leela");
	REFUSES(&o, office_try(&o, verify_job, &third.step, NULL), ERR_CONFLICT,
	    "person.revoked-key");
	REFUSES(&o, office_try(&o, approve_job, &v, &released), ERR_INVALID, "release.person");
	REFUSES(&o, office_try_send(&o, &send, &sent), ERR_INVALID, "release.person");
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM envelope"), 0);
	/* It can still be said of the others. */
	WORKS(&o, office_try(&o, revoke_job, &second.step, NULL));
}

/* ---- to whom nothing is sealed ---- */

static void
is_unverified(struct office *o, struct carded *c, struct release_send *send)
{
	(void)c;
	(void)send;
	office_sql(o, "UPDATE person SET verified_at = 0");
}
static void
is_revoked(struct office *o, struct carded *c, struct release_send *send)
{
	(void)send;
	WORKS(o, office_try(o, revoke_job, &c->step, NULL));
}
static void
has_expired(struct office *o, struct carded *c, struct release_send *send)
{
	(void)c;
	(void)send;
	office_sql(o, "UPDATE person SET expires_at = 1");
}
static void
is_elsewhere(struct office *o, struct carded *c, struct release_send *send)
{
	(void)o;
	(void)c;
	send->ask.to = S("JP:NCO");
}
static void
is_of_nobody(struct office *o, struct carded *c, struct release_send *send)
{
	(void)o;
	(void)c;
	send->ask.to = S("JP:UNKNOWN");
}
static void
is_in_another_enclave(struct office *o, struct carded *c, struct release_send *send)
{
	(void)c;
	(void)send;
	office_sql(o, "UPDATE person SET enclave = 'defence'");
}
static void
is_in_another_organisation(struct office *o, struct carded *c, struct release_send *send)
{
	(void)c;
	(void)send;
	office_sql(o, "UPDATE person SET owner = 'IN:NCIIPC'");
}
static void
is_nobody(struct office *o, struct carded *c, struct release_send *send)
{
	(void)o;
	(void)c;
	send->ask.person = S("");
}

/* clang-format off */
static const struct bad_row {
	const char *name;
	void (*change)(struct office *, struct carded *, struct release_send *);
	const char *code;
} bad_table[] = {
	{ "a card that one person compared",     is_unverified,              "release.person" },
	{ "a revoked card",                      is_revoked,                 "release.person" },
	{ "an expired card",                     has_expired,                "release.person" },
	{ "a person of another organisation",    is_elsewhere,               "release.person" },
	{ "an organisation in no agreement",     is_of_nobody,               "release.recipient" },
	{ "a card of another enclave",           is_in_another_enclave,      "release.person" },
	{ "a card of another organisation here", is_in_another_organisation, "release.person" },
	{ "no person at all",                    is_nobody,                  "release.person" },
};
/* clang-format on */

static void
check_bad_person(void **state)
{
	const struct bad_row *row = *state;
	CLEANUP(office_closep) struct office o;
	CLEANUP(card_done) struct carded c = { 0 };
	struct release_sent sent;

	office_open(&o);
	know(&o, &c);
	struct release_send send = to_person(&o, &c, "");
	row->change(&o, &c, &send);
	REFUSES(&o, office_try_send(&o, &send, &sent), ERR_INVALID, row->code);
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM envelope"), 0);
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM release_item"), 0);
}

/* ---- compartments ---- */

static size_t
count_seen(struct office *o, const char *organisation, const char *enclaves)
{
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };
	const struct compartment of = { str_of(organisation), str_of(enclaves) };
	const struct release_person_query persons = { .of = of };
	const struct release_envelope_query envelopes = { .of = of };
	struct release_person *person = NULL;
	struct release_envelope *envelope = NULL;
	size_t n = 0, m = 0;

	WORKS(o, db_pool_take(realm_readers(o->realm), &lease, &o->why));
	WORKS(o, release_persons(lease.db, o->arena, &persons, &person, &n, &o->why));
	WORKS(o, release_envelopes(lease.db, o->arena, &envelopes, &envelope, &m, &o->why));
	return 10 * n + m;
}

static void
check_compartments(void **)
{
	CLEANUP(office_closep) struct office o;
	CLEANUP(card_done) struct carded c = { 0 };
	struct release_sent sent;

	office_open(&o);
	know(&o, &c);
	struct release_send send = to_person(&o, &c, "");
	WORKS(&o, office_try_send(&o, &send, &sent));
	assert_int_equal(count_seen(&o, "IN:CERT-IN", "main"), 11);
	assert_int_equal(count_seen(&o, "IN:CERT-IN", "defence main"), 11);
	assert_int_equal(count_seen(&o, "IN:CERT-IN", "defence"), 0);
	assert_int_equal(count_seen(&o, "IN:NCIIPC", "main"), 0);
	assert_int_equal(count_seen(&o, "IN:CERT-IN", ""), 0);

	/* Another enclave's copies are not ours to verify, revoke or sign for. */
	office_sql(&o, "UPDATE person SET enclave = 'defence'");
	REFUSES(&o, office_try(&o, verify_job, &c.step, NULL), ERR_NOT_FOUND, "person.unknown");
	REFUSES(&o, office_try(&o, revoke_job, &c.step, NULL), ERR_NOT_FOUND, "person.unknown");
	const struct release_envelope_receipt r = { sent.order_id, 0, S("meera"), S("heard") };
	office_sql(&o, "UPDATE envelope SET enclave = 'defence'");
	REFUSES(&o, office_try(&o, received_job, &r, NULL), ERR_NOT_FOUND, "envelope.unknown");
	/* The same card is taken here as if nobody had it. */
	c.step.account = S("uma");
	c.step.heard = str_of(c.words);
	WORKS(&o, office_try(&o, add_job, &c.step, &c.step.fingerprint));
	assert_int_equal(count_seen(&o, "IN:CERT-IN", "main"), 10);
}

/* ---- our own people ---- */

static enum err
sign_job(const struct release_job *job, const void *in, void *out, struct why *why)
{
	return release_card_sign(job, in, out, why);
}

static void
check_own_card(void **)
{
	CLEANUP(office_closep) struct office o;
	CLEANUP(sign_key_freep) struct sign_key *key = sign_key_new();
	struct release_card card = { S("asha"), sign_key_public(key), 0, NULL, S("uma") };
	struct str text = { 0 };
	struct dsse e = { 0 };
	struct person_card paper;

	office_open(&o);
	card.signer = o.partner;
	REFUSES(&o, office_try(&o, sign_job, &card, &text), ERR_INVALID, "person.days");
	card.days = 367;
	REFUSES(&o, office_try(&o, sign_job, &card, &text), ERR_INVALID, "person.days");
	card.days = 366;
	WORKS(&o, office_try(&o, sign_job, &card, &text));
	WORKS(&o, dsse_parse(o.arena, text, &e, &o.why));
	WORKS(&o, person_card_read(o.arena, e.payload, &paper, &o.why));
	assert_true(str_is(paper.name, "asha") && str_is(paper.organisation, "IN:CERT-IN"));
	assert_true(str_is(paper.realm, "demo"));
	assert_int_equal(paper.expires_at, clock_wall(&o.clock) + 366 * US_PER_DAY);
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM ledger_leaf WHERE kind = 'person'"),
	    1);
}

int
main(int argc, char **argv)
{
	static struct cases list;

	CASE(&list, check_card);
	CASE(&list, check_forged_card);
	CASES(&list, card_table, check_bad_card);
	CASE(&list, check_revoked);
	CASE(&list, check_renewed);
	CASES(&list, bad_table, check_bad_person);
	CASE(&list, check_compartments);
	CASE(&list, check_own_card);
	return cases_run("person", &list, argc, argv);
}
