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

/* The date of the next row. */
time_us put_next_added(const struct put_head *h, time_us now);

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

/* The served one goes beside for the reason `outcome`, and this takes its place at a new date: a
 * reader's cursor comes by it (law 7).
 *
 * kept  date_added of this content, when it lies beside; 0: it comes */
enum err put_serve_instead(struct put_head *h, struct put_row *r, const struct put_known *served,
    time_us kept, const char *outcome, struct why *why);

/* Whether what is served of the version was released to anybody, by the compartment of this
 * collection: what was decided and released is what is served.  Others hear nothing of it. */
enum err put_is_released(struct db *db, int64_t shard_key, struct str id, struct str version,
    bool *ret, struct why *why);

/* What stands against serving one content of a version in the place of another, whoever wishes
 * it: "revoked", "creator"; NULL: nothing. */
const char *put_stands_against(const struct stix_object *was, const struct stix_object *is);
