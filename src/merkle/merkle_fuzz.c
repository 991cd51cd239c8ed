#include "merkle.h"

#include "batch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LEAVES_MAX = 64 };

static size_t
take_proof(const uint8_t *data, size_t size, struct merkle_proof *ret)
{
	ret->len = size / HASH_BYTES;
	if (ret->len > MERKLE_PROOF_MAX)
		ret->len = MERKLE_PROOF_MAX;
	if (ret->len > 0)
		memcpy(ret->node, data, ret->len * HASH_BYTES);
	return ret->len;
}

/* Any bytes may arrive as a proof: none of the wrong length is accepted. */
static void
check_verification(const uint8_t *data, size_t size)
{
	struct {
		uint64_t index;
		struct merkle_head from, to;
		struct hash leaf;
	} in;
	struct merkle_proof proof = { 0 };

	if (size < sizeof(in))
		return;
	memcpy(&in, data, sizeof(in));
	size_t len = take_proof(data + sizeof(in), size - sizeof(in), &proof);
	if (merkle_verify_inclusion(&in.to, in.index, &in.leaf, &proof, NULL) == OK &&
	    len != merkle_inclusion_len(in.index, in.to.size))
		__builtin_trap();
	if (merkle_verify_consistency(&in.from, &in.to, &proof, NULL) == OK &&
	    len != merkle_consistency_len(in.from.size, in.to.size))
		__builtin_trap();
}

/* The lengths are those that the definitions give, up to the largest log. */
static void
check_lengths(const uint8_t *data, size_t size)
{
	uint64_t sizes[2];

	if (size < sizeof(sizes))
		return;
	memcpy(sizes, data, sizeof(sizes));
	uint64_t to = sizes[0] % MERKLE_SIZE_MAX + 1;
	uint64_t from = sizes[1] % to + 1;
	if (merkle_inclusion_len(from - 1, to) > MERKLE_PROOF_MAX ||
	    merkle_consistency_len(from, to) > MERKLE_PROOF_MAX)
		__builtin_trap();
}

/* Proofs made of the input's leaves verify, and fail with one bit turned. */
static void
check_generation(const uint8_t *data, size_t size)
{
	struct hash leaf[LEAVES_MAX];
	struct merkle_leaves leaves = { leaf, 0 };
	struct merkle_source source = merkle_source_of(&leaves);
	struct merkle_head to;
	struct merkle_head from;
	struct merkle_proof proof;

	if (size < 3)
		return;
	leaves.count = 1 + data[0] % LEAVES_MAX;
	uint64_t index = data[1] % leaves.count;
	for (size_t i = 0; i < leaves.count; i++)
		leaf[i] = merkle_leaf((struct str){ (const char *)data, i % size });

	if (merkle_head_at(&source, leaves.count, &to, NULL) != OK ||
	    merkle_head_at(&source, index + 1, &from, NULL) != OK ||
	    merkle_prove_inclusion(&source, index, to.size, &proof, NULL) != OK ||
	    merkle_verify_inclusion(&to, index, &leaf[index], &proof, NULL) != OK)
		__builtin_trap();
	if (proof.len > 0) {
		proof.node[data[2] % proof.len].byte[data[2] % HASH_BYTES] ^= 1;
		if (merkle_verify_inclusion(&to, index, &leaf[index], &proof, NULL) == OK)
			__builtin_trap();
	}
	if (merkle_prove_consistency(&source, from.size, to.size, &proof, NULL) != OK ||
	    merkle_verify_consistency(&from, &to, &proof, NULL) != OK)
		__builtin_trap();
	if (proof.len > 0) {
		proof.node[data[2] % proof.len].byte[data[2] % HASH_BYTES] ^= 1;
		if (merkle_verify_consistency(&from, &to, &proof, NULL) == OK)
			__builtin_trap();
	}
}

/* What is stored reads back as the same bytes. */
static void
check_stored(struct str bytes)
{
	CLEANUP(buf_free) struct buf out = buf_new(8 * KIB);
	struct merkle_frontier frontier;
	struct batch_proof proof;

	if (merkle_frontier_parse(bytes, &frontier, NULL) == OK) {
		merkle_frontier_put(&frontier, &out);
		if (!str_eq(buf_str(&out), bytes))
			__builtin_trap();
		buf_clear(&out);
	}
	if (batch_proof_parse(bytes, &proof, NULL) == OK) {
		batch_proof_put(&proof, &out);
		if (!str_eq(buf_str(&out), bytes))
			__builtin_trap();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check_verification(data, size);
	check_lengths(data, size);
	check_generation(data, size);
	check_stored((struct str){ (const char *)data, size });
	return 0;
}
