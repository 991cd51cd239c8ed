/* observable_p.h: computing identifiers without an arena (private to stix). */
#pragma once

#include "stix.h"
#include "uuid.h"

/* An object of the properties that contribute: eight of network-traffic, and
 * the one hash. */
enum { OBSERVABLE_NODES = 10 };

/* stix_observable_id() over nodes that the caller provides. */
enum err observable_id(const struct json *object, struct json node[OBSERVABLE_NODES], char *ret,
    struct why *why);

/* The UUID of this name in the namespace that STIX 2.1, section 2.9, gives to observables. */
struct uuid observable_uuid(struct str name);

/* ---- namespace.c ---- */

/* Whether the id of an object that is no observable was provably made in that namespace: one of
 * the ways that producers are known to take gives it. */
bool observable_space_has(const struct json *object, struct str id);
