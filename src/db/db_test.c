#include "db.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "scratch_p.h"

/* ---- opening ---- */

/* clang-format off */
static const struct open_case {
	const char *name;
	const char *place; /* behind the scratch folder, when it begins with a slash */
	bool read_only;
	const char *content; /* of a file that is there already; NULL: none */
	enum err want;
	const char *code, *why;
} open_cases[] = {
	{ "a new file",            "/t.db",           false, NULL,     OK,            NULL,         "" },
	{ "an empty file",         "/t.db",           false, "",       OK,            NULL,         "" },
	{ "an empty file, read",   "/t.db",           true,  "",       OK,            NULL,         "" },
	{ "a reader of nothing",   "/t.db",           true,  NULL,     ERR_NOT_FOUND, "db.missing", "there is no such file" },
	{ "a folder that is not",  "/no/t.db",        false, NULL,     ERR_IO,        "db.io",      "the file cannot be made: No such file or directory" },
	{ "a folder itself",       "/.",              false, NULL,     ERR_IO,        "db.io",      "the file cannot be opened" },
	{ "no place",              "",                false, NULL,     ERR_INVALID,   "db.engine",  "no place is given for the database" },
	{ "a server",              "postgresql://a/b", false, NULL,    ERR_INVALID,   "db.engine",  "give the path of a file" },
	{ "something else",        "/t.db",           false, "a text that is longer than the header of a database file, "
	                                                     "which is one hundred bytes long, and no database", ERR_TAMPERED, "db.corrupt", "this is not a database file" },
	{ "something else, read",  "/t.db",           true,  "a text that is longer than the header of a database file, "
	                                                     "which is one hundred bytes long, and no database", ERR_TAMPERED, "db.corrupt", "this is not a database file" },
};
/* clang-format on */

static void
check_open(void **state)
{
	const struct open_case *c = *state;
	CLEANUP(scratch_endp) struct scratch s = { 0 };
	char place[SCRATCH_PATH_MAX + 32];
	struct why why = { 0 };

	scratch_begin(&s);
	if (c->content != NULL) {
		FILE *f = fopen(s.path, "w");
		assert_non_null(f);
		assert_true(fputs(c->content, f) >= 0);
		assert_int_equal(fclose(f), 0);
	}
	snprintf(place, sizeof(place), "%s%s", c->place[0] == '/' ? s.folder : "", c->place);
	const struct db_config config = { .place = place, .read_only = c->read_only };
	assert_int_equal(db_open(&config, &s.db, &why), c->want);
	assert_true(str_find(str_of(why.text), str_of(c->why)) != SIZE_MAX);
	if (c->want != OK)
		assert_string_equal(why.code, c->code);
	else
		assert_string_equal(db_place(s.db), place);
}

/* Nobody else of the machine may read it, whatever the umask. */
static void
check_file_mode(void **)
{
	static const char *const ends[] = { "", "-wal", "-shm" };
	mode_t before = umask(0);
	CLEANUP(scratch_endp) struct scratch s = { 0 };
	char name[SCRATCH_PATH_MAX + 32];
	struct stat st;

	scratch_open(&s);
	umask(before);
	for (size_t i = 0; i < COUNTOF(ends); i++) {
		snprintf(name, sizeof(name), "%s%s", s.path, ends[i]);
		assert_int_equal(stat(name, &st), 0);
		assert_int_equal(st.st_mode & 0777, 0600);
	}
}

/* ---- statements ---- */

