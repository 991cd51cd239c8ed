/* What hangs together with the objects of an order, and whom none of them may name. */
#include "marking.h"
#include "selection_p.h"

static bool
add_target(void *arg, struct str id, struct str property, struct str pointer)
{
	struct gathering *g = arg;
	struct marking known;

	(void)property;
	(void)pointer;
	if (marking_by_id(id, &known))
		return true;
	g->err = selection_add(g, id, false, g->why);
	return g->err == OK;
}

/* Adds what the items refer to. */
static enum err
add_targets(struct gathering *g, struct agreement_item *const *from, size_t n, struct why *why)
{
	g->why = why;
	g->err = OK;
	for (size_t i = 0; i < n; i++) {
		stix_each_ref(&from[i]->object, add_target, g);
		TRY(g->err);
	}
	return OK;
}

static const char list_referrers[] =
    "SELECT DISTINCT r.source FROM object_ref r WHERE r.target = $1 AND EXISTS"
    " (SELECT 1 FROM object o WHERE o.object_id = r.source AND o.latest = 1"
    " AND o.giver IN ('', $2)) ORDER BY r.source LIMIT $3";

/* Whom everybody knows ties nothing together. */
static bool
is_public(const struct gathering *g, struct str id)
{
	return str_eq(id, g->job->gate->redaction_identity);
}

/* Our own objects that refer to one, and those of its giver: what others
 * received and said about it ties nothing of ours. */
static enum err
add_referrers_of(struct gathering *g, const struct agreement_item *item, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	struct str *id = arena_make(g->job->arena, struct str, REFERRERS_MAX);
	bool has = false;
	size_t n = 0;

	if (id == NULL)
		return fail(why, ERR_LIMIT, "release.memory", "the selection is too large");
	TRY(db_select(g->job->db, &rows, why, list_referrers, DB_T(item->object.id),
	    DB_T(item->giver), DB_I(REFERRERS_MAX)));
	for (;;) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			break;
		id[n++] = arena_str(g->job->arena, db_col_text(&rows, 0));
	}
	db_rows_endp(&rows);
	if (n == REFERRERS_MAX)
		return fail(why, ERR_LIMIT, "release.hub",
		    "%d or more objects refer to " STR_FMT "; its ties cannot be judged",
		    REFERRERS_MAX, STR_ARG(item->object.id));
	for (size_t i = 0; i < n; i++)
		TRY(selection_add(g, id[i], false, why));
	return OK;
}

static enum err
add_referrers(struct gathering *g, struct agreement_item *const *from, size_t n, struct why *why)
{
	for (size_t i = 0; i < n; i++) {
		if (!is_public(g, from[i]->object.id))
			TRY(add_referrers_of(g, from[i], why));
	}
	return OK;
}

/* ---- who must not be named ---- */

struct needles {
	struct gathering *g;
	struct str *id;
	size_t len;
};

static enum err
note_needle(void *arg, struct str id, struct str raw, struct why *why)
{
	struct needles *n = arg;

	(void)raw;
	if (n->len == NEEDLES_MAX)
		return fail(why, ERR_LIMIT, "release.needles",
		    "more than %d identities and mailboxes are here to be looked for", NEEDLES_MAX);
	n->id[n->len++] = arena_str(n->g->job->arena, id);
	return OK;
}

/* Every identity and mailbox that we hold: its name may stand in the text of
 * an object that does not refer to it. */
enum err
selection_add_needles(struct gathering *g, struct why *why)
{
	static const char *const types[] = { "identity", "email-addr", "user-account" };
	struct needles n = { .g = g, .id = arena_make(g->job->arena, struct str, NEEDLES_MAX) };

	if (n.id == NULL)
		return fail(why, ERR_LIMIT, "release.memory", "the selection is too large");
	for (size_t i = 0; i < COUNTOF(types); i++) {
		const struct store_visit visit = { str_of(types[i]), NULL, note_needle, &n };

		TRY(store_each_latest(g->job->db, &visit, why));
	}
	for (size_t i = 0; i < n.len; i++)
		TRY(selection_add(g, n.id[i], false, why));
	return OK;
}

/* A copy of the list as it stands: adding moves the original. */
static enum err
snapshot(struct gathering *g, struct agreement_item ***ret, size_t *ret_len, struct why *why)
{
	struct agreement_item **copy =
	    arena_make(g->job->arena, struct agreement_item *, g->len + 1);

	if (copy == NULL)
		return fail(why, ERR_LIMIT, "release.memory", "the selection is too large");
	memcpy(copy, g->item, g->len * sizeof(struct agreement_item *));
	*ret = copy;
	*ret_len = g->len;
	return OK;
}

/* Selected objects, what they name and what names them, and what those name:
 * an identity at the other end of a relationship is two steps away. */
enum err
selection_add_surroundings(struct gathering *g, struct why *why)
{
	struct agreement_item **seen = NULL;
	size_t n = 0;

	TRY(store_refs_catch_up(g->job->db, why));
	TRY(snapshot(g, &seen, &n, why));
	TRY(add_targets(g, seen, n, why));
	TRY(add_referrers(g, seen, n, why));
	TRY(snapshot(g, &seen, &n, why));
	return add_targets(g, seen, n, why);
}
