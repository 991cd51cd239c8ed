/* taxii_p.h: what the parts of the TAXII face share. */
#pragma once

#include "access.h"
#include "json_writer.h"
#include "store.h"
#include "taxii.h"

#define TAXII_TYPE "application/taxii+json;version=2.1"
#define TAXII_STIX "application/stix+json;version=2.1"

/* ---- a visit: one request below an API root ---- */

struct visit {
	const struct taxii *face;
	struct http_request *req;
	struct taxii_reach reach;
	struct db_lease lease;    /* a reader */
	struct access_list given; /* to a guest */
};

/* What the caller may do with a collection.  To see is to know that it is there. */
struct visit_rights {
	bool see, read, write;
};

/* Asks for the caller's reach, compares {root} with it, and borrows a reader.
 * ERR_NOT_FOUND: no such API root for this caller; and the errors of reach(). */
enum err visit_begin(void *face, struct http_request *req, struct visit *ret, struct why *why);
void visit_endp(struct visit *v);

/* The name of an API root: that of the agreement in lower case, or, of NULL, "local". */
enum err visit_root(const struct standing *standing, struct arena *a, struct str *ret,
    struct why *why);

/* The collections that the caller may know of, in the order of their shard_key. */
enum err visit_collections(const struct visit *v, struct collection **ret, size_t *ret_len,
    struct why *why);

/* The one named by {id}, by its UUID or alias.
 * ERR_NOT_FOUND: there is none, or not for this caller; nobody can tell which. */
enum err visit_collection(const struct visit *v, struct collection *ret, struct why *why);
struct visit_rights visit_rights(const struct visit *v, const struct collection *c);

/* visit_collection(), for a caller who may read it.
 * ERR_NOT_FOUND: the caller has no right to it; ERR_FORBIDDEN: that to write alone. */
enum err visit_readable(const struct visit *v, struct collection *ret, struct why *why);

/* ERR_LIMIT: the arena of the request is full. */
enum err taxii_full(struct why *why);

/* ERR_NOT_FOUND with the one text for what is missing or hidden. */
enum err taxii_nothing(struct why *why);

/* ---- answers ---- */

/* A writer into the body of the answer. */
struct json_writer taxii_answer(struct http_response *resp);

/* "2026-11-22T03:04:05.123456Z" in the arena. */
struct str taxii_time(struct arena *a, time_us at);

/* The version of a stored object as TAXII writes it: `modified` as it came,
 * `created` of an object that has no versions, the time at which it was added
 * of one that has no times. */
struct str taxii_version(struct arena *a, const struct stored *o);

/* ---- compression (gzip.c) ---- */

/* Whether Accept-Encoding asks for gzip, at least as much as for nothing. */
bool taxii_wants_gzip(struct str accepted);

/* Compresses what was written into resp->buf; false: it is too short, or would be longer. */
bool taxii_gzip(struct http_response *resp);

/* ---- handlers ---- */

http_handler taxii_get_discovery;
http_handler taxii_get_root;
http_handler taxii_get_collections;
http_handler taxii_get_collection;
http_handler taxii_get_objects;
http_handler taxii_get_manifest;
http_handler taxii_get_object;
http_handler taxii_get_versions;
http_handler taxii_get_status;
http_handler taxii_post_objects;
http_handler taxii_delete_object;

/* Whether the caller may post to {id}, or delete there: that takes both rights.
 * ERR_FORBIDDEN one right is missing; ERR_NOT_FOUND both are, or there is nothing. */
enum err taxii_may_post(struct visit *v, struct collection *ret, struct why *why);
enum err taxii_may_delete(struct visit *v, struct collection *ret, struct why *why);
