/* network_p.h: addresses and networks of ISSUBSET and ISSUPERSET (private to
 * pattern).  Source: RFC 4632, section 3.1; RFC 4291, section 2.3. */
#pragma once

#include "base.h"

struct network {
	unsigned bytes; /* 4 or 16 */
	unsigned prefix;
	unsigned char address[16]; /* bits behind the prefix are 0 */
};

/* An address, or one with "/" and a prefix length; bits behind the prefix are
 * cleared.  false: neither. */
bool network_parse(struct str text, struct network *ret);

/* Whether each address of inner is one of outer; false for different families. */
bool network_contains(const struct network *outer, const struct network *inner);
