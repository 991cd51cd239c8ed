#include "decisions_p.h"
#include "gather_p.h"
#include "json_writer.h"
#include "release.h"
#include "versions.h"
#include "whole.h"

enum {
	SCOPE_MAX = 64 * KIB,
	/* Objects one run looks at: a run is a short job of the writer. */
	RUN_MAX = 256,
	DUE_MAX = 1000, /* standing orders that one run serves */
};

/* ---- proposing, approving, stopping ---- */

static enum err
scope_text(struct arena *a, const struct standing_order *o, struct str *ret, struct why *why)
{
	CLEANUP(buf_free) struct buf out = buf_new(SCOPE_MAX);
	struct json_writer w = json_writer(&out);

	json_begin_object(&w);
	json_begin_array(json_key(&w, S("categories")));
	for (size_t i = 0; i < o->categories; i++)
		json_put_str(&w, o->category[i]);
	json_end_array(&w);
	json_put_str(json_key(&w, S("ceiling")), str_of(tlp_name(o->ceiling)));
	json_put_str(json_key(&w, S("with")), str_of(release_with_name(o->with)));
	json_end_object(&w);
	TRY(buf_check(&out, "the standing order's scope", why));
	*ret = arena_str(a, buf_str(&out));
	return OK;
}

static bool
has_category(const struct agreement *g, struct str code)
{
	for (size_t i = 0; i < g->categories; i++) {
		if (str_eq(g->category[i].code, code))
			return true;
	}
	return false;
}

/* Officers agreed to this recipient, and to no other that a partner names later. */
static enum err
check_named(const struct standing *s, struct str to, time_us at, struct why *why)
{
	struct str now = standing_resolve(s, to, at);

	if (!str_eq(now, to))
		return fail(why, ERR_INVALID, "standing.recipient",
		    STR_FMT " took over from " STR_FMT ": give an order that names it",
		    STR_ARG(now), STR_ARG(to));
	return OK;
}

static enum err
check_order(const struct release_job *job, const struct standing_order *o,
    const struct standing **ret, struct why *why)
{
	if (o->categories == 0 || o->categories > CATEGORIES_MAX)
		return fail(why, ERR_INVALID, "standing.categories", "name the categories, 1 to %d",
		    CATEGORIES_MAX);
	if (o->expires_at <= job->at)
		return fail(why, ERR_INVALID, "standing.expiry",
		    "the order would end before it begins");
	TRY(release_gate_open(job->gate, o->to, o->area, job->at, ret, why));
	TRY(check_named(*ret, o->to, job->at, why));
	if (!gather_has_purpose((*ret)->agreement, o->purpose))
		return fail(why, ERR_INVALID, "release.purpose",
		    STR_FMT " is no purpose of " STR_FMT, STR_ARG(o->purpose),
		    STR_ARG((*ret)->agreement->id));
	for (size_t i = 0; i < o->categories; i++) {
		if (!has_category((*ret)->agreement, o->category[i]))
			return fail(why, ERR_INVALID, "standing.category",
			    STR_FMT " is no category of " STR_FMT, STR_ARG(o->category[i]),
			    STR_ARG((*ret)->agreement->id));
	}
	return OK;
}

static const char insert_standing[] =
    "INSERT INTO release_order (order_id, kind, state, agreement, recipient, purpose, area,"
    " channel, scope, owner, enclave, proposer, approver, created_at, copy_time, starts_at,"
    " expires_at)"
    " VALUES ($1, 'standing', 'waiting', $2, $3, $4, $5, 'auto', $6, $7, $8, $9, '', $10, $10, 0,"
    " $11)";

enum err
release_standing_propose(const struct release_job *job, const struct standing_order *o,
    struct str *ret_order_id, struct why *why)
{
	const struct gate *g = job->gate;
	const struct standing *standing = NULL;
	struct str scope = { 0 };

