#include "store.h"

#include "asset.h"
#include "buf.h"
#include "fresh_p.h"
#include "marking.h"
#include "portable.h"

extern const struct asset store_schema[];
extern const size_t store_schema_count;

static const struct compartment ours = { { "IN:CERT-IN", 10 }, { "soc", 3 } };

/* ---- schema ---- */

static void
check_every_migration_is_listed(void **)
{
	struct why why = { 0 };

	assert_int_equal(store_schema_count, store_migrations_count);
	for (size_t i = 0; i < store_schema_count; i++) {
		struct str sql = store_schema[i].bytes;

		assert_ptr_equal(store_migrations[i].sql, sql.ptr);
		assert_int_equal(strlen(sql.ptr), sql.len);
		assert_string_equal(store_schema[i].type, "application/sql");
		fresh_ok(db_check_portable(sql, &why), &why);
	}
	assert_string_equal(store_migrations[0].name, "0001-first");
}

/* ---- settings, collections ---- */

static void
check_settings(void **)
{
	CLEANUP(fresh_endp) struct fresh f = { 0 };
	struct why why = { 0 };
	struct str value;

	fresh_begin(&f);
	assert_int_equal(store_setting_get(f.db, S("party"), f.arena, &value, &why), ERR_NOT_FOUND);
	assert_string_equal(why.text, "there is no setting \"party\"");
	fresh_ok(store_setting_put(f.db, S("party"), S("IN"), &why), &why);
	fresh_ok(store_setting_put(f.db, S("party"), S(""), &why), &why);
	fresh_ok(store_setting_get(f.db, S("party"), f.arena, &value, &why), &why);
	assert_int_equal(value.len, 0);
}

static void
check_collections(void **)
{
	CLEANUP(fresh_endp) struct fresh f = { 0 };
	struct why why = { 0 };
	struct collection found, *all;
	size_t n;

	fresh_begin(&f);
	struct collection again = fresh_collection(&f, "local", COLLECTION_LOCAL, "");
	struct collection other = fresh_collection(&f, "in", COLLECTION_RECEIVED, "JP:JPCERT");
	struct collection third = fresh_collection(&f, "in", COLLECTION_RECEIVED, "JP:NCO");
	assert_true(str_eq(again.id, f.local.id));
	assert_int_equal(again.shard_key, f.local.shard_key);
	assert_int_not_equal(other.shard_key, third.shard_key);

	fresh_ok(store_collection_find(f.db, f.arena, third.id, &found, &why), &why);
	assert_int_equal(found.shard_key, third.shard_key);
	assert_int_equal(found.kind, COLLECTION_RECEIVED);
	assert_true(str_is(found.giver, "JP:NCO"));
	fresh_ok(store_collection_find(f.db, f.arena, S("in"), &found, &why), &why);
	assert_int_equal(found.shard_key, other.shard_key);
	assert_int_equal(store_collection_find(f.db, f.arena, S("x"), &found, &why), ERR_NOT_FOUND);
	assert_string_equal(why.text, "there is no collection \"x\"");
	fresh_ok(store_collections(f.db, f.arena, &all, &n, &why), &why);
	assert_int_equal(n, 3);
	assert_true(str_is(all[0].alias, "local"));
}

/* ---- putting: two texts one after the other, and what becomes of the second ---- */
/* SI-041, SI-044, SI-046, SI-048, SI-069 */

#define IND(modified, more)                                                   \
	"{\"type\":\"indicator\",\"spec_version\":\"2.1\","                   \
	"\"id\":\"indicator--11111111-1111-4111-8111-111111111111\","         \
	"\"created\":\"2026-01-01T00:00:00Z\",\"modified\":\"" modified "\"," \
	"\"pattern_type\":\"stix\"" more "}"
#define SCO(more)                                                                                    \
	"{\"type\":\"ipv4-addr\",\"spec_version\":\"2.1\","                                          \
	"\"id\":\"ipv4-addr--ff26c055-6336-5bc5-b98d-13d6226742dd\",\"value\":\"198.51.100.3\"" more \
	"}"
