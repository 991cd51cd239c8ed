/* consent.h: who agreed that what may be told about him, to whom, until when.
 *
 * A legal officer writes a consent down, with its evidence; it is a leaf of the
 * ledger and an input of every decision while it lasts.  A withdrawal stops the
 * future at once, and asks recipients of the past to take it
 * out: a request, whose answer is shown as an answer. */
#pragma once

#include "compartment.h"
#include "release.h"

enum {
	CONSENTS_MAX = 4096,         /* in force at once, of one organisation */
	CONSENT_YEARS_MAX = 10,      /* what is meant to last longer is asked for again */
	CONSENT_EVIDENCE_MAX = 4096, /* a reference to a paper, or its words */
};

const char *consent_scope_name(enum consent_scope scope); /* "technique", "name", "personal" */
bool consent_scope_parse(struct str name, enum consent_scope *ret);

struct consent_new {
	struct str identity; /* STIX identity that consents */
	enum consent_scope scope;
	struct str to; /* party or organisation of an agreement; empty: any */
	time_us until;
	struct str evidence;
	struct str account;
};

/* ERR_FORBIDDEN  release.role: the account is no legal officer of our organisation
 * ERR_INVALID    consent.identity, consent.recipient, consent.until, consent.evidence
 * ERR_LIMIT      CONSENTS_MAX are in force */
enum err release_consent_add(const struct release_job *job, const struct consent_new *c,
    struct str *ret_id, struct why *why);

struct consent_withdrawal {
	struct str id;
	struct str account;
	struct str reason;
};

/* Ends a consent now.  Reload the gate afterwards: its epoch has grown, so that
 * everything is decided again, and it is shut to partners until
 * release_consent_close() has nothing more to do; then reload it again.
 *
 * ERR_FORBIDDEN  as above; ERR_INVALID  consent.reason: none is given
 * ERR_NOT_FOUND  consent.unknown; ERR_CONFLICT  consent.withdrawn: it is already */
enum err release_consent_withdraw(const struct release_job *job, const struct consent_withdrawal *w,
    struct why *why);

/* Closes a part of what rested on a consent that was withdrawn, or on the one that
 * was withdrawn first (""): what was not delivered is withdrawn, a recall is asked
 * for what was.  In a transaction of its own, as often as there is more; it goes
 * on where it stopped, also after a crash.  ERR_LIMIT: the arena is full. */
struct consent_closing {
	size_t closed; /* of this consent, in all steps so far; 0 when none is left to be closed */
	bool more;
};
enum err release_consent_close(const struct release_job *job, struct str consent_id,
    struct consent_closing *ret, struct why *why);

struct consent_row {
	struct str id, identity, to, evidence, account;
	struct str scope;
	time_us until, added_at;
	time_us withdrawn_at; /* 0: it was not */
	struct str withdrawn_by, withdrawn_why;
};

struct consent_rows {
	struct consent_row *row;
	size_t len;
};

/* Those that a compartment wrote down, about an identity ("" any), newest first; at most
 * ROWS_MAX.  ERR_LIMIT: the arena is full. */
enum err release_consents(struct db *db, struct arena *a, const struct compartment *of,
    struct str identity, struct consent_rows *ret, struct why *why);

/* Those in force at an instant, as an input of decisions: what is expired,
 * withdrawn or of a scope that nobody knows is none.  ERR_LIMIT. */
enum err release_consents_active(struct db *db, struct arena *a, struct str owner, time_us at,
    struct agreement_request *ret, struct why *why);
