#include "json.h"
#include "parse_p.h"

/* One visit: the text is walked twice by the same code, first to check, then
 * to deliver. */
struct visit {
	struct json_parser p;
	const struct json_each *each;
	struct arena *rest;    /* of the caller */
	struct arena *scratch; /* one element */
	struct json *array;    /* counts elements and stands in frame[1]; has no children */
	size_t start;          /* of the first element, in the index */
	bool deliver;
};

static void
visit_done(struct visit *v)
{
	json_parser_close(&v->p);
	arena_free(v->scratch);
}

/* Reads the elements up to the end of the array, whose frame is the top one. */
static enum err
read_elements(struct visit *v)
{
	struct json_parser *p = &v->p;
	uint32_t floor = p->depth - 1;
	struct json *element;

	for (;;) {
		TRY(json_parser_after(p, floor));
		if (p->depth == floor)
			return OK;
		arena_clear(v->scratch);
		json_parser_use(p, v->scratch);
		v->array->len++;
		TRY(json_parser_tree(p, &element));
		if (v->deliver)
			TRY(v->each->element(v->each->arg, v->array->len - 1, element, p->why));
	}
}

static enum err
check_elements(struct visit *v)
{
	struct json_parser *p = &v->p;
	uint32_t values = p->values;

	if (v->array != NULL)
		return json_parser_at(p, json_parser_place(p),
		    fail(p->why, ERR_INVALID, "json.duplicate",
		        "the name \"" STR_FMT "\" stands twice in one object",
		        STR_ARG(v->each->member)));
	if (json_parser_peek(p) != '[')
		return json_parser_at(p, json_parser_place(p),
		    fail(p->why, ERR_INVALID, "json.not-array",
		        "the member \"" STR_FMT "\" must be an array", STR_ARG(v->each->member)));
	TRY(json_parser_value(p, &v->array));
	v->array->key = v->each->member;
	v->start = p->next;
	TRY(read_elements(v));
	json_parser_use(p, v->rest);
	p->values = values;
	return OK;
}

/* Reads the next member of the top object. */
static enum err
read_member(struct visit *v)
{
	struct json_parser *p = &v->p;
	struct str key;
	struct json *node;

	TRY(json_parser_key(p, &key));
	if (str_eq(key, v->each->member))
		return check_elements(v);
	TRY(json_parser_tree(p, &node));
	node->key = key;
	return json_parser_add(p, &p->frame[0], node);
}

static enum err
check_all(struct visit *v, struct json **ret_rest)
{
	struct json_parser *p = &v->p;

	json_parser_use(p, v->rest);
	if (json_parser_peek(p) != '{')
		return json_parser_unexpected(p, "an object");
	TRY(json_parser_value(p, ret_rest));
	for (;;) {
		TRY(json_parser_after(p, 0));
		if (p->depth == 0)
			return json_parser_end(p);
		TRY(read_member(v));
	}
}

static enum err
deliver_all(struct visit *v, const struct json *rest)
{
	struct json_parser *p = &v->p;
	size_t elements = v->array == NULL ? 0 : v->array->len;

	if (v->each->rest != NULL)
		TRY(v->each->rest(v->each->arg, rest, elements, p->why));
	if (v->array == NULL)
		return OK;
	v->deliver = true;
	p->checked = true;
	v->array->len = 0;
	p->next = v->start;
	p->frame[1] = (struct json_frame){ .node = v->array };
	p->depth = 2; /* frame[0] still is the top object */
	return read_elements(v);
}

enum err
json_each_in(struct arena *a, struct str text, const struct json_limits *limits,
    const struct json_each *each, struct why *why)
{
	CLEANUP(visit_done) struct visit v = { .each = each, .rest = a };
	struct json *rest = NULL;

	v.scratch = arena_new(JSON_ELEMENT_BYTES_MAX);
	TRY(json_parser_open(&v.p, text, limits, why));
	TRY(check_all(&v, &rest));
	return deliver_all(&v, rest);
}
