/* Pages of a collection: objects, manifest, one object, its versions. */
#include "hash.h"
#include "kept_p.h"
#include "query_p.h"
#include "taxii_p.h"

enum {
	/* Bytes of objects in one page, with room below HTTP_RESPONSE_MAX for one more. */
	PAGE_BYTES_MAX = 32 * MIB,
	/* A page in memory: any one object that can be stored fits. */
	PAGE_ARENA_MAX = 128 * MIB,
	/* A page that does not fit is asked for again, so many times smaller. */
	PAGE_SHRINK = 8,
	/* Around the objects: more, next, brackets. */
	ENVELOPE_BYTES = 256,
};

/* One list on its way: the question, the collection, the rows. */
struct listing {
	struct visit *visit;
	struct collection collection;
	struct query query;
	struct arena *arena; /* of the rows alone, so that it can be emptied */
	struct page page;
	time_us reached; /* date_added up to which this page has looked */
};

static enum err
listing_begin(struct listing *l, enum taxii_list list, struct why *why)
{
	struct http_request *req = l->visit->req;

	TRY(visit_readable(l->visit, &l->collection, why));
	struct query_of of = {
		.list = list,
		.collection = l->collection.id,
		.shard_key = l->collection.shard_key,
	};
	if (list == LIST_OBJECT || list == LIST_VERSIONS)
		of.object = http_param(req, "object");
	l->arena = arena_new(PAGE_ARENA_MAX);
	TRY(query_read(req, &of, &l->query, why));
	l->query.page.derived = l->collection.kind == COLLECTION_DERIVED;
	return OK;
}

static void
listing_endp(struct listing *l)
{
	arena_free(l->arena);
}

/* ---- what an area's suspension closes ---- */

static const char released_areas[] =
    "SELECT o.area FROM release_item i JOIN release_order o ON o.order_id = i.order_id "
    "WHERE i.leaving_id = $1 AND i.recipient = $2 AND i.agreement = $3 AND i.preview_hash = $4 "
    "AND i.state = 'released'";

static bool
is_suspended(const struct standing *s, struct str area)
{
	for (size_t i = 0; i < s->suspended_areas; i++) {
		if (str_eq(s->suspended_area[i], area))
			return true;
	}
	return false;
}

/* Whether these bytes were released in an area that is open. */
static enum err
is_open(const struct listing *l, const struct stored *o, bool *ret, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	const struct standing *s = l->visit->reach.standing;
	bool has = false;

	*ret = false;
	TRY(db_select(l->visit->lease.db, &rows, why, released_areas, DB_T(o->id),
	    DB_T(l->collection.recipient), DB_T(l->collection.agreement),
	    DB_B(hash_str(&o->raw_hash))));
	for (;;) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			return OK;
		*ret |= !is_suspended(s, db_col_text(&rows, 0));
	}
}

static bool
has_suspended(const struct listing *l)
{
	return l->visit->reach.is_peer && l->visit->reach.standing->suspended_areas > 0;
}

static enum err
drop_suspended(struct listing *l, struct why *why)
{
	struct page *p = &l->page;
	size_t kept = 0;

	if (!has_suspended(l))
		return OK;
	for (size_t i = 0; i < p->len; i++) {
		bool open = false;

		TRY(is_open(l, &p->object[i], &open, why));
		if (open)
			p->object[kept++] = p->object[i];
	}
	p->len = kept;
	return OK;
}

/* ---- reading a page ---- */

/* Ends the page before it is larger than an answer; one object always stays. */
static void
cut_by_bytes(struct page *p)
{
	size_t bytes = 0;

	for (size_t i = 0; i < p->len; i++) {
		bytes += p->object[i].raw.len;
		if (i > 0 && bytes > PAGE_BYTES_MAX) {
			p->len = i;
			p->more = true;
			return;
		}
	}
}

static enum err
read_page(struct listing *l, struct why *why)
{
	struct page_query q = l->query.page;
	struct db *db = l->visit->lease.db;

	/* An envelope is made of bytes; who must be asked about an object needs more. */
	q.only_raw = !q.without_raw && !has_suspended(l);
	enum err err = store_page(db, l->arena, &q, &l->page, why);
	while (err == ERR_LIMIT && q.limit > 1) {
		q.limit = q.limit > PAGE_SHRINK ? q.limit / PAGE_SHRINK : 1;
		arena_clear(l->arena);
		err = store_page(db, l->arena, &q, &l->page, why);
	}
	if (err != OK)
		return err;
	cut_by_bytes(&l->page);
	if (l->page.len > 0)
		l->reached = l->page.object[l->page.len - 1].date_added;
	return drop_suspended(l, why);
}

