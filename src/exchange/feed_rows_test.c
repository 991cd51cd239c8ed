/* What becomes of a feed's row and of its collection when people, or a server,
 * mean ill.  Nothing is asked of any server here. */
#include "account.h"
#include "feed_p.h"
#include "partners_p.h"
#include "purge.h"
#include "room.h"

#define GREEN "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"
#define IND(day, name)                                                                 \
	"{\"type\":\"indicator\",\"spec_version\":\"2.1\","                            \
	"\"id\":\"indicator--55555555-5555-4555-8555-555555555555\","                  \
	"\"created\":\"2026-01-01T00:00:00.000Z\",\"modified\":\"2026-01-0" day        \
	"T00:00:00.000Z\",\"name\":\"" name "\",\"indicator_types\":[\"unknown\"],"    \
	"\"pattern\":\"[ipv4-addr:value = '203.0.113.7']\",\"pattern_type\":\"stix\"," \
	"\"valid_from\":\"2026-01-01T00:00:00Z\",\"object_marking_refs\":[\"" GREEN "\"]}"

static struct feed
feed_of(const struct node *n, const char *url)
{
	return (struct feed){
		.owner = str_of(n->organisation),
		.enclave = S("main"),
		.name = S("mine"),
		.url = str_of(url),
		.collection = S("all"),
		.every_s = FEED_EVERY_S,
		.added_by = S("root"),
	};
}

static struct feed_place
place_of(const struct node *n)
{
	return (struct feed_place){
		.of = { str_of(n->organisation), S("main") },
		.name = S("mine"),
		.account = S("root"),
	};
}

static void
add(struct node *n, const struct feed *f)
{
	struct why why = { 0 };

	node_need(feed_add(n->realm, f, n->arena, &why), &why);
}

static void
take_away(struct node *n)
{
	const struct feed_place at = place_of(n);
	struct why why = { 0 };

	node_need(feed_remove(n->realm, &at, n->arena, &why), &why);
}

static struct feed
found(struct node *n)
{
	const struct feed_place at = place_of(n);
	struct why why = { 0 };
	struct feed f;

	node_need(feed_find(n->realm, &at, n->arena, &f, &why), &why);
	return f;
}

/* A page of one object. */
static enum err
take(struct node *n, const struct feed *f, const char *text, struct feed_taking *ret)
{
	struct str raw = str_of(text);
	const struct feed_page page = { .len = 1, .raw = &raw };

	*ret = (struct feed_taking){
		.realm = n->realm,
		.feed = f,
		.arena = n->arena,
		.page = &page,
	};
	return feed_take(ret, NULL);
}

/* ---- whose a collection is ---- */

struct putting {
	struct node *node;
	struct collection collection;
	const char *text; /* NULL: nothing */
};

static enum err
put_job(struct db *db, void *arg, struct why *why)
{
	struct putting *p = arg;
	struct import_result result = { 0 };

	TRY(store_collection_ensure(db, p->node->arena, &p->collection, why));
	const struct import_request request = {
		.text = str_of(p->text),
		.source = S("by hand.json"),
		.actor = S("meera"),
		.shard_key = p->collection.shard_key,
		.provenance = { .owner = p->collection.owner, .enclave = S("main") },
		.now = clock_wall(&clock_system),
	};
	TRY(store_import(db, p->node->arena, &request, &result, why));
	assert_int_equal(result.refused, 0);
	return OK;
}

static void
put_ours_at(struct node *n, const char *alias, bool can_write, const char *text)
{
	struct why why = { 0 };
	struct putting p = {
		.node = n,
		.collection = {
			.alias = str_of(alias),
			.kind = COLLECTION_LOCAL,
			.title = S("x"),
			.owner = str_of(n->organisation),
			.enclave = S("main"),
			.can_write = can_write,
		},
		.text = text,
	};

	node_need(realm_with_writer(n->realm, put_job, &p, &why), &why);
}

/* Our own object where the feed would put its own. */
static void
put_ours(struct node *n, bool can_write, const char *text)
{
	put_ours_at(n, "feed-mine", can_write, text);
}

