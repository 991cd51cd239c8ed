#include "committer.h"

#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "scratch_p.h"

enum { THREADS = 8, JOBS_EACH = 100 };

/* What a job does: insert this key; then maybe fail. */
struct insert {
	int64_t k;
	bool fails;
};

static enum err
insert_job(struct db *db, void *arg, struct why *why)
{
	const struct insert *in = arg;

	TRY(db_run(db, why, scratch_insert, DB_I(in->k), DB_T(S("a"))));
	if (in->fails)
		return (fail)(why, ERR_INVALID, "test.no", "key %d is refused", (int)in->k);
	return OK;
}

/* A scratch database with a committer; s.db is a second connection. */
static struct db_committer *
start(struct scratch *s, const struct db_config *config)
{
	struct db_committer *c = NULL;

	scratch_open(s);
	struct db *db = scratch_connect(s, config);
	assert_int_equal(db_committer_open(db, &clock_system, &c, NULL), OK);
	return c;
}

struct worker {
	struct db_committer *c;
	int64_t base;
	int wrong;
};

/* Every third job fails; its row must not stay, those of the others must. */
static void *
submit_many(void *arg)
{
	struct worker *w = arg;

	for (int64_t i = 0; i < JOBS_EACH; i++) {
		struct insert in = { .k = w->base + i, .fails = i % 3 == 2 };
		struct why why = { 0 };
		enum err err = db_submit(w->c, insert_job, &in, &why);
		bool good =
		    in.fails ? err == ERR_INVALID && strcmp(why.code, "test.no") == 0 : err == OK;
		w->wrong += !good;
	}
	return NULL;
}

static void
check_many_threads(void **)
{
	CLEANUP(scratch_endp) struct scratch s = { 0 };
	CLEANUP(db_committer_closep) struct db_committer *c = start(&s, &(struct db_config){ 0 });
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	pthread_t thread[THREADS];
	struct worker worker[THREADS];

	for (size_t i = 0; i < THREADS; i++) {
		worker[i] = (struct worker){ .c = c, .base = (int64_t)i * JOBS_EACH };
		assert_int_equal(pthread_create(&thread[i], NULL, submit_many, &worker[i]), 0);
	}
	for (size_t i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(thread[i], NULL), 0);
		assert_int_equal(worker[i].wrong, 0);
	}
	struct db_committer_stats stats = db_committer_stats(c);
	assert_int_equal(stats.jobs, THREADS * JOBS_EACH);
	assert_int_equal(stats.failed, THREADS * (JOBS_EACH / 3));
	assert_in_range(stats.groups, 1, stats.jobs);
	assert_int_equal(scratch_count(s.db), THREADS * (JOBS_EACH - JOBS_EACH / 3));
	assert_int_equal(db_select_one(s.db, &rows, NULL,
	                     "SELECT COUNT(*) FROM thing WHERE (k % $1) % 3 = 2", DB_I(JOBS_EACH)),
	    OK);
	assert_int_equal(db_col_i64(&rows, 0), 0);
}

/* ---- one group, arranged ---- */

/* A job that holds the transaction open until all others are queued. */
struct gate {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool running;
	bool open;
};

static enum err
gate_job(struct db *, void *arg, struct why *)
{
	struct gate *g = arg;

	pthread_mutex_lock(&g->lock);
	g->running = true;
	pthread_cond_broadcast(&g->changed);
	while (!g->open)
		pthread_cond_wait(&g->changed, &g->lock);
	pthread_mutex_unlock(&g->lock);
	return OK;
}

struct one {
	struct db_committer *c;
	db_job_fn *fn;
	void *arg;
	enum err err;
	struct why why;
	pthread_t thread;
};

static void *
submit_one(void *arg)
{
	struct one *one = arg;

	one->err = db_submit(one->c, one->fn, one->arg, &one->why);
	return NULL;
}

static void
one_start(struct one *one, struct db_committer *c, db_job_fn *fn, void *arg)
{
	*one = (struct one){ .c = c, .fn = fn, .arg = arg };
	assert_int_equal(pthread_create(&one->thread, NULL, submit_one, one), 0);
}

static void
one_join(struct one *one)
{
	assert_int_equal(pthread_join(one->thread, NULL), 0);
}

/* Starts a transaction that stays open, and waits until it is. */
static void
gate_close(struct gate *g, struct one *holder, struct db_committer *c)
{
	*g =
	    (struct gate){ .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER };
	one_start(holder, c, gate_job, g);
	pthread_mutex_lock(&g->lock);
	while (!g->running)
		pthread_cond_wait(&g->changed, &g->lock);
	pthread_mutex_unlock(&g->lock);
}

