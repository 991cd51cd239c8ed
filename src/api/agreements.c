/* Agreements: what is in force, and what the administrator signs. */
#include "dsse.h"
#include "handlers_p.h"
#include "jcs.h"

/* ---- showing ---- */

static void
print_signers(struct json_writer *w, const struct standing *s)
{
	api_begin_array(w, "signed_by");
	for (size_t i = 0; i < s->agreement->parties; i++) {
		if ((s->signed_mask & (UINT32_C(1) << i)) != 0)
			json_put_str(w, s->agreement->party[i].code);
	}
	json_end_array(w);
}

/* What statements changed: the end of the term, approvals, delegates, what is closed. */
static void
print_life(struct json_writer *w, const struct standing *s)
{
	const struct agreement *g = s->agreement;

	if (standing_end(s) != TIME_NEVER)
		api_put_time(w, "ends_at", standing_end(s));
	api_begin_array(w, "approved_by");
	for (size_t i = 0; i < g->parties; i++) {
		if ((s->approved_mask >> i & 1) != 0)
			json_put_str(w, g->party[i].code);
	}
	json_end_array(w);
	api_begin_array(w, "enacted_by");
	for (size_t i = 0; i < g->parties; i++) {
		if (s->enacted_by[i].len == 0)
			continue;
		json_begin_object(w);
		api_put_text(w, "party", g->party[i].code);
		api_put_text(w, "delegate", s->enacted_by[i]);
		api_put_text(w, "authority", s->enacted_under[i]);
		json_end_object(w);
	}
	json_end_array(w);
	api_begin_array(w, "suspended_categories");
	for (size_t i = 0; i < g->categories; i++) {
		if ((s->closed_categories >> i & 1) != 0)
			json_put_str(w, g->category[i].code);
	}
	json_end_array(w);
}

/* What is in dispute, and by when each step of the agreement is due. */
static void
print_disputes(struct json_writer *w, const struct standing *s)
{
	api_begin_array(w, "disputes");
	for (size_t i = 0; i < s->disputes; i++) {
		const struct dispute_terms *terms = &s->agreement->dispute;
		const struct dispute *d = &s->dispute[i];

		json_begin_object(w);
		api_put_text(w, "scope", d->scope);
		api_put_text(w, "party", d->party);
		api_put_text(w, "about", d->about);
		api_put_time(w, "at", d->at);
		api_put_flag(w, "frozen", terms->interim_freeze);
		api_begin_array(w, "steps");
		for (size_t k = 0; k < terms->steps; k++) {
			json_begin_object(w);
			api_put_text(w, "step", terms->step[k].step);
			api_put_time(w, "by", d->at + (time_us)terms->step[k].days * US_PER_DAY);
			json_end_object(w);
		}
		json_end_array(w);
		json_end_object(w);
	}
	json_end_array(w);
}

static void
print_parties(struct json_writer *w, const struct agreement *g)
{
	api_begin_array(w, "parties");
	for (size_t i = 0; i < g->parties; i++) {
		const struct party *p = &g->party[i];

		json_begin_object(w);
		api_put_text(w, "code", p->code);
		api_put_text(w, "name", p->name);
		api_put_text(w, "node", p->node);
		api_begin_array(w, "organisations");
		for (size_t k = 0; k < p->organisations; k++) {
			json_begin_object(w);
			api_put_text(w, "code", p->organisation[k].code);
			api_put_text(w, "name", p->organisation[k].name);
			api_put_flag(w, "state_body", p->organisation[k].state_body);
			json_end_object(w);
		}
		json_end_array(w);
		json_end_object(w);
	}
	json_end_array(w);
}

static void
print_codes(struct json_writer *w, const struct agreement *g)
{
	api_begin_array(w, "areas");
	for (size_t i = 0; i < g->areas; i++)
		json_put_str(w, g->area[i].code);
	json_end_array(w);
	api_begin_array(w, "purposes");
	for (size_t i = 0; i < g->purposes; i++)
		json_put_str(w, g->purpose[i].code);
	json_end_array(w);
	api_begin_array(w, "legal_bases");
	for (size_t i = 0; i < g->legal_bases; i++)
		json_put_str(w, g->legal_basis[i].code);
	json_end_array(w);
	api_begin_array(w, "categories");
	for (size_t i = 0; i < g->categories; i++)
		json_put_str(w, g->category[i].code);
	json_end_array(w);
}

