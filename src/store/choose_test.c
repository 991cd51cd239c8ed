/* An officer's choice among the contents of a version. */
#include "conflict.h"
#include "contents_p.h"

#define X IND(",\"name\":\"x\"")
#define Y IND(",\"name\":\"y\"")
#define GREEN \
	",\"object_marking_refs\":[\"marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb\"]"

static struct content_choice
choice_of(const char *text)
{
	return (struct content_choice){ .of = ours,
		.id = S(ID),
		.version = S(AT),
		.content = hash_of(str_of(text)),
		.account = S("meera"),
		.reason = S("the vendor confirmed it"),
		.at = FRESH_NOW };
}

static enum err
try_choice(struct fresh *f, const struct content_choice *c, struct why *why)
{
	CLEANUP(db_txn_endp) struct db_txn txn = { 0 };

	fresh_ok(db_begin(f->db, &txn, why), why);
	struct choice_places places;
	enum err err = store_choose(f->db, c, &places, why);
	if (err == OK)
		fresh_ok(db_commit(&txn, why), why);
	return err;
}

static void
choose(struct fresh *f, const char *text)
{
	const struct content_choice c = choice_of(text);
	struct why why = { 0 };

	fresh_ok(try_choice(f, &c, &why), &why);
}

static void
sql(struct fresh *f, const char *text)
{
	CLEANUP(db_txn_endp) struct db_txn txn = { 0 };
	struct why why = { 0 };

	fresh_ok(db_begin(f->db, &txn, &why), &why);
	fresh_ok(db_run(f->db, &why, text, DB_T(S(ID))), &why);
	fresh_ok(db_commit(&txn, &why), &why);
}

/* Chosen, changed, and changed back: each at a new date, with who, when and why. */
static void
check_changes(void **)
{
	CLEANUP(fresh_endp) struct fresh f = { 0 };
	struct choice_list made;
	struct stored o;
	struct why why = { 0 };
	static const char *const wanted[] = { X, Y, X, IND("") };

	fresh_begin(&f);
	const struct put_in in = { &f, &f.local, SAME_KEEP };
	assert_int_equal(put_text(&in, IND("")), PUT_NEW);
	assert_int_equal(put_text(&in, X), PUT_ASIDE);
	assert_int_equal(put_text(&in, Y), PUT_ASIDE);
	for (size_t i = 0; i < COUNTOF(wanted); i++) {
		fresh_ok(store_latest(f.db, f.arena, S(ID), &o, &why), &why);
		time_us before = o.date_added;

		choose(&f, wanted[i]);
		expect_served(&f, S(ID), wanted[i]);
		fresh_ok(store_latest(f.db, f.arena, S(ID), &o, &why), &why);
		assert_true(o.date_added > before);
		assert_int_equal(o.withdrawn_at, 0);
		struct conflict_list list = conflicts_of(&f, &ours, S(ID));
		assert_int_equal(list.len, 2);
		assert_true(str_is(list.conflict[0].chosen_by, "meera"));
		assert_true(str_is(list.conflict[0].chosen_reason, "the vendor confirmed it"));
		assert_int_equal(list.conflict[0].chosen_at, FRESH_NOW);
		for (size_t k = 0; k < list.len; k++)
			assert_true(str_is(list.conflict[k].outcome, "chosen"));
	}
	fresh_ok(store_choices(f.db, f.arena, &ours, S(ID), &made, &why), &why);
	assert_int_equal(made.len, COUNTOF(wanted));
	struct hash first = hash_of(str_of(wanted[0]));
	assert_true(hash_eq(&made.choice[COUNTOF(wanted) - 1].content, &first));
	fresh_ok(store_choices(f.db, f.arena, &others, S(ID), &made, &why), &why);
	assert_int_equal(made.len, 0);
}

/* A policy does not undo what an officer said. */
static void
check_policy_gives_way(void **)
{
	CLEANUP(fresh_endp) struct fresh f = { 0 };

	fresh_begin(&f);
	struct put_in in = { &f, &f.local, SAME_KEEP };
	assert_int_equal(put_text(&in, IND("")), PUT_NEW);
	assert_int_equal(put_text(&in, X), PUT_ASIDE);
	choose(&f, X);
	in.policy = SAME_NEWEST;
	assert_int_equal(put_text(&in, IND("")), PUT_ASIDE);
	assert_int_equal(put_text(&in, Y), PUT_ASIDE);
	expect_served(&f, S(ID), X);
	struct conflict_list list = conflicts_of(&f, &ours, S(ID));
	assert_int_equal(list.len, 2);
	assert_true(str_is(list.conflict[0].outcome, "chosen"));
	assert_true(str_is(list.conflict[1].outcome, "chosen"));
}

