#include "derive.h"

#include "conflict.h"
#include "shelf_p.h"

/* ---- what a query is ---- */

/* clang-format off */
static const struct query_case {
	const char *name, *text;
	const char *why; /* NULL: it is one */
} query_cases[] = {
	{ "the least", ALL, NULL },
	{ "all of it", QUERY("\"types\":[\"indicator\"],\"tlp\":\"AMBER+STRICT\",\"labels\":[\"energy\"],"
	  "\"since\":\"2026-01-01T00:00:00Z\",\"confidence\":50"), NULL },
	{ "nothing", "", "the text of the query is none" },
	{ "no object", "[]", "the text of the query is none" },
	{ "no source", "{}", "write a list of 1 to 16 collections" },
	{ "a source that is no list", "{\"from\":\"local\"}", "from of the query is none" },
	{ "an empty source", "{\"from\":[\"\"]}", "from of the query is none" },
	{ "an unknown member", QUERY("\"tpl\":\"RED\""), "a query has no member \"tpl\"" },
	{ "no types", QUERY("\"types\":[]"), "types of the query is none" },
	{ "a type that is none", QUERY("\"types\":[7]"), "types of the query is none" },
	{ "a TLP of no level", QUERY("\"tlp\":\"PINK\""), "tlp of the query is none" },
	{ "a TLP of none", QUERY("\"tlp\":\"none\""), "tlp of the query is none" },
	{ "a TLP that is a number", QUERY("\"tlp\":1"), "tlp of the query is none" },
	{ "labels that are a word", QUERY("\"labels\":\"energy\""), "labels of the query is none" },
	{ "since a day", QUERY("\"since\":\"2026-01-01\""), "since of the query is none" },
	{ "too much confidence", QUERY("\"confidence\":101"), "confidence of the query is none" },
	{ "no confidence", QUERY("\"confidence\":0"), "confidence of the query is none" },
	{ "half confidence", QUERY("\"confidence\":0.5"), "confidence of the query is none" },
};

static const struct fit_case {
	const char *name, *query, *more; /* behind an indicator that was created 2026-01-01 */
	bool fits;
} fit_cases[] = {
	{ "everything", ALL, "", true },
	{ "its type", QUERY("\"types\":[\"tool\",\"indicator\"]"), "", true },
	{ "another type", QUERY("\"types\":[\"tool\"]"), "", false },
	{ "the very level", QUERY("\"tlp\":\"AMBER\""), MARKED(AMBER), true },
	{ "below the level", QUERY("\"tlp\":\"AMBER\""), MARKED(GREEN), true },
	{ "above the level", QUERY("\"tlp\":\"GREEN\""), MARKED(AMBER), false },
	{ "no marking", QUERY("\"tlp\":\"RED\""), "", false },
	{ "no marking, and none asked", QUERY("\"confidence\":1"), ",\"confidence\":1", true },
	{ "an unknown marking", QUERY("\"tlp\":\"RED\""), MARKED(UNKNOWN), false },
	{ "an unknown marking beside a good one", QUERY("\"tlp\":\"RED\""), MARKED(GREEN "\",\"" UNKNOWN), false },
	{ "the strictest of two", QUERY("\"tlp\":\"GREEN\""), MARKED(GREEN "\",\"" AMBER), false },
	{ "a part above the level", QUERY("\"tlp\":\"AMBER\""), MARKED(GREEN) PART(RED), false },
	{ "a part below the level", QUERY("\"tlp\":\"AMBER\""), MARKED(AMBER) PART(GREEN), true },
	{ "its label", QUERY("\"labels\":[\"water\",\"energy\"]"), LABELLED("energy"), true },
	{ "its label in capitals", QUERY("\"labels\":[\"energy\"]"), LABELLED("Energy"), true },
	{ "a part of its label", QUERY("\"labels\":[\"energy\"]"), LABELLED("energy-x"), false },
	{ "no label", QUERY("\"labels\":[\"energy\"]"), "", false },
	{ "its sector", QUERY("\"labels\":[\"energy\"]"), ",\"sectors\":[\"energy\"]", true },
	{ "another property", QUERY("\"labels\":[\"energy\"]"), ",\"x_words\":[\"energy\"]", false },
	{ "created at that time", QUERY("\"since\":\"2026-01-01T00:00:00Z\""), "", true },
	{ "created before", QUERY("\"since\":\"2026-01-01T00:00:00.000001Z\""), "", false },
	{ "confidence enough", QUERY("\"confidence\":50"), ",\"confidence\":50", true },
	{ "confidence too low", QUERY("\"confidence\":50"), ",\"confidence\":49", false },
	{ "confidence unsaid", QUERY("\"confidence\":1"), "", false },
	{ "all but one", QUERY("\"types\":[\"indicator\"],\"labels\":[\"energy\"],\"tlp\":\"GREEN\""),
	  MARKED(AMBER) LABELLED("energy"), false },
};
/* clang-format on */

