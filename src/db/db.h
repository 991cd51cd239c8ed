/* db.h: one face over SQL engines; callers write one SQL text for all of them.
 *
 * A struct db is one connection and belongs to one thread at a time; a
 * struct db_pool lends reader connections to many threads.  Writers go through
 * committer.h, schemas through migrate.h.
 *
 * SQL texts keep to a portable subset (portable.h) with parameters
 * $1, $2, ...  Where engines differ the text has a word in braces:
 *
 *   {max}(a, b)   the greater of two values, {min}(a, b) the lesser; neither NULL
 *   {blob}        the type of a column of bytes
 *   {clustered}   after CREATE TABLE (...): rows lie in primary key order
 *
 * Numbers are int64 (BIGINT; a sum is read as CAST(SUM(x) AS BIGINT)), text is
 * UTF-8 without NUL and is compared bytewise, LIKE too.  After a failed
 * statement a transaction can only be rolled back, on every engine: expect a
 * duplicate with ON CONFLICT DO NOTHING, or try it under a db_save.
 *
 * Errors of every call that reaches the engine; the text names the database:
 *
 *   ERR_CONFLICT  db.duplicate   a row with this key exists
 *                 db.constraint  a value that the table does not admit
 *   ERR_TAMPERED  db.corrupt     the file is damaged or is no database
 *   ERR_LIMIT     db.too-big     a value is larger than DB_VALUE_MAX
 *   ERR_INVALID   db.text        a text argument with NUL or malformed UTF-8
 *                 db.portable    the statement is outside the portable subset
 *   ERR_IO        db.locked      another process kept it locked past wait_ms
 *                 db.full        no space left; nothing of the change is kept
 *                 db.readonly    a change on a reader or in a read transaction
 *                 db.rolled-back an earlier statement of the transaction failed
 *                 db.statement   the statement does not fit the schema or args
 *                 db.io          anything else that the system reported
 *
 * Source: the portable subset is that of SQLite 3.40, PostgreSQL 15, Citus 13. */
#pragma once

#include <stdatomic.h>

#include "base.h"

enum {
	DB_WAIT_MS = 5000,           /* preset patience with a lock */
	DB_ARGS_MAX = 64,            /* parameters of one statement */
	DB_VALUE_MAX = 64 * MIB,     /* bytes of one value: above every body that is accepted */
	DB_STATEMENT_MAX = 64 * KIB, /* bytes of one SQL text, and of one migration */
	DB_POOL_MAX = 64,            /* connections of one pool */
};

/* Counts the changes that the connections of this process made to one database. */
typedef atomic_uint_fast64_t db_changes;

/* Where a database is.  Zero is the preset of every number. */
struct db_config {
	const char *place; /* the path of a SQLite file; the folder must exist */
	bool read_only;
	/* Of all connections that share it, and only when no other program writes: they
	 * count their changes here, and what db_memo() read is good until the next.
	 * Outlives them.  NULL: nothing is remembered. */
	db_changes *changes;
	unsigned wait_ms;        /* patience with a lock; 0: DB_WAIT_MS */
	uint64_t size_max_bytes; /* refuse to grow above this (db.full); 0: the disk decides */
};

/* ---- connections ---- */

struct db;

/* Opens a connection; a missing SQLite file is made with mode 0600 unless
 * read_only.  ERR_INVALID db.engine: no engine for such a place;
 * ERR_NOT_FOUND db.missing: read_only and there is no file. */
enum err db_open(const struct db_config *config, struct db **ret, struct why *why);
void db_close(struct db *db);

static inline void
db_closep(struct db **db)
{
	db_close(*db);
}

/* The place it was opened with, for messages. */
const char *db_place(const struct db *db);
bool db_in_txn(const struct db *db);

/* ---- values ---- */

enum db_type { DB_NULL, DB_INT, DB_TEXT, DB_BLOB };

/* An argument.  The bytes behind s stay the caller's until the call returns;
 * those of a query until its rows are ended. */
struct db_value {
	enum db_type type;
	int64_t i;
	struct str s;
};
#define DB_N    ((struct db_value){ .type = DB_NULL })
#define DB_I(x) ((struct db_value){ .type = DB_INT, .i = (x) })
#define DB_T(x) ((struct db_value){ .type = DB_TEXT, .s = (x) })
#define DB_B(x) ((struct db_value){ .type = DB_BLOB, .s = (x) })

/* The two arguments `args, n` of the functions below, written as a list. */
/* clang-format off */
#define DB_ARGS(...) \
	((const struct db_value[]){ DB_N, __VA_ARGS__ } + 1), \
	(sizeof((const struct db_value[]){ DB_N, __VA_ARGS__ }) / sizeof(struct db_value) - 1)

/* The three arguments `sql, args, n`, written as a text and a list. */
#define DB_SQL(...) DB_SQL_TEXT(__VA_ARGS__, DB_N), DB_ARGS(DB_SQL_LIST(__VA_ARGS__, DB_N)) - 1
#define DB_SQL_TEXT(sql, ...) (sql)
#define DB_SQL_LIST(sql, ...) __VA_ARGS__ /* and the DB_N from above, which is not counted */
/* clang-format on */

/* ---- statements ---- */

/* sql is prepared once per connection and found again by its address, so write
 * it as a named constant.  A text built at run time works too, more slowly. */

/* Runs one statement and drops its rows, if any.
 *
 *   ret_changes  rows inserted, updated or deleted; NULL: not wanted */
