/* Guests and feeds have a bound, and the bound is theirs alone. */
#include "room.h"

#include "fresh_p.h"
#include "put.h"

enum place { BOX, FEED };
#define ACME    "guest:acme"
#define OTHER   "guest:other"
#define PARTNER "JP:JPCERT"

struct hall {
	struct fresh fresh;
	struct collection place[2];
};

static void
hall_endp(struct hall *h)
{
	fresh_endp(&h->fresh);
}

static void
hall_begin(struct hall *h)
{
	fresh_begin(&h->fresh);
	h->place[BOX] = fresh_collection(&h->fresh, "box", COLLECTION_LOCAL, "");
	h->place[FEED] = fresh_collection(&h->fresh, "feed", COLLECTION_LOCAL, "");
	fresh_mark_feed(&h->fresh, h->place[FEED].shard_key);
}

static struct str
identity(struct arena *a, unsigned number)
{
	return arena_printf(a,
	    "{\"type\":\"identity\",\"spec_version\":\"2.1\","
	    "\"id\":\"identity--00000000-0000-4000-8000-%08x0000\","
	    "\"created\":\"2026-01-01T00:00:00Z\",\"modified\":\"2026-01-01T00:00:00Z\","
	    "\"name\":\"x\"}",
	    number);
}

/* Rows of identities as if they had been put: what is counted. */
static void
fill(struct hall *h, enum place place, const char *giver, unsigned first, unsigned n)
{
	static const char add[] =
	    "INSERT INTO object (shard_key, date_added, object_id, version, type, spec_version, "
	    "created, modified, modified_us, revoked, raw_hash, jcs_hash, normal_hash, owner, "
	    "enclave, originator, giver, path, received_under, import_id, withdrawn_at, latest, "
	    "raw) VALUES ($1, $2, $3, '', 'identity', '2.1', '', '', 0, 0, '', '', '', "
	    "'IN:CERT-IN', 'soc', '', $4, '', '', 0, 0, 1, '')";
	CLEANUP(db_txn_endp) struct db_txn txn = { 0 };
	struct why why = { 0 };

	fresh_ok(db_begin(h->fresh.db, &txn, &why), &why);
	for (unsigned i = first; i < first + n; i++) {
		struct str id = arena_printf(h->fresh.arena, "identity--%u", i);

		fresh_ok(db_run(h->fresh.db, &why, add, DB_I(h->place[place].shard_key),
		             DB_I((int64_t)i + 1), DB_T(id), DB_T(str_of(giver))),
		    &why);
	}
	fresh_ok(db_commit(&txn, &why), &why);
}

/* NULL: it is taken. */
static void
expect(struct hall *h, struct collection to, const char *giver, struct str text, const char *code)
{
	struct why why = { 0 };
	enum put_result result;

	to.giver = str_of(giver);
	enum err err = fresh_put_in(&h->fresh, &to, text, &result, &why);
	if ((err == OK) != (code == NULL))
		fail_msg("%s from \"%s\": %s", err_name(err), giver, why.text);
	if (err != OK) {
		assert_int_equal(err, ERR_CONFLICT);
		assert_string_equal(why.code, code);
	}
}

static void
check_guest(void **)
{
	CLEANUP(hall_endp) struct hall h;

	hall_begin(&h);
	struct arena *a = h.fresh.arena;
	fill(&h, BOX, ACME, 0, ROOM_NAMES_GUEST - 1);
	expect(&h, h.place[BOX], ACME, identity(a, 1), NULL);
	expect(&h, h.place[BOX], ACME, identity(a, 2), "store.names");
	expect(&h, h.fresh.local, ACME, identity(a, 2), "store.names"); /* nor elsewhere */
	/* What it has already, and what is no name, goes on. */
	expect(&h, h.place[BOX], ACME, identity(a, 1), NULL);
	expect(&h, h.place[BOX], ACME, fresh_indicator(a, 1, "2026-01-01T00:00:00Z", ""), NULL);
	/* And so do all others. */
	expect(&h, h.place[BOX], OTHER, identity(a, 3), NULL);
	expect(&h, h.place[FEED], "", identity(a, 4), NULL);
	expect(&h, h.fresh.local, "", identity(a, 5), NULL);
	expect(&h, h.place[BOX], PARTNER, identity(a, 6), NULL);
}

static void
check_feed(void **)
{
	CLEANUP(hall_endp) struct hall h;

	hall_begin(&h);
	struct arena *a = h.fresh.arena;
	fill(&h, FEED, "", 0, ROOM_NAMES_FEED);
	expect(&h, h.place[FEED], "", identity(a, 1), "store.names");
	expect(&h, h.place[FEED], "", fresh_indicator(a, 1, "2026-01-01T00:00:00Z", ""), NULL);
	expect(&h, h.fresh.local, "", identity(a, 1), NULL);
	expect(&h, h.place[BOX], ACME, identity(a, 2), NULL);
}

