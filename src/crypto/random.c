#include "random.h"

#include <stdlib.h>
#include <threads.h>

#include <sodium.h>

#include "sodium_p.h"

static void
start(void)
{
	/* Fails only where the kernel gives no random bytes: nothing can be safe then. */
	if (sodium_init() < 0)
		abort();
}

void
sodium_ready(void)
{
	static once_flag once = ONCE_FLAG_INIT;

	call_once(&once, start);
}

void
random_bytes(void *ret, size_t len)
{
	sodium_ready();
	randombytes_buf(ret, len);
}

bool
secret_eq(const void *a, const void *b, size_t len)
{
	return sodium_memcmp(a, b, len) == 0;
}

void
secret_wipe(void *bytes, size_t len)
{
	sodium_memzero(bytes, len);
}
