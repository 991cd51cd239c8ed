/* standing_p.h: what a statement does to a standing (private to agreement). */
#pragma once

#include "standing.h"

/* Applies a statement that was signed by this party and is in its order.
 * ERR_INVALID    a scope, an act or an end that the verb cannot have
 * ERR_FORBIDDEN  the party may not say this, or the agreement does not provide for it */
enum err standing_state_apply(struct standing *s, const struct statement *st, size_t party,
    struct why *why);

/* The place of an area that is held closed; suspended_areas when it is open. */
size_t closed_area(const struct standing *s, struct str area);
