/* Storing a page: objects, receipts, the leaf about them and the cursor. */
#include "exchange_p.h"
#include "json_writer.h"
#include "marking.h"
#include "put.h"
#include "tile.h"

/* ---- where pulling stands ---- */

static const char find_pull[] =
    "SELECT added_after, problem FROM pull WHERE peer = $1 AND collection = $2";
static const char set_cursor[] =
    "INSERT INTO pull (peer, collection, added_after, at, problem) VALUES ($1, $2, $3, $4, '')"
    " ON CONFLICT (peer, collection) DO UPDATE SET added_after = excluded.added_after,"
    " at = excluded.at, problem = excluded.problem";
static const char set_problem[] =
    "INSERT INTO pull (peer, collection, added_after, at, problem) VALUES ($1, $2, 0, $3, $4)"
    " ON CONFLICT (peer, collection) DO UPDATE SET problem = excluded.problem";

enum err
pull_cursor(struct db *db, struct str peer, struct str collection, time_us *ret, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	TRY(db_select(db, &rows, why, find_pull, DB_T(peer), DB_T(collection)));
	TRY(db_next(&rows, &has, why));
	*ret = has ? db_col_i64(&rows, 0) : 0;
	return OK;
}

struct problem_job {
	struct str peer, collection, problem;
	time_us at;
};

static enum err
write_problem(struct db *db, void *arg, struct why *why)
{
	const struct problem_job *p = arg;

	return db_run(db, why, set_problem, DB_T(p->peer), DB_T(p->collection), DB_I(p->at),
	    DB_T(p->problem));
}

enum err
pull_problem(struct realm *r, struct str peer, struct str collection, struct str problem,
    struct why *why)
{
	struct problem_job job = { peer, collection, problem, clock_wall(realm_clock(r)) };

	{
		CLEANUP(db_pool_give) struct db_lease lease = { 0 };
		CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
		bool has = false;

		TRY(db_pool_take(realm_readers(r), &lease, why));
		TRY(db_select(lease.db, &rows, why, find_pull, DB_T(peer), DB_T(collection)));
		TRY(db_next(&rows, &has, why));
		if (has ? str_eq(db_col_text(&rows, 1), problem) : problem.len == 0)
			return OK;
	}
	return realm_write(r, write_problem, &job, why);
}

/* ---- one object ---- */

static const char find_receipt[] =
    "SELECT own_leaf FROM receipt WHERE peer = $1 AND leaf = $2 AND place = $3";
static const char add_receipt[] =
    "INSERT INTO receipt (peer, leaf, place, object_id, version, bytes_hash, proof, own_leaf,"
    " acked, problem) VALUES ($1, $2, $3, $4, $5, $6, $7, -1, 0, $8)";
static const char set_own_leaf[] =
    "UPDATE receipt SET own_leaf = $2 WHERE peer = $1 AND own_leaf = -1";
/* What we passed on for others may well come again in a newer version. */
static const char find_given[] =
    "SELECT i.order_id FROM release_item i WHERE i.leaving_id = $1 AND i.leaf >= 0"
    " AND i.state IN ('released', 'recalled', 'answered') AND EXISTS"
    " (SELECT 1 FROM collection c CROSS JOIN object o WHERE c.kind = 'local'"
    " AND o.shard_key = c.shard_key AND o.object_id = i.source_id AND o.giver = '')";
static const char find_recall[] = "SELECT recall_id FROM recall WHERE peer = $1 AND object_id = $2"
                                  " AND direction = 'received' AND asked_at >= $3";

static const char find_own[] = "SELECT o.raw_hash FROM collection c CROSS JOIN object o"
                               " WHERE c.kind = 'local' AND o.shard_key = c.shard_key"
                               " AND o.object_id = $1 AND o.giver = '' AND NOT " RANK_IS_FEED("o");

enum err
exchange_has_row(struct db *db, const char *sql, const struct db_value *args, size_t n, bool *ret,
    struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	TRY(db_query(db, sql, args, n, &rows, why));
	return db_next(&rows, ret, why);
}

/* Whether we hold an object of this id as our own, and in these very bytes.  A
 * predefined marking is nobody's: store_put() sees to what it says. */
static enum err
find_ours(struct db *db, const struct page_object *o, bool *ret_held, bool *ret_same,
    struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	struct marking known;
	bool has = false;

	if (marking_by_id(o->stix.id, &known))
		return OK;
	TRY(db_select(db, &rows, why, find_own, DB_T(o->stix.id)));
	for (;;) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			return OK;
		*ret_held = true;
		*ret_same |= str_eq(db_col_blob(&rows, 0), hash_str(&o->hashes.raw));
	}
}

/* Nothing that we gave comes back, as itself or as our copy; nothing takes the
 * place of what is ours; nothing that was recalled while the page was under way
 * is stored.  *ret_same: it is ours already, byte for byte. */
