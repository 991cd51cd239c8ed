#include "purge.h"

#include "purge_p.h"
#include "record_p.h"
#include "role_p.h"
#include "words_p.h"

/* ---- a record of the ledger ---- */

/* One decision: where its record is, and what stays of it. */
struct decided {
	int64_t leaf, place;
	struct str order_id, outcome, recipient;
	struct record_secret secret;
};

#define DECIDED_COLUMNS "leaf, place, order_id, outcome, recipient, nonce, source_id, version"
#define OF_ITEM                   \
	"SELECT " DECIDED_COLUMNS \
	", " WORDS_OF("facts", "i") ", " WORDS_OF("decision", "i") ", inputs FROM release_item i"
#define OF_PAST "SELECT " DECIDED_COLUMNS ", facts, decision, inputs FROM decision_past"

static const char decided_items[] = OF_ITEM " WHERE source_id = $1 AND owner = $2 AND leaf >= 0"
                                            " ORDER BY leaf, place LIMIT $3";
static const char decided_past[] = OF_PAST " WHERE source_id = $1 AND owner = $2"
                                           " ORDER BY leaf, place LIMIT $3";
/* Of one item: the last decision, and that it waited before. */
static const char decided_one[] =
    OF_ITEM " WHERE order_id = $1 AND ordinal = $2 AND leaf >= 0 UNION ALL " OF_PAST
            " WHERE source_id = (SELECT j.source_id FROM release_item j WHERE j.order_id = $1"
            " AND j.ordinal = $2) AND order_id = $1 AND ordinal = $2 ORDER BY leaf, place LIMIT $3";

static void
read_decided(const struct db_rows *rows, struct arena *a, struct decided *ret)
{
	*ret = (struct decided){
		.leaf = db_col_i64(rows, 0),
		.place = db_col_i64(rows, 1),
		.order_id = arena_str(a, db_col_text(rows, 2)),
		.outcome = arena_str(a, db_col_text(rows, 3)),
		.recipient = arena_str(a, db_col_text(rows, 4)),
		.secret = {
			.nonce = arena_str(a, db_col_blob(rows, 5)),
			.source_id = arena_str(a, db_col_text(rows, 6)),
			.version = arena_str(a, db_col_text(rows, 7)),
			.facts = arena_str(a, db_col_text(rows, 8)),
			.decision_json = arena_str(a, db_col_text(rows, 9)),
			.inputs = arena_str(a, db_col_blob(rows, 10)),
		},
	};
}

static const char insert_record_stone[] =
    "INSERT INTO tombstone_record (leaf, place, said) VALUES ($1, $2, $3)";

/* The record goes; the leaf that says so binds what stays. */
static enum err
bury_record(const struct release_job *job, const struct decided *d, struct why *why)
{
	const struct ledger_place at = { (uint64_t)d->leaf, (uint32_t)d->place };
	struct hash private = record_private(&d->secret), record;
	char private_hex[HASH_HEX + 1], record_hex[HASH_HEX + 1];
	uint64_t said = 0;
	bool gone = false;

	TRY(ledger_purge(job->ledger, job->db, &at, &record, &gone, why));
	if (!gone)
		return OK;
	hash_text(&private, private_hex);
	hash_text(&record, record_hex);
	const struct record_pair pairs[] = {
		{ "type", S("tombstone-record") },
		{ "leaf", arena_printf(job->arena, "%" PRIi64, d->leaf) },
		{ "place", arena_printf(job->arena, "%" PRIi64, d->place) },
		{ "order", d->order_id },
		{ "outcome", d->outcome },
		{ "private", str_of(private_hex) },
		{ "record", str_of(record_hex) },
		{ "to", d->recipient },
	};
	TRY(record_append_at(job, "tombstone", pairs, COUNTOF(pairs), &said, why));
	return db_run(job->db, why, insert_record_stone, DB_I(d->leaf), DB_I(d->place),
	    DB_I((int64_t)said));
}

