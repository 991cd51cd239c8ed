#include "fixture_p.h"

static enum err
recall_job(const struct release_job *job, const void *in, void *out, struct why *why)
{
	return release_recall(job, in, out, why);
}

static enum err
recalled_job(const struct release_job *job, const void *in, void *out, struct why *why)
{
	return release_recalled(job, in, out, why);
}

struct answer {
	struct str recall_id, answer;
};

static enum err
answered_job(const struct release_job *job, const void *in, void *out, struct why *why)
{
	const struct answer *a = in;

	(void)out;
	return release_recall_answered(job, a->recall_id, a->answer, why);
}

static struct release_recall
mistake(struct office *o, unsigned n, const char *to)
{
	return (struct release_recall){
		.source_id = office_indicator(o, n),
		.to = str_of(to),
		.account = S("meera"),
		.reason = S("a mistake"),
	};
}

static void
send_to(struct office *o, unsigned n, const char *to)
{
	struct release_send send = office_order(o, n, n);
	struct release_sent sent;

	send.ask.to = str_of(to);
	WORKS(o, office_try_send(o, &send, &sent));
	office_settle(o);
	office_wait(o, 1);
}

/* ---- asking ---- */

static void
check_recall(void **state)
{
	CLEANUP(office_closep) struct office o;
	struct str id = { 0 };

	(void)state;
	office_open(&o);
	office_import(&o, 1, 1, "");
	struct release_recall r = mistake(&o, 1, "JP:JPCERT");
	REFUSES(&o, office_try(&o, recall_job, &r, &id), ERR_NOT_FOUND, "recall.not-released");
	(void)office_send(&o, 1, 1);
	r.reason = S("\n");
	REFUSES(&o, office_try(&o, recall_job, &r, &id), ERR_INVALID, "recall.reason");
	r.reason = S("a mistake");
	WORKS(&o, office_try(&o, recall_job, &r, &id));
	assert_string_equal(office_item_state(&o, 1), "recalled");
	assert_int_equal(office_count(&o, SHOWN "'indicator--%'"), 0);
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM recall WHERE peer = 'jp.example'"
	                                  " AND state = 'asked'"),
	    1);
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM ledger_leaf WHERE kind = 'recall'"),
	    1);
	REFUSES(&o, office_try(&o, recall_job, &r, &id), ERR_CONFLICT, "recall.twice");

	/* Released anew it stands there again. */
	assert_int_equal(office_send(&o, 1, 1).released, 1);
	assert_int_equal(office_count(&o, SHOWN "'indicator--%'"), 1);
}

/* Each recipient is asked, and answers, by itself. */
static void
check_two_recipients(void **state)
{
	CLEANUP(office_closep) struct office o;
	struct answer a = { .answer = S("removed") };

	(void)state;
	office_open(&o);
	office_import(&o, 1, 1, "");
	send_to(&o, 1, "JP:JPCERT");
	send_to(&o, 1, "JP:NCO");
	struct release_recall r = mistake(&o, 1, "JP:JPCERT");
	WORKS(&o, office_try(&o, recall_job, &r, &a.recall_id));
	assert_int_equal(office_count(&o, SHOWN "'indicator--%'"), 1);
	struct str other = { 0 };
	r.to = S("JP:NCO");
	WORKS(&o, office_try(&o, recall_job, &r, &other));
	WORKS(&o, office_try(&o, answered_job, &a, NULL));
	assert_true(
	    str_is(office_text(&o, "SELECT recipient FROM release_item WHERE state = 'answered'"),
	        "JP:JPCERT"));
	assert_true(
	    str_is(office_text(&o, "SELECT recipient FROM release_item WHERE state = 'recalled'"),
	        "JP:NCO"));
	assert_true(
	    str_eq(office_text(&o, "SELECT subject FROM event WHERE name = 'recall.answered'"),
	        office_indicator(&o, 1)));

	/* Answered once; and only what was asked. */
	struct answer stray = { S("11111111-1111-4111-8111-111111111111"), S("removed") };
	assert_int_equal(office_try(&o, answered_job, &stray, NULL), ERR_NOT_FOUND);
	a.answer = S("unknown");
	WORKS(&o, office_try(&o, answered_job, &a, NULL));
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM recall WHERE answer = 'removed'"),
	    1);
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM recall WHERE answer = 'unknown'"),
	    0);
}

