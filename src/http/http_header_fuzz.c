/* Any value of Cookie, Authorization and Accept: what is found lies within the
 * value, and reading ends. */
#include "http.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
check_within(struct str part, struct str whole)
{
	assert(part.ptr == NULL || part.len == 0 ||
	       (part.ptr >= whole.ptr && part.ptr + part.len <= whole.ptr + whole.len));
}

static void
check_list(struct str whole)
{
	struct str list = whole;
	struct http_media media;

	for (size_t n = 0; http_media_next(&list, &media) == 1; n++) {
		assert(n <= whole.len && media.q <= 1000);
		check_within(media.type, whole);
		assert(str_find(media.type, S("/")) != SIZE_MAX);
		check_within(http_media_param(&media, "version"), whole);
	}
	list = whole;
	for (size_t n = 0; http_coding_next(&list, &media) == 1; n++) {
		assert(n <= whole.len && media.q <= 1000);
		check_within(media.type, whole);
		assert(str_find(media.type, S("/")) == SIZE_MAX);
	}
}

static void
check_credentials(const struct http_request *req, struct str whole)
{
	struct str name, password;

	check_within(http_bearer(req), whole);
	if (http_basic(req, &name, &password, NULL) != OK || name.ptr == NULL)
		return;
	assert(str_is_utf8(name) && str_is_utf8(password));
	assert(str_find(name, S(":")) == SIZE_MAX);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct arena *arena = arena_new(MIB);
	struct str whole = { (const char *)data, len };
	struct http_request req = { .arena = arena, .headers_len = 2 };

	req.headers[0] = (struct http_pair){ S("Cookie"), whole };
	req.headers[1] = (struct http_pair){ S("Authorization"), whole };
	check_within(http_cookie(&req, "sid"), whole);
	check_credentials(&req, whole);
	check_list(whole);
	arena_free(arena);
	return 0;
}
