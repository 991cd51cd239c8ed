/* Who is not told, and what is tied to them.
 *
 * Withheld are identities that are neither an organisation of the agreement
 * nor a class, and mailboxes, accounts and messages; consent lifts it, where the
 * agreement lets data of that class go at all.  Tied is
 *
 *   1. what refers to something withheld (its author among it);
 *   2. what a relationship or sighting links with something withheld;
 *   3. the observables of observed data that refers to a withheld identity or
 *      that a relationship links with one: such data is about that identity.
 *      Observed data that only names a mailbox or was only reported by the
 *      victim ties nothing further: the attacker's addresses lie in it;
 *   4. a domain name that resolves to a tied address;
 *   5. what speaks of something tied: relationships, sightings, notes,
 *      opinions, reports, groupings, translations.
 *
 * Ties travel no further: an indicator of the same incident is not tied
 * because the incident is.
 *
 * An object of which several versions are held (another compartment's, a
 * partner's) is withheld when one of them is, and tied by what any of them says:
 * nobody makes the gate forget a tie by a version of his own. */
#include "gate_p.h"

static bool
is_personal_type(struct str type)
{
	return str_is(type, "email-addr") || str_is(type, "user-account") ||
	       str_is(type, "email-message");
}

/* Only speaks of other objects. */
static bool
is_annotation(struct str type)
{
	static const char *const types[] = { "relationship", "sighting", "note", "opinion",
		"report", "grouping", "language-content" };

	for (size_t i = 0; i < COUNTOF(types); i++) {
		if (str_is(type, types[i]))
			return true;
	}
	return false;
}

static bool
is_link(struct str type)
{
	return str_is(type, "relationship") || str_is(type, "sighting");
}

/* What an item refers to, without markings; NULL when it is none of the items. */
static struct piece *
target_of(const struct gate *gate, const struct edge *e)
{
	bool reference = e->property.len > 0 && !is_marking_ref(e->property);

	return e->target == SIZE_MAX || !reference ? NULL : &gate->piece[e->target];
}

static bool
is_author(const struct edge *e)
{
	return str_is(e->property, "created_by_ref");
}

/* ---- withheld ---- */

static bool
is_withheld_identity(const struct gate *gate, const struct stix_object *o)
{
	const struct agreement *g = gate->documents.agreement;
	struct str class = json_str(json_get(o->json, S("identity_class")));

	if (!str_is(o->type, "identity") || gate_is_organisation(gate, o) || str_is(class, "class"))
		return false;
	if (g == NULL)
		return true;
	if (!agreement_allows_class(g, redaction_class(o)))
		return true;
	if (gate_consents(gate, o->id, CONSENT_NAME))
		return false;
	if (str_is(class, "individual"))
		return g->withhold_analyst || g->withhold_victim;
	return g->withhold_victim || g->withhold_reporter;
}

static bool
links_with_consent(const struct gate *gate, const struct piece *link, struct str id)
{
	bool here = false, agreed = false;

	for (size_t j = 0; j < link->edges; j++) {
		const struct edge *e = &link->edge[j];

		here = here || str_eq(e->id, id);
		agreed = agreed || (!is_author(e) && gate_consents(gate, e->id, CONSENT_PERSONAL));
	}
	return here && agreed;
}

/* Whether somebody whom the mailbox or account belongs to has agreed: the
 * consent names the object itself, or an identity that is linked with it, by
 * all that is held of that link. */
static bool
has_personal_consent(const struct gate *gate, const struct piece *p)
{
	const struct agreement *g = gate->documents.agreement;
	struct str id = p->item->object.id;

	if (gate->r->consents == 0 || g == NULL ||
	    !agreement_allows_class(g, redaction_class(&p->item->object)))
		return false;
	if (gate_consents(gate, id, CONSENT_PERSONAL))
		return true;
	for (size_t i = 0; i < gate->pieces; i++) {
		const struct piece *link = &gate->piece[i];
		bool agreed = link->main == link && str_is(link->item->object.type, "relationship");

		for (; agreed && link != NULL; link = piece_next(gate, link))
			agreed = links_with_consent(gate, link, id);
		if (agreed)
			return true;
	}
	return false;
}

/* Whether all versions say that it is of the same kind: what stands for one of
 * them then stands for all. */
static bool
is_of_one_class(const struct gate *gate, const struct piece *p)
{
	struct str class = redaction_class(&p->item->object);

	for (const struct piece *q = piece_next(gate, p); q != NULL; q = piece_next(gate, q)) {
		if (!str_eq(redaction_class(&q->item->object), class))
			return false;
	}
	return true;
}

