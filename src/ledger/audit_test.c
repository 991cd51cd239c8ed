#include "scene_p.h"

/* Turns one bit of a value of bytes. */
static void
flip(struct scene *s, const char *select, const char *update, size_t at)
{
	char *copy = NULL;
	size_t len = 0;
	{
		CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
		WORKS(&s->p.jp, db_select_one(s->p.jp.db, &rows, &s->p.jp.why, select));
		len = db_col_blob(&rows, 0).len;
		copy = arena_cstr(s->p.jp.arena, db_col_blob(&rows, 0));
	}
	assert_in_range(at, 0, len - 1);
	copy[at] = (char)(copy[at] ^ 1);
	WORKS(&s->p.jp,
	    db_run(s->p.jp.db, &s->p.jp.why, update, DB_B(((struct str){ copy, len }))));
}

/* ---- nothing is wrong ---- */

static void
test_good(void **state)
{
	(void)state;
	CLEANUP(scene_closep) struct scene s;

	scene_open(&s);
	scene_audit(&s, true);
	scene_show(s.report);
	assert_int_equal(s.report->problems, 0);
	assert_int_equal(s.report->leaves, 9);
	assert_int_equal(s.report->records, 6);
	assert_int_equal(s.report->tiles, 1);
	assert_int_equal(s.report->checkpoints, 2);
	assert_int_equal(s.report->cosignatures, 2);
}

static void
test_good_without_checkpoint(void **state)
{
	(void)state;
	CLEANUP(scene_closep) struct scene s = { 0 };

	s.report = heap_new(sizeof(*s.report), 1);
	pair_open(&s.p);
	scene_audit(&s, true);
	assert_int_equal(s.report->problems, 0);
	fixture_append(&s.p.jp);
	scene_audit(&s, true);
	scene_show(s.report);
	assert_int_equal(s.report->problems, 0);
	assert_int_equal(s.report->leaves, 1);
}

static void
test_good_large(void **state)
{
	(void)state;
	CLEANUP(scene_closep) struct scene s;

	scene_open(&s);
	pair_grow(&s.p, 600);
	scene_audit(&s, true);
	scene_show(s.report);
	assert_int_equal(s.report->problems, 0);
	assert_int_equal(s.report->tiles, 4);

	fixture_flip(&s.p.jp, "log/tile/1/000.p/2", 40);
	scene_audit(&s, true);
	scene_expect(s.report, "tile", "hash 1 of tile 1/0 is not the root of what lies below it");
	fixture_flip(&s.p.jp, "log/tile/1/000.p/2", 40);

	fixture_flip(&s.p.jp, "log/tile/0/001", 64);
	scene_audit(&s, true);
	scene_expect(s.report, "tile",
	    "leaf 258 and its hash in tile 0/1 differ: the tile is damaged, the leaf is as it was "
	    "signed");
	fixture_flip(&s.p.jp, "log/tile/0/001", 64);

	scene_change(&s, "UPDATE ledger_leaf SET entry = kind WHERE leaf = 300");
	scene_audit(&s, true);
	scene_expect(s.report, "leaf",
	    "leaf 300 and its hash in tile 0/1 differ: the leaf was changed, the tile is as it "
	    "was signed");
}

/* Without secret keys, without witnesses. */
static void
test_good_unknown_witness(void **state)
{
	(void)state;
	CLEANUP(scene_closep) struct scene s;

	scene_open(&s);
	scene_audit(&s, false);
	s.request.witness_keys = 0;
	WORKS(&s.p.jp, ledger_audit(&s.request, s.report, &s.p.jp.why));
	assert_int_equal(s.report->problems, 0);
}

/* ---- a bit is turned ---- */

static void
test_leaf(void **state)
{
	(void)state;
	CLEANUP(scene_closep) struct scene s;

	scene_open(&s);
	flip(&s, "SELECT entry FROM ledger_leaf WHERE leaf = 6",
	    "UPDATE ledger_leaf SET entry = $1 WHERE leaf = 6", 9);
	scene_audit(&s, false);
	scene_expect(s.report, "leaf",
	    "leaf 6 and its hash in tile 0/0 differ: the leaf was changed, the tile is as it was "
	    "signed");
	/* Without tiles it is narrowed down by the checkpoints. */
	files_remove(s.p.jp.folder, "log/tile/0/000.p/9");
	scene_audit(&s, false);
	scene_expect_among(s.report, "leaf",
	    "one of the leaves 4 to 8 was changed: they do not lead to the checkpoint of 9 leaves "
	    "that was signed over them");
	scene_expect_among(s.report, "tile", "the file log/tile/0/000.p/9 is missing");
}

