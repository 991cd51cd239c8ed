#include "merkle.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>

#include "cases.h"
#include "codec.h"

enum { LEAVES = 300, PATH_BYTES = 4096 };

/* ---- the slow truth: the definition of RFC 9162, section 2.1.1, by recursion ---- */

static struct hash
slow_root(const struct hash *leaf, size_t count)
{
	if (count == 0)
		return hash_of(S(""));
	if (count == 1)
		return leaf[0];

	size_t k = 1;
	while (2 * k < count)
		k *= 2;
	struct hash left = slow_root(leaf, k);
	struct hash right = slow_root(leaf + k, count - k);
	char joined[1 + 2 * HASH_BYTES] = { 1 };
	memcpy(joined + 1, left.byte, HASH_BYTES);
	memcpy(joined + 1 + HASH_BYTES, right.byte, HASH_BYTES);
	return hash_of((struct str){ joined, sizeof(joined) });
}

static struct hash leaves[LEAVES];

static struct merkle_head
head_of(size_t size)
{
	return (struct merkle_head){ size, slow_root(leaves, size) };
}

static struct merkle_source
source(void)
{
	static struct merkle_leaves all = { leaves, LEAVES };

	return merkle_source_of(&all);
}

static void
fill_leaves(void)
{
	for (size_t i = 0; i < LEAVES; i++) {
		char text[16];
		int len = snprintf(text, sizeof(text), "leaf %zu", i);
		leaves[i] = merkle_leaf((struct str){ text, (size_t)len });
	}
}

static void
check_leaf(void **)
{
	struct hash got = merkle_leaf(S("abc"));
	struct hash want = hash_of(S("\0abc"));

	assert_true(hash_eq(&got, &want));
}

static void
check_roots(void **)
{
	struct merkle_frontier f = { 0 };

	for (size_t size = 0; size <= LEAVES; size++) {
		struct merkle_head want = head_of(size);
		struct merkle_head got = merkle_frontier_head(&f);
		assert_true(merkle_head_eq(&got, &want));

		struct hash root = merkle_root(leaves, size);
		assert_true(hash_eq(&root, &want.root));

		struct merkle_source src = source();
		assert_int_equal(merkle_head_at(&src, size, &got, NULL), OK);
		assert_true(merkle_head_eq(&got, &want));
		if (size < LEAVES)
			assert_int_equal(merkle_append(&f, &leaves[size], NULL), OK);
	}
}

static void
check_inclusion(void **)
{
	struct merkle_source src = source();

	for (size_t size = 1; size <= LEAVES; size += size < 70 ? 1 : 23) {
		struct merkle_head head = head_of(size);
		for (size_t index = 0; index < size; index++) {
			struct merkle_proof proof;
			assert_int_equal(merkle_prove_inclusion(&src, index, size, &proof, NULL),
			    OK);
			assert_int_equal(proof.len, merkle_inclusion_len(index, size));
			assert_int_equal(merkle_verify_inclusion(&head, index, &leaves[index],
			                     &proof, NULL),
			    OK);
			assert_int_equal(merkle_verify_inclusion(&head, index,
			                     &leaves[(index + 1) % LEAVES], &proof, NULL),
			    ERR_TAMPERED);
		}
	}
}

static void
check_consistency(void **)
{
	struct merkle_source src = source();

	for (size_t to = 1; to <= LEAVES; to += to < 70 ? 1 : 23) {
		struct merkle_head new_head = head_of(to);
		for (size_t from = 1; from <= to; from++) {
			struct merkle_head old_head = head_of(from);
			struct merkle_proof proof;
			assert_int_equal(merkle_prove_consistency(&src, from, to, &proof, NULL),
			    OK);
			assert_int_equal(proof.len, merkle_consistency_len(from, to));
			assert_int_equal(merkle_verify_consistency(&old_head, &new_head, &proof,
			                     NULL),
			    OK);
			old_head.root.byte[0] ^= 1;
			assert_int_equal(merkle_verify_consistency(&old_head, &new_head, &proof,
			                     NULL),
			    ERR_TAMPERED);
		}
	}
}

