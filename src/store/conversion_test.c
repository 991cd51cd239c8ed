/* Objects that an import converts: what they were is kept, and goes with them. */
#include "conflict.h"
#include "fresh_p.h"
#include "store.h"

#define UUID1 "11111111-1111-4111-8111-111111111111"
#define TIMES "\"created\":\"2026-01-01T00:00:00.000Z\",\"modified\":\"2026-01-01T00:00:00.000Z\""
#define OLD   "{\"type\":\"tool\",\"id\":\"tool--" UUID1 "\"," TIMES ",\"name\":\"old\"}"
#define NEW                                                                             \
	"{\"type\":\"tool\",\"spec_version\":\"2.1\",\"id\":\"tool--" UUID1 "\"," TIMES \
	",\"name\":\"%s\"}"
#define PART \
	"{\"type\":\"mutex\",\"id\":\"mutex--eba44954-d4e4-5d3b-814c-2b17dd8de300\",\"name\":\"__CLEANSWEEP__\"}"
#define PLAIN                                                                                                      \
	"{\"type\":\"tool\",\"spec_version\":\"2.1\",\"id\":\"tool--22222222-2222-4222-8222-222222222222\"," TIMES \
	",\"name\":\"x\"}"
#define TOOL  S("tool--" UUID1)
#define MUTEX S("mutex--eba44954-d4e4-5d3b-814c-2b17dd8de300")

static const struct str parts[] = { { PART, sizeof(PART) - 1 } };
static const struct import_change changes[] = {
	{ .what = "moved", .pointer = { "/a", 2 }, .message = { "is called b", 11 } }
};

/* What has no spec_version becomes a tool and its part; a tool that is called "broken" cannot. */
static enum err
convert(const struct json *tree, struct arena *a, struct import_converted *ret, struct why *why)
{
	struct str name = json_str(json_get(tree, S("name")));

	*ret = (struct import_converted){ .format = "test" };
	if (json_get(tree, S("spec_version")) != NULL)
		return OK;
	if (str_is(name, "broken"))
		return (fail)(why, ERR_INVALID, "test.broken", "cannot be converted");
	ret->object = str_is(name, "invalid") ? S("{\"type\":\"tool\"}")
	                                      : arena_printf(a, NEW, arena_cstr(a, name));
	ret->made = parts;
	ret->made_len = 1;
	ret->change = changes;
	ret->changes = 1;
	return OK;
}

static struct import_result
import(struct fresh *f, const char *text)
{
	const struct import_request request = {
		.text = arena_printf(f->arena, "{\"objects\":[%s]}", text),
		.source = S("file.json"),
		.actor = S("asha"),
		.shard_key = f->local.shard_key,
		.now = FRESH_NOW,
		.provenance = { .owner = S("IN:CERT-IN"), .enclave = S("soc") },
		.convert = convert,
	};
	struct import_result result;
	struct why why = { 0 };

	fresh_ok(store_import(f->db, f->arena, &request, &result, &why), &why);
	return result;
}

/* clang-format off */
static const struct convert_case {
	const char *name;
	const char *text;
	uint64_t read, added, same, refused, converted, made;
	size_t changes;
} convert_cases[] = {
	{ "an object and its part", OLD, 1, 2, 0, 0, 1, 1, 1 },
	{ "beside one that needs nothing", PLAIN "," OLD, 2, 3, 0, 0, 1, 1, 1 },
	{ "the same twice", OLD "," OLD, 2, 2, 2, 0, 2, 2, 2 },
	{ "one that cannot be converted", "{\"name\":\"broken\"}," OLD, 2, 2, 0, 1, 1, 1, 1 },
	{ "one that is no good when converted", "{\"name\":\"invalid\"}", 1, 0, 0, 1, 0, 0, 1 },
	{ "one that is here with other content", PLAIN "," OLD ",{\"name\":\"other\"}", 3, 3, 1, 0, 2, 2, 2 },
};
/* clang-format on */

static void
check_convert(void **state)
{
	const struct convert_case *c = *state;
	CLEANUP(fresh_endp) struct fresh f = { 0 };

	fresh_begin(&f);
	struct import_result r = import(&f, c->text);
	assert_int_equal(r.read, c->read);
	assert_int_equal(r.new_versions, c->added);
	assert_int_equal(r.same, c->same);
	assert_int_equal(r.refused, c->refused);
	assert_int_equal(r.converted, c->converted);
	assert_int_equal(r.made, c->made);
	assert_int_equal(r.changes, c->changes);
	assert_int_equal(r.changes_more, 0);
}

