/* What we have: the list, and one object with all that is known about it. */
#include "handlers_p.h"
#include "marking.h"

enum {
	LIST_PRESET = 100,
	OBJECTS_MAX = 500, /* each is read and parsed for its name and marking */
	/* One object at a time with the definitions of its markings. */
	ROW_ARENA_MAX = 64 * MIB,
};

/* What a list of objects is made with. */
struct look {
	const struct api *api;
	struct db *db;
	const struct gate *gate;
	struct compartment of;
	struct arena *arena; /* of one row */
};

/* ---- name and marking, out of the bytes ---- */

static const struct stix_object *
find_definition(void *arg, struct str id)
{
	struct look *look = arg;
	struct stored stored;
	const struct json *tree = NULL;
	struct stix_object *o = arena_make(look->arena, struct stix_object, 1);

	if (o == NULL ||
	    store_latest_of(look->db, look->arena, id, &look->of, &stored, NULL) != OK ||
	    json_parse(look->arena, stored.raw, NULL, &tree, NULL) != OK ||
	    stix_scan(tree, o, NULL) != OK)
		return NULL;
	return o;
}

/* What a person calls it: a name, a value, a pattern, else nothing. */
static struct str
name_of(const struct json *tree)
{
	static const char *const members[] = { "name", "value", "pattern", "opinion", "abstract",
		"relationship_type", "path", "subject" };

	for (size_t i = 0; i < COUNTOF(members); i++) {
		struct str text = json_str(json_get(tree, str_of(members[i])));
		if (text.len > 0)
			return text;
	}
	return S("");
}

static const char read_raw[] = "SELECT raw FROM object WHERE shard_key = $1 AND date_added = $2";

static enum err
load_raw(struct look *look, struct stored *s, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	if (s->raw.len > 0)
		return OK;
	TRY(db_select_one(look->db, &rows, why, read_raw, DB_I(s->shard_key), DB_I(s->date_added)));
	s->raw = arena_str(look->arena, db_col_blob(&rows, 0));
	if (s->raw.ptr == NULL)
		return fail(why, ERR_LIMIT, "api.memory", STR_FMT " is too large to be shown",
		    STR_ARG(s->id));
	return OK;
}

/* As a number and in words; null and "" where the object does not say. */
static void
print_confidence(struct json_writer *w, const struct json *tree)
{
	int64_t confidence = -1;

	if (json_get_i64(tree, S("confidence"), &confidence))
		api_put_i64(w, "confidence", confidence);
	else
		json_put_null(json_key(w, S("confidence")));
	api_put_text(w, "confidence_word", str_of(stix_confidence_word(confidence)));
}

static enum err
print_face(struct look *look, struct json_writer *w, const struct stored *s, struct why *why)
{
	const struct json *tree = NULL;
	struct stix_object object;
	struct marking_set set;

	TRY(json_parse(look->arena, s->raw, NULL, &tree, why));
	TRY(stix_scan(tree, &object, why));
	marking_collect(&object, find_definition, look, &set);
	api_put_text(w, "id", s->id);
	api_put_text(w, "type", s->type);
	api_put_text(w, "name", name_of(tree));
	api_put_text(w, "version", s->version);
	api_put_text(w, "modified", s->modified);
	api_put_text(w, "tlp", str_of(tlp_name(set.tlp)));
	print_confidence(w, tree);
	return OK;
}

/* ---- where it went ---- */

static const char list_released[] =
    "SELECT i.recipient, i.state FROM release_item i"
    " JOIN release_order o ON o.order_id = i.order_id WHERE i.source_id = $1"
    " AND " COMPARTMENT_HAS("o", "$2",
        "$3") " ORDER BY i.recipient, i.changed_at DESC, i.ordinal DESC";

