/* id_use.h: under which types a producer uses its UUIDs, over the objects of one text.
 *
 * A producer uses a UUID for one type only (SI-034).  What is remembered of an object is a few
 * bytes, and looking comes last: nothing is asked of a database.  Objects that do not say who
 * created them are not looked at. */
#pragma once

#include "stix.h"

struct id_use;

enum {
	ID_USE_OBJECTS_MAX = 1'000'000, /* 40 bytes each; further objects are not looked at */
	ID_USE_TYPES_MAX = 1000,        /* the same of further types */
};

/* Nothing is remembered yet. */
struct id_use *id_use_new(void);
/* u may be NULL. */
void id_use_free(struct id_use *u);

/* Remembers an object, the index-th of the text.  o need not live on. */
void id_use_note(struct id_use *u, const struct stix_object *o, size_t index);

/* Called for an object whose producer used its UUID under another type before.
 *
 *   id        of the object
 *   message   names the type under which the UUID was used first */
typedef void id_use_fn(void *arg, size_t index, struct str id, const char *message);

/* Calls fn for each of them, and forgets all.  u may be NULL. */
void id_use_each(struct id_use *u, id_use_fn *fn, void *arg);

static inline void
id_use_freep(struct id_use **u)
{
	id_use_free(*u);
}
