#include "audit_p.h"
#include "ledger_p.h"
#include "nodes_p.h"
#include "tile.h"

/* One walk over all leaves builds two trees, of the entries in the database and
 * of the hashes in the tiles.  Where a leaf and its tile differ, the next
 * checkpoint that was signed says which of them is right. */

static const char list_leaves[] =
    "SELECT leaf, entry, kind FROM ledger_leaf WHERE log = $1 ORDER BY leaf";
static const char list_checkpoints[] =
    "SELECT size, note FROM ledger_checkpoint WHERE log = $1 ORDER BY size";

enum {
	GAP_MAX = 1024 * KIB, /* missing leaves that are walked over in one gap */
};

/* The last tile of a level, as it ought to be. */
struct level {
	unsigned len;
	uint64_t index;
	struct hash entries[TILE_WIDTH]; /* made from the entries */
	struct hash tiles[TILE_WIDTH];   /* made from the tiles below */
};

struct walk {
	struct audit *audit;
	struct arena *arena; /* of one note */
	struct merkle_frontier entries, tiles;
	struct level level[TILE_LEVEL_MAX + 1];
	struct hash file[TILE_WIDTH]; /* the tile of level 0 that the walk is in */
	unsigned file_len;            /* 0: it cannot be read */

	/* The next checkpoint in the database. */
	struct db_rows checkpoints;
	bool has_next;
	struct merkle_head next;

	uint64_t proven; /* size of the last checkpoint that was reached */
	bool is_lost;    /* neither tree led to a checkpoint: roots mean no more */
	size_t differ;   /* leaves since then that are not as in their tile */
	uint64_t leaf[AUDIT_PROBLEMS_MAX];
};

/* ---- checkpoints ---- */

static enum err
next_checkpoint(struct walk *w, struct why *why)
{
	struct audit *a = w->audit;

	for (;;) {
		struct why reason = { 0 };
		struct note note;

		TRY(db_next(&w->checkpoints, &w->has_next, why));
		if (!w->has_next)
			return OK;
		a->report->checkpoints++;
		arena_clear(w->arena);
		enum err err = audit_note(a, w->arena, db_col_blob(&w->checkpoints, 1), &note,
		    &w->next, &reason);
		if (err == OK && (int64_t)w->next.size != db_col_i64(&w->checkpoints, 0))
			err = fail(&reason, ERR_TAMPERED, "audit.size", "it says %" PRIu64,
			    w->next.size);
		if (err == OK) {
			a->latest = w->next;
			return OK;
		}
		audit_problem_add(a->report, "checkpoint",
		    "the checkpoint of %" PRIi64 " leaves in the database is wrong: %s",
		    db_col_i64(&w->checkpoints, 0), reason.text);
	}
}

/* Says what is wrong where leaf and tile differ. */
static void
report_differences(struct walk *w, const char *code, const char *what)
{
	for (size_t i = 0; i < w->differ && i < COUNTOF(w->leaf); i++)
		audit_problem_add(w->audit->report, code,
		    "leaf %" PRIu64 " and its hash in tile 0/%" PRIu64 " differ: %s", w->leaf[i],
		    w->leaf[i] / TILE_WIDTH, what);
	w->differ = 0;
}

static void
judge(struct walk *w)
{
	struct merkle_head entries = merkle_frontier_head(&w->entries);
	struct merkle_head tiles = merkle_frontier_head(&w->tiles);

	if (merkle_head_eq(&entries, &w->next)) {
		report_differences(w, "tile", "the tile is damaged, the leaf is as it was signed");
		w->tiles = w->entries;
		w->is_lost = false;
	} else if (merkle_head_eq(&tiles, &w->next)) {
		report_differences(w, "leaf", "the leaf was changed, the tile is as it was signed");
		w->entries = w->tiles;
		w->is_lost = false;
	} else if (!w->is_lost) {
		report_differences(w, "leaf", "neither leads to the next checkpoint");
		audit_problem_add(w->audit->report, "leaf",
		    "one of the leaves %" PRIu64 " to %" PRIu64 " was changed: they do not lead to "
		    "the checkpoint of %" PRIu64 " leaves that was signed over them",
		    w->proven, w->next.size - 1, w->next.size);
		w->is_lost = true;
	}
	w->proven = w->next.size;
}

