/* put_p.h: the parts of putting one object: put.c, aside.c, rank.c, room.c. */
#pragma once

#include "put.h"

/* A row that is about to be written. */
struct put_row {
	const struct store_put *put;
	struct str version;
	time_us modified_us;
	time_us date_added;
	time_us withdrawn_at;
	bool latest;
};

/* A stored version of the object, enough to compare with. */
struct put_known {
	bool found;
	bool exact;    /* the very version */
	bool of_other; /* another gave it than who gives this */
	bool of_guest;
	char created[STIX_KEY_MAX];
	struct hash normal_hash;
	time_us date_added;
	bool withdrawn;
};

/* Writes the row and moves the head. */
enum err put_insert(struct put_head *h, const struct put_row *r, struct why *why);

/* Whether the row becomes the latest one; the one that was is no longer. */
enum err put_take_latest(struct put_head *h, struct put_row *r, struct why *why);

/* Whether a guest or a feed may hand in one more.  ERR_CONFLICT (store.names, store.room). */
enum err put_check_room(struct put_head *h, const struct put_row *r, const struct put_known *k,
    struct why *why);

/* What a guest gives stands beside nothing that is not its own.  ERR_CONFLICT (store.giver). */
enum err put_judge_guest(struct put_head *h, const struct put_row *r, const struct put_known *k,
    struct why *why);

/* Takes what a guest gave out of the way of what is not a guest's, and says so in an event; k is
 * then what is known of an object that is not here. */
enum err put_oust_guest(struct put_head *h, const struct put_row *r, struct put_known *k,
    struct why *why);

/* Other content of the version that is served: puts it beside that one or, when the
 * policy says so and nothing stands against it, in its place. */
enum err put_aside(struct put_head *h, struct put_row *r, const struct put_known *served,
    enum put_result *ret, struct why *why);
