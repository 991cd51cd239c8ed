/* nodes_p.h: the nodes of the tree, out of the tiles on disk or, where those
 * are missing or damaged, out of the entries in the database.
 *
 * What comes out of nodes_frontier(), nodes_inclusion() and nodes_consistency()
 * was verified against a head first: with the tiles, and if they do not lead to
 * it, with the entries alone.  ERR_TAMPERED means that these do not, either. */
#pragma once

#include "base.h"
#include "db.h"
#include "merkle.h"
#include "tile.h"

struct nodes {
	const char *folder; /* of the realm; NULL: no tiles are looked at */
	struct str origin;
	struct db *db;
};

/* The hashes of a tile, made from what lies below it: entries, or the tiles of
 * the level below. */
enum err nodes_build(const struct nodes *n, const struct tile *tile, struct hash *ret,
    struct why *why);

/* Reads one tile of hashes from disk.  ERR_NOT_FOUND, ERR_INVALID, ERR_IO. */
enum err nodes_file(const char *folder, const struct tile *tile, struct hash *ret, struct why *why);

/* "log/tile/..."; ret holds NODES_PATH_MAX bytes. */
enum { NODES_PATH_MAX = TILE_PATH_MAX + 8 };
void nodes_path(const struct tile *tile, char *ret);

/* The head of the first size leaves, as the tiles have it and nothing else. */
enum err nodes_head_on_disk(const struct nodes *n, uint64_t size, struct merkle_head *ret,
    struct why *why);

enum err nodes_frontier(const struct nodes *n, const struct merkle_head *head,
    struct merkle_frontier *ret, struct why *why);
enum err nodes_inclusion(const struct nodes *n, const struct merkle_head *head, uint64_t leaf,
    struct str entry, struct merkle_proof *ret, struct why *why);

/* From old_size (at least 1) to the head.
 *
 *   ret_from   the head of old_size leaves; NULL: not wanted */
enum err nodes_consistency(const struct nodes *n, uint64_t old_size, const struct merkle_head *to,
    struct merkle_proof *ret, struct merkle_head *ret_from, struct why *why);
