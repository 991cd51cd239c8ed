#include <math.h>
#include <stdlib.h>

#include "program_p.h"
#include "text_p.h"

enum {
	/* Steps of a path and its [*] among them; published ones have up to 8 and 2. */
	PATH_STEPS_MAX = 256,
	PATH_ANY_MAX = 16,
};

struct planner {
	struct arena *a;
	struct pattern_program *program;
	struct str text; /* of the pattern */
	size_t room;     /* for regular expressions */
	bool judge;      /* whether they can run is enough */
	struct why *why;
};

static enum err
no_memory(struct planner *p)
{
	return fail(p->why, ERR_LIMIT, "pattern.memory",
	    "the pattern needs more memory than it may take");
}

/* ---- tests ---- */

static enum err
plan_path(struct planner *p, const struct test *t, enum coding *ret)
{
	struct str name = { 0 };
	size_t steps = 0, any = 0;

	for (const struct step *s = t->path; s != NULL; s = s->next, steps++) {
		if (s->kind == STEP_NAME)
			name = s->text;
		any += s->kind == STEP_ANY;
	}
	*ret = str_ends(name, S("_hex"))   ? CODING_HEX
	       : str_ends(name, S("_bin")) ? CODING_BASE64
	                                   : CODING_TEXT;
	if (steps <= PATH_STEPS_MAX && any <= PATH_ANY_MAX)
		return OK;
	return fail(p->why, ERR_LIMIT, "pattern.path",
	    "a path has more than %d steps, or more than %d [*]", PATH_STEPS_MAX, PATH_ANY_MAX);
}

static enum err
plan_regex(struct planner *p, struct check *c, const struct literal *l)
{
	struct lexer lx = { .text = p->text };
	struct str text = l->value;

	if (c->coding == CODING_TEXT && !text_nfc(p->a, l->value, &text))
		return no_memory(p);
	bool bytes = c->coding != CODING_TEXT;
	enum err err = p->judge ? regex_judge(text, bytes, &p->room, p->why)
	                        : regex_new(text, bytes, &p->room, &c->regex, p->why);
	return err == OK ? OK : lex_where(&lx, l->at, err, p->why);
}

static enum err
plan_test(struct planner *p, const struct test *t)
{
	struct check *c = &p->program->check[t->number];
	size_t n = 0;

	c->test = t;
	TRY(plan_path(p, t, &c->coding));
	for (const struct literal *l = t->literal; l != NULL; l = l->next)
		n++;
	struct constant *constant = arena_make(p->a, struct constant, n + 1);
	if (constant == NULL)
		return no_memory(p);
	for (const struct literal *l = t->literal; l != NULL; l = l->next)
		TRY(constant_read(p->a, l, &constant[c->constants++], p->why));
	c->constant = constant;
	if (t->op == TOKEN_IN || t->op == TOKEN_EXISTS)
		return OK;
	assert(t->literal != NULL); /* the parser has seen to it */
	if (t->op == TOKEN_LIKE && !text_nfc(p->a, t->literal->value, &c->like))
		return no_memory(p);
	if (t->op == TOKEN_MATCHES)
		return plan_regex(p, c, t->literal);
	if (t->op == TOKEN_ISSUBSET || t->op == TOKEN_ISSUPERSET)
		c->is_network = network_parse(t->literal->value, &c->network);
	return OK;
}

/* Recursion is bounded by PATTERN_DEPTH_MAX: lists nest by parentheses only. */
static enum err
plan_tests(struct planner *p, const struct node *n)
{
	if (n->kind == NODE_TEST)
		return plan_test(p, &n->test);
	for (const struct node *part = n->child; part != NULL; part = part->next)
		TRY(plan_tests(p, part));
	return OK;
}

/* ---- leaves ---- */

