/* rules_key_p.h: what changes the rules key of a realm (private to release). */
#pragma once

#include "rules_key.h"

/* From now on `next` signs the packs; what was active by then stays. */
enum err rules_keys_replace(struct db *db, struct arena *a, const struct rules_keys *keys,
    const struct verify_key *next, time_us at, struct why *why);
