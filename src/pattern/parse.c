#include "pattern_p.h"

/* The token at hand is always tok: each rule begins at its first token and
 * ends behind its last. */
struct parser {
	struct lexer lx;
	struct token tok;
	struct arena *a;
	size_t depth; /* open parentheses */
	size_t literals;
	size_t tests;
	size_t observations;
	struct why *why;
};

typedef enum err rule(struct parser *p, struct node **ret);

static enum err observations(struct parser *p, struct node **ret);
static enum err comparison(struct parser *p, struct node **ret);

static enum err
advance(struct parser *p)
{
	return lex_next(&p->lx, &p->tok, p->why);
}

static enum err
no_memory(struct parser *p)
{
	return fail(p->why, ERR_LIMIT, "pattern.memory",
	    "the pattern needs more memory than it may take");
}

/* Says at the token at hand what would be right there. */
static enum err
expected(struct parser *p, const char *what)
{
	struct str found = p->tok.text;
	enum err err = p->tok.kind == TOKEN_END
	                   ? fail(p->why, ERR_INVALID, "pattern.end",
	                         "the pattern ends where %s should stand", what)
	                   : fail(p->why, ERR_INVALID, "pattern.syntax",
	                         "\"" STR_FMT "\" stands where %s should", STR_ARG(found), what);

	return lex_where(&p->lx, p->tok.at, err, p->why);
}

static bool
at(const struct parser *p, enum token_kind kind)
{
	return p->tok.kind == kind;
}

static enum err
take(struct parser *p, enum token_kind kind, const char *what)
{
	return at(p, kind) ? advance(p) : expected(p, what);
}

static enum err
node_new(struct parser *p, enum node_kind kind, struct node **ret)
{
	struct node *n = arena_make(p->a, struct node, 1);

	if (n == NULL)
		return no_memory(p);
	n->kind = kind;
	*ret = n;
	return OK;
}

/* The word at hand and the part behind it.  Parts are linked by next; a part that
 * is itself a list keeps its own. */
static enum err
append_part(struct parser *p, rule *part, struct node **last)
{
	TRY(advance(p));
	TRY(part(p, &(*last)->next));
	*last = (*last)->next;
	assert(*last != NULL);
	return OK;
}

/* part { word part }: a list node with the parts as children, or the only
 * part itself. */
static enum err
list(struct parser *p, rule *part, enum token_kind word, enum node_kind kind, struct node **ret)
{
	struct node *first = NULL, *many = NULL;

	TRY(part(p, &first));
	assert(first != NULL);
	*ret = first;
	if (!at(p, word))
		return OK;
	TRY(node_new(p, kind, &many));
	assert(many != NULL);
	many->child = first;
	for (struct node *last = first; at(p, word);)
		TRY(append_part(p, part, &last));
	*ret = many;
	return OK;
}

/* "(" inner ")", at most PATTERN_DEPTH_MAX deep. */
static enum err
parenthesis(struct parser *p, rule *inner, struct node **ret)
{
	if (p->depth == PATTERN_DEPTH_MAX)
		return lex_where(&p->lx, p->tok.at,
		    fail(p->why, ERR_LIMIT, "pattern.depth",
		        "parentheses are nested deeper than %d", PATTERN_DEPTH_MAX),
		    p->why);
	p->depth++;
	TRY(advance(p));
	TRY(inner(p, ret));
	TRY(take(p, TOKEN_RPAREN, "AND, OR or \")\""));
	p->depth--;
	return OK;
}

/* ---- comparisons ---- */

static enum err
append_step(struct parser *p, struct step ***tail, struct step step)
{
	struct step *s = arena_make(p->a, struct step, 1);

	if (s == NULL)
		return no_memory(p);
	*s = step;
	**tail = s;
	*tail = &s->next;
	return OK;
}

static enum err
name_step(struct parser *p, struct step ***tail)
{
	if (!at(p, TOKEN_NAME) && !at(p, TOKEN_STRING))
		return expected(p, at(p, TOKEN_HYPHEN)
		                       ? "a property name (in quotes if it has a hyphen)"
		                       : "a property name");
	TRY(append_step(p, tail, (struct step){ .kind = STEP_NAME, .text = p->tok.value }));
	return advance(p);
}

