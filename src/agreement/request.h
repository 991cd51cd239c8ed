/* request.h: everything that a run of the gate depends on, as one text.
 *
 * The text names each object by the hash of its bytes and each document by its
 * own, and holds neither.  Its SHA-256 is the hash of a decision's inputs; kept
 * beside the decision, it lets anybody who has the bytes decide again. */
#pragma once

#include "agreement.h"

enum {
	/* A full selection with its surroundings: 20,000 items of some 400 bytes. */
	REQUEST_TEXT_MAX = 32 * MIB,
	REQUEST_ITEMS_MAX = 65'536,
	REQUEST_CONSENTS_MAX = 4096,
};

/* Whether the i-th item is another version of the one before it: it ties, and may
 * make an outcome stricter, and never leaves. */
static inline bool
agreement_is_other(const struct agreement_request *r, size_t i)
{
	return i > 0 && str_eq(r->item[i - 1].object.id, r->item[i].object.id);
}

/* Writes the request as JSON into the arena; the same request gives the same bytes.
 * ERR_LIMIT: it is larger than REQUEST_TEXT_MAX, or the arena is full. */
enum err agreement_request_write(struct arena *a, const struct agreement_request *r,
    struct str *ret, struct why *why);

/* Where the things are that a text only names.  Each call answers
 * ERR_NOT_FOUND when they are not there (any more). */
struct request_source {
	void *arg;
	/* The bytes of the object that have this hash. */
	enum err (*object)(void *arg, struct str id, const struct hash *hash, struct str *ret,
	    struct why *why);
	enum err (*agreement)(void *arg, const struct hash *hash, const struct agreement **ret,
	    struct why *why);
	enum err (*pack)(void *arg, const struct hash *hash, const struct rule_pack **ret,
	    struct why *why);
};

/* Reads such a text again.  What is returned lives in the arena and slices the
 * text and what the source gave.
 *
 * ERR_INVALID    it is no such text, or of another engine version
 * ERR_NOT_FOUND  the source lacks something
 * ERR_TAMPERED   what the source gave does not have the hash
 * ERR_LIMIT      a bound above, or the arena is full */
enum err agreement_request_read(struct arena *a, struct str text,
    const struct request_source *source, struct agreement_request *ret, struct why *why);
