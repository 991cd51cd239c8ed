#include "tile.h"

#include <stdio.h>
#include <string.h>

#include "cases.h"

/* clang-format off */
static const struct path_case {
	const char *name;
	struct tile tile;
	const char *path;
} path_cases[] = {
	{ "the first tile",         { TILE_HASHES, 0, 0, 256 },          "tile/0/000" },
	{ "a partial tile",         { TILE_HASHES, 1, 5, 17 },           "tile/1/005.p/17" },
	{ "an index of two groups", { TILE_HASHES, 0, 1000, 256 },       "tile/0/x001/000" },
	{ "the example of the specification", { TILE_HASHES, 0, 1234067, 256 }, "tile/0/x001/x234/067" },
	{ "entries",                { TILE_ENTRIES, 0, 1234067, 1 },     "tile/entries/x001/x234/067.p/1" },
	{ "the last tile there can be", { TILE_HASHES, 7, UINT64_C(1) << 54, 255 },
	  "tile/7/x018/x014/x398/x509/x481/984.p/255" },
};

static const struct bad_path_case {
	const char *name;
	const char *path;
} bad_path_cases[] = {
	{ "nothing", "" },
	{ "no index", "tile/0" },
	{ "an empty index", "tile/0/" },
	{ "a leading slash", "/tile/0/000" },
	{ "two digits", "tile/0/00" },
	{ "four digits", "tile/0/0000" },
	{ "a superfluous group", "tile/0/x000/001" },
	{ "a group without x", "tile/0/001/234" },
	{ "an x on the last group", "tile/0/x001" },
	{ "too many groups", "tile/0/x001/x000/x000/x000/x000/x000/000" },
	{ "a level too high", "tile/8/000" },
	{ "a level with a zero", "tile/00/000" },
	{ "a negative level", "tile/-1/000" },
	{ "no width", "tile/0/000.p/0" },
	{ "the full width", "tile/0/000.p/256" },
	{ "a width with a zero", "tile/0/000.p/01" },
	{ "a width alone", "tile/0/.p/1" },
	{ "something behind", "tile/0/000.p/1/" },
	{ "a way out", "tile/0/../000" },
	{ "letters for digits", "tile/0/0a0" },
	{ "other entries", "tile/Entries/000" },
};
/* clang-format on */

static void
check_path(void **state)
{
	const struct path_case *c = *state;
	char path[TILE_PATH_MAX];
	struct tile back;

	tile_path(&c->tile, path);
	assert_string_equal(path, c->path);
	assert_int_equal(tile_path_parse(str_of(c->path), &back, NULL), OK);
	assert_int_equal(back.kind, c->tile.kind);
	assert_int_equal(back.level, c->tile.level);
	assert_int_equal(back.index, c->tile.index);
	assert_int_equal(back.width, c->tile.width);
}

static void
check_bad_path(void **state)
{
	const struct bad_path_case *c = *state;
	struct tile tile;
	struct why why = { 0 };
	char want[128];

	(void)snprintf(want, sizeof(want), "\"%s\" is not the path of a tile", c->path);
	assert_int_equal(tile_path_parse(str_of(c->path), &tile, &why), ERR_INVALID);
	assert_string_equal(why.text, want);
}

/* ---- a log of some size, whose tiles lie in memory ---- */

