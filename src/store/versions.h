/* versions.h: all versions of an object that a node holds.
 *
 * Each collection has a latest version of its own.  Who serves an object chooses
 * one of them (store.h); who judges it looks at all. */
#pragma once

#include "store.h"

/* All latest versions of an object, one of each collection that is not "released":
 * those of the compartment first, of equal ones as in store_latest().  An observable
 * has no versions, and no content of it replaces another: those that came earlier
 * stand behind, but for withdrawn ones.
 * ERR_NOT_FOUND: there is none; ERR_LIMIT: the arena is full. */
enum err store_latest_rows(struct db *db, struct arena *a, struct str id,
    const struct compartment *of, struct stored_list *ret, struct why *why);
