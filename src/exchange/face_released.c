/* What was released to a partner: proofs of it, and receipts for it. */
#include "checkpoint.h"
#include "exchange_p.h"
#include "json_writer.h"
#include "log.h"

enum {
	/* Receipts of one request. */
	RECEIPTS_MAX = PAGE_MAX,
	/* The longest JSON of a receipt: a reason with every byte escaped. */
	RECEIPT_TEXT_MAX = 6 * REASON_MAX + KIB,
};

/* ---- proofs ---- */

static const char find_item[] =
    "SELECT i.leaf, i.place, o.area FROM release_item i"
    " JOIN release_order o ON o.order_id = i.order_id WHERE i.leaving_id = $1"
    " AND i.recipient = $2 AND i.preview_hash = $3 AND i.state = 'released'"
    " AND i.leaf >= 0 AND i.leaf < $4 ORDER BY i.leaf DESC, i.place";

/* A page and where its proofs are written. */
struct proving {
	struct realm *realm;
	struct db *db;
	struct arena *arena;
	struct collection collection;
	const struct gate *gate;
	const struct standing *standing; /* of the collection's agreement */
	time_us at;
	uint64_t published;
	struct json_writer w;
};

static enum err
read_size(const struct http_request *req, size_t *ret, struct why *why)
{
	struct str text;
	uint64_t n = 0;

	*ret = PAGE_MAX;
	TRY(http_query_one(req, "limit", &text, why));
	if (text.ptr == NULL)
		return OK;
	if (!str_to_u64(text, UINT64_MAX, &n) || n == 0)
		return fail(why, ERR_INVALID, "exchange.limit",
		    "limit is a whole number above 0, not \"" STR_FMT "\"", STR_ARG(text));
	*ret = n < PAGE_MAX ? (size_t)n : PAGE_MAX;
	return OK;
}

static enum err
read_query(const struct http_request *req, struct page_query *ret, struct why *why)
{
	struct str after;

	TRY(read_size(req, &ret->limit, why));
	TRY(http_query_one(req, "added_after", &after, why));
	if (after.ptr != NULL && !time_parse(after, &ret->added_after))
		return fail(why, ERR_INVALID, "exchange.added-after",
		    "added_after is a timestamp like 2026-01-31T00:00:00.000000Z, not \"" STR_FMT
		    "\"",
		    STR_ARG(after));
	ret->versions = 1;
	ret->version[0].filter = VERSION_ALL;
	ret->without_raw = true;
	return OK;
}

/* What is not released to the caller's party does not exist for it. */
static enum err
find_collection(const struct http_request *req, struct proving *p, struct why *why)
{
	struct str name = http_param(req, "collection");
	struct str party = caller_of(req)->party;
	enum err err = store_collection_find(p->db, p->arena, name, &p->collection, why);

	if (err != OK && err != ERR_NOT_FOUND)
		return err;
	if (err == ERR_NOT_FOUND || p->collection.kind != COLLECTION_RELEASED ||
	    !organisation_is_of(p->collection.recipient, party))
		return fail(why, ERR_NOT_FOUND, "exchange.collection",
		    "there is no collection " STR_FMT " for you", STR_ARG(name));
	TRY(reach_open(p->gate, why));
	return reach_agreement(p->gate, party, p->collection.agreement, p->at, &p->standing, why);
}

/* The newest release of these bytes in an area that is open. */
static enum err
find_release(struct proving *p, const struct stored *object, struct ledger_place *ret,
    bool *ret_has, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	struct standing_reason reason;

	TRY(db_select(p->db, &rows, why, find_item, DB_T(object->id), DB_T(p->collection.recipient),
	    DB_B(hash_str(&object->raw_hash)), DB_I((int64_t)p->published)));
	do {
		TRY(db_next(&rows, ret_has, why));
	} while (
	    *ret_has && !standing_in_force(p->standing, db_col_text(&rows, 2), p->at, &reason));
	ret->leaf = (uint64_t)db_col_i64(&rows, 0);
	ret->place = (uint32_t)db_col_i64(&rows, 1);
	return OK;
}

static enum err
put_proof(struct proving *p, const struct stored *object, struct why *why)
{
	char added[TIME_TEXT_MAX];
	struct str proof;
	struct ledger_place place = { 0 };
	bool has = false;

	TRY(find_release(p, object, &place, &has, why));
	if (!has)
		return OK; /* recalled since the page was read, or its area is closed */
	TRY(ledger_prove(realm_ledger(p->realm), p->db, &place, p->arena, &proof, why));
	time_text(object->date_added, added);
	json_begin_object(&p->w);
	json_put_str(json_key(&p->w, S("id")), object->id);
	json_put_str(json_key(&p->w, S("version")), object->version);
	json_put_str(json_key(&p->w, S("date_added")), str_of(added));
	json_put_raw(json_key(&p->w, S("proof")), proof);
	json_end_object(&p->w);
	return OK;
}

