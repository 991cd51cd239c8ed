#include "past.h"

#include "words_p.h"

/* One kind of row, newest first: each kind has its own bound, so that a page
 * costs a page. */
/* clang-format off */
#define PAST_ARM(table, state, decision, facts, which)                                                       \
	"SELECT * FROM (SELECT d.leaf AS leaf, d.place AS place, COALESCE(l.at, 0) AS made_at,"    \
	" d.order_id, d.ordinal, d.source_id, d.version, d.leaving_id, d.agreement, d.recipient,"  \
	" o.purpose, o.area, o.proposer, d.outcome, " state " AS state, " decision ", " facts        \
	" AS facts, d.preview_hash, d.inputs, o.asked FROM " table " d"                                     \
	" JOIN release_order o ON o.order_id = d.order_id"                                         \
	" LEFT JOIN ledger_leaf l ON l.log = $1 AND l.leaf = d.leaf"                               \
	" WHERE " COMPARTMENT_HAS("o", "$2", "$3") " AND " which                                   \
	" ORDER BY d.leaf DESC, d.place DESC LIMIT $4) AS " table "_arm"
#define PAST_BOTH(item_facts, past_facts, which)                                                   \
	PAST_ARM("release_item", "d.state", WORDS_OF("decision", "d"), item_facts, which)          \
	" UNION ALL "                                                                              \
	PAST_ARM("decision_past", "'followed'", "d.decision", past_facts, which)                   \
	" ORDER BY leaf DESC, place DESC LIMIT $4"

#define PAST_ASKED                                                                                 \
	"d.leaf >= 0 AND ($5 = '' OR d.recipient = $5 OR o.asked = $5) AND ($6 = '' OR d.outcome = $6)"            \
	" AND ($7 = '' OR d.order_id = $7) AND ($8 = '' OR d.source_id = $8 OR d.leaving_id = $8)" \
	" AND ($9 = 0 OR COALESCE(l.at, 0) >= $9) AND ($10 = 0 OR COALESCE(l.at, 0) < $10)"        \
	" AND (d.leaf < $11 OR (d.leaf = $11 AND d.place < $12))"
/* clang-format on */

static const char list_past[] = PAST_BOTH("''", "''", PAST_ASKED);
static const char one_past[] =
    PAST_BOTH(WORDS_OF("facts", "d"), "d.facts", "d.leaf = $5 AND d.place = $6");

static void
read_past(const struct db_rows *rows, struct arena *a, struct past_row *ret)
{
	struct str hash = db_col_blob(rows, 17);

	*ret = (struct past_row){
		.at = { (uint64_t)db_col_i64(rows, 0), (uint32_t)db_col_i64(rows, 1) },
		.made_at = db_col_i64(rows, 2),
		.order_id = arena_str(a, db_col_text(rows, 3)),
		.ordinal = db_col_i64(rows, 4),
		.source_id = arena_str(a, db_col_text(rows, 5)),
		.version = arena_str(a, db_col_text(rows, 6)),
		.leaving_id = arena_str(a, db_col_text(rows, 7)),
		.agreement = arena_str(a, db_col_text(rows, 8)),
		.recipient = arena_str(a, db_col_text(rows, 9)),
		.purpose = arena_str(a, db_col_text(rows, 10)),
		.area = arena_str(a, db_col_text(rows, 11)),
		.proposer = arena_str(a, db_col_text(rows, 12)),
		.outcome = arena_str(a, db_col_text(rows, 13)),
		.state = arena_str(a, db_col_text(rows, 14)),
		.decision = arena_str(a, db_col_text(rows, 15)),
		.facts = arena_str(a, db_col_text(rows, 16)),
		.inputs = arena_str(a, db_col_blob(rows, 18)),
		.asked = arena_str(a, db_col_text(rows, 19)),
	};
	if (hash.len == HASH_BYTES)
		memcpy(ret->bytes_hash.byte, hash.ptr, HASH_BYTES);
}

static enum err
no_memory(struct why *why)
{
	return fail(why, ERR_LIMIT, "release.memory", "the list is too long");
}

