/* tries.h: wrong passwords, counted for each account and address they come from.
 *
 * Who guesses closes the door for his own address and for no other: a stranger
 * cannot keep the owner of an account out.  The much higher limit of an account
 * over all addresses stands in the database (account.h).  Of IPv6 the network
 * of 64 bits counts, which is what one customer is given.
 *
 * All zero is empty and ready.  Bounded: the entry that rested longest makes
 * room.  Thread-safe; dies with the process. */
#pragma once

#include <stdatomic.h>

#include "base.h"
#include "clock.h"
#include "hash.h"

enum {
	/* Each stands for a password that took 80 ms to refuse. */
	TRIES_MAX = 512,
	/* Wrong passwords in a row before an address is locked: each further one
	 * doubles the wait, from a minute to an hour. */
	TRIES_FAILURES_MAX = 5,
	TRIES_LOCK_MIN_S = 60,
	TRIES_LOCK_MAX_S = 3600,
};

struct tries {
	atomic_flag busy;
	struct tries_entry {
		struct hash tag;
		uint32_t failures; /* 0: empty */
		time_us at;        /* of the last one, monotonic */
		time_us until;     /* end of the lock; 0: none */
	} entry[TRIES_MAX];
};

struct tries_from {
	struct str account;
	struct str remote; /* numeric address; "" is the control socket */
};

/* Whether this address is locked for this account; now is monotonic. */
bool tries_locked(struct tries *t, const struct tries_from *from, time_us now);

/* Counts a wrong password.  True: the address is locked from now on. */
bool tries_failed(struct tries *t, const struct tries_from *from, time_us now);

/* A right password forgets the wrong ones before it. */
void tries_passed(struct tries *t, const struct tries_from *from);
