/* stamp_p.h: timestamps as text of any precision (private to stix).
 *
 * All functions take what time_parse() accepted. */
#pragma once

#include "base.h"

/* Without the zeros at the end of the fraction, and without a fraction that
 * is nothing else; the Z is left out, too. */
struct str stamp_trim(struct str stamp);

/* The order of the instants, exact however many digits there are. */
int stamp_cmp(struct str a, struct str b);

/* The digits after the point. */
size_t stamp_digits(struct str stamp);
