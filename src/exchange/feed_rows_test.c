/* What becomes of a feed's row and of its collection when people, or a server,
 * mean ill.  Nothing is asked of any server here. */
#include "feed_p.h"
#include "partners_p.h"

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

/* Our own object in "feed-mine". */
static void
put_ours(struct node *n, bool can_write, const char *text)
{
	struct why why = { 0 };
	struct putting p = {
		.node = n,
		.collection = {
			.alias = S("feed-mine"),
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
	return cases_run("feed_rows", &cases, argc, argv);
}
