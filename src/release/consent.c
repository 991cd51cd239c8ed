#include "consent.h"

#include "recall_p.h"
#include "record_p.h"
#include "role_p.h"
#include "words_p.h"

enum {
	CLOSE_STEP = 32,            /* sources in one transaction: others can write in between */
	AGAIN_ARENA_MAX = 64 * MIB, /* what is known of the releases of one object */
};

static const char *const scopes[] = {
	[CONSENT_TECHNIQUE] = "technique",
	[CONSENT_NAME] = "name",
	[CONSENT_PERSONAL] = "personal",
};

const char *
consent_scope_name(enum consent_scope scope)
{
	return scopes[scope];
}

bool
consent_scope_parse(struct str name, enum consent_scope *ret)
{
	for (size_t i = 0; i < COUNTOF(scopes); i++) {
		if (str_is(name, scopes[i])) {
			*ret = (enum consent_scope)i;
			return true;
		}
	}
	return false;
}

/* ---- what is in force ---- */

static const char list_active[] =
    "SELECT identity, scope, recipient, valid_until FROM consent WHERE owner = $1"
    " AND withdrawn_at = 0 AND valid_until > $2 ORDER BY id LIMIT $3";

enum err
release_consents_active(struct db *db, struct arena *a, struct str owner, time_us at,
    struct agreement_request *ret, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	struct consent *list = arena_make(a, struct consent, CONSENTS_MAX);
	bool has = false;

	if (list == NULL)
		return fail(why, ERR_LIMIT, "release.memory", "the selection is too large");
	ret->consents = 0;
	ret->consent = list;
	TRY(db_select(db, &rows, why, list_active, DB_T(owner), DB_I(at), DB_I(CONSENTS_MAX)));
	for (;;) {
		struct consent c = { 0 };

		TRY(db_next(&rows, &has, why));
		if (!has)
			return OK;
		if (!consent_scope_parse(db_col_text(&rows, 1), &c.scope))
			continue;
		c.identity = arena_str(a, db_col_text(&rows, 0));
		c.to = arena_str(a, db_col_text(&rows, 2));
		c.until = db_col_i64(&rows, 3);
		list[ret->consents++] = c;
	}
}

/* ---- writing one down ---- */

/* A party or an organisation that some agreement names. */
static bool
is_recipient(const struct gate *g, struct str to)
{
	for (size_t i = 0; i < g->agreements; i++) {
		const struct agreement *in = g->standing[i]->agreement;

		if (agreement_organisation(in, to, NULL) != NULL || agreement_party(in, to) != NULL)
			return true;
	}
	return to.len == 0;
}

static enum err
check_new(const struct release_job *job, const struct consent_new *c, struct why *why)
{
	TRY(role_check(job, c->account, S("legal"), why));
	if (!stix_id_is(c->identity) || !str_is(stix_id_type(c->identity), "identity"))
		return fail(why, ERR_INVALID, "consent.identity",
		    "a consent is given by a STIX identity, identity--UUID");
	if (!is_recipient(job->gate, c->to))
		return fail(why, ERR_INVALID, "consent.recipient",
		    STR_FMT " is no party or organisation of any agreement here", STR_ARG(c->to));
	if (c->until <= job->at ||
	    c->until - job->at > CONSENT_YEARS_MAX * (time_us)366 * US_PER_DAY)
		return fail(why, ERR_INVALID, "consent.until",
		    "a consent ends in the future, within %d years", CONSENT_YEARS_MAX);
	if (str_trim(c->evidence).len == 0 || c->evidence.len > CONSENT_EVIDENCE_MAX)
		return fail(why, ERR_INVALID, "consent.evidence",
		    "say in at most %d bytes how the consent was given", CONSENT_EVIDENCE_MAX);
	return OK;
}

static const char count_active[] = "SELECT COUNT(*) FROM consent WHERE owner = $1"
                                   " AND withdrawn_at = 0 AND valid_until > $2";

static enum err
check_room(const struct release_job *job, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	TRY(db_select_one(job->db, &rows, why, count_active, DB_T(job->gate->organisation),
	    DB_I(job->at)));
	if (db_col_i64(&rows, 0) >= CONSENTS_MAX)
		return fail(why, ERR_LIMIT, "consent.many", "%d consents are in force already",
		    CONSENTS_MAX);
	return OK;
}

static const char insert_consent[] =
    "INSERT INTO consent (id, identity, scope, recipient, valid_until, withdrawn_at, added_at,"
    " actor, owner, evidence, enclave) VALUES ($1, $2, $3, $4, $5, 0, $6, $7, $8, $9, $10)";

