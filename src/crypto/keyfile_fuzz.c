#include "keyfile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A line opens for one role and one realm at most. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct str line = { (const char *)data, size };
	const struct str realms[] = { S("real"), S("exercise"), S("demo") };
	unsigned opened = 0;

	for (unsigned role = 0; role < KEY_ROLES; role++) {
		for (size_t i = 0; i < COUNTOF(realms); i++) {
			CLEANUP(sign_key_freep) struct sign_key *key = NULL;
			if (keyfile_parse(line, (enum key_role)role, realms[i], &key, NULL) == OK)
				opened++;
		}
	}
	if (opened > 1)
		__builtin_trap();
	return 0;
}
