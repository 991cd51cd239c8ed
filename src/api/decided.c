/* Decisions that were made: for auditors, and for those who answer for them. */
#include <stdio.h>

#include "handlers_p.h"
#include "past.h"
#include "replay.h"

enum { DECISIONS_PRESET = 100 }; /* of one page */

/* ---- the query ---- */

/* "17/3": leaf and place. */
static bool
read_place(struct str text, struct ledger_place *ret)
{
	struct str leaf = str_split(&text, '/');
	uint64_t place = 0;

	if (text.ptr == NULL || !str_to_u64(leaf, INT64_MAX, &ret->leaf) ||
	    !str_to_u64(text, UINT32_MAX, &place))
		return false;
	ret->place = (uint32_t)place;
	return true;
}

static enum err
query_time(const struct http_request *req, const char *name, time_us *ret, struct why *why)
{
	struct str text = { 0 };

	TRY(api_query_text(req, name, false, &text, why));
	if (text.len > 0 && (!time_parse(text, ret) || *ret <= 0))
		return fail(why, ERR_INVALID, "api.query",
		    "%s must be a time like 2026-11-22T03:04:05Z", name);
	return OK;
}

static enum err
query_outcome(const struct http_request *req, struct str *ret, struct why *why)
{
	TRY(api_query_text(req, "outcome", false, ret, why));
	for (int i = OUTCOME_ALLOW; i <= OUTCOME_ROUTE && ret->len > 0; i++) {
		if (str_is(*ret, outcome_name((enum outcome)i)))
			return OK;
	}
	if (ret->len > 0)
		return fail(why, ERR_INVALID, "api.query",
		    "outcome must be ALLOW, ALLOW_WITH_REDACTION, HOLD, DENY or ROUTE");
	return OK;
}

static enum err
read_query(const struct http_request *req, struct past_query *ret, struct ledger_place *cursor,
    struct why *why)
{
	struct str after = { 0 };
	uint64_t limit = 0;

	TRY(api_query_text(req, "to", false, &ret->to, why));
	TRY(query_outcome(req, &ret->outcome, why));
	TRY(api_query_text(req, "order", false, &ret->order_id, why));
	TRY(api_query_text(req, "id", false, &ret->id, why));
	TRY(query_time(req, "since", &ret->since, why));
	TRY(query_time(req, "until", &ret->until, why));
	TRY(api_query_number(req, "limit", DECISIONS_PRESET, PAST_LIST_MAX, &limit, why));
	if (limit == 0)
		return fail(why, ERR_INVALID, "api.query", "limit must be 1 to %d", PAST_LIST_MAX);
	ret->limit = (size_t)limit;
	TRY(api_query_text(req, "after", false, &after, why));
	if (after.len == 0)
		return OK;
	if (!read_place(after, cursor))
		return fail(why, ERR_INVALID, "api.query",
		    "after must be what \"next\" of the page before it says");
	ret->before = cursor;
	return OK;
}

/* ---- one row ---- */

static void
put_place(struct json_writer *w, const char *name, const struct ledger_place *at)
{
	char text[48];

	(void)snprintf(text, sizeof(text), "%" PRIu64 "/%" PRIu32, at->leaf, at->place);
	api_put_text(w, name, str_of(text));
}

static void
print_head(struct json_writer *w, const struct past_row *row, const struct api_log *log)
{
	put_place(w, "decision_id", &row->at);
	api_put_u64(w, "leaf", row->at.leaf);
	api_put_u64(w, "place", row->at.place);
	api_put_flag(w, "published", row->at.leaf < log->published);
	api_put_time(w, "at", row->made_at);
	api_put_text(w, "order_id", row->order_id);
	api_put_i64(w, "ordinal", row->ordinal);
	api_put_text(w, "source_id", row->source_id);
	api_put_text(w, "version", row->version);
	api_put_text(w, "leaving_id", row->leaving_id);
	api_put_text(w, "agreement", row->agreement);
	api_put_text(w, "recipient", row->recipient);
	api_put_text(w, "asked", row->asked);
	api_put_text(w, "purpose", row->purpose);
	api_put_text(w, "area", row->area);
	api_put_text(w, "proposer", row->proposer);
	api_put_text(w, "outcome", row->outcome);
	api_put_text(w, "state", row->state);
}

/* What of the decision a line has room for. */
static enum err
print_short(struct json_writer *w, struct arena *a, const struct past_row *row, struct why *why)
{
	static const char *const members[] = { "codes", "clause", "model", "what", "bundle" };
	const struct json *tree = NULL;

	TRY(json_parse(a, row->decision, NULL, &tree, why));
	for (size_t i = 0; i < COUNTOF(members); i++) {
		const struct json *v = json_get(tree, str_of(members[i]));

		if (v != NULL)
			agreement_decision_show_member(w, v);
	}
	return OK;
}

enum err
api_get_decisions(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct api *api = ctx;
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };
	struct past_query query = {
		.of = api_compartment(api, req),
		.origin = realm_identity(api->realm)->origin,
	};
	struct ledger_place cursor;
	struct past_row *row = NULL;
	struct api_log log;
	size_t n = 0;

	TRY(read_query(req, &query, &cursor, why));
	TRY(db_pool_take(realm_readers(api->realm), &lease, why));
	TRY(api_log_read(api, lease.db, req->arena, &log, why));
	TRY(release_past(lease.db, req->arena, &query, &row, &n, why));
	struct json_writer w = api_answer(ret);
	json_begin_object(&w);
	api_begin_array(&w, "decisions");
	for (size_t i = 0; i < n; i++) {
		json_begin_object(&w);
		print_head(&w, &row[i], &log);
		TRY(print_short(&w, req->arena, &row[i], why));
		json_end_object(&w);
	}
	json_end_array(&w);
	if (n == query.limit)
		put_place(&w, "next", &row[n - 1].at);
	else
		json_put_null(json_key(&w, S("next")));
	json_end_object(&w);
	return OK;
}

