#include "standing.h"

#include <stdarg.h>
#include <stdio.h>

#include "dsse.h"
#include "standing_p.h"

/* Holds an area closed that the document itself suspends: no party can resume it. */
#define CLOSED_BY_DOCUMENT (UINT64_C(1) << 31)
static_assert(PARTIES_MAX < 31, "no party has that bit, and no dispute");

static_assert((size_t)PARTIES_MAX <= (size_t)DSSE_KEYS_MAX, "all keys fit into one verdict");

static size_t
agreement_keys(const struct agreement *g, struct verify_key key[PARTIES_MAX])
{
	for (size_t i = 0; i < g->parties; i++)
		key[i] = g->party[i].agreement_key;
	return g->parties;
}

static size_t
party_place(const struct agreement *g, struct str code)
{
	size_t i = 0;

	while (i < g->parties && !str_eq(g->party[i].code, code))
		i++;
	return i;
}

/* A signature that names a party's key must be that party's. */
static enum err
check_claims(const struct dsse *envelope, const struct agreement *g,
    const struct dsse_verdict *verdict, struct why *why)
{
	char keyid[HASH_HEX + 1];

	for (size_t i = 0; i < g->parties; i++) {
		dsse_keyid(&g->party[i].agreement_key, keyid);
		for (size_t j = 0; j < envelope->signatures && !verdict->by[i]; j++) {
			if (str_is(envelope->signature[j].keyid, keyid))
				return fail(why, ERR_TAMPERED, "standing.signature",
				    "the signature of " STR_FMT " does not fit these bytes",
				    STR_ARG(g->party[i].code));
		}
	}
	return OK;
}

static enum err
open_envelope(struct arena *a, struct str text, const char *type, struct dsse *ret, struct why *why)
{
	TRY(dsse_parse(a, text, ret, why));
	if (!str_is(ret->payload_type, type))
		return fail(why, ERR_INVALID, "standing.type",
		    "the envelope holds \"" STR_FMT "\", where \"%s\" is wanted",
		    STR_ARG(ret->payload_type), type);
	return OK;
}

enum err
standing_open(struct arena *a, struct str envelope, struct standing *ret, struct why *why)
{
	struct dsse *dsse = arena_make(a, struct dsse, 1);
	struct dsse_verdict verdict = { 0 };
	struct verify_key key[PARTIES_MAX];
	const struct agreement *g;

	*ret = (struct standing){ 0 };
	if (dsse == NULL)
		return fail(why, ERR_LIMIT, "document.memory", "no memory is left");
	TRY(open_envelope(a, envelope, AGREEMENT_PAYLOAD_TYPE, dsse, why));
	TRY(agreement_parse(a, dsse->payload, &g, why));

	size_t keys = agreement_keys(g, key);
	enum err err = dsse_verify(dsse, key, keys, &verdict, NULL);
	if (err != OK)
		verdict = (struct dsse_verdict){ 0 };
	TRY(check_claims(dsse, g, &verdict, why));
	ret->agreement = g;
	for (size_t i = 0; i < g->areas; i++) {
		if (!g->area[i].suspended)
			continue;
		ret->suspended_area[ret->suspended_areas] = g->area[i].code;
		ret->suspended_area_mask[ret->suspended_areas++] = CLOSED_BY_DOCUMENT;
	}
	for (size_t i = 0; i < g->lifecycle.approvals; i++)
		ret->approved_mask |= UINT32_C(1) << party_place(g, g->lifecycle.approval[i].party);
	for (size_t i = 0; i < keys; i++) {
		ret->signed_by += verdict.by[i];
		ret->signed_mask |= (uint32_t)verdict.by[i] << i;
	}
	return OK;
}

/* ---- statements ---- */