static void
check_values(void **)
{
	static const char select_v[] = "SELECT i, t, b, n FROM value WHERE i = $1";
	static const char bytes[] = { 0, 1, (char)0xff, 0 };
	CLEANUP(scratch_endp) struct scratch s = { 0 };
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has;

	scratch_open(&s);
	assert_int_equal(db_run(s.db, NULL,
	                     "CREATE TABLE value (i BIGINT NOT NULL, t TEXT NOT NULL, "
	                     "b {blob} NOT NULL, n TEXT, PRIMARY KEY (i)) {clustered}"),
	    OK);
	/* The order of the parameters in the text is not their number. */
	assert_int_equal(db_run(s.db, NULL,
	                     "INSERT INTO value (b, t, i, n) VALUES ($3, $2, $1, $4)",
	                     DB_I(INT64_MIN), DB_T(S("鳥居")),
	                     DB_B(((struct str){ bytes, sizeof(bytes) })), DB_N),
	    OK);
	assert_int_equal(db_run(s.db, NULL,
	                     "INSERT INTO value (i, t, b, n) VALUES ($1, $2, $3, $4)",
	                     DB_I(INT64_MAX), DB_T(S("")), DB_B((struct str){ 0 }), DB_N),
	    OK);

	assert_int_equal(db_select_one(s.db, &rows, NULL, select_v, DB_I(INT64_MIN)), OK);
	assert_int_equal(db_col_i64(&rows, 0), INT64_MIN);
	assert_true(str_is(db_col_text(&rows, 1), "鳥居"));
	assert_true(str_eq(db_col_blob(&rows, 2), (struct str){ bytes, sizeof(bytes) }));
	assert_int_equal(db_col_type(&rows, 3), DB_NULL);
	/* Another type than the stored one reads as nothing. */
	assert_int_equal(db_col_i64(&rows, 1), 0);
	assert_int_equal(db_col_text(&rows, 0).len, 0);
	assert_int_equal(db_col_text(&rows, 2).len, 0);
	assert_int_equal(db_next(&rows, &has, NULL), OK);
	assert_false(has);
	db_rows_endp(&rows);

	/* Empty is not NULL. */
	assert_int_equal(db_select_one(s.db, &rows, NULL, select_v, DB_I(INT64_MAX)), OK);
	assert_int_equal(db_col_type(&rows, 1), DB_TEXT);
	assert_int_equal(db_col_type(&rows, 2), DB_BLOB);
}

/* clang-format off */
static const struct run_case {
	const char *name;
	const char *sql;
	struct db_value arg[3];
	size_t n;
	enum err want;
	const char *code, *why;
	int64_t changes;
} run_cases[] = {
	{ "insert",         scratch_insert, { { DB_INT, 9, { 0 } }, { DB_TEXT, 0, { "x", 1 } } }, 2, OK, NULL, "", 1 },
	{ "update all",     "UPDATE thing SET v = $1", { { DB_TEXT, 0, { "x", 1 } } }, 1, OK, NULL, "", 2 },
	{ "delete none",    "DELETE FROM thing WHERE k = 77", { { 0 } }, 0, OK, NULL, "", 0 },
	{ "a select changes nothing", "SELECT k FROM thing", { { 0 } }, 0, OK, NULL, "", 0 },
	{ "the greater",    "UPDATE thing SET k = {max}(k, $1) WHERE k = 2", { { DB_INT, 5, { 0 } } }, 1, OK, NULL, "", 1 },
	{ "on conflict",    "INSERT INTO thing (k, v) VALUES (1, 'x') ON CONFLICT DO NOTHING", { { 0 } }, 0, OK, NULL, "", 0 },
	{ "same key",       "INSERT INTO thing (k, v) VALUES (1, 'x')", { { 0 } }, 0,
	  ERR_CONFLICT, "db.duplicate", "a row with this key exists already", 0 },
	{ "null where none may be", "INSERT INTO thing (k, v) VALUES (3, NULL)", { { 0 } }, 0,
	  ERR_CONFLICT, "db.constraint", "thing.v", 0 },
	{ "no such table",  "SELECT a FROM absent", { { 0 } }, 0, ERR_IO, "db.statement", "no such table: absent", 0 },
	{ "bad grammar",    "SELECT FROM WHERE", { { 0 } }, 0, ERR_IO, "db.statement", "syntax error", 0 },
	{ "too few values", scratch_insert, { { DB_INT, 9, { 0 } } }, 1,
	  ERR_IO, "db.statement", "the statement has 2 parameters and 1 were given", 0 },
	{ "a hole in the parameters", "SELECT $1, $3", { { 0 } }, 2, ERR_IO, "db.statement", "not $1 to $2", 0 },
	{ "two statements", "DELETE FROM thing; SELECT 1", { { 0 } }, 0, ERR_IO, "db.statement", "one statement is wanted here", 0 },
	{ "no statement",   " -- nothing", { { 0 } }, 0, ERR_IO, "db.statement", "one statement is wanted here", 0 },
	{ "text with NUL",  scratch_insert, { { DB_INT, 9, { 0 } }, { DB_TEXT, 0, { "a\0b", 3 } } }, 2,
	  ERR_INVALID, "db.text", "has a NUL byte or is not UTF-8", 0 },
	{ "text not UTF-8", scratch_insert, { { DB_INT, 9, { 0 } }, { DB_TEXT, 0, { "\xc3", 1 } } }, 2,
	  ERR_INVALID, "db.text", "has a NUL byte or is not UTF-8", 0 },
	{ "not portable",   "SELECT rowid FROM thing", { { 0 } }, 0, ERR_INVALID, "db.portable", "\"rowid\" is not portable SQL", 0 },
	{ "double quotes are names", "SELECT \"absent\"", { { 0 } }, 0, ERR_IO, "db.statement", "no such column: absent", 0 },
	{ "transactions have functions", "COMMIT", { { 0 } }, 0, ERR_INVALID, "db.portable", "a statement begins with SELECT", 0 },
	{ "LIKE tells a from A", "DELETE FROM thing WHERE v LIKE 'A%'", { { 0 } }, 0, OK, NULL, "", 0 },
};
/* clang-format on */

