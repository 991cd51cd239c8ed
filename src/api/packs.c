/* Rule packs: the law of our own side. */
#include "dsse.h"
#include "handlers_p.h"
#include "pack_trial.h"

enum { PACK_TRIAL_DAYS = 90 }; /* a quarter: what is fresh in memory */

/* The members of a pack's row; the caller begins and ends the object. */
static void
print_pack(struct json_writer *w, const struct rule_pack *pack, bool earlier)
{
	api_put_text(w, "id", pack->id);
	api_put_u64(w, "version", pack->version);
	api_put_text(w, "party", pack->party);
	api_put_text(w, "sector", pack->sector);
	api_put_text(w, "owner", pack->owner);
	api_put_time(w, "review_on", pack->review_on);
	api_put_hash(w, "hash", &pack->hash);
	api_put_u64(w, "rules", pack->rules + pack->notes);
	api_put_flag(w, "earlier_key", earlier);
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
		print_pack(&w, g->pack[i], g->pack_earlier[i]);
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
	print_pack(&w, g->pack[i], g->pack_earlier[i]);
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
	print_pack(&w, pack, false);
	json_end_object(&w);
	return api_done(ret, 201);
}

/* Another key in the stead of the one that signs packs. */
enum err
api_post_rules_key(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct api *api = ctx;
	const struct rules_key_change change = {
		.envelope = req->body,
		.account = req->principal.id,
		.owner = req->listener == HTTP_CONTROL && req->principal.data == NULL,
	};

	TRY(realm_rules_key_replace(api->realm, &change, why));
	realm_changed(api->realm);
	return api_done(ret, 204);
}

/* ---- what a pack would change ---- */

static void
print_shift(struct json_writer *w, const struct pack_shift *s)
{
	json_begin_object(w);
	api_put_text(w, "way", s->way > 0 ? S("stricter") : S("looser"));
	api_put_text(w, "id", s->source_id);
	api_put_text(w, "version", s->version);
	api_put_text(w, "recipient", s->recipient);
	api_put_text(w, "state", s->state);
	api_put_text(w, "before", str_of(outcome_name(s->before)));
	api_put_text(w, "after", str_of(outcome_name(s->after)));
	api_put_words(w, "codes", s->codes);
	api_put_text(w, "order_id", s->order_id);
	api_put_i64(w, "ordinal", s->ordinal);
	json_end_object(w);
}

static void
print_trial(struct json_writer *w, const struct pack_trial *t)
{
	json_begin_object(w);
	api_put_u64(w, "decisions", t->decisions);
	api_put_u64(w, "stricter", t->stricter);
	api_put_u64(w, "looser", t->looser);
	api_put_u64(w, "from_content", t->from_content);
	api_put_u64(w, "from_facts", t->from_facts);
	api_put_u64(w, "not_known", t->not_known);
	api_put_flag(w, "more", t->more);
	api_begin_array(w, "changes");
	for (size_t i = 0; i < t->shifts; i++)
		print_shift(w, &t->shift[i]);
	json_end_array(w);
	json_end_object(w);
}

/* Over how long, and as of when. */
static enum err
read_trial(const struct api *api, const struct http_request *req, struct pack_trial_ask *ret,
    struct why *why)
{
	uint64_t days = 0;
	struct str at = { 0 };
	time_us now = clock_wall(realm_clock(api->realm));

	TRY(api_query_number(req, "days", PACK_TRIAL_DAYS, PACK_TRIAL_DAYS_MAX, &days, why));
	TRY(api_query_text(req, "at", false, &at, why));
	ret->of = api_compartment(api, req);
	ret->since = now - (time_us)days * US_PER_DAY;
	ret->at = now;
	if (at.len > 0 && !time_parse(at, &ret->at))
		return fail(why, ERR_INVALID, "api.query",
		    "at must be an instant like 2027-05-13T00:00:00Z");
	return OK;
}

/* With a pack: what it would change.  Without: what the active ones would decide
 * less strictly than it was decided, the candidates for new orders. */
enum err
api_test_pack(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct api *api = ctx;
	struct pack_trial *trial = arena_make(req->arena, struct pack_trial, 1);
	struct pack_trial_ask ask = { 0 };

	if (trial == NULL)
		return fail(why, ERR_LIMIT, "api.memory", "no memory is left");
	TRY(read_trial(api, req, &ask, why));
	if (req->body.len > 0)
		TRY(rule_pack_parse(req->arena, req->body, &ask.pack, why));
	TRY(realm_pack_trial(api->realm, &ask, req->arena, trial, why));
	struct json_writer w = api_answer(ret);
	print_trial(&w, trial);
	return OK;
}
