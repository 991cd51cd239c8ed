/* store.h: objects, versions, provenance and collections of one realm.
 *
 * The store keeps the bytes that came in and serves the same bytes; columns are
 * an index over them.  Inside a collection date_added is a unique, strictly
 * increasing number of microseconds: a reader's cursor never skips (law 7).
 *
 * Functions take a struct db: on a writer inside the caller's transaction, on a
 * reader anywhere.  What they return lives in the caller's arena. */
#pragma once

#include "base.h"
#include "clock.h"
#include "compartment.h"
#include "db.h"
#include "hash.h"
#include "migrate.h"
#include "rank.h"
#include "stix.h"

/* The schema's migrations, for db_migrate(). */
extern const struct db_migration store_migrations[];
extern const size_t store_migrations_count;

/* ---- settings: facts fixed at init (party, organisation, node name ...) ---- */

/* Sets it; the last value stays. */
enum err store_setting_put(struct db *db, struct str name, struct str value, struct why *why);
/* ERR_NOT_FOUND. */
enum err store_setting_get(struct db *db, struct str name, struct arena *a, struct str *ret,
    struct why *why);

/* ---- collections ---- */

enum collection_kind {
	COLLECTION_LOCAL,
	COLLECTION_RECEIVED,
	COLLECTION_RELEASED,
	COLLECTION_DERIVED, /* by a saved query, from local ones: derive.h */
};

struct collection {
	int64_t shard_key;
	struct str id; /* UUID */
	struct str alias;
	enum collection_kind kind;
	struct str title;
	struct str description;
	struct str owner;
	struct str enclave;
	struct str recipient;
	struct str agreement;
	struct str giver;
	bool can_write;
	time_us changed; /* another number whenever the collection shows something else */
};

/* Adds it (with a new shard_key and, when empty, a new id) unless one with the
 * same kind, alias, recipient, giver, agreement, owner and enclave exists; fills in the row.
 * In a transaction. */
enum err store_collection_ensure(struct db *db, struct arena *a, struct collection *c,
    struct why *why);
/* By UUID or, of several the one made first, alias.  ERR_NOT_FOUND. */
enum err store_collection_find(struct db *db, struct arena *a, struct str id_or_alias,
    struct collection *ret, struct why *why);
/* All, in the order of shard_key; bounded by COLLECTIONS_MAX. */
enum { COLLECTIONS_MAX = 1024 };
enum err store_collections(struct db *db, struct arena *a, struct collection **ret, size_t *ret_len,
    struct why *why);

/* ---- putting objects ---- */

struct provenance {
	struct str owner;
	struct str enclave;
	struct str originator;
	struct str giver;
	struct str path;
	struct str received_under;
	int64_t import_id;
};

enum put_result {
	PUT_NEW,
	PUT_SAME,
	PUT_ASIDE,  /* other content of a version that is here: kept beside what is served */
	PUT_SERVED, /* the same, and served now in place of the first, which is kept */
};

/* What becomes of other content of a version that is here (SI-046).  Both bytes are
 * kept, up to some contents of a version. */
enum same_version {
	SAME_FAIL,   /* ERR_CONFLICT, and nothing changes: no one is to be asked */
	SAME_KEEP,   /* the first is served: PUT_ASIDE */
	SAME_NEWEST, /* the last is served, unless the first was revoked, was released to a
	              * partner or has another creator or giver: PUT_SERVED or PUT_ASIDE */
	SAME_REFUSE, /* the first is served, and the sender is told that it failed: PUT_ASIDE */
};

/* Adds one version to a collection, inside the caller's transaction.
 *
 * PUT_SAME      the same version with the same normalised hash is there: the
 *               first bytes are kept
 * ERR_CONFLICT  the same version with other content when same_version says so
 *               (SI-046), another `created` (SI-041), a version after a revoked one
 *               (SI-044), a marking definition with other content (SI-048), a
 *               predefined TLP marking that says something else (SI-069), a guest's
 *               object under the id of what another gave (store.giver), more than guests
 *               and feeds may hand in (store.names, store.room)
 * ERR_NOT_FOUND no such collection
 *
 * What a guest gave under the id makes way for what is not a guest's: it is kept, and
 * counts no more.  A copy of a predefined TLP marking that only spells it otherwise is PUT_SAME.
 *
 * now   wall clock; date_added is max(head, now) + 1 */
struct store_put {
	int64_t shard_key;
	const struct stix_object *object;
	const struct stix_hashes *hashes;
	const struct provenance *provenance;
	time_us now;
	bool again; /* a withdrawn version is shown again, at a new date_added: PUT_NEW */
	bool named; /* our own version that is there is now of this import: it names a source */
	enum same_version same_version;
};
enum err store_put(struct db *db, const struct store_put *put, enum put_result *ret,
    int64_t *ret_date_added, struct why *why);

/* ---- reading ---- */