static struct conversion
conversion_of(struct fresh *f, struct str id)
{
	struct stored stored;
	struct conversion c;
	struct why why = { 0 };

	fresh_ok(store_latest(f->db, f->arena, id, &stored, &why), &why);
	fresh_ok(store_conversion(f->db, f->arena, &stored, &c, &why), &why);
	return c;
}

static void
the_bytes_that_came_are_kept(void **state)
{
	CLEANUP(fresh_endp) struct fresh f = { 0 };

	(void)state;
	fresh_begin(&f);
	struct import_result r = import(&f, PLAIN "," OLD);
	struct conversion c = conversion_of(&f, TOOL);
	assert_true(str_is(c.original, OLD));
	assert_true(str_is(c.format, "test"));
	assert_true(str_is(c.changes,
	    "[{\"what\":\"moved\",\"pointer\":\"/a\",\"message\":\"is called b\"}]"));
	assert_int_equal(c.import_id, r.import_id);
	assert_int_equal(c.at, FRESH_NOW);
	/* A second import keeps the first. */
	(void)import(&f, OLD);
	assert_int_equal(conversion_of(&f, TOOL).import_id, r.import_id);
	assert_int_equal(conversion_of(&f, MUTEX).format.len, 0);
}

static int64_t
kept(struct fresh *f)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	assert_int_equal(db_query_one(f->db, "SELECT COUNT(*) FROM conversion", NULL, 0, &rows,
	                     NULL),
	    OK);
	return db_col_i64(&rows, 0);
}

/* clang-format off */
static const struct erase_case {
	const char *name;
	struct str id;
	time_us until;
	int64_t left;
} erase_cases[] = {
	{ "with the object", { "tool--" UUID1, 42 }, FRESH_NOW + 10, 0 },
	{ "with its part", { "mutex--eba44954-d4e4-5d3b-814c-2b17dd8de300", 43 }, FRESH_NOW + 10, 0 },
	{ "not with another one", { "tool--22222222-2222-4222-8222-222222222222", 42 }, FRESH_NOW + 10, 1 },
	{ "not before its time", { "tool--" UUID1, 42 }, FRESH_NOW - 1, 1 },
};
/* clang-format on */

static void
check_erase(void **state)
{
	const struct erase_case *c = *state;
	CLEANUP(fresh_endp) struct fresh f = { 0 };
	struct why why = { 0 };

	fresh_begin(&f);
	(void)import(&f, PLAIN "," OLD);
	assert_int_equal(kept(&f), 1);
	{
		CLEANUP(db_txn_endp) struct db_txn txn = { 0 };

		fresh_ok(db_begin(f.db, &txn, &why), &why);
		fresh_ok(store_erase(f.db, f.local.shard_key, c->id, c->until, &why), &why);
		fresh_ok(db_commit(&txn, &why), &why);
	}
	assert_int_equal(kept(&f), c->left);
}

#define OTHER "{\"type\":\"tool\",\"id\":\"tool--" UUID1 "\"," TIMES ",\"name\":\"other\"}"

/* Of two contents of a version each has its own original, whichever is served. */
static void
each_content_has_its_own(void **state)
{
	CLEANUP(fresh_endp) struct fresh f = { 0 };
	CLEANUP(db_txn_endp) struct db_txn txn = { 0 };
	struct why why = { 0 };

	(void)state;
	fresh_begin(&f);
	struct import_result r = import(&f, OLD "," OTHER);
	assert_int_equal(r.differing, 1);
	assert_true(str_is(conversion_of(&f, TOOL).original, OLD));
	struct str came = arena_printf(f.arena, NEW, "other");
	const struct content_choice choice = {
		.of = { S("IN:CERT-IN"), S("soc") },
		.id = TOOL,
		.version = S("2026-01-01T00:00:00Z"),
		.content = hash_of(came),
		.account = S("asha"),
		.reason = S("x"),
		.at = FRESH_NOW,
	};
	struct choice_places places;
	fresh_ok(db_begin(f.db, &txn, &why), &why);
	fresh_ok(store_choose(f.db, &choice, &places, &why), &why);
	fresh_ok(db_commit(&txn, &why), &why);
	assert_true(str_is(conversion_of(&f, TOOL).original, OTHER));
}

int
main(int argc, char **argv)
{
	struct cases list = { 0 };

	CASES(&list, convert_cases, check_convert);
	CASE(&list, the_bytes_that_came_are_kept);
	CASES(&list, erase_cases, check_erase);
	CASE(&list, each_content_has_its_own);
	return cases_run("conversion", &list, argc, argv);
}
