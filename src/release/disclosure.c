#include "disclosure.h"

#include "disclosure_p.h"
#include "words_p.h"

/* ---- whom it is about ---- */

struct named {
	struct arena *a;
	struct arena *scratch;
	struct str name, id;
	bool twice;
};

static enum err
compare_name(void *arg, struct str id, struct str raw, struct why *why)
{
	struct named *n = arg;
	const struct json *tree = NULL;

	arena_clear(n->scratch);
	TRY(json_parse(n->scratch, raw, NULL, &tree, why));
	if (!str_eq(json_str(json_get(tree, S("name"))), n->name))
		return OK;
	n->twice |= n->id.len > 0 && !str_eq(n->id, id);
	n->id = arena_str(n->a, id);
	return OK;
}

enum err
release_disclosure_about(struct db *db, struct arena *a, const struct compartment *of,
    struct str text, struct str *ret, struct why *why)
{
	enum { IDENTITY_MAX = 64 * MIB }; /* one object, parsed */
	CLEANUP(arena_freep) struct arena *scratch = arena_new(IDENTITY_MAX);
	struct named n = { .a = a, .scratch = scratch, .name = text };

	const struct store_visit visit = { S("identity"), of, compare_name, &n };

	*ret = text;
	if (stix_id_is(text) && str_is(stix_id_type(text), "identity"))
		return OK;
	TRY(store_each_latest(db, &visit, why));
	if (n.id.len == 0)
		return fail(why, ERR_NOT_FOUND, "disclosure.unknown",
		    "no identity here has the name " STR_FMT, STR_ARG(text));
	if (n.twice)
		return fail(why, ERR_CONFLICT, "disclosure.name",
		    "more than one identity has the name " STR_FMT "; give its identity--UUID",
		    STR_ARG(text));
	*ret = n.id;
	return OK;
}

/* ---- what left ---- */

/* clang-format off */
static const char list_disclosed[] =
    "SELECT i.order_id, i.ordinal, l.at, i.source_id, i.leaving_id, i.recipient, o.purpose, o.area,"
    " o.proposer, i.outcome, i.state, i.copied, " WORDS_OF("decision", "i") ", i.leaf, i.place, i.received_at,"
    " COALESCE(r.state, ''), COALESCE(r.answer, ''), i.agreement, o.asked"
    " FROM release_item i JOIN release_order o ON o.order_id = i.order_id"
    " JOIN ledger_leaf l ON l.log = $3 AND l.leaf = i.leaf"
    " LEFT JOIN recall r ON r.order_id = i.order_id AND r.ordinal = i.ordinal"
    " AND r.direction = 'sent' WHERE " COMPARTMENT_HAS("o", "$1", "$5")
    " AND i.outcome IN ('ALLOW', 'ALLOW_WITH_REDACTION') AND " DISCLOSURE_IS_ABOUT("i.source_id", "$2")
    " ORDER BY i.leaf DESC, i.place DESC LIMIT $4";
/* clang-format on */

static void
read_disclosure(const struct db_rows *rows, struct arena *a, struct str identity,
    struct disclosure *ret)
{
	*ret = (struct disclosure){
		.order_id = arena_str(a, db_col_text(rows, 0)),
		.ordinal = db_col_i64(rows, 1),
		.at = db_col_i64(rows, 2),
		.source_id = arena_str(a, db_col_text(rows, 3)),
		.leaving_id = arena_str(a, db_col_text(rows, 4)),
		.recipient = arena_str(a, db_col_text(rows, 5)),
		.purpose = arena_str(a, db_col_text(rows, 6)),
		.area = arena_str(a, db_col_text(rows, 7)),
		.proposer = arena_str(a, db_col_text(rows, 8)),
		.outcome = arena_str(a, db_col_text(rows, 9)),
		.state = arena_str(a, db_col_text(rows, 10)),
		.copied = db_col_i64(rows, 11) != 0,
		.decision = arena_str(a, db_col_text(rows, 12)),
		.leaf = db_col_i64(rows, 13),
		.place = db_col_i64(rows, 14),
		.received_at = db_col_i64(rows, 15),
		.recall = arena_str(a, db_col_text(rows, 16)),
		.answer = arena_str(a, db_col_text(rows, 17)),
		.agreement = arena_str(a, db_col_text(rows, 18)),
		.asked = arena_str(a, db_col_text(rows, 19)),
	};
	ret->itself = str_eq(ret->source_id, identity);
}

enum err
release_disclosures(struct db *db, struct arena *a, const struct disclosure_query *q,
    struct disclosure **ret, size_t *ret_len, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	struct disclosure *list = arena_make(a, struct disclosure, ROWS_MAX);
	bool has = false;

	if (list == NULL)
		return fail(why, ERR_LIMIT, "release.memory", "the list is too long");
	TRY(db_select(db, &rows, why, list_disclosed, DB_T(q->of.organisation), DB_T(q->identity),
	    DB_T(q->origin), DB_I(ROWS_MAX), DB_T(q->of.enclaves)));
	for (*ret_len = 0, *ret = list;; ++*ret_len) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			return OK;
		read_disclosure(&rows, a, q->identity, &list[*ret_len]);
	}
}
