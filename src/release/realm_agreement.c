#include <stdio.h>

#include "binding_p.h"
#include "deed_p.h"
#include "record_p.h"

enum { AGREEMENT_ARENA_MAX = 64 * MIB };

/* ---- the ledger's entry ---- */

enum err
log_deed(struct deed *d, struct db *db, const char *kind, struct str subject, struct str envelope,
    struct why *why)
{
	struct hash hash = hash_of(envelope);
	char text[HASH_HEX + 1];
	char event[64];
	CLEANUP(realm_gate_givep) struct gate_ref *gate = realm_gate_take(d->realm);
	const struct release_job job = {
		.db = db,
		.arena = d->arena,
		.ledger = d->realm->ledger,
		.gate = gate_of(gate),
		.at = clock_wall(d->realm->clock),
	};

	hash_text(&hash, text);
	const struct record_pair pairs[] = {
		{ "type", str_of(kind) },
		{ "agreement", subject },
		{ "envelope", str_of(text) },
	};
	TRY(record_append(&job, kind, pairs, COUNTOF(pairs), why));
	snprintf(event, sizeof(event), "%s.added", kind);
	return record_event(&job, event, subject, S(""), why);
}

/* ---- agreements ---- */

static const char find_agreement[] =
    "SELECT hash, envelope FROM agreement WHERE id = $1 AND version = $2";
static const char put_agreement[] =
    "INSERT INTO agreement (id, version, hash, envelope, added_at) VALUES ($1, $2, $3, $4, $5)"
    " ON CONFLICT (id, version) DO UPDATE SET envelope = excluded.envelope";

/* Adds to ours the signatures that only theirs has. */
static enum err
merge(struct arena *a, struct str ours, struct str theirs, struct str *ret, struct why *why)
{
	struct dsse mine = { 0 }, other = { 0 };
	CLEANUP(buf_free) struct buf out = buf_new(DSSE_BYTES_MAX);

	TRY(dsse_parse(a, ours, &mine, why));
	TRY(dsse_parse(a, theirs, &other, why));
	for (size_t i = 0; i < other.signatures; i++) {
		bool known = false;

		for (size_t k = 0; k < mine.signatures; k++)
			known |= memcmp(&mine.signature[k].signature, &other.signature[i].signature,
			             SIGNATURE_BYTES) == 0;
		if (!known && mine.signatures < DSSE_SIGNATURES_MAX)
			mine.signature[mine.signatures++] = other.signature[i];
	}
	TRY(dsse_write(&mine, &out, why));
	*ret = arena_str(a, buf_str(&out));
	return OK;
}

static enum err
add_agreement(struct db *db, void *arg, struct why *why)
{
	struct deed *d = arg;
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	struct standing s = { 0 };
	struct str envelope = d->envelope;
	bool has = false;

	TRY(standing_open(d->arena, envelope, &s, why));
	const struct agreement *g = s.agreement;
	if (agreement_party(g, d->realm->identity.party) == NULL)
		return fail(why, ERR_INVALID, "agreement.stranger",
		    STR_FMT " is no party of " STR_FMT, STR_ARG(d->realm->identity.party),
		    STR_ARG(g->id));
	TRY(binding_check(db, d->arena, g, why));
	if (s.signed_by == 0)
		return fail(why, ERR_TAMPERED, "agreement.unsigned",
		    "no party of " STR_FMT " has signed it", STR_ARG(g->id));
	TRY(db_select(db, &rows, why, find_agreement, DB_T(g->id), DB_I((int64_t)g->version)));
	TRY(db_next(&rows, &has, why));
	if (has) {
		struct str before = arena_str(d->arena, db_col_blob(&rows, 1));

		if (!str_eq(db_col_blob(&rows, 0), hash_str(&g->hash)))
			return fail(why, ERR_CONFLICT, "agreement.other",
			    STR_FMT " version %" PRIu64 " is here with other words", STR_ARG(g->id),
			    g->version);
		TRY(merge(d->arena, before, envelope, &envelope, why));
		if (str_eq(before, envelope))
			return OK;
		TRY(standing_open(d->arena, envelope, &s, why));
	}
	TRY(agreement_check_new(g, why));
	TRY(db_run(db, why, put_agreement, DB_T(g->id), DB_I((int64_t)g->version),
	    DB_B(hash_str(&g->hash)), DB_B(envelope), DB_I(clock_wall(d->realm->clock))));
	return log_deed(d, db, "agreement", g->id, envelope, why);
}

