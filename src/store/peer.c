#include "peer.h"

#include "stored_p.h"

#define COLUMNS                                                                            \
	"name, party, kind, url, log_key, witness_key, identity, tls_pin, agreement_key, " \
	"invitation, verified_at, added_at"

static const char add_peer[] = "INSERT INTO peer (" COLUMNS ") "
                               "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
static const char find_by_name[] = "SELECT " COLUMNS " FROM peer WHERE name = $1";
static const char find_by_pin[] = "SELECT " COLUMNS " FROM peer WHERE tls_pin = $1 LIMIT 1";
static const char find_by_party[] =
    "SELECT " COLUMNS " FROM peer WHERE party = $1 ORDER BY name LIMIT 1";
static const char find_any_of[] =
    "SELECT " COLUMNS " FROM peer WHERE name = $1 OR party = $2 OR tls_pin = $3 "
    "ORDER BY name LIMIT 1";
static const char list_peers[] = "SELECT " COLUMNS " FROM peer ORDER BY name LIMIT $1";
static const char count_peers[] = "SELECT COUNT(*) FROM peer";
static const char set_verified[] =
    "UPDATE peer SET verified_at = CASE WHEN verified_at = 0 THEN $2 ELSE verified_at END "
    "WHERE name = $1";

/* ---- reading ---- */

static enum err
read_bytes(struct str from, void *ret, size_t len, struct why *why)
{
	if (from.len != len)
		return fail(why, ERR_TAMPERED, "store.row",
		    "a stored key has %zu bytes instead of %zu: restore the database from a backup",
		    from.len, len);
	memcpy(ret, from.ptr, len);
	return OK;
}

static enum err
read_peer(const struct db_rows *rows, struct arena *a, struct peer *ret, struct why *why)
{
	struct peer p = { .verified_at = db_col_i64(rows, 10), .added_at = db_col_i64(rows, 11) };
	struct str *const texts[] = { &p.name, &p.party, &p.kind, &p.url, &p.log_key,
		&p.witness_key, &p.identity };
	struct str invitation = db_col_blob(rows, 9);

	TRY(read_bytes(db_col_blob(rows, 7), p.tls_pin.byte, sizeof(p.tls_pin.byte), why));
	TRY(read_bytes(db_col_blob(rows, 8), p.agreement_key, sizeof(p.agreement_key), why));
	for (size_t i = 0; i < COUNTOF(texts); i++) {
		struct str from = db_col_text(rows, i);

		*texts[i] = arena_str(a, from);
		if (texts[i]->ptr == NULL && from.len > 0)
			return stored_full(why);
	}
	p.invitation = arena_str(a, invitation);
	if (p.invitation.ptr == NULL && invitation.len > 0)
		return stored_full(why);
	*ret = p;
	return OK;
}

static enum err
find_one(struct db_rows *rows, struct arena *a, struct peer *ret, struct why *why)
{
	bool has = false;

	TRY(db_next(rows, &has, why));
	if (!has)
		return fail(why, ERR_NOT_FOUND, "store.peer-unknown",
		    "there is no such peer: accept its invitation first");
	return read_peer(rows, a, ret, why);
}

enum err
store_peer_find(struct db *db, struct arena *a, struct str name, struct peer *ret, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	TRY(db_select(db, &rows, why, find_by_name, DB_T(name)));
	return find_one(&rows, a, ret, why);
}

enum err
store_peer_by_pin(struct db *db, struct arena *a, const struct hash *pin, struct peer *ret,
    struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	TRY(db_select(db, &rows, why, find_by_pin, DB_B(hash_str(pin))));
	return find_one(&rows, a, ret, why);
}

enum err
store_peer_by_party(struct db *db, struct arena *a, struct str party, struct peer *ret,
    struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	TRY(db_select(db, &rows, why, find_by_party, DB_T(party)));
	return find_one(&rows, a, ret, why);
}

enum err
store_peers(struct db *db, struct arena *a, struct peer **ret, size_t *ret_len, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	struct peer *list = arena_make(a, struct peer, PEERS_MAX);
	size_t len = 0;
	bool has = false;

	if (list == NULL)
		return stored_full(why);
	TRY(db_select(db, &rows, why, list_peers, DB_I(PEERS_MAX)));
	for (;;) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			break;
		TRY(read_peer(&rows, a, &list[len++], why));
	}
	*ret = list;
	*ret_len = len;
	return OK;
}

/* ---- writing ---- */

static bool
is_same(const struct peer *a, const struct peer *b)
{
	return str_eq(a->name, b->name) && str_eq(a->party, b->party) && str_eq(a->kind, b->kind) &&
	       str_eq(a->url, b->url) && hash_eq(&a->tls_pin, &b->tls_pin) &&
	       str_eq(a->log_key, b->log_key) && str_eq(a->witness_key, b->witness_key) &&
	       str_eq(a->identity, b->identity) && str_eq(a->invitation, b->invitation) &&
	       memcmp(a->agreement_key, b->agreement_key, sizeof(a->agreement_key)) == 0;
}

/* Whether the peer is there; anything half the same is a conflict. */
static enum err
find_same(struct db *db, const struct peer *p, bool *ret, struct why *why)
{
	enum { ROW_MAX = MIB }; /* an invitation and its fields */
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	CLEANUP(arena_freep) struct arena *a = arena_new(ROW_MAX);
	struct peer there = { 0 };

	TRY(db_select(db, &rows, why, find_any_of, DB_T(p->name), DB_T(p->party),
	    DB_B(hash_str(&p->tls_pin))));
	TRY(db_next(&rows, ret, why));
	if (!*ret)
		return OK;
	TRY(read_peer(&rows, a, &there, why));
	if (!is_same(p, &there))
		return fail(why, ERR_CONFLICT, "store.peer",
		    STR_FMT " of " STR_FMT " is known with other keys or another address: remove "
		            "it by hand first, after a telephone call",
		    STR_ARG(there.name), STR_ARG(there.party));
	return OK;
}

static enum err
check_room(struct db *db, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	TRY(db_query_one(db, count_peers, NULL, 0, &rows, why));
	if (db_col_i64(&rows, 0) >= PEERS_MAX)
		return fail(why, ERR_LIMIT, "store.peers", "a node has at most %d peers",
		    PEERS_MAX);
	return OK;
}

enum err
store_peer_put(struct db *db, const struct peer *p, struct why *why)
{
	const struct str key = { (const char *)p->agreement_key, sizeof(p->agreement_key) };
	bool same = false;

	TRY(find_same(db, p, &same, why));
	if (same)
		return OK;
	TRY(check_room(db, why));
	return db_run(db, why, add_peer, DB_T(p->name), DB_T(p->party), DB_T(p->kind), DB_T(p->url),
	    DB_T(p->log_key), DB_T(p->witness_key), DB_T(p->identity), DB_B(hash_str(&p->tls_pin)),
	    DB_B(key), DB_B(p->invitation), DB_I(p->verified_at), DB_I(p->added_at));
}

enum err
store_peer_verified(struct db *db, struct str name, time_us at, struct why *why)
{
	int64_t changed = 0;

	TRY(db_exec(db, DB_SQL(set_verified, DB_T(name), DB_I(at)), &changed, why));
	if (changed == 0)
		return fail(why, ERR_NOT_FOUND, "store.peer-unknown",
		    "there is no peer \"" STR_FMT "\"", STR_ARG(name));
	return OK;
}
