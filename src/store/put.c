/* Putting versions into a collection. */
#include "put.h"

#include "derive.h"
#include "marking.h"
#include "put_p.h"
#include "rank.h"
#include "store.h"
#include "stored_p.h"

/* clang-format off */
static const struct {
	const char *code;
	struct str rule;
} rules[] = {
	{ "store.created", { "SI-041", 6 } },
	{ "store.revoked", { "SI-044", 6 } },
	{ "store.content", { "SI-046", 6 } },
	{ "store.marking", { "SI-048", 6 } },
	{ "store.tlp",     { "SI-069", 6 } },
	{ "store.translation", { "SI-100", 6 } },
};
/* clang-format on */

struct str
put_rule(const char *code)
{
	for (size_t i = 0; i < COUNTOF(rules); i++) {
		if (strcmp(code, rules[i].code) == 0)
			return rules[i].rule;
	}
	struct str rule = stix_rule(code);
	return rule.len > 0 ? rule : str_of(code);
}

/* ---- versions ---- */

static time_us
version_us(const struct stix_object *o)
{
	if (o->class == STIX_SCO)
		return 0;
	return o->modified.len > 0 ? o->modified_us : o->created_us;
}

static bool
is_predefined(const struct stix_object *o)
{
	struct marking known;

	return o->class == STIX_MARKING && marking_by_id(o->id, &known);
}

/* ---- what is there ---- */

#define KNOWN_COLUMNS "version, normal_hash, created, date_added, withdrawn_at, giver"

static const char find_any[] =
    "SELECT " KNOWN_COLUMNS " FROM object o WHERE shard_key = $1 AND object_id = $2 "
    "AND " STORED_IS_VERSION("o") " LIMIT 1";
static const char find_version[] =
    "SELECT " KNOWN_COLUMNS " FROM object WHERE shard_key = $1 AND object_id = $2 "
    "AND version = $3";
static const char find_latest[] = "SELECT date_added, modified_us, version FROM object "
                                  "WHERE object_id = $1 AND shard_key = $2 AND latest = 1";
/* CROSS: SQLite then looks into each collection, instead of at every object. */
static const char find_other_marking[] =
    "SELECT c.title FROM collection me CROSS JOIN collection c CROSS JOIN object o "
    "WHERE me.shard_key = $1 AND c.owner = me.owner AND c.enclave = me.enclave "
    "AND o.shard_key = c.shard_key AND o.object_id = $2 AND o.normal_hash <> $3 "
    "AND " RANK_OF("o") " <= CASE WHEN " RANK_IS_FEED(
        "me") " THEN 2 WHEN $4 = '' THEN 0 ELSE 1 END "
              "AND " STORED_IS_VERSION("o") " LIMIT 1";
static const char find_revoked[] =
    "SELECT modified FROM object o WHERE shard_key = $1 AND object_id = $2 AND revoked = 1 "
    "AND modified_us < $3 AND " STORED_IS_VERSION("o") " LIMIT 1";

static enum err
read_known(const struct db_rows *rows, const struct put_row *r, struct put_known *ret,
    struct why *why)
{
	struct str hash = db_col_blob(rows, 1);
	struct str created = db_col_text(rows, 2), giver = db_col_text(rows, 5);

	if (hash.len != HASH_BYTES || created.len >= sizeof(ret->created))
		return stored_damaged(why);
	*ret = (struct put_known){
		.found = true,
		.exact = str_eq(db_col_text(rows, 0), r->version),
		.of_other = !str_eq(giver, r->put->provenance->giver),
		.of_guest = rank_is_guest(giver),
		.date_added = db_col_i64(rows, 3),
		.withdrawn = db_col_i64(rows, 4) != 0,
	};
	memcpy(ret->normal_hash.byte, hash.ptr, HASH_BYTES);
	if (created.len > 0)
		memcpy(ret->created, created.ptr, created.len);
	return OK;
}

/* One look at the index for a new object and for one that has a single
 * version, which is nearly all of them. */
static enum err
find_known(const struct put_head *h, const struct put_row *r, struct put_known *ret,
    struct why *why)
{
	struct str id = r->put->object->id;
	bool has = false;

	{
		CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
		TRY(db_select(h->db, &rows, why, find_any, DB_I(h->shard_key), DB_T(id)));
		TRY(db_next(&rows, &has, why));
		if (!has)
			return OK;
		TRY(read_known(&rows, r, ret, why));
	}
	if (ret->exact)
		return OK;
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	TRY(db_select(h->db, &rows, why, find_version, DB_I(h->shard_key), DB_T(id),
	    DB_T(r->version)));
	TRY(db_next(&rows, &has, why));
	return has ? read_known(&rows, r, ret, why) : OK;
}

