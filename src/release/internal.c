/* Showing, approving, withdrawing. */
#include "internal.h"

#include "account.h"
#include "internal_p.h"
#include "record_p.h"

/* ---- who ---- */

static bool
has_word(struct str words, const char *word)
{
	while (words.ptr != NULL) {
		if (str_is(str_split(&words, ' '), word))
			return true;
	}
	return false;
}

/* The account's compartment, when it is enabled and holds one of the roles; an
 * administrator never does. */
static enum err
find_person(const struct release_job *job, struct str name, const char *role, const char * or,
    struct compartment *ret, struct why *why)
{
	struct account account;
	enum err err = store_account_find(job->db, job->arena, name, &account, NULL);

	if (err != OK && err != ERR_NOT_FOUND)
		return fail(why, err, "release.role", "the account cannot be read");
	if (err != OK || account.disabled || has_word(account.roles, "administrator") ||
	    (!has_word(account.roles, role) && (or == NULL || !has_word(account.roles, or))))
		return fail(why, ERR_FORBIDDEN, "release.role",
		    STR_FMT " does not hold the role %s", STR_ARG(name), role);
	*ret = (struct compartment){ account.organisation, account.enclaves };
	return OK;
}

/* ---- to whom ---- */

/* The pattern is safe: the name of the enclave was checked. */
static const char count_people[] = "SELECT COUNT(*) FROM account WHERE organisation = $1"
                                   " AND ' ' || enclaves || ' ' LIKE $2 AND disabled = 0";

static enum err
check_place(const struct release_job *job, const struct internal_show *s, struct why *why)
{
	const struct gate *g = job->gate;

	if (!organisation_is_of(s->to, g->party))
		return fail(why, ERR_INVALID, "internal.to",
		    STR_FMT " is no organisation of our party " STR_FMT
		            "; to others things are released",
		    STR_ARG(s->to), STR_ARG(g->party));
	if (memchr(s->enclave.ptr, ' ', s->enclave.len) != NULL)
		return fail(why, ERR_INVALID, "internal.to", "name one enclave");
	return enclaves_check(s->enclave, why);
}

static enum err
check_people(const struct release_job *job, const struct internal_show *s, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	TRY(db_select_one(job->db, &rows, why, count_people, DB_T(s->to),
	    DB_T(arena_printf(job->arena, "%% " STR_FMT " %%", STR_ARG(s->enclave)))));
	if (db_col_i64(&rows, 0) == 0)
		return fail(why, ERR_INVALID, "internal.to",
		    "no account works in the enclave " STR_FMT " of " STR_FMT, STR_ARG(s->enclave),
		    STR_ARG(s->to));
	return OK;
}

/* ---- what ---- */

/* The newest version that belongs to the officer's compartment. */
static enum err
find_object(const struct release_job *job, struct str id, const struct compartment *of,
    struct stored *ret, struct why *why)
{
	struct stored seen;
	enum err err = store_latest_own(job->db, job->arena, id, of, ret, why);

	if (err != ERR_NOT_FOUND)
		return err;
	TRY(store_latest_of(job->db, job->arena, id, of, &seen, why));
	return fail(why, ERR_FORBIDDEN, "internal.onward",
	    STR_FMT " belongs to " STR_FMT "/" STR_FMT ", which shows it: ask there", STR_ARG(id),
	    STR_ARG(seen.provenance.owner), STR_ARG(seen.provenance.enclave));
}

static const char find_same[] =
    "SELECT COUNT(*) FROM internal_release WHERE object_id = $1 AND owner = $2 AND enclave = $3"
    " AND to_owner = $4 AND to_enclave = $5 AND raw_hash = $6 AND withdrawn_at = 0";

static enum err
check_twice(const struct release_job *job, const struct internal_show *s, const struct stored *o,
    struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	TRY(db_select_one(job->db, &rows, why, find_same, DB_T(o->id), DB_T(o->provenance.owner),
	    DB_T(o->provenance.enclave), DB_T(s->to), DB_T(s->enclave),
	    DB_B(hash_str(&o->raw_hash))));
	if (db_col_i64(&rows, 0) > 0)
		return fail(why, ERR_CONFLICT, "internal.twice",
		    "this version is shown there, or waits to be");
	return OK;
}

static enum err
check_show(const struct release_job *job, const struct internal_show *s, struct stored *ret,
    struct why *why)
{
	struct compartment of;