static void
check_frontier_bytes(void **)
{
	struct merkle_source src = source();
	CLEANUP(buf_free) struct buf bytes = buf_new(4 * KIB);
	struct merkle_frontier f;
	struct merkle_frontier back;
	struct why why = { 0 };

	assert_int_equal(merkle_frontier_at(&src, 277, &f, NULL), OK);
	merkle_frontier_put(&f, &bytes);
	assert_int_equal(bytes.len, 8 + 4 * HASH_BYTES);
	assert_int_equal(merkle_frontier_parse(buf_str(&bytes), &back, NULL), OK);
	for (size_t i = 277; i < LEAVES; i++)
		assert_int_equal(merkle_append(&back, &leaves[i], NULL), OK);
	struct merkle_head got = merkle_frontier_head(&back);
	struct merkle_head want = head_of(LEAVES);
	assert_true(merkle_head_eq(&got, &want));

	for (size_t len = 0; len < bytes.len; len++)
		assert_int_equal(merkle_frontier_parse((struct str){ bytes.ptr, len }, &back, &why),
		    ERR_INVALID);
	assert_string_equal(why.text, "a frontier of 277 leaves has 136 bytes, not 135");
	assert_int_equal(merkle_frontier_parse(S("\x40\0\0\0\0\0\0\1"), &back, &why), ERR_INVALID);
	assert_string_equal(why.text, "a frontier of 4611686018427387905 leaves is too large");
}

static void
check_source_ends(void **)
{
	struct merkle_source src = source();
	struct merkle_head head;
	struct why why = { 0 };

	assert_int_equal(merkle_head_at(&src, LEAVES + 1, &head, &why), ERR_NOT_FOUND);
	assert_string_equal(why.code, "merkle.unknown");
	assert_int_equal(merkle_head_at(&src, MERKLE_SIZE_MAX + 1, &head, &why), ERR_LIMIT);
}

/* clang-format off */
/* The seven leaves of RFC 9162, section 2.1.5, and the ends of the range. */
static const struct len_case {
	const char *name;
	uint64_t index, size;
	size_t want;
} len_cases[] = {
	{ "the only leaf",                0, 1, 0 },
	{ "first of seven",               0, 7, 3 },
	{ "fourth of seven",              3, 7, 3 },
	{ "fifth of seven",               4, 7, 3 },
	{ "last of seven",                6, 7, 2 },
	{ "last but one of the largest",  MERKLE_SIZE_MAX - 2, MERKLE_SIZE_MAX, 62 },
	{ "alone beside a power of two",  UINT64_C(1) << 61, (UINT64_C(1) << 61) + 1, 1 },
};

static const struct consistency_len_case {
	const char *name;
	uint64_t from, to;
	size_t want;
} consistency_len_cases[] = {
	{ "three of seven",    3, 7, 4 },
	{ "four of seven",     4, 7, 1 },
	{ "six of seven",      6, 7, 3 },
	{ "the same",          7, 7, 0 },
	{ "the largest",       MERKLE_SIZE_MAX - 1, MERKLE_SIZE_MAX, 63 },
};

static const struct inclusion_case {
	const char *name;
	uint64_t index, size;
	size_t len;
	enum err want;
	const char *why;
} inclusion_cases[] = {
	{ "an empty log",  0, 0, 0, ERR_INVALID,  "leaf 0 is not in a log of 0 leaves" },
	{ "past the end",  4, 4, 2, ERR_INVALID,  "leaf 4 is not in a log of 4 leaves" },
	{ "too short",     0, 4, 1, ERR_INVALID,  "the inclusion proof has 1 hashes, not 2" },
	{ "too long",      0, 4, 3, ERR_INVALID,  "the inclusion proof has 3 hashes, not 2" },
	{ "another root",  0, 4, 2, ERR_TAMPERED, "the inclusion proof of leaf 0 does not lead to the root" },
	{ "too large",     0, MERKLE_SIZE_MAX + 1, 62, ERR_LIMIT,
	  "a log of 4611686018427387905 leaves is larger than any we handle" },
};

