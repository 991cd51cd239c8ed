/* JSON pointers.  Source: RFC 6901. */
#include "json.h"

/* Array positions that a pointer may name; JSON_VALUES_MAX is below it. */
#define INDEX_MAX UINT32_MAX

/* Whether the escaped token of a pointer stands for key. */
static bool
token_is(struct str token, struct str key)
{
	size_t k = 0;

	for (size_t i = 0; i < token.len; i++, k++) {
		char c = token.ptr[i];
		if (c == '~')
			c = token.ptr[++i] == '0' ? '~' : '/';
		if (k == key.len || key.ptr[k] != c)
			return false;
	}
	return k == key.len;
}

/* Whether every ~ is the start of ~0 or ~1. */
static bool
token_is_valid(struct str token)
{
	for (size_t i = 0; i < token.len; i++) {
		if (token.ptr[i] != '~')
			continue;
		i++;
		if (i == token.len || (token.ptr[i] != '0' && token.ptr[i] != '1'))
			return false;
	}
	return true;
}

static const struct json *
child(const struct json *v, struct str token)
{
	uint64_t index;

	if (v->type == JSON_ARRAY)
		return str_to_u64(token, INDEX_MAX, &index) ? json_nth(v, index) : NULL;
	if (v->type != JSON_OBJECT || !token_is_valid(token))
		return NULL;
	for (const struct json *m = v->first; m != NULL; m = m->next)
		if (token_is(token, m->key))
			return m;
	return NULL;
}

const struct json *
json_at(const struct json *root, struct str pointer)
{
	const struct json *v = root;

	if (v == NULL || pointer.len == 0)
		return v;
	if (pointer.ptr[0] != '/')
		return NULL;
	struct str rest = str_sub(pointer, 1, SIZE_MAX);
	while (v != NULL && rest.ptr != NULL)
		v = child(v, str_split(&rest, '/'));
	return v;
}

void
json_pointer_key(struct buf *pointer, struct str token)
{
	buf_putc(pointer, '/');
	for (size_t i = 0; i < token.len; i++) {
		if (token.ptr[i] == '~')
			buf_put(pointer, S("~0"));
		else if (token.ptr[i] == '/')
			buf_put(pointer, S("~1"));
		else
			buf_putc(pointer, token.ptr[i]);
	}
}

void
json_pointer_index(struct buf *pointer, size_t index)
{
	buf_printf(pointer, "/%zu", index);
}
