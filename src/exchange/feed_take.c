/* Taking in a page of a feed: like a file of a stranger, with three doors more.
 *
 * What a feed says never stands in the place of what is ours or what a partner
 * gave us, never comes back after we gave it, and never changes its creator. */
#include "exchange_p.h"
#include "feed_p.h"
#include "json_writer.h"
#include "log.h"
#include "marking.h"
#include "store.h"

enum {
	OBJECT_ARENA_MAX = JSON_ELEMENT_BYTES_MAX,
	/* Of one page, so that a server cannot fill the log; the count is said anyway. */
	REFUSALS_LOGGED_MAX = 8,
	IMPORT_ARENA_MAX = 64 * MIB,
};

/* What an import says that it came from, before the name of the feed. */
#define FEED_SOURCE "feed "

/* One object of the page. */
struct arriving {
	struct stix_object stix;
	struct stix_hashes hashes;
	bool held;           /* something is here under its identifier */
	bool same;           /* it is here, spelt like this or otherwise */
	const char *problem; /* NULL: it may come in */
};

struct looking {
	struct feed_taking *take;
	struct db *db;
	const struct gate *gate;
	struct arena *arena; /* of one object */
	size_t logged;
};

/* Newest versions of the compartment under this identifier, without those of guests. */
static const char find_held[] =
    "SELECT o.shard_key, o.giver, o.normal_hash, o.raw, COALESCE(i.named, ''),"
    " " RANK_IS_FEED(
        "o") ", COALESCE(i.source, '')"
             " FROM collection c CROSS JOIN object o LEFT JOIN import i ON i.import_id = o.import_id"
             " WHERE c.owner = $1 AND c.enclave = $2 AND c.kind <> 'released'"
             " AND o.shard_key = c.shard_key AND o.object_id = $3 AND o.latest = 1"
             " AND NOT " RANK_IS_GUEST("o");
static const char find_same[] =
    "SELECT 1 FROM object WHERE shard_key = $1 AND object_id = $2 AND normal_hash = $3 LIMIT 1";
static const char find_given[] =
    "SELECT 1 FROM release_item WHERE leaving_id = $1 AND leaf >= 0 LIMIT 1";

static struct str
creator_of(struct looking *l, struct str raw)
{
	const struct json *tree = NULL;
	struct stix_object o;

	if (json_parse(l->arena, raw, NULL, &tree, NULL) != OK || stix_scan(tree, &o, NULL) != OK)
		return S("");
	return o.created_by;
}

/* It lies in the collection of one, and a feed brought it. */
static bool
is_of_feed(const struct db_rows *rows)
{
	return db_col_i64(rows, 5) != 0 && str_starts(db_col_text(rows, 6), S(FEED_SOURCE));
}

/* Of another collection: whose it is decides whether a feed may speak about it. */
static const char *
held_elsewhere(const struct looking *l, const struct db_rows *rows)
{
	const struct feed *f = l->take->feed;
	struct str named = db_col_text(rows, 4);

	if (db_col_text(rows, 1).len > 0)
		return "a partner gave us an object under this id";
	if (!is_of_feed(rows) && (named.len == 0 || !str_eq(named, f->source)))
		return "we hold an object of our own under this id";
	return NULL;
}

/* Judges against one row that is here. */
static void
against(struct looking *l, const struct db_rows *rows, struct arriving *x)
{
	bool here = is_of_feed(rows) && db_col_i64(rows, 0) == l->take->feed->shard_key;

	x->held = true;
	if (str_eq(db_col_blob(rows, 2), hash_str(&x->hashes.normalised))) {
		/* Another feed's is kept once more: each collection is whole. */
		x->same |= here || !is_of_feed(rows);
		return;
	}
	if (!here && x->problem == NULL)
		x->problem = held_elsewhere(l, rows);
	bool creates = x->stix.class != STIX_SCO && x->stix.class != STIX_MARKING;
	if (creates && x->problem == NULL &&
	    !str_eq(creator_of(l, db_col_blob(rows, 3)), x->stix.created_by))
		x->problem = "its creator is another than before";
}

