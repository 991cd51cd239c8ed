/* What we tell a partner: our checkpoint, recalls, receipts. */
#include <stdio.h>

#include "checkpoint.h"
#include "codec.h"
#include "crash.h"
#include "exchange_p.h"
#include "json_writer.h"
#include "log.h"

enum {
	/* The partner cosigned something newer between two of our requests. */
	COSIGN_TRIES_MAX = 3,
	/* Pages of receipts in one round; the next goes on. */
	RECEIPT_PAGES_MAX = 1024,
	/* Receipts of one page in JSON: ids, hashes, reasons of refusals. */
	RECEIPTS_BYTES_MAX = 1 * MIB,
};

/* ---- our checkpoint ---- */

struct cosign {
	struct talk *talk;
	uint64_t published;
	uint64_t cosigned;
	uint64_t size; /* of the checkpoint that was sent */
	struct str lines;
};

static enum err
read_sizes(struct cosign *c, struct why *why)
{
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };
	struct realm *r = c->talk->realm;
	struct str origin = ledger_origin(realm_ledger(r));

	TRY(db_pool_take(realm_readers(r), &lease, why));
	TRY(ledger_published(lease.db, origin, &c->published, why));
	return ledger_cosigned_size(lease.db, origin, str_of(c->talk->witness_key.name),
	    &c->cosigned, NULL, why);
}

/* The body of a request, and the size of the checkpoint in it. */
static enum err
make_request(struct cosign *c, uint64_t old_size, struct arena *a, struct str *ret, struct why *why)
{
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };
	struct checkpoint checkpoint;
	struct note note;

	TRY(db_pool_take(realm_readers(c->talk->realm), &lease, why));
	TRY(ledger_witness_request(realm_ledger(c->talk->realm), lease.db, old_size, a, ret, why));
	size_t at = str_find(*ret, S("\n\n"));
	assert(at != SIZE_MAX);
	TRY(note_parse(a, str_sub(*ret, at + 2, ret->len), &note, why));
	TRY(checkpoint_parse(note.text, &checkpoint, why));
	c->size = checkpoint.head.size;
	return OK;
}

static enum err
store_cosignature(struct db *db, void *arg, struct why *why)
{
	struct cosign *c = arg;
	struct realm *r = c->talk->realm;
	char detail[64];

	(void)snprintf(detail, sizeof(detail), "{\"size\":%" PRIu64 "}", c->size);
	const struct ledger_cosignature cosignature = {
		.witness = &c->talk->witness_key,
		.size = c->size,
		.lines = c->lines,
		.at = clock_wall(realm_clock(r)),
	};
	TRY(ledger_cosigned(realm_ledger(r), db, &cosignature, why));
	return note_event(db, r, "exchange.cosigned", c->talk->peer->name, str_of(detail), why);
}

static enum err
take_cosignature(struct cosign *c, struct why *why)
{
	struct talk *t = c->talk;

	CRASH_POINT("acknowledge");
	TRY(realm_write(t->realm, store_cosignature, c, why));
	log_event(LOG_NOTICE, "exchange.cosigned", LOG_STR("peer", t->peer->name),
	    LOG_U64("size", c->size));
	t->count->cosignatures++;
	realm_changed(t->realm);
	return OK;
}

/* A witness that knows more of our log than we do is right: what it cosigned
 * we had signed. */
static enum err
read_conflict(const struct cosign *c, struct str body, uint64_t *ret, struct why *why)
{
	if (!str_to_u64(str_trim(body), MERKLE_SIZE_MAX, ret))
		return fail(why, ERR_INVALID, "exchange.cosign",
		    STR_FMT " answers 409 without the size it knows", STR_ARG(c->talk->peer->name));
	if (*ret > c->size)
		return fail(why, ERR_TAMPERED, "exchange.rolled-back",
		    STR_FMT " cosigned %" PRIu64 " leaves of our log and we have %" PRIu64
		            ": an old backup was put back",
		    STR_ARG(c->talk->peer->name), *ret, c->size);
	return OK;
}

enum err
talk_cosign(struct talk *t, struct arena *a, struct why *why)
{
	struct cosign c = { .talk = t };
	struct talk_answer answer;
	struct talk_ask ask = {
		.method = HTTP_POST,
		.target = S("/exchange/v1/add-checkpoint"),
		.accept = "text/plain",
		.type = "text/plain",
		.answer_max = NOTE_BYTES_MAX,
	};

	TRY(read_sizes(&c, why));
	uint64_t old_size = c.cosigned;
	for (int i = 0; c.published > c.cosigned && i < COSIGN_TRIES_MAX; i++) {
		TRY(make_request(&c, old_size, a, &ask.body, why));
		TRY(talk_call(t, &ask, a, &answer, why));
		if (answer.status == 200) {
			c.lines = answer.body;
			return take_cosignature(&c, why);
		}
		if (answer.status != 409)
			return talk_refused(t, &ask, &answer, a, why);
		TRY(read_conflict(&c, answer.body, &old_size, why));
	}
	return OK;
}