	TRY(check_order(job, o, &standing, why));
	TRY(scope_text(job->arena, o, &scope, why));
	*ret_order_id = record_id_new(job->arena);
	TRY(db_run(job->db, why, insert_standing, DB_T(*ret_order_id),
	    DB_T(standing->agreement->id), DB_T(o->to), DB_T(o->purpose), DB_T(o->area),
	    DB_T(scope), DB_T(g->organisation), DB_T(g->enclave), DB_T(o->proposer), DB_I(job->at),
	    DB_I(o->expires_at)));
	const struct record_pair pairs[] = {
		{ "type", S("standing-order") },
		{ "order", *ret_order_id },
		{ "account", o->proposer },
		{ "to", o->to },
		{ "purpose", o->purpose },
		{ "scope", scope },
	};
	/* Each step of its life is a leaf. */
	TRY(record_append(job, "order", pairs, COUNTOF(pairs), why));
	return record_event(job, "standing.proposed", *ret_order_id, S(""), why);
}

static const char find_standing[] = "SELECT proposer, state, owner, enclave FROM release_order"
                                    " WHERE order_id = $1 AND kind = 'standing'";
static const char start_standing[] =
    "UPDATE release_order SET state = 'active', approver = $2, starts_at = $3 WHERE order_id = $1";
/* Each collection has a clock of its own: one mark for all could pass what another gets later. */
static const char mark_heads[] = "INSERT INTO watermark (name, shard_key, done_to)"
                                 " SELECT $1, shard_key, last_added FROM collection_head";
static const char stop_standing[] =
    "UPDATE release_order SET state = 'stopped' WHERE order_id = $1";

static enum err
find_order(const struct release_job *job, struct str order_id, struct db_rows *ret, struct why *why)
{
	if (db_select_one(job->db, ret, why, find_standing, DB_T(order_id)) != OK ||
	    !str_eq(db_col_text(ret, 2), job->gate->organisation) ||
	    !str_eq(db_col_text(ret, 3), job->gate->enclave))
		return fail(why, ERR_NOT_FOUND, "standing.none",
		    "there is no standing order " STR_FMT, STR_ARG(order_id));
	return OK;
}

static struct str
mark_of(struct arena *a, struct str order_id)
{
	return arena_printf(a, "standing/" STR_FMT, STR_ARG(order_id));
}

/* It never looks back: its marks start at what is stored now. */
enum err
release_standing_approve(const struct release_job *job, const struct standing_step *step,
    struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	TRY(find_order(job, step->order_id, &rows, why));
	if (!str_is(db_col_text(&rows, 1), "waiting"))
		return fail(why, ERR_CONFLICT, "standing.state", "the order is " STR_FMT " already",
		    STR_ARG(db_col_text(&rows, 1)));
	if (str_eq(db_col_text(&rows, 0), step->account))
		return fail(why, ERR_FORBIDDEN, "release.four-eyes",
		    STR_FMT " proposed this order; another officer must look at it",
		    STR_ARG(step->account));
	TRY(db_run(job->db, why, start_standing, DB_T(step->order_id), DB_T(step->account),
	    DB_I(job->at + STANDING_DELAY_S * US_PER_S)));
	TRY(db_run(job->db, why, mark_heads, DB_T(mark_of(job->arena, step->order_id))));
	const struct record_pair pairs[] = {
		{ "type", S("standing-order-approved") },
		{ "order", step->order_id },
		{ "account", step->account },
		{ "reason", step->reason },
	};
	TRY(record_append(job, "order", pairs, COUNTOF(pairs), why));
	return record_event(job, "standing.approved", step->order_id, S(""), why);
}

static enum err
stop(const struct release_job *job, const struct standing_step *step, struct why *why)
{
	TRY(db_run(job->db, why, stop_standing, DB_T(step->order_id)));
	const struct record_pair pairs[] = {
		{ "type", S("standing-order-stopped") },
		{ "order", step->order_id },
		{ "account", step->account },
		{ "reason", step->reason },
	};
	TRY(record_append(job, "order", pairs, COUNTOF(pairs), why));
	return record_event(job, "standing.stopped", step->order_id, S(""), why);
}

