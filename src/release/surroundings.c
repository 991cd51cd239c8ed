/* What hangs together with the objects of an order, and whom none of them may name.
 *
 * A selected object is judged by what it refers to, by what links it with
 * something withheld, and by values of withheld objects around it (ties.c and
 * withheld.c of agreement/).  What can be none of these is not read: a
 * relationship between a technique and a tool ties neither to anybody, and a
 * well-known technique has a thousand of them. */
#include "marking.h"
#include "selection_p.h"

/* ---- what can matter ---- */

/* Withheld, a value of somebody withheld, or data that may be about them.  All
 * others (techniques, tools, reports, custom types) tie nothing by being
 * referred to. */
static bool
can_tell(const struct gathering *g, struct str id)
{
	struct str type = stix_id_type(id);

	if (id_set_find(&g->known, id) != SIZE_MAX)
		return false;
	return str_is(type, "identity") || str_is(type, "observed-data") ||
	       stix_class_of(type) == STIX_SCO;
}

static bool
is_link(struct str type)
{
	return str_is(type, "relationship") || str_is(type, "sighting");
}

/* Whether it is tied because of what it speaks of, however far that is. */
static bool
is_annotation(struct str type)
{
	static const char *const types[] = { "note", "opinion", "report", "grouping",
		"language-content" };

	for (size_t i = 0; i < COUNTOF(types); i++) {
		if (str_is(type, types[i]))
			return true;
	}
	return is_link(type);
}

/* ---- what an object refers to ---- */

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

static bool
add_telling_target(void *arg, struct str id, struct str property, struct str pointer)
{
	const struct gathering *g = arg;
	bool definition = str_is(stix_id_type(id), "marking-definition");

	return definition || can_tell(g, id) ? add_target(arg, id, property, pointer) : true;
}

/* ---- what refers to an object ---- */

static const char list_referrers[] = "SELECT DISTINCT source FROM object_ref WHERE target = $1"
                                     " ORDER BY source LIMIT $2";
static const char list_ends[] =
    "SELECT DISTINCT target FROM object_ref WHERE source = $1 ORDER BY target";
static const char is_said_by[] =
    "SELECT 1 FROM object WHERE object_id = $1 AND latest = 1 AND giver IN ('', $2) LIMIT 1";

/* Rows of one column of identifiers. */
struct id_list {
	struct str *id;
	size_t len, cap;
};

static enum err
put_id(struct arena *a, struct id_list *list, struct str id, struct why *why)
{
	if (list->len == list->cap) {
		size_t cap = list->cap == 0 ? 16 : 2 * list->cap;
		struct str *more = arena_make(a, struct str, cap);

		if (more == NULL)
			return fail(why, ERR_LIMIT, "release.memory", "the selection is too large");
		if (list->len > 0)
			memcpy(more, list->id, list->len * sizeof(*more));
		list->id = more;
		list->cap = cap;
	}
	list->id[list->len++] = arena_str(a, id);
	return OK;
}

/* Our own objects that refer to one, and those of its giver: what others
 * received and said about it ties nothing of ours. */
static enum err
is_said(struct gathering *g, struct str id, struct str giver, bool *ret, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	TRY(db_select(g->job->db, &rows, why, is_said_by, DB_T(id), DB_T(giver)));
	return db_next(&rows, ret, why);
}

/* Those that were not followed yet, of what refers to an item. */
static enum err
list_new_referrers(struct gathering *g, struct str target, struct id_list *ret, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	TRY(db_select(g->job->db, &rows, why, list_referrers, DB_T(target),
	    DB_I(REFERRERS_SEEN_MAX)));
	for (size_t n = 0;; n++) {
		struct str id;

		TRY(db_next(&rows, &has, why));
		if (!has)
			return OK;
		if (n + 1 == REFERRERS_SEEN_MAX)
			return fail(why, ERR_LIMIT, "release.hub",
			    "%d or more objects refer to " STR_FMT "; its ties cannot be judged",
			    REFERRERS_SEEN_MAX, STR_ARG(target));
		id = db_col_text(&rows, 0);
		if (id_set_find(&g->followed, id) == SIZE_MAX)
			TRY(put_id(g->job->arena, ret, id, why));
	}
}

static enum err
list_ends_of(struct gathering *g, struct str id, struct id_list *ret, bool *ret_tells,
    struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	TRY(db_select(g->job->db, &rows, why, list_ends, DB_T(id)));
	for (*ret_tells = false;;) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			return OK;
		struct str end = db_col_text(&rows, 0);
		*ret_tells |= can_tell(g, end);
		TRY(put_id(g->job->arena, ret, end, why));
	}
}

