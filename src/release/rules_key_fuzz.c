/* Any bytes as a statement about a rules key, as they are and signed: read, or
 * refused with a reason; what is read names a new key that signed. */
#include "rules_key.h"

#include <stdlib.h>

#include "dsse.h"

enum { FUZZ_ARENA_MAX = 64 * MIB };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
need(bool holds)
{
	if (!holds)
		abort();
}

static bool
is_read(struct arena *a, struct str text, const struct rules_keys *keys, struct rules_key_wish *ret)
{
	struct why why = { 0 };
	enum err err = rules_key_read(a, text, keys, S("demo"), ret, &why);

	need(err == OK || (why.code != NULL && why.text[0] != '\0'));
	return err == OK;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const uint8_t seeds[2][32] = { { 1 }, { 2 } };
	CLEANUP(arena_freep) struct arena *a = arena_new(FUZZ_ARENA_MAX);
	CLEANUP(buf_free) struct buf out = buf_new(DSSE_BYTES_MAX);
	CLEANUP(sign_key_freep) struct sign_key *next = sign_key_from_seed(seeds[0]);
	CLEANUP(sign_key_freep) struct sign_key *now = sign_key_from_seed(seeds[1]);
	const struct rules_keys keys = { .now = sign_key_public(now) };
	const struct verify_key proved = sign_key_public(next);
	struct dsse e = { .payload_type = S(RULES_KEY_TYPE),
		.payload = { (const char *)data, len } };
	struct rules_key_wish wish;

	if (is_read(a, e.payload, &keys, &wish))
		need(!verify_key_eq(&wish.next, &keys.now));
	if (dsse_sign(&e, next, a, NULL) != OK || dsse_write(&e, &out, NULL) != OK)
		return 0;
	if (is_read(a, buf_str(&out), &keys, &wish))
		need(verify_key_eq(&wish.next, &proved) && !wish.by_old);
	return 0;
}
