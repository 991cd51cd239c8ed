/* What each verb of a statement does. */
#include "standing_p.h"

#define SCOPE_CATEGORY "category:"
#define DAY_US         INT64_C(86'400'000'000)

/* The place of an area that is held closed; suspended_areas when it is open. */
size_t
closed_area(const struct standing *s, struct str area)
{
	for (size_t i = 0; i < s->suspended_areas; i++) {
		if (str_eq(s->suspended_area[i], area))
			return i;
	}
	return s->suspended_areas;
}

static void
set_suspended(struct standing *s, uint64_t mask)
{
	s->suspended_mask = mask;
	s->suspended = mask != 0;
	s->suspended_by = (struct str){ 0 };
	for (size_t i = s->agreement->parties; i-- > 0;) {
		if (((mask | mask >> DISPUTE_SHIFT) >> i & 1) != 0)
			s->suspended_by = s->agreement->party[i].code;
	}
}

/* The place of the category of a scope "category:CODE"; categories when it is none. */
static size_t
category_of(const struct agreement *g, struct str scope)
{
	size_t i = 0;

	if (!str_starts(scope, S(SCOPE_CATEGORY)))
		return g->categories;
	while (i < g->categories &&
	       !str_eq(g->category[i].code, str_sub(scope, strlen(SCOPE_CATEGORY), SIZE_MAX)))
		i++;
	return i;
}

static void
set_category(struct standing *s, size_t category, uint64_t mask)
{
	uint64_t bit = UINT64_C(1) << category;

	s->closed_category_mask[category] = mask;
	s->closed_categories = mask != 0 ? s->closed_categories | bit : s->closed_categories & ~bit;
}

