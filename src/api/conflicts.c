/* Versions of which several contents came: which is served, and in what they differ. */
#include "conflict.h"
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
	struct stored stored;

	TRY(db_pool_take(realm_readers(api->realm), &lease, why));
	TRY(store_conflicts(lease.db, a, &q, &list, why));
	if (list.len == 0)
		TRY(store_latest_of(lease.db, a, q.id, &of, &stored, why));
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
	json_end_object(&w);
	return OK;
}
