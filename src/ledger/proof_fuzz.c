#include "ledger.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ARENA_MAX = 8 * MIB };

/* The key under which the seeds were signed. */
static struct note_key
key_of_seeds(void)
{
	const uint8_t seed[SIGN_SEED_BYTES] = { 1 };
	CLEANUP(sign_key_freep) struct sign_key *secret = sign_key_from_seed(seed);
	struct verify_key public = sign_key_public(secret);
	struct note_key key;

	if (note_key_make(S("jp.example/real"), NOTE_ED25519, &public, &key, NULL) != OK)
		__builtin_trap();
	return key;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new(ARENA_MAX);
	const struct str bytes = { (const char *)data, size };
	const struct note_key key = key_of_seeds();
	struct ledger_proved proved;

	if (ledger_proof_verify(arena, bytes, &key, NULL, &proved, NULL) != OK)
		return 0;
	if (proved.leaf >= proved.head.size || !str_is(proved.origin, key.name) ||
	    proved.record.len == 0 || proved.cosigned)
		__builtin_trap();
	return 0;
}
