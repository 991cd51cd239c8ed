#include <pthread.h>
#include <stdatomic.h>

#include "codec.h"
#include "committer.h"
#include "fresh_p.h"
#include "store.h"

/* ---- filters over one small collection ---- */

/* Six rows, known by a letter in the order of date_added:
 *
 *   a  indicator 1, January      b  indicator 1, February     c  malware
 *   d  ipv4-addr                 e  indicator 2, January      f  indicator 1, older than a */
static const char malware[] =
    "{\"type\":\"malware\",\"spec_version\":\"2.1\","
    "\"id\":\"malware--55555555-5555-4555-8555-555555555555\",\"is_family\":false,"
    "\"created\":\"2026-01-01T00:00:00Z\",\"modified\":\"2026-01-01T00:00:00Z\"}";
static const char address[] =
    "{\"type\":\"ipv4-addr\",\"spec_version\":\"2.1\","
    "\"id\":\"ipv4-addr--ff26c055-6336-5bc5-b98d-13d6226742dd\",\"value\":\"198.51.100.3\"}";
#define ID1 "indicator--00000000-0000-4000-8000-000000010000"
#define ID2 "indicator--00000000-0000-4000-8000-000000020000"
#define IDM "malware--55555555-5555-4555-8555-555555555555"

static void
fill_small(struct fresh *f)
{
	struct why why = { 0 };
	enum put_result result;
	const struct str rows[] = {
		fresh_indicator(f->arena, 1, "2026-01-01T00:00:00Z", ""),
		fresh_indicator(f->arena, 1, "2026-02-01T00:00:00.500Z", ""),
		str_of(malware),
		str_of(address),
		fresh_indicator(f->arena, 2, "2026-01-01T00:00:00Z", ""),
		fresh_indicator(f->arena, 1, "2025-12-01T00:00:00Z", ""),
	};

	for (size_t i = 0; i < COUNTOF(rows); i++)
		fresh_ok(fresh_put(f, f->local.shard_key, rows[i], &result, &why), &why);
}

/* clang-format off */
static const struct filter_case {
	const char *name;
	const char *ids, *types, *specs, *versions; /* separated by ' ' */
	int after; /* rows that lie before the page */
	size_t limit;
	const char *want;
	bool more;
} filter_cases[] = {
	{ "no filter", "", "", "", "", 0, 10, "bcde", false },
	{ "last", "", "", "", "last", 0, 10, "bcde", false },
	{ "first", "", "", "", "first", 0, 10, "cdef", false },
	{ "all", "", "", "", "all", 0, 10, "abcdef", false },
	{ "first and last", "", "", "", "first last", 0, 10, "bcdef", false },
	{ "a version", "", "", "", "2026-02-01T00:00:00.5Z", 0, 10, "b", false },
	{ "a version with zeros", "", "", "", "2026-01-01T00:00:00.000000Z", 0, 10, "ace", false },
	{ "a version and last", "", "", "", "2026-01-01T00:00:00Z last", 0, 10, "abcde", false },
	{ "an observable's version", "", "", "", "2025-11-24T16:00:00.000004Z", 0, 10, "d", false },
	{ "an unknown version", "", "", "", "2020-01-01T00:00:00Z", 0, 10, "", false },
	{ "an id", ID1, "", "", "", 0, 10, "b", false },
	{ "an id, all", ID1, "", "", "all", 0, 10, "abf", false },
	{ "an id, first", ID1, "", "", "first", 0, 10, "f", false },
	{ "an id twice", ID1 " " ID1, "", "", "all", 0, 10, "abf", false },
	{ "two ids", ID2 " " ID1, "", "", "all", 0, 10, "abef", false },
	{ "two ids, cut", ID2 " " ID1, "", "", "all", 0, 3, "abe", true },
	{ "two ids, after", ID2 " " ID1, "", "", "all", 2, 10, "ef", false },
	{ "an unknown id", "indicator--x", "", "", "", 0, 10, "", false },
	{ "an id of another type", IDM, "indicator", "", "", 0, 10, "", false },
	{ "a type", "", "indicator", "", "", 0, 10, "be", false },
	{ "a type, all", "", "indicator", "", "all", 0, 10, "abef", false },
	{ "a type, cut", "", "indicator", "", "all", 0, 2, "ab", true },
	{ "two types", "", "malware ipv4-addr", "", "", 0, 10, "cd", false },
	{ "two types, cut", "", "malware ipv4-addr indicator", "", "all", 0, 3, "abc", true },
	{ "a type twice", "", "indicator indicator", "", "", 0, 10, "be", false },
	{ "a type after an instant", "", "indicator", "", "all", 2, 10, "ef", false },
	{ "a spec version", "", "", "2.1", "", 0, 10, "bcde", false },
	{ "another spec version", "", "", "2.0", "", 0, 10, "", false },
	{ "limit", "", "", "", "", 0, 3, "bcd", true },
	{ "limit that fits", "", "", "", "", 0, 4, "bcde", false },
	{ "after", "", "", "", "", 3, 10, "de", false },
	{ "after all", "", "", "", "", 6, 10, "", false },
};
/* clang-format on */

