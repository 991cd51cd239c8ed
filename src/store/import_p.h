/* import_p.h: the list of what was wrong in one import. */
#pragma once

#include "id_use.h"
#include "store.h"

/* The list grows in the caller's arena.  What finds no room is counted. */
struct import_list {
	struct arena *arena;
	struct import_result *result;
};

void import_note(struct import_list *l, const struct import_problem *p);

/* What the validation of one object found: errors, and warnings when they are wanted. */
void import_note_report(struct import_list *l, const struct stix_report *r, uint64_t index,
    struct str id, bool warnings);

/* Objects that came first in a version that is not their first (SI-042). */
struct import_unbegun {
	uint64_t len;
	uint64_t index; /* of the first of them */
	struct str id;
};

/* What only the whole text shows. */
void import_note_text(struct import_list *l, struct id_use *uses, const struct import_unbegun *u);

/* What is judged by other objects of the same text, and comes behind them: a translation names a
 * version that may stand behind it.  Beyond IMPORT_LATE_MAX they take their turn. */
enum { IMPORT_LATE_MAX = 100'000 };
struct import_late {
	struct {
		uint64_t index;
		struct str raw;
	} * object; /* on the heap; NULL: none yet */
	size_t len;
};
bool import_late_takes(struct import_late *l, uint64_t index, const struct json *tree);

/* The same for what a conversion did. */
void import_note_change(struct import_list *l, const struct import_change *c);

/* Keeps what an object was before it was converted to this version. */
struct import_kept {
	int64_t shard_key;
	int64_t import_id;
	uint64_t index;
	time_us at;
	struct str id, version;
	struct str original;
	const struct hash *made; /* normalised, of what came out */
	bool aside;              /* another content is served: only when this one was kept at all */
	const struct import_converted *converted;
};
enum err import_keep(struct db *db, const struct import_kept *k, struct why *why);

/* Notes of which object another one was a part, so that they are purged together. */
enum err import_keep_made(struct db *db, int64_t shard_key, struct str made, struct str of,
    struct why *why);

/* Deletes what was kept of an object, and of those that it was a part of, until an instant. */
enum err import_forget(struct db *db, int64_t shard_key, struct str id, time_us until,
    struct why *why);

/* The first of them as a JSON list, for the import's row. */
enum err import_list_text(const struct import_result *r, struct arena *a, struct str *ret,
    struct why *why);
