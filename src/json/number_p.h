/* number_p.h: doubles as ECMAScript writes them. */
#pragma once

#include "base.h"
#include "buf.h"

/* Appends n, which is finite.  Source: ECMA-262, Number::toString; RFC 8785,
 * section 3.2.2.3. */
void json_number_put(struct buf *out, double n);