static void
check_run(void **state)
{
	const struct run_case *c = *state;
	CLEANUP(scratch_endp) struct scratch s = { 0 };
	struct why why = { 0 };
	int64_t changes = -1;

	scratch_open(&s);
	assert_int_equal(db_run(s.db, NULL, scratch_insert, DB_I(1), DB_T(S("a"))), OK);
	assert_int_equal(db_run(s.db, NULL, scratch_insert, DB_I(2), DB_T(S("b"))), OK);
	assert_int_equal(db_exec(s.db, c->sql, c->arg, c->n, &changes, &why), c->want);
	assert_true(str_find(str_of(why.text), str_of(c->why)) != SIZE_MAX);
	if (c->want == OK)
		assert_int_equal(changes, c->changes);
	else
		assert_string_equal(why.code, c->code);
	if (c->want == ERR_IO || c->want == ERR_CONFLICT)
		assert_true(str_starts(str_of(why.text), str_of(s.path)));
}

static void
check_no_row(void **)
{
	CLEANUP(scratch_endp) struct scratch s = { 0 };
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	struct why why = { 0 };

	scratch_open(&s);
	assert_int_equal(db_select_one(s.db, &rows, &why, "SELECT k FROM thing"), ERR_NOT_FOUND);
	assert_string_equal(why.code, "db.no-row");
}

static void
check_exec_rows(void **)
{
	const struct db_value args[] = { DB_I(1), DB_T(S("a")), DB_I(2), DB_T(S("b")), DB_I(1),
		DB_T(S("c")) };
	CLEANUP(scratch_endp) struct scratch s = { 0 };
	CLEANUP(db_txn_endp) struct db_txn txn = { 0 };
	struct db_batch batch = { .args = args, .n = 2, .rows = 2 };
	int64_t changes = 0;

	scratch_open(&s);
	assert_int_equal(db_exec_rows(s.db, scratch_insert, &batch, &changes, NULL), OK);
	assert_int_equal(changes, 2);
	assert_int_equal(db_run(s.db, NULL, "DELETE FROM thing"), OK);

	batch.rows = 3;
	assert_int_equal(db_begin(s.db, &txn, NULL), OK);
	assert_int_equal(db_exec_rows(s.db, scratch_insert, &batch, NULL, NULL), ERR_CONFLICT);
	db_txn_endp(&txn);
	assert_int_equal(scratch_count(s.db), 0);
}

/* ---- the cache of statements ---- */

static void
check_same_text_twice_at_once(void **)
{
	static const char all[] = "SELECT k FROM thing ORDER BY k";
	CLEANUP(scratch_endp) struct scratch s = { 0 };
	CLEANUP(db_rows_endp) struct db_rows outer = { 0 };
	bool has;

	scratch_open(&s);
	assert_int_equal(db_run(s.db, NULL, scratch_insert, DB_I(1), DB_T(S("a"))), OK);
	assert_int_equal(db_run(s.db, NULL, scratch_insert, DB_I(2), DB_T(S("b"))), OK);
	assert_int_equal(db_select_one(s.db, &outer, NULL, all), OK);
	for (int i = 0; i < 3; i++) {
		CLEANUP(db_rows_endp) struct db_rows inner = { 0 };
		assert_int_equal(db_select_one(s.db, &inner, NULL, all), OK);
		assert_int_equal(db_col_i64(&inner, 0), 1);
	}
	assert_int_equal(db_next(&outer, &has, NULL), OK);
	assert_true(has);
	assert_int_equal(db_col_i64(&outer, 0), 2);
}

