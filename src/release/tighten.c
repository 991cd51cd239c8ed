#include <stdlib.h>

#include "channel_p.h"
#include "claims_p.h"
#include "decisions_p.h"
#include "gather_p.h"
#include "holds_p.h"
#include "internal_p.h"
#include "recall_p.h"
#include "record_p.h"
#include "release.h"
#include "request.h"
#include "review_p.h"

enum {
	AGAIN_ARENA_MAX = 1024 * MIB, /* one decision, with its surroundings */
	/* Decisions about one object in a run of the timer: others wait for the writer. */
	ALONE_MAX = 256,
};

/* A run of the timer: what its decisions need is cleared after each. */
struct tightening {
	const struct release_job *job;
	struct arena *together, *alone;
	size_t left; /* of ALONE_MAX */
	struct release_tightened *ret;
};

/* ---- what was released ---- */

struct again {
	struct str order_id;
	int64_t ordinal;
	struct str source_id, version, leaving_id, recipient, purpose, area, agreement;
	struct str bytes_hash;
	enum channel channel;
	struct release_ask claims; /* what the order says beside its objects */
	uint64_t persons;          /* as counted by the officer; 0: not counted */
	time_us copy_time;
	bool copied;
	time_us copy_modified;
	int64_t leaf; /* what the recipient had until then was counted on */
	bool approved;
	bool delivered;
	bool paused; /* its area was suspended before it was delivered */
	struct ledger_place at;
};

static const char list_due[] =
    "SELECT i.order_id, i.ordinal, i.source_id, i.leaving_id, i.recipient, o.purpose, o.area,"
    " o.channel, o.copy_time, " ORDER_SEEN
    ", i.approvals_needed, i.received_at, i.state, i.agreement,"
    " i.version, i.preview_hash, i.copied, i.copy_modified,"
    " i.leaf, i.place, i.persons, " ORDER_CLAIMS
    " FROM release_item i JOIN release_order o ON o.order_id = i.order_id"
    " WHERE i.state IN ('released', 'paused') AND i.owner = $1"
    " AND ($5 <> '' OR i.decided_epoch <> $2 OR i.valid_until <= $3)"
    " AND ($5 = '' OR i.source_id = $5) AND (i.leaf > $6 OR (i.leaf = $6 AND i.place > $7))"
    " ORDER BY i.leaf, i.place LIMIT $4";
static const char decided_again[] = "UPDATE release_item SET decided_epoch = $3, valid_until = $4"
                                    " WHERE order_id = $1 AND ordinal = $2";
static const char set_state[] = "UPDATE release_item SET state = $3, reason = $4, changed_at = $5"
                                " WHERE order_id = $1 AND ordinal = $2";

/* Those that are due or, when an object is named, all of it; TIGHTEN_MAX of them,
 * the first ones, or those behind `after`. */
static enum err
list_items(const struct release_job *job, struct str about, const struct again *after,
    struct again *ret, size_t *ret_len, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	struct arena *a = job->arena;
	bool has = false;

	TRY(db_select(job->db, &rows, why, list_due, DB_T(job->gate->organisation),
	    DB_I((int64_t)job->gate->epoch), DB_I(job->at), DB_I(TIGHTEN_MAX), DB_T(about),
	    DB_I(after == NULL ? -1 : (int64_t)after->at.leaf),
	    DB_I(after == NULL ? -1 : (int64_t)after->at.place)));
	for (*ret_len = 0;; ++*ret_len) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			return OK;
		ret[*ret_len] = (struct again){
			.order_id = arena_str(a, db_col_text(&rows, 0)),
			.ordinal = db_col_i64(&rows, 1),
			.source_id = arena_str(a, db_col_text(&rows, 2)),
			.leaving_id = arena_str(a, db_col_text(&rows, 3)),
			.recipient = arena_str(a, db_col_text(&rows, 4)),
			.purpose = arena_str(a, db_col_text(&rows, 5)),
			.area = arena_str(a, db_col_text(&rows, 6)),
			.channel = channel_read(db_col_text(&rows, 7)),
			.copy_time = db_col_i64(&rows, 8),
			.leaf = db_col_i64(&rows, 9),
			.approved = db_col_text(&rows, 10).len > 0,
			.delivered = db_col_i64(&rows, 11) != 0,
			.paused = str_is(db_col_text(&rows, 12), "paused"),
			.agreement = arena_str(a, db_col_text(&rows, 13)),
			.version = arena_str(a, db_col_text(&rows, 14)),
			.bytes_hash = arena_str(a, db_col_blob(&rows, 15)),
			.copied = db_col_i64(&rows, 16) != 0,
			.copy_modified = db_col_i64(&rows, 17),
			.at = { (uint64_t)db_col_i64(&rows, 18), (uint32_t)db_col_i64(&rows, 19) },
			.persons = (uint64_t)db_col_i64(&rows, 20),
		};
		claims_read(&rows, 21, a, &ret[*ret_len].claims);
	}
}

