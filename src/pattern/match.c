#include "program_p.h"

enum {
	/* Steps of one run: about a second.  A path of references multiplies what it
	 * visits, and qualifiers the ways to choose observations. */
	WORK_MAX = 50 * 1000 * 1000,
	SCRATCH_MAX = 64 * MIB, /* a value, decoded and in another form */
};

/* The observations that satisfy one leaf, as flags. */
struct flags {
	bool *of; /* by observation */
	size_t set;
};

/* Recursion is bounded by PATTERN_DEPTH_MAX: lists nest by parentheses only. */
static bool
satisfies(struct run *r, const struct node *n, const struct sighted *object)
{
	if (n->kind == NODE_OBSERVATION)
		return test_object(r, n->child, object);
	for (const struct node *part = n->child; part != NULL; part = part->next) {
		if (satisfies(r, part, object))
			return true;
	}
	return false;
}

static void
flag_type(struct run *r, const struct leaf *leaf, const struct sighted_type *type,
    struct flags *flags)
{
	for (size_t i = 0; i < type->len && r->work > 0; i++) {
		const struct sighted *object = type->object[i];
		bool *flag = &flags->of[object->observation];

		if (*flag)
			continue;
		*flag = satisfies(r, leaf->node, object);
		flags->set += *flag;
		if (arena_used(r->scratch) > 0)
			arena_clear(r->scratch);
	}
}

static enum err
no_memory(struct why *why)
{
	return fail(why, ERR_LIMIT, "pattern.memory",
	    "the match needs more memory than it may take");
}

static enum err
find_leaf(struct run *r, struct arena *a, const struct leaf *leaf, struct candidates *ret,
    struct why *why)
{
	CLEANUP(heap_freep) bool *flag = heap_new(sizeof(bool), r->data->len + 1);
	struct flags flags = { .of = flag };
	size_t len = 0;

	for (size_t i = 0; i < leaf->types; i++) {
		const struct sighted_type *type = observed_type(r->data, leaf->type[i]);

		if (type != NULL)
			flag_type(r, leaf, type, &flags);
	}
	uint32_t *list = arena_make(a, uint32_t, flags.set + 1);
	if (list == NULL)
		return no_memory(why);
	for (size_t i = 0; i < r->data->len && flags.set > 0; i++) {
		if (flag[i])
			list[len++] = (uint32_t)i;
	}
	*ret = (struct candidates){ list, len };
	return OK;
}

static enum err
list_bound(const struct run *r, struct arena *a, const bool *bound, struct pattern_match *ret,
    struct why *why)
{
	struct pattern_observed *observed =
	    arena_make(a, struct pattern_observed, r->data->len + 1);

	if (observed == NULL)
		return no_memory(why);
	for (size_t i = 0; i < r->data->len; i++) {
		const struct observation *o = &r->data->observation[i];

		if (bound[i])
			observed[ret->len++] = (struct pattern_observed){ o->id, o->place };
	}
	ret->observed = observed;
	return OK;
}

static enum err
run(struct run *r, struct arena *a, struct pattern_match *ret, struct why *why)
{
	CLEANUP(heap_freep) bool *bound = heap_new(sizeof(bool), r->data->len + 1);
	struct candidates *found = arena_make(a, struct candidates, r->program->leaves);

	if (found == NULL)
		return no_memory(why);
	for (size_t i = 0; i < r->program->leaves; i++)
		TRY(find_leaf(r, a, &r->program->leaf[i], &found[i], why));
	TRY(bind_plan(r, a, found, &ret->matches, bound, why));
	return ret->matches ? list_bound(r, a, bound, ret, why) : OK;
}

enum err
pattern_run(struct pattern_program *program, const struct pattern_data *data, struct arena *a,
    struct pattern_match *ret, struct why *why)
{
	CLEANUP(arena_freep) struct arena *scratch = arena_new(SCRATCH_MAX);
	struct run r = { .program = program, .data = data, .scratch = scratch, .work = WORK_MAX };

	*ret = (struct pattern_match){ 0 };
	return run(&r, a, ret, why);
}
