#include "scene_p.h"

/* ---- leaves are gone ---- */

static const char *const last_five[] = {
	"DELETE FROM ledger_leaf WHERE leaf >= 4",
	"DELETE FROM ledger_record WHERE leaf >= 4",
};

/* The head of the database as it was after four leaves. */
static void
adjust_head(struct scene *s)
{
	CLEANUP(buf_free) struct buf bytes = buf_new(KIB);
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	struct merkle_frontier f = { 0 };
	bool more = true;

	WORKS(&s->p.jp, db_select(s->p.jp.db, &rows, &s->p.jp.why,
	                    "SELECT entry FROM ledger_leaf ORDER BY leaf"));
	for (;;) {
		WORKS(&s->p.jp, db_next(&rows, &more, &s->p.jp.why));
		if (!more)
			break;
		struct hash leaf = merkle_leaf(db_col_blob(&rows, 0));
		WORKS(&s->p.jp, merkle_append(&f, &leaf, &s->p.jp.why));
	}
	db_rows_endp(&rows);
	merkle_frontier_put(&f, &bytes);
	WORKS(&s->p.jp,
	    db_run(s->p.jp.db, &s->p.jp.why, "UPDATE ledger_head SET n_leaves = $1, frontier = $2",
	        DB_I((int64_t)f.size), DB_B(buf_str(&bytes))));
}

static void
test_deleted(void **state)
{
	(void)state;
	CLEANUP(scene_closep) struct scene s;

	scene_open(&s);
	for (size_t i = 0; i < COUNTOF(last_five); i++)
		scene_change(&s, last_five[i]);
	scene_audit(&s, false);
	scene_expect_among(s.report, "truncated",
	    "the head of the log in the database counts 9 leaves, and there are only 4");
	adjust_head(&s);
	scene_audit(&s, false);
	scene_expect_among(s.report, "truncated",
	    "a checkpoint of 9 leaves in the database is signed, and there are only 4: the leaves "
	    "4 to 8 are gone");
	scene_expect_among(s.report, "truncated",
	    "found against log/checkpoint: there a head of 9 leaves is signed, and here are only "
	    "4; the leaves 4 to 8 are gone");
}

/* Nothing on the own side shows it: the partner does. */
static void
test_deleted_and_covered_up(void **state)
{
	(void)state;
	CLEANUP(scene_closep) struct scene s;

	scene_open(&s);
	for (size_t i = 0; i < COUNTOF(last_five); i++)
		scene_change(&s, last_five[i]);
	adjust_head(&s);
	scene_change(&s, "DELETE FROM ledger_checkpoint WHERE size = 9");
	scene_change(&s, "DELETE FROM ledger_cosignature WHERE size = 9");
	files_remove(s.p.jp.folder, "log/checkpoint");
	fixture_publish(&s.p.jp);
	scene_audit(&s, false);
	scene_expect(s.report, "tile",
	    "the file log/tile/0/000.p/9 cannot be read, has another length, or is wider than the "
	    "log");
	files_remove(s.p.jp.folder, "log/tile/0/000.p/9");
	scene_audit(&s, false);
	scene_show(s.report);
	assert_int_equal(s.report->problems, 0);
	scene_audit(&s, true);
	scene_expect(s.report, "truncated",
	    "found against the copy of our heads kept by in.example, cosigned "
	    "2026-02-02T02:40:00Z: there a head of 9 leaves is signed, and here are only 4; the "
	    "leaves 4 to 8 are gone");
}

static void
test_leaf_in_the_middle(void **state)
{
	(void)state;
	CLEANUP(scene_closep) struct scene s;

	scene_open(&s);
	scene_change(&s, "DELETE FROM ledger_leaf WHERE leaf = 2");
	scene_audit(&s, true);
	scene_expect(s.report, "leaf", "the leaves 2 to 2 are missing");
	scene_change(&s, "UPDATE ledger_leaf SET leaf = -7 WHERE leaf = 3");
	scene_audit(&s, true);
	scene_expect_among(s.report, "leaf",
	    "leaf -7 has no place in the log: what follows it was not read");
}