static void
mark_withheld(struct gate *gate)
{
	for (size_t i = 0; i < gate->pieces; i++) {
		struct piece *p = &gate->piece[i];

		p->main->withheld =
		    p->main->withheld || is_withheld_identity(gate, &p->item->object) ||
		    (is_personal_type(p->item->object.type) && !has_personal_consent(gate, p));
	}
	for (size_t i = 0; i < gate->pieces; i++) {
		struct piece *p = &gate->piece[i];

		p->withheld = p->main->withheld;
		if (p->main != p)
			continue;
		gate_choose_stand_in(gate, p);
		p->stands_in = p->stands_in && is_of_one_class(gate, p);
	}
}

/* ---- tied ---- */

/* Rules 1 and 3: direct references. */
static void
tie_referring(struct gate *gate, struct piece *p)
{
	for (size_t i = 0; i < p->edges; i++) {
		const struct piece *target = target_of(gate, &p->edge[i]);

		if (target == NULL || !target->withheld)
			continue;
		p->main->tied = true;
		if (!is_author(&p->edge[i]) && str_is(target->item->object.type, "identity")) {
			p->main->about_identity = true;
			p->main->subject = target;
		}
	}
}

/* Rule 2: both ends of a link. */
static void
tie_linked(struct gate *gate, const struct piece *link)
{
	const struct piece *identity = NULL;
	bool withheld = false;

	for (size_t i = 0; i < link->edges; i++) {
		const struct piece *end = target_of(gate, &link->edge[i]);

		if (end == NULL || is_author(&link->edge[i]) || !end->withheld)
			continue;
		withheld = true;
		if (str_is(end->item->object.type, "identity"))
			identity = end;
	}
	for (size_t i = 0; withheld && i < link->edges; i++) {
		struct piece *end = target_of(gate, &link->edge[i]);

		if (end == NULL || is_author(&link->edge[i]))
			continue;
		end->tied = true;
		if (identity == NULL || end->withheld)
			continue;
		end->subject = identity;
		if (str_is(link->item->object.type, "relationship"))
			end->about_identity = true;
	}
}

/* Rule 3. */
static void
tie_observed(struct gate *gate, const struct piece *data)
{
	for (size_t i = 0; i < data->edges; i++) {
		struct piece *target = target_of(gate, &data->edge[i]);

		if (target != NULL && target->item->object.class == STIX_SCO)
			target->tied = true;
	}
}

/* Rule 4; returns whether p became tied. */
static bool
refers_to_tied(const struct gate *gate, const struct piece *p)
{
	for (size_t i = 0; i < p->edges; i++) {
		const struct piece *target = target_of(gate, &p->edge[i]);

		if (target != NULL && !is_author(&p->edge[i]) && (target->tied || target->withheld))
			return true;
	}
	return false;
}

/* Rule 5, until nothing changes: notes may speak of notes. */
static void
tie_annotations(struct gate *gate)
{
	for (bool changed = true; changed;) {
		changed = false;
		for (size_t i = 0; i < gate->pieces; i++) {
			struct piece *p = &gate->piece[i];

			if (p->main->tied || !is_annotation(p->item->object.type) ||
			    !refers_to_tied(gate, p))
				continue;
			p->main->tied = true;
			changed = true;
		}
	}
}

enum err
gate_tie(struct gate *gate)
{
	mark_withheld(gate);
	for (size_t i = 0; i < gate->pieces; i++)
		tie_referring(gate, &gate->piece[i]);
	for (size_t i = 0; i < gate->pieces; i++) {
		if (is_link(gate->piece[i].item->object.type))
			tie_linked(gate, &gate->piece[i]);
	}
	for (size_t i = 0; i < gate->pieces; i++) {
		const struct piece *p = &gate->piece[i];

		if (p->main->about_identity && str_is(p->item->object.type, "observed-data"))
			tie_observed(gate, p);
	}
	for (size_t i = 0; i < gate->pieces; i++) {
		struct piece *p = &gate->piece[i];

		if (str_is(p->item->object.type, "domain-name") && refers_to_tied(gate, p))
			p->main->tied = true;
	}
	tie_annotations(gate);
	for (size_t i = 0; i < gate->pieces; i++)
		gate->piece[i].tied = gate->piece[i].main->tied;
	return OK;
}