/* ---- adding ---- */

static const char drop_latest[] =
    "UPDATE object SET latest = 0 WHERE shard_key = $1 AND date_added = $2";
static const char show_again[] = "UPDATE object SET date_added = $3, withdrawn_at = 0, latest = $4 "
                                 "WHERE shard_key = $1 AND date_added = $2";
static const char name_source[] =
    "UPDATE object SET import_id = $3 WHERE shard_key = $1 AND date_added = $2 AND giver = ''";
static const char add_object[] =
    "INSERT INTO object (shard_key, date_added, object_id, version, type, spec_version, created, "
    "modified, modified_us, revoked, raw_hash, jcs_hash, normal_hash, owner, enclave, "
    "originator, giver, path, received_under, import_id, withdrawn_at, latest, raw) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, "
    "$19, $20, $21, $22, $23)";

enum err
put_take_latest(struct put_head *h, struct put_row *r, struct why *why)
{
	int64_t before = 0;

	{
		CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
		bool has = false;
		TRY(db_select(h->db, &rows, why, find_latest, DB_T(r->put->object->id),
		    DB_I(h->shard_key)));
		TRY(db_next(&rows, &has, why));
		r->latest = true;
		if (!has)
			return OK;
		time_us at = db_col_i64(&rows, 1);
		/* What has no times is replaced by what came later. */
		if (r->modified_us != at)
			r->latest = r->modified_us > at;
		else if (at != 0)
			r->latest = str_cmp(stored_sortable(r->version),
			                stored_sortable(db_col_text(&rows, 2))) > 0;
		before = db_col_i64(&rows, 0);
	}
	if (!r->latest)
		return OK;
	return db_run(h->db, why, drop_latest, DB_I(h->shard_key), DB_I(before));
}

time_us
put_next_added(const struct put_head *h, time_us now)
{
	return (h->last_added > now ? h->last_added : now) + 1;
}

enum err
put_insert(struct put_head *h, const struct put_row *r, struct why *why)
{
	const struct stix_object *o = r->put->object;
	const struct stix_hashes *hashes = r->put->hashes;
	const struct provenance *p = r->put->provenance;

	TRY(db_run(h->db, why, add_object, DB_I(h->shard_key), DB_I(r->date_added), DB_T(o->id),
	    DB_T(r->version), DB_T(o->type), DB_T(o->spec_version), DB_T(o->created),
	    DB_T(o->modified), DB_I(r->modified_us), DB_I(o->revoked), DB_B(hash_str(&hashes->raw)),
	    DB_B(hash_str(&hashes->jcs)), DB_B(hash_str(&hashes->normalised)), DB_T(p->owner),
	    DB_T(p->enclave), DB_T(p->originator), DB_T(p->giver), DB_T(p->path),
	    DB_T(p->received_under), DB_I(p->import_id), DB_I(r->withdrawn_at), DB_I(r->latest),
	    DB_B(o->raw)));
	h->last_added = r->date_added;
	h->added++;
	h->bytes += (int64_t)o->raw.len;
	return OK;
}

/* ---- judging ---- */

/* The version is there already: is it the same object? */
static bool
is_same(const struct stix_object *o, const struct stix_hashes *hashes, const struct put_known *k)
{
	return hash_eq(&k->normal_hash, &hashes->normalised) || is_predefined(o);
}

static enum err
check_revoked(const struct put_head *h, const struct stix_object *o, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	TRY(db_select(h->db, &rows, why, find_revoked, DB_I(h->shard_key), DB_T(o->id),
	    DB_I(version_us(o))));
	TRY(db_next(&rows, &has, why));
	if (!has)
		return OK;
	struct str at = db_col_text(&rows, 0);
	return fail(why, ERR_CONFLICT, "store.revoked",
	    STR_FMT " was revoked at " STR_FMT ": it has no later versions; make a new object",
	    STR_ARG(o->id), STR_ARG(at));
}

