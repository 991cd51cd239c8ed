/* Other contents of a version: one is served, the others are kept beside it. */
#include "codec.h"
#include "marking.h"
#include "put_p.h"
#include "stored_p.h"

enum {
	/* Of one version beside the served one: real sources have one or two, and a source
	 * that sends ever new ones fills no disk. */
	ASIDE_MAX = 8,
	/* And as many more that say more of who may have it: while one of them is kept the
	 * gate denies, so that it must not be the ninth of eight. */
	ASIDE_STRICTER_MAX = 2 * ASIDE_MAX,
	ASIDE_ARENA_MAX = 256 * MIB, /* an object of JSON_BYTES_MAX parsed */
	ASIDE_DIGITS = 32,           /* hex digits of the hash that tell contents apart */
	ASIDE_KEY_MAX = STIX_KEY_MAX + 1 + ASIDE_DIGITS,
};

static void
aside_key(struct str version, const struct hash *content, char *ret)
{
	assert(version.len < STIX_KEY_MAX);
	memcpy(ret, version.ptr, version.len);
	ret[version.len] = STORED_ASIDE;
	hex_text(content->byte, ASIDE_DIGITS / 2, ret + version.len + 1);
}

/* ---- what was kept before ---- */

static const char find_content[] =
    "SELECT date_added FROM object_conflict WHERE shard_key = $1 AND object_id = $2 "
    "AND version = $3 AND normal_hash = $4";
static const char count_contents[] =
    "SELECT COUNT(*) FROM object_conflict WHERE shard_key = $1 AND object_id = $2 "
    "AND version = $3";

/* A version in which this very content, or any, is kept; 0: none. */
static enum err
find_kept(const struct put_head *h, const struct put_row *r, time_us *ret_same, int64_t *ret_all,
    struct why *why)
{
	const struct db_value args[] = { DB_I(h->shard_key), DB_T(r->put->object->id),
		DB_T(r->version), DB_B(hash_str(&r->put->hashes->normalised)) };
	bool has = false;

	{
		CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
		TRY(db_query(h->db, find_content, args, COUNTOF(args), &rows, why));
		TRY(db_next(&rows, &has, why));
		*ret_same = has ? db_col_i64(&rows, 0) : 0;
	}
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	TRY(db_query_one(h->db, count_contents, args, 3, &rows, why));
	*ret_all = db_col_i64(&rows, 0);
	return OK;
}

/* ---- whether it may be served instead ---- */

static const char find_served[] =
    "SELECT raw, giver FROM object WHERE shard_key = $1 AND date_added = $2";
static const char find_released[] =
    "SELECT 1 FROM collection me CROSS JOIN collection c CROSS JOIN object o "
    "WHERE me.shard_key = $3 AND c.kind = 'released' AND c.owner = me.owner "
    "AND c.enclave = me.enclave AND o.shard_key = c.shard_key AND o.object_id = $1 "
    "AND o.version = $2 LIMIT 1";
/* Also as a copy, and on its way. */
static const char find_order[] =
    "SELECT 1 FROM release_item i LEFT JOIN release_order r ON r.order_id = i.order_id "
    "LEFT JOIN collection me ON me.shard_key = $3 WHERE i.source_id = $1 AND i.version = $2 "
    "AND i.state IN ('released', 'paused', 'withdrawn', 'recalled', 'answered', 'purged') "
    "AND (r.order_id IS NULL OR (r.owner = me.owner AND r.enclave = me.enclave)) LIMIT 1";
static const char find_choice[] = "SELECT 1 FROM object_choice WHERE shard_key = $1 "
                                  "AND object_id = $2 AND version = $3 LIMIT 1";

static enum err
has_row(struct db_rows *rows, bool *io, struct why *why)
{
	bool has = false;

	TRY(db_next(rows, &has, why));
	*io |= has;
	return OK;
}

enum err
put_is_released(struct db *db, int64_t shard_key, struct str id, struct str version, bool *ret,
    struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows shown = { 0 };
	CLEANUP(db_rows_endp) struct db_rows ordered = { 0 };

	*ret = false;
	TRY(db_select(db, &shown, why, find_released, DB_T(id), DB_T(version), DB_I(shard_key)));
	TRY(has_row(&shown, ret, why));
	TRY(db_select(db, &ordered, why, find_order, DB_T(id), DB_T(version), DB_I(shard_key)));
	return has_row(&ordered, ret, why);
}

