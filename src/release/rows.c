#include "json_writer.h"
#include "release.h"
#include "words_p.h"

/* clang-format off */
static const char list_rows[] =
    "SELECT i.order_id, i.ordinal, i.source_id, i.version, i.leaving_id, i.recipient, o.purpose,"
    " o.area, o.proposer, i.state, i.outcome, " WORDS_OF("decision", "i") ", i.approvals_needed, i.reason,"
    " i.preview_hash, i.leaf, i.place, i.changed_at, i.received_at, i.receipt,"
    " o.expires_at, o.urgency, o.harm, o.break_glass, o.emergency, i.bytes,"
    " o.channel, o.person, COALESCE(p.name, ''), COALESCE(k.due_at, 0),"
    " o.asked, o.legal_basis, o.contact, o.strict"
    " FROM release_item i JOIN release_order o ON o.order_id = i.order_id"
    " LEFT JOIN person p ON p.owner = o.owner AND p.enclave = o.enclave"
    " AND p.fingerprint = o.person"
    " LEFT JOIN acknowledgement k ON k.subject = i.order_id AND k.direction = 'theirs'"
    " AND k.leaf = i.leaf"
    " WHERE " COMPARTMENT_HAS("o", "$1", "$2") " AND ($3 = '' OR i.state = $3)"
    " AND ($4 = '' OR i.source_id = $4 OR i.leaving_id = $4)"
    " ORDER BY i.changed_at DESC, i.order_id, i.ordinal LIMIT $5";
/* clang-format on */

/* The stored decision with the leaving bytes, as it was answered when it was made. */
static struct str
with_bytes(struct arena *a, struct str decision, struct str bytes)
{
	enum { ESCAPED_MAX = 6 }; /* "\\u0000" */
	static const struct str none = { "\"bytes\":\"\"", 10 };
	CLEANUP(buf_free)
	struct buf out = buf_new(decision.len + ESCAPED_MAX * (bytes.len + 2));
	struct json_writer w = json_writer(&out);
	size_t at = str_find(decision, none);

	if (at == SIZE_MAX || bytes.len == 0)
		return arena_str(a, decision);
	buf_put(&out, str_sub(decision, 0, at + none.len - 2));
	json_put_str(&w, bytes);
	buf_put(&out, str_sub(decision, at + none.len, SIZE_MAX));
	return arena_str(a, buf_str(&out));
}

static void
read_row(const struct db_rows *rows, struct arena *a, struct release_row *ret)
{
	struct str hash = db_col_blob(rows, 14);

	*ret = (struct release_row){
		.order_id = arena_str(a, db_col_text(rows, 0)),
		.ordinal = (uint64_t)db_col_i64(rows, 1),
		.source_id = arena_str(a, db_col_text(rows, 2)),
		.version = arena_str(a, db_col_text(rows, 3)),
		.leaving_id = arena_str(a, db_col_text(rows, 4)),
		.recipient = arena_str(a, db_col_text(rows, 5)),
		.purpose = arena_str(a, db_col_text(rows, 6)),
		.area = arena_str(a, db_col_text(rows, 7)),
		.proposer = arena_str(a, db_col_text(rows, 8)),
		.state = arena_str(a, db_col_text(rows, 9)),
		.outcome = arena_str(a, db_col_text(rows, 10)),
		.decision = with_bytes(a, db_col_text(rows, 11), db_col_blob(rows, 25)),
		.approvals_needed = arena_str(a, db_col_text(rows, 12)),
		.reason = arena_str(a, db_col_text(rows, 13)),
		.leaf = db_col_i64(rows, 15),
		.place = db_col_i64(rows, 16),
		.changed_at = db_col_i64(rows, 17),
		.received_at = db_col_i64(rows, 18),
		.receipt = arena_str(a, db_col_text(rows, 19)),
		.expires_at = db_col_i64(rows, 20),
		.urgency = arena_str(a, db_col_text(rows, 21)),
		.harm = arena_str(a, db_col_text(rows, 22)),
		.break_glass = arena_str(a, db_col_text(rows, 23)),
		.emergency = arena_str(a, db_col_text(rows, 24)),
		.channel = arena_str(a, db_col_text(rows, 26)),
		.person = arena_str(a, db_col_text(rows, 27)),
		.person_name = arena_str(a, db_col_text(rows, 28)),
		.acknowledge_by = db_col_i64(rows, 29),
		.asked = arena_str(a, db_col_text(rows, 30)),
		.legal_basis = arena_str(a, db_col_text(rows, 31)),
		.contact = arena_str(a, db_col_text(rows, 32)),
		.strict = db_col_i64(rows, 33) != 0,
	};
	if (hash.len == HASH_BYTES)
		memcpy(ret->bytes_hash.byte, hash.ptr, HASH_BYTES);
}

enum err
release_rows(struct db *db, struct arena *a, const struct release_query *q,
    struct release_row **ret, size_t *ret_len, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	struct release_row *list = arena_make(a, struct release_row, ROWS_MAX);
	bool has = false;
	size_t n = 0;

	if (list == NULL)
		return fail(why, ERR_LIMIT, "release.memory", "the list is too long");
	TRY(db_select(db, &rows, why, list_rows, DB_T(q->of.organisation), DB_T(q->of.enclaves),
	    DB_T(q->state), DB_T(q->id), DB_I(ROWS_MAX)));
	for (;;) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			break;
		read_row(&rows, a, &list[n++]);
	}
	*ret = list;
	*ret_len = n;
	return OK;
}
