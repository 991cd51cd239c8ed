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

enum statement_verb { STATEMENT_SUSPEND, STATEMENT_RESUME, STATEMENT_TERMINATE };

/* A change of state: {"agreement","version","hash","verb","scope","party",
 * "at","serial","reason"}.  serial counts up per party; an older or equal one
 * is refused, so that a statement cannot be replayed. */
struct statement {
	struct hash agreement;
	enum statement_verb verb;
	struct str scope; /* "all" or an area code */
	struct str party;
	time_us at;
	uint64_t serial;
	struct str reason;
};

/* JCS text of the statement, ready to be signed. */
enum err statement_write(const struct statement *s, struct buf *out, struct why *why);
enum err statement_parse(struct arena *a, struct str text, struct statement *ret, struct why *why);

struct standing {
	const struct agreement *agreement; /* NULL: there is none */
	size_t signed_by;                  /* parties whose signature is valid */
	uint32_t signed_mask;              /* bit i: party i of the agreement */
	bool terminated;
	bool suspended;          /* whole */
	struct str suspended_by; /* the first party of suspended_mask */
	uint32_t suspended_mask; /* bit i: party i holds the whole closed */
	size_t suspended_areas;
	struct str suspended_area[AREAS_MAX];
	uint32_t suspended_area_mask[AREAS_MAX]; /* parties that hold that area closed */
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

/* The next instant after `at` at which the answer changes by time alone;
 * TIME_NEVER when none. */
time_us standing_next_change(const struct standing *s, time_us at);
