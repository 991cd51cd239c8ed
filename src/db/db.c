#include "db.h"

#include "db_p.h"
#include "memo_p.h"
#include "portable.h"
#include "statement_p.h"

enum txn_state { TXN_NONE, TXN_READ, TXN_WRITE };

struct db {
	const struct db_engine *engine;
	struct db_conn *conn;
	char *place;
	bool read_only;
	enum txn_state txn;
	bool broken;         /* a statement of the transaction failed */
	size_t rows;         /* queries that are being read */
	db_changes *changes; /* NULL: nothing is remembered */
	struct memory memory;
	struct statements statements;
};

/* ---- connections ---- */

void
db_close(struct db *db)
{
	if (db == NULL)
		return;
	assert(db->rows == 0 && db->txn == TXN_NONE);
	statements_drop(&db->statements);
	memory_free(&db->memory);
	db->engine->close(db->conn);
	heap_free(db->place);
	heap_free(db);
}

enum err
db_open(const struct db_config *config, struct db **ret, struct why *why)
{
	struct db_config complete = *config;
	struct str place = str_of(config->place);

	if (place.len == 0)
		return fail(why, ERR_INVALID, "db.engine", "no place is given for the database");
	if (str_starts(place, S("postgres:")) || str_starts(place, S("postgresql:")))
		return fail(why, ERR_INVALID, "db.engine",
		    "%s: this program knows databases in files only: give the path of a file",
		    config->place);
	if (complete.wait_ms == 0)
		complete.wait_ms = DB_WAIT_MS;

	struct db_conn *conn;
	TRY(db_sqlite.open(&complete, &conn, why));
	struct db *db = heap_new(sizeof(*db), 1);
	db->engine = &db_sqlite;
	db->conn = conn;
	db->place = heap_cstr(place);
	db->statements =
	    (struct statements){ .engine = db->engine, .conn = conn, .place = db->place };
	db->read_only = config->read_only;
	db->changes = config->changes;
	*ret = db;
	return OK;
}

const char *
db_place(const struct db *db)
{
	return db->place;
}

bool
db_in_txn(const struct db *db)
{
	return db->txn != TXN_NONE;
}

bool
db_txn_alive(const struct db *db)
{
	return db->txn != TXN_NONE && !db->broken && db->engine->in_txn(db->conn);
}

/* ---- running ---- */

/* After an error only a rollback helps: SQLite could go on and PostgreSQL
 * could not, so neither does. */
static enum err
broken(struct db *db, enum err err)
{
	if (err != OK && db->txn != TXN_NONE)
		db->broken = true;
	return err;
}

static enum err
check_args(const struct db *db, const struct db_stmt *stmt, const struct db_value *args, size_t n,
    struct why *why)
{
	if (n != stmt->shape.args)
		return fail(why, ERR_IO, "db.statement",
		    "%s: the statement has %zu parameters and %zu were given", db->place,
		    stmt->shape.args, n);
	for (size_t i = 0; i < n; i++) {
		const struct db_value *v = &args[i];
		if (v->type != DB_TEXT || v->s.len == 0)
			continue;
		if (memchr(v->s.ptr, '\0', v->s.len) != NULL || !str_is_utf8(v->s))
			return fail(why, ERR_INVALID, "db.text",
			    "a text to be stored has a NUL byte or is not UTF-8");
	}
	return OK;
}

/* What was read before is no longer known to hold. */
static void
count_change(struct db *db)
{
	if (db->changes != NULL)
		atomic_fetch_add(db->changes, 1);
}

/* Whether the statement may run now. */
static enum err
check_state(const struct db *db, const struct db_stmt *stmt, struct why *why)
{
	if (db->txn != TXN_NONE && !db_txn_alive(db))
		return fail(why, ERR_IO, "db.rolled-back",
		    "%s: an earlier statement of this change failed, so all of it is undone",
		    db->place);
	if (stmt->shape.writes && (db->read_only || db->txn == TXN_READ))
		return fail(why, ERR_IO, "db.readonly", "%s: a reader may not change it",
		    db->place);
	return OK;
}

static enum err
run_once(struct db *db, struct db_stmt *stmt, const struct db_value *args, struct why *why)
{
	bool has = true;

	TRY(db->engine->bind(stmt->prepared, args, why));
	while (has)
		TRY(db->engine->step(stmt->prepared, &has, why));
	return OK;
}

static enum err
run_rows(struct db *db, struct db_stmt *stmt, const struct db_batch *batch, int64_t *ret_changes,
    struct why *why)
{
	int64_t changes = 0;

	TRY(check_state(db, stmt, why));
	for (size_t i = 0; i < batch->rows; i++) {
		const struct db_value *args = batch->args + i * batch->n;
		TRY(check_args(db, stmt, args, batch->n, why));
		TRY(run_once(db, stmt, args, why));
		changes += db->engine->changes(stmt->prepared);
		db->engine->reset(stmt->prepared);
	}
	if (ret_changes != NULL)
		*ret_changes = changes;
	return OK;
}

