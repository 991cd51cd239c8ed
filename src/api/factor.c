#include "factor_p.h"
#include "seal.h"
#include "totp.h"

static struct str
owner_of(struct arena *a, struct str account)
{
	return arena_printf(a, "authenticator of " STR_FMT, STR_ARG(account));
}

enum err
api_factor_seal(const struct api *api, struct arena *a, struct str account, struct str secret,
    struct str *ret, struct why *why)
{
	const struct sign_key *key = NULL;

	TRY(realm_key_ensure(api->realm, KEY_SEAL, &key, why));
	return seal_make(a, key, owner_of(a, account), secret, ret, why);
}

enum err
api_factor_find(const struct api *api, struct arena *a, struct str account, struct open_factor *ret,
    struct why *why)
{
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };
	const struct sign_key *key = NULL;

	*ret = (struct open_factor){ 0 };
	TRY(db_pool_take(realm_readers(api->realm), &lease, why));
	TRY(store_factor_find(lease.db, a, account, &ret->stored, why));
	if (ret->stored.secret.len == TOTP_SECRET_BYTES) {
		ret->secret = ret->stored.secret;
		return api_factor_seal(api, a, account, ret->secret, &ret->seal, why);
	}
	TRY(realm_key_ensure(api->realm, KEY_SEAL, &key, why));
	return seal_open(a, key, owner_of(a, account), ret->stored.secret, &ret->secret, why);
}

enum err
api_factor_use(struct db *db, struct str account, const struct open_factor *f, int64_t step,
    time_us now, struct why *why)
{
	TRY(store_factor_use(db, account, step, now, why));
	return f->seal.len == 0 ? OK
	                        : store_factor_seal(db, account, f->stored.secret, f->seal, why);
}
