#include "dossier.h"

#include "cases.h"
#include "note.h"

enum { ARENA_MAX = MIB };

/* What the document is and what happened to it; who believes it by which key. */
static const struct open_case {
	const char *name;
	const char *type;    /* of the envelope */
	const char *log_key; /* NULL: the one that signs */
	const char *known;   /* NULL: the verifier key; "hash": its SHA-256 */
	bool other;          /* another key signed */
	bool changed;        /* a byte of the document, after it was signed */
	enum err want;
	const char *code; /* NULL: whatever the envelope says */
} open_cases[] = {
	{ "by the verifier key", DOSSIER_TYPE, NULL, NULL, false, false, OK, "" },
	{ "by the hash of the key", DOSSIER_TYPE, NULL, "hash", false, false, OK, "" },
	{ "a pack is no dossier", "application/vnd.torana.audit-pack+json", NULL, NULL, false,
	    false, ERR_INVALID, "dossier.type" },
	{ "a key that is none", DOSSIER_TYPE, "mine", NULL, false, false, ERR_INVALID,
	    "dossier.log-key" },
	{ "known by something else", DOSSIER_TYPE, NULL, "in.example", false, false, ERR_INVALID,
	    "note.known-text" },
	{ "known by another key", DOSSIER_TYPE, NULL,
	    "0000000000000000000000000000000000000000000000000000000000000000", false, false,
	    ERR_TAMPERED, "note.known" },
	{ "signed by a stranger in our name", DOSSIER_TYPE, NULL, NULL, true, false, ERR_TAMPERED,
	    NULL },
	{ "changed", DOSSIER_TYPE, NULL, NULL, false, true, ERR_TAMPERED, NULL },
};

struct sealed {
	char verifier[NOTE_KEY_TEXT_MAX];
	char hash[65]; /* of dsse_keyid() */
	struct str envelope;
};

/* A changed document keeps the signatures of the first. */
static void
seal(struct arena *a, const struct open_case *c, struct sealed *ret)
{
	CLEANUP(sign_key_freep) struct sign_key *key = sign_key_new(), *other = sign_key_new();
	CLEANUP(buf_free) struct buf out = buf_new(64 * KIB);
	struct verify_key public = sign_key_public(key);
	struct note_key known;

	assert_int_equal(note_key_make(S("in.example/demo"), NOTE_ED25519, &public, &known, NULL),
	    OK);
	note_key_text(&known, ret->verifier);
	dsse_keyid(&public, ret->hash);
	struct dsse e = {
		.payload_type = str_of(c->type),
		.payload = arena_printf(a, "{\"about\":\"x\",\"log_key\":\"%s\"}",
		    c->log_key != NULL ? c->log_key : ret->verifier),
	};
	assert_int_equal(dsse_sign(&e, c->other ? other : key, a, NULL), OK);
	if (c->changed)
		e.payload = arena_printf(a, "{\"about\":\"y\",\"log_key\":\"%s\"}", ret->verifier);
	assert_int_equal(dsse_write(&e, &out, NULL), OK);
	ret->envelope = arena_str(a, buf_str(&out));
}

static void
check_open(void **state)
{
	const struct open_case *c = *state;
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_MAX);
	const struct json *payload = NULL;
	struct sealed s;
	struct dsse e;
	struct why why = { 0 };

	seal(a, c, &s);
	const char *known = c->known == NULL                ? s.verifier
	                    : strcmp(c->known, "hash") == 0 ? s.hash
	                                                    : c->known;
	assert_int_equal(dossier_open(a, s.envelope, str_of(known), &e, &payload, &why), c->want);
	if (c->want == OK)
		assert_true(str_is(json_str(json_get(payload, S("about"))), "x"));
	else if (c->code != NULL)
		assert_string_equal(why.code, c->code);
}

int
main(int argc, char **argv)
{
	static struct cases list;

	CASES(&list, open_cases, check_open);
	return cases_run("dossier", &list, argc, argv);
}
