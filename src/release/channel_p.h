/* channel_p.h: the names of channels, as orders store them (private to release). */
#pragma once

#include "agreement.h"

const char *channel_name(enum channel c); /* "auto", "officer", "person" */

/* What is stored under no name that is known counts as an officer's. */
enum channel channel_read(struct str name);
