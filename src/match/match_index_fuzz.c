#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "match.h"
#include "match_p.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum err
count(void *arg, const struct match_hit *hit, struct why *why)
{
	(void)why;
	*(size_t *)arg += hit->indicator.len + hit->found.len;
	return OK;
}

static void
scan(const struct match_index *index)
{
	static const char text[] =
	    "192.0.2.1 2001:db8::1 www.x.example http://y.example/a/b a@z.example "
	    "0123456789abcdef0123456789abcdef m\xC3\xBCnchen.example\n";
	size_t sum = 0;
	CLEANUP(match_scanner_freep)
	struct match_scanner *s = match_scanner_new(index, count, &sum);

	if (match_scan(s, str_of(text), NULL) != OK)
		__builtin_trap();
}

/* Any bytes may lie where an index is looked for: opening answers, and what
 * was accepted can be scanned with.  The checksum is set right, so that
 * what lies behind it is reached. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(match_index_freep) struct match_index *index = NULL;
	CLEANUP(heap_freep) char *copy = heap_new(1, size + 8);
	char path[64];
	int fd = memfd_create("index", MFD_CLOEXEC);

	memcpy(copy, data, size);
	if (size >= sizeof(struct image_header) && size % 8 == 0) {
		struct image_header *head = (struct image_header *)(void *)copy;

		head->bytes = size;
		head->checksum = image_checksum(copy, size);
	}
	if (fd < 0 || write(fd, copy, size) != (ssize_t)size)
		__builtin_trap();
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (match_index_open(path, &index, NULL) == OK)
		scan(index);
	(void)close(fd);
	return 0;
}
