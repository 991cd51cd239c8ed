/* The objects of an order, and what is known of the way each came by. */
#include "content.h"
#include "marking.h"
#include "random.h"
#include "selection_p.h"
#include "versions.h"

enum { SET_FIRST = 256 }; /* room of a set that is new */

/* ---- identifiers ---- */

/* Multiply and fold: of eight bytes at a time, the last of them padded. */
static uint64_t
hash_id(uint64_t seed, struct str id)
{
	uint64_t hash = seed ^ id.len;

	for (size_t at = 0; at < id.len; at += sizeof(hash)) {
		size_t n = id.len - at < sizeof(hash) ? id.len - at : sizeof(hash);
		uint64_t part = 0;

		memcpy(&part, id.ptr + at, n);
		hash = (hash ^ part) * 0x9e3779b97f4a7c15u; /* 2^64 / phi */
		hash ^= hash >> 32;
	}
	return hash;
}

/* The slot of an identifier, or the free one where it belongs. */
static size_t
slot_of(const struct id_set *set, struct str id)
{
	size_t mask = 2 * set->cap - 1, at = (size_t)hash_id(set->seed, id) & mask;

	while (set->slot[at] != 0 && !str_eq(set->id[set->slot[at] - 1], id))
		at = (at + 1) & mask;
	return at;
}

size_t
id_set_find(const struct id_set *set, struct str id)
{
	if (set->cap == 0)
		return SIZE_MAX;

	uint32_t place = set->slot[slot_of(set, id)];
	return place == 0 ? SIZE_MAX : place - 1;
}

static enum err
grow_set(struct id_set *set, struct why *why)
{
	struct id_set more = *set;

	if (set->cap == 0)
		random_bytes(&more.seed, sizeof(more.seed));
	more.cap = set->cap == 0 ? SET_FIRST : 2 * set->cap;
	more.id = arena_make(set->a, struct str, more.cap);
	more.slot = arena_make(set->a, uint32_t, 2 * more.cap);
	if (more.id == NULL || more.slot == NULL)
		return fail(why, ERR_LIMIT, "release.memory", "the selection is too large");
	for (size_t i = 0; i < set->len; i++) {
		more.id[i] = set->id[i];
		more.slot[slot_of(&more, more.id[i])] = (uint32_t)(i + 1);
	}
	*set = more;
	return OK;
}

enum err
id_set_add(struct id_set *set, struct str id, struct why *why)
{
	if (set->len == set->cap)
		TRY(grow_set(set, why));

	size_t at = slot_of(set, id);
	assert(set->slot[at] == 0);
	set->id[set->len++] = id;
	set->slot[at] = (uint32_t)set->len;
	return OK;
}

/* ---- gaps ---- */

static bool
is_in_gap(const struct gap *gap, struct str id)
{
	return gap->known && str_cmp(gap->from, id) <= 0 &&
	       (gap->end.ptr == NULL || str_cmp(id, gap->end) < 0);
}

enum err
selection_gap(struct gathering *g, struct gap *gap, const char *next, struct str id, bool *ret,
    struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	*ret = false;
	if (is_in_gap(gap, id))
		return OK;
	TRY(db_select(g->job->db, &rows, why, next, DB_T(id)));
	TRY(db_next(&rows, &has, why));
	*gap = (struct gap){ .known = true, .from = id };
	if (has)
		gap->end = arena_str(g->job->arena, db_col_text(&rows, 0));
	if (has && gap->end.ptr == NULL)
		return fail(why, ERR_LIMIT, "release.memory", "the selection is too large");
	*ret = has && str_eq(gap->end, id);
	return OK;
}

/* ---- one object ---- */

static const char next_given[] =
    "SELECT object_id FROM object WHERE object_id >= $1 AND giver <> '' ORDER BY object_id LIMIT 1";

