/* contents_p.h: several contents of one version, for the tests of this module. */
#pragma once

#include "conflict.h"
#include "fresh_p.h"

#define ID "indicator--11111111-1111-4111-8111-111111111111"
#define AT "2026-01-01T00:00:00Z"
#define IND(more)                                                           \
	"{\"type\":\"indicator\",\"id\":\"" ID "\",\"created\":\"" AT "\"," \
	"\"modified\":\"" AT "\"" more "}"
#define MARK(text)                                                             \
	"{\"type\":\"marking-definition\","                                    \
	"\"id\":\"marking-definition--22222222-2222-4222-8222-222222222222\"," \
	"\"created\":\"" AT "\",\"definition_type\":\"statement\","            \
	"\"definition\":{\"statement\":\"" text "\"}}"
#define CREATED_BY(n) ",\"created_by_ref\":\"identity--" n "1111111-1111-4111-8111-111111111111\""

static const struct compartment ours = { { "IN:CERT-IN", 10 }, { "soc", 3 } };
static const struct compartment others = { { "IN:CERT-IN", 10 }, { "legal", 5 } };

struct put_in {
	struct fresh *f;
	const struct collection *c;
	enum same_version policy;
};

static inline enum put_result
put_text(const struct put_in *in, const char *text)
{
	struct why why = { 0 };
	enum put_result result = PUT_NEW;

	fresh_ok(fresh_put_as(in->f, in->c, str_of(text), in->policy, &result, &why), &why);
	return result;
}

static inline struct conflict_list
conflicts_of(struct fresh *f, const struct compartment *of, struct str id)
{
	const struct conflict_query q = { of, id, CONFLICTS_MAX };
	struct conflict_list list;
	struct why why = { 0 };

	fresh_ok(store_conflicts(f->db, f->arena, &q, &list, &why), &why);
	return list;
}

/* What is served under the version: the same from the store and by a page. */
static inline void
expect_served(struct fresh *f, struct str id, const char *want)
{
	struct stored o;
	struct page page;
	struct why why = { 0 };
	const struct page_query q = { .shard_key = f->local.shard_key,
		.limit = 10,
		.versions = 1,
		.version = { { .filter = VERSION_ALL } } };

	fresh_ok(store_latest(f->db, f->arena, id, &o, &why), &why);
	assert_true(str_is(o.raw, want));
	fresh_ok(store_page(f->db, f->arena, &q, &page, &why), &why);
	assert_int_equal(page.len, 1);
	assert_true(str_is(page.object[0].raw, want));
	assert_true(str_eq(page.object[0].version, S(AT)));
}