static void
check_query(void **state)
{
	const struct query_case *c = *state;
	CLEANUP(arena_freep) struct arena *a = arena_new(MIB);
	struct derive_query q;
	struct why why = { 0 };
	enum err err = derive_query_read(a, str_of(c->text), &q, &why);

	assert_int_equal(err, c->why == NULL ? OK : ERR_INVALID);
	if (c->why == NULL)
		return;
	assert_string_equal(why.code, "collection.query");
	if (str_find(str_of(why.text), str_of(c->why)) == SIZE_MAX)
		fail_msg("%s", why.text);
}

static void
check_fit(void **state)
{
	const struct fit_case *c = *state;
	CLEANUP(arena_freep) struct arena *a = arena_new(16 * MIB);
	const struct json *tree = NULL;
	struct derive_query q;
	struct stix_object o;
	struct why why = { 0 };

	fresh_ok(derive_query_read(a, str_of(c->query), &q, &why), &why);
	fresh_ok(json_parse(a, fresh_indicator(a, 1, EARLY, c->more), NULL, &tree, &why), &why);
	fresh_ok(stix_scan(tree, &o, &why), &why);
	assert_int_equal(derive_fits(&q, &(struct derive_object){ .object = &o }), c->fits);
}

/* ---- a derived collection ---- */

/* The last digit of the number in an identifier of fresh_indicator(). */
enum { ID_DIGIT = 42 };

/* What it shows, as "1@EARLY 2@...", by number and first digits of modified. */
static const char *
shown(struct shelf *s)
{
	const struct page page = page_after(s, &s->derived, 0, PAGE_MAX);
	struct str out = S("");

	for (size_t i = 0; i < page.len; i++) {
		const struct stored *o = &page.object[i];

		assert_int_equal(o->shard_key, s->derived.shard_key);
		out = arena_printf(s->fresh.arena, STR_FMT "%s" STR_FMT "@" STR_FMT, STR_ARG(out),
		    i > 0 ? " " : "", STR_ARG(str_sub(o->id, ID_DIGIT, 1)),
		    STR_ARG(str_sub(o->modified, 5, 2)));
	}
	return arena_cstr(s->fresh.arena, out);
}

static time_us
head_of(struct shelf *s)
{
	struct collection c;
	struct why why = { 0 };

	fresh_ok(store_collection_find(s->fresh.db, s->fresh.arena, s->derived.id, &c, &why), &why);
	return c.changed;
}

/* Under GREEN and these statements. */
static struct str
stated(struct shelf *s, unsigned number, unsigned from, unsigned to)
{
	struct str refs = S("");

	for (unsigned i = from; i < to; i++)
		refs = arena_printf(s->fresh.arena,
		    STR_FMT ",\"marking-definition--00000000-0000-4000-8000-%012u\"", STR_ARG(refs),
		    i);
	return fresh_indicator(s->fresh.arena, number, "2026-02-01T00:00:00Z",
	    arena_cstr(s->fresh.arena,
	        arena_printf(s->fresh.arena, ",\"object_marking_refs\":[\"" GREEN "\"" STR_FMT "]",
	            STR_ARG(refs))));
}

