/* scratch_p.h: a folder with a database for the tests of this module. */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cases.h"
#include "db.h"

enum { SCRATCH_PATH_MAX = 256 };

struct scratch {
	char folder[SCRATCH_PATH_MAX];
	char path[SCRATCH_PATH_MAX + 16];
	struct db *db;
};

/* Removes the folder; the connections to its database are closed. */
static inline void
scratch_endp(struct scratch *s)
{
	static const char *const ends[] = { "", "-wal", "-shm", "-journal" };
	char name[SCRATCH_PATH_MAX + 32];

	db_close(s->db);
	for (size_t i = 0; i < COUNTOF(ends); i++) {
		snprintf(name, sizeof(name), "%s%s", s->path, ends[i]);
		(void)unlink(name);
	}
	assert_int_equal(rmdir(s->folder), 0);
}

/* Makes the folder; there is no database in it yet. */
static inline void
scratch_begin(struct scratch *s)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(s->folder, sizeof(s->folder), "%s/torana-db-XXXXXX", tmp == NULL ? "/tmp" : tmp);
	assert_non_null(mkdtemp(s->folder));
	snprintf(s->path, sizeof(s->path), "%s/t.db", s->folder);
}

static inline struct db *
scratch_connect(const struct scratch *s, const struct db_config *more)
{
	struct db_config config = *more;
	struct why why = { 0 };
	struct db *db = NULL;

	config.place = s->path;
	if (db_open(&config, &db, &why) != OK)
		fail_msg("%s", why.text);
	return db;
}

/* Makes the folder and a database with one table: thing (k BIGINT, v TEXT). */
static inline void
scratch_open(struct scratch *s)
{
	scratch_begin(s);
	s->db = scratch_connect(s, &(struct db_config){ 0 });
	assert_int_equal(db_run(s->db, NULL,
	                     "CREATE TABLE thing (k BIGINT NOT NULL PRIMARY KEY, v TEXT NOT NULL)"),
	    OK);
}

static inline int64_t
scratch_count(struct db *db)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	assert_int_equal(db_select_one(db, &rows, NULL, "SELECT COUNT(*) FROM thing"), OK);
	return db_col_i64(&rows, 0);
}

static const char scratch_insert[] = "INSERT INTO thing (k, v) VALUES ($1, $2)";
