#include "ledger_p.h"

static const char get_head[] = "SELECT n_leaves, frontier FROM ledger_head WHERE log = $1";
static const char get_latest[] = "SELECT note, size FROM ledger_checkpoint WHERE log = $1"
                                 " ORDER BY size DESC LIMIT 1";
static const char get_signed[] =
    "SELECT note, size FROM ledger_checkpoint WHERE log = $1 AND size = $2";
static const char get_entry[] = "SELECT entry FROM ledger_leaf WHERE log = $1 AND leaf = $2";

enum err
ledger_full(struct why *why)
{
	return fail(why, ERR_LIMIT, "ledger.memory",
	    "the answer is larger than the memory of one request");
}

enum err
ledger_head_get(struct db *db, struct str origin, struct merkle_frontier *ret, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	struct merkle_frontier f;

	enum err err = db_select_one(db, &rows, why, get_head, DB_T(origin));
	if (err == ERR_NOT_FOUND)
		return fail(why, err, "ledger.no-log",
		    "the database has no log of the name " STR_FMT, STR_ARG(origin));
	TRY(err);
	if (merkle_frontier_parse(db_col_blob(&rows, 1), &f, NULL) != OK ||
	    (int64_t)f.size != db_col_i64(&rows, 0))
		return fail(why, ERR_TAMPERED, "ledger.head",
		    "the head of the log " STR_FMT " in the database contradicts itself",
		    STR_ARG(origin));
	*ret = f;
	return OK;
}

enum err
ledger_note_read(struct arena *a, struct str origin, struct str bytes, struct note *ret,
    struct merkle_head *ret_head, struct why *why)
{
	struct checkpoint c;

	TRY(note_parse(a, bytes, ret, why));
	TRY(checkpoint_parse(ret->text, &c, why));
	if (!str_eq(c.origin, origin))
		return fail(why, ERR_INVALID, "ledger.origin",
		    "the checkpoint is one of the log " STR_FMT ", not of " STR_FMT,
		    STR_ARG(c.origin), STR_ARG(origin));
	*ret_head = c.head;
	return OK;
}

static enum err
read_signed(struct arena *a, struct str origin, const struct db_rows *rows, struct signed_head *ret,
    struct why *why)
{
	struct signed_head read = { .note = arena_str(a, db_col_blob(rows, 0)) };
	struct note note;

	if (read.note.ptr == NULL)
		return ledger_full(why);
	if (ledger_note_read(a, origin, read.note, &note, &read.head, why) != OK ||
	    (int64_t)read.head.size != db_col_i64(rows, 1))
		return fail(why, ERR_TAMPERED, "ledger.checkpoint-row",
		    "the checkpoint of size %" PRIi64 " in the database is damaged",
		    db_col_i64(rows, 1));
	*ret = read;
	return OK;
}

enum err
ledger_signed_get(struct db *db, struct str origin, struct arena *a, struct signed_head *ret,
    struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	*ret = (struct signed_head){ 0 };
	TRY(db_select(db, &rows, why, get_latest, DB_T(origin)));
	TRY(db_next(&rows, &has, why));
	return has ? read_signed(a, origin, &rows, ret, why) : OK;
}

enum err
ledger_signed_at(struct db *db, struct str origin, uint64_t size, struct arena *a,
    struct signed_head *ret, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	enum err err = db_select_one(db, &rows, why, get_signed, DB_T(origin), DB_I((int64_t)size));
	if (err == ERR_NOT_FOUND)
		return fail(why, err, "ledger.no-checkpoint",
		    "the log " STR_FMT " has no checkpoint of %" PRIu64 " leaves", STR_ARG(origin),
		    size);
	TRY(err);
	return read_signed(a, origin, &rows, ret, why);
}

enum err
ledger_entry_get(struct db *db, struct str origin, uint64_t leaf, struct arena *a, struct str *ret,
    struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	enum err err = leaf > MERKLE_SIZE_MAX ? ERR_NOT_FOUND
	                                      : db_select_one(db, &rows, why, get_entry,
	                                            DB_T(origin), DB_I((int64_t)leaf));
	if (err == ERR_NOT_FOUND)
		return fail(why, err, "ledger.no-leaf", "the log " STR_FMT " has no leaf %" PRIu64,
		    STR_ARG(origin), leaf);
	TRY(err);
	*ret = arena_str(a, db_col_blob(&rows, 0));
	return ret->ptr == NULL ? ledger_full(why) : OK;
}
