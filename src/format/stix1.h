/* stix1.h: telling STIX 1 from what this program reads. */
#pragma once

#include "base.h"

/* Refuses a text that is STIX 1, as XML or as an export of that to JSON, and any other XML:
 * nothing here reads it, so whoever has it is told what does.  Looks at the start of the text
 * only; OK says nothing of what it is else.
 *
 * ERR_INVALID   import.stix1, import.xml */
enum err stix1_refuse(struct str text, struct why *why);
