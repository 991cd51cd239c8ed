#include "whole.h"

#include "selection_p.h"

static const char *const names[] = {
	[WITH_TECHNIQUE] = "technique",
	[WITH_VICTIM] = "victim",
	[WITH_ALL] = "all",
};

const char *
release_with_name(enum release_with w)
{
	return names[w];
}

bool
release_with_parse(struct str name, enum release_with *ret)
{
	for (size_t i = 0; i < COUNTOF(names); i++) {
		if (str_is(name, names[i])) {
			*ret = (enum release_with)i;
			return true;
		}
	}
	return false;
}

/* ---- what hangs on a whole ---- */

/* The objects found so far; those that were asked for come first. */
struct whole {
	const struct release_job *job;
	struct str *id;        /* of SELECTION_MAX */
	struct id_set found;   /* what is among them */
	struct arena *scratch; /* of one object */
	size_t named, len;
	size_t root;       /* index of the one that is followed */
	struct str author; /* of it: whose relationships are followed further */
	bool wholes;       /* another whole may join: the followed one refers to it */
	struct why *why;
	enum err err; /* of a callback */
};

static bool
has(const struct whole *w, struct str id)
{
	return id_set_find(&w->found, id) != SIZE_MAX;
}

static enum err
add(struct whole *w, struct str id)
{
	if (has(w, id))
		return OK;
	if (w->len == SELECTION_MAX)
		return fail(w->why, ERR_LIMIT, "release.selection",
		    "more than %d objects hang on " STR_FMT "; name those that are meant",
		    SELECTION_MAX, STR_ARG(w->id[w->root]));
	w->id[w->len] = arena_str(w->job->arena, id);
	return id_set_add(&w->found, w->id[w->len++], w->why);
}

/* Those that were asked for; whoever names one twice gets it twice. */
static enum err
add_named(struct whole *w, const struct release_ask *ask)
{
	for (; w->len < ask->ids; w->len++) {
		w->id[w->len] = ask->id[w->len];
		if (!has(w, ask->id[w->len]))
			TRY(id_set_add(&w->found, ask->id[w->len], w->why));
	}
	return OK;
}

static bool
is_whole(struct str id)
{
	return agreement_is_whole(stix_id_type(id));
}

/* Tied to much that has nothing to do with this incident. */
static bool
is_hub(struct str id)
{
	struct str type = stix_id_type(id);

	return str_is(type, "identity") || str_is(type, "location");
}

/* Our newest version of an object; *ret_has: there is one. */
static enum err
read_object(struct whole *w, struct str id, struct stix_object *ret, bool *ret_has)
{
	const struct gate *g = w->job->gate;
	const struct compartment ours = { g->organisation, g->enclave };
	const struct json *tree = NULL;
	struct stored stored;
	enum err err = store_latest_own(w->job->db, w->scratch, id, &ours, &stored, w->why);

	*ret_has = err == OK;
	if (err == ERR_NOT_FOUND)
		return OK;
	TRY(err);
	TRY(json_parse(w->scratch, stored.raw, NULL, &tree, w->why));
	return stix_scan(tree, ret, w->why);
}

static bool
is_frame(struct str property)
{
	return str_is(property, "created_by_ref") || str_is(property, "object_marking_refs") ||
	       str_is(property, "marking_ref");
}

static bool
add_ref(void *arg, struct str id, struct str property, struct str pointer)
{
	struct whole *w = arg;
	bool has_it = false;
	struct stix_object o;

	(void)pointer;
	/* Another incident is another decision. */
	if (is_frame(property) || has(w, id) || (is_whole(id) && !w->wholes))
		return true;
	w->err = read_object(w, id, &o, &has_it);
	if (w->err == OK && has_it)
		w->err = add(w, id);
	return w->err == OK;
}

/* Adds what an object refers to itself. */
static enum err
follow_refs(struct whole *w, struct str id, struct str *ret_author)
{
	struct stix_object o;
	bool has_it = false;

	TRY(read_object(w, id, &o, &has_it));
	if (!has_it)
		return OK;
	if (ret_author != NULL)
		*ret_author =
		    arena_str(w->job->arena, json_str(json_get(o.json, S("created_by_ref"))));
	w->err = OK;
	stix_each_ref(&o, add_ref, w);
	return w->err;
}

static const char list_referrers[] =
    "SELECT DISTINCT source FROM object_ref WHERE target = $1 ORDER BY source LIMIT $2";

/* Adds what says something about an object, with what it ties to it.  What
 * others than the whole's author say is followed from the whole alone. */
