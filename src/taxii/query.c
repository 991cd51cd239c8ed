#include "codec.h"
#include "hash.h"
#include "query_p.h"

enum { MATCH_ID, MATCH_TYPE, MATCH_SPEC, MATCH_VERSION, MATCHES };

static const char *const match_names[MATCHES] = {
	[MATCH_ID] = "match[id]",
	[MATCH_TYPE] = "match[type]",
	[MATCH_SPEC] = "match[spec_version]",
	[MATCH_VERSION] = "match[version]",
};

/* ---- single values ---- */

static enum err
read_limit(struct str text, size_t *ret, struct why *why)
{
	struct str digits = text;
	uint64_t n = 0;

	*ret = PAGE_MAX;
	if (text.ptr == NULL)
		return OK;
	while (str_is_digits(digits) && digits.ptr[0] == '0')
		digits = str_sub(digits, 1, digits.len);
	if (!str_is_digits(digits) || !str_to_u64(digits, JSON_INTEGER_MAX, &n))
		return fail(why, ERR_INVALID, "taxii.limit",
		    "limit is \"" STR_FMT "\"; it would be right as a whole number from 1 on",
		    STR_ARG(text));
	if (n < PAGE_MAX)
		*ret = n;
	return OK;
}

static enum err
read_added_after(struct str text, time_us *ret, struct why *why)
{
	if (text.ptr == NULL || time_parse(text, ret))
		return OK;
	return fail(why, ERR_INVALID, "taxii.added-after",
	    "added_after is \"" STR_FMT "\"; it would be right as 2026-11-22T03:04:05.123456Z",
	    STR_ARG(text));
}

/* ---- lists of values ---- */

static bool
has_blank(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if ((unsigned char)s.ptr[i] <= ' ')
			return true;
	}
	return false;
}

/* Splits at commas; no value is empty or holds a blank. */
static enum err
read_list(const char *name, struct str text, struct str *list, size_t *len, struct why *why)
{
	*len = 0;
	while (text.ptr != NULL) {
		struct str value = str_split(&text, ',');

		if (value.len == 0 || has_blank(value))
			return fail(why, ERR_INVALID, "taxii.filter",
			    "%s holds an empty value or a blank; separate values by single commas",
			    name);
		if (*len == FILTER_VALUES_MAX)
			return fail(why, ERR_INVALID, "taxii.filter-many",
			    "%s may list %d values: ask in several requests", name,
			    FILTER_VALUES_MAX);
		list[(*len)++] = value;
	}
	return OK;
}

static enum err
read_version(struct str text, struct page_query *q, struct why *why)
{
	enum version_filter filter = VERSION_TEXT;
	time_us at;

	if (str_is(text, "last"))
		filter = VERSION_LAST;
	else if (str_is(text, "first"))
		filter = VERSION_FIRST;
	else if (str_is(text, "all"))
		filter = VERSION_ALL;
	else if (!time_parse(text, &at))
		return fail(why, ERR_INVALID, "taxii.version",
		    "match[version] holds \"" STR_FMT "\", which is none of last, first, all and "
		    "a timestamp",
		    STR_ARG(text));
	for (size_t i = 0; i < q->versions; i++) {
		if (str_eq(q->version[i].text, text))
			return fail(why, ERR_INVALID, "taxii.version-twice",
			    "match[version] holds \"" STR_FMT "\" twice", STR_ARG(text));
	}
	q->version[q->versions].filter = filter;
	q->version[q->versions++].text = text;
	return OK;
}

static enum err
read_versions(struct str text, struct page_query *q, struct why *why)
{
	struct str list[FILTER_VALUES_MAX];
	size_t len = 0;
	bool all = false;

	TRY(read_list(match_names[MATCH_VERSION], text, list, &len, why));
	for (size_t i = 0; i < len; i++) {
		TRY(read_version(list[i], q, why));
		all |= q->version[i].filter == VERSION_ALL;
	}
	if (all && len > 1)
		return fail(why, ERR_INVALID, "taxii.version-all",
		    "match[version] holds \"all\" and something else; all stands alone");
	return OK;
}