static enum err
put_page(struct proving *p, const struct page_query *query, struct why *why)
{
	CLEANUP(db_txn_endp) struct db_txn txn = { 0 };
	struct page page;

	TRY(db_begin_read(p->db, &txn, why));
	TRY(ledger_published(p->db, ledger_origin(realm_ledger(p->realm)), &p->published, why));
	TRY(store_page(p->db, p->arena, query, &page, why));
	json_begin_object(&p->w);
	json_put_bool(json_key(&p->w, S("more")), page.more);
	json_begin_array(json_key(&p->w, S("proofs")));
	for (size_t i = 0; i < page.len; i++)
		TRY(put_proof(p, &page.object[i], why));
	json_end_array(&p->w);
	json_end_object(&p->w);
	return OK;
}

enum err
face_proofs(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	CLEANUP(realm_gate_givep) struct gate_ref *gate = realm_gate_take(ctx);
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };
	struct proving p = {
		.realm = ctx,
		.arena = req->arena,
		.gate = gate_of(gate),
		.at = clock_wall(realm_clock(ctx)),
	};
	struct page_query query = { 0 };

	TRY(read_query(req, &query, why));
	TRY(db_pool_take(realm_readers(ctx), &lease, why));
	p.db = lease.db;
	TRY(find_collection(req, &p, why));
	query.shard_key = p.collection.shard_key;
	p.w = json_writer(http_body(ret, "application/json"));
	TRY(put_page(&p, &query, why));
	return buf_check(&ret->buf, "the proofs of a page; ask for fewer", why);
}

/* ---- receipts ---- */

static const char find_released[] =
    "SELECT preview_hash FROM release_item WHERE leaf = $1 AND place = $2 AND leaving_id = $3"
    " AND recipient LIKE $4";
/* Orders before it that released the same bytes are answered by it, too. */
static const char set_receipt[] =
    "UPDATE release_item SET received_at = $5, receipt = $6 WHERE leaving_id = $1"
    " AND preview_hash = $2 AND recipient LIKE $3 AND leaf >= 0 AND leaf <= $4"
    " AND received_at = 0";

/* Its word that it purged what it received: an answer, as to a recall. */
static const char set_purged[] =
    "UPDATE release_item SET receipt = $5 WHERE leaving_id = $1 AND preview_hash = $2"
    " AND recipient LIKE $3 AND leaf >= 0 AND leaf <= $4 AND received_at > 0";

struct receipt {
	uint64_t leaf, place;
	struct str id;
	struct hash sha256;
	struct str state, reason;
};

struct receipts_job {
	struct realm *realm;
	struct arena *arena;
	const struct peer *peer;
	uint64_t own_leaf;
	size_t len;
	struct receipt *receipt;
	size_t accepted;
	int64_t changed;
};

static enum err
bad_receipts(struct why *why, const char *what)
{
	return fail(why, ERR_INVALID, "exchange.receipts", "%s", what);
}

static enum err
read_receipt(const struct json *v, struct receipt *ret, struct why *why)
{
	struct str hash = { 0 };

	ret->reason = json_str(json_get(v, S("reason")));
	if (!json_get_u64(v, S("leaf"), &ret->leaf) || !json_get_u64(v, S("place"), &ret->place) ||
	    !json_get_str(v, S("id"), &ret->id) || !json_get_str(v, S("sha256"), &hash) ||
	    !hash_parse(hash, &ret->sha256))
		return bad_receipts(why, "a receipt has leaf, place, id and sha256");
	if (!json_get_str(v, S("state"), &ret->state) ||
	    !(str_is(ret->state, "received") || str_is(ret->state, "refused") ||
	        str_is(ret->state, "purged")) ||
	    ret->reason.len > REASON_MAX)
		return bad_receipts(why,
		    "state is received, purged, or refused with a reason of at most 4096 bytes");
	return OK;
}

/* The checkpoint binds the recipient to the leaf that says it. */
static enum err
check_own_leaf(const struct json *tree, struct receipts_job *job, struct why *why)
{
	struct str text = { 0 };
	struct note_key key;
	struct note note;
	struct note_verdict verdict = { 0 };
	struct checkpoint c;

	if (!json_get_u64(tree, S("own_leaf"), &job->own_leaf) ||
	    !json_get_str(tree, S("checkpoint"), &text))
		return bad_receipts(why, "receipts come with own_leaf and a checkpoint");
	TRY(note_key_parse(job->peer->log_key, &key, why));
	TRY(note_parse(job->arena, text, &note, why));
	TRY(checkpoint_parse(note.text, &c, why));
	TRY(note_verify(&note, &key, 1, &verdict, why));
	if (!verdict.is_signed || !str_is(c.origin, key.name) || c.head.size <= job->own_leaf)
		return fail(why, ERR_TAMPERED, "exchange.receipts",
		    "the checkpoint is not one of %s that covers leaf %" PRIu64, key.name,
		    job->own_leaf);
	return OK;
}

