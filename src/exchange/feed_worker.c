/* The worker of feeds: one thread, one feed after the other, those first that
 * wait longest.  A turn is bounded, so that a slow server delays the others by
 * no more than that. */
#include <pthread.h>
#include <time.h>

#include "feed_p.h"
#include "log.h"

enum {
	LOOK_S = 1, /* how often is looked for what is due */
	DUE_ARENA_MAX = 16 * MIB,
};

struct feeds {
	struct realm *realm;
	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t cond;
	bool woken, started;
	atomic_bool stopping;
	pthread_t thread;
};

static void
look(struct feeds *w)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(DUE_ARENA_MAX);
	struct feed_list due = { 0 };
	struct why why = { 0 };

	{
		CLEANUP(db_pool_give) struct db_lease lease = { 0 };
		time_us now = clock_wall(realm_clock(w->realm));

		if (db_pool_take(realm_readers(w->realm), &lease, &why) != OK ||
		    feed_due(lease.db, a, now, &due, &why) != OK) {
			log_event(LOG_ERROR, "feed.stuck", LOG_WHY(&why));
			return;
		}
	}
	for (size_t i = 0; i < due.len && !atomic_load(&w->stopping); i++) {
		const struct feed *f = &due.feed[i];
		const struct feed_place at = {
			.of = { f->owner, f->enclave },
			.name = f->name,
			.stop = &w->stopping,
		};
		struct feed_turn turn;
		enum err err = feed_poll(w->realm, &at, &turn, &why);

		/* One that was removed meanwhile is nobody's trouble. */
		if (err != OK && err != ERR_NOT_FOUND && !turn.noted)
			log_event(LOG_ERROR, "feed.stuck", LOG_WHY(&why));
	}
}

static bool
pause_a_while(struct feeds *w)
{
	struct timespec until;

	(void)clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += LOOK_S;
	pthread_mutex_lock(&w->lock);
	while (!atomic_load(&w->stopping) && !w->woken) {
		if (pthread_cond_timedwait(&w->cond, &w->lock, &until) != 0)
			break;
	}
	w->woken = false;
	bool goes_on = !atomic_load(&w->stopping);
	pthread_mutex_unlock(&w->lock);
	return goes_on;
}

static void *
feeds_main(void *arg)
{
	struct feeds *w = arg;

	do
		look(w);
	while (pause_a_while(w));
	return NULL;
}

struct feeds *
feeds_new(struct realm *r)
{
	pthread_condattr_t attr;
	struct feeds *w = heap_new(sizeof(*w), 1);

	w->realm = r;
	pthread_mutex_init(&w->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&w->cond, &attr);
	pthread_condattr_destroy(&attr);
	return w;
}

enum err
feeds_start(struct feeds *w, struct why *why)
{
	assert(!w->started);
	if (pthread_create(&w->thread, NULL, feeds_main, w) != 0)
		return fail(why, ERR_IO, "feed.thread", "cannot start a thread");
	w->started = true;
	return OK;
}

void
feeds_wake(struct feeds *w)
{
	if (w == NULL)
		return;
	pthread_mutex_lock(&w->lock);
	w->woken = true;
	pthread_cond_signal(&w->cond);
	pthread_mutex_unlock(&w->lock);
}

void
feeds_free(struct feeds *w)
{
	if (w == NULL)
		return;
	pthread_mutex_lock(&w->lock);
	atomic_store(&w->stopping, true);
	pthread_cond_signal(&w->cond);
	pthread_mutex_unlock(&w->lock);
	if (w->started)
		(void)pthread_join(w->thread, NULL);
	pthread_mutex_destroy(&w->lock);
	pthread_cond_destroy(&w->cond);
	heap_free(w);
}
