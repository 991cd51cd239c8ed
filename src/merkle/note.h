/* note.h: texts with signature lines, as logs and witnesses exchange them.
 *
 * A signed note is a text that ends with a newline, an empty line, and lines
 * "— NAME BASE64".  Lines of unknown keys are passed over; a line that claims
 * a known key and does not verify spoils the note.
 *
 * A cosignature signs the text together with a time: "I saw this then".  One
 * key has one type and one role.
 *
 * Slices of a parsed note point into the bytes given and into the arena.
 *
 * Source: C2SP signed-note, tlog-cosignature (cosignature/v1). */
#pragma once

#include "base.h"
#include "buf.h"
#include "sign.h"

enum {
	NOTE_BYTES_MAX = 64 * KIB, /* a checkpoint has some 200, a line some 150 */
	NOTE_SIGNATURES_MAX = 32,  /* 16 are the least a verifier must accept */
	NOTE_NAME_MAX = 255,       /* bytes of a key name */
	NOTE_KEYS_MAX = 32,        /* keys of one verifier */
	NOTE_KEY_TEXT_MAX = 384,   /* of a verifier key, with its NUL */
};

/* The type byte in front of a public key; foreign ones are passed over. */
enum note_type {
	NOTE_ED25519 = 0x01,     /* the log's own signature over the text */
	NOTE_COSIGNATURE = 0x04, /* Ed25519 over time and text */
};

struct note_key {
	char name[NOTE_NAME_MAX + 1];
	enum note_type type;
	uint32_t id; /* first four bytes of SHA-256(name, "\n", type, key) */
	struct verify_key key;
};

struct note_signature {
	struct str name;
	uint32_t id;
	struct str bytes; /* after the id */
};

struct note {
	struct str text; /* with its last newline */
	size_t signatures;
	struct note_signature signature[NOTE_SIGNATURES_MAX];
};

/* What a note says about one key of the verifier. */
struct note_verdict {
	bool is_signed;
	uint64_t at_s; /* of a cosignature: seconds since 1970; otherwise 0 */
};

/* ---- keys ---- */

/* ERR_INVALID when the name is empty, too long, not UTF-8, or has blanks,
 * control characters or a plus sign. */
enum err note_key_make(struct str name, enum note_type type, const struct verify_key *key,
    struct note_key *ret, struct why *why);

/* Reads "NAME+ID+BASE64".
 *
 * ERR_INVALID    not of this form, or of a type we do not know
 * ERR_TAMPERED   the id does not belong to name and key */
enum err note_key_parse(struct str text, struct note_key *ret, struct why *why);

/* Whether this is the key by which somebody knows a log: its verifier key, or the SHA-256 of
 * the public key in hex.
 *
 * ERR_INVALID    note.known-text: known is neither
 * ERR_TAMPERED   note.known: it is another key */
enum err note_key_known(struct str known, const struct note_key *key, struct why *why);

/* ret holds NOTE_KEY_TEXT_MAX bytes. */
void note_key_text(const struct note_key *key, char *ret);

/* ---- signing ---- */

/* Appends the signature line over text.  key->key must be the public half of
 * secret.  A complete note is text, "\n" and lines.
 *
 *   at_s   of a cosignature: seconds since 1970; otherwise 0
 *
 * ERR_INVALID   text is no note text (see note_parse), or secret is another
 *               key's
 * ERR_LIMIT     out is full */
enum err note_sign(const struct note_key *key, const struct sign_key *secret, struct str text,
    uint64_t at_s, struct buf *out, struct why *why);

/* ---- reading ---- */

/* Splits a note; nothing is verified by this.
 *
 * ERR_INVALID   not UTF-8, control characters, no text, no signature, or a
 *               line that is no signature line
 * ERR_LIMIT     larger than the bounds above, or the arena is full */
enum err note_parse(struct arena *arena, struct str bytes, struct note *ret, struct why *why);

/* Reads signature lines that came alone, as a witness answers them; the text
 * is what they are about.  Errors as above. */
enum err note_parse_lines(struct arena *arena, struct str text, struct str lines, struct note *ret,
    struct why *why);

/* Says which keys signed; ret[i] is about key[i].  That none did is no error
 * here: the caller has the policy.  Of several cosignatures of one key the
 * latest counts.
 *
 * ERR_TAMPERED   a line of a known key does not verify */
enum err note_verify(const struct note *note, const struct note_key *key, size_t keys,
    struct note_verdict *ret, struct why *why);
