/* Whatever JSON comes in is scanned, judged and walked; an object with its
 * members in another order has the same canonical and normalised hash. */
#include "stix.h"

#include <stdlib.h>

#include "fuzz_json.h"
#include "json_writer.h"
#include "marking.h"

enum { ARENA_BYTES = 64 * MIB, TEXT_BYTES = 16 * MIB };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool holds)
{
	if (!holds)
		abort();
}

/* Recursion is bounded by JSON_DEPTH_MAX. */
static void
write_reversed(struct json_writer *w, const struct json *v, struct arena *a)
{
	const struct json **child;
	size_t n = 0;

	if (v->type != JSON_OBJECT && v->type != JSON_ARRAY) {
		json_put_tree(w, v);
		return;
	}
	child = arena_make(a, const struct json *, v->len + 1);
	require(child != NULL);
	for (const struct json *c = v->first; c != NULL; c = c->next)
		child[n++] = c;
	if (v->type == JSON_ARRAY) {
		json_begin_array(w);
		for (size_t i = 0; i < n; i++)
			write_reversed(w, child[i], a);
		json_end_array(w);
		return;
	}
	json_begin_object(w);
	while (n-- > 0)
		write_reversed(json_key(w, child[n]->key), child[n], a);
	json_end_object(w);
}

static void
check_hashes(const struct stix_object *o, struct arena *a)
{
	CLEANUP(buf_free) struct buf text = buf_new(TEXT_BYTES);
	struct json_writer w = json_writer(&text);
	const struct json *again = NULL;
	struct stix_object other;
	struct stix_hashes h, g;
	char key[STIX_KEY_MAX], other_key[STIX_KEY_MAX];

	if (stix_hash(o, a, &h, NULL) != OK)
		return;
	write_reversed(&w, o->json, a);
	require(json_parse(a, buf_str(&text), NULL, &again, NULL) == OK);
	require(stix_scan(again, &other, NULL) == OK);
	require(stix_hash(&other, a, &g, NULL) == OK);
	require(hash_eq(&h.jcs, &g.jcs) && hash_eq(&h.normalised, &g.normalised));
	stix_version_key(o, &h, key);
	stix_version_key(&other, &g, other_key);
	require(strcmp(key, other_key) == 0);
}

static void
check_report(const struct stix_object *o)
{
	static struct stix_report report;

	stix_validate(o, &report);
	require(report.len + report.more == report.errors + report.warnings + report.notes);
	require(report.len <= STIX_PROBLEMS_MAX);
}

static bool
visit(void *arg, struct str text, struct str name, struct str pointer)
{
	const struct json *v = json_at(arg, pointer);

	(void)name;
	require(v != NULL && v->type == JSON_STRING && str_eq(v->text, text));
	return true;
}

static void
check_object(const struct json *tree, struct arena *a)
{
	struct stix_object o;
	struct marking_set set;
	struct marking m;
	char id[STIX_ID_MAX];

	if (stix_observable_id(tree, a, id, NULL) == OK)
		require(id[0] == '\0' || stix_id_is(str_of(id)));
	if (stix_scan(tree, &o, NULL) != OK)
		return;
	require(str_eq(stix_id_type(o.id), o.type));
	check_report(&o);
	check_hashes(&o, a);
	stix_each_ref(&o, visit, (void *)(uintptr_t)tree);
	marking_collect(&o, NULL, NULL, &set);
	if (marking_of(&o, &m, NULL) == OK)
		require(o.class == STIX_MARKING);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_BYTES);
	const struct json *tree = NULL;
	struct str text = { (const char *)data, size };

	if (json_parse(a, text, NULL, &tree, NULL) != OK)
		return 0;
	stix_each_text(tree, visit, (void *)(uintptr_t)tree);
	check_object(tree, a);
	return 0;
}
