#include "dsse.h"

#include <stdio.h>

#include "cases.h"
#include "hash.h"

enum { ARENA_MAX = 4 * MIB };

#define TYPE "application/vnd.torana.test+json"

/* clang-format off */
/* The first is the example of the DSSE protocol. */
static const struct pae_case {
	const char *name;
	const char *type, *payload;
	const char *want;
} pae_cases[] = {
	{ "the example of the protocol", "http://example.com/HelloWorld", "hello world",
	  "DSSEv1 29 http://example.com/HelloWorld 11 hello world" },
	{ "nothing", "", "", "DSSEv1 0  0 " },
	{ "lengths count bytes", "é", "日", "DSSEv1 2 é 3 日" },
};

#define SIG64 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="
static const struct parse_case {
	const char *name;
	const char *json;
	enum err want;
	const char *why;
} parse_cases[] = {
	{ "one signature without a key id",
	  "{\"payload\":\"aGk=\",\"payloadType\":\"t\",\"signatures\":[{\"sig\":\"" SIG64 "\"}]}", OK, "" },
	{ "base64 of the other alphabet",
	  "{\"payload\":\"-_-_\",\"payloadType\":\"t\",\"signatures\":[{\"sig\":\"" SIG64 "\"}]}", OK, "" },
	{ "further members",
	  "{\"x\":1,\"payload\":\"aGk=\",\"payloadType\":\"t\",\"signatures\":[{\"sig\":\"" SIG64 "\",\"y\":[]}]}", OK, "" },
	{ "not an object", "[]", ERR_INVALID, "an envelope is an object, not array" },
	{ "no type", "{\"payload\":\"aGk=\",\"signatures\":[{\"sig\":\"" SIG64 "\"}]}", ERR_INVALID,
	  "the member \"payloadType\" must be a string of 1 to 256 bytes" },
	{ "no payload", "{\"payloadType\":\"t\",\"signatures\":[{\"sig\":\"" SIG64 "\"}]}", ERR_INVALID,
	  "the member \"payload\" must be a string" },
	{ "a payload that is no string", "{\"payload\":1,\"payloadType\":\"t\",\"signatures\":[{\"sig\":\"" SIG64 "\"}]}",
	  ERR_INVALID, "the member \"payload\" must be a string" },
	{ "no signatures", "{\"payload\":\"aGk=\",\"payloadType\":\"t\"}", ERR_INVALID,
	  "the member \"signatures\" must be an array with at least one signature" },
	{ "an empty list of signatures", "{\"payload\":\"aGk=\",\"payloadType\":\"t\",\"signatures\":[]}", ERR_INVALID,
	  "the member \"signatures\" must be an array with at least one signature" },
	{ "a signature that is a string", "{\"payload\":\"aGk=\",\"payloadType\":\"t\",\"signatures\":[\"x\"]}", ERR_INVALID,
	  "a signature must be an object, not string" },
	{ "a short signature", "{\"payload\":\"aGk=\",\"payloadType\":\"t\",\"signatures\":[{\"sig\":\"aGk=\"}]}", ERR_INVALID,
	  "a signature has 64 bytes, not 2" },
	{ "a key id that is a number",
	  "{\"payload\":\"aGk=\",\"payloadType\":\"t\",\"signatures\":[{\"keyid\":1,\"sig\":\"" SIG64 "\"}]}",
	  ERR_INVALID, "the member \"keyid\" must be a string" },
};
/* clang-format on */

static void
check_pae(void **state)
{
	const struct pae_case *c = *state;
	CLEANUP(buf_free) struct buf out = buf_new(KIB);

	dsse_pae(str_of(c->type), str_of(c->payload), &out);
	assert_true(str_is(buf_str(&out), c->want));
}

static void
check_parse(void **state)
{
	const struct parse_case *c = *state;
	CLEANUP(arena_freep) struct arena *arena = arena_new(ARENA_MAX);
	struct dsse envelope;
	struct why why = { 0 };

	assert_int_equal(dsse_parse(arena, str_of(c->json), &envelope, &why), c->want);
	assert_string_equal(why.text, c->why);
}

/* Twice the same member: which one was signed? */
static void
check_repeated_member(void **)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new(ARENA_MAX);
	struct dsse envelope;

	assert_int_equal(dsse_parse(arena,
	                     S("{\"payload\":\"aGk=\",\"payload\":\"aG8=\",\"payloadType\":\"t\","
	                       "\"signatures\":[{\"sig\":\"" SIG64 "\"}]}"),
	                     &envelope, NULL),
	    ERR_INVALID);
}

/* Two parties and what they sign. */
struct parties {
	struct arena *arena;
	struct sign_key *secret[2];
	struct verify_key key[2];
	struct dsse envelope;
};

static struct parties
parties_new(void)
{
	struct parties p = {
		.arena = arena_new(ARENA_MAX),
		.secret = { sign_key_new(), sign_key_new() },
		.envelope = { .payload_type = S(TYPE), .payload = S("{\"text\":\"we agree\"}") },
	};

	p.key[0] = sign_key_public(p.secret[0]);
	p.key[1] = sign_key_public(p.secret[1]);
	return p;
}

static void
parties_freep(struct parties *p)
{
	arena_free(p->arena);
	sign_key_free(p->secret[0]);
	sign_key_free(p->secret[1]);
}