static enum err
reach(struct walk *w, struct why *why)
{
	uint64_t size = w->entries.size;

	while (w->has_next && w->next.size <= size) {
		if (w->next.size == size)
			judge(w);
		TRY(next_checkpoint(w, why));
	}
	if (audit_wants(w->audit, size)) {
		struct merkle_head ours = merkle_frontier_head(&w->entries);
		audit_compare(w->audit, &ours);
	}
	return OK;
}

/* ---- tiles ---- */

/* Reads a tile, or the beginning of one that has grown meanwhile. */
static unsigned
read_tile(struct walk *w, unsigned level, uint64_t index, struct hash ret[TILE_WIDTH])
{
	struct audit *a = w->audit;
	char path[NODES_PATH_MAX];
	struct tile tile;

	if (!tile_at(TILE_HASHES, level, index, a->tile_size, &tile))
		return 0;
	unsigned width = tile.width;
	nodes_path(&tile, path);
	enum err err = nodes_file(a->request->folder, &tile, ret, NULL);
	if (err == ERR_NOT_FOUND) {
		tile.width = TILE_WIDTH;
		err = nodes_file(a->request->folder, &tile, ret, NULL);
	}
	if (err == OK) {
		a->report->tiles++;
		return width;
	}
	audit_problem_add(a->report, "tile", "the file %s %s", path,
	    err == ERR_NOT_FOUND ? "is missing" : "cannot be read, or has another length");
	return 0;
}

/* A tile above level 0 against the roots of the tiles below it. */
static void
check_tile(struct walk *w, unsigned level)
{
	struct level *lv = &w->level[level];
	struct hash file[TILE_WIDTH];
	unsigned width = read_tile(w, level, lv->index, file);

	for (unsigned i = 0; i < lv->len && i < width; i++) {
		if (!hash_eq(&file[i], &lv->entries[i]) && !hash_eq(&file[i], &lv->tiles[i]))
			audit_problem_add(w->audit->report, "tile",
			    "hash %u of tile %u/%" PRIu64 " is not the root of what lies below it",
			    i, level, lv->index);
	}
	if (width >= lv->len)
		memcpy(lv->tiles, file, lv->len * sizeof(file[0]));
}

/* Adds a leaf to the tiles that ought to be there. */
static void
push(struct walk *w, struct hash entry, struct hash tile)
{
	for (unsigned level = 0; level <= TILE_LEVEL_MAX; level++) {
		struct level *lv = &w->level[level];

		lv->entries[lv->len] = entry;
		lv->tiles[lv->len++] = tile;
		if (lv->len < TILE_WIDTH)
			return;
		if (level > 0)
			check_tile(w, level);
		entry = merkle_root(lv->entries, TILE_WIDTH);
		tile = merkle_root(lv->tiles, TILE_WIDTH);
		lv->len = 0;
		lv->index++;
	}
}

/* ---- leaves ---- */

/* hash NULL: the leaf is missing, its tile stands for it. */
static enum err
add_leaf(struct walk *w, const struct hash *hash, struct why *why)
{
	static const struct hash unknown;
	uint64_t leaf = w->entries.size;
	unsigned at = (unsigned)(leaf % TILE_WIDTH);

	if (at == 0)
		w->file_len = read_tile(w, 0, leaf / TILE_WIDTH, w->file);
	const struct hash *tile = at < w->file_len ? &w->file[at] : hash;
	if (tile == NULL)
		tile = &unknown;
	if (hash == NULL)
		hash = tile;
	if (!hash_eq(hash, tile) && w->differ < COUNTOF(w->leaf))
		w->leaf[w->differ++] = leaf;
	if (leaf < w->audit->tile_size)
		push(w, *hash, *tile);
	TRY(merkle_append(&w->entries, hash, why));
	TRY(merkle_append(&w->tiles, tile, why));
	return reach(w, why);
}

static enum err
fill_gap(struct walk *w, uint64_t to, struct why *why)
{
	uint64_t from = w->entries.size;

	audit_problem_add(w->audit->report, "leaf",
	    "the leaves %" PRIu64 " to %" PRIu64 " are missing", from, to - 1);
	for (uint64_t i = from; i < to && i - from < GAP_MAX; i++)
		TRY(add_leaf(w, NULL, why));
	return OK;
}

