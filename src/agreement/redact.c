/* Building the bytes of a copy. */
#include "gate_p.h"
#include "json_writer.h"
#include "redact_p.h"

enum { COPY_BYTES_MAX = 64 * MIB }; /* a copy is never larger than the largest object */

/* ---- what changed ---- */

struct copying
copying_new(struct gate *gate, struct piece *p)
{
	struct copying c = { .gate = gate,
		.p = p,
		.out = buf_new(COPY_BYTES_MAX),
		.pointer = buf_new(64 * KIB) };

	return c;
}

void
copying_done(struct copying *c)
{
	buf_free(&c->out);
	buf_free(&c->pointer);
}

void
note_change(struct copying *c, struct str key, const char *code, const char *method)
{
	note_change_of(c, key, str_of(code), method);
}

void
note_change_of(struct copying *c, struct str key, struct str code, const char *method)
{
	struct piece *p = c->p;
	size_t len = c->pointer.len;

	if (p->changes == CHANGES_MAX || p->change == NULL)
		return;
	if (key.ptr != NULL)
		json_pointer_key(&c->pointer, key);
	p->change[p->changes++] = (struct redaction_change){
		.pointer = arena_str(c->gate->a, buf_str(&c->pointer)),
		.code = code,
		.method = str_of(method),
	};
	c->pointer.len = len;
}

/* ---- times ---- */

void
put_second(struct json_writer *w, time_us at)
{
	char text[TIME_TEXT_MAX + 4];
	size_t len;

	time_text_s(at, text);
	len = strlen(text);
	memcpy(text + len - 1, ".000Z", sizeof(".000Z"));
	json_put_str(w, str_of(text));
}

time_us
copy_created(const struct copying *c)
{
	const struct agreement_item *item = c->p->item;

	return item->copy_created != 0 ? item->copy_created : c->gate->r->copy_time;
}

time_us
copy_modified(const struct copying *c)
{
	const struct agreement_item *item = c->p->item;
	time_us at = item->copy_modified != 0 ? item->copy_modified : c->gate->r->copy_time;

	return at < copy_created(c) ? copy_created(c) : at;
}

/* The hour it lies in; an end is rounded up, so that it stays behind its start. */
static time_us
hour_of(time_us at, bool up)
{
	time_us into = ((at % US_PER_H) + US_PER_H) % US_PER_H;

	return at - into + (up && into > 0 ? US_PER_H : 0);
}

/* ---- values ---- */

static void put_value(struct copying *c, const struct json *v, struct str property);

/* How one reference is written; empty: not at all. */
static struct str
resolve_ref(const struct copying *c, const struct json *e, struct str property)
{
	if (e->type != JSON_STRING || places_find(&c->p->places, e) != NULL)
		return (struct str){ 0 };
	return gate_resolve(c->gate, e->text, property);
}

/* A reference that goes, to something of which only the number is told. */
static void
count_withheld(struct copying *c, const struct json *e)
{
	const struct piece *p = e->type == JSON_STRING ? gate_find(c->gate, e->text) : NULL;

	c->withheld += p != NULL && p->withheld && p->method == METHOD_COUNT;
}

/* The elements that stay, counted first: an empty list is left out.  Returns
 * whether anything was written. */
static bool
put_refs(struct copying *c, const struct json *v)
{
	size_t kept = 0;

	for (const struct json *e = v->first; e != NULL; e = e->next) {
		bool stays = resolve_ref(c, e, v->key).len > 0;

		kept += stays;
		if (!stays)
			count_withheld(c, e);
	}
	if (kept < v->len)
		note_change(c, v->key, "D-LEAKREF", "drop");
	if (kept == 0)
		return false;
	json_begin_array(json_key(&c->w, v->key));
	for (const struct json *e = v->first; e != NULL; e = e->next) {
		struct str id = resolve_ref(c, e, v->key);

		if (id.len == 0)
			continue;
		if (!str_eq(id, e->text))
			note_change(c, v->key, "D-LEAKREF", "rewrite-reference");
		json_put_str(&c->w, id);
	}
	json_end_array(&c->w);
	return true;
}

