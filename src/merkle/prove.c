#include "merkle.h"

/* The largest power of two below n.  Requires n > 1. */
static uint64_t
split(uint64_t n)
{
	return UINT64_C(1) << (63 - __builtin_clzll(n - 1));
}

/* ---- sources ---- */

static enum err
read_leaves(void *ctx, unsigned level, uint64_t index, struct hash *ret, struct why *why)
{
	const struct merkle_leaves *leaves = ctx;
	uint64_t width = UINT64_C(1) << level;

	if (width > leaves->count || index > leaves->count / width - 1)
		return fail(why, ERR_NOT_FOUND, "merkle.unknown",
		    "node %" PRIu64 " of level %u is not complete in %zu leaves", index, level,
		    leaves->count);
	*ret = merkle_root(leaves->leaf + index * width, (size_t)width);
	return OK;
}

struct merkle_source
merkle_source_of(struct merkle_leaves *leaves)
{
	return (struct merkle_source){ read_leaves, leaves };
}

/* The complete subtrees that leaves [from, from + size) consist of.  from is a
 * multiple of a power of two that is not below size. */
static enum err
read_range(const struct merkle_source *source, uint64_t from, uint64_t size,
    struct merkle_frontier *ret, struct why *why)
{
	size_t len = 0;

	ret->size = size;
	for (uint64_t left = size; left > 0;) {
		unsigned level = 63U - (unsigned)__builtin_clzll(left);
		TRY(source->read(source->ctx, level, from >> level, &ret->node[len++], why));
		from += UINT64_C(1) << level;
		left -= UINT64_C(1) << level;
	}
	return OK;
}

static enum err
read_root(const struct merkle_source *source, uint64_t from, uint64_t size, struct hash *ret,
    struct why *why)
{
	struct merkle_frontier f;

	TRY(read_range(source, from, size, &f, why));
	*ret = merkle_frontier_head(&f).root;
	return OK;
}

static enum err
check_size(uint64_t size, struct why *why)
{
	if (size > MERKLE_SIZE_MAX)
		return fail(why, ERR_LIMIT, "merkle.size",
		    "a log of %" PRIu64 " leaves is larger than any we handle", size);
	return OK;
}

enum err
merkle_frontier_at(const struct merkle_source *source, uint64_t size, struct merkle_frontier *ret,
    struct why *why)
{
	struct merkle_frontier f = { 0 };

	TRY(check_size(size, why));
	TRY(read_range(source, 0, size, &f, why));
	*ret = f;
	return OK;
}

enum err
merkle_head_at(const struct merkle_source *source, uint64_t size, struct merkle_head *ret,
    struct why *why)
{
	struct merkle_frontier f;

	TRY(merkle_frontier_at(source, size, &f, why));
	*ret = merkle_frontier_head(&f);
	return OK;
}

/* ---- proofs ---- */

/* Both proofs are found from the root downwards and told upwards. */
static void
reverse(struct merkle_proof *proof)
{
	for (size_t i = 0; i < proof->len / 2; i++) {
		struct hash *a = &proof->node[i];
		struct hash *b = &proof->node[proof->len - 1 - i];
		struct hash kept = *a;
		*a = *b;
		*b = kept;
	}
}

enum err
merkle_prove_inclusion(const struct merkle_source *source, uint64_t index, uint64_t size,
    struct merkle_proof *ret, struct why *why)
{
	struct merkle_proof proof = { 0 };
	uint64_t from = 0;
	uint64_t left = size;

	TRY(check_size(size, why));
	if (index >= size)
		return fail(why, ERR_INVALID, "merkle.index",
		    "leaf %" PRIu64 " is not in a log of %" PRIu64 " leaves", index, size);
	while (left > 1) {
		uint64_t k = split(left);
		struct hash *sibling = &proof.node[proof.len++];
		if (index - from < k) {
			TRY(read_root(source, from + k, left - k, sibling, why));
			left = k;
		} else {
			TRY(read_root(source, from, k, sibling, why));
			from += k;
			left -= k;
		}
	}
	reverse(&proof);
	*ret = proof;
	return OK;
}

static enum err
check_sizes(uint64_t old_size, uint64_t new_size, struct why *why)
{
	TRY(check_size(new_size, why));
	if (old_size == 0)
		return fail(why, ERR_INVALID, "merkle.empty",
		    "an empty log is a prefix of every log: there is nothing to prove");
	if (old_size > new_size)
		return fail(why, ERR_INVALID, "merkle.shrunk",
		    "a log of %" PRIu64 " leaves cannot continue one of %" PRIu64, new_size,
		    old_size);
	return OK;
}

enum err
merkle_prove_consistency(const struct merkle_source *source, uint64_t old_size, uint64_t new_size,
    struct merkle_proof *ret, struct why *why)
{
	struct merkle_proof proof = { 0 };
	uint64_t from = 0;
	uint64_t left = new_size;

