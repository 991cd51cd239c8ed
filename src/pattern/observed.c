#include <stdlib.h>

#include "observed_p.h"

/* A list of objects in which object_refs are looked up: those of a bundle, or
 * the array that was given. */
struct scope {
	struct named {
		struct str id;
		const struct json *json;
		size_t place;
	} * named; /* by identifier, then by place */
	size_t len;
};

struct reader {
	struct arena *a;
	struct observation *observation;
	size_t len;
	struct sighted *sighted;
	size_t sighted_len, sighted_cap;
	struct why *why;
};

static enum err
no_memory(struct why *why)
{
	return fail(why, ERR_LIMIT, "pattern.memory",
	    "the observed data need more memory than they may take");
}

static bool
is_type(const struct json *object, struct str type)
{
	return str_eq(json_str(json_get(object, S("type"))), type);
}

/* ---- counting, so that all arrays are made once ---- */

struct counts {
	size_t observations;
	size_t objects;
};

/* An array, or the objects of a bundle. */
static const struct json *
members(const struct json *v)
{
	return json_is(v, JSON_ARRAY) ? v : json_get(v, S("objects"));
}

static void
count_observation(const struct json *o, struct counts *n)
{
	const struct json *listed = json_get(o, S("object_refs"));
	const struct json *contained = json_get(o, S("objects"));

	n->observations++;
	n->objects += (listed != NULL ? listed->len : 0) + (contained != NULL ? contained->len : 0);
}

static void
count_list(const struct json *list, struct counts *n)
{
	for (const struct json *v = list != NULL ? list->first : NULL; v != NULL; v = v->next) {
		if (is_type(v, S("observed-data")))
			count_observation(v, n);
	}
}

/* ---- one observation ---- */

static enum err
not_right(const struct json *o, const char *property, const char *what, struct why *why)
{
	struct str id = json_str(json_get(o, S("id")));

	return fail(why, ERR_INVALID, "pattern.observed-data", "%s of " STR_FMT " is not %s",
	    property, STR_ARG(id.len > 0 ? id : S("an observed-data object")), what);
}

static enum err
read_instant(const struct json *o, const char *property, time_us *ret, struct why *why)
{
	if (time_parse(json_str(json_get(o, str_of(property))), ret))
		return OK;
	return not_right(o, property, "a timestamp like 2026-01-31T23:59:59Z", why);
}

static int
by_id(const void *a, const void *b)
{
	const struct sighted *x = a, *y = b;

	return str_cmp(x->id, y->id);
}

static int
named_by_id(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	int order = str_cmp(x->id, y->id);

	return order != 0 ? order : x->place < y->place ? -1 : x->place > y->place;
}

