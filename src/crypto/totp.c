#include "totp.h"

#include <stdio.h>
#include <stdlib.h>

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

enum { SHA1_BYTES = 20, CODES = 1000 * 1000 };

int64_t
totp_step(time_us at)
{
	return at / (TOTP_STEP_S * US_PER_S);
}

/* RFC 4226, section 5.3. */
void
totp_code(struct str secret, int64_t step, char ret[TOTP_DIGITS + 1])
{
	uint8_t counter[8], mac[SHA1_BYTES] = { 0 };
	uint64_t rest = (uint64_t)step;

	for (size_t i = sizeof(counter); i > 0; i--) {
		counter[i - 1] = (uint8_t)rest;
		rest >>= 8;
	}
	/* The library refuses it only for want of memory. */
	if (gnutls_hmac_fast(GNUTLS_MAC_SHA1, secret.ptr, secret.len, counter, sizeof(counter),
	        mac) < 0)
		abort();
	size_t at = mac[SHA1_BYTES - 1] & 0xf;
	uint32_t number = (uint32_t)(mac[at] & 0x7f) << 24 | (uint32_t)mac[at + 1] << 16 |
	                  (uint32_t)mac[at + 2] << 8 | mac[at + 3];
	(void)snprintf(ret, TOTP_DIGITS + 1, "%06" PRIu32, number % CODES);
}

static bool
is_same(struct str code, const char *want)
{
	unsigned differs = code.len != TOTP_DIGITS;

	for (size_t i = 0; i < TOTP_DIGITS; i++)
		differs |= (unsigned)((i < code.len ? code.ptr[i] : 0) ^ want[i]);
	return differs == 0;
}

bool
totp_fits(struct str secret, struct str code, time_us now, int64_t after, int64_t *ret)
{
	int64_t middle = totp_step(now);
	bool fits = false;

	for (int64_t step = middle - TOTP_STEPS_APART; step <= middle + TOTP_STEPS_APART; step++) {
		char want[TOTP_DIGITS + 1];

		totp_code(secret, step, want);
		if (is_same(code, want) && step > after) {
			fits = true;
			*ret = step;
		}
	}
	return fits;
}

void
totp_secret_text(const uint8_t secret[TOTP_SECRET_BYTES], char ret[TOTP_SECRET_TEXT])
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	size_t out = 0;

	/* Five bytes are eight letters. */
	for (size_t i = 0; i < TOTP_SECRET_BYTES; i += 5) {
		uint64_t bits = 0;

		for (size_t k = 0; k < 5; k++)
			bits = bits << 8 | secret[i + k];
		for (int shift = 35; shift >= 0; shift -= 5)
			ret[out++] = letters[bits >> shift & 31];
	}
	ret[out] = '\0';
}