#define MARK(text)                                                                \
	"{\"type\":\"marking-definition\",\"spec_version\":\"2.1\","              \
	"\"id\":\"marking-definition--22222222-2222-4222-8222-222222222222\","    \
	"\"created\":\"2026-01-01T00:00:00Z\",\"definition_type\":\"statement\"," \
	"\"definition\":{\"statement\":\"" text "\"}}"
#define GREEN(created, level)                                                             \
	"{\"type\":\"marking-definition\",\"spec_version\":\"2.1\","                      \
	"\"id\":\"marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da\","            \
	"\"created\":\"" created "\",\"definition_type\":\"tlp\",\"name\":\"TLP:GREEN\"," \
	"\"definition\":{\"tlp\":\"" level "\"}}"
#define PAP_RED(level, more)                                                   \
	"{\"type\":\"marking-definition\",\"spec_version\":\"2.1\","           \
	"\"id\":\"marking-definition--740d36e5-7714-4c30-961a-3ae632ceee0e\"," \
	"\"created\":\"2022-10-02T00:00:00.000Z\",\"extensions\":"             \
	"{\"extension-definition--f8d78575-edfd-406e-8e84-6162a8450f5b\":"     \
	"{\"extension_type\":\"property-extension\",\"pap\":\"" level "\"}}" more "}"
#define GREEN_CREATED "2017-01-20T00:00:00.000Z"

/* clang-format off */
static const struct put_case {
	const char *name;
	const char *first, *second;
	enum err err;
	enum put_result result;
	const char *code, *why;
} put_cases[] = {
	{ "the same bytes", IND("2026-01-01T00:00:00Z", ""), IND("2026-01-01T00:00:00Z", ""), OK, PUT_SAME, NULL, "" },
	{ "a default and a zero", IND("2026-01-01T00:00:00Z", ""), IND("2026-01-01T00:00:00.000Z", ",\"revoked\":false"), OK, PUT_SAME, NULL, "" },
	{ "a later version", IND("2026-01-01T00:00:00Z", ""), IND("2026-01-02T00:00:00Z", ""), OK, PUT_NEW, NULL, "" },
	{ "an earlier version", IND("2026-01-03T00:00:00Z", ""), IND("2026-01-02T00:00:00Z", ""), OK, PUT_NEW, NULL, "" },
	{ "other content", IND("2026-01-01T00:00:00Z", ""), IND("2026-01-01T00:00:00Z", ",\"name\":\"x\""), ERR_CONFLICT, PUT_NEW,
	  "store.content", "version 2026-01-01T00:00:00Z of indicator--11111111-1111-4111-8111-111111111111 is here with other content: a changed object needs a later modified" },
	{ "another created", "{\"type\":\"indicator\",\"id\":\"indicator--11111111-1111-4111-8111-111111111111\",\"created\":\"2025-01-01T00:00:00Z\",\"modified\":\"2025-02-01T00:00:00Z\"}",
	  IND("2026-01-01T00:00:00Z", ""), ERR_CONFLICT, PUT_NEW, "store.created", "created 2025-01-01T00:00:00Z, not 2026-01-01T00:00:00Z" },
	{ "after a revocation", IND("2026-01-01T00:00:00Z", ",\"revoked\":true"), IND("2026-01-02T00:00:00Z", ""), ERR_CONFLICT, PUT_NEW,
	  "store.revoked", "was revoked at 2026-01-01T00:00:00Z: it has no later versions" },
	{ "late, before a revocation", IND("2026-01-02T00:00:00Z", ",\"revoked\":true"), IND("2026-01-01T00:00:00Z", ""), OK, PUT_NEW, NULL, "" },
	{ "an observable again", SCO(""), SCO(",\"defanged\":false"), OK, PUT_SAME, NULL, "" },
	{ "another observable", SCO(""), SCO(",\"x_note\":1"), OK, PUT_NEW, NULL, "" },
	{ "a marking again", MARK("a"), MARK("a"), OK, PUT_SAME, NULL, "" },
	{ "a changed marking", MARK("a"), MARK("b"), ERR_CONFLICT, PUT_NEW, "store.marking", "a marking definition never changes" },
	{ "a predefined marking, respelt", GREEN(GREEN_CREATED, "green"), GREEN("2017-01-20T00:00:00Z", "green"), OK, PUT_SAME, NULL, "" },
	{ "a predefined PAP, perverted", PAP_RED("red", ""), PAP_RED("green", ""), ERR_CONFLICT, PUT_NEW, "store.tlp", "is the definition of PAP level red" },
	{ "a predefined PAP, named otherwise", PAP_RED("red", ""), PAP_RED("red", ",\"name\":\"PAP red\""), OK, PUT_SAME, NULL, "" },
	{ "a predefined marking, perverted", GREEN(GREEN_CREATED, "green"), GREEN(GREEN_CREATED, "white"), ERR_CONFLICT, PUT_NEW, "store.tlp", "is the definition of TLP level green" },
};
/* clang-format on */

