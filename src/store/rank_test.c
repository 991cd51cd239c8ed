/* What is handed in never takes the place of what is not its giver's. */
#include "rank.h"

#include "fresh_p.h"

enum { STEPS_MAX = 4 };

enum place { LAB, BOX, GIVEN, FEED };
#define OURS    ""
#define ACME    "guest:acme"
#define OTHER   "guest:other"
#define PARTNER "JP:JPCERT"
#define DAY(n)  "2026-02-0" #n "T00:00:00Z"
#define FAR     "9999-12-31T00:00:00Z"
#define REVOKED ",\"revoked\":true"
#define TEXT(x) ",\"name\":\"" x "\""

/* Each step puts a version of one indicator; code NULL: it is taken.  What counts in the end is
 * that of the step `counts`; `guests` rows of guests are still shown. */
/* clang-format off */
static const struct step_case {
	const char *name;
	struct {
		enum place place;
		const char *giver, *modified, *more, *code;
	} step[STEPS_MAX];
	unsigned counts, guests;
} step_cases[] = {
	{ "a guest's newer version of ours", {
	  { LAB, OURS, DAY(1), "", NULL }, { LAB, ACME, DAY(2), "", "store.giver" } }, 0, 0 },
	{ "a guest revokes ours", {
	  { LAB, OURS, DAY(1), "", NULL }, { LAB, ACME, DAY(2), REVOKED, "store.giver" },
	  { LAB, OURS, DAY(3), "", NULL } }, 2, 0 },
	{ "a guest's in a box, ours elsewhere", {
	  { LAB, OURS, DAY(1), "", NULL }, { BOX, ACME, FAR, "", "store.giver" } }, 0, 0 },
	{ "a guest's in a box, a partner's elsewhere", {
	  { GIVEN, PARTNER, DAY(1), "", NULL }, { BOX, ACME, FAR, "", "store.giver" } }, 0, 0 },
	{ "a guest's in a box, a feed's elsewhere", {
	  { FEED, OURS, DAY(1), "", NULL }, { BOX, ACME, FAR, "", "store.giver" } }, 0, 0 },
	{ "one guest's, then another's", {
	  { BOX, ACME, DAY(1), "", NULL }, { BOX, OTHER, DAY(2), "", "store.giver" } }, 0, 1 },
	{ "a guest's own versions", {
	  { BOX, ACME, DAY(1), "", NULL }, { BOX, ACME, DAY(2), "", NULL } }, 1, 2 },
	{ "ours once more by a guest", {
	  { LAB, OURS, DAY(1), "", NULL }, { LAB, ACME, DAY(1), "", NULL },
	  { BOX, ACME, DAY(1), "", NULL } }, 0, 1 },
	{ "ours after a guest's of the year 9999", {
	  { LAB, ACME, FAR, "", NULL }, { LAB, OURS, DAY(1), "", NULL } }, 1, 0 },
	{ "ours after a guest's that it revoked", {
	  { LAB, ACME, DAY(1), REVOKED, NULL }, { LAB, OURS, DAY(2), "", NULL } }, 1, 0 },
	{ "ours after a guest's of the same version", {
	  { LAB, ACME, DAY(1), TEXT("theirs"), NULL }, { LAB, OURS, DAY(1), "", NULL } }, 1, 0 },
	{ "ours after the same by a guest", {
	  { LAB, ACME, DAY(1), "", NULL }, { LAB, OURS, DAY(1), "", NULL } }, 1, 0 },
	{ "ours after a guest's elsewhere", {
	  { BOX, ACME, FAR, REVOKED, NULL }, { LAB, OURS, DAY(1), "", NULL } }, 1, 1 },
	{ "a partner's after a guest's", {
	  { BOX, ACME, FAR, "", NULL }, { GIVEN, PARTNER, DAY(1), "", NULL } }, 1, 1 },
	{ "a partner's after a feed's", {
	  { FEED, OURS, FAR, "", NULL }, { GIVEN, PARTNER, DAY(1), "", NULL } }, 1, 0 },
	{ "ours after a feed's", {
	  { FEED, OURS, FAR, REVOKED, NULL }, { LAB, OURS, DAY(1), "", NULL } }, 1, 0 },
	{ "a feed's after a guest's", {
	  { BOX, ACME, FAR, "", NULL }, { FEED, OURS, DAY(1), "", NULL } }, 1, 1 },
	{ "ours after a partner's", {
	  { GIVEN, PARTNER, DAY(2), "", NULL }, { LAB, OURS, DAY(1), "", NULL } }, 1, 0 },
};
/* clang-format on */

