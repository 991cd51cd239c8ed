/* audit_pack.h: what an auditor takes away: one file with the log and the
 * decisions of a compartment, in a range, signed by the node.
 *
 * The file is a tar (ustar) of lines of JSON and of the log's own files; the
 * last part, manifest.json, is a DSSE envelope over the names, sizes and hashes
 * of all others.  docs/audit-pack.md describes it.  No secret key, no password,
 * no session goes in; released bytes and the objects behind them only when they
 * are asked for.  What is not asked for, or belongs to others, is its hash. */
#pragma once

#include "audit.h"
#include "compartment.h"
#include "realm.h"

enum {
	AUDIT_PACK_PART_FILL = 4 * MIB,  /* a part is ended when it has so much */
	AUDIT_PACK_PART_MAX = 160 * MIB, /* such a part with one row of DB_VALUE_MAX in base64 */
	AUDIT_PACK_PARTS_MAX = 40'000,   /* their names and hashes fit into a signed manifest */
};
/* 40,000 full parts: more than one database of ours is meant to hold. */
#define AUDIT_PACK_BYTES_MAX (160ULL * 1024 * MIB)

#define AUDIT_PACK_TYPE "application/vnd.torana.audit-pack+json"

struct audit_pack_wish {
	struct compartment of;
	time_us since, until; /* of leaves: since is in, until is not; 0: open */
	struct str about;     /* an identity, or its exact name; empty: of all */
	struct str to;        /* recipient; empty: of all */
	bool content;
	time_us at;
};

struct audit_pack_made {
	uint64_t parts, decisions;
	uint64_t leaves, withheld_leaves;   /* withheld: as hashes */
	uint64_t records, withheld_records; /* of leaves that are given */
	uint64_t withheld_inputs;           /* they name objects of another compartment */
	char key[HASH_HEX + 1]; /* SHA-256 of the public key that signed: for the auditor */
};

/* Writes a new file.  The realm may be open for reading only, and be served by
 * another process meanwhile.
 *
 * ERR_CONFLICT   pack.exists: the file is there already
 * ERR_NOT_FOUND  disclosure.unknown; ERR_CONFLICT disclosure.name, as in disclosure.h
 * ERR_INVALID    pack.range: until is not after since
 * ERR_LIMIT      more than AUDIT_PACK_PARTS_MAX parts, or a row that is too large
 * ERR_IO */
enum err audit_pack_make(struct realm *r, const struct audit_pack_wish *wish, const char *path,
    struct audit_pack_made *ret, struct why *why);

/* A pack that was taken apart, into a folder of its own below TMPDIR. */
struct audit_pack {
	char folder[4096]; /* empty: it was not taken apart */
	struct str node, origin, organisation, enclaves, since, until, about, to; /* in the arena */
	time_us made_at;
	bool content;
	uint64_t parts;
};

/* Reads a pack, verifies its signature and each part, and takes it apart.  A
 * part that is missing, strange or changed is a problem "pack" in the report,
 * and then nothing is taken apart.
 *
 *   key   what the auditor knows the node by: SHA-256 of its log's public key
 *         in hex, or the log's verifier key as an invitation has it
 *
 * ERR_INVALID    pack.header, pack.name, pack.end, pack.padding, pack.twice: the
 *                container; pack.manifest; pack.row; note.known-text: key is neither
 * ERR_TAMPERED   note.known: signed by another key than this one; pack.key: its
 *                log is another's
 * ERR_LIMIT      pack.size, pack.parts: beyond the bounds above
 * ERR_NOT_FOUND  no such file; ERR_IO */
enum err audit_pack_open(const char *path, struct str key, struct arena *a, struct audit_pack *ret,
    struct audit_report *report, struct why *why);

/* Removes the folder. */
void audit_pack_close(struct audit_pack *p);

/* release_audit() over a pack: what is withheld is counted, and no problem. */
enum err audit_pack_verify(const struct audit_pack *p, const struct str *head, size_t heads,
    struct arena *a, struct release_audit *ret, struct why *why);