/* An object that no filter lets through exists; one that is not here does not. */
static enum err
check_exists(struct listing *l, struct why *why)
{
	struct listing all = {
		.visit = l->visit,
		.collection = l->collection,
		.arena = l->arena,
		.query.page = {
			.shard_key = l->collection.shard_key,
			.derived = l->collection.kind == COLLECTION_DERIVED,
			.limit = PAGE_MAX,
			.ids = 1,
			.id[0] = http_param(l->visit->req, "object"),
			.versions = 1,
			.version[0].filter = VERSION_ALL,
			.without_raw = true,
		},
	};

	TRY(read_page(&all, why));
	return all.page.len > 0 ? OK : taxii_nothing(why);
}

/* ---- writing it ---- */

static void
put_more(struct json_writer *w, const struct listing *l)
{
	char next[QUERY_NEXT_LEN + 1];

	json_put_bool(json_key(w, S("more")), l->page.more);
	if (!l->page.more)
		return;
	query_next(&l->query, l->reached, next);
	json_put_str(json_key(w, S("next")), str_of(next));
}

static void
put_object(struct json_writer *w, const struct listing *l, const struct stored *o)
{
	(void)l;
	json_put_raw(w, o->raw);
}

static void
put_manifest(struct json_writer *w, const struct listing *l, const struct stored *o)
{
	struct arena *a = l->visit->req->arena;

	json_begin_object(w);
	json_put_str(json_key(w, S("id")), o->id);
	json_put_str(json_key(w, S("date_added")), taxii_time(a, o->date_added));
	json_put_str(json_key(w, S("version")), taxii_version(a, o));
	json_put_str(json_key(w, S("media_type")), S(TAXII_STIX));
	json_end_object(w);
}

static void
put_version(struct json_writer *w, const struct listing *l, const struct stored *o)
{
	json_put_str(w, taxii_version(l->visit->req->arena, o));
}

/* How a list is written. */
struct form {
	enum taxii_list list;
	const char *member;
	void (*put)(struct json_writer *w, const struct listing *l, const struct stored *o);
};

static void
put_page(struct http_response *ret, const struct listing *l, const struct form *form)
{
	struct json_writer w = taxii_answer(ret);
	size_t bytes = ENVELOPE_BYTES;

	for (size_t i = 0; i < l->page.len; i++)
		bytes += l->page.object[i].raw.len + 1;
	(void)buf_reserve(w.out, bytes);
	json_begin_object(&w);
	put_more(&w, l);
	if (l->page.len > 0) {
		json_begin_array(json_key(&w, str_of(form->member)));
		for (size_t i = 0; i < l->page.len; i++)
			form->put(&w, l, &l->page.object[i]);
		json_end_array(&w);
	}
	json_end_object(&w);
}

/* A page whose rows are all suspended says how far it looked, so that a reader
 * that goes by dates comes past them. */
static struct kept_dates
dates_of(const struct listing *l)
{
	const struct page *p = &l->page;

	if (p->len > 0)
		return (struct kept_dates){
			.first = p->object[0].date_added,
			.last = p->object[p->len - 1].date_added,
		};
	return (struct kept_dates){ .last = p->more ? l->reached : 0 };
}

static void
add_dates(struct http_response *ret, struct arena *a, const struct kept_dates *dates)
{
	if (dates->first > 0)
		http_add(ret, "X-TAXII-Date-Added-First", taxii_time(a, dates->first));
	if (dates->last > 0)
		http_add(ret, "X-TAXII-Date-Added-Last", taxii_time(a, dates->last));
}

/* ---- the same page again ---- */

/* What a partner sees of a suspended area is asked object by object. */
static bool
may_keep(const struct listing *l, const struct form *form)
{
	return form->list == LIST_OBJECTS && !has_suspended(l);
}

static struct kept_key
key_of(const struct listing *l)
{
	const struct page_query *q = &l->query.page;
	struct kept_key key = {
		.shard_key = q->shard_key,
		.changed = l->collection.changed,
		.added_after = q->added_after,
		.limit = q->limit,
		.gzip = l->visit->face->gzip &&
		        taxii_wants_gzip(http_header(l->visit->req, "accept-encoding")),
	};

	memcpy(key.digest, l->query.digest, sizeof(key.digest));
	return key;
}

