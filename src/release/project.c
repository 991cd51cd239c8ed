#include "json.h"
#include "record_p.h"
#include "release.h"

/* The leaf up to which items were put into collections. */
static const char find_mark[] =
    "SELECT done_to FROM watermark WHERE name = 'project' AND shard_key = 0";
static const char set_mark[] =
    "INSERT INTO watermark (name, shard_key, done_to) VALUES ('project', 0, $1)"
    " ON CONFLICT (name, shard_key) DO UPDATE SET done_to = excluded.done_to";
static const char list_items[] =
    "SELECT order_id, ordinal, recipient, agreement, leaving_id, bytes, preview_hash"
    " FROM release_item WHERE leaf >= $1 AND leaf < $2 AND state = 'released'"
    " ORDER BY leaf, place";

struct item {
	struct str order_id;
	int64_t ordinal;
	struct str recipient;
	struct str agreement;
	struct str leaving_id;
	struct str bytes;
	struct hash hash;
};

static enum err
find_collection(const struct release_job *job, const struct item *item, struct collection *ret,
    struct why *why)
{
	const struct gate *g = job->gate;

	*ret = (struct collection){
		.alias = item->recipient,
		.kind = COLLECTION_RELEASED,
		.title = arena_printf(job->arena, "Released to " STR_FMT, STR_ARG(item->recipient)),
		.description = arena_printf(job->arena,
		    "What " STR_FMT " released to " STR_FMT " under " STR_FMT,
		    STR_ARG(g->organisation), STR_ARG(item->recipient), STR_ARG(item->agreement)),
		.owner = g->organisation,
		.enclave = g->enclave,
		.recipient = item->recipient,
		.agreement = item->agreement,
	};
	return store_collection_ensure(job->db, job->arena, ret, why);
}

/* What lies there already was answered already: its recipient will not see it again. */
static const char find_receipt[] =
    "SELECT received_at, receipt FROM release_item WHERE leaving_id = $1 AND recipient = $2"
    " AND preview_hash = $3 AND state = 'released' AND received_at > 0"
    " ORDER BY received_at DESC LIMIT 1";
static const char set_receipt[] = "UPDATE release_item SET received_at = $3, receipt = $4"
                                  " WHERE order_id = $1 AND ordinal = $2 AND received_at = 0";

static enum err
copy_receipt(const struct release_job *job, const struct item *item, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	TRY(db_select(job->db, &rows, why, find_receipt, DB_T(item->leaving_id),
	    DB_T(item->recipient), DB_B(hash_str(&item->hash))));
	TRY(db_next(&rows, &has, why));
	if (!has)
		return OK;
	time_us at = db_col_i64(&rows, 0);
	struct str receipt = arena_str(job->arena, db_col_text(&rows, 1));
	db_rows_endp(&rows);
	return db_run(job->db, why, set_receipt, DB_T(item->order_id), DB_I(item->ordinal),
	    DB_I(at), DB_T(receipt));
}

/* The bytes are hashed again on their way out: a flipped bit stays here. */
static enum err
put_item(const struct release_job *job, const struct item *item, enum put_result *ret,
    struct why *why)
{
	struct collection c;
	const struct json *tree = NULL;
	struct stix_object object;
	struct stix_hashes hashes;
	struct provenance from = {
		.owner = job->gate->organisation,
		.enclave = job->gate->enclave,
		.originator = job->gate->organisation,
	};
	int64_t added = 0;
	struct hash now = hash_of(item->bytes);

	if (!hash_eq(&now, &item->hash))
		return fail(why, ERR_TAMPERED, "release.damaged",
		    "the bytes of " STR_FMT " changed after they were released",
		    STR_ARG(item->leaving_id));
	TRY(find_collection(job, item, &c, why));
	TRY(json_parse(job->arena, item->bytes, NULL, &tree, why));
	TRY(stix_scan(tree, &object, why));
	TRY(stix_hash(&object, job->arena, &hashes, why));
	struct store_put put = {
		.shard_key = c.shard_key,
		.object = &object,
		.hashes = &hashes,
		.provenance = &from,
		.now = job->at,
		.again = true, /* recalled, and released anew */
	};
	return store_put(job->db, &put, ret, &added, why);
}

