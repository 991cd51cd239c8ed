#include "entry_p.h"
#include "jcs.h"
#include "json_writer.h"
#include "tile.h"

static const char batch_type[] = "release-batch";

/* Records and leaves are shallow and small; the bytes are bounded before. */
static const struct json_limits limits = {
	.bytes_max = TILE_ENTRY_MAX,
	.depth_max = 16,
	.members_max = 1024,
};

static enum err
parse(struct arena *a, struct str entry, const struct json **ret, struct why *why)
{
	TRY(json_parse(a, entry, &limits, ret, why));
	if (!json_is(*ret, JSON_OBJECT))
		return fail(why, ERR_INVALID, "ledger.entry",
		    "an entry of the log is a JSON object, not %s", json_type_name(*ret));
	return OK;
}

enum err
entry_check(struct str entry, struct why *why)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ENTRY_ARENA_MAX);
	CLEANUP(buf_free) struct buf canonical = buf_new(2 * TILE_ENTRY_MAX);
	const struct json *tree = NULL;
	struct str text;

	if (entry.len > TILE_ENTRY_MAX)
		return fail(why, ERR_LIMIT, "ledger.entry-size",
		    "the entry has %zu bytes; a leaf takes %d at most", entry.len, TILE_ENTRY_MAX);
	TRY(parse(a, entry, &tree, why));
	if (!json_get_str(tree, S("type"), &text) || !json_get_str(tree, S("at"), &text))
		return fail(why, ERR_INVALID, "ledger.entry",
		    "an entry of the log has the texts \"type\" and \"at\"");
	TRY(jcs_write(tree, &canonical, why));
	if (!str_eq(entry, buf_str(&canonical)))
		return fail(why, ERR_INVALID, "ledger.canonical",
		    "an entry of the log is in canonical form (JCS); this one is not");
	return OK;
}

enum err
entry_put_batch(struct str head, const struct merkle_head *batch, time_us at, struct buf *out,
    struct why *why)
{
	struct json_writer w = json_writer(out);
	char time[TIME_TEXT_MAX];
	char root[HASH_HEX + 1];

	time_text(at, time);
	hash_text(&batch->root, root);

	/* Members in their order: this is JCS form. */
	json_begin_object(&w);
	json_put_str(json_key(&w, S("at")), str_of(time));
	json_put_u64(json_key(&w, S("count")), batch->size);
	json_put_raw(json_key(&w, S("head")), head);
	json_put_str(json_key(&w, S("root")), str_of(root));
	json_put_str(json_key(&w, S("type")), str_of(batch_type));
	json_end_object(&w);
	return buf_check(out, "entry of a batch", why);
}

static bool
is_batch(const struct json *tree)
{
	struct str type;

	return json_get_str(tree, S("type"), &type) && str_is(type, batch_type);
}

bool
entry_is_batch(struct str entry)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ENTRY_ARENA_MAX);
	const struct json *tree = NULL;

	return parse(a, entry, &tree, NULL) == OK && is_batch(tree);
}

enum err
entry_batch(struct str entry, struct merkle_head *ret, struct why *why)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ENTRY_ARENA_MAX);
	const struct json *tree = NULL;
	struct merkle_head head;
	struct str root;

	TRY(parse(a, entry, &tree, why));
	if (!is_batch(tree))
		return fail(why, ERR_INVALID, "ledger.no-batch",
		    "the entry is not that of a batch (\"type\": \"%s\")", batch_type);
	if (!json_get_u64(tree, S("count"), &head.size) || head.size == 0 ||
	    head.size > BATCH_RECORDS_MAX)
		return fail(why, ERR_INVALID, "ledger.count",
		    "\"count\" of a batch is a number from 1 to %d", BATCH_RECORDS_MAX);
	if (!json_get_str(tree, S("root"), &root) || !hash_parse(root, &head.root))
		return fail(why, ERR_INVALID, "ledger.root",
		    "\"root\" of a batch is a SHA-256 of 64 hex digits");
	*ret = head;
	return OK;
}
