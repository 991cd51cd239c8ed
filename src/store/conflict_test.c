#include "conflict.h"

#include "contents_p.h"

/* SI-046: whatever the policy, both bytes are here, and one is served. */
/* clang-format off */
static const struct policy_case {
	const char *name;
	enum same_version policy;
	const char *first, *second;
	enum put_result result;
	const char *outcome;
} policy_cases[] = {
	{ "the first is kept", SAME_KEEP, IND(""), IND(",\"name\":\"x\""), PUT_ASIDE, "kept" },
	{ "the second is refused", SAME_REFUSE, IND(""), IND(",\"name\":\"x\""), PUT_ASIDE, "refused" },
	{ "the newest is served", SAME_NEWEST, IND(""), IND(",\"name\":\"x\""), PUT_SERVED, "replaced" },
	{ "a revocation is not taken back", SAME_NEWEST, IND(",\"revoked\":true"), IND(""), PUT_ASIDE, "revoked" },
	{ "a revocation is served", SAME_NEWEST, IND(""), IND(",\"revoked\":true"), PUT_SERVED, "replaced" },
	{ "another creator is not", SAME_NEWEST, IND(CREATED_BY("1")), IND(CREATED_BY("2")), PUT_ASIDE, "creator" },
	{ "nor none", SAME_NEWEST, IND(CREATED_BY("1")), IND(""), PUT_ASIDE, "creator" },
	{ "a marking never changes", SAME_NEWEST, MARK("a"), MARK("b"), PUT_ASIDE, "refused" },
};
/* clang-format on */

static void
check_policy(void **state)
{
	const struct policy_case *c = *state;
	CLEANUP(fresh_endp) struct fresh f = { 0 };
	const struct json *tree = NULL;

	fresh_begin(&f);
	const struct put_in in = { &f, &f.local, c->policy };
	assert_int_equal(put_text(&in, c->first), PUT_NEW);
	assert_int_equal(put_text(&in, c->second), c->result);
	assert_int_equal(json_parse(f.arena, str_of(c->first), NULL, &tree, NULL), OK);
	struct str id = json_str(json_get(tree, S("id")));
	bool served = c->result == PUT_SERVED;
	expect_served(&f, id, served ? c->second : c->first);
	struct conflict_list list = conflicts_of(&f, &ours, id);
	assert_int_equal(list.len, 1);
	assert_true(str_is(list.conflict[0].outcome, c->outcome));
	assert_true(str_is(list.conflict[0].version, AT));
	assert_true(str_is(list.conflict[0].served, served ? c->second : c->first));
	assert_true(str_is(list.conflict[0].aside, served ? c->first : c->second));

	/* The same once more: nothing is added. */
	assert_int_equal(put_text(&in, c->second), served ? PUT_SAME : PUT_ASIDE);
	list = conflicts_of(&f, &ours, S(""));
	assert_int_equal(list.len, 1);
	assert_int_equal(list.conflict[0].seen, served ? 1 : 2);
	assert_int_equal(list.conflict[0].served.len, 0);
	assert_int_equal(conflicts_of(&f, &others, S("")).len, 0);
}

/* Served, replaced, and served again: at a new date each time, and never both. */
static void
check_back_and_forth(void **)
{
	CLEANUP(fresh_endp) struct fresh f = { 0 };
	struct stored o;
	time_us before = 0;

	fresh_begin(&f);
	const struct put_in in = { &f, &f.local, SAME_NEWEST };
	const char *const texts[] = { IND(""), IND(",\"name\":\"x\"") };
	assert_int_equal(put_text(&in, texts[0]), PUT_NEW);
	for (size_t i = 1; i < 6; i++) {
		assert_int_equal(store_latest(f.db, f.arena, S(ID), &o, NULL), OK);
		before = o.date_added;
		assert_int_equal(put_text(&in, texts[i % 2]), PUT_SERVED);
		expect_served(&f, S(ID), texts[i % 2]);
		assert_int_equal(store_latest(f.db, f.arena, S(ID), &o, NULL), OK);
		assert_true(o.date_added > before);
		assert_int_equal(conflicts_of(&f, &ours, S(ID)).len, 1);
	}
}

