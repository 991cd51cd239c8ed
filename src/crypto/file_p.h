/* file_p.h: new files that are complete and durable, or not there. */
#pragma once

#include <sys/types.h>

#include "base.h"

/* Writes bytes to a new file: a temporary one beside it, fsync, rename without
 * replacing, fsync of the folder.
 *
 * ERR_CONFLICT   there is a file of this name
 * ERR_IO         the disk */
enum err file_create(const char *path, mode_t mode, struct str bytes, struct why *why);
