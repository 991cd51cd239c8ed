#include "ledger.h"

#include "entry_p.h"
#include "ledger_p.h"
#include "tile.h"

/* ---- a ledger ---- */

/* The node is what stands before the realm: "ledger.example/real". */
static struct str
node_of(struct str origin)
{
	return str_sub(origin, 0, str_find(origin, S("/")));
}

static enum err
make_keys(struct ledger *l, struct why *why)
{
	struct str origin = ledger_origin(l);

	if (l->log_secret != NULL) {
		struct verify_key key = sign_key_public(l->log_secret);
		TRY(note_key_make(origin, NOTE_ED25519, &key, &l->log_key, why));
	}
	if (l->witness_secret != NULL) {
		struct verify_key key = sign_key_public(l->witness_secret);
		TRY(note_key_make(node_of(origin), NOTE_COSIGNATURE, &key, &l->witness_key, why));
	}
	return OK;
}

enum err
ledger_open(const struct ledger_config *config, struct ledger **ret, struct why *why)
{
	CLEANUP(ledger_closep) struct ledger *l = heap_new(sizeof(*l), 1);
	struct verify_key none = { 0 };
	struct note_key name;

	pthread_mutex_init(&l->batch_lock, NULL);
	l->folder = heap_cstr(str_of(config->folder));
	l->origin = heap_cstr(config->origin);
	l->log_secret = config->log_key;
	l->witness_secret = config->witness_key;
	/* Without keys, too, a wrong name is found here and not later. */
	TRY(note_key_make(config->origin, NOTE_ED25519, &none, &name, why));
	TRY(make_keys(l, why));
	*ret = l;
	l = NULL; /* the caller's now */
	return OK;
}

void
ledger_close(struct ledger *l)
{
	if (l == NULL)
		return;
	batch_free(l->batch);
	pthread_mutex_destroy(&l->batch_lock);
	heap_free(l->folder);
	heap_free(l->origin);
	heap_free(l);
}

struct str
ledger_origin(const struct ledger *l)
{
	return str_of(l->origin);
}

bool
ledger_log_key(const struct ledger *l, struct note_key *ret)
{
	*ret = l->log_key;
	return l->log_secret != NULL;
}

bool
ledger_witness_key(const struct ledger *l, struct note_key *ret)
{
	*ret = l->witness_key;
	return l->witness_secret != NULL;
}

/* ---- leaves ---- */

static const char add_leaf[] =
    "INSERT INTO ledger_leaf (log, leaf, at, kind, entry) VALUES ($1, $2, $3, $4, $5)";
static const char set_head[] = "UPDATE ledger_head SET n_leaves = $2, frontier = $3 WHERE log = $1";
static const char add_record[] =
    "INSERT INTO ledger_record (log, leaf, place, salt, record) VALUES ($1, $2, $3, $4, $5)";

enum { FRONTIER_BYTES_MAX = 8 + MERKLE_FRONTIER_MAX * HASH_BYTES };

enum err
ledger_append(struct ledger *l, struct db *db, const struct ledger_entry *entry, uint64_t *ret_leaf,
    struct why *why)
{
	CLEANUP(buf_free) struct buf bytes = buf_new(FRONTIER_BYTES_MAX);
	struct str origin = ledger_origin(l);
	struct merkle_frontier frontier;
	struct hash hash = merkle_leaf(entry->bytes);

	assert(db_in_txn(db));
	TRY(entry_check(entry->bytes, why));
	TRY(ledger_head_get(db, origin, &frontier, why));
	uint64_t leaf = frontier.size;
	TRY(merkle_append(&frontier, &hash, why));
	merkle_frontier_put(&frontier, &bytes);
	TRY(db_run(db, why, add_leaf, DB_T(origin), DB_I((int64_t)leaf), DB_I(entry->at),
	    DB_T(str_of(entry->kind)), DB_B(entry->bytes)));
	TRY(db_run(db, why, set_head, DB_T(origin), DB_I((int64_t)frontier.size),
	    DB_B(buf_str(&bytes))));
	*ret_leaf = leaf;
	return OK;
}

/* A batch on its way into the database. */
struct pending {
	const struct str *record; /* the caller's */
	size_t records;
	struct batch_salt *salt; /* one for each record */
	struct hash *leaf;
	struct db_value *args;
};
enum { RECORD_ARGS = 5 };

static void
pending_freep(struct pending *p)
{
	heap_free(p->salt);
	heap_free(p->leaf);
	heap_free(p->args);
}

