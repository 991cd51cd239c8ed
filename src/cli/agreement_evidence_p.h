/* agreement_evidence_p.h: the command `agreement evidence` (private to cli). */
#pragma once

#include "cli.h"

extern const struct cli_option agreement_evidence_options[4];

/* Returns the exit code. */
int agreement_evidence(struct cli *c);
