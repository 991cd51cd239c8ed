#include <errno.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sqlite3.h>

#include "db_p.h"

/* Sizes of one connection.
 *
 *   cache   a writer holds the hot ends of the tables and their indexes; many
 *           readers share the system's page cache below them, and what one of
 *           them reads should fit the processor's (measured: pages of objects
 *           are read a seventh faster than with 4 MiB)
 *   spill   so much of a change stays in memory until it is committed: a page that
 *           was written before, and changes again, is written twice, and the sums
 *           of all that was written after it are made anew (measured: an order of
 *           25,000 objects then reads and writes half as much again)
 *   map     nothing: a read error of a mapped file is a signal that kills the
 *           node, where a read error of a call is an error of one request
 *   wal     the write-ahead log is cut to this after a large import
 *   check   and brought into the database when it has grown by so much: pages at
 *           which indexes grow are written once for many imports */
enum {
	PAGE_BYTES = 4096,
	CACHE_WRITER_KIB = 32 * KIB,
	CACHE_READER_KIB = 512,
	SPILL_PAGES = 256 * MIB / PAGE_BYTES,
	MAP_BYTES = 0,
	WAL_KEEP_BYTES = 64 * MIB,
	CHECKPOINT_PAGES = 16 * MIB / PAGE_BYTES,
	PRAGMA_MAX = 80,
	RETRY_MS = 5,
};

struct db_conn {
	sqlite3 *sq;
	char *place;
	unsigned wait_ms;
};

struct db_prepared {
	struct db_conn *conn;
	sqlite3_stmt *stmt;
	int64_t changes_before; /* of the connection, when the statement was bound */
	size_t args;
	uint8_t arg_of[DB_ARGS_MAX]; /* SQLite's parameter i + 1 is our $(arg_of[i] + 1) */
};

/* ---- errors ---- */

/* clang-format off */
/* By SQLite's result code, the extended one before its class. */
static const struct meaning {
	int code;
	enum err err;
	const char *name;
	const char *text;
	bool detail; /* SQLite's own words help */
} meanings[] = {
	{ SQLITE_CONSTRAINT_UNIQUE,     ERR_CONFLICT, "db.duplicate",  "a row with this key exists already", true },
	{ SQLITE_CONSTRAINT_PRIMARYKEY, ERR_CONFLICT, "db.duplicate",  "a row with this key exists already", true },
	{ SQLITE_CONSTRAINT,            ERR_CONFLICT, "db.constraint", "the table does not admit this value", true },
	{ SQLITE_BUSY,                  ERR_IO,       "db.locked",     "another program keeps it locked: try again, or end that program", false },
	{ SQLITE_LOCKED,                ERR_IO,       "db.locked",     "another statement keeps it locked: try again", false },
	{ SQLITE_FULL,                  ERR_IO,       "db.full",       "no space is left: the change was not made; free some space and try again", false },
	{ SQLITE_CORRUPT,               ERR_TAMPERED, "db.corrupt",    "the file is damaged: restore it from a backup", false },
	{ SQLITE_NOTADB,                ERR_TAMPERED, "db.corrupt",    "this is not a database file", false },
	{ SQLITE_TOOBIG,                ERR_LIMIT,    "db.too-big",    "a value is larger than a column may be", false },
	{ SQLITE_READONLY,              ERR_IO,       "db.readonly",   "the file may only be read", false },
	{ SQLITE_CANTOPEN,              ERR_IO,       "db.io",         "the file cannot be opened", true },
	{ SQLITE_PERM,                  ERR_IO,       "db.io",         "the file cannot be opened", true },
	{ SQLITE_ERROR,                 ERR_IO,       "db.statement",  "the statement does not fit the schema", true },
	{ SQLITE_MISMATCH,              ERR_CONFLICT, "db.constraint", "the table does not admit this value", true },
};
/* clang-format on */

static const struct meaning *
meaning_of(int code)
{
	for (size_t i = 0; i < COUNTOF(meanings); i++)
		if (meanings[i].code == code || meanings[i].code == (code & 0xff))
			return &meanings[i];
	return NULL;
}

static enum err
sq_fail(const struct db_conn *conn, int code, struct why *why)
{
	const struct meaning *m = meaning_of(code);
	const char *detail = conn->sq == NULL ? sqlite3_errstr(code) : sqlite3_errmsg(conn->sq);

	assert(code != SQLITE_MISUSE);
	if (m == NULL)
		return fail(why, ERR_IO, "db.io", "%s: %s", conn->place, detail);
	if (!m->detail)
		return fail(why, m->err, m->name, "%s: %s", conn->place, m->text);
	return fail(why, m->err, m->name, "%s: %s: %s", conn->place, m->text, detail);
}

