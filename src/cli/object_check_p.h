/* object_check_p.h: commands of objects that need no node (private to cli). */
#pragma once

#include "cli.h"

/* Each object of a bundle, an envelope, a list, or one object: problems as a list or as
 * JSON; exit 1 when one would be rejected. */
int object_check(struct cli *c);

/* The deterministic id of an observable; exit 1 when it has none. */
int object_id(struct cli *c);
