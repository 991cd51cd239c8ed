/* stored_p.h: from rows of the table object to struct stored. */
#pragma once

#include "store.h"

/* What stored_read() expects; raw comes last because it stands last in the row,
 * and a query that leaves the bytes out never touches them. */
#define STORED_COLUMNS "o.shard_key, o.date_added, " STORED_REST
#define STORED_REST                                                                    \
	"o.object_id, o.version, o.type, o.spec_version, "                             \
	"o.created, o.modified, o.modified_us, o.revoked, o.raw_hash, o.normal_hash, " \
	"o.owner, o.enclave, o.originator, o.giver, o.path, o.received_under, "        \
	"o.import_id, o.withdrawn_at"
#define STORED_COLUMNS_RAW STORED_COLUMNS ", o.raw"
/* With the rank, which stored_read() does not look at. */
#define STORED_COLUMNS_RANK STORED_COLUMNS_RAW ", " RANK_OF("o")

/* Places of columns that a filter looks at, and of the last. */
enum { STORED_TYPE = 4, STORED_SPEC_VERSION = 5, STORED_RANK = 21 };

/* For statements: the row `r` is no content that is kept beside a served one. */
#define STORED_IS_VERSION(r) r ".version NOT LIKE '%~%'"

/* Copies the current row into the arena.  ERR_LIMIT: it is full;
 * ERR_TAMPERED: a hash has not the length of a hash. */
enum err stored_read(const struct db_rows *rows, struct arena *a, bool with_raw, struct stored *ret,
    struct why *why);

/* ERR_TAMPERED: the bytes have not the length of a hash. */
enum err stored_hash(struct str bytes, struct hash *ret, struct why *why);

/* ERR_LIMIT with the one text for an arena that is full. */
enum err stored_full(struct why *why);

/* ERR_TAMPERED (store.row) with the one text for a row that cannot be what was written. */
enum err stored_damaged(struct why *why);

/* Between a version and the digits of a content of it that is not served. */
enum { STORED_ASIDE = '~' };

/* A version without its Z: bytewise order is then that of the instants, as
 * "00:00:00" is before "00:00:00.5". */
struct str stored_sortable(struct str version);

/* Whether two timestamps are one instant, at any precision. */
bool stored_same_instant(struct str a, struct str b);