static void
check_put(void **state)
{
	const struct put_case *c = *state;
	CLEANUP(fresh_endp) struct fresh f = { 0 };
	struct why why = { 0 };
	enum put_result result;
	struct stored kept;

	fresh_begin(&f);
	fresh_ok(fresh_put(&f, f.local.shard_key, str_of(c->first), &result, &why), &why);
	assert_int_equal(result, PUT_NEW);
	enum err err = fresh_put(&f, f.local.shard_key, str_of(c->second), &result, &why);
	assert_int_equal(err, c->err);
	if (err == OK) {
		assert_int_equal(result, c->result);
	} else {
		assert_string_equal(why.code, c->code);
		assert_true(str_find(str_of(why.text), str_of(c->why)) != SIZE_MAX);
	}
	/* The first bytes are kept. */
	const struct json *tree = NULL;
	fresh_ok(json_parse(f.arena, str_of(c->first), NULL, &tree, &why), &why);
	fresh_ok(store_latest(f.db, f.arena, json_str(json_get(tree, S("id"))), &kept, &why), &why);
	if (err != OK || result == PUT_SAME)
		assert_true(str_is(kept.raw, c->first));
	struct hash raw = hash_of(kept.raw);
	assert_true(hash_eq(&raw, &kept.raw_hash));
}

static void
check_unknown_collection(void **)
{
	CLEANUP(fresh_endp) struct fresh f = { 0 };
	struct why why = { 0 };
	enum put_result result;

	fresh_begin(&f);
	assert_int_equal(fresh_put(&f, 77, S(SCO("")), &result, &why), ERR_NOT_FOUND);
	assert_string_equal(why.text, "there is no collection number 77");
}

/* TS-084: the collection took something in when the clock was an hour ahead. */
static void
check_clock_steps_back(void **)
{
	const int64_t ahead = FRESH_NOW + 60 * INT64_C(60) * US_PER_S;
	CLEANUP(fresh_endp) struct fresh f = { 0 };
	struct why why = { 0 };
	enum put_result result;
	struct page page;

	fresh_begin(&f);
	fresh_ok(db_run(f.db, &why,
	             "UPDATE collection_head SET last_added = $1 WHERE shard_key = $2", DB_I(ahead),
	             DB_I(f.local.shard_key)),
	    &why);
	fresh_ok(fresh_put(&f, f.local.shard_key, S(SCO("")), &result, &why), &why);
	const struct page_query q = { .shard_key = f.local.shard_key, .limit = 1 };
	fresh_ok(store_page(f.db, f.arena, &q, &page, &why), &why);
	assert_int_equal(page.len, 1);
	assert_int_equal(page.object[0].date_added, ahead + 1);
}

/* ---- the latest version ---- */

