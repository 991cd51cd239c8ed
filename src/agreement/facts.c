/* Drawing the facts of the selected items. */
#include <stdio.h>

#include "gate_p.h"
#include "read_p.h"
#include "selector_p.h"

enum { OBJECT_BYTES_MAX = 64 * MIB }; /* the largest that is imported */

static bool
is_personal(const struct piece *p)
{
	static const char *const types[] = { "email-addr", "user-account", "email-message" };

	for (size_t t = 0; t < COUNTOF(types); t++) {
		struct str type = str_of(types[t]);

		if (str_eq(p->item->object.type, type))
			return true;
		for (size_t i = 0; i < p->edges; i++) {
			if (p->edge[i].property.len > 0 && !is_marking_ref(p->edge[i].property) &&
			    str_starts(p->edge[i].id, type) &&
			    str_starts(str_sub(p->edge[i].id, type.len, SIZE_MAX), S("--")))
				return true;
		}
	}
	return false;
}

/* ---- what kind of thing it is, by vocabulary and label ---- */

static bool
has_word(const struct stix_object *o, const char *member, const char *const *words, size_t n)
{
	const struct json *list = json_get(o->json, str_of(member));

	for (const struct json *v = json_is(list, JSON_ARRAY) ? list->first : NULL; v != NULL;
	     v = v->next) {
		for (size_t i = 0; i < n; i++) {
			if (v->type == JSON_STRING &&
			    str_eq_nocase(str_trim(v->text), str_of(words[i])))
				return true;
		}
	}
	return false;
}

static bool
is_credential(const struct stix_object *o)
{
	static const char *const labels[] = { "credential", "credential-dump",
		"personal.credential" };

	return (str_is(o->type, "user-account") && json_get(o->json, S("credential")) != NULL) ||
	       has_word(o, "labels", labels, COUNTOF(labels));
}

/* What attacks by itself, or is made to build such a thing. */
static bool
is_armed(const struct stix_object *o)
{
	static const char *const malware[] = { "exploit-kit" };
	static const char *const tools[] = { "exploitation" };
	static const char *const labels[] = { "exploit", "exploit-kit", "implant-builder",
		"implant-source", "c2-framework-source" };

	return (str_is(o->type, "malware") &&
	           has_word(o, "malware_types", malware, COUNTOF(malware))) ||
	       (str_is(o->type, "tool") && has_word(o, "tool_types", tools, COUNTOF(tools))) ||
	       has_word(o, "labels", labels, COUNTOF(labels));
}

/* ---- how many persons ---- */

static size_t
count_persons(const struct gate *gate)
{
	size_t n = 0;

	for (size_t i = 0; i < gate->pieces; i++) {
		const struct agreement_item *item = gate->piece[i].item;

		n += item->selected && (str_is(item->object.type, "email-addr") ||
		                           str_is(item->object.type, "user-account"));
	}
	return n;
}

/* What it says itself, or as many as the selection has accounts. */
static uint64_t
persons_of(const struct gate *gate, const struct piece *p)
{
	uint64_t told = 0;

	(void)json_u64(json_get(p->item->object.json, S("x_torana_persons")), &told);
	if (told < p->item->persons)
		told = p->item->persons;
	if (!is_personal(p) || told > gate->persons)
		return told;
	return gate->persons;
}

/* What was imported was validated wholly; here only what the other stages rest on. */
static bool
is_well_formed(const struct stix_object *o)
{
	bool versioned = o->class != STIX_SCO && o->class != STIX_MARKING;

	return o->raw.len > 0 && o->raw.len <= OBJECT_BYTES_MAX && str_is(o->spec_version, "2.1") &&
	       str_eq(stix_id_type(o->id), o->type) &&
	       (!versioned || (o->created_us > 0 && o->modified_us >= o->created_us));
}

static bool
has_label(const struct stix_object *o, struct str label)
{
	return texts_have(json_get(o->json, S("labels")), label);
}

static bool
is_export_controlled(const struct gate *gate, const struct stix_object *o)
{
	const struct agreement *g = gate->documents.agreement;
	const struct json *v = g == NULL || g->export_control.classes == NULL
	                           ? NULL
	                           : g->export_control.classes->first;

	for (; v != NULL; v = v->next) {
		if (has_label(o, v->text))
			return true;
	}
	return false;
}

/* A text of both, paragraph by paragraph: "endorsed-by:JP" says that this party
 * stands behind it. */
static bool
is_endorsed(const struct gate *gate, const struct stix_object *o)
{
	const struct agreement *g = gate->documents.agreement;
	char label[64];

	for (size_t i = 0; g != NULL && i < g->parties; i++) {
		(void)snprintf(label, sizeof(label), "endorsed-by:" STR_FMT,
		    STR_ARG(g->party[i].code));
		if (!has_label(o, str_of(label)))
			return false;
	}
	return g != NULL;
}

