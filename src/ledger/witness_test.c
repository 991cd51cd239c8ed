#include "pair_p.h"

static uint64_t
witnessed(struct pair *p)
{
	struct merkle_head head;
	struct str note;

	WORKS(&p->in, ledger_witnessed(p->in.db, S("jp.example/real"), p->in.arena, &head, &note,
	                  &p->in.why));
	return head.size;
}

/* ---- the road ---- */

static void
test_cosigned(void **state)
{
	(void)state;
	CLEANUP(pair_closep) struct pair p;
	uint64_t size = 0;
	time_us at = 0;

	pair_open(&p);
	pair_grow(&p, 3);
	pair_cosign(&p, 0);
	WORKS(&p.jp, ledger_cosigned_size(p.jp.db, S("jp.example/real"), S("in.example"), &size,
	                 &at, &p.jp.why));
	assert_int_equal(size, 3);
	assert_int_equal(at, FIXTURE_AT);
	pair_grow(&p, 4);
	pair_cosign(&p, 3);
	assert_int_equal(witnessed(&p), 7);
	/* Once more over the same head: the same again. */
	pair_cosign(&p, 7);
	assert_int_equal(witnessed(&p), 7);

	struct str note = { 0 };
	WORKS(&p.jp,
	    ledger_checkpoint(p.jp.db, S("jp.example/real"), p.jp.arena, &note, &p.jp.why));
	assert_int_not_equal(str_find(note, S("\n\xe2\x80\x94 in.example ")), SIZE_MAX);
	assert_true(str_eq(note, fixture_read(&p.in, "mirror/jp.example%2Freal/checkpoint")));
	WORKS(&p.jp,
	    ledger_cosigned_size(p.jp.db, S("jp.example/real"), S("xx"), &size, &at, &p.jp.why));
	assert_int_equal(size, 0);
}

static void
test_cosigned_proof(void **state)
{
	(void)state;
	CLEANUP(pair_closep) struct pair p;
	struct ledger_proved proved;
	struct str proof = { 0 };

	pair_open(&p);
	fixture_batch(&p.jp, 2);
	fixture_publish(&p.jp);
	pair_cosign(&p, 0);
	const struct ledger_place second = { 0, 1 };
	WORKS(&p.jp, ledger_prove(p.jp.ledger, p.jp.db, &second, p.jp.arena, &proof, &p.jp.why));
	WORKS(&p.jp, ledger_proof_verify(p.jp.arena, proof, &p.jp.log_key, &p.in.witness_key,
	                 &proved, &p.jp.why));
	assert_true(proved.cosigned);
}

/* Two logs that witness each other come to rest. */
static void
test_no_new_leaves(void **state)
{
	(void)state;
	CLEANUP(pair_closep) struct pair p;

	pair_open(&p);
	pair_grow(&p, 1);
	pair_cosign(&p, 0);
	assert_int_equal(fixture_publish(&p.in), 0);
	assert_int_equal(fixture_publish(&p.jp), 1);
}

static void
test_nothing_to_cosign(void **state)
{
	(void)state;
	CLEANUP(pair_closep) struct pair p;
	struct str request;

	pair_open(&p);
	assert_int_equal(ledger_witness_request(p.jp.ledger, p.jp.db, 0, p.jp.arena, &request,
	                     &p.jp.why),
	    ERR_NOT_FOUND);
	assert_string_equal(p.jp.why.text, "the log jp.example/real has no checkpoint yet");
	pair_grow(&p, 1);
	assert_int_equal(ledger_witness_request(p.jp.ledger, p.jp.db, 2, p.jp.arena, &request,
	                     &p.jp.why),
	    ERR_INVALID);
	assert_string_equal(p.jp.why.text, "the log jp.example/real has published 1 leaves, not 2");
}

/* ---- lines that came back ---- */

static enum err
take_lines(struct pair *p, const struct note_key *witness, uint64_t size, struct str lines)
{
	const struct ledger_cosignature c = { witness, size, lines, FIXTURE_AT };

	return ledger_cosigned(p->jp.ledger, p->jp.db, &c, &p->jp.why);
}

