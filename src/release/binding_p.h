/* binding_p.h: whether an agreement's names and keys are those of the nodes we know. */
#pragma once

#include "db.h"
#include "document.h"

/* Anybody can write an agreement and put a key of his own beside our name.  It
 * counts only when our party stands there with our node's name and key, and
 * every other party with those of its verified peer.
 *
 * ERR_TAMPERED  names the party whose name or key is another */
enum err binding_check(struct db *db, struct arena *a, const struct agreement *g, struct why *why);

/* The key by which our party signs.  ERR_TAMPERED: the setting is no key. */
enum err binding_own_key(struct db *db, struct arena *a, struct verify_key *ret, struct why *why);