/* The records of all decisions that a statement found; it was asked for `max`. */
static enum err
bury_found(const struct release_job *job, struct db_rows *rows, size_t max, struct why *why)
{
	struct decided *list = arena_make(job->arena, struct decided, max);
	bool has = false;
	size_t n = 0;

	if (list == NULL)
		return fail(why, ERR_LIMIT, "release.memory", "no memory to purge");
	for (;;) {
		TRY(db_next(rows, &has, why));
		if (!has)
			break;
		read_decided(rows, job->arena, &list[n++]);
	}
	db_rows_endp(rows);
	if (n == max)
		return fail(why, ERR_LIMIT, "purge.many",
		    "%zu or more decisions are about this object", max);
	for (size_t i = 0; i < n; i++)
		TRY(bury_record(job, &list[i], why));
	return OK;
}

static enum err
bury_decisions(const struct release_job *job, const char *sql, struct str source_id,
    struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	TRY(db_select(job->db, &rows, why, sql, DB_T(source_id), DB_T(job->gate->organisation),
	    DB_I(PURGE_MAX)));
	return bury_found(job, &rows, PURGE_MAX, why);
}

/* ---- an object ---- */

struct version {
	struct str version, hash, giver;
};

static const char list_versions[] =
    "SELECT version, raw_hash, giver FROM object WHERE shard_key = $1 AND object_id = $2"
    " AND date_added <= $3 ORDER BY date_added LIMIT $4";
static const char insert_stone[] =
    "INSERT INTO tombstone (leaf, object_id, version, raw_hash, giver, reason, at, shard_key)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
/* The giver is told with the leaf that says it. */
static const char drop_proofs[] =
    "UPDATE receipt SET proof = CAST('' AS {blob}), purged_at = $4, own_leaf = $5, acked = 0"
    " WHERE object_id = $1 AND version = $2 AND bytes_hash = $3 AND purged_at = 0"
    " AND problem = ''";

static enum err
bury_version(const struct release_job *job, const struct purge_versions *b, const struct version *v,
    struct why *why)
{
	struct hash hash = { 0 };
	char hex[HASH_HEX + 1];
	uint64_t leaf = 0;

	if (v->hash.len != HASH_BYTES)
		return fail(why, ERR_TAMPERED, "release.row", "a stored hash has the wrong length");
	memcpy(hash.byte, v->hash.ptr, HASH_BYTES);
	hash_text(&hash, hex);
	const struct record_pair pairs[] = {
		{ "type", S("tombstone") },
		{ "giver", v->giver },
		{ "object", b->id },
		{ "reason", b->reason },
		{ "sha256", str_of(hex) },
		{ "version", v->version },
	};
	TRY(record_append_at(job, "tombstone", pairs, COUNTOF(pairs), &leaf, why));
	TRY(db_run(job->db, why, insert_stone, DB_I((int64_t)leaf), DB_T(b->id), DB_T(v->version),
	    DB_B(v->hash), DB_T(v->giver), DB_T(b->reason), DB_I(job->at), DB_I(b->shard_key)));
	return db_run(job->db, why, drop_proofs, DB_T(b->id), DB_T(v->version), DB_B(v->hash),
	    DB_I(job->at), DB_I((int64_t)leaf));
}

enum err
purge_object(const struct release_job *job, const struct purge_versions *b, size_t *ret_gone,
    struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	struct version *list = arena_make(job->arena, struct version, VERSIONS_MAX);
	bool has = false;
	size_t n = 0;

	if (list == NULL)
		return fail(why, ERR_LIMIT, "release.memory", "no memory to purge");
	TRY(db_select(job->db, &rows, why, list_versions, DB_I(b->shard_key), DB_T(b->id),
	    DB_I(b->until), DB_I(VERSIONS_MAX)));
	for (;;) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			break;
		list[n++] = (struct version){
			.version = arena_str(job->arena, db_col_text(&rows, 0)),
			.hash = arena_str(job->arena, db_col_blob(&rows, 1)),
			.giver = arena_str(job->arena, db_col_text(&rows, 2)),
		};
	}
	db_rows_endp(&rows);
	for (size_t i = 0; i < n; i++)
		TRY(bury_version(job, b, &list[i], why));
	*ret_gone += n;
	return n == 0 ? OK : store_erase(job->db, b->shard_key, b->id, b->until, why);
}