static enum err
check_records(const struct str *record, size_t records, struct why *why)
{
	if (records == 0 || records > BATCH_RECORDS_MAX)
		return fail(why, records == 0 ? ERR_INVALID : ERR_LIMIT, "ledger.records",
		    "a batch has 1 to %d records, not %zu", BATCH_RECORDS_MAX, records);
	for (size_t i = 0; i < records; i++) {
		if (record[i].len == 0 || record[i].len > LEDGER_RECORD_MAX)
			return fail(why, record[i].len == 0 ? ERR_INVALID : ERR_LIMIT,
			    "ledger.record-size",
			    "record %zu of the batch has %zu bytes; 1 to %d are possible", i,
			    record[i].len, LEDGER_RECORD_MAX);
	}
	return OK;
}

static enum err
hash_records(struct pending *p, struct merkle_head *ret, struct why *why)
{
	CLEANUP(batch_freep) struct batch *batch = NULL;

	p->salt = heap_new(sizeof(*p->salt), p->records);
	p->leaf = heap_new(sizeof(*p->leaf), p->records);
	batch_salts_new(p->salt, p->records);
	for (size_t i = 0; i < p->records; i++)
		p->leaf[i] = batch_leaf(&p->salt[i], p->record[i]);
	TRY(batch_new(p->leaf, p->records, &batch, why));
	*ret = batch_head(batch);
	return OK;
}

static enum err
store_records(struct ledger *l, struct db *db, uint64_t leaf, struct pending *p, struct why *why)
{
	p->args = heap_new(sizeof(*p->args), RECORD_ARGS * p->records);
	for (size_t i = 0; i < p->records; i++) {
		struct db_value *row = &p->args[RECORD_ARGS * i];
		row[0] = DB_T(ledger_origin(l));
		row[1] = DB_I((int64_t)leaf);
		row[2] = DB_I((int64_t)i);
		row[3] =
		    DB_B(((struct str){ (const char *)p->salt[i].byte, sizeof(p->salt[i].byte) }));
		row[4] = DB_B(p->record[i]);
	}
	const struct db_batch batch = { .args = p->args, .n = RECORD_ARGS, .rows = p->records };
	return db_exec_rows(db, add_record, &batch, NULL, why);
}

enum err
ledger_append_batch(struct ledger *l, struct db *db, const struct ledger_batch *batch,
    uint64_t *ret_leaf, struct why *why)
{
	CLEANUP(pending_freep)
	struct pending pending = {
		.record = batch->record,
		.records = batch->records,
	};
	CLEANUP(buf_free) struct buf bytes = buf_new(TILE_ENTRY_MAX);
	struct ledger_entry entry = { .kind = "release", .at = batch->at };
	struct merkle_head root;
	uint64_t leaf;

	TRY(check_records(batch->record, batch->records, why));
	TRY(hash_records(&pending, &root, why));
	TRY(entry_put_batch(batch->head, &root, batch->at, &bytes, why));
	entry.bytes = buf_str(&bytes);
	TRY(ledger_append(l, db, &entry, &leaf, why));
	TRY(store_records(l, db, leaf, &pending, why));
	*ret_leaf = leaf;
	return OK;
}

/* ---- what can be seen ---- */

static const char get_published[] =
    "SELECT COALESCE(MAX(size), 0) FROM ledger_checkpoint WHERE log = $1";
static const char list_cosignatures[] = "SELECT line FROM ledger_cosignature"
                                        " WHERE log = $1 AND size = $2 ORDER BY witness";

enum err
ledger_published(struct db *db, struct str origin, uint64_t *ret, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	TRY(db_select_one(db, &rows, why, get_published, DB_T(origin)));
	*ret = (uint64_t)db_col_i64(&rows, 0);
	return OK;
}

enum err
ledger_checkpoint(struct db *db, struct str origin, struct arena *a, struct str *ret,
    struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	CLEANUP(buf_free) struct buf out = buf_new(NOTE_BYTES_MAX);
	struct signed_head latest;
	bool has = true;

	TRY(ledger_signed_get(db, origin, a, &latest, why));
	if (latest.head.size == 0)
		return fail(why, ERR_NOT_FOUND, "ledger.unpublished",
		    "the log " STR_FMT " has no checkpoint yet", STR_ARG(origin));
	buf_put(&out, latest.note);
	TRY(db_select(db, &rows, why, list_cosignatures, DB_T(origin),
	    DB_I((int64_t)latest.head.size)));
	for (;;) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			break;
		buf_put(&out, db_col_text(&rows, 0));
	}
	TRY(buf_check(&out, "checkpoint", why));
	*ret = arena_str(a, buf_str(&out));
	return ret->ptr == NULL ? ledger_full(why) : OK;
}
