#include "fixture_p.h"

/* ---- jobs ---- */

static enum err
review_job(const struct release_job *job, const void *in, void *out, struct why *why)
{
	(void)out;
	return release_review(job, in, why);
}

static enum err
approve_job(const struct release_job *job, const void *in, void *out, struct why *why)
{
	return release_approve(job, in, out, why);
}

static enum err
list_job(const struct release_job *job, const void *in, void *out, struct why *why)
{
	struct release_review_row *rows = NULL;
	size_t n = 0;

	(void)in;
	const struct compartment of = { job->gate->organisation, job->gate->enclave };
	TRY(release_reviews(job->db, job->arena, &of, &rows, &n, why));
	if (n == 0)
		return ERR_NOT_FOUND;
	*(struct release_review_row *)out = rows[0];
	return OK;
}

/* What an order is that breaks the glass over one held object. */
static struct release_send
break_glass(struct office *o, const char *label)
{
	office_import(o, 1, 1, label);
	struct release_send send = office_order(o, 1, 1);

	send.ask.urgency = URGENCY_FLASH;
	send.ask.break_glass = S("life-at-risk");
	send.ask.reason = S("a dialysis unit is being switched off");
	return send;
}

static struct release_verdict
verdict_of(const struct office *o, const struct release_sent *sent, const char *account)
{
	const struct agreement_decision *d =
	    agreement_decision_about(sent->decisions, office_indicator((struct office *)o, 1));

	return (struct release_verdict){
		.order_id = sent->order_id,
		.ordinal = NODE,
		.account = str_of(account),
		.role = S("officer"),
		.bytes_hash = hash_of(d->bytes),
	};
}

/* An emergency that two officers let through, and that owes a review in 24 h. */
static struct str
emergency(struct office *o)
{
	struct release_send send = break_glass(o, "check");
	struct release_sent sent;
	bool released = false;

	WORKS(o, office_try_send(o, &send, &sent));
	office_sql(o, "UPDATE release_order SET review_hours = 24");
	struct release_verdict v = verdict_of(o, &sent, "kiran");
	WORKS(o, office_try(o, approve_job, &v, &released));
	assert_false(released);
	v.account = S("uma");
	WORKS(o, office_try(o, approve_job, &v, &released));
	assert_true(released);
	return sent.order_id;
}

/* ---- the order ---- */

static void
check_reason(void **state)
{
	CLEANUP(office_closep) struct office o;
	struct release_sent sent;

	(void)state;
	office_open(&o);
	struct release_send send = break_glass(&o, "check");
	send.ask.reason = S("  ");
	REFUSES(&o, office_try_send(&o, &send, &sent), ERR_INVALID, "release.emergency");
	send.ask.break_glass = S("");
	send.ask.harm = HARM_IMMINENT_SAFETY;
	REFUSES(&o, office_try_send(&o, &send, &sent), ERR_INVALID, "release.emergency");
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM release_order"), 0);
}

/* The agreement asks for one officer; broken glass takes two, and never the proposer. */
static void
check_two_officers(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	office_open(&o);
	(void)emergency(&o);
	assert_string_equal(office_item_state(&o, 1), "released");
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM release_item"
	                                  " WHERE approvals_needed = 'officer officer'"),
	    1);
	assert_int_equal(office_count(&o,
	                     "SELECT COUNT(*) FROM release_order WHERE urgency = 'flash'"
	                     " AND break_glass = 'life-at-risk'"),
	    1);
}

/* What broken glass cannot open stays shut, and the attempt stands in the log. */
static void
check_attempt_logged(void **state)
{
	CLEANUP(office_closep) struct office o;
	struct release_sent sent;

	(void)state;
	office_open(&o);
	struct release_send send = break_glass(&o, "never");
	WORKS(&o, office_try_send(&o, &send, &sent));
	assert_string_equal(office_item_state(&o, 1), "denied");
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM ledger_leaf WHERE kind = 'order'"),
	    1);
	struct str leaf =
	    office_text(&o, "SELECT CAST(entry AS TEXT) FROM ledger_leaf WHERE kind = 'order'");
	assert_true(str_find(leaf, S("\"break_glass\":\"life-at-risk\"")) != SIZE_MAX);
	assert_true(str_find(leaf, S("\"account\":\"meera\"")) != SIZE_MAX);
	assert_true(str_find(leaf, S("dialysis")) != SIZE_MAX);
}

