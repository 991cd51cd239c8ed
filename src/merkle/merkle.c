#include "merkle.h"

enum { HEADER_BYTES = 8 };

static const char leaf_prefix[1] = { 0x00 };
static const char node_prefix[1] = { 0x01 };

/* ---- hashes ---- */

struct hash
merkle_leaf(struct str data)
{
	const struct str part[] = { { leaf_prefix, 1 }, data };

	return hash_of_parts(part, COUNTOF(part));
}

struct hash
merkle_node(const struct hash *left, const struct hash *right)
{
	const struct str part[] = { { node_prefix, 1 }, hash_str(left), hash_str(right) };

	return hash_of_parts(part, COUNTOF(part));
}

struct hash
merkle_root(const struct hash *leaf, size_t count)
{
	struct merkle_frontier f;

	f.size = 0;
	for (size_t i = 0; i < count; i++) {
		enum err err = merkle_append(&f, &leaf[i], NULL);
		assert(err == OK);
	}
	return merkle_frontier_head(&f).root;
}

bool
merkle_head_eq(const struct merkle_head *a, const struct merkle_head *b)
{
	return a->size == b->size && hash_eq(&a->root, &b->root);
}

/* ---- appending ---- */

static size_t
bits_set(uint64_t size)
{
	return (size_t)__builtin_popcountll(size);
}

enum err
merkle_append(struct merkle_frontier *f, const struct hash *leaf, struct why *why)
{
	if (f->size >= MERKLE_SIZE_MAX)
		return fail(why, ERR_LIMIT, "merkle.full",
		    "the log has %" PRIu64 " leaves and is full", f->size);

	size_t len = bits_set(f->size);
	struct hash node = *leaf;
	/* Each trailing one-bit is a complete subtree of the size of ours. */
	for (uint64_t size = f->size; (size & 1) == 1; size >>= 1)
		node = merkle_node(&f->node[--len], &node);
	f->node[len] = node;
	f->size++;
	return OK;
}

struct merkle_head
merkle_frontier_head(const struct merkle_frontier *f)
{
	size_t len = bits_set(f->size);

	if (len == 0)
		return (struct merkle_head){ 0, hash_of(S("")) };
	struct hash root = f->node[--len];
	while (len > 0)
		root = merkle_node(&f->node[--len], &root);
	return (struct merkle_head){ f->size, root };
}

void
merkle_frontier_put(const struct merkle_frontier *f, struct buf *out)
{
	for (unsigned i = HEADER_BYTES; i-- > 0;)
		buf_putc(out, (char)(uint8_t)(f->size >> (8 * i)));
	buf_put(out, (struct str){ (const char *)f->node, bits_set(f->size) * HASH_BYTES });
}

enum err
merkle_frontier_parse(struct str bytes, struct merkle_frontier *ret, struct why *why)
{
	struct merkle_frontier f = { 0 };

	if (bytes.len < HEADER_BYTES)
		return fail(why, ERR_INVALID, "merkle.frontier",
		    "a frontier has %d bytes at least, not %zu", HEADER_BYTES, bytes.len);
	for (size_t i = 0; i < HEADER_BYTES; i++)
		f.size = f.size << 8 | (uint8_t)bytes.ptr[i];
	if (f.size > MERKLE_SIZE_MAX)
		return fail(why, ERR_INVALID, "merkle.frontier",
		    "a frontier of %" PRIu64 " leaves is too large", f.size);

	size_t len = bits_set(f.size) * HASH_BYTES;
	if (bytes.len - HEADER_BYTES != len)
		return fail(why, ERR_INVALID, "merkle.frontier",
		    "a frontier of %" PRIu64 " leaves has %zu bytes, not %zu", f.size,
		    HEADER_BYTES + len, bytes.len);
	memcpy(f.node, bytes.ptr + HEADER_BYTES, len);
	*ret = f;
	return OK;
}
