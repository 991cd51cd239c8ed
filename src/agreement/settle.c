/* Which item leaves as what.
 *
 * Every item begins as what its own facts allow.  A reference to something
 * that the recipient does not and will not have is taken away, one to a copy
 * is rewritten, and both make the referring object a copy; a reference that
 * it cannot be without keeps it here.  Forms only ever go down, so this ends. */
#include "gate_p.h"
#include "marking.h"

/* What is held is not counted on: its approval may never come.  Of a strict
 * selection nothing goes before it has. */
static bool
leaves_now(const struct gate *gate, const struct piece *p)
{
	return p->item->selected && p->form != FORM_NONE &&
	       (!p->held || gate->r->mode == BUNDLE_STRICT);
}

/* What a reference to an item of the request is written as. */
static struct str
resolve_piece(const struct gate *gate, const struct piece *p)
{
	struct str id = p->item->object.id;

	if (p->withheld)
		return p->stands_in && leaves_now(gate, p) ? piece_copy_id(p) : (struct str){ 0 };
	if (p->tied && p->item->object.class == STIX_SCO)
		return (struct str){ 0 };
	if (leaves_now(gate, p))
		return p->form == FORM_ORIGINAL ? id : piece_copy_id(p);
	if (p->item->delivered == DELIVERED_ORIGINAL || gate_is_public(gate, id) ||
	    gate_is_recipients(gate, p))
		return id;
	return p->item->delivered == DELIVERED_COPY ? p->item->copy_id : (struct str){ 0 };
}

static struct str
resolve(const struct gate *gate, const struct piece *p, struct str id, struct str property)
{
	/* A marking stays even where its definition does not travel: to lose a
	 * restriction is worse than a reference that does not resolve. */
	if (is_marking_ref(property))
		return id;
	if (p == NULL)
		return gate_is_public(gate, id) ? id : (struct str){ 0 };
	return resolve_piece(gate, p);
}

struct str
gate_resolve(const struct gate *gate, struct str id, struct str property)
{
	return resolve(gate, is_marking_ref(property) ? NULL : gate_find(gate, id), id, property);
}

struct str
gate_resolve_edge(const struct gate *gate, const struct edge *e)
{
	const struct piece *p = e->target == SIZE_MAX ? NULL : &gate->piece[e->target];

	return resolve(gate, p, e->id, e->property);
}

/* ---- references an object cannot be without ---- */

/* clang-format off */
static const struct needed {
	const char *type;
	const char *property;
	bool every;        /* each of them, or only one left */
	enum remains lost;
} needs[] = {
	{ "relationship",     "source_ref",      true,  REMAINS_LOST },
	{ "relationship",     "target_ref",      true,  REMAINS_LOST },
	{ "sighting",         "sighting_of_ref", true,  REMAINS_LOST },
	{ "language-content", "object_ref",      true,  REMAINS_LOST },
	{ "observed-data",    "object_refs",     false, REMAINS_EMPTY },
	{ "report",           "object_refs",     false, REMAINS_EMPTY },
	{ "grouping",         "object_refs",     false, REMAINS_EMPTY },
	{ "note",             "object_refs",     false, REMAINS_EMPTY },
	{ "opinion",          "object_refs",     false, REMAINS_EMPTY },
};
/* clang-format on */

/* A translation speaks of texts, which only the original has. */
static bool
is_kept(const struct gate *gate, const struct piece *p, const struct edge *e)
{
	struct str id = gate_resolve_edge(gate, e);

	if (str_is(p->item->object.type, "language-content") && str_is(e->property, "object_ref"))
		return str_eq(id, e->id);
	return id.len > 0;
}

static enum remains
lost_by(const struct gate *gate, const struct piece *p, const struct needed *need)
{
	bool any = false, kept = false;

	for (size_t i = 0; i < p->edges; i++) {
		if (!str_is(p->edge[i].property, need->property))
			continue;
		if (is_kept(gate, p, &p->edge[i]))
			kept = true;
		else if (need->every)
			return need->lost;
		any = true;
	}
	return any && !kept ? need->lost : REMAINS_ORIGINAL;
}

static enum remains
what_is_lost(const struct gate *gate, const struct piece *p)
{
	for (size_t i = 0; i < COUNTOF(needs); i++) {
		enum remains lost = REMAINS_ORIGINAL;

		if (str_is(p->item->object.type, needs[i].type))
			lost = lost_by(gate, p, &needs[i]);
		if (lost != REMAINS_ORIGINAL)
			return lost;
	}
	return REMAINS_ORIGINAL;
}

/* Whether all references of an original may stay as they are. */
static bool
resolves_as_is(const struct gate *gate, struct piece *p)
{
	bool as_is = true;

	for (size_t i = 0; i < p->edges; i++) {
		const struct edge *e = &p->edge[i];

		if (e->property.len == 0 && e->target == SIZE_MAX)
			continue; /* in a text, and nothing of ours */
		if (str_eq(gate_resolve_edge(gate, e), e->id))
			continue;
		as_is = false;
		if (e->property.len == 0)
			p->cleaned = true;
	}
	return as_is;
}