static size_t
split_list(const char *list, struct str *ret)
{
	size_t n = 0;

	for (struct str rest = str_of(list); rest.ptr != NULL && rest.len > 0;)
		ret[n++] = str_split(&rest, ' ');
	return n;
}

static struct page_query
query_of(const struct fresh *f, const struct filter_case *c)
{
	struct page_query q = { .shard_key = f->local.shard_key,
		.limit = c->limit,
		.added_after = c->after == 0 ? 0 : FRESH_NOW + c->after };
	struct str version[FILTER_VALUES_MAX];

	q.ids = split_list(c->ids, q.id);
	q.types = split_list(c->types, q.type);
	q.spec_versions = split_list(c->specs, q.spec_version);
	q.versions = split_list(c->versions, version);
	for (size_t i = 0; i < q.versions; i++) {
		q.version[i].filter = str_is(version[i], "last")    ? VERSION_LAST
		                      : str_is(version[i], "first") ? VERSION_FIRST
		                      : str_is(version[i], "all")   ? VERSION_ALL
		                                                    : VERSION_TEXT;
		q.version[i].text = version[i];
	}
	return q;
}

static void
check_filter(void **state)
{
	const struct filter_case *c = *state;
	CLEANUP(fresh_endp) struct fresh f = { 0 };
	struct why why = { 0 };
	struct page p;
	char got[16] = "";

	fresh_begin(&f);
	fill_small(&f);
	struct page_query q = query_of(&f, c);
	fresh_ok(store_page(f.db, f.arena, &q, &p, &why), &why);
	for (size_t i = 0; i < p.len; i++) {
		got[i] = (char)('a' + p.object[i].date_added - FRESH_NOW - 1);
		struct hash raw = hash_of(p.object[i].raw);
		assert_true(hash_eq(&raw, &p.object[i].raw_hash));
	}
	assert_string_equal(got, c->want);
	assert_int_equal(p.more, c->more);

	q.without_raw = true;
	fresh_ok(store_page(f.db, f.arena, &q, &p, &why), &why);
	assert_int_equal(p.len, strlen(c->want));
	for (size_t i = 0; i < p.len; i++)
		assert_int_equal(p.object[i].raw.len, 0);

	q.without_raw = false;
	q.only_raw = true;
	fresh_ok(store_page(f.db, f.arena, &q, &p, &why), &why);
	assert_int_equal(p.len, strlen(c->want));
	for (size_t i = 0; i < p.len; i++)
		assert_true(p.object[i].raw.len > 0 &&
		            p.object[i].date_added == FRESH_NOW + 1 + (c->want[i] - 'a'));
}

static void
check_bad_version(void **)
{
	CLEANUP(fresh_endp) struct fresh f = { 0 };
	struct why why = { 0 };
	struct page p;

	fresh_begin(&f);
	const struct filter_case c = { .ids = "",
		.types = "",
		.specs = "",
		.versions = "newest",
		.limit = 1 };
	struct page_query q = query_of(&f, &c);
	assert_int_equal(store_page(f.db, f.arena, &q, &p, &why), ERR_INVALID);
	assert_string_equal(why.text,
	    "\"newest\" is no version: write first, last, all or a timestamp");
}

/* What was withdrawn is as if it were not there. */
static void
check_withdrawn(void **)
{
	CLEANUP(fresh_endp) struct fresh f = { 0 };
	struct why why = { 0 };
	enum put_result result;
	struct page p;
	int64_t changed;

	fresh_begin(&f);
	fill_small(&f);
	fresh_ok(store_withdraw(f.db, f.local.shard_key, S(ID1), FRESH_NOW, &changed, &why), &why);
	assert_int_equal(changed, 3);
	struct page_query q = { .shard_key = f.local.shard_key, .limit = 10 };
	fresh_ok(store_page(f.db, f.arena, &q, &p, &why), &why);
	assert_int_equal(p.len, 3);
	/* A version that is older than the withdrawn ones is now the last. */
	fresh_ok(fresh_put(&f, f.local.shard_key,
	             fresh_indicator(f.arena, 1, "2026-01-15T00:00:00Z", ""), &result, &why),
	    &why);
	fresh_ok(store_page(f.db, f.arena, &q, &p, &why), &why);
	assert_int_equal(p.len, 4);
	assert_true(str_is(p.object[3].modified, "2026-01-15T00:00:00Z"));
}

