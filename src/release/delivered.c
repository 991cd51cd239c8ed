/* Copies, and what the recipient has. */
#include "selection_p.h"
#include "uuid_make.h"

static const char find_link[] =
    "SELECT copy_id, created_at FROM copy_link WHERE agreement = $1 AND source_id = $2";
static const char make_link[] =
    "INSERT INTO copy_link (agreement, source_id, copy_id, created_at) VALUES ($1, $2, $3, 0)";

static enum err
link_copy(struct gathering *g, struct agreement_item *item, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	TRY(db_select(g->job->db, &rows, why, find_link, DB_T(g->agreement),
	    DB_T(item->object.id)));
	TRY(db_next(&rows, &has, why));
	if (has) {
		item->copy_id = arena_str(g->job->arena, db_col_text(&rows, 0));
		item->copy_created = db_col_i64(&rows, 1);
		return OK;
	}

	struct uuid fresh = uuid_v4();
	char text[UUID_TEXT + 1];
	uuid_text(&fresh, text);
	item->copy_id =
	    arena_printf(g->job->arena, STR_FMT "--%s", STR_ARG(item->object.type), text);
	return db_run(g->job->db, why, make_link, DB_T(g->agreement), DB_T(item->object.id),
	    DB_T(item->copy_id));
}

static const char next_released[] = "SELECT source_id FROM release_item WHERE source_id >= $1"
                                    " ORDER BY source_id LIMIT 1";
static const char find_delivered[] =
    "SELECT copied, version, copy_modified FROM release_item"
    " WHERE source_id = $1 AND recipient = $2 AND agreement = $3"
    " AND state IN ('released', 'paused') AND leaf <= $4 ORDER BY leaf DESC, place DESC LIMIT 1";

enum err
selection_find_delivered(struct gathering *g, struct agreement_item *item, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	TRY(selection_gap(g, &g->released, next_released, item->object.id, &has, why));
	if (!has)
		return OK;
	TRY(db_select(g->job->db, &rows, why, find_delivered, DB_T(item->object.id),
	    DB_T(g->ask->to), DB_T(g->agreement), DB_I(g->as_of_leaf)));
	TRY(db_next(&rows, &has, why));
	if (!has)
		return OK;
	item->delivered = db_col_i64(&rows, 0) != 0 ? DELIVERED_COPY : DELIVERED_ORIGINAL;
	if (item->delivered == DELIVERED_COPY && str_eq(db_col_text(&rows, 1), item->version))
		item->copy_modified = db_col_i64(&rows, 2);
	return OK;
}

/* Whether the recipient's party gave it to us: it knows the object by this identifier. */
static bool
is_from_recipient(const struct gathering *g, const struct agreement_item *item)
{
	struct str theirs = g->ask->to, giver = item->giver;

	return item->giver.len > 0 && str_eq(str_split(&giver, ':'), str_split(&theirs, ':'));
}

enum err
selection_complete(struct gathering *g, struct why *why)
{
	for (size_t i = 0; i < g->len; i++) {
		struct agreement_item *item = g->item[i];

		TRY(selection_find_delivered(g, item, why));
		if (is_from_recipient(g, item))
			item->delivered = DELIVERED_ORIGINAL;
		if (item->selected || item->delivered == DELIVERED_COPY)
			TRY(link_copy(g, item, why));
	}
	return OK;
}
