/* The markings of a copy. */
#include "redact_p.h"

/* Whether a marking of parts still means the same parts: all are there, and
 * none is an element of a list, whose places may have changed. */
static bool
still_selects(const struct copying *c, const struct json *granular)
{
	const struct json *selectors = json_get(granular, S("selectors"));

	if (!json_is(selectors, JSON_ARRAY) || c->p->cleaned || c->p->places.len > 0)
		return false;
	for (const struct json *v = selectors->first; v != NULL; v = v->next) {
		if (v->type != JSON_STRING || str_find(v->text, S("[")) != SIZE_MAX ||
		    str_find(v->text, S("_ref")) != SIZE_MAX ||
		    marking_select(c->p->item->object.json, v->text) == NULL)
			return false;
	}
	return true;
}

/* Whether the parts that it marks went because of it. */
static bool
is_taken(const struct copying *c, const struct json *granular)
{
	const struct json *selectors = json_get(granular, S("selectors"));

	if (!c->p->parted || !json_is(selectors, JSON_ARRAY))
		return false;
	for (const struct json *v = selectors->first; v != NULL; v = v->next) {
		const struct place *place =
		    v->type != JSON_STRING ? NULL
		                           : places_find(&c->p->places,
		                                 marking_select(c->p->item->object.json, v->text));

		if (place == NULL || !str_is(place->code, "M-CEIL"))
			return false;
	}
	return true;
}

static void
put_object_markings(struct copying *c, const struct json *refs, const struct json *granular)
{
	json_begin_array(json_key(&c->w, S("object_marking_refs")));
	for (const struct json *v = json_is(refs, JSON_ARRAY) ? refs->first : NULL; v != NULL;
	     v = v->next)
		json_put_tree(&c->w, v);
	for (const struct json *v = json_is(granular, JSON_ARRAY) ? granular->first : NULL;
	     v != NULL; v = v->next) {
		struct str id = json_str(json_get(v, S("marking_ref")));

		if (id.len > 0 && !is_taken(c, v) && !still_selects(c, v))
			json_put_str(&c->w, id);
	}
	json_end_array(&c->w);
}

void
put_markings(struct copying *c)
{
	const struct json *object = c->p->item->object.json;
	const struct json *refs = json_get(object, S("object_marking_refs"));
	const struct json *granular = json_get(object, S("granular_markings"));
	size_t moved = 0, stay = 0;

	for (const struct json *v = json_is(granular, JSON_ARRAY) ? granular->first : NULL;
	     v != NULL; v = v->next) {
		bool stays = still_selects(c, v) && !is_taken(c, v);

		stay += stays;
		moved += !stays && !is_taken(c, v) && json_get(v, S("marking_ref")) != NULL;
	}
	if (refs != NULL || moved > 0)
		put_object_markings(c, refs, granular);
	if (granular != NULL)
		note_change(c, S("granular_markings"), "D-LEAKREF", "replace");
	if (stay == 0)
		return;
	json_begin_array(json_key(&c->w, S("granular_markings")));
	for (const struct json *v = granular->first; v != NULL; v = v->next) {
		if (still_selects(c, v) && !is_taken(c, v))
			json_put_tree(&c->w, v);
	}
	json_end_array(&c->w);
}