/* An officer's word stands before a policy. */
static enum err
is_chosen(struct put_head *h, const struct put_row *r, bool *ret, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	*ret = false;
	TRY(db_select(h->db, &rows, why, find_choice, DB_I(h->shard_key), DB_T(r->put->object->id),
	    DB_T(r->version)));
	return has_row(&rows, ret, why);
}

const char *
put_stands_against(const struct stix_object *was, const struct stix_object *is)
{
	if (was->revoked && !is->revoked)
		return "revoked";
	if (!str_eq(was->created_by, is->created_by) ||
	    !stored_same_instant(was->created, is->created))
		return "creator";
	return NULL;
}

/* The row that is served, its object in a. */
static enum err
read_served(struct put_head *h, const struct put_known *served, struct arena *a,
    struct stix_object *ret, struct str *ret_giver, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	const struct json *tree = NULL;

	TRY(db_select_one(h->db, &rows, why, find_served, DB_I(h->shard_key),
	    DB_I(served->date_added)));
	struct str raw = arena_str(a, db_col_blob(&rows, 0));
	*ret_giver = arena_str(a, db_col_text(&rows, 1));
	if (raw.ptr == NULL)
		return stored_full(why);
	TRY(json_parse(a, raw, NULL, &tree, why));
	return stix_scan(tree, ret, why);
}

/* What the served bytes say, against what comes. */
static enum err
compare(struct put_head *h, const struct put_row *r, const struct put_known *served,
    const char **ret, struct why *why)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ASIDE_ARENA_MAX);
	struct stix_object was = { 0 };
	struct str giver;

	TRY(read_served(h, served, a, &was, &giver, why));
	*ret = str_eq(giver, r->put->provenance->giver) ? put_stands_against(&was, r->put->object)
	                                                : "giver";
	return OK;
}

/* Whether there is room beside what is served; `all` are kept. */
static enum err
has_room(struct put_head *h, const struct put_row *r, const struct put_known *served, int64_t all,
    bool *ret, struct why *why)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ASIDE_ARENA_MAX);
	const struct json *tree = NULL;
	struct stix_object was = { 0 }, is = { 0 };
	struct str giver;

	*ret = all < ASIDE_MAX;
	if (*ret || all >= ASIDE_STRICTER_MAX)
		return OK;
	TRY(read_served(h, served, a, &was, &giver, why));
	TRY(json_parse(a, r->put->object->raw, NULL, &tree, why)); /* its own tree may be gone */
	TRY(stix_scan(tree, &is, why));
	*ret = !marking_covers(&was, &is);
	return OK;
}

/* *ret says why the content is not served; NULL: it may be.  A partner that has the
 * version has the first content of it: what is served stays what was released. */
static enum err
judge_serving(struct put_head *h, const struct put_row *r, const struct put_known *served,
    const char **ret, struct why *why)
{
	bool has = false;

	*ret = NULL;
	if (r->put->same_version != SAME_NEWEST || r->put->object->class == STIX_MARKING) {
		*ret = r->put->same_version == SAME_KEEP ? "kept" : "refused";
		return OK;
	}
	if (served->withdrawn && !r->put->again) {
		*ret = "kept";
		return OK;
	}
	TRY(compare(h, r, served, ret, why));
	if (*ret != NULL)
		return OK;
	TRY(is_chosen(h, r, &has, why));
	if (has) {
		*ret = "chosen";
		return OK;
	}
	TRY(put_is_released(h->db, h->shard_key, r->put->object->id, r->version, &has, why));
	*ret = has ? "released" : NULL;
	return OK;
}

/* ---- writing ---- */

static const char add_conflict[] =
    "INSERT INTO object_conflict (shard_key, date_added, object_id, version, normal_hash, "
    "outcome, seen, last_at) VALUES ($1, $2, $3, $4, $5, $6, 1, $7)";
static const char seen_again[] = "UPDATE object_conflict SET seen = seen + 1, last_at = $3, "
                                 "outcome = $4 WHERE shard_key = $1 AND date_added = $2";
static const char drop_conflict[] =
    "DELETE FROM object_conflict WHERE shard_key = $1 AND date_added = $2";
static const char move_aside[] = "UPDATE object SET version = $3, withdrawn_at = $4, latest = 0 "
                                 "WHERE shard_key = $1 AND date_added = $2";
static const char move_back[] = "UPDATE object SET version = $3, date_added = $4, "
                                "withdrawn_at = 0, latest = $5 "
                                "WHERE shard_key = $1 AND date_added = $2";

static const char items_again[] =
    "UPDATE release_item SET valid_until = 0 WHERE source_id = $1 AND valid_until > 0 "
    "AND state IN ('released', 'paused')";