static const char *const version_order[] = {
	"2026-01-01T00:00:00Z",
	"2026-01-01T00:00:00.0000001Z",
	"2026-01-01T00:00:00.1Z",
	"2026-01-01T00:00:00.1234567Z",
	"2026-01-01T00:00:00.12345671Z",
	"2026-01-01T00:00:01Z",
};

/* SI-043: whatever the order in which they come, the latest is the greatest. */
static void
check_latest_version(void **)
{
	for (size_t first = 0; first < COUNTOF(version_order); first++) {
		CLEANUP(fresh_endp) struct fresh f = { 0 };
		struct why why = { 0 };
		enum put_result result;
		struct stored o;
		struct stored_list all;
		size_t greatest = 0;

		fresh_begin(&f);
		for (size_t i = 0; i < COUNTOF(version_order); i++) {
			size_t at = (first + 5 * i) % COUNTOF(version_order);
			struct str text = fresh_indicator(f.arena, 1, version_order[at], "");

			greatest = at > greatest ? at : greatest;
			fresh_ok(fresh_put(&f, f.local.shard_key, text, &result, &why), &why);
			fresh_ok(store_latest(f.db, f.arena,
			             S("indicator--00000000-0000-4000-8000-000000010000"), &o,
			             &why),
			    &why);
			assert_true(str_is(o.modified, version_order[greatest]));
		}
		fresh_ok(store_versions(f.db, f.arena, o.id, &ours, &all, &why), &why);
		assert_int_equal(all.len, COUNTOF(version_order));
		assert_true(str_is(all.object[all.len - 1].modified, "2026-01-01T00:00:01Z"));
	}
}

static void
check_latest_over_collections(void **)
{
	CLEANUP(fresh_endp) struct fresh f = { 0 };
	struct why why = { 0 };
	enum put_result result;
	struct stored o;
	struct page list;
	struct stored_list versions;
	int64_t changed;

	fresh_begin(&f);
	struct collection in = fresh_collection(&f, "in", COLLECTION_RECEIVED, "JP:JPCERT");
	struct collection out = fresh_collection(&f, "out", COLLECTION_RELEASED, "");
	struct str old = fresh_indicator(f.arena, 1, "2026-01-01T00:00:00Z", "");
	struct str new = fresh_indicator(f.arena, 1, "2026-02-01T00:00:00Z", "");
	struct str gone = fresh_indicator(f.arena, 1, "2026-03-01T00:00:00Z", "");
	struct str id = S("indicator--00000000-0000-4000-8000-000000010000");
	fresh_ok(fresh_put(&f, out.shard_key, gone, &result, &why), &why);
	assert_int_equal(store_latest(f.db, f.arena, id, &o, &why), ERR_NOT_FOUND);
	assert_true(str_starts(str_of(why.text), S("there is no object indicator--")));
	fresh_ok(fresh_put(&f, f.local.shard_key, old, &result, &why), &why);
	fresh_ok(fresh_put_in(&f, &in, new, &result, &why), &why);
	/* A later date does not set a partner's word above our own. */
	fresh_ok(store_latest(f.db, f.arena, id, &o, &why), &why);
	assert_true(str_eq(o.raw, old));
	fresh_ok(store_list(f.db, f.arena, &ours, 10, &list, &why), &why);
	assert_int_equal(list.len, 2);
	fresh_ok(store_list(f.db, f.arena, &ours, 1, &list, &why), &why);
	assert_int_equal(list.len, 1);

	/* Among those that partners gave, the latest stands; what was withdrawn is
	 * not what we have. */
	struct collection other = fresh_collection(&f, "other", COLLECTION_RECEIVED, "KR:KISA");
	fresh_ok(fresh_put_in(&f, &other, old, &result, &why), &why);
	fresh_ok(store_withdraw(f.db, f.local.shard_key, id, FRESH_NOW, &changed, &why), &why);
	fresh_ok(store_latest(f.db, f.arena, id, &o, &why), &why);
	assert_true(str_eq(o.raw, new));
	fresh_ok(store_withdraw(f.db, in.shard_key, id, FRESH_NOW, &changed, &why), &why);
	assert_int_equal(changed, 1);
	fresh_ok(store_latest(f.db, f.arena, id, &o, &why), &why);
	assert_true(str_eq(o.raw, old));
	fresh_ok(store_versions(f.db, f.arena, id, &ours, &versions, &why), &why);
	assert_int_equal(versions.len, 3);
	assert_int_equal(versions.object[2].withdrawn_at, FRESH_NOW);
	fresh_ok(fresh_put_in(&f, &in, new, &result, &why), &why);
	assert_int_equal(result, PUT_SAME);
	fresh_ok(store_withdraw(f.db, in.shard_key, id, FRESH_NOW, &changed, &why), &why);
	assert_int_equal(changed, 0);
}

