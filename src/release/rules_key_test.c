#include "rules_key.h"

#include "fixture_p.h"

/* ---- a statement ---- */

struct change {
	struct sign_key *next;
	const struct sign_key *old; /* NULL: lost */
	struct str envelope;
};

static void
change_done(struct change *c)
{
	sign_key_free(c->next);
}

static void
change_write(struct office *o, const char *realm, struct change *c)
{
	CLEANUP(buf_free) struct buf out = buf_new(MIB);

	WORKS(o, rules_key_write(o->arena, str_of(realm), c->old, c->next, &out, &o->why));
	c->envelope = arena_str(o->arena, buf_str(&out));
}

/* By the key of now, for another. */
static void
change_make(struct office *o, struct change *c)
{
	*c = (struct change){ .next = sign_key_new() };
	WORKS(o, realm_key(o->realm, KEY_RULES, &c->old, &o->why));
	change_write(o, "demo", c);
}

static enum err
bring(struct office *o, const struct change *c, bool owner)
{
	const struct rules_key_change change = { c->envelope, owner ? S("") : S("uma"), owner };

	return realm_rules_key_replace(o->realm, &change, &o->why);
}

/* A pack of this version, signed by a key. */
static enum err
activate(struct office *o, unsigned version, const struct sign_key *key)
{
	CLEANUP(buf_free) struct buf out = buf_new(MIB);

	WORKS(o, rule_pack_sign(o->arena, office_pack_text(o, version, "nothing", "deny"), key,
	             &out, &o->why));
	return realm_pack_activate(o->realm, buf_str(&out), &o->why);
}

/* 0: no pack is active; 1: signed by the key of now; 2: by an earlier one. */
static int
shown(struct office *o)
{
	CLEANUP(realm_gate_givep) struct gate_ref *gate = realm_gate_take(o->realm);
	const struct gate *g = gate_of(gate);

	return g->packs == 0 ? 0 : g->pack_earlier[0] ? 2 : 1;
}

/* ---- replacing ---- */

static void
check_replace(void **)
{
	CLEANUP(office_closep) struct office o;
	CLEANUP(change_done) struct change c = { 0 }, d = { 0 };

	office_open(&o);
	change_make(&o, &c);
	WORKS(&o, activate(&o, 1, c.old));
	assert_int_equal(shown(&o), 1);
	office_wait(&o, 1);
	WORKS(&o, bring(&o, &c, false));
	/* What is active stays; what the old key signs from now on is refused. */
	assert_int_equal(shown(&o), 2);
	REFUSES(&o, activate(&o, 2, c.old), ERR_TAMPERED, "pack.signature");
	assert_int_equal(shown(&o), 2);
	/* The same words under the new key, and newer ones. */
	office_wait(&o, 1);
	WORKS(&o, activate(&o, 1, c.next));
	assert_int_equal(shown(&o), 1);
	WORKS(&o, activate(&o, 2, c.next));
	/* A second time, by the key that is in place now. */
	d.next = sign_key_new();
	d.old = c.next;
	change_write(&o, "demo", &d);
	office_wait(&o, 1);
	WORKS(&o, bring(&o, &d, false));
	assert_int_equal(shown(&o), 2);
	REFUSES(&o, activate(&o, 3, c.next), ERR_TAMPERED, "pack.signature");
	WORKS(&o, activate(&o, 3, d.next));
	assert_int_equal(office_count(&o,
	                     "SELECT COUNT(*) FROM event WHERE name = 'rules-key.replaced'"),
	    2);
	/* Four activations, and two replacements. */
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM ledger_leaf WHERE kind = 'pack'"),
	    6);
}

static void
check_reopened(void **)
{
	CLEANUP(office_closep) struct office o;
	CLEANUP(change_done) struct change c = { 0 };
	const struct realm_options options = { .clock = &o.clock };

	office_open(&o);
	change_make(&o, &c);
	WORKS(&o, activate(&o, 1, c.old));
	WORKS(&o, bring(&o, &c, false));
	realm_close(o.realm);
	o.realm = NULL;
	WORKS(&o, realm_open(o.folder, "demo", &options, &o.realm, &o.why));
	assert_int_equal(shown(&o), 2);
}

/* ---- abuse ---- */

static void
check_lost(void **)
{
	CLEANUP(office_closep) struct office o;
	CLEANUP(change_done) struct change c = { .next = sign_key_new() };

	office_open(&o);
	change_write(&o, "demo", &c);
	REFUSES(&o, bring(&o, &c, false), ERR_FORBIDDEN, "rules-key.owner");
	/* A stranger's signature in the stead of the old one changes nothing. */
	c.old = o.partner;
	change_write(&o, "demo", &c);
	REFUSES(&o, bring(&o, &c, false), ERR_FORBIDDEN, "rules-key.owner");
	WORKS(&o, bring(&o, &c, true));
	WORKS(&o, activate(&o, 1, c.next));
	assert_int_equal(shown(&o), 1);
}

