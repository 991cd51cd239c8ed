/* The peer's face: what partners' nodes may ask of us. */
#include <stdio.h>

#include "exchange_p.h"
#include "json_writer.h"
#include "log.h"
#include "tile.h"
#include "uuid.h"

enum {
	/* Receipts of one page: ids, hashes, reasons. */
	RECEIPTS_BODY_MAX = 1 * MIB,
	/* "old N", 63 hashes, a note of NOTE_BYTES_MAX. */
	CHECKPOINT_BODY_MAX = NOTE_BYTES_MAX + 4 * KIB,
	/* Two identifiers and a reason, with escapes. */
	RECALL_BODY_MAX = 16 * KIB,
	/* A DSSE envelope of DSSE_BYTES_MAX (12 MiB) with its braces. */
	AGREEMENT_BODY_MAX = 12 * MIB + KIB,
	PATH_BYTES_MAX = 4096,
	ORIGIN_BYTES_MAX = 255,
};

static enum err face_recalls(void *ctx, struct http_request *req, struct http_response *ret,
    struct why *why);

/* clang-format off */
const struct http_route exchange_routes[] = {
	{ HTTP_GET,  "/exchange/v1/proofs/{collection}", SCOPE_PEER, 0, 0,
	  face_proofs,         "proofs for a page of a released collection" },
	{ HTTP_POST, "/exchange/v1/receipts",            SCOPE_PEER, 0, RECEIPTS_BODY_MAX,
	  face_receipts,       "what of ours arrived" },
	{ HTTP_POST, "/exchange/v1/add-checkpoint",      SCOPE_PEER, 0, CHECKPOINT_BODY_MAX,
	  face_add_checkpoint, "cosign the caller's checkpoint" },
	{ HTTP_GET,  "/exchange/v1/witnessed",           SCOPE_PEER, 0, 0,
	  face_witnessed,      "the last head of the caller's log that was cosigned here" },
	{ HTTP_POST, "/exchange/v1/recalls",             SCOPE_PEER, 0, RECALL_BODY_MAX,
	  face_recalls,        "take out what the caller gave" },
	{ HTTP_GET,  "/exchange/v1/agreements",          SCOPE_PEER, 0, 0,
	  face_get_agreements, "agreements with the caller, and statements about them" },
	{ HTTP_POST, "/exchange/v1/agreements",          SCOPE_PEER, 0, AGREEMENT_BODY_MAX,
	  face_post_agreement, "an agreement or a statement that the caller signed" },
	{ HTTP_GET,  "/log/checkpoint",                  SCOPE_PEER, 0, 0,
	  face_checkpoint,     "the latest checkpoint with its cosignatures" },
	{ HTTP_GET,  "/log/tile/{*tile}",                SCOPE_PEER, 0, 0,
	  face_tile,           "a tile of hashes" },
};
const size_t exchange_routes_count = COUNTOF(exchange_routes);
/* clang-format on */

/* ---- the log ---- */

enum err
face_checkpoint(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	struct realm *r = ctx;
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };

	TRY(db_pool_take(realm_readers(r), &lease, why));
	ret->type = S("text/plain; charset=utf-8");
	return ledger_checkpoint(lease.db, ledger_origin(realm_ledger(r)), req->arena, &ret->body,
	    why);
}

/* The path is one that tile_path() writes: it leads nowhere else. */
static enum err
send_tile(struct realm *r, const struct tile *tile, struct http_response *ret, struct why *why)
{
	char name[TILE_PATH_MAX], path[PATH_BYTES_MAX];
	size_t bytes = (size_t)tile->width * HASH_BYTES;
	struct buf *body = http_body(ret, "application/octet-stream");
	char *room = buf_reserve(body, bytes);

	tile_path(tile, name);
	if (snprintf(path, sizeof(path), "%s/log/%s", realm_folder(r), name) >= (int)sizeof(path))
		return fail(why, ERR_INVALID, "exchange.path", "the path of the realm is too long");
	FILE *file = fopen(path, "re");
	if (file == NULL)
		return fail(why, ERR_NOT_FOUND, "exchange.tile", "the log has no %s", name);
	size_t len = room == NULL ? 0 : fread(room, 1, bytes, file);
	(void)fclose(file);
	if (len != bytes)
		return fail(why, ERR_IO, "exchange.tile", "%s cannot be read whole", name);
	body->len += len;
	return OK;
}

