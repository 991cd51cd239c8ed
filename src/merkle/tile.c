#include "tile.h"

#include <stdio.h>

enum {
	GROUP_DIGITS = 3,
	GROUP = 1000,
	GROUPS_MAX = 6,                   /* of the largest index, 2^54 */
	WALK_STAGES = TILE_LEVEL_MAX + 2, /* all levels, then entries */
	LENGTH_BYTES = 2,
};

/* ---- paths ---- */

void
tile_path(const struct tile *tile, char *ret)
{
	unsigned group[GROUPS_MAX];
	size_t groups = 0;

	assert(tile->level <= TILE_LEVEL_MAX && tile->width >= 1 && tile->width <= TILE_WIDTH);
	uint64_t rest = tile->index;
	do {
		assert(groups < GROUPS_MAX);
		group[groups++] = (unsigned)(rest % GROUP);
		rest /= GROUP;
	} while (rest > 0);

	int len = tile->kind == TILE_ENTRIES ? snprintf(ret, TILE_PATH_MAX, "tile/entries")
	                                     : snprintf(ret, TILE_PATH_MAX, "tile/%u", tile->level);
	while (groups-- > 0)
		len += snprintf(ret + len, (size_t)(TILE_PATH_MAX - len), "/%s%03u",
		    groups > 0 ? "x" : "", group[groups]);
	if (tile->width < TILE_WIDTH)
		len += snprintf(ret + len, (size_t)(TILE_PATH_MAX - len), ".p/%u", tile->width);
	assert(len < TILE_PATH_MAX);
}

/* Exactly three digits. */
static bool
parse_group(struct str text, uint64_t *index)
{
	if (text.len != GROUP_DIGITS)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9')
			return false;
		*index = *index * 10 + (uint64_t)(text.ptr[i] - '0');
	}
	return true;
}

/* "x001/x234/067"; *rest is what follows, behind the last group. */
static bool
parse_index(struct str *rest, uint64_t *ret)
{
	uint64_t index = 0;

	for (size_t groups = 1; groups <= GROUPS_MAX; groups++) {
		bool is_last = !str_starts(*rest, S("x"));
		if (!is_last)
			*rest = str_sub(*rest, 1, rest->len);
		if (!parse_group(str_sub(*rest, 0, GROUP_DIGITS), &index))
			return false;
		*rest = str_sub(*rest, GROUP_DIGITS, rest->len);
		if (is_last) {
			*ret = index;
			return true;
		}
		if (!str_starts(*rest, S("/")))
			return false;
		*rest = str_sub(*rest, 1, rest->len);
	}
	return false;
}

static bool
parse_path(struct str path, struct tile *ret)
{
	struct tile tile = { .width = TILE_WIDTH };
	uint64_t number;
	const struct str partial = S(".p/");

	if (path.len >= TILE_PATH_MAX || !str_is(str_split(&path, '/'), "tile"))
		return false;
	struct str level = str_split(&path, '/');
	if (str_is(level, "entries")) {
		tile.kind = TILE_ENTRIES;
	} else {
		if (!str_to_u64(level, TILE_LEVEL_MAX, &number))
			return false;
		tile.level = (unsigned)number;
	}
	if (path.ptr == NULL || !parse_index(&path, &tile.index))
		return false;
	if (path.len > 0) {
		if (!str_starts(path, partial) ||
		    !str_to_u64(str_sub(path, partial.len, path.len), TILE_WIDTH - 1, &number) ||
		    number == 0)
			return false;
		tile.width = (unsigned)number;
	}
	*ret = tile;
	return true;
}

enum err
tile_path_parse(struct str path, struct tile *ret, struct why *why)
{
	struct tile tile;
	char again[TILE_PATH_MAX] = "";

	if (parse_path(path, &tile))
		tile_path(&tile, again);
	/* A tile has one name: no superfluous groups. */
	if (path.len == 0 || !str_is(path, again))
		return fail(why, ERR_INVALID, "tile.path", "\"%.*s\" is not the path of a tile",
		    STR_ARG(str_sub(path, 0, TILE_PATH_MAX)));
	*ret = tile;
	return OK;
}

/* ---- which tiles there are ---- */

/* Nodes on the lowest row of the tiles of a level. */
static uint64_t
nodes_at(unsigned level, uint64_t size)
{
	return size >> (TILE_HEIGHT * level);
}

bool
tile_at(enum tile_kind kind, unsigned level, uint64_t index, uint64_t size, struct tile *ret)
{
	if (level > TILE_LEVEL_MAX || (kind == TILE_ENTRIES && level != 0))
		return false;

	uint64_t nodes = nodes_at(level, size);
	if (nodes == 0 || index > (nodes - 1) / TILE_WIDTH)
		return false;
	uint64_t left = nodes - index * TILE_WIDTH;
	*ret = (struct tile){ kind, level, index,
		left < TILE_WIDTH ? (unsigned)left : (unsigned)TILE_WIDTH };
	return true;
}

