#include "crash.h"
#include "files_p.h"
#include "ledger_p.h"
#include "mirror_p.h"
#include "nodes_p.h"

/* The order in which things become durable: leaves (the caller's transaction),
 * the signed checkpoint (ours), tiles, and last log/checkpoint.  Whoever sees a
 * checkpoint finds its tiles, and the database is never behind the disk. */

static const char add_checkpoint[] =
    "INSERT INTO ledger_checkpoint (log, size, note, at) VALUES ($1, $2, $3, $4)";
static const char add_head[] = "INSERT INTO ledger_head (log, n_leaves, frontier)"
                               " VALUES ($1, 0, $2) ON CONFLICT (log) DO NOTHING";
static const char list_new[] = "SELECT leaf, entry FROM ledger_leaf"
                               " WHERE log = $1 AND leaf >= $2 ORDER BY leaf";
static const char get_last[] = "SELECT COALESCE(MAX(leaf), -1) FROM ledger_leaf WHERE log = $1";

static const char checkpoint_path[] = "log/checkpoint";

static struct nodes
nodes_of(const struct ledger *l, struct db *db)
{
	return (struct nodes){ l->folder, ledger_origin(l), db };
}

/* ---- signing ---- */

/* Adds the leaves behind the frontier as the database has them now. */
static enum err
hash_new(struct ledger *l, struct db *db, struct merkle_frontier *f, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	TRY(db_select(db, &rows, why, list_new, DB_T(ledger_origin(l)), DB_I((int64_t)f->size)));
	for (;;) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			return OK;
		if (db_col_i64(&rows, 0) != (int64_t)f->size)
			return fail(why, ERR_TAMPERED, "ledger.gap",
			    "leaf %" PRIu64 " of the log %s is missing", f->size, l->origin);
		struct hash leaf = merkle_leaf(db_col_blob(&rows, 1));
		TRY(merkle_append(f, &leaf, why));
	}
}

/* The head over all leaves, from the last signed one on. */
static enum err
head_of_leaves(struct ledger *l, struct db *db, const struct merkle_head *last,
    const struct merkle_frontier *kept, struct merkle_head *ret, struct why *why)
{
	struct nodes nodes = nodes_of(l, db);
	struct merkle_frontier f = { 0 };

	if (last->size > 0)
		TRY(nodes_frontier(&nodes, last, &f, why));
	TRY(hash_new(l, db, &f, why));
	*ret = merkle_frontier_head(&f);
	struct merkle_head appended = merkle_frontier_head(kept);
	if (!merkle_head_eq(ret, &appended))
		return fail(why, ERR_TAMPERED, "ledger.changed",
		    "leaves from %" PRIu64 " on are not those that were appended (%" PRIu64
		    " in the database, %" PRIu64 " in its head): nothing was signed",
		    last->size, ret->size, appended.size);
	return OK;
}

static enum err
sign_head(struct ledger *l, const struct merkle_head *head, struct buf *out, struct why *why)
{
	CLEANUP(buf_free) struct buf text = buf_new(NOTE_BYTES_MAX);
	const struct checkpoint c = { .origin = ledger_origin(l), .head = *head };

	if (l->log_secret == NULL)
		return fail(why, ERR_FORBIDDEN, "ledger.no-log-key",
		    "the log %s was opened without the key that signs its checkpoints", l->origin);
	TRY(checkpoint_put(&c, &text, why));
	buf_put(out, buf_str(&text));
	buf_putc(out, '\n');
	return note_sign(&l->log_key, l->log_secret, buf_str(&text), 0, out, why);
}

/* The latest checkpoint, signed here and now when there are new leaves. */
static enum err
sign_new(struct ledger *l, struct db *db, time_us at, struct arena *a, struct signed_head *ret,
    struct why *why)
{
	CLEANUP(db_txn_endp) struct db_txn txn = { 0 };
	CLEANUP(buf_free) struct buf note = buf_new(NOTE_BYTES_MAX);
	struct merkle_frontier kept;
	struct merkle_head head;