/* ---- connections ---- */

static void
sq_close(struct db_conn *conn)
{
	if (conn == NULL)
		return;
	int code = sqlite3_close(conn->sq);
	assert(code == SQLITE_OK); /* or a statement was not dropped */
	(void)code;
	heap_free(conn->place);
	heap_free(conn);
}

static void
sq_closep(struct db_conn **conn)
{
	sq_close(*conn);
}

static enum err
run_pragma(struct db_conn *conn, const char *name, int64_t value, struct why *why)
{
	char text[PRAGMA_MAX];

	sqlite3_snprintf(sizeof(text), text, "PRAGMA %s=%lld", name, (long long)value);
	int code = sqlite3_exec(conn->sq, text, NULL, NULL, NULL);
	return code == SQLITE_OK ? OK : sq_fail(conn, code, why);
}

static void
finalizep(sqlite3_stmt **stmt)
{
	sqlite3_finalize(*stmt);
}

/* Readers and the writer do not wait for each other only in this mode.  Two
 * programs that enter it at once would wait for each other, so SQLite answers
 * "busy" without its usual patience: have it here. */
static enum err
use_wal(struct db_conn *conn, struct why *why)
{
	CLEANUP(finalizep) sqlite3_stmt *stmt = NULL;

	int code = sqlite3_prepare_v2(conn->sq, "PRAGMA journal_mode=WAL", -1, &stmt, NULL);
	if (code != SQLITE_OK)
		return sq_fail(conn, code, why);
	(void)sqlite3_busy_timeout(conn->sq, 0);
	code = sqlite3_step(stmt);
	for (unsigned waited_ms = 0; (code & 0xff) == SQLITE_BUSY && waited_ms < conn->wait_ms;
	     waited_ms += RETRY_MS) {
		(void)sqlite3_reset(stmt);
		(void)sqlite3_sleep(RETRY_MS);
		code = sqlite3_step(stmt);
	}
	(void)sqlite3_busy_timeout(conn->sq, (int)conn->wait_ms);
	if (code != SQLITE_ROW)
		return sq_fail(conn, code, why);
	const char *mode = (const char *)sqlite3_column_text(stmt, 0);
	if (mode == NULL || strcmp(mode, "wal") != 0)
		return fail(why, ERR_IO, "db.io",
		    "%s: this file system has no shared memory: put the database on a local disk",
		    conn->place);
	return OK;
}

/* What SQLite allows for the sake of old programs and we do not. */
static void
use_strict_mode(sqlite3 *sq)
{
	static const struct {
		int option;
		int value;
	} options[] = {
		{ SQLITE_DBCONFIG_DEFENSIVE, 1 },
		{ SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 },
		{ SQLITE_DBCONFIG_DQS_DML, 0 },
		{ SQLITE_DBCONFIG_DQS_DDL, 0 },
		{ SQLITE_DBCONFIG_ENABLE_FKEY, 0 },
		{ SQLITE_DBCONFIG_ENABLE_TRIGGER, 0 },
		{ SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0 },
	};

	for (size_t i = 0; i < COUNTOF(options); i++)
		(void)sqlite3_db_config(sq, options[i].option, options[i].value, NULL);
	sqlite3_limit(sq, SQLITE_LIMIT_LENGTH, DB_VALUE_MAX);
	sqlite3_limit(sq, SQLITE_LIMIT_ATTACHED, 0);
	sqlite3_limit(sq, SQLITE_LIMIT_VARIABLE_NUMBER, DB_ARGS_MAX);
}

