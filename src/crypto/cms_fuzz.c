#include "cms.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ARENA_MAX = 16 * MIB };

/* A CA whose key nobody has: it was thrown away when the certificate was made. */
static const char ca[] = "-----BEGIN CERTIFICATE-----\n"
                         "MIIBdzCCAR2gAwIBAgIUL7Q5a/hIWDZxKNTuArsLwIEBISMwCgYIKoZIzj0EAwIw\n"
                         "ETEPMA0GA1UEAwwGTm9ib2R5MB4XDTI2MTEyMjEwNTYzMloXDTM2MTExOTEwNTYz\n"
                         "MlowETEPMA0GA1UEAwwGTm9ib2R5MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n"
                         "nlsVqoMMoPtXpoC77KeLJlkvCvs35ri6bX9TZJKLSvoQFR+rug706LbGqgvYo05D\n"
                         "xH2GIuxv4vWS3YmNnph6PaNTMFEwHQYDVR0OBBYEFP6+HrPk0P7J6hbx7jfUg1FS\n"
                         "6u0GMB8GA1UdIwQYMBaAFP6+HrPk0P7J6hbx7jfUg1FS6u0GMA8GA1UdEwEB/wQF\n"
                         "MAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIgRV3r0zb3nf5MbYIrnY+dnIDK+8uRyM+J\n"
                         "I4bo64tL6UMCIQDyv9fy+bQBXYOO1wwBP6t8QK4fVnfimOIyjSgIznny/g==\n"
                         "-----END CERTIFICATE-----\n";

/* Whatever a stranger sends is read without harm, and nothing of it rests on that CA. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new(ARENA_MAX);
	const struct cms_ask ask = {
		.signature = { (const char *)data, size },
		.text = S("text"),
		.ca = str_of(ca),
		.at = INT64_C(1'795'000'000) * US_PER_S,
	};
	struct cms_signers got;

	if (cms_verify(arena, &ask, &got, NULL) == OK)
		__builtin_trap();
	return 0;
}