	TRY(db_begin(db, &txn, why));
	TRY(ledger_head_get(db, ledger_origin(l), &kept, why));
	TRY(ledger_signed_get(db, ledger_origin(l), a, ret, why));
	if (kept.size == ret->head.size)
		return OK;
	if (kept.size < ret->head.size)
		return fail(why, ERR_TAMPERED, "ledger.truncated",
		    "the log %s signed %" PRIu64 " leaves and has only %" PRIu64, l->origin,
		    ret->head.size, kept.size);
	TRY(head_of_leaves(l, db, &ret->head, &kept, &head, why));
	TRY(sign_head(l, &head, &note, why));
	TRY(db_run(db, why, add_checkpoint, DB_T(ledger_origin(l)), DB_I((int64_t)head.size),
	    DB_B(buf_str(&note)), DB_I(at)));
	ret->head = head;
	ret->note = arena_str(a, buf_str(&note));
	if (ret->note.ptr == NULL)
		return ledger_full(why);
	return db_commit(&txn, why);
}

/* ---- on disk ---- */

/* The head in log/checkpoint; size 0: there is no such file. */
static enum err
disk_head(const struct ledger *l, struct merkle_head *ret, struct why *why)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(LEDGER_NOTES_ARENA);
	CLEANUP(buf_free) struct buf bytes = buf_new(NOTE_BYTES_MAX);
	struct note_verdict verdict = { .is_signed = true };
	struct note note;
	struct why inner = { 0 };

	*ret = (struct merkle_head){ 0 };
	enum err err = files_read(l->folder, checkpoint_path, &bytes, why);
	if (err == ERR_NOT_FOUND)
		return OK;
	if (err == ERR_IO)
		return err;
	if (err == OK)
		err = ledger_note_read(a, ledger_origin(l), buf_str(&bytes), &note, ret, &inner);
	if (err == OK && l->log_secret != NULL)
		err = note_verify(&note, &l->log_key, 1, &verdict, &inner);
	if (err != OK || !verdict.is_signed)
		return fail(why, ERR_TAMPERED, "ledger.file",
		    "%s/%s is damaged (%s): when the database is surely the newest copy, remove "
		    "the file and it is written again",
		    l->folder, checkpoint_path, err == OK ? "it is not signed" : inner.text);
	return OK;
}

/* The disk may be behind the database, never before it or beside it. */
static enum err
check_disk(struct ledger *l, struct db *db, const struct merkle_head *disk,
    const struct merkle_head *latest, struct why *why)
{
	struct nodes nodes = nodes_of(l, db);
	struct merkle_head ours = *latest;
	struct merkle_proof proof;

	if (disk->size == 0)
		return OK;
	if (disk->size < latest->size)
		TRY(nodes_consistency(&nodes, disk->size, latest, &proof, &ours, why));
	if (!merkle_head_eq(disk, &ours))
		return fail(why, ERR_TAMPERED, "ledger.rolled-back",
		    "%s/%s has a signed head of %" PRIu64 " leaves that is not one of the database "
		    "(%" PRIu64 " leaves): an old backup was put back; restore the newest one",
		    l->folder, checkpoint_path, disk->size, latest->size);
	return OK;
}

/* Writes the tiles of hashes that growing changed, lower levels first.  Entries
 * are not written: they name third parties and nobody may fetch them. */
static enum err
write_tiles(struct ledger *l, struct db *db, uint64_t old_size, uint64_t size, struct why *why)
{
	struct nodes nodes = nodes_of(l, db);
	struct tile_walk walk = { .old_size = old_size, .new_size = size };
	struct tile tile;

	while (tile_walk_next(&walk, &tile) && tile.kind == TILE_HASHES) {
		struct hash hash[TILE_WIDTH];
		char path[NODES_PATH_MAX];

		TRY(nodes_build(&nodes, &tile, hash, why));
		nodes_path(&tile, path);
		TRY(files_write(l->folder, path, tile_str(hash, tile.width), why));
		CRASH_POINT("ledger.tile");
	}
	return OK;
}

