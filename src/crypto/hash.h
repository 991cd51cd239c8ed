/* hash.h: SHA-256 and HMAC-SHA-256.
 *
 * Values are open and compared in constant time.  Nothing here can fail but
 * for want of memory, which aborts.  Safe from any thread; one hasher belongs
 * to one thread.
 *
 * Source: FIPS 180-4, RFC 2104. */
#pragma once

#include "base.h"

enum { HASH_BYTES = 32, HASH_HEX = 2 * HASH_BYTES };

struct hash {
	uint8_t byte[HASH_BYTES];
};

/* SHA-256 of the bytes. */
struct hash hash_of(struct str bytes);

/* Of the parts one after the other, as if they were one run of bytes. */
struct hash hash_of_parts(const struct str *part, size_t count);

/* HMAC-SHA-256 of the parts one after the other; the key may have any length. */
struct hash hash_hmac(struct str key, const struct str *part, size_t count);

/* In constant time. */
bool hash_eq(const struct hash *a, const struct hash *b);

/* 64 lower-case digits; ret holds HASH_HEX + 1 bytes. */
void hash_text(const struct hash *h, char *ret);

/* Exactly 64 hex digits of either case. */
bool hash_parse(struct str text, struct hash *ret);

static inline struct str
hash_str(const struct hash *h)
{
	return (struct str){ (const char *)h->byte, HASH_BYTES };
}

/* SHA-256 of bytes that arrive in pieces. */
struct hasher;

/* An empty hasher; the caller frees it (NULL is fine to free). */
struct hasher *hasher_new(void);
void hasher_free(struct hasher *h);
void hasher_add(struct hasher *h, struct str bytes);

/* The hash of what was added; the hasher is empty and reusable afterwards. */
struct hash hasher_take(struct hasher *h);

static inline void
hasher_freep(struct hasher **h)
{
	hasher_free(*h);
}
