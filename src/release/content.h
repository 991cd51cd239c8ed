/* content.h: an officer says which of the contents of a version is served. */
#pragma once

#include "conflict.h"
#include "release.h"

/* Does it (store_choose()), with an entry in the ledger and the event "object.chosen" for each
 * enclave where it is done.  c->at is the job's time.
 *
 * ERR_INVALID, ERR_NOT_FOUND, ERR_CONFLICT  those of store_choose() */
enum err release_choose_content(const struct release_job *job, const struct content_choice *c,
    struct why *why);
