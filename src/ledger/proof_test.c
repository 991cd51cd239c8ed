#include "fixture_p.h"

static enum err
try_prove(struct fixture *f, uint64_t leaf, uint32_t place, struct str *ret)
{
	const struct ledger_place at = { leaf, place };

	return ledger_prove(f->ledger, f->db, &at, f->arena, ret, &f->why);
}

static struct str
prove(struct fixture *f, uint64_t leaf, uint32_t place)
{
	struct str proof = { 0 };

	WORKS(f, try_prove(f, leaf, place, &proof));
	return proof;
}

static void
check_proof(struct fixture *f, uint64_t leaf, uint32_t place)
{
	struct ledger_proved proved;
	char record[64];

	WORKS(f, ledger_proof_verify(f->arena, prove(f, leaf, place), &f->log_key, NULL, &proved,
	             &f->why));
	snprintf(record, sizeof(record), "{\"n\":%u,\"outcome\":\"release\"}", place);
	assert_true(str_is(proved.record, record));
	assert_int_equal(proved.leaf, leaf);
	assert_int_equal(proved.place, place);
	assert_true(str_is(proved.origin, "jp.example/real"));
	assert_false(proved.cosigned);
}

static void
test_proofs(void **state)
{
	(void)state;
	CLEANUP(fixture_closep) struct fixture f;

	fixture_open(&f);
	for (uint64_t leaf = 0; leaf < 9; leaf++) {
		fixture_batch(&f, 1 + (size_t)leaf);
		fixture_publish(&f);
	}
	for (uint64_t leaf = 0; leaf < 9; leaf++) {
		check_proof(&f, leaf, 0);
		check_proof(&f, leaf, (uint32_t)leaf);
	}
}

static void
test_proof_without_tiles(void **state)
{
	(void)state;
	CLEANUP(fixture_closep) struct fixture f;

	fixture_open(&f);
	fixture_batch(&f, 3);
	fixture_append(&f);
	fixture_publish(&f);
	fixture_flip(&f, "log/tile/0/000.p/2", 40);
	check_proof(&f, 0, 2);
	files_remove(f.folder, "log/tile/0/000.p/2");
	check_proof(&f, 0, 1);
}

static void
test_proof_refused(void **state)
{
	(void)state;
	CLEANUP(fixture_closep) struct fixture f;
	struct str proof;

	fixture_open(&f);
	fixture_batch(&f, 2);
	assert_int_equal(try_prove(&f, 0, 0, &proof), ERR_CONFLICT);
	assert_string_equal(f.why.text,
	    "leaf 0 of the log jp.example/real is not under a signed checkpoint yet");
	fixture_publish(&f);
	assert_int_equal(try_prove(&f, 1, 0, &proof), ERR_NOT_FOUND);
	assert_string_equal(f.why.text, "the log jp.example/real has no leaf 1");
	assert_int_equal(try_prove(&f, 0, 2, &proof), ERR_NOT_FOUND);
	assert_string_equal(f.why.text, "leaf 0 of the log jp.example/real has no record 2");
	fixture_append(&f);
	assert_int_equal(try_prove(&f, 1, 0, &proof), ERR_CONFLICT);
	fixture_publish(&f);
	assert_int_equal(try_prove(&f, 1, 0, &proof), ERR_NOT_FOUND);
	assert_string_equal(f.why.text, "leaf 1 of the log jp.example/real has no records");
}

static void
test_proof_of_changed_record(void **state)
{
	(void)state;
	CLEANUP(fixture_closep) struct fixture f;
	struct str proof;

	fixture_open(&f);
	fixture_batch(&f, 2);
	fixture_publish(&f);
	check_proof(&f, 0, 1);
	WORKS(&f, db_run(f.db, &f.why, "UPDATE ledger_record SET record = $1 WHERE place = 1",
	              DB_B(S("{\"n\":1,\"outcome\":\"refused\"}"))));
	/* Also while the tree of the batch is kept. */
	assert_int_equal(try_prove(&f, 0, 1, &proof), ERR_TAMPERED);
	fixture_stop(&f);
	fixture_connect(&f);
	WORKS(&f, fixture_start(&f));
	assert_int_equal(try_prove(&f, 0, 0, &proof), ERR_TAMPERED);
	assert_string_equal(f.why.text,
	    "the records of leaf 0 are not those that the leaf commits to");
}

/* clang-format off */
static const struct forged_row {
	const char *name, *from, *to;
	enum err err;
	const char *text;
} forged_rows[] = {
	{ "a forged record", "\"record\":\"eyJuIjox", "\"record\":\"eyJuIjoy", ERR_TAMPERED,
	  "the inclusion proof of leaf 1 does not lead to the root" },
	{ "a forged place", "\"batch\":\"AAAAA", "\"batch\":\"AAAAB", ERR_INVALID, NULL },
	{ "another leaf", "\"leaf\":1", "\"leaf\":0", ERR_TAMPERED,
	  "the inclusion proof of leaf 0 does not lead to the root" },
	{ "a leaf outside", "\"leaf\":1", "\"leaf\":9", ERR_INVALID,
	  "leaf 9 is not in a log of 3 leaves" },
	{ "a negative leaf", "\"leaf\":1", "\"leaf\":-1", ERR_INVALID,
	  "\"leaf\" of a proof is the number of a leaf" },
	{ "another log", "\"checkpoint\":\"jp", "\"checkpoint\":\"xx", ERR_TAMPERED,
	  "the proof is one of the log xx.example/real, not of jp.example/real" },
	{ "another size", "real\\n3\\n", "real\\n4\\n", ERR_TAMPERED, NULL },
	{ "a name that signed nothing", "\xe2\x80\x94 jp", "\xe2\x80\x94 xx", ERR_TAMPERED,
	  "the checkpoint of the proof carries no signature of jp.example/real" },
	{ "no path", "\"path\"", "\"pfad\"", ERR_INVALID,
	  "\"path\" of a proof is a list of at most 63 hashes" },
	{ "a path of numbers", "\"path\":[\"", "\"path\":[1,\"", ERR_INVALID,
	  "\"path\" of a proof is a list of hashes of 32 bytes in base64" },
	{ "no record", "\"record\"", "\"rekord\"", ERR_INVALID,
	  "\"record\" of a proof is a text in base64" },
	{ "no JSON", "{", "", ERR_INVALID, NULL },
	{ "a list", "{", "[],{", ERR_INVALID, NULL },
};
/* clang-format on */

static void
check_forged(void **state)
{
	const struct forged_row *row = *state;
	CLEANUP(fixture_closep) struct fixture f;
	struct ledger_proved proved;

	fixture_open(&f);
	fixture_append(&f);
	fixture_batch(&f, 2);
	fixture_append(&f);
	fixture_publish(&f);
	struct str forged = prove(&f, 1, 1);
	forged = fixture_swap(&f, forged, row->from, row->to);
	assert_int_equal(ledger_proof_verify(f.arena, forged, &f.log_key, NULL, &proved, &f.why),
	    row->err);
	if (row->text != NULL)
		assert_string_equal(f.why.text, row->text);
}

int
main(int argc, char **argv)
{
	struct cases all = { 0 };

	CASE(&all, test_proofs);
	CASE(&all, test_proof_without_tiles);
	CASE(&all, test_proof_refused);
	CASE(&all, test_proof_of_changed_record);
	CASES(&all, forged_rows, check_forged);
	return cases_run("proof", &all, argc, argv);
}