/* Versions within one microsecond, and what is the last when some go. */
static const struct withdraw_case {
	const char *name;
	enum version_filter filter;
	const char *text;
	int changed;      /* -1: refused, and nothing is done */
	const char *last; /* NULL: nothing is shown */
} withdraw_cases[] = {
	{ "the last one", VERSION_LAST, "", -1, "2026-01-03T00:00:00.1234569Z" },
	{ "the first one", VERSION_FIRST, "", 1, "2026-01-03T00:00:00.1234569Z" },
	{ "one by its instant", VERSION_TEXT, "2026-01-03T00:00:00.12345680Z", 1,
	    "2026-01-03T00:00:00.1234569Z" },
	{ "one that is not there", VERSION_TEXT, "2026-01-03T00:00:00.123456Z", 0,
	    "2026-01-03T00:00:00.1234569Z" },
	{ "all", VERSION_ALL, "", 3, NULL },
};

/* In a transaction, as all of it: what was begun is undone. */
static void
fresh_refused(struct fresh *f, const struct page_query *q)
{
	CLEANUP(db_txn_endp) struct db_txn txn = { 0 };
	struct why why = { 0 };
	int64_t changed;

	fresh_ok(db_begin(f->db, &txn, &why), &why);
	assert_int_equal(store_withdraw_versions(f->db, q, FRESH_NOW, &changed, &why),
	    ERR_FORBIDDEN);
	assert_string_equal(why.code, "store.newest");
}

static void
check_withdraw_versions(void **state)
{
	static const char *const modified[] = { "2026-01-03T00:00:00.1234568Z",
		"2026-01-03T00:00:00.1234569Z", "2026-01-03T00:00:00.1234567Z" };
	const struct withdraw_case *c = *state;
	CLEANUP(fresh_endp) struct fresh f = { 0 };
	struct why why = { 0 };
	enum put_result result;
	struct page p;
	int64_t changed;

	fresh_begin(&f);
	for (size_t i = 0; i < COUNTOF(modified); i++)
		fresh_ok(fresh_put(&f, f.local.shard_key,
		             fresh_indicator(f.arena, 1, modified[i], ""), &result, &why),
		    &why);
	struct page_query q = {
		.shard_key = f.local.shard_key,
		.limit = 1,
		.ids = 1,
		.id = { S(ID1) },
		.versions = 1,
		.version[0] = { c->filter, str_of(c->text) },
	};
	if (c->changed < 0) {
		fresh_refused(&f, &q);
	} else {
		fresh_ok(store_withdraw_versions(f.db, &q, FRESH_NOW, &changed, &why), &why);
		assert_int_equal(changed, c->changed);
	}
	q.versions = 0;
	fresh_ok(store_page(f.db, f.arena, &q, &p, &why), &why);
	assert_int_equal(p.len, c->last != NULL);
	if (c->last != NULL)
		assert_true(str_is(p.object[0].modified, c->last));
}

/* ---- pages one after the other ---- */

