/* How much guests and feeds may hand in.
 *
 * Every name that is here is looked for in every text that leaves, and when there are too many
 * to look for nothing leaves.  So those that anybody may send have a bound far below that one:
 * ours and the partners' always fit. */
#include "room.h"

#include "put_p.h"
#include "rank.h"

#define NAMES "o.type IN ('identity', 'email-addr', 'user-account')"

/* By the index of each collection. */
static const char count_guest[] =
    "SELECT COUNT(DISTINCT o.object_id) FROM collection c CROSS JOIN object o "
    "WHERE o.shard_key = c.shard_key AND o.giver = $1 AND o.giver <> '' AND " NAMES;
static const char count_feed[] = "SELECT COUNT(DISTINCT o.object_id) FROM object o "
                                 "WHERE o.shard_key = $1 AND o.latest = 1 AND " NAMES;
static const char count_guests[] =
    "SELECT COUNT(DISTINCT o.object_id) FROM collection c CROSS JOIN object o "
    "WHERE o.shard_key = c.shard_key AND o.giver <> '' AND " RANK_IS_GUEST("o") " AND " NAMES;
static const char count_feeds[] =
    "SELECT COUNT(DISTINCT o.object_id) FROM feed_address c CROSS JOIN object o "
    "WHERE o.shard_key = c.shard_key AND o.latest = 1 AND " NAMES;
static const char count_versions[] = "SELECT COUNT(*) FROM object o WHERE o.shard_key = $1 "
                                     "AND o.giver <> '' AND " RANK_IS_GUEST("o");
static const char find_held[] = "SELECT held_bytes FROM feed_address WHERE shard_key = $1";
static const char find_feed[] = "SELECT COUNT(*) FROM feed_address WHERE shard_key = $1";

static enum err
count(struct put_head *h, const char *sql, const struct db_value *args, size_t n, int64_t *ret,
    struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	TRY(db_query_one(h->db, sql, args, n, &rows, why));
	*ret = db_col_i64(&rows, 0);
	return OK;
}

static enum err
count_names(struct put_head *h, struct str guest, struct why *why)
{
	struct put_room *room = &h->room;
	int64_t guests = 0, feeds = 0;

	if (guest.len > 0)
		TRY(count(h, DB_SQL(count_guest, DB_T(guest)), &room->names, why));
	else
		TRY(count(h, DB_SQL(count_feed, DB_I(h->shard_key)), &room->names, why));
	TRY(count(h, count_guests, NULL, 0, &guests, why));
	TRY(count(h, count_feeds, NULL, 0, &feeds, why));
	room->names_all = guests + feeds;
	room->names_known = true;
	return OK;
}

static bool
is_name(struct str type)
{
	return str_is(type, "identity") || str_is(type, "email-addr") ||
	       str_is(type, "user-account");
}

static enum err
check_names(struct put_head *h, struct str guest, struct why *why)
{
	struct put_room *room = &h->room;
	int64_t most = guest.len > 0 ? ROOM_NAMES_GUEST : ROOM_NAMES_FEED;

	if (!room->names_known)
		TRY(count_names(h, guest, why));
	if (room->names++ >= most)
		return fail(why, ERR_CONFLICT, "store.names",
		    "%lld identities, mailboxes and accounts of this %s are here and no more are "
		    "taken, as each is looked for in all that leaves: have some purged",
		    (long long)most, guest.len > 0 ? "guest" : "feed");
	if (room->names_all++ >= ROOM_NAMES_ALL)
		return fail(why, ERR_CONFLICT, "store.names",
		    "%d identities, mailboxes and accounts of guests and feeds are here and no "
		    "more are taken, as each is looked for in all that leaves: have some purged",
		    ROOM_NAMES_ALL);
	return OK;
}

static enum err
check_versions(struct put_head *h, struct why *why)
{
	struct put_room *room = &h->room;

	if (!room->versions_known)
		TRY(count(h, DB_SQL(count_versions, DB_I(h->shard_key)), &room->versions, why));
	room->versions_known = true;
	if (room->versions++ >= ROOM_VERSIONS_GUESTS)
		return fail(why, ERR_CONFLICT, "store.room",
		    "%d versions by guests are in this collection and no more are taken: have "
		    "some purged, or ask for another collection",
		    ROOM_VERSIONS_GUESTS);
	return OK;
}

/* By people, in this compartment: what they took out for good a feed does not bring back, in no
 * version. */
static const char find_purged[] =
    "SELECT 1 FROM tombstone t CROSS JOIN collection c CROSS JOIN collection me "
    "WHERE t.object_id = $2 AND t.giver = '' AND c.shard_key = t.shard_key "
    "AND me.shard_key = $1 AND c.owner = me.owner AND c.enclave = me.enclave LIMIT 1";

static enum err
check_purged(struct put_head *h, const struct put_row *r, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	struct str id = r->put->object->id;
	bool purged = false;

	TRY(db_select(h->db, &rows, why, find_purged, DB_I(h->shard_key), DB_T(id)));
	TRY(db_next(&rows, &purged, why));
	return !purged ? OK
	               : fail(why, ERR_CONFLICT, "store.purged",
	                     STR_FMT " was purged here and no feed brings it back: import it by "
	                             "hand if it shall be here again",
	                     STR_ARG(id));
}

static enum err
check_feed(struct put_head *h, const struct put_row *r, const struct put_known *k, struct why *why)
{
	struct put_room *room = &h->room;

	if (!room->feed_known)
		TRY(count(h, DB_SQL(find_feed, DB_I(h->shard_key)), &room->feed, why));
	room->feed_known = true;
	if (room->feed == 0 || (k->found && !k->of_other))
		return OK;
	TRY(check_purged(h, r, why));
	return is_name(r->put->object->type) ? check_names(h, S(""), why) : OK;
}

/* One count for each visit to the head: of one caller, into one collection. */
enum err
put_check_room(struct put_head *h, const struct put_row *r, const struct put_known *k,
    struct why *why)
{
	struct str giver = r->put->provenance->giver;
	bool guest = rank_is_guest(giver), mine = k->found && !k->of_other;

	if (giver.len == 0)
		return check_feed(h, r, k, why);
	if (!guest)
		return OK;
	if (!(mine && k->exact))
		TRY(check_versions(h, why));
	return mine || !is_name(r->put->object->type) ? OK : check_names(h, giver, why);
}

enum err
store_feed_room(struct db *db, int64_t shard_key, int64_t bytes, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	TRY(db_select(db, &rows, why, find_held, DB_I(shard_key)));
	TRY(db_next(&rows, &has, why));
	if (!has || db_col_i64(&rows, 0) + bytes <= ROOM_BYTES_FEED)
		return OK;
	return fail(why, ERR_CONFLICT, "feed.room",
	    "its objects would be more than the %lld MiB that a feed may hold here: purge what is not "
	    "needed, or ask it for fewer types; nothing of the page was taken",
	    (long long)(ROOM_BYTES_FEED / MIB));
}
