#include <stdio.h>

#include "files_p.h"
#include "ledger_p.h"
#include "mirror_p.h"

enum {
	NAME_MAX_BYTES = 200, /* of a folder, below what file systems take */
	MIRROR_PATH_MAX = NAME_MAX_BYTES + 64,
	CONFLICTS_MAX = 64, /* one is proof enough; a hostile log can make any number */
};

/* ---- names ---- */

static bool
is_plain(char c, bool first)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '_' || (c == '.' && !first);
}

/* A safe and unique file name of an origin; a long one is called by its hash. */
static void
origin_name(struct str origin, char ret[NAME_MAX_BYTES + 1])
{
	char text[HASH_HEX + 1];
	size_t len = 0;

	for (size_t i = 0; i < origin.len && len + 3 <= NAME_MAX_BYTES; i++) {
		if (is_plain(origin.ptr[i], i == 0))
			ret[len++] = origin.ptr[i];
		else
			len += (size_t)snprintf(ret + len, 4, "%%%02X",
			    (unsigned)(unsigned char)origin.ptr[i]);
	}
	ret[len] = '\0';
	if (len + 3 > NAME_MAX_BYTES) {
		struct hash hash = hash_of(origin);
		hash_text(&hash, text);
		(void)snprintf(ret, NAME_MAX_BYTES + 1, "sha256%%3A%s", text);
	}
}

static void
mirror_path(struct str origin, const char *file, char ret[MIRROR_PATH_MAX])
{
	char name[NAME_MAX_BYTES + 1];

	origin_name(origin, name);
	(void)snprintf(ret, MIRROR_PATH_MAX, "mirror/%s%s", name, file);
}

/* ---- writing ---- */

enum err
mirror_write(const char *folder, struct str origin, struct str note, struct why *why)
{
	char path[MIRROR_PATH_MAX];

	mirror_path(origin, "/checkpoint", path);
	return files_write(folder, path, note, why);
}

/* A name that is looked for, and how many conflicts there are. */
struct conflicts {
	const char *name;
	size_t count;
	bool has;
};

static enum err
count_conflict(void *arg, const char *name, struct why *why)
{
	struct conflicts *c = arg;

	(void)why;
	if (str_starts(str_of(name), S("conflict-")))
		c->count++;
	if (strcmp(name, c->name) == 0)
		c->has = true;
	return OK;
}

enum err
mirror_conflict(const char *folder, struct str origin, uint64_t size, struct str note,
    struct why *why)
{
	char path[MIRROR_PATH_MAX], file[64];
	struct conflicts seen = { .name = file + 1 };

	mirror_path(origin, "", path);
	(void)snprintf(file, sizeof(file), "/conflict-%" PRIu64, size);
	TRY(files_each(folder, path, count_conflict, &seen, why));
	if (seen.has || seen.count >= CONFLICTS_MAX)
		return OK;
	mirror_path(origin, file, path);
	return files_write(folder, path, note, why);
}

/* ---- after a restart ---- */

struct recovery {
	const char *folder;
	struct db *db;
};

/* Reads a head on disk; size 0 when there is none or it says nothing: it is
 * written again then. */
static enum err
read_mirror(struct arena *a, const char *folder, const char *path, struct checkpoint *ret,
    struct why *why)
{
	CLEANUP(buf_free) struct buf bytes = buf_new(2 * NOTE_BYTES_MAX);
	struct note note;

	*ret = (struct checkpoint){ 0 };
	enum err err = files_read(folder, path, &bytes, why);
	if (err == ERR_IO)
		return err;
	struct str copy = arena_str(a, buf_str(&bytes));
	if (err != OK || copy.ptr == NULL || note_parse(a, copy, &note, NULL) != OK ||
	    checkpoint_parse(note.text, ret, NULL) != OK)
		*ret = (struct checkpoint){ 0 };
	return OK;
}

static enum err
check_mirror(void *arg, const char *name, struct why *why)
{
	const struct recovery *r = arg;
	CLEANUP(arena_freep) struct arena *a = arena_new(LEDGER_NOTES_ARENA);
	char path[FILES_PATH_MAX];
	struct checkpoint disk;
	struct merkle_head known;
	struct str note;

	(void)snprintf(path, sizeof(path), "mirror/%s/checkpoint", name);
	TRY(read_mirror(a, r->folder, path, &disk, why));
	if (disk.head.size == 0)
		return OK;
	TRY(ledger_witnessed(r->db, disk.origin, a, &known, &note, why));
	if (disk.head.size > known.size ||
	    (disk.head.size == known.size && !merkle_head_eq(&disk.head, &known)))
		return fail(why, ERR_TAMPERED, "ledger.rolled-back",
		    "%s/%s has a head of %" PRIu64 " leaves that we cosigned, and the database "
		    "knows only %" PRIu64 ": an old backup was put back; restore the newest one",
		    r->folder, path, disk.head.size, known.size);
	return OK;
}

static const char list_logs[] = "SELECT DISTINCT log FROM witnessed ORDER BY log";

static enum err
rewrite_mirror(const struct recovery *r, struct str origin, struct why *why)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(LEDGER_NOTES_ARENA);
	char path[MIRROR_PATH_MAX];
	struct checkpoint disk;
	struct merkle_head known;
	struct str note;

	mirror_path(origin, "/checkpoint", path);
	TRY(read_mirror(a, r->folder, path, &disk, why));
	TRY(ledger_witnessed(r->db, origin, a, &known, &note, why));
	if (known.size == 0 || merkle_head_eq(&disk.head, &known))
		return OK;
	return mirror_write(r->folder, origin, note, why);
}

enum err
mirror_recover(const char *folder, struct db *db, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	struct recovery r = { folder, db };
	bool has = true;

	TRY(files_each(folder, "mirror", check_mirror, &r, why));
	TRY(db_query(db, list_logs, NULL, 0, &rows, why));
	for (;;) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			return OK;
		TRY(rewrite_mirror(&r, db_col_text(&rows, 0), why));
	}
}
