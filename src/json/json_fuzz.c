/* What was read, written and read again is the same; the canonical form is
 * its own canonical form; a visit sees what the tree has. */
#include "json.h"

#include <stdlib.h>

#include "jcs.h"
#include "json_writer.h"

enum { ARENA_BYTES = 64 * MIB, TEXT_BYTES = 16 * MIB };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool holds)
{
	if (!holds)
		abort();
}

static bool
same(const struct json *a, const struct json *b)
{
	if (a->type != b->type || a->len != b->len || !str_eq(a->key, b->key) ||
	    !str_eq(a->text, b->text))
		return false;
	const struct json *y = b->first;
	for (const struct json *x = a->first; x != NULL; x = x->next, y = y->next)
		if (y == NULL || !same(x, y))
			return false;
	return y == NULL;
}

static void
check_written(struct arena *a, const struct json *v)
{
	CLEANUP(buf_free) struct buf b = buf_new(TEXT_BYTES);
	struct json_writer w = json_writer(&b);
	const struct json *again = NULL;

	json_put_tree(&w, v);
	require(!b.full && w.depth == 0);
	require(json_parse(a, buf_str(&b), NULL, &again, NULL) == OK);
	require(same(v, again));
}

static void
check_canonical(struct arena *a, const struct json *v)
{
	CLEANUP(buf_free) struct buf once = buf_new(TEXT_BYTES);
	CLEANUP(buf_free) struct buf twice = buf_new(TEXT_BYTES);
	const struct json *again = NULL;

	if (jcs_write(v, &once, NULL) != OK)
		return;
	require(json_parse(a, buf_str(&once), NULL, &again, NULL) == OK);
	require(jcs_write(again, &twice, NULL) == OK);
	require(str_eq(buf_str(&once), buf_str(&twice)));
}

/* A pointer to each value, made while walking, leads back to it. */
static void
check_pointers(const struct json *root, const struct json *v, struct buf *pointer)
{
	size_t len = pointer->len;
	size_t index = 0;

	require(json_at(root, buf_str(pointer)) == v);
	for (const struct json *c = v->first; c != NULL; c = c->next, pointer->len = len) {
		if (v->type == JSON_OBJECT)
			json_pointer_key(pointer, c->key);
		else
			json_pointer_index(pointer, index++);
		/* Looking up is linear: enough of a wide array is enough. */
		if (index < 64)
			check_pointers(root, c, pointer);
	}
}

/* The elements still to come, as the tree has them. */
struct expected {
	const struct json *next;
	size_t seen;
};

static enum err
check_element(void *arg, size_t index, const struct json *element, struct why *why)
{
	struct expected *want = arg;

	(void)why;
	require(want->next != NULL && index == want->seen);
	require(str_eq(element->raw, want->next->raw));
	require(element->len == want->next->len && element->type == want->next->type);
	want->next = want->next->next;
	want->seen++;
	return OK;
}

static void
check_visit(struct arena *a, struct str text, const struct json *v)
{
	const struct json *objects = json_get(v, S("objects"));
	struct expected want = { .next = objects == NULL ? NULL : objects->first };
	const struct json_each each = {
		.member = S("objects"),
		.element = check_element,
		.arg = &want,
	};
	enum err err = json_each_in(a, text, NULL, &each, NULL);
	bool fits = json_is(v, JSON_OBJECT) && (objects == NULL || objects->type == JSON_ARRAY);

	require((err == OK) == fits);
	require(want.next == NULL || !fits);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_BYTES);
	CLEANUP(buf_free) struct buf pointer = buf_new(TEXT_BYTES);
	struct str text = { (const char *)data, size };
	const struct json *v = NULL;
	struct why why = { 0 };

	if (json_parse(a, text, NULL, &v, &why) != OK) {
		require(why.code != NULL && why.text[0] != '\0');
		return 0;
	}
	require(str_is_utf8(text));
	check_written(a, v);
	check_canonical(a, v);
	check_pointers(v, v, &pointer);
	check_visit(a, text, v);
	return 0;
}
