#include "note.h"

#include <stdio.h>

#include "cases.h"
#include "checkpoint.h"

enum { ARENA_MAX = MIB };

#define TEXT                    \
	"log.in.example/real\n" \
	"0\n"                   \
	"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"

/* A log, its witness, and a note that both signed. */
struct fixture {
	struct arena *arena;
	struct sign_key *secret[2];
	struct note_key key[2];
	struct buf note;
};

static struct fixture
fixture_new(void)
{
	struct fixture f = {
		.arena = arena_new(ARENA_MAX),
		.secret = { sign_key_new(), sign_key_new() },
		.note = buf_new(NOTE_BYTES_MAX),
	};
	struct verify_key log = sign_key_public(f.secret[0]);
	struct verify_key witness = sign_key_public(f.secret[1]);

	assert_int_equal(note_key_make(S("log.in.example/real"), NOTE_ED25519, &log, &f.key[0],
	                     NULL),
	    OK);
	assert_int_equal(note_key_make(S("jp.example"), NOTE_COSIGNATURE, &witness, &f.key[1],
	                     NULL),
	    OK);
	buf_put(&f.note, S(TEXT "\n"));
	assert_int_equal(note_sign(&f.key[0], f.secret[0], S(TEXT), 0, &f.note, NULL), OK);
	assert_int_equal(note_sign(&f.key[1], f.secret[1], S(TEXT), 1'795'305'600, &f.note, NULL),
	    OK);
	return f;
}

static void
fixture_freep(struct fixture *f)
{
	arena_free(f->arena);
	sign_key_free(f->secret[0]);
	sign_key_free(f->secret[1]);
	buf_free(&f->note);
}

static void
check_both_signed(void **)
{
	CLEANUP(fixture_freep) struct fixture f = fixture_new();
	struct note_verdict verdict[2];
	struct checkpoint checkpoint;
	struct note note;

	assert_int_equal(note_parse(f.arena, buf_str(&f.note), &note, NULL), OK);
	assert_true(str_is(note.text, TEXT));
	assert_int_equal(note.signatures, 2);
	assert_int_equal(note_verify(&note, f.key, 2, verdict, NULL), OK);
	assert_true(verdict[0].is_signed && verdict[1].is_signed);
	assert_int_equal(verdict[0].at_s, 0);
	assert_int_equal(verdict[1].at_s, 1'795'305'600);
	assert_int_equal(checkpoint_parse(note.text, &checkpoint, NULL), OK);
	assert_true(str_is(checkpoint.origin, "log.in.example/real"));
	assert_int_equal(checkpoint.head.size, 0);
}

static void
check_unknown_keys_are_passed_over(void **)
{
	CLEANUP(fixture_freep) struct fixture f = fixture_new();
	CLEANUP(fixture_freep) struct fixture other = fixture_new();
	struct note_verdict verdict[2];
	struct note note;

	assert_int_equal(note_parse(f.arena, buf_str(&f.note), &note, NULL), OK);
	assert_int_equal(note_verify(&note, other.key, 2, verdict, NULL), OK);
	assert_false(verdict[0].is_signed || verdict[1].is_signed);
}

/* A known key with a bad signature spoils the note, even beside a good one. */
static void
check_known_bad(void **)
{
	CLEANUP(fixture_freep) struct fixture f = fixture_new();
	struct note_verdict verdict[2];
	struct note note;
	struct why why = { 0 };

	assert_int_equal(note_parse(f.arena, buf_str(&f.note), &note, NULL), OK);
	note.text = S("log.in.example/real\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n");
	assert_int_equal(note_verify(&note, f.key, 2, verdict, &why), ERR_TAMPERED);
	assert_string_equal(why.text, "log.in.example/real: the signature was not made by this "
	                              "key over these bytes");

	assert_int_equal(note_parse(f.arena, buf_str(&f.note), &note, NULL), OK);
	note.signature[1].bytes.len--;
	assert_int_equal(note_verify(&note, f.key, 2, verdict, &why), ERR_TAMPERED);
	assert_string_equal(why.text, "the signature of jp.example has 71 bytes, not 72");
}

/* The time is signed, too. */
static void
check_time_is_signed(void **)
{
	CLEANUP(fixture_freep) struct fixture f = fixture_new();
	struct note_verdict verdict[2];
	struct note note;
	char bytes[72];

	assert_int_equal(note_parse(f.arena, buf_str(&f.note), &note, NULL), OK);
	memcpy(bytes, note.signature[1].bytes.ptr, sizeof(bytes));
	bytes[7] ^= 1;
	note.signature[1].bytes.ptr = bytes;
	assert_int_equal(note_verify(&note, f.key, 2, verdict, NULL), ERR_TAMPERED);
}

static void
check_latest_counts(void **)
{
	CLEANUP(fixture_freep) struct fixture f = fixture_new();
	struct note_verdict verdict[2];
	struct note note;

	assert_int_equal(note_sign(&f.key[1], f.secret[1], S(TEXT), 1'795'305'601, &f.note, NULL),
	    OK);
	assert_int_equal(note_sign(&f.key[1], f.secret[1], S(TEXT), 5, &f.note, NULL), OK);
	assert_int_equal(note_parse(f.arena, buf_str(&f.note), &note, NULL), OK);
	assert_int_equal(note_verify(&note, f.key, 2, verdict, NULL), OK);
	assert_int_equal(verdict[1].at_s, 1'795'305'601);
}

/* A cosignature and a log's signature are over different bytes: one key id
 * cannot stand in for the other. */
static void
check_type_is_part_of_the_id(void **)
{
	CLEANUP(fixture_freep) struct fixture f = fixture_new();
	struct note_key other;

	assert_int_equal(note_key_make(S("jp.example"), NOTE_ED25519, &f.key[1].key, &other, NULL),
	    OK);
	assert_int_not_equal(other.id, f.key[1].id);
}

static void
check_lines_alone(void **)
{
	CLEANUP(fixture_freep) struct fixture f = fixture_new();
	CLEANUP(buf_free) struct buf line = buf_new(KIB);
	struct note_verdict verdict[2];
	struct note note;

	assert_int_equal(note_sign(&f.key[1], f.secret[1], S(TEXT), 9, &line, NULL), OK);
	assert_int_equal(note_parse_lines(f.arena, S(TEXT), buf_str(&line), &note, NULL), OK);
	assert_int_equal(note_verify(&note, f.key, 2, verdict, NULL), OK);
	assert_true(!verdict[0].is_signed && verdict[1].is_signed);
}

static void
check_wrong_secret(void **)
{
	CLEANUP(fixture_freep) struct fixture f = fixture_new();
	struct why why = { 0 };

	assert_int_equal(note_sign(&f.key[0], f.secret[1], S(TEXT), 0, &f.note, &why), ERR_INVALID);
	assert_string_equal(why.text, "the secret is not that of the key log.in.example/real");
	assert_int_equal(note_sign(&f.key[0], f.secret[0], S("no end"), 0, &f.note, &why),
	    ERR_INVALID);
	assert_string_equal(why.text, "the text of a note ends with a newline");
}

/* clang-format off */
#define DASH "\xe2\x80\x94 "
static const struct parse_case {
	const char *name;
	const char *bytes;
	enum err want;
	const char *why;
} parse_cases[] = {
	{ "the least",            "t\n\n" DASH "k AAAAAAA=\n", OK, "" },
	{ "an empty line inside", "t\n\nu\n\n" DASH "k AAAAAAA=\n", OK, "" },
	{ "nothing",              "", ERR_INVALID, "the text of a note ends with a newline" },
	{ "no signature",         "t\n", ERR_INVALID, "a note has an empty line and at least one signature after its text" },
	{ "an empty list",        "t\n\n", ERR_INVALID, "a note has an empty line and at least one signature after its text" },
	{ "no last newline",      "t\n\n" DASH "k AAAAAAA=", ERR_INVALID, "the text of a note ends with a newline" },
	{ "a hyphen",             "t\n\n- k AAAAAAA=\n", ERR_INVALID, "a signature line begins with a dash (U+2014)" },
	{ "no blank",             "t\n\n" DASH "kAAAAAAA=\n", ERR_INVALID,
	  "a signature line has the name of a key and its signature in base64" },
	{ "an empty signature",   "t\n\n" DASH "k AAAAAA==\n", ERR_INVALID, "the signature of k has only 4 bytes" },
	{ "a tab",                "t\t\n\n" DASH "k AAAAAAA=\n", ERR_INVALID, "byte 1 of the note is a control character" },
	{ "a carriage return",    "t\r\n\n" DASH "k AAAAAAA=\n", ERR_INVALID, "byte 1 of the note is a control character" },
	{ "not UTF-8",            "\xff\n\n" DASH "k AAAAAAA=\n", ERR_INVALID, "a note is written in UTF-8" },
};

static const struct key_text_case {
	const char *name;
	const char *text;
	enum err want;
	const char *why;
} key_text_cases[] = {
	{ "nothing", "", ERR_INVALID, "this is no verifier key: it reads NAME+ID+BASE64, the ID in eight hex digits" },
	{ "no base64", "n+00000000", ERR_INVALID, "this is no verifier key: it reads NAME+ID+BASE64, the ID in eight hex digits" },
	{ "a long id", "n+000000000+AQ==", ERR_INVALID, "this is no verifier key: it reads NAME+ID+BASE64, the ID in eight hex digits" },
	{ "a key of type 2", "n+00000000+AgAA", ERR_INVALID,
	  "keys of type 2 with 2 bytes are unknown; we know 1 (Ed25519) and 4 (cosignature)" },
	{ "another id", "n+00000000+AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", ERR_TAMPERED, NULL },
	{ "a blank in the name", "n m+00000000+AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", ERR_INVALID,
	  "the name of a key has 1 to 255 bytes and no blanks or plus signs" },
};

static const struct checkpoint_case {
	const char *name;
	const char *text;
	enum err want;
	const char *why;
} checkpoint_cases[] = {
	{ "an empty log", TEXT, OK, "" },
	{ "a further line", "o\n7\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\nmore\n", OK, "" },
	{ "two lines", "o\n7\n", ERR_INVALID, "a checkpoint has three lines: origin, size, root" },
	{ "one line", "o\n", ERR_INVALID, "a checkpoint has three lines: origin, size, root" },
	{ "no last newline", "o\n7\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", ERR_INVALID,
	  "a checkpoint has three lines: origin, size, root" },
	{ "no origin", "\n7\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", ERR_INVALID,
	  "the origin of a log is one line of 1 to 255 bytes" },
	{ "a leading zero", "o\n07\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", ERR_INVALID,
	  "line 2 of a checkpoint is a decimal number without leading zeros" },
	{ "too large", "o\n9223372036854775808\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", ERR_LIMIT,
	  "a log of 9223372036854775808 leaves is larger than any we handle" },
	{ "a short root", "o\n7\nAAAA\n", ERR_INVALID, "line 3 of a checkpoint is a root: 32 bytes in base64" },
	{ "an empty log with leaves", "o\n0\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", ERR_INVALID,
	  "the root of an empty log is the SHA-256 of nothing" },
	{ "an empty further line", "o\n7\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n", ERR_INVALID,
	  "further lines of a checkpoint may not be empty" },
};
/* clang-format on */

static void
check_parse(void **state)
{
	const struct parse_case *c = *state;
	CLEANUP(arena_freep) struct arena *arena = arena_new(ARENA_MAX);
	struct note note;
	struct why why = { 0 };

	assert_int_equal(note_parse(arena, str_of(c->bytes), &note, &why), c->want);
	assert_string_equal(why.text, c->why);
}

static void
check_too_many_lines(void **)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new(ARENA_MAX);
	CLEANUP(buf_free) struct buf bytes = buf_new(NOTE_BYTES_MAX);
	struct note note;
	struct why why = { 0 };

	buf_put(&bytes, S("t\n\n"));
	for (size_t i = 0; i < NOTE_SIGNATURES_MAX; i++)
		buf_put(&bytes, S(DASH "k AAAAAAA=\n"));
	assert_int_equal(note_parse(arena, buf_str(&bytes), &note, NULL), OK);
	buf_put(&bytes, S(DASH "k AAAAAAA=\n"));
	assert_int_equal(note_parse(arena, buf_str(&bytes), &note, &why), ERR_LIMIT);
	assert_string_equal(why.text, "a note has 32 signatures at most");
}

static void
check_key_text(void **state)
{
	const struct key_text_case *c = *state;
	struct note_key key;
	struct why why = { 0 };

	assert_int_equal(note_key_parse(str_of(c->text), &key, &why), c->want);
	if (c->why != NULL)
		assert_string_equal(why.text, c->why);
}

static void
check_key_round_trip(void **)
{
	CLEANUP(fixture_freep) struct fixture f = fixture_new();
	char text[NOTE_KEY_TEXT_MAX];
	char again[NOTE_KEY_TEXT_MAX];
	struct note_key back;

	for (size_t i = 0; i < 2; i++) {
		note_key_text(&f.key[i], text);
		assert_int_equal(note_key_parse(str_of(text), &back, NULL), OK);
		assert_int_equal(back.type, f.key[i].type);
		note_key_text(&back, again);
		assert_string_equal(text, again);
	}
}

/* The longest name there may be still fits into the text. */
static void
check_longest_name(void **)
{
	CLEANUP(fixture_freep) struct fixture f = fixture_new();
	char name[NOTE_NAME_MAX + 1];
	char text[NOTE_KEY_TEXT_MAX];
	struct note_key key;

	memset(name, 'n', sizeof(name));
	assert_int_equal(note_key_make((struct str){ name, NOTE_NAME_MAX }, NOTE_ED25519,
	                     &f.key[0].key, &key, NULL),
	    OK);
	note_key_text(&key, text);
	assert_int_equal(strlen(text), NOTE_NAME_MAX + 1 + 8 + 1 + 44);
	assert_int_equal(note_key_make((struct str){ name, sizeof(name) }, NOTE_ED25519,
	                     &f.key[0].key, &key, NULL),
	    ERR_INVALID);
}

static void
check_checkpoint(void **state)
{
	const struct checkpoint_case *c = *state;
	CLEANUP(buf_free) struct buf again = buf_new(KIB);
	struct checkpoint checkpoint;
	struct why why = { 0 };

	assert_int_equal(checkpoint_parse(str_of(c->text), &checkpoint, &why), c->want);
	assert_string_equal(why.text, c->why);
	if (c->want == OK) {
		assert_int_equal(checkpoint_put(&checkpoint, &again, NULL), OK);
		assert_true(str_is(buf_str(&again), c->text));
	}
}

/* A log of seven leaves whose name has a newline would be another log. */
static void
check_checkpoint_origin(void **)
{
	CLEANUP(buf_free) struct buf out = buf_new(KIB);
	const struct checkpoint checkpoint = { .origin = S("o\n7") };
	struct why why = { 0 };

	assert_int_equal(checkpoint_put(&checkpoint, &out, &why), ERR_INVALID);
	assert_string_equal(why.code, "checkpoint.origin");
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	CASES(&cases, parse_cases, check_parse);
	CASES(&cases, key_text_cases, check_key_text);
	CASES(&cases, checkpoint_cases, check_checkpoint);
	CASE(&cases, check_both_signed);
	CASE(&cases, check_unknown_keys_are_passed_over);
	CASE(&cases, check_known_bad);
	CASE(&cases, check_time_is_signed);
	CASE(&cases, check_latest_counts);
	CASE(&cases, check_type_is_part_of_the_id);
	CASE(&cases, check_lines_alone);
	CASE(&cases, check_wrong_secret);
	CASE(&cases, check_too_many_lines);
	CASE(&cases, check_key_round_trip);
	CASE(&cases, check_longest_name);
	CASE(&cases, check_checkpoint_origin);
	return cases_run("note", &cases, argc, argv);
}
