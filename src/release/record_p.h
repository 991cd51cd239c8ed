/* record_p.h: what the ledger keeps of each decision.
 *
 * A record is JCS JSON that the recipient may see; what stays private is bound
 * by a commitment under a nonce (docs/protocol.md). */
#pragma once

#include "release.h"

enum { RECORD_NONCE_BYTES = 32 };

/* How a decision ended, as the record's "type". */
enum record_type { RECORD_RELEASE, RECORD_HOLD, RECORD_DENIAL };
const char *record_type_name(enum record_type t);

struct record {
	enum record_type type;
	const struct agreement_request *request;
	const struct agreement_decision *decision;
	struct str order_id;
	struct str decision_json;
	struct hash inputs;     /* of the request's text (request.h) */
	struct hash bytes_hash; /* of what leaves */
	uint8_t nonce[RECORD_NONCE_BYTES];
};

/* What a record binds and does not tell. */
struct record_secret {
	struct str nonce; /* RECORD_NONCE_BYTES */
	struct str source_id, version, facts, decision_json;
	struct str inputs; /* HASH_BYTES */
};

/* SHA-256 of nonce, source id, version, facts, decision and inputs, with LF between the last five.
 */
struct hash record_private(const struct record_secret *s);

/* The record's bytes, in the arena. */
enum err record_write(struct arena *a, const struct record *r, struct str *ret, struct why *why);

/* The head that the records of one batch share. */
enum err record_head(struct arena *a, const struct agreement_request *r, struct str order_id,
    struct str *ret, struct why *why);

/* The decision as JSON for storage: own side's form, without the leaving bytes,
 * so that it outlives them. */
enum err record_decision(struct arena *a, const struct agreement_request *r,
    const struct agreement_decision *d, struct str *ret, struct why *why);

/* Over the hashes of agreement and packs and the count of statements about it:
 * what an approval is bound to beside the bytes. */
struct hash record_rules(const struct agreement_request *r);

/* Appends a small entry to the ledger: {"account","at","order","reason","type"}
 * and so on; empty values are left out. */
struct record_pair {
	const char *name;
	struct str value;
};
enum err record_append(const struct release_job *job, const char *kind,
    const struct record_pair *pairs, size_t n, struct why *why);

/* The same; *ret_leaf is where it stands. */
enum err record_append_at(const struct release_job *job, const char *kind,
    const struct record_pair *pairs, size_t n, uint64_t *ret_leaf, struct why *why);

/* Notes for the people of our organisation that something happened to subject. */
enum err record_event(const struct release_job *job, const char *name, struct str subject,
    struct str detail, struct why *why);

/* A new UUID in the arena. */
struct str record_id_new(struct arena *a);
