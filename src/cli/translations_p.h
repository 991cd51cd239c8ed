/* translations_p.h: translations of one text against the versions in it (private to cli).
 *
 * The version may stand behind its translation, so the text is read once more where there are
 * translations that name one. */
#pragma once

#include "stix.h"

struct translations;
struct translations *translations_new(void);
void translations_freep(struct translations **list);

/* Remembers a language-content that names a version; other objects are none of its business.
 * o need not live on. */
void translations_note(struct translations *list, const struct stix_object *o, size_t index);

/* Whether the objects are to be seen; no more is noted then. */
bool translations_wait(struct translations *list);
void translations_see(struct translations *list, const struct stix_object *o);

/* Calls fn for each whose object was seen without the version that it names. */
typedef void translations_fn(void *arg, size_t index, struct str id);
void translations_each(struct translations *list, translations_fn *fn, void *arg);