enum err
release_standing_stop(const struct release_job *job, const struct standing_step *step,
    struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	TRY(find_order(job, step->order_id, &rows, why));
	if (!str_is(db_col_text(&rows, 1), "waiting") && !str_is(db_col_text(&rows, 1), "active"))
		return fail(why, ERR_CONFLICT, "standing.state", "the order is " STR_FMT " already",
		    STR_ARG(db_col_text(&rows, 1)));
	return stop(job, step, why);
}

/* ---- running ---- */

struct due {
	struct str order_id, agreement, to, purpose, area, scope, proposer;
};

static const char find_due[] =
    "SELECT order_id, agreement, recipient, purpose, area, scope, proposer FROM release_order"
    " WHERE kind = 'standing' AND state = 'active' AND starts_at <= $1 AND expires_at > $1"
    " AND owner = $2 ORDER BY order_id LIMIT $3";
/* What our own people took in, and what partners gave: what a guest handed in, or a
 * feed brought, no officer has seen.
 * CROSS: look into each collection, instead of at every object. */
static const char list_fresh[] =
    "SELECT o.object_id, o.shard_key, o.date_added FROM collection c CROSS JOIN object o"
    " WHERE c.kind IN ('received', 'local') AND NOT " RANK_IS_FEED("c") " AND NOT " RANK_IS_GUEST(
        "o") " AND o.shard_key = c.shard_key AND o.date_added >"
             " COALESCE((SELECT w.done_to FROM watermark w WHERE w.name = $1"
             " AND w.shard_key = c.shard_key), 0)"
             " AND o.owner = $2 AND o.enclave = $3 AND o.withdrawn_at = 0"
             " ORDER BY o.date_added, o.shard_key LIMIT $4";
static const char move_mark[] =
    "INSERT INTO watermark (name, shard_key, done_to) VALUES ($1, $2, $3)"
    " ON CONFLICT (name, shard_key) DO UPDATE SET done_to = excluded.done_to";

static enum err
list_due(const struct release_job *job, struct due *ret, size_t *ret_len, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	struct arena *a = job->arena;
	bool has = false;

	TRY(db_select(job->db, &rows, why, find_due, DB_I(job->at), DB_T(job->gate->organisation),
	    DB_I(DUE_MAX)));
	for (*ret_len = 0;; ++*ret_len) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			return OK;
		ret[*ret_len] = (struct due){
			.order_id = arena_str(a, db_col_text(&rows, 0)),
			.agreement = arena_str(a, db_col_text(&rows, 1)),
			.to = arena_str(a, db_col_text(&rows, 2)),
			.purpose = arena_str(a, db_col_text(&rows, 3)),
			.area = arena_str(a, db_col_text(&rows, 4)),
			.scope = arena_str(a, db_col_text(&rows, 5)),
			.proposer = arena_str(a, db_col_text(&rows, 6)),
		};
	}
}

/* An object that is new, and where its collection is read up to with it. */
struct fresh {
	struct str id;
	int64_t shard_key;
	int64_t added;
};

static enum err
list_objects(const struct release_job *job, const struct due *due, struct fresh *ret,
    size_t *ret_len, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	TRY(db_select(job->db, &rows, why, list_fresh, DB_T(mark_of(job->arena, due->order_id)),
	    DB_T(job->gate->organisation), DB_T(job->gate->enclave), DB_I(RUN_MAX)));
	for (*ret_len = 0;; ++*ret_len) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			return OK;
		ret[*ret_len] = (struct fresh){
			.id = arena_str(job->arena, db_col_text(&rows, 0)),
			.shard_key = db_col_i64(&rows, 1),
			.added = db_col_i64(&rows, 2),
		};
	}
}

/* The list is sorted: the last of a collection is where it stands. */
static enum err
move_marks(const struct release_job *job, const struct due *due, const struct fresh *fresh,
    size_t n, struct why *why)
{
	struct str mark = mark_of(job->arena, due->order_id);

	for (size_t i = 0; i < n; i++)
		TRY(db_run(job->db, why, move_mark, DB_T(mark), DB_I(fresh[i].shard_key),
		    DB_I(fresh[i].added)));
	return OK;
}

