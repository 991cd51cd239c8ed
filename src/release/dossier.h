/* dossier.h: the signed document of what was shared about somebody.
 *
 * The envelope (DSSE) is signed by the key of the node's log.  Whoever knows that
 * key, from an invitation or by its SHA-256, needs nothing else to verify it. */
#pragma once

#include "dsse.h"
#include "json.h"

#define DOSSIER_TYPE "application/vnd.torana.dossier+json"

/* A dossier that the known key signed.
 *
 *   known     the log's verifier key, or the SHA-256 of its public key in hex
 *   ret       the envelope, in the arena
 *   payload   its tree
 *
 * ERR_INVALID    dsse: no envelope; dossier.type, dossier.log-key: no dossier;
 *                note.known-text: known is no key
 * ERR_TAMPERED   note.known: another key; dsse: the signature is wrong
 * ERR_LIMIT      too large, or the arena is full */
enum err dossier_open(struct arena *a, struct str envelope, struct str known, struct dsse *ret,
    const struct json **payload, struct why *why);