/* In a part of a log the hash of a leaf may stand for it. */
static bool
is_withheld(const struct walk *w, const struct db_rows *rows, struct hash *ret)
{
	struct str entry = db_col_blob(rows, 1);

	if (!w->audit->request->part || !str_is(db_col_text(rows, 2), LEDGER_WITHHELD) ||
	    entry.len != HASH_BYTES)
		return false;
	memcpy(ret->byte, entry.ptr, HASH_BYTES);
	w->audit->report->withheld++;
	return true;
}

static enum err
walk_leaf(struct walk *w, const struct db_rows *rows, bool *ret_go_on, struct why *why)
{
	struct str entry = db_col_blob(rows, 1);
	int64_t leaf = db_col_i64(rows, 0);

	w->audit->report->leaves++;
	if (leaf > (int64_t)w->entries.size)
		TRY(fill_gap(w, (uint64_t)leaf, why));
	*ret_go_on = leaf == (int64_t)w->entries.size;
	if (!*ret_go_on) {
		audit_problem_add(w->audit->report, "leaf",
		    "leaf %" PRIi64 " has no place in the log: what follows it was not read", leaf);
		return OK;
	}
	struct hash hash;
	if (is_withheld(w, rows, &hash))
		return add_leaf(w, &hash, why);
	hash = merkle_leaf(entry);
	TRY(add_leaf(w, &hash, why));
	return audit_batch(w->audit, (uint64_t)leaf, entry, why);
}

static enum err
walk_leaves(struct walk *w, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool go_on = true;

	TRY(db_select(w->audit->request->db, &rows, why, list_leaves,
	    DB_T(w->audit->request->origin)));
	while (go_on) {
		bool has = false;

		TRY(db_next(&rows, &has, why));
		if (!has)
			return OK;
		TRY(walk_leaf(w, &rows, &go_on, why));
	}
	return OK;
}

/* ---- the end ---- */

static enum err
check_rest(struct walk *w, struct why *why)
{
	uint64_t leaves = w->entries.size;

	for (unsigned level = 1; level <= TILE_LEVEL_MAX; level++) {
		if (w->level[level].len > 0)
			check_tile(w, level);
	}
	report_differences(w, "leaf", "there is no good checkpoint behind it that says which");
	while (w->has_next)
		TRY(next_checkpoint(w, why));
	if (w->audit->latest.size > leaves)
		audit_problem_add(w->audit->report, "truncated",
		    "a checkpoint of %" PRIu64 " leaves in the database is signed, and there are "
		    "only %" PRIu64 ": the leaves %" PRIu64 " to %" PRIu64 " are gone",
		    w->audit->latest.size, leaves, leaves, w->audit->latest.size - 1);
	return audit_heads_end(w->audit, leaves, why);
}

/* The head of the database stands for leaves that are not signed yet. */
static enum err
check_head(struct walk *w, struct why *why)
{
	struct audit *a = w->audit;
	struct merkle_frontier kept;
	struct why reason = { 0 };

	enum err err = ledger_head_get(a->request->db, a->request->origin, &kept, &reason);
	if (err == ERR_IO) {
		if (why != NULL)
			*why = reason;
		return err;
	}
	if (err != OK) {
		audit_problem_add(a->report, "leaf", "%s", reason.text);
		return OK;
	}
	struct merkle_head said = merkle_frontier_head(&kept);
	struct merkle_head ours = merkle_frontier_head(&w->entries);
	if (said.size > ours.size)
		audit_problem_add(a->report, "truncated",
		    "the head of the log in the database counts %" PRIu64 " leaves, and there are "
		    "only %" PRIu64,
		    said.size, ours.size);
	else if (!w->is_lost && !merkle_head_eq(&said, &ours))
		audit_problem_add(a->report, "leaf",
		    "the leaves from %" PRIu64 " on, which no checkpoint covers yet, are not those "
		    "that were appended, or the head of the log was changed",
		    w->proven);
	return OK;
}

static void
walk_freep(struct walk **w)
{
	db_rows_endp(&(*w)->checkpoints);
	arena_free((*w)->arena);
	heap_free(*w);
}

enum err
audit_tree(struct audit *a, struct why *why)
{
	CLEANUP(walk_freep) struct walk *w = heap_new(sizeof(*w), 1);

	w->audit = a;
	w->arena = arena_new(LEDGER_NOTES_ARENA);
	TRY(db_select(a->request->db, &w->checkpoints, why, list_checkpoints,
	    DB_T(a->request->origin)));
	TRY(next_checkpoint(w, why));
	TRY(walk_leaves(w, why));
	TRY(check_rest(w, why));
	return check_head(w, why);
}