static bool
has_technique_consent(const struct gate *gate, const struct agreement_item *item)
{
	const struct organisation *o =
	    gate->documents.agreement == NULL
	        ? NULL
	        : agreement_organisation(gate->documents.agreement, item->originator, NULL);

	return gate_consents(gate, item->object.created_by, CONSENT_TECHNIQUE) ||
	       (o != NULL && gate_consents(gate, o->identity, CONSENT_TECHNIQUE));
}

static void
draw_predicates(struct gate *gate, struct piece *p, struct facts *f)
{
	const struct stix_object *o = &p->item->object;
	bool identity = str_is(o->type, "identity");

	facts_set(f, IS_ORGANISATION, identity && gate_is_organisation(gate, o));
	facts_set(f, IS_CLASS,
	    identity && str_is(json_str(json_get(o->json, S("identity_class"))), "class"));
	facts_set(f, IS_PERSON, identity && str_is(redaction_class(o), "person"));
	facts_set(f, IS_VICTIM, identity && p->withheld);
	facts_set(f, IS_TIED, p->tied);
	facts_set(f, IS_MENTIONING, p->mentions);
	facts_set(f, IS_PERSONAL, is_personal(p));
	facts_set(f, IS_CLASSIFIED, is_classified(gate, o));
	facts_set(f, IS_GRANULAR, p->marking.granular);
	facts_set(f, IS_REVOKED, o->revoked);
	facts_set(f, IS_WITHHELD, p->withheld);
	facts_set(f, HAS_STAND_IN, p->stands_in);
	facts_set(f, IS_PARTED, p->parted);
	facts_set(f, IS_DEFINITION, o->class == STIX_MARKING);
	facts_set(f, IS_CREDENTIAL, is_credential(o));
	facts_set(f, IS_ARMED, is_armed(o));
	facts_set(f, IS_WELL_FORMED, is_well_formed(o));
	facts_set(f, IS_EXPORT, is_export_controlled(gate, o));
	facts_set(f, IS_ENDORSED, is_endorsed(gate, o));
	facts_set(f, CONSENT_TO_NAME, identity && gate_consents(gate, o->id, CONSENT_NAME));
	facts_set(f, CONSENT_TO_PERSONAL,
	    predicate_holds(IS_PERSONAL, f) && o->class == STIX_SCO && !p->withheld);
	facts_set(f, CONSENT_TO_TECHNIQUE, has_technique_consent(gate, p->item));
}

/* A level of TLP 1.x counts as what the agreement says, if that is more. */
static enum tlp
raise_tlp1(const struct agreement *g, const struct piece *p)
{
	static const int place[] = { [TLP_CLEAR] = 0,
		[TLP_GREEN] = 1,
		[TLP_AMBER] = 2,
		[TLP_AMBER_STRICT] = 2,
		[TLP_RED] = 3 };
	enum tlp level = p->marking.tlp1_level, kept = p->kept_tlp, raised;

	if (g == NULL || level == TLP_NONE || kept == TLP_NONE)
		return kept;
	/* A part that is stricter than what is kept has gone. */
	raised = g->marking.tlp1[place[level < kept ? level : kept]];
	return raised > kept ? raised : kept;
}

/* A definition of a marking is part of every object that carries it, and STIX
 * gives it no marking: one that is understood counts as CLEAR. */
static enum tlp
tlp_of(const struct gate *gate, const struct piece *p)
{
	struct marking m;

	if (p->marking.tlp != TLP_NONE || p->item->object.class != STIX_MARKING)
		return raise_tlp1(gate->documents.agreement, p);
	if (marking_of(&p->item->object, &m, NULL) != OK || m.kind == MARKING_UNKNOWN)
		return TLP_NONE;
	return TLP_CLEAR;
}

static bool
is_about(const struct selector *s, struct str type)
{
	return s->types == NULL || texts_have(s->types, type);
}

static void
find_rows(struct gate *gate, struct str type)
{
	const struct agreement *g = gate->documents.agreement;
	struct rows *rows = &gate->rows;

	*rows = (struct rows){ .type = type };
	for (size_t i = 0; g != NULL && i < g->categories; i++)
		rows->categories |= (uint64_t)is_about(&g->category[i].when, type) << i;
	for (size_t k = 0; k < gate->r->packs; k++) {
		const struct rule_pack *pack = gate->r->pack[k];

		for (size_t i = 0; i < pack->rules; i++)
			rows->rules[k][i / 64] |= (uint64_t)is_about(&pack->rule[i].when, type)
			                          << i % 64;
	}
}

static void
draw_touched(struct gate *gate, const struct piece *p, struct facts *f)
{
	const struct agreement *g = gate->documents.agreement;
	const struct json *object = p->item->object.json;
	const struct rows *rows = &gate->rows;

	if (!str_eq(rows->type, f->type))
		find_rows(gate, f->type);
	f->type = rows->type;
	for (size_t i = 0; g != NULL && i < g->categories; i++) {
		if ((rows->categories >> i & 1) != 0 &&
		    selector_touches(&g->category[i].when, object, f->type))
			f->categories |= UINT64_C(1) << i;
	}
	f->packs = gate->r->packs;
	for (size_t k = 0; k < gate->r->packs; k++) {
		const struct rule_pack *pack = gate->r->pack[k];
		struct pack_facts *out = &f->pack[k];

		*out = (struct pack_facts){ .id = pack->id,
			.version = pack->version,
			.hash = pack->hash };
		for (size_t i = 0; i < pack->rules; i++) {
			if ((rows->rules[k][i / 64] >> i % 64 & 1) != 0 &&
			    selector_touches(&pack->rule[i].when, object, f->type))
				out->touched[i / 64] |= UINT64_C(1) << i % 64;
		}
	}
}