static const char showings_again[] = "UPDATE internal_release SET valid_until = 0 "
                                     "WHERE object_id = $1 AND valid_until > 0 "
                                     "AND withdrawn_at = 0";

/* What left of the object is decided again at once, by who does so when the time of a decision
 * is up: it may be judged stricter beside another content. */
static enum err
decide_again(struct put_head *h, const struct put_row *r, struct why *why)
{
	struct str id = r->put->object->id;

	TRY(db_run(h->db, why, items_again, DB_T(id)));
	return db_run(h->db, why, showings_again, DB_T(id));
}

static enum err
note_conflict(struct put_head *h, const struct put_row *r, time_us at, const struct hash *content,
    const char *outcome, struct why *why)
{
	return db_run(h->db, why, add_conflict, DB_I(h->shard_key), DB_I(at),
	    DB_T(r->put->object->id), DB_T(r->version), DB_B(hash_str(content)),
	    DB_T(str_of(outcome)), DB_I(r->put->now));
}

/* Beside what is served, where no list of versions shows it. */
static enum err
keep_beside(struct put_head *h, const struct put_row *r, const char *outcome, struct why *why)
{
	char key[ASIDE_KEY_MAX + 1];
	struct put_row beside = *r;

	aside_key(r->version, &r->put->hashes->normalised, key);
	beside.version = str_of(key);
	beside.withdrawn_at = r->put->now > 0 ? r->put->now : 1;
	beside.latest = false;
	TRY(put_insert(h, &beside, why));
	TRY(note_conflict(h, r, r->date_added, &r->put->hashes->normalised, outcome, why));
	return decide_again(h, r, why);
}

enum err
put_serve_instead(struct put_head *h, struct put_row *r, const struct put_known *served,
    time_us kept, const char *outcome, struct why *why)
{
	char key[ASIDE_KEY_MAX + 1];

	aside_key(r->version, &served->normal_hash, key);
	TRY(db_run(h->db, why, move_aside, DB_I(h->shard_key), DB_I(served->date_added),
	    DB_T(str_of(key)), DB_I(r->put->now > 0 ? r->put->now : 1)));
	TRY(note_conflict(h, r, served->date_added, &served->normal_hash, outcome, why));
	TRY(put_take_latest(h, r, why));
	TRY(decide_again(h, r, why));
	if (kept == 0)
		return put_insert(h, r, why);
	TRY(db_run(h->db, why, drop_conflict, DB_I(h->shard_key), DB_I(kept)));
	TRY(db_run(h->db, why, move_back, DB_I(h->shard_key), DB_I(kept), DB_T(r->version),
	    DB_I(r->date_added), DB_I(r->latest)));
	h->last_added = r->date_added;
	h->added++;
	return OK;
}

enum err
put_aside(struct put_head *h, struct put_row *r, const struct put_known *served,
    enum put_result *ret, struct why *why)
{
	const char *outcome = NULL;
	time_us kept = 0;
	int64_t all = 0;

	TRY(find_kept(h, r, &kept, &all, why));
	TRY(judge_serving(h, r, served, &outcome, why));
	*ret = outcome == NULL && (kept != 0 || all < ASIDE_MAX) ? PUT_SERVED : PUT_ASIDE;
	if (*ret == PUT_SERVED)
		return put_serve_instead(h, r, served, kept, "replaced", why);
	if (kept != 0) {
		r->date_added = kept;
		return db_run(h->db, why, seen_again, DB_I(h->shard_key), DB_I(kept),
		    DB_I(r->put->now), DB_T(str_of(outcome)));
	}
	bool room = false;

	TRY(has_room(h, r, served, all, &room, why));
	return room ? keep_beside(h, r, outcome, why) : OK;
}

enum err
put_aside_why(const struct store_put *put, enum put_result result, struct why *why)
{
	const struct stix_object *o = put->object;
	struct str at = o->modified.len > 0 ? o->modified : o->created;

	if (o->class == STIX_MARKING)
		return fail(why, ERR_CONFLICT, "store.marking",
		    STR_FMT " is here with other content: a marking definition never changes; give "
		            "the new one a new id",
		    STR_ARG(o->id));
	const char *what = "";

	if (result == PUT_SERVED)
		what = "this one is served now, and that one kept beside it; ";
	else if (put->same_version != SAME_FAIL)
		what = "that one is served, and the first others are kept beside it; ";
	return fail(why, ERR_CONFLICT, "store.content",
	    "version " STR_FMT " of " STR_FMT " is here with other content: %sa changed object "
	    "needs a later modified",
	    STR_ARG(at), STR_ARG(o->id), what);
}