static int
item_cmp(const void *id, const void *item)
{
	return str_cmp(*(const struct str *)id, ((const struct agreement_item *)item)->object.id);
}

/* The item as it was when it was sent: asked for, with its approvals, under its copy's time. */
static void
take_back(struct agreement_request *r, const struct again *x)
{
	struct agreement_item *item =
	    bsearch(&x->source_id, (void *)(uintptr_t)r->item, r->items, sizeof(*item), item_cmp);

	if (item == NULL)
		return;
	while (agreement_is_other(r, (size_t)(item - r->item)))
		item--;
	item->selected = true;
	item->approved = x->approved;
	if (str_eq(item->version, x->version))
		item->copy_modified = x->copy_modified;
}

/* Items of one order that were decided together: items of equal asks. */
struct run {
	const struct again *item;
	size_t len;
};

/* The decisions as they would be made today about what was sent then. */
static enum err
decide_again(const struct release_job *job, const struct run *run,
    const struct agreement_decisions **ret, struct why *why)
{
	const struct again *first = run->item;
	struct release_ask ask = first->claims;
	struct str *id = arena_make(job->arena, struct str, run->len);
	struct release_count *count = arena_make(job->arena, struct release_count, run->len);
	struct gather in = {
		.job = job,
		.ask = &ask,
		.agreement = first->agreement,
		.as_of_leaf = first->leaf,
	};
	struct agreement_request request;

	if (id == NULL || count == NULL)
		return fail(why, ERR_LIMIT, "release.memory", "no memory to decide again");
	for (size_t i = 0; i < run->len; i++) {
		id[i] = run->item[i].source_id;
		count[i] = (struct release_count){ id[i], run->item[i].persons };
	}
	ask.to = first->recipient;
	ask.purpose = first->purpose;
	ask.area = first->area;
	ask.channel = first->channel;
	ask.ids = run->len;
	ask.id = id;
	ask.copy_time = first->copy_time;
	ask.mode = BUNDLE_PARTIAL; /* it has gone, with all others or alone */
	ask.counts = run->len;
	ask.count = count;
	TRY(gather_request(&in, &request, why));
	request.poc_failed = 0; /* a contact is called for what is sent, not for what was */
	for (size_t i = 0; i < request.items; i++)
		((struct agreement_item *)(uintptr_t)request.item)[i].selected = false;
	for (size_t i = 0; i < run->len; i++)
		take_back(&request, &run->item[i]);
	return agreement_decide(job->arena, &request, ret, why);
}

/* What a new decision means for an object that was released. */
enum meaning {
	MEANS_SHOWN,  /* it may be there */
	MEANS_SHUT,   /* the agreement's door is shut: what went through stays */
	MEANS_PAUSED, /* its area is suspended, or the recipient's key is past its end: it comes
	               * when that is over */
	MEANS_CLOSED, /* it may not be there any more */
};

/* What must be redacted today left as it was, or with more in it. */
static bool
is_too_much(const struct again *x, const struct agreement_decision *d)
{
	return !x->copied || (str_eq(x->version, d->item->version) &&
	                         !str_eq(x->bytes_hash, hash_str(&d->bytes_hash)));
}

static bool
waits_for_key(const struct agreement_decision *d)
{
	return d->codes > 0 && str_is(d->code[0], "K-KEY");
}