static void
test_unsigned_leaf(void **state)
{
	(void)state;
	CLEANUP(scene_closep) struct scene s;

	scene_open(&s);
	fixture_append(&s.p.jp);
	flip(&s, "SELECT entry FROM ledger_leaf WHERE leaf = 9",
	    "UPDATE ledger_leaf SET entry = $1 WHERE leaf = 9", 9);
	scene_audit(&s, true);
	scene_expect(s.report, "leaf",
	    "the leaves from 9 on, which no checkpoint covers yet, are not those that were "
	    "appended, or the head of the log was changed");
}

static void
test_record(void **state)
{
	(void)state;
	CLEANUP(scene_closep) struct scene s;

	scene_open(&s);
	flip(&s, "SELECT record FROM ledger_record WHERE leaf = 4 AND place = 2",
	    "UPDATE ledger_record SET record = $1 WHERE leaf = 4 AND place = 2", 20);
	scene_audit(&s, true);
	scene_expect(s.report, "record",
	    "a record of leaf 4 or its salt was changed: the 3 of them (places 0 to 2) do not "
	    "lead to the root in the leaf");
}

static void
test_salt(void **state)
{
	(void)state;
	CLEANUP(scene_closep) struct scene s;

	scene_open(&s);
	flip(&s, "SELECT salt FROM ledger_record WHERE leaf = 1 AND place = 0",
	    "UPDATE ledger_record SET salt = $1 WHERE leaf = 1 AND place = 0", 31);
	scene_audit(&s, true);
	scene_expect(s.report, "record",
	    "a record of leaf 1 or its salt was changed: the 3 of them (places 0 to 2) do not "
	    "lead to the root in the leaf");
	scene_change(&s, "UPDATE ledger_record SET salt = record WHERE leaf = 1 AND place = 0");
	scene_audit(&s, true);
	scene_expect_among(s.report, "record",
	    "the salt of record 0 of leaf 1 has 27 bytes, not 32");
}

static void
test_record_missing(void **state)
{
	(void)state;
	CLEANUP(scene_closep) struct scene s;

	scene_open(&s);
	scene_change(&s, "DELETE FROM ledger_record WHERE leaf = 1 AND place = 2");
	scene_audit(&s, true);
	scene_expect(s.report, "record", "record 2 of leaf 1 is missing");
}

static void
test_record_too_many(void **state)
{
	(void)state;
	CLEANUP(scene_closep) struct scene s;

	scene_open(&s);
	scene_change(&s, "INSERT INTO ledger_record (log, leaf, place, salt, record)"
	                 " SELECT log, 2, place, salt, record FROM ledger_record WHERE leaf = 1");
	scene_audit(&s, true);
	scene_expect(s.report, "record", "3 records stand in the database that no leaf commits to");
}

static void
test_tile(void **state)
{
	(void)state;
	CLEANUP(scene_closep) struct scene s;

	scene_open(&s);
	fixture_flip(&s.p.jp, "log/tile/0/000.p/9", 7 * 32 + 3);
	scene_audit(&s, true);
	scene_expect(s.report, "tile",
	    "leaf 7 and its hash in tile 0/0 differ: the tile is damaged, the leaf is as it was "
	    "signed");
	fixture_write(&s.p.jp, "log/tile/0/000.p/9", S("short"));
	scene_audit(&s, true);
	scene_expect(s.report, "tile",
	    "the file log/tile/0/000.p/9 cannot be read, or has another length");
}

