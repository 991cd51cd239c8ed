#include "audit_p.h"
#include "entry_p.h"

static const char list_records[] = "SELECT place, salt, record FROM ledger_record"
                                   " WHERE log = $1 AND leaf = $2 ORDER BY place";
static const char count_records[] = "SELECT COUNT(*) FROM ledger_record WHERE log = $1";

/* The hash of the current row when it is record `place`; false: a problem was
 * reported. */
static bool
hash_record(struct audit *a, uint64_t leaf, size_t place, const struct db_rows *rows, bool has,
    struct hash *ret)
{
	struct str bytes = has ? db_col_blob(rows, 1) : S("");
	struct batch_salt salt;

	if (!has || db_col_i64(rows, 0) != (int64_t)place) {
		audit_problem_add(a->report, "record", "record %zu of leaf %" PRIu64 " is missing",
		    place, leaf);
		return false;
	}
	a->report->records++;
	if (bytes.len == 0 && db_col_blob(rows, 2).len == HASH_BYTES) {
		/* Purged: its hash stays; who refers to it asks for the tombstone. */
		memcpy(ret->byte, db_col_blob(rows, 2).ptr, HASH_BYTES);
		a->report->purged++;
		return true;
	}
	if (bytes.len != sizeof(salt.byte)) {
		audit_problem_add(a->report, "record",
		    "the salt of record %zu of leaf %" PRIu64 " has %zu bytes, not %zu", place,
		    leaf, bytes.len, sizeof(salt.byte));
		return false;
	}
	memcpy(salt.byte, bytes.ptr, bytes.len);
	*ret = batch_leaf(&salt, db_col_blob(rows, 2));
	return true;
}

static enum err
check_records(struct audit *a, uint64_t leaf, const struct merkle_head *said, struct hash *hash,
    struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	size_t count = (size_t)said->size;
	bool has = false;

	TRY(db_select(a->request->db, &rows, why, list_records, DB_T(a->request->origin),
	    DB_I((int64_t)leaf)));
	for (size_t i = 0; i < count; i++) {
		TRY(db_next(&rows, &has, why));
		if (!hash_record(a, leaf, i, &rows, has, &hash[i]))
			return OK;
	}
	struct hash root = merkle_root(hash, count);
	if (!hash_eq(&root, &said->root))
		audit_problem_add(a->report, "record",
		    "a record of leaf %" PRIu64 " or its salt was changed: the %zu of them (places "
		    "0 to %zu) do not lead to the root in the leaf",
		    leaf, count, count - 1);
	return OK;
}

enum err
audit_batch(struct audit *a, uint64_t leaf, struct str entry, struct why *why)
{
	CLEANUP(heap_freep) struct hash *hash = NULL;
	struct why reason = { 0 };
	struct merkle_head said;

	if (!entry_is_batch(entry))
		return OK;
	if (entry_batch(entry, &said, &reason) != OK) {
		audit_problem_add(a->report, "leaf", "leaf %" PRIu64 " is no good batch: %s", leaf,
		    reason.text);
		return OK;
	}
	hash = heap_new(sizeof(*hash), (size_t)said.size);
	return check_records(a, leaf, &said, hash, why);
}

enum err
audit_orphans(struct audit *a, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	TRY(db_select_one(a->request->db, &rows, why, count_records, DB_T(a->request->origin)));
	uint64_t count = (uint64_t)db_col_i64(&rows, 0);
	if (count > a->report->records)
		audit_problem_add(a->report, "record",
		    "%" PRIu64 " records stand in the database that no leaf commits to",
		    count - a->report->records);
	return OK;
}