/* ---- the page that the caller has ---- */

enum { ETAG_DIGITS = 32, ETAG_MAX = ETAG_DIGITS + 3 };

/* All that the page depends on is in the key, so that no byte of it need be read. */
static void
etag_of(const struct kept_key *key, char ret[ETAG_MAX])
{
	static const char digits[] = "0123456789abcdef";
	const uint64_t number[] = { (uint64_t)key->shard_key, (uint64_t)key->changed,
		(uint64_t)key->added_after, key->limit, key->gzip };
	const struct str part[] = {
		{ (const char *)key->digest, sizeof(key->digest) },
		{ (const char *)number, sizeof(number) },
	};
	struct hash h = hash_of_parts(part, COUNTOF(part));
	char *to = ret;

	*to++ = '"';
	for (size_t i = 0; i < ETAG_DIGITS / 2; i++) {
		*to++ = digits[h.byte[i] >> 4];
		*to++ = digits[h.byte[i] & 15];
	}
	*to++ = '"';
	*to = '\0';
}

/* Whether If-None-Match names it, among others.  Source: RFC 9110, 13.1.2. */
static bool
has_etag(const struct http_request *req, struct str etag)
{
	struct str list = http_header(req, "if-none-match");

	while (list.ptr != NULL) {
		struct str one = str_trim(str_split(&list, ','));

		if (str_starts(one, S("W/")))
			one = str_sub(one, 2, one.len);
		if (str_eq(one, etag))
			return true;
	}
	return false;
}

static enum err
read_and_write(struct listing *l, const struct form *form, struct http_response *ret,
    struct why *why)
{
	TRY(read_page(l, why));
	if (l->page.len == 0 && !l->page.more &&
	    (form->list == LIST_OBJECT || form->list == LIST_VERSIONS))
		TRY(check_exists(l, why));
	put_page(ret, l, form);
	return OK;
}

static enum err
answer_page(struct listing *l, const struct form *form, const struct kept_key *key,
    struct http_response *ret, struct why *why)
{
	struct taxii_kept *kept = may_keep(l, form) ? l->visit->face->kept : NULL;
	struct kept_dates dates;

	if (kept != NULL && kept_answer(kept, key, ret, &dates)) {
		ret->type = S(TAXII_TYPE);
	} else {
		TRY(read_and_write(l, form, ret, why));
		dates = dates_of(l);
		dates.gzip = key->gzip && taxii_gzip(ret);
		if (kept != NULL)
			kept_offer(kept, key, &dates, ret);
	}
	add_dates(ret, l->visit->req->arena, &dates);
	if (dates.gzip)
		http_add(ret, "Content-Encoding", S("gzip"));
	return OK;
}

static enum err
answer_list(void *ctx, struct http_request *req, struct http_response *ret, const struct form *form,
    struct why *why)
{
	CLEANUP(visit_endp) struct visit v = { 0 };
	CLEANUP(listing_endp) struct listing l = { .visit = &v };
	char text[ETAG_MAX];

	TRY(visit_begin(ctx, req, &v, why));
	TRY(listing_begin(&l, form->list, why));
	struct kept_key key = key_of(&l);
	if (v.face->gzip)
		http_add(ret, "Vary", S("Accept-Encoding"));
	if (has_suspended(&l))
		return answer_page(&l, form, &key, ret, why);
	etag_of(&key, text);
	struct str etag = arena_str(req->arena, str_of(text));
	if (etag.ptr == NULL)
		return taxii_full(why);
	if (has_etag(req, etag)) {
		ret->type = S(TAXII_TYPE);
		ret->status = 304;
	} else {
		TRY(answer_page(&l, form, &key, ret, why));
	}
	http_add(ret, "ETag", etag);
	return OK;
}

enum err
taxii_get_objects(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	static const struct form form = { LIST_OBJECTS, "objects", put_object };

	return answer_list(ctx, req, ret, &form, why);
}

enum err
taxii_get_manifest(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	static const struct form form = { LIST_MANIFEST, "objects", put_manifest };

	return answer_list(ctx, req, ret, &form, why);
}

enum err
taxii_get_object(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	static const struct form form = { LIST_OBJECT, "objects", put_object };

	return answer_list(ctx, req, ret, &form, why);
}

enum err
taxii_get_versions(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	static const struct form form = { LIST_VERSIONS, "versions", put_version };

	return answer_list(ctx, req, ret, &form, why);
}
