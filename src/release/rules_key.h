/* rules_key.h: the key that signs our rule packs, and how another takes its place.
 *
 * A statement names the new key.  The new key signs it, so that nobody installs
 * a key that he does not hold; and the old one does, or the owner of the
 * machine brings it, when the old one is lost.  Packs that were active before
 * go on, as signed by an earlier key; nothing else that it signs counts.
 * A key that was replaced never comes back.  docs/decisions/0016. */
#pragma once

#include "agreement.h"
#include "buf.h"
#include "db.h"
#include "sign.h"

#define RULES_KEY_TYPE "application/vnd.torana.rules-key+json;version=1"

enum { RULES_KEYS_MAX = 32 }; /* replaced in one realm: more than one in a year */

struct rules_keys {
	struct verify_key now;
	size_t past;
	struct rules_key_past {
		struct verify_key key;
		time_us until; /* it was replaced then */
	} old[RULES_KEYS_MAX];
};

/* Those of a realm.  ERR_TAMPERED pack.key: a setting that is none. */
enum err rules_keys_load(struct db *db, struct arena *a, struct rules_keys *ret, struct why *why);

/* Opens the envelope of an active pack.  added_at is when it became active.
 * Errors of rule_pack_open(). */
struct rules_opened {
	const struct rule_pack *pack;
	bool earlier; /* a key signed it that was replaced since */
};
enum err rules_keys_open(struct arena *a, const struct rules_keys *keys, struct str envelope,
    time_us added_at, struct rules_opened *ret, struct why *why);

/* Writes a statement: that `next` takes the place of the realm's key.  old is
 * NULL when it is lost.  ERR_LIMIT. */
enum err rules_key_write(struct arena *a, struct str realm, const struct sign_key *old,
    const struct sign_key *next, struct buf *out, struct why *why);

/* What a statement says, and who signed it. */
struct rules_key_wish {
	struct verify_key next;
	bool by_old; /* the key that it replaces */
};

/* ERR_INVALID    rules-key.statement: no statement
 * ERR_FORBIDDEN  rules-key.realm: for another realm
 * ERR_TAMPERED   rules-key.unproved: not signed by the new key
 * ERR_CONFLICT   rules-key.known: it is the key of now, or one that was replaced
 * ERR_LIMIT      rules-key.many, or the arena is full */
enum err rules_key_read(struct arena *a, struct str envelope, const struct rules_keys *keys,
    struct str realm, struct rules_key_wish *ret, struct why *why);