static enum err
look_held(struct looking *l, struct arriving *x, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	const struct feed *f = l->take->feed;
	struct marking known;
	bool has = false;

	/* A predefined marking is nobody's: store_put() sees to what it says. */
	if (marking_by_id(x->stix.id, &known))
		return OK;
	TRY(db_select(l->db, &rows, why, find_held, DB_T(f->owner), DB_T(f->enclave),
	    DB_T(x->stix.id)));
	for (;;) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			return OK;
		against(l, &rows, x);
	}
}

static enum err
look(struct looking *l, struct arriving *x, struct why *why)
{
	const struct feed *f = l->take->feed;
	struct str id = x->stix.id, source;
	bool given = false;

	/* What people took out stays out, though the server goes on to show it. */
	TRY(exchange_has_row(l->db,
	    DB_SQL(find_same, DB_I(f->shard_key), DB_T(id), DB_B(hash_str(&x->hashes.normalised))),
	    &x->same, why));
	if (x->same)
		return OK;
	enum err err = release_copy_source(l->db, l->arena, id, &source, why);
	if (err != OK && err != ERR_NOT_FOUND)
		return err;
	TRY(exchange_has_row(l->db, DB_SQL(find_given, DB_T(id)), &given, why));
	if (err == OK)
		x->problem = "it is a copy that we released";
	else if (str_eq(x->stix.created_by, l->gate->redaction_identity) ||
	         str_eq(id, l->gate->redaction_identity))
		x->problem = "we created it: only we make versions of it";
	TRY(look_held(l, x, why));
	if (x->same)
		x->problem = NULL;
	else if (given && !x->held && x->problem == NULL)
		x->problem = "we gave this object ourselves";
	return OK;
}

/* ---- a page ---- */

/* What cannot be read goes on to the import, which says what is wrong with it. */
static bool
scan(struct looking *l, struct str raw, struct arriving *x)
{
	const struct json *tree = NULL;

	return json_parse(l->arena, raw, NULL, &tree, NULL) == OK &&
	       stix_scan(tree, &x->stix, NULL) == OK &&
	       stix_hash(&x->stix, l->arena, &x->hashes, NULL) == OK;
}

static uint64_t
key_of(struct str raw)
{
	struct hash hash = hash_of(raw);
	uint64_t key;

	memcpy(&key, hash.byte, sizeof(key));
	return key == 0 ? 1 : key;
}

static void
say_refused(struct looking *l, struct str id, struct str problem)
{
	if (l->logged++ >= REFUSALS_LOGGED_MAX)
		return;
	log_event(LOG_WARNING, "feed.refused", LOG_STR("feed", l->take->feed->name),
	    LOG_STR("object", str_sub(id, 0, id.len < STIX_ID_MAX ? id.len : STIX_ID_MAX)),
	    LOG_STR("why", problem));
}

/* Appends it to what is imported, or counts it. */
static enum err
sort(struct looking *l, struct str raw, struct json_writer *w, size_t *io_new, struct why *why)
{
	struct arriving x = { 0 };

	arena_clear(l->arena);
	if (scan(l, raw, &x))
		TRY(look(l, &x, why));
	if (x.problem != NULL) {
		l->take->refused++;
		say_refused(l, x.stix.id, str_of(x.problem));
	} else if (x.same) {
		l->take->same++;
	} else {
		json_put_raw(w, raw);
		(*io_new)++;
	}
	return OK;
}