enum err
face_tile(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	struct tile tile;
	struct str rest = http_param(req, "tile");
	struct str path = arena_printf(req->arena, "tile/" STR_FMT, STR_ARG(rest));

	TRY(tile_path_parse(path, &tile, why));
	if (tile.kind == TILE_ENTRIES)
		return fail(why, ERR_FORBIDDEN, "exchange.entries",
		    "entries of the log are not served: they name third parties");
	return send_tile(ctx, &tile, ret, why);
}

/* ---- witnessing ---- */

struct witness_job {
	struct realm *realm;
	const struct peer *peer;
	struct arena *arena;
	struct str request;
	struct witness_answer answer;
};

static enum err
run_witness(struct db *db, void *arg, struct why *why)
{
	struct witness_job *job = arg;
	struct note_key log_key;

	TRY(note_key_parse(job->peer->log_key, &log_key, why));
	const struct witness_ask ask = {
		.log_key = &log_key,
		.request = job->request,
		.at = clock_wall(realm_clock(job->realm)),
	};
	return ledger_witness(realm_ledger(job->realm), db, &ask, job->arena, &job->answer, why);
}

enum err
face_add_checkpoint(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	struct witness_job job = {
		.realm = ctx,
		.peer = caller_of(req),
		.arena = req->arena,
		.request = req->body,
	};

	TRY(realm_with_writer(ctx, run_witness, &job, why));
	ret->status = job.answer.status;
	ret->type = job.answer.type;
	ret->body = job.answer.text;
	if (job.answer.status == 200) {
		log_event(LOG_NOTICE, "exchange.witnessed", LOG_STR("peer", job.peer->name),
		    LOG_U64("size", job.answer.size));
		realm_changed(ctx); /* a log that grew may hold something for us: pull now */
	}
	if (job.answer.status != 422)
		return OK;
	log_event(LOG_ERROR, "exchange.equivocation", LOG_STR("peer", job.peer->name),
	    LOG_STR("why", str_trim(job.answer.text)));
	return event_write(ctx, "exchange.equivocation", job.peer->name, S(""), why);
}

enum err
face_witnessed(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };
	struct note_key log_key;
	struct merkle_head head;
	struct str origin;

	TRY(http_query_one(req, "origin", &origin, why));
	TRY(note_key_parse(caller_of(req)->log_key, &log_key, why));
	if (origin.len > ORIGIN_BYTES_MAX || !str_is(origin, log_key.name))
		return fail(why, ERR_NOT_FOUND, "exchange.origin",
		    "ask for your own log, %s: others are not shown", log_key.name);
	TRY(db_pool_take(realm_readers(ctx), &lease, why));
	TRY(ledger_witnessed(lease.db, origin, req->arena, &head, &ret->body, why));
	if (head.size == 0)
		return fail(why, ERR_NOT_FOUND, "exchange.unwitnessed",
		    "nothing of your log was cosigned here yet");
	ret->type = S("text/plain; charset=utf-8");
	return OK;
}

/* ---- recalls ---- */

struct recall_job {
	struct realm *realm;
	struct arena *arena;
	const struct gate *gate;
	struct release_recalled recall;
	time_us at;
	struct str answer;
};

static enum err
run_recall(struct db *db, void *arg, struct why *why)
{
	struct recall_job *job = arg;

	const struct release_job release = {
		.db = db,
		.arena = job->arena,
		.ledger = realm_ledger(job->realm),
		.gate = job->gate,
		.at = job->at,
	};

	return release_recalled(&release, &job->recall, &job->answer, why);
}