/* More texts than the cache holds, all built at one address. */
static void
check_built_texts(void **)
{
	CLEANUP(scratch_endp) struct scratch s = { 0 };
	char sql[64];

	scratch_open(&s);
	for (int i = 0; i < 1000; i++) {
		CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
		snprintf(sql, sizeof(sql), "SELECT %d", i % 700);
		assert_int_equal(db_select_one(s.db, &rows, NULL, sql), OK);
		assert_int_equal(db_col_i64(&rows, 0), i % 700);
	}
}

/* A statement stays right when the table under it changes. */
static void
check_schema_change(void **)
{
	static const char all[] = "SELECT k FROM thing WHERE k > $1";
	CLEANUP(scratch_endp) struct scratch s = { 0 };
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	scratch_open(&s);
	assert_int_equal(db_run(s.db, NULL, all, DB_I(0)), OK);
	assert_int_equal(db_run(s.db, NULL, "ALTER TABLE thing ADD COLUMN w BIGINT"), OK);
	assert_int_equal(db_run(s.db, NULL, scratch_insert, DB_I(4), DB_T(S("a"))), OK);
	assert_int_equal(db_select_one(s.db, &rows, NULL, all, DB_I(0)), OK);
	assert_int_equal(db_col_i64(&rows, 0), 4);
}

/* ---- transactions ---- */

static void
check_uncommitted_is_undone(void **)
{
	CLEANUP(scratch_endp) struct scratch s = { 0 };
	CLEANUP(db_closep) struct db *other = NULL;

	scratch_open(&s);
	other = scratch_connect(&s, &(struct db_config){ .read_only = true });
	for (int commit = 0; commit < 2; commit++) {
		CLEANUP(db_txn_endp) struct db_txn txn = { 0 };
		assert_int_equal(db_begin(s.db, &txn, NULL), OK);
		assert_true(db_in_txn(s.db));
		assert_int_equal(db_run(s.db, NULL, scratch_insert, DB_I(1), DB_T(S("a"))), OK);
		assert_int_equal(scratch_count(other), 0);
		if (commit == 1)
			assert_int_equal(db_commit(&txn, NULL), OK);
	}
	assert_false(db_in_txn(s.db));
	assert_int_equal(scratch_count(other), 1);
}

/* What PostgreSQL does, so that no caller gets used to anything else. */
static void
check_failure_spoils_transaction(void **)
{
	CLEANUP(scratch_endp) struct scratch s = { 0 };
	CLEANUP(db_txn_endp) struct db_txn txn = { 0 };
	struct why why = { 0 };

	scratch_open(&s);
	assert_int_equal(db_begin(s.db, &txn, NULL), OK);
	assert_int_equal(db_run(s.db, NULL, scratch_insert, DB_I(1), DB_T(S("a"))), OK);
	assert_int_equal(db_run(s.db, NULL, scratch_insert, DB_I(1), DB_T(S("a"))), ERR_CONFLICT);
	assert_int_equal(db_run(s.db, &why, scratch_insert, DB_I(2), DB_T(S("a"))), ERR_IO);
	assert_string_equal(why.code, "db.rolled-back");
	assert_int_equal(db_commit(&txn, &why), ERR_IO);
	assert_string_equal(why.code, "db.rolled-back");
	assert_false(db_in_txn(s.db));
	assert_int_equal(scratch_count(s.db), 0);
}

static void
check_part_fails_alone(void **)
{
	CLEANUP(scratch_endp) struct scratch s = { 0 };
	CLEANUP(db_txn_endp) struct db_txn txn = { 0 };

	scratch_open(&s);
	assert_int_equal(db_begin(s.db, &txn, NULL), OK);
	for (int64_t i = 0; i < 6; i++) {
		CLEANUP(db_save_endp) struct db_save save = { 0 };
		assert_int_equal(db_save_begin(s.db, &save, NULL), OK);
		/* Pairs: the second of each is the same key. */
		enum err want = i % 2 == 0 ? OK : ERR_CONFLICT;
		assert_int_equal(db_run(s.db, NULL, scratch_insert, DB_I(10 + i), DB_T(S("a"))),
		    OK);
		assert_int_equal(db_run(s.db, NULL, scratch_insert, DB_I(i / 2), DB_T(S("a"))),
		    want);
		if (want == OK)
			assert_int_equal(db_save_keep(&save, NULL), OK);
		else
			assert_int_equal(db_save_keep(&save, NULL), ERR_IO);
	}
	assert_int_equal(db_commit(&txn, NULL), OK);
	assert_int_equal(scratch_count(s.db), 6);
}

