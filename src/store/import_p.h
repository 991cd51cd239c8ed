/* import_p.h: the list of what was wrong in one import. */
#pragma once

#include "store.h"

/* The list grows in the caller's arena.  What finds no room is counted. */
struct import_list {
	struct arena *arena;
	struct import_result *result;
};

void import_note(struct import_list *l, const struct import_problem *p);

/* The first of them as a JSON list, for the import's row. */
enum err import_list_text(const struct import_result *r, struct arena *a, struct str *ret,
    struct why *why);
