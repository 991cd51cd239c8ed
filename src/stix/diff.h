/* diff.h: in what two objects differ, place by place.
 *
 * What is the same object (SI-046) shows no difference: properties that have
 * their default count as absent, instants are compared as such. */
#pragma once

#include "stix.h"

enum { STIX_CHANGES_MAX = 100 }; /* a person reads these; a rewritten object has more */

struct stix_change {
	char pointer[WHY_WHERE_MAX]; /* JSON pointer; cut when it is longer */
	/* The values as they stand in each text; of length 0: absent there. */
	struct str before, after;
};

struct stix_diff {
	size_t len;
	size_t more; /* changes behind the first STIX_CHANGES_MAX */
	struct stix_change change[STIX_CHANGES_MAX];
};

/* Members are compared by name, lists by place.  Values are slices of the objects.
 * ret is large.  ERR_LIMIT: the arena is full. */
enum err stix_diff(const struct stix_object *before, const struct stix_object *after,
    struct arena *a, struct stix_diff *ret, struct why *why);
