#include "approvals_p.h"
#include "fixture_p.h"

static enum err
approve_job(const struct release_job *job, const void *in, void *out, struct why *why)
{
	return release_approve(job, in, out, why);
}

static enum err
refuse_job(const struct release_job *job, const void *in, void *out, struct why *why)
{
	(void)out;
	return release_refuse(job, in, why);
}

/* What waits: one item, and the verdict of kiran on it. */
static struct release_verdict
hold(struct office *o, const char *label)
{
	office_import(o, 1, 1, label);
	struct release_sent sent = office_send(o, 1, 1);
	const struct agreement_decision *d =
	    agreement_decision_about(sent.decisions, office_indicator(o, 1));

	assert_int_equal(sent.held, 1);
	return (struct release_verdict){
		.order_id = sent.order_id,
		.ordinal = NODE,
		.account = S("kiran"),
		.role = S("officer"),
		.bytes_hash = hash_of(d->bytes),
	};
}

static enum err
approve(struct office *o, const struct release_verdict *v, bool *ret)
{
	return office_try(o, approve_job, v, ret);
}

static void
check_approve(void **state)
{
	CLEANUP(office_closep) struct office o;
	bool released = false;

	(void)state;
	office_open(&o);
	struct release_verdict v = hold(&o, "check");
	WORKS(&o, approve(&o, &v, &released));
	assert_true(released);
	assert_string_equal(office_item_state(&o, 1), "released");
	assert_true(str_is(office_text(&o, "SELECT state FROM release_order"), "done"));
	office_settle(&o);
	assert_int_equal(office_count(&o, SHOWN "'indicator--%'"), 1);
	assert_int_equal(office_count(&o,
	                     "SELECT COUNT(*) FROM ledger_leaf WHERE kind = 'approval'"),
	    1);
	REFUSES(&o, approve(&o, &v, &released), ERR_CONFLICT, "release.not-held");
}

/* ---- approvals that are void, or not theirs to give ---- */

static void
by_proposer(struct office *o, struct release_verdict *v)
{
	(void)o;
	v->account = S("meera");
}
static void
by_stranger(struct office *o, struct release_verdict *v)
{
	(void)o;
	v->account = S("nobody");
}
static void
by_lawyer(struct office *o, struct release_verdict *v)
{
	(void)o;
	v->account = S("leela");
}
static void
by_disabled(struct office *o, struct release_verdict *v)
{
	(void)v;
	office_sql(o, "UPDATE account SET disabled = 1 WHERE name = 'kiran'");
}
static void
by_other_organisation(struct office *o, struct release_verdict *v)
{
	(void)v;
	office_sql(o, "UPDATE account SET organisation = 'IN:BANK' WHERE name = 'kiran'");
}
static void
in_other_role(struct office *o, struct release_verdict *v)
{
	(void)o;
	v->role = S("legal");
}
static void
of_no_item(struct office *o, struct release_verdict *v)
{
	(void)o;
	v->ordinal = 7;
}
static void
of_no_order(struct office *o, struct release_verdict *v)
{
	(void)o;
	v->order_id = S("00000000-0000-4000-8000-000000000000");
}
static void
of_other_owner(struct office *o, struct release_verdict *v)
{
	(void)v;
	office_sql(o, "UPDATE release_item SET owner = 'IN:BANK' WHERE state = 'held'");
}
static void
saw_others(struct office *o, struct release_verdict *v)
{
	(void)o;
	v->bytes_hash.byte[0] ^= 1;
}
static void
flipped_byte(struct office *o, struct release_verdict *v)
{
	(void)v;
	office_sql(o, "UPDATE release_item SET" FLIPPED("bytes") "WHERE state = 'held'");
}
static enum err
rehash_job(const struct release_job *job, const void *in, void *out, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	struct hash *ret = out;

	(void)in;
	TRY(db_query_one(job->db, "SELECT bytes FROM release_item WHERE state = 'held'", NULL, 0,
	    &rows, why));
	*ret = hash_of(db_col_blob(&rows, 0));
	db_rows_endp(&rows);
	return db_run(job->db, why,
	    "UPDATE release_item SET preview_hash = $1 WHERE state = 'held'", DB_B(hash_str(ret)));
}
static void
flipped_with_hash(struct office *o, struct release_verdict *v)
{
	flipped_byte(o, v);
	WORKS(o, office_try(o, rehash_job, NULL, &v->bytes_hash));
}
static void
newer_version(struct office *o, struct release_verdict *v)
{
	(void)v;
	office_import(o, 1, 2, "check");
}
static void
source_withdrawn(struct office *o, struct release_verdict *v)
{
	(void)v;
	office_sql(o, "DELETE FROM object WHERE object_id LIKE 'indicator--%'");
}
static void
other_pack(struct office *o, struct release_verdict *v)
{
	(void)v;
	office_pack(o, 1, "nothing", "deny");
}
static void
not_in_force(struct office *o, struct release_verdict *v)
{
	(void)v;
	office_state(o, STATEMENT_SUSPEND, "all");
}
static void
expired(struct office *o, struct release_verdict *v)
{
	(void)v;
	office_wait(o, (int64_t)ORDER_DAYS * 24 * 3600);
}