enum err
db_exec_rows(struct db *db, const char *sql, const struct db_batch *batch, int64_t *ret_changes,
    struct why *why)
{
	struct db_stmt *stmt = NULL;
	enum err err = statement_take(&db->statements, sql, false, &stmt, why);

	if (err != OK)
		return broken(db, err);
	err = run_rows(db, stmt, batch, ret_changes, why);
	if (db->txn == TXN_NONE && stmt->shape.writes)
		count_change(db);
	statement_give(&db->statements, stmt);
	return broken(db, err);
}

enum err
db_exec(struct db *db, const char *sql, const struct db_value *args, size_t n, int64_t *ret_changes,
    struct why *why)
{
	const struct db_batch one = { .args = args, .n = n, .rows = 1 };

	return db_exec_rows(db, sql, &one, ret_changes, why);
}

enum err
db_script(struct db *db, struct str sql, struct why *why)
{
	struct str one;

	TRY(broken(db, db_check_portable(sql, why)));
	while (db_next_statement(&sql, &one)) {
		bool has = true;
		struct db_prepared *prepared = NULL;
		TRY(broken(db, statement_prepare(&db->statements, one, false, &prepared, why)));
		enum err err = OK;
		while (err == OK && has)
			err = db->engine->step(prepared, &has, why);
		db->engine->drop(prepared);
		if (db->txn == TXN_NONE)
			count_change(db);
		TRY(broken(db, err));
	}
	return OK;
}

/* ---- queries ---- */

enum err
db_query(struct db *db, const char *sql, const struct db_value *args, size_t n, struct db_rows *ret,
    struct why *why)
{
	struct db_stmt *stmt = NULL;
	enum err err = statement_take(&db->statements, sql, false, &stmt, why);

	assert(ret->stmt == NULL); /* or an earlier query was not ended */
	if (err != OK)
		return broken(db, err);
	err = check_state(db, stmt, why);
	if (err == OK)
		err = check_args(db, stmt, args, n, why);
	if (err == OK)
		err = db->engine->bind(stmt->prepared, args, why);
	if (err != OK) {
		statement_give(&db->statements, stmt);
		return broken(db, err);
	}
	db->rows++;
	*ret = (struct db_rows){ .db = db, .stmt = stmt };
	return OK;
}

enum err
db_next(struct db_rows *rows, bool *ret_has, struct why *why)
{
	if (rows->left != ROWS_TO_READ) {
		*ret_has = rows->left == ROWS_ONE;
		rows->left = ROWS_NONE;
		return OK;
	}
	return broken(rows->db, rows->db->engine->step(rows->stmt->prepared, ret_has, why));
}

void
db_rows_endp(struct db_rows *rows)
{
	if (rows->memo != NULL)
		rows->memo->held = false;
	if (rows->stmt != NULL) {
		rows->db->rows--;
		statement_give(&rows->db->statements, rows->stmt);
	}
	*rows = (struct db_rows){ 0 };
}

enum err
db_query_one(struct db *db, const char *sql, const struct db_value *args, size_t n,
    struct db_rows *ret, struct why *why)
{
	bool has;

	TRY(db_query(db, sql, args, n, ret, why));
	TRY(db_next(ret, &has, why));
	if (!has)
		return fail(why, ERR_NOT_FOUND, "db.no-row", "%s: there is no such row", db->place);
	return OK;
}

/* Asks, and keeps what the first row says. */
static enum err
ask_first(struct db *db, const struct memo_ask *ask, struct db_rows *ret, struct why *why)
{
	bool has = false;

	TRY(db_query(db, ask->sql, ask->args, ask->n, ret, why));
	TRY(db_next(ret, &has, why));
	memo_keep(&db->memory, ask, has, ret, ret->stmt->shape.columns);
	ret->left = has ? ROWS_ONE : ROWS_NONE;
	return OK;
}

enum err
db_memo(struct db *db, const char *sql, const struct db_value *args, size_t n, struct db_rows *ret,
    struct why *why)
{
	struct memo_ask ask = { .sql = sql, .args = args, .n = n };

	/* While another question is read the engine shows what was when that one began. */
	if (db->changes == NULL || db->txn != TXN_NONE || db->rows > 0)
		return db_query(db, sql, args, n, ret, why);
	/* Before the question: a change that comes meanwhile may be missing in the answer. */
	ask.changes = atomic_load(db->changes);
	struct memo *old = memo_find(&db->memory, &ask);
	if (old == NULL)
		return ask_first(db, &ask, ret, why);
	assert(ret->stmt == NULL && ret->memo == NULL); /* or an earlier one was not ended */
	old->held = true;
	*ret = (struct db_rows){ .db = db, .memo = old, .left = old->has ? ROWS_ONE : ROWS_NONE };
	return OK;
}

enum db_type
db_col_type(const struct db_rows *rows, size_t at)
{
	if (rows->memo != NULL)
		return rows->memo->column[at].type;
	assert(at < rows->stmt->shape.columns);
	return rows->db->engine->col_type(rows->stmt->prepared, at);
}