static enum err
index_step(struct parser *p, struct step ***tail)
{
	struct step step = { .kind = STEP_ANY };

	TRY(advance(p));
	if (at(p, TOKEN_INTEGER))
		step = (struct step){ .kind = STEP_INDEX, .text = p->tok.value };
	else if (!at(p, TOKEN_STAR))
		return expected(p, "an integer or \"*\"");
	TRY(append_step(p, tail, step));
	TRY(advance(p));
	return take(p, TOKEN_RBRACKET, "\"]\"");
}

/* "." name, or "[" index "]" */
static enum err
next_step(struct parser *p, struct step ***tail)
{
	if (at(p, TOKEN_LBRACKET))
		return index_step(p, tail);
	TRY(advance(p));
	return name_step(p, tail);
}

static enum err
object_path(struct parser *p, struct test *t)
{
	struct step **tail = &t->path;

	if (!at(p, TOKEN_NAME) && !at(p, TOKEN_HYPHEN))
		return expected(p, "a comparison like ipv4-addr:value = '198.51.100.1'");
	t->type = p->tok.value;
	TRY(advance(p));
	TRY(take(p, TOKEN_COLON, "\":\""));
	TRY(name_step(p, &tail));
	while (at(p, TOKEN_DOT) || at(p, TOKEN_LBRACKET))
		TRY(next_step(p, &tail));
	return OK;
}

static bool
is_literal(enum token_kind kind)
{
	return kind >= TOKEN_INTEGER && kind <= TOKEN_BOOLEAN;
}

static enum err
append_literal(struct parser *p, struct literal ***tail)
{
	struct literal *l = arena_make(p->a, struct literal, 1);

	if (l == NULL)
		return no_memory(p);
	*l = (struct literal){ .kind = p->tok.kind, .at = p->tok.at, .value = p->tok.value };
	**tail = l;
	*tail = &l->next;
	p->literals++;
	return advance(p);
}

/* Integers and floats compare with each other. */
static bool
same_type(enum token_kind a, enum token_kind b)
{
	a = a == TOKEN_FLOAT ? TOKEN_INTEGER : a;
	b = b == TOKEN_FLOAT ? TOKEN_INTEGER : b;
	return a == b;
}

static enum err
set_literal(struct parser *p, struct test *t)
{
	struct literal **tail = &t->literal;

	TRY(take(p, TOKEN_LPAREN, "a set like (1, 2)"));
	if (at(p, TOKEN_RPAREN))
		return advance(p);
	for (;;) {
		if (!is_literal(p->tok.kind))
			return expected(p, "a constant");
		if (t->literal != NULL && !same_type(t->literal->kind, p->tok.kind))
			return expected(p, "a constant of the same type as the first of the set");
		TRY(append_literal(p, &tail));
		if (at(p, TOKEN_RPAREN))
			return advance(p);
		TRY(take(p, TOKEN_COMMA, "\",\" or \")\""));
	}
}

/* The constant or set that the operator wants. */
static enum err
operand(struct parser *p, struct test *t)
{
	struct literal **tail = &t->literal;

	switch ((int)t->op) {
	case TOKEN_IN: return set_literal(p, t);
	case TOKEN_EQ:
	case TOKEN_NE:
		if (!is_literal(p->tok.kind))
			return expected(p, "a constant");
		break;
	case TOKEN_LT:
	case TOKEN_LE:
	case TOKEN_GT:
	case TOKEN_GE:
		if (!is_literal(p->tok.kind) || at(p, TOKEN_BOOLEAN))
			return expected(p, "a constant that has an order");
		break;
	default:
		if (!at(p, TOKEN_STRING))
			return expected(p, "a string in single quotes");
		break;
	}
	return append_literal(p, &tail);
}

/* How many hex digits a hash of this name has; 0 if the name is not known. */
static size_t
hash_digits(struct str name)
{
	/* clang-format off */
	static const struct { const char *name; size_t digits; } known[] = {
		{ "MD5", 32 },      { "SHA-1", 40 },    { "RIPEMD-160", 40 }, { "SHA-224", 56 },
		{ "SHA-256", 64 },  { "SHA-384", 96 },  { "SHA-512", 128 },   { "SHA3-224", 56 },
		{ "SHA3-256", 64 }, { "SHA3-384", 96 }, { "SHA3-512", 128 },  { "WHIRLPOOL", 128 },
	};
	/* clang-format on */

	for (size_t i = 0; i < COUNTOF(known); i++) {
		if (str_is(name, known[i].name))
			return known[i].digits;
	}
	return 0;
}

