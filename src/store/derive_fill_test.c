/* Queries over much that lay there before, and definitions that come late. */
#include "shelf_p.h"

enum { MANY = 2600, LATE_NOW = 100 };

/* ---- filling ---- */

/* A bundle of indicators, every second one about energy. */
static void
import_many(struct shelf *s, const struct collection *to, unsigned from, unsigned len)
{
	size_t room = (size_t)len * 400 + 100, at = 0;
	char *text = arena_make(s->fresh.arena, char, room);
	struct import_result result;
	struct why why = { 0 };

	at += (size_t)snprintf(text, room, "{\"objects\":[");
	for (unsigned i = 0; i < len; i++) {
		struct str o = i % 2 == 0 ? energy(s, from + i, EARLY)
		                          : fresh_indicator(s->fresh.arena, from + i, EARLY, "");

		at += (size_t)snprintf(text + at, room - at, "%s" STR_FMT, i > 0 ? "," : "",
		    STR_ARG(o));
	}
	at += (size_t)snprintf(text + at, room - at, "]}");
	const struct import_request request = {
		.text = { text, at },
		.source = S("many.json"),
		.actor = S("root1"),
		.shard_key = to->shard_key,
		.provenance = { .owner = S("IN:CERT-IN"), .enclave = S("soc") },
		.now = FRESH_NOW,
	};
	fresh_ok(store_import(s->fresh.db, s->fresh.arena, &request, &result, &why), &why);
	assert_int_equal(result.new_versions, len);
}

static bool
is_filling(struct shelf *s)
{
	struct derive_filling f;
	struct why why = { 0 };

	fresh_ok(store_derive_filling(s->fresh.db, s->derived.shard_key, &f, &why), &why);
	assert_true(!f.filling || f.done_to <= f.until);
	return f.filling;
}

/* A reader who goes on from where it was, and what it saw last of each object. */
struct reader {
	time_us at;
	size_t seen;
	unsigned char modified[2 * MANY]; /* month of it */
};

static unsigned
number_of(struct str id)
{
	char hex[9] = { 0 };

	memcpy(hex, id.ptr + sizeof("indicator--00000000-0000-4000-8000-") - 1, 8);
	return (unsigned)strtoul(hex, NULL, 16);
}

static void
read_on(struct shelf *s, struct reader *r)
{
	const struct page page = page_after(s, &s->derived, r->at, PAGE_MAX);

	for (size_t i = 0; i < page.len; i++) {
		const struct stored *o = &page.object[i];
		unsigned number = number_of(o->id);

		assert_true(o->date_added > r->at && number < COUNTOF(r->modified));
		r->at = o->date_added;
		r->modified[number] = (unsigned char)(o->modified.ptr[6] - '0');
		r->seen++;
	}
}

static void
reopen(struct shelf *s)
{
	struct why why = { 0 };

	db_close(s->fresh.db);
	s->fresh.db = NULL;
	fresh_ok(db_open(&(struct db_config){ .place = s->fresh.path }, &s->fresh.db, &why), &why);
}

/* A query over many is filled in steps, each of which looks at a part; what comes, changes or
 * goes meanwhile is there, or gone, at once, and a reader who pages along misses nothing. */
