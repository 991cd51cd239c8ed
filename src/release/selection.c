/* The objects of an order, and what is known of the way each came by. */
#include "selection_p.h"

/* Where id stands, or would stand. */
static size_t
place_of(const struct gathering *g, struct str id, bool *ret_found)
{
	size_t low = 0, high = g->len;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int order = str_cmp(g->item[mid]->object.id, id);

		if (order == 0) {
			*ret_found = true;
			return mid;
		}
		if (order < 0)
			low = mid + 1;
		else
			high = mid;
	}
	*ret_found = false;
	return low;
}

static const char list_ways[] =
    "SELECT giver, originator, path, received_under FROM object"
    " WHERE object_id = $1 AND giver <> '' ORDER BY shard_key, date_added LIMIT $2";

/* Whoever gave it to us once stays its giver, also when it was imported again
 * or was recalled: each way it came by counts. */
static enum err
add_ways(struct gathering *g, struct agreement_item *item, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	struct arena *a = g->job->arena;
	bool has = false;

	TRY(db_select(g->job->db, &rows, why, list_ways, DB_T(item->object.id), DB_I(WAYS_MAX)));
	for (;;) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			return OK;
		if (item->giver.len == 0) {
			item->giver = arena_str(a, db_col_text(&rows, 0));
			item->originator = arena_str(a, db_col_text(&rows, 1));
			item->received_under = arena_str(a, db_col_text(&rows, 3));
		}
		item->path = arena_printf(a, STR_FMT " " STR_FMT " " STR_FMT " " STR_FMT,
		    STR_ARG(item->path), STR_ARG(db_col_text(&rows, 2)),
		    STR_ARG(db_col_text(&rows, 0)), STR_ARG(db_col_text(&rows, 1)));
	}
}

static enum err
take_source(struct gathering *g, struct agreement_item *item, int64_t import_id, struct why *why)
{
	const struct source_policy *policy = NULL;

	TRY(source_of(g->job, item, import_id, &g->source, &policy, why));
	if (policy != NULL)
		item->default_tlp = policy->marking;
	return OK;
}

static enum err
load_item(struct gathering *g, struct str id, bool selected, struct agreement_item **ret,
    struct why *why)
{
	struct stored stored;
	const struct json *tree = NULL;
	struct agreement_item *item = arena_make(g->job->arena, struct agreement_item, 1);

	if (item == NULL)
		return fail(why, ERR_LIMIT, "release.memory", "the selection is too large");
	const struct compartment ours = { g->job->gate->organisation, g->job->gate->enclave };
	TRY(selected ? store_latest_own(g->job->db, g->job->arena, id, &ours, &stored, why)
	             : store_latest(g->job->db, g->job->arena, id, &stored, why));
	TRY(json_parse(g->job->arena, stored.raw, NULL, &tree, why));
	TRY(stix_scan(tree, &item->object, why));
	item->version = stored.version;
	item->originator = stored.provenance.originator;
	item->giver = stored.provenance.giver;
	item->path = stored.provenance.path;
	item->received_under = stored.provenance.received_under;
	TRY(add_ways(g, item, why));
	TRY(take_source(g, item, stored.provenance.import_id, why));
	*ret = item;
	return OK;
}

enum err
selection_add(struct gathering *g, struct str id, bool selected, struct why *why)
{
	bool found = false;
	size_t at = place_of(g, id, &found);
	struct agreement_item *item = NULL;

	if (found) {
		g->item[at]->selected |= selected;
		return OK;
	}
	if (g->len == g->max)
		return fail(why, ERR_LIMIT, "release.selection",
		    "more than %zu objects hang together; release fewer at a time", g->max);
	enum err err = load_item(g, id, selected, &item, why);
	if (err == ERR_NOT_FOUND && !selected)
		return OK;
	if (err != OK)
		return err;
	item->selected = selected;
	memmove(&g->item[at + 1], &g->item[at], (g->len - at) * sizeof(struct agreement_item *));
	g->item[at] = item;
	g->len++;
	return OK;
}
