/* Whatever text is imported: the counts add up, what is stored are pieces of
 * the text, and the same text again changes nothing. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "fuzz_json.h"
#include "store.h"

enum { ARENA_BYTES = 64 * MIB, PATH_BYTES = 256 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct db *db;
static int64_t shard_key;
static char folder[PATH_BYTES];

static void
require(bool holds)
{
	if (!holds)
		abort();
}

static void
require_ok(enum err err)
{
	require(err == OK);
}

static void
close_store(void)
{
	static const char *const ends[] = { "", "-wal", "-shm" };
	char path[PATH_BYTES + 16];

	db_close(db);
	for (size_t i = 0; i < COUNTOF(ends); i++) {
		snprintf(path, sizeof(path), "%s/f.db%s", folder, ends[i]);
		(void)unlink(path);
	}
	(void)rmdir(folder);
}

/* One database for all inputs; each leaves it empty. */
static void
open_store(struct arena *a)
{
	const char *tmp = getenv("TMPDIR");
	struct collection c = { .alias = S("local"), .kind = COLLECTION_LOCAL };
	char path[PATH_BYTES + 16];

	snprintf(folder, sizeof(folder), "%s/torana-fuzz-XXXXXX", tmp == NULL ? "/tmp" : tmp);
	require(mkdtemp(folder) != NULL);
	snprintf(path, sizeof(path), "%s/f.db", folder);
	require_ok(db_open(&(struct db_config){ .place = path }, &db, NULL));
	require_ok(db_migrate(db, store_migrations, store_migrations_count, NULL, NULL));
	require(atexit(close_store) == 0);
	require_ok(store_collection_ensure(db, a, &c, NULL));
	shard_key = c.shard_key;
}

static void
clear_store(void)
{
	CLEANUP(db_txn_endp) struct db_txn txn = { 0 };

	require_ok(db_begin(db, &txn, NULL));
	require_ok(db_run(db, NULL, "DELETE FROM object"));
	require_ok(db_run(db, NULL, "DELETE FROM object_ref"));
	require_ok(db_run(db, NULL, "DELETE FROM import"));
	require_ok(db_commit(&txn, NULL));
}

static uint64_t
count_rows(struct arena *a, struct str text)
{
	struct page_query q = { .shard_key = shard_key,
		.limit = PAGE_MAX,
		.versions = 1,
		.version = { { .filter = VERSION_ALL } } };
	struct page p = { .more = true };
	uint64_t rows = 0;

	while (p.more) {
		require_ok(store_page(db, a, &q, &p, NULL));
		for (size_t i = 0; i < p.len; i++)
			require(str_find(text, p.object[i].raw) != SIZE_MAX);
		rows += p.len;
		q.added_after = p.len > 0 ? p.object[p.len - 1].date_added : 0;
	}
	return rows;
}

static void
check_import(struct arena *a, struct str text)
{
	struct import_request request = { .text = text,
		.shard_key = shard_key,
		.now = 1,
		.warnings = true };
	struct import_result one, two;

	enum err err = store_import(db, a, &request, &one, NULL);
	require(err == OK || err == ERR_INVALID || err == ERR_LIMIT);
	if (err == OK) {
		require(one.read == one.new_versions + one.same + one.refused);
		require(one.problems + one.problems_more >= one.refused);
		require(count_rows(a, text) == one.new_versions);
		require_ok(store_refs_catch_up(db, NULL));
		require_ok(store_import(db, a, &request, &two, NULL));
		require(two.read == one.read && two.new_versions == 0);
		require(two.refused == one.refused);
	}
	clear_store();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(ARENA_BYTES);

	if (db == NULL)
		open_store(a);
	check_import(a, (struct str){ (const char *)data, size });
	arena_free(a);
	return 0;
}
