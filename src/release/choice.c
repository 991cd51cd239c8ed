/* Under which agreement, and to whom. */
#include "gather_p.h"

bool
gather_has_purpose(const struct agreement *in, struct str code)
{
	for (size_t i = 0; i < in->purposes; i++) {
		if (str_eq(in->purpose[i].code, code))
			return true;
	}
	return false;
}

enum err
gather_check_recipient(const struct gate *g, const struct release_ask *ask,
    const struct agreement *in, struct why *why)
{
	const struct party *party = NULL;

	if (agreement_organisation(in, ask->to, &party) == NULL)
		return fail(why, ERR_INVALID, "release.recipient",
		    STR_FMT " is no organisation of " STR_FMT "; write PARTY:ORGANISATION",
		    STR_ARG(ask->to), STR_ARG(in->id));
	if (str_eq(party->code, g->party))
		return fail(why, ERR_INVALID, "release.recipient",
		    STR_FMT " is an organisation of our own party: that is access, not release",
		    STR_ARG(ask->to));
	if (!gather_has_purpose(in, ask->purpose))
		return fail(why, ERR_INVALID, "release.purpose",
		    STR_FMT " is no purpose of " STR_FMT, STR_ARG(ask->purpose), STR_ARG(in->id));
	return OK;
}

struct str
gather_recipient(const struct gather *in, const struct standing *s)
{
	if (in->as_of_leaf != GATHER_NOW &&
	    agreement_organisation(s->agreement, in->ask->to, NULL) != NULL)
		return in->ask->to;
	return standing_resolve(s, in->ask->to, in->job->at);
}

const struct standing *
gather_agreement(const struct gather *in)
{
	const struct gate *g = in->job->gate;
	const struct standing *found = NULL, *open = NULL;

	for (size_t i = 0; i < g->agreements; i++) {
		const struct standing *s = g->standing[i];
		const struct standing_ask ask = { g->party, gather_recipient(in, s), in->ask->area,
			in->job->at };
		struct standing_reason reason;

		if (ask.to.len == 0 ||
		    (in->agreement.len > 0 && !str_eq(in->agreement, s->agreement->id)))
			continue;
		if (standing_lets(s, &ask, &reason)) {
			if (open == NULL || gate_fits_better(s, open))
				open = s;
			continue;
		}
		/* A draft of one party changes nothing. */
		if (found == NULL || (found->signed_by < found->agreement->parties &&
		                         s->signed_by == s->agreement->parties))
			found = s;
	}
	return open != NULL ? open : found;
}

static const char peer_key[] = "SELECT verified_at, agreement_key FROM peer WHERE party = $1";

/* What the agreement says of a key: the party's own has no end, a former one has,
 * and of any other it says nothing. */
static bool
is_key_of(const struct party *p, struct str key, time_us *ret_until)
{
	struct verify_key k;

	*ret_until = 0;
	if (key.len != VERIFY_KEY_BYTES)
		return false;
	memcpy(k.byte, key.ptr, VERIFY_KEY_BYTES);
	if (verify_key_eq(&k, &p->agreement_key))
		return true;
	for (size_t i = 0; i < p->former_keys; i++) {
		*ret_until = p->former_key[i].until;
		if (verify_key_eq(&k, &p->former_key[i].key))
			return true;
	}
	return false;
}

enum err
gather_find_key(struct db *db, struct agreement_request *r, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	const struct party *party = NULL;
	bool has = false;

	(void)agreement_organisation(r->standing->agreement, r->to, &party);
	TRY(db_select(db, &rows, why, peer_key, DB_T(party->code)));
	TRY(db_next(&rows, &has, why));
	r->recipient_verified = has && db_col_i64(&rows, 0) != 0 &&
	                        is_key_of(party, db_col_blob(&rows, 1), &r->recipient_key_until);
	return OK;
}