/* Definitions are read once for many objects; a large one, and the last of very many, count as
 * unknown: a writer of the source cannot hold everybody else's writes with them. */
static void
check_definitions(void **)
{
	CLEANUP(shelf_endp) struct shelf s = { 0 };

	shelf_begin(&s, QUERY("\"tlp\":\"AMBER\",\"types\":[\"indicator\"]"));
	for (unsigned i = 1; i <= 200; i++)
		put(&s, &s.fresh.local, statement(&s, i, i == 150 ? 17 * KIB : 15));
	put(&s, &s.fresh.local, stated(&s, 1, 1, 3));
	put(&s, &s.fresh.local, stated(&s, 2, 1, 65)); /* 64 of them */
	put(&s, &s.fresh.local, stated(&s, 3, 1, 66)); /* one more */
	put(&s, &s.fresh.local, stated(&s, 4, 150, 151));
	put(&s, &s.fresh.local, stated(&s, 5, 300, 301)); /* not here */
	assert_string_equal(shown(&s), "1@02 2@02");
	define(&s, QUERY("\"tlp\":\"GREEN\",\"types\":[\"indicator\"]"), &s.derived);
	assert_string_equal(shown(&s), "1@02 2@02"); /* in one go, too */
}

/* A new version takes the place of the old one, or takes it out: never is an older one
 * served as the newest.  Each change is another number, so that no kept page stays. */
static void
check_versions(void **)
{
	CLEANUP(shelf_endp) struct shelf s = { 0 };
	time_us before;

	shelf_begin(&s, ENERGY);
	put(&s, &s.fresh.local, energy(&s, 1, "2026-02-01T00:00:00Z"));
	put(&s, &s.fresh.local, fresh_indicator(s.fresh.arena, 2, "2026-02-01T00:00:00Z", ""));
	put(&s, &s.fresh.local, energy(&s, 3, "2026-02-01T00:00:00Z"));
	assert_string_equal(shown(&s), "1@02 3@02");

	before = head_of(&s);
	put(&s, &s.fresh.local, energy(&s, 1, "2026-04-01T00:00:00Z"));
	assert_string_equal(shown(&s), "3@02 1@04"); /* to the end */
	assert_true(head_of(&s) > before);
	before = head_of(&s);
	put(&s, &s.fresh.local,
	    energy(&s, 1, "2026-03-01T00:00:00Z")); /* late, and not the newest */
	assert_string_equal(shown(&s), "3@02 1@04");
	assert_int_equal(head_of(&s), before);
	put(&s, &s.fresh.local, fresh_indicator(s.fresh.arena, 1, "2026-05-01T00:00:00Z", ""));
	assert_string_equal(shown(&s), "3@02"); /* gone, in every version */
	assert_true(head_of(&s) > before);
	put(&s, &s.fresh.local, energy(&s, 1, "2026-06-01T00:00:00Z"));
	put(&s, &s.fresh.local, energy(&s, 2, "2026-06-01T00:00:00Z"));
	assert_string_equal(shown(&s), "3@02 1@06 2@06");
}

/* An object in two sources stands once, and its newest version over both counts. */
static void
check_two_sources(void **)
{
	CLEANUP(shelf_endp) struct shelf s = { 0 };

	shelf_begin(&s, ENERGY);
	put(&s, &s.fresh.local, energy(&s, 1, "2026-02-01T00:00:00Z"));
	put(&s, &s.other, energy(&s, 1, "2026-02-01T00:00:00Z"));
	assert_string_equal(shown(&s), "1@02");
	put(&s, &s.other, fresh_indicator(s.fresh.arena, 1, "2026-03-01T00:00:00Z", ""));
	assert_string_equal(shown(&s), "");
	/* What the other source takes out gives the first one back. */
	withdraw(&s, &s.other, id_of(&s, 1));
	assert_string_equal(shown(&s), "1@02");
	time_us before = head_of(&s);
	withdraw(&s, &s.fresh.local, id_of(&s, 1));
	assert_string_equal(shown(&s), "");
	assert_true(head_of(&s) > before);
}

