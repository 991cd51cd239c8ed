/* standing.h: whether an agreement is in force, from signed statements.
 *
 * The agreement itself and each change of its state (suspend, resume,
 * terminate) is a DSSE envelope.  The agreement needs the signature of every
 * party; a suspension needs one party's (each can close its own door), a
 * resumption the party's that suspended.  struct standing is computed anew
 * from the envelopes and is immutable: the peer's face checks it before every
 * read. */
#pragma once

#include "document.h"

#define AGREEMENT_PAYLOAD_TYPE "application/vnd.torana.agreement+json;version=1"
#define STATEMENT_PAYLOAD_TYPE "application/vnd.torana.agreement-statement+json;version=1"

enum statement_verb {
	STATEMENT_SUSPEND,
	STATEMENT_RESUME,
	STATEMENT_TERMINATE,
	STATEMENT_APPROVE, /* what the party's own law asked for was done: act */
	STATEMENT_ENACT,   /* a delegate of the document, act, signs by its authority */
	STATEMENT_RENEW,   /* to a new end, until, when all parties say so */
	STATEMENT_LAPSE,   /* notice that an automatic renewal is not wanted */
	STATEMENT_SUCCEED, /* the organisation of the scope took over from act */
	STATEMENT_DISPUTE, /* a dispute about act; freezes the scope where the agreement says so */
	STATEMENT_SETTLE,  /* the party that opened it says that it is over */
	STATEMENT_VERBS,
};
const char *statement_verb_name(enum statement_verb verb); /* "suspend" */
bool statement_verb_parse(struct str name, enum statement_verb *ret);

/* A change of state, JSON with the members of docs/agreement.md.  serial
 * counts up per party; an older or equal one is refused, so that a statement
 * cannot be replayed. */
struct statement {
	struct hash agreement;
	enum statement_verb verb;
	struct str scope; /* "all", an area, "category:CODE", an organisation */
	struct str party;
	time_us at;
	uint64_t serial;
	struct str reason;
	struct str act;       /* may be empty but where a verb above asks for it */
	struct str authority; /* may be empty */
	time_us until;        /* 0: none */
};

/* An organisation took over from another, which keeps its name in old records. */
struct succession {
	struct str old;
	struct str next;
	time_us from; /* the instant of the statement that says so */
};

/* JCS text of the statement, ready to be signed. */
enum err statement_write(const struct statement *s, struct buf *out, struct why *why);
enum err statement_parse(struct arena *a, struct str text, struct statement *ret, struct why *why);

enum { SUCCESSIONS_MAX = 64 }; /* as many as a party has organisations */

/* A dispute that is open.  Its steps and their days stand in the document. */
struct dispute {
	struct str scope; /* as of a suspension */
	struct str party; /* that opened it */
	struct str about; /* for people: a release by its order, a duty, a clause */
	time_us at;
};
enum { DISPUTES_MAX = 64 }; /* open at the same time: more are no matter for a list */

/* In the masks below bit i says that party i suspended, bit i + DISPUTE_SHIFT that a
 * dispute which it opened freezes the same. */
enum { DISPUTE_SHIFT = 32 };

struct standing {
	const struct agreement *agreement; /* NULL: there is none */
	size_t signed_by;                  /* parties whose signature is valid */
	uint32_t signed_mask;              /* bit i: party i of the agreement */
	bool terminated;
	bool suspended;          /* whole */
	struct str suspended_by; /* the first party of suspended_mask */
	uint64_t suspended_mask; /* bit i: party i holds the whole closed */
	size_t suspended_areas;
	struct str suspended_area[AREAS_MAX];
	uint64_t suspended_area_mask[AREAS_MAX]; /* parties that hold that area closed */
	uint64_t closed_categories;              /* bit i: a party holds category i closed */
	uint64_t closed_category_mask[CATEGORIES_MAX];
	size_t disputes;
	struct dispute dispute[DISPUTES_MAX];
	uint32_t approved_mask;                /* parties whose own approval is on record */
	struct str enacted_by[PARTIES_MAX];    /* delegate; empty: not on record */
	struct str enacted_under[PARTIES_MAX]; /* that delegate's authority */
	time_us renewed_until[PARTIES_MAX];    /* what each party agreed to; 0: nothing */
	time_us ends_at;                       /* of the term as it is now; 0: expires_on */
	size_t successions;
	struct succession succession[SUCCESSIONS_MAX];
	uint64_t epoch; /* counts accepted statements: raised by every change */
	uint64_t serial[PARTIES_MAX];
};

/* Reads an agreement's envelope: which parties have signed these very bytes.
 * The agreement and its slices live in the arena.
 * ERR_INVALID no envelope or document; ERR_TAMPERED a signature that claims a
 * party's key and is wrong. */
enum err standing_open(struct arena *a, struct str envelope, struct standing *ret, struct why *why);

/* Applies one signed statement.
 * ERR_INVALID unreadable; ERR_FORBIDDEN not signed by the party it names, or
 * that party may not say it; ERR_CONFLICT about another agreement, or its
 * serial is not above the last. */
enum err standing_apply(struct arena *a, struct standing *s, struct str envelope, struct why *why);

/* In force at an instant, for an area ("" : any).  reason is a code and its
 * clause for people: "A-NOTINFORCE", "A-AREA-SUSPENDED"; untouched when true. */
struct standing_reason {
	const char *code;
	char text[WHY_TEXT_MAX];
};
bool standing_in_force(const struct standing *s, struct str area, time_us at,
    struct standing_reason *ret);

/* The same for what goes between two organisations: their parties must be
 * bound to the area by their membership, too ("A-SCOPE"). */
struct standing_ask {
	struct str from, to; /* organisations; `from` may also be a party */
	struct str area;
	time_us at;
};
bool standing_lets(const struct standing *s, const struct standing_ask *ask,
    struct standing_reason *ret);

/* The end of the term, with renewals; TIME_NEVER while it renews itself. */
time_us standing_end(const struct standing *s);

/* The organisation that a code means at an instant: itself, or what took over
 * from it, or from that; empty when it is none of the agreement. */
struct str standing_resolve(const struct standing *s, struct str code, time_us at);

/* The next instant after `at` at which the answer changes by time alone;
 * TIME_NEVER when none. */
time_us standing_next_change(const struct standing *s, time_us at);
