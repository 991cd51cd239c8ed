/* Objects that are alike are explained alike.
 *
 * Of thousands of objects in a selection most have the same facts: only their
 * identifiers and versions differ.  The verdict, its words and what would change
 * it follow from the facts alone, and are worked out once for each kind. */
#include "explain_p.h"

enum { ALIKE_SLOTS = 64 }; /* types times markings of a usual selection */

struct alike {
	const struct facts *facts; /* NULL: the slot is free */
	enum form form;
	size_t changes;
	struct agreement_decision decision; /* without what belongs to one item */
	struct facts_frame frame;
};

enum { SHARED = offsetof(struct facts, type) }; /* where the bytes that are compared begin */

static bool
is_alike(const struct alike *k, const struct piece *p)
{
	return k->facts != NULL && k->form == p->form && k->changes == p->changes &&
	       memcmp((const char *)k->facts + SHARED, (const char *)p->facts + SHARED,
	           sizeof(struct facts) - SHARED) == 0;
}

static size_t
slot_of(const struct piece *p)
{
	const struct facts *f = p->facts;
	uint64_t hash = f->categories * 31 + f->drawn;

	hash = hash * 31 + (uint64_t)f->tlp * 8 + (uint64_t)f->default_tlp;
	hash = hash * 31 + (uint64_t)f->remains * 8 + (uint64_t)p->form;
	hash = (hash + p->changes) * 0x9e3779b97f4a7c15u; /* 2^64 / phi */
	return (size_t)(hash >> 58) % ALIKE_SLOTS;
}

/* The verdict's room is large and short-lived: both lie in the gate's arena once. */
struct alike_room {
	struct alike slot[ALIKE_SLOTS];
	struct verdict verdict, scratch;
};

static enum err
work_out(struct gate *gate, struct alike_room *room, const struct piece *p, struct alike *k)
{
	*k = (struct alike){ .form = p->form, .changes = p->changes };
	judge(p->facts, &gate->documents, &room->verdict);
	TRY(explain(gate, p, &room->verdict, &k->decision));
	TRY(explain_would_change(gate, p, &room->verdict, &room->scratch, &k->decision));
	k->frame = facts_frame(gate->a, p->facts, &gate->documents);
	if (k->frame.before.ptr == NULL)
		return gate_memory(gate);
	k->facts = p->facts;
	return OK;
}

enum err
explain_alike(struct gate *gate, const struct piece *p, struct agreement_decision *d)
{
	if (gate->alike == NULL)
		gate->alike = arena_make(gate->a, struct alike_room, 1);
	if (gate->alike == NULL)
		return gate_memory(gate);
	struct alike *k = &gate->alike->slot[slot_of(p)];
	if (!is_alike(k, p))
		TRY(work_out(gate, gate->alike, p, k));
	*d = k->decision;
	d->facts = facts_text(gate->a, p->facts, &k->frame, &gate->scratch);
	return d->facts.ptr == NULL ? gate_memory(gate) : OK;
}