static enum err
check_signature(const struct dsse *envelope, const struct party *p, struct why *why)
{
	struct dsse_verdict verdict;

	for (size_t i = 0; i < p->former_keys; i++) {
		if (dsse_verify(envelope, &p->former_key[i].key, 1, &verdict, NULL) == OK)
			return fail(why, ERR_FORBIDDEN, "standing.former-key",
			    "the statement is signed with a key of " STR_FMT
			    " that has ended: it only verifies",
			    STR_ARG(p->code));
	}
	if (dsse_verify(envelope, &p->agreement_key, 1, &verdict, NULL) != OK)
		return fail(why, ERR_FORBIDDEN, "standing.signer",
		    "the statement is not signed by " STR_FMT ", which it names", STR_ARG(p->code));
	return OK;
}

enum err
standing_apply(struct arena *a, struct standing *s, struct str envelope, struct why *why)
{
	struct dsse *dsse = arena_make(a, struct dsse, 1);
	struct statement st;
	size_t i;

	assert(s->agreement != NULL);
	if (dsse == NULL)
		return fail(why, ERR_LIMIT, "document.memory", "no memory is left");
	TRY(open_envelope(a, envelope, STATEMENT_PAYLOAD_TYPE, dsse, why));
	TRY(statement_parse(a, dsse->payload, &st, why));
	i = party_place(s->agreement, st.party);
	if (i == s->agreement->parties)
		return fail(why, ERR_FORBIDDEN, "standing.party",
		    "\"" STR_FMT "\" is no party of the agreement", STR_ARG(st.party));
	TRY(check_signature(dsse, &s->agreement->party[i], why));
	if (!hash_eq(&st.agreement, &s->agreement->hash))
		return fail(why, ERR_CONFLICT, "standing.other",
		    "the statement is about another agreement or another version");
	if (st.serial <= s->serial[i])
		return fail(why, ERR_CONFLICT, "standing.serial",
		    "serial %" PRIu64 " of " STR_FMT " is not above the last one, %" PRIu64,
		    st.serial, STR_ARG(st.party), s->serial[i]);
	TRY(standing_state_apply(s, &st, i, why));
	s->serial[i] = st.serial;
	s->epoch++;
	return OK;
}

/* ---- in force ---- */

PRINTF(3, 4)
static bool
closed(struct standing_reason *ret, const char *code, const char *fmt, ...)
{
	va_list args;

	ret->code = code;
	va_start(args, fmt);
	(void)vsnprintf(ret->text, sizeof(ret->text), fmt, args);
	va_end(args);
	return false;
}

static bool
period_is_open(const struct standing *s, time_us at, struct standing_reason *ret)
{
	const struct agreement *g = s->agreement;
	char text[TIME_TEXT_MAX];

	if (at < g->in_force_from) {
		time_text_s(g->in_force_from, text);
		return closed(ret, "A-NOTINFORCE", "The agreement comes into force on %s.", text);
	}
	if (at >= standing_end(s)) {
		time_text_s(standing_end(s), text);
		return closed(ret, "A-NOTINFORCE", "The agreement expired on %s.", text);
	}
	return true;
}

static size_t
count(uint32_t mask)
{
	return (size_t)__builtin_popcount(mask);
}

time_us
standing_end(const struct standing *s)
{
	if (s->ends_at != 0)
		return s->ends_at;
	return s->agreement->lifecycle.renewal == RENEWAL_AUTO ? TIME_NEVER
	                                                       : s->agreement->expires_on;
}

static bool
closed_by_party(const struct standing *s, struct standing_reason *ret)
{
	const struct agreement *g = s->agreement;

	if (s->suspended_mask >> DISPUTE_SHIFT << DISPUTE_SHIFT == s->suspended_mask)
		return closed(ret, "A-NOTINFORCE",
		    "The agreement is frozen by a dispute that " STR_FMT " opened (clause " STR_FMT
		    ").",
		    STR_ARG(s->suspended_by), STR_ARG(g->dispute.clause));
	return closed(ret, "A-NOTINFORCE",
	    "The agreement is suspended by " STR_FMT " (clause " STR_FMT ").",
	    STR_ARG(s->suspended_by), STR_ARG(g->suspension_clause));
}