enum { SIZE = 70'000, SLOTS = 512 };

struct disk {
	size_t len;
	struct {
		char path[TILE_PATH_MAX];
		struct hash hash[TILE_WIDTH];
	} slot[SLOTS];
};

static struct hash leaves[SIZE];

static enum err
read_disk(void *ctx, const struct tile *tile, struct hash *ret, struct why *why)
{
	const struct disk *disk = ctx;
	char path[TILE_PATH_MAX];

	tile_path(tile, path);
	for (size_t i = 0; i < disk->len; i++) {
		if (strcmp(disk->slot[i].path, path) == 0) {
			memcpy(ret, disk->slot[i].hash, tile->width * sizeof(*ret));
			return OK;
		}
	}
	/* In parentheses: cmocka has a macro of this name. */
	return (fail)(why, ERR_NOT_FOUND, "test.missing", "no %s", path);
}

static void
grow(struct disk *disk, uint64_t old_size, uint64_t new_size)
{
	struct merkle_leaves all = { leaves, SIZE };
	struct merkle_source source = merkle_source_of(&all);
	struct tile_walk walk = { .old_size = old_size, .new_size = new_size };
	struct tile tile;

	while (tile_walk_next(&walk, &tile)) {
		if (tile.kind == TILE_ENTRIES)
			continue;
		assert_in_range(disk->len, 0, SLOTS - 1);
		tile_path(&tile, disk->slot[disk->len].path);
		assert_int_equal(tile_fill(&source, &tile, disk->slot[disk->len].hash, NULL), OK);
		disk->len++;
	}
}

static void
fill_leaves(void)
{
	for (size_t i = 0; i < SIZE; i++)
		leaves[i] = merkle_leaf((struct str){ (const char *)&i, sizeof(i) });
}

/* What is proved out of tiles holds against roots made of the leaves, at every
 * size to which the log grew. */
static void
check_proofs_from_tiles(void **)
{
	static const uint64_t sizes[] = { 0, 1, 5, 256, 300, 65'535, 65'536, SIZE };
	CLEANUP(heap_freep) struct disk *disk = heap_new(sizeof(*disk), 1);

	for (size_t i = 1; i < COUNTOF(sizes); i++) {
		uint64_t size = sizes[i];
		grow(disk, sizes[i - 1], size);
		struct tile_source tiles = { .read = read_disk, .ctx = disk, .size = size };
		struct merkle_source source = tile_source_of(&tiles);
		struct merkle_head want = { size, merkle_root(leaves, size) };
		struct merkle_head head;
		struct merkle_proof proof;
		assert_int_equal(merkle_head_at(&source, size, &head, NULL), OK);
		assert_true(merkle_head_eq(&head, &want));
		for (uint64_t index = 0; index < size; index += 1 + size / 50) {
			assert_int_equal(merkle_prove_inclusion(&source, index, size, &proof, NULL),
			    OK);
			assert_int_equal(merkle_verify_inclusion(&head, index, &leaves[index],
			                     &proof, NULL),
			    OK);
		}
		for (uint64_t from = 1; from <= size; from += 1 + size / 20) {
			struct merkle_head old_head = { from, merkle_root(leaves, from) };
			assert_int_equal(merkle_prove_consistency(&source, from, size, &proof,
			                     NULL),
			    OK);
			assert_int_equal(merkle_verify_consistency(&old_head, &head, &proof, NULL),
			    OK);
		}
	}
}

static void
check_missing_tile(void **)
{
	CLEANUP(heap_freep) struct disk *disk = heap_new(sizeof(*disk), 1);
	struct tile_source tiles = { .read = read_disk, .ctx = disk, .size = 5 };
	struct merkle_source source = tile_source_of(&tiles);
	struct merkle_head head;
	struct why why = { 0 };

	assert_int_equal(merkle_head_at(&source, 5, &head, &why), ERR_NOT_FOUND);
	assert_string_equal(why.text, "no tile/0/000.p/5");
	assert_int_equal(merkle_head_at(&source, 300, &head, &why), ERR_NOT_FOUND);
}

/* clang-format off */
static const struct walk_case {
	const char *name;
	uint64_t old_size, new_size;
	const char *want;
} walk_cases[] = {
	{ "nothing new",            7, 7,     "" },
	{ "the first leaf",         0, 1,     "tile/0/000.p/1 tile/entries/000.p/1 " },
	{ "a tile gets full",       255, 256, "tile/0/000 tile/1/000.p/1 tile/entries/000 " },
	{ "over the edge",          250, 260, "tile/0/000 tile/0/001.p/4 tile/1/000.p/1 tile/entries/000 tile/entries/001.p/4 " },
	{ "a level above unchanged", 300, 301, "tile/0/001.p/45 tile/entries/001.p/45 " },
	{ "three levels",           65'535, 65'536,
	  "tile/0/255 tile/1/000 tile/2/000.p/1 tile/entries/255 " },
};
/* clang-format on */

static void
check_walk(void **state)
{
	const struct walk_case *c = *state;
	struct tile_walk walk = { .old_size = c->old_size, .new_size = c->new_size };
	CLEANUP(buf_free) struct buf got = buf_new(4 * KIB);
	struct tile tile;

	while (tile_walk_next(&walk, &tile)) {
		char path[TILE_PATH_MAX];
		tile_path(&tile, path);
		buf_printf(&got, "%s ", path);
	}
	assert_true(str_is(buf_str(&got), c->want));
}

static void
check_tile_bytes(void **)
{
	struct hash back[TILE_WIDTH];
	struct str bytes = tile_str(leaves, 3);
	struct why why = { 0 };

	assert_int_equal(tile_parse(bytes, 3, back, NULL), OK);
	assert_memory_equal(back, leaves, 3 * sizeof(back[0]));
	assert_int_equal(tile_parse(bytes, 4, back, &why), ERR_INVALID);
	assert_string_equal(why.text, "a tile of 4 hashes has 128 bytes, not 96");
}

static void
check_entries(void **)
{
	static const char large[TILE_ENTRY_MAX + 1];
	CLEANUP(buf_free) struct buf bundle = buf_new(256 * KIB);
	struct why why = { 0 };
	struct str entry;

	assert_int_equal(tile_entry_put(&bundle, S("first"), NULL), OK);
	assert_int_equal(tile_entry_put(&bundle, S(""), NULL), OK);
	assert_int_equal(tile_entry_put(&bundle, (struct str){ large, TILE_ENTRY_MAX }, NULL), OK);
	assert_int_equal(tile_entry_put(&bundle, (struct str){ large, sizeof(large) }, &why),
	    ERR_LIMIT);
	assert_string_equal(why.text, "the entry has 65536 bytes; a log takes 65535 at most");

	struct str rest = buf_str(&bundle);
	assert_int_equal(tile_entry_next(&rest, &entry, NULL), OK);
	assert_true(str_is(entry, "first"));
	assert_int_equal(tile_entry_next(&rest, &entry, NULL), OK);
	assert_int_equal(entry.len, 0);
	assert_int_equal(tile_entry_next(&rest, &entry, NULL), OK);
	assert_int_equal(entry.len, TILE_ENTRY_MAX);
	assert_int_equal(rest.len, 0);

	rest = S("\0");
	assert_int_equal(tile_entry_next(&rest, &entry, &why), ERR_INVALID);
	assert_string_equal(why.text, "the bundle ends inside a length");
	rest = S("\0\5abc");
	assert_int_equal(tile_entry_next(&rest, &entry, &why), ERR_INVALID);
	assert_string_equal(why.text, "the bundle ends inside an entry of 5 bytes");
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	fill_leaves();
	CASES(&cases, path_cases, check_path);
	CASES(&cases, bad_path_cases, check_bad_path);
	CASES(&cases, walk_cases, check_walk);
	CASE(&cases, check_proofs_from_tiles);
	CASE(&cases, check_missing_tile);
	CASE(&cases, check_tile_bytes);
	CASE(&cases, check_entries);
	return cases_run("tile", &cases, argc, argv);
}