/* clang-format off */
static const struct void_row {
	const char *name;
	void (*change)(struct office *, struct release_verdict *);
	enum err err;
	const char *code;
} void_table[] = {
	{ "four eyes",                         by_proposer,           ERR_FORBIDDEN, "release.four-eyes" },
	{ "an account that does not exist",    by_stranger,           ERR_FORBIDDEN, "release.role" },
	{ "an account without the role",       by_lawyer,             ERR_FORBIDDEN, "release.role" },
	{ "a disabled account",                by_disabled,           ERR_FORBIDDEN, "release.role" },
	{ "an account of another office",      by_other_organisation, ERR_FORBIDDEN, "release.role" },
	{ "a role that is not asked for",      in_other_role,         ERR_FORBIDDEN, "release.role" },
	{ "an ordinal that does not exist",    of_no_item,            ERR_NOT_FOUND, "release.no-item" },
	{ "an order that does not exist",      of_no_order,           ERR_NOT_FOUND, "release.no-item" },
	{ "an item of another organisation",   of_other_owner,        ERR_NOT_FOUND, "release.no-item" },
	{ "the approver saw other bytes",      saw_others,            ERR_CONFLICT,  "release.bytes" },
	{ "a stored byte changed",             flipped_byte,          ERR_CONFLICT,  "release.bytes" },
	{ "a byte and its hash changed",       flipped_with_hash,     ERR_CONFLICT,  "release.changed" },
	{ "a newer version was imported",      newer_version,         ERR_CONFLICT,  "release.version" },
	{ "the source is gone",                source_withdrawn,      ERR_NOT_FOUND, "store.object" },
	{ "the rules changed",                 other_pack,            ERR_CONFLICT,  "release.rules" },
	{ "the agreement is suspended",        not_in_force,          ERR_CONFLICT,  "release.rules" },
	{ "the order has expired",             expired,               ERR_CONFLICT,  "release.expired" },
};
/* clang-format on */

static void
check_void(void **state)
{
	const struct void_row *row = *state;
	CLEANUP(office_closep) struct office o;
	bool released = false;

	office_open(&o);
	struct release_verdict v = hold(&o, "check");
	row->change(&o, &v);
	REFUSES(&o, approve(&o, &v, &released), row->err, row->code);
	assert_false(released);
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM approval"), 0);
	assert_int_equal(office_count(&o,
	                     "SELECT COUNT(*) FROM release_item WHERE state = 'released'"),
	    NODE);
	office_settle(&o);
	assert_int_equal(office_count(&o, SHOWN "'indicator--%'"), 0);
}

/* ---- two approvals ---- */

static void
check_two_approvals(void **state)
{
	CLEANUP(office_closep) struct office o;
	bool released = false;

	(void)state;
	office_open(&o);
	struct release_verdict v = hold(&o, "two");
	WORKS(&o, approve(&o, &v, &released));
	assert_false(released);
	assert_string_equal(office_item_state(&o, 1), "held");
	/* Once more by the same officer is no second approval. */
	REFUSES(&o, approve(&o, &v, &released), ERR_CONFLICT, "release.spoken");
	v.account = S("leela");
	v.role = S("legal");
	WORKS(&o, approve(&o, &v, &released));
	assert_true(released);
	assert_string_equal(office_item_state(&o, 1), "released");
}

/* Two officers are two people, neither of whom proposed; a third adds nothing. */
static void
check_two_officers(void **state)
{
	CLEANUP(office_closep) struct office o;
	bool released = false;

	(void)state;
	office_open(&o);
	struct release_verdict v = hold(&o, "check");
	office_sql(&o,
	    "UPDATE release_item SET approvals_needed = 'officer officer legal' WHERE state = 'held'");
	WORKS(&o, approve(&o, &v, &released));
	REFUSES(&o, approve(&o, &v, &released), ERR_CONFLICT, "release.spoken");
	v.account = S("meera");
	REFUSES(&o, approve(&o, &v, &released), ERR_FORBIDDEN, "release.four-eyes");
	v.account = S("uma");
	WORKS(&o, approve(&o, &v, &released));
	assert_false(released);
	v.account = S("arjun");
	REFUSES(&o, approve(&o, &v, &released), ERR_CONFLICT, "release.enough");
	assert_string_equal(o.why.text, "enough officer approvals are there; missing: legal");
	v.account = S("leela");
	v.role = S("legal");
	WORKS(&o, approve(&o, &v, &released));
	assert_true(released);
}

