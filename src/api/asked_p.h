/* asked_p.h: the places of many identifiers in a request (private to api). */
#pragma once

#include "release.h"

struct asked {
	struct str id;
	size_t place;
};

/* The identifiers that are asked for, sorted; NULL: no memory is left. */
struct asked *asked_sort(struct arena *a, const struct release_ask *ask);

/* The place of an identifier among n that were sorted; SIZE_MAX: it is not asked for. */
size_t asked_place(const struct asked *list, size_t n, struct str id);
