/* Translations: whether the version that one is of can be (SI-100). */
#include "put.h"
#include "stored_p.h"

/* A translation is a short text for each language. */
enum { TRANSLATION_ARENA_MAX = JSON_ELEMENT_BYTES_MAX };

static const char find_versions[] =
    "SELECT COUNT(*), COALESCE(MAX(CASE WHEN version = $3 THEN 1 ELSE 0 END), 0), "
    "COALESCE(MIN(modified_us), 0), COALESCE(MIN(created), '') FROM object o "
    "WHERE shard_key = $1 AND object_id = $2 AND " STORED_IS_VERSION("o");

/* What is known of the object that it translates. */
struct target {
	struct str id;
	struct str modified; /* of the version that it names */
	time_us modified_us;
	bool known, has_version;
	bool maybe_older; /* it may be a version from before the first that came here */
};

/* False: it names no version, or validation has refused it. */
static bool
read_target(const struct json *tree, struct target *ret)
{
	return json_get_str(tree, S("object_ref"), &ret->id) &&
	       json_get_str(tree, S("object_modified"), &ret->modified) &&
	       time_parse(ret->modified, &ret->modified_us);
}

static enum err
find_target(const struct put_head *h, struct target *t, struct why *why)
{
	const struct stix_object version = { .class = STIX_SDO, .modified = t->modified };
	const struct stix_hashes none = { 0 };
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	char key[STIX_KEY_MAX] = "";
	time_us created = 0;

	/* Of a longer one there is no version: stix_scan() refuses it. */
	if (t->modified.len + 2 <= sizeof(key))
		stix_version_key(&version, &none, key);
	TRY(db_select_one(h->db, &rows, why, find_versions, DB_I(h->shard_key), DB_T(t->id),
	    DB_T(str_of(key))));
	t->known = db_col_i64(&rows, 0) > 0;
	t->has_version = db_col_i64(&rows, 1) != 0;
	t->maybe_older = time_parse(db_col_text(&rows, 3), &created) && created <= t->modified_us &&
	                 t->modified_us < db_col_i64(&rows, 2);
	return OK;
}

enum err
put_judge_translation(struct put_head *h, const struct stix_object *o, struct why *why)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(TRANSLATION_ARENA_MAX);
	const struct json *tree = NULL;
	struct target t = { 0 };

	if (o->class != STIX_LANGUAGE)
		return OK;
	TRY(json_parse(a, o->raw, NULL, &tree, why));
	if (!read_target(tree, &t))
		return OK;
	TRY(find_target(h, &t, why));
	if (!t.known || t.has_version || t.maybe_older)
		return OK;
	return fail(why, ERR_CONFLICT, "store.translation",
	    STR_FMT " has no version of " STR_FMT
	            ": a translation names one that is there, or leaves object_modified out",
	    STR_ARG(t.id), STR_ARG(t.modified));
}
