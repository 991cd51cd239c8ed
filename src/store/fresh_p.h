/* fresh_p.h: a store without objects, for the tests of this module. */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base.h"
#include "cases.h"
#include "json.h"
#include "store.h"

enum { FRESH_PATH_MAX = 256 };
#define FRESH_ARENA_MAX ((size_t)256 * MIB)
#define FRESH_NOW       INT64_C(1'764'000'000'000'000)

struct fresh {
	char folder[FRESH_PATH_MAX];
	char path[FRESH_PATH_MAX + 16];
	struct db *db;
	struct arena *arena;
	struct collection local;
};

static inline void
fresh_endp(struct fresh *f)
{
	static const char *const ends[] = { "", "-wal", "-shm" };
	char name[FRESH_PATH_MAX + 32];

	db_close(f->db);
	arena_free(f->arena);
	for (size_t i = 0; i < COUNTOF(ends); i++) {
		snprintf(name, sizeof(name), "%s%s", f->path, ends[i]);
		(void)unlink(name);
	}
	assert_int_equal(rmdir(f->folder), 0);
}

/* Every call of a test goes through this: a failure prints its reason. */
static inline void
fresh_ok(enum err err, const struct why *why)
{
	if (err != OK)
		fail_msg("%s: %s (%s)", why->code, why->text, why->where);
}

static inline struct collection
fresh_collection(struct fresh *f, const char *alias, enum collection_kind kind, const char *giver)
{
	struct why why = { 0 };
	struct collection c = { .alias = str_of(alias),
		.kind = kind,
		.title = str_of(alias),
		.owner = S("IN:CERT-IN"),
		.giver = str_of(giver) };
	CLEANUP(db_txn_endp) struct db_txn txn = { 0 };

	fresh_ok(db_begin(f->db, &txn, &why), &why);
	fresh_ok(store_collection_ensure(f->db, f->arena, &c, &why), &why);
	fresh_ok(db_commit(&txn, &why), &why);
	return c;
}

static inline void
fresh_begin(struct fresh *f)
{
	const char *tmp = getenv("TMPDIR");
	struct why why = { 0 };

	snprintf(f->folder, sizeof(f->folder), "%s/torana-store-XXXXXX",
	    tmp == NULL ? "/tmp" : tmp);
	assert_non_null(mkdtemp(f->folder));
	snprintf(f->path, sizeof(f->path), "%s/store.db", f->folder);
	fresh_ok(db_open(&(struct db_config){ .place = f->path }, &f->db, &why), &why);
	fresh_ok(db_migrate(f->db, store_migrations, store_migrations_count, NULL, &why), &why);
	f->arena = arena_new(FRESH_ARENA_MAX);
	f->local = fresh_collection(f, "local", COLLECTION_LOCAL, "");
}

/* An object of a test, filled into a template. */
static inline struct str
fresh_indicator(struct arena *a, unsigned number, const char *modified, const char *more)
{
	return arena_printf(a,
	    "{\"type\":\"indicator\",\"spec_version\":\"2.1\","
	    "\"id\":\"indicator--00000000-0000-4000-8000-%08x0000\","
	    "\"created\":\"2026-01-01T00:00:00Z\",\"modified\":\"%s\","
	    "\"pattern\":\"[ipv4-addr:value = '198.51.100.7']\",\"pattern_type\":\"stix\","
	    "\"valid_from\":\"2026-01-01T00:00:00Z\"%s}",
	    number, modified, more);
}

/* Puts a text into a collection, in a transaction of its own; the giver of the
 * collection gave it. */
static inline enum err
fresh_put_as(struct fresh *f, const struct collection *c, struct str text, enum same_version policy,
    enum put_result *ret, struct why *why)
{
	CLEANUP(db_txn_endp) struct db_txn txn = { 0 };
	const struct json *tree = NULL;
	struct stix_object o;
	struct stix_hashes hashes;
	struct provenance from = { .owner = S("IN:CERT-IN"),
		.enclave = S("soc"),
		.giver = c->giver };
	int64_t added = 0;

	fresh_ok(json_parse(f->arena, text, NULL, &tree, why), why);
	fresh_ok(stix_scan(tree, &o, why), why);
	fresh_ok(stix_hash(&o, f->arena, &hashes, why), why);
	const struct store_put put = { .shard_key = c->shard_key,
		.object = &o,
		.hashes = &hashes,
		.provenance = &from,
		.now = FRESH_NOW,
		.same_version = policy };
	fresh_ok(db_begin(f->db, &txn, why), why);
	enum err err = store_put(f->db, &put, ret, &added, why);
	if (err == OK)
		fresh_ok(db_commit(&txn, why), why);
	return err;
}

static inline enum err
fresh_put_in(struct fresh *f, const struct collection *c, struct str text, enum put_result *ret,
    struct why *why)
{
	return fresh_put_as(f, c, text, SAME_FAIL, ret, why);
}

static inline enum err
fresh_put(struct fresh *f, int64_t shard_key, struct str text, enum put_result *ret,
    struct why *why)
{
	const struct collection ours = { .shard_key = shard_key, .giver = S("") };

	return fresh_put_in(f, &ours, text, ret, why);
}

/* Makes it a place where a feed puts what it read. */
static inline void
fresh_mark_feed(struct fresh *f, int64_t shard_key)
{
	CLEANUP(db_txn_endp) struct db_txn txn = { 0 };
	struct why why = { 0 };

	fresh_ok(db_begin(f->db, &txn, &why), &why);
	fresh_ok(db_run(f->db, &why,
	             "INSERT INTO feed_address (shard_key, url, api_root, collection)"
	             " VALUES ($1, '', '', '')",
	             DB_I(shard_key)),
	    &why);
	fresh_ok(db_commit(&txn, &why), &why);
}
