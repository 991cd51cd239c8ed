#include <malloc.h>
#include <stdlib.h>

#include "base.h"

enum {
	/* A request of a thousand objects needs 8 MiB, an index of its text among them. */
	KEEP_BYTES = 16 * MIB,
	/* What is larger is rare, and goes back to the system at once. */
	LARGE_BYTES = 8 * MIB,
	/* By which a thread's heap grows: a system call for many pages. */
	STEP_BYTES = MIB,
};

void
heap_keep(void)
{
	/* A C library that does not know one of them does without. */
	(void)mallopt(M_TRIM_THRESHOLD, KEEP_BYTES);
	(void)mallopt(M_MMAP_THRESHOLD, LARGE_BYTES);
	(void)mallopt(M_TOP_PAD, STEP_BYTES);
}

void *
heap_new(size_t size, size_t count)
{
	/* One byte at least, so that NULL always means that memory ran out. */
	void *p = calloc(count == 0 ? 1 : count, size == 0 ? 1 : size);

	if (p == NULL)
		abort();
	return p;
}

char *
heap_cstr(struct str s)
{
	assert(s.len < SIZE_MAX);
	char *copy = heap_new(1, s.len + 1);
	if (s.len > 0)
		memcpy(copy, s.ptr, s.len);
	return copy;
}

void
heap_free(void *p)
{
	free(p);
}
