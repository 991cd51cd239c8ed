/* Markings.  A marking of a place follows what stood there; one of the container
 * of observed-data counts for the whole and for each part: what is too strict can
 * be mended, what is too loose has left. */
#include "stix20_p.h"

#define CONTAINER "objects"

enum err
stix20_many_marks(struct why *why)
{
	return fail(why, ERR_LIMIT, "stix20.marks",
	    "an object of STIX 2.0 with more than %d markings is not converted", MARKS_MAX);
}

static bool
is_within(struct str selector, const char *property)
{
	struct str rest = selector;

	return str_is(str_split(&rest, '.'), property);
}

static bool
marks_container(const struct json *marking)
{
	const struct json *selectors = json_get(marking, S("selectors"));

	for (const struct json *s = selectors == NULL ? NULL : selectors->first; s != NULL;
	     s = s->next) {
		if (is_within(json_str(s), CONTAINER))
			return true;
	}
	return false;
}

static bool
is_among(struct str id, const struct json *const *list, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (str_eq(list[i]->text, id))
			return true;
	}
	return false;
}

/* Adds the marking_refs that mark the container. */
static enum err
find_raised(struct convert *c, const struct json **list, size_t *len, struct why *why)
{
	const struct json *markings = json_get(c->root, S("granular_markings"));

	if (c->parts == 0 || !json_is(markings, JSON_ARRAY))
		return OK;
	for (const struct json *m = markings->first; m != NULL; m = m->next) {
		const struct json *ref = json_get(m, S("marking_ref"));

		if (!json_is(ref, JSON_STRING) || !marks_container(m))
			continue;
		c->raises = true;
		if (is_among(ref->text, list, *len))
			continue;
		if (*len == MARKS_MAX)
			return stix20_many_marks(why);
		list[(*len)++] = ref;
	}
	return OK;
}

enum err
stix20_read_marks(struct convert *c, struct why *why)
{
	CLEANUP(buf_free) struct buf out = buf_new(MARKS_MAX * STIX_ID_MAX);
	struct json_writer w = json_writer(&out);
	const struct json *own = json_get(c->root, S("object_marking_refs"));
	const struct json *list[MARKS_MAX];
	size_t len = 0;

	if (own != NULL && !json_is(own, JSON_ARRAY))
		return OK;
	for (const struct json *e = own == NULL ? NULL : own->first; e != NULL; e = e->next) {
		if (len == MARKS_MAX)
			return stix20_many_marks(why);
		list[len++] = e;
	}
	TRY(find_raised(c, list, &len, why));
	if (len == 0)
		return OK;
	json_begin_array(&w);
	for (size_t i = 0; i < len; i++)
		json_put_raw(&w, list[i]->raw);
	json_end_array(&w);
	TRY(buf_check(&out, "the list of markings", why));
	c->marks = arena_str(c->arena, buf_str(&out));
	return c->marks.ptr == NULL ? stix20_many_marks(why) : OK;
}

/* ---- granular_markings ---- */

/* "labels.[2]" where the labels were split: the element's place in its list. */
static struct str
split_place(const struct convert *c, struct str place)
{
	const struct json *labels = c->labels;
	size_t same = 0;
	uint64_t index;

	if (place.len < 3 || !str_starts(place, S("[")) || !str_ends(place, S("]")) ||
	    !str_to_u64(str_sub(place, 1, place.len - 2), labels->len - 1, &index))
		return (struct str){ 0 };
	for (size_t i = 0; i < index; i++)
		same += c->word[i] == c->word[index];
	return arena_printf(c->arena, "%s.[%zu]",
	    c->word[index] ? c->split->to : c->split->property, same);
}

/* "labels" as a whole: the lists that there are now. */
static void
put_split_lists(const struct convert *c, struct json_writer *w)
{
	bool words = false, others = false;

	for (size_t i = 0; i < c->labels->len; i++) {
		words = words || c->word[i];
		others = others || !c->word[i];
	}
	if (words)
		json_put_str(w, str_of(c->split->to));
	if (others)
		json_put_str(w, str_of(c->split->property));
}

