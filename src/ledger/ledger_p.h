/* ledger_p.h: what the files of this module share about one log.
 *
 * A struct ledger is configuration and, behind a lock, the tree of the batch
 * that was proved last.  Everything else is read from the database each time,
 * so that a transaction that was rolled back leaves no trace. */
#pragma once

#include <pthread.h>

#include "ledger.h"

struct ledger {
	char *folder;
	char *origin;
	const struct sign_key *log_secret;     /* NULL: cannot publish */
	const struct sign_key *witness_secret; /* NULL: cannot cosign */
	struct note_key log_key;
	struct note_key witness_key;

	/* A published batch never changes, so its tree may be kept. */
	pthread_mutex_t batch_lock;
	struct batch *batch;
	uint64_t batch_leaf;
};

/* ---- rows ---- */

/* A checkpoint as it is stored: head and note say the same. */
struct signed_head {
	struct merkle_head head; /* size 0: there is none */
	struct str note;         /* in the arena */
};

/* The number of all leaves and their frontier.  ERR_NOT_FOUND: no such log;
 * ERR_TAMPERED: the row contradicts itself. */
enum err ledger_head_get(struct db *db, struct str origin, struct merkle_frontier *ret,
    struct why *why);

/* The checkpoint of the largest size; ERR_TAMPERED: the row is not one of this
 * log. */
enum err ledger_signed_get(struct db *db, struct str origin, struct arena *a,
    struct signed_head *ret, struct why *why);

/* The checkpoint of exactly this size.  ERR_NOT_FOUND. */
enum err ledger_signed_at(struct db *db, struct str origin, uint64_t size, struct arena *a,
    struct signed_head *ret, struct why *why);

/* The bytes of one entry.  ERR_NOT_FOUND. */
enum err ledger_entry_get(struct db *db, struct str origin, uint64_t leaf, struct arena *a,
    struct str *ret, struct why *why);

/* Splits a note that must be a checkpoint of this origin; no signature is
 * checked.  ERR_INVALID. */
enum err ledger_note_read(struct arena *a, struct str origin, struct str bytes, struct note *ret,
    struct merkle_head *ret_head, struct why *why);

/* ERR_LIMIT of an arena that is full. */
enum err ledger_full(struct why *why);

/* Memory of one job over a few notes. */
enum { LEDGER_NOTES_ARENA = 4 * NOTE_BYTES_MAX };
