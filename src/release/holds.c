#include "holds_p.h"
#include "record_p.h"

struct hold {
	struct str order_id;
	int64_t ordinal;
	struct str source_id, agreement;
	struct str rules_hash;
	bool expired;
};

static const char list_holds[] =
    "SELECT i.order_id, i.ordinal, i.source_id, i.agreement, i.rules_hash, o.expires_at"
    " FROM release_item i JOIN release_order o ON o.order_id = i.order_id"
    " WHERE i.state = 'held' AND i.owner = $1 AND (o.expires_at <= $2 OR i.decided_epoch <> $3)"
    " ORDER BY i.order_id, i.ordinal LIMIT $4";
static const char expire_orders[] =
    "UPDATE release_order SET state = 'expired' WHERE expires_at <= $1 AND owner = $2"
    " AND state IN ('waiting', 'active')";
static const char close_item[] = "UPDATE release_item SET state = $3, reason = $4, changed_at = $5"
                                 " WHERE order_id = $1 AND ordinal = $2 AND state = 'held'";
static const char keep_item[] =
    "UPDATE release_item SET decided_epoch = $3 WHERE order_id = $1 AND ordinal = $2";
static const char end_order[] =
    "UPDATE release_order SET state = 'done' WHERE order_id = $1 AND state = 'waiting'"
    " AND NOT EXISTS (SELECT 1 FROM release_item WHERE release_item.order_id = $1"
    " AND release_item.state = 'held')";

enum err
holds_end_order(const struct release_job *job, struct str order_id, struct why *why)
{
	return db_run(job->db, why, end_order, DB_T(order_id));
}

static enum err
list(const struct release_job *job, struct hold *ret, size_t *ret_len, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	struct arena *a = job->arena;
	bool has = false;

	TRY(db_select(job->db, &rows, why, list_holds, DB_T(job->gate->organisation), DB_I(job->at),
	    DB_I((int64_t)job->gate->epoch), DB_I(HOLDS_MAX)));
	for (*ret_len = 0;; ++*ret_len) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			return OK;
		ret[*ret_len] = (struct hold){
			.order_id = arena_str(a, db_col_text(&rows, 0)),
			.ordinal = db_col_i64(&rows, 1),
			.source_id = arena_str(a, db_col_text(&rows, 2)),
			.agreement = arena_str(a, db_col_text(&rows, 3)),
			.rules_hash = arena_str(a, db_col_blob(&rows, 4)),
			.expired = db_col_i64(&rows, 5) <= job->at,
		};
	}
}

/* Whether an approval given now would still be under the rules of the order. */
static bool
is_under_same_rules(const struct gate *g, const struct hold *h)
{
	for (size_t i = 0; i < g->agreements; i++) {
		struct agreement_request r = { .standing = g->standing[i], .packs = g->packs };

		if (!str_eq(g->standing[i]->agreement->id, h->agreement))
			continue;
		memcpy(r.pack, g->pack, sizeof(r.pack));
		struct hash now = record_rules(&r);
		return str_eq(hash_str(&now), h->rules_hash);
	}
	return false;
}

static enum err
close_hold(const struct release_job *job, const struct hold *h, const char *state,
    struct str reason, struct why *why)
{
	TRY(db_run(job->db, why, close_item, DB_T(h->order_id), DB_I(h->ordinal),
	    DB_T(str_of(state)), DB_T(reason), DB_I(job->at)));
	const struct record_pair pairs[] = {
		{ "type", str_of(state) },
		{ "order", h->order_id },
		{ "ordinal", arena_printf(job->arena, "%" PRId64, h->ordinal) },
		{ "reason", reason },
	};
	TRY(record_append(job, "refusal", pairs, COUNTOF(pairs), why));
	/* An order whose time is up ends as expired, not as done. */
	if (h->expired)
		return record_event(job, "release.expired", h->source_id, S(""), why);
	TRY(record_event(job, "release.void", h->source_id, S(""), why));
	return holds_end_order(job, h->order_id, why);
}

static enum err
look_at(const struct release_job *job, const struct hold *h, size_t *ret_closed, struct why *why)
{
	if (!h->expired && is_under_same_rules(job->gate, h))
		return db_run(job->db, why, keep_item, DB_T(h->order_id), DB_I(h->ordinal),
		    DB_I((int64_t)job->gate->epoch));
	++*ret_closed;
	if (h->expired)
		return close_hold(job, h, "expired", S("nobody decided in time"), why);
	return close_hold(job, h, "void", S("the rules changed since the order; propose again"),
	    why);
}

enum err
holds_close(const struct release_job *job, size_t *ret_closed, bool *ret_more, struct why *why)
{
	struct hold *hold = arena_make(job->arena, struct hold, HOLDS_MAX);
	size_t n = 0;

	*ret_closed = 0;
	if (hold == NULL)
		return fail(why, ERR_LIMIT, "release.memory", "no memory for what is held");
	TRY(list(job, hold, &n, why));
	for (size_t i = 0; i < n; i++)
		TRY(look_at(job, &hold[i], ret_closed, why));
	*ret_more = n == HOLDS_MAX;
	return *ret_more ? OK
	                 : db_run(job->db, why, expire_orders, DB_I(job->at),
	                       DB_T(job->gate->organisation));
}