/* Another version is there: may this one stand beside it? */
static enum err
judge_other(const struct put_head *h, const struct stix_object *o, const struct put_known *k,
    struct why *why)
{
	if (o->class == STIX_SCO)
		return OK;
	if (o->class == STIX_MARKING)
		return fail(why, ERR_CONFLICT, "store.marking",
		    STR_FMT
		    " is here, created %s: a marking definition never changes; give the new "
		    "one a new id",
		    STR_ARG(o->id), k->created);
	if (!stored_same_instant(o->created, str_of(k->created)))
		return fail(why, ERR_CONFLICT, "store.created",
		    STR_FMT " is here, created %s, not " STR_FMT ": all versions have one created",
		    STR_ARG(o->id), k->created, STR_ARG(o->created));
	return check_revoked(h, o, why);
}

/* The first of its id in this collection.  What a marking says is the same in
 * all collections of a compartment: an object is judged by its markings wherever
 * it lies there.  What is of a lesser rank neither explains it nor stands in its way.  Other
 * compartments are not looked into: the refusal would tell what they hold. */
static enum err
judge_first(const struct put_head *h, const struct store_put *put, struct why *why)
{
	const struct stix_object *o = put->object;
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	if (o->class != STIX_MARKING || is_predefined(o))
		return OK;
	TRY(db_select(h->db, &rows, why, find_other_marking, DB_I(h->shard_key), DB_T(o->id),
	    DB_B(hash_str(&put->hashes->normalised)), DB_T(put->provenance->giver)));
	TRY(db_next(&rows, &has, why));
	if (!has)
		return OK;
	struct str where = db_col_text(&rows, 0);
	return fail(why, ERR_CONFLICT, "store.marking",
	    STR_FMT " is here with other content (\"" STR_FMT
	            "\"): a marking definition never changes; give the new one a new id",
	    STR_ARG(o->id), STR_ARG(where));
}

/* ---- the face ---- */

static const char take_head[] =
    "UPDATE collection_head SET last_added = last_added WHERE shard_key = $1 "
    "RETURNING last_added";
static const char write_head[] =
    "UPDATE collection_head SET last_added = $2, n_versions = n_versions + $3 "
    "WHERE shard_key = $1";

static const char count_bytes[] =
    "UPDATE feed_address SET held_bytes = held_bytes + $2 WHERE shard_key = $1";

enum err
put_begin(struct db *db, int64_t shard_key, struct put_head *ret, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	TRY(db_select(db, &rows, why, take_head, DB_I(shard_key)));
	TRY(db_next(&rows, &has, why));
	if (!has)
		return fail(why, ERR_NOT_FOUND, "store.collection",
		    "there is no collection number %lld", (long long)shard_key);
	*ret = (struct put_head){
		.db = db,
		.shard_key = shard_key,
		.last_added = db_col_i64(&rows, 0),
		.begun = db_col_i64(&rows, 0),
	};
	return OK;
}

enum err
put_end(struct put_head *h, struct why *why)
{
	if (h->added == 0)
		return OK;
	TRY(db_run(h->db, why, write_head, DB_I(h->shard_key), DB_I(h->last_added),
	    DB_I(h->added)));
	TRY(db_run(h->db, why, count_bytes, DB_I(h->shard_key), DB_I(h->bytes)));
	return derive_added(h->db, h->shard_key, h->begun, why);
}

static bool
of_guest(const struct store_put *put)
{
	return rank_is_guest(put->provenance->giver);
}

/* The version is there: nothing to do, unless it is to be shown again. */
static enum err
put_again(struct put_head *h, struct put_row *r, const struct put_known *k, enum put_result *ret,
    struct why *why)
{
	if (!is_same(r->put->object, r->put->hashes, k)) {
		if (r->put->same_version != SAME_FAIL)
			return put_aside(h, r, k, ret, why);
		return put_aside_why(r->put, PUT_ASIDE, why);
	}
	*ret = PUT_SAME;
	if (r->put->named)
		TRY(db_run(h->db, why, name_source, DB_I(h->shard_key), DB_I(k->date_added),
		    DB_I(r->put->provenance->import_id)));
	if (!r->put->again || !k->withdrawn || (k->of_other && of_guest(r->put))) {
		r->date_added = k->date_added;
		return OK;
	}
	TRY(put_take_latest(h, r, why));
	TRY(db_run(h->db, why, show_again, DB_I(h->shard_key), DB_I(k->date_added),
	    DB_I(r->date_added), DB_I(r->latest)));
	h->last_added = r->date_added;
	h->added++;
	*ret = PUT_NEW;
	return OK;
}

