/* observable_p.h: computing identifiers without an arena (private to stix). */
#pragma once

#include "stix.h"

/* An object of the properties that contribute: eight of network-traffic, and
 * the one hash. */
enum { OBSERVABLE_NODES = 10 };

/* stix_observable_id() over nodes that the caller provides. */
enum err observable_id(const struct json *object, struct json node[OBSERVABLE_NODES], char *ret,
    struct why *why);
