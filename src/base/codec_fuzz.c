#include "codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Any bytes may be encoded, and come back the same. */
static void
encode_and_back(struct arena *a, enum base64_kind kind, struct str bytes)
{
	struct str back;
	struct str text = base64_text(a, kind, bytes.ptr, bytes.len);

	if (base64_parse(a, kind, text, &back, NULL) != OK || !str_eq(back, bytes))
		__builtin_trap();
}

/* A text that is accepted is the only one for its bytes. */
static void
decode_and_back(struct arena *a, enum base64_kind kind, struct str text)
{
	struct str bytes;

	if (base64_parse(a, kind, text, &bytes, NULL) != OK)
		return;
	if (!str_eq(base64_text(a, kind, bytes.ptr, bytes.len), text))
		__builtin_trap();
}

static void
hex_and_back(struct arena *a, struct str text)
{
	size_t len = text.len / 2;
	char *bytes = arena_alloc(a, 1, 1, len);
	char *back = arena_alloc(a, 1, 1, 2 * len + 1);

	if (!hex_parse(text, bytes, len))
		return;
	hex_text(bytes, len, back);
	if (!str_eq_nocase(text, (struct str){ back, 2 * len }))
		__builtin_trap();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str input = { (const char *)data, size };
	CLEANUP(arena_freep) struct arena *a = arena_new(16 * size + KIB);

	encode_and_back(a, BASE64_STD, input);
	encode_and_back(a, BASE64_URL, input);
	decode_and_back(a, BASE64_STD, input);
	decode_and_back(a, BASE64_URL, input);
	hex_and_back(a, input);
	return 0;
}