static void
a_collection_of_ours_is_no_feeds(void **state)
{
	CLEANUP(node_freep) struct node *n = node_new("IN");
	const struct feed f = feed_of(n, "https://a.example/taxii2/");
	struct why why = { 0 };

	(void)state;
	put_ours(n, true, IND("1", "ours"));
	assert_int_equal(feed_add(n->realm, &f, n->arena, &why), ERR_CONFLICT);
	assert_string_equal(why.code, "feed.there");
	assert_int_equal(node_count(n, "SELECT COUNT(*) FROM feed"), 0);
}

/* One that nobody may write into, and that no feed filled, is not known either. */
static void
a_collection_that_is_there_is_no_feeds(void **state)
{
	CLEANUP(node_freep) struct node *n = node_new("IN");
	const struct feed f = feed_of(n, "https://a.example/taxii2/");

	(void)state;
	put_ours(n, false, IND("1", "ours"));
	assert_int_equal(feed_add(n->realm, &f, n->arena, NULL), ERR_CONFLICT);
}

/* clang-format off */
static const struct again_case {
	const char *name;
	const char *url, *api_root, *collection, *types;
	enum err want;
} again_cases[] = {
	{ "the same",           "https://a.example/taxii2/", "", "all", "", OK },
	{ "other types",        "https://a.example/taxii2/", "", "all", "malware", OK },
	{ "another server",     "https://b.example/taxii2/", "", "all", "", ERR_CONFLICT },
	{ "another root",       "https://a.example/taxii2/", "https://b.example/api/", "all", "", ERR_CONFLICT },
	{ "another collection", "https://a.example/taxii2/", "", "other", "", ERR_CONFLICT },
};
/* clang-format on */

static void
check_again(void **state)
{
	const struct again_case *c = *state;
	CLEANUP(node_freep) struct node *n = node_new("IN");
	struct feed f = feed_of(n, "https://a.example/taxii2/");

	add(n, &f);
	int64_t shard_key = found(n).shard_key;
	take_away(n);
	f.url = str_of(c->url);
	f.api_root = str_of(c->api_root);
	f.collection = str_of(c->collection);
	f.types = str_of(c->types);
	assert_int_equal(feed_add(n->realm, &f, n->arena, NULL), c->want);
	if (c->want == OK)
		assert_int_equal(found(n).shard_key, shard_key);
}

/* A feed may follow what it brought, and nothing else in its collection. */
static void
what_people_put_there_is_not_the_feeds(void **state)
{
	CLEANUP(node_freep) struct node *n = node_new("IN");
	const struct feed made = feed_of(n, "https://a.example/taxii2/");
	struct feed_taking t;

	(void)state;
	add(n, &made);
	const struct feed f = found(n);
	put_ours(n, false, IND("1", "ours"));
	assert_int_equal(take(n, &f, IND("2", "theirs"), &t), OK);
	assert_int_equal(t.refused, 1);
	assert_int_equal(node_count(n, "SELECT COUNT(*) FROM object WHERE type = 'indicator'"), 1);
}

static void
what_the_feed_brought_follows_it(void **state)
{
	CLEANUP(node_freep) struct node *n = node_new("IN");
	const struct feed made = feed_of(n, "https://a.example/taxii2/");
	struct feed_taking t;

	(void)state;
	add(n, &made);
	struct feed f = found(n);
	assert_int_equal(take(n, &f, IND("1", "first"), &t), OK);
	assert_int_equal(t.got, 1);
	take_away(n);
	add(n, &made);
	f = found(n);
	assert_int_equal(take(n, &f, IND("2", "second"), &t), OK);
	assert_int_equal(t.got, 1);
}

/* ---- a secret that does not open ---- */

