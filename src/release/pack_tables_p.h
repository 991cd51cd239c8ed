/* pack_tables_p.h: which rows go into an audit pack, and in what form (private
 * to release).
 *
 * A row is one line of JSON, an object with the names of the columns; bytes are
 * base64.  There is no table of accounts, sessions, factors or keys in the list:
 * what is not listed does not travel. */
#pragma once

#include "audit_pack.h"
#include "db.h"

enum {
	PACK_COLUMNS_MAX = 32, /* of one table */
	PACK_SQL_MAX = 4096,   /* of a statement that inserts a row */
};

/* What a statement that selects rows takes. */
enum pack_args {
	PACK_ARGS_NONE,
	PACK_ARGS_LOG,   /* $1 log */
	PACK_ARGS_OF,    /* $1 organisation, $2 enclaves */
	PACK_ARGS_GIVEN, /* $1 to $7: as PACK_GIVEN says */
	PACK_ARGS_LEAF,  /* and $8, an enum pack_leaves */
};

/* Which leaves are given that are no batch; pack_place_p.h lists their kinds. */
enum pack_leaves {
	PACK_LEAVES_COMMON, /* of PACK_KINDS_ALWAYS alone */
	PACK_LEAVES_OWN,    /* of the releasing compartment, too */
	PACK_LEAVES_ALL,    /* and what names no compartment: there is no other */
};

/* Which packs have the table. */
enum pack_when {
	PACK_ALWAYS,
	PACK_CONTENT, /* with content */
	PACK_ALL,     /* with content, of the whole log, when there is no other compartment */
};

struct pack_table {
	const char *name;
	const char *columns; /* "log leaf# entry*": # a number, * bytes, else text */
	enum pack_args args;
	enum pack_when when;
	const char *select; /* the columns in their order; of a log then 1: given, 2: when it is of
	                     * the compartment (pack_leaf_is_of), 0: as a hash */
};

extern const struct pack_table pack_tables[];
extern const size_t pack_tables_count;

/* The table of a part "rows/NAME/000001.ndjson"; NULL: it is none. */
const struct pack_table *pack_table_of(struct str part);

/* Writes the current row as a line. */
void pack_row_write(const struct pack_table *t, const struct db_value *value, struct buf *out);

/* The current row's values; *ret_n says how many. */
void pack_row_get(const struct pack_table *t, const struct db_rows *rows,
    struct db_value ret[PACK_COLUMNS_MAX], size_t *ret_n);

/* Reads a line.  A column that the line does not have is empty: an older
 * program wrote it.
 *
 * ERR_INVALID  pack.row  not JSON, a column of another type, or bad base64
 * ERR_LIMIT    the arena is full */
enum err pack_row_read(struct arena *a, const struct pack_table *t, struct str line,
    struct db_value ret[PACK_COLUMNS_MAX], size_t *ret_n, struct why *why);

/* The statement that inserts a row. */
void pack_row_insert(const struct pack_table *t, struct buf *out);
