/* Parts of an object that are marked higher than the channel carries: they go,
 * where the rest may leave. */
#include "gate_p.h"
#include "redact_p.h"

/* The TLP that one granular marking gives; false: it is another marking, or
 * nobody understands it. */
static bool
tlp_of_part(const struct gate *gate, const struct json *granular, enum tlp *ret)
{
	struct str id = json_str(json_get(granular, S("marking_ref")));
	const struct piece *p = gate_find(gate, id);
	struct marking m;

	if (!marking_by_id(id, &m) && (p == NULL || marking_of(&p->item->object, &m, NULL) != OK))
		return false;
	*ret = m.tlp;
	return m.kind == MARKING_TLP1 || m.kind == MARKING_TLP2;
}

/* The marking of the object without those of its parts. */
static enum tlp
tlp_of_whole(struct gate *gate, const struct stix_object *o)
{
	const struct json *refs = json_get(o->json, S("object_marking_refs"));
	enum tlp tlp = TLP_NONE;

	for (const struct json *v = json_is(refs, JSON_ARRAY) ? refs->first : NULL; v != NULL;
	     v = v->next) {
		const struct piece *p = v->type == JSON_STRING ? gate_find(gate, v->text) : NULL;
		struct marking m = { .kind = MARKING_UNKNOWN };

		if (v->type != JSON_STRING)
			continue;
		if (!marking_by_id(v->text, &m) && p != NULL &&
		    marking_of(&p->item->object, &m, NULL) != OK)
			m.kind = MARKING_UNKNOWN;
		if ((m.kind == MARKING_TLP1 || m.kind == MARKING_TLP2) && m.tlp > tlp)
			tlp = m.tlp;
	}
	return tlp;
}

/* "labels.[0]" as "/labels/0". */
static bool
put_pointer(struct str selector, struct buf *out)
{
	while (selector.ptr != NULL) {
		struct str step = str_split(&selector, '.');

		if (step.len > 2 && step.ptr[0] == '[' && step.ptr[step.len - 1] == ']')
			step = str_sub(step, 1, step.len - 2);
		json_pointer_key(out, step);
	}
	return !out->full;
}

static bool
take_part(struct gate *gate, struct places *parts, const struct json *object, struct str selector)
{
	CLEANUP(buf_free) struct buf pointer = buf_new(64 * KIB);
	struct place place = { .value = marking_select(object, selector),
		.method = METHOD_DROP,
		.code = S("M-CEIL") };

	if (place.value == NULL || !put_pointer(selector, &pointer))
		return false;
	place.pointer = buf_str(&pointer);
	(void)places_add_value(gate->a, parts, &place);
	return !parts->full;
}

/* All parts above the ceiling into `parts`, the strictest of the others into
 * *ret.  False: a part cannot be taken out. */
static bool
take_parts(struct gate *gate, const struct piece *p, struct places *parts, enum tlp *ret)
{
	const struct json *object = p->item->object.json;
	const struct json *granular = json_get(object, S("granular_markings"));
	enum tlp ceiling = gate->documents.agreement->ceiling[gate->r->channel], tlp;

	for (const struct json *v = json_is(granular, JSON_ARRAY) ? granular->first : NULL;
	     v != NULL; v = v->next) {
		const struct json *selectors = json_get(v, S("selectors"));

		if (!tlp_of_part(gate, v, &tlp))
			continue;
		if (tlp <= ceiling) {
			*ret = tlp > *ret ? tlp : *ret;
			continue;
		}
		if (!json_is(selectors, JSON_ARRAY))
			return false;
		for (const struct json *s = selectors->first; s != NULL; s = s->next) {
			if (s->type != JSON_STRING || !take_part(gate, parts, object, s->text))
				return false;
		}
	}
	return true;
}

void
gate_part(struct gate *gate, struct piece *p)
{
	const struct agreement *g = gate->documents.agreement;
	struct places parts = { 0 };
	enum tlp whole;

	p->kept_tlp = p->marking.tlp;
	if (g == NULL || !p->marking.granular || p->marking.unknown > 0 ||
	    p->marking.tlp <= g->ceiling[gate->r->channel])
		return;
	whole = tlp_of_whole(gate, &p->item->object);
	if (whole == TLP_NONE || whole > g->ceiling[gate->r->channel] ||
	    !take_parts(gate, p, &parts, &whole) || parts.len == 0)
		return;
	p->kept_tlp = whole;
	p->parted = true;
	p->places = parts;
}
