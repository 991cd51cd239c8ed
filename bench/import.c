/* import FILE DB          stores a bundle through store_import()
 * import bare FROM DB     inserts the rows that FROM holds, by sqlite3 alone
 *
 * Both end with the same rows under the same schema, in the same batches, each
 * of them durable when it is committed.  The bare loop has its rows in memory
 * before the clock starts: it neither reads, nor validates, nor hashes. */
#include <sqlite3.h>

#include "bench.h"
#include "buf.h"
#include "store.h"

enum {
	BATCH_ROWS = 1000, /* as src/store/import.c */
	ARENA_MAX = 256 * MIB,
};

static void
print_result(double cpu_s, uint64_t rows)
{
	(void)printf("{\"cpu_s\": %.6f, \"rows\": %" PRIu64 ", \"peak_bytes\": %" PRIu64 "}\n",
	    cpu_s, rows, bench_peak_bytes());
}

/* ---- ours ---- */

static int64_t
make_collection(struct db *db, struct arena *a)
{
	CLEANUP(db_txn_endp) struct db_txn txn = { 0 };
	struct collection local = {
		.alias = S("local"),
		.kind = COLLECTION_LOCAL,
		.title = S("Bench"),
		.owner = S("IN:CERT-IN"),
		.enclave = S("main"),
		.can_write = true,
	};
	struct why why = { 0 };

	bench_need(db_migrate(db, store_migrations, store_migrations_count, NULL, &why), &why);
	bench_need(db_begin(db, &txn, &why), &why);
	bench_need(store_collection_ensure(db, a, &local, &why), &why);
	bench_need(db_commit(&txn, &why), &why);
	return local.shard_key;
}

static void
import_ours(const char *file, const char *place)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_MAX);
	CLEANUP(db_closep) struct db *db = NULL;
	struct why why = { 0 };
	struct import_result result;

	bench_need(db_open(&(struct db_config){ .place = place }, &db, &why), &why);
	struct import_request request = {
		.source = str_of(file),
		.actor = S("bench"),
		.shard_key = make_collection(db, a),
		.provenance = {
			.owner = S("IN:CERT-IN"),
			.enclave = S("main"),
			.originator = S("IN:CERT-IN"),
		},
		.now = clock_wall(&clock_system),
	};
	double begun_s = bench_cpu_s();
	request.text = bench_map(file);
	bench_need(store_import(db, a, &request, &result, &why), &why);
	print_result(bench_cpu_s() - begun_s, result.new_versions);
	if (result.refused > 0)
		bench_die("import: an object was refused", result.problem[0].message.ptr);
}

/* ---- the bare loop ---- */

static void
need(sqlite3 *sq, int code)
{
	if (code != SQLITE_OK && code != SQLITE_ROW && code != SQLITE_DONE)
		bench_die("sqlite", sqlite3_errmsg(sq));
}

static void
run(sqlite3 *sq, const char *sql)
{
	need(sq, sqlite3_exec(sq, sql, NULL, NULL, NULL));
}

static int
page_size_of(const char *place)
{
	sqlite3 *sq = NULL;
	sqlite3_stmt *ask = NULL;

	need(sq, sqlite3_open(place, &sq));
	need(sq, sqlite3_prepare_v2(sq, "PRAGMA page_size", -1, &ask, NULL));
	need(sq, sqlite3_step(ask));
	int size = sqlite3_column_int(ask, 0);
	sqlite3_finalize(ask);
	sqlite3_close(sq);
	return size;
}

static sqlite3 *
open_bare(const char *place, int page_size)
{
	/* What src/db/sqlite.c sets of what costs or saves time. */
	static const char *const settings[] = {
		"PRAGMA cell_size_check=1",
		"PRAGMA synchronous=FULL",
		"PRAGMA cache_size=-32768",
		"PRAGMA temp_store=2",
		"PRAGMA secure_delete=1",
		"PRAGMA journal_size_limit=67108864",
		"PRAGMA wal_autocheckpoint=4096",
		"PRAGMA journal_mode=WAL",
	};
	sqlite3 *sq = NULL;
	char text[64];

	need(sq, sqlite3_open(place, &sq));
	(void)snprintf(text, sizeof(text), "PRAGMA page_size=%d", page_size);
	run(sq, text);
	for (size_t i = 0; i < COUNTOF(settings); i++)
		run(sq, settings[i]);
	return sq;
}

