/* merkle.h: the tree of an append-only log, and its proofs.
 *
 * A log of n leaves has one root per size 0..n.  Appending needs no more than
 * the roots of its complete subtrees (a frontier); a proof needs single nodes,
 * which a merkle_source delivers from an array or from tiles.
 *
 * Values are open and copied; nothing here owns memory.  Safe from any thread
 * as far as the source is.
 *
 * Source: RFC 9162, section 2.1. */
#pragma once

#include "base.h"
#include "buf.h"
#include "hash.h"

/* Proofs then have at most 63 hashes, as the witness protocol wants. */
#define MERKLE_SIZE_MAX (UINT64_C(1) << 62)

enum {
	MERKLE_PROOF_MAX = 63,
	MERKLE_FRONTIER_MAX = 63, /* complete subtrees of the largest log */
};

/* A claim about a log that can be signed and compared. */
struct merkle_head {
	uint64_t size; /* leaves */
	struct hash root;
};

/* Inclusion: siblings from the leaf upwards.  Consistency: as the RFC orders. */
struct merkle_proof {
	size_t len;
	struct hash node[MERKLE_PROOF_MAX];
};

/* ---- hashes ---- */

/* SHA-256(0x00 || data). */
struct hash merkle_leaf(struct str data);

/* SHA-256(0x01 || left || right). */
struct hash merkle_node(const struct hash *left, const struct hash *right);

/* The root over leaf hashes; of none it is SHA-256 of nothing. */
struct hash merkle_root(const struct hash *leaf, size_t count);
bool merkle_head_eq(const struct merkle_head *a, const struct merkle_head *b);

/* ---- appending ---- */

/* The roots of the complete subtrees of a log, the largest first: one for each
 * bit that is set in size.  A zeroed one is an empty log. */
struct merkle_frontier {
	uint64_t size;
	struct hash node[MERKLE_FRONTIER_MAX];
};

/* Adds one leaf.  ERR_LIMIT when the log has MERKLE_SIZE_MAX leaves. */
enum err merkle_append(struct merkle_frontier *f, const struct hash *leaf, struct why *why);

/* Size and root of the log. */
struct merkle_head merkle_frontier_head(const struct merkle_frontier *f);

/* Appends its bytes: size in eight bytes, big-endian, then the hashes. */
void merkle_frontier_put(const struct merkle_frontier *f, struct buf *out);

/* ERR_INVALID when the number of hashes does not belong to the size. */
enum err merkle_frontier_parse(struct str bytes, struct merkle_frontier *ret, struct why *why);

/* ---- making proofs ---- */

/* Gives the root of the complete subtree of 2^level leaves that begins at leaf
 * index * 2^level. */
typedef enum err merkle_read(void *ctx, unsigned level, uint64_t index, struct hash *ret,
    struct why *why);

struct merkle_source {
	merkle_read *read;
	void *ctx;
};

/* Leaf hashes in memory as a source; reading a level costs its leaves. */
struct merkle_leaves {
	const struct hash *leaf;
	size_t count;
};
struct merkle_source merkle_source_of(struct merkle_leaves *leaves);

/* The root of the first size leaves.  Errors: those of the source, and
 * ERR_LIMIT past MERKLE_SIZE_MAX. */
enum err merkle_head_at(const struct merkle_source *source, uint64_t size, struct merkle_head *ret,
    struct why *why);

/* The frontier of the first size leaves, to append after a restart. */
enum err merkle_frontier_at(const struct merkle_source *source, uint64_t size,
    struct merkle_frontier *ret, struct why *why);

/* The proof that leaf index stands in the log of size leaves.
 *
 * ERR_INVALID   index is not below size
 * ERR_LIMIT     size is above MERKLE_SIZE_MAX
 * and what the source says */
enum err merkle_prove_inclusion(const struct merkle_source *source, uint64_t index, uint64_t size,
    struct merkle_proof *ret, struct why *why);

/* The proof that the log of old_size leaves is a prefix of that of new_size.
 * Equal sizes need no hashes.
 *
 * ERR_INVALID   old_size is 0 or above new_size
 * ERR_LIMIT     new_size is above MERKLE_SIZE_MAX
 * and what the source says */
enum err merkle_prove_consistency(const struct merkle_source *source, uint64_t old_size,
    uint64_t new_size, struct merkle_proof *ret, struct why *why);

/* ---- verifying proofs; nothing in a proof is trusted ---- */

/* The number of hashes a proof must have.  Requires index < size. */
size_t merkle_inclusion_len(uint64_t index, uint64_t size);

/* Requires 0 < old_size <= new_size. */
size_t merkle_consistency_len(uint64_t old_size, uint64_t new_size);

/* Checks that the leaf with this hash stands at position index in head.
 *
 * ERR_INVALID    index lies outside the log, or the proof has another length
 *                than it must
 * ERR_LIMIT      the log is larger than MERKLE_SIZE_MAX
 * ERR_TAMPERED   it does not lead to the root
 *
 * Source: RFC 9162, section 2.1.3.2. */
enum err merkle_verify_inclusion(const struct merkle_head *head, uint64_t index,
    const struct hash *leaf, const struct merkle_proof *proof, struct why *why);

/* Checks that the log of head `to` continues the log of head `from`.  A log of
 * size 0 proves nothing: its caller decides without a proof.
 *
 * ERR_INVALID    from is empty or larger than to, or the proof has another
 *                length than it must
 * ERR_LIMIT      the log is larger than MERKLE_SIZE_MAX
 * ERR_TAMPERED   it leads to another root: history was rewritten
 *
 * Source: RFC 9162, section 2.1.4.2. */
enum err merkle_verify_consistency(const struct merkle_head *from, const struct merkle_head *to,
    const struct merkle_proof *proof, struct why *why);
