#include "crash.h"
#include "ledger_p.h"
#include "mirror_p.h"
#include "request_p.h"

static const char get_latest[] = "SELECT note, cosignature FROM witnessed WHERE log = $1"
                                 " ORDER BY size DESC LIMIT 1";
static const char get_at[] = "SELECT note, cosignature FROM witnessed WHERE log = $1 AND size = $2";
static const char put_witnessed[] =
    "INSERT INTO witnessed (log, size, note, cosignature, at) VALUES ($1, $2, $3, $4, $5)"
    " ON CONFLICT (log, size) DO UPDATE SET cosignature = $4, at = $5";

/* ---- what we cosigned ---- */

/* The row of a query above, if there is one: its note with our cosignature. */
static enum err
read_witnessed(struct db_rows *rows, struct str origin, struct arena *a, struct merkle_head *ret,
    struct str *ret_note, struct why *why)
{
	bool has = false;
	struct note note;

	*ret = (struct merkle_head){ 0 };
	*ret_note = (struct str){ 0 };
	TRY(db_next(rows, &has, why));
	if (!has)
		return OK;
	*ret_note = arena_printf(a, "%.*s%.*s", STR_ARG(db_col_blob(rows, 0)),
	    STR_ARG(db_col_text(rows, 1)));
	if (ret_note->ptr == NULL)
		return ledger_full(why);
	if (ledger_note_read(a, origin, *ret_note, &note, ret, NULL) != OK)
		return fail(why, ERR_TAMPERED, "ledger.witnessed-row",
		    "the head of the log " STR_FMT " that we cosigned is damaged in the database",
		    STR_ARG(origin));
	return OK;
}

enum err
ledger_witnessed(struct db *db, struct str origin, struct arena *a, struct merkle_head *ret,
    struct str *ret_note, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	TRY(db_select(db, &rows, why, get_latest, DB_T(origin)));
	return read_witnessed(&rows, origin, a, ret, ret_note, why);
}

static enum err
witnessed_at(struct db *db, struct str origin, uint64_t size, struct arena *a,
    struct merkle_head *ret, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	struct str note;

	TRY(db_select(db, &rows, why, get_at, DB_T(origin), DB_I((int64_t)size)));
	return read_witnessed(&rows, origin, a, ret, &note, why);
}

/* ---- answering ---- */

/* One request on its way through the checks. */
struct visit {
	struct ledger *ledger;
	struct db *db;
	const struct note_key *log_key;
	struct arena *arena;
	struct witness_request request;
	struct note note;
	struct merkle_head head;
	struct witness_answer answer; /* status 0: nothing was decided yet */
	bool is_conflict;             /* the head contradicts what we cosigned */
};

static enum err
answer(struct visit *v, unsigned status, struct str type, struct str text, struct why *why)
{
	if (text.ptr == NULL)
		return ledger_full(why);
	v->answer = (struct witness_answer){ status, text, type, 0 };
	return OK;
}

/* The reason comes from a struct why: it names what would be right. */
static enum err
refuse(struct visit *v, unsigned status, const struct why *reason, struct why *why)
{
	return answer(v, status, S("text/plain"), arena_printf(v->arena, "%s\n", reason->text),
	    why);
}

static enum err
answer_size(struct visit *v, uint64_t size, struct why *why)
{
	return answer(v, 409, S("text/x.tlog.size"), arena_printf(v->arena, "%" PRIu64 "\n", size),
	    why);
}

/* Form and signature: what can be said without knowing the log's past. */
static enum err
check_request(struct visit *v, struct str body, struct why *why)
{
	struct note_verdict verdict = { 0 };
	struct checkpoint c = { 0 };
	struct why reason = { 0 };

	if (witness_request_parse(body, &v->request, &reason) != OK ||
	    note_parse(v->arena, v->request.note, &v->note, &reason) != OK ||
	    checkpoint_parse(v->note.text, &c, &reason) != OK)
		return refuse(v, 400, &reason, why);
	v->head = c.head;
	if (v->log_key == NULL || !str_is(c.origin, v->log_key->name)) {
		(void)fail(&reason, ERR_NOT_FOUND, "witness.origin",
		    "the log " STR_FMT " is not one that we witness for you", STR_ARG(c.origin));
		return refuse(v, 404, &reason, why);
	}
	enum err err = note_verify(&v->note, v->log_key, 1, &verdict, &reason);
	if (err == OK && !verdict.is_signed)
		err = fail(&reason, ERR_FORBIDDEN, "witness.unsigned",
		    "the checkpoint carries no signature of %s", v->log_key->name);
	if (err != OK)
		return refuse(v, 403, &reason, why);
	if (v->request.old_size > v->head.size) {
		(void)fail(&reason, ERR_INVALID, "witness.shrunk",
		    "the old size %" PRIu64 " is above the size %" PRIu64 " of the checkpoint",
		    v->request.old_size, v->head.size);
		return refuse(v, 400, &reason, why);
	}
	return OK;
}

