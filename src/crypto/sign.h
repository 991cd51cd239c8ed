/* sign.h: Ed25519 signatures under one strict rule.
 *
 * Two verifiers that differ on odd signatures see different histories.  Every
 * decision of trust therefore goes through sign_verify(): canonical encodings
 * only, no key or nonce point of small order.  A test pins which of the known
 * edge cases pass.
 *
 * A secret key lives in guarded memory, is wiped when freed and has no printer.
 * Keys are immutable: any thread may use one.
 *
 * Source: RFC 8032, section 5.1; the strict checks are libsodium's. */
#pragma once

#include "base.h"

enum { VERIFY_KEY_BYTES = 32, SIGNATURE_BYTES = 64, SIGN_SEED_BYTES = 32 };

struct sign_key;

struct verify_key {
	uint8_t byte[VERIFY_KEY_BYTES];
};

struct signature {
	uint8_t byte[SIGNATURE_BYTES];
};

/* A new random key. */
struct sign_key *sign_key_new(void);

/* The key that belongs to a seed; the caller wipes the seed. */
struct sign_key *sign_key_from_seed(const uint8_t seed[SIGN_SEED_BYTES]);
void sign_key_free(struct sign_key *key);

/* The public half. */
struct verify_key sign_key_public(const struct sign_key *key);

/* The signature of message: the same each time for one key. */
struct signature sign_make(const struct sign_key *key, struct str message);

/* Checks that the holder of key signed exactly this message.
 *
 * ERR_TAMPERED   it did not, or key or signature break the strict rule */
enum err sign_verify(const struct verify_key *key, struct str message,
    const struct signature *signature, struct why *why);

/* Whether the two are the same key, byte for byte. */
bool verify_key_eq(const struct verify_key *a, const struct verify_key *b);

static inline void
sign_key_freep(struct sign_key **key)
{
	sign_key_free(*key);
}
