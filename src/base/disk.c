#include "disk.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

void
fd_closep(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
}

bool
fd_write(int fd, struct str bytes)
{
	while (bytes.len > 0) {
		ssize_t n = write(fd, bytes.ptr, bytes.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		bytes = str_sub(bytes, (size_t)n, bytes.len);
	}
	return true;
}

bool
disk_sync_folder(const char *folder)
{
	CLEANUP(fd_closep) int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd >= 0 && fsync(fd) == 0;
}

bool
disk_sync_folder_of(const char *path)
{
	CLEANUP(heap_freep) char *folder = heap_cstr(str_of(path));
	char *slash = strrchr(folder, '/');

	if (slash == NULL)
		return disk_sync_folder(".");
	slash[slash == folder ? 1 : 0] = '\0';
	return disk_sync_folder(folder);
}
