/* disk.h: all of the bytes, and names that a power cut does not take back.
 *
 * A function that returns false leaves the cause in errno: how the failure is
 * worded is the caller's.  Safe from any thread. */
#pragma once

#include "base.h"

/* For CLEANUP: closes a descriptor, unless it is negative. */
void fd_closep(int *fd);

/* Writes all of the bytes, whatever interrupts it; on the disk after fsync(). */
bool fd_write(int fd, struct str bytes);

/* Makes the names in a folder durable. */
bool disk_sync_folder(const char *folder);

/* The same for the folder in which path lies: after a rename. */
bool disk_sync_folder_of(const char *path);
