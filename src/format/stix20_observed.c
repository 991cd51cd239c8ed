/* The container of observed-data: its parts become observables of their own.
 *
 * An id is the deterministic one of STIX 2.1 where the type has one, so that the
 * same address of two bundles is one object; else it is made of the id of the
 * observed-data and the key, so that importing again finds the same.  A part that
 * is identified by another one waits for its id. */
#include <stdlib.h>

#include "hash.h"
#include "observable.h"
#include "stix20_p.h"
#include "uuid.h"

/* Archives lie in archives.  Whoever makes a longer chain, or a circle, gets ids of
 * the other kind. */
enum { ROUNDS = 8 };

static int
by_key(const void *left, const void *right)
{
	const struct part *const *a = left, *const *b = right;

	return str_cmp((*a)->key, (*b)->key);
}

static int
find_key(const void *key, const void *element)
{
	const struct part *const *p = element;

	return str_cmp(*(const struct str *)key, (*p)->key);
}

static const struct part *
part_of(const struct convert *c, struct str key)
{
	struct part **found = c->parts == 0 ? NULL
	                                    : bsearch(&key, (void *)c->by_key, c->parts,
	                                          sizeof(struct part *), find_key);

	return found == NULL ? NULL : *found;
}

struct str
stix20_part_id(const struct convert *c, struct str key)
{
	const struct part *p = part_of(c, key);
	struct str none = { 0 };

	return p == NULL ? none : str_of(p->id);
}

/* ---- identifiers ---- */

/* Whether a value names a part that has no id yet.  As deep as the reader lets a
 * text be: JSON_DEPTH_MAX. */
static bool
waits(const struct convert *c, struct str key, const struct json *v)
{
	if (v->type == JSON_STRING) {
		bool ref = str_ends(key, S("_ref")) || str_ends(key, S("_refs"));
		const struct part *to = ref ? part_of(c, v->text) : NULL;

		return to != NULL && to->id[0] == '\0';
	}
	for (const struct json *e = v->first; e != NULL; e = e->next) {
		if (waits(c, v->type == JSON_OBJECT ? e->key : key, e))
			return true;
	}
	return false;
}

/* Whether every part that identifies this one has its id: an address, or what an
 * archive holds. */
static bool
is_ready(const struct convert *c, const struct part *p)
{
	for (const struct json *m = p->tree->first; m != NULL; m = m->next) {
		const struct fact *f = stix20_fact(p->type, m->key);
		struct str name = f != NULL && f->act == ACT_RENAME ? str_of(f->to) : m->key;

		if (stix_identifies(p->type, name) && waits(c, name, m))
			return false;
	}
	return true;
}

/* Version 4: nothing in the object identifies it, and STIX 2.1 has it look random. */
static void
id_of_place(const struct convert *c, struct part *p)
{
	const struct str name[] = { S("torana stix 2.0 part\n"), c->id, S("\n"), p->key };
	struct hash h = hash_of_parts(name, COUNTOF(name));
	struct uuid uuid = uuid_from_bytes(h.byte, 4);

	memcpy(p->id, p->type.ptr, p->type.len);
	memcpy(p->id + p->type.len, "--", 2);
	uuid_text(&uuid, p->id + p->type.len + 2);
}

/* Who marked a part meant it, though STIX 2.0 knows no such mark: it stands beside
 * what marks the whole. */
static void
put_part_marks(struct convert *c, struct json_writer *w, const struct part *p)
{
	CLEANUP(buf_free) struct buf list = buf_new(STIX20_BYTES_MAX);
	const struct json *own = json_get(p->tree, S("object_marking_refs"));

	buf_put(&list, c->marks.len > 0 ? str_sub(c->marks, 0, c->marks.len - 1) : S("["));
	for (const struct json *e = own == NULL ? NULL : own->first; e != NULL; e = e->next) {
		if (str_find(buf_str(&list), e->raw) != SIZE_MAX)
			continue;
		buf_put(&list, list.len > 1 ? S(",") : S(""));
		buf_put(&list, e->raw);
	}
	buf_put(&list, S("]"));
	if (own != NULL && own->len > 0)
		stix20_note_at(c, own->key, STIX20_KEPT, "marks this observable");
	if (list.len > 2)
		json_put_raw(json_key(w, S("object_marking_refs")), buf_str(&list));
}

