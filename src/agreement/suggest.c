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

static struct str
sentence_about(const struct gate *gate, const struct piece *p)
{
	struct str type = p->item->object.type;
	const struct piece *indicator;

	if (!str_is(type, "observed-data"))
		return str_is(type, "report") || str_is(type, "grouping") || str_is(type, "note") ||
		               str_is(type, "opinion")
		           ? S("What it speaks of is sent by itself.")
		           : S("Only the technique is sent: a pattern, a hash, a phase.");
	indicator = indicator_of(gate, p);
	if (indicator == NULL)
		return S(
		    "A sighting is sent instead: its count by the hour and the sector, no address.");
	return arena_printf(gate->a,
	    "A sighting of " STR_FMT
	    " is sent instead: its count by the hour and the sector, no address.",
	    STR_ARG(indicator->item->object.id));
}

enum err
explain_instead(struct gate *gate, const struct piece *p, struct agreement_decision *d)
{
	bool empty = false;
	struct str line;

	for (size_t i = 0; i < d->codes; i++)
		empty = empty || str_is(d->code[i], "D-EMPTY");
	if (!empty || d->would_change == LINES_MAX)
		return OK;
	line = sentence_about(gate, p);
	if (line.ptr == NULL)
		return gate_memory(gate);
	d->would[d->would_change++] = line;
	return OK;
}
