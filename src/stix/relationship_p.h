/* relationship_p.h: which types may be linked how (private to stix). */
#pragma once

#include "stix.h"

/* Whether `targets`, type names and groups (@sdo, @sco) between blanks, covers
 * a type.  A type that STIX 2.1 does not define belongs to every group, a
 * bundle to none. */
bool relationship_is_target(const char *targets, struct str type);

/* Whether the specification names this relationship between any two types. */
bool relationship_is_type(struct str type);

/* Whether the specification names this relationship between these types. */
bool relationship_is_named(struct str type, struct str source, struct str target);
