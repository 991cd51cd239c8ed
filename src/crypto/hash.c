#include "hash.h"

#include <stdlib.h>

#include <gnutls/crypto.h>

#include "codec.h"
#include "random.h"

/* Joined on the stack, parts cost one call of the library and no allocation: a
 * node of a Merkle tree in little room, which is cleared each time, a salted
 * record or a decision in more. */
enum { JOINED_MAX = 512, JOINED_LONG_MAX = 4096 };

struct hasher {
	gnutls_hash_hd_t handle;
};

/* The library refuses a hash only for want of memory. */
static void
need(int result)
{
	if (result < 0)
		abort();
}

static size_t
parts_len(const struct str *part, size_t count)
{
	size_t len = 0;

	for (size_t i = 0; i < count; i++)
		len += part[i].len;
	return len;
}

static struct str
join(const struct str *part, size_t count, char *room)
{
	size_t len = 0;

	for (size_t i = 0; i < count; i++) {
		if (part[i].len > 0)
			memcpy(room + len, part[i].ptr, part[i].len);
		len += part[i].len;
	}
	return (struct str){ room, len };
}

struct hash
hash_of(struct str bytes)
{
	struct hash h;

	need(gnutls_hash_fast(GNUTLS_DIG_SHA256, bytes.len == 0 ? "" : bytes.ptr, bytes.len,
	    h.byte));
	return h;
}

static struct hash
hash_of_long(const struct str *part, size_t count)
{
	char joined[JOINED_LONG_MAX];

	return hash_of(join(part, count, joined));
}

struct hash
hash_of_parts(const struct str *part, size_t count)
{
	char joined[JOINED_MAX];
	size_t len = parts_len(part, count);

	if (len <= sizeof(joined))
		return hash_of(join(part, count, joined));
	if (len <= JOINED_LONG_MAX)
		return hash_of_long(part, count);

	CLEANUP(hasher_freep) struct hasher *hasher = hasher_new();
	for (size_t i = 0; i < count; i++)
		hasher_add(hasher, part[i]);
	return hasher_take(hasher);
}

struct hash
hash_hmac(struct str key, const struct str *part, size_t count)
{
	struct hash h;
	gnutls_hmac_hd_t handle;

	need(gnutls_hmac_init(&handle, GNUTLS_MAC_SHA256, key.len == 0 ? "" : key.ptr, key.len));
	for (size_t i = 0; i < count; i++) {
		if (part[i].len > 0)
			need(gnutls_hmac(handle, part[i].ptr, part[i].len));
	}
	gnutls_hmac_deinit(handle, h.byte);
	return h;
}

bool
hash_eq(const struct hash *a, const struct hash *b)
{
	return secret_eq(a->byte, b->byte, HASH_BYTES);
}

void
hash_text(const struct hash *h, char *ret)
{
	hex_text(h->byte, HASH_BYTES, ret);
}

bool
hash_parse(struct str text, struct hash *ret)
{
	struct hash h;

	if (!hex_parse(text, h.byte, HASH_BYTES))
		return false;
	*ret = h;
	return true;
}

struct hasher *
hasher_new(void)
{
	struct hasher *h = heap_new(sizeof(*h), 1);

	need(gnutls_hash_init(&h->handle, GNUTLS_DIG_SHA256));
	return h;
}

void
hasher_free(struct hasher *h)
{
	if (h == NULL)
		return;
	gnutls_hash_deinit(h->handle, NULL);
	heap_free(h);
}

void
hasher_add(struct hasher *h, struct str bytes)
{
	if (bytes.len > 0)
		need(gnutls_hash(h->handle, bytes.ptr, bytes.len));
}

struct hash
hasher_take(struct hasher *h)
{
	struct hash taken;

	gnutls_hash_output(h->handle, taken.byte);
	return taken;
}
