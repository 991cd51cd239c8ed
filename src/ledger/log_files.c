#include <stdio.h>
#include <sys/stat.h>

#include "files_p.h"
#include "ledger.h"
#include "tile.h"

enum {
	FOLDERS_MAX = 10, /* tile, level, x000 ... of 2^62 leaves, N.p */
	FILE_MAX =
	    NOTE_BYTES_MAX > TILE_WIDTH *HASH_BYTES ? NOTE_BYTES_MAX : TILE_WIDTH *HASH_BYTES,
};

static const char checkpoint[] = "log/checkpoint";

struct each {
	const char *folder;
	ledger_file_fn *fn;
	void *arg;
	const char *path; /* of the folder that is listed, below the realm's */
	unsigned depth;
};

static enum err
give(const struct each *e, const char *path, struct why *why)
{
	CLEANUP(buf_free) struct buf bytes = buf_new(2 * FILE_MAX);

	TRY(files_read(e->folder, path, &bytes, why));
	return e->fn(e->arg, str_of(path), buf_str(&bytes), why);
}

/* FOLDERS_MAX deep at most. */
static enum err
look_at(void *arg, const char *name, struct why *why)
{
	const struct each *e = arg;
	char path[FILES_PATH_MAX], full[2 * FILES_PATH_MAX];
	struct each below = *e;
	struct stat st;

	(void)snprintf(path, sizeof(path), "%s/%s", e->path, name);
	(void)snprintf(full, sizeof(full), "%s/%s", e->folder, path);
	if (lstat(full, &st) != 0)
		return OK; /* a wider tile took its place */
	if (S_ISDIR(st.st_mode) && e->depth < FOLDERS_MAX) {
		below.path = path;
		below.depth++;
		return files_each(e->folder, path, look_at, &below, why);
	}
	if (!S_ISREG(st.st_mode) || strcmp(path, checkpoint) == 0)
		return OK;
	enum err err = give(e, path, why);
	return err == ERR_NOT_FOUND ? OK : err;
}

enum err
ledger_each_file(const char *folder, ledger_file_fn *fn, void *arg, struct why *why)
{
	struct each e = { .folder = folder, .fn = fn, .arg = arg, .path = "log" };
	enum err err = give(&e, checkpoint, why);

	if (err != OK && err != ERR_NOT_FOUND)
		return err;
	return files_each(folder, "log", look_at, &e, why);
}

enum err
ledger_put_file(const char *folder, struct str path, struct str bytes, struct why *why)
{
	char text[NOTE_NAME_MAX];
	struct tile tile;

	if (path.len >= sizeof(text) ||
	    (!str_is(path, checkpoint) &&
	        (!str_starts(path, S("log/")) ||
	            tile_path_parse(str_sub(path, 4, SIZE_MAX), &tile, NULL) != OK)))
		return fail(why, ERR_INVALID, "ledger.file", STR_FMT " is no file of a log",
		    STR_ARG(path));
	(void)snprintf(text, sizeof(text), STR_FMT, STR_ARG(path));
	return files_write(folder, text, bytes, why);
}
