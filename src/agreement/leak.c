/* Reading a copy again before it leaves. */
#include "gate_p.h"
#include "uuid.h"

struct reading {
	struct gate *gate;
	const struct piece *p;
	bool leaks;
};

/* Whether the identifier is one of an item that does not leave under it. */
static bool
is_source_id(const struct gate *gate, struct str id)
{
	const struct piece *p = gate_find(gate, id);

	return p != NULL && !str_eq(gate_resolve(gate, id, (struct str){ 0 }), id);
}

static bool
has_source_id(const struct reading *r, struct str text)
{
	struct str id = r->p->item->object.id;

	if (id.len > UUID_TEXT &&
	    str_find(text, str_sub(id, id.len - UUID_TEXT, UUID_TEXT)) != SIZE_MAX)
		return true;
	for (size_t i = 0; i + 2 + UUID_TEXT <= text.len; i++) {
		size_t start = i;

		if (text.ptr[i] != '-' || text.ptr[i + 1] != '-')
			continue;
		while (start > 0 &&
		       strchr("abcdefghijklmnopqrstuvwxyz0123456789-", text.ptr[start - 1]) != NULL)
			start--;
		if (is_source_id(r->gate, str_sub(text, start, i - start + 2 + UUID_TEXT)))
			return true;
	}
	return false;
}

static bool
read_text(void *arg, struct str text, struct str key, struct str pointer)
{
	struct reading *r = arg;

	(void)pointer;
	r->leaks = search_text(r->gate->searcher, text) != NULL;
	if (!is_marking_ref(key))
		r->leaks = r->leaks || has_source_id(r, text);
	return !r->leaks;
}

bool
gate_leaks(struct gate *gate, const struct piece *p, struct str bytes)
{
	struct reading r = { .gate = gate, .p = p };
	const struct json *tree;

	if (json_parse(gate->a, bytes, NULL, &tree, NULL) != OK)
		return true;
	stix_texts(tree, read_text, &r);
	return r.leaks || search_text(gate->searcher, bytes) != NULL ||
	       gate_mentions(gate, tree, NULL);
}
