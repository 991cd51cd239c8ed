/* Any query of any list: what is accepted is within bounds, and going on with
 * the token that is made of it is the same question, later. */
#include "query_p.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static const struct query_of lists[] = {
	{ .list = LIST_OBJECTS, .collection = { "c", 1 }, .shard_key = 1 },
	{ .list = LIST_MANIFEST, .collection = { "c", 1 }, .shard_key = 1 },
	{ .list = LIST_OBJECT, .collection = { "c", 1 }, .shard_key = 1, .object = { "o", 1 } },
	{ .list = LIST_VERSIONS, .collection = { "c", 1 }, .shard_key = 1, .object = { "o", 1 } },
};

static void
check_values(const struct str *list, size_t len)
{
	assert(len <= FILTER_VALUES_MAX);
	for (size_t i = 0; i < len; i++) {
		assert(list[i].len > 0);
		assert(
		    str_find(list[i], S(",")) == SIZE_MAX && str_find(list[i], S(" ")) == SIZE_MAX);
	}
}

static void
check_versions(const struct page_query *q)
{
	time_us at;

	assert(q->versions <= FILTER_VALUES_MAX);
	for (size_t i = 0; i < q->versions; i++) {
		assert(q->version[i].filter != VERSION_ALL || q->versions == 1);
		assert(q->version[i].filter != VERSION_TEXT || time_parse(q->version[i].text, &at));
	}
}

static void
check_page(const struct page_query *q)
{
	assert(q->limit >= 1 && q->limit <= PAGE_MAX && q->shard_key == 1);
	check_values(q->id, q->ids);
	check_values(q->type, q->types);
	check_values(q->spec_version, q->spec_versions);
	check_versions(q);
}

/* The same request with next: a given one in its place, or added. */
static void
check_next(const struct http_request *req, const struct query_of *of, const struct query *q)
{
	struct http_request again = *req;
	struct query later;
	char next[QUERY_NEXT_LEN + 1];
	size_t at = 0;
	time_us after = q->page.added_after < INT64_MAX ? q->page.added_after + 1 : INT64_MAX;

	if (after < 0)
		after = 0;
	query_next(q, after, next);
	while (at < again.query_len && !str_is(again.query[at].name, "next"))
		at++;
	if (at == HTTP_QUERY_MAX)
		return;
	again.query[at] = (struct http_pair){ S("next"), str_of(next) };
	again.query_len += at == again.query_len ? 1 : 0;
	enum err err = query_read(&again, of, &later, NULL);
	assert(err == OK);
	assert(later.page.added_after == after && later.page.limit == q->page.limit);
	assert(memcmp(later.digest, q->digest, QUERY_DIGEST_BYTES) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct arena *arena = arena_new(MIB);
	struct buf target = buf_new(MIB);

	buf_put(&target, S("/?"));
	buf_put(&target, (struct str){ (const char *)data, len });
	struct http_request req = { .arena = arena, .target = buf_str(&target) };
	if (!target.full && http_target_read(&req, NULL) == OK) {
		for (size_t i = 0; i < COUNTOF(lists); i++) {
			struct query q;

			if (query_read(&req, &lists[i], &q, NULL) != OK)
				continue;
			check_page(&q.page);
			check_next(&req, &lists[i], &q);
		}
	}
	buf_free(&target);
	arena_free(arena);
	return 0;
}