enum err
release_consent_add(const struct release_job *job, const struct consent_new *c, struct str *ret_id,
    struct why *why)
{
	struct str id = record_id_new(job->arena), scope = str_of(consent_scope_name(c->scope));
	struct hash evidence = hash_of(c->evidence);
	char hex[HASH_HEX + 1], until[TIME_TEXT_MAX];

	TRY(check_new(job, c, why));
	TRY(check_room(job, why));
	TRY(db_run(job->db, why, insert_consent, DB_T(id), DB_T(c->identity), DB_T(scope),
	    DB_T(c->to), DB_I(c->until), DB_I(job->at), DB_T(c->account),
	    DB_T(job->gate->organisation), DB_T(c->evidence), DB_T(job->gate->enclave)));
	hash_text(&evidence, hex);
	time_text(c->until, until);
	const struct record_pair pairs[] = {
		{ "type", S("consent") },
		{ "account", c->account },
		{ "consent", id },
		{ "evidence", str_of(hex) },
		{ "identity", c->identity },
		{ "scope", scope },
		{ "to", c->to },
		{ "until", str_of(until) },
	};
	TRY(record_append(job, "consent", pairs, COUNTOF(pairs), why));
	*ret_id = id;
	return record_event(job, "consent.added", c->identity, S(""), why);
}

/* ---- withdrawing ---- */

static const char find_consent[] =
    "SELECT identity, recipient, withdrawn_at FROM consent WHERE id = $1 AND owner = $2";

static enum err
find(const struct release_job *job, const struct consent_withdrawal *w, struct consent *ret,
    struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	TRY(db_select(job->db, &rows, why, find_consent, DB_T(w->id),
	    DB_T(job->gate->organisation)));
	TRY(db_next(&rows, &has, why));
	if (!has)
		return fail(why, ERR_NOT_FOUND, "consent.unknown", "there is no consent " STR_FMT,
		    STR_ARG(w->id));
	if (db_col_i64(&rows, 2) != 0)
		return fail(why, ERR_CONFLICT, "consent.withdrawn",
		    "this consent was withdrawn before");
	ret->identity = arena_str(job->arena, db_col_text(&rows, 0));
	ret->to = arena_str(job->arena, db_col_text(&rows, 1));
	return OK;
}

/* What a consent can have opened: the identity, what names it, what such a tie
 * names on its other side, and what was decided with a consent as a fact. */
static const char list_rested[] =
    "SELECT DISTINCT i.source_id FROM release_item i WHERE i.owner = $1"
    " AND i.state IN ('released', 'paused') AND (i.source_id = $2"
    " OR " WORDS_OF("facts",
        "i") " LIKE '%\"consent.%' OR i.source_id IN"
             " (SELECT r.source FROM object_ref r WHERE r.target = $2) OR i.source_id IN"
             " (SELECT o.target FROM object_ref r JOIN object_ref o ON o.source = r.source"
             " WHERE r.target = $2)) AND i.source_id > $4 ORDER BY i.source_id LIMIT $3";

/* The next CLOSE_STEP behind `after`. */
static enum err
find_rested(const struct release_job *job, struct str identity, struct str after, struct str *ret,
    size_t *ret_len, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	TRY(db_select(job->db, &rows, why, list_rested, DB_T(job->gate->organisation),
	    DB_T(identity), DB_I(CLOSE_STEP), DB_T(after)));
	for (*ret_len = 0;; ++*ret_len) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			return OK;
		ret[*ret_len] = arena_str(job->arena, db_col_text(&rows, 0));
		if (ret[*ret_len].ptr == NULL)
			return fail(why, ERR_LIMIT, "release.memory", "no memory to decide again");
	}
}

static const char withdraw_consent[] =
    "UPDATE consent SET withdrawn_at = $2, withdrawn_by = $3, withdrawn_why = $4, closing = 1,"
    " closed_to = '', closed = 0 WHERE id = $1";

enum err
release_consent_withdraw(const struct release_job *job, const struct consent_withdrawal *w,
    struct why *why)
{
	struct consent c = { 0 };

	TRY(role_check(job, w->account, S("legal"), why));
	if (str_trim(w->reason).len == 0)
		return fail(why, ERR_INVALID, "consent.reason",
		    "a withdrawal carries a reason; give one");
	TRY(find(job, w, &c, why));
	TRY(db_run(job->db, why, withdraw_consent, DB_T(w->id), DB_I(job->at), DB_T(w->account),
	    DB_T(w->reason)));
	const struct record_pair pairs[] = {
		{ "type", S("consent-withdrawal") },
		{ "account", w->account },
		{ "consent", w->id },
		{ "identity", c.identity },
		{ "reason", w->reason },
	};
	TRY(record_append(job, "consent", pairs, COUNTOF(pairs), why));
	return record_event(job, "consent.withdrawn", c.identity, S(""), why);
}