static void
put_part(struct convert *c, struct json_writer *w, const struct part *p)
{
	const struct json *own_id = json_get(p->tree, S("id"));

	json_begin_object(w);
	json_put_str(json_key(w, S("type")), p->type);
	json_put_str(json_key(w, S("spec_version")), S("2.1"));
	if (own_id != NULL && !str_is(json_str(own_id), p->id))
		stix20_note_at(c, S("id"), STIX20_CHANGED, "is no identifier of it");
	if (p->id[0] != '\0')
		json_put_str(json_key(w, S("id")), str_of(p->id));
	for (const struct json *m = p->tree->first; m != NULL; m = m->next) {
		if (!str_is(m->key, "type") && !str_is(m->key, "id") &&
		    !str_is(m->key, "spec_version") && !str_is(m->key, "object_marking_refs"))
			stix20_member(c, w, p->type, p->tree, m);
	}
	put_part_marks(c, w, p);
	json_end_object(w);
}

/* Of one part after the other. */
struct scratch {
	struct arena *arena;
	struct buf text;
};

static void
scratch_done(struct scratch *s)
{
	arena_free(s->arena);
	buf_free(&s->text);
}

/* False: nothing that STIX 2.1 knows identifies it. */
static bool
id_of_content(struct convert *c, struct scratch *s, struct part *p)
{
	struct json_writer w = json_writer(&s->text);
	const struct json *tree = NULL;

	arena_clear(s->arena);
	buf_clear(&s->text);
	/* Changes are told when the part is written for good. */
	c->quiet = true;
	put_part(c, &w, p);
	c->quiet = false;
	return buf_check(&s->text, "", NULL) == OK &&
	       json_parse(s->arena, buf_str(&s->text), NULL, &tree, NULL) == OK &&
	       stix_observable_id(tree, s->arena, p->id, NULL) == OK && p->id[0] != '\0';
}

static void
name_parts(struct convert *c)
{
	CLEANUP(scratch_done)
	struct scratch s = { arena_new(STIX20_BYTES_MAX), buf_new(STIX20_BYTES_MAX) };
	bool last = false;

	for (int round = 0; round < ROUNDS && !last; round++) {
		last = true;
		for (size_t i = 0; i < c->parts; i++) {
			struct part *p = &c->part[i];

			if (p->id[0] != '\0')
				continue;
			if (!is_ready(c, p)) {
				last = false;
				continue;
			}
			if (!id_of_content(c, &s, p))
				id_of_place(c, p);
		}
	}
	for (size_t i = 0; i < c->parts; i++) {
		if (c->part[i].id[0] == '\0')
			id_of_place(c, &c->part[i]);
	}
}

/* ---- reading ---- */

static enum err
broken(struct why *why, struct str key, const char *text)
{
	enum err err = fail(why, ERR_INVALID, "stix20.part", "%s", text);

	why_where(why, "/objects/" STR_FMT, STR_ARG(key));
	return err;
}

