/* Asking a recipient to take something out again: a request with an answer. */
#include "handlers_p.h"

enum { RECALL_LIST_MAX = 1000 };

/* clang-format off */
static const char list_recalls[] =
    "SELECT r.recall_id, r.direction, r.peer, r.object_id, r.reason, r.state, r.answer, r.asked_at,"
    " r.answered_at, COALESCE(i.source_id, ''), COALESCE(i.recipient, '')"
    " FROM recall r LEFT JOIN release_item i ON i.order_id = r.order_id AND i.ordinal = r.ordinal"
    " LEFT JOIN release_order o ON o.order_id = i.order_id"
    " WHERE " COMPARTMENT_HAS("o", "$1", "$2")
    " OR (r.direction = 'received' AND EXISTS (SELECT 1 FROM peer p, object b"
    " WHERE p.name = r.peer AND b.object_id = r.object_id AND b.giver LIKE p.party || ':%'"
    " AND " COMPARTMENT_SEES("b", "$1", "$2") "))"
    " ORDER BY r.asked_at DESC, r.recall_id LIMIT $3";
/* clang-format on */

static void
print_recall(struct json_writer *w, const struct db_rows *rows)
{
	json_begin_object(w);
	api_put_text(w, "recall_id", db_col_text(rows, 0));
	api_put_text(w, "direction", db_col_text(rows, 1));
	api_put_text(w, "peer", db_col_text(rows, 2));
	api_put_text(w, "object_id", db_col_text(rows, 3));
	api_put_text(w, "source_id", db_col_text(rows, 9));
	api_put_text(w, "to", db_col_text(rows, 10));
	api_put_text(w, "reason", db_col_text(rows, 4));
	api_put_text(w, "state", db_col_text(rows, 5));
	api_put_text(w, "answer", db_col_text(rows, 6));
	api_put_time(w, "asked_at", db_col_i64(rows, 7));
	api_put_time(w, "answered_at", db_col_i64(rows, 8));
	json_end_object(w);
}

enum err
api_get_recalls(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct api *api = ctx;
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	const struct compartment of = api_compartment(api, req);
	bool has = false;

	TRY(db_pool_take(realm_readers(api->realm), &lease, why));
	TRY(db_select(lease.db, &rows, why, list_recalls, DB_T(of.organisation), DB_T(of.enclaves),
	    DB_I(RECALL_LIST_MAX)));
	struct json_writer w = api_answer(ret);
	json_begin_object(&w);
	api_begin_array(&w, "recalls");
	for (;;) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			break;
		print_recall(&w, &rows);
	}
	json_end_array(&w);
	json_end_object(&w);
	return OK;
}

static enum err
run_recall(struct db *db, void *arg, struct why *why)
{
	const struct api_job *job = arg;
	const struct release_job release = api_release_job(job, db);

	return release_recall(&release, job->in, job->out, why);
}

enum err
api_post_recall(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct api *api = ctx;
	CLEANUP(realm_gate_givep) struct gate_ref *gate = realm_gate_take(api->realm);
	struct recall_body body;
	struct str recall_id = { 0 };

	TRY(api_check_releaser(api, req, why));
	TRY(api_read_recall(req->arena, req->body, &body, why));
	struct release_recall recall = {
		.source_id = body.id,
		.to = body.to,
		.account = req->principal.id,
		.reason = body.reason,
	};
	struct api_job job = api_job(api, req, &recall, &recall_id);
	job.arena = req->arena;
	job.gate = gate_of(gate);
	TRY(realm_write(api->realm, run_recall, &job, why));
	api_settle(api);
	return api_answer_id(ret, 201, "recall_id", recall_id);
}