static bool
put_ref(struct copying *c, const struct json *v)
{
	struct str id = resolve_ref(c, v, v->key);

	if (id.len == 0) {
		count_withheld(c, v);
		note_change(c, v->key, "D-LEAKREF", "drop");
		return false;
	}
	if (!str_eq(id, v->text))
		note_change(c, v->key, "D-LEAKREF", "rewrite-reference");
	json_put_str(json_key(&c->w, v->key), id);
	return true;
}

static void
put_text(struct copying *c, const struct json *v, struct str property)
{
	time_us at;

	if (!time_parse(v->text, &at)) {
		json_put_str(&c->w, v->text);
		return;
	}
	put_second(&c->w, hour_of(at, str_is(property, "valid_until")));
}

static void
put_members(struct copying *c, const struct json *object)
{
	size_t len = c->pointer.len;

	json_pointer_key(&c->pointer, object->key);
	json_begin_object(&c->w);
	for (const struct json *m = object->first; m != NULL; m = m->next)
		(void)put_member(c, m);
	json_end_object(&c->w);
	c->pointer.len = len;
}

/* An element at a place that is taken out. */
static void
put_placed_element(struct copying *c, struct str property, const struct place *place)
{
	CLEANUP(buf_free) struct buf value = buf_new(64 * KIB);
	struct json_writer w = json_writer(&value);
	bool put = put_replacement(c, property, place, &w) && !value.full;

	if (put)
		json_put_raw(&c->w, buf_str(&value));
	note_change_of(c, property, place->code, put ? method_name(place->method) : "drop");
}

static void
put_elements(struct copying *c, const struct json *list, struct str property)
{
	json_begin_array(&c->w);
	for (const struct json *e = list->first; e != NULL; e = e->next) {
		const struct place *place = places_find(&c->p->places, e);

		if (place != NULL)
			put_placed_element(c, property, place);
		else
			put_value(c, e, property);
	}
	json_end_array(&c->w);
}

/* Recursion is bounded by JSON_DEPTH_MAX. */
static void
put_value(struct copying *c, const struct json *v, struct str property)
{
	switch (v->type) {
	case JSON_STRING: put_text(c, v, property); break;
	case JSON_OBJECT: put_members(c, v); break;
	case JSON_ARRAY: put_elements(c, v, property); break;
	case JSON_NULL:
	case JSON_FALSE:
	case JSON_TRUE:
	case JSON_NUMBER: json_put_raw(&c->w, v->raw); break;
	}
}

/* A list all of whose elements are dropped: STIX knows no empty list. */
static bool
is_emptied(const struct copying *c, const struct json *m)
{
	if (m->type != JSON_ARRAY || m->first == NULL || c->p->places.len == 0)
		return false;
	for (const struct json *e = m->first; e != NULL; e = e->next) {
		const struct place *place = places_find(&c->p->places, e);

		if (place == NULL ||
		    (place->method != METHOD_DROP && place->method != METHOD_COUNT))
			return false;
	}
	return true;
}

bool
put_member(struct copying *c, const struct json *m)
{
	const struct place *place = places_find(&c->p->places, m);

	if (place != NULL)
		return put_place(c, m, place);
	if (str_ends(m->key, S("_ref")))
		return put_ref(c, m);
	if (str_ends(m->key, S("_refs")) && m->type == JSON_ARRAY)
		return put_refs(c, m);
	if (is_emptied(c, m)) {
		note_change(c, m->key, "D-CATEGORY", "drop");
		return false;
	}
	(void)json_key(&c->w, m->key);
	put_value(c, m, m->key);
	return true;
}

/* ---- the object ---- */

/* Members that every copy has in its own way.  Returns whether m is one. */
static bool
put_own(struct copying *c, const struct json *m)
{
	if (str_is(m->key, "id")) {
		json_put_str(json_key(&c->w, m->key), piece_copy_id(c->p));
		note_change(c, m->key, "D-LEAKREF", "replace");
	} else if (str_is(m->key, "created")) {
		put_second(json_key(&c->w, m->key), copy_created(c));
		note_change(c, m->key, "D-LEAKREF", "replace");
	} else if (str_is(m->key, "modified")) {
		put_second(json_key(&c->w, m->key), copy_modified(c));
		note_change(c, m->key, "D-LEAKREF", "replace");
	} else if (str_is(m->key, "created_by_ref")) {
		note_change(c, m->key, "V-REPORTER", "replace");
	} else {
		return str_is(m->key, "granular_markings") || str_is(m->key, "object_marking_refs");
	}
	return true;
}

