/* Consents: who agreed that what may be told about him. */
#include "consent.h"
#include "handlers_p.h"

static void
print_consent(struct json_writer *w, const struct consent_row *c, time_us now)
{
	bool in_force = c->withdrawn_at == 0 && now < c->until;

	json_begin_object(w);
	api_put_text(w, "consent_id", c->id);
	api_put_text(w, "identity", c->identity);
	api_put_text(w, "scope", c->scope);
	api_put_text(w, "to", c->to);
	api_put_time(w, "until", c->until);
	api_put_flag(w, "in_force", in_force);
	api_put_text(w, "evidence", c->evidence);
	api_put_text(w, "account", c->account);
	api_put_time(w, "added_at", c->added_at);
	api_put_time(w, "withdrawn_at", c->withdrawn_at);
	api_put_text(w, "withdrawn_by", c->withdrawn_by);
	api_put_text(w, "reason", c->withdrawn_why);
	json_end_object(w);
}

enum err
api_get_consents(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct api *api = ctx;
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };
	struct consent_rows rows;
	const struct compartment of = api_compartment(api, req);
	struct str identity = { 0 };

	TRY(api_query_text(req, "identity", false, &identity, why));
	TRY(db_pool_take(realm_readers(api->realm), &lease, why));
	TRY(release_consents(lease.db, req->arena, &of, identity, &rows, why));
	struct json_writer w = api_answer(ret);
	json_begin_object(&w);
	api_begin_array(&w, "consents");
	for (size_t i = 0; i < rows.len; i++)
		print_consent(&w, &rows.row[i], clock_wall(realm_clock(api->realm)));
	json_end_array(&w);
	json_end_object(&w);
	return OK;
}

static enum err
run_add(struct db *db, void *arg, struct why *why)
{
	const struct api_job *job = arg;
	const struct release_job release = api_release_job(job, db);

	return release_consent_add(&release, job->in, job->out, why);
}

enum err
api_post_consent(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct api *api = ctx;
	CLEANUP(realm_gate_givep) struct gate_ref *gate = realm_gate_take(api->realm);
	struct consent_new consent = { .account = req->principal.id };
	struct str id = { 0 };

	TRY(api_check_releaser(api, req, why));
	TRY(api_read_consent(req->arena, req->body, &consent, why));
	struct api_job job = api_job(api, req, &consent, &id);
	job.arena = req->arena;
	job.gate = gate_of(gate);
	TRY(realm_write(api->realm, run_add, &job, why));
	api_settle(api);
	return api_answer_id(ret, 201, "consent_id", id);
}

static enum err
run_withdraw(struct db *db, void *arg, struct why *why)
{
	const struct api_job *job = arg;
	const struct release_job release = api_release_job(job, db);

	return release_consent_withdraw(&release, job->in, job->out, why);
}

enum err
api_withdraw_consent(void *ctx, struct http_request *req, struct http_response *ret,
    struct why *why)
{
	const struct api *api = ctx;
	CLEANUP(realm_gate_givep) struct gate_ref *gate = realm_gate_take(api->realm);
	struct consent_withdrawal withdrawal = {
		.id = http_param(req, "id"),
		.account = req->principal.id,
	};
	size_t closed = 0;

	TRY(api_check_releaser(api, req, why));
	TRY(api_read_reason(req->arena, req->body, &withdrawal.reason, why));
	struct api_job job = api_job(api, req, &withdrawal, &closed);
	job.arena = req->arena;
	job.gate = gate_of(gate);
	TRY(realm_write(api->realm, run_withdraw, &job, why));
	TRY(realm_gate_reload(api->realm, why));
	api_settle(api);
	struct json_writer w = api_answer(ret);
	json_begin_object(&w);
	api_put_u64(&w, "closed", closed);
	json_end_object(&w);
	return OK;
}
