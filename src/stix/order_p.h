/* order_p.h: the members of an object as its hashes see them. */
#pragma once

#include "stix.h"

/* In the order of their names; NULL: the arena is full. */
const struct json **order_members(struct arena *a, const struct json *object);

/* Whether a member of the object itself says what its absence says. */
bool order_is_default(const struct stix_object *o, const struct json *member);
