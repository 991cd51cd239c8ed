#include "verified.h"

#include <sched.h>

#include "random.h"

/* Held for a comparison of VERIFIED_MAX hashes: waiting is shorter than sleeping. */
static void
lock(struct verified *v)
{
	while (atomic_flag_test_and_set_explicit(&v->busy, memory_order_acquire))
		(void)sched_yield();
	if (!v->keyed)
		random_bytes(v->key, sizeof(v->key));
	v->keyed = true;
}

static void
unlock(struct verified *v)
{
	atomic_flag_clear_explicit(&v->busy, memory_order_release);
}

/* The lengths stand before the texts: no two claims run together. */
static struct hash
tag_of(const struct verified *v, const struct verified_claim *claim)
{
	const size_t len[] = {
		claim->account.len,
		claim->password.len,
		claim->stored.len,
		claim->remote.len,
	};
	const struct str part[] = {
		{ (const char *)len, sizeof(len) },
		claim->account,
		claim->password,
		claim->stored,
		claim->remote,
	};

	return hash_hmac((struct str){ (const char *)v->key, sizeof(v->key) }, part, COUNTOF(part));
}

bool
verified_has(struct verified *v, const struct verified_claim *claim, time_us now)
{
	bool found = false;

	lock(v);
	struct hash tag = tag_of(v, claim);
	for (size_t i = 0; i < VERIFIED_MAX; i++)
		found |= v->entry[i].until > now && hash_eq(&v->entry[i].tag, &tag);
	unlock(v);
	return found;
}

void
verified_keep(struct verified *v, const struct verified_claim *claim, time_us now)
{
	lock(v);
	v->entry[v->next].tag = tag_of(v, claim);
	v->entry[v->next].until = now + VERIFIED_FOR_S * US_PER_S;
	v->next = (v->next + 1) % VERIFIED_MAX;
	unlock(v);
}
