#include "purge.h"

#include "verified_p.h"

static enum err
purge_job(const struct release_job *job, const void *in, void *out, struct why *why)
{
	return release_purge(job, in, out, why);
}

static struct release_purge
order(struct office *o, unsigned n)
{
	return (struct release_purge){
		.id = office_indicator(o, n),
		.of = { S("IN:CERT-IN"), S("main") },
		.account = S("leela"),
		.reason = S("the court said so"),
	};
}

static void
purge(struct office *o, unsigned n)
{
	struct release_purge p = order(o, n);
	size_t gone = 0;

	WORKS(o, office_try(o, purge_job, &p, &gone));
	assert_int_equal(gone > 0, true);
	office_settle(o);
}

static void
open_released(struct office *o)
{
	office_open(o);
	office_import(o, 1, 1, "");
	office_import(o, 2, 1, "copy");
	(void)office_send(o, 1, 2);
}

/* ---- who may, and what ---- */

/* clang-format off */
static void by_officer(struct release_purge *p) { p->account = S("meera"); }
static void for_nothing(struct release_purge *p) { p->reason = S(" "); }
static void elsewhere(struct release_purge *p) { p->of.enclaves = S("defence"); }
static void of_nothing(struct release_purge *p) { p->id = S("indicator--x"); }

static const struct refused_row {
	const char *name;
	void (*change)(struct release_purge *p);
	enum err err;
	const char *code;
} refused_table[] = {
	{ "an officer", by_officer, ERR_FORBIDDEN, "release.role" },
	{ "no reason", for_nothing, ERR_INVALID, "purge.reason" },
	{ "an object of another enclave", elsewhere, ERR_NOT_FOUND, "purge.unknown" },
	{ "no object", of_nothing, ERR_NOT_FOUND, "purge.unknown" },
};
/* clang-format on */

static void
check_refused(void **state)
{
	const struct refused_row *row = *state;
	CLEANUP(office_closep) struct office o;
	size_t gone = 0;

	open_released(&o);
	struct release_purge p = order(&o, 1);
	row->change(&p);
	REFUSES(&o, office_try(&o, purge_job, &p, &gone), row->err, row->code);
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM tombstone"), 0);
}

static void
test_held(void **state)
{
	CLEANUP(office_closep) struct office o;
	size_t gone = 0;

	(void)state;
	office_open(&o);
	office_import(&o, 1, 1, "check");
	(void)office_send(&o, 1, 1);
	struct release_purge p = order(&o, 1);
	REFUSES(&o, office_try(&o, purge_job, &p, &gone), ERR_CONFLICT, "purge.held");
}

/* Content, copy, record and salt are gone; the log is whole, and the decisions
 * are judged from their facts. */
static void
test_purge(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	open_released(&o);
	purge(&o, 1);
	purge(&o, 2);
	assert_int_equal(office_count(&o,
	                     "SELECT COUNT(*) FROM object WHERE object_id LIKE 'indicator%'"),
	    0);
	assert_int_equal(office_count(&o, SHOWN "'indicator%'"), 0);
	assert_int_equal(office_count(&o,
	                     "SELECT COUNT(*) FROM release_item WHERE source_id LIKE 'indicator%'"
	                     " AND (LENGTH(bytes) > 0 OR decision LIKE '%203.0.113%')"),
	    0);
	assert_int_equal(office_count(&o,
	                     "SELECT COUNT(*) FROM ledger_record WHERE LENGTH(salt) = 0"),
	    2);
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM tombstone"), 2);
	assert_string_equal(office_item_state(&o, 1), "purged");
	const struct release_audit *audit = office_audit(&o);
	if (audit->report.problems > 0)
		fail_msg("%s", audit->report.problem[0].what);
	assert_int_equal(audit->purged, 2);
	const struct release_replay *r = office_replay(&o, 0);
	if (r->report.problems > 0)
		fail_msg("%s", r->report.problem[0].what);
	assert_int_equal(r->from_content, 0);
	assert_int_equal(r->from_facts, 2 + NODE);
	assert_int_equal(r->not_replayable, 0);
	/* What was purged may come again. */
	office_import(&o, 1, 1, "");
	assert_int_equal(
	    office_count(&o,
	        "SELECT COUNT(*) FROM object WHERE latest = 1 AND object_id LIKE 'indicator%1'"),
	    1);
	/* A timer does not take a purge for a reason to recall. */
	(void)office_tighten(&o);
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM recall"), 0);
}

/* ---- a purge hides nothing else ---- */

/* clang-format off */
#define OF_1 " WHERE source_id LIKE 'indicator%1'"
static const struct hidden_row {
	const char *name;
	const char *sql;
	const char *what;
} hidden_table[] = {
	{ "the outcome", "UPDATE release_item SET outcome = 'DENY'" OF_1, "the outcome is not that of the record" },
	{ "the recipient", "UPDATE release_item SET recipient = 'JP:NCO'" OF_1, "the recipient is not that of the record" },
	{ "the facts", "UPDATE release_item SET facts = replace(facts, 'GREEN', 'CLEAR')" OF_1,
	  "source, facts or explanation" },
	{ "the tombstone", "DELETE FROM tombstone_record", "no leaf says so" },
	{ "another tombstone", "UPDATE tombstone_record SET said = (SELECT MAX(said) FROM tombstone_record)",
	  "that of another record" },
	{ "a record that was not purged",
	  "UPDATE ledger_record SET salt = CAST('' AS {blob}), record = (SELECT MAX(preview_hash) FROM release_item)"
	  " WHERE LENGTH(salt) > 0", "was purged, and its bytes were not" },
	{ "another hash of the record",
	  "UPDATE ledger_record SET record = (SELECT MAX(preview_hash) FROM release_item) WHERE LENGTH(salt) = 0",
	  "do not lead to the root" },
	{ "bytes that stayed", "UPDATE release_item SET bytes = nonce" OF_1, "its bytes were not" },
};
/* clang-format on */

static void
check_hidden(void **state)
{
	const struct hidden_row *row = *state;
	CLEANUP(office_closep) struct office o;
	bool found = false;

	open_released(&o);
	purge(&o, 1);
	purge(&o, 2);
	office_sql(&o, row->sql);
	const struct audit_report *r = &office_audit(&o)->report;
	for (size_t i = 0; i < r->problems; i++)
		found |= strstr(r->problem[i].what, row->what) != NULL;
	if (!found)
		fail_msg("%zu problems, first: %s", r->problems, r->problem[0].what);
}

int
main(int argc, char **argv)
{
	static struct cases list;

	CASES(&list, refused_table, check_refused);
	CASE(&list, test_held);
	CASE(&list, test_purge);
	CASES(&list, hidden_table, check_hidden);
	return cases_run("purge", &list, argc, argv);
}
