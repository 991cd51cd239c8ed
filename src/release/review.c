/* The review that an emergency owes: opened with the first release, due by a
 * timer, written by somebody who neither proposed nor approved. */
#include "approvals_p.h"
#include "record_p.h"
#include "review_p.h"

static const char open_review[] =
    "INSERT INTO review (order_id, owner, enclave, state, opened_at, due_at, finding, account,"
    " text, done_at) VALUES ($1, $2, $3, 'open', $4, $5, '', '', '', 0) ON CONFLICT DO NOTHING";

enum err
review_open(const struct release_job *job, struct str order_id, uint64_t hours, struct why *why)
{
	int64_t added = 0;

	TRY(db_exec(job->db,
	    DB_SQL(open_review, DB_T(order_id), DB_T(job->gate->organisation),
	        DB_T(job->gate->enclave), DB_I(job->at),
	        DB_I(job->at + (time_us)hours * 3600 * US_PER_S)),
	    &added, why));
	if (added == 0)
		return OK;
	return record_event(job, "review.opened", order_id,
	    arena_printf(job->arena, "{\"hours\":%" PRIu64 "}", hours), why);
}

/* ---- the timer ---- */

enum { OVERDUE_MAX = 256 }; /* noted in one run of the writer */

static const char list_overdue[] =
    "SELECT order_id FROM review WHERE state = 'open' AND owner = $1 AND due_at <= $2"
    " ORDER BY due_at, order_id LIMIT $3";
static const char set_overdue[] = "UPDATE review SET state = 'overdue' WHERE order_id = $1";

static enum err
note_overdue(const struct release_job *job, struct str order_id, struct why *why)
{
	TRY(db_run(job->db, why, set_overdue, DB_T(order_id)));
	const struct record_pair pairs[] = {
		{ "type", S("review-overdue") },
		{ "order", order_id },
	};
	TRY(record_append(job, "order", pairs, COUNTOF(pairs), why));
	return record_event(job, "review.overdue", order_id, S(""), why);
}

enum err
review_timer(const struct release_job *job, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	struct str *id = arena_make(job->arena, struct str, OVERDUE_MAX);
	bool has = false;
	size_t n = 0;

	if (id == NULL)
		return fail(why, ERR_LIMIT, "release.memory", "no memory for reviews");
	TRY(db_select(job->db, &rows, why, list_overdue, DB_T(job->gate->organisation),
	    DB_I(job->at), DB_I(OVERDUE_MAX)));
	for (;;) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			break;
		id[n++] = arena_str(job->arena, db_col_text(&rows, 0));
	}
	db_rows_endp(&rows);
	for (size_t i = 0; i < n; i++)
		TRY(note_overdue(job, id[i], why));
	return OK;
}

/* ---- reviewing ---- */

static const char find_review[] =
    "SELECT r.state, r.owner, o.proposer, r.enclave FROM review r"
    " JOIN release_order o ON o.order_id = r.order_id WHERE r.order_id = $1";
static const char find_spoken[] =
    "SELECT COUNT(*) FROM approval WHERE order_id = $1 AND account = $2";
static const char end_review[] =
    "UPDATE review SET state = 'done', finding = $2, account = $3, text = $4, done_at = $5"
    " WHERE order_id = $1";

/* Who took part in the emergency does not judge it. */
static enum err
check_reviewer(const struct release_job *job, const struct release_review *r, struct str proposer,
    struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	TRY(db_select_one(job->db, &rows, why, find_spoken, DB_T(r->order_id), DB_T(r->account)));
	if (str_eq(r->account, proposer) || db_col_i64(&rows, 0) > 0)
		return fail(why, ERR_FORBIDDEN, "release.four-eyes",
		    STR_FMT " proposed or approved this; another person reviews it",
		    STR_ARG(r->account));
	return OK;
}

static enum err
check_text(const struct release_review *r, struct why *why)
{
	if (!str_is(r->finding, "justified") && !str_is(r->finding, "not-justified"))
		return fail(why, ERR_INVALID, "review.finding",
		    "a review finds the emergency justified or not-justified, not \"" STR_FMT "\"",
		    STR_ARG(r->finding));
	if (str_trim(r->text).len == 0)
		return fail(why, ERR_INVALID, "review.text", "a review says why; write a text");
	return OK;
}

enum err
release_review(const struct release_job *job, const struct release_review *r, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	TRY(check_text(r, why));
	TRY(db_select(job->db, &rows, why, find_review, DB_T(r->order_id)));
	TRY(db_next(&rows, &has, why));
	if (!has || !str_eq(db_col_text(&rows, 1), job->gate->organisation) ||
	    !str_eq(db_col_text(&rows, 3), job->gate->enclave))
		return fail(why, ERR_NOT_FOUND, "review.none",
		    "no review is due for order " STR_FMT, STR_ARG(r->order_id));
	if (str_is(db_col_text(&rows, 0), "done"))
		return fail(why, ERR_CONFLICT, "review.done", "order " STR_FMT " has been reviewed",
		    STR_ARG(r->order_id));
	TRY(check_reviewer(job, r, db_col_text(&rows, 2), why));
	db_rows_endp(&rows);
	TRY(db_run(job->db, why, end_review, DB_T(r->order_id), DB_T(r->finding), DB_T(r->account),
	    DB_T(r->text), DB_I(job->at)));
	const struct record_pair pairs[] = {
		{ "type", S("review") },
		{ "order", r->order_id },
		{ "account", r->account },
		{ "finding", r->finding },
		{ "reason", r->text },
	};
	TRY(record_append(job, "order", pairs, COUNTOF(pairs), why));
	return record_event(job, "review.done", r->order_id, S(""), why);
}

/* ---- the list ---- */

static const char list_reviews[] =
    "SELECT r.order_id, r.state, r.opened_at, r.due_at, r.finding, r.account, r.text, r.done_at,"
    " o.recipient, o.proposer, o.urgency, o.harm, o.break_glass, o.emergency, o.contact FROM review r"
    " JOIN release_order o ON o.order_id = r.order_id WHERE " COMPARTMENT_HAS("r", "$1",
        "$2") " ORDER BY CASE WHEN r.state = 'done' THEN 1 ELSE 0 END, r.due_at, r.order_id LIMIT $3";

static void
read_review(const struct db_rows *rows, struct arena *a, struct release_review_row *ret)
{
	struct str *const texts[] = { &ret->order_id, &ret->state, NULL, NULL, &ret->finding,
		&ret->account, &ret->text, NULL, &ret->recipient, &ret->proposer, &ret->urgency,
		&ret->harm, &ret->break_glass, &ret->reason, &ret->contact };

	for (size_t i = 0; i < COUNTOF(texts); i++) {
		if (texts[i] != NULL)
			*texts[i] = arena_str(a, db_col_text(rows, i));
	}
	ret->opened_at = db_col_i64(rows, 2);
	ret->due_at = db_col_i64(rows, 3);
	ret->done_at = db_col_i64(rows, 7);
}

enum err
release_reviews(struct db *db, struct arena *a, const struct compartment *of,
    struct release_review_row **ret, size_t *ret_len, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	struct release_review_row *list = arena_make(a, struct release_review_row, ROWS_MAX);
	bool has = false;
	size_t n = 0;

	if (list == NULL)
		return fail(why, ERR_LIMIT, "release.memory", "the list is too long");
	TRY(db_select(db, &rows, why, list_reviews, DB_T(of->organisation), DB_T(of->enclaves),
	    DB_I(ROWS_MAX)));
	for (;;) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			break;
		read_review(&rows, a, &list[n++]);
	}
	*ret = list;
	*ret_len = n;
	return OK;
}
