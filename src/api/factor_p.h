/* factor_p.h: secrets of authenticators, sealed under a key of the realm
 * (private to api). */
#pragma once

#include "account.h"
#include "api_p.h"

/* The secret of an account as it is stored and as it is; one that an older
 * version stored as it is gets a seal, to be stored when its code is taken. */
struct open_factor {
	struct factor stored;
	struct str secret;
	struct str seal; /* empty: the stored one is sealed */
};

/* ERR_NOT_FOUND   factor.none
 * ERR_TAMPERED    the row was sealed under another key, is another account's, or was changed */
enum err api_factor_find(const struct api *api, struct arena *a, struct str account,
    struct open_factor *ret, struct why *why);

/* A new secret, sealed for storage. */
enum err api_factor_seal(const struct api *api, struct arena *a, struct str account,
    struct str secret, struct str *ret, struct why *why);

/* Takes the code of a step (store_factor_use), and stores the seal.  In a write transaction. */
enum err api_factor_use(struct db *db, struct str account, const struct open_factor *f,
    int64_t step, time_us now, struct why *why);