/* ---- what was released of it ---- */

static const char find_released[] =
    "SELECT order_id, ordinal, recipient, leaving_id FROM release_item WHERE source_id = $1"
    " AND owner = $2 AND leaf >= 0 ORDER BY leaf, place LIMIT $3";
static const char empty_item[] =
    "UPDATE release_item SET bytes = CAST('' AS {blob}), changed_at = $3, state ="
    " CASE WHEN state IN ('released', 'paused') THEN 'purged' ELSE state END"
    " WHERE order_id = $1 AND ordinal = $2";
/* What was sealed of it and not fetched yet. */
static const char empty_envelope[] = "UPDATE envelope SET body = CAST('' AS {blob})"
                                     " WHERE order_id = $1 AND ordinal = $2";

/* The row whose bytes are those of the item. */
static const char find_shown[] =
    "SELECT COALESCE(MAX(o.date_added), 0) FROM object o JOIN release_item i"
    " ON o.object_id = i.leaving_id AND o.raw_hash = i.preview_hash"
    " WHERE o.shard_key = $1 AND i.order_id = $2 AND i.ordinal = $3";

/* Its row in a collection, and what lies there before it under the same identifier. */
static enum err
erase_shown(const struct release_job *job, const struct purge_item *item, int64_t shard_key,
    struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	time_us until = TIME_NEVER;

	if (!item->all_versions) {
		TRY(db_select_one(job->db, &rows, why, find_shown, DB_I(shard_key),
		    DB_T(item->order_id), DB_I(item->ordinal)));
		until = db_col_i64(&rows, 0);
		db_rows_endp(&rows);
	}
	return store_erase(job->db, shard_key, item->leaving_id, until, why);
}

/* Our copy that lies ready for a recipient, and its bytes in the order. */
static enum err
bury_released(const struct release_job *job, const struct purge_item *item, struct why *why)
{
	struct collection *all = NULL;
	size_t n = 0;

	TRY(store_collections(job->db, job->arena, &all, &n, why));
	for (size_t i = 0; i < n && item->leaving_id.len > 0; i++) {
		if (all[i].kind == COLLECTION_RELEASED && str_eq(all[i].recipient, item->recipient))
			TRY(erase_shown(job, item, all[i].shard_key, why));
	}
	TRY(db_run(job->db, why, empty_envelope, DB_T(item->order_id), DB_I(item->ordinal)));
	return db_run(job->db, why, empty_item, DB_T(item->order_id), DB_I(item->ordinal),
	    DB_I(job->at));
}

static enum err
read_items(const struct release_job *job, struct db_rows *rows, struct purge_item *ret, size_t max,
    size_t *ret_len, struct why *why)
{
	bool has = false;

	for (*ret_len = 0; *ret_len < max; ++*ret_len) {
		TRY(db_next(rows, &has, why));
		if (!has)
			break;
		ret[*ret_len] = (struct purge_item){
			.order_id = arena_str(job->arena, db_col_text(rows, 0)),
			.ordinal = db_col_i64(rows, 1),
			.recipient = arena_str(job->arena, db_col_text(rows, 2)),
			.leaving_id = arena_str(job->arena, db_col_text(rows, 3)),
			.all_versions = true,
		};
	}
	db_rows_endp(rows);
	return OK;
}

static enum err
bury_all_released(const struct release_job *job, struct str source_id, size_t *ret_gone,
    struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	struct purge_item *list = arena_make(job->arena, struct purge_item, PURGE_MAX);
	size_t n = 0;

	if (list == NULL)
		return fail(why, ERR_LIMIT, "release.memory", "no memory to purge");
	TRY(db_select(job->db, &rows, why, find_released, DB_T(source_id),
	    DB_T(job->gate->organisation), DB_I(PURGE_MAX)));
	TRY(read_items(job, &rows, list, PURGE_MAX, &n, why));
	for (size_t i = 0; i < n; i++)
		TRY(bury_released(job, &list[i], why));
	*ret_gone += n;
	return OK;
}