bool
standing_in_force(const struct standing *s, struct str area, time_us at,
    struct standing_reason *ret)
{
	const struct agreement *g = s == NULL ? NULL : s->agreement;

	if (g == NULL)
		return closed(ret, "A-NOTINFORCE", "There is no agreement.");
	if (s->signed_by < g->parties)
		return closed(ret, "A-NOTINFORCE", "The agreement is signed by %zu of %zu parties.",
		    s->signed_by, g->parties);
	if (s->terminated)
		return closed(ret, "A-NOTINFORCE", "The agreement was terminated.");
	if (g->lifecycle.approval_by == APPROVAL_BY_RECORD && count(s->approved_mask) < g->parties)
		return closed(ret, "A-NOTINFORCE",
		    "The own approval of %zu of %zu parties is on record.", count(s->approved_mask),
		    g->parties);
	if (!period_is_open(s, at, ret))
		return false;
	if (s->suspended)
		return closed_by_party(s, ret);
	if (area.len > 0 && agreement_area(g, area) == NULL)
		return closed(ret, "A-SCOPE", "The agreement has no area \"" STR_FMT "\".",
		    STR_ARG(area));
	if (area.len > 0 && closed_area(s, area) < s->suspended_areas)
		return closed(ret, "A-AREA-SUSPENDED",
		    "The area " STR_FMT " is suspended (clause " STR_FMT ").", STR_ARG(area),
		    STR_ARG(g->suspension_clause));
	return true;
}

time_us
standing_next_change(const struct standing *s, time_us at)
{
	const struct agreement *g = s == NULL ? NULL : s->agreement;

	if (g == NULL || s->terminated)
		return TIME_NEVER;
	if (at < g->in_force_from)
		return g->in_force_from;
	time_us next = at < standing_end(s) ? standing_end(s) : TIME_NEVER;
	for (size_t i = 0; i < s->successions; i++) {
		if (at < s->succession[i].from && s->succession[i].from < next)
			next = s->succession[i].from;
	}
	return next;
}

static bool
may(const struct agreement *g, struct str who, const struct standing_ask *ask)
{
	const struct party *p = agreement_party(g, who);

	if (p == NULL)
		(void)agreement_organisation(g, who, &p);
	return p != NULL && party_may(p, ask->area, ask->at);
}

bool
standing_lets(const struct standing *s, const struct standing_ask *ask, struct standing_reason *ret)
{
	if (!standing_in_force(s, ask->area, ask->at, ret))
		return false;
	if (may(s->agreement, ask->from, ask) && may(s->agreement, ask->to, ask))
		return true;
	return closed(ret, "A-SCOPE",
	    "The agreement does not bind " STR_FMT " and " STR_FMT " to each other here.",
	    STR_ARG(ask->from), STR_ARG(ask->to));
}

/* What took over from a code by then; empty: it is not gone. */
static struct str
successor_of(const struct standing *s, struct str code, time_us at)
{
	const struct organisation *o = agreement_organisation(s->agreement, code, NULL);
	struct str none = { 0 };

	for (size_t i = 0; i < s->successions; i++) {
		if (str_eq(s->succession[i].old, code) && s->succession[i].from <= at)
			return s->succession[i].next;
	}
	if (o == NULL)
		o = agreement_successor(s->agreement, code, NULL);
	return o == NULL || str_eq(o->code, code) ? none : o->code;
}

struct str
standing_resolve(const struct standing *s, struct str code, time_us at)
{
	struct str none = { 0 };

	/* One step for each succession, and one for that of the document: no circle
	 * was let in, and none would be walked for ever. */
	for (size_t step = 0; step < s->successions + 2; step++) {
		struct str next = successor_of(s, code, at);

		if (next.len == 0)
			return agreement_organisation(s->agreement, code, NULL) == NULL ? none
			                                                                : code;
		code = next;
	}
	return none;
}