static void
check_filled_in_steps(void **)
{
	CLEANUP(shelf_endp) struct shelf s = { 0 };
	struct reader r = { 0 };
	struct collection small;
	size_t steps = 0;

	shelf_begin(&s, ENERGY);
	small = s.derived;
	assert_false(is_filling(&s)); /* of nothing */
	import_many(&s, &s.fresh.local, 0, MANY);
	import_many(&s, &s.other, MANY - 100, 200); /* half of them are here, too */
	define(&s, ENERGY, &s.derived);
	assert_true(is_filling(&s));
	read_on(&s, &r);
	assert_true(r.seen > 0 && r.seen < MANY / 4);

	/* Before their turn: one is new, one gets newer, one does not fit any more, one goes. */
	put(&s, &s.fresh.local, energy(&s, 2 * MANY - 2, EARLY));
	put(&s, &s.fresh.local, energy(&s, MANY - 502, "2026-03-01T00:00:00Z"));
	put(&s, &s.fresh.local,
	    fresh_indicator(s.fresh.arena, MANY - 504, "2026-03-01T00:00:00Z", ""));
	withdraw(&s, &s.fresh.local, id_of(&s, MANY - 506));
	read_on(&s, &r);
	assert_int_equal(r.modified[2 * MANY - 2], 2);
	assert_int_equal(r.modified[MANY - 502], 3);

	reopen(&s); /* how far it was stands in the store */
	for (; step(&s, FRESH_NOW + LATE_NOW); steps++)
		read_on(&s, &r);
	assert_false(is_filling(&s));
	assert_true(steps >= 2);
	read_on(&s, &r);
	assert_int_equal(r.seen, MANY / 2 + 50 + 1 - 2);
	for (unsigned i = 0; i < MANY; i += 2)
		assert_int_equal(r.modified[i], i == MANY - 502                      ? 3
		                                : i == MANY - 504 || i == MANY - 506 ? 0
		                                                                     : 2);
	/* One that was small is the same, written as it came. */
	s.derived = small;
	const struct page page = page_after(&s, &small, 0, PAGE_MAX);
	assert_true(page.more && page.len == PAGE_MAX);
}

/* What is added to it in its turn stands behind the instant at which that is done. */
static void
check_added_when_filled(void **)
{
	CLEANUP(shelf_endp) struct shelf s = { 0 };
	time_us later = FRESH_NOW + 3600 * US_PER_S;

	shelf_begin(&s, ENERGY);
	import_many(&s, &s.fresh.local, 0, MANY);
	define(&s, ENERGY, &s.derived);
	const struct page before = page_after(&s, &s.derived, 0, PAGE_MAX);
	assert_true(before.len > 0 && before.object[before.len - 1].date_added < later);
	assert_true(step(&s, later));
	const struct page after = page_after(&s, &s.derived, later, PAGE_MAX);
	assert_true(after.len > 0);
	assert_int_equal(page_after(&s, &s.derived, before.object[before.len - 1].date_added,
	                     PAGE_MAX)
	                     .len,
	    after.len);
}

/* One that is taken away while it is filled leaves nothing to do. */
static void
check_removed_meanwhile(void **)
{
	CLEANUP(shelf_endp) struct shelf s = { 0 };
	struct why why = { 0 };

	shelf_begin(&s, ENERGY);
	import_many(&s, &s.fresh.local, 0, MANY);
	define(&s, ENERGY, &s.derived);
	assert_true(is_filling(&s));
	{
		CLEANUP(db_txn_endp) struct db_txn txn = { 0 };

		fresh_ok(db_begin(s.fresh.db, &txn, &why), &why);
		fresh_ok(store_derive_remove(s.fresh.db, s.derived.shard_key, &why), &why);
		fresh_ok(db_commit(&txn, &why), &why);
	}
	assert_false(is_filling(&s));
	assert_int_equal(page_after(&s, &s.derived, 0, PAGE_MAX).len, 0);
	assert_false(step(&s, FRESH_NOW));
}

static int64_t
entries_of(struct shelf *s, const struct collection *c)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	struct why why = { 0 };

	fresh_ok(db_select_one(s->fresh.db, &rows, &why,
	             "SELECT COUNT(*) FROM derived_entry WHERE shard_key = $1", DB_I(c->shard_key)),
	    &why);
	return db_col_i64(&rows, 0);
}