static void
test_lines_refused(void **state)
{
	(void)state;
	CLEANUP(pair_closep) struct pair p;

	pair_open(&p);
	pair_grow(&p, 1);
	struct witness_answer answer = pair_ask(&p, pair_request_from(&p, 0));
	assert_int_equal(take_lines(&p, &p.in.witness_key, 2, answer.text), ERR_NOT_FOUND);
	assert_int_equal(take_lines(&p, &p.in.witness_key, 1, S("hello\n")), ERR_INVALID);
	assert_int_equal(take_lines(&p, &p.jp.witness_key, 1, answer.text), ERR_INVALID);
	assert_string_equal(p.jp.why.text, "the answer has no cosignature of jp.example");

	/* A line over another head. */
	pair_grow(&p, 1);
	assert_int_equal(take_lines(&p, &p.in.witness_key, 2, answer.text), ERR_TAMPERED);
}

/* Only the line of the witness is kept. */
static void
test_foreign_lines_dropped(void **state)
{
	(void)state;
	CLEANUP(pair_closep) struct pair p;
	struct str note = { 0 };

	pair_open(&p);
	pair_grow(&p, 1);
	struct witness_answer answer = pair_ask(&p, pair_request_from(&p, 0));
	struct str lines =
	    arena_printf(p.jp.arena, "\xe2\x80\x94 xx AAAAAAAA\n%.*s", STR_ARG(answer.text));
	WORKS(&p.jp, take_lines(&p, &p.in.witness_key, 1, lines));
	WORKS(&p.jp,
	    ledger_checkpoint(p.jp.db, S("jp.example/real"), p.jp.arena, &note, &p.jp.why));
	assert_int_equal(str_find(note, S(" xx ")), SIZE_MAX);
	assert_true(str_ends(note, answer.text));
}

/* ---- statuses ---- */

/* What is asked when jp has 5 leaves and in has cosigned 3 of them. */
/* clang-format off */
static const struct status_row {
	const char *name;
	uint64_t old;             /* of the request that is written first */
	const char *from, *to;    /* and replaced in it */
	unsigned status;
	const char *text;
} status_rows[] = {
	{ "good", 3, "old", "old", 200, NULL },
	{ "empty", 3, "old 3\n", "", 400, NULL },
	{ "no number", 3, "old 3", "old x", 400,
	  "line 1 of the request is \"old\" and a decimal number without leading zeros\n" },
	{ "leading zero", 3, "old 3", "old 03", 400,
	  "line 1 of the request is \"old\" and a decimal number without leading zeros\n" },
	{ "no hash", 3, "old 3\n", "old 3\nAAAA\n", 400,
	  "line 2 of the request is not a hash of 32 bytes in base64\n" },
	{ "no checkpoint", 3, "\n\n", "\n", 400, NULL },
	{ "no note", 3, "\n\njp.example/real\n5\n", "\n\n\n5\n", 400,
	  "the origin of a log is one line of 1 to 255 bytes\n" },
	{ "another origin", 3, "\n\njp.", "\n\nfr.", 404,
	  "the log fr.example/real is not one that we witness for you\n" },
	{ "changed text", 3, "\n5\n", "\n6\n", 403, NULL },
	{ "no signature of the log", 3, "\n\xe2\x80\x94 jp.", "\n\xe2\x80\x94 fr.", 403,
	  "the checkpoint carries no signature of jp.example/real\n" },
	{ "old above size", 3, "old 3", "old 6", 400,
	  "the old size 6 is above the size 5 of the checkpoint\n" },
	{ "old behind", 0, "old", "old", 409, "3\n" },
	{ "old ahead", 4, "old", "old", 409, "3\n" },
	{ "proof of another size", 4, "old 4", "old 3", 422, NULL },
	{ "no proof", 5, "old 5", "old 3", 422, "the consistency proof has 0 hashes, not 4\n" },
};
/* clang-format on */

static void
check_status(void **state)
{
	const struct status_row *row = *state;
	CLEANUP(pair_closep) struct pair p;

	pair_open(&p);
	pair_grow(&p, 3);
	pair_cosign(&p, 0);
	pair_grow(&p, 2);
	struct str request =
	    fixture_swap(&p.in, pair_request_from(&p, row->old), row->from, row->to);
	struct witness_answer answer = pair_ask(&p, request);
	assert_int_equal(answer.status, row->status);
	if (row->text != NULL)
		assert_true(str_is(answer.text, row->text));
	assert_true(str_is(answer.type, row->status == 409 ? "text/x.tlog.size" : "text/plain"));
	assert_int_equal(witnessed(&p), row->status == 200 ? 5 : 3);
	assert_int_equal(fixture_has(&p.in, "mirror/jp.example%2Freal/conflict-5"),
	    row->status == 422);
}

