#include "program_p.h"
#include "text_p.h"

/* Members and elements are looked up one by one; so many cost as much as a step. */
enum { MEMBERS_A_STEP = 16 };

/* A place on a path: a value, and whether it is the reference to an object. */
struct spot {
	const struct json *value;
	bool is_ref; /* it stands under a name that ends in _ref or _refs */
};

struct walk {
	struct run *run;
	const struct check *check;
	const struct observation *observation;
};

static bool
equal(const struct walk *w, const struct json *value, const struct constant *c)
{
	int order;

	return constant_compare(value, w->check->coding, c, w->run->scratch, &order) && order == 0;
}

/* Different types are different values; they have no order. */
static bool
ordered(const struct walk *w, const struct json *value)
{
	int order;

	if (!constant_compare(value, w->check->coding, w->check->constant, w->run->scratch, &order))
		return w->check->test->op == TOKEN_NE;
	switch ((int)w->check->test->op) {
	case TOKEN_EQ: return order == 0;
	case TOKEN_NE: return order != 0;
	case TOKEN_LT: return order < 0;
	case TOKEN_LE: return order <= 0;
	case TOKEN_GT: return order > 0;
	default: return order >= 0;
	}
}

static bool
in_set(const struct walk *w, const struct json *value)
{
	for (size_t i = 0; i < w->check->constants; i++) {
		if (!run_spend(w->run, 1))
			return false;
		if (equal(w, value, &w->check->constant[i]))
			return true;
	}
	return false;
}

/* The text that LIKE and MATCHES look at; false when the value has none. */
static bool
looked_at(const struct walk *w, const struct json *value, bool as_bytes, struct str *ret)
{
	struct arena *a = w->run->scratch;

	if (value->type != JSON_STRING)
		return false;
	if (!run_spend(w->run, 1 + value->text.len / KIB))
		return false;
	if (w->check->coding == CODING_TEXT)
		return text_nfc(a, value->text, ret);
	struct str bytes;
	if (!coded_bytes(value, w->check->coding, a, &bytes))
		return false;
	*ret = bytes;
	return as_bytes || text_of_bytes(a, bytes, ret);
}

static bool
like(const struct walk *w, const struct json *value)
{
	struct str text;

	if (!looked_at(w, value, false, &text))
		return false;
	if (!run_spend(w->run, 1 + text.len / KIB * (w->check->like.len + 1)))
		return false;
	return text_like(text, w->check->like);
}

static bool
in_network(const struct walk *w, const struct json *value)
{
	struct network network;

	if (value->type != JSON_STRING || !w->check->is_network ||
	    !network_parse(value->text, &network))
		return false;
	return w->check->test->op == TOKEN_ISSUBSET
	           ? network_contains(&w->check->network, &network)
	           : network_contains(&network, &w->check->network);
}

/* The value that the whole path led to. */
static bool
test_value(const struct walk *w, const struct json *value)
{
	const struct test *t = w->check->test;
	struct str text;
	bool ret = true;

	switch ((int)t->op) {
	case TOKEN_EXISTS: return true;
	case TOKEN_IN: ret = in_set(w, value); break;
	case TOKEN_LIKE: ret = like(w, value); break;
	case TOKEN_MATCHES:
		ret = looked_at(w, value, true, &text) && regex_find(w->check->regex, text);
		break;
	case TOKEN_ISSUBSET:
	case TOKEN_ISSUPERSET: ret = in_network(w, value); break;
	default: ret = ordered(w, value); break;
	}
	return ret != t->negated;
}

static bool
is_ref_name(struct str name)
{
	return str_ends(name, S("_ref")) || str_ends(name, S("_refs"));
}

/* The member of an object, or of the object that a reference names. */
static struct spot
member(const struct walk *w, struct spot at, struct str name)
{
	const struct json *object = at.value;

	if (at.is_ref && object->type == JSON_STRING) {
		const struct sighted *named = observed_by_id(w->observation, object->text);
		object = named != NULL ? named->json : NULL;
	}
	return (struct spot){ json_get(object, name), is_ref_name(name) };
}

static struct spot
element(struct spot at, struct str index)
{
	uint64_t n;

	if (at.value->type != JSON_ARRAY || !str_to_u64(index, UINT32_MAX, &n))
		return (struct spot){ 0 };
	return (struct spot){ json_nth(at.value, (size_t)n), at.is_ref };
}

/* Whether some value at the end of the path passes.  The recursion is as deep as
 * the path has [*], which plan_path() bounds. */
static bool
walk_path(const struct walk *w, const struct step *s, struct spot at)
{
	for (; s != NULL && s->kind != STEP_ANY; s = s->next) {
		if (!run_spend(w->run, 1 + at.value->len / MEMBERS_A_STEP))
			return false;
		at = s->kind == STEP_NAME ? member(w, at, s->text) : element(at, s->text);
		if (at.value == NULL)
			return false;
	}
	if (s == NULL)
		return test_value(w, at.value);
	if (at.value->type != JSON_ARRAY)
		return false;
	for (const struct json *v = at.value->first; v != NULL; v = v->next) {
		if (!run_spend(w->run, 1))
			return false;
		if (walk_path(w, s->next, (struct spot){ v, at.is_ref }))
			return true;
	}
	return false;
}

static bool
test_one(struct run *r, const struct test *t, const struct sighted *object)
{
	struct walk w = {
		.run = r,
		.check = &r->program->check[t->number],
		.observation = &r->data->observation[object->observation],
	};

	if (!run_spend(r, 1) || !str_eq(t->type, object->type))
		return false;
	bool found = walk_path(&w, t->path, (struct spot){ object->json, false });
	/* NOT EXISTS is about what is absent: the one test that an absent path passes. */
	return t->op == TOKEN_EXISTS && r->work > 0 ? found != t->negated : found;
}

/* Recursion is bounded by PATTERN_DEPTH_MAX: lists nest by parentheses only. */
bool
test_object(struct run *r, const struct node *n, const struct sighted *object)
{
	if (n->kind == NODE_TEST)
		return test_one(r, &n->test, object);
	for (const struct node *part = n->child; part != NULL; part = part->next) {
		if (test_object(r, part, object) != (n->kind == NODE_AND))
			return n->kind == NODE_OR;
	}
	return n->kind == NODE_AND;
}
