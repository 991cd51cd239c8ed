#include "halves.h"

#include "gate_p.h"

const char *
half_name(enum half h)
{
	return h == HALF_TECHNIQUE ? "technique" : "victim";
}

static bool
is_one_of(struct str type, const char *const *types, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (str_is(type, types[i]))
			return true;
	}
	return false;
}
#define IS_ONE_OF(type, types) is_one_of((type), (types), COUNTOF(types))

static const char *const wholes[] = { "incident", "report", "grouping" };

bool
agreement_is_whole(struct str type)
{
	return IS_ONE_OF(type, wholes);
}

/* Tell of the attack by what they are, whoever is tied to them: the gate takes
 * the victim's name out of them.  A whole is the frame of both halves. */
static const char *const technique[] = { "indicator", "malware", "malware-analysis",
	"attack-pattern", "tool", "vulnerability", "infrastructure", "course-of-action", "campaign",
	"intrusion-set", "threat-actor", "incident", "report", "grouping", "marking-definition",
	"extension-definition" };

/* Tell of somebody. */
static const char *const victim[] = { "email-addr", "user-account", "email-message", "location" };

/* Tell of the attack unless they are tied to the victim. */
static const char *const either[] = { "observed-data", "note", "opinion", "language-content",
	"artifact", "autonomous-system", "directory", "domain-name", "file", "ipv4-addr",
	"ipv6-addr", "mac-addr", "mutex", "network-traffic", "process", "software", "url",
	"windows-registry-key", "x509-certificate" };

/* An organisation that the agreement names, who publishes for all, or a sector. */
static bool
is_nobodys(const struct gate *gate, const struct stix_object *o)
{
	return gate_is_organisation(gate, o) ||
	       str_is(json_str(json_get(o->json, S("identity_class"))), "class");
}

/* What a link says lies in the half of its ends; its author is no end. */
static bool
touches_victim(const struct piece *p, const enum half *half)
{
	for (size_t i = 0; i < p->edges; i++) {
		const struct edge *e = &p->edge[i];
		bool end = e->property.len > 0 && !is_marking_ref(e->property) &&
		           !str_is(e->property, "created_by_ref");

		if (end && e->target != SIZE_MAX && half[e->target] == HALF_VICTIM)
			return true;
	}
	return false;
}

static enum half
half_of(const struct gate *gate, const struct piece *p)
{
	struct str type = p->item->object.type;

	if (IS_ONE_OF(type, technique))
		return HALF_TECHNIQUE;
	if (str_is(type, "identity"))
		return is_nobodys(gate, &p->item->object) ? HALF_TECHNIQUE : HALF_VICTIM;
	if (IS_ONE_OF(type, victim) || !IS_ONE_OF(type, either))
		return HALF_VICTIM;
	return p->tied || p->withheld ? HALF_VICTIM : HALF_TECHNIQUE;
}

static bool
is_link(struct str type)
{
	return str_is(type, "relationship") || str_is(type, "sighting");
}

/* What one of its versions tells of the victim, the object tells of the victim. */
static void
put_half(const struct gate *gate, enum half *half, size_t i, enum half h)
{
	size_t main = (size_t)(gate->piece[i].main - gate->piece);

	half[i] = h;
	if (h == HALF_VICTIM)
		half[main] = h;
}

static void
find_halves(const struct gate *gate, enum half *half)
{
	for (size_t i = 0; i < gate->pieces; i++) {
		if (!is_link(gate->piece[i].item->object.type))
			put_half(gate, half, i, half_of(gate, &gate->piece[i]));
	}
	for (size_t i = 0; i < gate->pieces; i++) {
		const struct piece *p = &gate->piece[i];

		if (is_link(p->item->object.type))
			put_half(gate, half, i,
			    touches_victim(p, half) ? HALF_VICTIM : HALF_TECHNIQUE);
	}
}

enum err
agreement_halves(struct arena *a, const struct agreement_request *request, const enum half **ret,
    struct why *why)
{
	struct agreement_request r = *request;
	struct gate gate = { .a = a, .why = why, .r = &r };
	struct agreement *strict = arena_make(a, struct agreement, 1);
	enum half *half = arena_make(a, enum half, request->items + 1);

	if (strict == NULL || half == NULL)
		return gate_memory(&gate);
	/* Whom a consent or the agreement lets be named is the victim all the same. */
	r.consents = 0;
	TRY(gate_open(&gate));
	if (gate.documents.agreement != NULL) {
		*strict = *gate.documents.agreement;
		strict->withhold_victim = strict->withhold_reporter = strict->withhold_analyst =
		    true;
		gate.documents.agreement = strict;
	}
	TRY(gate_tie(&gate));
	find_halves(&gate, half);
	*ret = half;
	return OK;
}
