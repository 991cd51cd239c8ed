#include "recall_p.h"
#include "record_p.h"
#include "release.h"

/* ---- asking ---- */

/* What is paused was not delivered, and would be when its area is resumed. */
static const char find_released[] =
    "SELECT order_id, ordinal, leaving_id FROM release_item"
    " WHERE (source_id = $1 OR leaving_id = $1) AND recipient = $2 AND owner = $3"
    " AND state IN ('released', 'paused') ORDER BY leaf DESC, place DESC";
static const char count_recalled[] =
    "SELECT COUNT(*) FROM release_item WHERE (source_id = $1 OR leaving_id = $1)"
    " AND recipient = $2 AND owner = $3 AND state IN ('recalled', 'answered')";
static const char mark_items[] =
    "UPDATE release_item SET state = 'recalled', reason = $4, changed_at = $5"
    " WHERE leaving_id = $1 AND recipient = $2 AND owner = $3"
    " AND state IN ('released', 'paused')";
static const char insert_recall[] =
    "INSERT INTO recall (recall_id, direction, peer, object_id, reason, state, answer, asked_at,"
    " answered_at, order_id, ordinal) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";

enum { NAMES_OF_ONE_MAX = 64 }; /* an object and its copies, one for each agreement */

static bool
is_listed(const struct released *list, size_t n, struct str leaving_id)
{
	for (size_t i = 0; i < n; i++) {
		if (str_eq(list[i].leaving_id, leaving_id))
			return true;
	}
	return false;
}

static enum err
no_release(const struct release_job *job, const struct release_recall *r, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows before = { 0 };

	TRY(db_select_one(job->db, &before, why, count_recalled, DB_T(r->source_id), DB_T(r->to),
	    DB_T(job->gate->organisation)));
	if (db_col_i64(&before, 0) > 0)
		return fail(why, ERR_CONFLICT, "recall.twice",
		    STR_FMT " was recalled from " STR_FMT " already", STR_ARG(r->source_id),
		    STR_ARG(r->to));
	return fail(why, ERR_NOT_FOUND, "recall.not-released",
	    STR_FMT " was never released to " STR_FMT, STR_ARG(r->source_id), STR_ARG(r->to));
}

/* The identifiers under which the recipient has it. */
static enum err
find_releases(const struct release_job *job, const struct release_recall *r, struct released *ret,
    size_t *ret_len, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	*ret_len = 0;
	TRY(db_select(job->db, &rows, why, find_released, DB_T(r->source_id), DB_T(r->to),
	    DB_T(job->gate->organisation)));
	for (;;) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			break;
		if (is_listed(ret, *ret_len, db_col_text(&rows, 2)))
			continue;
		if (*ret_len == NAMES_OF_ONE_MAX)
			return fail(why, ERR_LIMIT, "recall.names",
			    STR_FMT " left under more than %d identifiers; recall each of them",
			    STR_ARG(r->source_id), NAMES_OF_ONE_MAX);
		ret[(*ret_len)++] = (struct released){
			.order_id = arena_str(job->arena, db_col_text(&rows, 0)),
			.ordinal = db_col_i64(&rows, 1),
			.leaving_id = arena_str(job->arena, db_col_text(&rows, 2)),
		};
	}
	return *ret_len > 0 ? OK : no_release(job, r, why);
}

enum err
release_withdraw(const struct release_job *job, struct str recipient, struct str leaving_id,
    struct why *why)
{
	struct collection *all = NULL;
	size_t n = 0;
	int64_t changed = 0;

	TRY(store_collections(job->db, job->arena, &all, &n, why));
	for (size_t i = 0; i < n; i++) {
		if (all[i].kind == COLLECTION_RELEASED && str_eq(all[i].recipient, recipient))
			TRY(store_withdraw(job->db, all[i].shard_key, leaving_id, job->at, &changed,
			    why));
	}
	return OK;
}

static const char find_peer[] = "SELECT name FROM peer WHERE party = $1";

static enum err
peer_of(const struct release_job *job, struct str org, struct str *ret, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	const struct gate *g = job->gate;
	const struct party *party = NULL;
	bool has = false;

	*ret = S("");
	for (size_t i = 0; i < g->agreements && party == NULL; i++)
		(void)agreement_organisation(g->standing[i]->agreement, org, &party);
	if (party == NULL)
		return OK;
	TRY(db_select(job->db, &rows, why, find_peer, DB_T(party->code)));
	TRY(db_next(&rows, &has, why));
	if (has)
		*ret = arena_str(job->arena, db_col_text(&rows, 0));
	return OK;
}

enum err
recall_ask(const struct release_job *job, const struct release_recall *r,
    const struct released *item, struct str *ret_recall_id, struct why *why)
{
	struct str recall_id = record_id_new(job->arena), peer;

	TRY(release_withdraw(job, r->to, item->leaving_id, why));
	TRY(db_run(job->db, why, mark_items, DB_T(item->leaving_id), DB_T(r->to),
	    DB_T(job->gate->organisation), DB_T(r->reason), DB_I(job->at)));
	TRY(peer_of(job, r->to, &peer, why));
	TRY(db_run(job->db, why, insert_recall, DB_T(recall_id), DB_T(S("sent")), DB_T(peer),
	    DB_T(item->leaving_id), DB_T(r->reason), DB_T(S("asked")), DB_T(S("")), DB_I(job->at),
	    DB_I(0), DB_T(item->order_id), DB_I(item->ordinal)));
	const struct record_pair pairs[] = {
		{ "type", S("recall") },
		{ "account", r->account },
		{ "recall", recall_id },
		{ "object", item->leaving_id },
		{ "to", r->to },
		{ "reason", r->reason },
	};
	TRY(record_append(job, "recall", pairs, COUNTOF(pairs), why));
	*ret_recall_id = recall_id;
	return record_event(job, "recall.asked",
	    r->source_id.len > 0 ? r->source_id : item->leaving_id, S(""), why);
}