	TRY(check_sizes(old_size, new_size, why));
	while (old_size - from < left) {
		uint64_t k = split(left);
		struct hash *sibling = &proof.node[proof.len++];
		if (old_size - from <= k) {
			TRY(read_root(source, from + k, left - k, sibling, why));
			left = k;
		} else {
			TRY(read_root(source, from, k, sibling, why));
			from += k;
			left -= k;
		}
	}
	/* The verifier has the root of the old log, but not of its last part. */
	if (from > 0)
		TRY(read_root(source, from, left, &proof.node[proof.len++], why));
	reverse(&proof);
	*ret = proof;
	return OK;
}

size_t
merkle_inclusion_len(uint64_t index, uint64_t size)
{
	size_t len = 0;

	assert(index < size);
	while (size > 1) {
		uint64_t k = split(size);
		size = index < k ? k : size - k;
		index = index < k ? index : index - k;
		len++;
	}
	return len;
}

size_t
merkle_consistency_len(uint64_t old_size, uint64_t new_size)
{
	size_t len = 0;
	bool is_prefix = true;

	assert(old_size > 0 && old_size <= new_size);
	while (old_size < new_size) {
		uint64_t k = split(new_size);
		if (old_size <= k) {
			new_size = k;
		} else {
			old_size -= k;
			new_size -= k;
			is_prefix = false;
		}
		len++;
	}
	return len + (is_prefix ? 0 : 1);
}

static enum err
check_len(const char *kind, size_t len, size_t want, struct why *why)
{
	if (len != want)
		return fail(why, ERR_INVALID, "merkle.length",
		    "the %s proof has %zu hashes, not %zu", kind, len, want);
	return OK;
}

/* A node on its way from a leaf up to the root: its position on its level and
 * that of the last node there. */
struct climb {
	uint64_t index;
	uint64_t last;
};

static void
climb_up(struct climb *c)
{
	c->index >>= 1;
	c->last >>= 1;
}

/* Whether the next hash of a proof stands left of the node.  Levels on which
 * the node is the last and has no sibling are passed. */
static bool
is_sibling_left(struct climb *c)
{
	bool left = (c->index & 1) == 1 || c->index == c->last;

	while (left && (c->index & 1) == 0 && c->index > 0)
		climb_up(c);
	return left;
}

enum err
merkle_verify_inclusion(const struct merkle_head *head, uint64_t index, const struct hash *leaf,
    const struct merkle_proof *proof, struct why *why)
{
	TRY(check_size(head->size, why));
	if (index >= head->size)
		return fail(why, ERR_INVALID, "merkle.index",
		    "leaf %" PRIu64 " is not in a log of %" PRIu64 " leaves", index, head->size);
	TRY(check_len("inclusion", proof->len, merkle_inclusion_len(index, head->size), why));

	struct climb c = { index, head->size - 1 };
	struct hash node = *leaf;
	for (size_t i = 0; i < proof->len; i++) {
		node = is_sibling_left(&c) ? merkle_node(&proof->node[i], &node)
		                           : merkle_node(&node, &proof->node[i]);
		climb_up(&c);
	}
	if (!hash_eq(&node, &head->root))
		return fail(why, ERR_TAMPERED, "merkle.root",
		    "the inclusion proof of leaf %" PRIu64 " does not lead to the root", index);
	return OK;
}

/* Rebuilds both roots.  Requires from->size < to->size and the right length. */
static bool
is_consistent(const struct merkle_head *from, const struct merkle_head *to,
    const struct merkle_proof *proof)
{
	struct climb c = { from->size - 1, to->size - 1 };
	size_t i = 0;

	while ((c.index & 1) == 1)
		climb_up(&c);
	/* Of a power of two the old root is itself the node to begin with. */
	struct hash old_root = c.index == 0 ? from->root : proof->node[i++];
	struct hash new_root = old_root;
	for (; i < proof->len; i++) {
		if (is_sibling_left(&c)) {
			old_root = merkle_node(&proof->node[i], &old_root);
			new_root = merkle_node(&proof->node[i], &new_root);
		} else {
			new_root = merkle_node(&new_root, &proof->node[i]);
		}
		climb_up(&c);
	}
	return hash_eq(&old_root, &from->root) && hash_eq(&new_root, &to->root);
}

enum err
merkle_verify_consistency(const struct merkle_head *from, const struct merkle_head *to,
    const struct merkle_proof *proof, struct why *why)
{
	TRY(check_sizes(from->size, to->size, why));
	TRY(check_len("consistency", proof->len, merkle_consistency_len(from->size, to->size),
	    why));
	bool ok = from->size == to->size ? hash_eq(&from->root, &to->root)
	                                 : is_consistent(from, to, proof);
	if (!ok)
		return fail(why, ERR_TAMPERED, "merkle.rewritten",
		    "the log of %" PRIu64 " leaves does not continue that of %" PRIu64
		    ": history was rewritten",
		    to->size, from->size);
	return OK;
}