/* As people leave it who purged the object out of a collection. */
static void
bury(struct hall *h, unsigned number, const struct collection *where)
{
	CLEANUP(db_txn_endp) struct db_txn txn = { 0 };
	struct str id =
	    arena_printf(h->fresh.arena, "identity--00000000-0000-4000-8000-%08x0000", number);
	struct why why = { 0 };

	fresh_ok(db_begin(h->fresh.db, &txn, &why), &why);
	fresh_ok(
	    db_run(h->fresh.db, &why,
	        "INSERT INTO tombstone (leaf, object_id, version, raw_hash, giver, reason, at, "
	        "shard_key) VALUES ($1, $2, '', CAST('' AS {blob}), '', '', 1, $3)",
	        DB_I(number), DB_T(id), DB_I(where->shard_key)),
	    &why);
	fresh_ok(db_commit(&txn, &why), &why);
}

/* What was purged is refused as that, room or none, and takes none from what comes with it. */
static void
check_purged(void **)
{
	CLEANUP(hall_endp) struct hall h;
	struct import_result result;
	struct why why = { 0 };

	hall_begin(&h);
	struct arena *a = h.fresh.arena;
	bury(&h, 1, &h.fresh.local); /* wherever in the compartment it lay */
	bury(&h, 2, &h.place[FEED]);
	fill(&h, FEED, "", 0, ROOM_NAMES_FEED - 1);
	const struct import_request page = {
		.text = arena_printf(a, "{\"objects\":[" STR_FMT "," STR_FMT "," STR_FMT "]}",
		    STR_ARG(identity(a, 1)), STR_ARG(identity(a, 2)), STR_ARG(identity(a, 3))),
		.source = S("feed"),
		.actor = S("feed"),
		.shard_key = h.place[FEED].shard_key,
		.provenance = { .owner = S("IN:CERT-IN"), .enclave = S("soc") },
		.now = FRESH_NOW,
	};
	fresh_ok(store_import(h.fresh.db, a, &page, &result, &why), &why);
	assert_int_equal(result.new_versions, 1);
	assert_int_equal(result.refused, 2);
	expect(&h, h.place[FEED], "", identity(a, 4), "store.names"); /* full */
	expect(&h, h.place[FEED], "", identity(a, 1), "store.purged");
	expect(&h, h.place[FEED], "", identity(a, 2), "store.purged");
	expect(&h, h.fresh.local, "", identity(a, 1), NULL); /* by hand */
}

/* Many accounts have no more than one bound together. */
static void
check_all(void **)
{
	CLEANUP(hall_endp) struct hall h;

	hall_begin(&h);
	struct arena *a = h.fresh.arena;
	fill(&h, FEED, "", 0, ROOM_NAMES_FEED);
	for (unsigned at = ROOM_NAMES_FEED, guest = 0; at < ROOM_NAMES_ALL; guest++) {
		unsigned n = ROOM_NAMES_ALL - at < ROOM_NAMES_GUEST ? ROOM_NAMES_ALL - at
		                                                    : ROOM_NAMES_GUEST - 1;

		fill(&h, BOX, arena_cstr(a, arena_printf(a, "guest:g%u", guest)), at, n);
		at += n;
	}
	expect(&h, h.place[BOX], ACME, identity(a, 1), "store.names");
	expect(&h, h.place[BOX], "guest:g0", identity(a, 1), "store.names");
	expect(&h, h.fresh.local, "", identity(a, 1), NULL);
	expect(&h, h.place[BOX], PARTNER, identity(a, 2), NULL);
}

static void
check_versions(void **)
{
	static const char add[] =
	    "INSERT INTO object SELECT $1, o.date_added - n.i, o.object_id, o.version || '.' || n.i, "
	    "'tool', o.spec_version, o.created, o.modified, 0, 0, o.raw_hash, o.jcs_hash, "
	    "o.normal_hash, o.owner, o.enclave, o.originator, o.giver, o.path, o.received_under, "
	    "o.import_id, 0, 0, '' FROM object o CROSS JOIN (WITH RECURSIVE c(i) AS (SELECT 1 UNION "
	    "ALL SELECT i + 1 FROM c WHERE i < $2) SELECT i FROM c) n WHERE o.giver = 'guest:acme'";
	CLEANUP(hall_endp) struct hall h;
	struct why why = { 0 };

	hall_begin(&h);
	struct arena *a = h.fresh.arena;
	struct str one = fresh_indicator(a, 1, "2026-01-01T00:00:00Z", "");
	expect(&h, h.place[BOX], ACME, one, NULL);
	{
		CLEANUP(db_txn_endp) struct db_txn txn = { 0 };

		fresh_ok(db_begin(h.fresh.db, &txn, &why), &why);
		fresh_ok(db_run(h.fresh.db, &why, add, DB_I(h.place[BOX].shard_key),
		             DB_I(ROOM_VERSIONS_GUESTS - 1)),
		    &why);
		fresh_ok(db_commit(&txn, &why), &why);
	}
	struct str two = fresh_indicator(a, 2, "2026-01-01T00:00:00Z", "");
	expect(&h, h.place[BOX], OTHER, two, "store.room");
	expect(&h, h.place[BOX], ACME, one, NULL);
	expect(&h, h.fresh.local, OTHER, two, NULL); /* another collection has room */
	expect(&h, h.place[BOX], "", two, NULL);     /* and ours have it here, too */
}

int
main(int argc, char **argv)
{
	static struct cases list;

	CASE(&list, check_guest);
	CASE(&list, check_feed);
	CASE(&list, check_purged);
	CASE(&list, check_all);
	CASE(&list, check_versions);
	return cases_run("room", &list, argc, argv);
}
