/* account_p.h: what the handlers about accounts share. */
#pragma once

#include "account.h"
#include "api_p.h"

/* The account that a request is about, and whether it is the caller's own. */
struct account_target {
	struct account account;
	bool self;
};

/* ERR_NOT_FOUND account.unknown: none, or neither the caller's own nor one that
 * the caller administers; nobody can tell which. */
enum err api_find_target(const struct api *api, const struct http_request *req, struct str name,
    struct account_target *ret, struct why *why);

/* ERR_FORBIDDEN  account.self   the control socket without an account
 *                account.token  the caller is known by a token alone */
enum err api_need_person(const struct http_request *req, struct why *why);

/* Notes the event "account.changed".  Errors of store_event(). */
enum err api_note_account(struct db *db, const struct api_job *job, const struct account *account,
    const char *what, struct why *why);

/* Appends a leaf that says who has which roles from now on, and by whom.
 * Errors of ledger_append(). */
enum err api_log_roles(struct db *db, const struct api_job *job, const struct account_wish *given,
    struct why *why);
