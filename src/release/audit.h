/* audit.h: verifies a realm as it lies in a folder: a copy, offline, without
 * any secret key.
 *
 * The log itself is ledger_audit()'s; here it is held against what refers to
 * it: each object's bytes, each decision with what stays private of it, each
 * agreement's signatures. */
#pragma once

#include "base.h"
#include "ledger.h"

enum { AUDIT_HEADS_MAX = 64 };

struct release_audit {
	struct audit_report report;
	uint64_t objects;
	uint64_t decisions;
	uint64_t agreements;
	uint64_t purged;   /* of the decisions: their content has gone, a tombstone stands */
	uint64_t withheld; /* of the records of a pack: only their hashes are here */
	struct str origin; /* in the arena */
};

/* head   notes of this log that a partner kept (torana audit heads): without
 *        them a log that was rewritten with its own key looks whole
 *
 * OK            the report says what was found, problems included
 * ERR_NOT_FOUND no realm in this folder; ERR_IO */
enum err release_audit(const char *folder, const struct str *head, size_t heads, struct arena *a,
    struct release_audit *ret, struct why *why);

/* The newest AUDIT_HEADS_MAX heads of a partner's log that we witnessed, as
 * notes with our cosignature, oldest first. */
enum err release_audit_heads(struct db *db, struct arena *a, struct str origin, struct str **ret,
    size_t *ret_len, struct why *why);