/* The tables of the other database, and what is in the small ones. */
static void
copy_schema(sqlite3 *sq, const char *from)
{
	sqlite3_stmt *all = NULL;
	char *attach = sqlite3_mprintf("ATTACH %Q AS f", from);

	run(sq, attach);
	sqlite3_free(attach);
	need(sq, sqlite3_prepare_v2(sq,
	             "SELECT sql FROM f.sqlite_master WHERE sql IS NOT NULL ORDER BY rowid", -1,
	             &all, NULL));
	while (sqlite3_step(all) == SQLITE_ROW)
		run(sq, (const char *)sqlite3_column_text(all, 0));
	sqlite3_finalize(all);
	run(sq, "INSERT INTO collection_head SELECT shard_key, 0, 0 FROM f.collection_head");
	run(sq, "INSERT INTO import SELECT * FROM f.import");
}

struct rows {
	sqlite3_value **value; /* columns of the first row, of the second ... */
	size_t columns, len;
};

static struct rows
read_rows(sqlite3 *sq)
{
	struct rows rows = { 0 };
	sqlite3_stmt *all = NULL;
	size_t room = 0;

	need(sq,
	    sqlite3_prepare_v2(sq, "SELECT * FROM f.object ORDER BY date_added", -1, &all, NULL));
	rows.columns = (size_t)sqlite3_column_count(all);
	while (sqlite3_step(all) == SQLITE_ROW) {
		if (rows.len == room) {
			room = room == 0 ? 1024 : 2 * room;
			rows.value =
			    realloc(rows.value, room * rows.columns * sizeof(sqlite3_value *));
		}
		if (rows.value == NULL)
			bench_die("import", "no memory");
		for (size_t i = 0; i < rows.columns; i++)
			rows.value[rows.len * rows.columns + i] =
			    sqlite3_value_dup(sqlite3_column_value(all, (int)i));
		rows.len++;
	}
	sqlite3_finalize(all);
	run(sq, "DETACH f");
	return rows;
}

static sqlite3_stmt *
prepare_insert(sqlite3 *sq, size_t columns)
{
	CLEANUP(buf_free) struct buf sql = buf_new(KIB);
	sqlite3_stmt *stmt = NULL;

	buf_put(&sql, S("INSERT INTO object VALUES (?"));
	for (size_t i = 1; i < columns; i++)
		buf_put(&sql, S(",?"));
	buf_put(&sql, S(")"));
	if (sql.full)
		bench_die("import", "the table has more columns than this program knows of");
	need(sq,
	    sqlite3_prepare_v3(sq, sql.ptr, (int)sql.len, SQLITE_PREPARE_PERSISTENT, &stmt, NULL));
	return stmt;
}

/* As sqlite3_bind_value(), but without a copy of texts and bytes. */
static int
bind(sqlite3_stmt *stmt, int at, sqlite3_value *v)
{
	switch (sqlite3_value_type(v)) {
	case SQLITE_INTEGER: return sqlite3_bind_int64(stmt, at, sqlite3_value_int64(v));
	case SQLITE_TEXT:
		return sqlite3_bind_text(stmt, at, (const char *)sqlite3_value_text(v),
		    sqlite3_value_bytes(v), SQLITE_STATIC);
	case SQLITE_BLOB: {
		const void *bytes = sqlite3_value_blob(v);

		return sqlite3_bind_blob(stmt, at, bytes == NULL ? "" : bytes,
		    sqlite3_value_bytes(v), SQLITE_STATIC);
	}
	default: return sqlite3_bind_null(stmt, at);
	}
}

static void
insert_batch(sqlite3 *sq, sqlite3_stmt *insert, const struct rows *rows, size_t from, size_t to)
{
	run(sq, "BEGIN IMMEDIATE");
	for (size_t i = from; i < to; i++) {
		for (size_t k = 0; k < rows->columns; k++)
			need(sq, bind(insert, (int)k + 1, rows->value[i * rows->columns + k]));
		need(sq, sqlite3_step(insert));
		need(sq, sqlite3_reset(insert));
	}
	run(sq, "UPDATE collection_head SET last_added = 1, n_versions = 1");
	run(sq, "UPDATE import SET n_read = 1, n_new = 1");
	run(sq, "COMMIT");
}

static void
import_bare(const char *from, const char *place)
{
	static struct rows rows; /* until the program ends */
	sqlite3 *sq = open_bare(place, page_size_of(from));

	copy_schema(sq, from);
	rows = read_rows(sq);
	sqlite3_stmt *insert = prepare_insert(sq, rows.columns);
	double begun_s = bench_cpu_s();
	for (size_t i = 0; i < rows.len; i += BATCH_ROWS)
		insert_batch(sq, insert, &rows, i,
		    i + BATCH_ROWS < rows.len ? i + BATCH_ROWS : rows.len);
	print_result(bench_cpu_s() - begun_s, rows.len);
	sqlite3_finalize(insert);
	sqlite3_close(sq);
}

int
main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "bare") == 0)
		import_bare(argv[2], argv[3]);
	else if (argc == 3)
		import_ours(argv[1], argv[2]);
	else
		bench_die("usage", "import FILE DB | import bare FROM DB");
	return 0;
}
