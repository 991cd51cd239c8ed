#include <stdlib.h>

#include "exchange_p.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ARENA_MAX = 64 * MIB };

/* Envelope, a line with the cursor, proofs: three texts parted by NUL. */
static struct str
next_part(struct str *rest)
{
	return rest->ptr == NULL ? S("") : str_split(rest, '\0');
}

static bool
lies_in(struct str part, struct str whole)
{
	return part.ptr >= whole.ptr && part.ptr + part.len <= whole.ptr + whole.len;
}

/* A page that is taken has few objects, moves the cursor, and its objects are
 * the very bytes of the envelope. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_MAX);
	struct str rest = { (const char *)data, size };
	struct str envelope = next_part(&rest);
	struct str cursor = next_part(&rest);
	struct str proofs = next_part(&rest);
	const struct page_text text = {
		.envelope = envelope,
		.added_last = cursor,
		.added_after = 1,
	};
	struct pulled_page page;

	if (page_read(a, &text, &page, NULL) != OK)
		return 0;
	if (page.len > PULL_PAGE || (page.len > 0 || page.more) != (page.last > text.added_after))
		abort();
	for (size_t i = 0; i < page.len; i++) {
		if (!lies_in(page.object[i].raw, envelope))
			abort();
	}
	if (page_proofs(a, proofs, &page, NULL) != OK)
		return 0;
	for (size_t i = 0; i < page.len; i++) {
		struct str proof = page.object[i].proof;

		if (proof.len > 0 && (!lies_in(proof, proofs) || page.object[i].problem.len > 0))
			abort();
	}
	return 0;
}
