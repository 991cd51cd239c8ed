/* Answers out of memory: equal to those of the database, always. */
#include <stdio.h>

#include "db.h"
#include "scratch_p.h"

static const char find_thing[] = "SELECT v, k, NULL FROM thing WHERE k = $1";
static const char find_other[] = "SELECT v || '!', k, NULL FROM thing WHERE k = $1";
static const char find_text[] = "SELECT k FROM thing WHERE v = $1";
static const char change_thing[] = "UPDATE thing SET v = $2 WHERE k = $1";
static const char delete_thing[] = "DELETE FROM thing WHERE k = $1";

/* A writer and a reader that share the count of changes. */
struct pair {
	struct scratch s;
	db_changes changes;
	struct db *writer, *reader;
};

static void
pair_endp(struct pair *p)
{
	db_close(p->reader);
	db_close(p->writer);
	scratch_endp(&p->s);
}

static void
pair_begin(struct pair *p)
{
	scratch_open(&p->s);
	p->writer = scratch_connect(&p->s, &(struct db_config){ .changes = &p->changes });
	p->reader = scratch_connect(&p->s,
	    &(struct db_config){ .read_only = true, .changes = &p->changes });
	assert_int_equal(db_run(p->writer, NULL, scratch_insert, DB_I(7), DB_T(S("seven"))), OK);
}

/* What the question says: the text, "" for an empty one, NULL for no row. */
static const char *
said(struct db *db, const char *sql, int64_t k)
{
	static char text[2 * KIB];
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	assert_int_equal(db_select_memo(db, &rows, NULL, sql, DB_I(k)), OK);
	assert_int_equal(db_next(&rows, &has, NULL), OK);
	if (!has)
		return NULL;
	assert_int_equal(db_col_i64(&rows, 1), k);
	assert_int_equal(db_col_type(&rows, 2), DB_NULL);
	assert_int_equal(db_col_text(&rows, 1).len, 0); /* a number reads as no text */
	snprintf(text, sizeof(text), STR_FMT, STR_ARG(db_col_text(&rows, 0)));
	assert_int_equal(db_next(&rows, &has, NULL), OK);
	assert_false(has);
	return text;
}

/* A change that nobody counts is not seen: this tells memory from the database. */
static void
change_behind(struct pair *p, const char *text)
{
	assert_int_equal(db_run(p->s.db, NULL, change_thing, DB_I(7), DB_T(str_of(text))), OK);
}

static void
check_remembered(void **)
{
	CLEANUP(pair_endp) struct pair p = { 0 };

	pair_begin(&p);
	assert_string_equal(said(p.reader, find_thing, 7), "seven");
	change_behind(&p, "behind");
	assert_string_equal(said(p.reader, find_thing, 7), "seven");
	/* Another statement, other arguments, another connection: other answers. */
	assert_string_equal(said(p.reader, find_other, 7), "behind!");
	assert_null(said(p.reader, find_thing, 8));
	assert_null(said(p.reader, find_thing, 8));
	assert_string_equal(said(p.writer, find_thing, 7), "behind");
}

static void
write_alone(struct pair *p)
{
	assert_int_equal(db_run(p->writer, NULL, change_thing, DB_I(7), DB_T(S("new"))), OK);
}

static void
write_in_txn(struct pair *p)
{
	CLEANUP(db_txn_endp) struct db_txn txn = { 0 };

	assert_int_equal(db_begin(p->writer, &txn, NULL), OK);
	write_alone(p);
	assert_string_equal(said(p->reader, find_thing, 7), "seven"); /* not committed */
	assert_string_equal(said(p->writer, find_thing, 7), "new");
	assert_int_equal(db_commit(&txn, NULL), OK);
}

/* As changes come: each forgets what was read before. */
static void
check_change_forgets(void **)
{
	void (*const ways[])(struct pair * p) = { write_alone, write_in_txn };

	for (size_t i = 0; i < COUNTOF(ways); i++) {
		CLEANUP(pair_endp) struct pair p = { 0 };

		pair_begin(&p);
		assert_string_equal(said(p.reader, find_thing, 7), "seven");
		assert_null(said(p.reader, find_thing, 8));
		ways[i](&p);
		assert_string_equal(said(p.reader, find_thing, 7), "new");
		assert_int_equal(db_run(p.writer, NULL, scratch_insert, DB_I(8), DB_T(S("8"))), OK);
		assert_string_equal(said(p.reader, find_thing, 8), "8");
		assert_int_equal(db_run(p.writer, NULL, delete_thing, DB_I(8)), OK);
		assert_null(said(p.reader, find_thing, 8));
	}
}

