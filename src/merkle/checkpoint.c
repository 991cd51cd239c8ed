#include "checkpoint.h"

#include "codec.h"

/* Decoding 44 letters of base64 takes no more. */
enum { SCRATCH_BYTES = 256 };

static bool
is_origin(struct str origin)
{
	if (origin.len == 0 || origin.len > CHECKPOINT_ORIGIN_MAX || !str_is_utf8(origin))
		return false;
	for (size_t i = 0; i < origin.len; i++) {
		if ((uint8_t)origin.ptr[i] < 0x20)
			return false;
	}
	return true;
}

enum err
checkpoint_put(const struct checkpoint *checkpoint, struct buf *out, struct why *why)
{
	if (!is_origin(checkpoint->origin))
		return fail(why, ERR_INVALID, "checkpoint.origin",
		    "the origin of a log is one line of 1 to %d bytes", CHECKPOINT_ORIGIN_MAX);
	buf_put(out, checkpoint->origin);
	buf_printf(out, "\n%" PRIu64 "\n", checkpoint->head.size);
	base64_put(out, BASE64_STD, checkpoint->head.root.byte, HASH_BYTES);
	buf_putc(out, '\n');
	buf_put(out, checkpoint->extension);
	return buf_check(out, "checkpoint", why);
}

static enum err
parse_root(struct str text, struct hash *ret, struct why *why)
{
	CLEANUP(arena_freep) struct arena *scratch = arena_new(SCRATCH_BYTES);
	struct str bytes;

	if (text.len > SCRATCH_BYTES / 2 ||
	    base64_parse(scratch, BASE64_STD, text, &bytes, NULL) != OK || bytes.len != HASH_BYTES)
		return fail(why, ERR_INVALID, "checkpoint.root",
		    "line 3 of a checkpoint is a root: 32 bytes in base64");
	memcpy(ret->byte, bytes.ptr, HASH_BYTES);
	return OK;
}

static enum err
check_extension(struct str lines, struct why *why)
{
	if (lines.len > 0 && (lines.ptr[0] == '\n' || str_find(lines, S("\n\n")) != SIZE_MAX ||
	                         lines.ptr[lines.len - 1] != '\n'))
		return fail(why, ERR_INVALID, "checkpoint.extension",
		    "further lines of a checkpoint may not be empty");
	return OK;
}

enum err
checkpoint_parse(struct str text, struct checkpoint *ret, struct why *why)
{
	struct checkpoint read = { 0 };
	struct str rest = text;

	read.origin = str_split(&rest, '\n');
	struct str size = str_split(&rest, '\n');
	struct str root = str_split(&rest, '\n');
	if (rest.ptr == NULL)
		return fail(why, ERR_INVALID, "checkpoint.lines",
		    "a checkpoint has three lines: origin, size, root");
	if (!is_origin(read.origin))
		return fail(why, ERR_INVALID, "checkpoint.origin",
		    "the origin of a log is one line of 1 to %d bytes", CHECKPOINT_ORIGIN_MAX);
	if (!str_to_u64(size, UINT64_MAX, &read.head.size))
		return fail(why, ERR_INVALID, "checkpoint.size",
		    "line 2 of a checkpoint is a decimal number without leading zeros");
	if (read.head.size > MERKLE_SIZE_MAX)
		return fail(why, ERR_LIMIT, "merkle.size",
		    "a log of %" PRIu64 " leaves is larger than any we handle", read.head.size);
	TRY(parse_root(root, &read.head.root, why));
	TRY(check_extension(rest, why));
	read.extension = rest;

	struct hash none = hash_of(S(""));
	if (read.head.size == 0 && !hash_eq(&none, &read.head.root))
		return fail(why, ERR_INVALID, "checkpoint.empty",
		    "the root of an empty log is the SHA-256 of nothing");
	*ret = read;
	return OK;
}
