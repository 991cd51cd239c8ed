#include "batch.h"

#include "random.h"

enum { INDEX_BYTES = 4, FIXED_BYTES = INDEX_BYTES + (int)sizeof(struct batch_salt) };

/* All complete nodes: count of them on level 0, half of it on level 1, … */
struct batch {
	struct merkle_head head;
	const struct hash *level[BATCH_PATH_MAX + 1];
	struct hash node[2 * BATCH_RECORDS_MAX];
};

void
batch_salts_new(struct batch_salt *ret, size_t n)
{
	random_bytes(ret, n * sizeof(*ret));
}

struct hash
batch_leaf(const struct batch_salt *salt, struct str record)
{
	const struct str part[] = {
		{ (const char[]){ 0x00 }, 1 },
		{ (const char *)salt->byte, sizeof(salt->byte) },
		record,
	};

	return hash_of_parts(part, COUNTOF(part));
}

static enum err
read_node(void *ctx, unsigned level, uint64_t index, struct hash *ret, struct why *)
{
	const struct batch *b = ctx;

	assert(level <= BATCH_PATH_MAX && index < b->head.size >> level);
	*ret = b->level[level][index];
	return OK;
}

/* The tree is only read through the source, whose type is for all uses. */
static struct merkle_source
source_of(const struct batch *b)
{
	return (struct merkle_source){ read_node, (void *)(uintptr_t)b };
}

enum err
batch_new(const struct hash *leaf, size_t count, struct batch **ret, struct why *why)
{
	if (count == 0)
		return fail(why, ERR_INVALID, "batch.empty", "a batch has one record at least");
	if (count > BATCH_RECORDS_MAX)
		return fail(why, ERR_LIMIT, "batch.full", "a batch has %d records at most, not %zu",
		    BATCH_RECORDS_MAX, count);

	CLEANUP(batch_freep) struct batch *b = heap_new(sizeof(*b), 1);
	struct hash *at = b->node;
	memcpy(at, leaf, count * sizeof(*leaf));
	b->level[0] = at;
	for (size_t level = 1, below = count; below > 1; level++, below /= 2) {
		at += below;
		b->level[level] = at;
		for (size_t i = 0; i < below / 2; i++)
			at[i] = merkle_node(&b->level[level - 1][2 * i],
			    &b->level[level - 1][2 * i + 1]);
	}
	b->head.size = count;
	struct merkle_source source = source_of(b);
	TRY(merkle_head_at(&source, count, &b->head, why));
	*ret = b;
	b = NULL;
	return OK;
}

void
batch_free(struct batch *b)
{
	heap_free(b);
}

struct merkle_head
batch_head(const struct batch *b)
{
	return b->head;
}

enum err
batch_prove(const struct batch *b, uint32_t index, const struct batch_salt *salt,
    struct batch_proof *ret, struct why *why)
{
	struct merkle_source source = source_of(b);
	struct merkle_proof path;

	TRY(merkle_prove_inclusion(&source, index, b->head.size, &path, why));
	assert(path.len <= BATCH_PATH_MAX);
	struct batch_proof proof = { .index = index, .salt = *salt, .len = path.len };
	memcpy(proof.node, path.node, path.len * sizeof(path.node[0]));
	*ret = proof;
	return OK;
}

enum err
batch_verify(const struct merkle_head *batch, struct str record, const struct batch_proof *proof,
    struct why *why)
{
	struct merkle_proof path = { .len = proof->len };

	if (batch->size > BATCH_RECORDS_MAX)
		return fail(why, ERR_LIMIT, "batch.full",
		    "a batch has %d records at most, not %" PRIu64, BATCH_RECORDS_MAX, batch->size);
	if (proof->len > BATCH_PATH_MAX)
		return fail(why, ERR_INVALID, "batch.path", "a path has %d hashes at most, not %zu",
		    BATCH_PATH_MAX, proof->len);
	memcpy(path.node, proof->node, proof->len * sizeof(proof->node[0]));

	struct hash leaf = batch_leaf(&proof->salt, record);
	return merkle_verify_inclusion(batch, proof->index, &leaf, &path, why);
}

void
batch_proof_put(const struct batch_proof *proof, struct buf *out)
{
	for (unsigned i = INDEX_BYTES; i-- > 0;)
		buf_putc(out, (char)(uint8_t)(proof->index >> (8 * i)));
	buf_put(out, (struct str){ (const char *)proof->salt.byte, sizeof(proof->salt.byte) });
	buf_put(out, (struct str){ (const char *)proof->node, proof->len * HASH_BYTES });
}

enum err
batch_proof_parse(struct str bytes, struct batch_proof *ret, struct why *why)
{
	struct batch_proof proof = { 0 };

	if (bytes.len < FIXED_BYTES || (bytes.len - FIXED_BYTES) % HASH_BYTES != 0 ||
	    (bytes.len - FIXED_BYTES) / HASH_BYTES > BATCH_PATH_MAX)
		return fail(why, ERR_INVALID, "batch.proof",
		    "a stored proof has %d bytes and at most %d hashes, not %zu bytes", FIXED_BYTES,
		    BATCH_PATH_MAX, bytes.len);
	for (size_t i = 0; i < INDEX_BYTES; i++)
		proof.index = proof.index << 8 | (uint8_t)bytes.ptr[i];
	memcpy(proof.salt.byte, bytes.ptr + INDEX_BYTES, sizeof(proof.salt.byte));
	proof.len = (bytes.len - FIXED_BYTES) / HASH_BYTES;
	memcpy(proof.node, bytes.ptr + FIXED_BYTES, proof.len * HASH_BYTES);
	*ret = proof;
	return OK;
}
