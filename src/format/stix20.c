/* The engine: an object is written member by member as the facts say. */
#include "stix20.h"

#include <stdarg.h>
#include <stdio.h>

#include "stix20_p.h"

/* A classification has a few words; longer lists stay labels. */
enum { LABELS_MAX = 1000 };

static enum err
full(struct why *why)
{
	return fail(why, ERR_LIMIT, "stix20.memory", "no memory is left to convert the object");
}

/* ---- the report ---- */

static const char *const what_names[] = {
	[STIX20_ADDED] = "added",
	[STIX20_CHANGED] = "changed",
	[STIX20_MOVED] = "moved",
	[STIX20_KEPT] = "kept",
	[STIX20_MADE] = "made",
};

const char *
stix20_what_name(enum stix20_what what)
{
	return what_names[what];
}

PRINTF(3, 0)
static void
note(struct convert *c, enum stix20_what what, const char *fmt, va_list args)
{
	char text[WHY_TEXT_MAX];
	struct stix20_change made = { .what = what };

	if (c->quiet)
		return;
	(void)vsnprintf(text, sizeof(text), fmt, args);
	made.message = arena_str(c->arena, str_of(text));
	made.pointer = arena_str(c->arena, buf_str(&c->pointer));
	if (c->changes == STIX20_CHANGES_MAX || made.message.ptr == NULL ||
	    (made.pointer.ptr == NULL && c->pointer.len > 0)) {
		c->changes_more++;
		return;
	}
	c->change[c->changes++] = made;
}

void
stix20_note(struct convert *c, enum stix20_what what, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	note(c, what, fmt, args);
	va_end(args);
}

void
stix20_note_at(struct convert *c, struct str member, enum stix20_what what, const char *fmt, ...)
{
	size_t len = c->pointer.len;
	va_list args;

	json_pointer_key(&c->pointer, member);
	va_start(args, fmt);
	note(c, what, fmt, args);
	va_end(args);
	c->pointer.len = len;
}

/* ---- values ---- */

static void put_value(struct convert *c, struct json_writer *w, const struct json *v);

/* The name of another part becomes its id. */
static void
put_text(struct convert *c, struct json_writer *w, struct str key, const struct json *v)
{
	bool ref = c->in_part && (str_ends(key, S("_ref")) || str_ends(key, S("_refs")));
	struct str id = ref ? stix20_part_id(c, v->text) : (struct str){ 0 };

	if (id.len > 0)
		json_put_str(w, id);
	else
		json_put_raw(w, v->raw);
}

static void
put_array(struct convert *c, struct json_writer *w, const struct json *v)
{
	size_t len = c->pointer.len, i = 0;

	json_begin_array(w);
	for (const struct json *e = v->first; e != NULL; e = e->next) {
		json_pointer_index(&c->pointer, i++);
		if (e->type == JSON_STRING)
			put_text(c, w, v->key, e);
		else
			put_value(c, w, e);
		c->pointer.len = len;
	}
	json_end_array(w);
}

static void
put_hashes(struct convert *c, struct json_writer *w, const struct json *v)
{
	json_begin_object(w);
	for (const struct json *m = v->first; m != NULL; m = m->next) {
		struct str name = stix20_hash_name(m->key);

		if (!str_eq(name, m->key) && json_get(v, name) == NULL)
			stix20_note_at(c, m->key, STIX20_CHANGED, "is called " STR_FMT,
			    STR_ARG(name));
		else
			name = m->key;
		json_put_raw(json_key(w, name), m->raw);
	}
	json_end_object(w);
}

/* The members of an extension have facts of their own. */
static void
put_extensions(struct convert *c, struct json_writer *w, const struct json *v)
{
	size_t len = c->pointer.len;

	json_begin_object(w);
	for (const struct json *e = v->first; e != NULL; e = e->next) {
		json_pointer_key(&c->pointer, e->key);
		(void)json_key(w, e->key);
		if (e->type == JSON_OBJECT) {
			json_begin_object(w);
			for (const struct json *m = e->first; m != NULL; m = m->next)
				stix20_member(c, w, e->key, e, m);
			json_end_object(w);
		} else {
			put_value(c, w, e);
		}
		c->pointer.len = len;
	}
	json_end_object(w);
}

