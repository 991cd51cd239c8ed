/* What is known about an object beside its bytes: its other names, who saw it,
 * and where it matched. */
#include "api_p.h"

/* ---- names ---- */

static const char find_copy[] =
    "SELECT copy_id FROM copy_link WHERE agreement = $1 AND source_id = $2";

static enum err
add_copy(struct db *db, struct arena *a, struct str agreement, struct api_names *names,
    struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	TRY(db_select(db, &rows, why, find_copy, DB_T(agreement), DB_T(names->id[0])));
	TRY(db_next(&rows, &has, why));
	if (has && names->len < KNOWN_AS_MAX)
		names->id[names->len++] = arena_str(a, db_col_text(&rows, 0));
	return OK;
}

enum err
api_names_of(struct db *db, struct arena *a, const struct gate *g, struct str id,
    struct api_names *ret, struct why *why)
{
	*ret = (struct api_names){ .len = 1, .id = { id } };
	for (size_t i = 0; i < g->agreements; i++)
		TRY(add_copy(db, a, g->standing[i]->agreement->id, ret, why));
	return OK;
}

/* ---- sightings ---- */

static const char count_sightings[] =
    "SELECT COUNT(*) FROM object_ref r WHERE r.target = $1 AND r.property = 'sighting_of_ref'"
    " AND EXISTS (SELECT 1 FROM object o WHERE o.object_id = r.source AND o.latest = 1"
    " AND o.owner = $2)";
static const char list_sightings[] =
    "SELECT source FROM object_ref WHERE target = $1 AND property = 'sighting_of_ref'"
    " ORDER BY source LIMIT $2";

enum err
api_count_sightings(struct db *db, const struct api_names *names, struct str owner, int64_t *ret,
    struct why *why)
{
	*ret = 0;
	for (size_t i = 0; i < names->len; i++) {
		CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

		TRY(db_select_one(db, &rows, why, count_sightings, DB_T(names->id[i]),
		    DB_T(owner)));
		*ret += db_col_i64(&rows, 0);
	}
	return OK;
}

static enum err
read_sighting(struct db *db, struct arena *a, struct str owner, struct api_sighting *s, bool *ret,
    struct why *why)
{
	struct stored stored;
	const struct json *tree = NULL;
	enum err err = store_latest(db, a, s->id, &stored, why);

	*ret = false;
	if (err == ERR_NOT_FOUND)
		return OK;
	TRY(err);
	if (!str_eq(stored.provenance.owner, owner))
		return OK;
	TRY(json_parse(a, stored.raw, NULL, &tree, why));
	s->from = stored.provenance.giver;
	s->count = 1;
	(void)json_get_i64(tree, S("count"), &s->count);
	(void)json_get_str(tree, S("first_seen"), &s->first);
	(void)json_get_str(tree, S("last_seen"), &s->last);
	*ret = true;
	return OK;
}

/* Reads what the rows name; the statement is over before the next begins. */
static enum err
list_ids(struct db *db, struct arena *a, struct str name, struct api_sighting *list, size_t *len,
    struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	TRY(db_select(db, &rows, why, list_sightings, DB_T(name),
	    DB_I((int64_t)(SIGHTINGS_MAX - *len))));
	for (;;) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			return OK;
		list[(*len)++] = (struct api_sighting){
			.id = arena_str(a, db_col_text(&rows, 0)),
			.first = S(""),
			.last = S(""),
		};
	}
}

enum err
api_sightings_of(struct db *db, struct arena *a, const struct api_names *names, struct str owner,
    struct api_sightings *ret, struct why *why)
{
	struct api_sighting *list = arena_make(a, struct api_sighting, SIGHTINGS_MAX);
	size_t found = 0;

	if (list == NULL)
		return fail(why, ERR_LIMIT, "api.memory", "the list is too long");
	for (size_t i = 0; i < names->len; i++)
		TRY(list_ids(db, a, names->id[i], list, &found, why));
	*ret = (struct api_sightings){ .item = list };
	for (size_t i = 0; i < found; i++) {
		bool ours = false;

		TRY(read_sighting(db, a, owner, &list[i], &ours, why));
		if (ours)
			list[ret->len++] = list[i];
	}
	return OK;
}

/* ---- hits ---- */

static const char count_hits[] =
    "SELECT CAST(COALESCE(SUM(n), 0) AS BIGINT) FROM hit WHERE indicator = $1";

enum err
api_count_hits(struct db *db, struct str id, int64_t *ret, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	TRY(db_select_one(db, &rows, why, count_hits, DB_T(id)));
	*ret = db_col_i64(&rows, 0);
	return OK;
}
