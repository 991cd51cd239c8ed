/* mirror_p.h: mirror/ORIGIN/, what we keep on disk of a partner's log: the last
 * head that we cosigned, and heads that contradict it. */
#pragma once

#include "db.h"
#include "ledger.h"

/* Writes mirror/ORIGIN/checkpoint.  ERR_IO. */
enum err mirror_write(const char *folder, struct str origin, struct str note, struct why *why);

/* Keeps a contradicting note as mirror/ORIGIN/conflict-SIZE unless there is one
 * of that size, or too many.  ERR_IO. */
enum err mirror_conflict(const char *folder, struct str origin, uint64_t size, struct str note,
    struct why *why);

/* Compares all of mirror/ with the database and writes what is older or
 * missing.  ERR_TAMPERED ledger.rolled-back: a head on disk is newer. */
enum err mirror_recover(const char *folder, struct db *db, struct why *why);
