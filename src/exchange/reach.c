/* Who is calling, and what may it see? */
#include "exchange_p.h"

enum err
exchange_authenticate(void *ctx, struct http_request *req, struct http_principal *ret,
    struct why *why)
{
	struct realm *r = ctx;
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };
	struct peer *peer = arena_make(req->arena, struct peer, 1);
	struct hash pin;

	if (req->spki == NULL)
		return OK; /* anonymous: every row here asks for more */
	if (peer == NULL)
		return fail(why, ERR_LIMIT, "http.arena", "the request is too large");
	memcpy(pin.byte, req->spki, HASH_BYTES);
	TRY(db_pool_take(realm_readers(r), &lease, why));
	enum err err = store_peer_by_pin(lease.db, req->arena, &pin, peer, why);
	if (err == ERR_NOT_FOUND)
		return fail(why, ERR_UNAUTHORIZED, "exchange.stranger",
		    "no partner has this certificate; add its node from an invitation first");
	if (err != OK)
		return err;
	if (peer->verified_at == 0)
		return fail(why, ERR_UNAUTHORIZED, "exchange.unverified",
		    "the fingerprint of " STR_FMT " was not read back yet", STR_ARG(peer->name));
	*ret = (struct http_principal){
		.proof = HTTP_CERT,
		.id = peer->name,
		.name = peer->name,
		.scopes = HTTP_SCOPE_BIT(SCOPE_PEER),
		.data = peer,
	};
	return OK;
}

static bool
binds_both(const struct standing *s, struct str us, struct str them)
{
	return !str_eq(us, them) && agreement_party(s->agreement, us) != NULL &&
	       agreement_party(s->agreement, them) != NULL;
}

/* The first agreement with the party that is in force, among those with this
 * id; an empty id is any. */
enum err
reach_agreement(const struct gate *g, struct str party, struct str id, time_us at,
    const struct standing **ret, struct why *why)
{
	struct standing_reason reason = { .code = NULL };

	for (size_t i = 0; i < g->agreements; i++) {
		const struct standing *s = g->standing[i];

		if (!binds_both(s, g->party, party))
			continue;
		if (id.len > 0 && !str_eq_nocase(s->agreement->id, id))
			continue;
		if (standing_in_force(s, S(""), at, &reason)) {
			*ret = s;
			return OK;
		}
	}
	if (reason.code == NULL)
		return fail(why, ERR_FORBIDDEN, "A-NOTINFORCE",
		    "no agreement%s" STR_FMT " between " STR_FMT " and " STR_FMT " is held here",
		    id.len > 0 ? " " : "", STR_ARG(id), STR_ARG(g->party), STR_ARG(party));
	return fail(why, ERR_FORBIDDEN, reason.code, "%s", reason.text);
}

enum err
reach_open(const struct gate *g, struct why *why)
{
	if (!g->closing)
		return OK;
	return fail(why, ERR_IO, "gate.closing",
	    "something is being taken back; ask again in a minute");
}

enum err
exchange_peer_reach(const struct gate *g, const struct peer_ask *ask, const struct standing **ret,
    struct why *why)
{
	struct str id = S("");

	TRY(reach_open(g, why));
	for (size_t i = 0; i < g->agreements; i++) {
		const struct standing *s = g->standing[i];

		if (binds_both(s, g->party, ask->peer->party) &&
		    str_eq_nocase(s->agreement->id, ask->root))
			id = s->agreement->id;
	}
	return reach_agreement(g, ask->peer->party, id, ask->at, ret, why);
}

size_t
exchange_peer_agreements(const struct gate *g, const struct peer_ask *ask,
    const struct standing **ret, size_t max)
{
	struct standing_reason reason;
	size_t n = 0;

	for (size_t i = 0; i < g->agreements && n < max; i++) {
		const struct standing *s = g->standing[i];

		if (binds_both(s, g->party, ask->peer->party) &&
		    standing_in_force(s, S(""), ask->at, &reason))
			ret[n++] = s;
	}
	return n;
}