enum err
run_deed(struct realm *r, db_job_fn *fn, struct deed *d, struct why *why)
{
	TRY(realm_write(r, fn, d, why));
	TRY(realm_gate_reload(r, why));
	return realm_settle(r, why);
}

enum err
realm_agreement_add(struct realm *r, struct str envelope, struct why *why)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(AGREEMENT_ARENA_MAX);
	struct deed d = { .realm = r, .arena = a, .envelope = envelope };

	return run_deed(r, add_agreement, &d, why);
}

static const char newest_agreement[] =
    "SELECT envelope, hash FROM agreement WHERE id = $1 ORDER BY version DESC LIMIT 1";

static enum err
find_newest(struct realm *r, struct arena *a, struct str id, struct str *ret, struct hash *ret_hash,
    struct why *why)
{
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	TRY(db_pool_take(r->readers, &lease, why));
	TRY(db_select(lease.db, &rows, why, newest_agreement, DB_T(id)));
	TRY(db_next(&rows, &has, why));
	if (!has)
		return fail(why, ERR_NOT_FOUND, "agreement.none", "there is no agreement " STR_FMT,
		    STR_ARG(id));
	*ret = arena_str(a, db_col_blob(&rows, 0));
	memcpy(ret_hash->byte, db_col_blob(&rows, 1).ptr, HASH_BYTES);
	return OK;
}

enum err
sign_envelope(struct realm *r, struct arena *a, struct dsse *e, struct str *ret, struct why *why)
{
	CLEANUP(buf_free) struct buf out = buf_new(DSSE_BYTES_MAX);
	const struct sign_key *key = NULL;

	TRY(realm_key(r, KEY_AGREEMENT, &key, why));
	TRY(dsse_sign(e, key, a, why));
	TRY(dsse_write(e, &out, why));
	*ret = arena_str(a, buf_str(&out));
	return OK;
}

enum err
realm_agreement_sign(struct realm *r, struct str id, struct arena *a, struct str *ret_envelope,
    struct why *why)
{
	const struct agreement *g = NULL;
	struct str envelope = { 0 };
	struct dsse e = { 0 };
	struct hash hash;

	TRY(find_newest(r, a, id, &envelope, &hash, why));
	TRY(dsse_parse(a, envelope, &e, why));
	TRY(agreement_parse(a, e.payload, &g, why));
	TRY(agreement_check_new(g, why));
	TRY(sign_envelope(r, a, &e, ret_envelope, why));
	return realm_agreement_add(r, *ret_envelope, why);
}

enum err
realm_agreement_make(struct realm *r, struct str text, struct arena *a, struct str *ret_envelope,
    struct why *why)
{
	const struct agreement *g = NULL;
	struct dsse e = { .payload_type = S(AGREEMENT_PAYLOAD_TYPE), .payload = text };

	TRY(agreement_parse(a, text, &g, why));
	TRY(agreement_check_new(g, why));
	TRY(sign_envelope(r, a, &e, ret_envelope, why));
	return realm_agreement_add(r, *ret_envelope, why);
}

/* ---- statements ---- */

static const char statements_of[] =
    "SELECT envelope FROM agreement_statement WHERE agreement_hash = $1 ORDER BY ordinal";
