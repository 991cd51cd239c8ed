/* deed_p.h: changing what is in force: a signed document is stored, the ledger
 * says so, and the gate asks it from then on. */
#pragma once

#include "dsse.h"
#include "realm_p.h"

/* What a job about a document works on. */
struct deed {
	struct realm *realm;
	struct arena *arena;
	struct str envelope;
	struct str id; /* of the agreement that is meant */
	struct str text;
	struct str account;
};

/* The ledger's entry, and the event "KIND.added". */
enum err log_deed(struct deed *d, struct db *db, const char *kind, struct str subject,
    struct str envelope, struct why *why);

/* Runs a job that changes what is in force, then shows the change at once. */
enum err run_deed(struct realm *r, db_job_fn *fn, struct deed *d, struct why *why);

/* Adds our party's signature; the envelope's JSON lies in the arena. */
enum err sign_envelope(struct realm *r, struct arena *a, struct dsse *e, struct str *ret,
    struct why *why);
