#include <stdio.h>

#include "files_p.h"
#include "nodes_p.h"

static const char list_entries[] = "SELECT leaf, entry FROM ledger_leaf"
                                   " WHERE log = $1 AND leaf >= $2 AND leaf < $3 ORDER BY leaf";

/* ---- one tile ---- */

void
nodes_path(const struct tile *tile, char *ret)
{
	char path[TILE_PATH_MAX];

	tile_path(tile, path);
	(void)snprintf(ret, NODES_PATH_MAX, "log/%s", path);
}

enum err
nodes_file(const char *folder, const struct tile *tile, struct hash *ret, struct why *why)
{
	CLEANUP(buf_free) struct buf bytes = buf_new(TILE_WIDTH * HASH_BYTES);
	char path[NODES_PATH_MAX];

	nodes_path(tile, path);
	TRY(files_read(folder, path, &bytes, why));
	return tile_parse(buf_str(&bytes), tile->width, ret, why);
}

static enum err
hash_entries(const struct nodes *n, const struct tile *tile, struct hash *ret, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	uint64_t first = tile->index * TILE_WIDTH;

	TRY(db_select(n->db, &rows, why, list_entries, DB_T(n->origin), DB_I((int64_t)first),
	    DB_I((int64_t)(first + tile->width))));
	for (unsigned i = 0; i < tile->width; i++) {
		bool has = false;

		TRY(db_next(&rows, &has, why));
		if (!has || db_col_i64(&rows, 0) != (int64_t)(first + i))
			return fail(why, ERR_TAMPERED, "ledger.gap",
			    "leaf %" PRIu64 " of the log " STR_FMT " is missing", first + i,
			    STR_ARG(n->origin));
		ret[i] = merkle_leaf(db_col_blob(&rows, 1));
	}
	return OK;
}

/* The recursion with nodes_build() ends at level 0, after TILE_LEVEL_MAX. */
static enum err
read_tile(void *ctx, const struct tile *tile, struct hash *ret, struct why *why)
{
	const struct nodes *n = ctx;

	if (n->folder != NULL && nodes_file(n->folder, tile, ret, NULL) == OK)
		return OK;
	return nodes_build(n, tile, ret, why);
}

enum err
nodes_build(const struct nodes *n, const struct tile *tile, struct hash *ret, struct why *why)
{
	struct hash below[TILE_WIDTH];

	if (tile->level == 0)
		return hash_entries(n, tile, ret, why);
	for (unsigned i = 0; i < tile->width; i++) {
		const struct tile child = { TILE_HASHES, tile->level - 1,
			tile->index * TILE_WIDTH + i, TILE_WIDTH };
		TRY(read_tile((void *)(uintptr_t)n, &child, below, why));
		ret[i] = merkle_root(below, TILE_WIDTH);
	}
	return OK;
}

/* ---- answers, first by the tiles and then by the entries ---- */

typedef enum err attempt_fn(const struct merkle_source *source, void *arg, struct why *why);

static enum err
attempt(const struct nodes *n, uint64_t size, attempt_fn *fn, void *arg, struct why *why)
{
	struct tile_source tiles = { .read = read_tile, .ctx = (void *)(uintptr_t)n, .size = size };
	struct merkle_source source = tile_source_of(&tiles);

	return fn(&source, arg, why);
}

static enum err
attempt_twice(const struct nodes *n, uint64_t size, attempt_fn *fn, void *arg, struct why *why)
{
	struct nodes entries = *n;

	if (n->folder != NULL && attempt(n, size, fn, arg, NULL) == OK)
		return OK;
	entries.folder = NULL;
	return attempt(&entries, size, fn, arg, why);
}

static enum err
read_file_only(void *ctx, const struct tile *tile, struct hash *ret, struct why *why)
{
	const struct nodes *n = ctx;

	return nodes_file(n->folder, tile, ret, why);
}

enum err
nodes_head_on_disk(const struct nodes *n, uint64_t size, struct merkle_head *ret, struct why *why)
{
	struct tile_source tiles = {
		.read = read_file_only,
		.ctx = (void *)(uintptr_t)n,
		.size = size,
	};
	struct merkle_source source = tile_source_of(&tiles);

	return merkle_head_at(&source, size, ret, why);
}

struct frontier_job {
	const struct merkle_head *head;
	struct merkle_frontier *ret;
};

static enum err
find_frontier(const struct merkle_source *source, void *arg, struct why *why)
{
	const struct frontier_job *job = arg;

	TRY(merkle_frontier_at(source, job->head->size, job->ret, why));
	struct merkle_head found = merkle_frontier_head(job->ret);
	if (!merkle_head_eq(&found, job->head))
		return fail(why, ERR_TAMPERED, "ledger.changed",
		    "the first %" PRIu64 " leaves in the database are not those of the checkpoint "
		    "that was signed over them",
		    job->head->size);
	return OK;
}

enum err
nodes_frontier(const struct nodes *n, const struct merkle_head *head, struct merkle_frontier *ret,
    struct why *why)
{
	struct frontier_job job = { head, ret };

	return attempt_twice(n, head->size, find_frontier, &job, why);
}

struct inclusion_job {
	const struct merkle_head *head;
	uint64_t leaf;
	struct hash hash;
	struct merkle_proof *ret;
};

static enum err
find_inclusion(const struct merkle_source *source, void *arg, struct why *why)
{
	const struct inclusion_job *job = arg;

	TRY(merkle_prove_inclusion(source, job->leaf, job->head->size, job->ret, why));
	return merkle_verify_inclusion(job->head, job->leaf, &job->hash, job->ret, why);
}

enum err
nodes_inclusion(const struct nodes *n, const struct merkle_head *head, uint64_t leaf,
    struct str entry, struct merkle_proof *ret, struct why *why)
{
	struct inclusion_job job = { head, leaf, merkle_leaf(entry), ret };

	return attempt_twice(n, head->size, find_inclusion, &job, why);
}

struct consistency_job {
	uint64_t old_size;
	const struct merkle_head *to;
	struct merkle_proof *ret;
	struct merkle_head from;
};

static enum err
find_consistency(const struct merkle_source *source, void *arg, struct why *why)
{
	struct consistency_job *job = arg;

	TRY(merkle_prove_consistency(source, job->old_size, job->to->size, job->ret, why));
	TRY(merkle_head_at(source, job->old_size, &job->from, why));
	return merkle_verify_consistency(&job->from, job->to, job->ret, why);
}

enum err
nodes_consistency(const struct nodes *n, uint64_t old_size, const struct merkle_head *to,
    struct merkle_proof *ret, struct merkle_head *ret_from, struct why *why)
{
	struct consistency_job job = { .old_size = old_size, .to = to, .ret = ret };

	TRY(attempt_twice(n, to->size, find_consistency, &job, why));
	if (ret_from != NULL)
		*ret_from = job.from;
	return OK;
}