/* ---- closing what rested on it ---- */

static const char find_closing[] =
    "SELECT id, identity, closed_to, closed FROM consent WHERE closing = 1"
    " AND ($1 = '' OR id = $1) ORDER BY withdrawn_at, id LIMIT 1";
static const char move_closing[] =
    "UPDATE consent SET closed_to = $2, closed = $3, closing = $4 WHERE id = $1";

/* Looks at the next sources; each is decided again in an arena of its own. */
static enum err
close_some(const struct release_job *job, struct str identity, struct str *io_after, size_t *ret_n,
    struct release_tightened *io_done, struct why *why)
{
	CLEANUP(arena_freep) struct arena *scratch = arena_new(AGAIN_ARENA_MAX);
	struct str *id = arena_make(job->arena, struct str, CLOSE_STEP);
	struct release_job again = *job;

	if (id == NULL)
		return fail(why, ERR_LIMIT, "release.memory", "no memory to decide again");
	again.arena = scratch;
	TRY(find_rested(job, identity, *io_after, id, ret_n, why));
	for (size_t i = 0; i < *ret_n; i++) {
		arena_clear(scratch);
		TRY(release_tighten_about(&again, id[i], io_done, why));
	}
	if (*ret_n > 0)
		*io_after = id[*ret_n - 1];
	return OK;
}

enum err
release_consent_close(const struct release_job *job, struct str consent_id,
    struct consent_closing *ret, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	struct release_tightened done = { 0 };
	bool has = false;
	size_t n = 0;

	*ret = (struct consent_closing){ 0 };
	TRY(db_select(job->db, &rows, why, find_closing, DB_T(consent_id)));
	TRY(db_next(&rows, &has, why));
	if (!has)
		return OK;
	struct str id = arena_str(job->arena, db_col_text(&rows, 0));
	struct str identity = arena_str(job->arena, db_col_text(&rows, 1));
	struct str after = arena_str(job->arena, db_col_text(&rows, 2));
	ret->closed = (size_t)db_col_i64(&rows, 3);
	db_rows_endp(&rows);
	TRY(store_refs_catch_up(job->db, why));
	TRY(close_some(job, identity, &after, &n, &done, why));
	ret->closed += done.closed;
	ret->more = n == CLOSE_STEP;
	return db_run(job->db, why, move_closing, DB_T(id), DB_T(after), DB_I((int64_t)ret->closed),
	    DB_I(ret->more));
}

/* ---- for people ---- */

/* clang-format off */
static const char list_consents[] =
    "SELECT c.id, c.identity, c.scope, c.recipient, c.valid_until, c.withdrawn_at, c.added_at,"
    " c.actor, c.evidence, c.withdrawn_by, c.withdrawn_why FROM consent c WHERE "
    COMPARTMENT_HAS("c", "$1", "$4") " AND ($2 = '' OR c.identity = $2)"
    " ORDER BY c.added_at DESC, c.id LIMIT $3";
/* clang-format on */

enum err
release_consents(struct db *db, struct arena *a, const struct compartment *of, struct str identity,
    struct consent_rows *ret, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	struct consent_row *list = arena_make(a, struct consent_row, ROWS_MAX);
	bool has = false;

	*ret = (struct consent_rows){ .row = list };

	if (list == NULL)
		return fail(why, ERR_LIMIT, "release.memory", "the list is too long");
	TRY(db_select(db, &rows, why, list_consents, DB_T(of->organisation), DB_T(identity),
	    DB_I(ROWS_MAX), DB_T(of->enclaves)));
	for (;; ret->len++) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			return OK;
		list[ret->len] = (struct consent_row){
			.id = arena_str(a, db_col_text(&rows, 0)),
			.identity = arena_str(a, db_col_text(&rows, 1)),
			.scope = arena_str(a, db_col_text(&rows, 2)),
			.to = arena_str(a, db_col_text(&rows, 3)),
			.until = db_col_i64(&rows, 4),
			.withdrawn_at = db_col_i64(&rows, 5),
			.added_at = db_col_i64(&rows, 6),
			.account = arena_str(a, db_col_text(&rows, 7)),
			.evidence = arena_str(a, db_col_text(&rows, 8)),
			.withdrawn_by = arena_str(a, db_col_text(&rows, 9)),
			.withdrawn_why = arena_str(a, db_col_text(&rows, 10)),
		};
	}
}
