#include "conflict.h"

#include <stdio.h>

#include "stored_p.h"

enum { DETAIL_MAX = 64 };

static const char list_conflicts[] =
    "SELECT k.shard_key, k.date_added, k.last_at, k.object_id, k.version, o.type, k.outcome, "
    "o.giver, s.giver, h.account, h.reason, k.seen, s.raw_hash, o.raw_hash, "
    "CASE WHEN $3 = '' THEN NULL ELSE s.raw END, CASE WHEN $3 = '' THEN NULL ELSE o.raw END, "
    "h.at, s.date_added FROM object_conflict k "
    "JOIN object o ON o.shard_key = k.shard_key AND o.date_added = k.date_added "
    "JOIN object s ON s.shard_key = k.shard_key AND s.object_id = k.object_id "
    "AND s.version = k.version LEFT JOIN object_choice h ON h.shard_key = k.shard_key "
    "AND h.date_added = (SELECT MAX(m.date_added) FROM object_choice m WHERE m.shard_key = "
    "k.shard_key AND m.object_id = k.object_id AND m.version = k.version) "
    "WHERE " COMPARTMENT_HAS("o", "$1",
        "$2") " "
              "AND ($3 = '' OR k.object_id = $3) ORDER BY k.last_at DESC, k.shard_key, k.date_added "
              "LIMIT $4";

static bool
read_text(struct arena *a, struct str text, struct str *ret)
{
	*ret = arena_str(a, text);
	return ret->ptr != NULL || text.len == 0;
}

static enum err
read_conflict(const struct db_rows *rows, struct arena *a, struct conflict *ret, struct why *why)
{
	struct conflict c = {
		.shard_key = db_col_i64(rows, 0),
		.first_at = db_col_i64(rows, 1),
		.last_at = db_col_i64(rows, 2),
		.seen = (uint64_t)db_col_i64(rows, 11),
		.chosen_at = db_col_i64(rows, 16),
		.served_at = db_col_i64(rows, 17),
	};
	struct str *const texts[] = { &c.id, &c.version, &c.type, &c.outcome, &c.giver,
		&c.served_giver, &c.chosen_by, &c.chosen_reason };

	for (size_t i = 0; i < COUNTOF(texts); i++) {
		if (!read_text(a, db_col_text(rows, i + 3), texts[i]))
			return stored_full(why);
	}
	if (!read_text(a, db_col_blob(rows, 14), &c.served) ||
	    !read_text(a, db_col_blob(rows, 15), &c.aside))
		return stored_full(why);
	TRY(stored_hash(db_col_blob(rows, 12), &c.served_hash, why));
	TRY(stored_hash(db_col_blob(rows, 13), &c.aside_hash, why));
	*ret = c;
	return OK;
}

enum err
store_conflicts(struct db *db, struct arena *a, const struct conflict_query *q,
    struct conflict_list *ret, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	assert(q->limit <= CONFLICTS_MAX && q->of->organisation.len > 0);
	*ret = (struct conflict_list){ .conflict = arena_make(a, struct conflict, q->limit + 1) };
	if (ret->conflict == NULL)
		return stored_full(why);
	TRY(db_select(db, &rows, why, list_conflicts, DB_T(q->of->organisation),
	    DB_T(q->of->enclaves), DB_T(q->id), DB_I((int64_t)q->limit)));
	for (;;) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			return OK;
		TRY(read_conflict(&rows, a, &ret->conflict[ret->len], why));
		ret->len++;
	}
}

enum err
store_note_conflicts(struct db *db, const struct conflict_note *n, struct why *why)
{
	char detail[DETAIL_MAX];

	(void)snprintf(detail, sizeof(detail), "{\"differing\":%" PRIu64 "}", n->differing);
	const struct event event = {
		.at = n->at,
		.name = S("object.conflict"),
		.owner = n->owner,
		.enclave = n->enclave,
		.subject = n->id,
		.detail = str_of(detail),
	};

	return n->differing == 0 ? OK : store_event(db, &event, why);
}
