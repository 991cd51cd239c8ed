/* How many requests one caller may send: a minute's worth at once, then as fast
 * as they come back.
 *
 * Of each caller only one number is kept: when all that was sent so far would
 * have been sent at the even pace (GCRA).  Who has fallen silent is forgotten. */
#include <pthread.h>

#include "hash.h"
#include "rate_p.h"

enum {
	SLOTS = 1024, /* callers that send at the same time: more than accounts or partners do */
	PROBES = 8,
};

struct caller {
	struct hash who;
	time_us sent; /* when the last request would have come at the even pace */
};

struct taxii_rate {
	pthread_mutex_t lock;
	time_us pace; /* between two requests */
	struct caller caller[SLOTS];
};

struct taxii_rate *
taxii_rate_new(unsigned per_minute)
{
	struct taxii_rate *rate = heap_new(sizeof(*rate), 1);

	assert(per_minute > 0);
	pthread_mutex_init(&rate->lock, NULL);
	rate->pace = US_PER_MIN / per_minute;
	return rate;
}

void
taxii_rate_free(struct taxii_rate *rate)
{
	if (rate == NULL)
		return;
	pthread_mutex_destroy(&rate->lock);
	heap_free(rate);
}

/* The caller's place, or that of who was silent for the longest time.  With the lock. */
static struct caller *
place_of(struct taxii_rate *rate, const struct hash *who)
{
	struct caller *oldest = NULL;
	uint32_t at;

	memcpy(&at, who->byte, sizeof(at));
	for (uint32_t i = 0; i < PROBES; i++) {
		struct caller *c = &rate->caller[(at + i) % SLOTS];

		if (hash_eq(&c->who, who))
			return c;
		if (oldest == NULL || c->sent < oldest->sent)
			oldest = c;
	}
	*oldest = (struct caller){ .who = *who };
	return oldest;
}

time_us
taxii_rate_wait(struct taxii_rate *rate, struct str who, time_us now)
{
	struct hash h = hash_of_parts(&who, 1);
	time_us wait = 0;

	pthread_mutex_lock(&rate->lock);
	struct caller *c = place_of(rate, &h);
	time_us next = (c->sent > now ? c->sent : now) + rate->pace;
	if (next - now > US_PER_MIN)
		wait = next - now - US_PER_MIN;
	else
		c->sent = next;
	pthread_mutex_unlock(&rate->lock);
	return wait;
}
