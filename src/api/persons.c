/* Partners' people, and what was sealed for them. */
#include "dsse.h"
#include "fingerprint.h"
#include "handlers_p.h"
#include "person.h"

/* ---- cards ---- */

static void
print_person(struct json_writer *w, const struct release_person *p)
{
	json_begin_object(w);
	api_put_text(w, "fingerprint", p->fingerprint);
	api_put_text(w, "name", p->name);
	api_put_text(w, "organisation", p->organisation);
	api_put_text(w, "added_by", p->added_by);
	api_put_time(w, "added_at", p->added_at);
	api_put_text(w, "verified_by", p->verified_by);
	api_put_time(w, "verified_at", p->verified_at);
	api_put_time(w, "expires_at", p->expires_at);
	api_put_time(w, "revoked_at", p->revoked_at);
	json_end_object(w);
}

enum err
api_get_persons(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct api *api = ctx;
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };
	const struct release_person_query q = { .of = api_compartment(api, req) };
	struct release_person *list = NULL;
	size_t n = 0;

	TRY(db_pool_take(realm_readers(api->realm), &lease, why));
	TRY(release_persons(lease.db, req->arena, &q, &list, &n, why));
	struct json_writer w = api_answer(ret);
	json_begin_object(&w);
	api_begin_array(&w, "items");
	for (size_t i = 0; i < n; i++)
		print_person(&w, &list[i]);
	json_end_array(&w);
	json_end_object(&w);
	return OK;
}

static enum err
run_add(struct db *db, void *arg, struct why *why)
{
	const struct api_job *job = arg;
	const struct release_job release = api_release_job(job, db);

	return release_person_add(&release, job->in, job->out, why);
}

static enum err
run_card(struct db *db, void *arg, struct why *why)
{
	const struct api_job *job = arg;
	const struct release_job release = api_release_job(job, db);

	return release_card_sign(&release, job->in, job->out, why);
}

static enum err
run_verify(struct db *db, void *arg, struct why *why)
{
	const struct api_job *job = arg;
	const struct release_job release = api_release_job(job, db);

	return release_person_verify(&release, job->in, why);
}

static enum err
run_revoke(struct db *db, void *arg, struct why *why)
{
	const struct api_job *job = arg;
	const struct release_job release = api_release_job(job, db);

	return release_person_revoke(&release, job->in, why);
}

static enum err
run_received(struct db *db, void *arg, struct why *why)
{
	const struct api_job *job = arg;
	const struct release_job release = api_release_job(job, db);

	return release_envelope_received(&release, job->in, why);
}

static enum err
change(struct api_job *job, db_job_fn *fn, struct why *why)
{
	const struct api *api = job->api;
	CLEANUP(realm_gate_givep) struct gate_ref *gate = realm_gate_take(api->realm);

	TRY(api_check_releaser(api, job->req, why));
	job->arena = job->req->arena;
	job->gate = gate_of(gate);
	TRY(realm_write(api->realm, fn, job, why));
	api_settle(api);
	return OK;
}

enum err
api_post_person(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	struct person_body body;
	struct str fingerprint = { 0 };

	TRY(api_read_person(req->arena, req->body, &body, why));
	struct release_person_step step = {
		.card = body.card->raw,
		.heard = body.fingerprint,
		.account = req->principal.id,
	};
	struct api_job job = api_job(ctx, req, &step, &fingerprint);
	TRY(change(&job, run_add, why));
	return api_answer_id(ret, 201, "fingerprint", fingerprint);
}

enum err
api_verify_person(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	struct release_person_step step = {
		.fingerprint = http_param(req, "fingerprint"),
		.account = req->principal.id,
	};
	struct api_job job = api_job(ctx, req, &step, NULL);

	TRY(api_read_heard(req->arena, req->body, &step.heard, why));
	TRY(change(&job, run_verify, why));
	return api_done(ret, 204);
}

enum err
api_revoke_person(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	struct release_person_step step = {
		.fingerprint = http_param(req, "fingerprint"),
		.account = req->principal.id,
	};
	struct api_job job = api_job(ctx, req, &step, NULL);

	TRY(api_read_nothing(req->arena, req->body, why));
	TRY(change(&job, run_revoke, why));
	return api_done(ret, 204);
}

/* ---- what our party signs: cards of our people, envelopes ---- */

/* The envelope, and what is read to the partner on the telephone. */
static enum err
answer_signed(const struct http_request *req, struct str signed_text, struct http_response *ret,
    struct why *why)
{
	struct dsse e = { 0 };
	char words[FINGERPRINT_TEXT_MAX], digits[FINGERPRINT_TEXT_MAX];

	TRY(dsse_parse(req->arena, signed_text, &e, why));
	struct hash print = hash_of(e.payload);
	fingerprint_words(&print, words);
	fingerprint_digits(&print, digits);
	struct json_writer w = api_answer(ret);
	json_begin_object(&w);
	json_put_raw(json_key(&w, S("envelope")), signed_text);
	api_begin_object(&w, "fingerprint");
	api_put_text(&w, "words", str_of(words));
	api_put_text(&w, "digits", str_of(digits));
	json_end_object(&w);
	json_end_object(&w);
	return OK;
}

