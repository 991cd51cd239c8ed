#include "id_use.h"

#include <stdio.h>
#include <stdlib.h>

#include "uuid.h"

enum {
	FIRST_USES = 1024,
	TYPES_ARENA_MAX = MIB, /* ID_USE_TYPES_MAX names */
};

struct use {
	struct uuid uuid, producer;
	uint32_t index;
	uint16_t type;
};

struct id_use {
	struct use *use;
	size_t len, room;
	struct arena *names;
	struct str type[ID_USE_TYPES_MAX];
	size_t types;
};

struct id_use *
id_use_new(void)
{
	struct id_use *u = heap_new(sizeof(*u), 1);

	u->names = arena_new(TYPES_ARENA_MAX);
	return u;
}

void
id_use_free(struct id_use *u)
{
	if (u == NULL)
		return;
	arena_free(u->names);
	heap_free(u->use);
	heap_free(u);
}

/* ID_USE_TYPES_MAX when there is no room. */
static size_t
type_number(struct id_use *u, struct str type)
{
	/* Neighbours in a text are mostly of one type: the last one that came is tried first. */
	for (size_t i = u->types; i-- > 0;) {
		if (str_eq(u->type[i], type))
			return i;
	}
	struct str copy = { 0 };
	if (u->types < ID_USE_TYPES_MAX)
		copy = arena_str(u->names, type);
	if (copy.ptr == NULL)
		return ID_USE_TYPES_MAX;
	u->type[u->types] = copy;
	return u->types++;
}

static void
grow(struct id_use *u)
{
	size_t room = u->room == 0 ? FIRST_USES : u->room * 2;
	struct use *use = heap_new(sizeof(*use), room);

	if (u->len > 0)
		memcpy(use, u->use, u->len * sizeof(*use));
	heap_free(u->use);
	u->use = use;
	u->room = room;
}

/* Of an identifier that stix_id_is() accepted; not of one in upper case. */
static bool
uuid_of(struct str id, struct uuid *ret)
{
	return id.len > UUID_TEXT && uuid_parse(str_sub(id, id.len - UUID_TEXT, UUID_TEXT), ret);
}

void
id_use_note(struct id_use *u, const struct stix_object *o, size_t index)
{
	struct use use = { 0 };

	if (u->len == ID_USE_OBJECTS_MAX || index > UINT32_MAX || !stix_id_is(o->created_by) ||
	    !uuid_of(o->created_by, &use.producer) || !uuid_of(o->id, &use.uuid))
		return;
	size_t type = type_number(u, o->type);
	if (type == ID_USE_TYPES_MAX)
		return;
	use.index = (uint32_t)index;
	use.type = (uint16_t)type;
	if (u->len == u->room)
		grow(u);
	u->use[u->len++] = use;
}

/* Those of one UUID and producer together, in the order of the text. */
static int
use_cmp(const void *a, const void *b)
{
	const struct use *x = a, *y = b;
	int order = memcmp(x->uuid.byte, y->uuid.byte, UUID_BYTES);

	if (order == 0)
		order = memcmp(x->producer.byte, y->producer.byte, UUID_BYTES);
	return order != 0 ? order : (x->index > y->index) - (x->index < y->index);
}

static bool
is_same(const struct use *a, const struct use *b)
{
	return memcmp(a->uuid.byte, b->uuid.byte, UUID_BYTES) == 0 &&
	       memcmp(a->producer.byte, b->producer.byte, UUID_BYTES) == 0;
}

void
id_use_each(struct id_use *u, id_use_fn *fn, void *arg)
{
	char id[STIX_ID_MAX], uuid[UUID_TEXT + 1], message[WHY_TEXT_MAX];
	size_t first = 0;

	if (u == NULL || u->len == 0)
		return;
	qsort(u->use, u->len, sizeof(u->use[0]), use_cmp);
	for (size_t i = 1; i < u->len; i++) {
		const struct use *one = &u->use[first], *other = &u->use[i];

		if (!is_same(one, other))
			first = i;
		if (!is_same(one, other) || one->type == other->type)
			continue;
		uuid_text(&other->uuid, uuid);
		(void)snprintf(id, sizeof(id), STR_FMT "--%s", STR_ARG(u->type[other->type]), uuid);
		(void)snprintf(message, sizeof(message),
		    "its creator used this UUID for an object of type " STR_FMT
		    ": each has its own",
		    STR_ARG(u->type[one->type]));
		fn(arg, other->index, str_of(id), message);
	}
	u->len = 0;
}