static void
suspend(struct standing *s, struct str scope, uint64_t party)
{
	size_t i = closed_area(s, scope);

	if (str_is(scope, "all")) {
		set_suspended(s, s->suspended_mask | party);
		return;
	}
	if (category_of(s->agreement, scope) < s->agreement->categories) {
		i = category_of(s->agreement, scope);
		set_category(s, i, s->closed_category_mask[i] | party);
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

/* Who holds a scope closed. */
static uint64_t
held_by(const struct standing *s, struct str scope)
{
	size_t i = closed_area(s, scope), category = category_of(s->agreement, scope);

	if (str_is(scope, "all"))
		return s->suspended_mask;
	if (category < s->agreement->categories)
		return s->closed_category_mask[category];
	return i < s->suspended_areas ? s->suspended_area_mask[i] : 0;
}

/* Takes a hand from the door of a scope; it opens when that was the last. */
static void
release_hold(struct standing *s, struct str scope, uint64_t party)
{
	uint64_t mask = held_by(s, scope) & ~party;
	size_t i = closed_area(s, scope), category = category_of(s->agreement, scope);

	if (str_is(scope, "all")) {
		set_suspended(s, mask);
		return;
	}
	if (category < s->agreement->categories) {
		set_category(s, category, mask);
		return;
	}
	if (i == s->suspended_areas)
		return;
	s->suspended_area_mask[i] = mask;
	if (mask == 0) {
		s->suspended_areas--;
		s->suspended_area[i] = s->suspended_area[s->suspended_areas];
		s->suspended_area_mask[i] = s->suspended_area_mask[s->suspended_areas];
	}
}

static enum err
resume(struct standing *s, struct str scope, uint64_t party, struct why *why)
{
	if ((held_by(s, scope) & party) == 0)
		return fail(why, ERR_FORBIDDEN, "standing.resume",
		    "only a party that suspended \"" STR_FMT "\" can resume it", STR_ARG(scope));
	release_hold(s, scope, party);
	return OK;
}

/* ---- approval, enactment, term ---- */

static enum err
need_act(const struct statement *st, const char *what, struct why *why)
{
	if (st->act.len > 0)
		return OK;
	return fail(why, ERR_INVALID, "standing.act", "to %s, the statement must name %s",
	    statement_verb_name(st->verb), what);
}

/* A delegate of the document, whose authority covers the instant of the statement. */
static enum err
enact(struct standing *s, const struct statement *st, size_t party, struct why *why)
{
	const struct party *p = &s->agreement->party[party];

	TRY(need_act(st, "the delegate as its act", why));
	for (size_t i = 0; i < p->delegates; i++) {
		const struct delegate *d = &p->delegate[i];

		if (!str_eq(d->name, st->act) || st->at < d->from || st->at >= d->until)
			continue;
		s->enacted_by[party] = d->name;
		s->enacted_under[party] = d->authority;
		return OK;
	}
	return fail(why, ERR_FORBIDDEN, "standing.delegate",
	    "\"" STR_FMT "\" is no delegate of " STR_FMT " with authority at that time",
	    STR_ARG(st->act), STR_ARG(p->code));
}

static enum err
renew(struct standing *s, const struct statement *st, size_t party, struct why *why)
{
	time_us end = TIME_NEVER;

	if (s->agreement->lifecycle.renewal != RENEWAL_EXPRESS)
		return fail(why, ERR_FORBIDDEN, "standing.renewal",
		    "the agreement does not provide for an express renewal");
	if (st->until <= standing_end(s) || st->at >= standing_end(s))
		return fail(why, ERR_INVALID, "standing.until",
		    "a renewal is said before the end, and names a later one as until");
	s->renewed_until[party] = st->until;
	for (size_t i = 0; i < s->agreement->parties; i++)
		end = s->renewed_until[i] < end ? s->renewed_until[i] : end;
	if (end > standing_end(s))
		s->ends_at = end;
	return OK;
}

/* The end of the first term that the notice is early enough for. */
static enum err
lapse(struct standing *s, const struct statement *st, struct why *why)
{
	const struct lifecycle *life = &s->agreement->lifecycle;
	time_us end = s->agreement->expires_on;

	if (life->renewal != RENEWAL_AUTO)
		return fail(why, ERR_FORBIDDEN, "standing.renewal",
		    "the agreement does not renew itself: it ends on its day");
	if (s->ends_at != 0)
		return OK; /* a notice was given already; it stands */
	/* Both periods have bounds, and the loop ends with the calendar: no overflow. */
	while (end < TIME_NEVER / 2 && end - st->at < (time_us)life->notice_days * DAY_US)
		end += (time_us)life->term_days * DAY_US;
	s->ends_at = end;
	return OK;
}

static enum err
succeed(struct standing *s, const struct statement *st, size_t party, struct why *why)
{
	const struct party *p = &s->agreement->party[party], *of = NULL;

	TRY(need_act(st, "the organisation that is gone as its act", why));
	if (agreement_organisation(s->agreement, st->scope, &of) == NULL || of != p ||
	    !organisation_is_of(st->act, p->code) || str_eq(st->act, st->scope))
		return fail(why, ERR_INVALID, "standing.succession",
		    "an organisation of " STR_FMT " takes over from another one of " STR_FMT,
		    STR_ARG(p->code), STR_ARG(p->code));
	for (size_t i = 0; i < s->successions; i++) {
		if (str_eq(s->succession[i].old, st->act) ||
		    str_eq(s->succession[i].old, st->scope))
			return fail(why, ERR_CONFLICT, "standing.succession",
			    STR_FMT " is gone already: " STR_FMT " took over",
			    STR_ARG(s->succession[i].old), STR_ARG(s->succession[i].next));
	}
	if (s->successions == SUCCESSIONS_MAX)
		return fail(why, ERR_LIMIT, "standing.succession",
		    "at most %d successions are kept: make a new version of the agreement",
		    SUCCESSIONS_MAX);
	s->succession[s->successions++] = (struct succession){ st->act, st->scope, st->at };
	return OK;
}

/* ---- disputes ---- */

/* The place of a party's open dispute over a scope; disputes when there is none. */
static size_t
find_dispute(const struct standing *s, struct str scope, struct str party)
{
	size_t i = 0;

	while (i < s->disputes &&
	       !(str_eq(s->dispute[i].scope, scope) && str_eq(s->dispute[i].party, party)))
		i++;
	return i;
}

static enum err
open_dispute(struct standing *s, const struct statement *st, uint64_t bit, struct why *why)
{
	if (!s->agreement->dispute.given)
		return fail(why, ERR_FORBIDDEN, "standing.dispute",
		    "the agreement has no block \"dispute\": it says nothing of steps and days");
	TRY(need_act(st, "what is in dispute as its act", why));
	if (find_dispute(s, st->scope, st->party) < s->disputes)
		return fail(why, ERR_CONFLICT, "standing.dispute",
		    "a dispute of " STR_FMT " over \"" STR_FMT "\" is open already",
		    STR_ARG(st->party), STR_ARG(st->scope));
	if (s->disputes == DISPUTES_MAX)
		return fail(why, ERR_LIMIT, "standing.dispute",
		    "at most %d disputes are open at the same time: settle one", DISPUTES_MAX);
	s->dispute[s->disputes++] = (struct dispute){
		.scope = st->scope,
		.party = st->party,
		.about = st->act,
		.at = st->at,
	};
	if (s->agreement->dispute.interim_freeze)
		suspend(s, st->scope, bit << DISPUTE_SHIFT);
	return OK;
}

static enum err
settle_dispute(struct standing *s, const struct statement *st, uint64_t bit, struct why *why)
{
	size_t i = find_dispute(s, st->scope, st->party);

	if (i == s->disputes)
		return fail(why, ERR_FORBIDDEN, "standing.dispute",
		    "only the party that opened a dispute over \"" STR_FMT "\" can settle it",
		    STR_ARG(st->scope));
	s->disputes--;
	memmove(&s->dispute[i], &s->dispute[i + 1], (s->disputes - i) * sizeof(s->dispute[0]));
	release_hold(s, st->scope, bit << DISPUTE_SHIFT);
	return OK;
}

/* ---- scope ---- */

static enum err
check_scope(const struct standing *s, const struct statement *st, struct why *why)
{
	const struct agreement *g = s->agreement;
	bool part = st->verb == STATEMENT_SUSPEND || st->verb == STATEMENT_RESUME ||
	            st->verb == STATEMENT_DISPUTE || st->verb == STATEMENT_SETTLE;

	if (st->verb == STATEMENT_SUCCEED || str_is(st->scope, "all"))
		return OK;
	if (part && g->suspension.areas && agreement_area(g, st->scope) != NULL)
		return OK;
	if (part && g->suspension.categories && category_of(g, st->scope) < g->categories)
		return OK;
	return fail(why, ERR_INVALID, "standing.scope",
	    "the scope \"" STR_FMT "\" is neither \"all\" nor an area of the agreement that "
	    "can be closed by itself, nor such a category, written category:CODE",
	    STR_ARG(st->scope));
}

enum err
standing_state_apply(struct standing *s, const struct statement *st, size_t party, struct why *why)
{
	uint64_t bit = UINT64_C(1) << party;

	TRY(check_scope(s, st, why));
	switch (st->verb) {
	case STATEMENT_SUSPEND: suspend(s, st->scope, bit); break;
	case STATEMENT_RESUME: TRY(resume(s, st->scope, bit, why)); break;
	case STATEMENT_TERMINATE: s->terminated = true; break;
	case STATEMENT_APPROVE:
		TRY(need_act(st, "the approval as its act", why));
		s->approved_mask |= (uint32_t)bit;
		break;
	case STATEMENT_ENACT: TRY(enact(s, st, party, why)); break;
	case STATEMENT_RENEW: TRY(renew(s, st, party, why)); break;
	case STATEMENT_LAPSE: TRY(lapse(s, st, why)); break;
	case STATEMENT_SUCCEED: TRY(succeed(s, st, party, why)); break;
	case STATEMENT_DISPUTE: TRY(open_dispute(s, st, bit, why)); break;
	case STATEMENT_SETTLE: TRY(settle_dispute(s, st, bit, why)); break;
	case STATEMENT_VERBS: assert(false);
	}
	return OK;
}
