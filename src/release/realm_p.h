/* realm_p.h: the inside of a running realm. */
#pragma once

#include <pthread.h>

#include "realm.h"

enum { REALM_PATH_MAX = 4096 };

struct gate_ref {
	struct arena *arena;
	struct gate gate;
	unsigned holders; /* under gate_lock */
};

struct listener {
	realm_changed_fn *fn;
	void *arg;
};

struct realm {
	char folder[REALM_PATH_MAX];
	struct arena *arena; /* of the identity */
	struct realm_identity identity;
	const struct clock *clock;
	bool read_only;
	int lock_fd;
	db_changes changes; /* of the store */
	struct db_pool *readers;
	struct db_committer *writer;
	struct ledger *ledger;
	pthread_mutex_t key_lock;
	struct sign_key *key[KEY_ROLES];
	pthread_mutex_t gate_lock;
	struct gate_ref *gate;
	pthread_mutex_t settle_lock; /* one publishing at a time */
	size_t listeners;
	struct listener listener[REALM_LISTENERS_MAX];
};

/* "folder/name" into ret, REALM_PATH_MAX bytes.  ERR_INVALID when it is too long. */
enum err realm_path(const char *folder, const char *name, char *ret, struct why *why);
