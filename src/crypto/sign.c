#include "sign.h"

#include <stdlib.h>

#include <sodium.h>

#include "random.h"
#include "sign_p.h"
#include "sodium_p.h"

static_assert(VERIFY_KEY_BYTES == crypto_sign_PUBLICKEYBYTES, "the library's public key");
static_assert(SIGNATURE_BYTES == crypto_sign_BYTES, "the library's signature");
static_assert(SIGN_SEED_BYTES == crypto_sign_SEEDBYTES, "the library's seed");

struct sign_key {
	uint8_t secret[crypto_sign_SECRETKEYBYTES];
	struct verify_key public;
};

struct sign_key *
sign_key_new(void)
{
	uint8_t seed[SIGN_SEED_BYTES];

	random_bytes(seed, sizeof(seed));
	struct sign_key *key = sign_key_from_seed(seed);
	secret_wipe(seed, sizeof(seed));
	return key;
}

struct sign_key *
sign_key_from_seed(const uint8_t seed[SIGN_SEED_BYTES])
{
	sodium_ready();

	struct sign_key *key = sodium_malloc(sizeof(*key));
	if (key == NULL || crypto_sign_seed_keypair(key->public.byte, key->secret, seed) != 0)
		abort();
	sodium_mprotect_readonly(key);
	return key;
}

void
sign_key_free(struct sign_key *key)
{
	sodium_free(key);
}

void
sign_key_seed(const struct sign_key *key, uint8_t ret[SIGN_SEED_BYTES])
{
	crypto_sign_ed25519_sk_to_seed(ret, key->secret);
}

struct verify_key
sign_key_public(const struct sign_key *key)
{
	return key->public;
}

static const unsigned char *
bytes_of(struct str s)
{
	return (const unsigned char *)(s.len == 0 ? "" : s.ptr);
}

struct signature
sign_make(const struct sign_key *key, struct str message)
{
	struct signature made;

	crypto_sign_detached(made.byte, NULL, bytes_of(message), message.len, key->secret);
	return made;
}

enum err
sign_verify(const struct verify_key *key, struct str message, const struct signature *signature,
    struct why *why)
{
	sodium_ready();
	if (crypto_sign_verify_detached(signature->byte, bytes_of(message), message.len,
	        key->byte) != 0)
		return fail(why, ERR_TAMPERED, "sign.wrong",
		    "the signature was not made by this key over these bytes");
	return OK;
}

bool
verify_key_eq(const struct verify_key *a, const struct verify_key *b)
{
	return secret_eq(a->byte, b->byte, VERIFY_KEY_BYTES);
}