/* Who stands behind broken glass: two people of the compartment, in time. */
/* clang-format off */
static const struct second_row {
	const char *name;
	const char *before; /* what happens after the first word */
	int64_t wait;
	const char *account;
	enum err err;
	const char *code;
} second_table[] = {
	{ "the same officer twice",        NULL, 0, "kiran", ERR_CONFLICT,  "release.spoken" },
	{ "the one who asks",              NULL, 0, "meera", ERR_FORBIDDEN, "release.four-eyes" },
	{ "no approver",                   NULL, 0, "leela", ERR_FORBIDDEN, "release.role" },
	{ "an officer of another enclave", "UPDATE account SET enclaves = 'defence' WHERE name = 'uma'", 0,
	  "uma", ERR_FORBIDDEN, "release.role" },
	{ "of another organisation",       "UPDATE account SET organisation = 'IN:BANK' WHERE name = 'uma'", 0,
	  "uma", ERR_FORBIDDEN, "release.role" },
	{ "one whose account is closed",   "UPDATE account SET disabled = 1 WHERE name = 'uma'", 0,
	  "uma", ERR_FORBIDDEN, "release.role" },
	{ "too late",                      NULL, 3600, "uma", ERR_CONFLICT, "release.expired" },
};
/* clang-format on */

static void
check_second(void **state)
{
	const struct second_row *row = *state;
	CLEANUP(office_closep) struct office o;
	struct release_sent sent;
	bool released = false;

	office_open(&o);
	struct release_send send = break_glass(&o, "check");
	WORKS(&o, office_try_send(&o, &send, &sent));
	struct release_verdict v = verdict_of(&o, &sent, "kiran");
	WORKS(&o, office_try(&o, approve_job, &v, &released));
	assert_false(released);
	if (row->before != NULL)
		office_sql(&o, row->before);
	office_wait(&o, row->wait);
	v.account = str_of(row->account);
	REFUSES(&o, office_try(&o, approve_job, &v, &released), row->err, row->code);
	assert_string_equal(office_item_state(&o, 1), "held");
}

/* Whoever moved to another enclave since has not agreed. */
static void
check_moved(void **state)
{
	CLEANUP(office_closep) struct office o;
	struct release_sent sent;
	bool released = false;

	(void)state;
	office_open(&o);
	struct release_send send = break_glass(&o, "check");
	WORKS(&o, office_try_send(&o, &send, &sent));
	struct release_verdict v = verdict_of(&o, &sent, "kiran");
	WORKS(&o, office_try(&o, approve_job, &v, &released));
	office_sql(&o, "UPDATE account SET enclaves = 'defence' WHERE name = 'kiran'");
	v.account = S("uma");
	WORKS(&o, office_try(&o, approve_job, &v, &released));
	assert_false(released);
	v.account = S("arjun");
	WORKS(&o, office_try(&o, approve_job, &v, &released));
	assert_true(released);
}

#define LEVEL(code, minutes) \
	"{\"code\":\"" code "\",\"ack_minutes\":1,\"hold_minutes\":" minutes "}"
/* clang-format off */
static const struct wait_row {
	const char *name;
	const char *levels; /* of the agreement; NULL: it has no timers */
	enum urgency urgency;
	int64_t minutes;
} wait_table[] = {
	{ "flash waits an hour",            NULL, URGENCY_FLASH,     60 },
	{ "immediate waits four",           NULL, URGENCY_IMMEDIATE, 4 * 60 },
	{ "priority waits a day",           NULL, URGENCY_PRIORITY,  24 * 60 },
	{ "routine waits five work days",   NULL, URGENCY_ROUTINE,   7 * 24 * 60 },
	{ "the agreement says it",          LEVEL("FLASH", "5"),     URGENCY_FLASH,   5 },
	{ "in any case of the name",        LEVEL("Routine", "90"),  URGENCY_ROUTINE, 90 },
	{ "another level says nothing",     LEVEL("FLASH", "5"),     URGENCY_ROUTINE, 7 * 24 * 60 },
	{ "a level without minutes neither", "{\"code\":\"FLASH\",\"ack_minutes\":5}", URGENCY_FLASH, 60 },
	{ "no more than thirty days",       LEVEL("ROUTINE", "90000"), URGENCY_ROUTINE, 30 * 24 * 60 },
};
/* clang-format on */

static void
agree_on_levels(struct office *o, const char *levels)
{
	struct str text =
	    office_replaced(o, office_agreement_text(), "\"version\":1", "\"version\":2");

	office_agree_on(o,
	    office_replaced(o, text, "\"obligations\":[]",
	        arena_cstr(o->arena, arena_printf(o->arena,
	                                 "\"urgency\":{\"clause\":\"1\",\"levels\":[%s]},"
	                                 "\"obligations\":[]",
	                                 levels))));
}

