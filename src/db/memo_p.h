/* memo_p.h: rows that a connection remembers (private to db).
 *
 * They lie in a table of slots by statement and arguments; a slot holds one
 * answer, and the next one pushes it out. */
#pragma once

#include "db_p.h"

enum {
	MEMO_SLOTS = 64,        /* of one connection: 140 KiB when all are full */
	MEMO_COLUMNS_MAX = 16,  /* of a row: a collection has 13 */
	MEMO_BYTES_MAX = KIB,   /* of all its texts; a longer one is asked for each time */
	MEMO_ARGUMENTS_MAX = 3, /* of a question */
	MEMO_KEY_MAX = 256,     /* bytes of their texts */
};

/* One answer. */
struct memo {
	const char *sql;
	uint64_t changes; /* of the database before it was asked */
	bool held;        /* a caller is reading it */
	bool has;         /* a row was found */
	size_t args;
	struct db_value arg[MEMO_ARGUMENTS_MAX];
	struct db_value column[MEMO_COLUMNS_MAX];
	char key[MEMO_KEY_MAX];
	char bytes[MEMO_BYTES_MAX];
};

struct memory {
	struct memo *slot[MEMO_SLOTS];
};

/* A question. */
struct memo_ask {
	const char *sql;
	const struct db_value *args;
	size_t n;
	uint64_t changes; /* of the database now */
};

/* What was answered to the same question while nothing was changed; NULL: unknown. */
struct memo *memo_find(const struct memory *m, const struct memo_ask *ask);

/* Remembers an answer: the current row of `row`, or that there is none.  Nothing
 * happens when it is too large, or when a caller holds what lies in its slot. */
void memo_keep(struct memory *m, const struct memo_ask *ask, bool has, const struct db_rows *row,
    size_t columns);

void memory_free(struct memory *m);