/* Each way once, those of guests behind the others. */
static const char list_ways[] =
    "SELECT o.giver, o.originator, o.path, o.received_under FROM object o"
    " WHERE o.object_id = $1 AND o.giver <> ''"
    " GROUP BY o.giver, o.originator, o.path, o.received_under"
    " ORDER BY CASE WHEN " RANK_IS_GUEST("o") " THEN 1 ELSE 0 END,"
                                              " MIN(o.shard_key), MIN(o.date_added) LIMIT $2";

/* Whoever gave it to us once stays its giver, also when it was imported again
 * or was recalled: each way it came by counts. */
static enum err
add_ways(struct gathering *g, struct agreement_item *item, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	struct arena *a = g->job->arena;
	bool has = false;

	TRY(selection_gap(g, &g->given, next_given, item->object.id, &has, why));
	if (!has)
		return OK;
	TRY(db_select(g->job->db, &rows, why, list_ways, DB_T(item->object.id),
	    DB_I(WAYS_MAX + 1)));
	for (size_t n = 0;; n++) {
		TRY(db_next(&rows, &has, why));
		/* Of more ways than are looked at one may be the recipient's. */
		bool more = has && n == WAYS_MAX;
		item->disputed |= more;
		if (!has || more)
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

/* That we saw it ourselves is known from our own rows alone: these very bytes,
 * from no public source, before anybody gave it to us.  Where an officer chose
 * among contents the dates are those of the choices, and say nothing. */
static const char find_own[] =
    "SELECT 1 FROM object o WHERE o.object_id = $1 AND o.giver = '' AND o.owner = $2"
    " AND o.enclave = $3 AND o.originator = $2 AND o.raw_hash = $4 AND NOT EXISTS"
    " (SELECT 1 FROM import i WHERE i.import_id = o.import_id AND i.named <> '')"
    " AND o.date_added < (SELECT MIN(g.date_added) FROM object g WHERE g.object_id = $1"
    " AND g.giver <> '') AND NOT EXISTS (SELECT 1 FROM object g CROSS JOIN object_choice h"
    " WHERE g.object_id = $1 AND h.shard_key = g.shard_key AND h.object_id = $1)";

static enum err
find_observation(struct gathering *g, struct agreement_item *item, const struct hash *raw,
    struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	if (item->giver.len == 0)
		return OK;
	TRY(db_select(g->job->db, &rows, why, find_own, DB_T(item->object.id),
	    DB_T(g->job->gate->organisation), DB_T(g->job->gate->enclave), DB_B(hash_str(raw))));
	return db_next(&rows, &item->own_observation, why);
}

static const char next_differing[] = "SELECT object_id FROM object_conflict WHERE object_id >= $1"
                                     " ORDER BY object_id LIMIT 1";
/* The place of a policy in the list, and 1. */
static enum err
cite_source(struct gathering *g, const struct source_policy *policy, size_t *ret, struct why *why)
{
	for (*ret = 1; *ret <= g->sources; ++*ret) {
		if (hash_eq(&g->cited[*ret - 1].hash, &policy->hash))
			return OK;
	}
	if (g->cited == NULL)
		g->cited = arena_make(g->job->arena, struct source_cited, SOURCES_MAX);
	if (g->cited == NULL)
		return fail(why, ERR_LIMIT, "release.memory", "the selection is too large");
	assert(g->sources < SOURCES_MAX);
	g->cited[g->sources++] = (struct source_cited){ .name = policy->source,
		.version = policy->version,
		.hash = policy->hash };
	return OK;
}

static enum err
take_source(struct gathering *g, struct agreement_item *item, int64_t import_id, struct why *why)
{
	const struct source_policy *policy = NULL;

	TRY(source_of(g->job, item, import_id, &g->source, &policy, why));
	if (policy == NULL)
		return OK;
	item->default_tlp = policy->marking;
	return cite_source(g, policy, &item->source, why);
}

static enum err
read_item(struct gathering *g, const struct stored *stored, struct agreement_item **ret,
    struct why *why)
{
	const struct json *tree = NULL;
	struct agreement_item *item = arena_make(g->job->arena, struct agreement_item, 1);
	bool explained = false;

	if (item == NULL)
		return fail(why, ERR_LIMIT, "release.memory", "the selection is too large");
	TRY(json_parse(g->job->arena, stored->raw, NULL, &tree, why));
	TRY(stix_scan(tree, &item->object, why));
	item->version = stored->version;
	item->originator = stored->provenance.originator;
	item->giver = stored->provenance.giver;
	item->path = stored->provenance.path;
	item->received_under = stored->provenance.received_under;
	TRY(explained_markings(g->job->db, &g->explained, stored, &item->object, &explained, why));
	item->disputed |= !explained;
	*ret = item;
	return OK;
}

/* What guests handed in counts where nobody else has a version: who was given
 * nothing but a collection to write to stops no release of ours. */
static bool
is_guests(const struct stored *s)
{
	return rank_is_guest(s->provenance.giver);
}

static bool
is_there_already(const struct stored_list *rows, size_t at)
{
	for (size_t i = 0; i < at; i++) {
		if (hash_eq(&rows->object[i].raw_hash, &rows->object[at].raw_hash))
			return true;
	}
	return false;
}

/* What a marking means is not for those to dispute who come after whom says it here. */
static bool
is_lesser_definition(const struct stored_list *rows, size_t at)
{
	return str_is(rows->object[at].type, "marking-definition") &&
	       rows->object[at].rank > rows->object[0].rank;
}

static enum err
hold_version(struct gathering *g, struct agreement_item *item, struct version_held **io,
    struct why *why)
{
	struct version_held *held = arena_make(g->job->arena, struct version_held, 1);

	if (g->context++ >= CONTEXT_MAX || held == NULL)
		return fail(why, ERR_LIMIT, "release.selection",
		    "too many versions of what hangs together are here");
	held->item = item;
	held->next = *io;
	*io = held;
	return OK;
}

static enum err
read_contents(struct gathering *g, const struct stored *of, struct agreement_item *item,
    struct version_held **io, struct why *why)
{
	struct content_list list;

	TRY(store_contents(g->job->db, g->job->arena, of, &list, why));
	for (size_t i = 0; i < list.len; i++) {
		struct agreement_item *other = NULL;

		TRY(read_item(g, &list.content[i].row, &other, why));
		item->disputed |= content_disputes(&item->object, &other->object, &list, i);
		if (item->object.class != STIX_MARKING)
			TRY(hold_version(g, other, io, why));
	}
	return OK;
}

/* A bound of how many, not of room: its own words say which. */
static bool
is_count(const struct why *limit)
{
	return strcmp(limit->code, "release.selection") == 0 ||
	       strcmp(limit->code, "store.contents") == 0;
}

/* There was no room.  Which of all that was read fills it is not known: the place where it ended
 * is told, unless another compartment owns it. */
static enum err
no_room(const struct stored *of, const struct compartment *ours, struct why *why)
{
	bool own = compartment_has(ours, of->provenance.owner, of->provenance.enclave);

	return fail(why, ERR_LIMIT, "release.contents",
	    "what is ordered and what hangs together with it is too large to be judged at once; there "
	    "was no room for the contents beside a version of " STR_FMT
	    ": order less, or have large contents purged that are not needed",
	    STR_ARG(own ? of->id : S("an object of another compartment")));
}

/* Other contents of a version, one of which is served: all are judged together.  Of a marking
 * the first says what it means.  Where there is no room for them nothing that hangs together with
 * them is judged. */
static enum err
load_contents(struct gathering *g, const struct stored *of, struct agreement_item *item,
    struct version_held **io, struct why *why)
{
	const struct compartment ours = { g->job->gate->organisation, g->job->gate->enclave };
	struct why reason = { 0 };
	bool has = false;

	TRY(selection_gap(g, &g->differing, next_differing, of->id, &has, why));
	if (!has)
		return OK;
	enum err err = read_contents(g, of, item, io, &reason);
	if (err == ERR_LIMIT && !is_count(&reason))
		return no_room(of, &ours, why);
	if (err != OK && why != NULL)
		*why = reason;
	return err;
}

/* The versions behind the first of the rows, each content once, unless others lie beside it. */
static enum err
load_others(struct gathering *g, const struct stored_list *rows, struct version_held **ret,
    struct why *why)
{
	bool differing = false;

	*ret = NULL;
	if (rows->len > 1)
		TRY(selection_gap(g, &g->differing, next_differing, rows->object[0].id, &differing,
		    why));
	for (size_t i = 1; i < rows->len; i++) {
		struct agreement_item *item = NULL;

		if ((!differing && is_there_already(rows, i)) || is_lesser_definition(rows, i) ||
		    (is_guests(&rows->object[i]) && !is_guests(&rows->object[0])))
			continue;
		TRY(read_item(g, &rows->object[i], &item, why));
		TRY(hold_version(g, item, ret, why));
		TRY(load_contents(g, &rows->object[i], item, ret, why));
	}
	return OK;
}

/* What is asked for is our own; what is around it is our own where we have it. */
static enum err
load_item(struct gathering *g, struct str id, bool selected, struct agreement_item **ret,
    struct version_held **ret_others, struct why *why)
{
	const struct compartment ours = { g->job->gate->organisation, g->job->gate->enclave };
	struct stored_list rows;

	TRY(store_latest_rows(g->job->db, g->job->arena, id, &ours, &rows, why));
	const struct stored *stored = &rows.object[0];
	if (selected &&
	    !compartment_has(&ours, stored->provenance.owner, stored->provenance.enclave))
		return fail(why, ERR_NOT_FOUND, "store.object", "there is no object " STR_FMT,
		    STR_ARG(id));
	TRY(read_item(g, stored, ret, why));
	TRY(load_others(g, &rows, ret_others, why));
	TRY(load_contents(g, stored, *ret, ret_others, why));
	TRY(add_ways(g, *ret, why));
	TRY(find_observation(g, *ret, &stored->raw_hash, why));
	return take_source(g, *ret, stored->provenance.import_id, why);
}

static enum err
keep_item(struct gathering *g, struct agreement_item *item, struct version_held *others,
    struct why *why)
{
	if (g->len == g->cap) {
		size_t cap = g->cap == 0 ? SET_FIRST : 2 * g->cap;
		struct agreement_item **more =
		    arena_make(g->job->arena, struct agreement_item *, cap);

		struct version_held **more_others =
		    arena_make(g->job->arena, struct version_held *, cap);

		if (more == NULL || more_others == NULL)
			return fail(why, ERR_LIMIT, "release.memory", "the selection is too large");
		for (size_t i = 0; i < g->len; i++) {
			more[i] = g->item[i];
			more_others[i] = g->others[i];
		}
		g->item = more;
		g->others = more_others;
		g->cap = cap;
	}
	TRY(id_set_add(&g->ids, item->object.id, why));
	g->others[g->len] = others;
	g->item[g->len++] = item;
	g->context += !item->selected;
	return OK;
}

enum err
selection_add(struct gathering *g, struct str id, bool selected, struct why *why)
{
	size_t at = id_set_find(&g->ids, id);
	struct agreement_item *item = NULL;
	struct version_held *others = NULL;

	if (at != SIZE_MAX) {
		g->context -= selected && !g->item[at]->selected;
		g->item[at]->selected |= selected;
		return OK;
	}
	if (!selected && g->context >= CONTEXT_MAX)
		return fail(why, ERR_LIMIT, "release.selection",
		    "more than %d objects tell with whom the selected ones hang together; "
		    "release fewer at a time",
		    CONTEXT_MAX);
	enum err err = load_item(g, id, selected, &item, &others, why);
	if (err == ERR_NOT_FOUND && !selected)
		return OK;
	if (err != OK)
		return err;
	item->selected = selected;
	return keep_item(g, item, others, why);
}