/* The newest state of each recipient. */
static enum err
print_released(struct look *look, struct json_writer *w, struct str id, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	struct str last = { 0 };
	bool has = false;

	TRY(db_select(look->db, &rows, why, list_released, DB_T(id), DB_T(look->of.organisation),
	    DB_T(look->of.enclaves)));
	api_begin_array(w, "released");
	for (;;) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			break;
		if (str_eq(last, db_col_text(&rows, 0)))
			continue;
		last = arena_str(look->arena, db_col_text(&rows, 0));
		json_begin_object(w);
		api_put_text(w, "to", last);
		api_put_text(w, "state", db_col_text(&rows, 1));
		json_end_object(w);
	}
	json_end_array(w);
	return OK;
}

/* What the list and the page of one object share, without the braces. */
static enum err
print_row(struct look *look, struct json_writer *w, struct stored *s, struct why *why)
{
	int64_t hits = 0;

	TRY(load_raw(look, s, why));
	TRY(print_face(look, w, s, why));
	api_put_text(w, "originator", s->provenance.originator);
	api_put_text(w, "giver", s->provenance.giver);
	api_put_text(w, "received_under", s->provenance.received_under);
	api_put_flag(w, "withdrawn", s->withdrawn_at != 0);
	TRY(print_released(look, w, s->id, why));
	TRY(api_count_hits(look->db, s->id, &look->of, &hits, why));
	api_put_i64(w, "hits", hits);
	return OK;
}

static enum err
print_listed(struct look *look, struct json_writer *w, struct stored *s, struct why *why)
{
	struct api_names names;
	int64_t sightings = 0;

	json_begin_object(w);
	TRY(print_row(look, w, s, why));
	TRY(api_names_of(look->db, look->arena, look->gate, s->id, &names, why));
	TRY(api_count_sightings(look->db, &names, &look->of, &sightings, why));
	api_put_i64(w, "sightings", sightings);
	json_end_object(w);
	return OK;
}

enum err
api_get_objects(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct api *api = ctx;
	CLEANUP(arena_freep) struct arena *a = arena_new(ROW_ARENA_MAX);
	CLEANUP(realm_gate_givep) struct gate_ref *gate = realm_gate_take(api->realm);
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };
	struct page list;
	uint64_t limit = 0;

	TRY(api_query_number(req, "limit", LIST_PRESET, OBJECTS_MAX, &limit, why));
	TRY(db_pool_take(realm_readers(api->realm), &lease, why));
	struct look look = { api, lease.db, gate_of(gate), api_compartment(api, req), a };
	TRY(store_list(lease.db, req->arena, &look.of, limit, &list, why));
	struct json_writer w = api_answer(ret);
	json_begin_object(&w);
	api_begin_array(&w, "objects");
	for (size_t i = 0; i < list.len; i++) {
		TRY(print_listed(&look, &w, &list.object[i], why));
		arena_clear(a);
	}
	json_end_array(&w);
	json_end_object(&w);
	return OK;
}

/* ---- one object ---- */

static enum err
print_versions(struct look *look, struct json_writer *w, struct str id, struct why *why)
{
	struct stored_list list;

	TRY(store_versions(look->db, look->arena, id, &look->of, &list, why));
	api_begin_array(w, "versions");
	for (size_t i = 0; i < list.len; i++) {
		const struct stored *v = &list.object[i];

		json_begin_object(w);
		api_put_text(w, "version", v->version);
		api_put_text(w, "modified", v->modified);
		api_put_time(w, "added", v->date_added);
		api_put_hash(w, "sha256", &v->raw_hash);
		api_put_text(w, "giver", v->provenance.giver);
		api_put_flag(w, "revoked", v->revoked);
		api_put_flag(w, "withdrawn", v->withdrawn_at != 0);
		json_end_object(w);
	}
	json_end_array(w);
	return OK;
}

