#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "disk.h"
#include "files_p.h"

enum { FOLDER_MODE = 0700, FILE_MODE = 0600, READ_STEP = 16 * KIB };

static void
dir_closep(DIR **dir)
{
	if (*dir != NULL)
		(void)closedir(*dir);
}

static enum err
disk_fail(const char *path, const char *doing, struct why *why)
{
	char text[128];

	return fail(why, ERR_IO, "ledger.disk", "%s: %s: %s", path, doing,
	    strerror_r(errno, text, sizeof(text)));
}

static enum err
join(const char *folder, const char *path, const char *end, char ret[FILES_PATH_MAX],
    struct why *why)
{
	int len = snprintf(ret, FILES_PATH_MAX, "%s/%s%s", folder, path, end);

	if (len < 0 || len >= FILES_PATH_MAX)
		return fail(why, ERR_IO, "ledger.path", "a path below %s is too long", folder);
	return OK;
}

static enum err
sync_folder(const char *path, struct why *why)
{
	if (!disk_sync_folder(path))
		return disk_fail(path, "writing the folder to the disk", why);
	return OK;
}

/* Makes the folders of path that are missing below the first `from` bytes. */
static enum err
make_folders(char *path, size_t from, struct why *why)
{
	size_t parent = from;

	for (size_t i = from + 1; path[i] != '\0'; i++) {
		if (path[i] != '/')
			continue;
		path[i] = '\0';
		bool made = mkdir(path, FOLDER_MODE) == 0;
		if (!made && errno != EEXIST)
			return disk_fail(path, "making the folder", why);
		path[parent] = '\0';
		enum err err = made ? sync_folder(path, why) : OK;
		path[parent] = '/';
		path[i] = '/';
		TRY(err);
		parent = i;
	}
	return OK;
}

enum err
files_write(const char *folder, const char *path, struct str bytes, struct why *why)
{
	char final[FILES_PATH_MAX], temp[FILES_PATH_MAX];

	TRY(join(folder, path, "", final, why));
	TRY(join(folder, path, ".new", temp, why));
	TRY(make_folders(final, strlen(folder), why));

	CLEANUP(fd_closep) int fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, FILE_MODE);
	if (fd < 0)
		return disk_fail(temp, "creating", why);
	if (!fd_write(fd, bytes) || fsync(fd) != 0)
		return disk_fail(temp, "writing", why);
	if (rename(temp, final) != 0)
		return disk_fail(final, "renaming", why);
	*strrchr(final, '/') = '\0';
	return sync_folder(final, why);
}

enum err
files_read(const char *folder, const char *path, struct buf *ret, struct why *why)
{
	char full[FILES_PATH_MAX];

	TRY(join(folder, path, "", full, why));
	CLEANUP(fd_closep) int fd = open(full, O_RDONLY | O_CLOEXEC);
	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return fail(why, ERR_NOT_FOUND, "ledger.no-file", "there is no file %s", full);
	if (fd < 0)
		return disk_fail(full, "opening", why);
	for (;;) {
		char step[READ_STEP];
		ssize_t n = read(fd, step, sizeof(step));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return disk_fail(full, "reading", why);
		if (n == 0)
			return OK;
		buf_put(ret, (struct str){ step, (size_t)n });
		TRY(buf_check(ret, full, why));
	}
}

void
files_remove(const char *folder, const char *path)
{
	char full[FILES_PATH_MAX];

	if (join(folder, path, "", full, NULL) == OK && unlink(full) != 0)
		(void)rmdir(full);
}

enum err
files_each(const char *folder, const char *path, files_name_fn *fn, void *arg, struct why *why)
{
	char full[FILES_PATH_MAX];

	TRY(join(folder, path, "", full, why));
	CLEANUP(dir_closep) DIR *dir = opendir(full);
	if (dir == NULL)
		return errno == ENOENT ? OK : disk_fail(full, "opening the folder", why);
	for (const struct dirent *at = readdir(dir); at != NULL; at = readdir(dir)) {
		if (at->d_name[0] != '.')
			TRY(fn(arg, at->d_name, why));
	}
	return OK;
}
