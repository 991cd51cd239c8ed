#include "migrate.h"

#include <pthread.h>

#include "scratch_p.h"

#define ONE                                                                                \
	{                                                                                  \
		"0001-thing",                                                              \
		    "CREATE TABLE thing (k BIGINT NOT NULL PRIMARY KEY, v TEXT NOT NULL);" \
	}
#define TWO                                                                                      \
	{                                                                                        \
		"0002-more",                                                                     \
		    "ALTER TABLE thing ADD COLUMN w BIGINT;\nCREATE INDEX thing_w ON thing (w);" \
	}
#define THREE                                                          \
	{                                                              \
		"0003-other", "CREATE TABLE other (b {blob} NOT NULL)" \
	}

/* clang-format off */
static const struct migrate_case {
	const char *name;
	size_t before_n; /* steps that are there */
	struct db_migration before[3];
	size_t now_n;
	struct db_migration now[3];
	enum err want;
	const char *code, *why;
	size_t applied; /* by the second call */
} migrate_cases[] = {
	{ "nothing to do",       0, { { 0 } },      0, { { 0 } },           OK, NULL, "", 0 },
	{ "from empty",          0, { { 0 } },      3, { ONE, TWO, THREE }, OK, NULL, "", 3 },
	{ "one more",            2, { ONE, TWO },   3, { ONE, TWO, THREE }, OK, NULL, "", 1 },
	{ "again",               2, { ONE, TWO },   2, { ONE, TWO },        OK, NULL, "", 0 },
	{ "newer than we",       2, { ONE, TWO },   1, { ONE },
	  ERR_INVALID, "db.schema-newer", "t.db: it has 2 schema steps and this program knows 1: use the newer program", 0 },
	{ "an old text changed", 1, { ONE },        2, { { "0001-thing", "CREATE TABLE thing (k BIGINT)" }, TWO },
	  ERR_TAMPERED, "db.schema-changed", "schema step 1 was applied as \"0001-thing\" and differs", 0 },
	{ "an old name changed", 1, { ONE },        1, { { "0001-thin", "CREATE TABLE thing (k BIGINT NOT NULL PRIMARY KEY, v TEXT NOT NULL);" } },
	  ERR_TAMPERED, "db.schema-changed", "differs from \"0001-thin\"", 0 },
	{ "the order changed",   2, { ONE, TWO },   2, { TWO, ONE },
	  ERR_TAMPERED, "db.schema-changed", "schema step 1", 0 },
	{ "a wrong statement",   1, { ONE },        2, { ONE, { "0002-bad", "CREATE TABLE half (k BIGINT); CREATE TABLE thing (k BIGINT)" } },
	  ERR_IO, "db.statement", "schema step 0002-bad: ", 0 },
	{ "a step that commits", 1, { ONE },        2, { ONE, { "0002-bad", "CREATE TABLE half (k BIGINT); COMMIT" } },
	  ERR_INVALID, "db.portable", "schema step 0002-bad: \"COMMIT\"", 0 },
	{ "a quote is open",     1, { ONE },        2, { ONE, { "0002-bad", "CREATE TABLE half (k BIGINT); SELECT 'a" } },
	  ERR_INVALID, "db.portable", "does not end", 0 },
};
/* clang-format on */

static bool
has_table(struct db *db, const char *select)
{
	return db_run(db, NULL, select) == OK;
}

static void
check_migrate(void **state)
{
	const struct migrate_case *c = *state;
	CLEANUP(scratch_endp) struct scratch s = { 0 };
	struct why why = { 0 };
	size_t applied = 99;
	size_t pending = 99;

	scratch_begin(&s);
	s.db = scratch_connect(&s, &(struct db_config){ 0 });
	assert_int_equal(db_migrate(s.db, c->before, c->before_n, NULL, NULL), OK);
	enum err got = db_migrate(s.db, c->now, c->now_n, &applied, &why);
	assert_int_equal(got, c->want);
	if (got == OK) {
		assert_int_equal(applied, c->applied);
		assert_int_equal(db_migrate_check(s.db, c->now, c->now_n, &pending, NULL), OK);
		assert_int_equal(pending, 0);
		return;
	}
	assert_string_equal(why.code, c->code);
	assert_true(str_find(str_of(why.text), str_of(c->why)) != SIZE_MAX);
	/* Nothing half done, and what was there still fits. */
	assert_false(has_table(s.db, "SELECT k FROM half"));
	assert_int_equal(db_migrate_check(s.db, c->before, c->before_n, &pending, NULL), OK);
	assert_int_equal(pending, 0);
}

static void
check_pending_for_reader(void **)
{
	static const struct db_migration list[] = { ONE, TWO };
	CLEANUP(scratch_endp) struct scratch s = { 0 };
	CLEANUP(db_closep) struct db *reader = NULL;
	struct why why = { 0 };
	size_t pending = 99;

	scratch_begin(&s);
	s.db = scratch_connect(&s, &(struct db_config){ 0 });
	reader = scratch_connect(&s, &(struct db_config){ .read_only = true });
	assert_int_equal(db_migrate_check(reader, list, 2, &pending, NULL), OK);
	assert_int_equal(pending, 2);
	assert_int_equal(db_migrate(s.db, list, 1, NULL, NULL), OK);
	assert_int_equal(db_migrate_check(reader, list, 2, &pending, NULL), OK);
	assert_int_equal(pending, 1);
	assert_int_equal(db_migrate(reader, list, 2, NULL, &why), ERR_IO);
	assert_string_equal(why.code, "db.readonly");
}

static const struct db_migration both_list[] = { ONE, TWO, THREE };

static void *
migrate_once(void *arg)
{
	static size_t applied[2];
	struct scratch *s = arg;
	CLEANUP(db_closep) struct db *db = scratch_connect(s, &(struct db_config){ 0 });
	size_t *count = &applied[s->db == NULL ? 0 : 1];

	return db_migrate(db, both_list, COUNTOF(both_list), count, NULL) == OK ? count : NULL;
}

/* Two programs start at once on an empty folder: every step is applied once. */
static void
check_two_at_once(void **)
{
	CLEANUP(scratch_endp) struct scratch s = { 0 };
	struct scratch second;
	pthread_t thread[2];
	size_t *applied[2];
	size_t pending = 99;

	scratch_begin(&s);
	second = s;
	s.db = scratch_connect(&s, &(struct db_config){ 0 });
	assert_int_equal(pthread_create(&thread[0], NULL, migrate_once, &s), 0);
	assert_int_equal(pthread_create(&thread[1], NULL, migrate_once, &second), 0);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(pthread_join(thread[i], (void **)&applied[i]), 0);
		assert_non_null(applied[i]);
	}
	assert_int_equal(*applied[0] + *applied[1], COUNTOF(both_list));
	assert_int_equal(db_migrate_check(s.db, both_list, COUNTOF(both_list), &pending, NULL), OK);
	assert_int_equal(pending, 0);
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	CASES(&cases, migrate_cases, check_migrate);
	CASE(&cases, check_pending_for_reader);
	CASE(&cases, check_two_at_once);
	return cases_run("migrate", &cases, argc, argv);
}
