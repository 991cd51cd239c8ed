/* box.h: bytes sealed so that only the holder of one key can open them.
 *
 * A person's key is the same kind as every other here (Ed25519, keyfile.h); a
 * box is sealed to the X25519 key that belongs to it.  It says nothing about
 * who sealed it: sign what carries it.
 *
 * Source: libsodium's sealed boxes (X25519, XSalsa20-Poly1305). */
#pragma once

#include "base.h"
#include "sign.h"

enum { BOX_EXTRA_BYTES = 48 }; /* of a sealed box over what is in it */

/* Seals text to the holder of `to`; the box lies in the arena.
 *
 * ERR_INVALID   no key that a box can be sealed to
 * ERR_LIMIT     the arena is full */
enum err box_seal(struct arena *a, const struct verify_key *to, struct str text, struct str *ret,
    struct why *why);

/* Opens a box with the key it was sealed to.
 *
 * ERR_TAMPERED   sealed to another key, or changed on its way
 * ERR_LIMIT      the arena is full */
enum err box_open(struct arena *a, const struct sign_key *key, struct str box, struct str *ret,
    struct why *why);
