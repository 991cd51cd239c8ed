#include <stdlib.h>

#include "asked_p.h"

static int
by_id(const void *a, const void *b)
{
	const struct asked *x = a, *y = b;

	return str_cmp(x->id, y->id);
}

struct asked *
asked_sort(struct arena *a, const struct release_ask *ask)
{
	struct asked *list = arena_make(a, struct asked, ask->ids + 1);

	for (size_t i = 0; list != NULL && i < ask->ids; i++)
		list[i] = (struct asked){ ask->id[i], i };
	if (list != NULL)
		qsort(list, ask->ids, sizeof(*list), by_id);
	return list;
}

size_t
asked_place(const struct asked *list, size_t n, struct str id)
{
	const struct asked key = { .id = id };
	const struct asked *found = bsearch(&key, list, n, sizeof(*list), by_id);

	return found == NULL ? SIZE_MAX : found->place;
}
