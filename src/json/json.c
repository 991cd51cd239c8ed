#include "json.h"

#include "cxx_p.h"
#include "parse_p.h"

enum err
json_parse(struct arena *a, struct str text, const struct json_limits *limits,
    const struct json **ret, struct why *why)
{
	CLEANUP(json_parser_close) struct json_parser p = { 0 };
	struct json *root;

	TRY(json_parser_open(&p, text, limits, why));
	json_parser_use(&p, a);
	TRY(json_parser_tree(&p, &root));
	TRY(json_parser_end(&p));
	*ret = root;
	return OK;
}

const struct json *
json_get(const struct json *obj, struct str key)
{
	if (!json_is(obj, JSON_OBJECT))
		return NULL;
	for (const struct json *m = obj->first; m != NULL; m = m->next)
		if (str_eq(m->key, key))
			return m;
	return NULL;
}

const struct json *
json_nth(const struct json *array, size_t index)
{
	if (!json_is(array, JSON_ARRAY) || index >= array->len)
		return NULL;
	const struct json *e = array->first;
	while (index-- > 0)
		e = e->next;
	return e;
}

struct str
json_str(const struct json *v)
{
	return json_is(v, JSON_STRING) ? v->text : (struct str){ NULL, 0 };
}

bool
json_u64(const struct json *v, uint64_t *ret)
{
	return json_is(v, JSON_NUMBER) && str_to_u64(v->text, (uint64_t)JSON_INTEGER_MAX, ret);
}

bool
json_i64(const struct json *v, int64_t *ret)
{
	uint64_t size;

	if (!json_is(v, JSON_NUMBER))
		return false;
	bool minus = v->text.ptr[0] == '-';
	struct str digits = str_sub(v->text, minus ? 1 : 0, SIZE_MAX);
	if (!str_to_u64(digits, (uint64_t)JSON_INTEGER_MAX, &size))
		return false;
	*ret = minus ? -(int64_t)size : (int64_t)size;
	return true;
}

bool
json_double(const struct json *v, double *ret)
{
	double n;

	if (!json_is(v, JSON_NUMBER) || !json_cxx_double(v->text.ptr, v->text.len, &n))
		return false;
	*ret = n;
	return true;
}

bool
json_bool(const struct json *v, bool *ret)
{
	if (!json_is(v, JSON_TRUE) && !json_is(v, JSON_FALSE))
		return false;
	*ret = v->type == JSON_TRUE;
	return true;
}

bool
json_get_str(const struct json *obj, struct str key, struct str *ret)
{
	const struct json *v = json_get(obj, key);

	if (!json_is(v, JSON_STRING))
		return false;
	*ret = v->text;
	return true;
}

bool
json_get_i64(const struct json *obj, struct str key, int64_t *ret)
{
	return json_i64(json_get(obj, key), ret);
}

bool
json_get_u64(const struct json *obj, struct str key, uint64_t *ret)
{
	return json_u64(json_get(obj, key), ret);
}

bool
json_get_bool(const struct json *obj, struct str key, bool *ret)
{
	return json_bool(json_get(obj, key), ret);
}

const char *
json_type_name(const struct json *v)
{
	if (v == NULL)
		return "nothing";
	switch (v->type) {
	case JSON_NULL: return "null";
	case JSON_FALSE: return "false";
	case JSON_TRUE: return "true";
	case JSON_NUMBER: return "number";
	case JSON_STRING: return "string";
	case JSON_ARRAY: return "array";
	case JSON_OBJECT: return "object";
	}
	assert(false && "not an enum json_type");
	return "nothing";
}
