/* entry_p.h: the bytes that a leaf commits to. */
#pragma once

#include "base.h"
#include "batch.h"
#include "buf.h"
#include "clock.h"

enum {
	LEDGER_RECORD_MAX = 64 * KIB, /* ids, codes and hashes: a few KiB in practice */
	ENTRY_ARENA_MAX = 8 * MIB,    /* the tree of an entry of 64 KiB that is all brackets */
};

/* Checks that the bytes are a JSON object in JCS form with "at" and "type".
 *
 * ERR_INVALID   they are not
 * ERR_LIMIT     more than TILE_ENTRY_MAX bytes */
enum err entry_check(struct str entry, struct why *why);

/* Appends the entry of a batch: head is the JCS object of what its records
 * share.  ERR_INVALID, ERR_LIMIT as above. */
enum err entry_put_batch(struct str head, const struct merkle_head *batch, time_us at,
    struct buf *out, struct why *why);

/* Whether the entry claims to be that of a batch; false also when it is no
 * JSON. */
bool entry_is_batch(struct str entry);

/* Reads number and root out of an entry.  ERR_INVALID when it is not that of a
 * batch. */
enum err entry_batch(struct str entry, struct merkle_head *ret, struct why *why);