static void
put_object(struct convert *c, struct json_writer *w, const struct json *v)
{
	json_begin_object(w);
	for (const struct json *m = v->first; m != NULL; m = m->next)
		stix20_member(c, w, S(""), v, m);
	json_end_object(w);
}

/* As deep as the reader lets a text be: JSON_DEPTH_MAX. */
static void
put_value(struct convert *c, struct json_writer *w, const struct json *v)
{
	if (v->type == JSON_STRING)
		put_text(c, w, v->key, v);
	else if (v->type == JSON_ARRAY)
		put_array(c, w, v);
	else if (v->type != JSON_OBJECT)
		json_put_raw(w, v->raw);
	else if (str_is(v->key, "hashes"))
		put_hashes(c, w, v);
	else if (str_is(v->key, "extensions") || str_is(v->key, "extended_properties"))
		put_extensions(c, w, v);
	else
		put_object(c, w, v);
}

/* ---- what the facts ask for ---- */

/* Writes the labels that are words of the vocabulary, or the others. */
static size_t
put_labels(const struct convert *c, struct json_writer *w, struct str name, bool word)
{
	size_t i = 0, n = 0;

	for (const struct json *e = c->labels->first; e != NULL; e = e->next) {
		if (c->word[i++] != word)
			continue;
		if (n++ == 0)
			json_begin_array(json_key(w, name));
		json_put_raw(w, e->raw);
	}
	if (n > 0)
		json_end_array(w);
	return n;
}

static void
put_split(struct convert *c, struct json_writer *w)
{
	const char *to = c->split->to;
	size_t words = put_labels(c, w, str_of(to), true);
	size_t others = put_labels(c, w, str_of(c->split->property), false);

	if (words > 0 && others > 0)
		stix20_note(c, STIX20_MOVED,
		    "%zu words of the vocabulary stand in %s; %zu others stay labels", words, to,
		    others);
	else if (words > 0)
		stix20_note(c, STIX20_MOVED, "is called %s", to);
	else
		stix20_note(c, STIX20_KEPT, "has no word of the vocabulary of %s: stays labels",
		    to);
}

static void
put_words(struct convert *c, struct json_writer *w, const struct fact *f, const struct json *v)
{
	size_t len = c->pointer.len, i = 0;

	json_begin_array(json_key(w, v->key));
	for (const struct json *e = v->first; e != NULL; e = e->next, i++) {
		if (!str_is(e->text, f->from)) {
			json_put_raw(w, e->raw);
			continue;
		}
		json_pointer_index(&c->pointer, i);
		json_put_str(w, str_of(f->to));
		stix20_note(c, STIX20_CHANGED, "is written \"%s\"", f->to);
		c->pointer.len = len;
	}
	json_end_array(w);
}

static void
put_lists(struct convert *c, struct json_writer *w, const struct json *v)
{
	json_begin_object(json_key(w, v->key));
	for (const struct json *m = v->first; m != NULL; m = m->next) {
		(void)json_key(w, m->key);
		if (m->type != JSON_STRING) {
			json_put_raw(w, m->raw);
			continue;
		}
		json_begin_array(w);
		json_put_raw(w, m->raw);
		json_end_array(w);
		stix20_note_at(c, m->key, STIX20_CHANGED, "is a list of one value");
	}
	json_end_object(w);
}

static void
put_pattern(struct convert *c, struct json_writer *w, const struct json *v)
{
	CLEANUP(buf_free) struct buf text = buf_new(STIX20_BYTES_MAX);

	stix20_pattern(c, v->text, &text);
	json_put_str(json_key(w, v->key), buf_str(&text));
}

