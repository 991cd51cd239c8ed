/* Source policies: what an unmarked object counts as, by where it came from. */
#include "deed_p.h"
#include "source_policy.h"

enum { SOURCE_ARENA_MAX = 16 * MIB };

static const char find_source[] =
    "SELECT version FROM source_policy WHERE source = $1 ORDER BY version DESC LIMIT 1";
static const char retire_source[] = "UPDATE source_policy SET active = 0 WHERE source = $1";
static const char put_source[] =
    "INSERT INTO source_policy (source, version, hash, envelope, active, added_by, added_at)"
    " VALUES ($1, $2, $3, $4, 1, $5, $6)";

/* A policy only goes forward, and a version has one wording. */
static enum err
check_version(struct db *db, const struct source_policy *p, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	TRY(db_select(db, &rows, why, find_source, DB_T(p->source)));
	TRY(db_next(&rows, &has, why));
	if (!has || (uint64_t)db_col_i64(&rows, 0) < p->version)
		return OK;
	return fail(why, ERR_CONFLICT, "source.older",
	    "version %" PRIu64 " of source " STR_FMT " is not newer than version %" PRId64
	    ", which is here: raise the version",
	    p->version, STR_ARG(p->source), db_col_i64(&rows, 0));
}

static enum err
set_source(struct db *db, void *arg, struct why *why)
{
	struct deed *d = arg;
	const struct source_policy *p = NULL;

	TRY(source_policy_parse(d->arena, d->text, &p, why));
	TRY(check_version(db, p, why));
	TRY(db_run(db, why, retire_source, DB_T(p->source)));
	TRY(db_run(db, why, put_source, DB_T(p->source), DB_I((int64_t)p->version),
	    DB_B(hash_str(&p->hash)), DB_B(d->envelope), DB_T(d->account),
	    DB_I(clock_wall(d->realm->clock))));
	return log_deed(d, db, "source", p->source, d->envelope, why);
}

enum err
realm_source_set(struct realm *r, struct str text, struct str account, struct why *why)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(SOURCE_ARENA_MAX);
	struct deed d = { .realm = r, .arena = a, .text = text, .account = account };
	struct dsse e = { .payload_type = S(SOURCE_POLICY_PAYLOAD_TYPE), .payload = text };
	const struct source_policy *p = NULL;

	TRY(source_policy_parse(a, text, &p, why));
	TRY(sign_envelope(r, a, &e, &d.envelope, why));
	return run_deed(r, set_source, &d, why);
}