static void
gate_open(struct gate *g)
{
	pthread_mutex_lock(&g->lock);
	g->open = true;
	pthread_cond_broadcast(&g->changed);
	pthread_mutex_unlock(&g->lock);
}

static void
queue_inserts(struct db_committer *c, struct one *jobs, size_t n, struct insert *ins)
{
	for (size_t i = 0; i < n; i++)
		one_start(&jobs[i], c, insert_job, &ins[i]);
	while (db_committer_stats(c).waiting < n)
		sched_yield();
}

/* Queues n jobs behind a closed gate, then lets them go as one group. */
static void
run_behind_gate(struct db_committer *c, struct one *jobs, size_t n, struct insert *ins)
{
	struct gate g;
	struct one holder;

	gate_close(&g, &holder, c);
	queue_inserts(c, jobs, n, ins);
	gate_open(&g);
	one_join(&holder);
	for (size_t i = 0; i < n; i++)
		one_join(&jobs[i]);
}

/* A clock that never moves: a group is then bounded by its jobs alone. */
static void
check_group_is_one_transaction(void **)
{
	enum { N = 20 };
	CLEANUP(scratch_endp) struct scratch s = { 0 };
	CLEANUP(db_committer_closep) struct db_committer *c = NULL;
	const struct clock still = clock_fixed(0);
	struct insert ins[N];
	struct one jobs[N];

	scratch_open(&s);
	struct db *db = scratch_connect(&s, &(struct db_config){ 0 });
	assert_int_equal(db_committer_open(db, &still, &c, NULL), OK);
	for (int64_t i = 0; i < N; i++)
		ins[i] = (struct insert){ .k = i / 2, .fails = false };
	run_behind_gate(c, jobs, N, ins);
	size_t kept = 0;
	for (size_t i = 0; i < N; i++) {
		kept += jobs[i].err == OK;
		assert_true(jobs[i].err == OK || jobs[i].err == ERR_CONFLICT);
		if (jobs[i].err != OK)
			assert_string_equal(jobs[i].why.code, "db.duplicate");
	}
	assert_int_equal(kept, N / 2);
	assert_int_equal(db_committer_stats(c).groups, 1);
	assert_int_equal(scratch_count(s.db), N / 2);
}

/* ---- trouble ---- */

/* Returns OK although a statement of it failed. */
static enum err
careless_job(struct db *db, void *arg, struct why *)
{
	(void)insert_job(db, arg, NULL);
	(void)insert_job(db, arg, NULL);
	return OK;
}

static void
check_careless_job_is_undone(void **)
{
	CLEANUP(scratch_endp) struct scratch s = { 0 };
	CLEANUP(db_committer_closep) struct db_committer *c = start(&s, &(struct db_config){ 0 });
	struct insert in = { .k = 1 };
	struct why why = { 0 };

	assert_int_equal(db_submit(c, careless_job, &in, &why), ERR_IO);
	assert_string_equal(why.code, "db.rolled-back");
	assert_int_equal(scratch_count(s.db), 0);
	assert_int_equal(db_submit(c, insert_job, &in, NULL), OK);
	assert_int_equal(scratch_count(s.db), 1);
}

static void
check_locked(void **)
{
	CLEANUP(scratch_endp) struct scratch s = { 0 };
	const struct db_config config = { .wait_ms = 20 };
	CLEANUP(db_committer_closep) struct db_committer *c = start(&s, &config);
	CLEANUP(db_txn_endp) struct db_txn txn = { 0 };
	struct insert in = { .k = 1 };
	struct why why = { 0 };

	assert_int_equal(db_begin(s.db, &txn, NULL), OK);
	assert_int_equal(db_submit(c, insert_job, &in, &why), ERR_IO);
	assert_string_equal(why.code, "db.locked");
	db_txn_endp(&txn);
	assert_int_equal(db_submit(c, insert_job, &in, NULL), OK);
	assert_int_equal(scratch_count(s.db), 1);
}

static enum err
big_job(struct db *db, void *arg, struct why *why)
{
	static char body[MIB];
	const struct insert *in = arg;

	return db_run(db, why, scratch_insert, DB_I(in->k),
	    DB_B(((struct str){ body, sizeof(body) })));
}

static void
check_full(void **)
{
	CLEANUP(scratch_endp) struct scratch s = { 0 };
	const struct db_config config = { .size_max_bytes = 256 * KIB };
	CLEANUP(db_committer_closep) struct db_committer *c = start(&s, &config);
	struct insert in = { .k = 1 };
	struct why why = { 0 };

	assert_int_equal(db_submit(c, insert_job, &in, NULL), OK);
	in.k = 2;
	assert_int_equal(db_submit(c, big_job, &in, &why), ERR_IO);
	assert_string_equal(why.code, "db.full");
	in.k = 3;
	assert_int_equal(db_submit(c, insert_job, &in, NULL), OK);
	assert_int_equal(scratch_count(s.db), 2);
}

