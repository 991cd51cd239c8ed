#include "acknowledge.h"

#include "base.h"
#include "fixture_p.h"
#include "record_p.h"

#define ACK   "\"acknowledgement\":{\"clause\":\"1\",\"hours\":24}"
#define FLASH "\"urgency\":{\"clause\":\"1\",\"levels\":[{\"code\":\"FLASH\",\"ack_minutes\":60}]}"
#define NOTED "SELECT COUNT(*) FROM event WHERE name = 'acknowledgement.overdue'"

static enum err
acknowledge_job(const struct release_job *job, const void *in, void *out, struct why *why)
{
	(void)in, (void)out;
	return release_acknowledge(job, why);
}

/* The timer, twice: what is noted once is not noted again. */
static void
run_timer(struct office *o)
{
	for (int i = 0; i < 2; i++)
		WORKS(o, office_try(o, acknowledge_job, NULL, NULL));
	office_settle(o);
}

/* The agreement with these blocks more. */
static void
agree_with(struct office *o, const char *blocks)
{
	struct str text =
	    office_replaced(o, office_agreement_text(), "\"version\":1", "\"version\":2");
	const char *rest = arena_cstr(o->arena,
	    arena_printf(o->arena, "%s%s\"obligations\":[]", blocks, *blocks == '\0' ? "" : ","));

	office_agree_on(o, office_replaced(o, text, "\"obligations\":[]", rest));
}

static enum err
row_job(const struct release_job *job, const void *in, void *out, struct why *why)
{
	const struct release_query q = { .of = { job->gate->organisation, job->gate->enclave },
		.id = *(const struct str *)in };
	struct release_row *rows = NULL;
	size_t n = 0;

	TRY(release_rows(job->db, job->arena, &q, &rows, &n, why));
	assert_true(n > 0);
	*(const char **)out = acknowledge_state(&rows[0], job->at);
	return OK;
}

static const char *
state_of(struct office *o, unsigned n)
{
	struct str id = office_indicator(o, n);
	const char *state = NULL;

	WORKS(o, office_try(o, row_job, &id, &state));
	return state;
}

static void
receive_now(struct office *o)
{
	office_sql(o,
	    arena_cstr(o->arena, arena_printf(o->arena,
	                             "UPDATE release_item SET received_at = %lld, receipt ="
	                             " '{\"state\":\"received\"}' WHERE state = 'released'",
	                             (long long)clock_wall(&o->clock))));
}

/* clang-format off */
static const struct owed_row {
	const char *name;
	const char *blocks; /* of the agreement */
	enum urgency urgency;
	int64_t within_s;   /* 0: no answer is owed */
} owed_table[] = {
	{ "the agreement says nothing",             "",            URGENCY_FLASH,   0 },
	{ "hours for all",                          ACK,           URGENCY_ROUTINE, 24 * 3600 },
	{ "minutes for a level",                    FLASH,         URGENCY_FLASH,   3600 },
	{ "and none for another",                   FLASH,         URGENCY_ROUTINE, 0 },
	{ "of both the shorter",                    ACK "," FLASH, URGENCY_FLASH,   3600 },
	{ "and for another level the one for all",  ACK "," FLASH, URGENCY_PRIORITY, 24 * 3600 },
};
/* clang-format on */

static void
check_owed(void **state)
{
	const struct owed_row *row = *state;
	CLEANUP(office_closep) struct office o;
	struct release_sent sent;

	office_open(&o);
	agree_with(&o, row->blocks);
	office_import(&o, 1, 1, "none");
	struct release_send send = office_order(&o, 1, 1);
	send.ask.urgency = row->urgency;
	WORKS(&o, office_try_send(&o, &send, &sent));
	office_settle(&o);
	run_timer(&o);
	assert_string_equal(state_of(&o, 1), row->within_s > 0 ? "waiting" : "");
	office_wait(&o, (row->within_s > 0 ? row->within_s : 365 * 86400) - 1);
	run_timer(&o);
	assert_int_equal(office_count(&o, NOTED), 0);
	office_wait(&o, 1);
	run_timer(&o);
	assert_int_equal(office_count(&o, NOTED), row->within_s > 0);
	assert_string_equal(state_of(&o, 1), row->within_s > 0 ? "overdue" : "");
}

