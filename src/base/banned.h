/* banned.h: calls that do not compile in src/ (forced in by the build).
 *
 * Each is unbounded, not thread-safe, depends on the locale, or is a second
 * way to do what base/ does. */
#pragma once

#if !defined(__cplusplus) && !defined(__ASSEMBLER__)
/* The headers first: poisoning a name makes its later declaration an error. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
/* Under clang, glibc's fortified headers define these two as macros. */
#undef sprintf
#undef vsprintf
#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf gets strtok strtok_r
#pragma GCC poison atoi atol atoll atof localtime gmtime asctime ctime rand srand
#endif
