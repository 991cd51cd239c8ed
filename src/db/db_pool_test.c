#include <pthread.h>

#include "db.h"
#include "scratch_p.h"

static void
check_pool(void **)
{
	CLEANUP(scratch_endp) struct scratch s = { 0 };
	CLEANUP(db_pool_closep) struct db_pool *pool = NULL;
	CLEANUP(db_pool_give) struct db_lease a = { 0 };
	CLEANUP(db_pool_give) struct db_lease b = { 0 };
	struct db_lease c = { 0 };
	struct why why = { 0 };

	scratch_open(&s);
	const struct db_config config = { .place = s.path, .wait_ms = 20 };
	assert_int_equal(db_pool_open(&config, 0, &pool, &why), ERR_INVALID);
	assert_string_equal(why.text, "a pool has 1 to 64 connections, not 0");
	assert_int_equal(db_pool_open(&config, DB_POOL_MAX + 1, &pool, &why), ERR_INVALID);
	assert_int_equal(db_pool_open(&config, 2, &pool, NULL), OK);

	assert_int_equal(db_pool_take(pool, &a, NULL), OK);
	assert_int_equal(db_pool_take(pool, &b, NULL), OK);
	assert_int_equal(db_pool_take(pool, &c, &why), ERR_IO);
	assert_string_equal(why.code, "db.pool");
	struct db *first = a.db;
	db_pool_give(&a);
	assert_int_equal(db_pool_take(pool, &a, NULL), OK);
	assert_ptr_equal(a.db, first);
	assert_int_equal(db_run(a.db, &why, scratch_insert, DB_I(2), DB_T(S("a"))), ERR_IO);
	assert_string_equal(why.code, "db.readonly");
}

/* A failed opening does not use up a place of the pool. */
static void
check_pool_of_nothing(void **)
{
	CLEANUP(scratch_endp) struct scratch s = { 0 };
	CLEANUP(db_pool_closep) struct db_pool *pool = NULL;
	struct db_lease lease = { 0 };

	scratch_begin(&s);
	const struct db_config config = { .place = s.path, .wait_ms = 20 };
	assert_int_equal(db_pool_open(&config, 1, &pool, NULL), OK);
	for (int i = 0; i < 3; i++)
		assert_int_equal(db_pool_take(pool, &lease, NULL), ERR_NOT_FOUND);
}

static void *
borrow_often(void *arg)
{
	struct db_pool *pool = arg;
	intptr_t good = 0;

	for (int i = 0; i < 200; i++) {
		CLEANUP(db_pool_give) struct db_lease lease = { 0 };
		if (db_pool_take(pool, &lease, NULL) == OK && scratch_count(lease.db) == 1)
			good++;
	}
	return (void *)good;
}

static void
check_pool_threads(void **)
{
	CLEANUP(scratch_endp) struct scratch s = { 0 };
	CLEANUP(db_pool_closep) struct db_pool *pool = NULL;
	pthread_t thread[4];

	scratch_open(&s);
	assert_int_equal(db_run(s.db, NULL, scratch_insert, DB_I(1), DB_T(S("a"))), OK);
	const struct db_config config = { .place = s.path };
	assert_int_equal(db_pool_open(&config, 2, &pool, NULL), OK);
	for (size_t i = 0; i < COUNTOF(thread); i++)
		assert_int_equal(pthread_create(&thread[i], NULL, borrow_often, pool), 0);
	for (size_t i = 0; i < COUNTOF(thread); i++) {
		void *good;
		assert_int_equal(pthread_join(thread[i], &good), 0);
		assert_int_equal((intptr_t)good, 200);
	}
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	CASE(&cases, check_pool);
	CASE(&cases, check_pool_of_nothing);
	CASE(&cases, check_pool_threads);
	return cases_run("db_pool", &cases, argc, argv);
}
