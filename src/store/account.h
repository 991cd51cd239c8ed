/* account.h: people and tools of our own side, and what they hold to prove it.
 *
 * A password is known here as the text that password.h makes of it, a token as
 * its SHA-256: neither can be read out of the database.  Writing functions run
 * in the caller's transaction; what is read lives in the caller's arena. */
#pragma once

#include "base.h"
#include "clock.h"
#include "db.h"
#include "hash.h"

enum {
	ACCOUNTS_MAX = 10'000, /* of one node; lists end there */
	ACCOUNT_NAME_MAX = 64,
	/* Wrong passwords in a row, from wherever, that lock an account for a while:
	 * each time so many.  One address alone is stopped long before. */
	ACCOUNT_FAILURES_MAX = 50,
	ACCOUNT_LOCK_S = 15 * 60,
};

struct account {
	struct str name;
	struct str display;
	struct str organisation; /* "IN:CERT-IN" */
	struct str enclaves;     /* separated by ' '; what it makes belongs to the first */
	struct str roles;        /* separated by ' ' */
	struct str password;     /* empty: cannot sign in with one */
	struct str password_by;  /* the administrator who set it; empty: its owner */
	int64_t failures;        /* in a row */
	time_us locked_until;
	bool disabled;
	time_us created_at;
};

/* Adds an account; failures, locked_until and disabled start at zero.
 *
 * ERR_INVALID   account.name   not 1 to 64 of a-z 0-9 . - _ @
 *               account.roles  another role than analyst, officer, approver,
 *                              legal, policy, defence-liaison, auditor,
 *                              administrator, guest; or administrator together
 *                              with one that releases or approves, or guest with any
 *               enclave.name, enclave.twice, enclave.many   enclaves_check()
 * ERR_CONFLICT  account.exists */
enum err store_account_create(struct db *db, const struct account *account, struct why *why);

/* ERR_INVALID account.roles, as store_account_create(). */
enum err store_roles_check(struct str roles, struct why *why);

/* ERR_NOT_FOUND account.unknown. */
enum err store_account_find(struct db *db, struct arena *a, struct str name, struct account *ret,
    struct why *why);

/* All, in the order of their names.  ERR_LIMIT: the arena is full. */
enum err store_accounts(struct db *db, struct arena *a, struct account **ret, size_t *ret_len,
    struct why *why);

/* Changes one thing.  ERR_NOT_FOUND account.unknown; ERR_INVALID account.roles.
 * A new password, with who set it, forgets the failures; disabling ends every session. */
enum err store_account_password(struct db *db, const struct account *account, struct why *why);
enum err store_account_roles(struct db *db, struct str name, struct str roles, struct why *why);
enum err store_account_disable(struct db *db, struct str name, bool disabled, struct why *why);
/* Forgets the wrong passwords and ends a lock.  ERR_NOT_FOUND account.unknown. */
enum err store_account_unlock(struct db *db, struct str name, struct why *why);

/* Counts a wrong password; *ret is the end of the lock, 0 while there is none.
 * ERR_NOT_FOUND account.unknown. */
enum err store_account_failed(struct db *db, struct str name, time_us now, time_us *ret,
    struct why *why);

/* A right password forgets the failures.  ERR_NOT_FOUND account.unknown. */
enum err store_account_passed(struct db *db, struct str name, struct why *why);

/* ---- roles that wait for a second administrator ---- */

/* Whether one of the roles approves, or makes accounts: one administrator
 * alone does not give it.  And the others of a list. */
bool store_roles_weighty(struct str roles);
struct str store_roles_light(struct arena *a, struct str roles);

struct account_wish {
	struct str name;
	struct str roles; /* all that the account is to have */
	struct str proposer;
	time_us at;
};

/* Notes what an administrator wants; a newer wish for an account takes the older one's place. */
enum err store_account_wish(struct db *db, const struct account_wish *wish, struct why *why);

/* ERR_NOT_FOUND account.no-wish. */
enum err store_account_wish_find(struct db *db, struct arena *a, struct str name,
    struct account_wish *ret, struct why *why);

/* Gives the account the roles that wait for it; *ret says which, and who asked.
 * `by` is empty for the owner of the machine.
 *
 * ERR_NOT_FOUND account.no-wish, account.unknown
 * ERR_FORBIDDEN account.four-eyes   the proposer, or the account itself
 *               account.password    an administrator knows its password: its
 *                                   owner changes it first */
enum err store_account_confirm(struct db *db, struct arena *a, struct str name, struct str by,
    struct account_wish *ret, struct why *why);

/* ---- sessions of the console, tokens of tools ---- */

struct session {
	struct hash token; /* of the token, which is not kept */
	struct str account;
	struct str kind; /* "session", "token" */
	struct str scopes;
	time_us expires_at;
	time_us created_at;
	struct str label; /* of a token: what it is for, in its owner's words */
};

/* ERR_CONFLICT: a token twice, which its length makes impossible. */
enum err store_session_put(struct db *db, const struct session *s, struct why *why);

/* ERR_NOT_FOUND session.unknown: no such token, or expired at `now`; which of
 * the two is nobody's business. */
enum err store_session_find(struct db *db, struct arena *a, const struct hash *token, time_us now,
    struct session *ret, struct why *why);

/* Ends one; ending it twice is the same as once. */
enum err store_session_delete(struct db *db, const struct hash *token, struct why *why);

/* The tokens of an account, the newest first.  ERR_LIMIT: the arena is full. */
enum { TOKENS_MAX = 64 }; /* of one account */
enum err store_tokens(struct db *db, struct arena *a, struct str account, struct session **ret,
    size_t *ret_len, struct why *why);

/* Ends the sessions of an account, without its tokens, but for one: NULL, all. */
enum err store_sessions_end(struct db *db, struct str account, const struct hash *but,
    struct why *why);

/* Ends all of an account, or, with an empty name, all that expired before now. */
enum err store_sessions_delete(struct db *db, struct str account, time_us now, struct why *why);

/* ---- second factor: the secret of an authenticator ---- */

enum { FACTOR_SECRET_MAX = 64 }; /* as it is stored: sealed */

struct factor {
	struct str secret;
	bool confirmed;    /* asked for at each sign-in */
	int64_t last_step; /* of the last code that was taken */
};

/* ERR_NOT_FOUND factor.none. */
enum err store_factor_find(struct db *db, struct arena *a, struct str account, struct factor *ret,
    struct why *why);

/* Keeps a secret that is not confirmed yet, in the stead of another such.
 * ERR_CONFLICT factor.there: one is in use; it must be taken off first. */
enum err store_factor_put(struct db *db, struct str account, struct str secret, time_us now,
    struct why *why);

/* Takes the code of a step: once, and none of an earlier step after it.  The
 * first confirms the secret.  ERR_UNAUTHORIZED factor.used. */
enum err store_factor_use(struct db *db, struct str account, int64_t step, time_us now,
    struct why *why);

/* Stores a secret in another form; nothing when it is not the one that was read. */
enum err store_factor_seal(struct db *db, struct str account, struct str from, struct str to,
    struct why *why);

/* Takes it off; *ret_changed: there was one. */
enum err store_factor_delete(struct db *db, struct str account, bool *ret_changed, struct why *why);
