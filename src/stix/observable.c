/* Deterministic identifiers of observables: UUID version 5 of the canonical
 * form of the properties that identify them. */
#include "observable.h"

#include "jcs.h"
#include "json_writer.h"
#include "model_p.h"
#include "observable_p.h"
#include "uuid_make.h"

/* The namespace that STIX 2.1, section 2.9, gives to observables. */
static const struct uuid observable_space = { { 0x00, 0xab, 0xed, 0xb4, 0xaa, 0x42, 0x46, 0x6c,
    0x9c, 0x01, 0xfe, 0xd2, 0x33, 0x15, 0xa9, 0xb7 } };

/* An artifact's payload is the largest name. */
enum { NAME_BYTES_MAX = 64 * MIB };

/* Of several hashes the first of these counts, or else the first by name. */
static const struct str preferred_hashes[] = { NAME("MD5"), NAME("SHA-1"), NAME("SHA-256"),
	NAME("SHA-512") };

static const struct json *
chosen_hash(const struct json *hashes)
{
	const struct json *least = NULL;

	for (size_t i = 0; i < COUNTOF(preferred_hashes); i++) {
		const struct json *h = json_get(hashes, preferred_hashes[i]);

		if (h != NULL)
			return h;
	}
	for (const struct json *h = hashes->first; h != NULL; h = h->next) {
		if (least == NULL || str_cmp(h->key, least->key) < 0)
			least = h;
	}
	return least;
}

/* An object of the identifying members of `object`, built over node[];
 * NULL when there is none. */
static const struct json *
identifying(const struct json *object, const struct shape *shape,
    struct json node[OBSERVABLE_NODES])
{
	struct json *root = &node[0], *hash = &node[1], *last = NULL;

	*root = (struct json){ .type = JSON_OBJECT };
	for (size_t i = 0; i < shape->len; i++) {
		const struct property *p = &shape->property[i];
		const struct json *v;

		if ((p->flags & IDENTIFYING) == 0 || (v = json_get(object, p->name)) == NULL)
			continue;
		struct json *member = &node[2 + root->len];

		assert(root->len < OBSERVABLE_NODES - 2);
		*member = *v;
		member->next = NULL;
		if (p->kind == KIND_HASHES && v->type == JSON_OBJECT && v->first != NULL) {
			*hash = *chosen_hash(v);
			hash->next = NULL;
			member->first = hash;
			member->len = 1;
		}
		if (last == NULL)
			root->first = member;
		else
			last->next = member;
		last = member;
		root->len++;
	}
	return root->len == 0 ? NULL : root;
}

bool
stix_identifies(struct str type, struct str property)
{
	const struct stix_type *known = model_type(type);
	const struct property *p = known == NULL ? NULL : shape_property(&known->shape, property);

	return p != NULL && (p->flags & IDENTIFYING) != 0;
}

struct uuid
observable_uuid(struct str name)
{
	return uuid_v5(&observable_space, name);
}

static void
put_id(struct str type, struct str name, char *ret)
{
	struct uuid uuid = observable_uuid(name);

	assert(type.len > 0 && type.len + 2 + UUID_TEXT < STIX_ID_MAX);
	memcpy(ret, type.ptr, type.len);
	ret[type.len] = '-';
	ret[type.len + 1] = '-';
	uuid_text(&uuid, ret + type.len + 2);
}

enum err
observable_id(const struct json *object, struct json node[OBSERVABLE_NODES], char *ret,
    struct why *why)
{
	CLEANUP(buf_free) struct buf name = buf_new(NAME_BYTES_MAX);
	struct str type = { 0 };

	if (!json_get_str(object, S("type"), &type) || stix_class_of(type) != STIX_SCO)
		return fail(why, ERR_INVALID, "stix.no-observable",
		    "only an observable that STIX 2.1 defines has a deterministic id");

	const struct json *root = identifying(object, &model_type(type)->shape, node);
	if (root == NULL) {
		ret[0] = '\0';
		return OK;
	}
	TRY(jcs_write(root, &name, why));
	TRY(buf_check(&name, "what identifies the observable", why));
	put_id(type, buf_str(&name), ret);
	return OK;
}

enum err
stix_observable_id(const struct json *object, struct arena *a, char *ret, struct why *why)
{
	struct json *node = arena_make(a, struct json, OBSERVABLE_NODES);

	if (node == NULL)
		return fail(why, ERR_LIMIT, "stix.id-memory",
		    "no memory is left to compute the id of the observable");
	return observable_id(object, node, ret, why);
}

/* The one identifying property of a type, or NULL. */
static const struct property *
only_property(const struct stix_type *type)
{
	const struct property *only = NULL;

	if (type == NULL)
		return NULL;
	for (size_t i = 0; i < type->shape.len; i++) {
		if ((type->shape.property[i].flags & IDENTIFYING) == 0)
			continue;
		if (only != NULL)
			return NULL;
		only = &type->shape.property[i];
	}
	return only;
}

enum err
stix_value_id(const char *type, struct str value, struct arena *a, char *ret, struct why *why)
{
	const struct property *only = only_property(model_type(str_of(type)));
	struct json *node = arena_make(a, struct json, 2);

	if (only == NULL || (only->kind != KIND_STRING && only->kind != KIND_FORMAT))
		return fail(why, ERR_INVALID, "stix.no-value",
		    "%s is no observable that one text identifies", type);
	if (node == NULL)
		return fail(why, ERR_LIMIT, "stix.id-memory",
		    "no memory is left to compute the id of the observable");

	CLEANUP(buf_free) struct buf name = buf_new(NAME_BYTES_MAX);
	node[0] = (struct json){ .type = JSON_OBJECT, .len = 1, .first = &node[1] };
	node[1] = (struct json){ .type = JSON_STRING, .text = value, .key = only->name };
	TRY(jcs_write(&node[0], &name, why));
	TRY(buf_check(&name, "what identifies the observable", why));
	put_id(str_of(type), buf_str(&name), ret);
	return OK;
}
