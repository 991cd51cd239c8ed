#include "seal.h"

#include <sodium.h>

#include "hash.h"
#include "random.h"
#include "sign_p.h"
#include "sodium_p.h"

enum {
	VERSION = 1, /* the first byte of what is sealed */
	NONCE_BYTES = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
	TAG_BYTES = crypto_aead_xchacha20poly1305_ietf_ABYTES,
	HEAD_BYTES = 1 + NONCE_BYTES,
};
static_assert((int)SEAL_EXTRA_BYTES == (int)HEAD_BYTES + (int)TAG_BYTES, "what a seal adds");
static_assert((int)crypto_aead_xchacha20poly1305_ietf_KEYBYTES == (int)HASH_BYTES,
    "a key is a hash");

static void
wipe_key(struct hash *key)
{
	secret_wipe(key, sizeof(*key));
}

/* The seed signs, too: what seals is another key, made from it. */
static struct hash
key_of(const struct sign_key *key)
{
	const struct str purpose = S("torana seal v1");
	uint8_t seed[SIGN_SEED_BYTES];

	sodium_ready();
	sign_key_seed(key, seed);
	struct hash ret = hash_hmac((struct str){ (const char *)seed, sizeof(seed) }, &purpose, 1);
	secret_wipe(seed, sizeof(seed));
	return ret;
}

static enum err
full(struct why *why)
{
	return fail(why, ERR_LIMIT, "seal.memory", "no memory for the seal");
}

enum err
seal_make(struct arena *a, const struct sign_key *key, struct str of, struct str text,
    struct str *ret, struct why *why)
{
	CLEANUP(wipe_key) struct hash secret = key_of(key);
	uint8_t *out = arena_make(a, uint8_t, text.len + SEAL_EXTRA_BYTES);

	if (out == NULL)
		return full(why);
	out[0] = VERSION;
	random_bytes(out + 1, NONCE_BYTES);
	/* Cannot fail: the text is far shorter than the construction's bound. */
	(void)crypto_aead_xchacha20poly1305_ietf_encrypt(out + HEAD_BYTES, NULL,
	    (const unsigned char *)text.ptr, text.len, (const unsigned char *)of.ptr, of.len, NULL,
	    out + 1, secret.byte);
	*ret = (struct str){ (const char *)out, text.len + SEAL_EXTRA_BYTES };
	return OK;
}

enum err
seal_open(struct arena *a, const struct sign_key *key, struct str of, struct str sealed,
    struct str *ret, struct why *why)
{
	CLEANUP(wipe_key) struct hash secret = key_of(key);
	const unsigned char *in = (const unsigned char *)sealed.ptr;
	bool whole = sealed.len >= SEAL_EXTRA_BYTES && in[0] == VERSION;
	size_t len = whole ? sealed.len - SEAL_EXTRA_BYTES : 0;
	uint8_t *out = arena_make(a, uint8_t, len + 1);

	if (out == NULL)
		return full(why);
	if (!whole || crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL, in + HEAD_BYTES,
	                  sealed.len - HEAD_BYTES, (const unsigned char *)of.ptr, of.len, in + 1,
	                  secret.byte) != 0)
		return fail(why, ERR_TAMPERED, "seal.open",
		    "it was sealed under another key or for something else, or was changed");
	*ret = (struct str){ (const char *)out, len };
	return OK;
}