/* ---- history is rewritten ---- */

/* Another log under the same name and key. */
static void
test_all_rewritten(void **state)
{
	(void)state;
	CLEANUP(scene_closep) struct scene s;

	scene_open(&s);
	pair_rewrite(&s.p, 4);
	pair_grow(&s.p, 5);
	scene_audit(&s, false);
	scene_show(s.report);
	assert_int_equal(s.report->problems, 0);
	scene_audit(&s, true);
	assert_int_equal(s.report->problems, 2);
	scene_expect_among(s.report, "rewritten",
	    "found against the copy of our heads kept by in.example, cosigned "
	    "2026-02-02T02:40:00Z: there the first 4 leaves have another signed root than here; "
	    "one of the leaves 0 to 3 was changed afterwards");
	scene_expect_among(s.report, "rewritten",
	    "there the first 9 leaves have another signed root");
}

/* An outcome is made another, and all from there on is built and signed again by
 * the log's own key. */
static void
test_outcome_rewritten(void **state)
{
	(void)state;
	CLEANUP(scene_closep) struct scene s;

	scene_open(&s);
	for (size_t i = 0; i < COUNTOF(last_five); i++)
		scene_change(&s, last_five[i]);
	adjust_head(&s);
	scene_change(&s, "DELETE FROM ledger_checkpoint WHERE size = 9");
	scene_change(&s, "DELETE FROM ledger_cosignature WHERE size = 9");
	files_remove(s.p.jp.folder, "log/checkpoint");
	fixture_batch_of(&s.p.jp, 3, "denied");
	pair_grow(&s.p, 4);
	scene_audit(&s, false);
	scene_show(s.report);
	assert_int_equal(s.report->problems, 0);
	scene_audit(&s, true);
	scene_expect(s.report, "rewritten",
	    "found against the copy of our heads kept by in.example, cosigned "
	    "2026-02-02T02:40:00Z: there the first 9 leaves have another signed root than here; "
	    "one of the leaves 4 to 8 was changed afterwards");
}

/* ---- copies that prove nothing ---- */

static void
test_bad_copies(void **state)
{
	(void)state;
	CLEANUP(scene_closep) struct scene s;

	scene_open(&s);
	s.request.head[0] = S("hello");
	s.request.head[1] = fixture_read(&s.p.jp, "log/checkpoint");
	scene_audit(&s, true);
	assert_int_equal(s.report->problems, 1);
	scene_expect_among(s.report, "checkpoint",
	    "head 0 that was given as a partner's copy proves nothing: ");

	/* Signed by us, cosigned by nobody: still ours. */
	pair_rewrite(&s.p, 9);
	s.request.head[0] = s.request.head[1];
	s.request.heads = 1;
	scene_audit(&s, true);
	scene_expect_among(s.report, "rewritten",
	    "found against the copy of a partner without a known cosignature: there the first 9");
}

static void
test_forged_cosignature_in_copy(void **state)
{
	(void)state;
	CLEANUP(scene_closep) struct scene s;

	scene_open(&s);
	struct str head = s.request.head[1];
	char *copy = arena_cstr(s.p.jp.arena, head);
	copy[head.len - 10] = copy[head.len - 10] == 'A' ? 'B' : 'A';
	s.request.head[1] = str_of(copy);
	scene_audit(&s, true);
	assert_int_equal(s.report->problems, 1);
	scene_expect_among(s.report, "cosignature",
	    "head 1 that was given as a partner's copy proves nothing: in.example: ");
}

int
main(int argc, char **argv)
{
	struct cases all = { 0 };

	CASE(&all, test_deleted);
	CASE(&all, test_deleted_and_covered_up);
	CASE(&all, test_leaf_in_the_middle);
	CASE(&all, test_all_rewritten);
	CASE(&all, test_outcome_rewritten);
	CASE(&all, test_bad_copies);
	CASE(&all, test_forged_cosignature_in_copy);
	return cases_run("audit_history", &all, argc, argv);
}