	TRY(find_person(job, s->account, "officer", NULL, &of, why));
	TRY(find_object(job, s->id, &of, ret, why));
	if (str_trim(s->reason).len == 0)
		return fail(why, ERR_INVALID, "internal.reason",
		    "say why the other compartment needs it");
	if (str_eq(s->to, ret->provenance.owner) && str_eq(s->enclave, ret->provenance.enclave))
		return fail(why, ERR_INVALID, "internal.self", STR_FMT " belongs there",
		    STR_ARG(s->id));
	return check_place(job, s, why);
}

/* What the bytes and their markings do not let go is refused before anybody is told who works
 * where. */
static enum err
judge(const struct release_job *job, const struct internal_show *s, struct stored *ret,
    struct internal_verdict *ret_verdict, struct why *why)
{
	const struct internal_place to = { s->to, s->enclave };

	TRY(check_show(job, s, ret, why));
	TRY(internal_check(job, ret, &to, ret_verdict, why));
	TRY(check_people(job, s, why));
	return check_twice(job, s, ret, why);
}

/* ---- what is written ---- */

/* The places and the object of a showing. */
struct showing {
	struct str id, object_id, version;
	struct str owner, enclave, to, to_enclave;
	struct str account;  /* that asked */
	struct str approver; /* empty: nobody had to */
	struct hash hash;
	time_us shown_at, withdrawn_at, until;
};

static enum err
note(const struct release_job *job, const char *name, const struct showing *s, bool reader,
    struct why *why)
{
	const struct event event = {
		.at = job->at,
		.name = str_of(name),
		.owner = reader ? s->to : s->owner,
		.enclave = reader ? s->to_enclave : s->enclave,
		.subject = s->object_id,
		.detail = arena_printf(job->arena, "{\"%s\":\"" STR_FMT "/" STR_FMT "\"}",
		    reader ? "from" : "to", STR_ARG(reader ? s->owner : s->to),
		    STR_ARG(reader ? s->enclave : s->to_enclave)),
	};

	return store_event(job->db, &event, why);
}

/* Both compartments hear of what both can see. */
static enum err
note_event(const struct release_job *job, const char *name, const struct showing *s,
    struct why *why)
{
	TRY(note(job, name, s, false, why));
	return note(job, name, s, true, why);
}

static enum err
log_step(const struct release_job *job, const struct showing *s, const char *type,
    struct str account, struct str reason, struct why *why)
{
	char hex[HASH_HEX + 1];

	hash_text(&s->hash, hex);
	const struct record_pair pairs[] = {
		{ "type", str_of(type) },
		{ "account", account },
		{ "enclave", s->enclave },
		{ "object", s->object_id },
		{ "owner", s->owner },
		{ "reason", reason },
		{ "sha256", str_of(hex) },
		{ "showing", s->id },
		{ "to", s->to },
		{ "to_enclave", s->to_enclave },
		{ "version", s->version },
	};
	return record_append(job, "internal", pairs, COUNTOF(pairs), why);
}

/* A showing of an earlier version to the same place has nothing to show any more. */
static const char end_earlier[] =
    "UPDATE internal_release SET withdrawn_at = $6, withdrawn_by = $7, withdrawn_why ="
    " 'a newer version' WHERE object_id = $1 AND owner = $2 AND enclave = $3 AND to_owner = $4"
    " AND to_enclave = $5 AND withdrawn_at = 0";
static const char insert_showing[] =
    "INSERT INTO internal_release (release_id, object_id, version, raw_hash, owner, enclave,"
    " to_owner, to_enclave, account, reason, at, shown_at, approver, withdrawn_at, withdrawn_by,"
    " withdrawn_why, decided_epoch, valid_until)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, '', 0, '', '', $13, $14)";

static enum err
write_showing(const struct release_job *job, const struct showing *s, struct str reason,
    struct why *why)
{
	TRY(db_run(job->db, why, end_earlier, DB_T(s->object_id), DB_T(s->owner), DB_T(s->enclave),
	    DB_T(s->to), DB_T(s->to_enclave), DB_I(job->at), DB_T(s->account)));
	return db_run(job->db, why, insert_showing, DB_T(s->id), DB_T(s->object_id),
	    DB_T(s->version), DB_B(hash_str(&s->hash)), DB_T(s->owner), DB_T(s->enclave),
	    DB_T(s->to), DB_T(s->to_enclave), DB_T(s->account), DB_T(reason), DB_I(job->at),
	    DB_I(s->shown_at), DB_I((int64_t)job->gate->epoch), DB_I(s->until));
}

