/* password.h: passwords kept as Argon2id.
 *
 * The stored text names its own cost, so that old ones stay readable when the
 * cost rises.  One call takes 64 MiB and some 80 ms on purpose: the caller
 * limits how many run at once.
 *
 * Source: RFC 9106. */
#pragma once

#include "base.h"

enum {
	PASSWORD_BYTES_MAX = 1024, /* longer is nobody's password */
	PASSWORD_TEXT_MAX = 128,   /* of the stored text, with its NUL */
};

/* The text to store.
 *
 * ERR_INVALID   the password is empty
 * ERR_LIMIT     it is longer than PASSWORD_BYTES_MAX
 * ERR_IO        64 MiB of memory cannot be had */
enum err password_hash(struct str password, char ret[PASSWORD_TEXT_MAX], struct why *why);

/* Checks a password against a stored text.  With an empty text (no such user)
 * it takes as long as with a real one and answers ERR_UNAUTHORIZED.
 *
 * ERR_UNAUTHORIZED   another password
 * ERR_INVALID        the stored text is not Argon2id, or asks for a cost
 *                    outside our bounds
 * ERR_LIMIT          the password is longer than PASSWORD_BYTES_MAX */
enum err password_verify(struct str password, struct str stored, struct why *why);

/* Whether the stored text was made at another cost than today's: after the
 * next good login it is made anew. */
bool password_is_outdated(struct str stored);