enum err
put_one(struct put_head *h, const struct store_put *put, enum put_result *ret,
    int64_t *ret_date_added, struct why *why)
{
	const struct stix_object *o = put->object;
	struct put_known k = { 0 };
	struct marking marking;
	char version[STIX_KEY_MAX];

	if (is_predefined(o) && marking_of(o, &marking, why) != OK) {
		if (why != NULL)
			why->code = "store.tlp";
		return ERR_CONFLICT;
	}
	if (memchr(o->spec_version.ptr, '\0', o->spec_version.len) != NULL)
		return fail(why, ERR_INVALID, "store.spec-version",
		    STR_FMT " has a spec_version with a zero byte in it", STR_ARG(o->id));
	stix_version_key(o, put->hashes, version);
	struct put_row r = {
		.put = put,
		.version = str_of(version),
		.modified_us = version_us(o),
		.date_added = put_next_added(h, put->now),
		.latest = true,
	};
	TRY(find_known(h, &r, &k, why));
	h->first = !k.found;
	TRY(put_check_room(h, &r, &k, why));
	if (of_guest(put))
		TRY(put_judge_guest(h, &r, &k, why));
	else if (k.of_guest)
		TRY(put_oust_guest(h, &r, &k, why));
	*ret = PUT_NEW;
	if (k.exact || (k.found && is_predefined(o))) {
		TRY(put_again(h, &r, &k, ret, why));
	} else {
		if (k.found) {
			TRY(judge_other(h, o, &k, why));
			TRY(put_take_latest(h, &r, why));
		} else {
			TRY(judge_first(h, put, why));
		}
		TRY(put_insert(h, &r, why));
	}
	*ret_date_added = r.date_added;
	return OK;
}

static const char find_here[] =
    "SELECT 1 FROM object WHERE shard_key = $1 AND object_id = $2 LIMIT 1";
static const char find_twin[] =
    "SELECT version, type, spec_version, created, modified, modified_us, revoked, jcs_hash, "
    "normal_hash FROM object WHERE object_id = $1 AND latest = 1 AND raw_hash = $2";

static enum err
is_here(const struct put_head *h, struct str id, bool *ret, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	TRY(db_select(h->db, &rows, why, find_here, DB_I(h->shard_key), DB_T(id)));
	return db_next(&rows, ret, why);
}

/* The row that is written for a twin: what the row that was found says. */
static enum err
insert_twin(struct put_head *h, const struct put_twin *twin, const struct db_rows *rows,
    struct why *why)
{
	const struct stix_object o = {
		.id = twin->id,
		.raw = twin->raw,
		.type = db_col_text(rows, 1),
		.spec_version = db_col_text(rows, 2),
		.created = db_col_text(rows, 3),
		.modified = db_col_text(rows, 4),
		.revoked = db_col_i64(rows, 6) != 0,
	};
	struct str jcs = db_col_blob(rows, 7), normal = db_col_blob(rows, 8);
	struct stix_hashes hashes = { .raw = *twin->raw_hash };
	const struct store_put put = {
		.object = &o,
		.hashes = &hashes,
		.provenance = twin->provenance,
	};
	const struct put_row r = {
		.put = &put,
		.version = db_col_text(rows, 0),
		.modified_us = db_col_i64(rows, 5),
		.date_added = put_next_added(h, twin->now),
		.latest = true,
	};

	if (jcs.len != HASH_BYTES || normal.len != HASH_BYTES)
		return stored_damaged(why);
	memcpy(hashes.jcs.byte, jcs.ptr, HASH_BYTES);
	memcpy(hashes.normalised.byte, normal.ptr, HASH_BYTES);
	return put_insert(h, &r, why);
}

enum err
put_twin(struct put_head *h, const struct put_twin *twin, bool *ret_done, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool here = false;

	*ret_done = false;
	if (str_is(stix_id_type(twin->id), "marking-definition"))
		return OK;
	TRY(is_here(h, twin->id, &here, why));
	if (here)
		return OK;
	TRY(db_select(h->db, &rows, why, find_twin, DB_T(twin->id),
	    DB_B(hash_str(twin->raw_hash))));
	TRY(db_next(&rows, ret_done, why));
	return *ret_done ? insert_twin(h, twin, &rows, why) : OK;
}

enum err
store_put(struct db *db, const struct store_put *put, enum put_result *ret, int64_t *ret_date_added,
    struct why *why)
{
	struct put_head h;

	TRY(put_begin(db, put->shard_key, &h, why));
	TRY(put_one(&h, put, ret, ret_date_added, why));
	return put_end(&h, why);
}
