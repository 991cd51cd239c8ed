/* ledger.h: the party's own append-only log, and its witness of others' logs.
 *
 * A leaf is written in the caller's transaction together with what it is about.
 * After that commit ledger_publish() signs a checkpoint, writes the tiles and
 * only then is the leaf visible.  A checkpoint is signed only when the size
 * grew; cosignatures are never leaves: two logs that witness each other come
 * to rest (law 6).
 *
 * On disk, under the realm's folder: log/checkpoint, log/tile/... (C2SP
 * tlog-tiles; may be rebuilt from the database), mirror/ORIGIN/checkpoint (the
 * last head of a partner that we cosigned).
 *
 * Sources: RFC 9162; C2SP signed-note, tlog-checkpoint, tlog-cosignature,
 * tlog-witness, tlog-tiles. */
#pragma once

#include "base.h"
#include "batch.h"
#include "checkpoint.h"
#include "clock.h"
#include "db.h"
#include "merkle.h"
#include "note.h"

struct ledger;

/* Without log_key the log is only read, without witness_key none is cosigned. */
struct ledger_config {
	const char *folder; /* of the realm; exists */
	struct str origin;  /* fixed at init: public name of the node "/" realm */
	const struct sign_key *log_key;
	const struct sign_key *witness_key;
};

/* Keeps what config says: folder and origin are copied, the keys must outlive
 * the ledger.  Touches neither database nor disk.  Any thread may use it with a
 * connection of its own.
 *
 * ERR_INVALID   the origin is no name of a note key (note_key_make) */
enum err ledger_open(const struct ledger_config *config, struct ledger **ret, struct why *why);

/* Before the first write of a program: makes the log when the database has none,
 * checks that database and folder agree, and publishes what was not published
 * yet.  Tiles that a crash left behind are written again.  Runs its own
 * transactions.
 *
 * ERR_TAMPERED   ledger.rolled-back   a checkpoint on disk is newer than the
 *                                     database, or another of the same size: an
 *                                     old backup was put back
 *                ledger.truncated     the database lacks leaves that it signed
 *                ledger.file          log/checkpoint is damaged
 *                and those of ledger_publish */
enum err ledger_recover(struct ledger *l, struct db *db, const struct clock *clock,
    struct why *why);
void ledger_close(struct ledger *l);
static inline void
ledger_closep(struct ledger **l)
{
	ledger_close(*l);
}
struct str ledger_origin(const struct ledger *l);

/* The key that verifies our checkpoints: its name is the origin.  false: the
 * ledger was opened without it. */
bool ledger_log_key(const struct ledger *l, struct note_key *ret);

/* The key that verifies our cosignatures: its name is that of the node, what
 * stands before the "/" of the origin.  false as above. */
bool ledger_witness_key(const struct ledger *l, struct note_key *ret);

/* ---- leaves ---- */

struct ledger_entry {
	const char
	    *kind; /* "order", "approval", "refusal", "receipt", "recall", "agreement", ... */
	/* Exact bytes, at most TILE_ENTRY_MAX: a JSON object in JCS form with the
	 * texts "type" and "at". */
	struct str bytes;
	time_us at;
};
/* Appends one entry inside the caller's write transaction.
 *
 * ERR_INVALID     the entry is not of this form
 * ERR_LIMIT       it is too large, or the log is full
 * ERR_NOT_FOUND   the database has no such log: ledger_recover() makes it
 * ERR_TAMPERED    the head of the log in the database contradicts itself */
enum err ledger_append(struct ledger *l, struct db *db, const struct ledger_entry *entry,
    uint64_t *ret_leaf, struct why *why);

struct ledger_batch {
	struct str
	    head; /* JCS JSON object of what all records share (agreement, recipient, order) */
	const struct str *record;
	size_t records;
	time_us at;
};
/* Appends one leaf that commits to up to BATCH_RECORDS_MAX records, each of at
 * most 64 KiB and under its own random salt.  The entry is JCS JSON {"at",
 * "count", "head", "root" (hex), "type": "release-batch"}.
 *
 * Errors of ledger_append(); ERR_INVALID and ERR_LIMIT also of the records. */
enum err ledger_append_batch(struct ledger *l, struct db *db, const struct ledger_batch *batch,
    uint64_t *ret_leaf, struct why *why);