static bool
is_hash_of(struct str text, size_t digits)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		char lower = (char)(c | 0x20);

		if (!(c >= '0' && c <= '9') && !(lower >= 'a' && lower <= 'f'))
			return false;
	}
	return text.len == digits;
}

/* A text that cannot be a hash of the named algorithm makes the pattern invalid. */
static enum err
check_hashes(struct parser *p, const struct test *t, size_t place)
{
	size_t digits = 0;

	if (t->op != TOKEN_EQ && t->op != TOKEN_IN)
		return OK;
	for (const struct step *s = t->path; s->next != NULL; s = s->next) {
		if (s->kind == STEP_NAME && str_is(s->text, "hashes") && s->next->next == NULL)
			digits = hash_digits(s->next->text);
	}
	for (const struct literal *l = t->literal; l != NULL && digits > 0; l = l->next) {
		if (!is_hash_of(l->value, digits))
			return lex_where(&p->lx, place,
			    fail(p->why, ERR_INVALID, "pattern.hash",
			        "\"" STR_FMT "\" is not a hash of %zu hex digits",
			        STR_ARG(l->value), digits),
			    p->why);
	}
	return OK;
}

/* [ NOT ] operator operand */
static enum err
operation(struct parser *p, struct test *t)
{
	if (at(p, TOKEN_NOT)) {
		t->negated = true;
		TRY(advance(p));
	}
	t->op = p->tok.kind;
	switch ((int)t->op) {
	case TOKEN_EQ:
	case TOKEN_NE:
	case TOKEN_LT:
	case TOKEN_LE:
	case TOKEN_GT:
	case TOKEN_GE:
	case TOKEN_IN:
	case TOKEN_LIKE:
	case TOKEN_MATCHES:
	case TOKEN_ISSUBSET:
	case TOKEN_ISSUPERSET: break;
	default: return expected(p, "an operator like = or IN");
	}
	TRY(advance(p));
	size_t place = p->tok.at;
	TRY(operand(p, t));
	return check_hashes(p, t, place);
}

static enum err
property_test(struct parser *p, struct node **ret)
{
	struct node *n = NULL;

	if (at(p, TOKEN_LPAREN))
		return parenthesis(p, comparison, ret);
	TRY(node_new(p, NODE_TEST, &n));
	assert(n != NULL);
	n->test.number = p->tests++;
	*ret = n;
	if (!at(p, TOKEN_NOT) && !at(p, TOKEN_EXISTS)) {
		TRY(object_path(p, &n->test));
		return operation(p, &n->test);
	}
	n->test.op = TOKEN_EXISTS;
	if (at(p, TOKEN_NOT)) {
		n->test.negated = true;
		TRY(advance(p));
	}
	TRY(take(p, TOKEN_EXISTS, "EXISTS (elsewhere NOT stands behind the path)"));
	return object_path(p, &n->test);
}

static enum err
comparison_and(struct parser *p, struct node **ret)
{
	return list(p, property_test, TOKEN_AND, NODE_AND, ret);
}

static enum err
comparison(struct parser *p, struct node **ret)
{
	return list(p, comparison_and, TOKEN_OR, NODE_OR, ret);
}

/* ---- observations ---- */

static bool
is_zero(struct str number)
{
	for (size_t i = 0; i < number.len; i++) {
		if (number.ptr[i] >= '1' && number.ptr[i] <= '9')
			return false;
	}
	return true;
}

static enum err
positive(struct parser *p, bool integer_only, const char *what)
{
	bool is_number = at(p, TOKEN_INTEGER) || (at(p, TOKEN_FLOAT) && !integer_only);

	if (!is_number || p->tok.value.ptr[0] == '-' || is_zero(p->tok.value))
		return expected(p, what);
	return advance(p);
}

