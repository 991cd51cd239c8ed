/* evidence_p.h: finds again what decisions were made from and under: documents
 * by their hash, objects by theirs.  Reads only. */
#pragma once

#include "release.h"
#include "request.h"

enum {
	/* Every version of every agreement and pack that one realm ever held. */
	EVIDENCE_DOCUMENTS_MAX = 1024,
};

struct evidence {
	struct db *db;
	struct arena *arena; /* of the documents */
	struct arena *bytes; /* of objects that are asked for */
	size_t agreements, packs, shards;
	const struct agreement *agreement[EVIDENCE_DOCUMENTS_MAX];
	const struct rule_pack *pack[EVIDENCE_DOCUMENTS_MAX];
	int64_t shard[COLLECTIONS_MAX];
};

/* Reads every document; one that cannot be read, or whose bytes do not have the
 * hash it is stored under, is as if it were not there.  ERR_LIMIT: there are
 * more than EVIDENCE_DOCUMENTS_MAX, or the arena is full; ERR_IO. */
enum err evidence_open(struct evidence *e, struct why *why);

/* ERR_NOT_FOUND evidence.agreement, evidence.pack: it is not here. */
enum err evidence_agreement(const struct evidence *e, const struct hash *hash,
    const struct agreement **ret, struct why *why);
enum err evidence_pack(const struct evidence *e, const struct hash *hash,
    const struct rule_pack **ret, struct why *why);

/* The documents that a fact vector names.  Errors as above; ERR_INVALID: it is none. */
enum err evidence_documents(const struct evidence *e, const struct json *facts,
    struct documents *ret, const struct rule_pack *pack[PACKS_MAX], struct why *why);

/* The whole as the source of requests. */
struct request_source evidence_source(struct evidence *e);
