/* Opening the gate: the request is checked and its items are linked. */
#include "gate_p.h"
#include "request.h"
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
			return gate->piece[mid].main;
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

static bool
means_same(const struct stix_object *a, const struct stix_object *b)
{
	struct marking x = { 0 }, y = { 0 };

	return marking_of(a, &x, NULL) == OK && marking_of(b, &y, NULL) == OK && x.kind == y.kind &&
	       x.tlp == y.tlp && str_eq(x.pap, y.pap) && memcmp(&x.iep, &y.iep, sizeof(x.iep)) == 0;
}

/* Of a definition that is held with two meanings nobody knows which is true. */
static const struct stix_object *
find_definition(void *arg, struct str id)
{
	const struct gate *gate = arg;
	const struct piece *p = gate_find(gate, id);

	if (p == NULL)
		return NULL;
	for (const struct piece *q = piece_next(gate, p); q != NULL; q = piece_next(gate, q)) {
		if (!means_same(&p->item->object, &q->item->object))
			return NULL;
	}
	return &p->item->object;
}

/* ---- versions of one object ---- */

/* The markings of another version, TLP aside: which level counts is known when
 * the parts above the ceiling are (facts.c). */
static void
join_marking(struct marking_set *main, const struct marking_set *other)
{
	enum tlp level = TLP_NONE, more = TLP_NONE;

	(void)tlp_parse(main->pap, &level); /* PAP has the same names in the same order */
	if (other->pap.len > 0 && tlp_parse(other->pap, &more) && more > level)
		main->pap = other->pap;
	for (size_t i = 0; i < IEP_STATEMENTS; i++) {
		if (other->iep.rank[i] > main->iep.rank[i])
			main->iep.rank[i] = other->iep.rank[i];
	}
	if (main->unknown == 0)
		main->first_unknown = other->first_unknown;
	main->unknown += other->unknown;
}

static enum err
check_order(const struct agreement_request *r, struct why *why)
{
	for (size_t i = 1; i < r->items; i++) {
		const struct agreement_item *item = &r->item[i];
		int order = str_cmp(r->item[i - 1].object.id, item->object.id);

		if (order > 0 || (order == 0 && item->selected))
			return fail(why, ERR_INVALID, "agreement.order",
			    "the items must be sorted by id and each be asked for once; " STR_FMT
			    " is out of place",
			    STR_ARG(item->object.id));
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
	for (size_t i = 0; i < r->items; i++) {
		struct piece *p = &gate->piece[i];

		p->item = &r->item[i];
		p->main = agreement_is_other(r, i) ? gate->piece[i - 1].main : p;
	}
	for (size_t i = 0; i < r->items; i++) {
		struct piece *p = &gate->piece[i];

		TRY(link_piece(&links, p));
		marking_collect(&p->item->object, find_definition, gate, &p->marking);
		/* Nobody knows what marking it has: the strictest wins. */
		p->marking.unknown += p->item->disputed;
		if (p->main != p)
			join_marking(&p->main->marking, &p->marking);
	}
	for (size_t i = 0; i < r->items; i++)
		gate_part(gate, &gate->piece[i]);
	return OK;
}