/* It is said and left for a while, and not tried again each second. */
static void
a_lost_seal_key_is_said(void **state)
{
	CLEANUP(node_freep) struct node *n = node_new("IN");
	const struct realm_options options = { .clock = &clock_system };
	const struct feed_place at = place_of(n);
	struct feed f = feed_of(n, "https://localhost:1/taxii2/");
	struct feed_turn turn;
	struct why why = { 0 };
	char path[256];

	(void)state;
	f.login = FEED_BEARER;
	f.secret = S("abc.def");
	add(n, &f);
	(void)snprintf(path, sizeof(path), "%s/keys/seal.key", realm_folder(n->realm));
	assert_int_equal(unlink(path), 0);
	node_close(n);
	node_need(realm_open(n->folder, "demo", &options, &n->realm, &why), &why);
	assert_int_equal(feed_poll(n->realm, &at, &turn, &why), ERR_TAMPERED);
	assert_string_equal(why.code, "feed.sealed");
	assert_true(turn.noted);
	f = found(n);
	assert_true(str_find(f.problem, S("keys/seal.key")) != SIZE_MAX);
	assert_int_equal(f.failures, 1);
	assert_true(f.next_at > clock_wall(&clock_system) + 30 * US_PER_S);
}

/* ---- removed while it is read ---- */

/* Another under the name gets neither the cursor nor the objects of the one before. */
static void
a_turn_ends_with_its_feed(void **state)
{
	CLEANUP(node_freep) struct node *n = node_new("IN");
	struct feed made = feed_of(n, "https://a.example/taxii2/");
	struct why why = { 0 };
	struct feed_taking t;

	(void)state;
	made.types = S("malware");
	add(n, &made);
	const struct feed old = found(n);
	take_away(n);
	made.types = S("");
	add(n, &made);
	struct feed_note note = { .feed = &old, .reached = clock_wall(&clock_system), .got = 7 };
	struct feed_end end = {
		.feed = &old,
		.at = clock_wall(&clock_system),
		.next_at = clock_wall(&clock_system) + US_PER_S,
		.problem = S("late"),
	};

	assert_int_equal(take(n, &old, IND("1", "late"), &t), ERR_NOT_FOUND);
	assert_int_equal(feed_note_page(n->realm, &note, &why), ERR_NOT_FOUND);
	assert_int_equal(feed_note_end(n->realm, &end, &why), ERR_NOT_FOUND);
	assert_string_equal(why.code, "feed.unknown");
	const struct feed now = found(n);
	assert_true(now.added_at > old.added_at);
	assert_int_equal(now.reached + now.polled_at + now.good_at + now.next_at + now.got, 0);
	assert_int_equal(now.failures, 0);
	assert_true(str_is(now.problem, ""));
	assert_int_equal(node_count(n, "SELECT COUNT(*) FROM object WHERE type = 'indicator'"), 0);
	assert_int_equal(node_count(n, "SELECT COUNT(*) FROM event WHERE name = 'feed.problem'"),
	    0);
	assert_int_equal(take(n, &now, IND("1", "early"), &t), OK);
}

/* ---- rows that somebody changed ---- */

static enum err
sql_job(struct db *db, void *arg, struct why *why)
{
	return db_exec(db, *(const char *const *)arg, NULL, 0, NULL, why);
}

static void
run_sql(struct node *n, const char *sql)
{
	struct why why = { 0 };

	node_need(realm_write(n->realm, sql_job, &sql, &why), &why);
}

#define SET(what) "UPDATE feed SET " what

/* clang-format off */
static const struct changed_case {
	const char *name, *sql;
	enum err want;
} changed_cases[] = {
	{ "what it reads",       SET("types = 'malware', every_s = 60, reached = 7"), OK },
	{ "its server",          SET("url = 'https://evil.example/taxii2/'"), ERR_TAMPERED },
	{ "its API root",        SET("api_root = 'https://evil.example/api/'"), ERR_TAMPERED },
	{ "its name",            SET("name = 'mine2'"), ERR_TAMPERED },
	{ "its enclave",         SET("enclave = 'main2'"), ERR_TAMPERED },
	{ "how it signs in",     SET("login = 'bearer'"), ERR_TAMPERED },
	{ "as whom",             SET("account = 'root'"), ERR_TAMPERED },
	{ "no pin any more",     SET("pin = CAST('' AS {blob})"), ERR_TAMPERED },
	{ "another pin",         SET("pin = CAST('01234567890123456789012345678901' AS {blob})"), ERR_TAMPERED },
	{ "another authority",   SET("authority = 'x'"), ERR_TAMPERED },
	{ "another certificate", SET("certificate = 'x'"), ERR_TAMPERED },
	{ "two that change places", SET("account = certificate, certificate = account"), ERR_TAMPERED },
};
/* clang-format on */

