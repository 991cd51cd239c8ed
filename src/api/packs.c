/* Rule packs: the law of our own side. */
#include "handlers_p.h"

static void
print_pack(struct json_writer *w, const struct rule_pack *pack)
{
	json_begin_object(w);
	api_put_text(w, "id", pack->id);
	api_put_u64(w, "version", pack->version);
	api_put_text(w, "party", pack->party);
	api_put_hash(w, "hash", &pack->hash);
	api_put_u64(w, "rules", pack->rules);
	json_end_object(w);
}

enum err
api_get_packs(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct api *api = ctx;
	CLEANUP(realm_gate_givep) struct gate_ref *gate = realm_gate_take(api->realm);
	const struct gate *g = gate_of(gate);
	struct json_writer w = api_answer(ret);

	(void)req;
	(void)why;
	json_begin_object(&w);
	api_begin_array(&w, "packs");
	for (size_t i = 0; i < g->packs; i++)
		print_pack(&w, g->pack[i]);
	json_end_array(&w);
	json_end_object(&w);
	return OK;
}

/* The answer names what was activated: the id stands in the text itself. */
enum err
api_post_pack(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct api *api = ctx;
	const struct rule_pack *pack = NULL;

	TRY(rule_pack_parse(req->arena, req->body, &pack, why));
	TRY(realm_pack_activate(api->realm, req->body, why));
	realm_changed(api->realm);
	struct json_writer w = api_answer(ret);
	print_pack(&w, pack);
	return api_done(ret, 201);
}
