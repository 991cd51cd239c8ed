/* source_policy.h: what an object without a marking counts as, by where it was
 * imported from.
 *
 * Public collections like ATT&CK carry no TLP, and what has none does not
 * leave.  A source policy is a signed statement of our own party: what is
 * imported as SOURCE and is one of these objects counts as MARKING.  It is an
 * input of decisions and never changes a byte; an object's own marking wins.
 *
 * Parsed policies are immutable, live in the arena and slice the text. */
#pragma once

#include "base.h"
#include "hash.h"
#include "json.h"
#include "marking.h"

#define SOURCE_POLICY_PAYLOAD_TYPE "application/vnd.torana.source-policy+json"

enum {
	SOURCES_MAX = 32,     /* policies in force at a time; each is written by hand */
	SOURCE_NAME_MAX = 64, /* bytes of a source's name */
	CREATORS_MAX = 32,    /* of one policy */
	PUBLISHERS_MAX = SOURCES_MAX * CREATORS_MAX,
};

/* What becomes of other content of a version that is here (SI-046). */
enum source_same { SOURCE_KEEP, SOURCE_NEWEST, SOURCE_REFUSE };

struct source_policy {
	struct str source; /* "attack": named at the import */
	uint64_t version;
	enum tlp marking;              /* CLEAR to AMBER+STRICT */
	enum source_same same_version; /* "keep", "newest", "refuse"; absent: "keep" */
	struct str reason;
	/* Identities of created_by_ref, one of which it must be; NULL: any.  They are
	 * known to all: their own objects name no victim. */
	const struct json *creators;
	const struct json *types; /* STIX types; NULL: all */
	struct hash hash;         /* of the exact bytes */
};

/* {"type": "torana-source-policy", "format": 1, "source", "version", "marking",
 * "reason", "same_version", "creators", "types"}.
 *
 * ERR_INVALID with the JSON pointer: missing, unknown or of another type, a
 * name of other bytes than a-z 0-9 and '-', no marking or TLP:RED, which
 * nothing may carry from node to node, another same_version; ERR_LIMIT. */
enum err source_policy_parse(struct arena *a, struct str text, const struct source_policy **ret,
    struct why *why);

/* As the document writes it. */
const char *source_same_name(enum source_same same);

/* Whether it speaks of this object, which came from its source. */
struct stix_object;
bool source_policy_covers(const struct source_policy *p, const struct stix_object *o);
