/* realm.h: a running realm: its database, ledger, keys and what is in force.
 *
 * Made once by the node (or by a command when nobody serves) and handed to
 * every face and worker.  Thread-safe except open and close.  What is in force
 * is an immutable snapshot (struct gate) that realm_gate_take() lends; a change
 * swaps the pointer. */
#pragma once

#include "base.h"
#include "clock.h"
#include "committer.h"
#include "db.h"
#include "keyfile.h"
#include "ledger.h"
#include "release.h"

struct realm;

/* Facts fixed at init. */
struct realm_identity {
	struct str realm;              /* "real", "exercise", "demo" */
	struct str name;               /* public name of the node, "in.example" */
	struct str origin;             /* of its log: name "/" realm */
	struct str party;              /* "IN" */
	struct str organisation;       /* "IN:CERT-IN" */
	struct str enclave;            /* "main" */
	struct str redaction_identity; /* STIX identity of the node */
	struct str display;            /* name for people, "CERT-In (demonstration)" */
};

struct realm_init {
	struct realm_identity identity; /* redaction_identity empty: one is made */
	struct str peer_url;            /* announced to partners: "https://in.example:6514" */
	const struct clock *clock;
};

/* Makes DIR/REALM: database, keys (log, witness, agreement, approver), TLS
 * certificates (peer, people), redaction identity, local collection.
 * ERR_CONFLICT: it exists already. */
enum err realm_init(const char *dir, const struct realm_init *init, struct why *why);

struct realm_options {
	const struct clock *clock;
	bool read_only; /* scan and audit: no lock, no keys, no writer */
};

/* Opens DIR/REALM under its lock (flock on DIR/REALM/lock).
 * ERR_NOT_FOUND no such realm; ERR_CONFLICT (realm.locked) somebody serves it. */
enum err realm_open(const char *dir, const char *realm, const struct realm_options *options,
    struct realm **ret, struct why *why);
void realm_close(struct realm *r);
static inline void
realm_closep(struct realm **r)
{
	realm_close(*r);
}

/* Parts of the realm; they live as long as it does. */
const struct realm_identity *realm_identity(const struct realm *r);
const char *realm_folder(const struct realm *r); /* DIR/REALM */
const struct clock *realm_clock(const struct realm *r);
struct ledger *realm_ledger(const struct realm *r);
struct db_pool *realm_readers(const struct realm *r);

/* A signing key of this realm; loaded when first asked for. */
enum err realm_key(struct realm *r, enum key_role role, const struct sign_key **ret,
    struct why *why);

/* The same, for a role that the realm's folder may be older than: its key is
 * made when there is none.  ERR_FORBIDDEN realm.read-only */
enum err realm_key_ensure(struct realm *r, enum key_role role, const struct sign_key **ret,
    struct why *why);

/* ---- changing ---- */

/* Runs fn in the writer's next transaction (committer.h) and waits until it is durable. */
enum err realm_write(struct realm *r, db_job_fn *fn, void *arg, struct why *why);

/* Runs fn with the writer connection outside of a transaction: for imports and ledger_publish,
 * which run their own.  Others wait. */
enum err realm_with_writer(struct realm *r, db_job_fn *fn, void *arg, struct why *why);

/* Publishes what was committed to the ledger, projects released items into
 * collections, and tells listeners when anything of that was new.  Call it after
 * a write that appended leaves. */
enum err realm_settle(struct realm *r, struct why *why);

/* ---- what is in force ---- */

struct gate_ref;
/* Lends the snapshot until it is given back; never NULL. */
struct gate_ref *realm_gate_take(struct realm *r);
const struct gate *gate_of(const struct gate_ref *ref);
void realm_gate_give(struct gate_ref *ref);
static inline void
realm_gate_givep(struct gate_ref **ref)
{
	realm_gate_give(*ref);
}
/* Reads agreements, statements and packs again and swaps the snapshot. */
enum err realm_gate_reload(struct realm *r, struct why *why);

/* ---- listeners ---- */

/* Called (on any thread, without locks held) when something happened that a
 * parked request or a worker may wait for. */
typedef void realm_changed_fn(void *arg);
enum { REALM_LISTENERS_MAX = 8 };
void realm_listen(struct realm *r, realm_changed_fn *fn, void *arg);
void realm_changed(struct realm *r);

/* ---- agreements ---- */

/* Adds a signed agreement, or merges signatures when the same document is there.
 * ERR_INVALID, ERR_TAMPERED, ERR_CONFLICT (same id and version, other bytes). */
enum err realm_agreement_add(struct realm *r, struct str envelope, struct why *why);
/* Signs a new agreement's text, stores it, returns the envelope for the partner. */
enum err realm_agreement_make(struct realm *r, struct str text, struct arena *a,
    struct str *ret_envelope, struct why *why);
/* Signs the stored agreement with our agreement key; *ret_envelope lives in the arena. */
enum err realm_agreement_sign(struct realm *r, struct str id, struct arena *a,
    struct str *ret_envelope, struct why *why);
/* Adds a statement (suspend, resume, terminate) signed by a party; closes at once. */
enum err realm_statement_add(struct realm *r, struct str envelope, struct why *why);
/* Makes and signs our own statement, adds it, returns its envelope for the partner. */
struct statement_wish {
	struct str agreement; /* id */
	enum statement_verb verb;
	struct str scope; /* "all", an area, "category:CODE", an organisation: standing.h */
	struct str reason;
	struct str act, authority;
	time_us until;
};
enum err realm_statement_make(struct realm *r, const struct statement_wish *wish, struct arena *a,
    struct str *ret_envelope, struct why *why);

/* ---- rule packs ---- */

/* Stores a signed pack and makes it the active one of its id, at once.  What was
 * released and is forbidden now is closed by release_tighten(); what is allowed
 * now and was not is a candidate (release_pack_test()), and is not sent.
 *
 * ERR_INVALID    no envelope of a pack, or the pack cannot be read
 * ERR_TAMPERED   not signed by this party's rules key
 * ERR_CONFLICT   older than the newest that was active, or of the same version
 *                with other words
 * ERR_LIMIT      PACKS_MAX others are active */
enum err realm_pack_activate(struct realm *r, struct str envelope, struct why *why);

struct rules_key_change {
	struct str envelope; /* a statement (rules_key.h) */
	struct str account;  /* who brings it */
	bool owner;          /* of the machine, through the control socket */
};
/* Puts another key in the stead of the one that signs our packs, at once; a leaf
 * says so.  Packs that are active stay.  Errors of rules_key_read(), and
 *
 * ERR_FORBIDDEN  rules-key.owner: the old key did not sign, and it is not the
 *                owner of the machine who brings it */
enum err realm_rules_key_replace(struct realm *r, const struct rules_key_change *c,
    struct why *why);
/* Signs a source policy for our party and puts it in force; the account is who
 * asked.  ERR_INVALID; ERR_CONFLICT: its version is not newer. */
enum err realm_source_set(struct realm *r, struct str text, struct str account, struct why *why);
