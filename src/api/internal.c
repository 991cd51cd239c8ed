/* What compartments of our own party show each other. */
#include "internal.h"

#include "handlers_p.h"

static void
print_showing(struct json_writer *w, const struct internal_row *r)
{
	json_begin_object(w);
	api_put_text(w, "showing_id", r->id);
	api_put_text(w, "object_id", r->object_id);
	api_put_text(w, "version", r->version);
	api_put_text(w, "direction", r->ours ? S("shown-to") : S("shown-by"));
	api_put_text(w, "state", str_of(r->state));
	api_put_text(w, "owner", r->owner);
	api_put_text(w, "enclave", r->enclave);
	api_put_text(w, "to", r->to);
	api_put_text(w, "to_enclave", r->to_enclave);
	api_put_text(w, "account", r->account);
	api_put_text(w, "reason", r->reason);
	api_put_text(w, "approver", r->approver);
	api_put_time(w, "at", r->at);
	api_put_time(w, "shown_at", r->shown_at);
	api_put_time(w, "withdrawn_at", r->withdrawn_at);
	api_put_text(w, "withdrawn_by", r->withdrawn_by);
	api_put_text(w, "withdrawn_why", r->withdrawn_why);
	json_end_object(w);
}

enum err
api_get_showings(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct api *api = ctx;
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };
	const struct compartment of = api_compartment(api, req);
	struct internal_rows rows;

	TRY(db_pool_take(realm_readers(api->realm), &lease, why));
	TRY(release_internal_rows(lease.db, req->arena, &of, &rows, why));
	struct json_writer w = api_answer(ret);
	json_begin_object(&w);
	api_begin_array(&w, "showings");
	for (size_t i = 0; i < rows.len; i++)
		print_showing(&w, &rows.row[i]);
	json_end_array(&w);
	json_end_object(&w);
	return OK;
}

enum err
api_read_show(struct arena *a, struct str text, struct internal_show *ret, struct why *why)
{
	const struct json *root = NULL;

	TRY(api_read_object(a, text, "id to enclave reason", &root, why));
	TRY(api_read_text(root, "id", true, &ret->id, why));
	TRY(api_read_text(root, "to", true, &ret->to, why));
	TRY(api_read_text(root, "enclave", true, &ret->enclave, why));
	return api_read_text(root, "reason", true, &ret->reason, why);
}

struct shown {
	struct str id;
	bool waits;
};

static enum err
run_show(struct db *db, void *arg, struct why *why)
{
	const struct api_job *job = arg;
	const struct release_job release = api_release_job(job, db);
	struct shown *out = job->out;

	return release_internal_show(&release, job->in, &out->id, &out->waits, why);
}

/* Runs a change under the rules of now, and publishes its leaf. */
static enum err
run_job(const struct api *api, struct http_request *req, db_job_fn *fn, struct api_job *job,
    struct why *why)
{
	CLEANUP(realm_gate_givep) struct gate_ref *gate = realm_gate_take(api->realm);

	job->arena = req->arena;
	job->gate = gate_of(gate);
	TRY(realm_write(api->realm, fn, job, why));
	api_settle(api);
	return OK;
}

enum err
api_post_showing(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct api *api = ctx;
	struct internal_show show = { .account = req->principal.id };
	struct shown shown = { 0 };

	TRY(api_read_show(req->arena, req->body, &show, why));
	struct api_job job = api_job(api, req, &show, &shown);
	TRY(run_job(api, req, run_show, &job, why));
	struct json_writer w = api_answer(ret);
	json_begin_object(&w);
	api_put_text(&w, "showing_id", shown.id);
	api_put_text(&w, "state", shown.waits ? S("waiting") : S("shown"));
	json_end_object(&w);
	return api_done(ret, 201);
}

static enum err
run_approve(struct db *db, void *arg, struct why *why)
{
	const struct api_job *job = arg;
	const struct release_job release = api_release_job(job, db);

	return release_internal_approve(&release, job->in, why);
}

enum err
api_approve_showing(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct api *api = ctx;
	struct internal_step step = {
		.id = http_param(req, "id"),
		.account = req->principal.id,
		.reason = S(""),
	};

	TRY(api_read_nothing(req->arena, req->body, why));
	struct api_job job = api_job(api, req, &step, NULL);
	TRY(run_job(api, req, run_approve, &job, why));
	return api_done(ret, 204);
}

static enum err
run_withdraw(struct db *db, void *arg, struct why *why)
{
	const struct api_job *job = arg;
	const struct release_job release = api_release_job(job, db);

	return release_internal_withdraw(&release, job->in, why);
}

enum err
api_withdraw_showing(void *ctx, struct http_request *req, struct http_response *ret,
    struct why *why)
{
	const struct api *api = ctx;
	struct internal_step step = {
		.id = http_param(req, "id"),
		.account = req->principal.id,
	};

	TRY(api_read_reason(req->arena, req->body, &step.reason, why));
	struct api_job job = api_job(api, req, &step, NULL);
	TRY(run_job(api, req, run_withdraw, &job, why));
	return api_done(ret, 204);
}