static void
check_in_time(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	office_open(&o);
	agree_with(&o, ACK);
	office_import(&o, 1, 1, "none");
	(void)office_send(&o, 1, 1);
	run_timer(&o);
	receive_now(&o);
	assert_string_equal(state_of(&o, 1), "acknowledged");
	office_wait(&o, 2 * 86400);
	run_timer(&o);
	assert_int_equal(office_count(&o, NOTED), 0);
}

/* It stands in the log, with the order; an answer that comes later is shown as late. */
static void
check_late(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	office_open(&o);
	agree_with(&o, ACK);
	office_import(&o, 1, 1, "none");
	struct release_sent sent = office_send(&o, 1, 1);
	office_wait(&o, 2 * 86400);
	run_timer(&o);
	struct str leaf =
	    office_text(&o, "SELECT CAST(entry AS TEXT) FROM ledger_leaf WHERE kind = 'order'");
	assert_true(str_find(leaf, S("\"type\":\"acknowledgement-overdue\"")) != SIZE_MAX);
	assert_true(str_find(leaf, sent.order_id) != SIZE_MAX);
	receive_now(&o);
	assert_string_equal(state_of(&o, 1), "late");
}

/* One of two is missing; what was recalled meanwhile is not. */
static void
check_one_missing(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	office_open(&o);
	agree_with(&o, ACK);
	office_import(&o, 1, 1, "none");
	office_import(&o, 2, 1, "none");
	(void)office_send(&o, 1, 2);
	receive_now(&o);
	office_sql(&o, "UPDATE release_item SET received_at = 0 WHERE ordinal = 2");
	office_wait(&o, 86400);
	run_timer(&o);
	assert_int_equal(office_count(&o, NOTED), 1);

	office_import(&o, 3, 1, "none");
	(void)office_send(&o, 3, 3);
	run_timer(&o);
	office_sql(&o, "UPDATE release_item SET state = 'withdrawn' WHERE state = 'released'"
	               " AND received_at = 0");
	office_wait(&o, 86400);
	run_timer(&o);
	assert_int_equal(office_count(&o, NOTED), 1);
}

/* A receipt of a release by each peer; acked: what the peer was told. */
#define RECEIPT(acked)                                                                   \
	"INSERT INTO receipt (peer, leaf, place, object_id, version, bytes_hash, proof," \
	" own_leaf, acked, problem) SELECT p.name, 7, 0, 'indicator--x', '', '', '',"    \
	" MAX(l.leaf), " acked ", '' FROM peer p, ledger_leaf l GROUP BY p.name"

/* The other side: our receipt that the partner could not be given. */
static void
check_ours(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	office_open(&o);
	agree_with(&o, ACK);
	office_import(&o, 1, 1, "none");
	(void)office_send(&o, 1, 1);
	receive_now(&o);
	office_sql(&o, RECEIPT("0"));
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM receipt"), 1);
	run_timer(&o);
	assert_int_equal(office_count(&o, NOTED), 0);
	office_wait(&o, 86400);
	run_timer(&o);
	assert_int_equal(office_count(&o, NOTED " AND detail = '{\"whose\":\"ours\"}'"), 1);
	assert_int_equal(office_count(&o, NOTED " AND subject IN (SELECT name FROM peer)"), 1);
}

/* A receipt that the partner has is owed no more. */
static void
check_ours_given(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	office_open(&o);
	agree_with(&o, ACK);
	office_import(&o, 1, 1, "none");
	(void)office_send(&o, 1, 1);
	receive_now(&o);
	office_sql(&o, RECEIPT("1"));
	office_wait(&o, 30 * 86400);
	run_timer(&o);
	assert_int_equal(office_count(&o, NOTED), 0);
}

#define OWED       "SELECT COUNT(*) FROM acknowledgement WHERE direction = 'ours'"
#define LOOKED_AT  "SELECT done_to FROM watermark WHERE name = 'acknowledge-ours'"
#define FIRST_LEAF "(SELECT MIN(own_leaf) FROM receipt)"
#define LAST_LEAF  "(SELECT MAX(own_leaf) FROM receipt)"

struct debt {
	const char *peer;
	unsigned leaves;
};

