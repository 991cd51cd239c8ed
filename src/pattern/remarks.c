/* remarks.c: what is allowed in a pattern and yet not meant. */
#include "network_p.h"
#include "print_p.h"
#include "program_p.h"

enum {
	/* Types of objects that one bracket names; with more of them nothing is said of them. */
	TYPES_MAX = 64,
};

struct remarker {
	struct pattern_remark *remark;
	size_t len;
	bool never; /* a comparison was found that no object satisfies */
};

static void
add(struct remarker *m, const char *code, const char *text)
{
	for (size_t i = 0; i < m->len; i++) {
		if (m->remark[i].code == code)
			return;
	}
	if (m->len < PATTERN_REMARKS_MAX)
		m->remark[m->len++] = (struct pattern_remark){ code, text };
}

/* The types that a pattern names, each with its place; the first TYPES_MAX of them. */
struct types {
	struct str type[TYPES_MAX];
	size_t len;
	bool too_many;
};

/* A set of types, by their places. */
typedef uint64_t type_set;
static_assert(TYPES_MAX == 64, "a set has a bit for each type");

static type_set
set_of(struct types *types, struct str type)
{
	size_t i = 0;

	while (i < types->len && !str_eq(types->type[i], type))
		i++;
	if (i == TYPES_MAX) {
		types->too_many = true;
		return 0;
	}
	types->type[i] = type;
	types->len = i == types->len ? i + 1 : types->len;
	return (type_set)1 << i;
}

/* The types that one object may have for the comparison to be true: an AND of types
 * that have none in common can never be.
 * Recursion is bounded by PATTERN_DEPTH_MAX: lists nest by parentheses only. */
static type_set
can_be(struct remarker *m, struct types *types, const struct node *n)
{
	type_set ret = n->kind == NODE_AND ? UINT64_MAX : 0;

	if (n->kind == NODE_TEST)
		return set_of(types, n->test.type);
	for (const struct node *part = n->child; part != NULL; part = part->next) {
		type_set set = can_be(m, types, part);

		ret = n->kind == NODE_AND ? ret & set : ret | set;
	}
	m->never = m->never || (ret == 0 && !types->too_many);
	return ret;
}

static void
remark_types(struct remarker *m, const struct node *comparison)
{
	struct types types = { .len = 0 };

	m->never = false;
	(void)can_be(m, &types, comparison);
	if (m->never && !types.too_many)
		add(m, "pattern.never",
		    "AND joins objects of different types in one bracket: no object is both; use a "
		    "bracket for each");
}

static void
remark_test(struct remarker *m, const struct test *t)
{
	struct network network;

	for (const struct step *s = t->path; s != NULL; s = s->next) {
		if (s->kind == STEP_INDEX && s->text.ptr[0] == '-')
			add(m, "pattern.index",
			    "a negative index names no element: the comparison is false");
	}
	if (t->op == TOKEN_IN && t->literal == NULL)
		add(m, "pattern.empty-set", "nothing is in an empty set");
	if ((t->op == TOKEN_ISSUBSET || t->op == TOKEN_ISSUPERSET) &&
	    !network_parse(t->literal->value, &network))
		add(m, "pattern.network",
		    "ISSUBSET and ISSUPERSET compare addresses and networks in CIDR form");
}

static void
remark_qualifiers(struct remarker *m, const struct node *n)
{
	time_us from, to;

	for (const struct qualifier *q = n->qualifier; q != NULL; q = q->next) {
		if (q->kind == TOKEN_START &&
		    (!time_parse(q->value, &from) || !time_parse(q->stop, &to) || from >= to))
			add(m, "pattern.interval", "nothing lies between these two instants");
	}
}

/* Recursion is bounded by PATTERN_DEPTH_MAX: lists nest by parentheses only. */
static void
remark_node(struct remarker *m, const struct node *n)
{
	remark_qualifiers(m, n);
	if (n->kind == NODE_OBSERVATION)
		remark_types(m, n->child);
	if (n->kind == NODE_TEST)
		remark_test(m, &n->test);
	for (const struct node *part = n->child; part != NULL; part = part->next)
		remark_node(m, part);
}

size_t
pattern_remarks(const struct pattern *p, struct pattern_remark *ret)
{
	struct remarker m = { .remark = ret };

	remark_node(&m, p->root);
	return m.len;
}

/* ---- intervals ---- */

/* Recursion is bounded by PATTERN_DEPTH_MAX: lists nest by parentheses only. */
static bool
visit_intervals(const struct node *n, pattern_interval_fn *fn, void *arg)
{
	for (const struct qualifier *q = n->qualifier; q != NULL; q = q->next) {
		if (q->kind == TOKEN_START && !fn(arg, q->value, q->stop))
			return false;
	}
	for (const struct node *part = n->child; part != NULL; part = part->next) {
		if (!visit_intervals(part, fn, arg))
			return false;
	}
	return true;
}

void
pattern_intervals(const struct pattern *p, pattern_interval_fn *fn, void *arg)
{
	(void)visit_intervals(p->root, fn, arg);
}

/* ---- how much of the language it uses ---- */

static bool
is_qualified(const struct node *n)
{
	if (n->qualifier != NULL || n->kind == NODE_FOLLOWEDBY)
		return true;
	for (const struct node *part = n->child; part != NULL; part = part->next) {
		if (is_qualified(part))
			return true;
	}
	return false;
}

unsigned
pattern_level(const struct pattern *p)
{
	if (is_qualified(p->root))
		return 3;
	return p->root->kind == NODE_OBSERVATION ? 1 : 2;
}