static enum err
read_recall(const struct http_request *req, struct release_recalled *ret, struct why *why)
{
	const struct json *tree = NULL;
	struct uuid id;

	TRY(json_parse(req->arena, req->body, NULL, &tree, why));
	if (!json_get_str(tree, S("recall_id"), &ret->recall_id) ||
	    !uuid_parse(ret->recall_id, &id) ||
	    !json_get_str(tree, S("object_id"), &ret->object_id) || !stix_id_is(ret->object_id) ||
	    !json_get_str(tree, S("reason"), &ret->reason) || ret->reason.len > REASON_MAX)
		return fail(why, ERR_INVALID, "exchange.recall",
		    "a recall has recall_id (a UUID), object_id and a reason of at most %d bytes",
		    REASON_MAX);
	ret->peer = caller_of(req)->name;
	ret->giver_party = caller_of(req)->party;
	return OK;
}

static void
put_recall_answer(const struct recall_job *job, struct buf *out)
{
	struct json_writer w = json_writer(out);
	char at[TIME_TEXT_MAX];

	time_text(job->at, at);
	json_begin_object(&w);
	json_put_str(json_key(&w, S("recall_id")), job->recall.recall_id);
	json_put_str(json_key(&w, S("state")), S("answered"));
	json_put_str(json_key(&w, S("answer")), job->answer);
	json_put_str(json_key(&w, S("at")), str_of(at));
	json_end_object(&w);
}

/* Answered after it was done: the index hears of it in realm_settle(). */
static enum err
face_recalls(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	CLEANUP(realm_gate_givep) struct gate_ref *gate = realm_gate_take(ctx);
	struct recall_job job = { .realm = ctx, .arena = req->arena, .gate = gate_of(gate) };

	TRY(read_recall(req, &job.recall, why));
	job.at = clock_wall(realm_clock(ctx));
	TRY(realm_write(ctx, run_recall, &job, why));
	TRY(realm_settle(ctx, why));
	log_event(LOG_NOTICE, "exchange.recalled", LOG_STR("peer", job.recall.peer),
	    LOG_STR("object", job.recall.object_id), LOG_STR("answer", job.answer));
	put_recall_answer(&job, http_body(ret, "application/json"));
	return OK;
}

/* ---- agreements ---- */

enum err
face_get_agreements(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	CLEANUP(realm_gate_givep) struct gate_ref *gate = realm_gate_take(ctx);
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };
	struct deed_list list;

	TRY(db_pool_take(realm_readers(ctx), &lease, why));
	TRY(deeds_of(lease.db, req->arena, gate_of(gate), caller_of(req)->party, &list, why));
	struct json_writer w = json_writer(http_body(ret, "application/json"));
	json_begin_object(&w);
	json_begin_array(json_key(&w, S("agreements")));
	for (size_t i = 0; i < list.len; i++) {
		json_begin_object(&w);
		json_put_raw(json_key(&w, S("envelope")), list.entry[i].envelope);
		json_begin_array(json_key(&w, S("statements")));
		for (size_t k = 0; k < list.entry[i].statements; k++)
			json_put_raw(&w, list.entry[i].statement[k]);
		json_end_array(&w);
		json_end_object(&w);
	}
	json_end_array(&w);
	json_end_object(&w);
	return buf_check(&ret->buf, "the list of agreements", why);
}

enum err
face_post_agreement(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct json *tree = NULL;

	TRY(json_parse(req->arena, req->body, NULL, &tree, why));
	const struct json *envelope = json_get(tree, S("envelope"));
	if (!json_is(envelope, JSON_OBJECT))
		return fail(why, ERR_INVALID, "exchange.envelope",
		    "send {\"envelope\": ...}, a DSSE envelope as an object");
	const struct deed_offer offer = {
		.peer = caller_of(req),
		.envelope = envelope->raw,
		.posted = true,
	};
	TRY(deed_take(ctx, &offer, req->arena, why));
	ret->type = S("application/json");
	ret->body = S("{\"accepted\":1}");
	return OK;
}
