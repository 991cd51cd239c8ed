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

	return release_consent_withdraw(&release, job->in, why);
}

static enum err
run_close(struct db *db, void *arg, struct why *why)
{
	const struct api_job *job = arg;
	const struct release_job release = api_release_job(job, db);
	const struct consent_withdrawal *w = job->in;

	return release_consent_close(&release, w->id, job->out, why);
}

/* Step by step, under the gate that the withdrawal has shut; what is left when this
 * fails the timer goes on with. */
static enum err
close_all(const struct api *api, struct api_job *job, struct consent_closing *ret, struct why *why)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(API_ARENA_MAX);
	CLEANUP(realm_gate_givep) struct gate_ref *gate = realm_gate_take(api->realm);
	size_t closed = 0;

	job->gate = gate_of(gate);
	job->arena = a;
	job->out = ret;
	for (ret->more = true; ret->more;) {
		arena_clear(a);
		TRY(realm_write(api->realm, run_close, job, why));
		closed = ret->closed > closed ? ret->closed : closed;
	}
	ret->closed = closed;
	return OK;
}

enum err
api_withdraw_consent(void *ctx, struct http_request *req, struct http_response *ret,
    struct why *why)
{
	const struct api *api = ctx;
	struct gate_ref *gate = NULL;
	struct consent_closing closing = { 0 };
	struct consent_withdrawal withdrawal = {
		.id = http_param(req, "id"),
		.account = req->principal.id,
	};

	TRY(api_check_releaser(api, req, why));
	TRY(api_read_reason(req->arena, req->body, &withdrawal.reason, why));
	struct api_job job = api_job(api, req, &withdrawal, NULL);
	job.arena = req->arena;
	gate = realm_gate_take(api->realm);
	job.gate = gate_of(gate);
	enum err err = realm_write(api->realm, run_withdraw, &job, why);
	realm_gate_give(gate);
	if (err != OK)
		return err;
	TRY(realm_gate_reload(api->realm, why));
	TRY(close_all(api, &job, &closing, why));
	TRY(realm_gate_reload(api->realm, why));
	api_settle(api);
	struct json_writer w = api_answer(ret);
	json_begin_object(&w);
	api_put_u64(&w, "closed", closing.closed);
	json_end_object(&w);
	return OK;
}