/* SI-048: what a marking says is the same in all collections, whoever came first. */
static void
check_marking_over_collections(void **)
{
	CLEANUP(fresh_endp) struct fresh f = { 0 };
	struct why why = { 0 };
	enum put_result result;

	fresh_begin(&f);
	struct collection in = fresh_collection(&f, "in", COLLECTION_RECEIVED, "JP:JPCERT");
	struct collection out = fresh_collection(&f, "out", COLLECTION_RELEASED, "");
	fresh_ok(fresh_put(&f, f.local.shard_key, S(MARK("only us")), &result, &why), &why);
	assert_int_equal(fresh_put_in(&f, &in, S(MARK("anybody")), &result, &why), ERR_CONFLICT);
	assert_string_equal(why.code, "store.marking");
	assert_string_equal(why.text,
	    "marking-definition--22222222-2222-4222-8222-222222222222 is here with other content "
	    "(\"local\"): a marking definition never changes; give the new one a new id");
	fresh_ok(fresh_put_in(&f, &in, S(MARK("only us")), &result, &why), &why);
	assert_int_equal(result, PUT_NEW);
	assert_int_equal(fresh_put(&f, out.shard_key, S(MARK("anybody")), &result, &why),
	    ERR_CONFLICT);
	/* A predefined one is what the standard says, however it is spelt. */
	fresh_ok(fresh_put(&f, f.local.shard_key, S(GREEN(GREEN_CREATED, "green")), &result, &why),
	    &why);
	fresh_ok(fresh_put_in(&f, &in, S(GREEN("2017-01-20T00:00:00Z", "green")), &result, &why),
	    &why);
}

static enum err
count_each(void *arg, struct str id, struct str raw, struct why *why)
{
	size_t *n = arg;

	(void)id;
	(void)raw;
	(void)why;
	++*n;
	return OK;
}

static enum err
note_each(void *arg, struct str id, struct str raw, struct why *why)
{
	struct buf *b = arg;

	(void)why;
	/* The number of the indicator, and the month of its version. */
	struct str month = str_sub(raw, str_find(raw, S("modified")) + 16, 2);
	buf_printf(b, STR_FMT ":" STR_FMT " ", STR_ARG(str_sub(id, 42, 1)), STR_ARG(month));
	return OK;
}