void
api_print_standing(struct json_writer *w, const struct standing *s, time_us now)
{
	struct standing_reason reason = { .code = "" };
	bool open = standing_in_force(s, S(""), now, &reason);

	api_put_text(w, "id", s->agreement->id);
	api_put_u64(w, "version", s->agreement->version);
	api_put_flag(w, "open", open);
	api_put_text(w, "reason", open ? S("") : str_of(reason.code));
	api_put_text(w, "reason_text", open ? S("") : str_of(reason.text));
}

static void
print_agreement(struct json_writer *w, const struct standing *s, time_us now)
{
	const struct agreement *g = s->agreement;

	json_begin_object(w);
	api_print_standing(w, s, now);
	api_put_text(w, "title", g->title);
	api_put_flag(w, "model", agreement_is_model(g));
	api_put_hash(w, "hash", &g->hash);
	api_put_time(w, "in_force_from", g->in_force_from);
	api_put_time(w, "expires_on", g->expires_on);
	print_life(w, s);
	print_signers(w, s);
	api_begin_array(w, "suspended_areas");
	for (size_t i = 0; i < s->suspended_areas; i++)
		json_put_str(w, s->suspended_area[i]);
	json_end_array(w);
	print_disputes(w, s);
	print_parties(w, g);
	print_codes(w, g);
	json_end_object(w);
}

enum err
api_get_agreements(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct api *api = ctx;
	CLEANUP(realm_gate_givep) struct gate_ref *gate = realm_gate_take(api->realm);
	const struct gate *g = gate_of(gate);
	time_us now = clock_wall(realm_clock(api->realm));
	struct json_writer w = api_answer(ret);

	(void)req;
	(void)why;
	json_begin_object(&w);
	api_begin_array(&w, "agreements");
	for (size_t i = 0; i < g->agreements; i++)
		print_agreement(&w, g->standing[i], now);
	json_end_array(&w);
	json_end_object(&w);
	return OK;
}

/* The newest version with this id that all have signed; else the newest draft. */
static const struct standing *
find_agreement(const struct gate *g, struct str id)
{
	const struct standing *found = NULL;

	for (size_t i = 0; i < g->agreements; i++) {
		const struct standing *s = g->standing[i];

		if (!str_eq(s->agreement->id, id))
			continue;
		if (s->signed_by == s->agreement->parties)
			return s;
		if (found == NULL)
			found = s;
	}
	return found;
}

enum err
api_get_agreement(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct api *api = ctx;
	CLEANUP(realm_gate_givep) struct gate_ref *gate = realm_gate_take(api->realm);
	struct str id = http_param(req, "id");
	const struct standing *s = find_agreement(gate_of(gate), id);

	if (s == NULL)
		return fail(why, ERR_NOT_FOUND, "agreement.none",
		    "there is no agreement " STR_FMT " here", STR_ARG(id));
	struct json_writer w = api_answer(ret);
	json_begin_object(&w);
	api_print_standing(&w, s, clock_wall(realm_clock(api->realm)));
	api_put_text(&w, "title", s->agreement->title);
	api_put_flag(&w, "model", agreement_is_model(s->agreement));
	if (agreement_is_model(s->agreement))
		api_put_text(&w, "notice", S(MODEL_NOTICE));
	api_put_hash(&w, "hash", &s->agreement->hash);
	print_disputes(&w, s);
	json_put_raw(json_key(&w, S("document")), s->agreement->json->raw);
	json_end_object(&w);
	return OK;
}

/* ---- taking what others signed ---- */

enum err
api_post_agreement(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct api *api = ctx;
	struct dsse *envelope = arena_make(req->arena, struct dsse, 1);
	bool statement = false;

	if (envelope == NULL)
		return fail(why, ERR_LIMIT, "api.memory", "the request is too large");
	TRY(dsse_parse(req->arena, req->body, envelope, why));
	statement = str_is(envelope->payload_type, STATEMENT_PAYLOAD_TYPE);
	if (!statement && !str_is(envelope->payload_type, AGREEMENT_PAYLOAD_TYPE))
		return fail(why, ERR_INVALID, "api.payload-type",
		    "the envelope holds \"" STR_FMT
		    "\", neither an agreement nor a statement about one",
		    STR_ARG(envelope->payload_type));
	TRY(statement ? realm_statement_add(api->realm, req->body, why)
	              : realm_agreement_add(api->realm, req->body, why));
	realm_changed(api->realm);
	return api_answer_id(ret, 201, "stored", statement ? S("statement") : S("agreement"));
}

/* ---- making and signing ---- */

