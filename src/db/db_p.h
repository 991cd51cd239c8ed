/* db_p.h: what an engine gives to the face in db.c, and what the files of this
 * module share.
 *
 * An engine keeps its own idea of struct db_conn and struct db_prepared; db.c
 * does the rest: the cache of statements, transactions, the portable subset. */
#pragma once

#include "base.h"
#include "buf.h"
#include "db.h"

struct db_conn;     /* the engine's connection */
struct db_prepared; /* the engine's prepared statement */

/* The words in braces, see db.h. */
enum db_word { DB_WORD_MAX, DB_WORD_MIN, DB_WORD_BLOB, DB_WORD_CLUSTERED, DB_WORDS };

/* What an engine knows of a statement that it has prepared. */
struct db_shape {
	size_t args;
	size_t columns;
	bool writes;
};

struct db_engine {
	const char *words[DB_WORDS];
	const char *begin_write;
	const char *begin_read;
	const char *find_table; /* one row when there is a table named $1 */

	enum err (*open)(const struct db_config *config, struct db_conn **ret, struct why *why);
	void (*close)(struct db_conn *conn);

	/* False once the engine has rolled back by itself. */
	bool (*in_txn)(const struct db_conn *conn);

	/* hot: it will be run many times. */
	enum err (*prepare)(struct db_conn *conn, struct str sql, bool hot,
	    struct db_prepared **ret, struct why *why);
	void (*shape)(const struct db_prepared *p, struct db_shape *ret);
	enum err (*bind)(struct db_prepared *p, const struct db_value *args, struct why *why);
	enum err (*step)(struct db_prepared *p, bool *ret_has, struct why *why);
	int64_t (*changes)(const struct db_prepared *p); /* since it was bound */
	void (*reset)(struct db_prepared *p);            /* ready for the next bind */
	void (*drop)(struct db_prepared *p);

	enum db_type (*col_type)(const struct db_prepared *p, size_t at);
	int64_t (*col_i64)(const struct db_prepared *p, size_t at);
	struct str (*col_bytes)(const struct db_prepared *p, size_t at);
};

extern const struct db_engine db_sqlite;

/* Runs every statement of a text that has no parameters. */
enum err db_script(struct db *db, struct str sql, struct why *why);

/* Whether there is a table of this name. */
enum err db_has_table(struct db *db, struct str name, bool *ret, struct why *why);

/* Whether the transaction can still be committed. */
bool db_txn_alive(const struct db *db);

/* Takes the next statement off *rest, without its ";".  False: none is left. */
bool db_next_statement(struct str *rest, struct str *ret);

/* Appends sql with the words in braces replaced by those of an engine. */
void db_put_words(struct buf *b, struct str sql, const char *const words[DB_WORDS]);
