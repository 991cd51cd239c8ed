/* peer.h: the nodes of our partners, as their invitations introduced them.
 *
 * One row for each partner's node: a name and a party stand for one set of
 * keys.  Writing functions run in the caller's transaction; what is read lives
 * in the caller's arena. */
#pragma once

#include "base.h"
#include "clock.h"
#include "db.h"
#include "hash.h"

enum {
	PEERS_MAX = 256, /* parties of a treaty, with room; lists end there */
	PEER_KEY_BYTES = 32,
};

struct peer {
	struct str name;  /* public name of the node: origin of its log */
	struct str party; /* "JP" */
	struct str kind;  /* "torana" */
	struct str url;   /* of its peer listener */
	struct hash tls_pin;
	struct str log_key; /* verifier keys of the C2SP notes */
	struct str witness_key;
	uint8_t agreement_key[PEER_KEY_BYTES];
	struct str identity;   /* STIX identity that creates its copies */
	struct str invitation; /* exact bytes */
	time_us verified_at;   /* 0: its fingerprint was not read back yet */
	time_us added_at;
};

/* Adds a peer; the same peer twice (equal but for the times) is the same as once.
 *
 * ERR_CONFLICT  store.peer  its name, party or pin belongs to other keys
 * ERR_LIMIT     store.peers  PEERS_MAX are there */
enum err store_peer_put(struct db *db, const struct peer *p, struct why *why);

/* ERR_NOT_FOUND. */
enum err store_peer_find(struct db *db, struct arena *a, struct str name, struct peer *ret,
    struct why *why);

/* The peer that presents this key.  ERR_NOT_FOUND. */
enum err store_peer_by_pin(struct db *db, struct arena *a, const struct hash *pin, struct peer *ret,
    struct why *why);

/* The node of a party.  ERR_NOT_FOUND. */
enum err store_peer_by_party(struct db *db, struct arena *a, struct str party, struct peer *ret,
    struct why *why);

/* All, in the order of their names.  ERR_LIMIT: the arena is full. */
enum err store_peers(struct db *db, struct arena *a, struct peer **ret, size_t *ret_len,
    struct why *why);

/* Notes that its fingerprint was read back; the first time stays.
 * ERR_NOT_FOUND. */
enum err store_peer_verified(struct db *db, struct str name, time_us at, struct why *why);