/* An identifier begins with it, so it may hold nothing that ends a text. */
static bool
is_type(struct str type)
{
	for (size_t i = 0; i < type.len; i++) {
		char c = type.ptr[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-')
			return false;
	}
	/* As long as the type of an object may be. */
	return type.len > 0 && type.len + 2 + UUID_TEXT < STIX_ID_MAX;
}

static bool
are_texts(const struct json *list)
{
	for (const struct json *e = json_is(list, JSON_ARRAY) ? list->first : NULL; e != NULL;
	     e = e->next) {
		if (e->type != JSON_STRING)
			return false;
	}
	return json_is(list, JSON_ARRAY);
}

static enum err
read_part(const struct json *v, struct part *ret, struct why *why)
{
	struct str id = json_str(json_get(v, S("id")));

	const struct json *marks = json_get(v, S("object_marking_refs"));

	ret->key = v->key;
	ret->tree = v;
	if (v->type != JSON_OBJECT || !json_get_str(v, S("type"), &ret->type))
		return broken(why, v->key, "is no observable: it has no type");
	if (!is_type(ret->type))
		return broken(why, v->key,
		    "a type has 3 to 250 lower-case letters, digits and hyphens");
	if (marks != NULL && !are_texts(marks))
		return broken(why, v->key, "its object_marking_refs is no list of identifiers");
	if (marks != NULL && marks->len > MARKS_MAX)
		return stix20_many_marks(why);
	if (stix_id_is(id) && id.len < STIX_ID_MAX && str_eq(stix_id_type(id), ret->type))
		memcpy(ret->id, id.ptr, id.len);
	return OK;
}

enum err
stix20_read_parts(struct convert *c, const struct json *objects, struct why *why)
{
	size_t n = 0;

	if (objects->len > STIX20_PARTS_MAX)
		return fail(why, ERR_LIMIT, "stix20.parts",
		    "observed-data has %u observables in it, and at most %d are taken: divide it, each "
		    "part under an identifier of its own",
		    objects->len, STIX20_PARTS_MAX);
	c->part = arena_make(c->arena, struct part, objects->len);
	c->by_key = arena_make(c->arena, struct part *, objects->len);
	if (objects->len > 0 && (c->part == NULL || c->by_key == NULL))
		return fail(why, ERR_LIMIT, "stix20.memory",
		    "no memory is left for the %u parts of the observed-data", objects->len);
	for (const struct json *v = objects->first; v != NULL; v = v->next, n++) {
		TRY(read_part(v, &c->part[n], why));
		c->by_key[n] = &c->part[n];
	}
	c->parts = n;
	if (n > 0)
		qsort((void *)c->by_key, n, sizeof(void *), by_key);
	c->in_part = true;
	name_parts(c);
	c->in_part = false;
	return OK;
}

/* ---- writing ---- */

static int
by_id(const void *left, const void *right)
{
	const struct part *const *a = left, *const *b = right;
	int order = strcmp((*a)->id, (*b)->id);

	return order != 0 ? order : (*a > *b) - (*a < *b);
}

void
stix20_object_refs(struct convert *c, struct json_writer *w)
{
	struct part **sorted = arena_make(c->arena, struct part *, c->parts);

	json_begin_array(json_key(w, S("object_refs")));
	if (sorted != NULL) {
		/* Two parts that are one object are named once, at the first. */
		memcpy((void *)sorted, (void *)c->by_key, c->parts * sizeof(void *));
		qsort((void *)sorted, c->parts, sizeof(void *), by_id);
		for (size_t i = 1; i < c->parts; i++)
			sorted[i]->again = strcmp(sorted[i]->id, sorted[i - 1]->id) == 0;
	}
	for (size_t i = 0; i < c->parts; i++) {
		if (!c->part[i].again)
			json_put_str(w, str_of(c->part[i].id));
	}
	json_end_array(w);
	stix20_note(c, STIX20_MOVED, "%zu observables are objects of their own: object_refs",
	    c->parts);
}

enum err
stix20_make_parts(struct convert *c, struct stix20 *ret, struct why *why)
{
	CLEANUP(buf_free) struct buf out = buf_new(STIX20_BYTES_MAX);
	size_t before = 0;

	ret->made = arena_make(c->arena, struct str, c->parts);
	c->in_part = true;
	json_pointer_key(&c->pointer, S("objects"));
	for (size_t i = 0; i < c->parts; i++) {
		struct json_writer w = json_writer(&out);
		size_t len = c->pointer.len;

		json_pointer_key(&c->pointer, c->part[i].key);
		stix20_note(c, STIX20_MADE, "is %s", c->part[i].id);
		put_part(c, &w, &c->part[i]);
		c->pointer.len = len;
		TRY(buf_check(&out, "what is made of the observed-data", why));
		if (ret->made != NULL)
			ret->made[i] =
			    arena_str(c->arena, (struct str){ out.ptr + before, out.len - before });
		if (ret->made == NULL || ret->made[i].ptr == NULL)
			return fail(why, ERR_LIMIT, "stix20.memory",
			    "no memory is left for what is made of the observed-data");
		before = out.len;
	}
	ret->made_len = c->parts;
	return OK;
}
