/* What would leave, and why: nothing is released by looking. */
#include "handlers_p.h"
#include "whole.h"

/* One look at the gate.  It runs in the writer's transaction because possible
 * copies get their identifiers: the bytes shown are the bytes that leave. */
struct preview {
	struct release_ask ask;
	const struct agreement_decisions *decisions;
	struct agreement_request request;
	struct release_choice choice; /* what the order would name, and what it leaves out */
	const enum half *half;        /* of each item of the request */
};

/* Looks at exactly what is asked for. */
static enum err
run_look(struct db *db, void *arg, struct why *why)
{
	const struct api_job *job = arg;
	const struct release_job release = api_release_job(job, db);
	struct preview *p = job->out;

	TRY(release_preview(&release, &p->ask, &p->decisions, &p->request, why));
	return agreement_halves(job->arena, &p->request, &p->half, why);
}

/* The same, with what hangs on an incident. */
static enum err
run_preview(struct db *db, void *arg, struct why *why)
{
	const struct api_job *job = arg;
	const struct release_job release = api_release_job(job, db);
	struct preview *p = job->out;

	TRY(release_choose(&release, &p->ask, &p->choice, why));
	p->ask.ids = p->choice.ids;
	p->ask.id = p->choice.id;
	return run_look(db, arg, why);
}

/* Appends the decision's members and three of ours: the half of the incident,
 * the hash that an order or an approval is bound to, and the original, for the
 * page that shows both. */
static enum err
print_decision(struct json_writer *w, const struct preview *p, const struct agreement_decision *d,
    struct why *why)
{
	CLEANUP(buf_free) struct buf text = buf_new(HTTP_RESPONSE_MAX);
	struct json_writer inner = json_writer(&text);

	agreement_decision_write(&inner, &p->request, d, DECISION_SHOWN);
	TRY(buf_check(&text, "the decision", why));
	assert(text.len > 2 && text.ptr[text.len - 1] == '}');
	text.len--;
	inner = (struct json_writer){ .out = &text, .comma = true };
	api_put_text(&inner, "half", str_of(half_name(p->half[d->item - p->request.item])));
	api_put_hash(&inner, "bytes_sha256", &d->bytes_hash);
	api_put_text(&inner, "original", d->item->object.raw);
	buf_putc(&text, '}');
	TRY(buf_check(&text, "the decision", why));
	json_put_raw(w, buf_str(&text));
	return OK;
}

static void
print_choice(struct json_writer *w, const struct preview *p)
{
	const struct release_choice *c = &p->choice;

	api_put_text(w, "with", str_of(release_with_name(p->ask.with)));
	api_begin_array(w, "ids");
	for (size_t i = 0; i < c->ids; i++)
		json_put_str(w, c->id[i]);
	json_end_array(w);
	api_begin_array(w, "left_out");
	for (size_t i = 0; i < c->left; i++) {
		json_begin_object(w);
		api_put_text(w, "id", c->left_out[i].id);
		api_put_text(w, "half", str_of(half_name(c->left_out[i].half)));
		json_end_object(w);
	}
	json_end_array(w);
}

/* Enough to give the order: what is in it can be asked for one by one. */
static void
print_glance(struct json_writer *w, const struct agreement_decision *d)
{

	json_begin_object(w);
	api_put_text(w, "id", d->item->object.id);
	api_put_text(w, "outcome", str_of(outcome_name(d->outcome)));
	api_begin_array(w, "codes");
	for (size_t i = 0; i < d->codes; i++)
		json_put_str(w, d->code[i]);
	json_end_array(w);
	api_put_hash(w, "bytes_sha256", &d->bytes_hash);
	json_end_object(w);
}

static enum err
print_looks(struct json_writer *w, const struct preview *p, bool brief, struct why *why)
{
	for (size_t i = 0; i < p->decisions->len; i++) {
		if (brief)
			print_glance(w, &p->decisions->decision[i]);
		else
			TRY(print_decision(w, p, &p->decisions->decision[i], why));
	}
	return OK;
}

enum err
api_post_preview(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct api *api = ctx;
	CLEANUP(arena_freep) struct arena *a = arena_new(API_ARENA_MAX);
	CLEANUP(realm_gate_givep) struct gate_ref *gate = realm_gate_take(api->realm);
	struct preview p = { 0 };
	struct preview_body body;
	struct api_job job = api_job(api, req, NULL, &p);

	TRY(api_check_releaser(api, req, why));
	TRY(api_read_preview(req->arena, req->body, &body, why));
	p.ask = body.ask;
	p.ask.copy_time = job.now;
	p.ask.by = req->principal.id;
	job.arena = a;
	job.gate = gate_of(gate);
	TRY(realm_write(api->realm, run_preview, &job, why));
	struct json_writer w = api_answer(ret);
	json_begin_object(&w);
	api_put_time(&w, "at", p.ask.copy_time);
	api_put_text(&w, "recipient", p.request.to);
	print_choice(&w, &p);
	api_begin_array(&w, "decisions");
	TRY(print_looks(&w, &p, body.brief, why));
	json_end_array(&w);
	agreement_bundle_write(json_key(&w, S("bundle")), p.decisions->bundle);
	json_end_object(&w);
	return OK;
}

/* ---- explaining one object ---- */

static enum err
read_question(const struct http_request *req, struct str *ret_id, struct preview *p, time_us *io_at,
    struct why *why)
{
	struct str at = { 0 };

	TRY(api_query_text(req, "id", true, ret_id, why));
	TRY(api_query_text(req, "to", true, &p->ask.to, why));
	TRY(api_query_text(req, "purpose", true, &p->ask.purpose, why));
	TRY(api_query_text(req, "area", false, &p->ask.area, why));
	TRY(api_query_text(req, "at", false, &at, why));
	if (at.len > 0 && (!time_parse(at, io_at) || *io_at <= 0))
		return fail(why, ERR_INVALID, "api.query",
		    "at must be a time like 2026-11-22T03:04:05Z");
	p->ask.copy_time = *io_at;
	p->ask.channel = CHANNEL_OFFICER;
	p->ask.ids = 1;
	p->ask.id = ret_id;
	return OK;
}

enum err
api_get_explain(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct api *api = ctx;
	CLEANUP(arena_freep) struct arena *a = arena_new(API_ARENA_MAX);
	CLEANUP(realm_gate_givep) struct gate_ref *gate = realm_gate_take(api->realm);
	struct preview p = { 0 };
	struct str id = { 0 };
	struct api_job job = api_job(api, req, NULL, &p);

	TRY(api_check_releaser(api, req, why));
	TRY(read_question(req, &id, &p, &job.now, why));
	job.arena = a;
	job.gate = gate_of(gate);
	TRY(realm_write(api->realm, run_look, &job, why));
	const struct agreement_decision *d = agreement_decision_about(p.decisions, id);
	if (d == NULL)
		return fail(why, ERR_NOT_FOUND, "api.object", "there is no object " STR_FMT,
		    STR_ARG(id));
	struct json_writer w = api_answer(ret);
	return print_decision(&w, &p, d, why);
}