/* An object that left as it is and later as a copy: two requests, two names. */
static void
check_two_names(void **state)
{
	CLEANUP(office_closep) struct office o;
	struct str id = { 0 };

	(void)state;
	office_open(&o);
	office_import(&o, 1, 1, "");
	(void)office_send(&o, 1, 1);
	office_import(&o, 1, 2, "copy");
	(void)office_send(&o, 1, 1);
	assert_int_equal(office_count(&o, SHOWN "'indicator--%'"), 2);
	struct release_recall r = mistake(&o, 1, "JP:JPCERT");
	WORKS(&o, office_try(&o, recall_job, &r, &id));
	assert_int_equal(office_count(&o, "SELECT COUNT(DISTINCT object_id) FROM recall"), 2);
	assert_int_equal(office_count(&o, SHOWN "'indicator--%'"), 0);
}

/* ---- being asked ---- */

static enum err
give_job(const struct release_job *job, const void *in, void *out, struct why *why)
{
	const struct office *o = in;
	struct collection c = {
		.alias = S("jp"),
		.kind = COLLECTION_RECEIVED,
		.title = S("From JP"),
		.owner = S("IN:CERT-IN"),
		.enclave = S("main"),
		.giver = S("JP:JPCERT"),
		.agreement = S("IJ"),
	};

	(void)out;
	(void)o;
	TRY(store_collection_ensure(job->db, job->arena, &c, why));
	return db_run(job->db, why,
	    "UPDATE object SET shard_key = $1, giver = 'JP:JPCERT' WHERE object_id LIKE 'indicator--%'",
	    DB_I(c.shard_key));
}

static void
check_recalled(void **state)
{
	CLEANUP(office_closep) struct office o;
	struct str answer = { 0 };

	(void)state;
	office_open(&o);
	office_import(&o, 1, 1, "");
	WORKS(&o, office_try(&o, give_job, &o, NULL));
	struct release_recalled r = {
		.recall_id = S("00000000-0000-4000-8000-000000000001"),
		.peer = S("us.example"),
		.giver_party = S("US"),
		.object_id = office_indicator(&o, 1),
		.reason = S("a mistake"),
	};
	/* Another party's recall does not touch what JP gave. */
	WORKS(&o, office_try(&o, recalled_job, &r, &answer));
	assert_true(str_is(answer, "unknown"));
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM object WHERE withdrawn_at > 0"), 0);

	r.recall_id = S("00000000-0000-4000-8000-000000000002");
	r.peer = S("jp.example");
	r.giver_party = S("JP");
	WORKS(&o, office_try(&o, recalled_job, &r, &answer));
	assert_true(str_is(answer, "removed"));
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM object WHERE withdrawn_at > 0"), 1);

	/* Asked twice: the first answer, and nothing more is written. */
	int64_t leaves = office_count(&o, "SELECT COUNT(*) FROM ledger_leaf");
	WORKS(&o, office_try(&o, recalled_job, &r, &answer));
	assert_true(str_is(answer, "removed"));
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM ledger_leaf"), leaves);

	/* Asked again under another number there is nothing left to remove. */
	r.recall_id = S("00000000-0000-4000-8000-000000000003");
	WORKS(&o, office_try(&o, recalled_job, &r, &answer));
	assert_true(str_is(answer, "unknown"));
}

/* The number of our own request is no answer to theirs. */
static void
check_borrowed_number(void **state)
{
	CLEANUP(office_closep) struct office o;
	struct str id = { 0 }, answer = { 0 };

	(void)state;
	office_open(&o);
	office_import(&o, 1, 1, "");
	(void)office_send(&o, 1, 1);
	struct release_recall ours = mistake(&o, 1, "JP:JPCERT");
	WORKS(&o, office_try(&o, recall_job, &ours, &id));
	const struct release_recalled theirs = {
		.recall_id = id,
		.peer = S("jp.example"),
		.giver_party = S("JP"),
		.object_id = office_indicator(&o, 1),
		.reason = S("a trick"),
	};
	assert_int_equal(office_try(&o, recalled_job, &theirs, &answer), ERR_CONFLICT);
}

int
main(int argc, char **argv)
{
	static struct cases list;

	CASE(&list, check_recall);
	CASE(&list, check_two_recipients);
	CASE(&list, check_two_names);
	CASE(&list, check_recalled);
	CASE(&list, check_borrowed_number);
	return cases_run("recall", &list, argc, argv);
}