static void
check_erased(void **)
{
	CLEANUP(shelf_endp) struct shelf s = { 0 };
	struct why why = { 0 };
	CLEANUP(db_txn_endp) struct db_txn txn = { 0 };

	shelf_begin(&s, ENERGY);
	put(&s, &s.fresh.local, energy(&s, 1, EARLY));
	fresh_ok(db_begin(s.fresh.db, &txn, &why), &why);
	fresh_ok(store_erase(s.fresh.db, s.fresh.local.shard_key, id_of(&s, 1), INT64_MAX, &why),
	    &why);
	fresh_ok(db_commit(&txn, &why), &why);
	assert_string_equal(shown(&s), "");
}

/* What lay there before is in it from the start; another query shows another part. */
static void
check_defined_later(void **)
{
	CLEANUP(shelf_endp) struct shelf s = { 0 };
	struct why why = { 0 };
	struct collection more;
	CLEANUP(db_txn_endp) struct db_txn txn = { 0 };

	shelf_begin(&s, ENERGY);
	for (unsigned i = 1; i <= 600; i++)
		put(&s, i % 2 == 0 ? &s.other : &s.fresh.local,
		    fresh_indicator(s.fresh.arena, i, EARLY, i % 3 == 0 ? LABELLED("energy") : ""));
	define(&s, ENERGY, &more);
	while (step(&s, FRESH_NOW))
		;
	assert_int_equal(page_after(&s, &more, 0, PAGE_MAX).len, 200);
	assert_int_equal(page_after(&s, &s.derived, 0, PAGE_MAX).len, 200);
	fresh_ok(db_begin(s.fresh.db, &txn, &why), &why);
	fresh_ok(store_derive_remove(s.fresh.db, more.shard_key, &why), &why);
	fresh_ok(db_commit(&txn, &why), &why);
	assert_int_equal(page_after(&s, &more, 0, PAGE_MAX).len, 0);
	assert_int_equal(store_collection_find(s.fresh.db, s.fresh.arena, more.id, &more, &why),
	    ERR_NOT_FOUND);
	assert_int_equal(page_after(&s, &s.derived, 0, PAGE_MAX).len, 200);
}

static int64_t
marks_of(struct shelf *s, const struct collection *c)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	struct why why = { 0 };

	fresh_ok(db_select_one(s->fresh.db, &rows, &why,
	             "SELECT COUNT(*) FROM watermark WHERE shard_key = $1", DB_I(c->shard_key)),
	    &why);
	return db_col_i64(&rows, 0);
}

/* Its number is the next one's: nothing of it may count as done there. */
static void
check_number_given_again(void **)
{
	CLEANUP(shelf_endp) struct shelf s = { 0 };
	struct why why = { 0 };
	CLEANUP(db_txn_endp) struct db_txn txn = { 0 };

	shelf_begin(&s, ENERGY);
	put(&s, &s.fresh.local, energy(&s, 1, EARLY));
	fresh_ok(db_begin(s.fresh.db, &txn, &why), &why);
	fresh_ok(store_refs_catch_up(s.fresh.db, &why), &why);
	assert_int_equal(marks_of(&s, &s.derived), 1);
	fresh_ok(store_derive_remove(s.fresh.db, s.derived.shard_key, &why), &why);
	assert_int_equal(marks_of(&s, &s.derived), 0);
	struct collection next = { .kind = COLLECTION_LOCAL, .alias = S("next"), .title = S("x") };
	fresh_ok(store_collection_ensure(s.fresh.db, s.fresh.arena, &next, &why), &why);
	assert_int_equal(next.shard_key, s.derived.shard_key);
	fresh_ok(db_commit(&txn, &why), &why);
}

