#include "bench_p.h"

enum {
	OBJECTS = 1203, /* more than a page may hold */
	WALK_MAX = 4 * OBJECTS,
	TEXT_MAX = MIB,
	ONE_BY_ONE_MAX = 500, /* longer lists are not walked in steps of one */
	LARGE_BYTES = 9 * MIB,
	LARGE_COUNT = 15, /* of these: more than the memory of a page, and than an answer */
};

/* ---- walking through pages ---- */

enum way { BY_NEXT, BY_DATE };

struct walk {
	const char *list;  /* "objects" */
	const char *query; /* "match[type]=x&" */
	unsigned limit;
	enum way way;
	struct buf *out; /* what the pages held, one after the other */
	size_t pages;
};

static void
put_elements(struct buf *out, const struct json *page)
{
	const struct json *list = json_get(page, S("objects"));

	if (list == NULL)
		list = json_get(page, S("versions"));
	for (const struct json *e = list == NULL ? NULL : list->first; e != NULL; e = e->next) {
		buf_put(out, e->raw);
		buf_putc(out, '\n');
	}
}

/* One page; *cursor is how to go on. */
static bool
take_page(struct walk *w, char *cursor, size_t cursor_max)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(64 * MIB);
	CLEANUP(http_response_done) struct http_response resp = { 0 };
	char target[512];
	struct bench_call call = { .method = "GET", .target = target, .account = "analyst" };
	const struct json *page = NULL;
	struct str next = { 0 };
	bool more = false;

	(void)snprintf(target, sizeof(target), "/local/collections/lab/%s/?%slimit=%u%s", w->list,
	    w->query, w->limit, cursor);
	bench_ask(&call, a, &resp);
	if (resp.status != 200)
		fail_msg("%s: " STR_FMT, target, STR_ARG(resp.body));
	assert_int_equal(json_parse(a, resp.body, NULL, &page, NULL), OK);
	put_elements(w->out, page);
	assert_true(json_get_bool(page, S("more"), &more));
	assert_int_equal(json_get_str(page, S("next"), &next), more);
	if (w->way == BY_NEXT)
		(void)snprintf(cursor, cursor_max, "&next=" STR_FMT, STR_ARG(next));
	else
		(void)snprintf(cursor, cursor_max, "&added_after=" STR_FMT,
		    STR_ARG(bench_added(&resp, "X-TAXII-Date-Added-Last")));
	return more;
}

static void
walk(struct walk *w)
{
	char cursor[128] = "";

	buf_clear(w->out);
	w->pages = 1;
	while (take_page(w, cursor, sizeof(cursor))) {
		w->pages++;
		assert_true(w->pages < WALK_MAX);
	}
	assert_false(w->out->full);
}

/* clang-format off */
static const struct walk_case {
	const char *name, *list, *query;
	size_t count;
} walk_cases[] = {
	{ "all objects", "objects", "", OBJECTS },
	{ "objects by type", "objects", "match[type]=identity&", OBJECTS - OBJECTS / 3 },
	{ "objects in all versions", "objects", "match[version]=all&", OBJECTS + 10 },
	{ "first and last versions", "objects", "match[version]=first,last&match[type]=identity&", OBJECTS - OBJECTS / 3 + 1 },
	{ "the manifest", "manifest", "", OBJECTS },
	{ "the manifest by type", "manifest", "match[type]=location&match[spec_version]=2.1&", OBJECTS / 3 },
	{ "versions of one object", "objects/identity--00000000-0000-4000-8000-000000000001/versions", "", 11 },
	{ "one object in all versions", "objects/identity--00000000-0000-4000-8000-000000000001", "match[version]=all&", 11 },
};
/* clang-format on */

static size_t
count_lines(struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += s.ptr[i] == '\n';
	return n;
}

/* The concatenation of the pages is the same list, however it is cut. */
static void
check_walk(void **state)
{
	static const unsigned limits[] = { 1000, 1, 7, 100, 5000 };
	const struct walk_case *c = *state;
	CLEANUP(buf_free) struct buf all = buf_new(TEXT_MAX);
	CLEANUP(buf_free) struct buf out = buf_new(TEXT_MAX);

	for (size_t i = 0; i < COUNTOF(limits); i++) {
		if (limits[i] == 1 && c->count > ONE_BY_ONE_MAX)
			continue;
		for (int way = BY_NEXT; way <= BY_DATE; way++) {
			bool first = i == 0 && way == BY_NEXT;
			struct walk w = {
				.list = c->list,
				.query = c->query,
				.limit = limits[i],
				.way = (enum way)way,
				.out = first ? &all : &out,
			};
			size_t page = limits[i] < PAGE_MAX ? limits[i] : PAGE_MAX;

			walk(&w);
			assert_int_equal(w.pages, (c->count + page - 1) / page);
			assert_true(first || str_eq(buf_str(&all), buf_str(&out)));
		}
	}
	assert_int_equal(count_lines(buf_str(&all)), c->count);
}