static bool
are_texts(const struct json *v)
{
	for (const struct json *e = json_is(v, JSON_ARRAY) ? v->first : NULL; e != NULL;
	     e = e->next) {
		if (e->type != JSON_STRING)
			return false;
	}
	return json_is(v, JSON_ARRAY);
}

static bool
is_copied(const struct convert *c, struct str property)
{
	return c->copy != NULL && str_is(property, c->copy->property);
}

static bool
is_renamed(const struct convert *c, struct str property)
{
	const struct fact *f = stix20_fact(c->type, property);

	return f != NULL && f->act == ACT_RENAME && json_get(c->root, property) != NULL &&
	       json_get(c->root, str_of(f->to)) == NULL;
}

static void
put_selector(struct convert *c, struct json_writer *w, const struct json *selector)
{
	struct str rest = selector->text, head = str_split(&rest, '.'), place = { 0 };
	bool split = c->split != NULL && str_is(head, c->split->property);

	if (is_copied(c, head))
		json_put_raw(w, selector->raw);
	if (is_renamed(c, head) || is_copied(c, head)) {
		const char *to = stix20_fact(c->type, head)->to;

		place = rest.ptr == NULL ? str_of(to)
		                         : arena_printf(c->arena, "%s." STR_FMT, to, STR_ARG(rest));
	} else if (split && rest.ptr != NULL) {
		place = split_place(c, rest);
	} else if (split) {
		put_split_lists(c, w);
		return;
	}
	if (place.len > 0)
		json_put_str(w, place);
	else
		json_put_raw(w, selector->raw);
}

static bool
outlives(const struct convert *c, const struct json *marking)
{
	const struct json *selectors = json_get(marking, S("selectors"));

	if (!c->raises || !are_texts(selectors))
		return true;
	for (const struct json *s = selectors->first; s != NULL; s = s->next) {
		if (!is_within(s->text, CONTAINER))
			return true;
	}
	return false;
}

static void
put_marking(struct convert *c, struct json_writer *w, const struct json *marking)
{
	json_begin_object(w);
	for (const struct json *m = marking->first; m != NULL; m = m->next) {
		if (!str_is(m->key, "selectors") || !are_texts(m)) {
			json_put_raw(json_key(w, m->key), m->raw);
			continue;
		}
		json_begin_array(json_key(w, m->key));
		for (const struct json *s = m->first; s != NULL; s = s->next) {
			if (!c->raises || !is_within(s->text, CONTAINER))
				put_selector(c, w, s);
		}
		json_end_array(w);
	}
	json_end_object(w);
}

void
stix20_granular_marks(struct convert *c, struct json_writer *w)
{
	const struct json *list = json_get(c->root, S("granular_markings"));
	size_t n = 0;

	if (!json_is(list, JSON_ARRAY)) {
		json_put_raw(json_key(w, list->key), list->raw);
		return;
	}
	for (const struct json *m = list->first; m != NULL; m = m->next)
		n += outlives(c, m);
	if (c->raises)
		stix20_note_at(c, list->key, STIX20_MOVED,
		    "what marked a place in " CONTAINER
		    " marks the whole object, and each observable made of it");
	if (n == 0 && list->len > 0)
		return;
	if (c->split != NULL || is_copied(c, S("labels")))
		stix20_note_at(c, list->key, STIX20_CHANGED, "selectors of labels follow them");
	json_begin_array(json_key(w, list->key));
	for (const struct json *m = list->first; m != NULL; m = m->next) {
		if (!outlives(c, m))
			continue;
		if (m->type == JSON_OBJECT)
			put_marking(c, w, m);
		else
			json_put_raw(w, m->raw);
	}
	json_end_array(w);
}