static enum err
print_envelope(const struct api *api, struct str envelope, struct http_response *ret)
{
	realm_changed(api->realm);
	buf_put(http_body(ret, "application/json"), envelope);
	return OK;
}

static enum err
own_binding(const struct api *api, struct party_binding *ret, struct why *why)
{
	const struct realm_identity *id = realm_identity(api->realm);
	const struct sign_key *key = NULL;

	TRY(realm_key(api->realm, KEY_AGREEMENT, &key, why));
	*ret = (struct party_binding){
		.party = id->party,
		.node = id->name,
		.identity = id->redaction_identity,
		.key = sign_key_public(key),
	};
	return OK;
}

static enum err
peer_binding(const struct api *api, struct arena *a, struct str party, struct party_binding *ret,
    struct why *why)
{
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };
	struct peer peer;

	TRY(db_pool_take(realm_readers(api->realm), &lease, why));
	enum err err = store_peer_by_party(lease.db, a, party, &peer, why);
	if (err == ERR_NOT_FOUND)
		return fail(why, ERR_CONFLICT, "api.no-peer",
		    "no node of the party " STR_FMT " is known; add it as a peer first",
		    STR_ARG(party));
	TRY(err);
	*ret = (struct party_binding){
		.party = party,
		.node = peer.name,
		.identity = peer.identity,
	};
	memcpy(ret->key.byte, peer.agreement_key, VERIFY_KEY_BYTES);
	return OK;
}

/* Names and keys for the parties that the template leaves open. */
static enum err
fill_template(const struct api *api, struct arena *a, const struct json *template, struct buf *out,
    struct why *why)
{
	const struct json *parties = json_get(template, S("parties"));
	struct party_binding binding[PARTIES_MAX];
	struct str ours = realm_identity(api->realm)->party;
	size_t n = 0;

	for (const struct json *p = json_is(parties, JSON_ARRAY) ? parties->first : NULL; p != NULL;
	     p = p->next) {
		struct str code = json_str(json_get(p, S("code")));

		if (code.len == 0 || json_str(json_get(p, S("agreement_key"))).len > 0)
			continue;
		if (n == PARTIES_MAX)
			return fail(why, ERR_LIMIT, "api.list", "at most %d parties", PARTIES_MAX);
		TRY(str_eq(code, ours) ? own_binding(api, &binding[n], why)
		                       : peer_binding(api, a, code, &binding[n], why));
		n++;
	}
	return agreement_fill(a, template->raw, binding, n, out, why);
}

enum err
api_make_agreement(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct api *api = ctx;
	CLEANUP(buf_free) struct buf text = buf_new(DOCUMENT_BYTES_MAX);
	struct document_body body = { 0 };
	struct str envelope = { 0 };

	TRY(api_read_document(req->arena, req->body, &body, why));
	if (body.is_template)
		TRY(fill_template(api, req->arena, body.document, &text, why));
	else
		TRY(jcs_write(body.document, &text, why));
	TRY(buf_check(&text, "the agreement", why));
	TRY(realm_agreement_make(api->realm, buf_str(&text), req->arena, &envelope, why));
	return print_envelope(api, envelope, ret);
}

enum err
api_sign_agreement(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct api *api = ctx;
	struct str envelope = { 0 };

	TRY(api_read_nothing(req->arena, req->body, why));
	TRY(realm_agreement_sign(api->realm, http_param(req, "id"), req->arena, &envelope, why));
	return print_envelope(api, envelope, ret);
}

/* ---- closing and opening the door ---- */

static enum err
read_verb(struct str name, enum statement_verb *ret, struct why *why)
{
	if (statement_verb_parse(name, ret))
		return OK;
	return fail(why, ERR_NOT_FOUND, "api.verb",
	    "there is no verb " STR_FMT
	    "; write suspend, resume, terminate, approve, enact, renew, lapse, succeed, dispute or settle",
	    STR_ARG(name));
}

enum err
api_post_statement(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct api *api = ctx;
	struct statement_body body = { 0 };
	struct statement_wish wish = { .agreement = http_param(req, "id") };
	struct str envelope = { 0 };

	TRY(read_verb(http_param(req, "verb"), &wish.verb, why));
	TRY(api_read_statement(req->arena, req->body, &body, why));
	wish.scope = body.scope;
	wish.reason = body.reason;
	wish.act = body.act;
	wish.authority = body.authority;
	wish.until = body.until;
	TRY(realm_statement_make(api->realm, &wish, req->arena, &envelope, why));
	return print_envelope(api, envelope, ret);
}