static const char keep_item[] =
    "UPDATE release_item SET state = 'withdrawn', reason = $3, changed_at = $4"
    " WHERE order_id = $1 AND ordinal = $2";

/* One that cannot be shown stays here, is said, and holds up no other. */
static enum err
show_item(const struct release_job *job, const struct item *item, bool *ret_shown, struct why *why)
{
	enum put_result result = PUT_NEW;
	struct why bad = { 0 };
	enum err err = put_item(job, item, &result, &bad);

	*ret_shown = err == OK;
	if (err == OK)
		return result == PUT_SAME ? copy_receipt(job, item, why) : OK;
	if (err != ERR_TAMPERED && err != ERR_CONFLICT && err != ERR_INVALID) {
		if (why != NULL)
			*why = bad;
		return err;
	}
	TRY(db_run(job->db, why, keep_item, DB_T(item->order_id), DB_I(item->ordinal),
	    DB_T(str_of(bad.text)), DB_I(job->at)));
	return record_event(job, "release.damaged", item->leaving_id, S(""), why);
}

static enum err
read_item(const struct db_rows *rows, struct arena *a, struct item *ret, struct why *why)
{
	struct str hash = db_col_blob(rows, 6);

	*ret = (struct item){
		.order_id = arena_str(a, db_col_text(rows, 0)),
		.ordinal = db_col_i64(rows, 1),
		.recipient = arena_str(a, db_col_text(rows, 2)),
		.agreement = arena_str(a, db_col_text(rows, 3)),
		.leaving_id = arena_str(a, db_col_text(rows, 4)),
		.bytes = arena_str(a, db_col_blob(rows, 5)),
	};
	if (ret->bytes.ptr == NULL && db_col_blob(rows, 5).len > 0)
		return fail(why, ERR_LIMIT, "release.memory", "too much to show at once");
	/* Of another length it is the hash of nothing, and the item is damaged. */
	if (hash.len == HASH_BYTES)
		memcpy(ret->hash.byte, hash.ptr, HASH_BYTES);
	return OK;
}

enum err
release_project(const struct release_job *job, size_t *ret_shown, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows mark = { 0 };
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	uint64_t published = 0;
	bool has = false;

	*ret_shown = 0;
	TRY(db_query(job->db, find_mark, NULL, 0, &mark, why));
	TRY(db_next(&mark, &has, why));
	int64_t from = has ? db_col_i64(&mark, 0) : 0;
	TRY(ledger_published(job->db, ledger_origin(job->ledger), &published, why));
	if ((uint64_t)from >= published)
		return OK;
	TRY(db_select(job->db, &rows, why, list_items, DB_I(from), DB_I((int64_t)published)));
	for (;;) {
		struct item item;
		bool shown = false;

		TRY(db_next(&rows, &has, why));
		if (!has)
			break;
		TRY(read_item(&rows, job->arena, &item, why));
		TRY(show_item(job, &item, &shown, why));
		*ret_shown += shown;
	}
	return db_run(job->db, why, set_mark, DB_I((int64_t)published));
}

static const char find_item[] =
    "SELECT order_id, ordinal, recipient, agreement, leaving_id, bytes, preview_hash, leaf"
    " FROM release_item WHERE order_id = $1 AND ordinal = $2";

enum err
release_show(const struct release_job *job, struct str order_id, int64_t ordinal, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	uint64_t published = 0;
	struct item item;
	bool shown = false;

	TRY(ledger_published(job->db, ledger_origin(job->ledger), &published, why));
	TRY(db_select_one(job->db, &rows, why, find_item, DB_T(order_id), DB_I(ordinal)));
	if (db_col_i64(&rows, 7) >= (int64_t)published)
		return OK; /* it comes when its leaf does */
	TRY(read_item(&rows, job->arena, &item, why));
	return show_item(job, &item, &shown, why);
}
