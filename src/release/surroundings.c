/* What hangs together with the objects of an order, and whom none of them may name.
 *
 * A selected object is judged by what it refers to, by what links it with
 * something withheld, and by values of withheld objects around it (ties.c and
 * withheld.c of agreement/).  What can be none of these is not read: a
 * relationship between a technique and a tool ties neither to anybody, and a
 * well-known technique has a thousand of them. */
#include "marking.h"
#include "room.h"
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
is_marking(struct str property)
{
	return str_is(property, "object_marking_refs") || str_is(property, "marking_ref");
}

/* Of more markings than are asked for the others stay unknown: no. */
static bool
add_target(void *arg, struct str id, struct str property, struct str pointer)
{
	struct gathering *g = arg;
	struct marking known;

	(void)pointer;
	if (marking_by_id(id, &known) ||
	    (is_marking(property) && id_set_find(&g->ids, id) == SIZE_MAX &&
	        g->markings++ >= EXPLAINED_ASKED_MAX))
		return true;
	g->err = selection_add(g, id, false, g->why);
	return g->err == OK;
}

/* What the place-th item refers to, by any of its versions. */
static void
each_ref(struct gathering *g, size_t place, stix_ref_fn *fn)
{
	g->markings = 0;
	stix_refs(&g->item[place]->object, fn, g);
	for (const struct version_held *v = g->others[place]; v != NULL && g->err == OK;
	     v = v->next)
		stix_refs(&v->item->object, fn, g);
}

/* ---- what refers to an object ---- */

static const char next_referred[] =
    "SELECT target FROM object_ref WHERE target >= $1 ORDER BY target LIMIT 1";
static const char list_referrers[] =
    "SELECT source FROM object_ref WHERE target = $1 ORDER BY source";
/* Our own objects that refer to one, and those of its giver: what others
 * received and said about it ties nothing of ours, and does not count.  A content
 * that lies beside another's counts as it does when it is judged. */
static const char is_telling[] =
    "SELECT 1 FROM object o WHERE o.object_id = $1 AND o.giver IN ('', $2) AND (o.latest = 1"
    " OR EXISTS (SELECT 1 FROM object_conflict k WHERE k.shard_key = o.shard_key"
    " AND k.date_added = o.date_added)) LIMIT 1";
/* What an object refers to, and which of that has parts under a marking of their own. */
#define HAS_PARTS(id)                                                                \
	"CASE WHEN EXISTS (SELECT 1 FROM object_ref m WHERE m.target = '" REFS_PARTS \
	"' AND m.source = " id ") THEN 1 ELSE 0 END"
static const char list_ends[] = "SELECT DISTINCT r.target, " HAS_PARTS(
    "r.target") " FROM"
                " object_ref r WHERE r.source = $1 ORDER BY r.target";
static const char has_parts[] = "SELECT " HAS_PARTS("$1");

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

/* One that was not followed yet; what others said is passed over. */
static enum err
take_referrer(struct gathering *g, const struct agreement_item *item, struct str id,
    struct id_list *ret, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool counts = false;

	TRY(db_select(g->job->db, &rows, why, is_telling, DB_T(id), DB_T(item->giver)));
	TRY(db_next(&rows, &counts, why));
	if (!counts)
		return OK;
	if (ret->len + 1 == REFERRERS_SEEN_MAX)
		return fail(why, ERR_LIMIT, "release.hub",
		    "%d or more objects refer to " STR_FMT "; its ties cannot be judged",
		    REFERRERS_SEEN_MAX, STR_ARG(item->object.id));
	return put_id(g->job->arena, ret, id, why);
}

/* Those that were not followed yet, of what refers to an item, each once. */
static enum err
list_new_referrers(struct gathering *g, const struct agreement_item *item, struct id_list *ret,
    struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	TRY(selection_gap(g, &g->referred, next_referred, item->object.id, &has, why));
	if (!has)
		return OK;
	TRY(db_select(g->job->db, &rows, why, list_referrers, DB_T(item->object.id)));
	for (;;) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			return OK;
		struct str id = db_col_text(&rows, 0);
		bool again = ret->len > 0 && str_eq(ret->id[ret->len - 1], id);

		if (!again && id_set_find(&g->followed, id) == SIZE_MAX)
			TRY(take_referrer(g, item, id, ret, why));
	}
}

/* What one object refers to. */
struct ends {
	struct id_list all, telling;
	bool has_parts; /* the object itself */
};

