#include <stdlib.h>

#include "base.h"

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