static void
check_two_sign(void **)
{
	CLEANUP(parties_freep) struct parties p = parties_new();
	CLEANUP(buf_free) struct buf json = buf_new(64 * KIB);
	struct dsse_verdict verdict;
	struct dsse back;

	assert_int_equal(dsse_sign(&p.envelope, p.secret[0], p.arena, NULL), OK);
	assert_int_equal(dsse_verify(&p.envelope, p.key, 2, &verdict, NULL), OK);
	assert_int_equal(verdict.distinct, 1);
	assert_true(verdict.by[0] && !verdict.by[1]);

	assert_int_equal(dsse_sign(&p.envelope, p.secret[1], p.arena, NULL), OK);
	assert_int_equal(dsse_write(&p.envelope, &json, NULL), OK);
	assert_int_equal(dsse_parse(p.arena, buf_str(&json), &back, NULL), OK);
	assert_true(str_eq(back.payload, p.envelope.payload));
	assert_true(str_is(back.payload_type, TYPE));
	assert_int_equal(dsse_verify(&back, p.key, 2, &verdict, NULL), OK);
	assert_int_equal(verdict.distinct, 2);
}

static void
check_threshold_met_by_one(void **)
{
	CLEANUP(parties_freep) struct parties p = parties_new();
	struct dsse_verdict verdict;
	struct why why = { 0 };
	char keyid[HASH_HEX + 1];

	assert_int_equal(dsse_sign(&p.envelope, p.secret[0], p.arena, NULL), OK);
	assert_int_equal(dsse_sign(&p.envelope, p.secret[0], p.arena, &why), ERR_CONFLICT);
	assert_string_equal(why.code, "dsse.signed");

	/* The same signature again, under the name of the other key. */
	p.envelope.signature[1] = p.envelope.signature[0];
	dsse_keyid(&p.key[1], keyid);
	p.envelope.signature[1].keyid = str_of(keyid);
	p.envelope.signatures = 2;
	assert_int_equal(dsse_verify(&p.envelope, p.key, 2, &verdict, NULL), OK);
	assert_int_equal(verdict.distinct, 1);
	assert_true(verdict.by[0] && !verdict.by[1]);

	/* The same key twice in the verifier's list. */
	const struct verify_key twice[] = { p.key[0], p.key[0] };
	assert_int_equal(dsse_verify(&p.envelope, twice, 2, &verdict, NULL), OK);
	assert_int_equal(verdict.distinct, 1);
	assert_true(verdict.by[0] && !verdict.by[1]);
}

static void
check_keyid_is_a_hint(void **)
{
	CLEANUP(parties_freep) struct parties p = parties_new();
	struct dsse_verdict verdict;

	assert_int_equal(dsse_sign(&p.envelope, p.secret[1], p.arena, NULL), OK);
	p.envelope.signature[0].keyid = S("somebody");
	assert_int_equal(dsse_verify(&p.envelope, p.key, 2, &verdict, NULL), OK);
	assert_true(!verdict.by[0] && verdict.by[1]);
}

static void
check_tampering(void **)
{
	CLEANUP(parties_freep) struct parties p = parties_new();
	struct dsse_verdict verdict;
	struct why why = { 0 };

	assert_int_equal(dsse_sign(&p.envelope, p.secret[0], p.arena, NULL), OK);
	assert_int_equal(dsse_verify(&p.envelope, &p.key[1], 1, &verdict, &why), ERR_TAMPERED);
	assert_string_equal(why.text, "none of the 1 known keys signed this envelope");

	struct dsse other = p.envelope;
	other.payload = S("{\"text\":\"we  agree\"}");
	assert_int_equal(dsse_verify(&other, p.key, 2, &verdict, NULL), ERR_TAMPERED);
	other = p.envelope;
	other.payload_type = S("text/plain");
	assert_int_equal(dsse_verify(&other, p.key, 2, &verdict, NULL), ERR_TAMPERED);
}

static void
check_bounds(void **)
{
	CLEANUP(parties_freep) struct parties p = parties_new();
	struct dsse_verdict verdict;
	struct why why = { 0 };

	assert_int_equal(dsse_verify(&p.envelope, p.key, DSSE_KEYS_MAX + 1, &verdict, &why),
	    ERR_LIMIT);
	assert_string_equal(why.text, "an envelope is verified against 64 keys at most, not 65");

	p.envelope.signatures = DSSE_SIGNATURES_MAX;
	assert_int_equal(dsse_sign(&p.envelope, p.secret[0], p.arena, &why), ERR_LIMIT);
	assert_string_equal(why.text, "an envelope holds 32 signatures at most");

	p.envelope.payload_type = S("");
	assert_int_equal(dsse_sign(&p.envelope, p.secret[0], p.arena, &why), ERR_INVALID);
	assert_string_equal(why.text, "a payload type has 1 to 256 bytes, not 0");
}

/* Somebody else's signatures by the dozen over a large payload cost us no more
 * than the bound. */
static void
check_work_is_bounded(void **)
{
	CLEANUP(parties_freep) struct parties p = parties_new();
	struct verify_key key[DSSE_KEYS_MAX];
	struct dsse_verdict verdict;
	struct why why = { 0 };
	static char large[DSSE_PAYLOAD_MAX];

	for (size_t i = 0; i < COUNTOF(key); i++) {
		key[i] = p.key[0];
		key[i].byte[0] ^= (uint8_t)(i + 1);
	}
	p.envelope.payload = (struct str){ large, sizeof(large) };
	p.envelope.signatures = DSSE_SIGNATURES_MAX;
	assert_int_equal(dsse_verify(&p.envelope, key, COUNTOF(key), &verdict, &why), ERR_LIMIT);
	assert_string_equal(why.code, "dsse.work");
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	CASES(&cases, pae_cases, check_pae);
	CASES(&cases, parse_cases, check_parse);
	CASE(&cases, check_repeated_member);
	CASE(&cases, check_two_sign);
	CASE(&cases, check_threshold_met_by_one);
	CASE(&cases, check_keyid_is_a_hint);
	CASE(&cases, check_tampering);
	CASE(&cases, check_bounds);
	CASE(&cases, check_work_is_bounded);
	return cases_run("dsse", &cases, argc, argv);
}