static enum err
sort_page(struct feed_taking *t, struct buf *out, size_t *ret_new, struct why *why)
{
	CLEANUP(arena_freep) struct arena *one = arena_new(OBJECT_ARENA_MAX);
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };
	CLEANUP(realm_gate_givep) struct gate_ref *gate = realm_gate_take(t->realm);
	struct looking l = { .take = t, .gate = gate_of(gate), .arena = one };
	struct json_writer w = json_writer(out);

	TRY(db_pool_take(realm_readers(t->realm), &lease, why));
	l.db = lease.db;
	json_begin_object(&w);
	json_begin_array(json_key(&w, S("objects")));
	for (size_t i = 0; i < t->page->len; i++) {
		t->key[i] = key_of(t->page->raw[i]);
		TRY(sort(&l, t->page->raw[i], &w, ret_new, why));
	}
	json_end_array(&w);
	json_end_object(&w);
	return buf_check(out, "the page", why);
}

/* ---- importing ---- */

struct taking_in {
	struct feed_taking *take;
	struct import_request request;
	struct import_result result;
	struct arena *arena;
};

static enum err
run_import(struct db *db, void *arg, struct why *why)
{
	struct taking_in *in = arg;

	TRY(feed_still(db, in->take->feed, why));
	TRY(store_feed_room(db, in->request.shard_key, (int64_t)in->request.text.len, why));
	return store_import(db, in->arena, &in->request, &in->result, why);
}

/* Who refers to whom, and the line for people. */
static enum err
note_import(struct db *db, void *arg, struct why *why)
{
	const struct taking_in *in = arg;
	const struct feed *f = in->take->feed;
	const struct import_result *r = &in->result;
	const struct event event = {
		.at = in->request.now,
		.name = S("import.done"),
		.owner = f->owner,
		.enclave = f->enclave,
		.subject = in->request.source,
		.detail = arena_printf(in->arena,
		    "{\"new\":%" PRIu64 ",\"refused\":%" PRIu64 ",\"same\":%" PRIu64 "}",
		    r->new_versions, r->refused, r->same),
	};

	TRY(store_refs_catch_up(db, why));
	return store_event(db, &event, why);
}

/* What its source's policy says of other content of a version. */
static enum same_version
policy_of(const struct feed_taking *t)
{
	CLEANUP(realm_gate_givep) struct gate_ref *gate = realm_gate_take(t->realm);

	return release_same_version(gate_of(gate), t->feed->source);
}

static enum err
import_new(struct feed_taking *t, struct str text, struct why *why)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(IMPORT_ARENA_MAX);
	const struct feed *f = t->feed;
	struct taking_in in = {
		.take = t,
		.arena = a,
		.request = {
			.text = text,
			.source = arena_printf(a, FEED_SOURCE STR_FMT, STR_ARG(f->name)),
			.named = f->source,
			.actor = f->added_by,
			.shard_key = f->shard_key,
			.provenance = { .owner = f->owner, .enclave = f->enclave },
			.now = clock_wall(realm_clock(t->realm)),
		},
	};

	in.request.same_version = policy_of(t);
	TRY(realm_with_writer(t->realm, run_import, &in, why));
	t->got += in.result.new_versions;
	t->same += in.result.same;
	t->refused += in.result.refused;
	for (size_t i = 0; i < in.result.problems && i < REFUSALS_LOGGED_MAX; i++) {
		const struct import_problem *p = &in.result.problem[i];

		log_event(LOG_WARNING, "feed.refused", LOG_STR("feed", f->name),
		    LOG_STR("object", p->id), LOG_STR("why", p->message));
	}
	TRY(realm_write(t->realm, note_import, &in, why));
	realm_changed(t->realm);
	return OK;
}

enum err
feed_take(struct feed_taking *t, struct why *why)
{
	CLEANUP(buf_free) struct buf text = buf_new(HTTP_RESPONSE_MAX + KIB);
	size_t fresh = 0;

	t->key = arena_make(t->arena, uint64_t, t->page->len + 1);
	if (t->key == NULL)
		return fail(why, ERR_LIMIT, "feed.memory", "the page is too large");
	TRY(sort_page(t, &text, &fresh, why));
	return fresh == 0 ? OK : import_new(t, buf_str(&text), why);
}
