/* remarks.c: what is allowed in a pattern and yet not meant. */
#include "network_p.h"
#include "print_p.h"
#include "program_p.h"

enum {
	/* Types of objects that one bracket names; with more of them AND is not looked at. */
	TYPES_MAX = 64,
};

struct remarker {
	struct pattern_remark *remark;
	size_t len;
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

/* Recursion is bounded by PATTERN_DEPTH_MAX: lists nest by parentheses only. */
static bool
can_be(const struct node *n, struct str type)
{
	if (n->kind == NODE_TEST)
		return str_eq(n->test.type, type);
	for (const struct node *part = n->child; part != NULL; part = part->next) {
		if (can_be(part, type) == (n->kind == NODE_OR))
			return n->kind == NODE_OR;
	}
	return n->kind == NODE_AND;
}

/* false: more types than there is room for. */
static bool
add_types(const struct node *n, struct str *type, size_t *len)
{
	for (const struct node *part = n->child; part != NULL; part = part->next) {
		if (!add_types(part, type, len))
			return false;
	}
	if (n->kind != NODE_TEST)
		return true;
	for (size_t i = 0; i < *len; i++) {
		if (str_eq(type[i], n->test.type))
			return true;
	}
	if (*len == TYPES_MAX)
		return false;
	type[(*len)++] = n->test.type;
	return true;
}

/* One object has one type: an AND of two can never be true. */
static void
remark_and(struct remarker *m, const struct node *n)
{
	struct str type[TYPES_MAX];
	size_t len = 0;
	bool some = false;

	if (!add_types(n, type, &len))
		return;
	for (size_t i = 0; i < len; i++)
		some = some || can_be(n, type[i]);
	if (!some)
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
	if (n->kind == NODE_AND)
		remark_and(m, n);
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
