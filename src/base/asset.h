/* asset.h: files that are part of the program, as tools/embed.py writes them.
 *
 * A table is sorted by path and lives as long as the program.  A zero byte
 * that is not counted follows the bytes of each, so that a text is a C string. */
#pragma once

#include "base.h"

struct asset {
	const char *path; /* below the folder that was embedded, without a slash in front */
	const char *type; /* "text/html; charset=utf-8" */
	const char *etag; /* with its quotes */
	struct str bytes;
};
