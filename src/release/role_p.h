/* role_p.h: whether an account may speak in a role. */
#pragma once

#include "release.h"

/* ERR_FORBIDDEN release.role: no such account of our organisation, or it does
 * not hold the role ("legal"). */
enum err role_check(const struct release_job *job, struct str account, struct str role,
    struct why *why);