/* A partner has the first content: no other one is served under the version. */
static void
check_released(void **)
{
	CLEANUP(fresh_endp) struct fresh f = { 0 };

	fresh_begin(&f);
	struct collection out = fresh_collection(&f, "out", COLLECTION_RELEASED, "");
	const struct put_in in = { &f, &f.local, SAME_NEWEST }, leave = { &f, &out, SAME_FAIL };
	assert_int_equal(put_text(&in, IND("")), PUT_NEW);
	assert_int_equal(put_text(&leave, IND("")), PUT_NEW);
	assert_int_equal(put_text(&in, IND(",\"name\":\"x\"")), PUT_ASIDE);
	expect_served(&f, S(ID), IND(""));
	assert_true(str_is(conflicts_of(&f, &ours, S(ID)).conflict[0].outcome, "released"));
}

/* What somebody else hands in under our own version is not served. */
static void
check_giver(void **)
{
	CLEANUP(fresh_endp) struct fresh f = { 0 };

	fresh_begin(&f);
	struct collection guest = f.local;
	guest.giver = S("IN:BANK");
	const struct put_in in = { &f, &f.local, SAME_NEWEST }, from = { &f, &guest, SAME_NEWEST };
	assert_int_equal(put_text(&in, IND("")), PUT_NEW);
	assert_int_equal(put_text(&from, IND(",\"name\":\"x\"")), PUT_ASIDE);
	expect_served(&f, S(ID), IND(""));
	assert_true(str_is(conflicts_of(&f, &ours, S(ID)).conflict[0].outcome, "giver"));
}

/* A source that sends ever new contents fills no disk; each is still told. */
static void
put_many(struct put_in *in, const char *more)
{
	enum { MANY = 20 };

	for (unsigned i = 0; i < MANY; i++) {
		struct str text = arena_printf(in->f->arena,
		    "{\"type\":\"indicator\",\"id\":\"" ID "\",\"created\":\"" AT
		    "\",\"modified\":\"" AT "\",\"x_n\":%u%s}%c",
		    i, more, '\0');

		assert_int_equal(put_text(in, text.ptr), PUT_ASIDE);
	}
}

static void
check_bound(void **)
{
	enum { KEPT = 8 };
	CLEANUP(fresh_endp) struct fresh f = { 0 };

	fresh_begin(&f);
	struct put_in in = { &f, &f.local, SAME_KEEP };
	assert_int_equal(put_text(&in, IND("")), PUT_NEW);
	put_many(&in, "");
	assert_int_equal(conflicts_of(&f, &ours, S(ID)).len, KEPT);
	in.policy = SAME_NEWEST;
	assert_int_equal(put_text(&in, IND(",\"name\":\"x\"")), PUT_ASIDE);
	expect_served(&f, S(ID), IND(""));
	/* What says more of who may have it is not crowded out by what does not. */
	put_many(&in, ",\"object_marking_refs\":[\"marking-definition--"
	              "5e57c739-391a-4eb3-b6be-7d15ca92d5ed\"]");
	assert_int_equal(conflicts_of(&f, &ours, S(ID)).len, 2 * KEPT);
}

/* What is kept beside counts for no later version and goes with its object. */
static void
check_beside(void **)
{
	CLEANUP(fresh_endp) struct fresh f = { 0 };
	struct stored_list versions;
	struct why why = { 0 };
	enum put_result result;

	fresh_begin(&f);
	const struct put_in in = { &f, &f.local, SAME_KEEP };
	assert_int_equal(put_text(&in, IND("")), PUT_NEW);
	assert_int_equal(put_text(&in, IND(",\"revoked\":true")), PUT_ASIDE);
	fresh_ok(fresh_put(&f, f.local.shard_key,
	             S("{\"type\":\"indicator\",\"id\":\"" ID "\",\"created\":\"" AT
	               "\",\"modified\":\"2026-01-02T00:00:00Z\"}"),
	             &result, &why),
	    &why);
	fresh_ok(store_versions(f.db, f.arena, S(ID), &ours, &versions, &why), &why);
	assert_int_equal(versions.len, 2);
	fresh_ok(store_erase(f.db, f.local.shard_key, S(ID), INT64_MAX, &why), &why);
	assert_int_equal(conflicts_of(&f, &ours, S("")).len, 0);
	fresh_ok(store_versions(f.db, f.arena, S(ID), &ours, &versions, &why), &why);
	assert_int_equal(versions.len, 0);
}

int
main(int argc, char **argv)
{
	static struct cases list;

	CASES(&list, policy_cases, check_policy);
	CASE(&list, check_back_and_forth);
	CASE(&list, check_released);
	CASE(&list, check_giver);
	CASE(&list, check_bound);
	CASE(&list, check_beside);
	return cases_run("conflict", &list, argc, argv);
}