static enum err
read_receipts(const struct http_request *req, struct receipts_job *job, struct why *why)
{
	const struct json *tree = NULL;

	TRY(json_parse(req->arena, req->body, NULL, &tree, why));
	const struct json *list = json_get(tree, S("receipts"));
	if (!json_is(list, JSON_ARRAY) || list->len > RECEIPTS_MAX)
		return bad_receipts(why, "\"receipts\" is a list of at most 1000");
	TRY(check_own_leaf(tree, job, why));
	job->receipt = arena_make(req->arena, struct receipt, (size_t)list->len + 1);
	if (job->receipt == NULL)
		return fail(why, ERR_LIMIT, "http.arena", "the request is too large");
	for (const struct json *v = list->first; v != NULL; v = v->next)
		TRY(read_receipt(v, &job->receipt[job->len++], why));
	return OK;
}

static enum err
receipt_text(const struct receipts_job *job, const struct receipt *r, struct str *ret,
    struct why *why)
{
	CLEANUP(buf_free) struct buf out = buf_new(RECEIPT_TEXT_MAX);
	struct json_writer w = json_writer(&out);

	json_begin_object(&w);
	json_put_u64(json_key(&w, S("own_leaf")), job->own_leaf);
	if (r->reason.len > 0)
		json_put_str(json_key(&w, S("reason")), r->reason);
	json_put_str(json_key(&w, S("state")), r->state);
	json_end_object(&w);
	TRY(buf_check(&out, "a receipt", why));
	*ret = arena_str(job->arena, buf_str(&out));
	return OK;
}

/* What was received must be what was released; what was refused may have
 * become something else on its way. */
static enum err
find_hash(struct db *db, const struct receipt *r, struct str recipients, struct hash *ret,
    bool *ret_has, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	TRY(db_select(db, &rows, why, find_released, DB_I((int64_t)r->leaf),
	    DB_I((int64_t)r->place), DB_T(r->id), DB_T(recipients)));
	TRY(db_next(&rows, ret_has, why));
	if (!*ret_has)
		return OK;
	if (db_col_blob(&rows, 0).len != HASH_BYTES)
		return fail(why, ERR_TAMPERED, "exchange.row",
		    "a stored hash has the wrong length");
	memcpy(ret->byte, db_col_blob(&rows, 0).ptr, HASH_BYTES);
	*ret_has = str_is(r->state, "refused") || hash_eq(ret, &r->sha256);
	return OK;
}

static enum err
store_receipt(struct receipts_job *job, struct db *db, const struct receipt *r,
    struct str recipients, struct why *why)
{
	struct hash hash;
	struct str text = { 0 };
	int64_t changed = 0;
	bool known = false;

	TRY(find_hash(db, r, recipients, &hash, &known, why));
	if (!known)
		return OK;
	TRY(receipt_text(job, r, &text, why));
	job->accepted++;
	if (str_is(r->state, "purged"))
		return db_run(db, why, set_purged, DB_T(r->id), DB_B(hash_str(&hash)),
		    DB_T(recipients), DB_I((int64_t)r->leaf), DB_T(text));
	TRY(db_exec(db,
	    DB_SQL(set_receipt, DB_T(r->id), DB_B(hash_str(&hash)), DB_T(recipients),
	        DB_I((int64_t)r->leaf), DB_I(clock_wall(realm_clock(job->realm))), DB_T(text)),
	    &changed, why));
	job->changed += changed;
	return OK;
}

static enum err
store_receipts(struct db *db, void *arg, struct why *why)
{
	struct receipts_job *job = arg;
	struct str recipients = arena_printf(job->arena, STR_FMT ":%%", STR_ARG(job->peer->party));

	job->accepted = 0;
	job->changed = 0;
	for (size_t i = 0; i < job->len; i++)
		TRY(store_receipt(job, db, &job->receipt[i], recipients, why));
	if (job->changed == 0)
		return OK;
	return note_event(db, job->realm, "release.received", job->peer->name,
	    arena_printf(job->arena, "{\"receipts\":%zu}", job->accepted), why);
}

enum err
face_receipts(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	struct receipts_job job = { .realm = ctx, .arena = req->arena, .peer = caller_of(req) };

	TRY(read_receipts(req, &job, why));
	TRY(realm_write(ctx, store_receipts, &job, why));
	if (job.changed > 0) {
		log_event(LOG_NOTICE, "exchange.receipts", LOG_STR("peer", job.peer->name),
		    LOG_U64("receipts", job.accepted));
		realm_changed(ctx);
	}
	buf_printf(http_body(ret, "application/json"), "{\"accepted\":%zu}", job.accepted);
	return OK;
}