enum err
api_post_card(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct api *api = ctx;
	struct release_card card = { .account = req->principal.id };
	struct str text = { 0 };
	struct api_job job = api_job(api, req, &card, &text);

	TRY(api_read_card(req->arena, req->body, &card, why));
	TRY(realm_key(api->realm, KEY_AGREEMENT, &card.signer, why));
	TRY(change(&job, run_card, why));
	return answer_signed(req, text, ret, why);
}

static enum err
find_envelopes(const struct api *api, struct http_request *req,
    const struct release_envelope_query *q, struct release_envelope **ret, size_t *ret_len,
    struct why *why)
{
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };

	TRY(db_pool_take(realm_readers(api->realm), &lease, why));
	return release_envelopes(lease.db, req->arena, q, ret, ret_len, why);
}

enum err
api_get_envelopes(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct release_envelope_query q = { .of = api_compartment(ctx, req) };
	struct release_envelope *list = NULL;
	size_t n = 0;

	TRY(find_envelopes(ctx, req, &q, &list, &n, why));
	struct json_writer w = api_answer(ret);
	json_begin_object(&w);
	api_begin_array(&w, "items");
	for (size_t i = 0; i < n; i++) {
		json_begin_object(&w);
		api_put_text(&w, "order_id", list[i].order_id);
		api_put_u64(&w, "ordinal", list[i].ordinal);
		api_put_text(&w, "source_id", list[i].source_id);
		api_put_text(&w, "person", list[i].person);
		api_put_text(&w, "name", list[i].name);
		api_put_text(&w, "organisation", list[i].organisation);
		api_put_time(&w, "made_at", list[i].made_at);
		api_put_time(&w, "received_at", list[i].received_at);
		api_put_text(&w, "receipt", list[i].receipt);
		json_end_object(&w);
	}
	json_end_array(&w);
	json_end_object(&w);
	return OK;
}

static enum err
read_place(const struct http_request *req, uint64_t *ret, struct why *why)
{
	if (!str_to_u64(http_param(req, "ordinal"), SELECTION_MAX, ret))
		return fail(why, ERR_NOT_FOUND, "envelope.unknown",
		    "the place of an item in its order is a number up to %d", SELECTION_MAX);
	return OK;
}

static enum err
sign_envelope(struct arena *a, struct str body, const struct sign_key *key, struct str *ret,
    struct why *why)
{
	CLEANUP(buf_free) struct buf out = buf_new(DSSE_BYTES_MAX);
	struct dsse e = { .payload_type = S(PERSON_ENVELOPE_TYPE), .payload = body };

	TRY(dsse_sign(&e, key, a, why));
	TRY(dsse_write(&e, &out, why));
	*ret = arena_str(a, buf_str(&out));
	return OK;
}

/* It leaves now, whenever it was sealed. */
static enum err
check_envelope(const struct api *api, struct http_request *req, const struct release_envelope *e,
    struct why *why)
{
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };
	CLEANUP(realm_gate_givep) struct gate_ref *gate = realm_gate_take(api->realm);
	struct api_job job = api_job(api, req, NULL, NULL);

	TRY(db_pool_take(realm_readers(api->realm), &lease, why));
	job.arena = req->arena;
	job.gate = gate_of(gate);
	const struct release_job release = api_release_job(&job, lease.db);
	return release_envelope_check(&release, e, why);
}

enum err
api_get_envelope(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct api *api = ctx;
	struct str text = { 0 };
	struct release_envelope_query q = {
		.of = api_compartment(api, req),
		.order_id = http_param(req, "order"),
	};
	struct release_envelope *list = NULL;
	size_t n = 0;

	TRY(read_place(req, &q.ordinal, why));
	TRY(find_envelopes(api, req, &q, &list, &n, why));
	if (n == 0)
		return fail(why, ERR_NOT_FOUND, "envelope.unknown", "there is no such envelope");
	if (list[0].body.len == 0)
		return fail(why, ERR_NOT_FOUND, "envelope.purged",
		    "what was in this envelope was purged");
	TRY(check_envelope(api, req, &list[0], why));
	const struct sign_key *key = NULL;
	TRY(realm_key(api->realm, KEY_AGREEMENT, &key, why));
	TRY(sign_envelope(req->arena, list[0].body, key, &text, why));
	return answer_signed(req, text, ret, why);
}

enum err
api_post_receipt(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	struct release_envelope_receipt r = {
		.order_id = http_param(req, "order"),
		.account = req->principal.id,
	};
	struct api_job job = api_job(ctx, req, &r, NULL);

	TRY(read_place(req, &r.ordinal, why));
	TRY(api_read_text_body(req->arena, req->body, &r.text, why));
	TRY(change(&job, run_received, why));
	return api_done(ret, 204);
}
