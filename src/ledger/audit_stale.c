#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>

#include "audit_p.h"
#include "nodes_p.h"

enum {
	PATH_BYTES = 4096,
	TILE_FOLDERS_MAX = 10, /* tile, level, x000 ... of 2^62 leaves, N.p */
};

/* A narrow tile that a wider one has followed must be its beginning. */
static void
compare(struct audit *a, const struct tile *stale, const char *path)
{
	struct hash old[TILE_WIDTH], now[TILE_WIDTH];
	struct tile wide;

	if (!tile_at(stale->kind, stale->level, stale->index, a->tile_size, &wide)) {
		audit_problem_add(a->report, "tile",
		    "the file log/%s belongs to no log of %" PRIu64 " leaves", path, a->tile_size);
		return;
	}
	if (wide.width == stale->width)
		return; /* looked at with the tree */
	if (stale->width > wide.width || nodes_file(a->request->folder, stale, old, NULL) != OK)
		audit_problem_add(a->report, "tile",
		    "the file log/%s cannot be read, has another length, or is wider than the log",
		    path);
	else if (nodes_file(a->request->folder, &wide, now, NULL) == OK &&
	         memcmp(old, now, stale->width * sizeof(old[0])) != 0)
		audit_problem_add(a->report, "tile",
		    "the file log/%s is not the beginning of the tile that followed it", path);
}

static void
look_at_file(struct audit *a, const char *path)
{
	struct tile tile;

	if (tile_path_parse(str_of(path), &tile, NULL) != OK)
		audit_problem_add(a->report, "tile", "the file log/%s is no tile", path);
	else if (tile.kind == TILE_HASHES)
		compare(a, &tile, path);
}

/* Walks over log/tile; path is below log/. */
static void
look_at_folder(struct audit *a, const char *path, unsigned depth)
{
	char full[PATH_BYTES], below[PATH_BYTES];
	struct stat st;

	(void)snprintf(full, sizeof(full), "%s/log/%s", a->request->folder, path);
	DIR *dir = depth < TILE_FOLDERS_MAX ? opendir(full) : NULL;
	if (dir == NULL)
		return;
	for (struct dirent *e = readdir(dir); e != NULL; e = readdir(dir)) {
		int n = snprintf(below, sizeof(below), "%s/%s", path, e->d_name);
		int m = snprintf(full, sizeof(full), "%s/log/%s", a->request->folder, below);

		if (e->d_name[0] == '.' || n >= PATH_BYTES || m >= PATH_BYTES ||
		    stat(full, &st) != 0)
			continue;
		if (S_ISDIR(st.st_mode))
			look_at_folder(a, below, depth + 1);
		else
			look_at_file(a, below);
	}
	(void)closedir(dir);
}

void
audit_stale_tiles(struct audit *a)
{
	look_at_folder(a, "tile", 0);
}
