/* put.h: putting several objects under one visit to the collection's head. */
#pragma once

#include "store.h"

/* What guests and feeds hold, counted when it is first asked for (room.h). */
struct put_room {
	bool names_known, versions_known, feed_known;
	int64_t names, names_all, versions;
	int64_t feed; /* 1: it lies where a feed puts what it read */
};

/* The head row of a collection while a transaction holds it.  What is put by one visit has one
 * giver. */
struct put_head {
	struct db *db;
	int64_t shard_key;
	time_us last_added;
	time_us begun; /* last_added at put_begin() */
	int64_t added; /* versions since put_begin() */
	int64_t bytes; /* of them */
	struct put_room room;
	bool first; /* what put_one() put last was the first version of its object here */
};

/* Takes the head row, which keeps other writers out on every engine.
 * ERR_NOT_FOUND: no such collection. */
enum err put_begin(struct db *db, int64_t shard_key, struct put_head *ret, struct why *why);

/* store_put() of one object into that collection.  An ERR_CONFLICT has changed
 * nothing: the transaction can go on.  The tree of put->object is not used. */
enum err put_one(struct put_head *h, const struct store_put *put, enum put_result *ret,
    int64_t *ret_date_added, struct why *why);

/* Whether the version that a language-content is of can be: it is judged after what comes
 * together with it.  Nothing is said of an object that is not in this collection, nor of a
 * version from before the first that came; other objects are none of its business.
 * ERR_CONFLICT (store.translation): the object is here, without that version. */
enum err put_judge_translation(struct put_head *h, const struct stix_object *o, struct why *why);

/* ERR_CONFLICT (store.content, store.marking) with the words for a result of put_one()
 * that is PUT_ASIDE or PUT_SERVED. */
enum err put_aside_why(const struct store_put *put, enum put_result result, struct why *why);

/* An object whose very bytes another collection holds. */
struct put_twin {
	struct str id, raw;
	const struct hash *raw_hash;
	const struct provenance *provenance;
	time_us now;
};

/* Adds it without reading it again: what its bytes say stands in the other row.
 * *ret_done is false when no latest row has these bytes, when the collection
 * knows the identifier, and for a marking definition: then it is put_one()'s. */
enum err put_twin(struct put_head *h, const struct put_twin *twin, bool *ret_done, struct why *why);

/* Writes the head row when something was added, and the entries of the collections that are
 * derived from this one. */
enum err put_end(struct put_head *h, struct why *why);

/* The rule behind an error of put_one(), or of reading what is put: "SI-046"; its code when
 * there is none. */
struct str put_rule(const char *code);