static enum err
configure(struct db_conn *conn, const struct db_config *config, struct why *why)
{
	/* clang-format off */
	const struct {
		const char *name;
		int64_t value;
		bool wanted;
	} settings[] = {
		{ "page_size",           PAGE_BYTES,                                   !config->read_only },
		{ "cell_size_check",     1,                                            true },
		{ "synchronous",         2 /* FULL */,                                 !config->read_only },
		{ "cache_size",          config->read_only ? -CACHE_READER_KIB : -CACHE_WRITER_KIB, true },
		{ "cache_spill",         SPILL_PAGES,                                  !config->read_only },
		{ "mmap_size",           MAP_BYTES,                                    true },
		{ "temp_store",          2 /* in memory: nothing leaves the folder */, true },
		{ "secure_delete",       1 /* what is deleted is gone */,              !config->read_only },
		{ "case_sensitive_like", 1,                                            true },
		{ "wal_autocheckpoint",  CHECKPOINT_PAGES,                             !config->read_only },
		{ "journal_size_limit",  WAL_KEEP_BYTES,                               !config->read_only },
		{ "max_page_count",      (int64_t)(config->size_max_bytes / PAGE_BYTES) + 1, config->size_max_bytes > 0 },
	};
	/* clang-format on */

	(void)sqlite3_busy_timeout(conn->sq, (int)conn->wait_ms);
	use_strict_mode(conn->sq);
	for (size_t i = 0; i < COUNTOF(settings); i++)
		if (settings[i].wanted)
			TRY(run_pragma(conn, settings[i].name, settings[i].value, why));
	if (!config->read_only)
		return use_wal(conn, why);
	/* The first look into the file finds out whether it is a database. */
	int code = sqlite3_exec(conn->sq, "PRAGMA schema_version", NULL, NULL, NULL);
	return code == SQLITE_OK ? OK : sq_fail(conn, code, why);
}

/* Makes the file ourselves, because SQLite would let the group read it.  It is
 * not opened for that: closing a second descriptor would drop the locks that
 * another connection of this process holds. */
static enum err
make_file(const char *place, struct why *why)
{
	if (mknod(place, S_IFREG | S_IRUSR | S_IWUSR, 0) == 0 || errno == EEXIST)
		return OK;
	return fail(why, ERR_IO, "db.io", "%s: the file cannot be made: %s", place,
	    strerrordesc_np(errno));
}

/* SQLite counts its memory under a lock that every allocation of every connection takes;
 * nobody here reads that count. */
