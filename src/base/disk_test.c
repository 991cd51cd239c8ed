#include "disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cases.h"

static void
writes_all_of_it(void **state)
{
	enum { BYTES = 300 * 1000 };
	char path[] = "/tmp/disk-test-XXXXXX";
	CLEANUP(arena_freep) struct arena *a = arena_new(MIB);
	CLEANUP(fd_closep) int fd = mkostemp(path, O_CLOEXEC);
	char *bytes = arena_make(a, char, BYTES);

	(void)state;
	assert_true(fd >= 0);
	memset(bytes, 'x', BYTES);
	bytes[BYTES - 1] = 'y';
	assert_true(fd_write(fd, (struct str){ bytes, BYTES }));
	assert_true(fd_write(fd, S("")));
	struct str got = cases_file(a, path);
	assert_int_equal(unlink(path), 0);
	assert_true(str_eq(got, (struct str){ bytes, BYTES }));
}

static void
tells_why_it_could_not_write(void **state)
{
	CLEANUP(fd_closep) int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);

	(void)state;
	assert_true(fd >= 0);
	assert_false(fd_write(fd, S("a")));
	assert_int_equal(errno, ENOSPC);
}

static const struct folder_case {
	const char *name;
	const char *path;
	bool good;
} folder_cases[] = {
	{ "a file of the root", "/none", true },
	{ "a file of a folder", "/tmp/none", true },
	{ "a file of where we are", "none", true },
	{ "a file of no folder", "/tmp/none/none", false },
};

static void
check_folder(void **state)
{
	const struct folder_case *c = *state;

	assert_int_equal(disk_sync_folder_of(c->path), c->good);
	if (!c->good)
		assert_int_equal(errno, ENOENT);
}

int
main(int argc, char **argv)
{
	static struct cases list;

	CASES(&list, folder_cases, check_folder);
	CASE(&list, writes_all_of_it);
	CASE(&list, tells_why_it_could_not_write);
	return cases_run("disk", &list, argc, argv);
}
