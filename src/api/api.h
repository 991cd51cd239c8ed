/* api.h: the REST face /api/v1 (docs/api.md), for the console, the command
 * line and other programs.
 *
 * Handlers do little: read the request, call release/, store/, exchange/,
 * print. Who may call what stands in the table. */
#pragma once

#include <stdatomic.h>

#include "base.h"
#include "exchange.h"
#include "feed.h"
#include "http.h"
#include "realm.h"
#include "tries.h"
#include "verified.h"

/* Bits of http_principal.roles. */
enum role {
	ROLE_ANALYST = 1 << 0,
	ROLE_OFFICER = 1 << 1,
	ROLE_APPROVER = 1 << 2,
	ROLE_LEGAL = 1 << 3,
	ROLE_POLICY = 1 << 4,
	ROLE_DEFENCE = 1 << 5,
	ROLE_AUDITOR = 1 << 6,
	ROLE_ADMINISTRATOR = 1 << 7,
	ROLE_GUEST = 1 << 8, /* has nothing but the collections that it was given */
};

struct api {
	struct realm *realm;
	struct exchange *exchange; /* NULL: a command without a server */
	struct feeds *feeds;       /* the same */
	const char *version;
	struct verified verified; /* starts as all zero */
	struct tries tries;       /* the same */
	atomic_uint verifying;    /* passwords at this moment; starts at 0 */
	atomic_uint replaying;    /* decisions that are made again; starts at 0 */
};

extern const struct http_route api_routes[];
extern const size_t api_routes_count;
/* ctx of the mount is the struct api. */

/* The authenticate hook of the people listener and the control socket: cookie,
 * Basic or Bearer; on the control socket without credentials the
 * administration (admin and read). ctx: struct api. */
http_authenticate api_authenticate;

/* The roles of accounts, for the refusals of both listeners. */
http_name_roles api_name_roles;