static enum err
follow_referrer(struct whole *w, struct str about, struct str id)
{
	struct str type = stix_id_type(id);
	bool speaks =
	    str_is(type, "relationship") || str_is(type, "note") || str_is(type, "opinion");
	struct stix_object o;
	bool has_it = false;

	if (!speaks || has(w, id))
		return OK;
	TRY(read_object(w, id, &o, &has_it));
	if (!has_it)
		return OK;
	bool theirs =
	    w->author.len > 0 && str_eq(json_str(json_get(o.json, S("created_by_ref"))), w->author);
	struct str source = json_str(json_get(o.json, S("source_ref")));
	struct str target = json_str(json_get(o.json, S("target_ref")));
	struct str other = str_eq(source, about) ? target : source;
	if (!theirs && !str_eq(about, w->id[w->root]))
		return OK;
	if (other.len > 0 && is_whole(other) && !has(w, other))
		return OK;
	TRY(add(w, id));
	w->err = OK;
	stix_each_ref(&o, add_ref, w);
	return w->err;
}

static enum err
follow_referrers(struct whole *w, struct str about)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	struct str *id = arena_make(w->job->arena, struct str, REFERRERS_MAX);
	bool has_row = false;
	size_t n = 0;

	if (id == NULL)
		return fail(w->why, ERR_LIMIT, "release.memory", "the selection is too large");
	TRY(db_select(w->job->db, &rows, w->why, list_referrers, DB_T(about), DB_I(REFERRERS_MAX)));
	for (;;) {
		TRY(db_next(&rows, &has_row, w->why));
		if (!has_row)
			break;
		id[n++] = arena_str(w->job->arena, db_col_text(&rows, 0));
	}
	db_rows_endp(&rows);
	/* What everybody speaks of is not of this incident. */
	for (size_t i = 0; n < REFERRERS_MAX && i < n; i++) {
		TRY(follow_referrer(w, about, id[i]));
		arena_clear(w->scratch);
	}
	return OK;
}

/* One step further from all that the last one found. */
static enum err
step(struct whole *w, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		if (is_whole(w->id[i]) && i >= w->named)
			continue;
		TRY(follow_refs(w, w->id[i], NULL));
		arena_clear(w->scratch);
		if (!is_hub(w->id[i]))
			TRY(follow_referrers(w, w->id[i]));
	}
	return OK;
}

static enum err
follow(struct whole *w, size_t root)
{
	size_t from = w->len;

	w->root = root;
	w->author = S("");
	w->wholes = true;
	TRY(follow_refs(w, w->id[root], &w->author));
	w->wholes = false;
	arena_clear(w->scratch);
	TRY(follow_referrers(w, w->id[root]));
	for (unsigned i = 1; i < WHOLE_STEPS; i++) {
		size_t to = w->len;

		TRY(step(w, from, to));
		from = to;
	}
	return OK;
}

/* ---- which half of it ---- */

/* The place of a named object in the request, which is sorted by identifier. */
static size_t
item_of(const struct agreement_request *r, struct str id)
{
	size_t low = 0, high = r->items;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (str_cmp(r->item[mid].object.id, id) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

bool
whole_goes_along(enum half half, enum release_with with)
{
	return with == WITH_ALL || (half == HALF_TECHNIQUE) == (with == WITH_TECHNIQUE);
}

static enum err
divide(struct whole *w, const struct release_ask *ask, struct release_choice *ret, struct why *why)
{
	struct release_ask all = *ask;
	struct agreement_request request;
	const enum half *half = NULL;
	struct release_left *left = arena_make(w->job->arena, struct release_left, w->len + 1);
	size_t n = w->named;

	if (left == NULL)
		return fail(why, ERR_LIMIT, "release.memory", "the selection is too large");
	all.ids = w->len;
	all.id = w->id;
	const struct gather in = { .job = w->job, .ask = &all, .as_of_leaf = GATHER_NOW };
	TRY(gather_request(&in, &request, why));
	TRY(agreement_halves(w->job->arena, &request, &half, why));
	for (size_t i = w->named; i < w->len; i++) {
		enum half h = half[item_of(&request, w->id[i])];

		if (whole_goes_along(h, ask->with))
			w->id[n++] = w->id[i];
		else
			left[ret->left++] = (struct release_left){ w->id[i], h };
	}
	ret->ids = n;
	ret->left_out = left;
	return OK;
}

enum err
release_choose(const struct release_job *job, const struct release_ask *ask,
    struct release_choice *ret, struct why *why)
{
	enum { SCRATCH_MAX = 512 * MIB }; /* one object with all that it refers to */
	CLEANUP(arena_freep) struct arena *scratch = arena_new(SCRATCH_MAX);
	struct whole w = {
		.job = job,
		.scratch = scratch,
		.id = arena_make(job->arena, struct str, SELECTION_MAX + 1),
		.found.a = job->arena,
		.named = ask->ids,
		.why = why,
	};

	*ret = (struct release_choice){ .ids = ask->ids, .id = ask->id };
	if (w.id == NULL)
		return fail(why, ERR_LIMIT, "release.memory", "the selection is too large");
	if (ask->ids > SELECTION_MAX)
		return OK; /* release_preview() says so */
	TRY(add_named(&w, ask));
	TRY(store_refs_catch_up(job->db, why));
	for (size_t i = 0; i < w.named; i++) {
		if (is_whole(w.id[i]))
			TRY(follow(&w, i));
	}
	ret->id = w.id;
	return w.len == w.named ? OK : divide(&w, ask, ret, why);
}
