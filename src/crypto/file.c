#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "codec.h"
#include "disk.h"
#include "file_p.h"
#include "random.h"

enum { TEMP_BYTES = 8, PATH_BYTES_MAX = 4096 };

/* A name that is removed when it leaves scope, unless it was set to "". */
struct temp {
	char path[PATH_BYTES_MAX];
};

static void
temp_removep(const struct temp *temp)
{
	if (temp->path[0] != '\0')
		(void)unlink(temp->path);
}

static enum err
disk_fail(const char *path, const char *doing, struct why *why)
{
	char text[128];

	return fail(why, ERR_IO, "file.io", "%s: %s: %s", path, doing,
	    strerror_r(errno, text, sizeof(text)));
}

static enum err
name_temp(const char *path, struct temp *ret, struct why *why)
{
	uint8_t random[TEMP_BYTES];
	char suffix[2 * TEMP_BYTES + 1];

	random_bytes(random, sizeof(random));
	hex_text(random, sizeof(random), suffix);
	int len = snprintf(ret->path, sizeof(ret->path), "%s.%s", path, suffix);
	if (len < 0 || (size_t)len >= sizeof(ret->path)) {
		ret->path[0] = '\0';
		return fail(why, ERR_IO, "file.path", "the path has more than %d bytes",
		    PATH_BYTES_MAX - 2 * TEMP_BYTES - 2);
	}
	return OK;
}

enum err
file_create(const char *path, mode_t mode, struct str bytes, struct why *why)
{
	struct temp name;

	TRY(name_temp(path, &name, why));
	CLEANUP(fd_closep) int fd = open(name.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	if (fd < 0)
		return disk_fail(path, "creating", why);
	CLEANUP(temp_removep) struct temp temp = name;

	/* The umask may have taken bits away. */
	if (fchmod(fd, mode) != 0)
		return disk_fail(path, "setting the mode", why);
	if (!fd_write(fd, bytes) || fsync(fd) != 0)
		return disk_fail(path, "writing", why);
	if (renameat2(AT_FDCWD, temp.path, AT_FDCWD, path, RENAME_NOREPLACE) != 0) {
		if (errno == EEXIST)
			return fail(why, ERR_CONFLICT, "file.exists", "%s is there already", path);
		return disk_fail(path, "renaming", why);
	}
	temp.path[0] = '\0';
	if (!disk_sync_folder_of(path))
		return disk_fail(path, "writing the folder to the disk", why);
	return OK;
}
