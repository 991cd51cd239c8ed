/* Emergencies, and the reviews that they owe. */
#include "handlers_p.h"

static void
print_review(struct json_writer *w, const struct release_review_row *r)
{
	json_begin_object(w);
	api_put_text(w, "order_id", r->order_id);
	api_put_text(w, "state", r->state);
	api_put_text(w, "recipient", r->recipient);
	api_put_text(w, "proposer", r->proposer);
	api_put_text(w, "urgency", r->urgency);
	api_put_text(w, "harm", r->harm);
	api_put_text(w, "break_glass", r->break_glass);
	api_put_text(w, "reason", r->reason);
	api_put_text(w, "contact", r->contact);
	api_put_time(w, "opened_at", r->opened_at);
	api_put_time(w, "due_at", r->due_at);
	api_put_text(w, "finding", r->finding);
	api_put_text(w, "account", r->account);
	api_put_text(w, "text", r->text);
	api_put_time(w, "done_at", r->done_at);
	json_end_object(w);
}

enum err
api_get_reviews(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct api *api = ctx;
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };
	struct release_review_row *rows = NULL;
	size_t n = 0;

	TRY(db_pool_take(realm_readers(api->realm), &lease, why));
	const struct compartment of = api_compartment(api, req);
	TRY(release_reviews(lease.db, req->arena, &of, &rows, &n, why));
	struct json_writer w = api_answer(ret);
	json_begin_object(&w);
	api_begin_array(&w, "items");
	for (size_t i = 0; i < n; i++)
		print_review(&w, &rows[i]);
	json_end_array(&w);
	json_end_object(&w);
	return OK;
}

static enum err
run_review(struct db *db, void *arg, struct why *why)
{
	const struct api_job *job = arg;
	const struct release_job release = api_release_job(job, db);

	return release_review(&release, job->in, why);
}

enum err
api_post_review(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct api *api = ctx;
	CLEANUP(realm_gate_givep) struct gate_ref *gate = realm_gate_take(api->realm);
	struct review_body body;

	TRY(api_check_releaser(api, req, why));
	TRY(api_read_review(req->arena, req->body, &body, why));
	struct release_review review = {
		.order_id = http_param(req, "order"),
		.account = req->principal.id,
		.finding = body.finding,
		.text = body.text,
	};
	struct api_job job = api_job(api, req, &review, NULL);
	job.arena = req->arena;
	job.gate = gate_of(gate);
	TRY(realm_write(api->realm, run_review, &job, why));
	api_settle(api);
	return api_done(ret, 204);
}