/* The secret goes where it was meant to go, as it was meant to, or nowhere. */
static void
check_changed(void **state)
{
	const struct changed_case *c = *state;
	CLEANUP(node_freep) struct node *n = node_new("IN");
	struct feed f = feed_of(n, "https://a.example/taxii2/");
	struct feed_list list;
	struct why why = { 0 };
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };

	f.login = FEED_BASIC;
	f.account = S("reader");
	f.secret = S("correct horse");
	f.pin = S("abcdefghijklmnopqrstuvwxyzabcdef");
	add(n, &f);
	run_sql(n, c->sql);
	node_need(db_pool_take(realm_readers(n->realm), &lease, &why), &why);
	node_need(feed_due(lease.db, n->arena, INT64_MAX, &list, &why), &why);
	assert_int_equal(list.len, 1);
	assert_int_equal(feed_unseal(n->realm, &list.feed[0], n->arena, &why), c->want);
	assert_int_equal(str_eq(list.feed[0].secret, f.secret), c->want == OK);
	if (c->want != OK)
		assert_string_equal(why.code, "feed.sealed");
}

/* ---- how much it may hold ---- */

static void
a_full_feed_takes_no_page(void **state)
{
	CLEANUP(node_freep) struct node *n = node_new("IN");
	const struct feed made = feed_of(n, "https://a.example/taxii2/");
	struct feed_taking t;
	struct feed f;

	(void)state;
	add(n, &made);
	f = found(n);
	assert_int_equal(f.held_bytes, 0);
	assert_int_equal(take(n, &f, IND("1", "first"), &t), OK);
	f = found(n);
	assert_int_equal(f.held_bytes, sizeof(IND("1", "first")) - 1);
	int64_t imports = node_count(n, "SELECT COUNT(*) FROM import");
	run_sql(n, "UPDATE feed_address SET held_bytes = 4294967296 - 10");
	assert_int_equal(take(n, &f, IND("2", "next"), &t), ERR_CONFLICT);
	assert_int_equal(t.got, 0);
	assert_int_equal(node_count(n, "SELECT COUNT(*) FROM object WHERE type = 'indicator'"), 1);
	assert_int_equal(node_count(n, "SELECT COUNT(*) FROM import"), imports);
	run_sql(n, "UPDATE feed_address SET held_bytes = 4294967296 / 2");
	assert_int_equal(take(n, &f, IND("2", "next"), &t), OK);
	assert_int_equal(t.got, 1);
}

/* ---- how many names it may bring ---- */

enum { PAGE_NAMES = ROOM_NAMES_FEED + 2 };

static enum err
take_many(struct node *n, const struct feed *f, struct str *raw, size_t len,
    struct feed_taking *ret)
{
	const struct feed_page page = { .len = len, .raw = raw };

	*ret = (struct feed_taking){
		.realm = n->realm,
		.feed = f,
		.arena = n->arena,
		.page = &page,
	};
	return feed_take(ret, NULL);
}

static struct str
name_of(struct node *n, unsigned number, unsigned day)
{
	return arena_printf(n->arena,
	    "{\"type\":\"identity\",\"spec_version\":\"2.1\","
	    "\"id\":\"identity--66666666-6666-4666-8666-%012u\","
	    "\"created\":\"2026-01-01T00:00:00.000Z\","
	    "\"modified\":\"2026-01-0%uT00:00:00.000Z\",\"name\":\"x%u\","
	    "\"identity_class\":\"group\"}",
	    number, day, number);
}

#define NAMES_HERE \
	"SELECT COUNT(DISTINCT object_id) FROM object WHERE object_id LIKE 'identity--6666%'"

/* One page fills it and goes beyond: those that are too many are refused, the rest of the page is
 * taken; what is here may change, and no later page brings one more. */
