/* What converted objects were: the bytes that came, beside what was made of them. */
#include "import_p.h"
#include "json_writer.h"
#include "stored_p.h"

/* The converter bounds their number; a message is a sentence. */
enum { REPORT_BYTES_MAX = 4 * MIB };

static const char add_conversion[] =
    "INSERT INTO conversion (shard_key, object_id, original_hash, version, import_id, entry, at,"
    " format, changes, original, made_hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
    " ON CONFLICT (shard_key, object_id, original_hash) DO NOTHING";
static const char add_part[] =
    "INSERT INTO conversion_part (shard_key, part_id, object_id) VALUES ($1, $2, $3)"
    " ON CONFLICT (shard_key, part_id, object_id) DO NOTHING";
static const char find_conversion[] =
    "SELECT format, changes, import_id, at, original FROM conversion WHERE shard_key = $1"
    " AND object_id = $2 AND version = $3 AND (made_hash = $4 OR LENGTH(made_hash) = 0)"
    " ORDER BY at LIMIT 1";
static const char forget_conversions[] =
    "DELETE FROM conversion WHERE shard_key = $1 AND (object_id = $2 OR object_id IN (SELECT"
    " object_id FROM conversion_part WHERE shard_key = $1 AND part_id = $2)) AND at <= $3";

static const char find_aside[] =
    "SELECT COUNT(*) FROM object_conflict WHERE shard_key = $1 AND object_id = $2 AND version = $3"
    " AND normal_hash = $4";

static enum err
is_here(struct db *db, const struct import_kept *k, bool *ret, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	*ret = true;
	if (!k->aside)
		return OK;
	TRY(db_select_one(db, &rows, why, find_aside, DB_I(k->shard_key), DB_T(k->id),
	    DB_T(k->version), DB_B(hash_str(k->made))));
	*ret = db_col_i64(&rows, 0) > 0;
	return OK;
}

enum err
import_keep(struct db *db, const struct import_kept *k, struct why *why)
{
	CLEANUP(buf_free) struct buf out = buf_new(REPORT_BYTES_MAX);
	struct json_writer w = json_writer(&out);
	struct hash hash = hash_of(k->original);
	bool here = false;

	TRY(is_here(db, k, &here, why));
	if (!here)
		return OK;
	json_begin_array(&w);
	for (size_t i = 0; i < k->converted->changes; i++) {
		const struct import_change *c = &k->converted->change[i];

		json_begin_object(&w);
		json_put_str(json_key(&w, S("what")), str_of(c->what));
		json_put_str(json_key(&w, S("pointer")), c->pointer);
		json_put_str(json_key(&w, S("message")), c->message);
		json_end_object(&w);
	}
	json_end_array(&w);
	TRY(buf_check(&out, "the list of changes", why));
	return db_run(db, why, add_conversion, DB_I(k->shard_key), DB_T(k->id),
	    DB_B(hash_str(&hash)), DB_T(k->version), DB_I(k->import_id), DB_I((int64_t)k->index),
	    DB_I(k->at), DB_T(str_of(k->converted->format)), DB_T(buf_str(&out)), DB_B(k->original),
	    DB_B(hash_str(k->made)));
}

enum err
import_keep_made(struct db *db, int64_t shard_key, struct str made, struct str of, struct why *why)
{
	return db_run(db, why, add_part, DB_I(shard_key), DB_T(made), DB_T(of));
}

enum err
import_forget(struct db *db, int64_t shard_key, struct str id, time_us until, struct why *why)
{
	return db_run(db, why, forget_conversions, DB_I(shard_key), DB_T(id), DB_I(until));
}

enum err
store_conversion(struct db *db, struct arena *a, const struct stored *of, struct conversion *ret,
    struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	*ret = (struct conversion){ 0 };
	TRY(db_select(db, &rows, why, find_conversion, DB_I(of->shard_key), DB_T(of->id),
	    DB_T(of->version), DB_B(hash_str(&of->normal_hash))));
	TRY(db_next(&rows, &has, why));
	if (!has)
		return OK;
	ret->format = arena_str(a, db_col_text(&rows, 0));
	ret->changes = arena_str(a, db_col_text(&rows, 1));
	ret->import_id = db_col_i64(&rows, 2);
	ret->at = db_col_i64(&rows, 3);
	ret->original = arena_str(a, db_col_blob(&rows, 4));
	bool fits =
	    ret->format.ptr != NULL && ret->changes.ptr != NULL && ret->original.ptr != NULL;
	return fits ? OK : stored_full(why);
}