struct stored {
	int64_t shard_key;
	time_us date_added;
	struct str id;
	struct str version; /* stix_version_key() */
	struct str type;
	struct str spec_version;
	struct str created;
	struct str modified;
	time_us modified_us;
	bool revoked;
	struct str raw; /* exact bytes; empty when the query left them out */
	struct hash raw_hash;
	struct hash normal_hash;
	struct provenance provenance;
	time_us withdrawn_at;
	enum rank rank; /* by store_latest*() alone */
};

/* The latest version of an object over all collections that are not
 * "released" (what we have, not what we gave).  That of the better rank counts,
 * whatever its date.  ERR_NOT_FOUND. */
enum err store_latest(struct db *db, struct arena *a, struct str id, struct stored *ret,
    struct why *why);
/* The latest that a compartment sees: its own, or released to it internally.
 * ERR_NOT_FOUND: none, or elsewhere; nobody can tell which. */
enum err store_latest_of(struct db *db, struct arena *a, struct str id,
    const struct compartment *of, struct stored *ret, struct why *why);
/* The latest that belongs to a compartment: what another shows it is not its own
 * to give on.  ERR_NOT_FOUND. */
enum err store_latest_own(struct db *db, struct arena *a, struct str id,
    const struct compartment *of, struct stored *ret, struct why *why);
/* Whether what is held under the identifier of a marking says for an object what that
 * marking means: one meaning, by us, by who gave the object or, of what a feed or a guest
 * brought, by a partner or a feed.  True also when nothing is held under it. */
enum err store_explains(struct db *db, const struct stored *of, struct str marking, bool *ret,
    struct why *why);
/* The newest VERSIONS_MAX of the versions that a compartment sees, withdrawn
 * ones among them, oldest first: one row for each collection, not "released",
 * that holds it. */
enum { VERSIONS_MAX = 1000 };
struct stored_list {
	struct stored *object;
	size_t len;
};
enum err store_versions(struct db *db, struct arena *a, struct str id, const struct compartment *of,
    struct stored_list *ret, struct why *why);

/* A page of a collection (TAXII 2.1 filters), oldest first. */
enum { PAGE_MAX = 1000, FILTER_VALUES_MAX = 64 };
enum version_filter { VERSION_LAST, VERSION_FIRST, VERSION_ALL, VERSION_TEXT };
struct page_query {
	int64_t shard_key;
	bool derived;        /* its kind is COLLECTION_DERIVED: newest versions alone */
	time_us added_after; /* exclusive; 0: from the start */
	size_t limit;        /* 1 .. PAGE_MAX */
	size_t ids;
	struct str id[FILTER_VALUES_MAX];
	size_t types;
	struct str type[FILTER_VALUES_MAX];
	size_t spec_versions;
	struct str spec_version[FILTER_VALUES_MAX];
	size_t versions; /* 0: VERSION_LAST */
	struct {
		enum version_filter filter;
		struct str text; /* VERSION_TEXT: a timestamp */
	} version[FILTER_VALUES_MAX];
	bool without_raw; /* a manifest needs no bytes */
	bool only_raw;    /* an envelope needs date_added and raw: the rest may stay empty */
};
struct page {
	struct stored *object;
	size_t len;
	bool more; /* another page follows, after object[len - 1].date_added */
};
enum err store_page(struct db *db, struct arena *a, const struct page_query *q, struct page *ret,
    struct why *why);

/* A list for people: latest versions of what a compartment sees in "local" and "received"
 * collections, newest first, without bytes; limit is at most LIST_MAX. */