static enum meaning
meaning_of(const struct again *x, const struct agreement_decision *d)
{
	if (d->outcome == OUTCOME_ALLOW)
		return MEANS_SHOWN;
	if (d->outcome == OUTCOME_ALLOW_WITH_REDACTION)
		return is_too_much(x, d) ? MEANS_CLOSED : MEANS_SHOWN;
	if (waits_for_key(d) || (d->codes > 0 && str_is(d->code[0], "A-AREA-SUSPENDED")))
		return MEANS_PAUSED;
	if (d->codes > 0 && str_starts(d->code[0], S("A-")))
		return MEANS_SHUT;
	return MEANS_CLOSED;
}

static enum err
set_item(const struct release_job *job, const struct again *x, const char *state, struct str reason,
    struct why *why)
{
	return db_run(job->db, why, set_state, DB_T(x->order_id), DB_I(x->ordinal),
	    DB_T(str_of(state)), DB_T(reason), DB_I(job->at));
}

static const char list_others[] =
    "SELECT order_id, ordinal FROM release_item WHERE leaving_id = $1 AND recipient = $2"
    " AND state = 'released' ORDER BY leaf, place";

/* Takes it out of what the recipient is shown, unless another order released it, too. */
static enum err
hide_item(const struct release_job *job, const struct again *x, const char *state,
    struct str reason, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	TRY(set_item(job, x, state, reason, why));
	TRY(release_withdraw(job, x->recipient, x->leaving_id, why));
	TRY(db_select(job->db, &rows, why, list_others, DB_T(x->leaving_id), DB_T(x->recipient)));
	for (;;) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			return OK;
		TRY(release_show(job, arena_str(job->arena, db_col_text(&rows, 0)),
		    db_col_i64(&rows, 1), why));
	}
}

static enum err
close_item(const struct release_job *job, const struct again *x, const struct agreement_decision *d,
    struct why *why)
{
	struct str reason = arena_printf(job->arena, "decided again: " STR_FMT,
	    STR_ARG(d->codes > 0 ? d->code[0] : S("rules changed")));
	const struct release_recall recall = { .to = x->recipient, .reason = reason };
	const struct released item = { x->order_id, x->ordinal, x->leaving_id };
	struct str recall_id = { 0 };

	if (x->delivered)
		return recall_ask(job, &recall, &item, &recall_id, why);
	TRY(hide_item(job, x, "withdrawn", reason, why));
	return record_event(job, "release.withdrawn", x->source_id, S(""), why);
}

/* A reader's cursor goes past what is not shown: it comes again at a new place (law 7). */
static enum err
pause_item(const struct release_job *job, const struct again *x, const struct agreement_decision *d,
    struct why *why)
{
	if (x->delivered || x->paused)
		return OK;
	return hide_item(job, x, "paused",
	    waits_for_key(d) ? S("the recipient's key is past its end")
	                     : S("its area is suspended"),
	    why);
}

static enum err
show_item(const struct release_job *job, const struct again *x, struct why *why)
{
	if (!x->paused)
		return OK;
	TRY(set_item(job, x, "released", S(""), why));
	return release_show(job, x->order_id, x->ordinal, why);
}

/* Whether a suspension ends what was not delivered yet, instead of holding it. */
static bool
is_cancelled(const struct release_job *job, const struct again *x,
    const struct agreement_decision *d, enum meaning meaning)
{
	if (waits_for_key(d))
		return false;
	for (size_t i = 0; i < job->gate->agreements && !x->delivered; i++) {
		const struct standing *s = job->gate->standing[i];

		if (str_eq(s->agreement->id, x->agreement) && s->signed_by == s->agreement->parties)
			return s->agreement->suspension.pending_cancelled &&
			       (meaning == MEANS_PAUSED || (meaning == MEANS_SHUT && s->suspended));
	}
	return false;
}

static enum err
act_on(const struct release_job *job, const struct again *x, const struct agreement_decision *d,
    struct release_tightened *ret, struct why *why)
{
	enum meaning meaning = meaning_of(x, d);

