/* committer.h: group commit: one thread that writes for all others.
 *
 * Jobs that arrive while a commit is under way share the next transaction,
 * each under its own savepoint: a failing job is undone alone.  Every caller is
 * woken with its own result, and only after the commit is durable.
 *
 * A job may be long (an import); the others wait for it. */
#pragma once

#include "base.h"
#include "clock.h"
#include "db.h"

enum {
	DB_GROUP_MAX = 256,  /* jobs of one transaction */
	DB_GROUP_MS = 5,     /* no further job joins a transaction older than this */
	DB_QUEUE_MAX = 1024, /* waiting jobs: above the threads that a node runs */
};

/* A change.  Runs on the committer's thread inside a transaction; it begins
 * none and submits nothing.  When it returns an error, all it did is undone. */
typedef enum err db_job_fn(struct db *db, void *arg, struct why *why);

struct db_committer;

/* Starts the thread.  The committer owns db from an OK on and closes it at
 * last; on an error (ERR_IO db.thread) the caller still has it.
 *
 *   clock   measures the age of a transaction; stays the caller's */
enum err db_committer_open(struct db *db, const struct clock *clock, struct db_committer **ret,
    struct why *why);

/* Runs what is queued, stops, waits for the submitting threads to leave, closes
 * the connection.  Nobody submits after it has returned. */
void db_committer_close(struct db_committer *c);

static inline void
db_committer_closep(struct db_committer **c)
{
	db_committer_close(*c);
}

/* Runs fn(db, arg, why) in the next transaction and waits until that is
 * durable.  Thread-safe.
 *
 * The error of fn itself, or, and then nothing of the job is kept:
 * ERR_IO  db.queue    DB_QUEUE_MAX jobs wait already: try later
 *         db.stopped  the committer is closing
 * and the errors of db_begin and db_commit, which every job of the group gets. */
enum err db_submit(struct db_committer *c, db_job_fn *fn, void *arg, struct why *why);

/* Runs fn(db, arg, why) by itself, outside of a transaction: for work that
 * commits in steps of its own (an import, publishing the ledger).  What it
 * committed before an error stays.  Otherwise as db_submit. */
enum err db_submit_alone(struct db_committer *c, db_job_fn *fn, void *arg, struct why *why);

/* Counted since the start; jobs / groups is what group commit saves. */
struct db_committer_stats {
	uint64_t jobs;   /* run, with whatever result */
	uint64_t failed; /* of these, not kept */
	uint64_t groups; /* transactions */
	size_t waiting;  /* jobs in the queue at this moment */
	bool stopping;
};
struct db_committer_stats db_committer_stats(struct db_committer *c);
