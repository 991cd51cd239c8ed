#include "box.h"

#include <sodium.h>

#include "random.h"
#include "sign_p.h"
#include "sodium_p.h"

static_assert(BOX_EXTRA_BYTES == crypto_box_SEALBYTES, "the library's sealed box");

/* The two halves of the X25519 key that belongs to a signing key. */
struct box_pair {
	uint8_t public[crypto_box_PUBLICKEYBYTES];
	uint8_t secret[crypto_box_SECRETKEYBYTES];
};

static void
wipe_pair(struct box_pair *pair)
{
	secret_wipe(pair, sizeof(*pair));
}

static enum err
full(struct why *why)
{
	return fail(why, ERR_LIMIT, "box.memory", "no memory for the box");
}

enum err
box_seal(struct arena *a, const struct verify_key *to, struct str text, struct str *ret,
    struct why *why)
{
	uint8_t public[crypto_box_PUBLICKEYBYTES];
	unsigned char *out = arena_make(a, unsigned char, text.len + BOX_EXTRA_BYTES);

	sodium_ready();
	if (out == NULL)
		return full(why);
	if (crypto_sign_ed25519_pk_to_curve25519(public, to->byte) != 0 ||
	    crypto_box_seal(out, (const unsigned char *)text.ptr, text.len, public) != 0)
		return fail(why, ERR_INVALID, "box.key", "nothing can be sealed to this key");
	*ret = (struct str){ (const char *)out, text.len + BOX_EXTRA_BYTES };
	return OK;
}

static void
pair_of(const struct sign_key *key, struct box_pair *ret)
{
	const struct verify_key public = sign_key_public(key);
	uint8_t seed[SIGN_SEED_BYTES], unused[VERIFY_KEY_BYTES];
	uint8_t secret[crypto_sign_SECRETKEYBYTES];

	sodium_ready();
	sign_key_seed(key, seed);
	(void)crypto_sign_seed_keypair(unused, secret, seed);
	/* A key of ours is on the curve. */
	if (crypto_sign_ed25519_sk_to_curve25519(ret->secret, secret) != 0 ||
	    crypto_sign_ed25519_pk_to_curve25519(ret->public, public.byte) != 0)
		abort();
	secret_wipe(seed, sizeof(seed));
	secret_wipe(secret, sizeof(secret));
}

enum err
box_open(struct arena *a, const struct sign_key *key, struct str box, struct str *ret,
    struct why *why)
{
	CLEANUP(wipe_pair) struct box_pair pair;
	size_t len = box.len < BOX_EXTRA_BYTES ? 0 : box.len - BOX_EXTRA_BYTES;
	unsigned char *out = arena_make(a, unsigned char, len + 1);

	if (out == NULL)
		return full(why);
	pair_of(key, &pair);
	if (box.len < BOX_EXTRA_BYTES || crypto_box_seal_open(out, (const unsigned char *)box.ptr,
	                                     box.len, pair.public, pair.secret) != 0)
		return fail(why, ERR_TAMPERED, "box.open",
		    "it is not sealed to this key, or was changed on its way");
	*ret = (struct str){ (const char *)out, len };
	return OK;
}
