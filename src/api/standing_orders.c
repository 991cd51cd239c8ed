/* Orders that act by themselves, after somebody else agreed and a delay passed. */
#include "handlers_p.h"

enum { STANDING_LIST_MAX = 1000 };

static const char list_orders[] =
    "SELECT o.order_id, o.state, o.recipient, o.purpose, o.area, o.scope, o.proposer, o.approver,"
    " o.created_at, o.starts_at, o.expires_at FROM release_order o WHERE o.kind = 'standing'"
    " AND " COMPARTMENT_HAS("o", "$1", "$2") " ORDER BY o.created_at DESC, o.order_id LIMIT $3";
/* What its runs did. */
static const char count_done[] =
    "SELECT i.outcome, COUNT(*), MAX(i.changed_at)"
    " FROM release_order r JOIN release_item i ON i.order_id = r.order_id"
    " WHERE r.standing_order = $1 GROUP BY i.outcome";

static enum err
print_done(struct json_writer *w, struct db *db, struct str order_id, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	uint64_t released = 0, held = 0, denied = 0;
	time_us last = 0;
	bool has = false;

	TRY(db_select(db, &rows, why, count_done, DB_T(order_id)));
	for (;;) {
		struct str outcome;

		TRY(db_next(&rows, &has, why));
		if (!has)
			break;
		outcome = db_col_text(&rows, 0);
		if (str_starts(outcome, S("ALLOW")))
			released += (uint64_t)db_col_i64(&rows, 1);
		else if (str_is(outcome, "HOLD"))
			held += (uint64_t)db_col_i64(&rows, 1);
		else
			denied += (uint64_t)db_col_i64(&rows, 1);
		if (db_col_i64(&rows, 2) > last)
			last = db_col_i64(&rows, 2);
	}
	api_put_u64(w, "released", released);
	api_put_u64(w, "held", held);
	api_put_u64(w, "denied", denied);
	api_put_time(w, "last_at", last);
	return OK;
}

static enum err
print_scope(struct json_writer *w, struct arena *a, struct str scope, struct why *why)
{
	const struct json *tree = NULL;
	struct str with = { 0 };

	TRY(json_parse(a, scope, NULL, &tree, why));
	const struct json *categories = json_get(tree, S("categories"));
	if (categories != NULL)
		json_put_raw(json_key(w, S("categories")), categories->raw);
	api_put_text(w, "ceiling", json_str(json_get(tree, S("ceiling"))));
	/* What was agreed to before halves were named is for the technique alone. */
	if (!json_get_str(tree, S("with"), &with))
		with = S("technique");
	api_put_text(w, "with", with);
	return OK;
}

static enum err
print_order(struct json_writer *w, struct db *db, struct arena *a, const struct db_rows *rows,
    struct why *why)
{
	json_begin_object(w);
	api_put_text(w, "order_id", db_col_text(rows, 0));
	api_put_text(w, "state", db_col_text(rows, 1));
	api_put_text(w, "recipient", db_col_text(rows, 2));
	api_put_text(w, "purpose", db_col_text(rows, 3));
	api_put_text(w, "area", db_col_text(rows, 4));
	TRY(print_scope(w, a, db_col_text(rows, 5), why));
	api_put_text(w, "proposer", db_col_text(rows, 6));
	api_put_text(w, "approver", db_col_text(rows, 7));
	api_put_time(w, "created_at", db_col_i64(rows, 8));
	api_put_time(w, "starts_at", db_col_i64(rows, 9));
	api_put_time(w, "expires_at", db_col_i64(rows, 10));
	TRY(print_done(w, db, db_col_text(rows, 0), why));
	json_end_object(w);
	return OK;
}

enum err
api_get_standing(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct api *api = ctx;
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	const struct compartment of = api_compartment(api, req);
	bool has = false;

	TRY(db_pool_take(realm_readers(api->realm), &lease, why));
	TRY(db_select(lease.db, &rows, why, list_orders, DB_T(of.organisation), DB_T(of.enclaves),
	    DB_I(STANDING_LIST_MAX)));
	struct json_writer w = api_answer(ret);
	json_begin_object(&w);
	api_begin_array(&w, "items");
	for (;;) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			break;
		TRY(print_order(&w, lease.db, req->arena, &rows, why));
	}
	json_end_array(&w);
	json_end_object(&w);
	return OK;
}

/* ---- proposing ---- */

static enum err
run_propose(struct db *db, void *arg, struct why *why)
{
	const struct api_job *job = arg;
	const struct release_job release = api_release_job(job, db);

	return release_standing_propose(&release, job->in, job->out, why);
}

/* Runs a step of a standing order's life, and shows it. */
static enum err
run_step(struct api_job *job, db_job_fn *step, struct why *why)
{
	const struct api *api = job->api;
	CLEANUP(realm_gate_givep) struct gate_ref *gate = realm_gate_take(api->realm);

	TRY(api_check_releaser(api, job->req, why));
	job->arena = job->req->arena;
	job->gate = gate_of(gate);
	TRY(realm_write(api->realm, step, job, why));
	api_settle(api);
	return OK;
}

enum err
api_post_standing(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	struct standing_body body;
	struct str order_id = { 0 };

	TRY(api_read_standing(req->arena, req->body, &body, why));
	struct standing_order order = {
		.to = body.to,
		.purpose = body.purpose,
		.area = body.area,
		.categories = body.categories,
		.category = body.category,
		.ceiling = body.ceiling,
		.with = body.with,
		.proposer = req->principal.id,
	};
	struct api_job job = api_job(ctx, req, &order, &order_id);
	order.expires_at = job.now + (time_us)body.days * US_PER_DAY;
	TRY(run_step(&job, run_propose, why));
	return api_answer_id(ret, 201, "order_id", order_id);
}

/* ---- agreeing, stopping ---- */

static enum err
run_agree(struct db *db, void *arg, struct why *why)
{
	const struct api_job *job = arg;
	const struct release_job release = api_release_job(job, db);

	return release_standing_approve(&release, job->in, why);
}

static enum err
run_stop(struct db *db, void *arg, struct why *why)
{
	const struct api_job *job = arg;
	const struct release_job release = api_release_job(job, db);

	return release_standing_stop(&release, job->in, why);
}

static enum err
take_step(void *ctx, struct http_request *req, db_job_fn *step, struct why *why)
{
	struct standing_step wish = {
		.order_id = http_param(req, "id"),
		.account = req->principal.id,
	};
	struct api_job job = api_job(ctx, req, &wish, NULL);

	TRY(api_read_reason(req->arena, req->body, &wish.reason, why));
	return run_step(&job, step, why);
}

enum err
api_approve_standing(void *ctx, struct http_request *req, struct http_response *ret,
    struct why *why)
{
	TRY(take_step(ctx, req, run_agree, why));
	return api_done(ret, 204);
}

enum err
api_stop_standing(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	TRY(take_step(ctx, req, run_stop, why));
	return api_done(ret, 204);
}
