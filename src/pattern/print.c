/* print.c: writes a pattern in one form: one blank between words, upper-case
 * keywords, "=" and "!=", quotes only where they are needed. */
#include "print_p.h"

static const struct word {
	enum token_kind kind;
	const char *text;
} operators[] = {
	{ TOKEN_EQ, "=" },
	{ TOKEN_NE, "!=" },
	{ TOKEN_LT, "<" },
	{ TOKEN_LE, "<=" },
	{ TOKEN_GT, ">" },
	{ TOKEN_GE, ">=" },
	{ TOKEN_IN, "IN" },
	{ TOKEN_LIKE, "LIKE" },
	{ TOKEN_MATCHES, "MATCHES" },
	{ TOKEN_ISSUBSET, "ISSUBSET" },
	{ TOKEN_ISSUPERSET, "ISSUPERSET" },
};

static const char *
operator_text(enum token_kind kind)
{
	for (size_t i = 0; i < COUNTOF(operators); i++) {
		if (operators[i].kind == kind)
			return operators[i].text;
	}
	return "EXISTS";
}

static void
print_quoted(struct buf *out, struct str text)
{
	buf_putc(out, '\'');
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '\'' || text.ptr[i] == '\\')
			buf_putc(out, '\\');
		buf_putc(out, text.ptr[i]);
	}
	buf_putc(out, '\'');
}

void
print_literal(struct buf *out, const struct literal *l)
{
	switch ((int)l->kind) {
	case TOKEN_STRING: print_quoted(out, l->value); return;
	case TOKEN_HEX: buf_putc(out, 'h'); break;
	case TOKEN_BINARY: buf_putc(out, 'b'); break;
	case TOKEN_TIMESTAMP: buf_putc(out, 't'); break;
	default: buf_put(out, l->value); return;
	}
	print_quoted(out, l->value);
}

void
print_path(struct buf *out, const struct step *path)
{
	for (const struct step *s = path; s != NULL; s = s->next) {
		if (s->kind == STEP_NAME && s != path)
			buf_putc(out, '.');
		if (s->kind == STEP_ANY)
			buf_put(out, S("[*]"));
		else if (s->kind == STEP_INDEX)
			buf_printf(out, "[" STR_FMT "]", STR_ARG(s->text));
		else if (lex_is_name(s->text))
			buf_put(out, s->text);
		else
			print_quoted(out, s->text);
	}
}

void
print_operand(struct buf *out, const struct test *t)
{
	if (t->op != TOKEN_IN) {
		print_literal(out, t->literal);
		return;
	}
	buf_putc(out, '(');
	for (const struct literal *l = t->literal; l != NULL; l = l->next) {
		if (l != t->literal)
			buf_put(out, S(", "));
		print_literal(out, l);
	}
	buf_putc(out, ')');
}

static void
print_test(struct buf *out, const struct test *t)
{
	if (t->op == TOKEN_EXISTS)
		buf_put(out, t->negated ? S("NOT EXISTS ") : S("EXISTS "));
	buf_printf(out, STR_FMT ":", STR_ARG(t->type));
	print_path(out, t->path);
	if (t->op == TOKEN_EXISTS)
		return;
	buf_printf(out, "%s %s ", t->negated ? " NOT" : "", operator_text(t->op));
	print_operand(out, t);
}

void
print_qualifier(struct buf *out, const struct qualifier *q)
{
	if (q->kind == TOKEN_WITHIN)
		buf_printf(out, "WITHIN " STR_FMT " SECONDS", STR_ARG(q->value));
	else if (q->kind == TOKEN_REPEATS)
		buf_printf(out, "REPEATS " STR_FMT " TIMES", STR_ARG(q->value));
	else
		buf_printf(out, "START t'" STR_FMT "' STOP t'" STR_FMT "'", STR_ARG(q->value),
		    STR_ARG(q->stop));
}

/* How many times a kind of qualifier stands again: each begins a unit of its own. */
static size_t
units_around(const struct qualifier *q)
{
	size_t ret = 0;
	unsigned seen = 0;

	for (; q != NULL; q = q->next) {
		unsigned kind = 1U << (q->kind - TOKEN_START);

		if (seen & kind) {
			ret++;
			seen = 0;
		}
		seen |= kind;
	}
	return ret;
}

static void
print_qualifiers(struct buf *out, const struct qualifier *q)
{
	unsigned seen = 0;

	for (; q != NULL; q = q->next) {
		unsigned kind = 1U << (q->kind - TOKEN_START);

		if (seen & kind) {
			buf_putc(out, ')');
			seen = 0;
		}
		seen |= kind;
		buf_putc(out, ' ');
		print_qualifier(out, q);
	}
}

static bool
is_list(const struct node *n)
{
	return n->kind != NODE_TEST && n->kind != NODE_OBSERVATION;
}

static void print_node(struct buf *out, const struct node *n);

static void
print_list(struct buf *out, const struct node *n)
{
	struct str word = n->kind == NODE_FOLLOWEDBY                     ? S(" FOLLOWEDBY ")
	                  : n->kind == NODE_OR || n->kind == NODE_OBS_OR ? S(" OR ")
	                                                                 : S(" AND ");

	for (const struct node *part = n->child; part != NULL; part = part->next) {
		bool parenthesis = is_list(part) && part->qualifier == NULL;

		if (part != n->child)
			buf_put(out, word);
		if (parenthesis)
			buf_putc(out, '(');
		print_node(out, part);
		if (parenthesis)
			buf_putc(out, ')');
	}
}

/* Recursion is bounded by PATTERN_DEPTH_MAX: lists nest by parentheses only. */
static void
print_node(struct buf *out, const struct node *n)
{
	bool parenthesis = is_list(n) && n->qualifier != NULL;

	for (size_t i = units_around(n->qualifier); i > 0; i--)
		buf_putc(out, '(');
	if (parenthesis)
		buf_putc(out, '(');
	if (n->kind == NODE_TEST) {
		print_test(out, &n->test);
	} else if (n->kind == NODE_OBSERVATION) {
		buf_putc(out, '[');
		print_node(out, n->child);
		buf_putc(out, ']');
	} else {
		print_list(out, n);
	}
	if (parenthesis)
		buf_putc(out, ')');
	print_qualifiers(out, n->qualifier);
}

void
pattern_print(const struct pattern *p, struct buf *out)
{
	print_node(out, p->root);
}
