#include "retain.h"

#include "decided_p.h"
#include "verified_p.h"

enum { DAY = 86'400 };

static enum err
retain_job(const struct release_job *job, const void *in, void *out, struct why *why)
{
	(void)in;
	return release_retain(job, out, why);
}

static size_t
retain(struct office *o)
{
	struct release_retained done = { .more = true };
	size_t gone = 0;

	for (size_t run = 0; done.more; run++) {
		WORKS(o, office_try(o, retain_job, NULL, &done));
		office_settle(o);
		gone += done.gone;
		assert_true(run < 100);
	}
	return gone;
}

static void
verify(struct office *o, size_t purged)
{
	const struct release_audit *audit = office_audit(o);

	if (audit->report.problems > 0)
		fail_msg("%s", audit->report.problem[0].what);
	assert_int_equal(audit->purged, purged);
}

/* Another version of the agreement: these rows, beside 180 days for all. */
static struct str
version(struct office *o, unsigned n, const char *rows)
{
	struct str text = office_replaced(o, office_agreement_text(), "\"version\":1",
	    arena_cstr(o->arena, arena_printf(o->arena, "\"version\":%u", n)));

	return office_replaced(o, text, "\"days\":180",
	    arena_cstr(o->arena, arena_printf(o->arena, "\"days\":180,\"rows\":[%s]", rows)));
}
#define ROW(category, days) "{\"category\":\"" category "\",\"days\":" days "}"

static enum err
give_job(const struct release_job *job, const void *in, void *out, struct why *why)
{
	struct collection c = {
		.alias = S("jp"),
		.kind = COLLECTION_RECEIVED,
		.title = S("From JP"),
		.owner = S("IN:CERT-IN"),
		.enclave = S("main"),
		.giver = S("JP:JPCERT"),
		.agreement = S("IJ"),
	};

	(void)in;
	(void)out;
	TRY(store_collection_ensure(job->db, job->arena, &c, why));
	return db_run(job->db, why,
	    "UPDATE object SET shard_key = $1, giver = 'JP:JPCERT', received_under = 'IJ'"
	    " WHERE object_id LIKE 'indicator--%'",
	    DB_I(c.shard_key));
}

/* What came from the partner: a plain indicator, and one of two categories. */
static void
open_received(struct office *o, const char *rows)
{
	office_open(o);
	if (rows[0] != '\0')
		office_agree_on(o, version(o, 2, rows));
	office_import(o, 1, 1, "");
	office_import(o, 2, 1, "check");
	WORKS(o, office_try(o, give_job, NULL, NULL));
}

static int64_t
left(struct office *o)
{
	return office_count(o, "SELECT COUNT(*) FROM object WHERE object_id LIKE 'indicator--%'");
}

/* ---- what was received ---- */

/* clang-format off */
static const struct received_row {
	const char *name;
	const char *rows;
	int days;            /* that passed */
	int left;
	const char *reason;  /* of the tombstone of the second */
} received_table[] = {
	{ "nothing before its time", "", 179, 2, "" },
	{ "the period for all", "", 181, 0, "retention: 180 days" },
	{ "a row ends one of them", ROW("check", "30"), 31, 1, "retention: 30 days, check" },
	{ "and not a day before", ROW("check", "30"), 29, 2, "" },
	{ "of two categories the shorter", ROW("plain", "90") "," ROW("check", "30"), 31, 1, "retention: 30 days, check" },
	{ "the longer ends the other", ROW("plain", "90") "," ROW("check", "30"), 91, 0, "retention: 30 days, check" },
	{ "a category that nobody defined ends nothing", ROW("gossip", "1"), 100, 2, "" },
	{ "and the period for all does", ROW("gossip", "1"), 181, 0, "retention: 180 days" },
};
/* clang-format on */

static void
check_received(void **state)
{
	const struct received_row *row = *state;
	CLEANUP(office_closep) struct office o;

	open_received(&o, row->rows);
	office_wait(&o, (int64_t)row->days * DAY);
	assert_int_equal(retain(&o), 2 - row->left);
	assert_int_equal(left(&o), row->left);
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM tombstone"), 2 - row->left);
	if (row->reason[0] != '\0')
		assert_string_equal(
		    arena_cstr(o.arena,
		        office_text(&o,
		            "SELECT reason FROM tombstone ORDER BY object_id DESC LIMIT 1")),
		    row->reason);
	assert_int_equal(retain(&o), 0);
	verify(&o, 0);
}

/* What a run looked at and left is looked at again when its time is up. */
static void
test_later(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	open_received(&o, ROW("plain", "90") "," ROW("check", "30"));
	for (int day = 0; day < 200; day += 10) {
		(void)retain(&o);
		assert_int_equal(left(&o), day <= 30 ? 2 : day <= 90 ? 1 : 0);
		office_wait(&o, 10 * DAY);
	}
}

/* A version that shortens acts at once; one that lengthens brings nothing back. */
static void
test_amended(void **state)
{
	CLEANUP(office_closep) struct office o;
	struct str shorter;

	(void)state;
	open_received(&o, "");
	office_wait(&o, 40 * DAY);
	assert_int_equal(retain(&o), 0);
	/* One party's draft is no agreement. */
	shorter = office_draft(&o, version(&o, 2, ROW("check", "30")));
	assert_int_equal(retain(&o), 0);
	office_countersign(&o, shorter);
	assert_int_equal(retain(&o), 1);
	assert_int_equal(left(&o), 1);
	office_agree_on(&o, version(&o, 3, ROW("check", "170")));
	assert_int_equal(retain(&o), 0);
	assert_int_equal(left(&o), 1);
	office_agree_on(&o, version(&o, 4, ROW("plain", "39")));
	assert_int_equal(retain(&o), 1);
	assert_int_equal(left(&o), 0);
	verify(&o, 0);
}

/* Duties survive the end of the agreement. */
static void
test_survives(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	open_received(&o, ROW("check", "30"));
	office_state(&o, STATEMENT_TERMINATE, "all");
	office_wait(&o, 31 * DAY);
	assert_int_equal(retain(&o), 1);
}

/* ---- one run ---- */

enum { MANY = 2200, COLLECTIONS = 2 }; /* in each: less than one run looks at, in both: more */

static enum err
many_job(const struct release_job *job, const void *in, void *out, struct why *why)
{
	struct collection c = {
		.alias = S("nco"),
		.kind = COLLECTION_RECEIVED,
		.title = S("From NCO"),
		.owner = S("IN:CERT-IN"),
		.enclave = S("main"),
		.giver = S("JP:NCO"),
		.agreement = S("IJ"),
	};

	(void)in;
	(void)out;
	TRY(store_collection_ensure(job->db, job->arena, &c, why));
	return db_run(job->db, why,
	    "INSERT INTO object SELECT CASE WHEN n.i > $2 THEN $1 ELSE o.shard_key END,"
	    " o.date_added - n.i, 'indicator--many-' || n.i, o.version, o.type, o.spec_version,"
	    " o.created, o.modified, o.modified_us, o.revoked, o.raw_hash, o.jcs_hash,"
	    " o.normal_hash, o.owner, o.enclave, o.originator, o.giver, o.path, o.received_under,"
	    " o.import_id, o.withdrawn_at, o.latest, o.raw FROM object o, (WITH RECURSIVE c(i) AS"
	    " (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < $3) SELECT i FROM c) n"
	    " WHERE o.object_id LIKE 'indicator--%1'",
	    DB_I(c.shard_key), DB_I(MANY), DB_I(MANY * COLLECTIONS));
}

static struct release_retained
run_once(struct office *o)
{
	struct release_retained done = { 0 };

	WORKS(o, office_try(o, retain_job, NULL, &done));
	office_settle(o);
	return done;
}

/* One budget for all collections: what is left over is looked at in the next run. */
static void
test_many(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	open_received(&o, ROW("check", "30"));
	WORKS(&o, office_try(&o, many_job, NULL, NULL));
	office_wait(&o, 31 * DAY);
	struct release_retained done = run_once(&o);
	assert_true(done.more);
	assert_int_equal(done.gone + retain(&o), 1);
	assert_int_equal(left(&o), 1 + MANY * COLLECTIONS);
	assert_int_equal(run_once(&o).gone, 0);
}

#define LARGE_BYTES "40000000" /* two of them are more than one run reads */

/* ---- what lies ready ---- */

static void
open_released(struct office *o)
{
	office_open(o);
	office_agree_on(o, version(o, 2, ROW("veil", "30")));
	office_import(o, 1, 1, "");
	office_import(o, 2, 1, "veil");
	(void)office_send(o, 1, 2);
}

/* The copy that lay ready for the partner goes; our own object stays. */
static void
test_released(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	office_open(&o);
	office_import(&o, 1, 1, "");
	office_import(&o, 2, 1, "copy");
	(void)office_send(&o, 1, 2);
	office_wait(&o, 179 * DAY);
	assert_int_equal(retain(&o), 0);
	office_wait(&o, 2 * DAY);
	assert_int_equal(retain(&o), 2 + NODE);
	assert_int_equal(retain(&o), 0);
	assert_int_equal(office_count(&o, SHOWN "'indicator%'"), 0);
	assert_int_equal(left(&o), 2);
	verify(&o, 2 + NODE);
}

/* Of one order, each by its own category. */
static void
test_released_by_row(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	open_released(&o);
	office_wait(&o, 29 * DAY);
	assert_int_equal(retain(&o), 0);
	office_wait(&o, 2 * DAY);
	assert_int_equal(retain(&o), 1);
	assert_string_equal(office_item_state(&o, 2), "purged");
	assert_string_equal(office_item_state(&o, 1), "released");
	assert_int_equal(office_count(&o, SHOWN "'indicator%'"), 1);
	office_wait(&o, 150 * DAY);
	assert_int_equal(retain(&o), 1 + NODE);
	assert_int_equal(office_count(&o, SHOWN "'indicator%'"), 0);
	verify(&o, 2 + NODE);
}

/* A run that stops inside of a leaf goes on there. */
static void
test_large_leaf(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	office_open(&o);
	office_agree_on(&o, version(&o, 2, ROW("veil", "30")));
	for (unsigned n = 1; n <= 4; n++)
		office_import(&o, n, 1, n == 4 ? "veil" : "");
	(void)office_send(&o, 1, 4);
	office_sql(&o,
	    "UPDATE release_item SET bytes = zeroblob(" LARGE_BYTES ") WHERE ordinal IN (1, 2, 3)");
	office_wait(&o, 31 * DAY);
	struct release_retained done = run_once(&o);
	assert_true(done.more);
	assert_int_equal(done.gone, 0);
	assert_int_equal(retain(&o), 1);
	assert_string_equal(office_item_state(&o, 4), "purged");
	assert_string_equal(office_item_state(&o, 3), "released");
	assert_false(run_once(&o).more);
}

/* What waited and was approved has two records: both go with their salts. */
static void
test_approved(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	(void)office_open_decided(&o);
	office_wait(&o, 181 * DAY);
	assert_int_equal(retain(&o), 3 + NODE);
	assert_int_equal(office_count(&o,
	                     "SELECT COUNT(*) FROM decision_past d JOIN tombstone_record t"
	                     " ON t.leaf = d.leaf AND t.place = d.place"),
	    1);
	verify(&o, 3 + NODE);
}

/* What was shown long after its leaf goes with it, and the newer version stays. */
static void
test_shown_later(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	office_open(&o);
	office_agree_on(&o, version(&o, 2, ROW("plain", "30")));
	office_import(&o, 1, 1, "");
	(void)office_send(&o, 1, 1);
	office_state(&o, STATEMENT_SUSPEND, "INFO");
	(void)office_tighten(&o);
	office_wait(&o, 20 * DAY);
	office_state(&o, STATEMENT_RESUME, "INFO");
	(void)office_tighten(&o);
	assert_int_equal(office_count(&o, SHOWN "'indicator%'"), 1);
	office_import(&o, 1, 2, "");
	(void)office_send(&o, 1, 1);
	assert_int_equal(office_count(&o, SHOWN "'indicator%'"), 2);
	office_wait(&o, 11 * DAY);
	assert_int_equal(retain(&o), 1);
	assert_int_equal(office_count(&o, SHOWN "'indicator%'"), 1);
	office_wait(&o, 20 * DAY);
	assert_int_equal(retain(&o), 1);
	assert_int_equal(office_count(&o, SHOWN "'indicator%'"), 0);
}

/* What waits for an approval stays, and what was refused goes in its time. */
static void
test_held(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	office_open(&o);
	office_agree_on(&o, version(&o, 2, ROW("check", "1") "," ROW("plain", "1")));
	office_import(&o, 1, 1, "check");
	(void)office_send(&o, 1, 1);
	office_wait(&o, 2 * DAY);
	assert_int_equal(retain(&o), 0);
	assert_string_equal(office_item_state(&o, 1), "held");
	office_import(&o, 2, 1, "");
	(void)office_send(&o, 2, 2);
	office_wait(&o, 2 * DAY);
	assert_int_equal(retain(&o), 1);
	office_wait(&o, ORDER_DAYS * DAY);
	(void)office_tighten(&o);
	assert_string_equal(office_item_state(&o, 1), "expired");
	assert_int_equal(retain(&o), 1);
	assert_int_equal(office_count(&o,
	                     "SELECT COUNT(*) FROM release_item WHERE LENGTH(bytes) > 0"
	                     " AND source_id LIKE 'indicator%'"),
	    0);
}

/* ---- events ---- */

/* Events are kept for as long as the agreement says, and the leaves for good. */
static void
test_events(void **state)
{
	CLEANUP(office_closep) struct office o;
	struct release_retained ret;

	(void)state;
	office_open(&o);
	struct str text =
	    office_replaced(&o, office_agreement_text(), "\"version\":1", "\"version\":2");
	office_agree_on(&o,
	    office_replaced(&o, text, "\"obligations\":[]",
	        "\"records\":{\"clause\":\"1\",\"log_days\":30},\"obligations\":[]"));
	office_import(&o, 1, 1, "none");
	(void)office_send(&o, 1, 1);
	const int64_t events = office_count(&o, "SELECT COUNT(*) FROM event");
	const int64_t leaves = office_count(&o, "SELECT COUNT(*) FROM ledger_leaf");
	assert_true(events > 1);
	office_wait(&o, 29 * 86400);
	WORKS(&o, office_try(&o, retain_job, NULL, &ret));
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM event"), events);
	office_wait(&o, 2 * 86400);
	WORKS(&o, office_try(&o, retain_job, NULL, &ret));
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM event"), 1);
	assert_true(office_count(&o, "SELECT COUNT(*) FROM ledger_leaf") >= leaves);
}

int
main(int argc, char **argv)
{
	static struct cases list;

	CASES(&list, received_table, check_received);
	CASE(&list, test_later);
	CASE(&list, test_amended);
	CASE(&list, test_survives);
	CASE(&list, test_released);
	CASE(&list, test_released_by_row);
	CASE(&list, test_many);
	CASE(&list, test_large_leaf);
	CASE(&list, test_approved);
	CASE(&list, test_shown_later);
	CASE(&list, test_held);
	CASE(&list, test_events);
	return cases_run("retain", &list, argc, argv);
}