/* What its filters let through; older versions are not there. */
static void
check_filters(void **)
{
	CLEANUP(shelf_endp) struct shelf s = { 0 };
	struct page page;
	struct why why = { 0 };
	struct page_query q = { .derived = true, .limit = 2, .ids = 3, .versions = 1 };

	shelf_begin(&s, ENERGY);
	q.shard_key = s.derived.shard_key;
	for (unsigned i = 1; i <= 5; i++)
		put(&s, &s.fresh.local, energy(&s, i, "2026-02-01T00:00:00Z"));
	put(&s, &s.fresh.local, energy(&s, 1, "2026-04-01T00:00:00Z"));
	for (unsigned i = 0; i < 3; i++)
		q.id[i] = id_of(&s, 3 - i);
	q.version[0].filter = VERSION_ALL;
	fresh_ok(store_page(s.fresh.db, s.fresh.arena, &q, &page, &why), &why);
	assert_true(page.len == 2 && page.more);
	assert_true(
	    str_eq(page.object[0].id, id_of(&s, 2)) && str_eq(page.object[1].id, id_of(&s, 3)));
	q.added_after = page.object[1].date_added;
	fresh_ok(store_page(s.fresh.db, s.fresh.arena, &q, &page, &why), &why);
	assert_true(page.len == 1 && !page.more && str_eq(page.object[0].id, id_of(&s, 1)));
	q.version[0].filter = VERSION_TEXT;
	q.version[0].text = S("2026-02-01T00:00:00Z");
	fresh_ok(store_page(s.fresh.db, s.fresh.arena, &q, &page, &why), &why);
	assert_int_equal(page.len, 0);
	q.types = 1;
	q.type[0] = S("tool");
	q.ids = 0;
	q.version[0].filter = VERSION_LAST;
	fresh_ok(store_page(s.fresh.db, s.fresh.arena, &q, &page, &why), &why);
	assert_int_equal(page.len, 0);
}

/* Along an index for each property that is asked for, with the bytes that belong to it. */
static void
check_filtered_bytes(void **)
{
	CLEANUP(shelf_endp) struct shelf s = { 0 };
	struct page page;
	struct why why = { 0 };
	struct page_query q = { .derived = true, .limit = 2, .types = 2 };

	shelf_begin(&s, ENERGY);
	q.shard_key = s.derived.shard_key;
	for (unsigned i = 1; i <= 3; i++)
		put(&s, i == 2 ? &s.other : &s.fresh.local, energy(&s, i, EARLY));
	struct str old = S("{\"type\":\"tool\",\"spec_version\":\"2.0\",\"name\":\"old\","
	                   "\"id\":\"tool--00000000-0000-4000-8000-000000000009\","
	                   "\"created\":\"2026-01-01T00:00:00Z\","
	                   "\"modified\":\"2026-01-01T00:00:00Z\"" LABELLED("energy") "}");
	put(&s, &s.fresh.local, old);
	q.type[0] = S("tool");
	q.type[1] = S("indicator");
	fresh_ok(store_page(s.fresh.db, s.fresh.arena, &q, &page, &why), &why);
	assert_true(page.len == 2 && page.more);
	for (unsigned i = 0; i < 2; i++)
		assert_true(str_eq(page.object[i].raw, energy(&s, i + 1, EARLY)));
	q.added_after = page.object[1].date_added;
	fresh_ok(store_page(s.fresh.db, s.fresh.arena, &q, &page, &why), &why);
	assert_true(page.len == 2 && !page.more && str_eq(page.object[1].raw, old));
	q.added_after = 0;
	q.spec_versions = 1;
	q.spec_version[0] = S("2.0");
	fresh_ok(store_page(s.fresh.db, s.fresh.arena, &q, &page, &why), &why);
	assert_true(page.len == 1 && !page.more && str_eq(page.object[0].raw, old));
	q.types = 1;
	q.type[0] = S("indicator");
	fresh_ok(store_page(s.fresh.db, s.fresh.arena, &q, &page, &why), &why);
	assert_int_equal(page.len, 0);
}

