/* What was stored by an earlier version of the program, or does not open any more. */
#include "fixture_p.h"

static struct str
says(struct office *o, const char *version, const char *id, const char *retention)
{
	struct str text = office_replaced(o, office_agreement_text(), "\"version\":1", version);

	text = office_replaced(o, text, "\"id\":\"IJ\"", id);
	return office_replaced(o, text, "\"days\":180", retention);
}

/* The node starts again. */
static void
office_reopen(struct office *o)
{
	realm_close(o->realm);
	o->realm = NULL;
	WORKS(o, realm_open(o->folder, "demo", &(struct realm_options){ .clock = &o->clock },
	             &o->realm, &o->why));
}

static enum err
office_opens(struct office *o, const char *to)
{
	CLEANUP(realm_gate_givep) struct gate_ref *gate = realm_gate_take(o->realm);
	const struct standing *s = NULL;

	return release_gate_open(gate_of(gate), str_of(to), S("CI"), clock_wall(&o->clock), &s,
	    &o->why);
}

/* ---- on_expiry ---- */

#define RETURN    "\"days\":180,\"on_expiry\":\"return\""
#define ANONYMISE "\"days\":180,\"on_expiry\":\"anonymise\""
#define IN_A_ROW                                                                              \
	"\"days\":180,\"on_expiry\":\"delete\",\"rows\":[{\"category\":\"plain\",\"days\":1," \
	"\"on_expiry\":\"return\"}]"

/* The bindings that both have verified. */
static struct str
filled(struct office *o, struct str template_text)
{
	CLEANUP(buf_free) struct buf text = buf_new(MIB);
	const struct sign_key *own = NULL;

	WORKS(o, realm_key(o->realm, KEY_AGREEMENT, &own, &o->why));
	const struct party_binding bindings[] = {
		{ S("IN"), S("in.example"), realm_identity(o->realm)->redaction_identity,
		    sign_key_public(own) },
		{ S("JP"), S("jp.example"), S("identity--00000000-0000-4000-8000-00000000000f"),
		    sign_key_public(o->partner) },
	};
	WORKS(o, agreement_fill(o->arena, template_text, bindings, 2, &text, &o->why));
	return arena_str(o->arena, buf_str(&text));
}

static struct str
signed_by_both(struct office *o, struct str text)
{
	CLEANUP(buf_free) struct buf out = buf_new(DSSE_BYTES_MAX);
	struct dsse e = { .payload_type = S(AGREEMENT_PAYLOAD_TYPE), .payload = text };
	const struct sign_key *own = NULL;

	WORKS(o, realm_key(o->realm, KEY_AGREEMENT, &own, &o->why));
	WORKS(o, dsse_sign(&e, own, o->arena, &o->why));
	WORKS(o, dsse_sign(&e, o->partner, o->arena, &o->why));
	WORKS(o, dsse_write(&e, &out, &o->why));
	return arena_str(o->arena, buf_str(&out));
}

/* As the version of this morning stored it. */
static enum err
store_job(const struct release_job *job, const void *in, void *, struct why *why)
{
	struct standing s = { 0 };

	TRY(standing_open(job->arena, *(const struct str *)in, &s, why));
	return db_run(job->db, why,
	    "INSERT INTO agreement (id, version, hash, envelope, added_at)"
	    " VALUES ($1, $2, $3, $4, $5)",
	    DB_T(s.agreement->id), DB_I((int64_t)s.agreement->version),
	    DB_B(hash_str(&s.agreement->hash)), DB_B(*(const struct str *)in), DB_I(job->at));
}

static const char *const other_ends[] = { RETURN, ANONYMISE, IN_A_ROW };

static void
check_draft(void **)
{
	CLEANUP(office_closep) struct office o;
	struct str envelope = { 0 };

	office_open(&o);
	for (size_t i = 0; i < COUNTOF(other_ends); i++) {
		struct str text =
		    filled(&o, says(&o, "\"version\":2", "\"id\":\"IJ\"", other_ends[i]));

		REFUSES(&o, realm_agreement_make(o.realm, text, o.arena, &envelope, &o.why),
		    ERR_INVALID, "agreement.on-expiry");
		REFUSES(&o, realm_agreement_add(o.realm, signed_by_both(&o, text), &o.why),
		    ERR_INVALID, "agreement.on-expiry");
	}
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM agreement"), 1);
}