bool
tile_walk_next(struct tile_walk *walk, struct tile *ret)
{
	for (; walk->stage < WALK_STAGES; walk->stage++, walk->is_inside = false) {
		bool entries = walk->stage == WALK_STAGES - 1;
		unsigned level = entries ? 0 : walk->stage;
		uint64_t old_nodes = nodes_at(level, walk->old_size);
		if (old_nodes == nodes_at(level, walk->new_size))
			continue;
		walk->index = walk->is_inside ? walk->index + 1 : old_nodes / TILE_WIDTH;
		walk->is_inside = true;
		if (tile_at(entries ? TILE_ENTRIES : TILE_HASHES, level, walk->index,
		        walk->new_size, ret))
			return true;
	}
	return false;
}

/* ---- tiles of hashes ---- */

enum err
tile_fill(const struct merkle_source *source, const struct tile *tile, struct hash *ret,
    struct why *why)
{
	assert(tile->kind == TILE_HASHES && tile->width <= TILE_WIDTH);
	for (unsigned i = 0; i < tile->width; i++)
		TRY(source->read(source->ctx, TILE_HEIGHT * tile->level,
		    tile->index * TILE_WIDTH + i, &ret[i], why));
	return OK;
}

enum err
tile_parse(struct str bytes, unsigned width, struct hash *ret, struct why *why)
{
	assert(width >= 1 && width <= TILE_WIDTH);
	if (bytes.len != (size_t)width * HASH_BYTES)
		return fail(why, ERR_INVALID, "tile.bytes",
		    "a tile of %u hashes has %zu bytes, not %zu", width, (size_t)width * HASH_BYTES,
		    bytes.len);
	memcpy(ret, bytes.ptr, bytes.len);
	return OK;
}

static enum err
keep_tile(struct tile_source *tiles, unsigned level, uint64_t index, struct why *why)
{
	struct tile tile;

	if (!tile_at(TILE_HASHES, level, index, tiles->size, &tile))
		return fail(why, ERR_NOT_FOUND, "tile.unknown",
		    "a log of %" PRIu64 " leaves has no tile %" PRIu64 " of level %u", tiles->size,
		    index, level);
	if (tiles->kept.width > 0 && tiles->kept.level == level && tiles->kept.index == index)
		return OK;
	tiles->kept.width = 0;
	TRY(tiles->read(tiles->ctx, &tile, tiles->hash, why));
	tiles->kept = tile;
	return OK;
}

static enum err
read_tiles(void *ctx, unsigned level, uint64_t index, struct hash *ret, struct why *why)
{
	struct tile_source *tiles = ctx;
	unsigned height = level % TILE_HEIGHT;
	size_t width = (size_t)1 << height;
	uint64_t first = index << height;

	TRY(keep_tile(tiles, level / TILE_HEIGHT, first / TILE_WIDTH, why));
	if (first % TILE_WIDTH + width > tiles->kept.width)
		return fail(why, ERR_NOT_FOUND, "merkle.unknown",
		    "node %" PRIu64 " of level %u is not complete in %" PRIu64 " leaves", index,
		    level, tiles->size);
	*ret = merkle_root(&tiles->hash[first % TILE_WIDTH], width);
	return OK;
}

struct merkle_source
tile_source_of(struct tile_source *tiles)
{
	return (struct merkle_source){ read_tiles, tiles };
}

/* ---- bundles of entries ---- */

enum err
tile_entry_put(struct buf *out, struct str entry, struct why *why)
{
	if (entry.len > TILE_ENTRY_MAX)
		return fail(why, ERR_LIMIT, "tile.entry",
		    "the entry has %zu bytes; a log takes %d at most", entry.len, TILE_ENTRY_MAX);
	buf_putc(out, (char)(uint8_t)(entry.len >> 8));
	buf_putc(out, (char)(uint8_t)entry.len);
	buf_put(out, entry);
	return buf_check(out, "bundle of entries", why);
}

enum err
tile_entry_next(struct str *rest, struct str *ret, struct why *why)
{
	if (rest->len < LENGTH_BYTES)
		return fail(why, ERR_INVALID, "tile.short", "the bundle ends inside a length");

	size_t len = (size_t)(uint8_t)rest->ptr[0] << 8 | (uint8_t)rest->ptr[1];
	if (len > rest->len - LENGTH_BYTES)
		return fail(why, ERR_INVALID, "tile.short",
		    "the bundle ends inside an entry of %zu bytes", len);
	*ret = str_sub(*rest, LENGTH_BYTES, len);
	*rest = str_sub(*rest, LENGTH_BYTES + len, rest->len);
	return OK;
}