/* SI-045: an older version of what was revoked counts no more. */
static void
check_each_latest(void **)
{
	CLEANUP(fresh_endp) struct fresh f = { 0 };
	CLEANUP(buf_free) struct buf b = buf_new(KIB);
	struct why why = { 0 };
	enum put_result result;

	fresh_begin(&f);
	const struct {
		unsigned number;
		const char *modified, *more;
		int64_t shard_key;
	} rows[] = {
		{ 3, "2026-01-01T00:00:00Z", "", f.local.shard_key },
		{ 1, "2026-01-01T00:00:00Z", "", f.local.shard_key },
		{ 1, "2026-02-01T00:00:00Z", "", f.local.shard_key + 1 },
		{ 1, "2026-03-01T00:00:00Z", "", f.local.shard_key + 2 },
		{ 2, "2026-01-01T00:00:00Z", "", f.local.shard_key },
		{ 2, "2026-02-01T00:00:00Z", ",\"revoked\":true", f.local.shard_key },
		{ 5, "2026-01-01T00:00:00Z", "", f.local.shard_key },
		{ 5, "2026-01-01T00:00:00Z", "", f.local.shard_key + 1 },
	};
	const struct collection in = fresh_collection(&f, "in", COLLECTION_RECEIVED, "JP:JPCERT");
	(void)fresh_collection(&f, "out", COLLECTION_RELEASED, "");
	for (size_t i = 0; i < COUNTOF(rows); i++)
		fresh_ok(fresh_put(&f, rows[i].shard_key,
		             fresh_indicator(f.arena, rows[i].number, rows[i].modified,
		                 rows[i].more),
		             &result, &why),
		    &why);
	/* What others say of ours does not take it out. */
	fresh_ok(fresh_put_in(&f, &in,
	             fresh_indicator(f.arena, 3, "2026-03-01T00:00:00Z", ",\"revoked\":true"),
	             &result, &why),
	    &why);
	fresh_ok(fresh_put_in(&f, &in, fresh_indicator(f.arena, 4, "2026-03-01T00:00:00Z", ""),
	             &result, &why),
	    &why);
	const struct store_visit visit = { S("indicator"), NULL, note_each, &b };
	fresh_ok(store_each_latest(f.db, &visit, &why), &why);
	assert_true(str_is(buf_str(&b), "1:02 3:01 4:03 5:01 "));
}

/* A withdrawn version comes back only when asked for, and behind every cursor. */
static void
check_again(void **)
{
	CLEANUP(fresh_endp) struct fresh f = { 0 };
	struct why why = { 0 };
	enum put_result result;
	const struct json *tree = NULL;
	struct stix_object o;
	struct stix_hashes hashes;
	struct provenance from = { 0 };
	int64_t changed, before = 0, after = 0;

	fresh_begin(&f);
	fresh_ok(json_parse(f.arena, S(SCO("")), NULL, &tree, &why), &why);
	fresh_ok(stix_scan(tree, &o, &why), &why);
	fresh_ok(stix_hash(&o, f.arena, &hashes, &why), &why);
	struct store_put put = { .shard_key = f.local.shard_key,
		.object = &o,
		.hashes = &hashes,
		.provenance = &from,
		.now = FRESH_NOW };
	fresh_ok(store_put(f.db, &put, &result, &before, &why), &why);
	put.again = true;
	fresh_ok(store_put(f.db, &put, &result, &after, &why), &why);
	assert_int_equal(result, PUT_SAME);
	assert_int_equal(after, before);
	fresh_ok(store_withdraw(f.db, f.local.shard_key, o.id, FRESH_NOW, &changed, &why), &why);
	fresh_ok(store_put(f.db, &put, &result, &after, &why), &why);
	assert_int_equal(result, PUT_NEW);
	assert_true(after > before);
	struct stored kept;
	fresh_ok(store_latest(f.db, f.arena, o.id, &kept, &why), &why);
	assert_int_equal(kept.date_added, after);
	assert_int_equal(kept.withdrawn_at, 0);
}

/* ---- references ---- */

