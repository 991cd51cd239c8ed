#include "past.h"

#include "decided_p.h"
#include "replay.h"

static struct past_query
ask(struct office *o)
{
	return (struct past_query){
		.of = { S("IN:CERT-IN"), S("main") },
		.origin = ledger_origin(realm_ledger(o->realm)),
		.limit = PAST_LIST_MAX,
	};
}

static size_t
count(struct office *o, const struct past_query *q)
{
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };
	struct past_row *row = NULL;
	size_t n = 0;

	WORKS(o, db_pool_take(realm_readers(o->realm), &lease, &o->why));
	WORKS(o, release_past(lease.db, o->arena, q, &row, &n, &o->why));
	return n;
}

static enum err
one(struct office *o, const struct past_query *q, const struct ledger_place *at,
    struct past_row *ret)
{
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };

	WORKS(o, db_pool_take(realm_readers(o->realm), &lease, &o->why));
	return release_past_one(lease.db, o->arena, q, at, ret, &o->why);
}

/* ---- asking ---- */

/* clang-format off */
static const struct filter_case {
	const char *name;
	const char *organisation, *enclave;
	const char *to, *outcome, *order, *id;
	int since, until; /* seconds from the first order; 0: not asked */
	size_t want;
} filter_cases[] = {
	{ "all",                          "IN:CERT-IN", "main", "", "", "", "", 0, 0, OFFICE_DECIDED },
	{ "one recipient",                "IN:CERT-IN", "main", "JP:JPCERT", "", "", "", 0, 0, OFFICE_DECIDED },
	{ "a recipient of nothing",       "IN:CERT-IN", "main", "JP:NCO", "", "", "", 0, 0, 0 },
	{ "what was denied",              "IN:CERT-IN", "main", "", "DENY", "", "", 0, 0, 1 },
	{ "what was held",                "IN:CERT-IN", "main", "", "HOLD", "", "", 0, 0, 1 },
	{ "its order",                    "IN:CERT-IN", "main", "", "", "of the test", "", 0, 0, OFFICE_DECIDED },
	{ "another order",                "IN:CERT-IN", "main", "", "", "none", "", 0, 0, 0 },
	{ "both of an approved hold",     "IN:CERT-IN", "main", "", "", "", "3", 0, 0, 2 },
	{ "since the approval",           "IN:CERT-IN", "main", "", "", "", "", 1, 0, 1 },
	{ "until the approval",           "IN:CERT-IN", "main", "", "", "", "", 0, 1, OFFICE_DECIDED - 1 },
	{ "since and until",              "IN:CERT-IN", "main", "", "", "", "", 1, 1, 0 },
	{ "another enclave",              "IN:CERT-IN", "defence", "", "", "", "", 0, 0, 0 },
	{ "another organisation",         "IN:NCIIPC", "main", "", "", "", "", 0, 0, 0 },
	{ "an enclave that is a pattern", "IN:CERT-IN", "%", "", "", "", "", 0, 0, 0 },
};
/* clang-format on */

static void
check_filter(void **state)
{
	const struct filter_case *c = *state;
	CLEANUP(office_closep) struct office o;
	struct str order = office_open_decided(&o);
	struct past_query q = ask(&o);
	time_us begun = clock_wall(&o.clock) - 1000000;

	q.of = (struct compartment){ str_of(c->organisation), str_of(c->enclave) };
	q.to = str_of(c->to);
	q.outcome = str_of(c->outcome);
	q.order_id = strcmp(c->order, "of the test") == 0 ? order : str_of(c->order);
	q.id = c->id[0] == '\0' ? S("") : office_indicator(&o, (unsigned)(c->id[0] - '0'));
	q.since = c->since == 0 ? 0 : begun + (time_us)c->since * 1000000;
	q.until = c->until == 0 ? 0 : begun + (time_us)c->until * 1000000;
	assert_int_equal(count(&o, &q), c->want);
}

