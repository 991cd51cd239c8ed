#include "json.h"
#include "put.h"
#include "record_p.h"
#include "release.h"

enum { SCRATCH_MAX = 128 * MIB }; /* one object, parsed and in canonical form */

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

/* Slices a row that is being read. */
struct item {
	struct str order_id;
	int64_t ordinal;
	struct str recipient;
	struct str agreement;
	struct str leaving_id;
	struct str bytes;
	struct hash hash;
};

/* Items on their way into collections.  Those of an order follow each other:
 * the collection stays open until another one is meant. */
struct showing {
	const struct release_job *job;
	struct arena *scratch; /* cleared after each item */
	struct provenance from;
	bool open;
	struct collection collection;
	struct put_head head;
};

static void
showing_done(struct showing *s)
{
	arena_free(s->scratch);
}

static struct showing
showing_new(const struct release_job *job)
{
	return (struct showing){
		.job = job,
		.scratch = arena_new(SCRATCH_MAX),
		.from = {
			.owner = job->gate->organisation,
			.enclave = job->gate->enclave,
			.originator = job->gate->organisation,
		},
	};
}

static enum err
close_collection(struct showing *s, struct why *why)
{
	if (!s->open)
		return OK;
	s->open = false;
	return put_end(&s->head, why);
}

static enum err
open_collection(struct showing *s, const struct item *item, struct why *why)
{
	const struct gate *g = s->job->gate;
	struct arena *a = s->job->arena;

	if (s->open && str_eq(s->collection.recipient, item->recipient) &&
	    str_eq(s->collection.agreement, item->agreement))
		return OK;
	TRY(close_collection(s, why));
	s->collection = (struct collection){
		.alias = arena_str(a, item->recipient),
		.kind = COLLECTION_RELEASED,
		.title = arena_printf(a, "Released to " STR_FMT, STR_ARG(item->recipient)),
		.description = arena_printf(a,
		    "What " STR_FMT " released to " STR_FMT " under " STR_FMT,
		    STR_ARG(g->organisation), STR_ARG(item->recipient), STR_ARG(item->agreement)),
		.owner = g->organisation,
		.enclave = g->enclave,
		.recipient = arena_str(a, item->recipient),
		.agreement = arena_str(a, item->agreement),
	};
	TRY(store_collection_ensure(s->job->db, a, &s->collection, why));
	TRY(put_begin(s->job->db, s->collection.shard_key, &s->head, why));
	s->open = true;
	return OK;
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

/* A copy, or what was released before: its bytes are read as those of an import. */
static enum err
put_parsed(struct showing *s, const struct item *item, enum put_result *ret, struct why *why)
{
	const struct json *tree = NULL;
	struct stix_object object;
	struct stix_hashes hashes;
	int64_t added = 0;

	arena_clear(s->scratch);
	TRY(json_parse(s->scratch, item->bytes, NULL, &tree, why));
	TRY(stix_scan(tree, &object, why));
	TRY(stix_hash(&object, s->scratch, &hashes, why));
	struct store_put put = {
		.shard_key = s->collection.shard_key,
		.object = &object,
		.hashes = &hashes,
		.provenance = &s->from,
		.now = s->job->at,
		.again = true, /* recalled, and released anew */
	};
	return put_one(&s->head, &put, ret, &added, why);
}

/* The bytes are hashed again on their way out: a flipped bit stays here. */
static enum err
put_item(struct showing *s, const struct item *item, enum put_result *ret, struct why *why)
{
	const struct put_twin twin = { item->leaving_id, item->bytes, &item->hash, &s->from,
		s->job->at };
	struct hash now = hash_of(item->bytes);
	bool done = false;

	if (!hash_eq(&now, &item->hash))
		return fail(why, ERR_TAMPERED, "release.damaged",
		    "the bytes of " STR_FMT " changed after they were released",
		    STR_ARG(item->leaving_id));
	TRY(open_collection(s, item, why));
	TRY(put_twin(&s->head, &twin, &done, why));
	*ret = PUT_NEW;
	return done ? OK : put_parsed(s, item, ret, why);
}

static const char keep_item[] =
    "UPDATE release_item SET state = 'withdrawn', reason = $3, changed_at = $4"
    " WHERE order_id = $1 AND ordinal = $2";

/* One that cannot be shown stays here, is said, and holds up no other. */
static enum err
show_item(struct showing *s, const struct item *item, bool *ret_shown, struct why *why)
{
	const struct release_job *job = s->job;
	enum put_result result = PUT_NEW;
	struct why bad = { 0 };
	enum err err = put_item(s, item, &result, &bad);

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

static struct item
read_item(const struct db_rows *rows)
{
	struct str hash = db_col_blob(rows, 6);
	struct item item = {
		.order_id = db_col_text(rows, 0),
		.ordinal = db_col_i64(rows, 1),
		.recipient = db_col_text(rows, 2),
		.agreement = db_col_text(rows, 3),
		.leaving_id = db_col_text(rows, 4),
		.bytes = db_col_blob(rows, 5),
	};

	/* Of another length it is the hash of nothing, and the item is damaged. */
	if (hash.len == HASH_BYTES)
		memcpy(item.hash.byte, hash.ptr, HASH_BYTES);
	return item;
}

static enum err
show_items(struct showing *s, struct db_rows *rows, size_t *ret_shown, struct why *why)
{
	for (;;) {
		struct item item;
		bool has = false, shown = false;

		TRY(db_next(rows, &has, why));
		if (!has)
			return close_collection(s, why);
		item = read_item(rows);
		TRY(show_item(s, &item, &shown, why));
		*ret_shown += shown;
	}
}

enum err
release_project(const struct release_job *job, size_t *ret_shown, struct why *why)
{
	CLEANUP(showing_done) struct showing s = showing_new(job);
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
	TRY(show_items(&s, &rows, ret_shown, why));
	return db_run(job->db, why, set_mark, DB_I((int64_t)published));
}

static const char find_item[] =
    "SELECT order_id, ordinal, recipient, agreement, leaving_id, bytes, preview_hash, leaf"
    " FROM release_item WHERE order_id = $1 AND ordinal = $2";

enum err
release_show(const struct release_job *job, struct str order_id, int64_t ordinal, struct why *why)
{
	CLEANUP(showing_done) struct showing s = showing_new(job);
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	uint64_t published = 0;
	bool shown = false;

	TRY(ledger_published(job->db, ledger_origin(job->ledger), &published, why));
	TRY(db_select_one(job->db, &rows, why, find_item, DB_T(order_id), DB_I(ordinal)));
	if (db_col_i64(&rows, 7) >= (int64_t)published)
		return OK; /* it comes when its leaf does */
	const struct item item = read_item(&rows);
	TRY(show_item(&s, &item, &shown, why));
	return close_collection(&s, why);
}
