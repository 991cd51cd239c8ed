#include "approvals_p.h"
#include "channel_p.h"
#include "claims_p.h"
#include "decisions_p.h"
#include "gather_p.h"
#include "holds_p.h"
#include "person_p.h"
#include "release.h"
#include "review_p.h"
#include "role_p.h"

/* A held item with its order, as the approver finds it. */
struct held {
	struct release_ask ask;
	struct str agreement;
	struct str source_id;
	struct str version;
	struct str proposer;
	struct str needed; /* roles separated by ' ' */
	struct hash preview_hash;
	struct hash rules_hash;
	uint64_t ordinal;
	uint64_t persons; /* as the officer counted them; 0: not counted */
	struct str bytes;
	int64_t leaf; /* what the recipient had until then was counted on */
	uint64_t review_hours;
};

#define HELD_ITEM                                                                        \
	"SELECT i.state, i.source_id, i.version, i.preview_hash, i.rules_hash, i.bytes," \
	" i.approvals_needed, " ORDER_SEEN ", i.owner, o.enclave, i.ordinal, i.persons"  \
	" FROM release_item i JOIN release_order o ON o.order_id = i.order_id"           \
	" WHERE i.order_id = $1"
static const char find_item[] = HELD_ITEM " AND i.ordinal = $2";
static const char list_items[] = HELD_ITEM " AND i.state = 'held' ORDER BY i.ordinal LIMIT $2";
static const char find_order[] =
    "SELECT o.recipient, o.purpose, o.area, o.channel, o.proposer, o.copy_time, o.expires_at,"
    " o.agreement, o.review_hours, o.person, o.asked, " ORDER_CLAIMS " FROM release_order o"
    " WHERE o.order_id = $1";

static bool
hash_from(struct str bytes, struct hash *ret)
{
	if (bytes.len != HASH_BYTES)
		return false;
	memcpy(ret->byte, bytes.ptr, HASH_BYTES);
	return true;
}

static enum err
read_item(const struct db_rows *rows, struct arena *a, struct held *ret, struct why *why)
{
	if (!hash_from(db_col_blob(rows, 3), &ret->preview_hash) ||
	    !hash_from(db_col_blob(rows, 4), &ret->rules_hash))
		return fail(why, ERR_TAMPERED, "release.row", "a stored hash has the wrong length");
	ret->source_id = arena_str(a, db_col_text(rows, 1));
	ret->version = arena_str(a, db_col_text(rows, 2));
	ret->bytes = arena_str(a, db_col_blob(rows, 5));
	ret->needed = arena_str(a, db_col_text(rows, 6));
	ret->leaf = db_col_i64(rows, 7);
	ret->ordinal = (uint64_t)db_col_i64(rows, 10);
	ret->persons = (uint64_t)db_col_i64(rows, 11);
	return OK;
}

static enum err
load_item(const struct release_job *job, const struct release_verdict *v, struct held *ret,
    struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	if (db_select_one(job->db, &rows, why, find_item, DB_T(v->order_id),
	        DB_I((int64_t)v->ordinal)) != OK ||
	    !str_eq(db_col_text(&rows, 8), job->gate->organisation) ||
	    !str_eq(db_col_text(&rows, 9), job->gate->enclave))
		return fail(why, ERR_NOT_FOUND, "release.no-item",
		    "there is no item %" PRIu64 " in order " STR_FMT, v->ordinal,
		    STR_ARG(v->order_id));
	if (!str_is(db_col_text(&rows, 0), "held"))
		return fail(why, ERR_CONFLICT, "release.not-held",
		    "item %" PRIu64 " is not held: it is " STR_FMT, v->ordinal,
		    STR_ARG(db_col_text(&rows, 0)));
	return read_item(&rows, job->arena, ret, why);
}

/* All that is held of an order. */
static enum err
load_all(const struct release_job *job, struct str order_id, struct held **ret, size_t *ret_len,
    struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	struct held *list = arena_make(job->arena, struct held, SELECTION_MAX + 1);
	bool has = false;

	if (list == NULL)
		return fail(why, ERR_LIMIT, "release.memory", "the order is too large");
	TRY(db_select(job->db, &rows, why, list_items, DB_T(order_id), DB_I(SELECTION_MAX + 1)));
	*ret = list;
	for (*ret_len = 0;; ++*ret_len) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			return OK;
		TRY(read_item(&rows, job->arena, &list[*ret_len], why));
	}
}

