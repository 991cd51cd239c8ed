/* seal.h: our own secrets at rest, sealed under a key that lies elsewhere.
 *
 * Who has only a copy of the database reads nothing.  A sealed text names what
 * it belongs to, and opens for nothing else: one row's secret cannot be put
 * into another row.  For other people's eyes there is box.h.
 *
 * Source: XChaCha20-Poly1305 (libsodium, IETF construction), under a key
 * derived from a key file's seed. */
#pragma once

#include "base.h"
#include "sign.h"

enum { SEAL_EXTRA_BYTES = 41 }; /* version, nonce and tag beside what is in it */

/* Seals a text that belongs to `of`; the result lies in the arena.
 *
 * ERR_LIMIT   the arena is full */
enum err seal_make(struct arena *a, const struct sign_key *key, struct str of, struct str text,
    struct str *ret, struct why *why);

/* Opens what seal_make() made for the same key and the same `of`.
 *
 * ERR_TAMPERED   sealed under another key or for something else, or changed
 * ERR_LIMIT      the arena is full */
enum err seal_open(struct arena *a, const struct sign_key *key, struct str of, struct str sealed,
    struct str *ret, struct why *why);
