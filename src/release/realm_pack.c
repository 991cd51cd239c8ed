#include "codec.h"
#include "realm_p.h"
#include "record_p.h"
#include "rules_key_p.h"

enum { PACK_ARENA_MAX = 64 * MIB }; /* an envelope, what it holds and that parsed */

/* What activates a pack. */
struct activation {
	struct realm *realm;
	struct arena *arena;
	struct str envelope;
};

static const char retire_packs[] = "UPDATE rule_pack SET active = 0 WHERE id = $1";
static const char find_newest[] =
    "SELECT version, hash FROM rule_pack WHERE id = $1 ORDER BY version DESC LIMIT 1";
static const char count_others[] = "SELECT COUNT(*) FROM rule_pack WHERE active = 1 AND id <> $1";
static const char put_pack[] =
    "INSERT INTO rule_pack (id, version, hash, body, envelope, active, added_at)"
    " VALUES ($1, $2, $3, $4, $5, 1, $6) ON CONFLICT (id, version) DO UPDATE SET active = 1,"
    " envelope = excluded.envelope, added_at = excluded.added_at";

/* A pack only goes forward, and a version has one wording. */
static enum err
check_newest(struct db *db, const struct rule_pack *pack, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	TRY(db_select(db, &rows, why, find_newest, DB_T(pack->id)));
	TRY(db_next(&rows, &has, why));
	if (!has)
		return OK;
	uint64_t newest = (uint64_t)db_col_i64(&rows, 0);
	if (newest > pack->version)
		return fail(why, ERR_CONFLICT, "pack.older",
		    "pack " STR_FMT " version %" PRIu64 " is older than version %" PRIu64
		    ", which was active",
		    STR_ARG(pack->id), pack->version, newest);
	if (newest == pack->version && !str_eq(db_col_blob(&rows, 1), hash_str(&pack->hash)))
		return fail(why, ERR_CONFLICT, "pack.other",
		    "pack " STR_FMT " version %" PRIu64
		    " is here with other words; raise its version",
		    STR_ARG(pack->id), pack->version);
	return OK;
}

/* A pack that the gate has no room for would shut it. */
static enum err
check_room(struct db *db, const struct rule_pack *pack, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	TRY(db_select_one(db, &rows, why, count_others, DB_T(pack->id)));
	if (db_col_i64(&rows, 0) >= PACKS_MAX)
		return fail(why, ERR_LIMIT, "pack.many", "%d other rule packs are active",
		    PACKS_MAX);
	return OK;
}

static enum err
log_activation(const struct activation *x, struct db *db, const struct rule_pack *pack,
    struct why *why)
{
	CLEANUP(realm_gate_givep) struct gate_ref *gate = realm_gate_take(x->realm);
	struct hash envelope = hash_of(x->envelope);
	char envelope_text[HASH_HEX + 1], pack_text[HASH_HEX + 1];
	const struct release_job job = {
		.db = db,
		.arena = x->arena,
		.ledger = x->realm->ledger,
		.gate = gate_of(gate),
		.at = clock_wall(x->realm->clock),
	};

	hash_text(&envelope, envelope_text);
	hash_text(&pack->hash, pack_text);
	const struct record_pair pairs[] = {
		{ "type", S("pack") },
		{ "pack", pack->id },
		{ "hash", str_of(pack_text) },
		{ "version", arena_printf(x->arena, "%" PRIu64, pack->version) },
		{ "envelope", str_of(envelope_text) },
	};
	TRY(record_append(&job, "pack", pairs, COUNTOF(pairs), why));
	return record_event(&job, "pack.added", pack->id, pairs[3].value, why);
}

static enum err
activate(struct db *db, void *arg, struct why *why)
{
	const struct activation *x = arg;
	const struct rule_pack *pack = NULL;
	struct rules_keys keys;
	struct str text = { 0 };

	TRY(rules_keys_load(db, x->arena, &keys, why));
	TRY(rule_pack_open(x->arena, x->envelope, &keys.now, &pack, &text, why));
	TRY(check_newest(db, pack, why));
	TRY(check_room(db, pack, why));
	TRY(db_run(db, why, retire_packs, DB_T(pack->id)));
	TRY(db_run(db, why, put_pack, DB_T(pack->id), DB_I((int64_t)pack->version),
	    DB_B(hash_str(&pack->hash)), DB_B(text), DB_B(x->envelope),
	    DB_I(clock_wall(x->realm->clock))));
	return log_activation(x, db, pack, why);
}

enum err
realm_pack_activate(struct realm *r, struct str envelope, struct why *why)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(PACK_ARENA_MAX);
	struct activation x = { .realm = r, .arena = a, .envelope = envelope };

	TRY(realm_write(r, activate, &x, why));
	TRY(realm_gate_reload(r, why));
	return realm_settle(r, why);
}

/* ---- another key ---- */

struct replacement {
	struct realm *realm;
	struct arena *arena;
	const struct rules_key_change *change;
};

static enum err
log_replacement(const struct replacement *x, struct db *db, const struct rules_keys *keys,
    const struct rules_key_wish *wish, struct why *why)
{
	CLEANUP(realm_gate_givep) struct gate_ref *gate = realm_gate_take(x->realm);
	struct hash envelope = hash_of(x->change->envelope);
	char hex[HASH_HEX + 1], old[2 * VERIFY_KEY_BYTES + 1], next[2 * VERIFY_KEY_BYTES + 1];
	const struct release_job job = {
		.db = db,
		.arena = x->arena,
		.ledger = x->realm->ledger,
		.gate = gate_of(gate),
		.at = clock_wall(x->realm->clock),
	};

	hash_text(&envelope, hex);
	hex_text(keys->now.byte, VERIFY_KEY_BYTES, old);
	hex_text(wish->next.byte, VERIFY_KEY_BYTES, next);
	struct str by = wish->by_old ? S("earlier-key") : S("owner");
	const struct record_pair pairs[] = {
		{ "type", S("rules-key") },
		{ "account", x->change->account },
		{ "by", by },
		{ "envelope", str_of(hex) },
		{ "key", str_of(next) },
		{ "replaced", str_of(old) },
	};
	TRY(record_append(&job, "pack", pairs, COUNTOF(pairs), why));
	return record_event(&job, "rules-key.replaced", arena_str(x->arena, str_of(next)), by, why);
}

static enum err
replace(struct db *db, void *arg, struct why *why)
{
	const struct replacement *x = arg;
	struct rules_keys keys;
	struct rules_key_wish wish;

	TRY(rules_keys_load(db, x->arena, &keys, why));
	TRY(rules_key_read(x->arena, x->change->envelope, &keys, x->realm->identity.realm, &wish,
	    why));
	if (!wish.by_old && !x->change->owner)
		return fail(why, ERR_FORBIDDEN, "rules-key.owner",
		    "the key that it replaces did not sign: only the owner of the machine brings "
		    "such a statement, through the control socket");
	TRY(rules_keys_replace(db, x->arena, &keys, &wish.next, clock_wall(x->realm->clock), why));
	return log_replacement(x, db, &keys, &wish, why);
}

enum err
realm_rules_key_replace(struct realm *r, const struct rules_key_change *c, struct why *why)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(PACK_ARENA_MAX);
	struct replacement x = { .realm = r, .arena = a, .change = c };

	TRY(realm_write(r, replace, &x, why));
	TRY(realm_gate_reload(r, why));
	return realm_settle(r, why);
}