/* A link ties its ends when one of them can be withheld; what can tell goes
 * along with all that it names; of everything else only those of its targets
 * whose values may be withheld matter. */
static enum err
follow(struct gathering *g, struct str id, bool *ret_counts, struct why *why)
{
	struct str type = stix_id_type(id);
	struct id_list ends = { 0 };
	bool tells = false;

	TRY(id_set_add(&g->followed, id, why));
	TRY(list_ends_of(g, id, &ends, &tells, why));
	bool wholly = can_tell(g, id) || (is_link(type) && tells);
	*ret_counts = wholly;
	if (wholly)
		TRY(selection_add(g, id, false, why));
	for (size_t i = 0; i < ends.len; i++) {
		if (wholly || can_tell(g, ends.id[i]))
			TRY(selection_add(g, ends.id[i], false, why));
	}
	return OK;
}

static enum err
add_referrers_of(struct gathering *g, const struct agreement_item *item, struct why *why)
{
	struct id_list list = { 0 };
	size_t n = 0;

	TRY(list_new_referrers(g, item->object.id, &list, why));
	for (size_t i = 0; i < list.len; i++) {
		bool said = false, counts = false;

		TRY(is_said(g, list.id[i], item->giver, &said, why));
		if (said)
			TRY(follow(g, list.id[i], &counts, why));
		n += counts;
		if (n == REFERRERS_MAX)
			return fail(why, ERR_LIMIT, "release.hub",
			    "%d or more objects may tie " STR_FMT
			    " to somebody; its ties cannot be judged",
			    REFERRERS_MAX, STR_ARG(item->object.id));
	}
	return OK;
}

/* ---- who must not be named ---- */

static const char list_type[] =
    "SELECT DISTINCT o.object_id FROM collection c CROSS JOIN object o"
    " WHERE o.shard_key = c.shard_key AND o.type = $1 AND o.latest = 1 AND c.kind <> 'released'"
    " ORDER BY o.object_id LIMIT $2";

static enum err
list_needles(struct gathering *g, const char *type, struct id_list *list, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	TRY(db_select(g->job->db, &rows, why, list_type, DB_T(str_of(type)),
	    DB_I(NEEDLES_MAX + 1)));
	for (;;) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			return OK;
		if (list->len == NEEDLES_MAX)
			return fail(why, ERR_LIMIT, "release.needles",
			    "more than %d identities and mailboxes are here to be looked for",
			    NEEDLES_MAX);
		TRY(put_id(g->job->arena, list, db_col_text(&rows, 0), why));
	}
}

/* Every identity and mailbox that we hold, revoked ones too: its name may stand
 * in the text of an object that does not refer to it. */
enum err
selection_add_needles(struct gathering *g, struct why *why)
{
	static const char *const types[] = { "identity", "email-addr", "user-account" };
	struct id_list list = { 0 };

	for (size_t i = 0; i < COUNTOF(types); i++)
		TRY(list_needles(g, types[i], &list, why));
	for (size_t i = 0; i < list.len; i++)
		TRY(selection_add(g, list.id[i], false, why));
	return OK;
}

/* What an item of the context refers to: annotations are tied to what they
 * speak of, all others to what can be withheld. */
static enum err
add_targets_beyond(struct gathering *g, const struct agreement_item *item)
{
	bool all = is_annotation(item->object.type) || can_tell(g, item->object.id);

	stix_refs(&item->object, all ? add_target : add_telling_target, g);
	return g->err;
}

/* Selected objects, what they name and what names them, and what those name:
 * an identity at the other end of a relationship is two steps away. */
enum err
selection_add_surroundings(struct gathering *g, struct why *why)
{
	size_t selected = g->len, near;

	TRY(store_refs_catch_up(g->job->db, why));
	g->why = why;
	g->err = OK;
	for (size_t i = 0; i < selected; i++) {
		stix_refs(&g->item[i]->object, add_target, g);
		TRY(g->err);
		agreement_each_named(&g->item[i]->object, add_target, g);
		TRY(g->err);
		/* All that a selected one names is here: it need not be followed. */
		if (id_set_find(&g->followed, g->item[i]->object.id) == SIZE_MAX)
			TRY(id_set_add(&g->followed, g->item[i]->object.id, why));
	}
	near = g->len;
	for (size_t i = 0; i < selected; i++) {
		/* In whose name each copy is made ties nothing together. */
		if (!str_eq(g->item[i]->object.id, g->job->gate->redaction_identity))
			TRY(add_referrers_of(g, g->item[i], why));
	}
	for (size_t i = selected; i < near; i++)
		TRY(add_targets_beyond(g, g->item[i]));
	return OK;
}
