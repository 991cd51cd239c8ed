#include "access.h"

#include "fresh_p.h"

static void
give(struct fresh *f, int64_t shard_key, const char *account, bool can_read, bool can_write)
{
	const struct access access = {
		.shard_key = shard_key,
		.account = str_of(account),
		.can_read = can_read,
		.can_write = can_write,
		.by = S("root1"),
		.at = FRESH_NOW,
	};
	struct why why = { 0 };

	fresh_ok(store_access_put(f->db, &access, &why), &why);
}

/* "2:rw 3:-": what an account has on which collection. */
static const char *
has(struct fresh *f, const char *account)
{
	struct access_list list;
	struct why why = { 0 };
	struct str out = S("");

	fresh_ok(store_access_of(f->db, f->arena, str_of(account), &list, &why), &why);
	for (size_t i = 0; i < list.len; i++)
		out = arena_printf(f->arena, STR_FMT "%s%lld:%s%s%s", STR_ARG(out),
		    i > 0 ? " " : "", (long long)list.row[i].shard_key,
		    list.row[i].can_read ? "r" : "", list.row[i].can_write ? "w" : "",
		    list.row[i].can_read || list.row[i].can_write ? "" : "-");
	return arena_cstr(f->arena, out);
}

static void
check_own_row_counts(void **)
{
	CLEANUP(fresh_endp) struct fresh f = { 0 };
	struct access_list list;
	struct why why = { 0 };
	int64_t changed = 0;

	fresh_begin(&f);
	assert_string_equal(has(&f, "acme"), "");
	give(&f, 2, ACCESS_ALL, true, true);
	give(&f, 3, ACCESS_ALL, false, true);
	give(&f, 2, "acme", false, false);
	give(&f, 4, "acme", true, false);
	give(&f, 5, "other", true, true);
	assert_string_equal(has(&f, "acme"), "2:- 3:w 4:r");
	assert_string_equal(has(&f, "other"), "2:rw 3:w 5:rw");
	assert_string_equal(has(&f, "nobody"), "2:rw 3:w");

	give(&f, 2, "acme", true, false);
	assert_string_equal(has(&f, "acme"), "2:r 3:w 4:r");
	fresh_ok(store_access_on(f.db, f.arena, 2, &list, &why), &why);
	assert_int_equal(list.len, 2);
	assert_true(str_is(list.row[0].account, ACCESS_ALL) && str_is(list.row[1].account, "acme"));
	assert_true(str_is(list.row[1].by, "root1") && list.row[1].at == FRESH_NOW);

	fresh_ok(store_access_end(f.db, 2, S("acme"), &changed, &why), &why);
	assert_int_equal(changed, 1);
	fresh_ok(store_access_end(f.db, 2, S("acme"), &changed, &why), &why);
	assert_int_equal(changed, 0);
	assert_string_equal(has(&f, "acme"), "2:rw 3:w 4:r");
}

static void
check_bounded(void **)
{
	CLEANUP(fresh_endp) struct fresh f = { 0 };
	struct access access = { .shard_key = 2, .account = S("one-more") };
	struct why why = { 0 };

	fresh_begin(&f);
	for (size_t i = 0; i < ACCESS_MAX; i++)
		give(&f, 2, arena_cstr(f.arena, arena_printf(f.arena, "a%zu", i)), false, true);
	assert_int_equal(store_access_put(f.db, &access, &why), ERR_LIMIT);
	assert_string_equal(why.code, "access.many");
	give(&f, 2, "a7", true, true); /* who has a row can get another */
	access.shard_key = 3;
	fresh_ok(store_access_put(f.db, &access, &why), &why);
}

int
main(int argc, char **argv)
{
	static struct cases list;

	CASE(&list, check_own_row_counts);
	CASE(&list, check_bounded);
	return cases_run("access", &list, argc, argv);
}
