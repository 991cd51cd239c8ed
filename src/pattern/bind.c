/* bind.c: chooses observations for the parts of a pattern.
 *
 * Each observation is an interval of time that may be taken at any instant
 * inside it.  So parts of a pattern ask of the observations only that they
 * end at or after one instant and begin at or before another: FOLLOWEDBY and
 * WITHIN are tried with each instant at which something begins, and what is
 * left is to give each part observations of its own (a matching). */
#include "program_p.h"

enum {
	/* Parts that need observations at the same time: also bounds the recursion. */
	SLOTS_MAX = 1000,
};

/* The candidates of a leaf, in the order of their beginning. */
struct spread {
	const uint32_t *observation;
	const time_us *latest; /* the latest end up to here */
	size_t len;
};

/* A part, and the observations it has been given. */
struct slot {
	const struct spread *spread;
	time_us lo, hi; /* ends at or after lo, begins at or before hi */
	uint64_t demand;
	uint64_t got;
	bool visiting;
};

struct binder {
	struct run *run;
	const struct spread *spread; /* by leaf */
	size_t slots;
	struct slot slot[SLOTS_MAX];
	uint32_t *owner; /* by observation: a slot's number from 1, or 0 */
	bool too_many;
};

/* What is left to satisfy, in order. */
struct goal {
	const struct plan *plan;
	const struct plan *child; /* of lists: the first that is left */
	uint64_t times;           /* of repetitions: how many are left */
	time_us lo, hi;
	const struct goal *next;
};

static const struct observation *
observation(const struct binder *b, uint32_t number)
{
	return &b->run->data->observation[number];
}

/* ---- the candidates of a leaf within bounds ---- */

struct range {
	size_t from, to;
};

