/* totp.h: codes of an authenticator, and the text in which it is given its secret.
 *
 * Source: RFC 6238 (HMAC-SHA-1, 6 digits, 30 s: what authenticators expect),
 * RFC 4226, RFC 4648 section 6. */
#pragma once

#include "base.h"
#include "clock.h"

enum {
	TOTP_SECRET_BYTES = 20, /* RFC 4226, section 4: 160 bits are recommended */
	TOTP_SECRET_TEXT = 33,  /* base32, with a NUL */
	TOTP_DIGITS = 6,
	TOTP_STEP_S = 30,
	TOTP_STEPS_APART = 1, /* a clock may be half a minute off: one step each way */
};

/* The step that an instant lies in. */
int64_t totp_step(time_us at);

/* The code of a step; ret has TOTP_DIGITS digits and a NUL. */
void totp_code(struct str secret, int64_t step, char ret[TOTP_DIGITS + 1]);

/* Whether `code` is that of a step near `now` and later than `after`; *ret is
 * the step.  Takes as long for each wrong code. */
bool totp_fits(struct str secret, struct str code, time_us now, int64_t after, int64_t *ret);

/* A secret of TOTP_SECRET_BYTES in base32, without padding: its length needs none. */
void totp_secret_text(const uint8_t secret[TOTP_SECRET_BYTES], char ret[TOTP_SECRET_TEXT]);
