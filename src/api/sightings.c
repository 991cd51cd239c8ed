/* "We saw this": counts and hours, no address and no host. */
#include "handlers_p.h"
#include "marking.h"
#include "uuid_make.h"

enum {
	SIGHTING_BYTES_MAX = 16 * KIB,
	SIGHTING_ARENA_MAX = 64 * MIB, /* the indicator with its markings, the import's result */
};

/* What the new object is made of. */
struct draft {
	struct db *db;
	struct arena *arena;
	struct str id;
	struct compartment of;
	struct str identity; /* public name of the node: creator, and where it was seen */
	enum tlp tlp;
	time_us now;
	const struct sighting_body *body;
};

static const struct stix_object *
find_definition(void *arg, struct str id)
{
	struct draft *d = arg;
	struct stored stored;
	const struct json *tree = NULL;
	struct stix_object *o = arena_make(d->arena, struct stix_object, 1);

	if (o == NULL || store_latest_of(d->db, d->arena, id, &d->of, &stored, NULL) != OK ||
	    json_parse(d->arena, stored.raw, NULL, &tree, NULL) != OK ||
	    stix_scan(tree, o, NULL) != OK)
		return NULL;
	return o;
}

/* AMBER, and never looser than what was seen. */
static enum err
read_marking(const struct api *api, const struct http_request *req, struct draft *d,
    struct why *why)
{
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };
	struct stored seen;
	const struct json *tree = NULL;
	struct stix_object object;
	struct marking_set set;

	TRY(db_pool_take(realm_readers(api->realm), &lease, why));
	d->db = lease.db;
	d->of = api_compartment(api, req);
	if (store_latest_of(lease.db, d->arena, d->body->indicator, &d->of, &seen, why) != OK)
		return fail(why, ERR_NOT_FOUND, "api.object", "there is no object " STR_FMT,
		    STR_ARG(d->body->indicator));
	if (!str_is(seen.type, "indicator"))
		return fail(why, ERR_INVALID, "api.value",
		    STR_FMT " is a " STR_FMT ", not an indicator", STR_ARG(seen.id),
		    STR_ARG(seen.type));
	TRY(json_parse(d->arena, seen.raw, NULL, &tree, why));
	TRY(stix_scan(tree, &object, why));
	marking_collect(&object, find_definition, d, &set);
	d->tlp = set.tlp > TLP_AMBER ? set.tlp : TLP_AMBER;
	return OK;
}

/* Times of a sighting say the hour and no more. */
static void
put_hour(struct json_writer *w, const char *name, time_us at)
{
	char text[TIME_TEXT_MAX];

	time_text_s(at - at % US_PER_H, text);
	api_put_text(w, name, str_of(text));
}

static void
put_list_of_one(struct json_writer *w, const char *name, struct str only)
{
	api_begin_array(w, name);
	json_put_str(w, only);
	json_end_array(w);
}

/* Members in the order of the canonical form. */
static struct str
write_sighting(const struct draft *d)
{
	CLEANUP(buf_free) struct buf out = buf_new(SIGHTING_BYTES_MAX);
	struct json_writer w = json_writer(&out);
	char now[TIME_TEXT_MAX];

	time_text(d->now, now);
	/* Milliseconds, as STIX writes times. */
	struct str stamp = arena_printf(d->arena, "%.23sZ", now);
	json_begin_object(&w);
	api_put_u64(&w, "count", d->body->count);
	api_put_text(&w, "created", stamp);
	api_put_text(&w, "created_by_ref", d->identity);
	put_hour(&w, "first_seen", d->body->first);
	api_put_text(&w, "id", d->id);
	put_hour(&w, "last_seen", d->body->last);
	api_put_text(&w, "modified", stamp);
	put_list_of_one(&w, "object_marking_refs", marking_tlp2_id(d->tlp));
	api_put_text(&w, "sighting_of_ref", d->body->indicator);
	api_put_text(&w, "spec_version", S("2.1"));
	api_put_text(&w, "type", S("sighting"));
	put_list_of_one(&w, "where_sighted_refs", d->identity);
	json_end_object(&w);
	return arena_str(d->arena, buf_str(&out));
}

static struct str
new_id(struct arena *a)
{
	struct uuid id = uuid_v4();
	char text[UUID_TEXT + 1];

	uuid_text(&id, text);
	return arena_printf(a, "sighting--%s", text);
}

enum err
api_post_sighting(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct api *api = ctx;
	CLEANUP(arena_freep) struct arena *a = arena_new(SIGHTING_ARENA_MAX);
	struct sighting_body body;
	struct import_result result;
	struct draft draft = {
		.arena = a,
		.id = new_id(a),
		.identity = realm_identity(api->realm)->redaction_identity,
		.now = clock_wall(realm_clock(api->realm)),
		.body = &body,
	};

	TRY(api_check_releaser(api, req, why));
	TRY(api_read_sighting(req->arena, req->body, &body, why));
	TRY(read_marking(api, req, &draft, why));
	struct api_import what = {
		.arena = a,
		.text = write_sighting(&draft),
		.source = S("sighting"),
	};
	TRY(api_import(api, req, &what, &result, why));
	if (result.new_versions != 1)
		return fail(why, ERR_INVALID, "api.sighting", "the sighting was refused: " STR_FMT,
		    STR_ARG(result.problems > 0 ? result.problem[0].message : S("")));
	return api_answer_id(ret, 201, "id", draft.id);
}
