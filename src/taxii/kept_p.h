/* kept_p.h: pages that were asked for again, as they were answered.
 *
 * A page is a function of its key: the key holds all that it depends on, with a
 * number that changes whenever the collection shows something else.  Who may
 * read is not in it: that is asked before, every time.
 *
 * The first time a key is only remembered, so that one who walks through a
 * large collection once pushes nothing out.  Any thread may use it. */
#pragma once

#include "http.h"
#include "query_p.h"
#include "taxii.h"

struct kept_key {
	uint8_t digest[QUERY_DIGEST_BYTES]; /* of the query, and with it the collection's id */
	int64_t shard_key;
	time_us changed;     /* of the collection: struct collection */
	time_us added_after; /* where the page begins */
	uint64_t limit;
	bool gzip; /* whether it may be compressed */
};

struct kept_dates {
	time_us first, last; /* date_added */
	bool gzip;           /* the bytes are compressed */
};

/* Answers with the page, if it is there; it is shared until the response is done. */
bool kept_answer(struct taxii_kept *kept, const struct kept_key *key, struct http_response *ret,
    struct kept_dates *ret_dates);

/* Keeps the body that was written into ret->buf, if the page was asked for before. */
void kept_offer(struct taxii_kept *kept, const struct kept_key *key, const struct kept_dates *dates,
    struct http_response *ret);
