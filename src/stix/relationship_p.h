/* relationship_p.h: which types may be linked how (private to stix). */
#pragma once

#include "stix.h"

/* Whether `targets`, type names and groups (@sdo, @sco) between blanks, covers
 * a type.  A type that STIX 2.1 does not define belongs to every group, a
 * bundle to none. */
bool relationship_is_target(const char *targets, struct str type);

/* Of a type that neither the specification defines nor the incident core extension: nothing is
 * known of how it is linked. */
bool relationship_is_foreign(struct str type);

/* Of the types that the incident core extension links: incident, event, impact and task. */
bool relationship_is_of_incidents(struct str type);

/* Whether the specification, or that extension, names this relationship between any two types. */
bool relationship_is_type(struct str type);

/* Whether one of them names it between these types. */
bool relationship_is_named(struct str type, struct str source, struct str target);