static void
prepare_library(void)
{
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static pthread_once_t prepared = PTHREAD_ONCE_INIT;

static enum err
sq_open(const struct db_config *config, struct db_conn **ret, struct why *why)
{
	int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;

	(void)pthread_once(&prepared, prepare_library);
	if (config->read_only) {
		if (access(config->place, F_OK) != 0 && errno == ENOENT)
			return fail(why, ERR_NOT_FOUND, "db.missing", "%s: there is no such file",
			    config->place);
		flags |= SQLITE_OPEN_READONLY;
	} else {
		TRY(make_file(config->place, why));
		flags |= SQLITE_OPEN_READWRITE;
	}

	CLEANUP(sq_closep) struct db_conn *conn = heap_new(sizeof(*conn), 1);
	conn->place = heap_cstr(str_of(config->place));
	conn->wait_ms = config->wait_ms;
	int code = sqlite3_open_v2(conn->place, &conn->sq, flags, NULL);
	if (code != SQLITE_OK)
		return sq_fail(conn, code, why);
	TRY(configure(conn, config, why));
	*ret = conn;
	conn = NULL;
	return OK;
}

static bool
sq_in_txn(const struct db_conn *conn)
{
	return sqlite3_get_autocommit(conn->sq) == 0;
}

/* ---- statements ---- */

static void
sq_drop(struct db_prepared *p)
{
	if (p == NULL)
		return;
	(void)sqlite3_finalize(p->stmt); /* repeats the error of the last step */
	heap_free(p);
}

static void
sq_dropp(struct db_prepared **p)
{
	sq_drop(*p);
}

/* SQLite numbers $1, $2 by first appearance, so each is found by its name. */
static enum err
map_args(struct db_prepared *p, struct why *why)
{
	size_t n = (size_t)sqlite3_bind_parameter_count(p->stmt);

	for (size_t i = 0; i < n; i++) {
		const char *name = sqlite3_bind_parameter_name(p->stmt, (int)i + 1);
		uint64_t number;
		if (name == NULL || name[0] != '$' || !str_to_u64(str_of(name + 1), n, &number) ||
		    number == 0)
			return fail(why, ERR_IO, "db.statement",
			    "%s: the statement has %zu parameters and one is called %s, not $1 to $%zu",
			    p->conn->place, n, name == NULL ? "?" : name, n);
		p->arg_of[i] = (uint8_t)(number - 1);
	}
	p->args = n;
	return OK;
}

static enum err
sq_prepare(struct db_conn *conn, struct str sql, bool hot, struct db_prepared **ret,
    struct why *why)
{
	CLEANUP(sq_dropp) struct db_prepared *p = heap_new(sizeof(*p), 1);
	const char *tail = NULL;

	p->conn = conn;
	int code = sqlite3_prepare_v3(conn->sq, sql.ptr, (int)sql.len,
	    hot ? SQLITE_PREPARE_PERSISTENT : 0, &p->stmt, &tail);
	if (code != SQLITE_OK)
		return sq_fail(conn, code, why);
	struct str rest = { tail, (size_t)(sql.ptr + sql.len - tail) };
	if (p->stmt == NULL || db_next_statement(&rest, &rest))
		return fail(why, ERR_IO, "db.statement", "%s: one statement is wanted here",
		    conn->place);
	TRY(map_args(p, why));
	*ret = p;
	p = NULL;
	return OK;
}

static void
sq_shape(const struct db_prepared *p, struct db_shape *ret)
{
	*ret = (struct db_shape){
		.args = p->args,
		.columns = (size_t)sqlite3_column_count(p->stmt),
		.writes = sqlite3_stmt_readonly(p->stmt) == 0,
	};
}

static int
bind_one(sqlite3_stmt *stmt, int at, const struct db_value *v)
{
	/* A NULL pointer would mean NULL, not empty. */
	const char *ptr = v->s.ptr == NULL ? "" : v->s.ptr;

	switch (v->type) {
	case DB_NULL: return sqlite3_bind_null(stmt, at);
	case DB_INT: return sqlite3_bind_int64(stmt, at, v->i);
	case DB_TEXT:
		return sqlite3_bind_text64(stmt, at, ptr, v->s.len, SQLITE_STATIC, SQLITE_UTF8);
	case DB_BLOB: return sqlite3_bind_blob64(stmt, at, ptr, v->s.len, SQLITE_STATIC);
	}
	return SQLITE_MISUSE;
}

static enum err
sq_bind(struct db_prepared *p, const struct db_value *args, struct why *why)
{
	p->changes_before = sqlite3_total_changes64(p->conn->sq);
	for (size_t i = 0; i < p->args; i++) {
		int code = bind_one(p->stmt, (int)i + 1, &args[p->arg_of[i]]);
		if (code != SQLITE_OK)
			return sq_fail(p->conn, code, why);
	}
	return OK;
}

static enum err
sq_step(struct db_prepared *p, bool *ret_has, struct why *why)
{
	int code = sqlite3_step(p->stmt);

	if (code != SQLITE_ROW && code != SQLITE_DONE)
		return sq_fail(p->conn, code, why);
	*ret_has = code == SQLITE_ROW;
	return OK;
}

static int64_t
sq_changes(const struct db_prepared *p)
{
	return sqlite3_total_changes64(p->conn->sq) - p->changes_before;
}

static void
sq_reset(struct db_prepared *p)
{
	(void)sqlite3_reset(p->stmt); /* repeats the error of the last step */
}

static enum db_type
sq_col_type(const struct db_prepared *p, size_t at)
{
	switch (sqlite3_column_type(p->stmt, (int)at)) {
	case SQLITE_INTEGER: return DB_INT;
	case SQLITE_TEXT: return DB_TEXT;
	case SQLITE_BLOB: return DB_BLOB;
	default: return DB_NULL; /* we store no floating point */
	}
}

static int64_t
sq_col_i64(const struct db_prepared *p, size_t at)
{
	return sqlite3_column_int64(p->stmt, (int)at);
}

static struct str
sq_col_bytes(const struct db_prepared *p, size_t at)
{
	const char *ptr = sqlite3_column_blob(p->stmt, (int)at);

	return (struct str){ ptr, (size_t)sqlite3_column_bytes(p->stmt, (int)at) };
}

const struct db_engine db_sqlite = {
	.words = { [DB_WORD_MAX] = "max",
	    [DB_WORD_MIN] = "min",
	    [DB_WORD_BLOB] = "BLOB",
	    [DB_WORD_CLUSTERED] = "WITHOUT ROWID" },
	.begin_write = "BEGIN IMMEDIATE",
	.begin_read = "BEGIN DEFERRED",
	.find_table = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = $1",
	.open = sq_open,
	.close = sq_close,
	.in_txn = sq_in_txn,
	.prepare = sq_prepare,
	.shape = sq_shape,
	.bind = sq_bind,
	.step = sq_step,
	.changes = sq_changes,
	.reset = sq_reset,
	.drop = sq_drop,
	.col_type = sq_col_type,
	.col_i64 = sq_col_i64,
	.col_bytes = sq_col_bytes,
};
