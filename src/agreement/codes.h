/* codes.h: the reason codes, each with what it says to a person.
 *
 * A code is stable: partners, statistics and translations rely on it.  The key
 * of a message catalogue is "reason." and the code.  Codes that begin with "N-"
 * belong to one party's law and are never shown to the partner, who sees the
 * shared code of the rule instead. */
#pragma once

#include "base.h"

struct reason {
	const char *code;
	const char *text; /* English, one sentence */
};

extern const struct reason reasons[];
extern const size_t reasons_count;

/* The text of a code; of one that is not in the table, a sentence that says so. */
const char *reason_text(struct str code);
