#include "migrate.h"

#include "db_p.h"

static const char create_steps[] =
    "CREATE TABLE schema_step (step BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, "
    "sql TEXT NOT NULL)";
static const char select_steps[] = "SELECT step, name, sql FROM schema_step ORDER BY step";
static const char insert_step[] = "INSERT INTO schema_step (step, name, sql) VALUES ($1, $2, $3)";

static enum err
compare_step(const struct db_rows *row, const struct db_migration *want, size_t step,
    struct why *why)
{
	struct str name = db_col_text(row, 1);

	if (db_col_i64(row, 0) != (int64_t)step + 1)
		return fail(why, ERR_TAMPERED, "db.schema-changed",
		    "%s: schema step %zu is missing from its own record", db_place(row->db),
		    step + 1);
	if (!str_is(name, want->name) || !str_is(db_col_text(row, 2), want->sql))
		return fail(why, ERR_TAMPERED, "db.schema-changed",
		    "%s: schema step %zu was applied as \"" STR_FMT
		    "\" and differs from \"%s\" in this program: steps are added, never changed",
		    db_place(row->db), step + 1, STR_ARG(name), want->name);
	return OK;
}

/* Counts the applied steps and compares them with the list. */
static enum err
read_steps(struct db *db, const struct db_migration *list, size_t n, size_t *ret, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	size_t applied = 0;
	bool has = false;

	TRY(db_select(db, &rows, why, select_steps));
	TRY(db_next(&rows, &has, why));
	while (has) {
		if (applied < n)
			TRY(compare_step(&rows, &list[applied], applied, why));
		applied++;
		TRY(db_next(&rows, &has, why));
	}
	*ret = applied;
	return OK;
}

/* How many steps of the list are applied; inside a transaction. */
static enum err
count_applied(struct db *db, const struct db_migration *list, size_t n, size_t *ret,
    struct why *why)
{
	bool has = false;
	size_t applied = 0;

	TRY(db_has_table(db, S("schema_step"), &has, why));
	if (has)
		TRY(read_steps(db, list, n, &applied, why));
	if (applied > n)
		return fail(why, ERR_INVALID, "db.schema-newer",
		    "%s: it has %zu schema steps and this program knows %zu: use the newer program",
		    db_place(db), applied, n);
	*ret = applied;
	return OK;
}

enum err
db_migrate_check(struct db *db, const struct db_migration *list, size_t n, size_t *ret_pending,
    struct why *why)
{
	CLEANUP(db_txn_endp) struct db_txn txn = { 0 };
	size_t applied = 0;

	TRY(db_begin_read(db, &txn, why));
	TRY(count_applied(db, list, n, &applied, why));
	*ret_pending = n - applied;
	return OK;
}

static enum err
apply_step(struct db *db, const struct db_migration *step, size_t at, struct why *why)
{
	struct str sql = str_of(step->sql);

	if (sql.len > DB_STATEMENT_MAX)
		return fail(why, ERR_LIMIT, "db.too-big", "a step of %zu bytes is longer than %d",
		    sql.len, DB_STATEMENT_MAX);
	if (at == 0)
		TRY(db_run(db, why, create_steps));
	TRY(db_script(db, sql, why));
	return db_run(db, why, insert_step, DB_I((int64_t)at + 1), DB_T(str_of(step->name)),
	    DB_T(sql));
}

/* Applies the first missing step.  Another program may have been faster: what
 * is applied is counted again under the lock. */
static enum err
apply_next(struct db *db, const struct db_migration *list, size_t n, bool *ret_did, struct why *why)
{
	CLEANUP(db_txn_endp) struct db_txn txn = { 0 };
	size_t applied = 0;

	TRY(db_begin(db, &txn, why));
	TRY(count_applied(db, list, n, &applied, why));
	*ret_did = applied < n;
	if (applied == n)
		return OK;
	enum err err = apply_step(db, &list[applied], applied, why);
	if (err == OK)
		err = db_commit(&txn, why);
	if (err != OK)
		why_prefix(why, "schema step %s", list[applied].name);
	return err;
}

enum err
db_migrate(struct db *db, const struct db_migration *list, size_t n, size_t *ret_applied,
    struct why *why)
{
	size_t applied = 0;
	size_t pending = 0;

	TRY(db_migrate_check(db, list, n, &pending, why));
	for (bool more = pending > 0; more;) {
		TRY(apply_next(db, list, n, &more, why));
		applied += more ? 1 : 0;
	}
	if (ret_applied != NULL)
		*ret_applied = applied;
	return OK;
}