static bool
are_texts(const struct json *v)
{
	if (!json_is(v, JSON_ARRAY))
		return false;
	for (const struct json *e = v->first; e != NULL; e = e->next) {
		if (e->type != JSON_STRING)
			return false;
	}
	return v->first != NULL;
}

/* Whether the value has the form that the act is about; the rest is for the
 * validation to judge, as it is. */
static bool
applies(const struct convert *c, const struct fact *f, const struct json *owner,
    const struct json *v)
{
	switch (f->act) {
	case ACT_COPY:
	case ACT_RENAME: return json_get(owner, str_of(f->to)) == NULL;
	case ACT_SPLIT: return c->split != NULL;
	case ACT_WORD: return are_texts(v);
	case ACT_LISTS: return json_is(v, JSON_OBJECT);
	case ACT_PATTERN: return json_is(v, JSON_STRING);
	case ACT_OBJECTS: return c->parts > 0;
	case ACT_KEEP: return true;
	}
	return false;
}

static void
put_fact(struct convert *c, struct json_writer *w, const struct fact *f, const struct json *member)
{
	switch (f->act) {
	case ACT_RENAME:
		stix20_note(c, STIX20_MOVED, "is called %s", f->to);
		put_value(c, json_key(w, str_of(f->to)), member);
		break;
	case ACT_COPY:
		stix20_note(c, STIX20_MOVED, "is called %s, and stays beside it", f->to);
		put_value(c, json_key(w, member->key), member);
		put_value(c, json_key(w, str_of(f->to)), member);
		break;
	case ACT_KEEP:
		stix20_note(c, STIX20_KEPT, "STIX 2.1 has no such property: kept as a custom one");
		put_value(c, json_key(w, member->key), member);
		break;
	case ACT_SPLIT: put_split(c, w); break;
	case ACT_WORD: put_words(c, w, f, member); break;
	case ACT_LISTS: put_lists(c, w, member); break;
	case ACT_PATTERN: put_pattern(c, w, member); break;
	case ACT_OBJECTS: stix20_object_refs(c, w); break;
	}
}

void
stix20_member(struct convert *c, struct json_writer *w, struct str in, const struct json *owner,
    const struct json *member)
{
	const struct fact *f = stix20_fact(in, member->key);
	size_t len = c->pointer.len;

	json_pointer_key(&c->pointer, member->key);
	if (f == NULL) {
		put_value(c, json_key(w, member->key), member);
	} else if (applies(c, f, owner, member)) {
		put_fact(c, w, f, member);
	} else {
		stix20_note(c, STIX20_KEPT, "is left as it is");
		put_value(c, json_key(w, member->key), member);
	}
	c->pointer.len = len;
}

/* ---- the object ---- */

bool
stix20_is(const struct json *tree)
{
	const struct json *version = json_get(tree, S("spec_version"));
	struct str type;

	if (!json_is(tree, JSON_OBJECT) || !json_get_str(tree, S("type"), &type) ||
	    !json_is(json_get(tree, S("created")), JSON_STRING))
		return false;
	if (version != NULL && !str_is(json_str(version), "2.0"))
		return false;
	return stix20_defines(type) ||
	       (stix_class_of(type) == STIX_CUSTOM && !str_is(type, "bundle"));
}

static void
put_version(struct convert *c, struct json_writer *w)
{
	const struct json *was = json_get(c->root, S("spec_version"));

	json_put_str(json_key(w, S("spec_version")), S("2.1"));
	stix20_note_at(c, S("spec_version"), was == NULL ? STIX20_ADDED : STIX20_CHANGED, "is 2.1");
}

static void
put_additions(struct convert *c, struct json_writer *w)
{
	for (size_t i = 0; i < stix20_additions_len; i++) {
		const struct addition *add = &stix20_additions[i];

		if (!str_is(c->type, add->in) || json_get(c->root, str_of(add->property)) != NULL)
			continue;
		json_put_raw(json_key(w, str_of(add->property)), str_of(add->json));
		stix20_note_at(c, str_of(add->property), STIX20_ADDED, "is %s (%s)", add->json,
		    add->reason);
	}
}

