/* shelf_p.h: a derived collection over two others, for the tests of derive*.c. */
#pragma once

#include "derive.h"
#include "fresh_p.h"

#define GREEN       "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"
#define AMBER       "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"
#define RED         "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"
#define UNKNOWN     "marking-definition--00000000-0000-4000-8000-0000000000aa"
#define MARKED(x)   ",\"object_marking_refs\":[\"" x "\"]"
#define LABELLED(x) ",\"labels\":[\"" x "\"]"
#define PART(x)     ",\"granular_markings\":[{\"marking_ref\":\"" x "\",\"selectors\":[\"pattern\"]}]"
#define ALL         "{\"from\":[\"local\"]}"
#define QUERY(more) "{\"from\":[\"local\"]," more "}"
#define EARLY       "2026-02-01T00:00:00Z"
#define ENERGY      QUERY("\"labels\":[\"energy\"]")

struct shelf {
	struct fresh fresh;
	struct collection other;   /* a second source */
	struct collection derived; /* of both */
};

static inline void
define(struct shelf *s, const char *query, struct collection *ret)
{
	struct fresh *f = &s->fresh;
	const int64_t source[] = { f->local.shard_key, s->other.shard_key };
	struct why why = { 0 };
	CLEANUP(db_txn_endp) struct db_txn txn = { 0 };
	static int number;
	const struct derive_define what = {
		.collection = ret,
		.query = str_of(query),
		.source = source,
		.sources = COUNTOF(source),
		.by = S("root1"),
		.now = FRESH_NOW,
	};

	*ret = (struct collection){
		.kind = COLLECTION_DERIVED,
		.alias = arena_printf(f->arena, "derived-%d", number++),
		.title = S("derived"),
		.owner = S("IN:CERT-IN"),
	};
	fresh_ok(db_begin(f->db, &txn, &why), &why);
	fresh_ok(store_derive_define(f->db, f->arena, &what, &why), &why);
	fresh_ok(db_commit(&txn, &why), &why);
}

static inline void
shelf_begin(struct shelf *s, const char *query)
{
	fresh_begin(&s->fresh);
	s->other = fresh_collection(&s->fresh, "other", COLLECTION_LOCAL, "");
	define(s, query, &s->derived);
}

static inline void
put(struct shelf *s, const struct collection *to, struct str text)
{
	enum put_result result;
	struct why why = { 0 };

	fresh_ok(fresh_put(&s->fresh, to->shard_key, text, &result, &why), &why);
}

static inline struct page
page_after(struct shelf *s, const struct collection *c, time_us after, size_t limit)
{
	const struct page_query q = {
		.shard_key = c->shard_key,
		.derived = true,
		.added_after = after,
		.limit = limit,
	};
	struct page page = { 0 };
	struct why why = { 0 };

	fresh_ok(store_page(s->fresh.db, s->fresh.arena, &q, &page, &why), &why);
	return page;
}

static inline struct str
energy(struct shelf *s, unsigned number, const char *modified)
{
	return fresh_indicator(s->fresh.arena, number, modified, LABELLED("energy"));
}

static inline void
withdraw(struct shelf *s, const struct collection *from, struct str id)
{
	struct why why = { 0 };
	int64_t changed = 0;
	CLEANUP(db_txn_endp) struct db_txn txn = { 0 };

	fresh_ok(db_begin(s->fresh.db, &txn, &why), &why);
	fresh_ok(store_withdraw(s->fresh.db, from->shard_key, id, FRESH_NOW, &changed, &why), &why);
	fresh_ok(db_commit(&txn, &why), &why);
	assert_true(changed > 0);
}

static inline struct str
id_of(struct shelf *s, unsigned number)
{
	return arena_printf(s->fresh.arena, "indicator--00000000-0000-4000-8000-%08x0000", number);
}

static inline void
shelf_endp(struct shelf *s)
{
	fresh_endp(&s->fresh);
}

/* A statement that restricts nothing, with so many bytes in it. */
static inline struct str
statement(struct shelf *s, unsigned number, size_t bytes)
{
	char *filler = arena_make(s->fresh.arena, char, bytes + 1);

	memset(filler, 'x', bytes);
	return arena_printf(s->fresh.arena,
	    "{\"type\":\"marking-definition\",\"spec_version\":\"2.1\","
	    "\"id\":\"marking-definition--00000000-0000-4000-8000-%012u\","
	    "\"created\":\"2026-01-01T00:00:00Z\",\"definition_type\":\"statement\","
	    "\"definition\":{\"statement\":\"%s\"}}",
	    number, filler);
}

/* Whether there may be more to do. */
static inline bool
step(struct shelf *s, time_us now)
{
	CLEANUP(db_txn_endp) struct db_txn txn = { 0 };
	struct why why = { 0 };
	bool more = false;

	fresh_ok(db_begin(s->fresh.db, &txn, &why), &why);
	fresh_ok(store_derive_step(s->fresh.db, now, &more, &why), &why);
	fresh_ok(db_commit(&txn, &why), &why);
	return more;
}
