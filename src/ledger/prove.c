#include "codec.h"
#include "entry_p.h"
#include "json_writer.h"
#include "ledger_p.h"
#include "nodes_p.h"
#include "proof_p.h"

static const char list_records[] = "SELECT place, salt, record FROM ledger_record"
                                   " WHERE log = $1 AND leaf = $2 ORDER BY place";
static const char get_record[] =
    "SELECT salt, record FROM ledger_record WHERE log = $1 AND leaf = $2 AND place = $3";

/* ---- the batch ---- */

static enum err
changed(uint64_t leaf, struct why *why)
{
	return fail(why, ERR_TAMPERED, "ledger.record",
	    "the records of leaf %" PRIu64 " are not those that the leaf commits to", leaf);
}

static bool
read_salt(struct str bytes, struct batch_salt *ret)
{
	if (bytes.len != sizeof(ret->byte))
		return false;
	memcpy(ret->byte, bytes.ptr, bytes.len);
	return true;
}

/* A purged record has no salt: its hash stands in its place. */
static bool
read_hash(const struct db_rows *rows, size_t salt_at, struct hash *ret)
{
	struct str record = db_col_blob(rows, salt_at + 1);
	struct batch_salt salt;

	if (db_col_blob(rows, salt_at).len == 0 && record.len == HASH_BYTES) {
		memcpy(ret->byte, record.ptr, HASH_BYTES);
		return true;
	}
	if (!read_salt(db_col_blob(rows, salt_at), &salt))
		return false;
	*ret = batch_leaf(&salt, record);
	return true;
}

static enum err
hash_batch(struct db *db, struct str origin, uint64_t leaf, struct hash *hash, size_t count,
    struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	TRY(db_select(db, &rows, why, list_records, DB_T(origin), DB_I((int64_t)leaf)));
	for (size_t i = 0; i < count; i++) {
		TRY(db_next(&rows, &has, why));
		if (!has || db_col_i64(&rows, 0) != (int64_t)i || !read_hash(&rows, 1, &hash[i]))
			return changed(leaf, why);
	}
	return OK;
}

/* The tree of the batch of a leaf, which leads to what the entry says. */
static enum err
load_batch(struct db *db, struct str origin, uint64_t leaf, struct str entry, struct batch **ret,
    struct why *why)
{
	CLEANUP(heap_freep) struct hash *hash = NULL;
	CLEANUP(batch_freep) struct batch *batch = NULL;
	struct merkle_head said;

	TRY(entry_batch(entry, &said, why));
	hash = heap_new(sizeof(*hash), (size_t)said.size);
	TRY(hash_batch(db, origin, leaf, hash, (size_t)said.size, why));
	TRY(batch_new(hash, (size_t)said.size, &batch, why));
	struct merkle_head found = batch_head(batch);
	if (!merkle_head_eq(&found, &said))
		return changed(leaf, why);
	*ret = batch;
	batch = NULL;
	return OK;
}

/* Pages of proofs ask for one batch many times: the last tree is kept. */
static enum err
prove_locked(struct ledger *l, struct db *db, uint64_t leaf, struct str entry,
    struct batch_proof *proof, struct why *why)
{
	struct batch_salt salt = proof->salt;

	if (l->batch == NULL || l->batch_leaf != leaf) {
		struct batch *batch = NULL;

		TRY(load_batch(db, ledger_origin(l), leaf, entry, &batch, why));
		batch_free(l->batch);
		l->batch = batch;
		l->batch_leaf = leaf;
	}
	return batch_prove(l->batch, proof->index, &salt, proof, why);
}

static enum err
get_place(struct ledger *l, struct db *db, struct proof *p, struct arena *a, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	enum err err = db_select_one(db, &rows, why, get_record, DB_T(ledger_origin(l)),
	    DB_I((int64_t)p->leaf), DB_I(p->batch.index));
	if (err == ERR_NOT_FOUND)
		return fail(why, err, "ledger.no-record",
		    "leaf %" PRIu64 " of the log %s has no record %u", p->leaf, l->origin,
		    p->batch.index);
	TRY(err);
	if (db_col_blob(&rows, 0).len == 0)
		return fail(why, ERR_NOT_FOUND, "ledger.purged",
		    "record %u of leaf %" PRIu64 " was purged", p->batch.index, p->leaf);
	if (!read_salt(db_col_blob(&rows, 0), &p->batch.salt))
		return changed(p->leaf, why);
	p->record = arena_str(a, db_col_blob(&rows, 1));
	return p->record.ptr == NULL ? ledger_full(why) : OK;
}

/* Record and batch.  The path is checked against the entry itself, so that a
 * kept tree cannot hide a record that was changed meanwhile. */