static enum err
load_held(const struct release_job *job, const struct release_verdict *v, struct held *ret,
    struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	struct arena *a = job->arena;

	TRY(load_item(job, v, ret, why));
	TRY(db_select_one(job->db, &rows, why, find_order, DB_T(v->order_id)));
	if (db_col_i64(&rows, 6) <= job->at)
		return fail(why, ERR_CONFLICT, "release.expired", "the order has expired");
	ret->ask = (struct release_ask){
		.to = arena_str(a, db_col_text(&rows, 0)),
		.purpose = arena_str(a, db_col_text(&rows, 1)),
		.area = arena_str(a, db_col_text(&rows, 2)),
		.channel = channel_read(db_col_text(&rows, 3)),
		.copy_time = db_col_i64(&rows, 5),
	};
	ret->review_hours = (uint64_t)db_col_i64(&rows, 8);
	ret->ask.person = arena_str(a, db_col_text(&rows, 9));
	ret->ask.asked = arena_str(a, db_col_text(&rows, 10));
	claims_read(&rows, 11, a, &ret->ask);
	ret->proposer = arena_str(a, db_col_text(&rows, 4));
	ret->agreement = arena_str(a, db_col_text(&rows, 7));
	return OK;
}

/* ---- who may speak ---- */

static enum err
check_speaker(const struct release_job *job, const struct held *h, const struct release_verdict *v,
    struct why *why)
{
	struct needs needs;

	needs_read(h->needed, &needs);
	if (str_eq(v->account, h->proposer))
		return fail(why, ERR_FORBIDDEN, "release.four-eyes",
		    STR_FMT " proposed this order; another officer must look at it",
		    STR_ARG(v->account));
	if (!needs_has(&needs, v->role))
		return fail(why, ERR_FORBIDDEN, "release.role",
		    "no " STR_FMT " approval is asked for; needed: " STR_FMT, STR_ARG(v->role),
		    STR_ARG(needs_text(job->arena, &needs)));
	return role_check(job, v->account, str_is(v->role, "officer") ? S("approver") : v->role,
	    why);
}

/* The approver looked at these bytes, and they are what is stored. */
static enum err
check_bytes(const struct held *h, const struct release_verdict *v, struct why *why)
{
	struct hash stored = hash_of(h->bytes);

	if (!hash_eq(&stored, &h->preview_hash) || !hash_eq(&v->bytes_hash, &h->preview_hash))
		return fail(why, ERR_CONFLICT, "release.bytes",
		    "the approval is for other bytes than those held: it is void");
	return OK;
}

/* ---- speaking ---- */

static const char insert_approval[] =
    "INSERT INTO approval (order_id, ordinal, account, role, verdict, bytes_hash, reason, at)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

/* The leaf names the card, too, of what goes to one person. */
static enum err
speak(const struct release_job *job, const struct held *h, const struct release_verdict *v,
    const char *verdict, struct why *why)
{
	char hash[HASH_HEX + 1];
	enum err err = db_run(job->db, why, insert_approval, DB_T(v->order_id),
	    DB_I((int64_t)v->ordinal), DB_T(v->account), DB_T(v->role), DB_T(str_of(verdict)),
	    DB_B(hash_str(&v->bytes_hash)), DB_T(v->reason), DB_I(job->at));

	if (err == ERR_CONFLICT)
		return fail(why, ERR_CONFLICT, "release.spoken",
		    STR_FMT " has already given a verdict on this item", STR_ARG(v->account));
	if (err != OK)
		return err;
	hash_text(&v->bytes_hash, hash);
	const struct record_pair pairs[] = {
		{ "type", str_of(verdict) },
		{ "account", v->account },
		{ "role", v->role },
		{ "order", v->order_id },
		{ "ordinal", arena_printf(job->arena, "%" PRIu64, v->ordinal) },
		{ "bytes", str_of(hash) },
		{ "person", h->ask.person },
		{ "reason", v->reason },
	};
	return record_append(job, str_is(str_of(verdict), "approve") ? "approval" : "refusal",
	    pairs, COUNTOF(pairs), why);
}