static void
test_proof_of_nothing(void **state)
{
	(void)state;
	CLEANUP(pair_closep) struct pair p;

	pair_open(&p);
	pair_grow(&p, 2);
	struct str request = fixture_swap(&p.in, pair_request_from(&p, 0), "old 0\n",
	    "old 0\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n");
	struct witness_answer answer = pair_ask(&p, request);
	assert_int_equal(answer.status, 422);
	assert_true(str_starts(answer.text, S("an empty log is a prefix of every log")));
	assert_int_equal(witnessed(&p), 0);
}

static void
test_unknown_partner(void **state)
{
	(void)state;
	CLEANUP(pair_closep) struct pair p;
	struct witness_answer answer;

	pair_open(&p);
	pair_grow(&p, 1);
	const struct witness_ask ask = { NULL, pair_request_from(&p, 0), FIXTURE_AT };
	WORKS(&p.in, ledger_witness(p.in.ledger, p.in.db, &ask, p.in.arena, &answer, &p.in.why));
	assert_int_equal(answer.status, 404);
}

static void
test_without_key(void **state)
{
	(void)state;
	CLEANUP(pair_closep) struct pair p;
	CLEANUP(ledger_closep) struct ledger *reader = NULL;
	struct witness_answer answer;

	pair_open(&p);
	pair_grow(&p, 1);
	const struct ledger_config config = { .folder = p.in.folder,
		.origin = S("in.example/real") };
	WORKS(&p.in, ledger_open(&config, &reader, &p.in.why));
	const struct witness_ask ask = { &p.jp.log_key, pair_request_from(&p, 0), FIXTURE_AT };
	assert_int_equal(ledger_witness(reader, p.in.db, &ask, p.in.arena, &answer, &p.in.why),
	    ERR_FORBIDDEN);
	assert_string_equal(p.in.why.text,
	    "in.example/real was opened without its witness key: it cannot cosign");
}

/* ---- two histories ---- */

static void
test_forked_same_size(void **state)
{
	(void)state;
	CLEANUP(pair_closep) struct pair p;

	pair_open(&p);
	pair_grow(&p, 3);
	pair_cosign(&p, 0);
	pair_rewrite(&p, 3);
	struct witness_answer answer = pair_ask(&p, pair_request_from(&p, 3));
	assert_int_equal(answer.status, 422);
	assert_true(
	    str_is(answer.text, "we cosigned another root of 3 leaves: history was rewritten\n"));

	/* The note that was sent is kept, word for word. */
	struct str evidence = fixture_read(&p.in, "mirror/jp.example%2Freal/conflict-3");
	assert_true(str_eq(evidence, fixture_read(&p.jp, "log/checkpoint")));
	assert_true(
	    str_starts(fixture_read(&p.in, "mirror/jp.example%2Freal/checkpoint"), S("jp.")));
	assert_int_equal(witnessed(&p), 3);
}

static void
test_forked_longer(void **state)
{
	(void)state;
	CLEANUP(pair_closep) struct pair p;

	pair_open(&p);
	pair_grow(&p, 3);
	pair_cosign(&p, 0);
	pair_rewrite(&p, 6);
	struct witness_answer answer = pair_ask(&p, pair_request_from(&p, 3));
	assert_int_equal(answer.status, 422);
	assert_true(fixture_has(&p.in, "mirror/jp.example%2Freal/conflict-6"));
}

static void
test_forked_behind(void **state)
{
	(void)state;
	CLEANUP(pair_closep) struct pair p;

	pair_open(&p);
	pair_grow(&p, 2);
	pair_cosign(&p, 0);
	pair_grow(&p, 2);
	pair_cosign(&p, 2);
	pair_rewrite(&p, 2);
	assert_int_equal(pair_ask(&p, pair_request_from(&p, 0)).status, 422);
	assert_true(fixture_has(&p.in, "mirror/jp.example%2Freal/conflict-2"));
}

