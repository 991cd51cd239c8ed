#include <stdlib.h>

#include "exchange_p.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ARENA_MAX = 16 * MIB };

/* What is accepted has one form, names a place to talk to and keys that say
 * what they are for. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_MAX);
	struct str text = { (const char *)data, size };
	struct str realm;
	struct peer peer;
	struct note_key log_key, witness_key;
	struct why why = { 0 };

	if (invitation_read(a, text, &peer, &realm, &why) != OK) {
		if (why.text[0] == '\0')
			abort();
		return 0;
	}
	if (!str_starts(peer.url, S("https://")) || !str_eq(peer.invitation, text) ||
	    note_key_parse(peer.log_key, &log_key, NULL) != OK || log_key.type != NOTE_ED25519 ||
	    note_key_parse(peer.witness_key, &witness_key, NULL) != OK ||
	    witness_key.type != NOTE_COSIGNATURE)
		abort();
	return 0;
}