static enum err
owe_job(const struct release_job *job, const void *in, void *, struct why *why)
{
	static const char insert[] =
	    "INSERT INTO receipt (peer, leaf, place, object_id, version, bytes_hash, proof,"
	    " own_leaf, acked, problem) VALUES ($1, $2, $3, 'indicator--x', '', '', '', $2, 0, '')";
	const struct record_pair pairs[] = { { "type", S("receipt") } };
	const struct debt *d = in;
	uint64_t leaf = 0;

	for (unsigned i = 0; i < d->leaves; i++) {
		TRY(record_append_at(job, "receipt", pairs, COUNTOF(pairs), &leaf, why));
		for (int place = 0; place < 2; place++)
			TRY(db_run(job->db, why, insert, DB_T(str_of(d->peer)), DB_I((int64_t)leaf),
			    DB_I(place)));
	}
	return OK;
}

/* Receipts of ours that a peer does not take, two in a leaf. */
static void
owe(struct office *o, const char *peer, unsigned leaves)
{
	const struct debt d = { peer, leaves };

	WORKS(o, office_try(o, owe_job, &d, NULL));
}

/* The abuse: a peer that we owe nothing by a time takes none of its receipts.  Those of the
 * partner behind it are met. */
static void
check_hidden(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	office_open(&o);
	agree_with(&o, ACK);
	office_sql(&o, "INSERT INTO peer (name, party, kind, url, tls_pin, log_key, witness_key,"
	               " agreement_key, identity, invitation, verified_at, added_at)"
	               " SELECT 'quiet.example', 'LK', kind, url, tls_pin, 'k', 'w', agreement_key,"
	               " identity, invitation, verified_at, added_at FROM peer");
	owe(&o, "quiet.example", 300);
	owe(&o, "jp.example", 1);
	office_wait(&o, 86400);
	run_timer(&o);
	assert_int_equal(office_count(&o, NOTED " AND subject = 'jp.example'"), 1);
	assert_int_equal(office_count(&o, NOTED), 1);
	assert_int_equal(office_count(&o, OWED), 1);
	assert_int_equal(office_count(&o, LOOKED_AT), office_count(&o, "SELECT" LAST_LEAF));
}

/* A run looks at so many leaves and no more, and at each once. */
static void
check_bounded(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	office_open(&o);
	agree_with(&o, ACK);
	owe(&o, "jp.example", 600);
	WORKS(&o, office_try(&o, acknowledge_job, NULL, NULL));
	assert_int_equal(office_count(&o, OWED), 256);
	assert_int_equal(office_count(&o, LOOKED_AT), office_count(&o, "SELECT" FIRST_LEAF) + 255);
	run_timer(&o);
	assert_int_equal(office_count(&o, OWED), 600);
	assert_int_equal(office_count(&o, NOTED), 0);
	office_wait(&o, 86400);
	WORKS(&o, office_try(&o, acknowledge_job, NULL, NULL));
	assert_int_equal(office_count(&o, NOTED), 256);
	run_timer(&o);
	run_timer(&o);
	assert_int_equal(office_count(&o, NOTED), 600);
}

/* One that is taken in time, and one whose object was purged: another leaf tells of it. */
static void
check_ours_moved(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	office_open(&o);
	agree_with(&o, ACK);
	owe(&o, "jp.example", 2);
	run_timer(&o);
	assert_int_equal(office_count(&o, OWED " AND state = 'open'"), 2);
	office_sql(&o, "UPDATE receipt SET acked = 1 WHERE own_leaf = " FIRST_LEAF);
	office_wait(&o, 3600);
	owe(&o, "jp.example", 1);
	office_sql(&o, "DELETE FROM receipt WHERE own_leaf < " LAST_LEAF " AND acked = 0");
	office_wait(&o, 86400 - 3600);
	run_timer(&o);
	assert_int_equal(office_count(&o, NOTED), 0);
	assert_int_equal(office_count(&o, OWED " AND state = 'done'"), 2);
	office_wait(&o, 3600);
	run_timer(&o);
	assert_int_equal(office_count(&o, NOTED), 1);
}

int
main(int argc, char **argv)
{
	static struct cases list;

	CASES(&list, owed_table, check_owed);
	CASE(&list, check_in_time);
	CASE(&list, check_late);
	CASE(&list, check_one_missing);
	CASE(&list, check_ours);
	CASE(&list, check_ours_given);
	CASE(&list, check_hidden);
	CASE(&list, check_bounded);
	CASE(&list, check_ours_moved);
	return cases_run("acknowledge", &list, argc, argv);
}