/* Page by page, each of them once, newest first. */
static void
test_pages(void **state)
{
	CLEANUP(office_closep) struct office o;
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };
	struct past_row *row = NULL;
	struct ledger_place last = { INT64_MAX, 0 };
	size_t n = 0, seen = 0;

	(void)state;
	(void)office_open_decided(&o);
	struct past_query q = ask(&o);
	q.limit = 4;
	WORKS(&o, db_pool_take(realm_readers(o.realm), &lease, &o.why));
	do {
		WORKS(&o, release_past(lease.db, o.arena, &q, &row, &n, &o.why));
		for (size_t i = 0; i < n; i++) {
			assert_true(row[i].at.leaf < last.leaf ||
			            (row[i].at.leaf == last.leaf && row[i].at.place < last.place));
			assert_int_equal(row[i].facts.len, 0);
			last = row[i].at;
			seen++;
		}
		q.before = &last;
	} while (n == q.limit);
	assert_int_equal(seen, OFFICE_DECIDED);
}

/* ---- one ---- */

static void
test_one(void **state)
{
	CLEANUP(office_closep) struct office o;
	struct past_row row;

	(void)state;
	(void)office_open_decided(&o);
	struct past_query q = ask(&o);
	const struct ledger_place hold = {
		.leaf = (uint64_t)strtoull(arena_cstr(o.arena,
		                               office_text(&o,
		                                   "SELECT CAST(leaf AS TEXT) FROM decision_past")),
		    NULL, 10),
		.place = 3,
	};
	WORKS(&o, one(&o, &q, &hold, &row));
	assert_true(str_is(row.outcome, "HOLD"));
	assert_true(str_is(row.state, "followed"));
	assert_true(str_find(row.decision, S("\"would_change\"")) != SIZE_MAX);
	assert_true(str_find(row.facts, S("\"engine\"")) != SIZE_MAX);
	assert_int_equal(row.inputs.len, HASH_BYTES);
	q.of.enclaves = S("defence");
	REFUSES(&o, one(&o, &q, &hold, &row), ERR_NOT_FOUND, "past.unknown");
	q.of.enclaves = S("main");
	const struct ledger_place beside = { hold.leaf, 77 };
	REFUSES(&o, one(&o, &q, &beside, &row), ERR_NOT_FOUND, "past.unknown");
}

/* Its words, its inputs, and made again. */
static void
test_grounds(void **state)
{
	CLEANUP(office_closep) struct office o;
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };
	struct past_approval *word = NULL;
	struct past_row *row = NULL;
	struct str inputs;
	size_t n = 0;

	(void)state;
	(void)office_open_decided(&o);
	struct past_query q = ask(&o);
	struct release_replay *again = arena_make(o.arena, struct release_replay, 1);
	q.limit = 1;
	WORKS(&o, db_pool_take(realm_readers(o.realm), &lease, &o.why));
	WORKS(&o, release_past(lease.db, o.arena, &q, &row, &n, &o.why));
	assert_int_equal(n, 1);
	assert_true(str_is(row->state, "released"));
	WORKS(&o, release_past_approvals(lease.db, o.arena, row, &word, &n, &o.why));
	assert_int_equal(n, 1);
	assert_true(str_is(word->account, "kiran") && str_is(word->verdict, "approve"));
	assert_true(hash_eq(&word->bytes_hash, &row->bytes_hash));
	WORKS(&o, release_past_inputs(lease.db, o.arena, row->inputs, &inputs, &o.why));
	assert_true(str_find(inputs, S("incident-response")) != SIZE_MAX);
	WORKS(&o, release_replay_one(lease.db, &row->at, again, &o.why));
	assert_int_equal(again->decisions, 1);
	assert_int_equal(again->from_content, 1);
	assert_int_equal(again->report.problems, 0);
	office_sql(&o, "DELETE FROM object");
	WORKS(&o, release_replay_one(lease.db, &row->at, again, &o.why));
	assert_int_equal(again->from_facts, 1);
	office_sql(&o, "UPDATE release_item SET outcome = 'DENY' WHERE place = 0 AND source_id LIKE"
	               " 'indicator%'");
	WORKS(&o, release_replay_one(lease.db, &row->at, again, &o.why));
	assert_true(again->report.problems > 0);
	office_sql(&o, "UPDATE decision_inputs SET body = CAST('{}' AS {blob})");
	REFUSES(&o, release_past_inputs(lease.db, o.arena, row->inputs, &inputs, &o.why),
	    ERR_TAMPERED, "replay.inputs");
}

int
main(int argc, char **argv)
{
	static struct cases list;

	CASES(&list, filter_cases, check_filter);
	CASE(&list, test_pages);
	CASE(&list, test_one);
	CASE(&list, test_grounds);
	return cases_run("past", &list, argc, argv);
}
