#include "committer.h"

#include <pthread.h>

#include "db_p.h"

/* One change; lies on the stack of the thread that waits for it. */
struct job {
	db_job_fn *fn;
	void *arg;
	bool alone; /* begins its own transactions */
	enum err err;
	struct why why;
	bool done;
	pthread_cond_t woken;
	struct job *next;
};

struct db_committer {
	struct db *db;
	const struct clock *clock;
	pthread_t thread;

	pthread_mutex_t lock; /* all below */
	pthread_cond_t work;
	pthread_cond_t left;
	bool stopping;
	size_t inside; /* threads in db_submit */
	struct job *first;
	struct job *last;
	size_t waiting;
	struct db_committer_stats stats;
};

/* The jobs of one transaction. */
struct group {
	size_t len;
	struct job *job[DB_GROUP_MAX];
};

/* ---- the queue ---- */

/* The next job of this kind; NULL when the queue is empty or another kind
 * stands first: the order of arrival is kept. */
static struct job *
queue_pop(struct db_committer *c, bool alone)
{
	pthread_mutex_lock(&c->lock);
	struct job *job = c->first;
	if (job != NULL && job->alone != alone)
		job = NULL;
	if (job != NULL) {
		c->first = job->next;
		c->waiting--;
	}
	pthread_mutex_unlock(&c->lock);
	return job;
}

static enum err
queue_push(struct db_committer *c, struct job *job, struct why *why)
{
	if (c->stopping)
		return fail(why, ERR_IO, "db.stopped", "%s: it is being closed", db_place(c->db));
	if (c->waiting == DB_QUEUE_MAX)
		return fail(why, ERR_IO, "db.queue", "%s: %d changes are waiting: try again",
		    db_place(c->db), DB_QUEUE_MAX);
	if (c->first == NULL)
		c->first = job;
	else
		c->last->next = job;
	c->last = job;
	c->waiting++;
	pthread_cond_signal(&c->work);
	return OK;
}

/* False when there is nothing left to do for ever. */
static bool
queue_wait(struct db_committer *c)
{
	pthread_mutex_lock(&c->lock);
	while (c->first == NULL && !c->stopping)
		pthread_cond_wait(&c->work, &c->lock);
	bool more = c->first != NULL;
	pthread_mutex_unlock(&c->lock);
	return more;
}

/* ---- one transaction ---- */

static void
job_run(struct db *db, struct job *job)
{
	CLEANUP(db_save_endp) struct db_save save = { 0 };

	job->err = db_save_begin(db, &save, &job->why);
	if (job->err == OK)
		job->err = job->fn(db, job->arg, &job->why);
	if (job->err == OK)
		job->err = db_save_keep(&save, &job->why);
}

/* Runs jobs until the group is full, old enough, or nobody waits.  An error
 * is that of the whole transaction. */
static enum err
group_run(struct db_committer *c, struct group *g, struct why *why)
{
	CLEANUP(db_txn_endp) struct db_txn txn = { 0 };
	struct job *job;

	enum err err = db_begin(c->db, &txn, why);
	if (err != OK) {
		while (g->len < DB_GROUP_MAX && (job = queue_pop(c, false)) != NULL)
			g->job[g->len++] = job;
		return err;
	}
	time_us until = clock_monotonic(c->clock) + DB_GROUP_MS * (US_PER_S / 1000);
	do {
		job = queue_pop(c, false);
		if (job == NULL)
			break;
		g->job[g->len++] = job;
		job_run(c->db, job);
		if (!db_txn_alive(c->db)) { /* it has taken the jobs before it along */
			*why = job->why;
			return job->err;
		}
	} while (g->len < DB_GROUP_MAX && clock_monotonic(c->clock) < until);
	return db_commit(&txn, why);
}