/* The log on the disk may not grow: the statements succeed and the commit
 * does not. */
static void
check_commit_fails(void **)
{
	enum { N = 5 };
	CLEANUP(scratch_endp) struct scratch s = { 0 };
	CLEANUP(db_committer_closep) struct db_committer *c = start(&s, &(struct db_config){ 0 });
	char wal[SCRATCH_PATH_MAX + 32];
	struct insert ins[N] = { { .k = 1 }, { .k = 2 }, { .k = 3, .fails = true }, { .k = 4 },
		{ .k = 5 } };
	struct one jobs[N];
	struct rlimit before;
	struct stat st;

	snprintf(wal, sizeof(wal), "%s-wal", s.path);
	assert_int_equal(stat(wal, &st), 0);
	assert_true(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	struct rlimit tight = { .rlim_cur = (rlim_t)st.st_size, .rlim_max = before.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
	run_behind_gate(c, jobs, N, ins);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);

	for (size_t i = 0; i < N; i++) {
		assert_int_equal(jobs[i].err, ins[i].fails ? ERR_INVALID : ERR_IO);
		assert_string_equal(jobs[i].why.code, ins[i].fails ? "test.no" : "db.io");
	}
	assert_int_equal(scratch_count(s.db), 0);
	assert_int_equal(db_submit(c, insert_job, &ins[0], NULL), OK);
	assert_int_equal(scratch_count(s.db), 1);
}

/* A job of its own commits in steps: what it committed before it failed stays. */
static enum err
steps_job(struct db *db, void *arg, struct why *why)
{
	const struct insert *in = arg;
	CLEANUP(db_txn_endp) struct db_txn txn = { 0 };

	assert_false(db_in_txn(db));
	TRY(db_begin(db, &txn, why));
	TRY(db_run(db, why, scratch_insert, DB_I(in->k), DB_T(S("a"))));
	TRY(db_commit(&txn, why));
	return (fail)(why, ERR_INVALID, "test.no", "after key %d", (int)in->k);
}

static void
check_alone(void **)
{
	CLEANUP(scratch_endp) struct scratch s = { 0 };
	CLEANUP(db_committer_closep) struct db_committer *c = start(&s, &(struct db_config){ 0 });
	struct insert in[] = { { .k = 1 }, { .k = 2 }, { .k = 3 } };
	struct why why = { 0 };

	assert_int_equal(db_submit(c, insert_job, &in[0], NULL), OK);
	assert_int_equal(db_submit_alone(c, steps_job, &in[1], &why), ERR_INVALID);
	assert_string_equal(why.text, "after key 2");
	assert_int_equal(db_submit(c, insert_job, &in[2], NULL), OK);
	assert_int_equal(scratch_count(s.db), 3);
	assert_int_equal(db_committer_stats(c).groups, 3);
}

/* Closing runs what is queued. */
static void *
close_it(void *arg)
{
	db_committer_close(arg);
	return NULL;
}

static void
check_close_runs_the_queue(void **)
{
	enum { N = 10 };
	CLEANUP(scratch_endp) struct scratch s = { 0 };
	struct db_committer *c = start(&s, &(struct db_config){ 0 });
	struct gate g;
	struct one holder;
	struct insert late = { .k = 99 };
	struct insert ins[N];
	struct one jobs[N];
	struct why why = { 0 };
	pthread_t closer;

	for (int64_t i = 0; i < N; i++)
		ins[i] = (struct insert){ .k = i };
	gate_close(&g, &holder, c);
	queue_inserts(c, jobs, N, ins);
	assert_int_equal(pthread_create(&closer, NULL, close_it, c), 0);
	while (!db_committer_stats(c).stopping)
		sched_yield();
	assert_int_equal(db_submit(c, insert_job, &late, &why), ERR_IO);
	assert_string_equal(why.code, "db.stopped");
	gate_open(&g);
	assert_int_equal(pthread_join(closer, NULL), 0);
	one_join(&holder);
	for (size_t i = 0; i < N; i++) {
		one_join(&jobs[i]);
		assert_int_equal(jobs[i].err, OK);
	}
	assert_int_equal(scratch_count(s.db), N);
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	CASE(&cases, check_many_threads);
	CASE(&cases, check_group_is_one_transaction);
	CASE(&cases, check_careless_job_is_undone);
	CASE(&cases, check_locked);
	CASE(&cases, check_full);
	CASE(&cases, check_commit_fails);
	CASE(&cases, check_alone);
	CASE(&cases, check_close_runs_the_queue);
	return cases_run("committer", &cases, argc, argv);
}