/* clang-format off */
static const struct needs_case {
	const char *name, *words, *roles;
} needs_cases[] = {
	{ "one, by any name, is one", "one officer approver", "officer" },
	{ "two", "two", "officer officer" },
	{ "one of the two was asked for already", "officer two", "officer officer" },
	{ "three", "three", "officer officer officer" },
	{ "the matrix says two and the glass four", "two four policy", "officer officer officer officer policy" },
	{ "fewer are among more", "four two", "officer officer officer officer" },
};
/* clang-format on */

static void
check_needs(void **state)
{
	const struct needs_case *c = *state;
	CLEANUP(arena_freep) struct arena *a = arena_new(MIB);
	struct str words = str_of(c->words);
	struct needs needs = { 0 };

	while (words.ptr != NULL)
		needs_add(&needs, str_split(&words, ' '));
	assert_true(str_is(needs_text(a, &needs), c->roles));
}

static enum err
approvals_job(const struct release_job *job, const void *in, void *out, struct why *why)
{
	const struct release_query query = {
		.of = { job->gate->organisation, job->gate->enclave },
		.state = S("held"),
	};
	struct release_row *rows = NULL;
	size_t n = 0;

	(void)in;
	TRY(release_rows(job->db, job->arena, &query, &rows, &n, why));
	assert_int_equal(n, 1);
	return release_approvals(job->db, job->arena, &rows[0], out, why);
}

/* Whoever lost the role, or the account, since has not approved. */
static void
check_approver_gone(void **state)
{
	CLEANUP(office_closep) struct office o;
	struct release_approvals given;
	bool released = false;

	(void)state;
	office_open(&o);
	struct release_verdict v = hold(&o, "two");
	WORKS(&o, office_try(&o, approvals_job, NULL, &given));
	assert_true(str_is(given.missing, "officer legal"));
	WORKS(&o, approve(&o, &v, &released));
	office_sql(&o, "UPDATE account SET roles = 'officer' WHERE name = 'kiran'");
	WORKS(&o, office_try(&o, approvals_job, NULL, &given));
	assert_int_equal(given.len, 1);
	assert_false(given.item[0].counts);
	assert_true(str_is(given.missing, "officer legal"));
	v.account = S("leela");
	v.role = S("legal");
	WORKS(&o, approve(&o, &v, &released));
	assert_false(released);
	v.account = S("arjun");
	REFUSES(&o, approve(&o, &v, &released), ERR_FORBIDDEN, "release.role");
	v.role = S("officer");
	WORKS(&o, approve(&o, &v, &released));
	assert_true(released);
}

/* One person with both roles is one pair of eyes. */
static void
check_two_roles_one_account(void **state)
{
	CLEANUP(office_closep) struct office o;
	bool released = false;

	(void)state;
	office_open(&o);
	struct release_verdict v = hold(&o, "two");
	v.account = S("uma");
	WORKS(&o, approve(&o, &v, &released));
	v.role = S("legal");
	REFUSES(&o, approve(&o, &v, &released), ERR_CONFLICT, "release.spoken");
	assert_string_equal(o.why.text, "uma has already given a verdict on this item");
	assert_string_equal(office_item_state(&o, 1), "held");
}

/* ---- refusals ---- */

static void
check_refusal(void **state)
{
	CLEANUP(office_closep) struct office o;
	bool released = false;

	(void)state;
	office_open(&o);
	struct release_verdict v = hold(&o, "check");
	v.reason = S("  ");
	REFUSES(&o, office_try(&o, refuse_job, &v, NULL), ERR_INVALID, "release.reason");
	v.reason = S("not theirs to know");
	v.account = S("meera");
	REFUSES(&o, office_try(&o, refuse_job, &v, NULL), ERR_FORBIDDEN, "release.four-eyes");
	v.account = S("kiran");
	WORKS(&o, office_try(&o, refuse_job, &v, NULL));
	assert_string_equal(office_item_state(&o, 1), "refused");
	assert_true(
	    str_is(office_text(&o, "SELECT reason FROM release_item WHERE state = 'refused'"),
	        "not theirs to know"));
	assert_true(str_is(office_text(&o, "SELECT state FROM release_order"), "done"));
	assert_int_equal(office_count(&o,
	                     "SELECT COUNT(*) FROM ledger_leaf WHERE kind = 'refusal'"),
	    1);
	v.account = S("arjun");
	REFUSES(&o, approve(&o, &v, &released), ERR_CONFLICT, "release.not-held");
	assert_string_equal(o.why.text, "item 1 is not held: it is refused");
}

int
main(int argc, char **argv)
{
	static struct cases list;

	CASE(&list, check_approve);
	CASES(&list, void_table, check_void);
	CASE(&list, check_two_approvals);
	CASE(&list, check_two_officers);
	CASES(&list, needs_cases, check_needs);
	CASE(&list, check_approver_gone);
	CASE(&list, check_two_roles_one_account);
	CASE(&list, check_refusal);
	return cases_run("approve", &list, argc, argv);
}
