#include "codec.h"
#include "ledger_p.h"
#include "nodes_p.h"

/* ---- asking a witness ---- */

enum { REQUEST_MAX = NOTE_BYTES_MAX + 64 * (MERKLE_PROOF_MAX + 1) };

enum err
ledger_witness_request(struct ledger *l, struct db *db, uint64_t old_size, struct arena *a,
    struct str *ret, struct why *why)
{
	CLEANUP(buf_free) struct buf out = buf_new(REQUEST_MAX);
	struct nodes nodes = { l->folder, ledger_origin(l), db };
	struct merkle_proof proof = { 0 };
	struct signed_head latest;

	TRY(ledger_signed_get(db, ledger_origin(l), a, &latest, why));
	if (latest.head.size == 0)
		return fail(why, ERR_NOT_FOUND, "ledger.unpublished",
		    "the log %s has no checkpoint yet", l->origin);
	if (old_size > latest.head.size)
		return fail(why, ERR_INVALID, "ledger.old-size",
		    "the log %s has published %" PRIu64 " leaves, not %" PRIu64, l->origin,
		    latest.head.size, old_size);
	if (old_size > 0)
		TRY(nodes_consistency(&nodes, old_size, &latest.head, &proof, NULL, why));

	buf_printf(&out, "old %" PRIu64 "\n", old_size);
	for (size_t i = 0; i < proof.len; i++) {
		base64_put(&out, BASE64_STD, proof.node[i].byte, HASH_BYTES);
		buf_putc(&out, '\n');
	}
	buf_putc(&out, '\n');
	buf_put(&out, latest.note);
	TRY(buf_check(&out, "request to a witness", why));
	*ret = arena_str(a, buf_str(&out));
	return ret->ptr == NULL ? ledger_full(why) : OK;
}

/* ---- what it answered ---- */

static const char put_cosignature[] =
    "INSERT INTO ledger_cosignature (log, size, witness, line, at) VALUES ($1, $2, $3, $4, $5)"
    " ON CONFLICT (log, size, witness) DO UPDATE SET line = $4, at = $5";
static const char get_cosigned[] = "SELECT size, at FROM ledger_cosignature"
                                   " WHERE log = $1 AND witness = $2 ORDER BY size DESC LIMIT 1";

/* The line of the key: lines and signatures stand in the same order. */
static struct str
line_of(struct str lines, const struct note *note, const struct note_key *key)
{
	struct str found = { 0 };

	for (size_t i = 0; i < note->signatures; i++) {
		size_t len = str_find(lines, S("\n")) + 1;
		if (note->signature[i].id == key->id && str_is(note->signature[i].name, key->name))
			found = str_sub(lines, 0, len);
		lines = str_sub(lines, len, lines.len);
	}
	return found;
}

enum err
ledger_cosigned(struct ledger *l, struct db *db, const struct ledger_cosignature *c,
    struct why *why)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(LEDGER_NOTES_ARENA);
	struct note_verdict verdict;
	struct signed_head ours;
	struct note note, answer;

	TRY(ledger_signed_at(db, ledger_origin(l), c->size, a, &ours, why));
	TRY(note_parse(a, ours.note, &note, why));
	TRY(note_parse_lines(a, note.text, c->lines, &answer, why));
	TRY(note_verify(&answer, c->witness, 1, &verdict, why));
	if (!verdict.is_signed)
		return fail(why, ERR_INVALID, "ledger.not-cosigned",
		    "the answer has no cosignature of %s", c->witness->name);
	return db_run(db, why, put_cosignature, DB_T(ledger_origin(l)), DB_I((int64_t)c->size),
	    DB_T(str_of(c->witness->name)), DB_T(line_of(c->lines, &answer, c->witness)),
	    DB_I(c->at));
}

enum err
ledger_cosigned_size(struct db *db, struct str origin, struct str witness, uint64_t *ret,
    time_us *ret_at, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	TRY(db_select(db, &rows, why, get_cosigned, DB_T(origin), DB_T(witness)));
	TRY(db_next(&rows, &has, why));
	*ret = has ? (uint64_t)db_col_i64(&rows, 0) : 0;
	if (ret_at != NULL)
		*ret_at = has ? db_col_i64(&rows, 1) : 0;
	return OK;
}