static enum err
find_missing(const struct release_job *job, const struct held *h, struct str order_id,
    struct needs *ret, struct why *why)
{
	const struct release_row row = {
		.order_id = order_id,
		.ordinal = h->ordinal,
		.approvals_needed = h->needed,
		.bytes_hash = h->preview_hash,
	};
	struct release_approvals given;

	TRY(release_approvals(job->db, job->arena, &row, &given, why));
	needs_read(given.missing, ret);
	return OK;
}

/* Two officers are two; a third adds nothing. */
static enum err
check_place(const struct release_job *job, const struct needs *missing, struct str role,
    struct why *why)
{
	if (missing->len > 0 && !needs_has(missing, role))
		return fail(why, ERR_CONFLICT, "release.enough",
		    "enough " STR_FMT " approvals are there; missing: " STR_FMT, STR_ARG(role),
		    STR_ARG(needs_text(job->arena, missing)));
	return OK;
}

/* ---- deciding again ---- */

static enum err
check_unchanged(const struct held *h, const struct agreement_request *r,
    const struct agreement_decision *d, struct why *why)
{
	struct hash rules = record_rules(r);

	if (!str_eq(d->item->version, h->version))
		return fail(why, ERR_CONFLICT, "release.version",
		    "a newer version of " STR_FMT " is here: the approval is void",
		    STR_ARG(h->source_id));
	if (!hash_eq(&rules, &h->rules_hash))
		return fail(why, ERR_CONFLICT, "release.rules",
		    "the rules changed since the order: the approval is void");
	if (d->outcome != OUTCOME_ALLOW && d->outcome != OUTCOME_ALLOW_WITH_REDACTION)
		return fail(why, ERR_CONFLICT, "release.no-longer",
		    STR_FMT " may not leave any more: %s", STR_ARG(h->source_id),
		    outcome_name(d->outcome));
	if (!hash_eq(&d->bytes_hash, &h->preview_hash))
		return fail(why, ERR_CONFLICT, "release.changed",
		    STR_FMT
		    " would leave with other bytes than were approved: the approval is void",
		    STR_ARG(h->source_id));
	return OK;
}

/* The order's question about some of its items, as of when they were counted on. */
static enum err
ask_again(const struct release_job *job, const struct held *h, const struct held *list, size_t n,
    struct agreement_request *ret, struct why *why)
{
	struct release_ask ask = h->ask;
	struct str *id = arena_make(job->arena, struct str, n);
	struct release_count *count = arena_make(job->arena, struct release_count, n);
	const struct gather in = {
		.job = job,
		.ask = &ask,
		.agreement = h->agreement,
		.as_of_leaf = h->leaf,
	};

	if (id == NULL || count == NULL)
		return fail(why, ERR_LIMIT, "release.memory", "the order is too large");
	for (size_t i = 0; i < n; i++) {
		id[i] = list[i].source_id;
		count[i] = (struct release_count){ list[i].source_id, list[i].persons };
	}
	ask.ids = ask.counts = n;
	ask.id = id;
	ask.count = count;
	return gather_request(&in, ret, why);
}

/* All that was asked about is approved; the node's identity goes along when it
 * was held with the others. */
static void
approve_items(struct agreement_request *r, const struct held *list, size_t n)
{
	struct agreement_item *item = (struct agreement_item *)(uintptr_t)r->item;
	bool node = false;

	for (size_t i = 0; i < n && !node; i++)
		node = str_eq(list[i].source_id, r->redaction_identity);
	for (size_t i = 0; i < r->items; i++) {
		item[i].approved =
		    item[i].selected && (node || !str_eq(item[i].object.id, r->redaction_identity));
		item[i].selected = item[i].approved;
	}
}

/* Decides as on the day of the order, under today's rules, with the approvals given. */
static enum err
release_held(const struct release_job *job, const struct held *h, const struct held *list, size_t n,
    struct str order_id, struct why *why)
{
	struct agreement_request request;
	const struct agreement_decisions *all = NULL;
	struct decisions_held *held = arena_make(job->arena, struct decisions_held, n);
	struct decisions_in out = { .job = job, .request = &request, .order_id = order_id };
	const struct envelope_in envelope = { job, &request, order_id };

