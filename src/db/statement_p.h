/* statement_p.h: the prepared statements of a connection (private to db). */
#pragma once

#include "db_p.h"

/* Sets of four, found by the address of the text. */
enum { STATEMENT_SETS = 128, STATEMENT_WAYS = 4 };

struct db_stmt {
	char *sql; /* as the caller wrote it */
	const char *key;
	struct db_prepared *prepared;
	struct db_shape shape;
	bool cached;
	bool busy;
};

struct statements {
	const struct db_engine *engine;
	struct db_conn *conn;
	const char *place; /* for messages */
	size_t next_victim;
	struct db_stmt *cache[STATEMENT_SETS][STATEMENT_WAYS];
};

/* Prepares a text with its words in braces replaced.  hot: it will be run many times. */
enum err statement_prepare(struct statements *s, struct str sql, bool hot, struct db_prepared **ret,
    struct why *why);

/* Lends a statement, prepared now or before.  A text of our own, which begins or ends
 * a transaction, is not held against the portable subset. */
enum err statement_take(struct statements *s, const char *sql, bool own, struct db_stmt **ret,
    struct why *why);
void statement_give(struct statements *s, struct db_stmt *stmt);

/* Drops all; none is lent. */
void statements_drop(struct statements *s);
