/* Any request target: what is accepted has the promised shape, and reading an
 * encoded query again gives the same. */
#include "http.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static const char *const patterns[] = {
	"/",
	"/taxii2/",
	"/{root}/",
	"/{root}/collections/{id}/objects/",
	"/log/{*tile}",
	"/{*all}",
};

static void
check_text(struct str s)
{
	assert(str_is_utf8(s));
	assert(s.len == 0 || memchr(s.ptr, '\0', s.len) == NULL);
}

static void
check_params(struct http_request *req)
{
	for (size_t i = 0; i < COUNTOF(patterns); i++) {
		if (!http_path_match(req, patterns[i]))
			continue;
		assert(!req->lost && req->params_len <= 2);
		for (size_t j = 0; j < req->params_len; j++) {
			check_text(req->params[j].value);
			assert(req->params[j].value.len > 0);
		}
	}
}

static void
check_round_trip(const struct http_request *req)
{
	struct arena *arena = arena_new(MIB);
	struct http_request again = { .arena = arena };
	struct buf target = buf_new(MIB);

	buf_put(&target, S("/?"));
	for (size_t i = 0; i < req->query_len; i++) {
		http_encode(&target, req->query[i].name);
		buf_putc(&target, '=');
		http_encode(&target, req->query[i].value);
		buf_putc(&target, '&');
	}
	again.target = buf_str(&target);
	if (!target.full && http_target_read(&again, NULL) == OK) {
		assert(again.query_len == req->query_len);
		for (size_t i = 0; i < req->query_len; i++) {
			assert(str_eq(again.query[i].name, req->query[i].name));
			assert(str_eq(again.query[i].value, req->query[i].value));
		}
	} else {
		assert(target.len > 100 * KIB);
	}
	buf_free(&target);
	arena_free(arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct arena *arena = arena_new(MIB);
	struct http_request req = { .arena = arena, .target = { (const char *)data, len } };

	if (http_target_read(&req, NULL) == OK) {
		assert(req.path.len > 0 && req.path.ptr[0] == '/');
		for (size_t i = 0; i < req.query_len; i++) {
			check_text(req.query[i].name);
			check_text(req.query[i].value);
		}
		check_params(&req);
		check_round_trip(&req);
	}
	arena_free(arena);
	return 0;
}