/* ---- what stands against it ---- */

static void
withdraw(struct fresh *f)
{
	sql(f, "UPDATE object SET withdrawn_at = 5, latest = 0 WHERE object_id = $1 AND version"
	       " NOT LIKE '%~%'");
}

static void
add_later(struct fresh *f)
{
	enum put_result result;
	struct why why = { 0 };

	fresh_ok(fresh_put(f, f->local.shard_key,
	             S("{\"type\":\"indicator\",\"id\":\"" ID "\",\"created\":\"" AT
	               "\",\"modified\":\"2026-01-02T00:00:00Z\"}"),
	             &result, &why),
	    &why);
}

static void
release(struct fresh *f)
{
	struct collection out = fresh_collection(f, "out", COLLECTION_RELEASED, "");
	const struct put_in leave = { f, &out, SAME_FAIL };

	assert_int_equal(put_text(&leave, IND("")), PUT_NEW);
}

/* As a copy, which is called otherwise, and before it lies anywhere. */
static void
release_copy(struct fresh *f)
{
	sql(f, "INSERT INTO release_item (order_id, ordinal, agreement, recipient, owner, "
	       "source_id, version, state, outcome, preview_hash, leaving_id, bytes, copied, "
	       "copy_modified, decision, facts, rules_hash, nonce, approvals_needed, reason, leaf, "
	       "place, changed_at, received_at, receipt, decided_epoch, valid_until) VALUES ('o', "
	       "0, 'IJ', 'JP:JPCERT', 'IN:CERT-IN', $1, '" AT "', 'released', "
	       "'ALLOW_WITH_REDACTION', '', 'indicator--copy', '', 1, 0, '', '', '', '', '', '', "
	       "1, 0, 1, 0, '', 0, 0)");
}

static void
of_guest(struct fresh *f)
{
	sql(f,
	    "UPDATE object SET giver = 'guest:mole' WHERE object_id = $1 AND version LIKE '%~%'");
}

/* clang-format off */
static const struct against_case {
	const char *name;
	const char *first, *second; /* the second is chosen */
	void (*before)(struct fresh *f);
	const char *code;
} against_cases[] = {
	{ "a revocation", IND(",\"revoked\":true"), X, NULL, "store.choice-revoked" },
	{ "another creator", IND(CREATED_BY("1")), IND(CREATED_BY("2")), NULL, "store.choice-creator" },
	{ "none", IND(CREATED_BY("1")), X, NULL, "store.choice-creator" },
	{ "what was taken out", IND(""), X, withdraw, "store.choice-withdrawn" },
	{ "revoked before a later version", IND(""), IND(",\"revoked\":true"), add_later, "store.choice-later" },
	{ "what a partner has", IND(""), X, release, "store.choice-released" },
	{ "what a partner has as a copy", IND(""), X, release_copy, "store.choice-released" },
	{ "a guest's in the place of ours", IND(""), IND(GREEN), of_guest, "store.choice-guest" },
};
/* clang-format on */

static void
check_against(void **state)
{
	const struct against_case *c = *state;
	CLEANUP(fresh_endp) struct fresh f = { 0 };
	const struct content_choice choice = choice_of(c->second);
	struct why why = { 0 };

	fresh_begin(&f);
	const struct put_in in = { &f, &f.local, SAME_KEEP };
	assert_int_equal(put_text(&in, c->first), PUT_NEW);
	assert_int_equal(put_text(&in, c->second), PUT_ASIDE);
	if (c->before != NULL)
		c->before(&f);
	assert_int_equal(try_choice(&f, &choice, &why), ERR_CONFLICT);
	assert_string_equal(why.code, c->code);
	struct conflict_list list = conflicts_of(&f, &ours, S(ID));
	assert_true(str_is(list.conflict[0].served, c->first));
	assert_int_equal(list.conflict[0].chosen_at, 0);
}

/* What another compartment released is not told by what an officer of this one may do. */
static void
check_released_elsewhere(void **)
{
	CLEANUP(fresh_endp) struct fresh f = { 0 };

	fresh_begin(&f);
	const struct put_in in = { &f, &f.local, SAME_KEEP };
	assert_int_equal(put_text(&in, IND("")), PUT_NEW);
	assert_int_equal(put_text(&in, X), PUT_ASIDE);
	release(&f);
	sql(&f, "UPDATE collection SET enclave = 'legal' WHERE kind = 'released' AND $1 <> ''");
	choose(&f, X);
	expect_served(&f, S(ID), X);
}

