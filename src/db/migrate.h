/* migrate.h: brings the schema of a database forward, step by step.
 *
 * The list belongs to the caller and only ever grows.  The text of every step
 * is kept in the database (table schema_step), so that a step which was changed
 * after it had been applied is noticed.  There is no way back. */
#pragma once

#include "base.h"
#include "db.h"

struct db_migration {
	const char *name; /* "0001-objects": for messages, never changed */
	const char *sql;  /* statements ended by ";", at most DB_STATEMENT_MAX bytes */
};

/* Compares the steps in the database with the list and changes nothing.
 *
 *   ret_pending  steps of the list that are not applied yet
 *
 * ERR_INVALID   db.schema-newer    the database has more steps than the list
 * ERR_TAMPERED  db.schema-changed  an applied step differs from the list */
enum err db_migrate_check(struct db *db, const struct db_migration *list, size_t n,
    size_t *ret_pending, struct why *why);

/* Applies the missing steps, each with its record in one transaction: after an
 * error the steps before it stay, and nothing of the failed one does.  Two
 * programs may do this at once.
 *
 *   ret_applied  steps applied by this call; NULL: not wanted
 *
 * Errors of db_migrate_check and of db_exec. */
enum err db_migrate(struct db *db, const struct db_migration *list, size_t n, size_t *ret_applied,
    struct why *why);