/* A large one goes in steps, and its number is not another's before the last. */
static void
check_removed_in_steps(void **)
{
	CLEANUP(shelf_endp) struct shelf s = { 0 };
	struct collection next;
	struct why why = { 0 };

	shelf_begin(&s, ALL);
	import_many(&s, &s.fresh.local, 0, 2 * MANY);
	{
		CLEANUP(db_txn_endp) struct db_txn txn = { 0 };

		fresh_ok(db_begin(s.fresh.db, &txn, &why), &why);
		fresh_ok(store_derive_remove(s.fresh.db, s.derived.shard_key, &why), &why);
		fresh_ok(db_commit(&txn, &why), &why);
	}
	assert_true(entries_of(&s, &s.derived) > 0);
	next = fresh_collection(&s.fresh, "next", COLLECTION_LOCAL, "");
	assert_true(next.shard_key > s.derived.shard_key);
	while (step(&s, FRESH_NOW))
		;
	assert_int_equal(entries_of(&s, &s.derived), 0);
}

/* ---- definitions ---- */

#define UNDER_GREEN QUERY("\"tlp\":\"GREEN\",\"types\":[\"indicator\"]")

static struct str
statement_id(struct shelf *s, unsigned number)
{
	return arena_printf(s->fresh.arena, "marking-definition--00000000-0000-4000-8000-%012u",
	    number);
}

/* Under a TLP and statements 1 to len. */
static struct str
under(struct shelf *s, unsigned number, const char *tlp, unsigned len)
{
	struct str refs = arena_printf(s->fresh.arena, ",\"object_marking_refs\":[\"%s\"", tlp);

	for (unsigned i = 1; i <= len; i++)
		refs = arena_printf(s->fresh.arena, STR_FMT ",\"" STR_FMT "\"", STR_ARG(refs),
		    STR_ARG(statement_id(s, i)));
	refs = arena_printf(s->fresh.arena, STR_FMT "]", STR_ARG(refs));
	return fresh_indicator(s->fresh.arena, number, EARLY, arena_cstr(s->fresh.arena, refs));
}

static size_t
shown(struct shelf *s)
{
	return page_after(s, &s->derived, 0, PAGE_MAX).len;
}

/* An object is taken in before what explains its marking: it enters when that comes, goes when
 * that goes, and never before all of it is explained or above its level. */
static void
check_definition_later(void **)
{
	CLEANUP(shelf_endp) struct shelf s = { 0 };
	struct collection elsewhere;

	shelf_begin(&s, UNDER_GREEN);
	elsewhere = fresh_collection(&s.fresh, "elsewhere", COLLECTION_LOCAL, "");
	put(&s, &s.fresh.local, under(&s, 1, GREEN, 1));
	put(&s, &s.other, under(&s, 2, GREEN, 2));
	put(&s, &s.fresh.local, under(&s, 3, AMBER, 1));
	put(&s, &s.fresh.local, under(&s, 4, GREEN, 0));
	assert_int_equal(shown(&s), 1);
	put(&s, &elsewhere, statement(&s, 1, 15)); /* in no source */
	assert_int_equal(shown(&s), 1);
	time_us before = page_after(&s, &s.derived, 0, PAGE_MAX).object[0].date_added;
	put(&s, &s.other, statement(&s, 1, 15));
	const struct page page = page_after(&s, &s.derived, before, PAGE_MAX);
	assert_true(page.len == 1 && str_eq(page.object[0].id, id_of(&s, 1)));
	put(&s, &s.fresh.local, statement(&s, 2, 15));
	assert_int_equal(shown(&s), 3);
	withdraw(&s, &s.other, statement_id(&s, 1));
	assert_int_equal(shown(&s), 1);
	assert_false(step(&s, FRESH_NOW));
}

static void
put_many_under(struct shelf *s, unsigned len)
{
	for (unsigned i = 0; i < len; i++)
		put(s, &s->fresh.local, under(s, i, GREEN, 1));
}

/* Where more stand under one definition than one transaction looks at, the rest follows in
 * steps; a definition that comes and goes meanwhile does not keep the last from their turn. */