/* Tells every waiting thread.  A job that failed by itself keeps its error. */
static void
group_wake(struct db_committer *c, struct group *g, enum err err, const struct why *why)
{
	pthread_mutex_lock(&c->lock);
	c->stats.groups++;
	c->stats.jobs += g->len;
	for (size_t i = 0; i < g->len; i++) {
		struct job *job = g->job[i];
		if (err != OK && job->err == OK) {
			job->err = err;
			job->why = *why;
		}
		c->stats.failed += job->err != OK;
		job->done = true;
		pthread_cond_signal(&job->woken);
	}
	pthread_mutex_unlock(&c->lock);
}

/* A job that stands first and wants no transaction around it. */
static bool
run_alone(struct db_committer *c)
{
	struct group g = { 0 };
	struct job *job = queue_pop(c, true);

	if (job == NULL)
		return false;
	g.job[g.len++] = job;
	job->err = job->fn(c->db, job->arg, &job->why);
	group_wake(c, &g, OK, NULL);
	return true;
}

static void *
run(void *arg)
{
	struct db_committer *c = arg;

	while (queue_wait(c)) {
		struct group g = { 0 };
		struct why why = { 0 };

		if (run_alone(c))
			continue;
		enum err err = group_run(c, &g, &why);
		group_wake(c, &g, err, &why);
	}
	return NULL;
}

/* ---- the face ---- */

enum err
db_committer_open(struct db *db, const struct clock *clock, struct db_committer **ret,
    struct why *why)
{
	struct db_committer *c = heap_new(sizeof(*c), 1);

	c->db = db;
	c->clock = clock;
	pthread_mutex_init(&c->lock, NULL);
	pthread_cond_init(&c->work, NULL);
	pthread_cond_init(&c->left, NULL);
	if (pthread_create(&c->thread, NULL, run, c) != 0) {
		pthread_cond_destroy(&c->left);
		pthread_cond_destroy(&c->work);
		pthread_mutex_destroy(&c->lock);
		heap_free(c);
		return fail(why, ERR_IO, "db.thread", "%s: the system gives no thread for writing",
		    db_place(db));
	}
	*ret = c;
	return OK;
}

void
db_committer_close(struct db_committer *c)
{
	if (c == NULL)
		return;
	pthread_mutex_lock(&c->lock);
	c->stopping = true;
	pthread_cond_signal(&c->work);
	pthread_mutex_unlock(&c->lock);
	pthread_join(c->thread, NULL);
	/* Those that were woken still hold on to the lock. */
	pthread_mutex_lock(&c->lock);
	while (c->inside > 0)
		pthread_cond_wait(&c->left, &c->lock);
	pthread_mutex_unlock(&c->lock);
	db_close(c->db);
	pthread_cond_destroy(&c->left);
	pthread_cond_destroy(&c->work);
	pthread_mutex_destroy(&c->lock);
	heap_free(c);
}

static enum err
submit(struct db_committer *c, struct job job, struct why *why)
{
	assert(!pthread_equal(pthread_self(), c->thread)); /* it would wait for itself */
	pthread_cond_init(&job.woken, NULL);
	pthread_mutex_lock(&c->lock);
	c->inside++;
	enum err err = queue_push(c, &job, why);
	if (err == OK) {
		while (!job.done)
			pthread_cond_wait(&job.woken, &c->lock);
		err = job.err;
	}
	c->inside--;
	pthread_cond_signal(&c->left);
	pthread_mutex_unlock(&c->lock);
	pthread_cond_destroy(&job.woken);
	if (err != OK && job.done && why != NULL)
		*why = job.why;
	return err;
}

enum err
db_submit(struct db_committer *c, db_job_fn *fn, void *arg, struct why *why)
{
	return submit(c, (struct job){ .fn = fn, .arg = arg }, why);
}

enum err
db_submit_alone(struct db_committer *c, db_job_fn *fn, void *arg, struct why *why)
{
	return submit(c, (struct job){ .fn = fn, .arg = arg, .alone = true }, why);
}

struct db_committer_stats
db_committer_stats(struct db_committer *c)
{
	pthread_mutex_lock(&c->lock);
	struct db_committer_stats stats = c->stats;
	stats.waiting = c->waiting;
	stats.stopping = c->stopping;
	pthread_mutex_unlock(&c->lock);
	return stats;
}