enum err
release_internal_show(const struct release_job *job, const struct internal_show *s,
    struct str *ret_id, bool *ret_waits, struct why *why)
{
	struct internal_verdict verdict;
	struct stored o;

	TRY(judge(job, s, &o, &verdict, why));
	*ret_waits = verdict.waits;
	const struct showing showing = {
		.id = record_id_new(job->arena),
		.object_id = o.id,
		.version = o.version,
		.owner = o.provenance.owner,
		.enclave = o.provenance.enclave,
		.to = s->to,
		.to_enclave = s->enclave,
		.account = s->account,
		.hash = o.raw_hash,
		.shown_at = *ret_waits ? 0 : job->at,
		.until = verdict.until,
	};
	TRY(write_showing(job, &showing, s->reason, why));
	TRY(log_step(job, &showing, *ret_waits ? "internal-proposal" : "internal-showing",
	    s->account, s->reason, why));
	*ret_id = showing.id;
	return *ret_waits ? note(job, "internal.waiting", &showing, false, why)
	                  : note_event(job, "internal.shown", &showing, why);
}

/* ---- approving, withdrawing ---- */

#define SHOWING                                                                               \
	"SELECT object_id, version, raw_hash, owner, enclave, to_owner, to_enclave, account," \
	" shown_at, withdrawn_at, release_id, approver FROM internal_release"
static const char find_showing[] = SHOWING " WHERE release_id = $1";

static enum err
read_showing(const struct db_rows *rows, struct arena *a, struct showing *ret, struct why *why)
{
	struct str hash = db_col_blob(rows, 2);

	*ret = (struct showing){
		.object_id = arena_str(a, db_col_text(rows, 0)),
		.version = arena_str(a, db_col_text(rows, 1)),
		.owner = arena_str(a, db_col_text(rows, 3)),
		.enclave = arena_str(a, db_col_text(rows, 4)),
		.to = arena_str(a, db_col_text(rows, 5)),
		.to_enclave = arena_str(a, db_col_text(rows, 6)),
		.account = arena_str(a, db_col_text(rows, 7)),
		.shown_at = db_col_i64(rows, 8),
		.withdrawn_at = db_col_i64(rows, 9),
		.id = arena_str(a, db_col_text(rows, 10)),
		.approver = arena_str(a, db_col_text(rows, 11)),
	};
	if (hash.len != HASH_BYTES)
		return fail(why, ERR_TAMPERED, "internal.hash", "a stored hash has %zu bytes",
		    hash.len);
	memcpy(ret->hash.byte, hash.ptr, HASH_BYTES);
	return OK;
}

/* One of the compartment, that has not ended. */
static enum err
find_open(const struct release_job *job, struct str id, const struct compartment *of,
    struct showing *ret, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	TRY(db_select(job->db, &rows, why, find_showing, DB_T(id)));
	TRY(db_next(&rows, &has, why));
	if (!has || !compartment_has(of, db_col_text(&rows, 3), db_col_text(&rows, 4)))
		return fail(why, ERR_NOT_FOUND, "internal.unknown",
		    "nothing is shown under the number " STR_FMT, STR_ARG(id));
	TRY(read_showing(&rows, job->arena, ret, why));
	if (ret->withdrawn_at != 0)
		return fail(why, ERR_CONFLICT, "internal.state", "this was withdrawn before");
	return OK;
}

/* The object with the bytes that the officer looked at, under the rules of now. */
static enum err
check_again(const struct release_job *job, const struct showing *s, struct internal_verdict *ret,
    struct why *why)
{
	const struct compartment owner = { s->owner, s->enclave };
	const struct internal_place to = { s->to, s->to_enclave };
	struct stored o;
	enum err err = store_latest_own(job->db, job->arena, s->object_id, &owner, &o, why);

	if (err != OK && err != ERR_NOT_FOUND)
		return err;
	if (err != OK || !hash_eq(&o.raw_hash, &s->hash))
		return fail(why, ERR_CONFLICT, "internal.changed",
		    "the object has changed since: withdraw this, look at it and show it again");
	return internal_check(job, &o, &to, ret, why);
}

static const char approve_showing[] = "UPDATE internal_release SET shown_at = $2, approver = $3,"
                                      " decided_epoch = $4, valid_until = $5 WHERE release_id = $1";