/* ---- recalls ---- */

static const char list_recalls[] =
    "SELECT recall_id, object_id, reason, asked_at FROM recall WHERE peer = $1"
    " AND direction = 'sent' AND state = 'asked' ORDER BY asked_at, recall_id LIMIT $2";

struct recall {
	struct str id, object_id, reason;
	time_us at;
	struct str answer;
};

static enum err
read_recalls(struct talk *t, struct arena *a, struct recall *ret, size_t *ret_len, struct why *why)
{
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	*ret_len = 0;
	TRY(db_pool_take(realm_readers(t->realm), &lease, why));
	TRY(db_select(lease.db, &rows, why, list_recalls, DB_T(t->peer->name), DB_I(RECALLS_MAX)));
	for (;;) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			return OK;
		ret[(*ret_len)++] = (struct recall){
			.id = arena_str(a, db_col_text(&rows, 0)),
			.object_id = arena_str(a, db_col_text(&rows, 1)),
			.reason = arena_str(a, db_col_text(&rows, 2)),
			.at = db_col_i64(&rows, 3),
		};
	}
}

struct recall_job {
	struct talk *talk;
	struct recall *recall;
	struct arena *arena;
};

static enum err
store_answer(struct db *db, void *arg, struct why *why)
{
	const struct recall_job *job = arg;
	struct realm *r = job->talk->realm;
	CLEANUP(realm_gate_givep) struct gate_ref *gate = realm_gate_take(r);
	const struct release_job release = {
		.db = db,
		.arena = job->arena,
		.ledger = realm_ledger(r),
		.gate = gate_of(gate),
		.at = clock_wall(realm_clock(r)),
	};

	return release_recall_answered(&release, job->recall->id, job->recall->answer, why);
}

static enum err
put_recall(const struct recall *r, struct arena *a, struct str *ret, struct why *why)
{
	CLEANUP(buf_free) struct buf out = buf_new(64 * KIB);
	struct json_writer w = json_writer(&out);
	char at[TIME_TEXT_MAX];

	time_text(r->at, at);
	json_begin_object(&w);
	json_put_str(json_key(&w, S("recall_id")), r->id);
	json_put_str(json_key(&w, S("object_id")), r->object_id);
	json_put_str(json_key(&w, S("reason")), str_sub(r->reason, 0, REASON_MAX));
	json_put_str(json_key(&w, S("at")), str_of(at));
	json_end_object(&w);
	TRY(buf_check(&out, "a recall", why));
	*ret = arena_str(a, buf_str(&out));
	return OK;
}

static enum err
ask_recall(struct talk *t, struct recall *r, struct arena *a, struct why *why)
{
	const struct json *tree = NULL;
	struct talk_ask ask = {
		.method = HTTP_POST,
		.target = S("/exchange/v1/recalls"),
		.answer_max = 64 * KIB,
	};
	struct recall_job job = { t, r, a };

	TRY(put_recall(r, a, &ask.body, why));
	TRY(talk_json(t, &ask, a, &tree, why));
	r->answer = json_str(json_get(tree, S("answer")));
	if (!str_eq(json_str(json_get(tree, S("recall_id"))), r->id) ||
	    !(str_is(r->answer, "removed") || str_is(r->answer, "unknown") ||
	        str_is(r->answer, "kept")))
		return fail(why, ERR_INVALID, "exchange.recall",
		    STR_FMT " answers the recall of " STR_FMT
		            " with neither removed, unknown nor kept",
		    STR_ARG(t->peer->name), STR_ARG(r->object_id));
	CRASH_POINT("recall");
	TRY(realm_write(t->realm, store_answer, &job, why));
	log_event(LOG_NOTICE, "exchange.recall-answered", LOG_STR("peer", t->peer->name),
	    LOG_STR("object", r->object_id), LOG_STR("answer", r->answer));
	t->count->recalls_answered++;
	return OK;
}

enum err
talk_recalls(struct talk *t, struct arena *a, struct why *why)
{
	struct recall *list = arena_make(a, struct recall, RECALLS_MAX);
	size_t n = 0;
	enum err result = OK;

	if (list == NULL)
		return fail(why, ERR_LIMIT, "exchange.memory", "no room for the recalls");
	TRY(read_recalls(t, a, list, &n, why));
	for (size_t i = 0; i < n; i++) {
		enum err err = ask_recall(t, &list[i], a, why);

		if (err == ERR_IO)
			return err;
		if (err != OK)
			result = err;
	}
	if (n > 0)
		realm_changed(t->realm);
	return result;
}