static enum err
prove_record(struct ledger *l, struct db *db, struct proof *p, struct arena *a, struct why *why)
{
	struct merkle_head batch;

	TRY(get_place(l, db, p, a, why));
	TRY(entry_batch(p->entry, &batch, why));
	pthread_mutex_lock(&l->batch_lock);
	enum err err = prove_locked(l, db, p->leaf, p->entry, &p->batch, why);
	pthread_mutex_unlock(&l->batch_lock);
	TRY(err);
	return batch_verify(&batch, p->record, &p->batch, NULL) == OK ? OK : changed(p->leaf, why);
}

/* ---- the text ---- */

static void
put_base64(struct json_writer *w, struct arena *a, struct str bytes)
{
	json_put_str(w, base64_text(a, BASE64_STD, bytes.ptr, bytes.len));
}

static enum err
write_proof(const struct proof *p, struct arena *a, struct str *ret, struct why *why)
{
	CLEANUP(buf_free) struct buf out = buf_new(PROOF_BYTES_MAX);
	CLEANUP(buf_free) struct buf batch = buf_new(KIB);
	struct json_writer w = json_writer(&out);

	batch_proof_put(&p->batch, &batch);
	json_begin_object(&w);
	put_base64(json_key(&w, S("record")), a, p->record);
	put_base64(json_key(&w, S("batch")), a, buf_str(&batch));
	put_base64(json_key(&w, S("entry")), a, p->entry);
	json_put_u64(json_key(&w, S("leaf")), p->leaf);
	json_begin_array(json_key(&w, S("path")));
	for (size_t i = 0; i < p->path.len; i++)
		put_base64(&w, a, hash_str(&p->path.node[i]));
	json_end_array(&w);
	json_put_str(json_key(&w, S("checkpoint")), p->checkpoint);
	json_end_object(&w);
	TRY(buf_check(&out, "proof", why));
	*ret = arena_str(a, buf_str(&out));
	return ret->ptr == NULL ? ledger_full(why) : OK;
}

enum err
ledger_prove(struct ledger *l, struct db *db, const struct ledger_place *at, struct arena *a,
    struct str *ret, struct why *why)
{
	struct nodes nodes = { l->folder, ledger_origin(l), db };
	struct proof p = { .leaf = at->leaf, .batch = { .index = at->place } };
	struct merkle_head head = { 0 };
	struct note note;

	TRY(ledger_entry_get(db, ledger_origin(l), p.leaf, a, &p.entry, why));
	enum err err = ledger_checkpoint(db, ledger_origin(l), a, &p.checkpoint, why);
	if (err != OK && err != ERR_NOT_FOUND)
		return err;
	if (err == OK)
		TRY(ledger_note_read(a, ledger_origin(l), p.checkpoint, &note, &head, why));
	if (p.leaf >= head.size)
		return fail(why, ERR_CONFLICT, "ledger.not-published",
		    "leaf %" PRIu64 " of the log %s is not under a signed checkpoint yet", p.leaf,
		    l->origin);
	if (!entry_is_batch(p.entry))
		return fail(why, ERR_NOT_FOUND, "ledger.no-record",
		    "leaf %" PRIu64 " of the log %s has no records", p.leaf, l->origin);
	TRY(prove_record(l, db, &p, a, why));
	TRY(nodes_inclusion(&nodes, &head, p.leaf, p.entry, &p.path, why));
	return write_proof(&p, a, ret, why);
}

/* ---- purging ---- */

static const char purge_record[] = "UPDATE ledger_record SET salt = CAST('' AS {blob}), record = $4"
                                   " WHERE log = $1 AND leaf = $2 AND place = $3";

enum err
ledger_purge(struct ledger *l, struct db *db, const struct ledger_place *at, struct hash *ret_hash,
    bool *ret_gone, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	struct str origin = ledger_origin(l);

	enum err err = db_select_one(db, &rows, why, get_record, DB_T(origin),
	    DB_I((int64_t)at->leaf), DB_I(at->place));
	if (err == ERR_NOT_FOUND)
		return fail(why, err, "ledger.no-record",
		    "leaf %" PRIu64 " of the log %s has no record %u", at->leaf, l->origin,
		    at->place);
	TRY(err);
	*ret_gone = db_col_blob(&rows, 0).len > 0;
	if (!read_hash(&rows, 0, ret_hash))
		return changed(at->leaf, why);
	db_rows_endp(&rows);
	if (!*ret_gone)
		return OK;
	return db_run(db, why, purge_record, DB_T(origin), DB_I((int64_t)at->leaf), DB_I(at->place),
	    DB_B(hash_str(ret_hash)));
}
