#include "tile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A path that is accepted is the one path of its tile, and leads nowhere else. */
static void
check_path(struct str bytes)
{
	char again[TILE_PATH_MAX];
	struct tile tile;

	if (tile_path_parse(bytes, &tile, NULL) != OK)
		return;
	tile_path(&tile, again);
	if (!str_is(bytes, again) || str_find(bytes, S("..")) != SIZE_MAX)
		__builtin_trap();
}

/* The entries of a bundle, put together again, are the bundle. */
static void
check_bundle(struct str bytes)
{
	CLEANUP(buf_free) struct buf again = buf_new(bytes.len + 1);
	struct str rest = bytes;
	struct str entry;

	while (rest.len > 0) {
		if (tile_entry_next(&rest, &entry, NULL) != OK)
			return;
		if (tile_entry_put(&again, entry, NULL) != OK)
			__builtin_trap();
	}
	if (!str_eq(buf_str(&again), bytes))
		__builtin_trap();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct str bytes = { (const char *)data, size };

	check_path(bytes);
	check_bundle(bytes);
	return 0;
}