static void
check_refs(void **)
{
	static const char relationship[] =
	    "{\"type\":\"relationship\",\"spec_version\":\"2.1\","
	    "\"id\":\"relationship--33333333-3333-4333-8333-333333333333\","
	    "\"created_by_ref\":\"identity--44444444-4444-4444-8444-444444444444\","
	    "\"object_marking_refs\":[\"marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da\"],"
	    "\"created\":\"2026-01-01T00:00:00Z\",\"modified\":\"2026-01-01T00:00:00Z\","
	    "\"relationship_type\":\"indicates\","
	    "\"source_ref\":\"indicator--11111111-1111-4111-8111-111111111111\","
	    "\"x_\\u0000_ref\":\"indicator--11111111-1111-4111-8111-111111111119\","
	    "\"target_ref\":\"malware--55555555-5555-4555-8555-555555555555\"}";
	static const char count_refs[] =
	    "SELECT COUNT(*), MIN(source), SUM(CASE WHEN target ="
	    " 'identity--44444444-4444-4444-8444-444444444444' THEN 1 ELSE 0 END) FROM object_ref"
	    " WHERE target IN ('malware--55555555-5555-4555-8555-555555555555',"
	    " 'identity--44444444-4444-4444-8444-444444444444')";
	CLEANUP(fresh_endp) struct fresh f = { 0 };
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	struct why why = { 0 };
	enum put_result result;

	fresh_begin(&f);
	fresh_ok(fresh_put(&f, f.local.shard_key, str_of(relationship), &result, &why), &why);
	for (int round = 0; round < 2; round++)
		fresh_ok(store_refs_catch_up(f.db, &why), &why);
	fresh_ok(db_select_one(f.db, &rows, &why, count_refs), &why);
	assert_int_equal(db_col_i64(&rows, 0), 1);
	assert_true(
	    str_is(db_col_text(&rows, 1), "relationship--33333333-3333-4333-8333-333333333333"));
	assert_int_equal(db_col_i64(&rows, 2), 0);
}

/* ---- events ---- */

static void
check_events(void **)
{
	CLEANUP(fresh_endp) struct fresh f = { 0 };
	struct why why = { 0 };
	struct event_list list;

	fresh_begin(&f);
	static const time_us at[] = { 1000, 1000, 5000 };
	for (size_t i = 0; i < COUNTOF(at); i++) {
		const struct event event = {
			.at = at[i],
			.name = S("import.done"),
			.owner = S("IN:CERT-IN"),
			.enclave = S("soc"),
			.subject = S("x"),
		};
		fresh_ok(store_event(f.db, &event, &why), &why);
	}
	const struct event_query rest = { &ours, 1000, 10 }, none = { &ours, 5000, 10 };
	fresh_ok(store_events(f.db, f.arena, &rest, &list, &why), &why);
	assert_int_equal(list.len, 2);
	/* The clock gives the number; one that stands still gives the next. */
	assert_int_equal(list.event[0].ordinal, 1001);
	assert_int_equal(list.event[1].ordinal, 5000);
	assert_int_equal(list.event[1].at, 5000);
	assert_true(str_is(list.event[1].name, "import.done"));
	fresh_ok(store_events(f.db, f.arena, &none, &list, &why), &why);
	assert_int_equal(list.len, 0);
}

/* clang-format off */
static const struct seen_case {
	const char *name;
	const char *organisation, *enclaves;
	bool want;
} seen_cases[] = {
	{ "the owner",                "IN:CERT-IN", "soc",     true },
	{ "one of two enclaves",      "IN:CERT-IN", "ops soc", true },
	{ "another enclave",          "IN:CERT-IN", "ops",     false },
	{ "another organisation",     "IN:NCIIPC", "soc",      false },
	{ "the end of the name",      "IN:CERT-IN", "oc",      false },
	{ "a pattern is no name",     "IN:CERT-IN", "%",       false },
	{ "released internally",      "IN:NCIIPC", "ops",      true },
	{ "to an enclave that is no longer shown it", "IN:NCIIPC", "old", false },
	{ "that a second person did not approve", "IN:NCIIPC", "due", false },
	{ "another version was shown", "IN:NCIIPC", "was",     false },
};
/* clang-format on */

/* One that is in force, one that was withdrawn, waits, or is of other bytes. */
static const char show_internally[] =
    "INSERT INTO internal_release (release_id, object_id, version, raw_hash, owner, enclave,"
    " to_owner, to_enclave, account, reason, at, shown_at, approver, withdrawn_at, withdrawn_by,"
    " withdrawn_why) VALUES ($1, 'indicator--00000000-0000-4000-8000-000000010000', '', $2,"
    " 'IN:CERT-IN', 'soc', 'IN:NCIIPC', $1, 'meera', '', 1, $3, '', $4, '', '')";