/* ---- next belongs to its query ---- */

static void
next_of_another_query_is_refused(void **state)
{
	static const char *const targets[] = {
		"/local/collections/lab/objects/?match[type]=identity",
		"/local/collections/lab/objects/?match[version]=last",
		"/local/collections/lab/manifest/?limit=1",
		"/local/collections/empty/objects/?limit=1",
		"/local/collections/lab/objects/identity--00000000-0000-4000-8000-000000000001/?limit=1",
	};
	CLEANUP(buf_free) struct buf out = buf_new(TEXT_MAX);
	struct walk w = { .list = "objects", .query = "", .limit = 1, .out = &out };
	char cursor[128] = "";

	(void)state;
	assert_true(take_page(&w, cursor, sizeof(cursor)));
	for (size_t i = 0; i < COUNTOF(targets); i++) {
		CLEANUP(arena_freep) struct arena *a = arena_new(MIB);
		CLEANUP(http_response_done) struct http_response resp = { 0 };
		char target[512];
		struct bench_call call = { .method = "GET",
			.target = target,
			.account = "analyst" };

		(void)snprintf(target, sizeof(target), "%s%s", targets[i], cursor);
		bench_ask(&call, a, &resp);
		assert_int_equal(resp.status, 400);
		assert_true(str_find(resp.body, S("\"taxii.next\"")) != SIZE_MAX);
	}
}

/* ---- pages of large objects ---- */

static void
large_objects_make_short_pages(void **state)
{
	CLEANUP(buf_free) struct buf text = buf_new(LARGE_BYTES + KIB);
	char cursor[128] = "";
	size_t seen = 0, pages = 0;
	bool more = true;

	(void)state;
	for (int i = 0; i < LARGE_COUNT; i++) {
		buf_clear(&text);
		buf_printf(&text,
		    "{\"type\":\"identity\",\"spec_version\":\"2.1\",\"id\":"
		    "\"identity--00000000-0000-4000-9000-%012d\",\"created\":"
		    "\"2020-01-01T00:00:00.000Z\",\"modified\":\"2020-01-01T00:00:00.000Z\","
		    "\"name\":\"",
		    i);
		memset(buf_reserve(&text, LARGE_BYTES), 'x', LARGE_BYTES);
		text.len += LARGE_BYTES;
		buf_put(&text, S("\"}"));
		bench_put(BENCH_EMPTY, buf_str(&text));
	}
	for (; more; pages++) {
		CLEANUP(arena_freep) struct arena *a = arena_new(MIB);
		CLEANUP(http_response_done) struct http_response resp = { 0 };
		char target[256];
		struct bench_call call = { .method = "GET",
			.target = target,
			.account = "analyst" };

		(void)snprintf(target, sizeof(target), "/local/collections/empty/objects/?%s",
		    cursor);
		bench_ask(&call, a, &resp);
		assert_int_equal(resp.status, 200);
		assert_true(resp.body.len > LARGE_BYTES);
		seen += resp.body.len / LARGE_BYTES;
		(void)snprintf(cursor, sizeof(cursor), "&added_after=" STR_FMT,
		    STR_ARG(bench_added(&resp, "X-TAXII-Date-Added-Last")));
		more = str_starts(resp.body, S("{\"more\":true"));
	}
	assert_int_equal(seen, LARGE_COUNT);
	assert_in_range(pages, LARGE_COUNT / 3, LARGE_COUNT);
}

/* ---- a suspended area ---- */

static const char add_order[] =
    "INSERT INTO release_order (order_id, kind, state, agreement, recipient, purpose, area, "
    "channel, scope, owner, enclave, proposer, approver, created_at, copy_time, starts_at, "
    "expires_at) VALUES ($1, 'one-off', 'done', 'IJ-MODEL', 'JP:JPCERT', '', $2, '', '', "
    "'IN:LAB', '', '', '', 0, 0, 0, 0)";