static void
test_checkpoint_file(void **state)
{
	(void)state;
	CLEANUP(scene_closep) struct scene s;
	size_t len = 0;

	scene_open(&s);
	len = fixture_read(&s.p.jp, "log/checkpoint").len;
	/* Whichever byte it is. */
	for (size_t at = 0; at < len; at++) {
		fixture_flip(&s.p.jp, "log/checkpoint", at);
		scene_audit(&s, true);
		if (s.report->problems == 0 ||
		    !scene_has(s.report, "checkpoint", "the file log/checkpoint is damaged: "))
			fail_msg("byte %zu is not noticed", at);
		fixture_flip(&s.p.jp, "log/checkpoint", at);
	}
	files_remove(s.p.jp.folder, "log/checkpoint");
	scene_audit(&s, true);
	scene_expect(s.report, "checkpoint",
	    "the file log/checkpoint is missing, and the database has a checkpoint of 9 leaves: "
	    "the node writes it when it starts");
}

static void
test_checkpoint_row(void **state)
{
	(void)state;
	CLEANUP(scene_closep) struct scene s;

	scene_open(&s);
	flip(&s, "SELECT note FROM ledger_checkpoint WHERE size = 4",
	    "UPDATE ledger_checkpoint SET note = $1 WHERE size = 4", 30);
	scene_audit(&s, true);
	scene_expect_among(s.report, "checkpoint",
	    "the checkpoint of 4 leaves in the database is wrong: ");
	scene_expect_among(s.report, "cosignature",
	    "the cosignature of in.example over the checkpoint of 4 leaves is wrong: ");
}

static void
test_last_checkpoint_row(void **state)
{
	(void)state;
	CLEANUP(scene_closep) struct scene s;

	scene_open(&s);
	scene_change(&s, "DELETE FROM ledger_checkpoint WHERE size = 9");
	scene_audit(&s, true);
	scene_expect_among(s.report, "checkpoint",
	    "the file log/checkpoint is a checkpoint of 9 leaves, and the newest good one in the "
	    "database has 4");
	scene_expect_among(s.report, "cosignature",
	    "in.example cosigned a head of 9 leaves, and the database has no checkpoint of that "
	    "size");
}

static void
test_cosignature(void **state)
{
	(void)state;
	CLEANUP(scene_closep) struct scene s;
	size_t len = 0;

	scene_open(&s);
	{
		CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
		WORKS(&s.p.jp, db_select_one(s.p.jp.db, &rows, &s.p.jp.why,
		                   "SELECT line FROM ledger_cosignature WHERE size = 9"));
		len = db_col_text(&rows, 0).len;
		char *copy = arena_cstr(s.p.jp.arena, db_col_text(&rows, 0));
		copy[len - 10] = copy[len - 10] == 'A' ? 'B' : 'A';
		db_rows_endp(&rows);
		WORKS(&s.p.jp, db_run(s.p.jp.db, &s.p.jp.why,
		                   "UPDATE ledger_cosignature SET line = $1 WHERE size = 9",
		                   DB_T(str_of(copy))));
	}
	scene_audit(&s, true);
	assert_int_equal(s.report->problems, 1);
	scene_expect_among(s.report, "cosignature",
	    "the cosignature of in.example over the checkpoint of 9 leaves is wrong: in.example: ");
}

/* The report counts on when it is full. */
static void
test_many_problems(void **state)
{
	(void)state;
	CLEANUP(scene_closep) struct scene s;

	scene_open(&s);
	for (size_t i = 0; i < 150; i++)
		pair_grow(&s.p, 1);
	scene_change(&s, "UPDATE ledger_checkpoint SET note = log");
	scene_audit(&s, true);
	assert_true(s.report->problems > AUDIT_PROBLEMS_MAX);
	assert_string_equal(s.report->problem[AUDIT_PROBLEMS_MAX - 1].code, "checkpoint");
}

int
main(int argc, char **argv)
{
	struct cases all = { 0 };

	CASE(&all, test_good);
	CASE(&all, test_good_without_checkpoint);
	CASE(&all, test_good_large);
	CASE(&all, test_good_unknown_witness);
	CASE(&all, test_leaf);
	CASE(&all, test_unsigned_leaf);
	CASE(&all, test_record);
	CASE(&all, test_salt);
	CASE(&all, test_record_missing);
	CASE(&all, test_record_too_many);
	CASE(&all, test_tile);
	CASE(&all, test_checkpoint_file);
	CASE(&all, test_checkpoint_row);
	CASE(&all, test_last_checkpoint_row);
	CASE(&all, test_cosignature);
	CASE(&all, test_many_problems);
	return cases_run("audit", &all, argc, argv);
}
