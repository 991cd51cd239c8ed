#include "standing.h"

#include <stdarg.h>
#include <stdio.h>

#include "dsse.h"

static_assert((size_t)PARTIES_MAX <= (size_t)DSSE_KEYS_MAX, "all keys fit into one verdict");

static size_t
agreement_keys(const struct agreement *g, struct verify_key key[PARTIES_MAX])
{
	for (size_t i = 0; i < g->parties; i++)
		key[i] = g->party[i].agreement_key;
	return g->parties;
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
	for (size_t i = 0; i < keys; i++) {
		ret->signed_by += verdict.by[i];
		ret->signed_mask |= (uint32_t)verdict.by[i] << i;
	}
	return OK;
}

/* ---- statements ---- */

/* The place of an area that is held closed; suspended_areas when it is open. */
static size_t
closed_area(const struct standing *s, struct str area)
{
	for (size_t i = 0; i < s->suspended_areas; i++) {
		if (str_eq(s->suspended_area[i], area))
			return i;
	}
	return s->suspended_areas;
}

static bool
is_area(const struct agreement *g, struct str code)
{
	for (size_t i = 0; i < g->areas; i++) {
		if (str_eq(g->area[i].code, code))
			return true;
	}
	return false;
}

static void
set_suspended(struct standing *s, uint32_t mask)
{
	s->suspended_mask = mask;
	s->suspended = mask != 0;
	s->suspended_by = (struct str){ 0 };
	for (size_t i = s->agreement->parties; i-- > 0;) {
		if ((mask >> i & 1) != 0)
			s->suspended_by = s->agreement->party[i].code;
	}
}

static void
suspend(struct standing *s, struct str scope, uint32_t party)
{
	size_t i = closed_area(s, scope);

	if (str_is(scope, "all")) {
		set_suspended(s, s->suspended_mask | party);
		return;
	}
	if (i == s->suspended_areas) {
		assert(i < AREAS_MAX); /* each is an area of the agreement, and there once */
		s->suspended_area[i] = scope;
		s->suspended_area_mask[i] = 0;
		s->suspended_areas++;
	}
	s->suspended_area_mask[i] |= party;
}

static enum err
resume(struct standing *s, struct str scope, uint32_t party, struct why *why)
{
	size_t i = closed_area(s, scope);
	bool all = str_is(scope, "all");
	uint32_t mask = all                      ? s->suspended_mask
	                : i < s->suspended_areas ? s->suspended_area_mask[i]
	                                         : 0;

	if ((mask & party) == 0)
		return fail(why, ERR_FORBIDDEN, "standing.resume",
		    "only a party that suspended \"" STR_FMT "\" can resume it", STR_ARG(scope));
	mask &= ~party;
	if (all) {
		set_suspended(s, mask);
	} else {
		s->suspended_area_mask[i] = mask;
		if (mask == 0) {
			s->suspended_areas--;
			s->suspended_area[i] = s->suspended_area[s->suspended_areas];
			s->suspended_area_mask[i] = s->suspended_area_mask[s->suspended_areas];
		}
	}
	return OK;
}

static enum err
apply(struct standing *s, const struct statement *st, size_t party, struct why *why)
{
	uint32_t bit = UINT32_C(1) << party;

	if (!str_is(st->scope, "all") &&
	    (st->verb == STATEMENT_TERMINATE || !is_area(s->agreement, st->scope)))
		return fail(why, ERR_INVALID, "standing.scope",
		    "the scope \"" STR_FMT
		    "\" is neither \"all\" nor an area of the agreement that "
		    "can be closed by itself",
		    STR_ARG(st->scope));
	switch (st->verb) {
	case STATEMENT_SUSPEND: suspend(s, st->scope, bit); break;
	case STATEMENT_RESUME: TRY(resume(s, st->scope, bit, why)); break;
	case STATEMENT_TERMINATE: s->terminated = true; break;
	}
	return OK;
}

static enum err
check_signature(const struct dsse *envelope, const struct party *p, struct why *why)
{
	struct dsse_verdict verdict;

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
	size_t i = 0;

	assert(s->agreement != NULL);
	if (dsse == NULL)
		return fail(why, ERR_LIMIT, "document.memory", "no memory is left");
	TRY(open_envelope(a, envelope, STATEMENT_PAYLOAD_TYPE, dsse, why));
	TRY(statement_parse(a, dsse->payload, &st, why));
	while (i < s->agreement->parties && !str_eq(s->agreement->party[i].code, st.party))
		i++;
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
	TRY(apply(s, &st, i, why));
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
period_is_open(const struct agreement *g, time_us at, struct standing_reason *ret)
{
	char text[TIME_TEXT_MAX];

	if (at < g->in_force_from) {
		time_text_s(g->in_force_from, text);
		return closed(ret, "A-NOTINFORCE", "The agreement comes into force on %s.", text);
	}
	if (at >= g->expires_on) {
		time_text_s(g->expires_on, text);
		return closed(ret, "A-NOTINFORCE", "The agreement expired on %s.", text);
	}
	return true;
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
	if (!period_is_open(g, at, ret))
		return false;
	if (s->suspended)
		return closed(ret, "A-NOTINFORCE",
		    "The agreement is suspended by " STR_FMT " (clause " STR_FMT ").",
		    STR_ARG(s->suspended_by), STR_ARG(g->suspension_clause));
	if (area.len > 0 && !is_area(g, area))
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
	return at < g->expires_on ? g->expires_on : TIME_NEVER;
}