static const char add_item[] =
    "INSERT INTO release_item (order_id, ordinal, agreement, recipient, owner, source_id, version, "
    "state, outcome, preview_hash, leaving_id, bytes, copied, copy_modified, decision, facts, "
    "rules_hash, nonce, approvals_needed, reason, leaf, place, changed_at, "
    "received_at, receipt, decided_epoch, valid_until) VALUES "
    "($1, $2, 'IJ-MODEL', 'JP:JPCERT', 'IN:LAB', $3, '', 'released', 'ALLOW', $4, $3, $4, 0, 0, "
    "'', '', $4, $4, '', '', 0, 0, 0, 0, '', 0, 0)";

#define ID(n) "identity--00000000-0000-4000-8000-00000000000" #n
#define OBJECT(n)                                                                                    \
	"{\"type\":\"identity\",\"spec_version\":\"2.1\",\"id\":\"" ID(                              \
	    n) "\","                                                                                 \
	       "\"created\":\"2020-01-01T00:00:00.000Z\",\"modified\":\"2020-01-01T00:00:00.000Z\"," \
	       "\"name\":\"n\"}"

/* 1 was released for CI, 2 for IR, 3 for both, 4 for nothing that we know of. */
static enum err
add_releases(struct db *db, void *arg, struct why *why)
{
	static const struct {
		const char *area, *id, *text;
	} items[] = {
		{ "CI", ID(1), OBJECT(1) },
		{ "CI", ID(3), OBJECT(3) },
		{ "IR", ID(2), OBJECT(2) },
		{ "IR", ID(3), OBJECT(3) },
	};

	(void)arg;
	TRY(db_run(db, why, add_order, DB_T(S("CI")), DB_T(S("CI"))));
	TRY(db_run(db, why, add_order, DB_T(S("IR")), DB_T(S("IR"))));
	for (size_t i = 0; i < COUNTOF(items); i++) {
		struct hash h = hash_of(str_of(items[i].text));

		TRY(db_run(db, why, add_item, DB_T(str_of(items[i].area)), DB_I((int64_t)i),
		    DB_T(str_of(items[i].id)), DB_B(hash_str(&h))));
	}
	return OK;
}

#define SENT "/ij-model/collections/" BENCH_SENT "/"

/* clang-format off */
static const struct area_case {
	const char *name, *target;
	size_t areas; /* of CI and IR, so many are suspended */
	unsigned status;
	const char *want;
} area_cases[] = {
	{ "nothing suspended", SENT "objects/", 0, 200,
	  "{\"more\":false,\"objects\":[" OBJECT(1) "," OBJECT(2) "," OBJECT(3) "," OBJECT(4) "]}" },
	{ "one suspended", SENT "objects/", 1, 200, "{\"more\":false,\"objects\":[" OBJECT(2) "," OBJECT(3) "]}" },
	{ "both suspended", SENT "objects/", 2, 200, "{\"more\":false}" },
	{ "manifest", SENT "manifest/", 2, 200, "{\"more\":false}" },
	{ "an object of the suspended", SENT "objects/" ID(1) "/", 1, 404, NULL },
	{ "versions of the suspended", SENT "objects/" ID(1) "/versions/", 1, 404, NULL },
	{ "an object of both", SENT "objects/" ID(3) "/", 1, 200, "{\"more\":false,\"objects\":[" OBJECT(3) "]}" },
	{ "an object of another area", SENT "objects/" ID(2) "/versions/", 1, 200,
	  "{\"more\":false,\"versions\":[\"2020-01-01T00:00:00.000Z\"]}" },
};
/* clang-format on */

static void
check_area(void **state)
{
	const struct area_case *c = *state;
	CLEANUP(arena_freep) struct arena *a = arena_new(MIB);
	CLEANUP(http_response_done) struct http_response resp = { 0 };
	struct bench_call call = { .method = "GET", .target = c->target };

	bench.standing.suspended_areas = c->areas;
	bench_ask(&call, a, &resp);
	bench.standing.suspended_areas = 0;
	assert_int_equal(resp.status, c->status);
	if (c->want != NULL && !str_is(resp.body, c->want))
		fail_msg("got  " STR_FMT "\nwant %s", STR_ARG(resp.body), c->want);
}

/* The page looks at one row and may not show it, but others follow. */
static void
a_page_of_suspended_objects_goes_on(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(MIB);
	CLEANUP(http_response_done) struct http_response resp = { 0 };
	struct bench_call call = { .method = "GET", .target = SENT "objects/?limit=1" };
	struct str start = S("{\"more\":true,\"next\":\"");

	(void)state;
	bench.standing.suspended_areas = 1;
	bench_ask(&call, a, &resp);
	bench.standing.suspended_areas = 0;
	assert_true(str_starts(resp.body, start));
	assert_true(str_find(resp.body, S("objects")) == SIZE_MAX);
	assert_null(bench_added(&resp, "X-TAXII-Date-Added-First").ptr);
	assert_true(
	    str_is(bench_added(&resp, "X-TAXII-Date-Added-Last"), "2026-11-22T03:04:05.000001Z"));
}

