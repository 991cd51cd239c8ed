#include "fixture_p.h"

/* A pack of this id and version whose only rule denies a label. */
static struct str
pack_text(struct office *o, const char *id, unsigned version, const char *label)
{
	return arena_printf(o->arena,
	    "{\"type\":\"torana-rule-pack\",\"format\":1,\"id\":\"%s\",\"version\":%u,"
	    "\"owner\":\"o\",\"review_on\":\"2027-05-01T00:00:00Z\",\"rules\":[{\"id\":\"R\","
	    "\"text\":\"t\",\"source\":\"s\",\"certainty\":\"H\",\"enabled\":true,"
	    "\"from\":\"2014-01-16T00:00:00Z\",\"when\":{\"labels\":[\"%s\"]},"
	    "\"ruling\":\"deny\",\"reason\":\"S-CONTENT\",\"shared\":\"S-CONTENT\"}]}",
	    id, version, label);
}

static enum err
activate(struct office *o, const char *id, unsigned version, const char *label)
{
	struct str envelope = office_pack_sign(o, pack_text(o, id, version, label));

	return realm_pack_activate(o->realm, envelope, &o->why);
}

static uint64_t
active_version(struct office *o)
{
	CLEANUP(realm_gate_givep) struct gate_ref *gate = realm_gate_take(o->realm);
	const struct gate *g = gate_of(gate);

	return g->packs == 0 ? 0 : g->pack[0]->version;
}

/* What the gate says changes at once; each change has an event and a leaf. */
static void
check_takes_effect(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	office_open(&o);
	int64_t leaves = office_count(&o, "SELECT COUNT(*) FROM ledger_leaf WHERE kind = 'pack'");
	WORKS(&o, activate(&o, "in", 1, "a"));
	assert_int_equal(active_version(&o), 1);
	WORKS(&o, activate(&o, "in", 3, "b"));
	assert_int_equal(active_version(&o), 3);
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM ledger_leaf WHERE kind = 'pack'"),
	    leaves + 2);
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM event WHERE name = 'pack.added'"),
	    2);
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM rule_pack WHERE active = 1"), 1);
}

/* A lawyer's "no" cannot be taken back by yesterday's pack. */
static void
check_goes_forward(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	office_open(&o);
	WORKS(&o, activate(&o, "in", 3, "a"));
	REFUSES(&o, activate(&o, "in", 2, "a"), ERR_CONFLICT, "pack.older");
	REFUSES(&o, activate(&o, "in", 3, "b"), ERR_CONFLICT, "pack.other");
	WORKS(&o, activate(&o, "in", 3, "a"));
	assert_int_equal(active_version(&o), 3);
}

static void
check_signature(void **state)
{
	CLEANUP(office_closep) struct office o;
	CLEANUP(buf_free) struct buf stranger = buf_new(MIB);
	CLEANUP(buf_free) struct buf approver = buf_new(MIB);
	const struct sign_key *key = NULL;
	struct str text;

	(void)state;
	office_open(&o);
	text = pack_text(&o, "in", 1, "a");
	REFUSES(&o, realm_pack_activate(o.realm, text, &o.why), ERR_INVALID, "pack.envelope");
	WORKS(&o, rule_pack_sign(o.arena, text, o.partner, &stranger, &o.why));
	REFUSES(&o, realm_pack_activate(o.realm, buf_str(&stranger), &o.why), ERR_TAMPERED,
	    "pack.signature");
	/* nor by another key of our own, whose holders decide about other things */
	WORKS(&o, realm_key(o.realm, KEY_AGREEMENT, &key, &o.why));
	WORKS(&o, rule_pack_sign(o.arena, text, key, &approver, &o.why));
	REFUSES(&o, realm_pack_activate(o.realm, buf_str(&approver), &o.why), ERR_TAMPERED,
	    "pack.signature");
	assert_int_equal(active_version(&o), 0);
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM rule_pack"), 0);
}

/* A pack that was changed in the database opens nothing: the gate is not loaded. */
static void
check_changed_by_hand(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	office_open(&o);
	WORKS(&o, activate(&o, "in", 1, "a"));
	office_sql(&o, "UPDATE rule_pack SET envelope ="
	               " CAST(replace(envelope, 'eyJ', 'eyI') AS {blob})");
	REFUSES(&o, realm_gate_reload(o.realm, &o.why), ERR_TAMPERED, "pack.signature");
	assert_int_equal(active_version(&o), 1);
}

/* One pack more than the gate has room for is refused before it is stored. */
static void
check_room(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	office_open(&o);
	for (unsigned i = 0; i < PACKS_MAX; i++) {
		struct str id = arena_printf(o.arena, "p%u", i);

		WORKS(&o, activate(&o, arena_cstr(o.arena, id), 1, "a"));
	}
	REFUSES(&o, activate(&o, "more", 1, "a"), ERR_LIMIT, "pack.many");
	WORKS(&o, activate(&o, "p0", 2, "a"));
	WORKS(&o, realm_gate_reload(o.realm, &o.why));
}

/* International and sector packs bind, too, whoever's law they are not. */
static void
check_without_party(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	office_open(&o);
	office_import(&o, 1, 1, "grid-plan");
	WORKS(&o, activate(&o, "power", 1, "grid-plan"));
	struct release_sent sent = office_send(&o, 1, 1);
	const struct agreement_decision *d =
	    agreement_decision_about(sent.decisions, office_indicator(&o, 1));
	assert_int_equal(d->outcome, OUTCOME_DENY);
	assert_true(str_is(d->code[0], "S-CONTENT"));
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	CASE(&cases, check_takes_effect);
	CASE(&cases, check_goes_forward);
	CASE(&cases, check_signature);
	CASE(&cases, check_changed_by_hand);
	CASE(&cases, check_room);
	CASE(&cases, check_without_party);
	return cases_run("activation", &cases, argc, argv);
}