enum err
release_internal_approve(const struct release_job *job, const struct internal_step *s,
    struct why *why)
{
	struct internal_verdict verdict;
	struct compartment of;
	struct showing showing;

	TRY(find_person(job, s->account, "approver", NULL, &of, why));
	TRY(find_open(job, s->id, &of, &showing, why));
	if (showing.shown_at != 0)
		return fail(why, ERR_CONFLICT, "internal.state", "this does not wait: it is shown");
	if (str_eq(showing.account, s->account))
		return fail(why, ERR_FORBIDDEN, "internal.four-eyes",
		    "who asked to show it does not approve it");
	TRY(check_again(job, &showing, &verdict, why));
	TRY(db_run(job->db, why, approve_showing, DB_T(s->id), DB_I(job->at), DB_T(s->account),
	    DB_I((int64_t)job->gate->epoch), DB_I(verdict.until)));
	TRY(log_step(job, &showing, "internal-showing", s->account, S(""), why));
	return note_event(job, "internal.shown", &showing, why);
}

static const char withdraw_showing[] =
    "UPDATE internal_release SET withdrawn_at = $2, withdrawn_by = $3, withdrawn_why = $4"
    " WHERE release_id = $1";

enum err
release_internal_withdraw(const struct release_job *job, const struct internal_step *s,
    struct why *why)
{
	struct compartment of;
	struct showing showing;

	TRY(find_person(job, s->account, "officer", "approver", &of, why));
	TRY(find_open(job, s->id, &of, &showing, why));
	if (str_trim(s->reason).len == 0)
		return fail(why, ERR_INVALID, "internal.reason",
		    "a withdrawal carries a reason; give one");
	TRY(db_run(job->db, why, withdraw_showing, DB_T(s->id), DB_I(job->at), DB_T(s->account),
	    DB_T(s->reason)));
	TRY(log_step(job, &showing, "internal-withdrawal", s->account, s->reason, why));
	return showing.shown_at == 0 ? note(job, "internal.withdrawn", &showing, false, why)
	                             : note_event(job, "internal.withdrawn", &showing, why);
}

/* ---- asking again ---- */

enum { AGAIN_ARENA_MAX = 256 * MIB }; /* one object, and what lies beside it */

static const char list_again[] =
    SHOWING " WHERE withdrawn_at = 0"
            " AND (decided_epoch <> $1 OR valid_until <= $2) ORDER BY release_id LIMIT $3";
static const char asked_again[] = "UPDATE internal_release SET decided_epoch = $2,"
                                  " valid_until = $3 WHERE release_id = $1";

static enum err
end_showing(const struct release_job *job, const struct showing *s, struct str reason,
    struct why *why)
{
	TRY(db_run(job->db, why, withdraw_showing, DB_T(s->id), DB_I(job->at), DB_T(S("")),
	    DB_T(reason)));
	TRY(log_step(job, s, "internal-withdrawal", S(""), reason, why));
	return s->shown_at == 0 ? note(job, "internal.withdrawn", s, false, why)
	                        : note_event(job, "internal.withdrawn", s, why);
}

/* One whose object has changed, or went, ends, too: it cannot be judged, and shows
 * nothing only until somebody takes the newer version back.  So does one of which too much
 * lies here to be judged: it may not keep others from ending. */
static bool
ends_showing(enum err err)
{
	return err == ERR_FORBIDDEN || err == ERR_CONFLICT || err == ERR_NOT_FOUND ||
	       err == ERR_LIMIT;
}

static enum err
ask_again(const struct release_job *job, struct arena *scratch, const struct showing *s,
    size_t *io_closed, struct why *why)
{
	struct internal_verdict verdict = { .until = TIME_NEVER };
	struct release_job alone = *job;
	struct why reason = { 0 };

	alone.arena = scratch;
	arena_clear(scratch);
	enum err err = check_again(&alone, s, &verdict, &reason);

	if (err != OK && !ends_showing(err)) {
		if (why != NULL)
			*why = reason;
		return err;
	}
	if (err != OK || (verdict.waits && s->shown_at != 0 && s->approver.len == 0)) {
		++*io_closed;
		return end_showing(job, s,
		    err == OK ? S("decided again: a second person has to approve")
		              : arena_printf(job->arena, "decided again: %s", reason.text),
		    why);
	}
	return db_run(job->db, why, asked_again, DB_T(s->id), DB_I((int64_t)job->gate->epoch),
	    DB_I(verdict.until));
}

