/* agreement_show_p.h: the command `agreement show` (private to cli). */
#pragma once

#include "cli.h"

/* Returns the exit code. */
int agreement_show(struct cli *c);