static enum err
instant(struct parser *p, struct str *ret)
{
	*ret = p->tok.value;
	return take(p, TOKEN_TIMESTAMP, "a timestamp like t'2026-01-31T23:59:59Z'");
}

/* The part of a qualifier behind its first word. */
static enum err
qualifier_rest(struct parser *p, struct qualifier *q)
{
	q->value = p->tok.value;
	if (q->kind == TOKEN_WITHIN) {
		TRY(positive(p, false, "a number of seconds above 0"));
		return take(p, TOKEN_SECONDS, "SECONDS");
	}
	if (q->kind == TOKEN_REPEATS) {
		TRY(positive(p, true, "an integer above 0"));
		return take(p, TOKEN_TIMES, "TIMES");
	}
	TRY(instant(p, &q->value));
	TRY(take(p, TOKEN_STOP, "STOP"));
	return instant(p, &q->stop);
}

/* { qualifier }, each kind at most once. */
static enum err
qualifiers(struct parser *p, struct node *n)
{
	bool seen[3] = { false };
	struct qualifier **tail = &n->qualifier;

	/* A parenthesis around the unit opened another: its qualifiers come first. */
	while (*tail != NULL)
		tail = &(*tail)->next;
	while (at(p, TOKEN_START) || at(p, TOKEN_WITHIN) || at(p, TOKEN_REPEATS)) {
		enum token_kind kind = p->tok.kind;
		bool *mine = &seen[kind == TOKEN_START ? 0 : kind == TOKEN_WITHIN ? 1 : 2];

		if (*mine)
			return expected(p, "another kind of qualifier than before");
		*mine = true;
		struct qualifier *q = arena_make(p->a, struct qualifier, 1);
		if (q == NULL)
			return no_memory(p);
		q->kind = kind;
		*tail = q;
		tail = &q->next;
		TRY(advance(p));
		TRY(qualifier_rest(p, q));
	}
	return OK;
}

static enum err
observation(struct parser *p, struct node **ret)
{
	if (at(p, TOKEN_LPAREN)) {
		TRY(parenthesis(p, observations, ret));
		return qualifiers(p, *ret);
	}
	if (!at(p, TOKEN_LBRACKET))
		return expected(p, "an observation in brackets like [file:size = 1]");
	struct node *n = NULL;
	TRY(node_new(p, NODE_OBSERVATION, &n));
	assert(n != NULL);
	n->number = p->observations++;
	*ret = n;
	TRY(advance(p));
	TRY(comparison(p, &n->child));
	TRY(take(p, TOKEN_RBRACKET, "AND, OR or \"]\""));
	return qualifiers(p, n);
}

static enum err
observations_and(struct parser *p, struct node **ret)
{
	return list(p, observation, TOKEN_AND, NODE_OBS_AND, ret);
}

static enum err
observations_or(struct parser *p, struct node **ret)
{
	return list(p, observations_and, TOKEN_OR, NODE_OBS_OR, ret);
}

static enum err
observations(struct parser *p, struct node **ret)
{
	return list(p, observations_or, TOKEN_FOLLOWEDBY, NODE_FOLLOWEDBY, ret);
}

enum err
pattern_parse(struct arena *a, struct str text, const struct pattern **ret, struct why *why)
{
	if (text.len > PATTERN_TEXT_MAX)
		return fail(why, ERR_LIMIT, "pattern.length",
		    "the pattern has %zu bytes; %d are the most", text.len, PATTERN_TEXT_MAX);
	if (!str_is_utf8(text))
		return fail(why, ERR_INVALID, "pattern.utf8", "the pattern is not UTF-8 text");
	struct parser p = { .lx = { .a = a, .text = text }, .a = a, .why = why };
	struct pattern *pattern = arena_make(a, struct pattern, 1);
	if (pattern == NULL)
		return no_memory(&p);
	TRY(advance(&p));
	TRY(observations(&p, &pattern->root));
	if (!at(&p, TOKEN_END))
		return expected(&p, "AND, OR, FOLLOWEDBY, a qualifier or the end");
	pattern->text = text;
	pattern->literals = p.literals;
	pattern->tests = p.tests;
	pattern->observations = p.observations;
	*ret = pattern;
	return OK;
}