enum err db_exec(struct db *db, const char *sql, const struct db_value *args, size_t n,
    int64_t *ret_changes, struct why *why);

/* Runs one statement for each of `rows` argument lists of n values that lie
 * one behind the other: the way to insert many rows.  Stops at the first
 * failure; have a transaction around it. */
struct db_batch {
	const struct db_value *args;
	size_t n;
	size_t rows;
};
enum err db_exec_rows(struct db *db, const char *sql, const struct db_batch *batch,
    int64_t *ret_changes, struct why *why);

/* db_run(db, why, sql, DB_I(7), DB_T(name)): db_exec with a list. */
#define db_run(db, why, ...) db_exec((db), DB_SQL(__VA_ARGS__), NULL, (why))

/* A result that is being read.  One zeroed struct per query:
 * CLEANUP(db_rows_endp) struct db_rows rows = { 0 }; */
struct db_rows {
	struct db *db;
	struct db_stmt *stmt;
	struct memo *memo; /* an answer out of memory: there is no statement */
	/* What db_next() finds: of db_memo() the first row is known before it is asked for. */
	enum { ROWS_TO_READ, ROWS_ONE, ROWS_NONE } left;
};

/* Starts a query; the first row comes with db_next. */
enum err db_query(struct db *db, const char *sql, const struct db_value *args, size_t n,
    struct db_rows *ret, struct why *why);

/* Steps to the next row; false in *ret_has after the last. */
enum err db_next(struct db_rows *rows, bool *ret_has, struct why *why);

/* Starts a query and steps to its first row; further rows are not looked at.
 * ERR_NOT_FOUND db.no-row: there is none. */
enum err db_query_one(struct db *db, const char *sql, const struct db_value *args, size_t n,
    struct db_rows *ret, struct why *why);

/* db_select(db, &rows, why, sql, DB_I(7)): db_query with a list;
 * db_select_one: db_query_one. */
#define db_select(db, ret, why, ...)     db_query((db), DB_SQL(__VA_ARGS__), (ret), (why))
#define db_select_one(db, ret, why, ...) db_query_one((db), DB_SQL(__VA_ARGS__), (ret), (why))

/* db_query for a question, of at most three arguments, that is asked again and again (who
 * an account is, what a collection may): as long as nothing was committed its first row
 * comes out of memory.  sql is a named constant; rows behind the first are not looked at.
 * Inside of a transaction, and while other rows are read, it is db_query.
 *
 * A change counts before the call that made it durable returns, so that who was told
 * of it never meets what was before. */
enum err db_memo(struct db *db, const char *sql, const struct db_value *args, size_t n,
    struct db_rows *ret, struct why *why);

/* db_select_memo(db, &rows, why, sql, DB_I(7)): db_memo with a list. */
#define db_select_memo(db, ret, why, ...) db_memo((db), DB_SQL(__VA_ARGS__), (ret), (why))

/* Column `at`, 0-based, of the current row.  NULL, or a value of another type,
 * reads as 0 or as an empty slice.  Slices are valid until the next db_next or
 * the end of the rows. */
enum db_type db_col_type(const struct db_rows *rows, size_t at);
int64_t db_col_i64(const struct db_rows *rows, size_t at);
struct str db_col_text(const struct db_rows *rows, size_t at);
struct str db_col_blob(const struct db_rows *rows, size_t at);

/* Ends a query; before the transaction ends, and before db_close. */
void db_rows_endp(struct db_rows *rows);

/* ---- transactions ---- */

/* Rolled back when it leaves scope, unless committed:
 *
 *   CLEANUP(db_txn_endp) struct db_txn txn = { 0 };
 *   TRY(db_begin(db, &txn, why));
 *   ...
 *   TRY(db_commit(&txn, why));
 *
 * Transactions do not nest. */
struct db_txn {
	struct db *db;
};

/* Begins a change; waits here, not later, for other writers. */
enum err db_begin(struct db *db, struct db_txn *ret, struct why *why);

/* Begins a reading of one state of the database, however long it takes. */
enum err db_begin_read(struct db *db, struct db_txn *ret, struct why *why);

/* Makes the change durable: OK means that it survives a loss of power.  On
 * any error all of it is rolled back. */
enum err db_commit(struct db_txn *txn, struct why *why);
void db_txn_endp(struct db_txn *txn);

/* A part of a transaction that may fail alone; used like a db_txn. */
struct db_save {
	struct db *db;
};
enum err db_save_begin(struct db *db, struct db_save *ret, struct why *why);
enum err db_save_keep(struct db_save *save, struct why *why);
void db_save_endp(struct db_save *save);

/* ---- readers for many threads ---- */

struct db_pool;

/* A pool of at most max reader connections (1..DB_POOL_MAX), opened when first
 * needed.  config is copied; read_only is implied.  Thread-safe. */
enum err db_pool_open(const struct db_config *config, size_t max, struct db_pool **ret,
    struct why *why);

/* Closes the connections; all have been given back. */
void db_pool_close(struct db_pool *pool);

static inline void
db_pool_closep(struct db_pool **pool)
{
	db_pool_close(*pool);
}

/* A borrowed connection, given back when it leaves scope. */
struct db_lease {
	struct db_pool *pool;
	struct db *db;
};

/* Lends a connection.  ERR_IO db.pool: none came free within wait_ms. */
enum err db_pool_take(struct db_pool *pool, struct db_lease *ret, struct why *why);
void db_pool_give(struct db_lease *lease);
