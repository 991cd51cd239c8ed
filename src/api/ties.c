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
    " AND " COMPARTMENT_SEES("o", "$2", "$3") ")";
static const char list_sightings[] =
    "SELECT r.source FROM object_ref r WHERE r.target = $1 AND r.property = 'sighting_of_ref'"
    " AND EXISTS (SELECT 1 FROM object o WHERE o.object_id = r.source AND o.latest = 1"
    " AND " COMPARTMENT_SEES("o", "$2", "$3") ") ORDER BY r.source LIMIT $4";

enum err
api_count_sightings(struct db *db, const struct api_names *names, const struct compartment *of,
    int64_t *ret, struct why *why)
{
	*ret = 0;
	for (size_t i = 0; i < names->len; i++) {
		CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

		TRY(db_select_one(db, &rows, why, count_sightings, DB_T(names->id[i]),
		    DB_T(of->organisation), DB_T(of->enclaves)));
		*ret += db_col_i64(&rows, 0);
	}
	return OK;
}

static enum err
read_sighting(struct db *db, struct arena *a, const struct compartment *of, struct api_sighting *s,
    bool *ret, struct why *why)
{
	struct stored stored;
	const struct json *tree = NULL;
	enum err err = store_latest_of(db, a, s->id, of, &stored, why);

	*ret = false;
	if (err == ERR_NOT_FOUND)
		return OK;
	TRY(err);
	TRY(json_parse(a, stored.raw, NULL, &tree, why));
	s->from = stored.provenance.giver;
	s->count = 1;
	(void)json_get_i64(tree, S("count"), &s->count);
	(void)json_get_str(tree, S("first_seen"), &s->first);
	(void)json_get_str(tree, S("last_seen"), &s->last);
	*ret = true;
	return OK;
}

/* The sightings found so far. */
struct sighted {
	struct db *db;
	struct arena *arena;
	const struct compartment *of;
	struct api_sighting *list; /* of SIGHTINGS_MAX */
	size_t len;
};

/* Reads what the rows name; the statement is over before the next begins. */
static enum err
list_ids(struct sighted *s, struct str name, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	TRY(db_select(s->db, &rows, why, list_sightings, DB_T(name), DB_T(s->of->organisation),
	    DB_T(s->of->enclaves), DB_I((int64_t)(SIGHTINGS_MAX - s->len))));
	for (;;) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			return OK;
		s->list[s->len++] = (struct api_sighting){
			.id = arena_str(s->arena, db_col_text(&rows, 0)),
			.first = S(""),
			.last = S(""),
		};
	}
}

enum err
api_sightings_of(struct db *db, struct arena *a, const struct api_names *names,
    const struct compartment *of, struct api_sightings *ret, struct why *why)
{
	struct api_sighting *list = arena_make(a, struct api_sighting, SIGHTINGS_MAX);
	struct sighted s = { .db = db, .arena = a, .of = of, .list = list };

	if (list == NULL)
		return fail(why, ERR_LIMIT, "api.memory", "the list is too long");
	for (size_t i = 0; i < names->len; i++)
		TRY(list_ids(&s, names->id[i], why));
	*ret = (struct api_sightings){ .item = list };
	for (size_t i = 0; i < s.len; i++) {
		bool has = false;

		TRY(read_sighting(db, a, of, &list[i], &has, why));
		if (has)
			list[ret->len++] = list[i];
	}
	return OK;
}

/* ---- hits ---- */

static const char count_hits[] =
    "SELECT CAST(COALESCE(SUM(h.n), 0) AS BIGINT) FROM hit h WHERE h.indicator = $1"
    " AND " COMPARTMENT_HAS("h", "$2", "$3");

enum err
api_count_hits(struct db *db, struct str id, const struct compartment *of, int64_t *ret,
    struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	TRY(db_select_one(db, &rows, why, count_hits, DB_T(id), DB_T(of->organisation),
	    DB_T(of->enclaves)));
	*ret = db_col_i64(&rows, 0);
	return OK;
}
