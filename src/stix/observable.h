/* observable.h: what identifies an observable, for who makes one. */
#pragma once

#include "stix.h"

/* Whether this property is among those that the deterministic id of the type
 * is made of; false for a type that STIX 2.1 does not define. */
bool stix_identifies(struct str type, struct str property);