static void
check_many_under_one(void **)
{
	enum { UNDER = 2500 };
	CLEANUP(shelf_endp) struct shelf s = { 0 };

	shelf_begin(&s, UNDER_GREEN);
	put_many_under(&s, UNDER);
	assert_int_equal(shown(&s), 0);
	put(&s, &s.fresh.local, statement(&s, 1, 15));
	assert_true(shown(&s) > 0);
	withdraw(&s, &s.fresh.local, statement_id(&s, 1));
	put(&s, &s.other, statement(&s, 1, 15));
	reopen(&s);
	for (size_t steps = 0; step(&s, FRESH_NOW); steps++)
		assert_true(steps < 40);
	size_t all = 0;
	for (time_us at = 0;;) {
		const struct page page = page_after(&s, &s.derived, at, PAGE_MAX);

		all += page.len;
		if (!page.more)
			break;
		at = page.object[page.len - 1].date_added;
	}
	assert_int_equal(all, UNDER);
}

/* ---- what is damaged ---- */

/* clang-format off */
static const struct damage_case {
	const char *name;
	const char *sql; /* $1: the object */
} damage_cases[] = {
	{ "bytes that are no JSON", "UPDATE object SET raw = CAST('{' AS {blob}) WHERE object_id = $1" },
	{ "bytes that are no object", "UPDATE object SET raw = CAST('{}' AS {blob}) WHERE object_id = $1" },
	{ "no bytes", "UPDATE object SET raw = CAST('' AS {blob}) WHERE object_id = $1" },
	{ "a text", "UPDATE object SET raw = CAST(raw AS TEXT) WHERE object_id = $1" },
	{ "other bytes", "UPDATE object SET raw = CAST(REPLACE(CAST(raw AS TEXT), '2026-01', '2025-01') AS {blob}) WHERE object_id = $1" },
	{ "another hash", "UPDATE object SET raw_hash = jcs_hash WHERE object_id = $1" },
	{ "a piece of a hash", "UPDATE object SET raw_hash = CAST('x' AS {blob}) WHERE object_id = $1" },
};
/* clang-format on */

static void
damage(struct shelf *s, const char *sql, struct str id)
{
	CLEANUP(db_txn_endp) struct db_txn txn = { 0 };
	struct why why = { 0 };

	fresh_ok(db_begin(s->fresh.db, &txn, &why), &why);
	fresh_ok(db_run(s->fresh.db, &why, sql, DB_T(id)), &why);
	fresh_ok(db_commit(&txn, &why), &why);
}

/* How often people were told, of the object as the first. */
static int64_t
told(struct shelf *s, struct str id)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	struct why why = { 0 };

	fresh_ok(db_select_one(s->fresh.db, &rows, &why,
	             "SELECT COUNT(*) FROM event WHERE name = 'object.damaged' AND subject = $1 "
	             "AND detail = '{\"damaged\":1}' AND owner = 'IN:CERT-IN' AND at >= $2",
	             DB_T(id), DB_I(FRESH_NOW)),
	    &why);
	return db_col_i64(&rows, 0);
}

/* One damaged object, in what is looked at at once and behind it: the query takes in all others,
 * and a reader who pages along misses none. */
static void
check_damaged_is_passed(void **state)
{
	enum { SOON = 20, LATE = MANY - 600 };
	const struct damage_case *c = *state;
	CLEANUP(shelf_endp) struct shelf s = { 0 };
	struct reader r = { 0 };

	shelf_begin(&s, QUERY("\"labels\":[\"oil\"]"));
	import_many(&s, &s.fresh.local, 0, MANY);
	damage(&s, c->sql, id_of(&s, SOON));
	damage(&s, c->sql, id_of(&s, LATE));
	define(&s, ENERGY, &s.derived);
	read_on(&s, &r);
	while (step(&s, FRESH_NOW + LATE_NOW))
		read_on(&s, &r);
	read_on(&s, &r);
	assert_false(is_filling(&s));
	assert_int_equal(r.seen, MANY / 2 - 2);
	assert_int_equal(r.modified[SOON] + r.modified[LATE], 0);
	assert_int_equal(told(&s, id_of(&s, SOON)), 1);
	assert_int_equal(told(&s, id_of(&s, LATE)), 1);
}

