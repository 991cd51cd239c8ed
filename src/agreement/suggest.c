/* What may be sent instead, where a copy would be empty. */
#include "explain_p.h"

static bool
refers_to(const struct piece *p, const struct piece *target)
{
	for (size_t i = 0; i < p->edges; i++) {
		if (p->edge[i].property.len > 0 && str_eq(p->edge[i].id, target->item->object.id))
			return true;
	}
	return false;
}

static bool
is_known_to_recipient(const struct piece *p)
{
	return p->item->delivered != DELIVERED_NOTHING ||
	       (p->item->selected && p->form != FORM_NONE);
}

/* The indicator that a sighting or relationship connects with p, if the
 * recipient has it or gets it; NULL: none. */
static const struct piece *
indicator_of(const struct gate *gate, const struct piece *p)
{
	for (size_t i = 0; i < gate->pieces; i++) {
		const struct piece *link = &gate->piece[i];
		struct str type = link->item->object.type;

		if ((!str_is(type, "sighting") && !str_is(type, "relationship")) ||
		    !refers_to(link, p))
			continue;
		for (size_t k = 0; k < link->edges; k++) {
			const struct piece *end = link->edge[k].target == SIZE_MAX
			                              ? NULL
			                              : &gate->piece[link->edge[k].target];

			if (end != NULL && str_is(end->item->object.type, "indicator") &&
			    is_known_to_recipient(end))
				return end;
		}
	}
	return NULL;
}

static struct line
instead_of(const struct gate *gate, const struct piece *p)
{
	struct str type = p->item->object.type;
	const struct piece *indicator;

	if (str_is(type, "report") || str_is(type, "grouping") || str_is(type, "note") ||
	    str_is(type, "opinion"))
		return (struct line){ WOULD_SEND_PARTS, { { 0 } } };
	if (!str_is(type, "observed-data"))
		return (struct line){ WOULD_SEND_TECHNIQUE, { { 0 } } };
	indicator = indicator_of(gate, p);
	if (indicator == NULL)
		return (struct line){ WOULD_SEND_SIGHTING, { { 0 } } };
	return (struct line){ WOULD_SEND_SIGHTING_OF, { indicator->item->object.id } };
}

enum err
explain_instead(struct gate *gate, const struct piece *p, struct agreement_decision *d)
{
	struct said said = { .len = d->would_change.len };
	bool empty = false;

	for (size_t i = 0; i < d->codes; i++)
		empty = empty || str_is(d->code[i], "D-EMPTY");
	if (!empty || said.len == LINES_MAX)
		return OK;
	if (said.len > 0)
		memcpy(said.line, d->would_change.line, said.len * sizeof(*said.line));
	said_add(&said, instead_of(gate, p));
	return said_keep(gate, &said, &d->would_change);
}
