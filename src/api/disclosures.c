/* What was told about somebody, and taking an object out for good. */
#include "disclosure.h"
#include "dossier_p.h"
#include "handlers_p.h"
#include "purge.h"

/* What of the decision is for the person whom it is about. */
static enum err
print_grounds(struct json_writer *w, struct arena *a, struct str decision, struct why *why)
{
	static const char *const members[] = { "clause", "model", "codes", "conditions",
		"obligations", "rules" };
	const struct json *tree = NULL;

	TRY(json_parse(a, decision, NULL, &tree, why));
	for (size_t i = 0; i < COUNTOF(members); i++) {
		const struct json *v = json_get(tree, str_of(members[i]));

		if (v != NULL)
			agreement_decision_show_member(w, v);
	}
	return OK;
}

enum err
api_print_disclosure(struct json_writer *w, struct arena *a, const struct disclosure *d,
    struct why *why)
{
	api_put_text(w, "order_id", d->order_id);
	api_put_i64(w, "ordinal", d->ordinal);
	api_put_time(w, "at", d->at);
	api_put_text(w, "to", d->recipient);
	api_put_text(w, "asked", d->asked);
	api_put_text(w, "purpose", d->purpose);
	api_put_text(w, "area", d->area);
	api_put_text(w, "as", d->copied ? S("copy") : S("original"));
	api_put_text(w, "tie", d->itself ? S("itself") : S("tied"));
	api_put_text(w, "source_id", d->source_id);
	api_put_text(w, "leaving_id", d->leaving_id);
	api_put_text(w, "outcome", d->outcome);
	api_put_text(w, "state", d->state);
	TRY(print_grounds(w, a, d->decision, why));
	api_put_text(w, "proposer", d->proposer);
	api_put_i64(w, "leaf", d->leaf);
	api_put_i64(w, "place", d->place);
	api_put_time(w, "received_at", d->received_at);
	api_put_text(w, "recall", d->recall);
	api_put_text(w, "answer", d->answer);
	return OK;
}

enum err
api_get_disclosures(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct api *api = ctx;
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };
	struct disclosure_query query = {
		.of = api_compartment(api, req),
		.origin = ledger_origin(realm_ledger(api->realm)),
	};
	struct disclosure *list = NULL;
	struct str about = { 0 };
	size_t n = 0;

	TRY(api_query_text(req, "about", true, &about, why));
	TRY(db_pool_take(realm_readers(api->realm), &lease, why));
	TRY(release_disclosure_about(lease.db, req->arena, &query.of, about, &query.identity, why));
	TRY(release_disclosures(lease.db, req->arena, &query, &list, &n, why));
	struct json_writer w = api_answer(ret);
	json_begin_object(&w);
	api_put_text(&w, "about", query.identity);
	api_begin_array(&w, "disclosures");
	for (size_t i = 0; i < n; i++) {
		json_begin_object(&w);
		TRY(api_print_disclosure(&w, req->arena, &list[i], why));
		json_end_object(&w);
	}
	json_end_array(&w);
	json_end_object(&w);
	return OK;
}

/* ---- purging ---- */

static enum err
run_purge(struct db *db, void *arg, struct why *why)
{
	const struct api_job *job = arg;
	const struct release_job release = api_release_job(job, db);

	return release_purge(&release, job->in, job->out, why);
}

enum err
api_purge_object(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct api *api = ctx;
	CLEANUP(realm_gate_givep) struct gate_ref *gate = realm_gate_take(api->realm);
	struct release_purge purge = {
		.id = http_param(req, "id"),
		.of = api_compartment(api, req),
		.account = req->principal.id,
	};
	size_t gone = 0;

	TRY(api_check_releaser(api, req, why));
	TRY(api_read_reason(req->arena, req->body, &purge.reason, why));
	struct api_job job = api_job(api, req, &purge, &gone);
	job.arena = req->arena;
	job.gate = gate_of(gate);
	TRY(realm_write(api->realm, run_purge, &job, why));
	api_settle(api);
	struct json_writer w = api_answer(ret);
	json_begin_object(&w);
	api_put_u64(&w, "gone", gone);
	json_end_object(&w);
	return OK;
}
