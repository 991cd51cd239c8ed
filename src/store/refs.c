/* Who refers to whom. */
#include "store.h"
#include "stored_p.h"

/* The tree of one stored object, which was read before it was stored. */
enum { REFS_ARENA_MAX = 128 * MIB };

static const char list_behind[] =
    "SELECT c.shard_key, h.last_added, COALESCE(w.done_to, 0) FROM collection c "
    "JOIN collection_head h ON h.shard_key = c.shard_key "
    "LEFT JOIN watermark w ON w.name = 'refs' AND w.shard_key = c.shard_key "
    "WHERE c.kind <> 'released' AND h.last_added > COALESCE(w.done_to, 0) ORDER BY c.shard_key";
static const char list_objects[] =
    "SELECT raw FROM object WHERE shard_key = $1 AND date_added > $2 ORDER BY date_added";
static const char add_ref[] =
    "INSERT INTO object_ref (target, source, property) VALUES ($1, $2, $3) "
    "ON CONFLICT DO NOTHING";
static const char set_mark[] =
    "INSERT INTO watermark (name, shard_key, done_to) VALUES ('refs', $1, $2) "
    "ON CONFLICT (name, shard_key) DO UPDATE SET done_to = excluded.done_to";

struct refs {
	struct db *db;
	struct arena *arena; /* one object */
	struct str source;
	struct why *why;
	enum err err;
};

/* created_by_ref and markings tie nothing together and would make hubs. */
static bool
is_tie(struct str property)
{
	return !str_is(property, "created_by_ref") && !str_is(property, "object_marking_refs") &&
	       !str_is(property, "marking_ref") && memchr(property.ptr, '\0', property.len) == NULL;
}

static bool
take_ref(void *arg, struct str id, struct str property, struct str pointer)
{
	struct refs *r = arg;

	(void)pointer;
	if (!is_tie(property) || !stix_id_is(id) || str_eq(id, r->source))
		return true;
	r->err = db_run(r->db, r->why, add_ref, DB_T(id), DB_T(r->source), DB_T(property));
	return r->err == OK;
}

static enum err
take_object(struct refs *r, struct str raw, struct why *why)
{
	const struct json *tree = NULL;
	struct stix_object o;

	arena_clear(r->arena);
	TRY(json_parse(r->arena, raw, NULL, &tree, why));
	TRY(stix_scan(tree, &o, why));
	r->source = o.id;
	r->err = OK;
	stix_each_ref(&o, take_ref, r);
	TRY(r->err);
	if (json_get(tree, S("granular_markings")) == NULL)
		return OK;
	return db_run(r->db, why, add_ref, DB_T(S(REFS_PARTS)), DB_T(o.id), DB_T(S(REFS_PARTS)));
}

static enum err
take_collection(struct refs *r, int64_t shard_key, time_us after, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	TRY(db_select(r->db, &rows, why, list_objects, DB_I(shard_key), DB_I(after)));
	for (;;) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			return OK;
		TRY(take_object(r, db_col_blob(&rows, 0), why));
	}
}

enum err
store_refs_catch_up(struct db *db, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	CLEANUP(arena_freep) struct arena *a = arena_new(REFS_ARENA_MAX);
	struct refs r = { .db = db, .arena = a, .why = why };
	bool has = false;

	TRY(db_query(db, list_behind, NULL, 0, &rows, why));
	for (;;) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			return OK;
		int64_t shard_key = db_col_i64(&rows, 0);
		time_us last = db_col_i64(&rows, 1);
		TRY(take_collection(&r, shard_key, db_col_i64(&rows, 2), why));
		TRY(db_run(db, why, set_mark, DB_I(shard_key), DB_I(last)));
	}
}
