/* verified.h: passwords that were right a moment ago.
 *
 * Argon2id takes 80 ms on purpose; a TAXII client that pages with Basic
 * credentials would pay it for each page.  What is kept is a keyed hash over
 * account, password, the stored text and the caller's address, so that a change
 * of the password forgets it at once, and nobody elsewhere learns from it
 * whether a guess is right; the key is random and dies with the process.  Whether
 * the account is disabled is asked each time, elsewhere.
 *
 * All zero is empty and ready.  Thread-safe. */
#pragma once

#include <stdatomic.h>

#include "base.h"
#include "clock.h"
#include "hash.h"

enum {
	VERIFIED_MAX = 64,   /* tools that work at the same time; the oldest goes first */
	VERIFIED_FOR_S = 60, /* then the password is asked for its 80 ms again */
	VERIFIED_KEY_BYTES = 32,
};

struct verified {
	atomic_flag busy;
	bool keyed;
	uint8_t key[VERIFIED_KEY_BYTES];
	size_t next;
	struct {
		struct hash tag;
		time_us until; /* monotonic; 0: empty */
	} entry[VERIFIED_MAX];
};

/* What somebody presents, and what it is compared with. */
struct verified_claim {
	struct str account;
	struct str password;
	struct str stored; /* Argon2id text */
	struct str remote; /* address from which it is presented */
};

/* Whether this very claim was kept less than VERIFIED_FOR_S ago; now is monotonic. */
bool verified_has(struct verified *v, const struct verified_claim *claim, time_us now);

/* Keeps a claim that password_verify() accepted. */
void verified_keep(struct verified *v, const struct verified_claim *claim, time_us now);