static void
give_up(struct piece *p, enum remains remains)
{
	p->form = FORM_NONE;
	p->facts->remains = remains;
}

/* Returns whether p went down. */
static bool
settle_references(const struct gate *gate, struct piece *p)
{
	enum remains lost;
	bool as_is;

	if (!p->item->selected || p->form == FORM_NONE)
		return false;
	lost = what_is_lost(gate, p);
	if (lost != REMAINS_ORIGINAL) {
		give_up(p, lost);
		return true;
	}
	as_is = resolves_as_is(gate, p);
	if (!as_is)
		p->facts->remains = REMAINS_COPY;
	if (p->form == FORM_COPY || as_is)
		return false;
	p->form = FORM_COPY;
	return true;
}

static bool
settle_all_references(const struct gate *gate)
{
	bool any = false;

	for (bool changed = true; changed;) {
		changed = false;
		for (size_t i = 0; i < gate->pieces; i++)
			changed = settle_references(gate, &gate->piece[i]) || changed;
		any = any || changed;
	}
	return any;
}

/* ---- forms ---- */

/* Versions of what went as a copy are versions of the copy: the original beside
 * it would tell whose copy that is. */
static bool
is_known_as_copy(const struct piece *p)
{
	return p->item->delivered == DELIVERED_COPY;
}

/* Returns whether more of it is taken out than before. */
static bool
begin(struct gate *gate, struct piece *p, struct verdict *v)
{
	bool more;

	judge(p->facts, &gate->documents, v);
	p->held = p->held || v->held;
	more = gate_place(gate, p, v);
	if (v->effect >= EFFECT_ROUTE)
		p->form = FORM_NONE;
	else if (p->cleaned || p->places.len > 0 || is_known_as_copy(p))
		p->form = FORM_COPY;
	if (is_known_as_copy(p))
		p->facts->remains = REMAINS_COPY;
	return more;
}

/* What is taken out of one object may stand in another: until nothing changes. */
static enum err
begin_all(struct gate *gate, struct verdict *v)
{
	for (bool more = true; more;) {
		more = false;
		for (size_t i = 0; i < gate->pieces; i++) {
			if (gate->piece[i].item->selected)
				more = begin(gate, &gate->piece[i], v) || more;
		}
		if (more)
			TRY(gate_search_again(gate));
	}
	return OK;
}

/* One copy; *ret_changed when something else follows from how it came out. */
static enum err
build_copy(struct gate *gate, struct piece *p, struct verdict *v, bool *ret_changed)
{
	enum remains remains = REMAINS_COPY;

	p->redrawn = false;
	TRY(gate_redact(gate, p, &remains));
	if (p->places.full)
		remains = REMAINS_LEAK;
	if (remains != REMAINS_COPY)
		give_up(p, remains);
	*ret_changed = *ret_changed || remains != REMAINS_COPY || p->redrawn;
	if (remains != REMAINS_COPY || !p->redrawn)
		return OK;
	return begin(gate, p, v) ? gate_search_again(gate) : OK;
}

/* Builds all copies; returns whether one of them could not be. */
static enum err
build_copies(struct gate *gate, struct verdict *v, bool *ret_changed)
{
	*ret_changed = false;
	for (size_t i = 0; i < gate->pieces; i++) {
		if (gate->piece[i].item->selected && gate->piece[i].form == FORM_COPY)
			TRY(build_copy(gate, &gate->piece[i], v, ret_changed));
	}
	return OK;
}

/* All or nothing: one that stays keeps all others here, and while one waits all do. */
static void
stop_strict(struct gate *gate, struct verdict *v)
{
	bool stopped = false, waits = false;

	for (size_t i = 0; i < gate->pieces && !stopped; i++) {
		if (!gate->piece[i].item->selected)
			continue;
		judge(gate->piece[i].facts, &gate->documents, v);
		stopped = v->effect >= EFFECT_ROUTE;
		waits = waits || v->effect == EFFECT_HOLD;
	}
	for (size_t i = 0; (stopped || waits) && i < gate->pieces; i++) {
		if (!gate->piece[i].item->selected)
			continue;
		gate->piece[i].facts->stopped = stopped;
		gate->piece[i].facts->waits = !stopped;
		if (stopped)
			gate->piece[i].form = FORM_NONE;
	}
}

enum err
gate_settle(struct gate *gate)
{
	struct verdict *v = arena_make(gate->a, struct verdict, 1);
	bool changed = true;

	if (v == NULL)
		return gate_memory(gate);
	for (size_t i = 0; i < gate->pieces; i++)
		TRY(gate_name_class(gate, &gate->piece[i]));
	TRY(begin_all(gate, v));
	while (changed) {
		(void)settle_all_references(gate);
		TRY(build_copies(gate, v, &changed));
	}
	if (gate->r->mode == BUNDLE_STRICT)
		stop_strict(gate, v);
	return OK;
}
