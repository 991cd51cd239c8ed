/* name_p.h: how types, properties and dictionary keys may be called (private to stix).
 *
 * Source: STIX 2.1, sections 2.3, 2.9, 3.1 and 3.2. */
#pragma once

#include "base.h"

enum { NAME_MIN = 3, NAME_MAX = 250 }; /* characters of a name; the specification's bounds */

/* [a-z][a-z0-9-]*, no hyphen at the end nor beside another. */
bool name_is_type(struct str name);

/* [a-z][a-z0-9_]* */
bool name_is_property(struct str name);

/* The version digit of the UUID of an identifier that stix_id_is() accepted. */
int id_version(struct str id);
