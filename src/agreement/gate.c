/* Opening the gate: the request is checked and its items are linked. */
#include "gate_p.h"
#include "uuid.h"

enum err
gate_memory(const struct gate *gate)
{
	return fail(gate->why, ERR_LIMIT, "agreement.memory",
	    "no memory is left to decide about so many objects");
}

struct piece *
gate_find(const struct gate *gate, struct str id)
{
	size_t low = 0, high = gate->pieces;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int order = str_cmp(gate->piece[mid].item->object.id, id);

		if (order == 0)
			return &gate->piece[mid];
		if (order < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

bool
is_marking_ref(struct str property)
{
	return str_is(property, "object_marking_refs") || str_is(property, "marking_ref");
}

bool
gate_consents(const struct gate *gate, struct str identity, enum consent_scope scope)
{
	for (size_t i = 0; identity.len > 0 && i < gate->r->consents; i++) {
		const struct consent *c = &gate->r->consent[i];

		if (!str_eq(c->identity, identity) || c->scope != scope || c->withdrawn ||
		    gate->r->at >= c->until)
			continue;
		if (c->to.len == 0 || str_eq(c->to, gate->r->to) ||
		    (gate->to_party != NULL && str_eq(c->to, gate->to_party->code)))
			return true;
	}
	return false;
}

bool
gate_is_recipients(const struct gate *gate, const struct piece *p)
{
	return gate->to != NULL && str_eq(p->item->giver, gate->to->code);
}

bool
gate_is_public(const struct gate *gate, struct str id)
{
	const struct agreement *g = gate->documents.agreement;

	if (id.len > 0 && str_eq(id, gate->r->redaction_identity))
		return true;
	for (size_t i = 0; i < gate->r->publishers; i++) {
		if (str_eq(gate->r->publisher[i], id))
			return true;
	}
	for (size_t i = 0; g != NULL && i < g->parties; i++) {
		for (size_t j = 0; j < g->party[i].organisations; j++) {
			if (id.len > 0 && str_eq(g->party[i].organisation[j].identity, id))
				return true;
		}
	}
	return false;
}

/* An organisation of the agreement, by the identifier that the agreement gives
 * it or, being an organisation, by exactly its name. */
bool
gate_is_organisation(const struct gate *gate, const struct stix_object *o)
{
	const struct agreement *g = gate->documents.agreement;
	struct str name = json_str(json_get(o->json, S("name")));

	if (gate_is_public(gate, o->id))
		return true;
	if (!str_is(json_str(json_get(o->json, S("identity_class"))), "organization"))
		return false;
	for (size_t i = 0; g != NULL && i < g->parties; i++) {
		for (size_t j = 0; j < g->party[i].organisations; j++) {
			if (str_eq(g->party[i].organisation[j].name, name))
				return true;
		}
	}
	return false;
}

/* ---- links ---- */

struct linking {
	struct gate *gate;
	struct edge *edge; /* reused from item to item */
	size_t len, cap;
	bool full;
};

/* Nearly all objects carry the marking of the one before. */
static size_t
target_of(struct gate *gate, struct str id, struct str property)
{
	bool marking = is_marking_ref(property);
	const struct piece *p;
	size_t target;

	if (marking && str_eq(id, gate->last_marking))
		return gate->last_marking_target;
	p = gate_find(gate, id);
	target = p == NULL ? SIZE_MAX : (size_t)(p - gate->piece);
	if (marking) {
		gate->last_marking = id;
		gate->last_marking_target = target;
	}
	return target;
}

static bool
grow_edges(struct linking *l)
{
	size_t cap = l->cap == 0 ? 64 : 2 * l->cap;
	struct edge *more = arena_make(l->gate->a, struct edge, cap);

	if (more == NULL) {
		l->full = true;
		return false;
	}
	if (l->len > 0)
		memcpy(more, l->edge, l->len * sizeof(*more));
	l->edge = more;
	l->cap = cap;
	return true;
}

static bool
add_edge(void *arg, struct str id, struct str property, struct str pointer)
{
	struct linking *l = arg;

	(void)pointer;
	if (l->len == l->cap && !grow_edges(l))
		return false;
	l->edge[l->len++] = (struct edge){ .id = id,
		.property = property,
		.target = target_of(l->gate, id, property) };
	return true;
}

/* The identifier around a "--" at this place of a text, or an empty one. */
static struct str
id_around(struct str text, size_t at)
{
	size_t start = at;

	while (start > 0 &&
	       strchr("abcdefghijklmnopqrstuvwxyz0123456789-", text.ptr[start - 1]) != NULL)
		start--;
	struct str id = str_sub(text, start, at - start + 2 + UUID_TEXT);
	return stix_id_is(id) ? id : (struct str){ 0 };
}

struct naming {
	stix_ref_fn *fn;
	void *arg;
};

static bool
name_ids(void *arg, struct str text, struct str key, struct str pointer)
{
	struct naming *n = arg;
	size_t from = 0;

	if (str_is(key, "id") || str_ends(key, S("_ref")) || str_ends(key, S("_refs")))
		return true;
	for (;;) {
		size_t at = str_find(str_sub(text, from, SIZE_MAX), S("--"));

		if (at == SIZE_MAX)
			return true;
		struct str id = id_around(text, from + at);
		if (id.len > 0 && !n->fn(n->arg, id, (struct str){ 0 }, pointer))
			return false;
		from += at + 1;
	}
}

void
agreement_each_named(const struct stix_object *o, stix_ref_fn *fn, void *arg)
{
	struct naming n = { .fn = fn, .arg = arg };

	stix_texts(o->json, name_ids, &n);
}

static enum err
link_piece(struct linking *l, struct piece *p)
{
	struct edge *edge;

	l->len = 0;
	stix_refs(&p->item->object, add_edge, l);
	agreement_each_named(&p->item->object, add_edge, l);
	edge = arena_make(l->gate->a, struct edge, l->len + 1);
	if (edge == NULL || l->full)
		return gate_memory(l->gate);
	if (l->len > 0)
		memcpy(edge, l->edge, l->len * sizeof(*edge));
	p->edge = edge;
	p->edges = l->len;
	return OK;
}

static const struct stix_object *
find_definition(void *arg, struct str id)
{
	const struct piece *p = gate_find(arg, id);

	return p == NULL ? NULL : &p->item->object;
}

static enum err
check_order(const struct agreement_request *r, struct why *why)
{
	for (size_t i = 1; i < r->items; i++) {
		if (str_cmp(r->item[i - 1].object.id, r->item[i].object.id) >= 0)
			return fail(why, ERR_INVALID, "agreement.order",
			    "the items must be sorted by id and each be there once; " STR_FMT
			    " is out of place",
			    STR_ARG(r->item[i].object.id));
	}
	return OK;
}

enum err
gate_open(struct gate *gate)
{
	const struct agreement_request *r = gate->r;
	struct linking links = { .gate = gate };

	TRY(check_order(r, gate->why));
	gate->documents = (struct documents){
		.agreement = r->standing == NULL ? NULL : r->standing->agreement,
		.packs = r->packs,
		.pack = r->pack,
	};
	if (gate->documents.agreement != NULL)
		gate->to =
		    agreement_organisation(gate->documents.agreement, r->to, &gate->to_party);
	gate->pieces = r->items;
	gate->piece = arena_make(gate->a, struct piece, r->items + 1);
	if (gate->piece == NULL)
		return gate_memory(gate);
	for (size_t i = 0; i < r->items; i++)
		gate->piece[i].item = &r->item[i];
	for (size_t i = 0; i < r->items; i++) {
		TRY(link_piece(&links, &gate->piece[i]));
		marking_collect(&r->item[i].object, find_definition, gate, &gate->piece[i].marking);
		/* Nobody knows what marking it has: the strictest wins. */
		gate->piece[i].marking.unknown += r->item[i].disputed;
		gate_part(gate, &gate->piece[i]);
	}
	return OK;
}
