/* pack.h: a rule pack: one law, or one sector's rules, as data that is signed.
 *
 * A pack is whole: clocks, duties and pointers to other channels stand in it
 * beside the rules of release, but only those decide.  A pack can only
 * restrict.  What is unknown stays unknown: a rule whose law is unclear is
 * disabled and says why, and a clock without a known period has none.
 *
 * The shape is described for lawyers in docs/packs.md, and for programs in
 * share/schema/pack.schema.json. */
#pragma once

#include "document.h"

#define PACK_PAYLOAD_TYPE "application/vnd.torana.rule-pack+json;version=1"

enum {
	RULES_MAX = 128, /* of release, per pack; all are tried for every object */
	NOTES_MAX = 128, /* clocks, duties and pointers, per pack */
	PACKS_MAX = 8,   /* international, two national, sectors */
};

enum rule_kind {
	RULE_RELEASE, /* decides */
	RULE_CLOCK,   /* a period that runs */
	RULE_DUTY,    /* what a party has to keep, name or check */
	RULE_POINTER, /* the lawful channel for what does not belong here */
};
enum { RULE_KINDS = RULE_POINTER + 1 };
const char *rule_kind_name(enum rule_kind k); /* "release" */

/* How sure we are of a rule. */
enum certainty { CERTAINTY_HIGH, CERTAINTY_MIDDLE, CERTAINTY_LOW, CERTAINTY_UNKNOWN };
const char *certainty_name(enum certainty c); /* "H", "M", "L", "unknown" */

/* What a rule does before its date. */
enum early {
	EARLY_NOTHING,
	EARLY_ADVISORY, /* it is cited, and changes no outcome */
	EARLY_APPLY,    /* the party has chosen to apply it already */
};

/* One entry of a pack.  What only some kinds have is empty for the others. */
struct rule {
	enum rule_kind kind;
	struct str id;     /* "IN-09" */
	struct str text;   /* our own words; shown to our side only */
	struct str source; /* where the law stands: "CERT-In Rules 2013, rule 13" */
	enum certainty certainty;
	bool enabled;
	struct str why_not; /* why it is not enabled; empty when it is */
	time_us from;       /* in force, half-open; TIME_NEVER: the date is not known */
	time_us until;      /* TIME_NEVER: no end */
	/* of release */
	struct selector when;
	enum ruling ruling;
	enum early early;
	struct str reason; /* "N-IN-R13": our side's code */
	struct str shared; /* "V-VICTIM": the code the partner sees */
	size_t redactions; /* as of a category */
	const struct redaction *redaction;
	size_t approvals;
	struct str approval[APPROVERS_MAX];
	/* of a clock */
	struct str starts;  /* "noticed_at" */
	struct str to;      /* to whom it is owed */
	int64_t duration_s; /* -1: not known, and nobody may make one up */
	struct str banner;  /* what is shown in its place */
	/* of a pointer */
	struct str route;        /* the channel */
	const struct json *json; /* as it was written */
};

struct rule_pack {
	struct str id; /* "in" */
	uint64_t version;
	struct str party;  /* whose law; empty: international, or of a sector everywhere */
	struct str sector; /* empty: of every sector */
	struct str owner;  /* who answers for it */
	time_us review_on;
	struct hash hash; /* of the exact bytes */
	size_t rules;
	struct rule rule[RULES_MAX];
	size_t notes;
	struct rule note[NOTES_MAX];
	const struct json *json; /* the whole document */
};

/* ERR_INVALID with the JSON pointer of what is missing, unknown, doubled or
 * contradictory; ERR_LIMIT when a bound above is passed. */
enum err rule_pack_parse(struct arena *a, struct str text, const struct rule_pack **ret,
    struct why *why);

/* Whether a rule is asked at an instant, and whether it only advises then. */
bool rule_is_asked(const struct rule *r, time_us at, bool *ret_advisory);

/* Signs a pack: appends the envelope over its canonical form (JCS).
 * ERR_INVALID, ERR_LIMIT as rule_pack_parse(). */
enum err rule_pack_sign(struct arena *a, struct str text, const struct sign_key *key,
    struct buf *out, struct why *why);

/* A signed pack: the envelope, opened.  The pack and its slices live in the arena.
 * ERR_INVALID   no envelope of a pack, or the pack cannot be read
 * ERR_LIMIT     it is too large
 * ERR_TAMPERED  not signed by this key over these bytes */
enum err rule_pack_open(struct arena *a, struct str envelope, const struct verify_key *key,
    const struct rule_pack **ret, struct str *ret_text, struct why *why);