static const struct consistency_case {
	const char *name;
	uint64_t from, to;
	size_t len;
	enum err want;
	const char *why;
} consistency_cases[] = {
	{ "from nothing",      0, 4, 0, ERR_INVALID,  "an empty log is a prefix of every log: there is nothing to prove" },
	{ "nothing to nothing", 0, 0, 0, ERR_INVALID, "an empty log is a prefix of every log: there is nothing to prove" },
	{ "backwards",         5, 4, 0, ERR_INVALID,  "a log of 4 leaves cannot continue one of 5" },
	{ "too short",         3, 7, 3, ERR_INVALID,  "the consistency proof has 3 hashes, not 4" },
	{ "too long",          3, 7, 5, ERR_INVALID,  "the consistency proof has 5 hashes, not 4" },
	{ "a proof for the same size", 7, 7, 1, ERR_INVALID, "the consistency proof has 1 hashes, not 0" },
	{ "other roots",       3, 7, 4, ERR_TAMPERED, "the log of 7 leaves does not continue that of 3: history was rewritten" },
};
/* clang-format on */

static void
check_len(void **state)
{
	const struct len_case *c = *state;

	assert_int_equal(merkle_inclusion_len(c->index, c->size), c->want);
}

static void
check_consistency_len(void **state)
{
	const struct consistency_len_case *c = *state;

	assert_int_equal(merkle_consistency_len(c->from, c->to), c->want);
}

static void
check_inclusion_refused(void **state)
{
	const struct inclusion_case *c = *state;
	const struct merkle_head head = { .size = c->size };
	const struct merkle_proof proof = { .len = c->len };
	const struct hash leaf = { 0 };
	struct why why = { 0 };

	assert_int_equal(merkle_verify_inclusion(&head, c->index, &leaf, &proof, &why), c->want);
	assert_string_equal(why.text, c->why);
}

static void
check_consistency_refused(void **state)
{
	const struct consistency_case *c = *state;
	const struct merkle_head from = { .size = c->from };
	const struct merkle_head to = { .size = c->to };
	const struct merkle_proof proof = { .len = c->len };
	struct why why = { 0 };

	assert_int_equal(merkle_verify_consistency(&from, &to, &proof, &why), c->want);
	assert_string_equal(why.text, c->why);
}

/* ---- the shared cases: small JSON files whose members are numbers, strings
 * in base64, and one array of them ---- */

struct vector {
	struct arena *arena;
	struct str text;
};

/* What follows `"name":`, without blanks; empty when there is no such member. */
static struct str
member(const struct vector *v, const char *name)
{
	char quoted[32];
	int len = snprintf(quoted, sizeof(quoted), "\"%s\":", name);
	size_t at = str_find(v->text, (struct str){ quoted, (size_t)len });

	if (at == SIZE_MAX)
		return S("");
	return str_trim(str_sub(v->text, at + (size_t)len, v->text.len));
}

static uint64_t
number_of(const struct vector *v, const char *name)
{
	struct str value = member(v, name);

	return value.len == 0 ? 0 : strtoull(value.ptr, NULL, 10);
}

/* A string in base64 at the front of *rest; false when it is no hash. */
static bool
take_hash(const struct vector *v, struct str *rest, struct hash *ret)
{
	struct str bytes;

	if (!str_starts(*rest, S("\"")))
		return false;
	*rest = str_sub(*rest, 1, rest->len);
	struct str text = str_split(rest, '"');
	if (base64_parse(v->arena, BASE64_STD, text, &bytes, NULL) != OK || bytes.len != HASH_BYTES)
		return false;
	memcpy(ret->byte, bytes.ptr, HASH_BYTES);
	return true;
}

static bool
hash_member(const struct vector *v, const char *name, struct hash *ret)
{
	struct str value = member(v, name);

	return take_hash(v, &value, ret);
}

