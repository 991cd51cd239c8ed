#include "tries.h"

#include <arpa/inet.h>
#include <sched.h>

enum { NETWORK_BYTES = 8 };

/* Held for a comparison of TRIES_MAX hashes: waiting is shorter than sleeping. */
static void
lock(struct tries *t)
{
	while (atomic_flag_test_and_set_explicit(&t->busy, memory_order_acquire))
		(void)sched_yield();
}

static void
unlock(struct tries *t)
{
	atomic_flag_clear_explicit(&t->busy, memory_order_release);
}

static struct hash
network_hash(struct str remote)
{
	struct in6_addr address;
	char text[INET6_ADDRSTRLEN] = "";

	if (remote.len > 0 && remote.len < sizeof(text))
		memcpy(text, remote.ptr, remote.len);
	if (inet_pton(AF_INET6, text, &address) == 1)
		return hash_of((struct str){ (const char *)&address, NETWORK_BYTES });
	return hash_of(remote);
}

/* Each part is hashed by itself: no two pairs run together. */
static struct hash
tag_of(const struct tries_from *from)
{
	const struct hash parts[2] = { hash_of(from->account), network_hash(from->remote) };

	return hash_of((struct str){ (const char *)parts, sizeof(parts) });
}

/* NULL: nothing was counted. */
static struct tries_entry *
find(struct tries *t, const struct hash *tag)
{
	for (size_t i = 0; i < TRIES_MAX; i++) {
		if (t->entry[i].failures > 0 && hash_eq(&t->entry[i].tag, tag))
			return &t->entry[i];
	}
	return NULL;
}

/* An empty entry, or the one that rested longest. */
static struct tries_entry *
make_room(struct tries *t)
{
	struct tries_entry *oldest = &t->entry[0];

	for (size_t i = 0; i < TRIES_MAX && oldest->failures > 0; i++) {
		if (t->entry[i].failures == 0 || t->entry[i].at < oldest->at)
			oldest = &t->entry[i];
	}
	return oldest;
}

static time_us
lock_end(uint32_t failures, time_us now)
{
	time_us wait = TRIES_LOCK_MIN_S;

	if (failures < TRIES_FAILURES_MAX)
		return 0;
	for (uint32_t n = TRIES_FAILURES_MAX; n < failures && wait < TRIES_LOCK_MAX_S; n++)
		wait *= 2;
	if (wait > TRIES_LOCK_MAX_S)
		wait = TRIES_LOCK_MAX_S;
	return now + wait * US_PER_S;
}

bool
tries_locked(struct tries *t, const struct tries_from *from, time_us now)
{
	struct hash tag = tag_of(from);

	lock(t);
	const struct tries_entry *e = find(t, &tag);
	bool locked = e != NULL && e->until > now;
	unlock(t);
	return locked;
}

bool
tries_failed(struct tries *t, const struct tries_from *from, time_us now)
{
	struct hash tag = tag_of(from);

	lock(t);
	struct tries_entry *e = find(t, &tag);
	if (e == NULL) {
		e = make_room(t);
		*e = (struct tries_entry){ .tag = tag };
	}
	if (e->failures < UINT32_MAX)
		e->failures++;
	e->at = now;
	e->until = lock_end(e->failures, now);
	bool locked = e->until > now;
	unlock(t);
	return locked;
}

void
tries_passed(struct tries *t, const struct tries_from *from)
{
	struct hash tag = tag_of(from);

	lock(t);
	struct tries_entry *e = find(t, &tag);
	if (e != NULL)
		*e = (struct tries_entry){ 0 };
	unlock(t);
}