static void
check_read_transaction(void **)
{
	CLEANUP(scratch_endp) struct scratch s = { 0 };
	CLEANUP(db_closep) struct db *other = NULL;
	CLEANUP(db_txn_endp) struct db_txn txn = { 0 };
	struct why why = { 0 };

	scratch_open(&s);
	other = scratch_connect(&s, &(struct db_config){ 0 });
	assert_int_equal(db_begin_read(other, &txn, NULL), OK);
	assert_int_equal(scratch_count(other), 0);
	assert_int_equal(db_run(s.db, NULL, scratch_insert, DB_I(1), DB_T(S("a"))), OK);
	assert_int_equal(scratch_count(other), 0); /* still the old state */
	assert_int_equal(db_run(other, &why, scratch_insert, DB_I(2), DB_T(S("a"))), ERR_IO);
	assert_string_equal(why.code, "db.readonly");
	db_txn_endp(&txn);
	assert_int_equal(scratch_count(other), 1);
}

static void
check_reader_changes_nothing(void **)
{
	CLEANUP(scratch_endp) struct scratch s = { 0 };
	CLEANUP(db_closep) struct db *reader = NULL;
	struct db_txn txn = { 0 };
	struct why why = { 0 };

	scratch_open(&s);
	reader = scratch_connect(&s, &(struct db_config){ .read_only = true });
	assert_int_equal(db_run(reader, &why, scratch_insert, DB_I(2), DB_T(S("a"))), ERR_IO);
	assert_string_equal(why.code, "db.readonly");
	assert_int_equal(db_begin(reader, &txn, &why), ERR_IO);
	assert_string_equal(why.code, "db.readonly");
}

/* The log has gone with the last writer; a reader makes do without. */
static void
check_reader_alone(void **)
{
	CLEANUP(scratch_endp) struct scratch s = { 0 };

	scratch_open(&s);
	assert_int_equal(db_run(s.db, NULL, scratch_insert, DB_I(1), DB_T(S("a"))), OK);
	db_close(s.db);
	s.db = scratch_connect(&s, &(struct db_config){ .read_only = true });
	assert_int_equal(scratch_count(s.db), 1);
}

/* ---- trouble ---- */

static void
check_locked(void **)
{
	CLEANUP(scratch_endp) struct scratch s = { 0 };
	CLEANUP(db_closep) struct db *other = NULL;
	CLEANUP(db_txn_endp) struct db_txn txn = { 0 };
	struct db_txn second = { 0 };
	struct why why = { 0 };

	scratch_open(&s);
	other = scratch_connect(&s, &(struct db_config){ .wait_ms = 20 });
	assert_int_equal(db_begin(s.db, &txn, NULL), OK);
	assert_int_equal(db_run(s.db, NULL, scratch_insert, DB_I(1), DB_T(S("a"))), OK);
	assert_int_equal(db_begin(other, &second, &why), ERR_IO);
	assert_string_equal(why.code, "db.locked");
	assert_true(
	    str_find(str_of(why.text), S("t.db: another program keeps it locked")) != SIZE_MAX);
	assert_int_equal(db_run(other, &why, scratch_insert, DB_I(2), DB_T(S("a"))), ERR_IO);
	assert_string_equal(why.code, "db.locked");
	assert_int_equal(scratch_count(other), 0); /* reading goes on */
	assert_int_equal(db_commit(&txn, NULL), OK);
	assert_int_equal(db_begin(other, &second, NULL), OK);
	db_txn_endp(&second);
	assert_int_equal(scratch_count(other), 1);
}