/* Contents that are too large to be read together stop nobody: what they lie beside is disputed. */
static void
check_large_contents(void **)
{
	enum { LARGE = MIB };
	CLEANUP(fresh_endp) struct fresh f = { 0 };
	CLEANUP(arena_freep) struct arena *small = arena_new(LARGE);
	struct why why = { 0 };
	struct stored o;
	struct stix_object served;
	const struct json *tree = NULL;
	bool disputed = false;

	fresh_begin(&f);
	char *name = arena_alloc(f.arena, 1, 1, LARGE);
	assert_non_null(name);
	memset(name, 'x', LARGE);
	const struct put_in in = { &f, &f.local, SAME_KEEP };
	assert_int_equal(put_text(&in, IND("")), PUT_NEW);
	assert_int_equal(put_text(&in, arena_cstr(f.arena,
	                                   arena_printf(f.arena, IND(",\"name\":\"" STR_FMT "\""),
	                                       LARGE, name))),
	    PUT_ASIDE);
	fresh_ok(store_latest(f.db, f.arena, S(ID), &o, &why), &why);
	fresh_ok(json_parse(f.arena, o.raw, NULL, &tree, &why), &why);
	fresh_ok(stix_scan(tree, &served, &why), &why);
	const struct served_row row = { o.shard_key, o.date_added, &served };
	fresh_ok(store_is_disputed(f.db, small, &row, &disputed, &why), &why);
	assert_true(disputed);
}

/* A marking means one thing for ever. */
static void
check_marking(void **)
{
	CLEANUP(fresh_endp) struct fresh f = { 0 };
	struct content_choice c = choice_of(MARK("b"));
	struct why why = { 0 };

	fresh_begin(&f);
	const struct put_in in = { &f, &f.local, SAME_KEEP };
	assert_int_equal(put_text(&in, MARK("a")), PUT_NEW);
	assert_int_equal(put_text(&in, MARK("b")), PUT_ASIDE);
	c.id = S("marking-definition--22222222-2222-4222-8222-222222222222");
	assert_int_equal(try_choice(&f, &c, &why), ERR_CONFLICT);
	assert_string_equal(why.code, "store.choice-marking");
}

static void
by_others(struct content_choice *c)
{
	c->of = others;
}

static void
of_another_version(struct content_choice *c)
{
	c->version = S("2026-01-02T00:00:00Z");
}

static void
of_no_content(struct content_choice *c)
{
	c->content = hash_of(S("nothing"));
}

static void
of_the_served(struct content_choice *c)
{
	c->content = hash_of(S(IND("")));
}

static void
without_reason(struct content_choice *c)
{
	c->reason = S(" \n");
}

/* clang-format off */
static const struct wrong_case {
	const char *name;
	void (*spoil)(struct content_choice *c);
	enum err err;
	const char *code;
} wrong_cases[] = {
	{ "from another enclave", by_others, ERR_NOT_FOUND, "store.choice-unknown" },
	{ "another version", of_another_version, ERR_NOT_FOUND, "store.choice-unknown" },
	{ "a content that nobody sent", of_no_content, ERR_NOT_FOUND, "store.choice-unknown" },
	{ "the served one", of_the_served, ERR_CONFLICT, "store.choice-same" },
	{ "no reason", without_reason, ERR_INVALID, "store.choice-reason" },
};
/* clang-format on */

static void
check_wrong(void **state)
{
	const struct wrong_case *c = *state;
	CLEANUP(fresh_endp) struct fresh f = { 0 };
	struct content_choice choice = choice_of(X);
	struct why why = { 0 };

	fresh_begin(&f);
	const struct put_in in = { &f, &f.local, SAME_KEEP };
	assert_int_equal(put_text(&in, IND("")), PUT_NEW);
	assert_int_equal(put_text(&in, X), PUT_ASIDE);
	c->spoil(&choice);
	assert_int_equal(try_choice(&f, &choice, &why), c->err);
	assert_string_equal(why.code, c->code);
	expect_served(&f, S(ID), IND(""));
}

/* An older version may be another content, and the newest one stays the newest. */
static void
check_older(void **)
{
	CLEANUP(fresh_endp) struct fresh f = { 0 };
	struct stored o;

	fresh_begin(&f);
	const struct put_in in = { &f, &f.local, SAME_KEEP };
	assert_int_equal(put_text(&in, IND("")), PUT_NEW);
	assert_int_equal(put_text(&in, X), PUT_ASIDE);
	add_later(&f);
	choose(&f, X);
	assert_int_equal(store_latest(f.db, f.arena, S(ID), &o, NULL), OK);
	assert_true(str_is(o.version, "2026-01-02T00:00:00Z"));
	assert_true(str_is(conflicts_of(&f, &ours, S(ID)).conflict[0].served, X));
}

