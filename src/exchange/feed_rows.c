/* Feeds in the database. */
#include <stdio.h>

#include "feed_p.h"
#include "seal.h"
#include "store.h"

enum { ROWS_ARENA_MAX = 16 * MIB, DUE_MAX = 16 };

static const char *const logins[] = {
	[FEED_NONE] = "none",
	[FEED_BASIC] = "basic",
	[FEED_BEARER] = "bearer",
	[FEED_CERTIFICATE] = "certificate",
};

const char *
feed_login_name(enum feed_login login)
{
	return logins[login];
}

/* clang-format off */
#define TEXTS "owner, enclave, name, url, api_root, collection, types, source, account, " \
	"certificate, authority, added_by, problem, login"
#define NUMBERS "every_s, shard_key, added_at, reached, asked_at, polled_at, good_at, next_at, " \
	"failures, n_new, n_refused, unfinished"
#define COLUMNS TEXTS ", secret, pin, " NUMBERS
#define READ "SELECT " COLUMNS ", COALESCE((SELECT a.held_bytes FROM feed_address a" \
	" WHERE a.shard_key = feed.shard_key), 0) FROM feed"
enum { AT_LOGIN = 13, AT_SECRET = 14, AT_PIN = 15, AT_NUMBERS = 16 };

static const char add_feed[] = "INSERT INTO feed (" COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7,"
	" $8, $9, $10, $11, $12, '', $13, $14, $15, $16, $17, $18, 0, 0, 0, 0, 0, 0, 0, 0, 0)";
static const char find_one[] = READ
	" WHERE name = $1 AND " COMPARTMENT_HAS("feed", "$2", "$3") " LIMIT 1";
static const char list_of[] = READ
	" WHERE " COMPARTMENT_HAS("feed", "$1", "$2") " ORDER BY name, enclave LIMIT $3";
static const char list_due[] = READ
	" WHERE next_at <= $1 OR asked_at > polled_at ORDER BY next_at LIMIT $2";
static const char count_feeds[] = "SELECT COUNT(*) FROM feed";
/* A collection of the name that this server may not fill. */
static const char find_stranger[] = "SELECT 1 FROM collection c WHERE c.alias = $1 AND c.owner = $2"
	" AND c.enclave = $3 AND (c.can_write <> 0 OR NOT EXISTS (SELECT 1 FROM feed_address a"
	" WHERE a.shard_key = c.shard_key AND a.url = $4 AND a.api_root = $5 AND a.collection = $6))"
	" LIMIT 1";
static const char add_address[] = "INSERT INTO feed_address (shard_key, url, api_root, collection)"
	" VALUES ($1, $2, $3, $4) ON CONFLICT (shard_key) DO NOTHING";
static const char remove_feed[] =
	"DELETE FROM feed WHERE owner = $1 AND enclave = $2 AND name = $3";
static const char ask_feed[] =
	"UPDATE feed SET asked_at = $4 WHERE owner = $1 AND enclave = $2 AND name = $3";
/* Of the name there may be another by now. */
static const char find_still[] = "SELECT 1 FROM feed WHERE owner = $1 AND enclave = $2"
	" AND name = $3 AND added_at = $4";
static const char note_page[] = "UPDATE feed SET reached = {max}(reached, $4), n_new = n_new + $5,"
	" n_refused = n_refused + $6 WHERE owner = $1 AND enclave = $2 AND name = $3";
static const char note_end[] = "UPDATE feed SET polled_at = $4, next_at = $5, unfinished = $6,"
	" problem = $7, good_at = CASE WHEN $7 = '' THEN $4 ELSE good_at END,"
	" failures = CASE WHEN $7 = '' THEN 0 ELSE failures + 1 END"
	" WHERE owner = $1 AND enclave = $2 AND name = $3";
/* clang-format on */

static enum err
rows_full(struct why *why)
{
	return fail(why, ERR_LIMIT, "feed.memory", "there are more feeds than fit");
}

static enum err
unknown(struct str name, struct why *why)
{
	return fail(why, ERR_NOT_FOUND, "feed.unknown",
	    "there is no feed \"" STR_FMT "\": torana feed list names those that are",
	    STR_ARG(name));
}

/* ---- reading ---- */

static enum feed_login
login_of(struct str name)
{
	for (size_t i = 0; i < COUNTOF(logins); i++) {
		if (str_is(name, logins[i]))
			return (enum feed_login)i;
	}
	return FEED_NONE;
}

