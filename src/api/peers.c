/* The nodes of our partners, and how they come to know us. */
#include "handlers_p.h"
#include "jcs.h"

enum { INVITATION_MAX = 64 * KIB }; /* names, keys and one URL */

/* ---- our own invitation ---- */

enum err
api_get_invitation(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct api *api = ctx;
	struct str text = { 0 };
	char words[FINGERPRINT_TEXT_MAX], digits[FINGERPRINT_TEXT_MAX];

	TRY(invitation_make(api->realm, req->arena, &text, why));
	struct hash fingerprint = invitation_fingerprint(text);
	fingerprint_words(&fingerprint, words);
	fingerprint_digits(&fingerprint, digits);
	struct json_writer w = api_answer(ret);
	json_begin_object(&w);
	json_put_raw(json_key(&w, S("invitation")), text);
	api_begin_object(&w, "fingerprint");
	api_put_text(&w, "words", str_of(words));
	api_put_text(&w, "digits", str_of(digits));
	json_end_object(&w);
	json_end_object(&w);
	return OK;
}

/* ---- peers ---- */

static const char list_pulls[] =
    "SELECT collection, at, problem FROM pull WHERE peer = $1 ORDER BY collection";

static enum err
print_pulls(struct json_writer *w, struct db *db, struct str peer, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	TRY(db_select(db, &rows, why, list_pulls, DB_T(peer)));
	api_begin_array(w, "pulls");
	for (;;) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			break;
		json_begin_object(w);
		api_put_text(w, "collection", db_col_text(&rows, 0));
		api_put_time(w, "at", db_col_i64(&rows, 1));
		api_put_text(w, "problem", db_col_text(&rows, 2));
		json_end_object(w);
	}
	json_end_array(w);
	return OK;
}

static void
print_peer(struct json_writer *w, const struct peer *p)
{
	api_put_text(w, "name", p->name);
	api_put_text(w, "party", p->party);
	api_put_text(w, "kind", p->kind);
	api_put_text(w, "url", p->url);
	api_put_text(w, "identity", p->identity);
	api_put_hash(w, "tls_pin", &p->tls_pin);
	api_put_text(w, "log_key", p->log_key);
	api_put_text(w, "witness_key", p->witness_key);
	api_put_time(w, "verified_at", p->verified_at);
	api_put_time(w, "added_at", p->added_at);
}

enum err
api_get_peers(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct api *api = ctx;
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };
	struct peer *peers = NULL;
	size_t n = 0;

	TRY(db_pool_take(realm_readers(api->realm), &lease, why));
	TRY(store_peers(lease.db, req->arena, &peers, &n, why));
	struct json_writer w = api_answer(ret);
	json_begin_object(&w);
	api_begin_array(&w, "peers");
	for (size_t i = 0; i < n; i++) {
		json_begin_object(&w);
		print_peer(&w, &peers[i]);
		TRY(print_pulls(&w, lease.db, peers[i].name, why));
		json_end_object(&w);
	}
	json_end_array(&w);
	json_end_object(&w);
	return OK;
}

/* The fingerprint is over the canonical bytes, however the JSON was sent on. */
enum err
api_post_peer(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct api *api = ctx;
	CLEANUP(buf_free) struct buf text = buf_new(INVITATION_MAX);
	struct peer_body body;
	struct peer peer = { 0 };

	TRY(api_read_peer(req->arena, req->body, &body, why));
	TRY(jcs_write(body.invitation, &text, why));
	TRY(buf_check(&text, "the invitation", why));
	TRY(invitation_accept(api->realm, buf_str(&text), body.fingerprint, &peer, req->arena,
	    why));
	realm_changed(api->realm);
	struct json_writer w = api_answer(ret);
	json_begin_object(&w);
	print_peer(&w, &peer);
	json_end_object(&w);
	return api_done(ret, 201);
}

/* ---- working now ---- */

static void
print_round(const struct exchange_round *r, struct http_response *ret)
{
	struct json_writer w = api_answer(ret);

	json_begin_object(&w);
	api_put_u64(&w, "peers", r->peers);
	api_put_u64(&w, "unreachable", r->unreachable);
	api_put_u64(&w, "received", r->received);
	api_put_u64(&w, "same", r->same);
	api_put_u64(&w, "refused", r->refused);
	api_put_u64(&w, "receipts", r->receipts);
	api_put_u64(&w, "cosignatures", r->cosignatures);
	api_put_u64(&w, "recalls_answered", r->recalls_answered);
	api_put_u64(&w, "agreements", r->agreements);
	api_put_text(&w, "problem", str_of(r->problem));
	json_end_object(&w);
}

/* A node that serves has a worker, which is woken; else one round is done here. */
enum err
api_post_sync(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct api *api = ctx;
	CLEANUP(exchange_freep) struct exchange *here = NULL;
	struct exchange_config config = { .realm = api->realm, .every_ms = 1000 };
	struct exchange_round round = { 0 };

	TRY(api_read_nothing(req->arena, req->body, why));
	if (api->exchange != NULL) {
		exchange_wake(api->exchange);
		return api_done(ret, 202);
	}
	TRY(exchange_new(&config, &here, why));
	TRY(exchange_round(here, &round, why));
	print_round(&round, ret);
	return OK;
}