/* ---- receipts ---- */

static const char list_receipts[] =
    "SELECT own_leaf, leaf, place, object_id, version, bytes_hash, problem, purged_at FROM receipt"
    " WHERE peer = $1 AND acked = 0 AND own_leaf >= 0 AND own_leaf < $2"
    " ORDER BY own_leaf, leaf, place LIMIT $3";
static const char set_acked[] = "UPDATE receipt SET acked = 1 WHERE peer = $1 AND own_leaf = $2";

/* Receipts that one leaf of ours is about. */
struct receipts {
	struct talk *talk;
	int64_t own_leaf;
	size_t len;
	struct buf body;
};

static void
put_receipt(struct json_writer *w, const struct db_rows *rows)
{
	char hash[2 * HASH_BYTES + 1];
	struct str problem = db_col_text(rows, 6);

	hex_text(db_col_blob(rows, 5).ptr, HASH_BYTES, hash);
	json_begin_object(w);
	json_put_i64(json_key(w, S("leaf")), db_col_i64(rows, 1));
	json_put_i64(json_key(w, S("place")), db_col_i64(rows, 2));
	json_put_str(json_key(w, S("id")), db_col_text(rows, 3));
	json_put_str(json_key(w, S("version")), db_col_text(rows, 4));
	json_put_str(json_key(w, S("sha256")), str_of(hash));
	json_put_str(json_key(w, S("state")), problem.len > 0            ? S("refused")
	                                      : db_col_i64(rows, 7) != 0 ? S("purged")
	                                                                 : S("received"));
	if (problem.len > 0)
		json_put_str(json_key(w, S("reason")), problem);
	json_end_object(w);
}

static enum err
put_receipts(struct receipts *r, struct db *db, struct str checkpoint, uint64_t published,
    struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	struct json_writer w = json_writer(&r->body);
	bool has = false;

	TRY(db_select(db, &rows, why, list_receipts, DB_T(r->talk->peer->name),
	    DB_I((int64_t)published), DB_I(PULL_PAGE)));
	json_begin_object(&w);
	json_begin_array(json_key(&w, S("receipts")));
	for (;;) {
		TRY(db_next(&rows, &has, why));
		if (!has || (r->len > 0 && db_col_i64(&rows, 0) != r->own_leaf))
			break;
		if (db_col_blob(&rows, 5).len != HASH_BYTES)
			return fail(why, ERR_TAMPERED, "exchange.row",
			    "a stored hash has the wrong length");
		r->own_leaf = db_col_i64(&rows, 0);
		r->len++;
		put_receipt(&w, &rows);
	}
	json_end_array(&w);
	json_put_i64(json_key(&w, S("own_leaf")), r->own_leaf);
	json_put_str(json_key(&w, S("checkpoint")), checkpoint);
	json_end_object(&w);
	return buf_check(&r->body, "the receipts of a page", why);
}

static enum err
read_receipts(struct receipts *r, struct arena *a, struct why *why)
{
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };
	struct str origin = ledger_origin(realm_ledger(r->talk->realm));
	struct str checkpoint = { 0 };
	uint64_t published = 0;

	TRY(db_pool_take(realm_readers(r->talk->realm), &lease, why));
	TRY(ledger_published(lease.db, origin, &published, why));
	if (published == 0)
		return OK;
	TRY(ledger_checkpoint(lease.db, origin, a, &checkpoint, why));
	return put_receipts(r, lease.db, checkpoint, published, why);
}

static enum err
mark_acked(struct db *db, void *arg, struct why *why)
{
	const struct receipts *r = arg;

	return db_run(db, why, set_acked, DB_T(r->talk->peer->name), DB_I(r->own_leaf));
}

enum err
talk_receipts(struct talk *t, struct arena *a, struct why *why)
{
	for (int i = 0; i < RECEIPT_PAGES_MAX; i++) {
		struct receipts r = { .talk = t, .body = buf_new(RECEIPTS_BYTES_MAX) };
		CLEANUP(buf_free) struct buf body = { 0 };
		struct talk_answer answer;
		struct talk_ask ask = {
			.method = HTTP_POST,
			.target = S("/exchange/v1/receipts"),
			.answer_max = 64 * KIB,
		};
		enum err err = read_receipts(&r, a, why);

		body = r.body; /* freed with the turn */
		if (err != OK || r.len == 0)
			return err;
		ask.body = buf_str(&body);
		CRASH_POINT("acknowledge");
		TRY(talk_ok(t, &ask, a, &answer, why));
		CRASH_POINT("acknowledge");
		TRY(realm_write(t->realm, mark_acked, &r, why));
		CRASH_POINT("acknowledge");
		t->count->receipts += r.len;
	}
	return OK;
}