static enum err
read_feed(const struct db_rows *rows, struct arena *a, struct feed *f, struct why *why)
{
	struct str *const texts[] = { &f->owner, &f->enclave, &f->name, &f->url, &f->api_root,
		&f->collection, &f->types, &f->source, &f->account, &f->certificate, &f->authority,
		&f->added_by, &f->problem };
	int64_t *const numbers[] = { &f->every_s, &f->shard_key, &f->added_at, &f->reached,
		&f->asked_at, &f->polled_at, &f->good_at, &f->next_at, &f->failures, &f->got,
		&f->refused };
	struct str secret = db_col_blob(rows, AT_SECRET), pin = db_col_blob(rows, AT_PIN);

	*f = (struct feed){ .login = login_of(db_col_text(rows, AT_LOGIN)) };
	for (size_t i = 0; i < COUNTOF(texts); i++) {
		struct str from = db_col_text(rows, i);

		*texts[i] = arena_str(a, from);
		if (texts[i]->ptr == NULL && from.len > 0)
			return rows_full(why);
	}
	for (size_t i = 0; i < COUNTOF(numbers); i++)
		*numbers[i] = db_col_i64(rows, AT_NUMBERS + i);
	f->unfinished = db_col_i64(rows, AT_NUMBERS + COUNTOF(numbers)) != 0;
	f->held_bytes = db_col_i64(rows, AT_NUMBERS + COUNTOF(numbers) + 1);
	f->secret = arena_str(a, secret);
	f->pin = arena_str(a, pin);
	bool lost =
	    (f->secret.ptr == NULL && secret.len > 0) || (f->pin.ptr == NULL && pin.len > 0);
	return lost ? rows_full(why) : OK;
}

static enum err
read_list(struct db_rows *rows, struct arena *a, size_t max, struct feed_list *ret, struct why *why)
{
	bool has = false;

	*ret = (struct feed_list){ .feed = arena_make(a, struct feed, max) };
	if (ret->feed == NULL)
		return rows_full(why);
	while (ret->len < max) {
		TRY(db_next(rows, &has, why));
		if (!has)
			break;
		TRY(read_feed(rows, a, &ret->feed[ret->len++], why));
	}
	return OK;
}

enum err
feed_rows(struct db *db, const struct compartment *of, struct arena *a, struct feed_list *ret,
    struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	TRY(db_select(db, &rows, why, list_of, DB_T(of->organisation), DB_T(of->enclaves),
	    DB_I(FEEDS_MAX)));
	return read_list(&rows, a, FEEDS_MAX, ret, why);
}

enum err
feed_due(struct db *db, struct arena *a, time_us now, struct feed_list *ret, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	TRY(db_select(db, &rows, why, list_due, DB_I(now), DB_I(DUE_MAX)));
	return read_list(&rows, a, DUE_MAX, ret, why);
}

static enum err
find_sealed(struct db *db, const struct feed_place *at, struct arena *a, struct feed *ret,
    struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	TRY(db_select(db, &rows, why, find_one, DB_T(at->name), DB_T(at->of.organisation),
	    DB_T(at->of.enclaves)));
	TRY(db_next(&rows, &has, why));
	return has ? read_feed(&rows, a, ret, why) : unknown(at->name, why);
}

/* What a sealed secret belongs to: this feed, this address, the way in which it is shown there,
 * and by what the server is known.  Whoever changes a row sends it nowhere: it does not open. */
static enum err
seal_of(const struct feed *f, struct arena *a, struct str *ret, struct why *why)
{
	struct hash pin = hash_of(f->pin);
	char pin_hex[HASH_HEX + 1];
	const struct str texts[] = { f->owner, f->enclave, f->name, f->url, f->api_root,
		str_of(feed_login_name(f->login)), f->account, f->certificate, f->authority };
	struct str of = S("feed 2");

	for (size_t i = 0; i < COUNTOF(texts); i++)
		of = arena_printf(a, STR_FMT " %zu:" STR_FMT, STR_ARG(of), texts[i].len,
		    STR_ARG(texts[i]));
	if (of.ptr == NULL)
		return rows_full(why);
	hash_text(&pin, pin_hex);
	*ret = arena_printf(a, STR_FMT " %s", STR_ARG(of), pin_hex);
	return ret->ptr == NULL ? rows_full(why) : OK;
}

