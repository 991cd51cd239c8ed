/* crash.h: named places at which a test can end the program like a power cut.
 *
 * In builds with -Dcrash_points=true (the default build, never the release)
 * TORANA_CRASH=NAME:N kills the process at the N-th pass of that place.  In
 * all others the macro is nothing. */
#pragma once

#include "base.h"

#ifdef TORANA_CRASH_POINTS
/* name is a literal without ':'. */
void crash_point(const char *name);
#define CRASH_POINT(name) crash_point(name)
#else
#define CRASH_POINT(name) ((void)0)
#endif