/* ---- pages that are kept ---- */

static void
ask_page(const char *target, struct arena *a, struct http_response *ret)
{
	struct bench_call call = { .method = "GET", .target = target, .account = "analyst" };

	bench_ask(&call, a, ret);
	assert_int_equal(ret->status, 200);
}

static enum err
withdraw_first(struct db *db, void *arg, struct why *why)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(MIB);
	struct collection lab;
	int64_t changed = 0;

	TRY(store_collection_find(db, a, S(BENCH_LOCAL), &lab, why));
	return store_withdraw(db, lab.shard_key, *(struct str *)arg, BENCH_NOW, &changed, why);
}

/* The third answer is a kept one: the same bytes and dates, until something changes. */
static void
a_page_is_kept_until_something_changes(void **state)
{
	static const char target[] = "/local/collections/" BENCH_LOCAL "/objects/?limit=3";
	struct str first = S("identity--00000000-0000-4000-8000-000000000002");
	CLEANUP(arena_freep) struct arena *a = arena_new(16 * MIB);
	struct http_response answer[4] = { 0 };
	struct why why = { 0 };

	(void)state;
	for (size_t i = 0; i < 3; i++)
		ask_page(target, a, &answer[i]);
	assert_ptr_equal(answer[1].body.ptr, answer[2].body.ptr);
	assert_true(str_eq(answer[0].body, answer[2].body));
	assert_true(str_eq(answer[0].type, answer[2].type));
	assert_true(str_eq(bench_added(&answer[0], "X-TAXII-Date-Added-Last"),
	    bench_added(&answer[2], "X-TAXII-Date-Added-Last")));
	assert_true(str_find(answer[2].body, first) != SIZE_MAX);

	bench_need(realm_write(bench.realm, withdraw_first, &first, &why), &why);
	ask_page(target, a, &answer[3]);
	assert_true(str_find(answer[3].body, first) == SIZE_MAX);
	assert_true(str_find(answer[2].body, first) != SIZE_MAX); /* still being sent */
	for (size_t i = 0; i < 4; i++)
		http_response_done(&answer[i]);
}

/* ---- */

static void
put_identity(struct buf *out, int n, int version)
{
	const char *type = n % 3 == 0 ? "location" : "identity";

	buf_printf(out,
	    "%s{\"type\":\"%s\",\"spec_version\":\"2.1\",\"id\":"
	    "\"%s--00000000-0000-4000-8000-%012d\",\"created\":\"2020-01-01T00:00:00.000Z\","
	    "\"modified\":\"2020-01-01T00:00:00.%03dZ\",\"name\":\"n\",%s}",
	    n == 1 && version == 0 ? "" : ",", type, type, n, version,
	    n % 3 == 0 ? "\"region\":\"southern-asia\"" : "\"identity_class\":\"organization\"");
}

/* One object has ten versions more. */
static void
fill(void)
{
	CLEANUP(buf_free) struct buf out = buf_new(TEXT_MAX);

	buf_put(&out, S("{\"objects\":["));
	for (int n = 1; n <= OBJECTS; n++) {
		put_identity(&out, n, 0);
		if (n % 100 == 0 && n <= 1000)
			put_identity(&out, 1, n / 100);
	}
	buf_put(&out, S("]}"));
	bench_post(BENCH_LOCAL, buf_str(&out));
}

int
main(int argc, char **argv)
{
	static struct cases list;
	struct why why = { 0 };

	bench_begin();
	fill();
	bench_need(realm_write(bench.realm, add_releases, NULL, &why), &why);
	bench_put(BENCH_SENT, S(OBJECT(1)));
	bench_put(BENCH_SENT, S(OBJECT(2)));
	bench_put(BENCH_SENT, S(OBJECT(3)));
	bench_put(BENCH_SENT, S(OBJECT(4)));
	bench.standing.suspended_area[0] = S("CI");
	bench.standing.suspended_area[1] = S("IR");

	CASES(&list, walk_cases, check_walk);
	CASES(&list, area_cases, check_area);
	CASE(&list, a_page_of_suspended_objects_goes_on);
	CASE(&list, next_of_another_query_is_refused);
	CASE(&list, large_objects_make_short_pages);
	CASE(&list, a_page_is_kept_until_something_changes);
	int failed = cases_run("taxii_page", &list, argc, argv);
	bench_end();
	return failed;
}