static bool
proof_of(const struct vector *v, struct merkle_proof *ret)
{
	struct str rest = member(v, "proof");

	ret->len = 0;
	if (!str_starts(rest, S("[")))
		return str_starts(rest, S("null"));
	rest = str_trim(str_sub(rest, 1, rest.len));
	while (!str_starts(rest, S("]"))) {
		if (ret->len == MERKLE_PROOF_MAX || !take_hash(v, &rest, &ret->node[ret->len++]))
			return false;
		rest = str_trim(rest);
		if (str_starts(rest, S(",")))
			rest = str_trim(str_sub(rest, 1, rest.len));
	}
	return true;
}

static bool
is_inclusion_good(const struct vector *v)
{
	struct merkle_head head = { .size = number_of(v, "treeSize") };
	struct hash leaf;
	struct merkle_proof proof;

	return hash_member(v, "root", &head.root) && hash_member(v, "leafHash", &leaf) &&
	       proof_of(v, &proof) &&
	       merkle_verify_inclusion(&head, number_of(v, "leafIdx"), &leaf, &proof, NULL) == OK;
}

static bool
is_consistency_good(const struct vector *v)
{
	struct merkle_head from = { .size = number_of(v, "size1") };
	struct merkle_head to = { .size = number_of(v, "size2") };
	struct merkle_proof proof;

	return hash_member(v, "root1", &from.root) && hash_member(v, "root2", &to.root) &&
	       proof_of(v, &proof) && merkle_verify_consistency(&from, &to, &proof, NULL) == OK;
}

typedef bool is_good(const struct vector *v);

/* The one file that wants proofs accepted whose roots are no hashes (of 12
 * bytes): here nothing but 32 bytes is a hash. */
static bool
is_no_hash_case(const char *path)
{
	return str_ends(str_of(path), S("/sizes-are-equal-one-and-proof-is-empty.json"));
}

/* nftw() knows no context: what the walk is about. */
static struct {
	is_good *good;
	size_t files;
} walk;

static int
run_file(const char *path, const struct stat *, int kind, struct FTW *)
{
	CLEANUP(arena_freep) struct arena *arena = NULL;

	if (kind != FTW_F || !str_ends(str_of(path), S(".json")) || is_no_hash_case(path))
		return 0;
	arena = arena_new(MIB);
	const struct vector v = { arena, cases_file(arena, path) };
	struct str want_err = member(&v, "wantErr");
	bool want_good = str_starts(want_err, S("false"));
	if ((!want_good && !str_starts(want_err, S("true"))) || walk.good(&v) != want_good) {
		print_error("%s\n", path);
		return -1;
	}
	walk.files++;
	return 0;
}

static size_t
run_vectors(const char *sub, is_good *good)
{
	char root[PATH_BYTES];
	enum { OPEN_FOLDERS = 8 };

	if (cases_conformance(sub, root) == NULL)
		skip();
	walk.good = good;
	walk.files = 0;
	assert_int_equal(nftw(root, run_file, OPEN_FOLDERS, FTW_PHYS), 0);
	return walk.files;
}

static void
check_shared_inclusion(void **)
{
	assert_int_equal(run_vectors("merkle/inclusion", is_inclusion_good), 98);
}

static void
check_shared_consistency(void **)
{
	assert_int_equal(run_vectors("merkle/consistency", is_consistency_good), 97);
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	fill_leaves();
	CASE(&cases, check_leaf);
	CASE(&cases, check_roots);
	CASE(&cases, check_inclusion);
	CASE(&cases, check_consistency);
	CASE(&cases, check_frontier_bytes);
	CASE(&cases, check_source_ends);
	CASES(&cases, len_cases, check_len);
	CASES(&cases, consistency_len_cases, check_consistency_len);
	CASES(&cases, inclusion_cases, check_inclusion_refused);
	CASES(&cases, consistency_cases, check_consistency_refused);
	CASE(&cases, check_shared_inclusion);
	CASE(&cases, check_shared_consistency);
	return cases_run("merkle", &cases, argc, argv);
}