/* The first object of that identifier. */
static const struct json *
scope_find(const struct scope *scope, struct str id)
{
	size_t from = 0, to = scope->len;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (str_cmp(scope->named[middle].id, id) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return from < scope->len && str_eq(scope->named[from].id, id) ? scope->named[from].json
	                                                              : NULL;
}

static void
add_object(struct reader *r, struct str id, const struct json *object)
{
	struct str type = json_str(json_get(object, S("type")));

	if (type.len == 0)
		return;
	assert(r->sighted_len < r->sighted_cap);
	r->sighted[r->sighted_len++] = (struct sighted){ .type = type,
		.id = id,
		.json = object,
		.observation = (uint32_t)r->len };
}

static void
add_objects(struct reader *r, const struct json *o, const struct scope *scope)
{
	const struct json *listed = json_get(o, S("object_refs"));
	const struct json *contained = json_get(o, S("objects"));

	for (const struct json *v = listed != NULL ? listed->first : NULL; v != NULL; v = v->next)
		add_object(r, json_str(v), scope_find(scope, json_str(v)));
	for (const struct json *v = contained != NULL ? contained->first : NULL; v != NULL;
	     v = v->next)
		add_object(r, v->key, v);
}

static enum err
add_observation(struct reader *r, const struct json *o, const struct scope *scope)
{
	struct observation *n = &r->observation[r->len];
	size_t from = r->sighted_len;
	const struct json *count = json_get(o, S("number_observed"));

	*n = (struct observation){ .json = o,
		.id = json_str(json_get(o, S("id"))),
		.place = r->len,
		.count = 1 };
	TRY(read_instant(o, "first_observed", &n->first, r->why));
	TRY(read_instant(o, "last_observed", &n->last, r->why));
	if (n->last < n->first)
		return not_right(o, "last_observed", "at or after first_observed", r->why);
	if (count != NULL && (!json_u64(count, &n->count) || n->count == 0))
		return not_right(o, "number_observed", "an integer of at least 1", r->why);
	add_objects(r, o, scope);
	n->by_id = r->sighted + from;
	n->len = r->sighted_len - from;
	qsort(r->sighted + from, n->len, sizeof(*r->sighted), by_id);
	r->len++;
	return OK;
}

static enum err
read_list(struct reader *r, const struct json *list)
{
	struct scope scope = { 0 };
	size_t place = 0;

	if (list == NULL)
		return OK;
	scope.named = arena_make(r->a, struct named, list->len + 1);
	if (scope.named == NULL)
		return no_memory(r->why);
	for (const struct json *v = list->first; v != NULL; v = v->next, place++) {
		struct str id = json_str(json_get(v, S("id")));

		if (id.len > 0)
			scope.named[scope.len++] = (struct named){ id, v, place };
	}
	qsort(scope.named, scope.len, sizeof(*scope.named), named_by_id);
	for (const struct json *v = list->first; v != NULL; v = v->next) {
		if (is_type(v, S("observed-data")))
			TRY(add_observation(r, v, &scope));
	}
	return OK;
}

/* ---- the whole ---- */

static int
by_time(const void *a, const void *b)
{
	const struct observation *x = a, *y = b;

	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	return x->place < y->place ? -1 : x->place > y->place;
}

static int
by_type(const void *a, const void *b)
{
	const struct sighted *x = *(const struct sighted *const *)a;
	const struct sighted *y = *(const struct sighted *const *)b;
	int order = str_cmp(x->type, y->type);

	if (order != 0)
		return order;
	if (x->observation != y->observation)
		return x->observation < y->observation ? -1 : 1;
	return x < y ? -1 : x > y;
}

/* Sorts by time; objects follow their observation. */
static void
order_in_time(struct reader *r)
{
	qsort(r->observation, r->len, sizeof(*r->observation), by_time);
	for (size_t i = 0; i < r->len; i++) {
		size_t from = (size_t)(r->observation[i].by_id - r->sighted);

		for (size_t k = 0; k < r->observation[i].len; k++)
			r->sighted[from + k].observation = (uint32_t)i;
	}
}

static enum err
group_by_type(struct reader *r, struct pattern_data *d)
{
	const struct sighted **all = arena_make(r->a, const struct sighted *, r->sighted_len + 1);
	size_t types = 0;

	if (all == NULL)
		return no_memory(r->why);
	for (size_t i = 0; i < r->sighted_len; i++)
		all[i] = &r->sighted[i];
	qsort(all, r->sighted_len, sizeof(const struct sighted *), by_type);
	for (size_t i = 0; i < r->sighted_len; i++)
		types += i == 0 || !str_eq(all[i]->type, all[i - 1]->type);
	struct sighted_type *type = arena_make(r->a, struct sighted_type, types + 1);
	if (type == NULL)
		return no_memory(r->why);
	for (size_t i = 0; i < r->sighted_len; i++) {
		if (i == 0 || !str_eq(all[i]->type, all[i - 1]->type))
			type[d->types++] = (struct sighted_type){ all[i]->type, all + i, 0 };
		type[d->types - 1].len++;
	}
	d->type = type;
	return OK;
}

/* A bundle or an observed-data object in a list of its own, for an input that
 * is no array. */
static enum err
read_element(struct reader *r, const struct json *v)
{
	return is_type(v, S("bundle")) ? read_list(r, members(v)) : OK;
}

static enum err
read_all(struct reader *r, const struct json *root)
{
	struct scope nothing = { 0 };

	if (is_type(root, S("observed-data")))
		return add_observation(r, root, &nothing);
	TRY(read_list(r, members(root)));
	if (!json_is(root, JSON_ARRAY))
		return OK;
	for (const struct json *v = root->first; v != NULL; v = v->next)
		TRY(read_element(r, v));
	return OK;
}

static struct counts
count_all(const struct json *root)
{
	struct counts n = { 0 };

	if (is_type(root, S("observed-data"))) {
		count_observation(root, &n);
		return n;
	}
	count_list(members(root), &n);
	for (const struct json *v = json_is(root, JSON_ARRAY) ? root->first : NULL; v != NULL;
	     v = v->next) {
		if (is_type(v, S("bundle")))
			count_list(members(v), &n);
	}
	return n;
}

enum err
pattern_data_read(struct arena *a, const struct json *root, const struct pattern_data **ret,
    struct why *why)
{
	if (!json_is(root, JSON_ARRAY) && !is_type(root, S("bundle")) &&
	    !is_type(root, S("observed-data")))
		return fail(why, ERR_INVALID, "pattern.data",
		    "observed data are a bundle, or an array of bundles or of observed-data objects");
	struct counts n = count_all(root);
	struct reader r = { .a = a, .sighted_cap = n.objects, .why = why };
	struct pattern_data *d = arena_make(a, struct pattern_data, 1);
	r.observation = arena_make(a, struct observation, n.observations + 1);
	r.sighted = arena_make(a, struct sighted, n.objects + 1);
	if (d == NULL || r.observation == NULL || r.sighted == NULL)
		return no_memory(why);
	TRY(read_all(&r, root));
	order_in_time(&r);
	d->observation = r.observation;
	d->len = r.len;
	TRY(group_by_type(&r, d));
	*ret = d;
	return OK;
}

const struct sighted_type *
observed_type(const struct pattern_data *d, struct str type)
{
	size_t from = 0, to = d->types;

	while (from < to) {
		size_t middle = from + (to - from) / 2;
		int order = str_cmp(d->type[middle].type, type);

		if (order == 0)
			return &d->type[middle];
		if (order < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return NULL;
}

const struct sighted *
observed_by_id(const struct observation *o, struct str id)
{
	size_t from = 0, to = o->len;

	while (from < to) {
		size_t middle = from + (to - from) / 2;
		int order = str_cmp(o->by_id[middle].id, id);

		if (order == 0)
			return &o->by_id[middle];
		if (order < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return NULL;
}