static int64_t
count(struct fresh *f, const char *sql)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	struct why why = { 0 };

	fresh_ok(db_query_one(f->db, sql, NULL, 0, &rows, &why), &why);
	return db_col_i64(&rows, 0);
}

static enum err
note_raw(void *arg, struct str id, struct str raw, struct why *why)
{
	struct hash *ret = arg;

	(void)id;
	(void)why;
	*ret = hash_of(raw);
	return OK;
}

/* The object that counts is this one, whoever asks. */
static void
check_counts(struct fresh *f, struct str raw)
{
	const struct hash want = hash_of(raw);
	struct why why = { 0 };
	struct stored stored;
	struct hash seen = { 0 };
	struct store_visit visit = { .type = S("indicator"), .fn = note_raw, .arg = &seen };
	struct str id = S("indicator--00000000-0000-4000-8000-000000010000");

	fresh_ok(store_latest(f->db, f->arena, id, &stored, &why), &why);
	assert_true(str_eq(stored.raw, raw));
	fresh_ok(store_each_latest(f->db, &visit, &why), &why);
	assert_true(hash_eq(&seen, &want));
}

static void
check_steps(void **state)
{
	const struct step_case *c = *state;
	CLEANUP(fresh_endp) struct fresh f;
	struct str text[STEPS_MAX];

	fresh_begin(&f);
	struct collection place[] = {
		[LAB] = f.local,
		[BOX] = fresh_collection(&f, "box", COLLECTION_LOCAL, ""),
		[GIVEN] = fresh_collection(&f, "given", COLLECTION_RECEIVED, PARTNER),
		[FEED] = fresh_collection(&f, "feed", COLLECTION_LOCAL, ""),
	};
	fresh_mark_feed(&f, place[FEED].shard_key);
	for (size_t i = 0; i < STEPS_MAX && c->step[i].giver != NULL; i++) {
		struct collection to = place[c->step[i].place];
		enum put_result result;
		struct why why = { 0 };

		to.giver = str_of(c->step[i].giver);
		text[i] = fresh_indicator(f.arena, 1, c->step[i].modified, c->step[i].more);
		enum err err = fresh_put_in(&f, &to, text[i], &result, &why);
		if ((err == OK) != (c->step[i].code == NULL))
			fail_msg("step %zu: %s %s", i, err_name(err), why.text);
		if (err != OK)
			assert_string_equal(why.code, c->step[i].code);
	}
	check_counts(&f, text[c->counts]);
	assert_int_equal(count(&f, "SELECT COUNT(*) FROM object WHERE giver LIKE 'guest:%'"
	                           " AND withdrawn_at = 0"),
	    c->guests);
}

/* What made way is kept, and our people are told whose it was. */
static void
check_ousted(void **)
{
	CLEANUP(fresh_endp) struct fresh f;
	enum put_result result;
	struct why why = { 0 };

	fresh_begin(&f);
	struct collection guest = f.local;
	guest.giver = S(ACME);
	struct str theirs = fresh_indicator(f.arena, 1, DAY(2), "");
	struct str ours = fresh_indicator(f.arena, 1, DAY(1), "");
	fresh_ok(fresh_put_in(&f, &guest, theirs, &result, &why), &why);
	fresh_ok(fresh_put_in(&f, &f.local, ours, &result, &why), &why);
	assert_int_equal(result, PUT_NEW);
	assert_int_equal(count(&f, "SELECT COUNT(*) FROM object"), 2);
	assert_int_equal(count(&f,
	                     "SELECT COUNT(*) FROM event WHERE name = 'collection.refused'"
	                     " AND detail = '{\"account\":\"acme\",\"code\":\"store.ousted\"}'"),
	    1);
	/* And comes back by no posting anew. */
	assert_int_equal(fresh_put_in(&f, &guest, theirs, &result, &why), ERR_CONFLICT);
}

/* ---- what markings mean ---- */