enum { LIST_MAX = 10'000 };
enum err store_list(struct db *db, struct arena *a, const struct compartment *of, size_t limit,
    struct page *ret, struct why *why);

/* Called for one object; id and raw live during the call. */
typedef enum err store_each_fn(void *arg, struct str id, struct str raw, struct why *why);
/* The newest versions of all objects of a type in "local" and "received"
 * collections, without revoked and withdrawn ones, in the order of their
 * identifiers.  What fn returns ends the visit.
 *
 * of    only what this compartment sees; NULL: all that the node holds, for
 *       its own work */
struct store_visit {
	struct str type;
	const struct compartment *of;
	store_each_fn *fn;
	void *arg;
};
enum err store_each_latest(struct db *db, const struct store_visit *visit, struct why *why);

/* Takes an object out of what a collection shows (recall, tightening). */
enum err store_withdraw(struct db *db, int64_t shard_key, struct str id, time_us now,
    int64_t *ret_changed, struct why *why);

/* Takes versions of the one object of a query out of what a collection shows: those
 * that its filters let through, all when it names no version.  limit and added_after do
 * not count.  In a transaction.
 * ERR_INVALID (store.version-text): a version that is none; ERR_FORBIDDEN (store.newest): the
 * newest without all others, so that an older marking would count again. */
enum err store_withdraw_versions(struct db *db, const struct page_query *q, time_us now,
    int64_t *ret_changed, struct why *why);

/* Deletes the versions of an object that a collection took in until an instant, and what
 * they were before a conversion.
 * Whom it referred to stays known: a disclosure is told after its content has gone. */
enum err store_erase(struct db *db, int64_t shard_key, struct str id, time_us until,
    struct why *why);

/* ---- import ---- */

struct import_problem {
	uint64_t index; /* place in the bundle, from 0 */
	struct str id;
	struct str pointer;
	struct str rule;
	struct str message;
	enum stix_level level; /* a warning: the object was stored all the same */
};
/* What was done to an object of another format to make STIX 2.1 of it. */
struct import_change {
	uint64_t index;
	struct str id;
	const char *what; /* "moved" */
	struct str pointer;
	struct str message;
};
struct import_converted {
	const char *format; /* "stix-2.0" */
	struct str object;  /* ptr is NULL: it needs no conversion */
	const struct str *made;
	size_t made_len; /* further objects that were parts of it */
	const struct import_change *change;
	size_t changes, changes_more;
};
/* Converts one element; what it returns lives in the arena. */
typedef enum err import_convert_fn(const struct json *tree, struct arena *a,
    struct import_converted *ret, struct why *why);

struct import_request {
	struct str text;   /* a bundle, a TAXII envelope ({"objects": [...]}) or one object */
	struct str source; /* file name or peer, for the record */
	struct str named;  /* source whose policy speaks for what has no marking; may be empty */
	struct str actor;
	int64_t shard_key;
	struct provenance provenance;
	time_us now;
	bool warnings; /* list warnings, too */
	/* NULL: STIX 2.1 or nothing.  An object that it cannot convert is refused; the bytes
	 * of one that it did are kept beside what came out (store_conversion()). */
	import_convert_fn *convert;
	enum same_version same_version; /* other content of a version; SAME_FAIL is SAME_KEEP */
};
enum {
	IMPORT_PROBLEMS_MAX = 10'000,
	IMPORT_BYTES_MAX = JSON_BYTES_MAX, /* twenty times the largest public bundle */
};
struct import_result {
	int64_t import_id;
	uint64_t read;
	uint64_t new_versions;
	uint64_t same;
	uint64_t refused;
	uint64_t kept; /* beside other content of the version, and no refusal */
	uint64_t
	    differing; /* had other content than their version here; in new, kept and refused */
	struct str differs; /* the first of them */
	uint64_t converted;
	uint64_t made; /* objects that were parts of one that was read */
	struct import_change *change;
	size_t changes;
	size_t changes_more;            /* that found no room in the list */
	struct import_problem *problem; /* refusals, differing ones, warnings when asked for */
	size_t problems;
	size_t problems_more; /* that found no room in the list */
};
/* Validates and stores each object by itself: a broken one is reported with its
 * place and the others go on.  Commits in batches; the same file twice changes
 * nothing.  Runs its own transactions: db is a writer outside of one.
 *
 * ERR_INVALID  the text is no JSON, or has no objects: nothing was stored
 * ERR_LIMIT    larger than IMPORT_BYTES_MAX; ERR_IO */
enum err store_import(struct db *db, struct arena *a, const struct import_request *request,
    struct import_result *ret, struct why *why);

/* What a stored version was before it was converted. */
struct conversion {
	struct str format; /* "stix-2.0"; empty: it came as it is */
	struct str original;
	struct str changes; /* JSON list of {"what","pointer","message"} */
	int64_t import_id;
	time_us at;
};
/* OK also when it was not converted. */
enum err store_conversion(struct db *db, struct arena *a, const struct stored *of,
    struct conversion *ret, struct why *why);

/* Whether so many bytes more fit where a feed puts what it read (ROOM_BYTES_FEED); always
 * where none does.  ERR_CONFLICT (feed.room): they do not. */
enum err store_feed_room(struct db *db, int64_t shard_key, int64_t bytes, struct why *why);

/* ---- references ---- */

/* Stands in object_ref as the target of what has parts under a marking of their own. */
#define REFS_PARTS "granular_markings"

/* Brings object_ref up to date with every "local" and "received" collection.
 * created_by_ref and marking references are left out: they tie nothing
 * together and would make hubs.  In a transaction. */
enum err store_refs_catch_up(struct db *db, struct why *why);

/* ---- events ---- */

struct event {
	/* Increases; a reader asks for those after the last it saw.  Taken from the
	 * clock: what is missing between two says nothing about other compartments. */
	int64_t ordinal;
	time_us at;
	struct str name;
	struct str owner; /* whose people see it; empty: everybody's */
	struct str enclave;
	struct str subject;
	struct str detail; /* JSON, or empty */
};
/* Notes that something happened, for the page that shows it live.  The ordinal is given here. */
enum err store_event(struct db *db, const struct event *event, struct why *why);

struct event_list {
	struct event *event;
	size_t len;
};
enum { EVENTS_MAX = 1000 };
/* What a compartment sees after an ordinal, oldest first; limit is at most EVENTS_MAX. */
struct event_query {
	const struct compartment *of;
	int64_t after;
	size_t limit;
};
enum err store_events(struct db *db, struct arena *a, const struct event_query *q,
    struct event_list *ret, struct why *why);