static const char put_statement[] =
    "INSERT INTO agreement_statement (agreement_hash, ordinal, envelope, added_at)"
    " VALUES ($1, $2, $3, $4)";

struct history {
	struct standing standing;
	int64_t count;
	bool same; /* the envelope is there already */
};

static enum err
replay(struct deed *d, struct db *db, struct str hash, struct history *h, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	TRY(db_select(db, &rows, why, statements_of, DB_B(hash)));
	for (;;) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			return OK;
		struct str before = arena_str(d->arena, db_col_blob(&rows, 0));
		h->count++;
		h->same |= str_eq(before, d->envelope);
		TRY(standing_apply(d->arena, &h->standing, before, why));
	}
}

static enum err
add_statement(struct db *db, void *arg, struct why *why)
{
	struct deed *d = arg;
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	struct history h = { 0 };
	struct dsse e = { 0 };
	struct statement s;

	TRY(dsse_parse(d->arena, d->envelope, &e, why));
	TRY(statement_parse(d->arena, e.payload, &s, why));
	static const char by_hash[] = "SELECT envelope, id FROM agreement WHERE hash = $1";
	if (db_select_one(db, &rows, why, by_hash, DB_B(hash_str(&s.agreement))) != OK)
		return fail(why, ERR_NOT_FOUND, "agreement.none",
		    "the statement is about an agreement that is not here");
	struct str id = arena_str(d->arena, db_col_text(&rows, 1));
	TRY(standing_open(d->arena, arena_str(d->arena, db_col_blob(&rows, 0)), &h.standing, why));
	TRY(replay(d, db, hash_str(&s.agreement), &h, why));
	if (h.same)
		return OK;
	TRY(standing_apply(d->arena, &h.standing, d->envelope, why));
	TRY(db_run(db, why, put_statement, DB_B(hash_str(&s.agreement)), DB_I(h.count),
	    DB_B(d->envelope), DB_I(clock_wall(d->realm->clock))));
	return log_deed(d, db, "statement", id, d->envelope, why);
}

enum err
realm_statement_add(struct realm *r, struct str envelope, struct why *why)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(AGREEMENT_ARENA_MAX);
	struct deed d = { .realm = r, .arena = a, .envelope = envelope };

	return run_deed(r, add_statement, &d, why);
}

/* The serial of our last statement about this agreement. */
static uint64_t
last_serial(const struct gate *g, const struct hash *agreement, struct str party)
{
	for (size_t i = 0; i < g->agreements; i++) {
		const struct agreement *in = g->standing[i]->agreement;

		if (!hash_eq(&in->hash, agreement))
			continue;
		for (size_t p = 0; p < in->parties; p++) {
			if (str_eq(in->party[p].code, party))
				return g->standing[i]->serial[p];
		}
	}
	return 0;
}

enum err
realm_statement_make(struct realm *r, const struct statement_wish *wish, struct arena *a,
    struct str *ret_envelope, struct why *why)
{
	CLEANUP(buf_free) struct buf text = buf_new(64 * KIB);
	CLEANUP(realm_gate_givep) struct gate_ref *gate = realm_gate_take(r);
	struct str envelope = { 0 };
	struct statement s = {
		.verb = wish->verb,
		.scope = wish->scope,
		.party = r->identity.party,
		.at = clock_wall(r->clock),
		.reason = wish->reason,
		.act = wish->act,
		.authority = wish->authority,
		.until = wish->until,
	};

	TRY(find_newest(r, a, wish->agreement, &envelope, &s.agreement, why));
	s.serial = last_serial(gate_of(gate), &s.agreement, s.party) + 1;
	TRY(statement_write(&s, &text, why));
	struct dsse e = {
		.payload_type = S(STATEMENT_PAYLOAD_TYPE),
		.payload = arena_str(a, buf_str(&text)),
	};
	TRY(sign_envelope(r, a, &e, ret_envelope, why));
	return realm_statement_add(r, *ret_envelope, why);
}
