/* Translations: whether the version that one is of can be (SI-100), by what is here. */
#include "translation.h"

#include "put.h"
#include "stored_p.h"

/* A translation is a short text for each language. */
enum { TRANSLATION_ARENA_MAX = JSON_ELEMENT_BYTES_MAX };

static const char find_versions[] =
    "SELECT COUNT(*), COALESCE(MAX(CASE WHEN version = $3 THEN 1 ELSE 0 END), 0), "
    "COALESCE(MIN(modified_us), 0), COALESCE(MIN(created), '') FROM object o "
    "WHERE shard_key = $1 AND object_id = $2 AND " STORED_IS_VERSION("o");

static enum err
find_target(const struct put_head *h, struct translation *t, struct why *why)
{
	const struct stix_object version = { .class = STIX_SDO, .modified = t->modified };
	const struct stix_hashes none = { 0 };
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	char key[STIX_KEY_MAX] = "";

	/* Of a longer one there is no version: stix_scan() refuses it. */
	if (t->modified.len + 2 <= sizeof(key))
		stix_version_key(&version, &none, key);
	TRY(db_select_one(h->db, &rows, why, find_versions, DB_I(h->shard_key), DB_T(t->of),
	    DB_T(str_of(key))));
	t->known = db_col_i64(&rows, 0) > 0;
	t->has_version = db_col_i64(&rows, 1) != 0;
	t->first_us = db_col_i64(&rows, 2);
	(void)time_parse(db_col_text(&rows, 3), &t->created_us);
	return OK;
}

enum err
put_judge_translation(struct put_head *h, const struct stix_object *o, struct why *why)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(TRANSLATION_ARENA_MAX);
	const struct json *tree = NULL;
	struct translation t;

	if (o->class != STIX_LANGUAGE)
		return OK;
	TRY(json_parse(a, o->raw, NULL, &tree, why));
	if (!translation_read(tree, &t))
		return OK;
	TRY(find_target(h, &t, why));
	if (translation_fits(&t))
		return OK;
	return fail(why, ERR_CONFLICT, "store.translation",
	    STR_FMT " has no version of " STR_FMT
	            ": a translation names one that is there, or leaves object_modified out",
	    STR_ARG(t.of), STR_ARG(t.modified));
}