/* Whether, and by what, the agreement is closed for this request. */
struct str
facts_closed(const struct agreement_request *r, time_us at)
{
	struct standing_reason reason = { 0 };
	const struct standing_ask ask = { r->from, r->to, r->area, at };

	if (!standing_in_force(r->standing, r->area, at, &reason))
		return str_of(reason.code);
	/* Who is no organisation of the agreement is the next stage's. */
	if (agreement_organisation(r->standing->agreement, r->to, NULL) != NULL &&
	    agreement_organisation(r->standing->agreement, r->from, NULL) != NULL &&
	    !standing_lets(r->standing, &ask, &reason))
		return str_of(reason.code);
	/* No area is named, and one of them is closed: it could be that one. */
	if (r->area.len == 0 && r->standing->suspended_areas > 0)
		return S("A-AREA-SUSPENDED");
	return S("");
}

static void
draw_request(const struct gate *gate, struct facts *f)
{
	const struct agreement_request *r = gate->r;
	const struct agreement *g = gate->documents.agreement;

	f->at = r->at;
	f->realm = r->realm;
	f->order_realm = r->order_realm;
	f->from = r->from;
	f->to = r->to;
	f->channel = r->channel;
	f->purpose = r->purpose;
	f->area = r->area;
	f->verified = r->recipient_verified;
	f->key_until = r->recipient_key_until;
	f->person = r->person_key.len > 0;
	f->poc_failed = r->poc_failed;
	f->urgency = r->urgency;
	f->harm = r->harm;
	if (r->break_glass.by.len > 0)
		f->broken_glass = r->break_glass.condition;
	f->legal_basis = r->legal_basis;
	f->strict = r->mode == BUNDLE_STRICT;
	f->closed = facts_closed(r, r->at);
	if (r->standing != NULL)
		f->closed_categories = r->standing->closed_categories;
	if (g != NULL) {
		f->agreement_id = g->id;
		f->agreement_version = g->version;
		f->agreement_hash = g->hash;
	}
}

/* The source's, or what the agreement takes an unmarked object for. */
static enum tlp
default_of(const struct gate *gate, const struct agreement_item *item)
{
	const struct agreement *g = gate->documents.agreement;

	if (item->default_tlp == TLP_NONE && g != NULL && g->marking.unmarked_is_strict)
		return TLP_AMBER_STRICT;
	return item->default_tlp;
}

/* The slice that was seen last when it says the same. */
static struct str
same(struct str *last, struct str s)
{
	if (!str_eq(*last, s))
		*last = s;
	return *last;
}

/* Another version that is marked stricter counts; none lends a marking to what
 * has none. */
static void
raise_by_others(const struct gate *gate, const struct piece *p, struct facts *f)
{
	for (const struct piece *q = piece_next(gate, p); q != NULL; q = piece_next(gate, q)) {
		enum tlp tlp = tlp_of(gate, q);

		if (facts_tlp(f) != TLP_NONE && tlp > facts_tlp(f))
			f->tlp = tlp;
	}
}

static void
draw_item(struct gate *gate, struct piece *p, struct facts *f)
{
	const struct agreement_item *item = p->item;

	f->id = item->object.id;
	f->version = item->version;
	f->type = item->object.type;
	f->tlp = tlp_of(gate, p);
	f->default_tlp = default_of(gate, item);
	raise_by_others(gate, p, f);
	if (item->source > 0)
		f->source = gate->r->source[item->source - 1];
	f->iep = p->marking.iep;
	f->tlp1 = p->marking.tlp1;
	f->pap = same(&gate->last_pap, p->marking.pap);
	f->unknown = p->marking.unknown;
	f->originator = same(&gate->last_originator, item->originator);
	f->giver = same(&gate->last_giver, item->giver);
	f->path = same(&gate->last_path, item->path);
	f->received_under = same(&gate->last_under, item->received_under);
	f->own_observation = item->own_observation;
	f->approved = item->approved;
	f->persons = persons_of(gate, p);
	draw_predicates(gate, p, f);
	draw_touched(gate, p, f);
	draw_request(gate, f);
}

enum err
gate_draw(struct gate *gate)
{
	gate->persons = count_persons(gate);
	for (size_t i = 0; i < gate->pieces; i++) {
		struct piece *p = &gate->piece[i];

		if (!p->item->selected)
			continue;
		p->facts = arena_make(gate->a, struct facts, 1);
		if (p->facts == NULL)
			return gate_memory(gate);
		draw_item(gate, p, p->facts);
	}
	return OK;
}
