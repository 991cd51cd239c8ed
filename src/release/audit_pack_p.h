/* audit_pack_p.h: the parts of a pack as they stand in the file (private to
 * release). */
#pragma once

#include "audit_pack.h"
#include "json.h"
#include "ustar_p.h"

#define AUDIT_PACK_MANIFEST "manifest.json"

struct audit_pack_parts {
	size_t len;
	struct ustar_part *part;
	struct str manifest; /* bytes of the last part */
};

/* Reads the container, sorted by name; nothing is verified by this.  Errors of ustar_next();
 * ERR_INVALID pack.twice: a name stands twice, pack.manifest: it is not the last
 * part; ERR_LIMIT pack.parts, or the arena is full. */
enum err audit_pack_parts(struct arena *a, struct str file, struct audit_pack_parts *ret,
    struct why *why);

/* What the manifest says. */
struct audit_pack_manifest {
	struct audit_pack head;
	struct str log_key; /* verifier key */
	const struct json *parts;
};

/* Reads a manifest's payload.  ERR_INVALID pack.manifest. */
enum err audit_pack_manifest(struct arena *a, struct str payload, struct audit_pack_manifest *ret,
    struct why *why);

/* Compares the parts with the manifest: each difference is a problem.
 * ERR_LIMIT: the arena is full. */
enum err audit_pack_compare(struct arena *a, const struct audit_pack_parts *parts,
    const struct audit_pack_manifest *m, struct audit_report *report, struct why *why);

/* Makes database and log out of good parts, in p->folder. */
enum err audit_pack_unpack(struct audit_pack *p, const struct audit_pack_parts *parts,
    struct why *why);
