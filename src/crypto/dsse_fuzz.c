#include "dsse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ARENA_MAX = 4 * MIB };

static bool
is_same(const struct dsse *a, const struct dsse *b)
{
	bool same = str_eq(a->payload, b->payload) && str_eq(a->payload_type, b->payload_type) &&
	            a->signatures == b->signatures;

	for (size_t i = 0; same && i < a->signatures; i++)
		same = str_eq(a->signature[i].keyid, b->signature[i].keyid) &&
		       memcmp(&a->signature[i].signature, &b->signature[i].signature,
		           SIGNATURE_BYTES) == 0;
	return same;
}

/* What is read can be written and read again, and nobody's key is found in it:
 * the input cannot know a key that is made here. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new(ARENA_MAX);
	CLEANUP(sign_key_freep) struct sign_key *secret = sign_key_new();
	CLEANUP(buf_free) struct buf out = buf_new(ARENA_MAX);
	struct verify_key key = sign_key_public(secret);
	struct dsse_verdict verdict;
	struct dsse envelope;
	struct dsse again;

	if (dsse_parse(arena, (struct str){ (const char *)data, size }, &envelope, NULL) != OK)
		return 0;
	if (dsse_verify(&envelope, &key, 1, &verdict, NULL) == OK)
		__builtin_trap();
	if (dsse_write(&envelope, &out, NULL) == OK &&
	    dsse_parse(arena, buf_str(&out), &again, NULL) == OK && !is_same(&envelope, &again))
		__builtin_trap();
	if (envelope.signatures < DSSE_SIGNATURES_MAX &&
	    (dsse_sign(&envelope, secret, arena, NULL) != OK ||
	        dsse_verify(&envelope, &key, 1, &verdict, NULL) != OK || verdict.distinct != 1))
		__builtin_trap();
	return 0;
}