enum err
feed_find(struct realm *r, const struct feed_place *at, struct arena *a, struct feed *ret,
    struct why *why)
{
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };

	TRY(db_pool_take(realm_readers(r), &lease, why));
	return find_sealed(lease.db, at, a, ret, why);
}

enum err
feed_unseal(struct realm *r, struct feed *f, struct arena *a, struct why *why)
{
	const struct sign_key *key = NULL;
	struct str of;

	if (f->secret.len == 0)
		return OK;
	TRY(realm_key_ensure(r, KEY_SEAL, &key, why));
	TRY(seal_of(f, a, &of, why));
	if (seal_open(a, key, of, f->secret, &f->secret, NULL) == OK)
		return OK;
	return fail(why, ERR_TAMPERED, "feed.sealed",
	    "its secret does not open: its row was changed, an older program sealed it, or "
	    "keys/seal.key is another than it was added under; bring that key back, or remove the "
	    "feed and add it again");
}

/* ---- writing ---- */

struct change {
	struct realm *realm;
	struct feed feed;
	struct arena *arena;
	const struct feed_place *at;
	time_us now;
};

static enum err
note_change(struct db *db, const struct change *c, const char *what, struct str account,
    struct why *why)
{
	const struct event event = {
		.at = c->now,
		.name = S("feed.changed"),
		.owner = c->feed.owner,
		.enclave = c->feed.enclave,
		.subject = c->feed.name,
		.detail = arena_printf(c->arena, "{\"by\":\"" STR_FMT "\",\"what\":\"%s\"}",
		    STR_ARG(account), what),
	};

	return store_event(db, &event, why);
}

static enum err
check_room(struct db *db, const struct feed *f, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	CLEANUP(db_rows_endp) struct db_rows count = { 0 };
	bool has = false;

	TRY(db_select(db, &rows, why, find_one, DB_T(f->name), DB_T(f->owner), DB_T(f->enclave)));
	TRY(db_next(&rows, &has, why));
	if (has)
		return fail(why, ERR_CONFLICT, "feed.there",
		    "there is a feed \"" STR_FMT
		    "\" already: what is read is never changed; remove it first",
		    STR_ARG(f->name));
	TRY(db_query_one(db, count_feeds, NULL, 0, &count, why));
	if (db_col_i64(&count, 0) >= FEEDS_MAX)
		return fail(why, ERR_LIMIT, "feed.many", "a node has at most %d feeds", FEEDS_MAX);
	return OK;
}

/* What is in a collection of the name already would count as this feed's. */
static enum err
check_collection(struct db *db, const struct feed *f, struct str alias, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	TRY(db_select(db, &rows, why, find_stranger, DB_T(alias), DB_T(f->owner), DB_T(f->enclave),
	    DB_T(f->url), DB_T(f->api_root), DB_T(f->collection)));
	TRY(db_next(&rows, &has, why));
	return !has ? OK
	            : fail(why, ERR_CONFLICT, "feed.there",
	                  "there is a collection \"" STR_FMT
	                  "\" that is not of this server: give the feed another name",
	                  STR_ARG(alias));
}

static enum err
ensure_collection(struct db *db, struct change *c, struct why *why)
{
	const struct feed *f = &c->feed;
	struct collection made = {
		.alias = arena_printf(c->arena, "feed-" STR_FMT, STR_ARG(f->name)),
		.kind = COLLECTION_LOCAL,
		.title = arena_printf(c->arena, "Feed " STR_FMT, STR_ARG(f->name)),
		.description = S("What a server of others holds; nothing here has left"),
		.owner = f->owner,
		.enclave = f->enclave,
	};

	TRY(check_collection(db, f, made.alias, why));
	TRY(store_collection_ensure(db, c->arena, &made, why));
	c->feed.shard_key = made.shard_key;
	return db_run(db, why, add_address, DB_I(made.shard_key), DB_T(f->url), DB_T(f->api_root),
	    DB_T(f->collection));
}

