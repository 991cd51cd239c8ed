/* credentials_p.h: how people and tools prove who they are.
 *
 * A session is 32 random bytes in a cookie, of which the database keeps the
 * SHA-256.  Whether an account exists is not told: an unknown account, a wrong
 * password and a locked account get the same answer after the same work. */
#pragma once

#include "api_p.h"

#define SESSION_COOKIE "torana_session"

enum {
	SESSION_TOKEN_BYTES = 32,
	/* Each takes 64 MiB and a thread for 80 ms. */
	PASSWORDS_AT_ONCE = 4,
	/* Without a request the session ends: an unattended screen. */
	SESSION_IDLE_S = 30 * 60,
	/* At the latest at the end of a shift. */
	SESSION_LIFE_S = 12 * 3600,
	/* A session in use is prolonged in steps, not by each request. */
	SESSION_STEP_S = 5 * 60,
};

/* The account of a name and password.  Counts a wrong one, and locks the
 * caller's address after TRIES_FAILURES_MAX, the account after
 * ACCOUNT_FAILURES_MAX.  With an authenticator the code must be right, too, and
 * not used before: the answer does not tell which of the two was wrong.  *ret
 * lives in the request's arena.
 *
 * ERR_UNAUTHORIZED session.wrong; ERR_IO session.busy: PASSWORDS_AT_ONCE are
 * being looked at; and those of the database. */
struct sign_in {
	struct str account;
	struct str password;
	struct str code; /* of the authenticator; empty: none was given */
};
enum err api_verify(struct api *api, struct http_request *req, const struct sign_in *in,
    struct account **ret, struct why *why);

/* The hash under which a session is kept. */
struct hash api_token_hash(struct str token);
