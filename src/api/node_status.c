/* What the node says about itself to anybody. */
#include "checkpoint.h"
#include "handlers_p.h"

static enum err
print_head(struct json_writer *w, struct db *db, struct arena *a, struct str origin,
    struct why *why)
{
	struct str text = { 0 };
	struct note note;
	struct checkpoint head;
	enum err err = ledger_checkpoint(db, origin, a, &text, why);

	if (err == ERR_NOT_FOUND) {
		api_put_u64(w, "size", 0);
		json_put_null(json_key(w, S("root")));
		return OK;
	}
	TRY(err);
	TRY(note_parse(a, text, &note, why));
	TRY(checkpoint_parse(note.text, &head, why));
	api_put_u64(w, "size", head.head.size);
	api_put_hash(w, "root", &head.head.root);
	return OK;
}

static enum err
print_log(const struct api *api, struct json_writer *w, struct arena *a, struct why *why)
{
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };
	struct str origin = realm_identity(api->realm)->origin;
	struct api_log *log = arena_make(a, struct api_log, 1);

	if (log == NULL)
		return fail(why, ERR_LIMIT, "api.memory", "the request is too large");
	TRY(db_pool_take(realm_readers(api->realm), &lease, why));
	TRY(api_log_read(api, lease.db, a, log, why));
	api_begin_object(w, "log");
	api_put_text(w, "origin", origin);
	TRY(print_head(w, lease.db, a, origin, why));
	api_put_u64(w, "published", log->published);
	api_begin_array(w, "witnesses");
	for (size_t i = 0; i < log->peers; i++) {
		json_begin_object(w);
		api_put_text(w, "peer", log->peer[i].name);
		api_put_u64(w, "size", log->peer[i].size);
		api_put_time(w, "at", log->peer[i].at);
		json_end_object(w);
	}
	json_end_array(w);
	json_end_object(w);
	return OK;
}

enum err
api_get_node(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct api *api = ctx;
	const struct realm_identity *id = realm_identity(api->realm);
	CLEANUP(realm_gate_givep) struct gate_ref *gate = realm_gate_take(api->realm);
	const struct gate *g = gate_of(gate);
	time_us now = clock_wall(realm_clock(api->realm));
	struct json_writer w = api_answer(ret);

	json_begin_object(&w);
	api_put_text(&w, "name", id->name);
	api_put_text(&w, "realm", id->realm);
	api_put_text(&w, "party", id->party);
	api_put_text(&w, "organisation", id->organisation);
	api_put_text(&w, "display", id->display);
	TRY(print_log(api, &w, req->arena, why));
	api_begin_array(&w, "agreements");
	for (size_t i = 0; i < g->agreements; i++) {
		json_begin_object(&w);
		api_print_standing(&w, g->standing[i], now);
		json_end_object(&w);
	}
	json_end_array(&w);
	api_put_text(&w, "version", str_of(api->version));
	api_put_time(&w, "now", now);
	json_end_object(&w);
	return OK;
}