/* The node starts with it, works under it and can end it; nobody signs it again. */
static void
check_in_force(void **)
{
	CLEANUP(office_closep) struct office o;
	struct str envelope = { 0 };

	office_open(&o);
	struct str stored =
	    signed_by_both(&o, filled(&o, says(&o, "\"version\":2", "\"id\":\"IJ\"", IN_A_ROW)));
	WORKS(&o, office_try(&o, store_job, &stored, NULL));
	office_reopen(&o);
	office_import(&o, 1, 1, "");
	assert_int_equal(office_send(&o, 1, 1).released, 2);
	assert_true(str_is(office_text(&o, "SELECT agreement FROM release_item"), "IJ"));
	assert_int_equal(office_count(&o,
	                     "SELECT COUNT(*) FROM event WHERE name = 'agreement.unopened'"),
	    0);

	WORKS(&o, realm_agreement_add(o.realm, stored, &o.why)); /* it is here */
	REFUSES(&o, realm_agreement_sign(o.realm, S("IJ"), o.arena, &envelope, &o.why), ERR_INVALID,
	    "agreement.on-expiry");
	office_state(&o, STATEMENT_SUSPEND, "CI");
	REFUSES(&o, office_opens(&o, "JP:JPCERT"), ERR_FORBIDDEN, "A-AREA-SUSPENDED");
}

/* ---- rows that do not open ---- */

static const struct broken_case {
	const char *name;
	const char *sql;
} broken_cases[] = {
	{ "no envelope", "UPDATE agreement SET envelope = CAST('x' AS {blob}) WHERE version = 2" },
	{ "cut", "UPDATE agreement SET envelope = SUBSTR(envelope, 1, 100) WHERE version = 2" },
	{ "nothing", "UPDATE agreement SET envelope = CAST('' AS {blob}) WHERE version = 2" },
	{ "another version", "UPDATE agreement SET version = 3 WHERE version = 2" },
	{ "another name", "UPDATE agreement SET id = 'A' WHERE version = 2" },
	{ "a statement",
	    "INSERT INTO agreement_statement (agreement_hash, ordinal, envelope, added_at)"
	    " SELECT hash, 1, CAST('{}' AS {blob}), 1 FROM agreement WHERE version = 2" },
};

/* It is closed with its older version; the other agreement stays, the node starts. */
static void
check_broken(void **state)
{
	const struct broken_case *c = *state;
	CLEANUP(office_closep) struct office o;

	office_open(&o);
	office_agree_on(&o, says(&o, "\"version\":2", "\"id\":\"IJ\"", "\"days\":90"));
	WORKS(&o, office_opens(&o, "JP:JPCERT"));
	office_sql(&o, c->sql);
	office_reopen(&o);
	REFUSES(&o, office_opens(&o, "JP:JPCERT"), ERR_FORBIDDEN, "A-NOTINFORCE");
	assert_int_equal(office_count(&o,
	                     "SELECT COUNT(*) FROM event WHERE name = 'agreement.unopened'"
	                     " AND subject = 'IJ'"),
	    1);

	office_agree_on(&o, says(&o, "\"version\":1", "\"id\":\"OTHER\"", "\"days\":90"));
	WORKS(&o, office_opens(&o, "JP:JPCERT"));
	office_reopen(&o);
	WORKS(&o, office_opens(&o, "JP:JPCERT"));
}

/* What was given under it is decided again: the door is shut, what went through stays. */
static void
check_epoch(void **)
{
	CLEANUP(office_closep) struct office o;

	office_open(&o);
	office_import(&o, 1, 1, "");
	assert_int_equal(office_send(&o, 1, 1).released, 2);
	assert_int_equal(office_tighten(&o).closed, 0);
	office_sql(&o, "UPDATE agreement SET envelope = CAST('x' AS {blob})");
	WORKS(&o, realm_gate_reload(o.realm, &o.why));
	const struct release_tightened again = office_tighten(&o);
	assert_int_equal(again.decided, 2);
	assert_int_equal(again.closed, 0);
	REFUSES(&o, office_opens(&o, "JP:JPCERT"), ERR_FORBIDDEN, "A-NOTINFORCE");
}

int
main(int argc, char **argv)
{
	static struct cases list;

	CASE(&list, check_draft);
	CASE(&list, check_in_force);
	CASES(&list, broken_cases, check_broken);
	CASE(&list, check_epoch);
	return cases_run("unopened", &list, argc, argv);
}
