/* words_p.h: facts and explanation that many decisions of an order share.
 *
 * In a collection most objects are decided alike: their texts differ in the
 * identifier and the version.  Such a text is kept once, with holes; a hole is a
 * byte that no JSON text has.  Filled, it is the text byte for byte: that is
 * checked before it is shared. */
#pragma once

#include "release.h"

/* A text of a row of release_item, "facts" or "decision", as SQL. */
#define WORDS_OF(text, item)                                                                   \
	"CASE WHEN " item ".words = 0 THEN " item "." text " ELSE (SELECT"                     \
	" replace(replace(replace(shared." text ", '\x01', " item ".source_id), '\x02', " item \
	".version), '\x03', " item ".leaving_id) FROM decision_words shared"                   \
	" WHERE shared.order_id = " item ".order_id AND shared.ordinal = " item ".words) END"

enum {
	WORDS_KINDS_MAX = 64, /* of one order; more keep their own texts */
	WORDS_HOLES_MAX = 16, /* of one text */
	/* So many decisions make a row of their own worth it. */
	WORDS_SHARED_MIN = 8,
};

/* What a decision says, and what fills its holes. */
struct words {
	struct str facts, decision;
	struct str source_id, version, leaving_id;
};

struct words_kinds;

/* NULL: no memory is left. */
struct words_kinds *words_kinds_new(struct arena *a);

/* Takes a decision in.  *ret is its kind; 0: it has none.  ERR_LIMIT. */
enum err words_take(struct words_kinds *kinds, const struct words *w, size_t *ret, struct why *why);

/* The kind when enough decisions share it, or 0. */
size_t words_shared(const struct words_kinds *kinds, size_t kind);

/* Writes the texts that are shared. */
enum err words_write(const struct words_kinds *kinds, struct db *db, struct str order_id,
    struct why *why);