static bool
shares_category(const struct json *scope, const struct json *facts)
{
	const struct json *wanted = json_get(scope, S("categories"));
	const struct json *has = json_get(facts, S("categories"));

	if (wanted == NULL || has == NULL)
		return false;
	for (const struct json *w = wanted->first; w != NULL; w = w->next) {
		for (const struct json *h = has->first; h != NULL; h = h->next) {
			if (str_eq(json_str(w), json_str(h)))
				return true;
		}
	}
	return false;
}

/* Whether a decision is about something the order was given for. */
static enum err
is_covered(struct arena *a, const struct json *scope, const struct agreement_decision *d, bool *ret,
    struct why *why)
{
	const struct json *facts = NULL;
	struct str text = { 0 };
	enum tlp ceiling = TLP_NONE, tlp = TLP_NONE;

	TRY(json_parse(a, d->facts, NULL, &facts, why));
	*ret = shares_category(scope, facts) && json_get_str(scope, S("ceiling"), &text) &&
	       tlp_parse(text, &ceiling) &&
	       (text = json_str(json_at(facts, S("/marking/tlp")))).ptr != NULL &&
	       tlp_parse(text, &tlp) && tlp <= ceiling;
	return OK;
}

/* The half that it is for; one that says nothing is for the technique. */
static enum release_with
half_wanted(const struct json *scope)
{
	enum release_with with = WITH_TECHNIQUE;
	struct str text = { 0 };

	if (json_get_str(scope, S("with"), &text) && !release_with_parse(text, &with))
		with = WITH_TECHNIQUE;
	return with;
}

/* Selects what the order is for; the node's identity only goes along with it. */
static enum err
select_covered(const struct release_job *job, const struct due *due,
    const struct agreement_decisions *all, struct agreement_request *request, size_t *ret_covered,
    struct why *why)
{
	struct agreement_item *item = (struct agreement_item *)(uintptr_t)request->item;
	const struct json *scope = NULL;
	const enum half *half = NULL;

	*ret_covered = 0;
	TRY(json_parse(job->arena, due->scope, NULL, &scope, why));
	TRY(agreement_halves(job->arena, request, &half, why));
	for (size_t i = 0; i < all->len; i++) {
		const struct agreement_decision *d = &all->decision[i];
		bool covered = false;

		TRY(is_covered(job->arena, scope, d, &covered, why));
		covered =
		    covered && whole_goes_along(half[d->item - request->item], half_wanted(scope));
		*ret_covered += covered;
		item[d->item - request->item].selected =
		    covered || str_eq(d->item->object.id, job->gate->redaction_identity);
	}
	return OK;
}

/* Decides twice: what the order is not for stays, and nothing that leaves may name it. */
static enum err
decide_run(const struct gather *in, const struct due *due, struct agreement_request *ret_request,
    const struct agreement_decisions **ret, struct why *why)
{
	const struct standing *s = gather_agreement(in);
	const struct agreement_decisions *all = NULL;
	size_t covered = 0;

	*ret = NULL;
	if (s != NULL)
		TRY(check_named(s, due->to, in->job->at, why));
	TRY(gather_request(in, ret_request, why));
	TRY(gather_decide(in->job, ret_request, &all, why));
	TRY(select_covered(in->job, due, all, ret_request, &covered, why));
	if (covered == 0)
		return OK;
	return gather_decide(in->job, ret_request, ret, why);
}

/* Each run is an order of its own, given in the name of the standing one. */
static enum err
send_run(const struct release_job *job, const struct due *due, const struct release_ask *ask,
    struct release_sent *ret, struct why *why)
{
	const struct gather in = {
		.job = job,
		.ask = ask,
		.agreement = due->agreement,
		.as_of_leaf = GATHER_NOW,
	};
	const struct agreement_decisions *all = NULL;
	struct agreement_request request;
	struct why reason = { 0 };
	enum err err = decide_run(&in, due, &request, &all, &reason);

