/* selection_p.h: what is found for one order (private to gathering). */
#pragma once

#include "gather_p.h"
#include "source_p.h"

/* The items found so far, sorted by identifier. */
struct gathering {
	const struct release_job *job;
	const struct release_ask *ask;
	int64_t as_of_leaf;
	struct str agreement;         /* id */
	struct agreement_item **item; /* sorted by identifier */
	size_t len;
	size_t max;
	struct source_memo source;
	struct why *why;
	enum err err; /* of a callback that has no other way to say it */
};

/* Adds the object unless it is there; one that we do not have is passed over,
 * unless it is asked for by name.  Only our own organisation's may be asked for:
 * what another compartment owns decides ties and never leaves by us, also when
 * it is shown to us.
 *
 * ERR_NOT_FOUND  one that is asked for; ERR_LIMIT  more hang together than are judged at once */
enum err selection_add(struct gathering *g, struct str id, bool selected, struct why *why);

/* What the selected objects name and what names them; and every identity,
 * mailbox and account here, for its name may stand in a text.  ERR_LIMIT. */
enum err selection_add_surroundings(struct gathering *g, struct why *why);
enum err selection_add_needles(struct gathering *g, struct why *why);

/* What the recipient has of the item, and which copy of it. */
enum err selection_find_delivered(struct gathering *g, struct agreement_item *item,
    struct why *why);

/* The same for all items, with the identifiers of copies, made where missing. */
enum err selection_complete(struct gathering *g, struct why *why);
