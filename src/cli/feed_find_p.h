/* feed_find_p.h: looking for the TAXII server of a domain (private to cli). */
#pragma once

#include "cli.h"

/* Shows what the domain's SRV records say, in the order to try; exit 1 when there are none. */
int cli_feed_find(struct cli *c);
