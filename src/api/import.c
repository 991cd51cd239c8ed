/* Import: what comes in stays in; nothing leaves by this. */
#include "handlers_p.h"
#include "stix1.h"
#include "stix20.h"

struct import_in {
	const struct api *api;
	struct arena *arena;
	struct import_request request;
	struct import_result result;
};

/* ---- objects of STIX 2.0 ---- */

static enum err
list_changes(const struct stix20 *s, struct arena *a, struct import_converted *ret, struct why *why)
{
	struct import_change *list = arena_make(a, struct import_change, s->changes);

	if (list == NULL && s->changes > 0)
		return fail(why, ERR_LIMIT, "stix20.memory",
		    "the object changes in too many places");
	for (size_t i = 0; i < s->changes; i++) {
		list[i].what = stix20_what_name(s->change[i].what);
		list[i].pointer = s->change[i].pointer;
		list[i].message = s->change[i].message;
	}
	ret->change = list;
	ret->changes = s->changes;
	ret->changes_more = s->changes_more;
	return OK;
}

static enum err
convert_element(const struct json *tree, struct arena *a, struct import_converted *ret,
    struct why *why)
{
	struct stix20 s;

	*ret = (struct import_converted){ .format = "stix-2.0" };
	if (!stix20_is(tree))
		return OK;
	TRY(stix20_convert(tree, a, &s, why));
	ret->object = s.object;
	ret->made = s.made;
	ret->made_len = s.made_len;
	return list_changes(&s, a, ret, why);
}

/* ---- the import ---- */

/* Outside of a transaction: an import commits in steps of its own. */
static enum err
run_import(struct db *db, void *arg, struct why *why)
{
	struct import_in *in = arg;

	return store_import(db, in->arena, &in->request, &in->result, why);
}

/* Each compartment has a local collection of its own, from its first account on. */
enum err
api_ensure_local(struct db *db, struct arena *a, const struct compartment *of, int64_t *ret,
    struct why *why)
{
	struct collection local = {
		.alias = S("local"),
		.kind = COLLECTION_LOCAL,
		.title = S("Own objects"),
		.description = S("What this organisation imported; nothing here has left"),
		.owner = of->organisation,
		.enclave = compartment_home(of),
		.can_write = true,
	};

	TRY(store_collection_ensure(db, a, &local, why));
	*ret = local.shard_key;
	return OK;
}

static enum err
run_ensure(struct db *db, void *arg, struct why *why)
{
	struct import_in *in = arg;
	const struct compartment of = {
		.organisation = in->request.provenance.owner,
		.enclaves = in->request.provenance.enclave,
	};

	return api_ensure_local(db, in->arena, &of, &in->request.shard_key, why);
}

/* A name without a policy is a slip of the pen, or nothing would come of it. */
static enum err
check_named(const struct api *api, struct import_request *request, struct why *why)
{
	struct str named = request->named;
	CLEANUP(realm_gate_givep) struct gate_ref *gate = realm_gate_take(api->realm);
	const struct gate *g = gate_of(gate);

	request->same_version = release_same_version(g, named);
	for (size_t i = 0; i < g->sources; i++) {
		if (str_eq(g->source[i]->source, named))
			return OK;
	}
	return named.len == 0 ? OK
	                      : fail(why, ERR_NOT_FOUND, "source.unknown",
	                            "no policy of a source \"" STR_FMT
	                            "\" is in force: set one, or import without it",
	                            STR_ARG(named));
}

/* The last part of a path: where a file lies is nobody else's business. */
static struct str
base_name(struct str path)
{
	for (size_t i = path.len; i > 0; i--) {
		if (path.ptr[i - 1] == '/')
			return str_sub(path, i, path.len);
	}
	return path;
}

