/* dsse.h: envelopes that carry bytes, their type and signatures over both.
 *
 * What is signed is the exact payload with its type in front (PAE); nothing is
 * made canonical again when verifying.  A key id is a hint that selects which
 * key to try first; it proves nothing.  A threshold counts keys, not
 * signatures.
 *
 * Slices point into the arena given to dsse_parse() or to what the caller put
 * there.  Not thread-safe while it is being signed.
 *
 * Source: DSSE protocol and envelope, version 1.0.2. */
#pragma once

#include "base.h"
#include "buf.h"
#include "sign.h"

enum {
	DSSE_SIGNATURES_MAX = 32,   /* both parties, their approvers and some spare */
	DSSE_KEYS_MAX = 64,         /* one party's directory for one role */
	DSSE_TYPE_MAX = 256,        /* bytes of a payload type */
	DSSE_KEYID_MAX = 128,       /* bytes of a foreign key id; ours have 64 */
	DSSE_PAYLOAD_MAX = 8 * MIB, /* the largest document that people sign */
	DSSE_BYTES_MAX = 12 * MIB,  /* such a payload in base64, with the rest */
	DSSE_WORK_MAX = 256 * MIB,  /* bytes hashed for one verdict: about a second */
};

struct dsse_signature {
	struct str keyid; /* a hint; may be empty */
	struct signature signature;
};

/* A zeroed envelope with payload and payload_type set is a new one. */
struct dsse {
	struct str payload_type;
	struct str payload;
	size_t signatures;
	struct dsse_signature signature[DSSE_SIGNATURES_MAX];
};

/* Which keys of a verifier's list signed. */
struct dsse_verdict {
	size_t distinct;        /* different keys that signed */
	bool by[DSSE_KEYS_MAX]; /* by[i]: the i-th key of the list did; of
	                         * equal keys only the first is marked */
};

/* Appends what is signed: "DSSEv1 LEN TYPE LEN PAYLOAD". */
void dsse_pae(struct str payload_type, struct str payload, struct buf *out);

/* The key id we write: SHA-256 of the public key in hex.  ret holds 65 bytes. */
void dsse_keyid(const struct verify_key *key, char *ret);

/* Adds a signature; its key id is taken from the arena.
 *
 * ERR_INVALID    the payload type is empty or too long
 * ERR_CONFLICT   this key has signed already
 * ERR_LIMIT      DSSE_SIGNATURES_MAX are there, the payload is too large, or
 *                the arena is full */
enum err dsse_sign(struct dsse *envelope, const struct sign_key *key, struct arena *arena,
    struct why *why);

/* Appends the JSON form.  ERR_LIMIT when out is full. */
enum err dsse_write(const struct dsse *envelope, struct buf *out, struct why *why);

/* Reads the JSON form.  Nothing is verified by this.
 *
 * ERR_INVALID   not JSON, a member missing, twice or of the wrong type, bad
 *               base64, a signature that has not 64 bytes, or none at all
 * ERR_LIMIT     larger than the bounds above, or the arena is full */
enum err dsse_parse(struct arena *arena, struct str json, struct dsse *ret, struct why *why);

/* Says which of the keys signed.  Signatures of other keys are passed over.
 *
 * ERR_TAMPERED   none of the keys signed
 * ERR_LIMIT      more than DSSE_KEYS_MAX keys, or signatures and keys whose
 *                trying would pass DSSE_WORK_MAX */
enum err dsse_verify(const struct dsse *envelope, const struct verify_key *key, size_t keys,
    struct dsse_verdict *ret, struct why *why);
