/* Whatever is converted comes out as JSON that is no object of STIX 2.0 any more, twice
 * the same, and every part of it has an id of its type. */
#include "stix20.h"

#include <stdlib.h>

#include "fuzz_json.h"
#include "stix.h"
#include "stix1.h"

enum { ARENA_BYTES = 256 * MIB };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool holds)
{
	if (!holds)
		abort();
}

static const struct json *
parsed(struct arena *a, struct str text)
{
	const struct json *tree = NULL;

	require(json_parse(a, text, NULL, &tree, NULL) == OK);
	require(tree->type == JSON_OBJECT);
	return tree;
}

static void
check_made(struct arena *a, const struct stix20 *s)
{
	const struct json *refs = json_get(parsed(a, s->object), S("object_refs"));

	require(s->made_len == 0 || json_is(refs, JSON_ARRAY));
	for (size_t i = 0; i < s->made_len; i++) {
		const struct json *made = parsed(a, s->made[i]);
		struct str id = json_str(json_get(made, S("id")));
		struct str type = json_str(json_get(made, S("type")));

		require(id.len > type.len && str_starts(id, type));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_BYTES);
	const struct json *tree = NULL;
	struct str text = { (const char *)data, size };
	struct stix20 one, two;

	(void)stix1_refuse(text, NULL);
	if (json_parse(a, text, NULL, &tree, NULL) != OK || !stix20_is(tree))
		return 0;
	if (stix20_convert(tree, a, &one, NULL) != OK)
		return 0;
	require(!stix20_is(parsed(a, one.object)));
	require(stix20_convert(tree, a, &two, NULL) == OK);
	require(str_eq(one.object, two.object) && one.made_len == two.made_len);
	require(one.changes == two.changes && one.changes > 0);
	check_made(a, &one);
	return 0;
}
