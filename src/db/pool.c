#include <pthread.h>
#include <time.h>

#include "db.h"

struct db_pool {
	struct db_config config;
	char *place;
	pthread_mutex_t lock;
	pthread_cond_t came_free;
	size_t max;
	size_t opened;
	size_t idle;
	struct db *free[DB_POOL_MAX];
};

enum err
db_pool_open(const struct db_config *config, size_t max, struct db_pool **ret, struct why *why)
{
	pthread_condattr_t attr;

	if (max == 0 || max > DB_POOL_MAX)
		return fail(why, ERR_INVALID, "db.pool", "a pool has 1 to %d connections, not %zu",
		    DB_POOL_MAX, max);

	struct db_pool *pool = heap_new(sizeof(*pool), 1);
	pool->config = *config;
	pool->place = heap_cstr(str_of(config->place));
	pool->config.place = pool->place;
	pool->config.read_only = true;
	pool->max = max;
	pthread_mutex_init(&pool->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&pool->came_free, &attr);
	pthread_condattr_destroy(&attr);
	*ret = pool;
	return OK;
}

void
db_pool_close(struct db_pool *pool)
{
	if (pool == NULL)
		return;
	assert(pool->idle == pool->opened);
	for (size_t i = 0; i < pool->idle; i++)
		db_close(pool->free[i]);
	pthread_cond_destroy(&pool->came_free);
	pthread_mutex_destroy(&pool->lock);
	heap_free(pool->place);
	heap_free(pool);
}

static struct timespec
deadline(unsigned wait_ms)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	at.tv_sec += wait_ms / 1000;
	at.tv_nsec += (long)(wait_ms % 1000) * 1'000'000;
	if (at.tv_nsec >= 1'000'000'000) {
		at.tv_sec++;
		at.tv_nsec -= 1'000'000'000;
	}
	return at;
}

/* An idle connection, or NULL with the right to open one.  False: neither
 * before the deadline. */
static bool
take_idle(struct db_pool *pool, struct db **ret)
{
	unsigned wait_ms = pool->config.wait_ms == 0 ? DB_WAIT_MS : pool->config.wait_ms;
	struct timespec until = deadline(wait_ms);
	bool got = true;

	pthread_mutex_lock(&pool->lock);
	while (got && pool->idle == 0 && pool->opened == pool->max)
		got = pthread_cond_timedwait(&pool->came_free, &pool->lock, &until) == 0;
	/* One may have come free in the last moment. */
	got = pool->idle > 0 || pool->opened < pool->max;
	*ret = pool->idle > 0 ? pool->free[--pool->idle] : NULL;
	if (got && *ret == NULL)
		pool->opened++;
	pthread_mutex_unlock(&pool->lock);
	return got;
}

enum err
db_pool_take(struct db_pool *pool, struct db_lease *ret, struct why *why)
{
	struct db *db;

	if (!take_idle(pool, &db))
		return fail(why, ERR_IO, "db.pool",
		    "%s: all %zu connections for readers are in use: try again", pool->place,
		    pool->max);
	if (db == NULL) {
		enum err err = db_open(&pool->config, &db, why);
		if (err != OK) {
			pthread_mutex_lock(&pool->lock);
			pool->opened--;
			pthread_cond_signal(&pool->came_free);
			pthread_mutex_unlock(&pool->lock);
			return err;
		}
	}
	*ret = (struct db_lease){ .pool = pool, .db = db };
	return OK;
}

void
db_pool_give(struct db_lease *lease)
{
	struct db_pool *pool = lease->pool;

	if (pool == NULL)
		return;
	assert(!db_in_txn(lease->db)); /* or the next borrower would read an old state */
	pthread_mutex_lock(&pool->lock);
	pool->free[pool->idle++] = lease->db;
	pthread_cond_signal(&pool->came_free);
	pthread_mutex_unlock(&pool->lock);
	*lease = (struct db_lease){ 0 };
}