	if (is_cancelled(job, x, d, meaning))
		meaning = MEANS_CLOSED;
	switch (meaning) {
	case MEANS_SHOWN: return show_item(job, x, why);
	case MEANS_SHUT: return OK;
	case MEANS_PAUSED: return pause_item(job, x, d, why);
	case MEANS_CLOSED: ret->closed++; return close_item(job, x, d, why);
	}
	return OK;
}

static const char find_state[] =
    "SELECT state FROM release_item WHERE order_id = $1 AND ordinal = $2";

/* A recall of one item recalls all that left under its identifier. */
static enum err
is_still_open(const struct release_job *job, const struct again *x, bool *ret, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	TRY(db_select_one(job->db, &rows, why, find_state, DB_T(x->order_id), DB_I(x->ordinal)));
	*ret = str_is(db_col_text(&rows, 0), "released") || str_is(db_col_text(&rows, 0), "paused");
	return OK;
}

static enum err
note_decided(const struct release_job *job, const struct again *x,
    const struct agreement_decision *d, struct release_tightened *ret, struct why *why)
{
	ret->decided++;
	return db_run(job->db, why, decided_again, DB_T(x->order_id), DB_I(x->ordinal),
	    DB_I((int64_t)job->gate->epoch), DB_I(d->valid_until));
}

/* A source that is gone, or one whose ties are too many to be judged, cannot be
 * decided: it is closed. */
static enum err
work_on(const struct release_job *job, const struct again *x, struct release_tightened *ret,
    struct why *why)
{
	const struct run alone = { x, 1 };
	const struct agreement_decisions *all = NULL;
	struct agreement_decision none = { .outcome = OUTCOME_DENY, .valid_until = TIME_NEVER };
	const struct agreement_decision *d = &none;
	bool open = false;

	TRY(is_still_open(job, x, &open, why));
	if (!open)
		return OK;
	enum err err = decide_again(job, &alone, &all, why);

	if (err == OK)
		d = &all->decision[0];
	else if (err != ERR_INVALID && err != ERR_NOT_FOUND && err != ERR_LIMIT)
		return err;
	TRY(note_decided(job, x, d, ret, why));
	/* No agreement names recipient or purpose any more: its door is shut. */
	return err == ERR_INVALID ? OK : act_on(job, x, d, ret, why);
}

/* By itself.  When ALONE_MAX were, it stays due, and the next run takes it up. */
static enum err
work_alone(struct tightening *t, const struct again *x, struct why *why)
{
	struct release_job alone = *t->job;

	if (t->left == 0) {
		t->ret->more = true;
		return OK;
	}
	t->left--;
	alone.arena = t->alone;
	arena_clear(t->alone);
	return work_on(&alone, x, t->ret, why);
}

/* What the decision about all of a run means for one of its items.  What would
 * be closed is decided alone: beside others an object may be judged strictly. */
static enum err
work_on_one(struct tightening *t, const struct release_job *job, const struct again *x,
    const struct agreement_decision *d, struct why *why)
{
	enum meaning meaning = d == NULL ? MEANS_CLOSED : meaning_of(x, d);
	struct release_tightened *ret = t->ret;
	bool open = false;

	if (meaning == MEANS_CLOSED)
		return work_alone(t, x, why);
	if (meaning == MEANS_SHOWN && !x->paused)
		return note_decided(job, x, d, ret, why);
	TRY(is_still_open(job, x, &open, why));
	if (!open)
		return OK;
	TRY(note_decided(job, x, d, ret, why));
	return act_on(job, x, d, ret, why);
}

/* Of a collection that was released at once nearly all may stay: its objects and
 * their surroundings are gathered once.  Where that fails, each tells why alone. */
static enum err
work_on_run(struct tightening *t, const struct run *run, struct why *why)
{
	const struct agreement_decisions *all = NULL;
	struct release_job job = *t->job;
	struct why bad = { 0 };

	job.arena = t->together;
	arena_clear(t->together);
	enum err err = run->len > 1 ? decide_again(&job, run, &all, &bad) : ERR_NOT_FOUND;
	if (err != OK && err != ERR_INVALID && err != ERR_NOT_FOUND && err != ERR_LIMIT) {
		if (why != NULL)
			*why = bad;
		return err;
	}
	for (size_t i = 0; i < run->len; i++) {
		const struct again *x = &run->item[i];

		TRY(work_on_one(t, &job, x,
		    err == OK ? agreement_decision_about(all, x->source_id) : NULL, why));
	}
	return OK;
}