/* Under a definition that comes late; and what was shown is shown no more when it is asked about
 * again. */
static void
check_damaged_under_definition(void **state)
{
	const struct damage_case *c = *state;
	CLEANUP(shelf_endp) struct shelf s = { 0 };

	shelf_begin(&s, UNDER_GREEN);
	put_many_under(&s, 3);
	damage(&s, c->sql, id_of(&s, 1));
	put(&s, &s.fresh.local, statement(&s, 1, 15));
	const struct page page = page_after(&s, &s.derived, 0, PAGE_MAX);
	assert_int_equal(page.len, 2);
	assert_int_equal(told(&s, id_of(&s, 1)), 1);
	damage(&s, c->sql, id_of(&s, 0));
	withdraw(&s, &s.fresh.local, statement_id(&s, 1));
	put(&s, &s.other, statement(&s, 1, 15));
	const struct page after = page_after(&s, &s.derived, page.object[1].date_added, PAGE_MAX);
	assert_true(after.len == 1 && str_eq(after.object[0].id, id_of(&s, 2)));
	assert_int_equal(shown(&s), 1);
	assert_false(step(&s, FRESH_NOW));
}

/* A damaged definition is unknown, and nothing stands under it. */
static void
check_damaged_definition(void **state)
{
	const struct damage_case *c = *state;
	CLEANUP(shelf_endp) struct shelf s = { 0 };

	shelf_begin(&s, UNDER_GREEN);
	put(&s, &s.fresh.local, statement(&s, 1, 15));
	damage(&s, c->sql, statement_id(&s, 1));
	put_many_under(&s, 2);
	put(&s, &s.fresh.local, under(&s, 2, GREEN, 0));
	assert_int_equal(shown(&s), 1);
}

/* What lies beside an object may say anything: it is in no query that asks for a TLP. */
static void
check_damaged_beside(void **state)
{
	const struct damage_case *c = *state;
	CLEANUP(shelf_endp) struct shelf s = { 0 };
	enum put_result result;
	struct why why = { 0 };

	shelf_begin(&s, ENERGY);
	put(&s, &s.fresh.local, under(&s, 1, GREEN, 0));
	put(&s, &s.fresh.local, under(&s, 2, GREEN, 0));
	fresh_ok(fresh_put_as(&s.fresh, &s.fresh.local,
	             fresh_indicator(s.fresh.arena, 1, EARLY, LABELLED("x") MARKED(GREEN)),
	             SAME_KEEP, &result, &why),
	    &why);
	assert_int_equal(result, PUT_ASIDE);
	struct str beside = arena_printf(s.fresh.arena, "%s AND version LIKE '%%~%%'", c->sql);
	damage(&s, arena_cstr(s.fresh.arena, beside), id_of(&s, 1));
	define(&s, UNDER_GREEN, &s.derived);
	const struct page page = page_after(&s, &s.derived, 0, PAGE_MAX);
	assert_true(page.len == 1 && str_eq(page.object[0].id, id_of(&s, 2)));
	assert_int_equal(told(&s, id_of(&s, 1)), 1);
}

int
main(int argc, char **argv)
{
	static struct cases list;

	CASE(&list, check_filled_in_steps);
	CASE(&list, check_added_when_filled);
	CASE(&list, check_removed_meanwhile);
	CASE(&list, check_removed_in_steps);
	CASE(&list, check_definition_later);
	CASE(&list, check_many_under_one);
	CASES(&list, damage_cases, check_damaged_is_passed);
	CASES(&list, damage_cases, check_damaged_under_definition);
	CASES(&list, damage_cases, check_damaged_definition);
	CASES(&list, damage_cases, check_damaged_beside);
	return cases_run("derive_fill", &list, argc, argv);
}