static enum err
print_sightings(struct look *look, struct json_writer *w, struct str id, struct why *why)
{
	struct api_names names;
	struct api_sightings list;

	TRY(api_names_of(look->db, look->arena, look->gate, id, &names, why));
	TRY(api_sightings_of(look->db, look->arena, &names, &look->of, &list, why));
	api_begin_array(w, "sightings");
	for (size_t i = 0; i < list.len; i++) {
		const struct api_sighting *s = &list.item[i];

		json_begin_object(w);
		api_put_text(w, "id", s->id);
		api_put_text(w, "from", s->from);
		api_put_i64(w, "count", s->count);
		api_put_text(w, "first", s->first);
		api_put_text(w, "last", s->last);
		json_end_object(w);
	}
	json_end_array(w);
	return OK;
}

/* Whom it came through is the owner's knowledge: who is shown an object reads
 * whose it is and who made it. */
static void
print_provenance(const struct look *look, struct json_writer *w, const struct stored *s)
{
	const struct provenance *p = &s->provenance;
	bool own = compartment_has(&look->of, p->owner, p->enclave);

	api_begin_object(w, "provenance");
	api_put_text(w, "owner", p->owner);
	api_put_text(w, "enclave", p->enclave);
	api_put_text(w, "originator", p->originator);
	api_put_text(w, "giver", p->giver);
	api_put_words(w, "path", own ? p->path : S(""));
	api_put_text(w, "received_under", p->received_under);
	api_put_i64(w, "import_id", own ? p->import_id : 0);
	api_put_time(w, "added", s->date_added);
	json_end_object(w);
}

/* What it was before it was converted: its owner's alone, as the import is. */
static enum err
print_conversion(const struct look *look, struct json_writer *w, const struct stored *s,
    struct why *why)
{
	struct conversion c;

	if (!compartment_has(&look->of, s->provenance.owner, s->provenance.enclave))
		return OK;
	TRY(store_conversion(look->db, look->arena, s, &c, why));
	if (c.format.len == 0)
		return OK;
	api_begin_object(w, "conversion");
	api_put_text(w, "format", c.format);
	api_put_i64(w, "import_id", c.import_id);
	api_put_time(w, "at", c.at);
	json_put_raw(json_key(w, S("changes")), c.changes);
	api_put_text(w, "original", c.original);
	json_end_object(w);
	return OK;
}

static enum err
print_object(struct look *look, struct json_writer *w, struct stored *s, struct why *why)
{
	json_begin_object(w);
	TRY(print_row(look, w, s, why));
	TRY(print_versions(look, w, s->id, why));
	api_put_text(w, "raw", s->raw);
	json_key(w, S("releases"));
	struct api_released released = { look->db, look->arena, look->of, s->id };
	TRY(api_print_releases(look->api, &released, w, why));
	TRY(print_sightings(look, w, s->id, why));
	print_provenance(look, w, s);
	TRY(print_conversion(look, w, s, why));
	json_end_object(w);
	return OK;
}

/* The latest that the caller sees; one that was withdrawn is still known. */
static enum err
find_object(struct look *look, struct str id, struct stored *ret, struct why *why)
{
	struct stored_list list;

	enum err err = store_latest_of(look->db, look->arena, id, &look->of, ret, why);
	if (err != ERR_NOT_FOUND)
		return err;
	TRY(store_versions(look->db, look->arena, id, &look->of, &list, why));
	if (list.len > 0) {
		*ret = list.object[list.len - 1];
		return OK;
	}
	return fail(why, ERR_NOT_FOUND, "api.object", "there is no object " STR_FMT, STR_ARG(id));
}

enum err
api_get_object(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct api *api = ctx;
	CLEANUP(realm_gate_givep) struct gate_ref *gate = realm_gate_take(api->realm);
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };
	struct stored stored;

	TRY(db_pool_take(realm_readers(api->realm), &lease, why));
	struct look look = { api, lease.db, gate_of(gate), api_compartment(api, req), req->arena };
	TRY(find_object(&look, http_param(req, "id"), &stored, why));
	struct json_writer w = api_answer(ret);
	return print_object(&look, &w, &stored, why);
}