static void
put_root(struct convert *c, struct json_writer *w)
{
	json_begin_object(w);
	for (const struct json *m = c->root->first; m != NULL; m = m->next) {
		if (str_is(m->key, "spec_version"))
			continue;
		if (str_is(m->key, "object_marking_refs") && c->marks.len > 0)
			json_put_raw(json_key(w, m->key), c->marks);
		else if (str_is(m->key, "granular_markings"))
			stix20_granular_marks(c, w);
		else
			stix20_member(c, w, c->type, c->root, m);
		if (str_is(m->key, "type"))
			put_version(c, w);
	}
	put_additions(c, w);
	if (json_get(c->root, S("object_marking_refs")) == NULL && c->marks.len > 0)
		json_put_raw(json_key(w, S("object_marking_refs")), c->marks);
	json_end_object(w);
}

/* What becomes of the labels, once for all selectors that name them; and which are words of the
 * vocabulary that STIX 2.1 has for the type. */
static enum err
read_labels(struct convert *c, struct why *why)
{
	const struct fact *f = stix20_fact(c->type, S("labels"));
	const struct json *labels = json_get(c->root, S("labels"));
	size_t i = 0;

	c->labels = labels;
	if (f != NULL && f->act == ACT_COPY && labels != NULL &&
	    json_get(c->root, str_of(f->to)) == NULL)
		c->copy = f;
	if (f == NULL || f->act != ACT_SPLIT || !are_texts(labels) || labels->len > LABELS_MAX ||
	    json_get(c->root, str_of(f->to)) != NULL)
		return OK;
	bool *word = arena_make(c->arena, bool, labels->len);
	if (word == NULL)
		return full(why);
	for (const struct json *e = labels->first; e != NULL; e = e->next)
		word[i++] = stix_vocabulary_has(str_of(f->to), e->text);
	c->word = word;
	c->split = f;
	return OK;
}

static enum err
convert(struct convert *c, struct stix20 *ret, struct why *why)
{
	CLEANUP(buf_free) struct buf out = buf_new(STIX20_BYTES_MAX);
	struct json_writer w = json_writer(&out);
	const struct json *objects = json_get(c->root, S("objects"));

	if (str_is(c->type, "observed-data") && json_is(objects, JSON_OBJECT) &&
	    json_get(c->root, S("object_refs")) == NULL)
		TRY(stix20_read_parts(c, objects, why));
	TRY(stix20_read_marks(c, why));
	TRY(read_labels(c, why));
	put_root(c, &w);
	TRY(buf_check(&out, "the converted object", why));
	ret->object = arena_str(c->arena, buf_str(&out));
	if (ret->object.ptr == NULL)
		return full(why);
	return stix20_make_parts(c, ret, why);
}

static enum err
keep_changes(const struct convert *c, struct stix20 *ret, struct why *why)
{
	struct stix20_change *kept = arena_make(c->arena, struct stix20_change, c->changes);

	if (kept == NULL)
		return full(why);
	memcpy(kept, c->change, c->changes * sizeof(*kept));
	ret->change = kept;
	ret->changes = c->changes;
	ret->changes_more = c->changes_more;
	return OK;
}

enum err
stix20_convert(const struct json *tree, struct arena *a, struct stix20 *ret, struct why *why)
{
	struct convert c = {
		.arena = a,
		.root = tree,
		.type = json_str(json_get(tree, S("type"))),
		.id = json_str(json_get(tree, S("id"))),
		.pointer = buf_new(WHY_WHERE_MAX),
	};

	*ret = (struct stix20){ 0 };
	c.change = heap_new(sizeof(*c.change), STIX20_CHANGES_MAX);
	enum err err = convert(&c, ret, why);
	if (err == OK)
		err = keep_changes(&c, ret, why);
	buf_free(&c.pointer);
	heap_free(c.change);
	return err;
}
