/* Versions of which several contents came: which is served, in what they differ, and who said
 * which it is. */
#include "content.h"
#include "diff.h"
#include "handlers_p.h"

enum {
	LIST_PRESET = 100,
	OBJECT_MAX = 32,  /* of one object, each with its changes */
	VALUE_MAX = 1000, /* bytes of a value that are shown: enough to see what it is */
	CONFLICT_ARENA_MAX = 256 * MIB,
};

static void
print_conflict(struct json_writer *w, const struct conflict *c)
{
	api_put_text(w, "id", c->id);
	api_put_text(w, "version", c->version);
	api_put_text(w, "type", c->type);
	api_put_text(w, "outcome", c->outcome);
	api_put_text(w, "giver", c->giver);
	api_put_u64(w, "seen", c->seen);
	api_put_time(w, "first", c->first_at);
	api_put_time(w, "last", c->last_at);
	api_put_hash(w, "served_sha256", &c->served_hash);
	api_put_hash(w, "other_sha256", &c->aside_hash);
	api_put_text(w, "served_giver", c->served_giver);
	api_put_time(w, "served_at", c->served_at);
	if (c->chosen_at == 0)
		return;
	api_begin_object(w, "chosen");
	api_put_text(w, "by", c->chosen_by);
	api_put_time(w, "at", c->chosen_at);
	api_put_text(w, "reason", c->chosen_reason);
	json_end_object(w);
}

enum err
api_get_conflicts(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct api *api = ctx;
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };
	struct compartment of = api_compartment(api, req);
	struct conflict_query q = { .of = &of };
	struct conflict_list list;

	TRY(api_query_number(req, "limit", LIST_PRESET, CONFLICTS_MAX, &q.limit, why));
	TRY(db_pool_take(realm_readers(api->realm), &lease, why));
	TRY(store_conflicts(lease.db, req->arena, &q, &list, why));
	struct json_writer w = api_answer(ret);
	json_begin_object(&w);
	api_begin_array(&w, "conflicts");
	for (size_t i = 0; i < list.len; i++) {
		json_begin_object(&w);
		print_conflict(&w, &list.conflict[i]);
		json_end_object(&w);
	}
	json_end_array(&w);
	json_end_object(&w);
	return OK;
}

/* ---- one object ---- */

/* At most VALUE_MAX bytes, whole characters. */
static void
put_value(struct json_writer *w, const char *name, struct str value)
{
	size_t len = value.len < VALUE_MAX ? value.len : VALUE_MAX;

	while (len < value.len && len > 0 && ((unsigned char)value.ptr[len] & 0xc0) == 0x80)
		len--;
	if (value.len > 0)
		api_put_text(w, name, str_sub(value, 0, len));
}

static enum err
scan(struct arena *a, struct str raw, struct stix_object *ret, struct why *why)
{
	const struct json *tree = NULL;

	TRY(json_parse(a, raw, NULL, &tree, why));
	return stix_scan(tree, ret, why);
}

static enum err
print_changes(struct json_writer *w, struct arena *a, const struct conflict *c, struct why *why)
{
	struct stix_diff *d = arena_make(a, struct stix_diff, 1);
	struct stix_object served, other;

	if (d == NULL)
		return fail(why, ERR_LIMIT, "api.memory", STR_FMT " is too large to be compared",
		    STR_ARG(c->id));
	TRY(scan(a, c->served, &served, why));
	TRY(scan(a, c->aside, &other, why));
	TRY(stix_diff(&served, &other, a, d, why));
	api_begin_array(w, "changes");
	for (size_t i = 0; i < d->len; i++) {
		json_begin_object(w);
		api_put_text(w, "pointer", str_of(d->change[i].pointer));
		put_value(w, "served", d->change[i].before);
		put_value(w, "other", d->change[i].after);
		json_end_object(w);
	}
	json_end_array(w);
	api_put_u64(w, "changes_more", d->more);
	return OK;
}

static void
print_choices(struct json_writer *w, const struct choice_list *list)
{
	api_begin_array(w, "choices");
	for (size_t i = 0; i < list->len; i++) {
		const struct chosen *c = &list->choice[i];

		json_begin_object(w);
		api_put_text(w, "version", c->version);
		api_put_hash(w, "sha256", &c->content);
		api_put_hash(w, "instead_of", &c->instead);
		api_put_text(w, "by", c->account);
		api_put_time(w, "at", c->at);
		api_put_text(w, "reason", c->reason);
		json_end_object(w);
	}
	json_end_array(w);
}

enum err
api_get_object_conflicts(void *ctx, struct http_request *req, struct http_response *ret,
    struct why *why)
{
	const struct api *api = ctx;
	CLEANUP(arena_freep) struct arena *a = arena_new(CONFLICT_ARENA_MAX);
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };
	struct compartment of = api_compartment(api, req);
	const struct conflict_query q = { &of, http_param(req, "id"), OBJECT_MAX };
	struct conflict_list list;
	struct choice_list made;
	struct stored stored;

	TRY(db_pool_take(realm_readers(api->realm), &lease, why));
	TRY(store_conflicts(lease.db, a, &q, &list, why));
	if (list.len == 0)
		TRY(store_latest_of(lease.db, a, q.id, &of, &stored, why));
	TRY(store_choices(lease.db, a, &of, q.id, &made, why));
	struct json_writer w = api_answer(ret);
	json_begin_object(&w);
	api_begin_array(&w, "conflicts");
	for (size_t i = 0; i < list.len; i++) {
		json_begin_object(&w);
		print_conflict(&w, &list.conflict[i]);
		TRY(print_changes(&w, a, &list.conflict[i], why));
		json_end_object(&w);
	}
	json_end_array(&w);
	print_choices(&w, &made);
	json_end_object(&w);
	return OK;
}

/* ---- choosing ---- */

static enum err
read_choice(struct arena *a, struct str text, struct content_choice *ret, struct why *why)
{
	const struct json *root = NULL;
	struct str content;

	TRY(api_read_object(a, text, "version content reason", &root, why));
	TRY(api_read_text(root, "version", true, &ret->version, why));
	ret->version = stix_version_of(a, ret->version);
	TRY(api_read_text(root, "content", true, &content, why));
	TRY(api_read_text(root, "reason", true, &ret->reason, why));
	if (hash_parse(content, &ret->content))
		return OK;
	enum err err = fail(why, ERR_INVALID, "api.value",
	    "content must be the SHA-256 of its bytes, 64 hex digits");
	why_where(why, "/content");
	return err;
}

static enum err
run_choose(struct db *db, void *arg, struct why *why)
{
	const struct api_job *job = arg;
	const struct release_job release = api_release_job(job, db);

	return release_choose_content(&release, job->in, why);
}

enum err
api_choose_content(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct api *api = ctx;
	CLEANUP(realm_gate_givep) struct gate_ref *gate = realm_gate_take(api->realm);
	struct content_choice choice = {
		.of = api_compartment(api, req),
		.id = http_param(req, "id"),
		.account = req->principal.id,
	};

	TRY(read_choice(req->arena, req->body, &choice, why));
	struct api_job job = api_job(api, req, &choice, NULL);
	job.arena = req->arena;
	job.gate = gate_of(gate);
	TRY(realm_write(api->realm, run_choose, &job, why));
	api_settle(api);
	return api_done(ret, 204);
}