static void
of_other_realm(struct office *o, struct change *c)
{
	change_write(o, "real", c);
}
static void
of_same_key(struct office *o, struct change *c)
{
	sign_key_free(c->next);
	c->next = sign_key_new();
	change_write(o, "demo", c);
	WORKS(o, bring(o, c, true)); /* the second time it is the key of now */
}
static void
that_is_a_pack(struct office *o, struct change *c)
{
	CLEANUP(buf_free) struct buf out = buf_new(MIB);

	WORKS(o, rule_pack_sign(o->arena, office_pack_text(o, 1, "nothing", "deny"), c->old, &out,
	             &o->why));
	c->envelope = arena_str(o->arena, buf_str(&out));
}
static void
that_names_another_key(struct office *o, struct change *c)
{
	CLEANUP(buf_free) struct buf out = buf_new(MIB);
	struct dsse e = { 0 }, fresh = { 0 };

	/* The words of the good one, signed by the old key alone. */
	WORKS(o, dsse_parse(o->arena, c->envelope, &e, &o->why));
	fresh.payload = e.payload;
	fresh.payload_type = e.payload_type;
	WORKS(o, dsse_sign(&fresh, c->old, o->arena, &o->why));
	WORKS(o, dsse_write(&fresh, &out, &o->why));
	c->envelope = arena_str(o->arena, buf_str(&out));
}
static void
that_says_nothing(struct office *o, struct change *c)
{
	CLEANUP(buf_free) struct buf out = buf_new(MIB);
	struct dsse e = { .payload_type = S(RULES_KEY_TYPE), .payload = S("{\"format\":1}") };

	WORKS(o, dsse_sign(&e, c->old, o->arena, &o->why));
	WORKS(o, dsse_write(&e, &out, &o->why));
	c->envelope = arena_str(o->arena, buf_str(&out));
}

/* clang-format off */
static const struct bad_row {
	const char *name;
	void (*change)(struct office *, struct change *);
	enum err err;
	const char *code;
} bad_table[] = {
	{ "a statement for another realm",  of_other_realm,         ERR_FORBIDDEN, "rules-key.realm" },
	{ "the key of now",                 of_same_key,            ERR_CONFLICT,  "rules-key.known" },
	{ "a pack",                         that_is_a_pack,         ERR_INVALID,   "rules-key.statement" },
	{ "a key that its holder denies",   that_names_another_key, ERR_TAMPERED,  "rules-key.unproved" },
	{ "a statement that says nothing",  that_says_nothing,      ERR_INVALID,   "rules-key.statement" },
};
/* clang-format on */

static void
check_bad(void **state)
{
	const struct bad_row *row = *state;
	CLEANUP(office_closep) struct office o;
	CLEANUP(change_done) struct change c = { 0 };

	office_open(&o);
	change_make(&o, &c);
	row->change(&o, &c);
	struct str key = office_text(&o, "SELECT value FROM setting WHERE name = 'rules-key'");
	REFUSES(&o, bring(&o, &c, true), row->err, row->code);
	assert_true(
	    str_eq(key, office_text(&o, "SELECT value FROM setting WHERE name = 'rules-key'")));
}

/* A key that was replaced never comes back, whoever brings it. */
static void
check_no_return(void **)
{
	CLEANUP(office_closep) struct office o;
	CLEANUP(change_done) struct change c = { 0 };
	CLEANUP(buf_free) struct buf out = buf_new(MIB);

	office_open(&o);
	change_make(&o, &c);
	WORKS(&o, bring(&o, &c, false));
	REFUSES(&o, bring(&o, &c, true), ERR_CONFLICT, "rules-key.known");
	WORKS(&o, rules_key_write(o.arena, S("demo"), c.next, c.old, &out, &o.why));
	const struct rules_key_change back = { buf_str(&out), S(""), true };
	REFUSES(&o, realm_rules_key_replace(o.realm, &back, &o.why), ERR_CONFLICT,
	    "rules-key.known");
}

/* A row that a hand puts in later, signed by a key that was replaced, opens nothing. */
static void
check_late_row(void **)
{
	CLEANUP(office_closep) struct office o;
	CLEANUP(change_done) struct change c = { 0 };

	office_open(&o);
	change_make(&o, &c);
	WORKS(&o, activate(&o, 1, c.old));
	office_wait(&o, 10);
	WORKS(&o, bring(&o, &c, false));
	WORKS(&o, realm_gate_reload(o.realm, &o.why));
	office_sql(&o, "UPDATE rule_pack SET added_at = added_at + 20000000");
	REFUSES(&o, realm_gate_reload(o.realm, &o.why), ERR_TAMPERED, "pack.signature");
}

int
main(int argc, char **argv)
{
	static struct cases list;

	CASE(&list, check_replace);
	CASE(&list, check_reopened);
	CASE(&list, check_lost);
	CASES(&list, bad_table, check_bad);
	CASE(&list, check_no_return);
	CASE(&list, check_late_row);
	return cases_run("rules_key", &list, argc, argv);
}