/* Takes a record and its salt out of a batch, in the caller's transaction: what
 * stays in their place is the hash that the batch commits to, so that the log
 * and the proofs of other records stay good.  *ret_gone is false when it was
 * taken out before.
 *
 * ERR_NOT_FOUND ledger.no-record; ERR_TAMPERED: its salt is damaged */
struct ledger_place;
enum err ledger_purge(struct ledger *l, struct db *db, const struct ledger_place *at,
    struct hash *ret_hash, bool *ret_gone, struct why *why);

/* Signs a checkpoint over all committed leaves when there are new ones, stores
 * it and writes tiles and checkpoint to disk (temporary file, fsync, rename).
 * New leaves are read again and hashed again before anything is signed.  Runs
 * its own transaction.  ret_size: leaves that are visible now.
 *
 * ERR_TAMPERED    the leaves are not those that were appended, or those of the
 *                 last checkpoint; nothing was signed.  Or ledger.rolled-back
 * ERR_FORBIDDEN   there are new leaves and no key to sign with
 * ERR_NOT_FOUND   the database has no such log
 * ERR_IO          the disk: the checkpoint is valid once it is stored, and the
 *                 next call writes what is missing */
enum err ledger_publish(struct ledger *l, struct db *db, const struct clock *clock,
    uint64_t *ret_size, struct why *why);

/* Leaves under a durable, signed checkpoint. */
enum err ledger_published(struct db *db, struct str origin, uint64_t *ret, struct why *why);

/* ---- proofs ---- */

/* The latest checkpoint with the cosignatures that it has: a complete note.
 * ERR_NOT_FOUND: nothing is published. */
enum err ledger_checkpoint(struct db *db, struct str origin, struct arena *a, struct str *ret,
    struct why *why);

/* Where a record stands: in the batch of a leaf. */
struct ledger_place {
	uint64_t leaf;
	uint32_t place;
};
/* Proof of one record in the form of docs/protocol.md ("torana-proof"): JSON
 * {"record" (base64), "batch" (base64 of batch_proof_put), "entry" (base64 of
 * the leaf), "leaf", "path": [base64], "checkpoint"}.
 * ERR_NOT_FOUND, ERR_CONFLICT (not published yet). */
enum err ledger_prove(struct ledger *l, struct db *db, const struct ledger_place *at,
    struct arena *a, struct str *ret, struct why *why);

/* What a verified proof says. */
struct ledger_proved {
	struct str origin;
	uint64_t leaf;
	uint32_t place;
	struct str record;       /* JCS JSON */
	struct str entry;        /* JCS JSON */
	struct merkle_head head; /* of the checkpoint */
	bool cosigned;           /* by the witness key, when one was given */
	struct str checkpoint;
};
/* Checks a proof against the key of its log, whose name is the log's origin.
 * witness_key may be NULL.  What is returned lies in the arena.
 *
 * ERR_INVALID    not of the form that ledger_prove() writes
 * ERR_LIMIT      larger than any proof, or the arena is full
 * ERR_TAMPERED   record, batch, entry, path, checkpoint and signatures do not
 *                belong together, or not to this log */
enum err ledger_proof_verify(struct arena *a, struct str proof, const struct note_key *log_key,
    const struct note_key *witness_key, struct ledger_proved *ret, struct why *why);

/* ---- being witnessed, and witnessing ---- */

/* The body of a tlog-witness add-checkpoint request from old_size on.
 * ERR_NOT_FOUND: nothing is published; ERR_INVALID: old_size is above what is. */
enum err ledger_witness_request(struct ledger *l, struct db *db, uint64_t old_size, struct arena *a,
    struct str *ret, struct why *why);

struct ledger_cosignature {
	const struct note_key *witness;
	uint64_t size; /* of the checkpoint */
	struct str lines;
	time_us at;
};
/* Stores a partner's cosignature line over our checkpoint of this size (those
 * of other keys are dropped); one statement, inside a transaction or not.
 *
 * ERR_TAMPERED    the line does not verify
 * ERR_INVALID     these are no signature lines, or none is of this key
 * ERR_NOT_FOUND   we have no checkpoint of this size */
