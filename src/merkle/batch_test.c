#include "batch.h"

#include <stdio.h>

#include "cases.h"

struct fixture {
	struct batch_salt salt[BATCH_RECORDS_MAX];
	struct hash leaf[BATCH_RECORDS_MAX];
};

static struct str
record_of(size_t i, char ret[32])
{
	int len = snprintf(ret, 32, "record %zu", i);

	return (struct str){ ret, (size_t)len };
}

static struct fixture *
fixture_new(size_t count)
{
	struct fixture *f = heap_new(sizeof(*f), 1);
	char text[32];

	batch_salts_new(f->salt, count);
	for (size_t i = 0; i < count; i++)
		f->leaf[i] = batch_leaf(&f->salt[i], record_of(i, text));
	return f;
}

/* clang-format off */
static const struct size_case {
	const char *name;
	size_t count;
} size_cases[] = {
	{ "one record", 1 }, { "two records", 2 }, { "three records", 3 }, { "thirteen records", 13 },
	{ "one below the limit", BATCH_RECORDS_MAX - 1 }, { "as many as fit", BATCH_RECORDS_MAX },
};
/* clang-format on */

static void
check_every_record(void **state)
{
	const struct size_case *c = *state;
	CLEANUP(heap_freep) struct fixture *f = fixture_new(c->count);
	CLEANUP(batch_freep) struct batch *b = NULL;
	char text[32];

	assert_int_equal(batch_new(f->leaf, c->count, &b, NULL), OK);
	struct merkle_head head = batch_head(b);
	struct hash root = merkle_root(f->leaf, c->count);
	assert_int_equal(head.size, c->count);
	assert_true(hash_eq(&head.root, &root));
	for (size_t i = 0; i < c->count; i++) {
		struct batch_proof proof;
		assert_int_equal(batch_prove(b, (uint32_t)i, &f->salt[i], &proof, NULL), OK);
		assert_int_equal(batch_verify(&head, record_of(i, text), &proof, NULL), OK);
		assert_int_equal(batch_verify(&head, record_of(i + 1, text), &proof, NULL),
		    ERR_TAMPERED);
	}
}

static void
check_salt_matters(void **)
{
	CLEANUP(heap_freep) struct fixture *f = fixture_new(3);
	CLEANUP(batch_freep) struct batch *b = NULL;
	struct batch_proof proof;
	struct why why = { 0 };

	assert_int_equal(batch_new(f->leaf, 3, &b, NULL), OK);
	struct merkle_head head = batch_head(b);
	assert_int_equal(batch_prove(b, 1, &f->salt[0], &proof, NULL), OK);
	assert_int_equal(batch_verify(&head, S("record 1"), &proof, &why), ERR_TAMPERED);
	assert_string_equal(why.code, "merkle.root");
}

/* SHA-256(0x00 || salt || record), put together by hand. */
static void
check_leaf(void **)
{
	const struct batch_salt salt = { { 0xaa, [31] = 0xbb } };
	char joined[1 + 32 + 2] = { 0, (char)0xaa, [32] = (char)0xbb, 'h', 'i' };
	struct hash want = hash_of((struct str){ joined, sizeof(joined) });
	struct hash got = batch_leaf(&salt, S("hi"));

	assert_true(hash_eq(&got, &want));
}

static void
check_stored_form(void **)
{
	CLEANUP(heap_freep) struct fixture *f = fixture_new(13);
	CLEANUP(batch_freep) struct batch *b = NULL;
	CLEANUP(buf_free) struct buf bytes = buf_new(KIB);
	struct batch_proof proof;
	struct batch_proof back;
	struct why why = { 0 };

	assert_int_equal(batch_new(f->leaf, 13, &b, NULL), OK);
	struct merkle_head head = batch_head(b);
	assert_int_equal(batch_prove(b, 12, &f->salt[12], &proof, NULL), OK);
	batch_proof_put(&proof, &bytes);
	assert_int_equal(bytes.len, 36 + 2 * HASH_BYTES);
	assert_int_equal(batch_proof_parse(buf_str(&bytes), &back, NULL), OK);
	assert_int_equal(batch_verify(&head, S("record 12"), &back, NULL), OK);

	for (size_t len = 0; len < bytes.len; len++) {
		if (len == 36 || len == 68)
			continue;
		assert_int_equal(batch_proof_parse((struct str){ bytes.ptr, len }, &back, &why),
		    ERR_INVALID);
	}
	assert_string_equal(why.text,
	    "a stored proof has 36 bytes and at most 12 hashes, not 99 bytes");
}

static void
check_refused(void **)
{
	static const struct hash leaf[BATCH_RECORDS_MAX + 1];
	struct batch_proof proof = { .len = BATCH_PATH_MAX + 1 };
	CLEANUP(batch_freep) struct batch *b = NULL;
	struct why why = { 0 };

	assert_int_equal(batch_new(leaf, 0, &b, &why), ERR_INVALID);
	assert_string_equal(why.text, "a batch has one record at least");
	assert_int_equal(batch_new(leaf, COUNTOF(leaf), &b, &why), ERR_LIMIT);
	assert_string_equal(why.text, "a batch has 4096 records at most, not 4097");
	assert_int_equal(batch_verify(&(struct merkle_head){ .size = 4097 }, S(""), &proof, &why),
	    ERR_LIMIT);
	assert_int_equal(batch_verify(&(struct merkle_head){ .size = 4096 }, S(""), &proof, &why),
	    ERR_INVALID);
	assert_string_equal(why.text, "a path has 12 hashes at most, not 13");

	assert_int_equal(batch_new(leaf, 5, &b, NULL), OK);
	assert_int_equal(batch_prove(b, 5, &proof.salt, &proof, &why), ERR_INVALID);
	assert_string_equal(why.text, "leaf 5 is not in a log of 5 leaves");
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	CASES(&cases, size_cases, check_every_record);
	CASE(&cases, check_salt_matters);
	CASE(&cases, check_leaf);
	CASE(&cases, check_stored_form);
	CASE(&cases, check_refused);
	return cases_run("batch", &cases, argc, argv);
}