/* Inserts in transactions of ten rows until one fails; rows that were kept. */
static int64_t
fill(struct db *db, struct str body, struct why *why)
{
	for (int64_t kept = 0;; kept += 10) {
		CLEANUP(db_txn_endp) struct db_txn txn = { 0 };
		enum err err = db_begin(db, &txn, why);
		for (int64_t k = kept; err == OK && k < kept + 10; k++)
			err = db_run(db, why, scratch_insert, DB_I(k), DB_T(body));
		if (err == OK)
			err = db_commit(&txn, why);
		if (err != OK) {
			assert_int_equal(err, ERR_IO);
			return kept;
		}
	}
}

static void
check_full(void **)
{
	static char body[5000];
	CLEANUP(scratch_endp) struct scratch s = { 0 };
	CLEANUP(db_closep) struct db *small = NULL;
	struct why why = { 0 };

	memset(body, 'x', sizeof(body));
	scratch_open(&s);
	small = scratch_connect(&s, &(struct db_config){ .size_max_bytes = 512 * KIB });
	int64_t kept = fill(small, (struct str){ body, sizeof(body) }, &why);
	assert_string_equal(why.code, "db.full");
	assert_true(str_find(str_of(why.text), S("t.db: no space is left")) != SIZE_MAX);
	assert_in_range(kept, 10, 100);
	/* All that was acknowledged is there, nothing of the failed part is. */
	assert_int_equal(scratch_count(small), kept);
	assert_int_equal(scratch_count(s.db), kept);
	/* And with space again, it goes on. */
	assert_int_equal(db_run(s.db, NULL, scratch_insert, DB_I(-1), DB_T(S("a"))), OK);
	assert_int_equal(db_run(small, NULL, "DELETE FROM thing"), OK);
	assert_int_equal(db_run(small, NULL, scratch_insert, DB_I(1), DB_T(S("a"))), OK);
}

static void
check_damaged(void **)
{
	static char body[5000];
	CLEANUP(scratch_endp) struct scratch s = { 0 };
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	struct why why = { 0 };
	enum err err = OK;
	bool has = true;

	memset(body, 'x', sizeof(body));
	scratch_open(&s);
	for (int64_t k = 0; k < 50; k++)
		assert_int_equal(db_run(s.db, NULL, scratch_insert, DB_I(k),
		                     DB_T(((struct str){ body, sizeof(body) }))),
		    OK);
	db_close(s.db);
	s.db = NULL;
	int fd = open(s.path, O_WRONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	for (off_t page = 2; page < 20; page++)
		assert_int_equal(pwrite(fd, body, 4096, page * 4096), 4096);
	assert_int_equal(close(fd), 0);

	s.db = scratch_connect(&s, &(struct db_config){ 0 });
	assert_int_equal(db_select(s.db, &rows, &why, "SELECT k, v FROM thing"), OK);
	while (err == OK && has)
		err = db_next(&rows, &has, &why);
	assert_int_equal(err, ERR_TAMPERED);
	assert_string_equal(why.code, "db.corrupt");
	assert_true(str_find(str_of(why.text), S("restore it from a backup")) != SIZE_MAX);
}

static void
check_too_big(void **)
{
	CLEANUP(scratch_endp) struct scratch s = { 0 };
	CLEANUP(heap_freep) char *body = heap_new(DB_VALUE_MAX + 1, 1);
	struct why why = { 0 };

	scratch_open(&s);
	assert_int_equal(db_run(s.db, &why, scratch_insert, DB_I(1),
	                     DB_B(((struct str){ body, DB_VALUE_MAX + 1 }))),
	    ERR_LIMIT);
	assert_string_equal(why.code, "db.too-big");
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	CASES(&cases, open_cases, check_open);
	CASE(&cases, check_file_mode);
	CASE(&cases, check_values);
	CASES(&cases, run_cases, check_run);
	CASE(&cases, check_no_row);
	CASE(&cases, check_exec_rows);
	CASE(&cases, check_same_text_twice_at_once);
	CASE(&cases, check_built_texts);
	CASE(&cases, check_schema_change);
	CASE(&cases, check_uncommitted_is_undone);
	CASE(&cases, check_failure_spoils_transaction);
	CASE(&cases, check_part_fails_alone);
	CASE(&cases, check_read_transaction);
	CASE(&cases, check_reader_changes_nothing);
	CASE(&cases, check_reader_alone);
	CASE(&cases, check_locked);
	CASE(&cases, check_full);
	CASE(&cases, check_damaged);
	CASE(&cases, check_too_big);
	return cases_run("db", &cases, argc, argv);
}
