/* audit_p.h: what the parts of an audit share. */
#pragma once

#include "ledger.h"

enum {
	AUDIT_HEADS_MAX = COUNTOF(((struct audit_request *)0)->head) + 1, /* and log/checkpoint */
	AUDIT_WHOSE_MAX = NOTE_NAME_MAX + 64,
};

/* A signed head of this log from elsewhere than the database. */
struct audit_head {
	struct merkle_head head;
	char whose[AUDIT_WHOSE_MAX]; /* "the copy of in.example, cosigned ..." */
	bool is_good;                /* our tree had this root at this size */
};

struct audit {
	const struct audit_request *request;
	struct audit_report *report;
	uint64_t tile_size;        /* leaves below the tiles on disk */
	struct merkle_head disk;   /* log/checkpoint; size 0: none, or damaged */
	struct merkle_head latest; /* the newest good checkpoint in the database */
	size_t heads;
	struct audit_head head[AUDIT_HEADS_MAX];
};

/* ---- heads from elsewhere ---- */

/* Reads log/checkpoint, before anything else: the database is never behind. */
enum err audit_disk(struct audit *a, struct why *why);

/* Reads the partners' copies. */
void audit_heads(struct audit *a);

/* Whether a head of this size is to be compared. */
bool audit_wants(const struct audit *a, uint64_t size);

/* Compares what is known of this size with our tree. */
void audit_compare(struct audit *a, const struct merkle_head *ours);

/* After the last leaf: heads of logs that were longer; the state of
 * log/checkpoint. */
enum err audit_heads_end(struct audit *a, uint64_t leaves, struct why *why);

/* ---- the log itself ---- */

/* Leaves, tiles, checkpoints. */
enum err audit_tree(struct audit *a, struct why *why);

/* Narrow tiles on disk that wider ones have followed, and files that are none. */
void audit_stale_tiles(struct audit *a);

/* The records of one leaf; OK when its entry is not that of a batch. */
enum err audit_batch(struct audit *a, uint64_t leaf, struct str entry, struct why *why);

/* Records of leaves that commit to none. */
enum err audit_orphans(struct audit *a, struct why *why);

/* Reads and verifies a note of this log.  ERR_INVALID, ERR_TAMPERED. */
enum err audit_note(const struct audit *a, struct arena *arena, struct str bytes, struct note *ret,
    struct merkle_head *ret_head, struct why *why);