enum err ledger_cosigned(struct ledger *l, struct db *db, const struct ledger_cosignature *c,
    struct why *why);

/* The largest size that this witness cosigned; 0 none.  at: when. */
enum err ledger_cosigned_size(struct db *db, struct str origin, struct str witness, uint64_t *ret,
    time_us *ret_at, struct why *why);

struct witness_ask {
	const struct note_key
	    *log_key;       /* of the partner's log, its name is the origin; NULL: unknown */
	struct str request; /* the body of add-checkpoint */
	time_us at;
};
struct witness_answer {
	unsigned status; /* 200 and cosignature line; 400, 403, 404, 409 (text: our size), 422 */
	struct str text; /* lies in the arena */
	struct str type; /* "text/plain", "text/x.tlog.size" */
	uint64_t size;   /* of the checkpoint that was cosigned */
};
/* Answers an add-checkpoint request about a partner's log: check, store and
 * answer as one durable step (writer, its own transaction).  A signed head that does not extend the
 * last, or that is another of a size that we cosigned, is kept as evidence in
 * mirror/ORIGIN/conflict-SIZE and answered 422.  ORIGIN is percent-encoded.
 *
 * An error is ours, not the partner's: ERR_FORBIDDEN without a witness key,
 * ERR_TAMPERED of a damaged row, ERR_LIMIT of the arena, ERR_IO. */
enum err ledger_witness(struct ledger *l, struct db *db, const struct witness_ask *ask,
    struct arena *a, struct witness_answer *ret, struct why *why);

/* The last head of a partner that we cosigned; size 0 when none. */
enum err ledger_witnessed(struct db *db, struct str origin, struct arena *a,
    struct merkle_head *ret, struct str *ret_note, struct why *why);

/* ---- audit: reads only, needs no secret key ---- */

struct audit_problem {
	/* "leaf", "record", "tile", "checkpoint", "cosignature", "rewritten",
	 * "truncated"; of what refers to the log "object", "decision", "agreement" */
	char code[32];
	char what[WHY_TEXT_MAX]; /* which one, and what is wrong with it */
};
enum { AUDIT_PROBLEMS_MAX = 100 };
struct audit_report {
	uint64_t leaves, records, tiles, checkpoints, cosignatures;
	uint64_t purged;   /* of the records: only their hashes are left */
	uint64_t withheld; /* of the leaves of a part of a log: only their hashes are here */
	size_t problems;   /* in all; the first AUDIT_PROBLEMS_MAX are kept */
	struct audit_problem problem[AUDIT_PROBLEMS_MAX];
};
void audit_problem_add(struct audit_report *r, const char *code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Verifies a log as it lies in a database and folder (also a copy, offline):
 * every leaf hash against the tree, every record against its batch, tiles and
 * checkpoints, signatures, cosignatures; and, when witness_notes are given (a
 * partner's copies of our heads), that our tree extends each of them:
 * "truncated" or "rewritten" otherwise, and the report says that it was found
 * against the partner's copy.
 * ERR_IO only: what is wrong with the log is in the report. */
struct audit_request {
	struct db *db;
	const char *folder;
	struct str origin;
	struct note_key log_key;
	size_t witness_keys;
	struct note_key witness_key[8];
	size_t heads;
	struct str head[64]; /* notes of this log that a partner kept */
	bool part;           /* a leaf of the kind LEDGER_WITHHELD is the hash of one */
};
#define LEDGER_WITHHELD "withheld"
enum err ledger_audit(const struct audit_request *request, struct audit_report *ret,
    struct why *why);

/* ---- the files of a log, for who takes it elsewhere ---- */

/* Calls fn with path ("log/checkpoint", "log/tile/...") and bytes of each file
 * of a realm's log, the checkpoint first.  An error of fn ends it.  ERR_IO;
 * ERR_LIMIT: a file is larger than any of a log. */
typedef enum err ledger_file_fn(void *arg, struct str path, struct str bytes, struct why *why);
enum err ledger_each_file(const char *folder, ledger_file_fn *fn, void *arg, struct why *why);

/* Writes one of them.  ERR_INVALID ledger.file: path is none of a log; ERR_IO. */
enum err ledger_put_file(const char *folder, struct str path, struct str bytes, struct why *why);