/* The first items of a list that one order asked for. */
static struct run
first_run(const struct again *list, size_t n)
{
	struct run run = { list, 1 };

	while (run.len < n && str_eq(list[run.len].order_id, list->order_id) &&
	       list[run.len].leaf == list->leaf)
		run.len++;
	return run;
}

static const char find_due[] =
    "SELECT CASE WHEN EXISTS (SELECT 1 FROM release_item WHERE state = $1 AND decided_epoch < $2)"
    " OR EXISTS (SELECT 1 FROM release_item WHERE state = $1 AND decided_epoch > $2)"
    " OR EXISTS (SELECT 1 FROM release_item WHERE state = $1 AND valid_until <= $3)"
    " THEN 1 ELSE 0 END";

/* Whether anything is due: asked every second, and nearly always no. */
static enum err
is_due(const struct release_job *job, bool *ret, struct why *why)
{
	static const char *const states[] = { "released", "paused" };

	*ret = false;
	for (size_t i = 0; i < COUNTOF(states) && !*ret; i++) {
		CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

		TRY(db_select_one(job->db, &rows, why, find_due, DB_T(str_of(states[i])),
		    DB_I((int64_t)job->gate->epoch), DB_I(job->at)));
		*ret = db_col_i64(&rows, 0) != 0;
	}
	return OK;
}

static enum err
work_on_due(struct tightening *t, struct why *why)
{
	struct again *list = arena_make(t->job->arena, struct again, TIGHTEN_MAX);
	size_t n = 0;

	if (list == NULL)
		return fail(why, ERR_LIMIT, "release.memory", "no memory to decide again");
	TRY(list_items(t->job, S(""), NULL, list, &n, why));
	t->ret->more = t->ret->more || n == TIGHTEN_MAX;
	for (size_t done = 0; done < n;) {
		struct run run = first_run(&list[done], n - done);

		TRY(work_on_run(t, &run, why));
		done += run.len;
	}
	return OK;
}

enum err
release_tighten(const struct release_job *job, struct release_tightened *ret, struct why *why)
{
	CLEANUP(arena_freep) struct arena *together = arena_new(AGAIN_ARENA_MAX);
	CLEANUP(arena_freep) struct arena *alone = arena_new(AGAIN_ARENA_MAX);
	struct tightening t = { job, together, alone, ALONE_MAX, ret };
	bool due = false;

	*ret = (struct release_tightened){ 0 };
	TRY(holds_close(job, &ret->closed, &ret->more, why));
	TRY(is_due(job, &due, why));
	if (due)
		TRY(work_on_due(&t, why));
	return review_timer(job, why);
}

enum err
release_showings_again(const struct release_job *job, struct release_tightened *ret,
    struct why *why)
{
	*ret = (struct release_tightened){ 0 };
	return internal_again(job, &ret->closed, &ret->more, why);
}

enum err
release_tighten_about(const struct release_job *job, struct str source_id,
    struct release_tightened *ret, struct why *why)
{
	CLEANUP(arena_freep) struct arena *scratch = arena_new(AGAIN_ARENA_MAX);
	struct again *list = arena_make(job->arena, struct again, TIGHTEN_MAX);
	struct release_job one = *job;
	struct again last;
	size_t n = TIGHTEN_MAX;

	if (list == NULL)
		return fail(why, ERR_LIMIT, "release.memory", "no memory to decide again");
	one.arena = scratch;
	for (const struct again *after = NULL; n == TIGHTEN_MAX; after = &last) {
		TRY(list_items(job, source_id, after, list, &n, why));
		for (size_t i = 0; i < n; i++) {
			arena_clear(scratch);
			TRY(work_on(&one, &list[i], ret, why));
		}
		last = list[n == 0 ? 0 : n - 1];
	}
	return OK;
}
