#include "sign.h"

#include <stdio.h>

#include "cases.h"
#include "codec.h"
#include "json.h"

/* clang-format off */
/* RFC 8032, section 7.1. */
static const struct known_case {
	const char *name;
	const char *seed, *public, *message, *signature;
} known_cases[] = {
	{ "an empty message",
	  "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
	  "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
	  "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b" },
	{ "a message of one byte",
	  "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
	  "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "\x72",
	  "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00" },
};

/* What the strict rule is about, each a signature over "m" that a lax verifier
 * may take. */
static const struct strict_case {
	const char *name;
	const char *public, *signature;
} strict_cases[] = {
	{ "a key of small order with everything zero",
	  "0000000000000000000000000000000000000000000000000000000000000000",
	  "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000" },
	{ "the neutral element as key and nonce point",
	  "0100000000000000000000000000000000000000000000000000000000000000",
	  "01000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000" },
	{ "a key that is no canonical encoding",
	  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	  "01000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000" },
};
/* clang-format on */

static void
check_known(void **state)
{
	const struct known_case *c = *state;
	uint8_t seed[SIGN_SEED_BYTES];
	struct verify_key public;
	struct signature signature;

	assert_true(hex_parse(str_of(c->seed), seed, sizeof(seed)));
	assert_true(hex_parse(str_of(c->public), public.byte, sizeof(public.byte)));
	assert_true(hex_parse(str_of(c->signature), signature.byte, sizeof(signature.byte)));

	CLEANUP(sign_key_freep) struct sign_key *key = sign_key_from_seed(seed);
	struct verify_key made_public = sign_key_public(key);
	struct signature made = sign_make(key, str_of(c->message));
	assert_true(verify_key_eq(&made_public, &public));
	assert_memory_equal(made.byte, signature.byte, SIGNATURE_BYTES);
	assert_int_equal(sign_verify(&public, str_of(c->message), &signature, NULL), OK);
}

static void
check_strict(void **state)
{
	const struct strict_case *c = *state;
	struct verify_key public;
	struct signature signature;

	assert_true(hex_parse(str_of(c->public), public.byte, sizeof(public.byte)));
	assert_true(hex_parse(str_of(c->signature), signature.byte, sizeof(signature.byte)));
	assert_int_equal(sign_verify(&public, S("m"), &signature, NULL), ERR_TAMPERED);
}

static void
check_tampering(void **)
{
	CLEANUP(sign_key_freep) struct sign_key *key = sign_key_new();
	CLEANUP(sign_key_freep) struct sign_key *other = sign_key_new();
	struct verify_key public = sign_key_public(key);
	struct verify_key other_public = sign_key_public(other);
	struct signature good = sign_make(key, S("message"));
	struct why why = { 0 };

	assert_int_equal(sign_verify(&public, S("message"), &good, &why), OK);
	assert_int_equal(sign_verify(&public, S("massage"), &good, &why), ERR_TAMPERED);
	assert_string_equal(why.code, "sign.wrong");
	assert_string_equal(why.text, "the signature was not made by this key over these bytes");
	assert_int_equal(sign_verify(&other_public, S("message"), &good, NULL), ERR_TAMPERED);
	for (size_t i = 0; i < SIGNATURE_BYTES; i++) {
		struct signature bad = good;
		bad.byte[i] ^= 0x10;
		assert_int_equal(sign_verify(&public, S("message"), &bad, NULL), ERR_TAMPERED);
	}
}

/* Adds the order of the group to S: the same point, another encoding. */
static void
check_malleable(void **)
{
	static const uint8_t order[32] = { 0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6,
		0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, [31] = 0x10 };
	CLEANUP(sign_key_freep) struct sign_key *key = sign_key_new();
	struct verify_key public = sign_key_public(key);
	struct signature twin = sign_make(key, S("message"));
	unsigned carry = 0;

	for (size_t i = 0; i < sizeof(order); i++) {
		carry += (unsigned)twin.byte[32 + i] + order[i];
		twin.byte[32 + i] = (uint8_t)carry;
		carry >>= 8;
	}
	assert_int_equal(carry, 0);
	assert_int_equal(sign_verify(&public, S("message"), &twin, NULL), ERR_TAMPERED);
}

static struct str
read_conformance(struct arena *arena, const char *sub)
{
	char path[4096];

	if (cases_conformance(sub, path) == NULL)
		return (struct str){ NULL, 0 };
	return cases_file(arena, path);
}

static bool
is_accepted(const struct json *row)
{
	struct verify_key public;
	struct signature signature;

	assert_true(hex_parse(json_str(json_get(row, S("key"))), public.byte, sizeof(public.byte)));
	assert_true(
	    hex_parse(json_str(json_get(row, S("sig"))), signature.byte, sizeof(signature.byte)));
	return sign_verify(&public, json_str(json_get(row, S("msg"))), &signature, NULL) == OK;
}

/* Both parties must take the same 43 of the 914 known edge cases, or a signer
 * can show each of them another history. */
static void
check_edge_cases(void **)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new(64 * MIB);
	struct str text = read_conformance(arena, "ed25519/ed25519vectors.json");
	const struct json *rows;
	size_t accepted = 0;

	if (text.ptr == NULL)
		skip();
	assert_int_equal(json_parse(arena, text, NULL, &rows, NULL), OK);
	assert_int_equal(rows->len, 914);
	for (const struct json *row = rows->first; row != NULL; row = row->next)
		accepted += is_accepted(row) ? 1 : 0;
	assert_int_equal(accepted, 43);
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	CASES(&cases, known_cases, check_known);
	CASES(&cases, strict_cases, check_strict);
	CASE(&cases, check_tampering);
	CASE(&cases, check_malleable);
	CASE(&cases, check_edge_cases);
	return cases_run("sign", &cases, argc, argv);
}
