/* explain.c: a pattern in English, an indented line for each part. */
#include "print_p.h"

static const struct phrase {
	enum token_kind op;
	const char *plain;
	const char *negated;
} phrases[] = {
	{ TOKEN_EQ, "is", "is not" },
	{ TOKEN_NE, "is not", "is" },
	{ TOKEN_LT, "is less than", "is not less than" },
	{ TOKEN_LE, "is at most", "is not at most" },
	{ TOKEN_GT, "is more than", "is not more than" },
	{ TOKEN_GE, "is at least", "is not at least" },
	{ TOKEN_IN, "is one of", "is none of" },
	{ TOKEN_LIKE, "looks like", "does not look like" },
	{ TOKEN_MATCHES, "has a match of", "has no match of" },
	{ TOKEN_ISSUBSET, "lies within", "does not lie within" },
	{ TOKEN_ISSUPERSET, "contains", "does not contain" },
	{ TOKEN_EXISTS, "is there", "is not there" },
};

static void
line(struct buf *out, size_t indent)
{
	if (out->len > 0)
		buf_putc(out, '\n');
	for (size_t i = 0; i < indent; i++)
		buf_put(out, S("  "));
}

static void
explain_test(struct buf *out, const struct test *t)
{
	const struct phrase *p = phrases;

	while (p->op != t->op)
		p++;
	buf_printf(out, STR_FMT " whose ", STR_ARG(t->type));
	print_path(out, t->path);
	buf_printf(out, " %s", t->negated ? p->negated : p->plain);
	if (t->op == TOKEN_EXISTS)
		return;
	buf_putc(out, ' ');
	print_operand(out, t);
}

static const char *
heading(const struct node *n)
{
	switch (n->kind) {
	case NODE_FOLLOWEDBY: return "these, one after the other, each in observations of its own:";
	case NODE_OBS_OR: return "any of these:";
	case NODE_OBS_AND: return "all of these, each in observations of its own:";
	case NODE_OBSERVATION: return "one observation that has";
	case NODE_OR: return "any of:";
	case NODE_AND: return "an object that is all of:";
	case NODE_TEST: break;
	}
	return "";
}

/* Recursion is bounded by PATTERN_DEPTH_MAX: lists nest by parentheses only. */
static void
explain_node(struct buf *out, const struct node *n, size_t indent)
{
	line(out, indent);
	for (const struct qualifier *q = n->qualifier; q != NULL; q = q->next) {
		print_qualifier(out, q);
		buf_put(out, q->next != NULL ? S(", ") : S(": "));
	}
	if (n->kind == NODE_TEST) {
		explain_test(out, &n->test);
		return;
	}
	buf_put(out, str_of(heading(n)));
	for (const struct node *part = n->child; part != NULL; part = part->next)
		explain_node(out, part, indent + 1);
}

void
pattern_explain(const struct pattern *p, struct buf *out)
{
	explain_node(out, p->root, 0);
}
