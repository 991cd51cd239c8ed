#include <pthread.h>
#include <stdatomic.h>

#include "kept_p.h"

enum {
	SLOTS = 1024,              /* keys that are remembered: a walk over 100,000 objects */
	KEPT_BYTES_MAX = 16 * MIB, /* of all pages: a hundred of 100 objects each */
	PAGE_BYTES_MAX = 2 * MIB,  /* of one: 1,000 objects of usual size */
};

struct kept_page {
	atomic_uint holders; /* the slot, and the responses that send it */
	struct kept_dates dates;
	struct buf bytes;
};

struct slot {
	bool asked;
	struct kept_key key;
	struct kept_page *page; /* NULL: asked for once */
};

struct taxii_kept {
	pthread_mutex_t lock;
	size_t bytes;
	size_t hand; /* the next slot that is emptied for want of room */
	struct slot slot[SLOTS];
};

struct taxii_kept *
taxii_kept_new(void)
{
	struct taxii_kept *kept = heap_new(sizeof(*kept), 1);

	pthread_mutex_init(&kept->lock, NULL);
	return kept;
}

static void
give(void *arg)
{
	struct kept_page *page = arg;

	if (atomic_fetch_sub(&page->holders, 1) != 1)
		return;
	buf_free(&page->bytes);
	heap_free(page);
}

/* Called with the lock. */
static void
empty_slot(struct taxii_kept *kept, struct slot *slot)
{
	if (slot->page == NULL)
		return;
	kept->bytes -= slot->page->bytes.cap;
	give(slot->page);
	slot->page = NULL;
}

void
taxii_kept_free(struct taxii_kept *kept)
{
	if (kept == NULL)
		return;
	for (size_t i = 0; i < SLOTS; i++)
		empty_slot(kept, &kept->slot[i]);
	pthread_mutex_destroy(&kept->lock);
	heap_free(kept);
}

/* Two keys of one slot push each other out: that costs time, never truth. */
static struct slot *
slot_of(struct taxii_kept *kept, const struct kept_key *key)
{
	uint64_t mixed;

	memcpy(&mixed, key->digest, sizeof(mixed));
	mixed ^= (uint64_t)key->added_after * UINT64_C(0x9E3779B97F4A7C15) ^
	         (key->limit << 1 | key->gzip);
	return &kept->slot[(mixed * UINT64_C(0xD6E8FEB86659FD93)) >> 54];
}
static_assert(SLOTS == 1 << (64 - 54), "slot_of() takes that many bits");

static bool
key_eq(const struct kept_key *a, const struct kept_key *b)
{
	return memcmp(a->digest, b->digest, sizeof(a->digest)) == 0 &&
	       a->shard_key == b->shard_key && a->changed == b->changed &&
	       a->added_after == b->added_after && a->limit == b->limit && a->gzip == b->gzip;
}

static void
answer(struct kept_page *page, struct http_response *ret)
{
	atomic_fetch_add(&page->holders, 1);
	ret->body = buf_str(&page->bytes);
	ret->release = give;
	ret->release_arg = page;
}

bool
kept_answer(struct taxii_kept *kept, const struct kept_key *key, struct http_response *ret,
    struct kept_dates *ret_dates)
{
	struct slot *slot = slot_of(kept, key);

	pthread_mutex_lock(&kept->lock);
	bool has = slot->page != NULL && key_eq(&slot->key, key);
	if (has) {
		answer(slot->page, ret);
		*ret_dates = slot->page->dates;
	}
	pthread_mutex_unlock(&kept->lock);
	return has;
}

/* Called with the lock: empties slots in turn until there is room. */
static void
make_room(struct taxii_kept *kept, size_t bytes)
{
	for (size_t i = 0; i < SLOTS && kept->bytes + bytes > KEPT_BYTES_MAX; i++) {
		empty_slot(kept, &kept->slot[kept->hand]);
		kept->hand = (kept->hand + 1) % SLOTS;
	}
}

/* Called with the lock. */
static void
keep(struct taxii_kept *kept, struct slot *slot, const struct kept_dates *dates,
    struct http_response *ret)
{
	struct kept_page *page = heap_new(sizeof(*page), 1);

	make_room(kept, ret->buf.cap);
	atomic_init(&page->holders, 1);
	page->dates = *dates;
	page->bytes = ret->buf;
	ret->buf = (struct buf){ 0 };
	kept->bytes += page->bytes.cap;
	slot->page = page;
	answer(page, ret);
}

void
kept_offer(struct taxii_kept *kept, const struct kept_key *key, const struct kept_dates *dates,
    struct http_response *ret)
{
	struct slot *slot = slot_of(kept, key);

	if (ret->buf.full || ret->buf.cap > PAGE_BYTES_MAX)
		return;
	pthread_mutex_lock(&kept->lock);
	if (!slot->asked || !key_eq(&slot->key, key)) {
		empty_slot(kept, slot);
		slot->asked = true;
		slot->key = *key;
	} else if (slot->page == NULL) {
		keep(kept, slot, dates, ret);
	}
	pthread_mutex_unlock(&kept->lock);
}