enum err
internal_again(const struct release_job *job, size_t *io_closed, bool *ret_more, struct why *why)
{
	CLEANUP(arena_freep) struct arena *scratch = arena_new(AGAIN_ARENA_MAX);
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	struct showing *list = arena_make(job->arena, struct showing, INTERNAL_AGAIN_MAX);
	size_t n = 0;

	if (list == NULL)
		return fail(why, ERR_LIMIT, "release.memory", "no memory to decide again");
	TRY(db_select(job->db, &rows, why, list_again, DB_I((int64_t)job->gate->epoch),
	    DB_I(job->at), DB_I(INTERNAL_AGAIN_MAX)));
	for (bool has = true;;) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			break;
		TRY(read_showing(&rows, job->arena, &list[n++], why));
	}
	db_rows_endp(&rows);
	for (size_t i = 0; i < n; i++)
		TRY(ask_again(job, scratch, &list[i], io_closed, why));
	*ret_more = n == INTERNAL_AGAIN_MAX;
	return OK;
}

/* ---- lists ---- */

/* clang-format off */
#define GIVEN  COMPARTMENT_HAS("s", "$1", "$2")
#define EXISTS "EXISTS (SELECT 1 FROM object o WHERE o.object_id = s.object_id" \
	" AND o.raw_hash = s.raw_hash AND o.owner = s.owner AND o.enclave = s.enclave AND o.latest = 1)"
#define TAKEN  "(s.to_owner = $1 AND ' ' || $2 || ' ' LIKE '% ' || s.to_enclave || ' %'" \
	" AND s.shown_at > 0 AND s.withdrawn_at = 0 AND " EXISTS ")"
static const char list_showings[] =
    "SELECT s.release_id, s.object_id, s.version, s.owner, s.enclave, s.to_owner, s.to_enclave,"
    " s.account, s.reason, s.approver, s.at, s.shown_at, s.withdrawn_at, s.withdrawn_by,"
    " s.withdrawn_why, CASE WHEN " GIVEN " THEN 1 ELSE 0 END,"
    " CASE WHEN " EXISTS " THEN 1 ELSE 0 END"
    " FROM internal_release s WHERE " GIVEN " OR " TAKEN
    " ORDER BY s.at DESC, s.release_id LIMIT $3";
/* clang-format on */

static const char *
state_of(const struct internal_row *row, bool current)
{
	if (row->withdrawn_at != 0)
		return "withdrawn";
	if (!current)
		return "outdated";
	return row->shown_at == 0 ? "waiting" : "shown";
}

static struct internal_row
read_row(const struct db_rows *rows, struct arena *a)
{
	struct internal_row row = {
		.id = arena_str(a, db_col_text(rows, 0)),
		.object_id = arena_str(a, db_col_text(rows, 1)),
		.version = arena_str(a, db_col_text(rows, 2)),
		.owner = arena_str(a, db_col_text(rows, 3)),
		.enclave = arena_str(a, db_col_text(rows, 4)),
		.to = arena_str(a, db_col_text(rows, 5)),
		.to_enclave = arena_str(a, db_col_text(rows, 6)),
		.at = db_col_i64(rows, 10),
		.shown_at = db_col_i64(rows, 11),
		.withdrawn_at = db_col_i64(rows, 12),
		.ours = db_col_i64(rows, 15) != 0,
	};

	row.state = state_of(&row, db_col_i64(rows, 16) != 0);
	if (!row.ours)
		return row;
	row.account = arena_str(a, db_col_text(rows, 7));
	row.reason = arena_str(a, db_col_text(rows, 8));
	row.approver = arena_str(a, db_col_text(rows, 9));
	row.withdrawn_by = arena_str(a, db_col_text(rows, 13));
	row.withdrawn_why = arena_str(a, db_col_text(rows, 14));
	return row;
}

enum err
release_internal_rows(struct db *db, struct arena *a, const struct compartment *of,
    struct internal_rows *ret, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	struct internal_row *list = arena_make(a, struct internal_row, ROWS_MAX);
	bool has = false;

	*ret = (struct internal_rows){ .row = list };
	if (list == NULL)
		return fail(why, ERR_LIMIT, "release.memory", "the list is too long");
	TRY(db_select(db, &rows, why, list_showings, DB_T(of->organisation), DB_T(of->enclaves),
	    DB_I(ROWS_MAX)));
	for (;; ret->len++) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			return OK;
		list[ret->len] = read_row(&rows, a);
	}
}
