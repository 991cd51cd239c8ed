/* Orders, and what became of them. */
#include "acknowledge.h"
#include "handlers_p.h"
#include "note.h"

/* ---- sending ---- */

static enum err
run_order(struct db *db, void *arg, struct why *why)
{
	const struct api_job *job = arg;
	const struct release_job release = api_release_job(job, db);

	return release_send(&release, job->in, job->out, why);
}

static struct str
state_of(enum outcome outcome)
{
	switch (outcome) {
	case OUTCOME_ALLOW:
	case OUTCOME_ALLOW_WITH_REDACTION: return S("released");
	case OUTCOME_HOLD: return S("held");
	case OUTCOME_DENY:
	case OUTCOME_ROUTE: return S("denied");
	}
	return S("denied");
}

static void
print_sent(const struct release_sent *sent, struct http_response *ret)
{
	struct json_writer w = api_answer(ret);

	json_begin_object(&w);
	api_put_text(&w, "order_id", sent->order_id);
	api_put_u64(&w, "leaf", sent->leaf);
	api_put_u64(&w, "released", sent->released);
	api_put_u64(&w, "held", sent->held);
	api_put_u64(&w, "denied", sent->denied);
	api_begin_array(&w, "decisions");
	for (size_t i = 0; i < sent->decisions->len; i++) {
		const struct agreement_decision *d = &sent->decisions->decision[i];

		json_begin_object(&w);
		api_put_text(&w, "id", d->item->object.id);
		api_put_text(&w, "outcome", str_of(outcome_name(d->outcome)));
		api_put_text(&w, "state", state_of(d->outcome));
		json_end_object(&w);
	}
	json_end_array(&w);
	json_end_object(&w);
	ret->status = 201;
}

enum err
api_post_order(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct api *api = ctx;
	CLEANUP(arena_freep) struct arena *a = arena_new(API_ARENA_MAX);
	CLEANUP(realm_gate_givep) struct gate_ref *gate = realm_gate_take(api->realm);
	struct order_body body;
	struct release_sent sent = { 0 };

	TRY(api_check_releaser(api, req, why));
	TRY(api_read_order(req->arena, req->body, gate_of(gate)->redaction_identity, &body, why));
	struct release_send send = {
		.ask = body.ask,
		.proposer = req->principal.id,
		.recipient = body.recipient,
		.expected = body.ask.ids,
		.expect = body.expect,
	};
	struct api_job job = api_job(api, req, &send, &sent);
	job.arena = a;
	job.gate = gate_of(gate);
	TRY(realm_write(api->realm, run_order, &job, why));
	api_settle(api);
	print_sent(&sent, ret);
	return OK;
}

/* ---- how far our log is known ---- */

static enum err
read_peer(struct db *db, struct str origin, const struct peer *peer, struct api_log *log,
    struct why *why)
{
	struct note_key witness;
	size_t i = log->peers++;

	log->peer[i].party = peer->party;
	log->peer[i].name = peer->name;
	if (note_key_parse(peer->witness_key, &witness, NULL) != OK)
		return OK;
	return ledger_cosigned_size(db, origin, str_of(witness.name), &log->peer[i].size,
	    &log->peer[i].at, why);
}

enum err
api_log_read(const struct api *api, struct db *db, struct arena *a, struct api_log *ret,
    struct why *why)
{
	struct str origin = realm_identity(api->realm)->origin;
	struct peer *peers = NULL;
	size_t n = 0;

	*ret = (struct api_log){ .now = clock_wall(realm_clock(api->realm)) };
	TRY(ledger_published(db, origin, &ret->published, why));
	TRY(store_peers(db, a, &peers, &n, why));
	for (size_t i = 0; i < n && i < PEERS_MAX; i++)
		TRY(read_peer(db, origin, &peers[i], ret, why));
	return OK;
}

/* ---- released items ---- */

static bool
is_cosigned(const struct api_log *log, const struct release_row *row)
{
	for (size_t i = 0; i < log->peers; i++) {
		if (organisation_is_of(row->recipient, log->peer[i].party))
			return row->leaf >= 0 && (uint64_t)row->leaf < log->peer[i].size;
	}
	return false;
}

/* A receipt may say that it was refused: then it was not received. */
static void
print_receipt(struct json_writer *w, const struct release_row *row, time_us now)
{
	bool refused = str_find(row->receipt, S("\"state\":\"refused\"")) != SIZE_MAX;

	api_put_time(w, "received", refused ? 0 : row->received_at);
	if (row->receipt.len > 0)
		json_put_raw(json_key(w, S("receipt")), row->receipt);
	else
		json_put_null(json_key(w, S("receipt")));
	api_put_time(w, "acknowledge_by", row->acknowledge_by);
	api_put_text(w, "acknowledgement", str_of(acknowledge_state(row, now)));
}

static void
print_release(struct json_writer *w, const struct api_log *log, const struct release_row *row)
{
	json_begin_object(w);
	api_put_text(w, "order_id", row->order_id);
	api_put_u64(w, "ordinal", row->ordinal);
	api_put_text(w, "source_id", row->source_id);
	api_put_text(w, "version", row->version);
	api_put_text(w, "leaving_id", row->leaving_id);
	api_put_text(w, "recipient", row->recipient);
	api_put_text(w, "asked", row->asked);
	api_put_text(w, "purpose", row->purpose);
	api_put_text(w, "area", row->area);
	api_put_text(w, "proposer", row->proposer);
	api_put_text(w, "state", row->state);
	api_put_text(w, "outcome", row->outcome);
	api_put_text(w, "reason", row->reason);
	api_put_i64(w, "leaf", row->leaf);
	api_put_i64(w, "place", row->place);
	api_put_flag(w, "published", row->leaf >= 0 && (uint64_t)row->leaf < log->published);
	api_put_flag(w, "cosigned", is_cosigned(log, row));
	print_receipt(w, row, log->now);
	api_put_time(w, "changed_at", row->changed_at);
	json_end_object(w);
}

enum err
api_print_releases(const struct api *api, const struct api_released *what, struct json_writer *w,
    struct why *why)
{
	struct api_log *log = arena_make(what->arena, struct api_log, 1);
	struct release_row *rows = NULL;
	size_t n = 0;

	if (log == NULL)
		return fail(why, ERR_LIMIT, "api.memory", "the list is too long");
	TRY(api_log_read(api, what->db, what->arena, log, why));
	const struct release_query query = { .of = what->of, .id = what->id };
	TRY(release_rows(what->db, what->arena, &query, &rows, &n, why));
	json_begin_array(w);
	for (size_t i = 0; i < n; i++)
		print_release(w, log, &rows[i]);
	json_end_array(w);
	return OK;
}

enum err
api_get_releases(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct api *api = ctx;
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };
	struct api_released what = { .arena = req->arena, .of = api_compartment(api, req) };

	TRY(api_query_text(req, "id", false, &what.id, why));
	TRY(db_pool_take(realm_readers(api->realm), &lease, why));
	what.db = lease.db;
	struct json_writer w = api_answer(ret);
	json_begin_object(&w);
	json_key(&w, S("items"));
	TRY(api_print_releases(api, &what, &w, why));
	json_end_object(&w);
	return OK;
}