static void
check_wait(void **state)
{
	const struct wait_row *row = *state;
	CLEANUP(office_closep) struct office o;
	struct release_sent sent;

	office_open(&o);
	if (row->levels != NULL)
		agree_on_levels(&o, row->levels);
	office_import(&o, 1, 1, "check");
	struct release_send send = office_order(&o, 1, 1);
	send.ask.urgency = row->urgency;
	WORKS(&o, office_try_send(&o, &send, &sent));
	office_wait(&o, row->minutes * 60 - 1);
	assert_int_equal(office_tighten(&o).closed, 0);
	office_wait(&o, 1);
	assert_int_equal(office_tighten(&o).closed, 1);
	assert_string_equal(office_item_state(&o, 1), "expired");
}

/* ---- the review ---- */

static void
check_overdue(void **state)
{
	CLEANUP(office_closep) struct office o;
	struct release_review_row row;

	(void)state;
	office_open(&o);
	assert_int_equal(office_try(&o, list_job, NULL, &row), ERR_NOT_FOUND);
	struct str order = emergency(&o);
	WORKS(&o, office_try(&o, list_job, NULL, &row));
	assert_true(str_is(row.state, "open") && str_eq(row.order_id, order));
	assert_true(row.due_at == row.opened_at + 24 * 3600 * US_PER_S);
	office_wait(&o, 24 * 3600 - 1);
	(void)office_tighten(&o);
	assert_int_equal(office_count(&o,
	                     "SELECT COUNT(*) FROM event WHERE name = 'review.overdue'"),
	    0);
	office_wait(&o, 1);
	for (int i = 0; i < 2; i++)
		(void)office_tighten(&o);
	assert_int_equal(office_count(&o,
	                     "SELECT COUNT(*) FROM event WHERE name = 'review.overdue'"),
	    1);
	WORKS(&o, office_try(&o, list_job, NULL, &row));
	assert_true(str_is(row.state, "overdue"));
}

/* clang-format off */
static const struct review_row {
	const char *name;
	const char *account, *finding, *text;
	enum err err;
	const char *code;
} review_table[] = {
	{ "by the proposer",        "meera", "justified", "it was right", ERR_FORBIDDEN, "release.four-eyes" },
	{ "by an approver of it",   "kiran", "justified", "it was right", ERR_FORBIDDEN, "release.four-eyes" },
	{ "by the other approver",  "uma",   "justified", "it was right", ERR_FORBIDDEN, "release.four-eyes" },
	{ "without a finding",      "leela", "",          "it was right", ERR_INVALID,   "review.finding" },
	{ "with another finding",   "leela", "fine",      "it was right", ERR_INVALID,   "review.finding" },
	{ "without a text",         "leela", "justified", " ",            ERR_INVALID,   "review.text" },
};
/* clang-format on */

static void
check_review_refused(void **state)
{
	const struct review_row *row = *state;
	CLEANUP(office_closep) struct office o;

	office_open(&o);
	struct release_review review = {
		.order_id = emergency(&o),
		.account = str_of(row->account),
		.finding = str_of(row->finding),
		.text = str_of(row->text),
	};
	REFUSES(&o, office_try(&o, review_job, &review, NULL), row->err, row->code);
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM review WHERE state = 'open'"), 1);
}

static void
check_review(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	office_open(&o);
	struct release_review review = {
		.order_id = emergency(&o),
		.account = S("leela"),
		.finding = S("not-justified"),
		.text = S("the device could have been unplugged"),
	};
	WORKS(&o, office_try(&o, review_job, &review, NULL));
	REFUSES(&o, office_try(&o, review_job, &review, NULL), ERR_CONFLICT, "review.done");
	office_wait(&o, 48 * 3600);
	(void)office_tighten(&o);
	assert_int_equal(office_count(&o,
	                     "SELECT COUNT(*) FROM event WHERE name = 'review.overdue'"),
	    0);
	review.order_id = S("00000000-0000-4000-8000-000000000000");
	REFUSES(&o, office_try(&o, review_job, &review, NULL), ERR_NOT_FOUND, "review.none");
}

int
main(int argc, char **argv)
{
	static struct cases list;

	CASE(&list, check_reason);
	CASE(&list, check_two_officers);
	CASE(&list, check_attempt_logged);
	CASES(&list, second_table, check_second);
	CASE(&list, check_moved);
	CASES(&list, wait_table, check_wait);
	CASE(&list, check_overdue);
	CASES(&list, review_table, check_review_refused);
	CASE(&list, check_review);
	return cases_run("review", &list, argc, argv);
}