/* Once a tile is full nobody needs its beginnings. */
static void
drop_partials(const struct ledger *l, uint64_t old_size, uint64_t size)
{
	struct tile_walk walk = { .old_size = old_size, .new_size = size };
	struct tile tile;

	while (tile_walk_next(&walk, &tile) && tile.kind == TILE_HASHES) {
		char path[NODES_PATH_MAX];

		if (tile.width < TILE_WIDTH)
			continue;
		for (tile.width = 1; tile.width < TILE_WIDTH; tile.width++) {
			nodes_path(&tile, path);
			files_remove(l->folder, path);
		}
		*strrchr(path, '/') = '\0';
		files_remove(l->folder, path);
	}
}

/* Whether the tiles lead to the head: what was written is read again. */
static bool
disk_leads_to(struct ledger *l, struct db *db, const struct merkle_head *head)
{
	struct nodes nodes = nodes_of(l, db);
	struct merkle_head found;

	return nodes_head_on_disk(&nodes, head->size, &found, NULL) == OK &&
	       merkle_head_eq(&found, head);
}

static enum err
write_disk(struct ledger *l, struct db *db, const struct signed_head *latest, struct why *why)
{
	struct merkle_head disk;

	TRY(disk_head(l, &disk, why));
	if (merkle_head_eq(&disk, &latest->head))
		return OK;
	TRY(check_disk(l, db, &disk, &latest->head, why));
	TRY(write_tiles(l, db, disk.size, latest->head.size, why));
	if (!disk_leads_to(l, db, &latest->head)) {
		/* An older tile is damaged: all are written anew. */
		disk.size = 0;
		TRY(write_tiles(l, db, 0, latest->head.size, why));
		if (!disk_leads_to(l, db, &latest->head))
			return fail(why, ERR_TAMPERED, "ledger.changed",
			    "the leaves of the log %s do not lead to the checkpoint of %" PRIu64
			    " leaves that was signed over them",
			    l->origin, latest->head.size);
	}
	CRASH_POINT("ledger.tiles");
	TRY(files_write(l->folder, checkpoint_path, latest->note, why));
	CRASH_POINT("ledger.published");
	drop_partials(l, disk.size, latest->head.size);
	return OK;
}

enum err
ledger_publish(struct ledger *l, struct db *db, const struct clock *clock, uint64_t *ret_size,
    struct why *why)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(LEDGER_NOTES_ARENA);
	struct signed_head latest;

	TRY(sign_new(l, db, clock_wall(clock), a, &latest, why));
	CRASH_POINT("ledger.signed");
	TRY(write_disk(l, db, &latest, why));
	*ret_size = latest.head.size;
	return OK;
}

/* ---- after a restart ---- */

static enum err
make_log(struct ledger *l, struct db *db, struct why *why)
{
	CLEANUP(buf_free) struct buf empty = buf_new(KIB);
	const struct merkle_frontier none = { 0 };

	merkle_frontier_put(&none, &empty);
	return db_run(db, why, add_head, DB_T(ledger_origin(l)), DB_B(buf_str(&empty)));
}

static enum err
check_head(struct ledger *l, struct db *db, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	struct merkle_frontier kept;

	TRY(ledger_head_get(db, ledger_origin(l), &kept, why));
	TRY(db_select_one(db, &rows, why, get_last, DB_T(ledger_origin(l))));
	if (db_col_i64(&rows, 0) + 1 != (int64_t)kept.size)
		return fail(why, ERR_TAMPERED, "ledger.truncated",
		    "the log %s has %" PRIu64 " leaves by its head, and its last leaf is %" PRIi64,
		    l->origin, kept.size, db_col_i64(&rows, 0));
	return OK;
}

enum err
ledger_recover(struct ledger *l, struct db *db, const struct clock *clock, struct why *why)
{
	uint64_t size = 0;

	TRY(make_log(l, db, why));
	TRY(check_head(l, db, why));
	TRY(mirror_recover(l->folder, db, why));
	return ledger_publish(l, db, clock, &size, why);
}