	if (held == NULL)
		return fail(why, ERR_LIMIT, "release.memory", "the order is too large");
	TRY(ask_again(job, h, list, n, &request, why));
	approve_items(&request, list, n);
	TRY(gather_decide(job, &request, &all, why));
	for (size_t i = 0; i < n; i++) {
		held[i] = (struct decisions_held){
			list[i].ordinal,
			agreement_decision_about(all, list[i].source_id),
		};
		TRY(check_unchanged(&list[i], &request, held[i].decision, why));
	}
	TRY(decisions_release_held(&out, all, held, n, why));
	for (size_t i = 0; i < n && request.channel == CHANNEL_PERSON; i++)
		TRY(envelope_put(&envelope, held[i].ordinal, held[i].decision, why));
	return OK;
}

/* What goes only together waits until nothing of it lacks a word. */
static enum err
list_ready(const struct release_job *job, const struct held *h, struct str order_id,
    struct held **ret, size_t *ret_len, struct why *why)
{
	struct needs missing;

	if (h->ask.mode != BUNDLE_STRICT) {
		*ret = arena_make(job->arena, struct held, 1);
		*ret_len = 1;
		if (*ret == NULL)
			return fail(why, ERR_LIMIT, "release.memory", "no memory is left");
		**ret = *h;
		return OK;
	}
	TRY(load_all(job, order_id, ret, ret_len, why));
	for (size_t i = 0; i < *ret_len; i++) {
		TRY(find_missing(job, &(*ret)[i], order_id, &missing, why));
		if (missing.len > 0)
			*ret_len = 0;
	}
	return OK;
}

/* Releases what has all its words now; *ret says so when anything had. */
static enum err
release_ready(const struct release_job *job, const struct held *h, struct str order_id, bool *ret,
    struct why *why)
{
	struct held *list = NULL;
	size_t n = 0;

	TRY(list_ready(job, h, order_id, &list, &n, why));
	if (n == 0)
		return OK;
	TRY(release_held(job, h, list, n, order_id, why));
	TRY(holds_end_order(job, order_id, why));
	if (h->review_hours > 0)
		TRY(review_open(job, order_id, h->review_hours, why));
	*ret = true;
	return OK;
}

enum err
release_approve(const struct release_job *job, const struct release_verdict *v, bool *ret_released,
    struct why *why)
{
	struct held h = { 0 };
	struct needs missing;

	TRY(load_held(job, v, &h, why));
	TRY(check_speaker(job, &h, v, why));
	TRY(check_bytes(&h, v, why));
	TRY(find_missing(job, &h, v->order_id, &missing, why));
	TRY(speak(job, &h, v, "approve", why));
	TRY(check_place(job, &missing, v->role, why));
	TRY(find_missing(job, &h, v->order_id, &missing, why));
	*ret_released = false;
	if (missing.len == 0)
		TRY(release_ready(job, &h, v->order_id, ret_released, why));
	return record_event(job, "release.approved", h.source_id, S(""), why);
}

static const char refuse_item[] =
    "UPDATE release_item SET state = 'refused', reason = $3, changed_at = $4"
    " WHERE order_id = $1 AND ordinal = $2 AND state = 'held'";
static const char refuse_others[] =
    "UPDATE release_item SET state = 'refused', changed_at = $2,"
    " reason = 'it goes only with all others of its order, and one of them was refused'"
    " WHERE order_id = $1 AND state = 'held'";

enum err
release_refuse(const struct release_job *job, const struct release_verdict *v, struct why *why)
{
	struct held h = { 0 };

	if (str_trim(v->reason).len == 0)
		return fail(why, ERR_INVALID, "release.reason",
		    "a refusal carries a reason; give one");
	TRY(load_held(job, v, &h, why));
	TRY(check_speaker(job, &h, v, why));
	TRY(speak(job, &h, v, "refuse", why));
	TRY(db_run(job->db, why, refuse_item, DB_T(v->order_id), DB_I((int64_t)v->ordinal),
	    DB_T(v->reason), DB_I(job->at)));
	if (h.ask.mode == BUNDLE_STRICT)
		TRY(db_run(job->db, why, refuse_others, DB_T(v->order_id), DB_I(job->at)));
	TRY(holds_end_order(job, v->order_id, why));
	return record_event(job, "release.refused", h.source_id, S(""), why);
}
