/* Rule packs: the law of our own side. */
#include "dsse.h"
#include "handlers_p.h"

/* The members of a pack's row; the caller begins and ends the object. */
static void
print_pack(struct json_writer *w, const struct rule_pack *pack)
{
	api_put_text(w, "id", pack->id);
	api_put_u64(w, "version", pack->version);
	api_put_text(w, "party", pack->party);
	api_put_text(w, "sector", pack->sector);
	api_put_text(w, "owner", pack->owner);
	api_put_time(w, "review_on", pack->review_on);
	api_put_hash(w, "hash", &pack->hash);
	api_put_u64(w, "rules", pack->rules + pack->notes);
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
	for (size_t i = 0; i < g->packs; i++) {
		json_begin_object(&w);
		print_pack(&w, g->pack[i]);
		json_end_object(&w);
	}
	json_end_array(&w);
	json_end_object(&w);
	return OK;
}

enum err
api_get_pack(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct api *api = ctx;
	CLEANUP(realm_gate_givep) struct gate_ref *gate = realm_gate_take(api->realm);
	const struct gate *g = gate_of(gate);
	struct str id = http_param(req, "id");
	size_t i = 0;

	while (i < g->packs && !str_eq(g->pack[i]->id, id))
		i++;
	if (i == g->packs)
		return fail(why, ERR_NOT_FOUND, "pack.none", "no rule pack " STR_FMT " is active",
		    STR_ARG(id));
	struct json_writer w = api_answer(ret);
	json_begin_object(&w);
	print_pack(&w, g->pack[i]);
	json_put_raw(json_key(&w, S("document")), g->pack[i]->json->raw);
	json_end_object(&w);
	return OK;
}

/* The pack that became active: what is in force now under the id of the envelope. */
enum err
api_post_pack(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct api *api = ctx;
	const struct rule_pack *pack = NULL;
	struct dsse *dsse = arena_make(req->arena, struct dsse, 1);

	TRY(realm_pack_activate(api->realm, req->body, why));
	realm_changed(api->realm);
	TRY(dsse_parse(req->arena, req->body, dsse, why));
	TRY(rule_pack_parse(req->arena, dsse->payload, &pack, why));
	struct json_writer w = api_answer(ret);
	json_begin_object(&w);
	print_pack(&w, pack);
	json_end_object(&w);
	return api_done(ret, 201);
}
