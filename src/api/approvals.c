/* What waits for a second pair of eyes. */
#include "handlers_p.h"

static void
print_given(struct json_writer *w, const struct release_approvals *given)
{
	api_put_words(w, "missing", given->missing);
	api_begin_array(w, "given");
	for (size_t i = 0; i < given->len; i++) {
		json_begin_object(w);
		api_put_text(w, "account", given->item[i].account);
		api_put_text(w, "role", given->item[i].role);
		api_put_time(w, "at", given->item[i].at);
		api_put_flag(w, "counts", given->item[i].counts);
		json_end_object(w);
	}
	json_end_array(w);
}

static void
print_hold(struct json_writer *w, struct arena *a, const struct release_row *row,
    const struct release_approvals *given)
{
	json_begin_object(w);
	api_put_text(w, "order_id", row->order_id);
	api_put_u64(w, "ordinal", row->ordinal);
	api_put_text(w, "id", row->source_id);
	api_put_text(w, "recipient", row->recipient);
	api_put_text(w, "channel", row->channel);
	api_put_text(w, "person", row->person);
	api_put_text(w, "person_name", row->person_name);
	api_put_text(w, "purpose", row->purpose);
	api_put_text(w, "area", row->area);
	api_put_text(w, "proposer", row->proposer);
	api_put_text(w, "urgency", row->urgency);
	api_put_text(w, "harm", row->harm);
	api_put_text(w, "break_glass", row->break_glass);
	api_put_text(w, "reason", row->emergency);
	api_put_text(w, "contact", row->contact);
	api_put_text(w, "legal_basis", row->legal_basis);
	api_put_flag(w, "strict", row->strict);
	api_put_text(w, "asked", row->asked);
	api_put_words(w, "needed", row->approvals_needed);
	print_given(w, given);
	api_put_hash(w, "bytes_sha256", &row->bytes_hash);
	api_put_decision(w, a, row->decision);
	api_put_time(w, "changed_at", row->changed_at);
	api_put_time(w, "expires_at", row->expires_at);
	json_end_object(w);
}

enum err
api_get_holds(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct api *api = ctx;
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };
	struct release_row *rows = NULL;
	size_t n = 0;

	TRY(db_pool_take(realm_readers(api->realm), &lease, why));
	const struct release_query query = {
		.of = api_compartment(api, req),
		.state = S("held"),
	};
	TRY(release_rows(lease.db, req->arena, &query, &rows, &n, why));
	struct json_writer w = api_answer(ret);
	json_begin_object(&w);
	api_begin_array(&w, "items");
	for (size_t i = 0; i < n; i++) {
		struct release_approvals given;

		TRY(release_approvals(lease.db, req->arena, &rows[i], &given, why));
		print_hold(&w, req->arena, &rows[i], &given);
	}
	json_end_array(&w);
	json_end_object(&w);
	return OK;
}

/* ---- verdicts ---- */

static enum err
run_approve(struct db *db, void *arg, struct why *why)
{
	const struct api_job *job = arg;
	const struct release_job release = api_release_job(job, db);

	return release_approve(&release, job->in, job->out, why);
}

static enum err
run_refuse(struct db *db, void *arg, struct why *why)
{
	const struct api_job *job = arg;
	const struct release_job release = api_release_job(job, db);

	return release_refuse(&release, job->in, why);
}

static enum err
give_verdict(const struct api *api, struct http_request *req, const struct verdict_body *body,
    bool *ret_released, struct why *why)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(API_ARENA_MAX);
	CLEANUP(realm_gate_givep) struct gate_ref *gate = realm_gate_take(api->realm);
	struct release_verdict verdict = {
		.order_id = http_param(req, "order"),
		.account = req->principal.id,
		.role = body->role,
		.bytes_hash = body->bytes_hash,
		.reason = body->reason,
	};
	struct api_job job = api_job(api, req, &verdict, ret_released);

	TRY(api_check_releaser(api, req, why));
	if (!str_to_u64(http_param(req, "ordinal"), SELECTION_MAX, &verdict.ordinal))
		return fail(why, ERR_NOT_FOUND, "release.no-item",
		    "the place of an item in its order is a number up to %d", SELECTION_MAX);
	job.arena = a;
	job.gate = gate_of(gate);
	TRY(realm_write(api->realm, ret_released != NULL ? run_approve : run_refuse, &job, why));
	api_settle(api);
	return OK;
}

enum err
api_approve_hold(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	struct verdict_body body;
	bool released = false;

	TRY(api_read_approval(req->arena, req->body, &body, why));
	TRY(give_verdict(ctx, req, &body, &released, why));
	struct json_writer w = api_answer(ret);
	json_begin_object(&w);
	api_put_flag(&w, "released", released);
	json_end_object(&w);
	return OK;
}

enum err
api_refuse_hold(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	struct verdict_body body;

	TRY(api_read_refusal(req->arena, req->body, &body, why));
	TRY(give_verdict(ctx, req, &body, NULL, why));
	return api_done(ret, 204);
}
