#include <stdarg.h>
#include <stdio.h>

#include "audit_p.h"
#include "ledger_p.h"

void
audit_problem_add(struct audit_report *r, const char *code, const char *fmt, ...)
{
	va_list ap;

	if (r->problems++ >= AUDIT_PROBLEMS_MAX)
		return;
	struct audit_problem *p = &r->problem[r->problems - 1];
	(void)snprintf(p->code, sizeof(p->code), "%s", code);
	va_start(ap, fmt);
	(void)vsnprintf(p->what, sizeof(p->what), fmt, ap);
	va_end(ap);
}

enum err
audit_note(const struct audit *a, struct arena *arena, struct str bytes, struct note *ret,
    struct merkle_head *ret_head, struct why *why)
{
	struct note_verdict verdict;

	TRY(ledger_note_read(arena, a->request->origin, bytes, ret, ret_head, why));
	TRY(note_verify(ret, &a->request->log_key, 1, &verdict, why));
	if (!verdict.is_signed)
		return fail(why, ERR_TAMPERED, "audit.unsigned",
		    "it carries no signature of the log's key %s", a->request->log_key.name);
	return OK;
}

/* ---- cosignatures ---- */

static const char list_cosignatures[] =
    "SELECT c.size, c.witness, c.line, k.note FROM ledger_cosignature c"
    " LEFT JOIN ledger_checkpoint k ON k.log = c.log AND k.size = c.size"
    " WHERE c.log = $1 ORDER BY c.size, c.witness";

static const struct note_key *
witness_of(const struct audit_request *request, struct str name)
{
	for (size_t i = 0; i < request->witness_keys; i++) {
		if (str_is(name, request->witness_key[i].name))
			return &request->witness_key[i];
	}
	return NULL;
}

static enum err
check_line(struct arena *arena, const struct note_key *key, struct str name, struct str line,
    struct str note, struct why *why)
{
	struct note_verdict verdict = { .is_signed = true };
	struct note ours, lines;

	TRY(note_parse(arena, note, &ours, why));
	TRY(note_parse_lines(arena, ours.text, line, &lines, why));
	if (!str_eq(lines.signature[0].name, name))
		return fail(why, ERR_TAMPERED, "audit.witness", "it is one of " STR_FMT,
		    STR_ARG(lines.signature[0].name));
	/* Without the key of the witness there is no more to say. */
	if (key != NULL)
		TRY(note_verify(&lines, key, 1, &verdict, why));
	if (!verdict.is_signed)
		return fail(why, ERR_TAMPERED, "audit.witness", "it is of another key");
	return OK;
}

static void
check_cosignature(struct audit *a, struct arena *arena, const struct db_rows *rows)
{
	struct str name = db_col_text(rows, 1);
	struct why reason = { 0 };

	a->report->cosignatures++;
	if (db_col_type(rows, 3) == DB_NULL) {
		audit_problem_add(a->report, "cosignature",
		    STR_FMT " cosigned a head of %" PRIi64 " leaves, and the database has no "
		            "checkpoint of that size",
		    STR_ARG(name), db_col_i64(rows, 0));
		return;
	}
	if (check_line(arena, witness_of(a->request, name), name, db_col_text(rows, 2),
	        db_col_blob(rows, 3), &reason) != OK)
		audit_problem_add(a->report, "cosignature",
		    "the cosignature of " STR_FMT " over the checkpoint of %" PRIi64
		    " leaves is wrong: %s",
		    STR_ARG(name), db_col_i64(rows, 0), reason.text);
}

static enum err
audit_cosignatures(struct audit *a, struct why *why)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new(LEDGER_NOTES_ARENA);
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	TRY(db_select(a->request->db, &rows, why, list_cosignatures, DB_T(a->request->origin)));
	for (;;) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			return OK;
		arena_clear(arena);
		check_cosignature(a, arena, &rows);
	}
}

/* ---- all ---- */

/* The names of the tiles follow from the checkpoint that lies beside them. */
static enum err
find_tiles(struct audit *a, struct why *why)
{
	uint64_t size = 0;

	TRY(ledger_published(a->request->db, a->request->origin, &size, why));
	a->tile_size = a->disk.size > 0 ? a->disk.size : size <= MERKLE_SIZE_MAX ? size : 0;
	return OK;
}

static enum err
audit_all(struct audit *a, struct why *why)
{
	CLEANUP(db_txn_endp) struct db_txn txn = { 0 };

	TRY(audit_disk(a, why));
	if (!db_in_txn(a->request->db))
		TRY(db_begin_read(a->request->db, &txn, why));
	TRY(find_tiles(a, why));
	audit_heads(a);
	TRY(audit_tree(a, why));
	audit_stale_tiles(a);
	TRY(audit_orphans(a, why));
	return audit_cosignatures(a, why);
}

enum err
ledger_audit(const struct audit_request *request, struct audit_report *ret, struct why *why)
{
	CLEANUP(heap_freep) struct audit *a = heap_new(sizeof(*a), 1);

	assert(request->heads <= COUNTOF(request->head));
	assert(request->witness_keys <= COUNTOF(request->witness_key));
	*ret = (struct audit_report){ 0 };
	a->request = request;
	a->report = ret;
	return audit_all(a, why);
}
