/* files_p.h: files below a folder that are complete and durable, or not there.
 *
 * A writer that dies leaves at most a name that ends in ".new", which the next
 * one overwrites: there is one writer per folder. */
#pragma once

#include "base.h"
#include "buf.h"

enum { FILES_PATH_MAX = 4096 };

/* Writes folder/path: a temporary file beside it, fsync, rename, fsync of the
 * folder; makes the folders between.  ERR_IO. */
enum err files_write(const char *folder, const char *path, struct str bytes, struct why *why);

/* Appends what is in folder/path.
 *
 * ERR_NOT_FOUND   there is no such file
 * ERR_LIMIT       it is larger than the room in ret
 * ERR_IO          the disk */
enum err files_read(const char *folder, const char *path, struct buf *ret, struct why *why);

/* Removes a file or an empty folder, if it is there and can be. */
void files_remove(const char *folder, const char *path);

/* Calls fn with the name of everything in folder/path, which need not exist.
 * An error of fn ends it. */
typedef enum err files_name_fn(void *arg, const char *name, struct why *why);
enum err files_each(const char *folder, const char *path, files_name_fn *fn, void *arg,
    struct why *why);