enum err
release_recall(const struct release_job *job, const struct release_recall *r,
    struct str *ret_recall_id, struct why *why)
{
	struct released item[NAMES_OF_ONE_MAX];
	size_t n = 0;

	if (str_trim(r->reason).len == 0)
		return fail(why, ERR_INVALID, "recall.reason",
		    "a recall carries a reason; give one");
	TRY(find_releases(job, r, item, &n, why));
	/* The newest comes last: its request is the one that is returned. */
	for (size_t i = n; i-- > 0;)
		TRY(recall_ask(job, r, &item[i], ret_recall_id, why));
	return OK;
}

/* ---- being asked ---- */

static const char find_recall[] =
    "SELECT answer FROM recall WHERE recall_id = $1 AND direction = 'received' AND peer = $2";

/* The same request twice is the same as once. */
static enum err
find_answer(const struct release_job *job, const struct release_recalled *r, struct str *ret,
    bool *ret_has, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	TRY(db_select(job->db, &rows, why, find_recall, DB_T(r->recall_id), DB_T(r->peer)));
	TRY(db_next(&rows, ret_has, why));
	if (*ret_has)
		*ret = arena_str(job->arena, db_col_text(&rows, 0));
	return OK;
}

static enum err
withdraw_received(const struct release_job *job, const struct release_recalled *r,
    int64_t *ret_changed, struct why *why)
{
	struct collection *all = NULL;
	size_t n = 0;

	*ret_changed = 0;
	TRY(store_collections(job->db, job->arena, &all, &n, why));
	for (size_t i = 0; i < n; i++) {
		int64_t changed = 0;

		if (all[i].kind != COLLECTION_RECEIVED ||
		    !organisation_is_of(all[i].giver, r->giver_party))
			continue;
		TRY(store_withdraw(job->db, all[i].shard_key, r->object_id, job->at, &changed,
		    why));
		*ret_changed += changed;
	}
	return OK;
}

enum err
release_recalled(const struct release_job *job, const struct release_recalled *r,
    struct str *ret_answer, struct why *why)
{
	int64_t changed = 0;
	bool has = false;

	TRY(find_answer(job, r, ret_answer, &has, why));
	if (has)
		return OK;
	TRY(withdraw_received(job, r, &changed, why));
	*ret_answer = changed > 0 ? S("removed") : S("unknown");
	TRY(db_run(job->db, why, insert_recall, DB_T(r->recall_id), DB_T(S("received")),
	    DB_T(r->peer), DB_T(r->object_id), DB_T(r->reason), DB_T(S("answered")),
	    DB_T(*ret_answer), DB_I(job->at), DB_I(job->at), DB_T(S("")), DB_I(0)));
	const struct record_pair pairs[] = {
		{ "type", S("recall-answer") },
		{ "recall", r->recall_id },
		{ "object", r->object_id },
		{ "answer", *ret_answer },
		{ "peer", r->peer },
	};
	TRY(record_append(job, "recall-answer", pairs, COUNTOF(pairs), why));
	return record_event(job, "recall.answered", r->object_id, S(""), why);
}

static const char answer_recall[] =
    "UPDATE recall SET state = 'answered', answer = $2, answered_at = $3"
    " WHERE recall_id = $1 AND direction = 'sent' AND state = 'asked'";
static const char answer_item[] =
    "UPDATE release_item SET state = 'answered', changed_at = $2 WHERE state = 'recalled' AND EXISTS"
    " (SELECT 1 FROM recall r JOIN release_item i ON i.order_id = r.order_id"
    " AND i.ordinal = r.ordinal WHERE r.recall_id = $1 AND r.direction = 'sent'"
    " AND i.leaving_id = release_item.leaving_id AND i.recipient = release_item.recipient)";

static const char find_asked[] =
    "SELECT object_id FROM recall WHERE recall_id = $1 AND direction = 'sent'";

enum err
release_recall_answered(const struct release_job *job, struct str recall_id, struct str answer,
    struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	TRY(db_select_one(job->db, &rows, why, find_asked, DB_T(recall_id)));
	struct str object = arena_str(job->arena, db_col_text(&rows, 0));
	db_rows_endp(&rows);
	TRY(db_run(job->db, why, answer_recall, DB_T(recall_id), DB_T(answer), DB_I(job->at)));
	TRY(db_run(job->db, why, answer_item, DB_T(recall_id), DB_I(job->at)));
	return record_event(job, "recall.answered", object, S(""), why);
}

/* ---- copies ---- */

static const char find_source[] = "SELECT source_id FROM copy_link WHERE copy_id = $1";

enum err
release_copy_source(struct db *db, struct arena *a, struct str copy_id, struct str *ret_source_id,
    struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	TRY(db_select_one(db, &rows, why, find_source, DB_T(copy_id)));
	*ret_source_id = arena_str(a, db_col_text(&rows, 0));
	return OK;
}