static enum err
check_ours(const struct intake *in, struct db *db, struct arrival *x, bool *ret_same,
    struct why *why)
{
	struct str id = x->object->stix.id, source;
	bool given = false, held = false, same = false, recalled = false;
	enum err err = release_copy_source(db, in->arena, id, &source, why);

	if (err != OK && err != ERR_NOT_FOUND)
		return err;
	TRY(exchange_has_row(db, DB_SQL(find_given, DB_T(id)), &given, why));
	TRY(find_ours(db, x->object, &held, &same, why));
	TRY(exchange_has_row(db,
	    DB_SQL(find_recall, DB_T(in->peer->name), DB_T(id), DB_I(in->fetched_at)), &recalled,
	    why));
	if (err == OK || given)
		x->problem = S("we gave this object ourselves");
	else if (str_eq(x->object->stix.created_by, in->gate->redaction_identity))
		x->problem = S("we created it: only we make versions of it");
	else if (held && !same)
		x->problem = S("we hold an object of our own under this id");
	else if (recalled)
		x->problem = S("it was recalled");
	*ret_same = same && x->problem.len == 0;
	return OK;
}

/* The version is here with other content.  What is kept beside it is refused: the
 * partner reads why in the receipt. */
static void
note_differing(struct intake *in, struct arrival *x, const struct store_put *put,
    enum put_result result)
{
	struct why said = { 0 };

	if (put_aside_why(put, result, &said) != OK && result == PUT_ASIDE)
		x->problem = arena_str(in->arena, str_of(said.text));
	if (in->differing.differing++ == 0)
		in->differing = (struct conflict_note){
			.owner = put->provenance->owner,
			.enclave = put->provenance->enclave,
			.id = put->object->id,
			.differing = 1,
			.at = put->now,
		};
}

static enum err
put_object(struct intake *in, struct db *db, struct arrival *x, enum put_result *ret,
    struct why *why)
{
	CLEANUP(db_save_endp) struct db_save save = { 0 };
	int64_t added = 0;
	struct collection c = {
		.alias = arena_printf(in->arena, "received:" STR_FMT, STR_ARG(x->from)),
		.kind = COLLECTION_RECEIVED,
		.title = arena_printf(in->arena, "Received from " STR_FMT, STR_ARG(x->from)),
		.description = arena_printf(in->arena,
		    "What " STR_FMT " released to " STR_FMT " under " STR_FMT, STR_ARG(x->from),
		    STR_ARG(x->to), STR_ARG(x->agreement)),
		.owner = x->to,
		.enclave = in->gate->enclave,
		.recipient = x->to,
		.agreement = x->agreement,
		.giver = x->from,
	};
	const struct provenance from = {
		.owner = x->to,
		.enclave = in->gate->enclave,
		.originator = x->originator,
		.giver = x->from,
		.path = x->path,
		.received_under = x->agreement,
	};
	TRY(db_save_begin(db, &save, why));
	TRY(store_collection_ensure(db, in->arena, &c, why));
	const struct store_put put = {
		.shard_key = c.shard_key,
		.object = &x->object->stix,
		.hashes = &x->object->hashes,
		.provenance = &from,
		.now = clock_wall(realm_clock(in->realm)),
		.again = true,
		.same_version = release_same_version_of(in->gate, x->from),
	};
	TRY(store_put(db, &put, ret, &added, why));
	if (*ret == PUT_ASIDE || *ret == PUT_SERVED)
		note_differing(in, x, &put, *ret);
	return db_save_keep(&save, why);
}

/* Stores it, or says in x->problem why not. */
static enum err
take_object(struct intake *in, struct db *db, struct arrival *x, struct why *why)
{
	enum put_result result = PUT_SAME;
	struct why bad = { 0 };
	bool ours = false;

	if (x->problem.len == 0)
		TRY(check_ours(in, db, x, &ours, why));
	if (x->problem.len == 0 && !ours)
		TRY(arrival_check_creator(in->gate, db, in->arena, x, why));
	if (x->problem.len == 0 && !ours) {
		enum err err = put_object(in, db, x, &result, &bad);

		if (err == ERR_CONFLICT)
			x->problem = arena_str(in->arena, str_of(bad.text));
		else if (err != OK)
			return fail(why, err, bad.code, "%s", bad.text);
	}
	if (x->problem.len > 0) {
		in->refused++;
		return OK;
	}
	in->stored += result == PUT_NEW || result == PUT_SERVED;
	in->same += result == PUT_SAME;
	return OK;
}

