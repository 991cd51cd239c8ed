/* tile.h: a log as immutable files of up to 256 hashes or entries.
 *
 * Tile (level, index) holds the nodes of tree level 8 * level, from node
 * 256 * index on; the last tile of a level is partial and has its width in its
 * path.  Here are names and bytes only: reading and writing files is the
 * caller's.
 *
 * Source: C2SP tlog-tiles. */
#pragma once

#include "base.h"
#include "buf.h"
#include "merkle.h"

enum {
	TILE_HEIGHT = 8,
	TILE_WIDTH = 256,
	TILE_LEVEL_MAX = 7, /* of a log of 2^62 leaves */
	TILE_PATH_MAX = 64,
	TILE_ENTRY_MAX = 65535, /* bytes of a log entry: two bytes give its length */
};

enum tile_kind { TILE_HASHES, TILE_ENTRIES };

struct tile {
	enum tile_kind kind;
	unsigned level; /* 0 for entries */
	uint64_t index;
	unsigned width; /* 1 to 256 */
};

/* "tile/0/x001/x234/067" or "tile/entries/000.p/5", without a leading slash;
 * ret holds TILE_PATH_MAX bytes. */
void tile_path(const struct tile *tile, char *ret);

/* ERR_INVALID when it is no such path, exactly as tile_path() writes it. */
enum err tile_path_parse(struct str path, struct tile *ret, struct why *why);

/* Whether a log of size leaves has any tile (kind, level, index), and with the
 * greatest width it has there. */
bool tile_at(enum tile_kind kind, unsigned level, uint64_t index, uint64_t size, struct tile *ret);

/* Walks over the tiles that growing from old_size to new_size writes anew:
 * hashes of all levels, then entries.  Starts zeroed with both sizes set. */
struct tile_walk {
	uint64_t old_size, new_size;
	unsigned stage;
	uint64_t index;
	bool is_inside;
};
bool tile_walk_next(struct tile_walk *walk, struct tile *ret);

/* ---- tiles of hashes ---- */

/* The hashes of a tile out of a source of nodes; ret holds tile->width. */
enum err tile_fill(const struct merkle_source *source, const struct tile *tile, struct hash *ret,
    struct why *why);

/* Reads the bytes of a tile.  ERR_INVALID when they are not width hashes. */
enum err tile_parse(struct str bytes, unsigned width, struct hash *ret, struct why *why);

static inline struct str
tile_str(const struct hash *hash, unsigned width)
{
	return (struct str){ (const char *)hash, (size_t)width * HASH_BYTES };
}

/* Fetches the bytes of one tile of hashes into ret (tile->width of them). */
typedef enum err tile_read(void *ctx, const struct tile *tile, struct hash *ret, struct why *why);

/* A source of nodes over the tiles of a log of size leaves.  It keeps the last
 * tile read.  Not thread-safe. */
struct tile_source {
	tile_read *read;
	void *ctx;
	uint64_t size;
	struct tile kept; /* width 0: none yet */
	struct hash hash[TILE_WIDTH];
};
struct merkle_source tile_source_of(struct tile_source *tiles);

/* ---- bundles of entries ---- */

/* Appends one entry.  ERR_LIMIT when it is longer than TILE_ENTRY_MAX. */
enum err tile_entry_put(struct buf *out, struct str entry, struct why *why);

/* Takes the next entry off *rest.  ERR_INVALID when it is cut short. */
enum err tile_entry_next(struct str *rest, struct str *ret, struct why *why);