enum err
release_past(struct db *db, struct arena *a, const struct past_query *q, struct past_row **ret,
    size_t *ret_len, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	size_t limit = q->limit < PAST_LIST_MAX ? q->limit : PAST_LIST_MAX;
	struct past_row *list = arena_make(a, struct past_row, limit + 1);
	const struct ledger_place last = { INT64_MAX, 0 };
	const struct ledger_place *before = q->before != NULL ? q->before : &last;

	*ret = list;
	*ret_len = 0;
	if (list == NULL)
		return no_memory(why);
	TRY(db_select(db, &rows, why, list_past, DB_T(q->origin), DB_T(q->of.organisation),
	    DB_T(q->of.enclaves), DB_I((int64_t)limit), DB_T(q->to), DB_T(q->outcome),
	    DB_T(q->order_id), DB_T(q->id), DB_I(q->since), DB_I(q->until),
	    DB_I((int64_t)before->leaf), DB_I(before->place)));
	for (;;) {
		bool has = false;

		TRY(db_next(&rows, &has, why));
		if (!has)
			return OK;
		read_past(&rows, a, &list[*ret_len]);
		if (list[*ret_len].decision.ptr == NULL)
			return no_memory(why);
		++*ret_len;
	}
}

enum err
release_past_one(struct db *db, struct arena *a, const struct past_query *q,
    const struct ledger_place *at, struct past_row *ret, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	TRY(db_select(db, &rows, why, one_past, DB_T(q->origin), DB_T(q->of.organisation),
	    DB_T(q->of.enclaves), DB_I(1), DB_I((int64_t)at->leaf), DB_I(at->place)));
	TRY(db_next(&rows, &has, why));
	if (!has)
		return fail(why, ERR_NOT_FOUND, "past.unknown",
		    "there is no decision %" PRIu32 " in leaf %" PRIu64, at->place, at->leaf);
	read_past(&rows, a, ret);
	return ret->facts.ptr == NULL ? no_memory(why) : OK;
}

static const char find_inputs[] = "SELECT body FROM decision_inputs WHERE hash = $1";

enum err
release_past_inputs(struct db *db, struct arena *a, struct str hash, struct str *ret,
    struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	TRY(db_select_one(db, &rows, why, find_inputs, DB_B(hash)));
	*ret = arena_str(a, db_col_blob(&rows, 0));
	struct hash now = hash_of(*ret);
	if (!str_eq(hash_str(&now), hash))
		return fail(why, ERR_TAMPERED, "replay.inputs",
		    "the text of its inputs is not the one that was kept");
	return OK;
}

static const char list_words[] =
    "SELECT account, role, verdict, bytes_hash, reason, at FROM approval"
    " WHERE order_id = $1 AND ordinal = $2 ORDER BY at, account LIMIT $3";

enum err
release_past_approvals(struct db *db, struct arena *a, const struct past_row *row,
    struct past_approval **ret, size_t *ret_len, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	struct past_approval *list = arena_make(a, struct past_approval, APPROVALS_MAX);

	*ret = list;
	*ret_len = 0;
	if (list == NULL)
		return no_memory(why);
	TRY(db_select(db, &rows, why, list_words, DB_T(row->order_id), DB_I(row->ordinal),
	    DB_I(APPROVALS_MAX)));
	for (;;) {
		struct past_approval *p = &list[*ret_len];
		bool has = false;

		TRY(db_next(&rows, &has, why));
		if (!has)
			return OK;
		struct str hash = db_col_blob(&rows, 3);
		p->account = arena_str(a, db_col_text(&rows, 0));
		p->role = arena_str(a, db_col_text(&rows, 1));
		p->verdict = arena_str(a, db_col_text(&rows, 2));
		p->reason = arena_str(a, db_col_text(&rows, 4));
		p->at = db_col_i64(&rows, 5);
		if (hash.len == HASH_BYTES)
			memcpy(p->bytes_hash.byte, hash.ptr, HASH_BYTES);
		++*ret_len;
	}
}
