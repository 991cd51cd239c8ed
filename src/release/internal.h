/* internal.h: showing an object to another compartment of the own party.
 *
 * Nothing is copied and nothing leaves: from then on the other organisation or
 * enclave reads the newest version, as long as it has the bytes that the officer
 * looked at.  What hangs on the object is not shown with it, and who is shown
 * something cannot give it on.  A withdrawal acts in its transaction.
 *
 * internal_judge() is pure; the strictest answer wins, and unknown means no. */
#pragma once

#include "compartment.h"
#include "release.h"

/* ---- may it be shown? ---- */

/* What an answer depends on. */
struct internal_facts {
	bool within;          /* to another enclave of the same organisation */
	enum tlp tlp;         /* the strictest of its markings, or of its source's policy */
	bool unknown_marking; /* some marking is not known */
	bool classified;      /* it bears a mark of classification */
	bool received;        /* somebody else gave it to us */
	/* Of the agreements under which it came, the strictest word about the other
	 * organisation; one that is not known, or does not name it: ONWARD_DENY. */
	enum onward onward;
};

enum internal_answer {
	INTERNAL_SHOW,       /* an officer alone */
	INTERNAL_SECOND,     /* when a second person approves */
	INTERNAL_CLASSIFIED, /* the rest is no */
	INTERNAL_UNKNOWN,
	INTERNAL_RED,
	INTERNAL_STRICT,
	INTERNAL_UNMARKED,
	INTERNAL_ORIGINATOR,
};
enum internal_answer internal_judge(const struct internal_facts *f);

/* ---- showing ---- */

struct internal_show {
	struct str id;
	struct str to;      /* organisation of our party */
	struct str enclave; /* of it */
	struct str reason;
	struct str account;
};

/* Shows an object of the account's own compartment; *ret_waits: not before a
 * second person approves.  What was shown of an earlier version to the same
 * place ends by it.
 *
 * ERR_FORBIDDEN  release.role         the account is disabled, or no officer
 *                internal.onward      it was shown to the account: its owner shows it
 *                internal.classified, internal.marking, internal.originator
 * ERR_NOT_FOUND  store.object         it does not exist, or is elsewhere
 * ERR_INVALID    internal.to          no organisation of our party, or no account
 *                                     works in that enclave of it
 *                internal.self        it belongs there
 *                internal.reason
 * ERR_CONFLICT   internal.twice       these bytes are shown there, or wait to be */
enum err release_internal_show(const struct release_job *job, const struct internal_show *s,
    struct str *ret_id, bool *ret_waits, struct why *why);

struct internal_step {
	struct str id; /* of the showing */
	struct str account;
	struct str reason; /* of a withdrawal: required */
};

/* The second person's word: an approver of the owning compartment.
 *
 * ERR_FORBIDDEN  release.role, internal.four-eyes: the officer who asked
 *                internal.classified, internal.marking, internal.originator: the
 *                rules have changed since
 * ERR_NOT_FOUND  internal.unknown, also of another compartment
 * ERR_CONFLICT   internal.state: it does not wait; internal.changed: the object has */
enum err release_internal_approve(const struct release_job *job, const struct internal_step *s,
    struct why *why);

/* Ends it now, also one that waits.
 *
 * ERR_FORBIDDEN  release.role: no officer or approver of the owning compartment
 * ERR_INVALID    internal.reason
 * ERR_NOT_FOUND  internal.unknown; ERR_CONFLICT  internal.state: it has ended */
enum err release_internal_withdraw(const struct release_job *job, const struct internal_step *s,
    struct why *why);

/* ---- lists ---- */

struct internal_row {
	struct str id, object_id, version;
	struct str owner, enclave, to, to_enclave;
	struct str account, reason, approver;
	const char *state; /* "waiting", "shown", "outdated", "withdrawn" */
	bool ours;         /* the reader's compartment shows it; otherwise it is shown to it */
	time_us at, shown_at, withdrawn_at; /* 0: not */
	struct str withdrawn_by, withdrawn_why;
};

struct internal_rows {
	struct internal_row *row;
	size_t len;
};

/* What a compartment shows, and what is shown to it, newest first; at most
 * ROWS_MAX.  To whom something was shown the accounts and reasons of the owner
 * are not told, nor what waits, nor what has ended.  ERR_LIMIT: the arena is full. */
enum err release_internal_rows(struct db *db, struct arena *a, const struct compartment *of,
    struct internal_rows *ret, struct why *why);