enum { MEANINGS_MAX = 3 };
#define MARK  "marking-definition--00000000-0000-4000-8000-0000000000c1"
#define LOOSE "x"
#define TRUE_ "y"

/* Who defines the marking, one after the other, all of which are taken; and whether it is
 * explained then for an object of ours, of the partner's and of the feed's. */
/* clang-format off */
static const struct meaning_case {
	const char *name;
	struct {
		enum place place;
		const char *giver, *says;
	} by[MEANINGS_MAX];
	bool ours, partners, feeds;
} meaning_cases[] = {
	{ "nobody",                     { { 0 } },                                      true,  true,  true },
	{ "we",                         { { LAB, OURS, TRUE_ } },                       true,  true,  true },
	{ "a feed",                     { { FEED, OURS, LOOSE } },                      false, false, true },
	{ "the partner",                { { GIVEN, PARTNER, LOOSE } },                  false, true,  true },
	{ "another partner",            { { GIVEN, "JP:NCO", LOOSE } },                 false, false, true },
	{ "a feed, then we",            { { FEED, OURS, LOOSE }, { LAB, OURS, TRUE_ } }, true, true,  false },
	{ "a partner, then we",         { { GIVEN, PARTNER, LOOSE }, { LAB, OURS, TRUE_ } }, true, false, false },
	{ "a feed, then a partner",     { { FEED, OURS, LOOSE }, { GIVEN, PARTNER, TRUE_ } }, false, true, false },
	{ "a feed and we, in one mind", { { FEED, OURS, TRUE_ }, { LAB, OURS, TRUE_ } }, true, true,  true },
};
/* clang-format on */

static struct stored
put_here(struct fresh *f, struct collection to, const char *giver, struct str text, struct str id)
{
	struct why why = { 0 };
	enum put_result result;
	struct stored ret;

	to.giver = str_of(giver);
	fresh_ok(fresh_put_in(f, &to, text, &result, &why), &why);
	fresh_ok(store_latest(f->db, f->arena, id, &ret, &why), &why);
	return ret;
}

static void
check_meaning(void **state)
{
	const struct meaning_case *c = *state;
	CLEANUP(fresh_endp) struct fresh f;
	struct why why = { 0 };

	fresh_begin(&f);
	struct collection place[] = {
		[LAB] = f.local,
		[BOX] = fresh_collection(&f, "box", COLLECTION_LOCAL, ""),
		[GIVEN] = fresh_collection(&f, "given", COLLECTION_RECEIVED, PARTNER),
		[FEED] = fresh_collection(&f, "feed", COLLECTION_LOCAL, ""),
	};
	fresh_mark_feed(&f, place[FEED].shard_key);
	for (size_t i = 0; i < MEANINGS_MAX && c->by[i].giver != NULL; i++)
		(void)put_here(&f, place[c->by[i].place], c->by[i].giver,
		    arena_printf(f.arena,
		        "{\"type\":\"marking-definition\",\"spec_version\":\"2.1\",\"id\":\"" MARK
		        "\",\"created\":\"2026-01-01T00:00:00Z\",\"definition_type\":\"statement\","
		        "\"definition\":{\"statement\":\"%s\"}}",
		        c->by[i].says),
		    S(MARK));
	const struct {
		enum place place;
		const char *giver;
		bool want;
	} asked[] = { { LAB, OURS, c->ours }, { GIVEN, PARTNER, c->partners },
		{ FEED, OURS, c->feeds } };
	for (unsigned i = 0; i < COUNTOF(asked); i++) {
		struct str id =
		    arena_printf(f.arena, "indicator--00000000-0000-4000-8000-%08x0000", i + 1);
		struct stored o = put_here(&f, place[asked[i].place], asked[i].giver,
		    fresh_indicator(f.arena, i + 1, DAY(1), ""), id);
		bool got = false;

		fresh_ok(store_explains(f.db, &o, S(MARK), &got, &why), &why);
		if (got != asked[i].want)
			fail_msg("object %u: %d", i, got);
	}
}

int
main(int argc, char **argv)
{
	static struct cases list;

	CASES(&list, step_cases, check_steps);
	CASE(&list, check_ousted);
	CASES(&list, meaning_cases, check_meaning);
	return cases_run("rank", &list, argc, argv);
}
