#include "hash.h"

#include "cases.h"
#include "uuid_make.h"

/* clang-format off */
/* FIPS 180-4 examples, and the same counted over by another program. */
static const struct hash_case {
	const char *name;
	const char *bytes;
	const char *want;
} hash_cases[] = {
	{ "nothing", "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
	{ "three letters", "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
	{ "two blocks", "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
	  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
};

/* RFC 4231, section 4.3 and 4.2 in another order. */
static const struct hmac_case {
	const char *name;
	const char *key, *bytes;
	const char *want;
} hmac_cases[] = {
	{ "a short key", "Jefe", "what do ya want for nothing?",
	  "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
	{ "no key and no bytes", "", "",
	  "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad" },
};

static const struct uuid5_case {
	const char *name;
	const char *space, *text;
	const char *want;
} uuid5_cases[] = {
	{ "a host name", "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "python.org",
	  "886313e1-3b8a-5372-9b90-0c9aee199e5d" },
	{ "an empty name", "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "",
	  "4ebd0208-8328-5d69-8c44-ec50939c0967" },
};
/* clang-format on */

static void
check_hash(void **state)
{
	const struct hash_case *c = *state;
	char text[HASH_HEX + 1];
	struct hash h = hash_of(str_of(c->bytes));

	hash_text(&h, text);
	assert_string_equal(text, c->want);

	struct hash back;
	assert_true(hash_parse(str_of(c->want), &back));
	assert_true(hash_eq(&h, &back));
	back.byte[31] ^= 1;
	assert_false(hash_eq(&h, &back));
}

static void
check_hmac(void **state)
{
	const struct hmac_case *c = *state;
	struct str whole = str_of(c->bytes);
	size_t cut = whole.len / 2;
	const struct str part[] = { str_sub(whole, 0, cut), str_sub(whole, cut, whole.len) };
	char text[HASH_HEX + 1];
	struct hash h = hash_hmac(str_of(c->key), part, COUNTOF(part));

	hash_text(&h, text);
	assert_string_equal(text, c->want);
}

/* Every way to cut bytes into parts gives the hash of the whole, below and
 * above the sizes up to which parts are joined first. */
static void
check_parts(void **)
{
	char bytes[5000];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(i * 7 % 251);
	for (size_t len = 0; len <= sizeof(bytes); len += 250) {
		struct str whole = { bytes, len };
		struct hash want = hash_of(whole);
		for (size_t cut = 0; cut <= len; cut += 125) {
			const struct str part[] = { str_sub(whole, 0, cut), { NULL, 0 },
				str_sub(whole, cut, len - cut) };
			struct hash got = hash_of_parts(part, COUNTOF(part));
			assert_true(hash_eq(&got, &want));
		}
	}
}

static void
check_hasher_is_reusable(void **)
{
	CLEANUP(hasher_freep) struct hasher *h = hasher_new();
	struct hash want = hash_of(S("abc"));

	for (int round = 0; round < 2; round++) {
		hasher_add(h, S("a"));
		hasher_add(h, S(""));
		hasher_add(h, S("bc"));
		struct hash got = hasher_take(h);
		assert_true(hash_eq(&got, &want));
	}
}

static void
check_parse_refuses(void **)
{
	struct hash h;

	assert_false(hash_parse(S(""), &h));
	assert_false(hash_parse(S("ab"), &h));
	assert_false(
	    hash_parse(S("g3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"), &h));
}

static void
check_uuid5(void **state)
{
	const struct uuid5_case *c = *state;
	struct uuid space;
	char text[UUID_TEXT + 1];

	assert_true(uuid_parse(str_of(c->space), &space));
	struct uuid u = uuid_v5(&space, str_of(c->text));
	uuid_text(&u, text);
	assert_string_equal(text, c->want);
}

static void
check_uuid4(void **)
{
	struct uuid a = uuid_v4();
	struct uuid b = uuid_v4();
	char text[UUID_TEXT + 1];

	assert_memory_not_equal(a.byte, b.byte, UUID_BYTES);
	uuid_text(&a, text);
	assert_int_equal(text[14], '4');
	assert_true(uuid_parse(str_of(text), &b));
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	CASES(&cases, hash_cases, check_hash);
	CASES(&cases, hmac_cases, check_hmac);
	CASES(&cases, uuid5_cases, check_uuid5);
	CASE(&cases, check_parts);
	CASE(&cases, check_hasher_is_reusable);
	CASE(&cases, check_parse_refuses);
	CASE(&cases, check_uuid4);
	return cases_run("hash", &cases, argc, argv);
}