/* Who refers to whom, so that sightings and ties are seen at once. */
static enum err
note_import(struct db *db, void *arg, struct why *why)
{
	const struct api_job *job = arg;
	const struct import_in *in = job->in;
	const struct import_result *r = &in->result;

	TRY(store_refs_catch_up(db, why));
	const struct event event = {
		.at = job->now,
		.name = S("import.done"),
		.owner = in->request.provenance.owner,
		.enclave = in->request.provenance.enclave,
		.subject = base_name(in->request.source),
		.detail = arena_printf(in->arena,
		    "{\"new\":%" PRIu64 ",\"refused\":%" PRIu64 ",\"same\":%" PRIu64 "}",
		    r->new_versions, r->refused, r->same),
	};
	return store_event(db, &event, why);
}

enum err
api_import(const struct api *api, const struct http_request *req, const struct api_import *what,
    struct import_result *ret, struct why *why)
{
	struct import_in in = {
		.api = api,
		.arena = what->arena,
		.request = {
			.text = what->text,
			.source = what->source,
			.named = what->named,
			.warnings = what->warnings,
			.convert = convert_element,
			.actor = req->principal.id.len > 0 ? req->principal.id : S("control"),
			.now = clock_wall(realm_clock(api->realm)),
			.provenance = {
				.owner = api_organisation(api, req),
				.enclave = api_enclave(api, req),
				.originator = api_organisation(api, req),
			},
		},
	};
	struct api_job job = api_job(api, req, &in, NULL);

	TRY(stix1_refuse(what->text, why));
	TRY(check_named(api, &in.request, why));
	TRY(realm_write(api->realm, run_ensure, &in, why));
	TRY(realm_with_writer(api->realm, run_import, &in, why));
	TRY(realm_write(api->realm, note_import, &job, why));
	realm_changed(api->realm);
	*ret = in.result;
	return OK;
}

static void
print_problem(struct json_writer *w, const struct import_problem *p)
{
	json_begin_object(w);
	api_put_u64(w, "index", p->index);
	api_put_text(w, "id", p->id);
	api_put_text(w, "pointer", p->pointer);
	api_put_text(w, "rule", p->rule);
	api_put_text(w, "message", p->message);
	api_put_text(w, "level", str_of(stix_level_name(p->level)));
	json_end_object(w);
}

static void
print_change(struct json_writer *w, const struct import_change *c)
{
	json_begin_object(w);
	api_put_u64(w, "index", c->index);
	api_put_text(w, "id", c->id);
	api_put_text(w, "what", str_of(c->what));
	api_put_text(w, "pointer", c->pointer);
	api_put_text(w, "message", c->message);
	json_end_object(w);
}

static void
print_result(const struct import_result *r, struct http_response *ret)
{
	struct json_writer w = api_answer(ret);

	json_begin_object(&w);
	api_put_i64(&w, "import_id", r->import_id);
	api_put_u64(&w, "read", r->read);
	api_put_u64(&w, "new", r->new_versions);
	api_put_u64(&w, "same", r->same);
	api_put_u64(&w, "refused", r->refused);
	api_put_u64(&w, "kept", r->kept);
	api_put_u64(&w, "differing", r->differing);
	api_begin_array(&w, "problems");
	for (size_t i = 0; i < r->problems; i++)
		print_problem(&w, &r->problem[i]);
	json_end_array(&w);
	api_put_u64(&w, "problems_more", r->problems_more);
	api_put_u64(&w, "converted", r->converted);
	api_put_u64(&w, "made", r->made);
	api_begin_array(&w, "changes");
	for (size_t i = 0; i < r->changes; i++)
		print_change(&w, &r->change[i]);
	json_end_array(&w);
	api_put_u64(&w, "changes_more", r->changes_more);
	json_end_object(&w);
}

enum err
api_post_import(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(API_ARENA_MAX);
	struct api_import what = { .arena = a, .text = req->body };
	struct str warnings = S("");
	struct import_result result;

	TRY(api_query_text(req, "source", true, &what.source, why));
	TRY(api_query_text(req, "named", false, &what.named, why));
	TRY(api_query_text(req, "warnings", false, &warnings, why));
	if (warnings.len > 0 && !str_is(warnings, "true") && !str_is(warnings, "false"))
		return fail(why, ERR_INVALID, "api.query", "warnings is true or false");
	what.warnings = str_is(warnings, "true");
	TRY(api_import(ctx, req, &what, &result, why));
	print_result(&result, ret);
	return OK;
}
