/* content.h: an officer says which of the contents of a version is served. */
#pragma once

#include "conflict.h"
#include "release.h"

/* Does it (store_choose()), with an entry in the ledger and the event "object.chosen".  c->at is
 * the job's time.
 *
 * ERR_INVALID, ERR_NOT_FOUND, ERR_CONFLICT  those of store_choose() */
enum err release_choose_content(const struct release_job *job, const struct content_choice *c,
    struct why *why);

/* Whether the i-th content beside a served one keeps that here: it says more of who may have it,
 * and which is right is for the originator to say.  Where an officer chose, none gets by the
 * choice a marking, or a source that speaks for it, which the other had not. */
bool content_disputes(const struct stix_object *served, const struct stix_object *other,
    const struct content_list *beside, size_t i);