/* Whether something inside a member, not the member itself, is taken out. */
static bool
holds_place(const struct piece *p, const struct json *m)
{
	const char *end = m->raw.ptr + m->raw.len;

	for (size_t i = 0; i < p->places.len; i++) {
		const struct json *v = p->places.place[i].value;

		if (v != m && v->raw.ptr >= m->raw.ptr && v->raw.ptr < end)
			return true;
	}
	return false;
}

/* What may be told of those who are not: how many, or which one again. */
static void
put_known_subject(struct copying *c)
{
	const struct piece *subject = c->p->subject;

	if (is_count_told(c, c->withheld))
		json_put_u64(json_key(&c->w, S("x_torana_withheld_count")), c->withheld);
	if (c->p->cleaned && subject != NULL && subject->token.len > 0 &&
	    str_is(c->p->item->object.type, "incident"))
		json_put_str(json_key(&c->w, S("x_torana_victim")), subject->token);
}

static void
put_object(struct copying *c)
{
	const struct stix_object *o = &c->p->item->object;
	struct str author = c->gate->r->redaction_identity;

	json_begin_object(&c->w);
	for (const struct json *m = o->json->first; m != NULL; m = m->next) {
		if (put_own(c, m))
			continue;
		if (c->p->cleaned && holds_place(c->p, m))
			note_change(c, m->key, "D-CATEGORY", "drop");
		else if (c->p->cleaned && places_find(&c->p->places, m) == NULL)
			put_cleaned(c, m);
		else
			(void)put_member(c, m);
	}
	/* Observables have no author. */
	if (o->class != STIX_SCO && author.len > 0)
		json_put_str(json_key(&c->w, S("created_by_ref")), author);
	put_known_subject(c);
	put_markings(c);
	json_end_object(&c->w);
}

/* A copy that breaks a rule which its source kept has lost something needed. */
static bool
is_broken(const struct gate *gate, const struct stix_object *copy, const struct stix_object *source)
{
	struct stix_report *report = arena_make(gate->a, struct stix_report, 1);

	if (report == NULL)
		return true;
	stix_validate(copy, report);
	if (report->errors == 0)
		return false;
	stix_validate(source, report);
	return report->errors == 0;
}

/* Reads the copy again, as the recipient will. */
static enum remains
examine(struct gate *gate, struct piece *p, struct str bytes)
{
	const struct json *tree;
	struct stix_object copy;
	struct marking_set marking;

	if (json_parse(gate->a, bytes, NULL, &tree, NULL) != OK ||
	    stix_scan(tree, &copy, NULL) != OK)
		return REMAINS_EMPTY;
	if (gate_leaks(gate, p, bytes))
		return REMAINS_LEAK;
	p->redrawn = gate_draw_result(gate, p, &copy) || p->redrawn;
	if (is_broken(gate, &copy, &p->item->object))
		return REMAINS_EMPTY;
	/* No marking may have been lost on the way. */
	marking_collect(&copy, NULL, NULL, &marking);
	return marking.tlp == p->kept_tlp ? REMAINS_COPY : REMAINS_LEAK;
}

enum err
gate_redact(struct gate *gate, struct piece *p, enum remains *ret)
{
	CLEANUP(copying_done) struct copying c = copying_new(gate, p);

	if (p->change == NULL)
		p->change = arena_make(gate->a, struct redaction_change, CHANGES_MAX);
	if (p->change == NULL)
		return gate_memory(gate);
	p->changes = 0;
	*ret = REMAINS_LEAK;
	if (!str_eq(stix_id_type(p->item->copy_id), p->item->object.type) ||
	    str_eq(p->item->copy_id, p->item->object.id))
		return OK; /* without a name of its own a copy cannot leave */
	c.w = json_writer(&c.out);
	if (p->stands_in)
		put_stand_in(&c);
	else
		put_object(&c);
	TRY(buf_check(&c.out, "the copy", gate->why));
	p->bytes = arena_str(gate->a, buf_str(&c.out));
	if (p->bytes.ptr == NULL)
		return gate_memory(gate);
	*ret = examine(gate, p, p->bytes);
	return OK;
}