static enum err
read_matches(const struct str *match, struct page_query *q, struct why *why)
{
	TRY(read_list(match_names[MATCH_ID], match[MATCH_ID], q->id, &q->ids, why));
	TRY(read_list(match_names[MATCH_TYPE], match[MATCH_TYPE], q->type, &q->types, why));
	TRY(read_list(match_names[MATCH_SPEC], match[MATCH_SPEC], q->spec_version,
	    &q->spec_versions, why));
	return read_versions(match[MATCH_VERSION], q, why);
}

/* Filters that a list does not have are ignored, as those that nobody knows. */
static void
narrow(const struct query_of *of, struct page_query *q)
{
	q->without_raw = of->list == LIST_MANIFEST || of->list == LIST_VERSIONS;
	if (of->list != LIST_OBJECT && of->list != LIST_VERSIONS)
		return;
	q->types = 0;
	q->ids = 1;
	q->id[0] = of->object;
	if (of->list == LIST_VERSIONS) {
		q->versions = 1;
		q->version[0].filter = VERSION_ALL;
	}
}

/* ---- going on ---- */

static void
digest_of(const struct query_of *of, const struct str *match, uint8_t *ret)
{
	static const char *const lists[] = { "objects", "manifest", "object", "versions" };
	const struct str end = S("\0");
	const struct str part[] = {
		str_of(lists[of->list]),
		end,
		of->collection,
		end,
		of->object,
		end,
		match[MATCH_ID],
		end,
		match[MATCH_TYPE],
		end,
		match[MATCH_SPEC],
		end,
		match[MATCH_VERSION],
	};
	struct hash h = hash_of_parts(part, COUNTOF(part));

	memcpy(ret, h.byte, QUERY_DIGEST_BYTES);
}

void
query_next(const struct query *q, time_us after, char *ret)
{
	CLEANUP(buf_free) struct buf out = buf_new(QUERY_NEXT_LEN + 1);
	uint8_t token[8 + QUERY_DIGEST_BYTES];

	for (int i = 0; i < 8; i++)
		token[i] = (uint8_t)((uint64_t)after >> (56 - 8 * i));
	memcpy(token + 8, q->digest, QUERY_DIGEST_BYTES);
	base64_put(&out, BASE64_URL, token, sizeof(token));
	assert(out.len == QUERY_NEXT_LEN);
	memcpy(ret, out.ptr, QUERY_NEXT_LEN);
	ret[QUERY_NEXT_LEN] = '\0';
}

static enum err
read_next(struct str text, struct arena *a, const uint8_t *digest, time_us *ret, struct why *why)
{
	struct str token = { 0 };
	uint64_t after = 0;

	if (text.len != QUERY_NEXT_LEN || base64_parse(a, BASE64_URL, text, &token, NULL) != OK ||
	    memcmp(token.ptr + 8, digest, QUERY_DIGEST_BYTES) != 0)
		return fail(why, ERR_INVALID, "taxii.next",
		    "next is not of this query: give back the one of the page before, with the same "
		    "filters");
	for (size_t i = 0; i < 8; i++)
		after = after << 8 | (uint8_t)token.ptr[i];
	if (after > INT64_MAX)
		return fail(why, ERR_INVALID, "taxii.next", "next names no instant");
	if ((time_us)after > *ret)
		*ret = (time_us)after;
	return OK;
}

enum err
query_read(const struct http_request *req, const struct query_of *of, struct query *ret,
    struct why *why)
{
	struct page_query *q = &ret->page;
	struct str match[MATCHES], limit, added_after, next;

	*ret = (struct query){ .page.shard_key = of->shard_key };
	for (size_t i = 0; i < MATCHES; i++)
		TRY(http_query_one(req, match_names[i], &match[i], why));
	TRY(http_query_one(req, "limit", &limit, why));
	TRY(http_query_one(req, "added_after", &added_after, why));
	TRY(http_query_one(req, "next", &next, why));

	digest_of(of, match, ret->digest);
	TRY(read_matches(match, q, why));
	narrow(of, q);
	TRY(read_limit(limit, &q->limit, why));
	TRY(read_added_after(added_after, &q->added_after, why));
	/* The reference client writes an empty one on the first page. */
	return next.len == 0 ? OK : read_next(next, req->arena, ret->digest, &q->added_after, why);
}
