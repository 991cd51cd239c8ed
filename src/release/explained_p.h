/* explained_p.h: whether somebody says what the markings of an object mean who may. */
#pragma once

#include "release.h"

/* Whether each marking of a stored object is predefined, unknown to all, or explained by whom
 * store_explains() lets speak for it.  The gate and showing inside the party ask alike. */
enum err explained_markings(struct db *db, const struct stored *of, const struct stix_object *o,
    bool *ret, struct why *why);