static enum err
write_receipt(const struct intake *in, struct db *db, const struct arrival *x, struct why *why)
{
	const struct page_object *o = x->object;

	return db_run(db, why, add_receipt, DB_T(in->peer->name), DB_I((int64_t)x->leaf),
	    DB_I((int64_t)x->place), DB_T(o->stix.id), DB_T(str_of(o->version)),
	    DB_B(hash_str(&o->hashes.raw)), DB_B(o->proof), DB_T(x->problem));
}

/* ---- the leaf ---- */

static void
put_arrival(struct json_writer *w, const struct arrival *x)
{
	char text[HASH_HEX + 1];

	hash_text(&x->object->hashes.raw, text);
	json_begin_object(w);
	json_put_u64(json_key(w, S("leaf")), x->leaf);
	json_put_u64(json_key(w, S("place")), x->place);
	json_put_str(json_key(w, S("sha256")), str_of(text));
	json_put_str(json_key(w, S("state")), x->problem.len > 0 ? S("refused") : S("received"));
	json_end_object(w);
}

/* One entry about the whole page: what of the partner's log came here. */
static enum err
append_leaf(const struct intake *in, struct db *db, const bool *fresh, struct why *why)
{
	CLEANUP(buf_free) struct buf out = buf_new(TILE_ENTRY_MAX);
	struct json_writer w = json_writer(&out);
	time_us now = clock_wall(realm_clock(in->realm));
	char text[TIME_TEXT_MAX];
	uint64_t leaf = 0;

	time_text(now, text);
	/* Members in their order: this is JCS form. */
	json_begin_object(&w);
	json_put_str(json_key(&w, S("at")), str_of(text));
	json_put_str(json_key(&w, S("collection")), in->collection);
	json_put_str(json_key(&w, S("log")), in->origin);
	json_begin_array(json_key(&w, S("receipts")));
	for (size_t i = 0; i < in->len; i++) {
		if (fresh[i])
			put_arrival(&w, &in->arrival[i]);
	}
	json_end_array(&w);
	json_put_str(json_key(&w, S("type")), S("receipt"));
	json_end_object(&w);
	TRY(buf_check(&out, "the receipts of a page", why));
	const struct ledger_entry entry = { .kind = "receipt", .bytes = buf_str(&out), .at = now };
	TRY(ledger_append(realm_ledger(in->realm), db, &entry, &leaf, why));
	return db_run(db, why, set_own_leaf, DB_T(in->peer->name), DB_I((int64_t)leaf));
}

/* ---- the page ---- */

static enum err
store_arrivals(struct intake *in, struct db *db, bool *fresh, struct why *why)
{
	for (size_t i = 0; i < in->len; i++) {
		struct arrival *x = &in->arrival[i];
		bool known = false;

		if (x->proved)
			TRY(exchange_has_row(db,
			    DB_SQL(find_receipt, DB_T(in->peer->name), DB_I((int64_t)x->leaf),
			        DB_I((int64_t)x->place)),
			    &known, why));
		if (known) {
			in->same++;
			continue;
		}
		TRY(take_object(in, db, x, why));
		if (!x->proved)
			continue;
		TRY(write_receipt(in, db, x, why));
		fresh[i] = in->appended = true;
	}
	return OK;
}

/* One event for a page, about the first that was refused: each has its receipt. */
static enum err
note_refused(const struct intake *in, struct db *db, struct why *why)
{
	CLEANUP(buf_free) struct buf out = buf_new(2 * WHY_TEXT_MAX + KIB);
	struct json_writer w = json_writer(&out);
	const struct arrival *x = in->arrival;

	while (x->problem.len == 0)
		x++;
	json_begin_object(&w);
	json_put_str(json_key(&w, S("object")), x->object->stix.id);
	json_put_u64(json_key(&w, S("refused")), in->refused);
	json_put_str(json_key(&w, S("why")), x->problem);
	json_end_object(&w);
	return note_event(db, in->realm, "exchange.refused", in->peer->name, buf_str(&out), why);
}

enum err
intake_store(struct db *db, void *arg, struct why *why)
{
	struct intake *in = arg;
	bool fresh[PULL_PAGE] = { false };

	assert(in->len <= PULL_PAGE);
	in->stored = in->same = in->refused = 0;
	in->differing = (struct conflict_note){ 0 };
	in->appended = false;
	TRY(store_arrivals(in, db, fresh, why));
	if (in->appended)
		TRY(append_leaf(in, db, fresh, why));
	if (in->stored > 0)
		TRY(note_event(db, in->realm, "exchange.received", in->peer->name,
		    arena_printf(in->arena, "{\"new\":%zu}", in->stored), why));
	if (in->refused > 0)
		TRY(note_refused(in, db, why));
	TRY(store_note_conflicts(db, &in->differing, why));
	return db_run(db, why, set_cursor, DB_T(in->peer->name), DB_T(in->collection),
	    DB_I(in->cursor), DB_I(clock_wall(realm_clock(in->realm))));
}