/* A source bears so many queries and no more. */
static void
check_bounded(void **)
{
	CLEANUP(shelf_endp) struct shelf s = { 0 };
	struct collection c;

	shelf_begin(&s, ALL);
	for (size_t i = 1; i < DERIVE_OF_ONE_MAX; i++)
		define(&s, ALL, &c);
	c = (struct collection){ .kind = COLLECTION_DERIVED,
		.alias = S("one-more"),
		.title = S("x") };
	struct why why = { 0 };
	CLEANUP(db_txn_endp) struct db_txn txn = { 0 };
	const struct derive_define what = {
		.collection = &c,
		.query = S(ALL),
		.source = &s.fresh.local.shard_key,
		.sources = 1,
	};
	fresh_ok(db_begin(s.fresh.db, &txn, &why), &why);
	assert_int_equal(store_derive_define(s.fresh.db, s.fresh.arena, &what, &why), ERR_LIMIT);
	assert_string_equal(why.code, "collection.sources");
}

/* ---- the promise of cursors ---- */

enum { CURSOR_RUNS = 20, CURSOR_STEPS = 120, CURSOR_OBJECTS = 12 };

/* A reader who keeps, of each object, what it saw last. */
struct reader {
	time_us at;
	struct str modified[CURSOR_OBJECTS];
};

static size_t
number_of(const struct stored *o)
{
	char c = o->id.ptr[ID_DIGIT];

	return (size_t)(c >= 'a' ? c - 'a' + 10 : c - '0');
}

static void
read_on(struct shelf *s, struct reader *r, size_t limit)
{
	const struct page page = page_after(s, &s->derived, r->at, limit);

	for (size_t i = 0; i < page.len; i++) {
		const struct stored *o = &page.object[i];
		size_t number = number_of(o);

		assert_true(o->date_added > r->at); /* strictly increasing */
		r->at = o->date_added;
		assert_true(number < CURSOR_OBJECTS);
		r->modified[number] = o->modified;
	}
}

static unsigned
drawn(uint32_t *state, unsigned below)
{
	*state = *state * 1664525U + 1013904223U;
	return (*state >> 8) % below;
}

static void
change(struct shelf *s, uint32_t *state, unsigned step)
{
	struct arena *a = s->fresh.arena;
	unsigned number = drawn(state, CURSOR_OBJECTS);
	const struct collection *to = drawn(state, 2) == 0 ? &s->fresh.local : &s->other;
	struct str at = arena_printf(a, "2026-02-01T00:%02u:%02uZ", step / 60, step % 60);
	const char *more = drawn(state, 4) > 0 ? LABELLED("energy") : "";

	put(s, to, fresh_indicator(a, number, arena_cstr(a, at), more));
}

/* Whoever pages while objects arrive ends with each object that is shown, in the version that
 * is shown: nothing appeared behind the place that was passed. */
static void
check_cursor(void **)
{
	for (uint32_t run = 1; run <= CURSOR_RUNS; run++) {
		CLEANUP(shelf_endp) struct shelf s = { 0 };
		struct reader r = { 0 };
		uint32_t state = run;

		shelf_begin(&s, ENERGY);
		for (unsigned step = 0; step < CURSOR_STEPS; step++) {
			change(&s, &state, step);
			if (drawn(&state, 3) == 0)
				read_on(&s, &r, 1 + drawn(&state, 3));
		}
		for (time_us before = -1; before != r.at;) {
			before = r.at;
			read_on(&s, &r, 2);
		}
		const struct page whole = page_after(&s, &s.derived, 0, PAGE_MAX);
		assert_true(whole.len > 3);
		for (size_t i = 0; i < whole.len; i++) {
			size_t number = number_of(&whole.object[i]);

			assert_true(str_eq(r.modified[number], whole.object[i].modified));
		}
	}
}

/* Beside the content that is served. */
static void
keep(struct shelf *s, struct str text)
{
	struct fresh *f = &s->fresh;
	struct why why = { 0 };
	enum put_result result = PUT_NEW;

	fresh_ok(fresh_put_as(f, &f->local, text, SAME_KEEP, &result, &why), &why);
	assert_int_equal(result, PUT_ASIDE);
}

/* Who is given GREEN and below gets nothing of which a stricter content is here, whichever is
 * served, and whatever an officer chooses. */