/* ---- purging ---- */

static void
erase(struct fresh *f, time_us until)
{
	CLEANUP(db_txn_endp) struct db_txn txn = { 0 };
	struct why why = { 0 };

	fresh_ok(db_begin(f->db, &txn, &why), &why);
	fresh_ok(store_erase(f->db, f->local.shard_key, S(ID), until, &why), &why);
	fresh_ok(db_commit(&txn, &why), &why);
}

static void
expect_count(struct fresh *f, const char *sql, int64_t want)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	struct why why = { 0 };

	fresh_ok(db_query_one(f->db, sql, NULL, 0, &rows, &why), &why);
	assert_int_equal(db_col_i64(&rows, 0), want);
}

#define CHOICES "SELECT COUNT(*) FROM object_choice"
#define HELD    "SELECT COUNT(*) FROM object"

/* Retention takes contents by their dates: X, chosen between "" and itself, goes with "", and Y,
 * which came later, is here still.  The next that comes is judged beside it as chosen. */
static void
check_purge_of_a_part(void **)
{
	CLEANUP(fresh_endp) struct fresh f = { 0 };
	struct content_list beside;
	struct stored o;
	struct why why = { 0 };

	fresh_begin(&f);
	struct put_in in = { &f, &f.local, SAME_KEEP };
	assert_int_equal(put_text(&in, IND("")), PUT_NEW);
	assert_int_equal(put_text(&in, X), PUT_ASIDE);
	choose(&f, X);
	fresh_ok(store_latest(f.db, f.arena, S(ID), &o, &why), &why);
	assert_int_equal(put_text(&in, Y), PUT_ASIDE);
	erase(&f, o.date_added - 1); /* what it was chosen instead of */
	expect_count(&f, HELD, 2);
	expect_count(&f, CHOICES, 1);
	erase(&f, o.date_added);
	expect_count(&f, HELD, 1);
	expect_count(&f, CHOICES, 1);
	in.policy = SAME_NEWEST;
	assert_int_equal(put_text(&in, IND("")), PUT_NEW);
	fresh_ok(store_latest(f.db, f.arena, S(ID), &o, &why), &why);
	fresh_ok(store_contents(f.db, f.arena, &o, &beside, &why), &why);
	assert_true(beside.chosen && beside.len == 1);
	assert_int_equal(put_text(&in, X), PUT_ASIDE); /* an officer's word, not the policy's */
	erase(&f, INT64_MAX);
	expect_count(&f, CHOICES, 0);
}

/* What was taken out and is shown again has another date than its choice. */
static void
check_purge_before_shown_again(void **)
{
	CLEANUP(fresh_endp) struct fresh f = { 0 };
	struct stored o;
	struct why why = { 0 };

	fresh_begin(&f);
	const struct put_in in = { &f, &f.local, SAME_KEEP };
	assert_int_equal(put_text(&in, IND("")), PUT_NEW);
	assert_int_equal(put_text(&in, X), PUT_ASIDE);
	choose(&f, X);
	fresh_ok(store_latest(f.db, f.arena, S(ID), &o, &why), &why);
	sql(&f,
	    "UPDATE object SET date_added = date_added + 10 WHERE object_id = $1 AND latest = 1");
	erase(&f, o.date_added);
	expect_count(&f, HELD, 1);
	expect_count(&f, CHOICES, 1);
}

/* A purge leaves no word about what it took: of one version, while another is here. */
static void
check_purge(void **)
{
	CLEANUP(fresh_endp) struct fresh f = { 0 };
	struct stored o;
	struct why why = { 0 };

	fresh_begin(&f);
	const struct put_in in = { &f, &f.local, SAME_KEEP };
	assert_int_equal(put_text(&in, IND("")), PUT_NEW);
	assert_int_equal(put_text(&in, X), PUT_ASIDE);
	choose(&f, X);
	fresh_ok(store_latest(f.db, f.arena, S(ID), &o, &why), &why);
	add_later(&f);
	erase(&f, o.date_added);
	expect_count(&f, HELD, 1);
	expect_count(&f, CHOICES, 0);
}

int
main(int argc, char **argv)
{
	static struct cases list;

	CASE(&list, check_changes);
	CASE(&list, check_policy_gives_way);
	CASES(&list, against_cases, check_against);
	CASE(&list, check_released_elsewhere);
	CASE(&list, check_large_contents);
	CASE(&list, check_marking);
	CASES(&list, wrong_cases, check_wrong);
	CASE(&list, check_older);
	CASE(&list, check_purge_of_a_part);
	CASE(&list, check_purge_before_shown_again);
	CASE(&list, check_purge);
	return cases_run("choose", &list, argc, argv);
}