static enum err
list_ends_of(struct gathering *g, struct str id, struct ends *ret, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	TRY(db_select(g->job->db, &rows, why, list_ends, DB_T(id)));
	for (*ret = (struct ends){ 0 };;) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			return OK;
		struct str end = db_col_text(&rows, 0);
		if (str_is(end, REFS_PARTS)) {
			ret->has_parts = true;
			continue;
		}
		TRY(put_id(g->job->arena, &ret->all, end, why));
		if (db_col_i64(&rows, 1) != 0 || can_tell(g, end))
			TRY(put_id(g->job->arena, &ret->telling, end, why));
	}
}

/* A link ties its ends when one of them can be withheld; what can tell goes
 * along with all that it names; of everything else only those of its targets
 * whose values may be withheld matter. */
static enum err
follow_one(struct gathering *g, struct str id, struct ends *ends, size_t *counts, struct why *why)
{
	TRY(id_set_add(&g->followed, id, why));
	TRY(list_ends_of(g, id, ends, why));
	bool wholly = ends->has_parts || can_tell(g, id) ||
	              (is_link(stix_id_type(id)) && ends->telling.len > 0);
	const struct id_list *list = wholly ? &ends->all : &ends->telling;
	*counts += wholly;
	if (wholly)
		TRY(selection_add(g, id, false, why));
	for (size_t i = 0; i < list->len; i++)
		TRY(selection_add(g, list->id[i], false, why));
	return OK;
}

/* A link matters, too, when only what was followed lists it (a report, a
 * collection).  It does not refer to the selected object, and counts for no hub. */
static enum err
follow(struct gathering *g, struct str id, size_t *counts, struct why *why)
{
	struct ends ends, beyond;
	size_t listed = 0;

	TRY(follow_one(g, id, &ends, counts, why));
	for (size_t i = 0; i < ends.all.len; i++) {
		struct str end = ends.all.id[i];

		if (is_link(stix_id_type(end)) && id_set_find(&g->followed, end) == SIZE_MAX)
			TRY(follow_one(g, end, &beyond, &listed, why));
	}
	return OK;
}

static enum err
add_referrers_of(struct gathering *g, const struct agreement_item *item, bool links,
    struct why *why)
{
	struct id_list list = { 0 };
	size_t counts = 0;

	TRY(list_new_referrers(g, item, &list, why));
	for (size_t i = 0; i < list.len; i++) {
		if (id_set_find(&g->followed, list.id[i]) != SIZE_MAX ||
		    (links && !is_link(stix_id_type(list.id[i]))))
			continue;
		TRY(follow(g, list.id[i], &counts, why));
		if (counts >= REFERRERS_MAX)
			return fail(why, ERR_LIMIT, "release.hub",
			    "%d or more objects may tie " STR_FMT
			    " to somebody; its ties cannot be judged",
			    REFERRERS_MAX, STR_ARG(item->object.id));
	}
	return OK;
}

/* ---- who must not be named ---- */

static_assert(2 * ROOM_NAMES_ALL < NEEDLES_MAX, "guests and feeds leave room for ours");

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

static bool
add_telling_target(void *arg, struct str id, struct str property, struct str pointer)
{
	struct gathering *g = arg;
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	struct str type = stix_id_type(id);

	if (!str_is(type, "marking-definition") && !is_link(type) && !can_tell(g, id)) {
		g->err = db_select_one(g->job->db, &rows, g->why, has_parts, DB_T(id));
		if (g->err != OK || db_col_i64(&rows, 0) == 0)
			return g->err == OK;
	}
	return add_target(arg, id, property, pointer);
}

/* What an item of the context refers to: annotations are tied to what they
 * speak of, all others to what can be withheld. */
static enum err
add_targets_beyond(struct gathering *g, size_t place)
{
	const struct stix_object *o = &g->item[place]->object;
	bool all = is_annotation(o->type) || can_tell(g, o->id);

	each_ref(g, place, all ? add_target : add_telling_target);
	return g->err;
}

/* Data that was observed at somebody's is theirs, and so is what it lists. */
static enum err
add_links_of_data(struct gathering *g, size_t from, struct why *why)
{
	for (size_t i = from; i < g->len; i++) {
		if (!str_is(g->item[i]->object.type, "observed-data"))
			continue;
		each_ref(g, i, add_target);
		TRY(g->err);
		TRY(add_referrers_of(g, g->item[i], true, why));
	}
	return OK;
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
		each_ref(g, i, add_target);
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
			TRY(add_referrers_of(g, g->item[i], false, why));
	}
	for (size_t i = selected; i < near; i++)
		TRY(add_targets_beyond(g, i));
	return add_links_of_data(g, selected, why);
}