/* What is undone was never so, for whoever reads meanwhile and after. */
static void
check_undone(void **)
{
	CLEANUP(pair_endp) struct pair p = { 0 };
	struct db_txn txn = { 0 };

	pair_begin(&p);
	assert_int_equal(db_begin(p.writer, &txn, NULL), OK);
	write_alone(&p);
	assert_string_equal(said(p.writer, find_thing, 7), "new");
	db_txn_endp(&txn);
	assert_string_equal(said(p.writer, find_thing, 7), "seven");
	assert_string_equal(said(p.reader, find_thing, 7), "seven");
}

/* While rows are read SQLite shows the state that they belong to: it is not kept
 * as that of later changes. */
static void
check_old_state(void **)
{
	CLEANUP(pair_endp) struct pair p = { 0 };
	struct db_rows rows = { 0 };
	bool has = false;

	pair_begin(&p);
	assert_int_equal(db_select(p.reader, &rows, NULL, find_text, DB_T(S("seven"))), OK);
	assert_int_equal(db_next(&rows, &has, NULL), OK);
	write_alone(&p);
	assert_string_equal(said(p.reader, find_thing, 7), "seven");
	db_rows_endp(&rows);
	assert_string_equal(said(p.reader, find_thing, 7), "new");
}

/* An answer that is being read stays, whatever is asked meanwhile. */
static void
check_held(void **)
{
	CLEANUP(pair_endp) struct pair p = { 0 };
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	pair_begin(&p);
	assert_string_equal(said(p.reader, find_thing, 7), "seven");
	assert_int_equal(db_select_memo(p.reader, &rows, NULL, find_thing, DB_I(7)), OK);
	assert_int_equal(db_next(&rows, &has, NULL), OK);
	assert_true(has);
	write_alone(&p);
	for (int64_t k = 0; k < 200; k++)
		(void)said(p.reader, find_thing, k);
	assert_string_equal(said(p.reader, find_thing, 7), "new");
	assert_true(str_is(db_col_text(&rows, 0), "seven"));
}

/* Too large to be remembered, to its last byte: right all the same. */
static void
check_large(void **)
{
	CLEANUP(pair_endp) struct pair p = { 0 };
	char text[KIB + 8] = { 0 };

	pair_begin(&p);
	for (size_t len = KIB - 2; len <= KIB + 2; len++) {
		memset(text, 'x', len);
		assert_int_equal(db_run(p.writer, NULL, change_thing, DB_I(7),
		                     DB_T(((struct str){ text, len }))),
		    OK);
		for (int i = 0; i < 2; i++)
			assert_string_equal(said(p.reader, find_thing, 7), text);
	}
}

/* Without a count, as in a program that is not alone, nothing is remembered. */
static void
check_not_counted(void **)
{
	CLEANUP(pair_endp) struct pair p = { 0 };

	pair_begin(&p);
	assert_string_equal(said(p.s.db, find_thing, 7), "seven");
	write_alone(&p);
	assert_string_equal(said(p.s.db, find_thing, 7), "new");
}

/* Many questions, more than there is room for, in the midst of changes. */
static void
check_many(void **)
{
	CLEANUP(pair_endp) struct pair p = { 0 };
	char text[32];

	pair_begin(&p);
	for (int64_t k = 100; k < 400; k++)
		assert_int_equal(db_run(p.writer, NULL, scratch_insert, DB_I(k), DB_T(S("0"))), OK);
	for (int round = 1; round < 4; round++) {
		for (int64_t k = 100; k < 400; k++) {
			snprintf(text, sizeof(text), "%d", round - (k % 3 != 0));
			if (k % 3 == 0)
				assert_int_equal(db_run(p.writer, NULL, change_thing, DB_I(k),
				                     DB_T(str_of(text))),
				    OK);
			for (int i = 0; i < 2; i++)
				assert_string_equal(said(p.reader, find_thing, k),
				    k % 3 == 0 ? text : "0");
		}
	}
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	CASE(&cases, check_remembered);
	CASE(&cases, check_change_forgets);
	CASE(&cases, check_undone);
	CASE(&cases, check_old_state);
	CASE(&cases, check_held);
	CASE(&cases, check_large);
	CASE(&cases, check_not_counted);
	CASE(&cases, check_many);
	return cases_run("memo", &cases, argc, argv);
}
