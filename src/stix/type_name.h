/* type_name.h: what to say of a type that somebody typed.
 *
 * Types of others are allowed wherever a type is named.  A name that STIX 2.1 does not define is
 * therefore taken, and said: it may be a slip of the pen.  Names that begin with "x-" are meant. */
#pragma once

#include "base.h"

/* OK              STIX 2.1 or the incident core extension defines it, or it begins with "x-"
 * ERR_NOT_FOUND   (stix.type) neither; the text names the type that is near, if one is
 * ERR_INVALID     (stix.type-name) no object can be of that type */
enum err type_name_check(struct str name, struct why *why);

/* The same of an observable: other objects cannot be observed. */
enum err type_name_check_observable(struct str name, struct why *why);