static enum err
write_feed(struct db *db, void *arg, struct why *why)
{
	struct change *c = arg;
	const struct feed *f = &c->feed;

	TRY(check_room(db, f, why));
	TRY(ensure_collection(db, c, why));
	TRY(db_run(db, why, add_feed, DB_T(f->owner), DB_T(f->enclave), DB_T(f->name), DB_T(f->url),
	    DB_T(f->api_root), DB_T(f->collection), DB_T(f->types), DB_T(f->source),
	    DB_T(f->account), DB_T(f->certificate), DB_T(f->authority), DB_T(f->added_by),
	    DB_T(str_of(feed_login_name(f->login))), DB_B(f->secret), DB_B(f->pin),
	    DB_I(f->every_s), DB_I(f->shard_key), DB_I(c->now)));
	return note_change(db, c, "added", f->added_by, why);
}

enum err
feed_write(struct realm *r, const struct feed *f, struct arena *a, struct why *why)
{
	struct change c = { r, *f, a, NULL, clock_wall(realm_clock(r)) };
	const struct sign_key *key = NULL;
	struct str of;

	if (f->secret.len > 0) {
		TRY(realm_key_ensure(r, KEY_SEAL, &key, why));
		TRY(seal_of(f, a, &of, why));
		TRY(seal_make(a, key, of, f->secret, &c.feed.secret, why));
	}
	return realm_write(r, write_feed, &c, why);
}

static enum err
drop_feed(struct db *db, void *arg, struct why *why)
{
	struct change *c = arg;
	const struct feed *f = &c->feed;

	TRY(find_sealed(db, c->at, c->arena, &c->feed, why));
	TRY(db_run(db, why, remove_feed, DB_T(f->owner), DB_T(f->enclave), DB_T(f->name)));
	return note_change(db, c, "removed", c->at->account, why);
}

enum err
feed_remove(struct realm *r, const struct feed_place *at, struct arena *a, struct why *why)
{
	struct change c = { .realm = r, .arena = a, .at = at, .now = clock_wall(realm_clock(r)) };

	return realm_write(r, drop_feed, &c, why);
}

static enum err
write_ask(struct db *db, void *arg, struct why *why)
{
	struct change *c = arg;
	const struct feed *f = &c->feed;

	TRY(find_sealed(db, c->at, c->arena, &c->feed, why));
	return db_run(db, why, ask_feed, DB_T(f->owner), DB_T(f->enclave), DB_T(f->name),
	    DB_I(c->now));
}

enum err
feed_ask(struct realm *r, const struct feed_place *at, struct why *why)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ROWS_ARENA_MAX);
	struct change c = { .realm = r, .arena = a, .at = at, .now = clock_wall(realm_clock(r)) };

	return realm_write(r, write_ask, &c, why);
}

/* ---- how far ---- */

enum err
feed_still(struct db *db, const struct feed *f, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	TRY(db_select(db, &rows, why, find_still, DB_T(f->owner), DB_T(f->enclave), DB_T(f->name),
	    DB_I(f->added_at)));
	TRY(db_next(&rows, &has, why));
	return has ? OK
	           : fail(why, ERR_NOT_FOUND, "feed.unknown",
	                 "the feed \"" STR_FMT "\" was removed while it was read",
	                 STR_ARG(f->name));
}

static enum err
write_page(struct db *db, void *arg, struct why *why)
{
	const struct feed_note *n = arg;
	const struct feed *f = n->feed;

	TRY(feed_still(db, f, why));
	return db_run(db, why, note_page, DB_T(f->owner), DB_T(f->enclave), DB_T(f->name),
	    DB_I(n->reached), DB_I(n->got), DB_I(n->refused));
}

enum err
feed_note_page(struct realm *r, struct feed_note *n, struct why *why)
{
	return realm_write(r, write_page, n, why);
}

/* The same problem every few minutes is one line for people. */
static enum err
write_end(struct db *db, void *arg, struct why *why)
{
	const struct feed_end *e = arg;
	const struct feed *f = e->feed;
	const struct event event = {
		.at = e->at,
		.name = S("feed.problem"),
		.owner = f->owner,
		.enclave = f->enclave,
		.subject = f->name,
	};

	TRY(feed_still(db, f, why));
	TRY(db_run(db, why, note_end, DB_T(f->owner), DB_T(f->enclave), DB_T(f->name), DB_I(e->at),
	    DB_I(e->next_at), DB_I(e->unfinished), DB_T(e->problem)));
	if (e->problem.len == 0 || str_eq(e->problem, f->problem))
		return OK;
	return store_event(db, &event, why);
}

enum err
feed_note_end(struct realm *r, struct feed_end *e, struct why *why)
{
	return realm_write(r, write_end, e, why);
}