static int
by_text(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static size_t
count_tests(const struct node *n)
{
	size_t ret = n->kind == NODE_TEST;

	for (const struct node *part = n->child; part != NULL; part = part->next)
		ret += count_tests(part);
	return ret;
}

static void
collect_types(const struct node *n, struct str *type, size_t *len)
{
	if (n->kind == NODE_TEST)
		type[(*len)++] = n->test.type;
	for (const struct node *part = n->child; part != NULL; part = part->next)
		collect_types(part, type, len);
}

static enum err
plan_leaf(struct planner *p, const struct node *n, size_t *ret)
{
	struct leaf *leaf = &p->program->leaf[p->program->leaves];
	struct str *type = arena_make(p->a, struct str, count_tests(n));
	size_t len = 0;

	if (type == NULL)
		return no_memory(p);
	collect_types(n, type, &len);
	qsort(type, len, sizeof(*type), by_text);
	*leaf = (struct leaf){ .node = n, .type = type };
	for (size_t i = 0; i < len; i++) {
		if (leaf->types == 0 || !str_eq(type[leaf->types - 1], type[i]))
			type[leaf->types++] = type[i];
	}
	*ret = p->program->leaves++;
	return OK;
}

/* One observation satisfies it, whichever alternative that does. */
static bool
is_one(const struct node *n)
{
	if (n->kind == NODE_OBSERVATION)
		return true;
	if (n->kind != NODE_OBS_OR)
		return false;
	for (const struct node *part = n->child; part != NULL; part = part->next) {
		if (part->qualifier != NULL || !is_one(part))
			return false;
	}
	return true;
}

/* ---- observations ---- */

static enum err
plan_new(struct planner *p, enum plan_kind kind, struct plan **ret)
{
	struct plan *plan = arena_make(p->a, struct plan, 1);

	if (plan == NULL)
		return no_memory(p);
	plan->kind = kind;
	*ret = plan;
	return OK;
}

/* Seconds as microseconds, upwards: time_us has no finer instant. */
static time_us
microseconds(struct str seconds)
{
	char copy[32];
	struct str short_enough = str_sub(seconds, 0, sizeof(copy) - 1);

	memcpy(copy, short_enough.ptr, short_enough.len);
	copy[short_enough.len] = '\0';
	double us = ceil(strtod(copy, NULL) * (double)US_PER_S);
	return us < (double)(INT64_MAX / 4) ? (time_us)us : INT64_MAX / 4;
}

/* Nothing lies between two instants in the wrong order, or on a day that does
 * not exist. */
static void
read_between(const struct qualifier *q, struct plan *plan)
{
	if (time_parse(q->value, &plan->from) && time_parse(q->stop, &plan->to) &&
	    plan->from < plan->to) {
		plan->to--;
	} else {
		plan->from = INT64_MAX;
		plan->to = INT64_MIN;
	}
}

/* "+" may stand before the digits; what no counter holds is more than there are. */
static uint64_t
read_times(struct str digits)
{
	uint64_t times = UINT64_MAX;

	(void)str_to_u64(str_sub(digits, str_starts(digits, S("+")), SIZE_MAX), UINT64_MAX, &times);
	return times;
}

static enum err
plan_qualifier(struct planner *p, const struct qualifier *q, struct plan *child, struct plan **ret)
{
	struct plan *plan = NULL;

	TRY(plan_new(p,
	    q->kind == TOKEN_WITHIN    ? PLAN_WITHIN
	    : q->kind == TOKEN_REPEATS ? PLAN_REPEATS
	                               : PLAN_BETWEEN,
	    &plan));
	plan->child = child;
	if (q->kind == TOKEN_WITHIN)
		plan->window = microseconds(q->value) - 1; /* less than, not as long as */
	if (q->kind == TOKEN_REPEATS)
		plan->times = read_times(q->value);
	if (q->kind == TOKEN_START)
		read_between(q, plan);
	*ret = plan;
	return OK;
}

static enum err plan_node(struct planner *p, const struct node *n, struct plan **ret);

static enum err
plan_list(struct planner *p, const struct node *n, enum plan_kind kind, struct plan **ret)
{
	const struct plan **tail;

	TRY(plan_new(p, kind, ret));
	tail = &(*ret)->child;
	for (const struct node *part = n->child; part != NULL; part = part->next) {
		struct plan *plan = NULL;

		TRY(plan_node(p, part, &plan));
		*tail = plan;
		tail = &plan->next;
	}
	return OK;
}

static enum err
plan_bare(struct planner *p, const struct node *n, struct plan **ret)
{
	if (is_one(n)) {
		TRY(plan_new(p, PLAN_ONE, ret));
		return plan_leaf(p, n, &(*ret)->leaf);
	}
	return plan_list(p, n,
	    n->kind == NODE_OBS_AND  ? PLAN_ALL
	    : n->kind == NODE_OBS_OR ? PLAN_ANY
	                             : PLAN_IN_ORDER,
	    ret);
}

/* Recursion is bounded by PATTERN_DEPTH_MAX: lists nest by parentheses only. */
static enum err
plan_node(struct planner *p, const struct node *n, struct plan **ret)
{
	TRY(plan_bare(p, n, ret));
	for (const struct qualifier *q = n->qualifier; q != NULL; q = q->next) {
		/* One observation lies within any window. */
		if (q->kind == TOKEN_WITHIN && (*ret)->kind == PLAN_ONE)
			continue;
		TRY(plan_qualifier(p, q, *ret, ret));
	}
	return OK;
}

static enum err
plan_all(struct planner *p, const struct pattern *pattern)
{
	struct plan *root = NULL;

	p->program->check = arena_make(p->a, struct check, pattern->tests);
	p->program->leaf = arena_make(p->a, struct leaf, pattern->observations);
	if (p->program->check == NULL || p->program->leaf == NULL)
		return no_memory(p);
	TRY(plan_tests(p, pattern->root));
	TRY(plan_node(p, pattern->root, &root));
	p->program->root = root;
	return OK;
}

static enum err
plan(struct arena *a, const struct pattern *pattern, bool judge, struct pattern_program **ret,
    struct why *why)
{
	struct pattern_program *program = arena_make(a, struct pattern_program, 1);
	struct planner p = {
		.a = a,
		.program = program,
		.text = pattern->text,
		.room = REGEX_PLACES_MAX,
		.judge = judge,
		.why = why,
	};

	if (program == NULL)
		return no_memory(&p);
	program->pattern = pattern;
	enum err err = plan_all(&p, pattern);
	if (err != OK) {
		pattern_program_free(program);
		return err;
	}
	*ret = program;
	return OK;
}

enum err
pattern_compile(struct arena *a, const struct pattern *pattern, struct pattern_program **ret,
    struct why *why)
{
	return plan(a, pattern, false, ret, why);
}

enum err
pattern_judge(struct arena *a, const struct pattern *pattern, struct why *why)
{
	struct pattern_program *program = NULL;

	return plan(a, pattern, true, &program, why);
}

void
pattern_program_free(struct pattern_program *program)
{
	if (program == NULL || program->check == NULL)
		return;
	for (size_t i = 0; i < program->pattern->tests; i++)
		regex_free(program->check[i].regex);
}