/* ---- one decision, whole ---- */

/* Text that is JSON already; null when it is none, and so not to be trusted. */
static void
put_json(struct json_writer *w, struct arena *a, const char *name, struct str text)
{
	const struct json *tree = NULL;

	json_key(w, str_of(name));
	if (json_parse(a, text, NULL, &tree, NULL) == OK)
		json_put_raw(w, text);
	else
		json_put_null(w);
}

/* The hash alone: the inputs name objects of other compartments, too. */
static void
print_inputs(struct json_writer *w, const struct past_row *row)
{
	struct hash hash;

	if (row->inputs.len != HASH_BYTES) {
		json_put_null(json_key(w, S("inputs_sha256")));
		return;
	}
	memcpy(hash.byte, row->inputs.ptr, HASH_BYTES);
	api_put_hash(w, "inputs_sha256", &hash);
}

static enum err
print_approvals(struct json_writer *w, struct db *db, struct arena *a, const struct past_row *row,
    struct why *why)
{
	struct past_approval *word = NULL;
	size_t n = 0;

	TRY(release_past_approvals(db, a, row, &word, &n, why));
	api_begin_array(w, "approvals");
	for (size_t i = 0; i < n; i++) {
		json_begin_object(w);
		api_put_text(w, "account", word[i].account);
		api_put_text(w, "role", word[i].role);
		api_put_text(w, "verdict", word[i].verdict);
		api_put_hash(w, "bytes_sha256", &word[i].bytes_hash);
		api_put_text(w, "reason", word[i].reason);
		api_put_time(w, "at", word[i].at);
		json_end_object(w);
	}
	json_end_array(w);
	return OK;
}

/* Whether it can be made again now, and whether the answer is the same. */
static enum err
print_replay(struct json_writer *w, struct db *db, struct arena *a, const struct ledger_place *at,
    struct why *why)
{
	struct release_replay *r = arena_make(a, struct release_replay, 1);
	struct str from = S("nothing");
	struct str said = S("");

	if (r == NULL)
		return fail(why, ERR_LIMIT, "api.memory", "no memory is left");
	TRY(release_replay_one(db, at, r, why));
	if (r->from_content > 0)
		from = S("content");
	else if (r->from_facts > 0)
		from = S("facts");
	if (r->gaps > 0)
		said = str_of(r->gap[0].what);
	if (r->report.problems > 0)
		said = str_of(r->report.problem[0].what);
	api_begin_object(w, "replay");
	api_put_text(w, "from", from);
	api_put_flag(w, "same", r->decisions > r->not_replayable && r->report.problems == 0);
	api_put_text(w, "reason", said);
	json_end_object(w);
	return OK;
}

/* A decision is made again with all that its order decided, up to half a gigabyte: so
 * many at a time and no more. */
enum { REPLAYS_AT_ONCE = 2 };

/* ERR_IO decision.busy; otherwise leave() makes room again. */
static enum err
enter(struct api *api, struct api **ret, struct why *why)
{
	if (atomic_fetch_add(&api->replaying, 1) < REPLAYS_AT_ONCE) {
		*ret = api;
		return OK;
	}
	atomic_fetch_sub(&api->replaying, 1);
	return fail(why, ERR_IO, "decision.busy",
	    "other decisions are made again at this moment; ask once more");
}

static void
leave(struct api **in)
{
	if (*in != NULL)
		atomic_fetch_sub(&(*in)->replaying, 1);
}

/* The hash of the bytes that it was about; none when nothing would have left. */
static void
print_bytes(struct json_writer *w, const struct past_row *row)
{
	struct hash none = hash_of(S(""));

	if (hash_eq(&row->bytes_hash, &none))
		json_put_null(json_key(w, S("bytes_sha256")));
	else
		api_put_hash(w, "bytes_sha256", &row->bytes_hash);
}

enum err
api_get_decision(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	struct api *api = ctx;
	CLEANUP(leave) struct api *in = NULL;
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };
	const struct past_query query = {
		.of = api_compartment(api, req),
		.origin = realm_identity(api->realm)->origin,
	};
	struct past_row row;
	struct api_log log;
	uint64_t leaf = 0, place = 0;

	if (!str_to_u64(http_param(req, "leaf"), INT64_MAX, &leaf) ||
	    !str_to_u64(http_param(req, "place"), UINT32_MAX, &place))
		return fail(why, ERR_NOT_FOUND, "api.decision", "leaf and place are numbers");
	const struct ledger_place at = { leaf, (uint32_t)place };
	TRY(db_pool_take(realm_readers(api->realm), &lease, why));
	TRY(release_past_one(lease.db, req->arena, &query, &at, &row, why));
	TRY(api_log_read(api, lease.db, req->arena, &log, why));
	TRY(enter(api, &in, why));
	struct json_writer w = api_answer(ret);
	json_begin_object(&w);
	print_head(&w, &row, &log);
	print_bytes(&w, &row);
	api_put_decision(&w, req->arena, row.decision);
	put_json(&w, req->arena, "facts", row.facts);
	print_inputs(&w, &row);
	TRY(print_approvals(&w, lease.db, req->arena, &row, why));
	TRY(print_replay(&w, lease.db, req->arena, &at, why));
	json_end_object(&w);
	return OK;
}
