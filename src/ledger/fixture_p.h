/* fixture_p.h: a small log in a folder of its own, for the tests of this
 * module.  Keys come from fixed seeds. */
#pragma once

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* First, for cmocka has a macro of the name of its fail(). */
#include "base.h"
#include "cases.h"
#include "files_p.h"
#include "ledger.h"
#include "migrate.h"
#include "tile.h"

enum { FIXTURE_ARENA = 64 * MIB, FIXTURE_FILE_MAX = MIB };

/* 2026-02-02T02:40:00Z */
#define FIXTURE_AT (INT64_C(1'770'000'000) * US_PER_S)

struct fixture {
	char folder[256];
	const char *origin;
	struct arena *arena;
	struct sign_key *log_secret, *witness_secret;
	struct note_key log_key, witness_key;
	struct clock clock;
	struct db *db;
	struct ledger *ledger;
	struct why why;
};

#define WORKS(f, call)                                            \
	do {                                                      \
		if ((call) != OK)                                 \
			fail_msg("%s: %s", #call, (f)->why.text); \
	} while (0)

static inline struct sign_key *
fixture_key(uint8_t which)
{
	uint8_t seed[SIGN_SEED_BYTES] = { which };

	return sign_key_from_seed(seed);
}

static inline void
fixture_schema(struct fixture *f)
{
	CLEANUP(buf_free) struct buf sql = buf_new(DB_STATEMENT_MAX);

	WORKS(f, files_read("", &LEDGER_SCHEMA[1], &sql, &f->why));
	buf_putc(&sql, '\0');
	const struct db_migration all = { "0001-first", sql.ptr };
	WORKS(f, db_migrate(f->db, &all, 1, NULL, &f->why));
}

static inline void
fixture_connect(struct fixture *f)
{
	char place[300];

	snprintf(place, sizeof(place), "%s/store.db", f->folder);
	WORKS(f, db_open(&(struct db_config){ .place = place }, &f->db, &f->why));
	fixture_schema(f);
}

static inline enum err
fixture_start(struct fixture *f)
{
	const struct ledger_config config = { f->folder, str_of(f->origin), f->log_secret,
		f->witness_secret };

	WORKS(f, ledger_open(&config, &f->ledger, &f->why));
	return ledger_recover(f->ledger, f->db, &f->clock, &f->why);
}

/* An empty log that is open; its keys come from the seed. */
static inline void
fixture_open_as(struct fixture *f, const char *origin, uint8_t seed)
{
	const char *tmp = getenv("TMPDIR");

	*f = (struct fixture){ .origin = origin, .clock = clock_fixed(FIXTURE_AT) };
	snprintf(f->folder, sizeof(f->folder), "%s/torana-ledger-XXXXXX",
	    tmp == NULL ? "/tmp" : tmp);
	assert_non_null(mkdtemp(f->folder));
	f->arena = arena_new(FIXTURE_ARENA);
	f->log_secret = fixture_key(seed);
	f->witness_secret = fixture_key((uint8_t)(seed + 1));
	fixture_connect(f);
	WORKS(f, fixture_start(f));
	assert_true(ledger_log_key(f->ledger, &f->log_key));
	assert_true(ledger_witness_key(f->ledger, &f->witness_key));
}

static inline void
fixture_open(struct fixture *f)
{
	fixture_open_as(f, "jp.example/real", 1);
}

static inline void
fixture_stop(struct fixture *f)
{
	ledger_close(f->ledger);
	db_close(f->db);
	f->ledger = NULL;
	f->db = NULL;
}

static inline int
fixture_remove(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st;
	(void)kind;
	(void)ftw;
	return remove(path);
}

static inline void
fixture_closep(struct fixture *f)
{
	fixture_stop(f);
	sign_key_free(f->log_secret);
	sign_key_free(f->witness_secret);
	arena_free(f->arena);
	assert_int_equal(nftw(f->folder, fixture_remove, 16, FTW_DEPTH | FTW_PHYS), 0);
}

/* ---- leaves ---- */

static inline uint64_t
fixture_append(struct fixture *f)
{
	CLEANUP(db_txn_endp) struct db_txn txn = { 0 };
	const struct ledger_entry entry = {
		.kind = "order",
		.bytes = S("{\"at\":\"2026-02-02T02:02:02.000000Z\",\"type\":\"order\"}"),
		.at = FIXTURE_AT,
	};
	uint64_t leaf = 0;

	WORKS(f, db_begin(f->db, &txn, &f->why));
	WORKS(f, ledger_append(f->ledger, f->db, &entry, &leaf, &f->why));
	WORKS(f, db_commit(&txn, &f->why));
	return leaf;
}

/* Records {"n":0,"outcome":...}, {"n":1,... */
static inline uint64_t
fixture_batch_of(struct fixture *f, size_t records, const char *outcome)
{
	CLEANUP(db_txn_endp) struct db_txn txn = { 0 };
	struct str *record = arena_make(f->arena, struct str, records);
	const struct ledger_batch batch = {
		.head = S("{\"order\":\"o-1\"}"),
		.record = record,
		.records = records,
		.at = FIXTURE_AT,
	};
	uint64_t leaf = 0;

	for (size_t i = 0; i < records; i++)
		record[i] = arena_printf(f->arena, "{\"n\":%zu,\"outcome\":\"%s\"}", i, outcome);
	WORKS(f, db_begin(f->db, &txn, &f->why));
	WORKS(f, ledger_append_batch(f->ledger, f->db, &batch, &leaf, &f->why));
	WORKS(f, db_commit(&txn, &f->why));
	return leaf;
}

static inline uint64_t
fixture_batch(struct fixture *f, size_t records)
{
	return fixture_batch_of(f, records, "release");
}

static inline uint64_t
fixture_publish(struct fixture *f)
{
	uint64_t size = 0;

	WORKS(f, ledger_publish(f->ledger, f->db, &f->clock, &size, &f->why));
	return size;
}

/* ---- files ---- */

static inline struct str
fixture_read(struct fixture *f, const char *path)
{
	CLEANUP(buf_free) struct buf bytes = buf_new(FIXTURE_FILE_MAX);

	WORKS(f, files_read(f->folder, path, &bytes, &f->why));
	return arena_str(f->arena, buf_str(&bytes));
}

static inline bool
fixture_has(struct fixture *f, const char *path)
{
	CLEANUP(buf_free) struct buf bytes = buf_new(FIXTURE_FILE_MAX);

	return files_read(f->folder, path, &bytes, NULL) == OK;
}

static inline void
fixture_write(struct fixture *f, const char *path, struct str bytes)
{
	WORKS(f, files_write(f->folder, path, bytes, &f->why));
}

/* Turns one bit of a file. */
static inline void
fixture_flip(struct fixture *f, const char *path, size_t at)
{
	struct str bytes = fixture_read(f, path);
	char *copy = arena_cstr(f->arena, bytes);

	assert_in_range(at, 0, bytes.len - 1);
	copy[at] = (char)(copy[at] ^ 1);
	fixture_write(f, path, (struct str){ copy, bytes.len });
}

/* Replaces the first `from` of a text. */
static inline struct str
fixture_swap(struct fixture *f, struct str text, const char *from, const char *to)
{
	size_t at = str_find(text, str_of(from));

	assert_int_not_equal(at, SIZE_MAX);
	return arena_printf(f->arena, "%.*s%s%.*s", (int)at, text.ptr, to,
	    (int)(text.len - at - strlen(from)), text.ptr + at + strlen(from));
}