static enum err
bury_item_decisions(const struct release_job *job, const struct purge_item *item, struct why *why)
{
	enum { DECISIONS_MAX = 8 }; /* of one item: it waits once, and is decided */
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	TRY(db_select(job->db, &rows, why, decided_one, DB_T(item->order_id), DB_I(item->ordinal),
	    DB_I(DECISIONS_MAX)));
	return bury_found(job, &rows, DECISIONS_MAX, why);
}

enum err
purge_released(const struct release_job *job, const struct purge_item *item, struct why *why)
{
	TRY(bury_item_decisions(job, item, why));
	return bury_released(job, item, why);
}

/* ---- purging one object ---- */

static const char count_held[] = "SELECT COUNT(*) FROM release_item WHERE source_id = $1"
                                 " AND owner = $2 AND state = 'held'";

static enum err
check_purge(const struct release_job *job, const struct release_purge *p, struct why *why)
{
	TRY(role_check(job, p->account, S("legal"), why));
	if (str_trim(p->reason).len == 0)
		return fail(why, ERR_INVALID, "purge.reason", "a purge carries a reason; give one");
	return OK;
}

static enum err
check_held(const struct release_job *job, const struct release_purge *p, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	TRY(db_select_one(job->db, &rows, why, count_held, DB_T(p->id),
	    DB_T(job->gate->organisation)));
	if (db_col_i64(&rows, 0) > 0)
		return fail(why, ERR_CONFLICT, "purge.held",
		    STR_FMT " waits for an approval; refuse it first", STR_ARG(p->id));
	return OK;
}

/* Rows of the object in a collection, and those of them outside of a compartment. */
/* clang-format off */
static const char count_rows[] =
    "SELECT COUNT(*), COALESCE(CAST(SUM(CASE WHEN " COMPARTMENT_HAS("o", "$3", "$4")
    " THEN 0 ELSE 1 END) AS BIGINT), 0) FROM object o WHERE o.shard_key = $1 AND o.object_id = $2";
/* clang-format on */

static enum err
is_inside(const struct release_job *job, const struct release_purge *p, const struct collection *c,
    bool *ret, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	*ret = false;
	if (c->kind == COLLECTION_RELEASED)
		return OK;
	TRY(db_select_one(job->db, &rows, why, count_rows, DB_I(c->shard_key), DB_T(p->id),
	    DB_T(p->of.organisation), DB_T(p->of.enclaves)));
	*ret = db_col_i64(&rows, 0) > 0 && db_col_i64(&rows, 1) == 0;
	return OK;
}

enum err
release_purge(const struct release_job *job, const struct release_purge *p, size_t *ret_gone,
    struct why *why)
{
	struct collection *all = NULL;
	size_t n = 0, gone = 0;

	TRY(check_purge(job, p, why));
	TRY(store_collections(job->db, job->arena, &all, &n, why));
	for (size_t i = 0; i < n; i++) {
		bool inside = false;

		TRY(is_inside(job, p, &all[i], &inside, why));
		if (inside)
			TRY(purge_object(job,
			    &(struct purge_versions){ all[i].shard_key, p->id, TIME_NEVER,
			        p->reason },
			    &gone, why));
	}
	if (gone == 0)
		return fail(why, ERR_NOT_FOUND, "purge.unknown", "there is no object " STR_FMT,
		    STR_ARG(p->id));
	TRY(check_held(job, p, why));
	TRY(bury_decisions(job, decided_items, p->id, why));
	TRY(bury_decisions(job, decided_past, p->id, why));
	TRY(bury_all_released(job, p->id, &gone, why));
	*ret_gone = gone;
	const struct record_pair pairs[] = {
		{ "type", S("purge") },
		{ "account", p->account },
		{ "object", p->id },
		{ "reason", p->reason },
	};
	TRY(record_append(job, "purge", pairs, COUNTOF(pairs), why));
	return record_event(job, "object.purged", p->id, S(""), why);
}