static void
test_evidence_bounded(void **state)
{
	(void)state;
	CLEANUP(pair_closep) struct pair p;
	char path[128];
	size_t kept = 0;

	pair_open(&p);
	pair_grow(&p, 1);
	pair_cosign(&p, 0);
	pair_rewrite(&p, 2);
	for (uint64_t size = 2; size < 80; size++) {
		assert_int_equal(pair_ask(&p, pair_request_from(&p, 1)).status, 422);
		snprintf(path, sizeof(path), "mirror/jp.example%%2Freal/conflict-%" PRIu64, size);
		kept += fixture_has(&p.in, path);
		pair_grow(&p, 1);
	}
	assert_int_equal(kept, 64);
}

/* ---- restarts of the witness ---- */

static void
restart(struct fixture *f)
{
	fixture_stop(f);
	fixture_connect(f);
}

static void
test_mirror_written_again(void **state)
{
	(void)state;
	CLEANUP(pair_closep) struct pair p;

	pair_open(&p);
	pair_grow(&p, 1);
	pair_cosign(&p, 0);
	struct str old = fixture_read(&p.in, "mirror/jp.example%2Freal/checkpoint");
	pair_grow(&p, 1);
	pair_cosign(&p, 1);
	struct str new = fixture_read(&p.in, "mirror/jp.example%2Freal/checkpoint");
	restart(&p.in);
	fixture_write(&p.in, "mirror/jp.example%2Freal/checkpoint", old);
	WORKS(&p.in, fixture_start(&p.in));
	assert_true(str_eq(new, fixture_read(&p.in, "mirror/jp.example%2Freal/checkpoint")));
	restart(&p.in);
	files_remove(p.in.folder, "mirror/jp.example%2Freal/checkpoint");
	WORKS(&p.in, fixture_start(&p.in));
	assert_true(str_eq(new, fixture_read(&p.in, "mirror/jp.example%2Freal/checkpoint")));
}

/* A witness that forgot what it cosigned could cosign a fork. */
static void
test_witness_rolled_back(void **state)
{
	(void)state;
	CLEANUP(pair_closep) struct pair p;

	pair_open(&p);
	pair_grow(&p, 1);
	pair_cosign(&p, 0);
	WORKS(&p.in, db_run(p.in.db, &p.in.why, "DELETE FROM witnessed"));
	restart(&p.in);
	assert_int_equal(fixture_start(&p.in), ERR_TAMPERED);
	assert_string_equal(p.in.why.code, "ledger.rolled-back");
	assert_non_null(strstr(p.in.why.text,
	    "a head of 1 leaves that we cosigned, and the database knows only 0"));
}

static void
test_long_origin(void **state)
{
	(void)state;
	CLEANUP(pair_closep) struct pair p;
	char origin[251];

	fixture_open_as(&p.in, "in.example/real", 3);
	memset(origin, '/', sizeof(origin) - 1);
	origin[sizeof(origin) - 1] = '\0';
	origin[0] = '.';
	fixture_open_as(&p.jp, origin, 1);
	pair_grow(&p, 1);
	pair_cosign(&p, 0);
	restart(&p.in);
	WORKS(&p.in, fixture_start(&p.in));
}

int
main(int argc, char **argv)
{
	struct cases all = { 0 };

	CASE(&all, test_cosigned);
	CASE(&all, test_cosigned_proof);
	CASE(&all, test_no_new_leaves);
	CASE(&all, test_nothing_to_cosign);
	CASE(&all, test_lines_refused);
	CASE(&all, test_foreign_lines_dropped);
	CASES(&all, status_rows, check_status);
	CASE(&all, test_proof_of_nothing);
	CASE(&all, test_unknown_partner);
	CASE(&all, test_without_key);
	CASE(&all, test_forked_same_size);
	CASE(&all, test_forked_longer);
	CASE(&all, test_forked_behind);
	CASE(&all, test_evidence_bounded);
	CASE(&all, test_mirror_written_again);
	CASE(&all, test_witness_rolled_back);
	CASE(&all, test_long_origin);
	return cases_run("witness", &all, argc, argv);
}
