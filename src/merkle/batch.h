/* batch.h: many records under one leaf of the log.
 *
 * A batch is a small tree over up to 4,096 records, each hashed with a salt of
 * its own, so that the path of one record tells nothing about its neighbours.
 * The log's leaf names the batch (its number of records and its root); how, is
 * the ledger's.  A record is proved by its path in the batch, the bytes of the
 * leaf, and the path of the leaf in the log (merkle_verify_inclusion).
 *
 * Source: RFC 9162, section 2.1 for the inner tree. */
#pragma once

#include "base.h"
#include "hash.h"
#include "merkle.h"

enum {
	BATCH_RECORDS_MAX = 4096, /* one commit of a busy node */
	BATCH_PATH_MAX = 12,      /* log2 of it */
};

struct batch_salt {
	uint8_t byte[32];
};

/* Where a record stands in its batch. */
struct batch_proof {
	uint32_t index;
	struct batch_salt salt;
	size_t len;
	struct hash node[BATCH_PATH_MAX];
};

/* 32 random bytes each, fresh ones for n records. */
void batch_salts_new(struct batch_salt *ret, size_t n);

/* SHA-256(0x00 || salt || record). */
struct hash batch_leaf(const struct batch_salt *salt, struct str record);

/* The inner tree with all its nodes, out of which proofs are read. */
struct batch;

/* Builds the tree over the leaves.
 *
 * ERR_INVALID   no leaves
 * ERR_LIMIT     more than BATCH_RECORDS_MAX */
enum err batch_new(const struct hash *leaf, size_t count, struct batch **ret, struct why *why);
void batch_free(struct batch *b);

/* Number of records and root. */
struct merkle_head batch_head(const struct batch *b);

/* The proof of record index, which was hashed with this salt.  ERR_INVALID
 * when there is no such record. */
enum err batch_prove(const struct batch *b, uint32_t index, const struct batch_salt *salt,
    struct batch_proof *ret, struct why *why);

static inline void
batch_freep(struct batch **b)
{
	batch_free(*b);
}

/* Checks that the record stands in the batch.
 *
 * ERR_INVALID    the index or the length of the path is wrong
 * ERR_LIMIT      the batch is larger than BATCH_RECORDS_MAX
 * ERR_TAMPERED   it does not lead to the root */
enum err batch_verify(const struct merkle_head *batch, struct str record,
    const struct batch_proof *proof, struct why *why);

/* Appends index, salt and path as bytes: the form in which it is stored. */
void batch_proof_put(const struct batch_proof *proof, struct buf *out);

/* ERR_INVALID when the bytes are not such a proof. */
enum err batch_proof_parse(struct str bytes, struct batch_proof *ret, struct why *why);
