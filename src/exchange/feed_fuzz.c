#include "feed.h"

#include <stdlib.h>

#include "feed_p.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ARENA_MAX = 64 * MIB };

static bool
lies_in(struct str part, struct str whole)
{
	return part.ptr >= whole.ptr && part.ptr + part.len <= whole.ptr + whole.len;
}

/* Whatever a server names: it is below its own host, or refused. */
static void
try_url(struct arena *a, struct str text)
{
	const struct feed_url at = { S("https://taxii.example"), S("/taxii2/") };
	struct feed_url url;

	if (feed_url_below(a, &at, text, &url, NULL) != OK)
		return;
	if (!str_eq(url.base, at.base) || url.path.len == 0 || url.path.ptr[0] != '/' ||
	    !str_ends(url.path, S("/")) || str_find(url.path, S("/../")) != SIZE_MAX ||
	    str_find(url.path, S("//")) != SIZE_MAX)
		abort();
	struct feed_url again;
	struct str whole = arena_printf(a, STR_FMT STR_FMT, STR_ARG(url.base), STR_ARG(url.path));
	if (feed_url_read(a, whole, &again, NULL) != OK || !str_eq(again.path, url.path))
		abort();
}

/* A header line and a body, parted by NUL: each is read as each resource. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_MAX);
	struct str body = { (const char *)data, size };
	struct str head = str_split(&body, '\0');
	struct feed_discovery discovery;
	struct feed_page page;

	body = body.ptr == NULL ? S("") : body;
	try_url(a, head);
	int64_t wait = feed_retry_after(head, 0);
	if (wait < 0 || wait > FEED_WAIT_MAX_S)
		abort();
	(void)feed_challenges(a, head);
	(void)feed_error_words(a, body);
	(void)feed_type_check(head, body, NULL);
	(void)feed_root_check(a, body, NULL);
	(void)feed_collection_check(a, body, NULL);
	if (feed_discovery_read(a, body, &discovery, NULL) == OK) {
		for (size_t i = 0; i < discovery.roots; i++)
			try_url(a, discovery.root[i]);
	}
	const struct feed_page_text text = { .body = body, .added_last = head };
	if (feed_page_read(a, &text, &page, NULL) != OK)
		return 0;
	for (size_t i = 0; i < page.len; i++) {
		if (!lies_in(page.raw[i], body))
			abort();
	}
	return 0;
}
