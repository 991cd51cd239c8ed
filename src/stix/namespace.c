/* Identifiers that were made in the namespace of observables for what is none (SI-031).
 *
 * A UUID of version 5 does not tell its namespace: it is only found again.  These are the ways
 * in which producers are known to make identifiers of their objects deterministic. */
#include "jcs.h"
#include "name_p.h"
#include "observable_p.h"

enum {
	UUID_V5 = 5,
	WAY_MEMBERS = 4,
	NAME_BYTES_MAX = MIB, /* a longer name is nobody's; the longest are patterns */
};

/* clang-format off */
static const struct way {
	const char *member[WAY_MEMBERS]; /* all of them, as one JSON object */
} ways[] = {
	{ { "name" } },
	{ { "name", "identity_class" } },
	{ { "name", "created" } },
	{ { "name", "published" } },
	{ { "pattern" } },
	{ { "object_refs" } },
	{ { "relationship_type", "source_ref", "target_ref" } },
};
/* clang-format on */

/* A text as it stands, or as producers fold it. */
static struct str
folded(struct str text, bool fold, struct buf *out)
{
	if (!fold)
		return text;
	text = str_trim(text);
	size_t from = out->len;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		buf_putc(out, c);
	}
	return str_sub(buf_str(out), from, SIZE_MAX);
}

static bool
is_uuid_of(const struct buf *name, const struct uuid *uuid)
{
	if (name->full)
		return false;
	struct uuid made = observable_uuid(buf_str(name));

	return memcmp(made.byte, uuid->byte, UUID_BYTES) == 0;
}

/* Room for every member of a way, so that no text moves while others are folded. */
static bool
reserve(const struct json *object, const struct way *way, struct buf *texts)
{
	size_t bytes = 0;

	for (size_t i = 0; i < WAY_MEMBERS && way->member[i] != NULL; i++) {
		const struct json *v = json_get(object, str_of(way->member[i]));

		if (v == NULL || v->raw.len > NAME_BYTES_MAX)
			return false;
		bytes += v->raw.len;
	}
	return buf_reserve(texts, bytes) != NULL;
}

/* Builds the object of a way, whose members are all there, over node[]. */
static void
build(const struct json *object, const struct way *way, bool fold, struct buf *texts,
    struct json node[WAY_MEMBERS + 1])
{
	struct json *root = &node[0], *last = NULL;

	*root = (struct json){ .type = JSON_OBJECT };
	for (size_t i = 0; i < WAY_MEMBERS && way->member[i] != NULL; i++) {
		const struct json *v = json_get(object, str_of(way->member[i]));
		struct json *member = &node[1 + root->len];

		*member = *v;
		member->next = NULL;
		if (v->type == JSON_STRING)
			member->text = folded(v->text, fold, texts);
		if (last == NULL)
			root->first = member;
		else
			last->next = member;
		last = member;
		root->len++;
	}
}

static bool
way_gives(const struct json *object, const struct way *way, bool fold, const struct uuid *uuid)
{
	CLEANUP(buf_free) struct buf texts = buf_new((size_t)WAY_MEMBERS * NAME_BYTES_MAX);
	CLEANUP(buf_free) struct buf name = buf_new((size_t)WAY_MEMBERS * NAME_BYTES_MAX);
	struct json node[WAY_MEMBERS + 1];

	if (!reserve(object, way, &texts))
		return false;
	build(object, way, fold, &texts, node);
	if (jcs_write(&node[0], &name, NULL) == OK && is_uuid_of(&name, uuid))
		return true;
	if (node[0].len != 1 || node[1].type != JSON_STRING)
		return false;
	/* Some take the bare text. */
	buf_clear(&name);
	buf_put(&name, node[1].text);
	return is_uuid_of(&name, uuid);
}

bool
observable_space_has(const struct json *object, struct str id)
{
	struct uuid uuid;

	if (id_version(id) != UUID_V5 ||
	    !uuid_parse(str_sub(id, id.len - UUID_TEXT, SIZE_MAX), &uuid))
		return false;
	for (size_t i = 0; i < COUNTOF(ways); i++) {
		if (way_gives(object, &ways[i], false, &uuid) ||
		    way_gives(object, &ways[i], true, &uuid))
			return true;
	}
	return false;
}
