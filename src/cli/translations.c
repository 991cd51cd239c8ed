#include <stdlib.h>

#include "translation.h"
#include "translations_p.h"

enum {
	TRANSLATIONS_MAX = 10'000, /* of one text; further ones are not compared */
	TEXTS_ARENA_MAX = 16 * MIB,
};

struct waiting {
	size_t index;
	struct str id;
	struct translation t; /* texts in the arena */
};

struct translations {
	struct arena *arena;
	struct waiting *waiting;
	size_t len;
};

struct translations *
translations_new(void)
{
	struct translations *list = heap_new(sizeof(*list), 1);

	list->arena = arena_new(TEXTS_ARENA_MAX);
	return list;
}

void
translations_freep(struct translations **list)
{
	arena_free((*list)->arena);
	heap_free((*list)->waiting);
	heap_free(*list);
}

void
translations_note(struct translations *list, const struct stix_object *o, size_t index)
{
	struct waiting w = { .index = index };

	if (o->class != STIX_LANGUAGE || list->len == TRANSLATIONS_MAX ||
	    !translation_read(o->json, &w.t))
		return;
	w.id = arena_str(list->arena, o->id);
	w.t.of = arena_str(list->arena, w.t.of);
	w.t.modified = arena_str(list->arena, w.t.modified);
	if (w.id.ptr == NULL || w.t.of.ptr == NULL || w.t.modified.ptr == NULL)
		return;
	if (list->waiting == NULL)
		list->waiting = heap_new(sizeof(w), TRANSLATIONS_MAX);
	list->waiting[list->len++] = w;
}

static int
waiting_cmp(const void *a, const void *b)
{
	const struct waiting *x = a, *y = b;
	int order = str_cmp(x->t.of, y->t.of);

	return order != 0 ? order : (x->index > y->index) - (x->index < y->index);
}

bool
translations_wait(struct translations *list)
{
	if (list->len > 0)
		qsort(list->waiting, list->len, sizeof(list->waiting[0]), waiting_cmp);
	return list->len > 0;
}

void
translations_see(struct translations *list, const struct stix_object *o)
{
	size_t low = 0, high = list->len;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (str_cmp(list->waiting[middle].t.of, o->id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < list->len && str_eq(list->waiting[low].t.of, o->id); low++)
		translation_see(&list->waiting[low].t, o);
}

void
translations_each(struct translations *list, translations_fn *fn, void *arg)
{
	for (size_t i = 0; i < list->len; i++) {
		const struct waiting *w = &list->waiting[i];

		if (!translation_fits(&w->t))
			fn(arg, w->index, w->id);
	}
}