static void
check_contents(void **)
{
	CLEANUP(shelf_endp) struct shelf s = { 0 };
	struct why why = { 0 };
	static const struct compartment ours = { { "IN:CERT-IN", 10 }, { "soc", 3 } };

	shelf_begin(&s, QUERY("\"tlp\":\"GREEN\""));
	struct str green = fresh_indicator(s.fresh.arena, 1, EARLY, MARKED(GREEN)),
	           red = fresh_indicator(s.fresh.arena, 1, EARLY, MARKED(RED)),
	           plain = fresh_indicator(s.fresh.arena, 2, EARLY, MARKED(GREEN));
	put(&s, &s.fresh.local, green);
	put(&s, &s.fresh.local, plain);
	assert_int_equal(page_after(&s, &s.derived, 0, 10).len, 2);
	keep(&s, red);
	assert_int_equal(page_after(&s, &s.derived, 0, 10).len, 1);
	for (size_t i = 0; i < 2; i++) {
		CLEANUP(db_txn_endp) struct db_txn txn = { 0 };
		const struct content_choice choice = {
			.of = ours,
			.id = id_of(&s, 1),
			.version = S(EARLY),
			.content = hash_of(i == 0 ? red : green),
			.account = S("meera"),
			.reason = S("x"),
			.at = FRESH_NOW,
		};
		struct choice_places places;

		fresh_ok(db_begin(s.fresh.db, &txn, &why), &why);
		fresh_ok(store_choose(s.fresh.db, &choice, &places, &why), &why);
		fresh_ok(db_commit(&txn, &why), &why);
		struct page page = page_after(&s, &s.derived, 0, 10);
		assert_int_equal(page.len, 1);
		assert_true(str_eq(page.object[0].id, id_of(&s, 2)));
	}
}

/* Contents that do not fit together into memory are not judged, so it is not shown; what is written
 * beside it is, and steps come to an end. */
static void
check_large_contents(void **)
{
	enum { CONTENTS = 6, ZEROS = 700'000, CONTENT_ARENA = 256 * MIB };
	CLEANUP(shelf_endp) struct shelf s = { 0 };
	char *zeros = heap_new(2, ZEROS + 1);

	for (size_t i = 0; i < ZEROS; i++) {
		zeros[2 * i] = ',';
		zeros[2 * i + 1] = '0';
	}
	shelf_begin(&s, QUERY("\"tlp\":\"GREEN\""));
	for (int i = 0; i < CONTENTS; i++) {
		struct arena *kept = s.fresh.arena;
		CLEANUP(arena_freep) struct arena *a = arena_new(CONTENT_ARENA);
		struct str more = arena_printf(a, MARKED(GREEN) ",\"x_n\":[%d%s]", i, zeros);

		s.fresh.arena = a;
		struct str text = fresh_indicator(a, 1, EARLY, more.ptr);

		if (i == 0)
			put(&s, &s.fresh.local, text);
		else
			keep(&s, text);
		s.fresh.arena = kept;
	}
	heap_free(zeros);
	assert_int_equal(page_after(&s, &s.derived, 0, 10).len, 0);
	put(&s, &s.fresh.local, fresh_indicator(s.fresh.arena, 2, EARLY, MARKED(GREEN)));
	assert_int_equal(page_after(&s, &s.derived, 0, 10).len, 1);
	while (step(&s, FRESH_NOW))
		continue;
}

int
main(int argc, char **argv)
{
	static struct cases list;

	CASES(&list, query_cases, check_query);
	CASES(&list, fit_cases, check_fit);
	CASE(&list, check_definitions);
	CASE(&list, check_versions);
	CASE(&list, check_two_sources);
	CASE(&list, check_erased);
	CASE(&list, check_defined_later);
	CASE(&list, check_number_given_again);
	CASE(&list, check_filters);
	CASE(&list, check_filtered_bytes);
	CASE(&list, check_bounded);
	CASE(&list, check_cursor);
	CASE(&list, check_contents);
	CASE(&list, check_large_contents);
	return cases_run("derive", &list, argc, argv);
}