/* One object and one event of CERT-In's "soc": who reads of them? */
static void
check_seen(void **state)
{
	const struct seen_case *c = *state;
	CLEANUP(fresh_endp) struct fresh f = { 0 };
	struct str id = S("indicator--00000000-0000-4000-8000-000000010000");
	const struct event event = { .at = 7, .owner = S("IN:CERT-IN"), .enclave = S("soc") };
	const struct compartment of = { str_of(c->organisation), str_of(c->enclaves) };
	const struct event_query query = { &of, 0, 10 };
	bool granted = c->want && str_is(of.organisation, "IN:NCIIPC");
	struct stored_list versions;
	enum put_result result;
	struct event_list events;
	struct why why = { 0 };
	size_t found = 0;
	struct stored o;
	struct page list;

	fresh_begin(&f);
	struct str raw = fresh_indicator(f.arena, 1, "2026-01-01T00:00:00Z", "");
	fresh_ok(fresh_put(&f, f.local.shard_key, raw, &result, &why), &why);
	fresh_ok(store_event(f.db, &event, &why), &why);
	struct hash bytes = hash_of(raw), other = hash_of(S("other bytes"));
	struct str shown = hash_str(&bytes), before = hash_str(&other);
	fresh_ok(db_run(f.db, &why, show_internally, DB_T(S("ops")), DB_B(shown), DB_I(1), DB_I(0)),
	    &why);
	fresh_ok(db_run(f.db, &why, show_internally, DB_T(S("old")), DB_B(shown), DB_I(1), DB_I(9)),
	    &why);
	fresh_ok(db_run(f.db, &why, show_internally, DB_T(S("due")), DB_B(shown), DB_I(0), DB_I(0)),
	    &why);
	fresh_ok(db_run(f.db, &why, show_internally, DB_T(S("was")), DB_B(before), DB_I(1),
	             DB_I(0)),
	    &why);
	enum err err = store_latest_of(f.db, f.arena, id, &of, &o, NULL);
	assert_int_equal(err, c->want ? OK : ERR_NOT_FOUND);
	fresh_ok(store_versions(f.db, f.arena, id, &of, &versions, &why), &why);
	assert_int_equal(versions.len, c->want);
	/* Being shown something does not make it one's own. */
	err = store_latest_own(f.db, f.arena, id, &of, &o, NULL);
	assert_int_equal(err, c->want && !granted ? OK : ERR_NOT_FOUND);
	fresh_ok(store_list(f.db, f.arena, &of, 10, &list, &why), &why);
	assert_int_equal(list.len, c->want);
	const struct store_visit visit = { S("indicator"), &of, count_each, &found };
	fresh_ok(store_each_latest(f.db, &visit, &why), &why);
	assert_int_equal(found, c->want);
	/* What happens to an object is its owner's business, also when it is shown to others. */
	fresh_ok(store_events(f.db, f.arena, &query, &events, &why), &why);
	assert_int_equal(events.len, c->want && !granted);
}

int
main(int argc, char **argv)
{
	static struct cases list;

	CASE(&list, check_every_migration_is_listed);
	CASE(&list, check_settings);
	CASE(&list, check_collections);
	CASES(&list, put_cases, check_put);
	CASE(&list, check_unknown_collection);
	CASE(&list, check_clock_steps_back);
	CASE(&list, check_latest_version);
	CASE(&list, check_latest_over_collections);
	CASE(&list, check_marking_over_collections);
	CASE(&list, check_each_latest);
	CASE(&list, check_again);
	CASE(&list, check_refs);
	CASE(&list, check_events);
	CASES(&list, seen_cases, check_seen);
	return cases_run("store", &list, argc, argv);
}
