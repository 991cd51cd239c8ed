#include "uuid_make.h"

#include <stdlib.h>

#include <gnutls/crypto.h>

#include "random.h"

enum { SHA1_BYTES = 20 };

struct uuid
uuid_v4(void)
{
	uint8_t byte[UUID_BYTES];

	random_bytes(byte, sizeof(byte));
	return uuid_from_bytes(byte, 4);
}

struct uuid
uuid_v5(const struct uuid *space, struct str name)
{
	uint8_t digest[SHA1_BYTES];
	gnutls_hash_hd_t handle;

	/* The library refuses a hash only for want of memory. */
	if (gnutls_hash_init(&handle, GNUTLS_DIG_SHA1) < 0 ||
	    gnutls_hash(handle, space->byte, UUID_BYTES) < 0 ||
	    (name.len > 0 && gnutls_hash(handle, name.ptr, name.len) < 0))
		abort();
	gnutls_hash_deinit(handle, digest);
	return uuid_from_bytes(digest, 5);
}
