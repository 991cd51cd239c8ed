/* card_fixture_p.h: for the tests of this module: a partner's person with a card, and
 * orders to that person. */
#pragma once

#include "dsse.h"
#include "fingerprint.h"
#include "fixture_p.h"
#include "person.h"

/* ---- jobs ---- */

static inline enum err
add_job(const struct release_job *job, const void *in, void *out, struct why *why)
{
	return release_person_add(job, in, out, why);
}
static inline enum err
verify_job(const struct release_job *job, const void *in, void *out, struct why *why)
{
	(void)out;
	return release_person_verify(job, in, why);
}
static inline enum err
revoke_job(const struct release_job *job, const void *in, void *out, struct why *why)
{
	(void)out;
	return release_person_revoke(job, in, why);
}
static inline enum err
received_job(const struct release_job *job, const void *in, void *out, struct why *why)
{
	(void)out;
	return release_envelope_received(job, in, why);
}
static inline enum err
approve_job(const struct release_job *job, const void *in, void *out, struct why *why)
{
	return release_approve(job, in, out, why);
}

/* ---- a card ---- */

struct carded {
	struct sign_key *key; /* hiroshi's */
	const char *realm;    /* NULL: demo */
	int64_t days;         /* 0: 30 */
	struct release_person_step step;
	char words[FINGERPRINT_TEXT_MAX];
};

static inline void
card_done(struct carded *c)
{
	sign_key_free(c->key);
}

static inline void
make_card(struct office *o, const char *organisation, const struct sign_key *signer,
    struct carded *ret)
{
	CLEANUP(buf_free) struct buf text = buf_new(MIB);
	CLEANUP(buf_free) struct buf out = buf_new(DSSE_BYTES_MAX);

	if (ret->key == NULL)
		ret->key = sign_key_new();
	const struct person_card card = {
		.realm = str_of(ret->realm == NULL ? "demo" : ret->realm),
		.name = S("hiroshi"),
		.organisation = str_of(organisation),
		.key = sign_key_public(ret->key),
		.expires_at =
		    clock_wall(&o->clock) + (ret->days == 0 ? 30 : ret->days) * US_PER_DAY,
	};
	WORKS(o, person_card_write(&card, &text, &o->why));
	struct dsse e = { .payload_type = S(PERSON_CARD_TYPE), .payload = buf_str(&text) };
	WORKS(o, dsse_sign(&e, signer, o->arena, &o->why));
	WORKS(o, dsse_write(&e, &out, &o->why));
	struct hash print = hash_of(buf_str(&text));
	fingerprint_words(&print, ret->words);
	ret->step = (struct release_person_step){
		.card = arena_str(o->arena, buf_str(&out)),
		.heard = str_of(ret->words),
		.account = S("uma"),
	};
}

/* Added by uma, compared again by leela. */
static inline void
know(struct office *o, struct carded *ret)
{
	make_card(o, "JP:JPCERT", o->partner, ret);
	WORKS(o, office_try(o, add_job, &ret->step, &ret->step.fingerprint));
	ret->step.account = S("leela");
	WORKS(o, office_try(o, verify_job, &ret->step, NULL));
	office_wait(o, 1);
}

static inline struct release_send
to_person(struct office *o, const struct carded *c, const char *label)
{
	office_import(o, 1, 1, label);
	struct release_send send = office_order(o, 1, 1);

	send.ask.channel = CHANNEL_PERSON;
	send.ask.person = c->step.fingerprint;
	return send;
}
