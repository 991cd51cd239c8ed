/* uuid_make.h: new UUIDs: random ones and those derived from a name.
 *
 * SHA-1 serves nothing but version 5, where RFC 4122 prescribes it; no
 * decision of trust may rest on such an id. */
#pragma once

#include "base.h"
#include "uuid.h"

/* 122 random bits. */
struct uuid uuid_v4(void);

/* The same for the same namespace and name.  Source: RFC 4122, section 4.3. */
struct uuid uuid_v5(const struct uuid *space, struct str name);
