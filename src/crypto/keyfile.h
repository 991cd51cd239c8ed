/* keyfile.h: a secret signing key in a file that says what it is for.
 *
 * A key has one role in one realm; a file is refused for any other.  One line:
 *
 *   torana-key 01 log real PUBLIC SEED
 *
 * 01 is the type byte (Ed25519), PUBLIC the public key in hex, by which damage
 * is found, SEED the secret in hex.  The file is ours alone: mode 0600, owned
 * by us, a plain file. */
#pragma once

#include "base.h"
#include "sign.h"

enum {
	KEYFILE_REALM_MAX = 16,  /* letters a-z: "real", "exercise", "demo" */
	KEYFILE_BYTES_MAX = 256, /* a line has at most 180 */
};

enum key_role {
	KEY_LOG,       /* signs the checkpoints of our own log */
	KEY_WITNESS,   /* cosigns the partner's checkpoints */
	KEY_AGREEMENT, /* signs agreements for the party */
	KEY_RULES,     /* signs rule packs and source policies */
	KEY_APPROVER,  /* signs approvals and standing orders */
	KEY_ADVISORY,  /* signs joint advisories and exported bundles */
	KEY_PSEUDONYM, /* signs nothing that leaves: pseudonyms are derived from it */
	KEY_SEAL,      /* signs nothing: seals secrets that only this node reads (seal.h) */
	KEY_PERSON,    /* opens what is sealed to one person; never in a node's folder */
};
enum { KEY_ROLES = KEY_PERSON + 1 };

/* "log", "witness", "agreement", "rules", "approver", "advisory", "pseudonym",
 * "seal", "person". */
const char *key_role_name(enum key_role role);
bool key_role_parse(struct str name, enum key_role *ret);

/* Writes a new file: complete and durable, or not there.
 *
 * ERR_INVALID    the realm is not 1 to 16 letters a-z
 * ERR_CONFLICT   there is a file of this name: a key is never overwritten
 * ERR_IO         the disk */
enum err keyfile_save(const char *path, enum key_role role, struct str realm,
    const struct sign_key *key, struct why *why);

/* Reads one.
 *
 * ERR_NOT_FOUND   there is no such file
 * ERR_FORBIDDEN   others may read or write it, it is not ours, it is no plain
 *                 file, or it is of another role or realm
 * ERR_INVALID     not a key file of this program
 * ERR_TAMPERED    the public half does not belong to the secret
 * ERR_IO          the disk */
enum err keyfile_load(const char *path, enum key_role role, struct str realm, struct sign_key **ret,
    struct why *why);

/* Reads the line of a file; errors as above. */
enum err keyfile_parse(struct str line, enum key_role role, struct str realm, struct sign_key **ret,
    struct why *why);
