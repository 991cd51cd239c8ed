/* person.h: what goes to one person of a partner, and to no node.
 *
 * A card of such a person is taken after its fingerprint was heard, and used
 * after a second account heard it, too.  What an order on the channel "person"
 * releases leaves as an envelope for one card (person_paper.h), brought by mail
 * or hand.  Cards and envelopes belong to the compartment that releases. */
#pragma once

#include "compartment.h"
#include "person_paper.h"
#include "release.h"

struct release_person {
	struct str fingerprint; /* of the card, in hexadecimal */
	struct str name, organisation, added_by, verified_by;
	struct verify_key key;
	time_us added_at, verified_at, expires_at, revoked_at;
};
struct release_person_step {
	struct str card;        /* its envelope, of adding */
	struct str fingerprint; /* of the others */
	struct str heard;       /* words or digits that were read on the telephone */
	struct str account;     /* empty: the owner of the machine */
};

/* Takes the card of a partner's person; nothing is sealed to it before a second
 * account compared it, too.
 *
 * ERR_INVALID   no card, one that has expired, or one that is good for too long
 * ERR_FORBIDDEN person.realm: a card of another realm
 * ERR_TAMPERED  not signed by the verified node of the party it names, or another fingerprint
 * ERR_CONFLICT  it is known, be it revoked, or a card with its key was revoked */
enum err release_person_add(const struct release_job *job, const struct release_person_step *step,
    struct str *ret_fingerprint, struct why *why);

/* ERR_NOT_FOUND; ERR_CONFLICT verified, revoked (it, or another with its key) or expired;
 * ERR_FORBIDDEN by who added it; ERR_TAMPERED another fingerprint. */
enum err release_person_verify(const struct release_job *job,
    const struct release_person_step *step, struct why *why);

/* With the card goes its key: no other card with it is good any more.
 * ERR_NOT_FOUND; ERR_CONFLICT revoked already. */
enum err release_person_revoke(const struct release_job *job,
    const struct release_person_step *step, struct why *why);

struct release_person_query {
	struct compartment of;
	struct str fingerprint; /* "" any */
};
/* By organisation and name, at most 1000.  ERR_LIMIT: the arena is full. */
enum err release_persons(struct db *db, struct arena *a, const struct release_person_query *q,
    struct release_person **ret, size_t *ret_len, struct why *why);

/* What an order on the channel "person" released, sealed.  It never lies in a
 * collection: a courier, mail or hand brings it. */
struct release_envelope {
	struct str order_id;
	uint64_t ordinal;
	struct str person, name, organisation, source_id;
	time_us made_at, received_at; /* received_at 0: nobody confirmed it yet */
	struct str receipt;
	struct str body; /* JCS JSON, to be signed; only when one was asked for */
};
struct release_envelope_query {
	struct compartment of;
	struct str order_id; /* "" any */
	uint64_t ordinal;
};
/* Newest first, at most ROWS_MAX.  ERR_LIMIT: the arena is full. */
enum err release_envelopes(struct db *db, struct arena *a, const struct release_envelope_query *q,
    struct release_envelope **ret, size_t *ret_len, struct why *why);

/* Before one is handed out: what holds of sealing holds as long as it lies here.  Also
 * of one that somebody received: a false receipt opens nothing.
 *
 * ERR_CONFLICT  envelope.closed: the card, or another with its key, was revoked or has
 *               expired; the agreement of its order is not in force for area and recipient */
enum err release_envelope_check(const struct release_job *job, const struct release_envelope *e,
    struct why *why);

struct release_envelope_receipt {
	struct str order_id;
	uint64_t ordinal;
	struct str account;
	struct str text; /* who confirmed it, and how */
};
/* ERR_INVALID no text; ERR_NOT_FOUND; ERR_CONFLICT noted already. */
enum err release_envelope_received(const struct release_job *job,
    const struct release_envelope_receipt *r, struct why *why);

/* ---- our own people ---- */

struct release_card {
	struct str name;
	struct verify_key key;
	uint64_t days;                 /* how long it is good */
	const struct sign_key *signer; /* of agreements */
	struct str account;
};

/* Signs a card for a person of the releasing organisation; a leaf says so.
 *
 * ERR_INVALID  person.name, person.days */
enum err release_card_sign(const struct release_job *job, const struct release_card *card,
    struct str *ret, struct why *why);