static enum err
contradict(struct visit *v, const struct why *reason, struct why *why)
{
	v->is_conflict = true;
	return refuse(v, 422, reason, why);
}

/* Whether the head continues the log as we know it. */
static enum err
check_history(struct visit *v, struct why *why)
{
	struct str origin = str_of(v->log_key->name);
	struct merkle_head latest, same;
	struct why reason = { 0 };
	struct str note;

	TRY(ledger_witnessed(v->db, origin, v->arena, &latest, &note, why));
	TRY(witnessed_at(v->db, origin, v->head.size, v->arena, &same, why));
	if (same.size > 0 && !merkle_head_eq(&same, &v->head)) {
		(void)fail(&reason, ERR_TAMPERED, "witness.forked",
		    "we cosigned another root of %" PRIu64 " leaves: history was rewritten",
		    v->head.size);
		return contradict(v, &reason, why);
	}
	if (v->request.old_size != latest.size)
		return answer_size(v, latest.size, why);
	if (latest.size == 0 && v->request.proof.len > 0) {
		(void)fail(&reason, ERR_INVALID, "witness.surplus",
		    "an empty log is a prefix of every log: there is nothing to prove");
		return refuse(v, 422, &reason, why);
	}
	if (latest.size > 0 &&
	    merkle_verify_consistency(&latest, &v->head, &v->request.proof, &reason) != OK)
		return contradict(v, &reason, why);
	return OK;
}

/* Cosigns and stores in the transaction that looked at the history. */
static enum err
cosign(struct visit *v, time_us at, struct why *why)
{
	CLEANUP(buf_free) struct buf line = buf_new(NOTE_BYTES_MAX);
	const struct ledger *l = v->ledger;

	TRY(note_sign(&l->witness_key, l->witness_secret, v->note.text, (uint64_t)(at / US_PER_S),
	    &line, why));
	TRY(db_run(v->db, why, put_witnessed, DB_T(str_of(v->log_key->name)),
	    DB_I((int64_t)v->head.size), DB_B(v->request.note), DB_T(buf_str(&line)), DB_I(at)));
	TRY(answer(v, 200, S("text/plain"), arena_str(v->arena, buf_str(&line)), why));
	v->answer.size = v->head.size;
	return OK;
}

/* Check and store: one transaction. */
static enum err
decide(struct visit *v, time_us at, struct why *why)
{
	CLEANUP(db_txn_endp) struct db_txn txn = { 0 };

	TRY(db_begin(v->db, &txn, why));
	TRY(check_history(v, why));
	if (v->answer.status != 0)
		return OK;
	TRY(cosign(v, at, why));
	return db_commit(&txn, why);
}

/* What others than the database keep of it. */
static enum err
keep_on_disk(struct visit *v, struct why *why)
{
	struct str origin = str_of(v->log_key->name);
	struct merkle_head latest;
	struct str note;

	if (v->is_conflict)
		return mirror_conflict(v->ledger->folder, origin, v->head.size, v->request.note,
		    why);
	if (v->answer.status != 200 || v->head.size == 0)
		return OK;
	TRY(ledger_witnessed(v->db, origin, v->arena, &latest, &note, why));
	return mirror_write(v->ledger->folder, origin, note, why);
}

enum err
ledger_witness(struct ledger *l, struct db *db, const struct witness_ask *ask, struct arena *a,
    struct witness_answer *ret, struct why *why)
{
	struct visit v = { .ledger = l, .db = db, .log_key = ask->log_key, .arena = a };

	if (l->witness_secret == NULL)
		return fail(why, ERR_FORBIDDEN, "ledger.no-witness-key",
		    "%s was opened without its witness key: it cannot cosign", l->origin);
	TRY(check_request(&v, ask->request, why));
	if (v.answer.status == 0) {
		TRY(decide(&v, ask->at, why));
		CRASH_POINT("ledger.witnessed");
		TRY(keep_on_disk(&v, why));
	}
	*ret = v.answer;
	return OK;
}