static size_t
first_ending_at(const struct spread *s, time_us lo)
{
	size_t from = 0, to = s->len;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (s->latest[middle] < lo)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

/* Behind the last that begins at or before hi. */
static size_t
behind_beginning(const struct binder *b, const struct spread *s, time_us hi)
{
	size_t from = 0, to = s->len;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (observation(b, s->observation[middle])->first <= hi)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

static struct range
range_of(const struct binder *b, const struct spread *s, time_us lo, time_us hi)
{
	return (struct range){ first_ending_at(s, lo), behind_beginning(b, s, hi) };
}

/* How often an observation counts: as often as it was made, when repetitions are
 * asked for. */
static uint64_t
weight(const struct binder *b, uint32_t number, uint64_t demand)
{
	return demand > 1 ? observation(b, number)->count : 1;
}

static bool
has_enough(struct binder *b, const struct spread *s, time_us lo, time_us hi, uint64_t demand)
{
	struct range r = range_of(b, s, lo, hi);
	uint64_t left = demand;

	for (size_t i = r.from; i < r.to && left > 0 && run_spend(b->run, 1); i++) {
		uint64_t n = weight(b, s->observation[i], demand);

		if (observation(b, s->observation[i])->last >= lo)
			left -= n < left ? n : left;
	}
	return left == 0;
}

/* ---- what cannot be, before it is tried ---- */

/* Whether each part has candidates within the bounds, were it alone.  The recursion
 * is as deep as parentheses and qualifiers nest. */
static bool
possible(struct binder *b, const struct plan *p, time_us lo, time_us hi)
{
	if (!run_spend(b->run, 1))
		return false;
	switch (p->kind) {
	case PLAN_ONE: return has_enough(b, &b->spread[p->leaf], lo, hi, 1);
	case PLAN_BETWEEN:
		return possible(b, p->child, lo > p->from ? lo : p->from, hi < p->to ? hi : p->to);
	case PLAN_REPEATS:
		if (p->child->kind == PLAN_ONE)
			return has_enough(b, &b->spread[p->child->leaf], lo, hi, p->times);
		return possible(b, p->child, lo, hi);
	case PLAN_ALL:
	case PLAN_ANY:
	case PLAN_IN_ORDER:
	case PLAN_WITHIN: break;
	}
	for (const struct plan *c = p->child; c != NULL; c = c->next) {
		if (possible(b, c, lo, hi) == (p->kind == PLAN_ANY))
			return p->kind == PLAN_ANY;
	}
	return p->kind != PLAN_ANY;
}

/* The earliest beginning after an instant of a candidate of the plan; TIME_NEVER when
 * there is none. */
static time_us
next_beginning(struct binder *b, const struct plan *p, time_us after)
{
	time_us ret = TIME_NEVER;

	if (p->kind == PLAN_ONE) {
		const struct spread *s = &b->spread[p->leaf];
		size_t i = behind_beginning(b, s, after);

		(void)run_spend(b->run, 1);
		return i < s->len ? observation(b, s->observation[i])->first : TIME_NEVER;
	}
	for (const struct plan *c = p->child; c != NULL; c = c->next) {
		time_us t = next_beginning(b, c, after);

		ret = t < ret ? t : ret;
	}
	return ret;
}

/* ---- observations for all slots ---- */

static void
give(struct binder *b, uint32_t number, size_t slot)
{
	uint32_t before = b->owner[number];

	if (before != 0)
		b->slot[before - 1].got -= weight(b, number, b->slot[before - 1].demand);
	b->slot[slot].got += weight(b, number, b->slot[slot].demand);
	b->owner[number] = (uint32_t)slot + 1;
}

static bool fill(struct binder *b, size_t slot);

/* Takes an observation from another slot that then finds a different one. */
static bool
take_over(struct binder *b, uint32_t number, size_t slot)
{
	size_t other = b->owner[number] - 1;

	if (other == slot || b->slot[other].visiting)
		return false;
	give(b, number, slot);
	if (fill(b, other))
		return true;
	give(b, number, other);
	return false;
}

/* Gives the slot what it needs.  A slot is visited once on the way, so that the
 * recursion is at most SLOTS_MAX deep. */
static bool
fill(struct binder *b, size_t slot)
{
	struct slot *s = &b->slot[slot];
	struct range r = range_of(b, s->spread, s->lo, s->hi);

	s->visiting = true;
	for (int taken = 0; taken < 2; taken++) {
		for (size_t i = r.from; i < r.to && s->got < s->demand; i++) {
			uint32_t number = s->spread->observation[i];

			if (!run_spend(b->run, 1))
				break;
			if (observation(b, number)->last < s->lo)
				continue;
			if (b->owner[number] == 0)
				give(b, number, slot);
			else if (taken)
				(void)take_over(b, number, slot);
		}
	}
	s->visiting = false;
	return s->got >= s->demand;
}

static bool
assign(struct binder *b)
{
	for (size_t i = 0; i < b->slots; i++)
		b->slot[i].got = 0;
	memset(b->owner, 0, b->run->data->len * sizeof(*b->owner));
	for (size_t i = 0; i < b->slots; i++) {
		if (!fill(b, i))
			return false;
	}
	return true;
}

/* ---- the search ---- */

static bool search(struct binder *b, const struct goal *g);

static bool
with_slot(struct binder *b, const struct goal *g, size_t leaf, uint64_t demand)
{
	const struct spread *s = &b->spread[leaf];

	if (!has_enough(b, s, g->lo, g->hi, demand))
		return false;
	if (b->slots == SLOTS_MAX) {
		b->too_many = true;
		return false;
	}
	b->slot[b->slots++] =
	    (struct slot){ .spread = s, .lo = g->lo, .hi = g->hi, .demand = demand };
	bool ret = search(b, g->next);
	b->slots -= !ret;
	return ret;
}

static struct goal
goal_of(const struct plan *plan, time_us lo, time_us hi, const struct goal *next)
{
	return (struct goal){ plan, plan->child, plan->times, lo, hi, next };
}

/* One child by itself, then the others. */
static bool
all(struct binder *b, const struct goal *g)
{
	struct goal rest = *g;

	if (g->child == NULL)
		return search(b, g->next);
	rest.child = g->child->next;
	struct goal one = goal_of(g->child, g->lo, g->hi, &rest);
	return search(b, &one);
}

static bool
any(struct binder *b, const struct goal *g)
{
	for (const struct plan *c = g->child; c != NULL; c = c->next) {
		struct goal one = goal_of(c, g->lo, g->hi, g->next);

		if (search(b, &one))
			return true;
	}
	return false;
}

/* The first child up to an instant, the others from it on.  The later the instant, the
 * less is left for the others. */
static bool
in_order(struct binder *b, const struct goal *g)
{
	struct goal rest = *g;

	rest.child = g->child->next;
	if (rest.child == NULL) {
		struct goal last = goal_of(g->child, g->lo, g->hi, g->next);
		return search(b, &last);
	}
	for (time_us t = next_beginning(b, g->child, INT64_MIN); t <= g->hi && t != TIME_NEVER;
	     t = next_beginning(b, g->child, t)) {
		struct goal one = goal_of(g->child, g->lo, t, &rest);

		rest.lo = t > g->lo ? t : g->lo;
		if (!possible(b, rest.child, rest.lo, rest.hi))
			return false;
		if (possible(b, g->child, one.lo, one.hi) && search(b, &one))
			return true;
	}
	return false;
}

/* All that begins up to an instant and ended at most a window before it. */
static bool
within(struct binder *b, const struct goal *g)
{
	for (time_us t = next_beginning(b, g->child, INT64_MIN); t <= g->hi && t != TIME_NEVER;
	     t = next_beginning(b, g->child, t)) {
		struct goal one = goal_of(g->child, g->lo, t, g->next);

		if (t - g->plan->window > one.lo)
			one.lo = t - g->plan->window;
		if (possible(b, g->child, one.lo, one.hi) && search(b, &one))
			return true;
	}
	return false;
}

static bool
repeats(struct binder *b, const struct goal *g)
{
	struct goal rest = *g;

	if (g->plan->child->kind == PLAN_ONE)
		return with_slot(b, g, g->plan->child->leaf, g->plan->times);
	if (g->times == 0)
		return search(b, g->next);
	rest.times--;
	struct goal one = goal_of(g->plan->child, g->lo, g->hi, &rest);
	return search(b, &one);
}

static bool
search(struct binder *b, const struct goal *g)
{
	if (!run_spend(b->run, 1) || b->too_many)
		return false;
	if (g == NULL)
		return assign(b);
	switch (g->plan->kind) {
	case PLAN_ONE: return with_slot(b, g, g->plan->leaf, 1);
	case PLAN_ALL: return all(b, g);
	case PLAN_ANY: return any(b, g);
	case PLAN_IN_ORDER: return in_order(b, g);
	case PLAN_WITHIN: return within(b, g);
	case PLAN_REPEATS: return repeats(b, g);
	case PLAN_BETWEEN: break;
	}
	struct goal inside = goal_of(g->plan->child, g->lo > g->plan->from ? g->lo : g->plan->from,
	    g->hi < g->plan->to ? g->hi : g->plan->to, g->next);
	return search(b, &inside);
}

/* ---- the whole ---- */

static bool
spread_out(struct binder *b, struct arena *a, const struct candidates *c, struct spread *ret)
{
	time_us *latest = arena_make(a, time_us, c->len + 1);

	if (latest == NULL)
		return false;
	for (size_t i = 0; i < c->len; i++) {
		time_us last = observation(b, c->observation[i])->last;

		latest[i] = i > 0 && latest[i - 1] > last ? latest[i - 1] : last;
	}
	*ret = (struct spread){ c->observation, latest, c->len };
	return true;
}

static enum err
outcome(const struct binder *b, bool found, bool *ret, bool *bound, struct why *why)
{
	*ret = found && b->run->work > 0;
	if (b->run->work == 0)
		return fail(why, ERR_LIMIT, "pattern.work",
		    "whether the pattern matches cannot be said with the work that one pattern may take");
	if (!found && b->too_many)
		return fail(why, ERR_LIMIT, "pattern.slots",
		    "the pattern needs more than %d observations that differ", SLOTS_MAX);
	for (size_t i = 0; found && i < b->run->data->len; i++)
		bound[i] = b->owner[i] != 0;
	return OK;
}

enum err
bind_plan(struct run *r, struct arena *a, const struct candidates *candidate, bool *ret,
    bool *bound, struct why *why)
{
	CLEANUP(heap_freep) struct binder *b = heap_new(sizeof(*b), 1);
	struct spread *spread = arena_make(a, struct spread, r->program->leaves);
	struct goal whole = goal_of(r->program->root, INT64_MIN, INT64_MAX, NULL);

	b->run = r;
	b->spread = spread;
	b->owner = arena_make(a, uint32_t, r->data->len + 1);
	bool fits = spread != NULL && b->owner != NULL;
	for (size_t i = 0; fits && i < r->program->leaves; i++)
		fits = spread_out(b, a, &candidate[i], &spread[i]);
	if (!fits)
		return fail(why, ERR_LIMIT, "pattern.memory",
		    "the match needs more memory than it may take");
	return outcome(b, search(b, &whole), ret, bound, why);
}