int64_t
db_col_i64(const struct db_rows *rows, size_t at)
{
	if (db_col_type(rows, at) != DB_INT)
		return 0;
	if (rows->memo != NULL)
		return rows->memo->column[at].i;
	return rows->db->engine->col_i64(rows->stmt->prepared, at);
}

static struct str
col_bytes(const struct db_rows *rows, size_t at, enum db_type type)
{
	if (db_col_type(rows, at) != type)
		return (struct str){ 0 };
	if (rows->memo != NULL)
		return rows->memo->column[at].s;
	return rows->db->engine->col_bytes(rows->stmt->prepared, at);
}

struct str
db_col_text(const struct db_rows *rows, size_t at)
{
	return col_bytes(rows, at, DB_TEXT);
}

struct str
db_col_blob(const struct db_rows *rows, size_t at)
{
	return col_bytes(rows, at, DB_BLOB);
}

enum err
db_has_table(struct db *db, struct str name, bool *ret, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	TRY(db_select(db, &rows, why, db->engine->find_table, DB_T(name)));
	return db_next(&rows, ret, why);
}

/* ---- transactions ---- */

/* Parts of a transaction: known by their address, so that no caller can write
 * them.  One name serves all parts: the last one begun is meant. */
static const char commit_sql[] = "COMMIT";
static const char rollback_sql[] = "ROLLBACK";
static const char save_begin_sql[] = "SAVEPOINT part";
static const char save_undo_sql[] = "ROLLBACK TO part";
static const char save_end_sql[] = "RELEASE part";

/* Runs one of these or the engine's own, whatever the state. */
static enum err
control(struct db *db, const char *sql, struct why *why)
{
	struct db_stmt *stmt = NULL;

	TRY(statement_take(&db->statements, sql, true, &stmt, why));
	enum err err = run_once(db, stmt, NULL, why);
	statement_give(&db->statements, stmt);
	return err;
}

static enum err
begin(struct db *db, enum txn_state kind, struct db_txn *ret, struct why *why)
{
	assert(db->txn == TXN_NONE && db->rows == 0);
	if (kind == TXN_WRITE && db->read_only)
		return fail(why, ERR_IO, "db.readonly", "%s: a reader may not change it",
		    db->place);
	TRY(control(db, kind == TXN_WRITE ? db->engine->begin_write : db->engine->begin_read, why));
	db->txn = kind;
	db->broken = false;
	ret->db = db;
	return OK;
}

enum err
db_begin(struct db *db, struct db_txn *ret, struct why *why)
{
	return begin(db, TXN_WRITE, ret, why);
}

enum err
db_begin_read(struct db *db, struct db_txn *ret, struct why *why)
{
	return begin(db, TXN_READ, ret, why);
}

/* Also after a failure: who knows what of it an engine kept. */
static void
end_txn(struct db_txn *txn)
{
	struct db *db = txn->db;

	if (db->txn == TXN_WRITE)
		count_change(db);
	db->txn = TXN_NONE;
	db->broken = false;
	txn->db = NULL;
}

enum err
db_commit(struct db_txn *txn, struct why *why)
{
	struct db *db = txn->db;
	enum err err;

	assert(db != NULL && db->rows == 0);
	if (db_txn_alive(db))
		err = control(db, commit_sql, why);
	else
		err = fail(why, ERR_IO, "db.rolled-back",
		    "%s: a statement of this change failed, so all of it is undone", db->place);
	if (err != OK) {
		db_txn_endp(txn);
		return err;
	}
	end_txn(txn);
	return OK;
}

void
db_txn_endp(struct db_txn *txn)
{
	struct db *db = txn->db;

	if (db == NULL)
		return;
	/* A rollback can only fail when the engine has done it already. */
	if (db->engine->in_txn(db->conn))
		(void)control(db, rollback_sql, NULL);
	end_txn(txn);
}

enum err
db_save_begin(struct db *db, struct db_save *ret, struct why *why)
{
	assert(db->txn == TXN_WRITE);
	if (!db_txn_alive(db))
		return fail(why, ERR_IO, "db.rolled-back",
		    "%s: an earlier statement of this change failed, so all of it is undone",
		    db->place);
	TRY(broken(db, control(db, save_begin_sql, why)));
	ret->db = db;
	return OK;
}

enum err
db_save_keep(struct db_save *save, struct why *why)
{
	struct db *db = save->db;

	assert(db != NULL);
	if (!db_txn_alive(db))
		return fail(why, ERR_IO, "db.rolled-back",
		    "%s: a statement of this part failed, so all of it is undone", db->place);
	TRY(broken(db, control(db, save_end_sql, why)));
	save->db = NULL;
	return OK;
}

void
db_save_endp(struct db_save *save)
{
	struct db *db = save->db;

	if (db == NULL)
		return;
	save->db = NULL;
	if (!db->engine->in_txn(db->conn))
		return; /* the engine has rolled back everything: the transaction stays broken */
	db->broken =
	    control(db, save_undo_sql, NULL) != OK || control(db, save_end_sql, NULL) != OK;
}
