/* person_paper.h: the papers by which something reaches one person.
 *
 * A card says that a key is a person's; the node of that person's party signs
 * it.  An envelope holds what was sealed to the key; the sender's party signs
 * it.  Each is the payload of a DSSE envelope of a type of its own and names
 * its realm: what an exercise sealed does not open as real. */
#pragma once

#include "base.h"
#include "buf.h"
#include "clock.h"
#include "sign.h"

#define PERSON_CARD_TYPE     "application/vnd.torana.card+json;version=1"
#define PERSON_ENVELOPE_TYPE "application/vnd.torana.envelope+json;version=1"

enum {
	PERSON_CARD_MAX = 4 * KIB,
	PERSON_NAME_MAX = 200,         /* of a person, or of an organisation */
	PERSON_CARD_DAYS_MAX = 366,    /* a key is compared anew once a year */
	PERSON_ENVELOPE_MAX = 8 * MIB, /* what can be signed */
};

struct person_card {
	struct str realm;
	struct str name;
	struct str organisation; /* "JP:JPCERT" */
	struct verify_key key;
	time_us expires_at;
};

/* Appends the card.  ERR_INVALID person.name: none, too long, or not of one line. */
enum err person_card_write(const struct person_card *card, struct buf *out, struct why *why);

/* Reads one; strings point into the arena.
 *
 * ERR_INVALID  person.card, or not JSON
 * ERR_LIMIT    larger than PERSON_CARD_MAX, or the arena is full */
enum err person_card_read(struct arena *a, struct str text, struct person_card *ret,
    struct why *why);

struct person_envelope {
	struct str realm;
	struct str from, to; /* organisations */
	struct str order_id;
	uint64_t ordinal;  /* of the item in its order */
	struct str person; /* fingerprint of the card, in hexadecimal */
	time_us made_at;
	struct str box; /* bytes (box.h) */
};

/* Appends the envelope.  ERR_LIMIT  larger than PERSON_ENVELOPE_MAX */
enum err person_envelope_write(struct arena *a, const struct person_envelope *e, struct buf *out,
    struct why *why);

/* Reads one; nothing is verified or opened by this.
 *
 * ERR_INVALID  person.envelope, not JSON, or bad base64
 * ERR_LIMIT    larger than PERSON_ENVELOPE_MAX, or the arena is full */
enum err person_envelope_read(struct arena *a, struct str text, struct person_envelope *ret,
    struct why *why);

/* Whose envelope a person believes, and with which key it opens. */
struct person_opening {
	struct str realm;
	struct str party; /* "IN" */
	struct verify_key sender;
	const struct sign_key *key;
};

/* Opens a signed envelope: first the signature, because a box does not tell who
 * sealed it.  The same file opens again: order and item say that it was seen.
 *
 * ERR_INVALID   no envelope, or of another type
 * ERR_FORBIDDEN person.realm: of another realm
 * ERR_TAMPERED  not signed by the sender, from another party than the sender
 *               speaks for, sealed to another key, or changed on its way
 * ERR_LIMIT     too large, or the arena is full */
enum err person_envelope_open(struct arena *a, struct str signed_text,
    const struct person_opening *by, struct person_envelope *ret, struct str *ret_text,
    struct why *why);
