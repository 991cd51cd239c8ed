#include "note.h"

#include "checkpoint.h"
#include "codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ARENA_MAX = MIB };

/* A note is its text, an empty line and its lines: nothing gets lost. */
static void
check_note(struct arena *arena, struct str bytes)
{
	CLEANUP(buf_free) struct buf again = buf_new(2 * NOTE_BYTES_MAX);
	struct note note;

	if (note_parse(arena, bytes, &note, NULL) != OK)
		return;
	buf_put(&again, note.text);
	buf_putc(&again, '\n');
	for (size_t i = 0; i < note.signatures; i++) {
		const struct note_signature *s = &note.signature[i];
		/* The id stands directly in front of the signature's bytes. */
		buf_put(&again, S("\xe2\x80\x94 "));
		buf_put(&again, s->name);
		buf_putc(&again, ' ');
		base64_put(&again, BASE64_STD, s->bytes.ptr - 4, s->bytes.len + 4);
		buf_putc(&again, '\n');
	}
	if (!str_eq(buf_str(&again), bytes))
		__builtin_trap();
}

static void
check_key(struct str bytes)
{
	char text[NOTE_KEY_TEXT_MAX];
	struct note_key key;

	if (note_key_parse(bytes, &key, NULL) != OK)
		return;
	note_key_text(&key, text);
	if (!str_eq_nocase(str_of(text), bytes))
		__builtin_trap();
}

static void
check_checkpoint(struct str bytes)
{
	CLEANUP(buf_free) struct buf again = buf_new(2 * NOTE_BYTES_MAX);
	struct checkpoint checkpoint;

	if (checkpoint_parse(bytes, &checkpoint, NULL) != OK || bytes.len > NOTE_BYTES_MAX)
		return;
	if (checkpoint_put(&checkpoint, &again, NULL) != OK || !str_eq(buf_str(&again), bytes))
		__builtin_trap();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new(ARENA_MAX);
	const struct str bytes = { (const char *)data, size };

	check_note(arena, bytes);
	check_key(bytes);
	check_checkpoint(bytes);
	return 0;
}
