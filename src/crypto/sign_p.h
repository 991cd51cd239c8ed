/* sign_p.h: the seed of a key, for the key file, boxes and seals. */
#pragma once

#include "sign.h"

/* The seed from which sign_key_from_seed() makes the same key; the caller
 * wipes it. */
void sign_key_seed(const struct sign_key *key, uint8_t ret[SIGN_SEED_BYTES]);
