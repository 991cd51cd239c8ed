/* Walking an object: its references, its texts. */
#include "stix.h"

/* Pointers of a tree of at most JSON_BYTES_MAX, every byte of it escaped. */
#define POINTER_MAX (2 * (size_t)JSON_BYTES_MAX)

/* A walk keeps one pointer and appends to it only where it descends or
 * reports, so that its cost stays linear in the text. */
struct walk {
	struct buf pointer;
	bool bare; /* without pointers */
	stix_ref_fn *ref;
	stix_text_fn *text;
	void *arg;
};

static void
walk_done(struct walk *w)
{
	buf_free(&w->pointer);
}

static bool
is_container(const struct json *v)
{
	return (v->type == JSON_OBJECT || v->type == JSON_ARRAY) && v->first != NULL;
}

static void
pointer_add(struct walk *w, const struct json *parent, const struct json *child, size_t index)
{
	if (w->bare)
		return;
	if (parent->type == JSON_OBJECT)
		json_pointer_key(&w->pointer, child->key);
	else
		json_pointer_index(&w->pointer, index);
}

static bool
is_ref_name(struct str name)
{
	return str_ends(name, S("_ref")) || str_ends(name, S("_refs"));
}

/* Reports a string whose property has this name. */
static bool
visit_string(struct walk *w, const struct json *v, struct str property)
{
	if (w->ref != NULL)
		return w->ref(w->arg, v->text, property, buf_str(&w->pointer));
	return w->text(w->arg, v->text, property, buf_str(&w->pointer));
}

/* Recursion is bounded by JSON_DEPTH_MAX.  `property` is the name of the list
 * when v is one. */
static bool
walk_into(struct walk *w, const struct json *v, struct str property)
{
	size_t index = 0, len = w->pointer.len;
	bool go_on = true;

	for (const struct json *child = v->first; go_on && child != NULL; child = child->next) {
		struct str name = v->type == JSON_OBJECT ? child->key : property;
		bool wanted = child->type == JSON_STRING && (w->ref == NULL || is_ref_name(name));

		if (wanted || is_container(child)) {
			pointer_add(w, v, child, index);
			go_on = wanted ? visit_string(w, child, name) : walk_into(w, child, name);
			w->pointer.len = len;
		}
		index++;
	}
	return go_on;
}

static void
walk_refs(struct walk *w, const struct stix_object *o)
{
	(void)walk_into(w, o->json, (struct str){ 0 });
}

static void
walk_texts(struct walk *w, const struct json *tree)
{
	if (tree->type == JSON_STRING)
		(void)w->text(w->arg, tree->text, (struct str){ 0 }, (struct str){ 0 });
	else
		(void)walk_into(w, tree, (struct str){ 0 });
}

void
stix_each_ref(const struct stix_object *o, stix_ref_fn *fn, void *arg)
{
	CLEANUP(walk_done)
	struct walk w = { .pointer = buf_new(POINTER_MAX), .ref = fn, .arg = arg };

	walk_refs(&w, o);
}

void
stix_refs(const struct stix_object *o, stix_ref_fn *fn, void *arg)
{
	struct walk w = { .bare = true, .ref = fn, .arg = arg };

	walk_refs(&w, o);
}

void
stix_each_text(const struct json *tree, stix_text_fn *fn, void *arg)
{
	CLEANUP(walk_done)
	struct walk w = { .pointer = buf_new(POINTER_MAX), .text = fn, .arg = arg };

	walk_texts(&w, tree);
}

void
stix_texts(const struct json *tree, stix_text_fn *fn, void *arg)
{
	struct walk w = { .bare = true, .text = fn, .arg = arg };

	walk_texts(&w, tree);
}