static void
a_page_of_too_many_names(void **state)
{
	CLEANUP(node_freep) struct node *n = node_new("IN");
	const struct feed made = feed_of(n, "https://a.example/taxii2/");
	struct str *raw = arena_make(n->arena, struct str, PAGE_NAMES + 1);
	struct feed_taking t;

	(void)state;
	for (unsigned i = 0; i < PAGE_NAMES; i++)
		raw[i] = name_of(n, i, 1);
	raw[PAGE_NAMES] = S(IND("1", "after the names"));
	add(n, &made);
	struct feed f = found(n);
	assert_int_equal(take_many(n, &f, raw, PAGE_NAMES + 1, &t), OK);
	assert_int_equal(t.got, ROOM_NAMES_FEED + 1);
	assert_int_equal(t.refused, 2);
	assert_int_equal(node_count(n, NAMES_HERE), ROOM_NAMES_FEED);
	raw[0] = name_of(n, 0, 2);
	raw[1] = name_of(n, PAGE_NAMES, 1);
	assert_int_equal(take_many(n, &f, raw, 2, &t), OK);
	assert_int_equal(t.got, 1);
	assert_int_equal(t.refused, 1);
	assert_int_equal(node_count(n, NAMES_HERE), ROOM_NAMES_FEED);
}

/* ---- what was purged ---- */

static enum err
purge_job(struct db *db, void *arg, struct why *why)
{
	struct node *n = arg;
	CLEANUP(realm_gate_givep) struct gate_ref *gate = realm_gate_take(n->realm);
	const struct account legal = {
		.name = S("leela"),
		.display = S("leela"),
		.organisation = str_of(n->organisation),
		.enclaves = S("main"),
		.roles = S("legal"),
	};
	const struct release_job job = {
		.db = db,
		.arena = n->arena,
		.ledger = realm_ledger(n->realm),
		.gate = gate_of(gate),
		.at = clock_wall(&clock_system),
	};
	const struct release_purge purge = {
		.id = S("indicator--55555555-5555-4555-8555-555555555555"),
		.of = { str_of(n->organisation), S("main") },
		.account = legal.name,
		.reason = S("a court ordered it"),
	};
	size_t gone = 0;

	TRY(store_account_create(db, &legal, why));
	return release_purge(&job, &purge, &gone, why);
}

/* The server goes on to show it, in that version and in newer ones, and under another feed of
 * the compartment; only people bring it back. */
static void
what_was_purged_stays_out(void **state)
{
	CLEANUP(node_freep) struct node *n = node_new("IN");
	struct feed made = feed_of(n, "https://a.example/taxii2/");
	struct why why = { 0 };
	struct feed_taking t;

	(void)state;
	add(n, &made);
	struct feed f = found(n);
	assert_int_equal(take(n, &f, IND("1", "first"), &t), OK);
	node_need(realm_write(n->realm, purge_job, n, &why), &why);
	assert_int_equal(found(n).held_bytes, 0);
	assert_int_equal(take(n, &f, IND("1", "first"), &t), OK);
	assert_int_equal(t.got, 0);
	assert_int_equal(t.refused, 1);
	assert_int_equal(take(n, &f, IND("2", "second"), &t), OK);
	assert_int_equal(t.got, 0);
	take_away(n);
	add(n, &made);
	f = found(n);
	assert_int_equal(take(n, &f, IND("2", "second"), &t), OK);
	assert_int_equal(t.got, 0);
	assert_int_equal(node_count(n, "SELECT COUNT(*) FROM object WHERE type = 'indicator'"), 0);
	put_ours_at(n, "by-hand", true, IND("1", "ours"));
	assert_int_equal(node_count(n, "SELECT COUNT(*) FROM object WHERE type = 'indicator'"), 1);
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	CASE(&cases, a_collection_of_ours_is_no_feeds);
	CASE(&cases, a_collection_that_is_there_is_no_feeds);
	CASES(&cases, again_cases, check_again);
	CASE(&cases, what_people_put_there_is_not_the_feeds);
	CASE(&cases, what_the_feed_brought_follows_it);
	CASE(&cases, a_lost_seal_key_is_said);
	CASE(&cases, a_turn_ends_with_its_feed);
	CASES(&cases, changed_cases, check_changed);
	CASE(&cases, a_full_feed_takes_no_page);
	CASE(&cases, a_page_of_too_many_names);
	CASE(&cases, what_was_purged_stays_out);
	return cases_run("feed_rows", &cases, argc, argv);
}
