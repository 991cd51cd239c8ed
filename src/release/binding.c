#include "binding_p.h"
#include "codec.h"
#include "peer.h"
#include "store.h"

static enum err
other(const struct party *p, const char *what, struct why *why)
{
	return fail(why, ERR_TAMPERED, "agreement.keys",
	    "the %s that the agreement gives for " STR_FMT " is not the one we know", what,
	    STR_ARG(p->code));
}

enum err
binding_own_key(struct db *db, struct arena *a, struct verify_key *ret, struct why *why)
{
	struct str hex = { 0 };

	TRY(store_setting_get(db, S("agreement-key"), a, &hex, why));
	if (!hex_parse(hex, ret->byte, VERIFY_KEY_BYTES))
		return fail(why, ERR_TAMPERED, "agreement.keys",
		    "the setting agreement-key is no key: restore the database from a backup");
	return OK;
}

static enum err
check_own(struct db *db, struct arena *a, const struct party *p, struct why *why)
{
	struct str name = { 0 }, key = { 0 };
	char hex[2 * VERIFY_KEY_BYTES + 1];

	TRY(store_setting_get(db, S("name"), a, &name, why));
	TRY(store_setting_get(db, S("agreement-key"), a, &key, why));
	hex_text(p->agreement_key.byte, VERIFY_KEY_BYTES, hex);
	if (!str_eq(p->node, name))
		return other(p, "node", why);
	return str_is(key, hex) ? OK : other(p, "key", why);
}

static enum err
check_peer(struct db *db, struct arena *a, const struct party *p, struct why *why)
{
	struct peer peer;
	enum err err = store_peer_by_party(db, a, p->code, &peer, why);

	if (err == ERR_NOT_FOUND || (err == OK && peer.verified_at == 0))
		return fail(why, ERR_TAMPERED, "agreement.keys",
		    "the agreement names " STR_FMT ", whose node is no peer whose fingerprint was "
		    "read back",
		    STR_ARG(p->code));
	if (err != OK)
		return err;
	if (!str_eq(p->node, peer.name))
		return other(p, "node", why);
	return memcmp(p->agreement_key.byte, peer.agreement_key, VERIFY_KEY_BYTES) == 0
	           ? OK
	           : other(p, "key", why);
}

enum err
binding_check(struct db *db, struct arena *a, const struct agreement *g, struct why *why)
{
	struct str us = { 0 };

	TRY(store_setting_get(db, S("party"), a, &us, why));
	for (size_t i = 0; i < g->parties; i++) {
		const struct party *p = &g->party[i];

		TRY(str_eq(p->code, us) ? check_own(db, a, p, why) : check_peer(db, a, p, why));
	}
	return OK;
}
