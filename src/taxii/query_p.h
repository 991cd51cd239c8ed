/* query_p.h: what a TAXII query asks for.
 *
 * Source: TAXII 2.1, section 3.4 (filters) and 3.5 (pagination). */
#pragma once

#include "http.h"
#include "store.h"

enum taxii_list { LIST_OBJECTS, LIST_MANIFEST, LIST_OBJECT, LIST_VERSIONS };

/* Which list the query is about. */
struct query_of {
	enum taxii_list list;
	struct str collection; /* UUID */
	int64_t shard_key;
	struct str object; /* id in the path, or empty */
};

enum {
	QUERY_DIGEST_BYTES = 16,
	/* An instant and a digest, in base64url. */
	QUERY_NEXT_LEN = (8 + QUERY_DIGEST_BYTES) * 4 / 3,
};

struct query {
	struct page_query page;
	uint8_t digest[QUERY_DIGEST_BYTES]; /* of list and filters, not of limit and added_after */
};

/* Reads limit, added_after, next and match[...].  Values slice the request.
 *
 * ERR_INVALID  a parameter that is malformed or given twice, more than
 *              FILTER_VALUES_MAX values, or a next of another query */
enum err query_read(const struct http_request *req, const struct query_of *of, struct query *ret,
    struct why *why);

/* The token by which this query goes on after an instant; ret holds
 * QUERY_NEXT_LEN + 1 bytes. */
void query_next(const struct query *q, time_us after, char *ret);
