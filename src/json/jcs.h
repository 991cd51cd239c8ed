/* jcs.h: the canonical form of JSON (RFC 8785), over which hashes are made.
 *
 * Two texts with the same canonical form are the same JSON value.  Members
 * stand in the order of their UTF-16 code units, numbers are written as
 * ECMAScript writes the nearest double, strings with the fewest escapes.
 * A number without a double (1e400), or with one that hides it (1e-400 would
 * be 0), has no canonical form. */
#pragma once

#include "buf.h"
#include "json.h"

/* Appends the canonical form of v, a tree of json_parse().
 *
 * OK
 * ERR_INVALID   a number lies outside the range of a double
 * ERR_LIMIT     out is full; what it holds is not complete */
enum err jcs_write(const struct json *v, struct buf *out, struct why *why);

/* The order of member names: <0, 0, >0.  Source: RFC 8785, section 3.2.3. */
int jcs_key_cmp(struct str a, struct str b);

/* Brings n members, of different names, into that order. */
void jcs_sort(const struct json **member, size_t n);