	/* Nothing was written: it stops itself, and holds up no other. */
	if (err == ERR_INVALID || err == ERR_NOT_FOUND || err == ERR_LIMIT) {
		const struct standing_step step = {
			.order_id = due->order_id,
			.reason = str_of(reason.text),
		};
		return stop(job, &step, why);
	}
	if (err != OK && why != NULL)
		*why = reason;
	if (err != OK || all == NULL)
		return err;
	struct decisions_in out = {
		.job = job,
		.request = &request,
		.order_id = record_id_new(job->arena),
		.standing_order = due->order_id,
	};
	TRY(decisions_write(&out, all, ret, why));
	return order_insert(&out, ask, due->proposer, ret, why);
}

/* What becomes of an order whose agreement is not open to it. */
enum door { DOOR_OPEN, DOOR_WAITS, DOOR_ENDED };

/* A suspension ends, and so does the time before an agreement begins; what is
 * stored meanwhile is looked at then.  Everything else is for good. */
static enum door
door_of(const struct release_job *job, const struct due *due, struct standing_reason *ret_reason)
{
	enum door door = DOOR_ENDED;

	*ret_reason = (struct standing_reason){ .code = "A-NOTINFORCE",
		.text = "the agreement is no longer held here" };
	for (size_t i = 0; i < job->gate->agreements; i++) {
		const struct standing *s = job->gate->standing[i];
		const struct standing_ask ask = { job->gate->party, due->to, due->area, job->at };

		if (!str_eq(s->agreement->id, due->agreement))
			continue;
		if (standing_lets(s, &ask, ret_reason))
			return DOOR_OPEN;
		if (((s->suspended && !s->terminated && job->at < standing_end(s)) ||
		        str_is(str_of(ret_reason->code), "A-AREA-SUSPENDED") ||
		        job->at < s->agreement->in_force_from) &&
		    !s->agreement->suspension.pending_cancelled)
			door = DOOR_WAITS;
	}
	return door;
}

static enum err
run_one(const struct release_job *job, const struct due *due, size_t *ret_released, struct why *why)
{
	struct standing_reason reason;
	enum door door = door_of(job, due, &reason);
	struct fresh *fresh = arena_make(job->arena, struct fresh, RUN_MAX);
	struct str *id = arena_make(job->arena, struct str, RUN_MAX);
	struct release_ask ask = {
		.to = due->to,
		.purpose = due->purpose,
		.area = due->area,
		.channel = CHANNEL_AUTO,
		.id = id,
		.copy_time = job->at,
	};
	struct release_sent sent = { 0 };

	if (door == DOOR_ENDED)
		return stop(job,
		    &(struct standing_step){ .order_id = due->order_id,
		        .reason = arena_str(job->arena, str_of(reason.text)) },
		    why);
	if (door == DOOR_WAITS)
		return OK;
	if (id == NULL || fresh == NULL)
		return fail(why, ERR_LIMIT, "release.memory", "the order is too large");
	TRY(list_objects(job, due, fresh, &ask.ids, why));
	for (size_t i = 0; i < ask.ids; i++)
		id[i] = fresh[i].id;
	if (ask.ids == 0)
		return OK;
	TRY(send_run(job, due, &ask, &sent, why));
	*ret_released += sent.released;
	return move_marks(job, due, fresh, ask.ids, why);
}

enum err
release_standing_run(const struct release_job *job, size_t *ret_released, struct why *why)
{
	struct due *due = arena_make(job->arena, struct due, DUE_MAX);
	size_t n = 0;

	*ret_released = 0;
	if (due == NULL)
		return fail(why, ERR_LIMIT, "release.memory", "no memory for standing orders");
	TRY(list_due(job, due, &n, why));
	for (size_t i = 0; i < n; i++)
		TRY(run_one(job, &due[i], ret_released, why));
	return OK;
}
