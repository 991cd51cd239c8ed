/* Source policies: what an object without a marking counts as. */
#include "handlers_p.h"

static void
print_source(struct json_writer *w, const struct source_policy *p)
{
	json_begin_object(w);
	api_put_text(w, "source", p->source);
	api_put_u64(w, "version", p->version);
	api_put_text(w, "marking", str_of(tlp_name(p->marking)));
	api_put_text(w, "same_version", str_of(source_same_name(p->same_version)));
	api_put_text(w, "reason", p->reason);
	api_put_hash(w, "hash", &p->hash);
	json_end_object(w);
}

enum err
api_get_sources(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct api *api = ctx;
	CLEANUP(realm_gate_givep) struct gate_ref *gate = realm_gate_take(api->realm);
	const struct gate *g = gate_of(gate);
	struct json_writer w = api_answer(ret);

	(void)req;
	(void)why;
	json_begin_object(&w);
	api_begin_array(&w, "sources");
	for (size_t i = 0; i < g->sources; i++)
		print_source(&w, g->source[i]);
	json_end_array(&w);
	json_end_object(&w);
	return OK;
}

enum err
api_post_source(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct api *api = ctx;
	const struct source_policy *p = NULL;

	TRY(source_policy_parse(req->arena, req->body, &p, why));
	TRY(realm_source_set(api->realm, req->body, req->principal.id, why));
	realm_changed(api->realm);
	struct json_writer w = api_answer(ret);
	print_source(&w, p);
	return api_done(ret, 201);
}