enum { MANY = 10'000, STEP = 137 };

static void
fill_many(struct fresh *f)
{
	CLEANUP(buf_free) struct buf b = buf_new(16 * MIB);
	struct arena *a = arena_new(16 * MIB);
	struct import_result r;
	struct why why = { 0 };

	buf_put(&b, S("{\"objects\":["));
	for (unsigned i = 0; i < MANY; i++) {
		if (i > 0)
			buf_putc(&b, ',');
		buf_put(&b, fresh_indicator(a, i, "2026-01-01T00:00:00Z", ""));
	}
	buf_put(&b, S("]}"));
	arena_free(a);
	struct import_request request = { .text = buf_str(&b),
		.shard_key = f->local.shard_key,
		.now = FRESH_NOW };
	fresh_ok(store_import(f->db, f->arena, &request, &r, &why), &why);
	assert_int_equal(r.new_versions, MANY);
}

/* The number that fresh_indicator() put into an id. */
static size_t
number_of(struct str id)
{
	uint8_t byte[4] = { 0 };

	assert_true(hex_parse(str_sub(id, 35, 2 * sizeof(byte)), byte, sizeof(byte)));
	return (size_t)byte[0] << 24 | (size_t)byte[1] << 16 | (size_t)byte[2] << 8 | byte[3];
}

static void
check_concatenation(void **)
{
	CLEANUP(fresh_endp) struct fresh f = { 0 };
	struct why why = { 0 };
	struct page p = { .more = true };
	size_t seen = 0, pages = 0;

	fresh_begin(&f);
	fill_many(&f);
	struct page_query q = { .shard_key = f.local.shard_key, .limit = STEP };
	for (; p.more; pages++) {
		arena_clear(f.arena);
		fresh_ok(store_page(f.db, f.arena, &q, &p, &why), &why);
		for (size_t i = 0; i < p.len; i++, seen++) {
			assert_true(p.object[i].date_added > q.added_after);
			assert_int_equal(number_of(p.object[i].id), seen);
			q.added_after = p.object[i].date_added;
		}
	}
	assert_int_equal(seen, MANY);
	assert_int_equal(pages, (MANY + STEP - 1) / STEP);
}

/* ---- law 7: a cursor never skips ---- */

enum { WRITERS = 2, PUTS = 150 };

struct writer {
	struct db_committer *committer;
	int64_t shard_key;
	unsigned from;
	enum err err;
	atomic_int *running;
};

struct job {
	int64_t shard_key;
	struct str text;
};

/* The wall clock of this job stands still: only the head row orders. */
static enum err
put_job(struct db *db, void *arg, struct why *why)
{
	const struct job *job = arg;
	CLEANUP(arena_freep) struct arena *a = arena_new(MIB);
	const struct json *tree = NULL;
	struct stix_object o;
	struct stix_hashes hashes;
	struct provenance from = { 0 };
	enum put_result result;
	int64_t added;

	TRY(json_parse(a, job->text, NULL, &tree, why));
	TRY(stix_scan(tree, &o, why));
	TRY(stix_hash(&o, a, &hashes, why));
	const struct store_put put = { .shard_key = job->shard_key,
		.object = &o,
		.hashes = &hashes,
		.provenance = &from,
		.now = FRESH_NOW };
	return store_put(db, &put, &result, &added, why);
}

static void *
write_all(void *arg)
{
	struct writer *w = arg;
	struct arena *a = arena_new(MIB);

	for (unsigned i = 0; i < PUTS && w->err == OK; i++) {
		struct job job = { .shard_key = w->shard_key,
			.text = fresh_indicator(a, w->from + i, "2026-01-01T00:00:00Z", "") };
		w->err = db_submit(w->committer, put_job, &job, NULL);
	}
	arena_free(a);
	atomic_fetch_sub(w->running, 1);
	return NULL;
}

/* Reads on behind its cursor, as a partner does, until the writers are done. */
static size_t
follow(struct fresh *f, atomic_int *running)
{
	struct page_query q = { .shard_key = f->local.shard_key, .limit = 7, .without_raw = true };
	struct why why = { 0 };
	struct page p;
	size_t seen = 0;
	bool over = false;

	for (;;) {
		arena_clear(f->arena);
		fresh_ok(store_page(f->db, f->arena, &q, &p, &why), &why);
		seen += p.len;
		if (p.len > 0)
			q.added_after = p.object[p.len - 1].date_added;
		else if (over)
			return seen;
		over = p.len == 0 && atomic_load(running) == 0;
	}
}

static void
check_cursor_never_skips(void **)
{
	CLEANUP(fresh_endp) struct fresh f = { 0 };
	struct why why = { 0 };
	struct db *db = NULL;
	struct db_committer *committer = NULL;
	pthread_t thread[WRITERS];
	struct writer writer[WRITERS];
	atomic_int running = WRITERS;

	fresh_begin(&f);
	fresh_ok(db_open(&(struct db_config){ .place = f.path }, &db, &why), &why);
	fresh_ok(db_committer_open(db, &clock_system, &committer, &why), &why);
	for (unsigned i = 0; i < WRITERS; i++) {
		writer[i] = (struct writer){ .committer = committer,
			.shard_key = f.local.shard_key,
			.from = i * PUTS,
			.running = &running };
		assert_int_equal(pthread_create(&thread[i], NULL, write_all, &writer[i]), 0);
	}
	size_t seen = follow(&f, &running);
	for (unsigned i = 0; i < WRITERS; i++) {
		assert_int_equal(pthread_join(thread[i], NULL), 0);
		assert_int_equal(writer[i].err, OK);
	}
	db_committer_close(committer);
	assert_int_equal(seen, WRITERS * PUTS);
}

int
main(int argc, char **argv)
{
	static struct cases list;

	CASES(&list, filter_cases, check_filter);
	CASE(&list, check_bad_version);
	CASE(&list, check_withdrawn);
	CASES(&list, withdraw_cases, check_withdraw_versions);
	CASE(&list, check_concatenation);
	CASE(&list, check_cursor_never_skips);
	return cases_run("page", &list, argc, argv);
}
