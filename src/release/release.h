/* release.h: orders at work.  Import is not release: nothing leaves without an
 * order, and no order is executed but through agreement_decide().
 *
 * The road: release_preview() shows what would leave; release_send() decides
 * again in the transaction that writes decisions, leaving bytes and ledger
 * leaf; after the checkpoint is signed release_project() puts what was
 * released into the recipient's collection.  A row there without a leaf does
 * not exist; projecting twice is the same as once.
 *
 * Functions that change run in the caller's write transaction (a committer
 * job) and take a struct release_job; it is read-only while they run. */
#pragma once

#include "agreement.h"
#include "base.h"
#include "clock.h"
#include "db.h"
#include "ledger.h"
#include "source_policy.h"
#include "store.h"

/* An agreement that is stored and cannot be trusted: its bytes do not open, a statement does not
 * apply, a key or a name in it is another. */
struct gate_unopened {
	struct str id;
	uint64_t version;
};

/* Who we are and what is in force: an immutable snapshot.  A change makes a new one. */
struct gate {
	struct str realm;
	struct str party;        /* "IN" */
	struct str organisation; /* releasing organisation, "IN:CERT-IN" */
	struct str enclave;
	struct str redaction_identity; /* STIX identity of the node, creator of copies */
	size_t agreements;
	const struct standing *standing[16];
	size_t unopened; /* in force for nobody, and no older version of it, either */
	struct gate_unopened unopened_agreement[16];
	size_t packs;
	const struct rule_pack *pack[PACKS_MAX];
	bool pack_earlier[PACKS_MAX]; /* a key signed it that was replaced since (rules_key.h) */
	struct str pseudonym_secret;  /* empty: its key is not here, and nothing gets a pseudonym */
	size_t sources;
	const struct source_policy *source[SOURCES_MAX];
	uint64_t epoch; /* raised by every change of any of the above */
	bool closing;   /* a consent was withdrawn, and not all that rested on it is closed */
};

/* Reads agreements, statements, active packs and source policies into the arena. */
enum err release_gate_load(struct db *db, struct arena *a, struct gate *ret, struct why *why);

/* What the policy of a source in force says of other content of a version; SAME_KEEP
 * without one.  A partner's organisation JP:JPCERT is the source jp-jpcert, what tools
 * post by TAXII the source RELEASE_SOURCE_TAXII. */
#define RELEASE_SOURCE_TAXII S("taxii")
enum same_version release_same_version(const struct gate *g, struct str source);
enum same_version release_same_version_of(const struct gate *g, struct str organisation);

/* The agreement that is open between us and the recipient organisation's party
 * at an instant.  A code that is gone means its successor.
 * ERR_FORBIDDEN: none in force that binds both to the area; why says which
 * clause or that there is none. */
enum err release_gate_open(const struct gate *g, struct str recipient, struct str area, time_us at,
    const struct standing **ret, struct why *why);

/* Of two that are open: the one among fewer parties, because fewer see it and
 * its words were made for them; of equals the first by name. */
bool gate_fits_better(const struct standing *s, const struct standing *than);

/* What every change works with. */
struct release_job {
	struct db *db; /* in a write transaction */
	struct arena *arena;
	struct ledger *ledger;
	const struct gate *gate;
	time_us at; /* now */
};

/* Objects of one order: ATT&CK whole, with room.  They are decided together, so
 * that no reference between two of them is lost, and lie in as many batches of
 * the ledger as it takes. */
enum { SELECTION_MAX = 32'768 };

/* ---- preview ---- */

/* Which halves of an incident go with it (whole.h); the first is the preset. */
enum release_with { WITH_TECHNIQUE, WITH_VICTIM, WITH_ALL };
const char *release_with_name(enum release_with w); /* "technique", "victim", "all" */
bool release_with_parse(struct str name, enum release_with *ret);

/* Whether somebody called the recipient's point of contact.  Failures count, one
 * after another, for all that goes to that organisation until one is answered. */
enum contact_check { CONTACT_NOT_TRIED, CONTACT_FAILED, CONTACT_ANSWERED };
const char *contact_name(enum contact_check c); /* "failed"; "": nobody tried */
bool contact_parse(struct str name, enum contact_check *ret);

/* How many people an object tells of, where it does not say so itself. */
struct release_count {
	struct str id;
	uint64_t persons;
};

struct release_ask {
	struct str to;      /* "JP:JPCERT"; one that is gone means its successor */
	struct str asked;   /* of an order that is at work: whom it named, when `to` took over */
	struct str purpose; /* "incident-response" */
	struct str area;    /* "CI"; empty: the agreement's first */
	enum channel channel;
	size_t ids;
	const struct str *id;   /* objects by identifier (latest versions); n is ids */
	enum release_with with; /* of release_choose() alone */
	time_us copy_time;      /* time of the preview, which copies carry */
	enum urgency urgency;   /* how long what is held waits: the agreement says */
	enum harm harm;
	struct str break_glass; /* condition of the agreement that is cited; empty: none */
	struct str by;          /* account that asks */
	struct str reason;      /* of an emergency: required */
	struct str person;      /* channel person: fingerprint of the card */
	enum bundle_mode mode;
	struct str legal_basis; /* ground of the agreement or a pack that is cited; empty: none */
	enum contact_check contact; /* what the recipient's contact did when it was called */
	size_t counts;
	const struct release_count *count; /* of objects whose people were counted */
};
enum { PREVIEW_VALID_S = 3600 }; /* an order may be given on a preview that old */

/* Decides without changing anything but the private links of possible copies
 * (which is why it needs the write transaction: the bytes previewed are the
 * bytes that leave).  The redaction identity of the node, which copies name,
 * joins the selection until the recipient has it.
 *
 * ERR_NOT_FOUND an object; ERR_INVALID unknown recipient, purpose, area or
 * ground, a call of the contact without reason or urgency, people counted of an
 * object that is not asked for; ERR_LIMIT.  No agreement in force is not an error: every outcome is
 * DENY with A-NOTINFORCE. */
enum err release_preview(const struct release_job *job, const struct release_ask *ask,
    const struct agreement_decisions **ret, struct agreement_request *ret_request, struct why *why);

/* ---- orders ---- */

enum { ORDER_DAYS = 7 }; /* an unfinished order expires after, where the agreement gives no time */

struct release_send {
	struct release_ask ask;
	struct str proposer; /* account */
	/* To whom the preview was; empty: ask.to, which then nobody took over. */
	struct str recipient;
	size_t expected; /* hashes of previewed bytes, in the order of ask.id; 0: not checked */
	const struct hash *expect;
};
struct release_sent {
	struct str order_id; /* UUID */
	/* Of the batches; all decisions, denials too, are records of them. */
	uint64_t leaf, last_leaf;
	size_t released, held, denied;
	const struct agreement_decisions *decisions;
};

/* Executes a one-off order: what is allowed is released, what is held waits, what is denied is
 * recorded.  An emergency is a leaf of its own, also one that was refused.
 * ERR_CONFLICT: the bytes or the recipient are no longer those of the preview; nothing happened.
 * ERR_INVALID: an emergency without a reason. */
enum err release_send(const struct release_job *job, const struct release_send *send,
    struct release_sent *ret, struct why *why);

struct release_verdict {
	struct str order_id;
	uint64_t ordinal;
	struct str account;
	struct str role;        /* one of the approvals needed: "officer", "legal", ... */
	struct hash bytes_hash; /* what the approver looked at */
	struct str reason;      /* of a refusal: required */
};

/* One approval.  When it was the last one needed the object is decided again
 * with approved = true and released.  *ret_released says so.
 *
 * ERR_FORBIDDEN  the proposer approves, or the role is not asked for or not held
 * ERR_CONFLICT   the bytes or the rules (agreement, a statement about it, packs)
 *                changed since: the approval is void; the item is not held, this
 *                account has spoken already, or enough of this role have
 * ERR_NOT_FOUND */
enum err release_approve(const struct release_job *job, const struct release_verdict *v,
    bool *ret_released, struct why *why);

/* ERR_INVALID without a reason; ERR_CONFLICT; ERR_NOT_FOUND. */
enum err release_refuse(const struct release_job *job, const struct release_verdict *v,
    struct why *why);

/* ---- the review that an emergency owes ---- */

struct release_review {
	struct str order_id;
	struct str account;
	struct str finding; /* "justified", "not-justified" */
	struct str text;
};

/* Ends the review of an order.
 * ERR_INVALID    another finding, or no text
 * ERR_FORBIDDEN  by one who proposed or approved
 * ERR_CONFLICT   it was reviewed
 * ERR_NOT_FOUND  no review is due */
enum err release_review(const struct release_job *job, const struct release_review *r,
    struct why *why);

struct release_review_row {
	struct str order_id, state; /* "open", "overdue", "done" */
	struct str recipient, proposer, urgency, harm, break_glass, reason, contact;
	time_us opened_at, due_at, done_at;
	struct str finding, account, text; /* empty: not reviewed yet */
};
/* At most ROWS_MAX, those that are due first. */
enum err release_reviews(struct db *db, struct arena *a, const struct compartment *of,
    struct release_review_row **ret, size_t *ret_len, struct why *why);

/* A standing order: what matches later is sent by itself, of one half unless both are named. */
struct standing_order {
	struct str to, purpose, area;
	size_t categories;
	const struct str *category;
	enum tlp ceiling;
	enum release_with with; /* the half of incidents that it is for */
	struct str proposer;
	time_us expires_at;
};
enum { STANDING_DELAY_S = 600 }; /* the time in which an officer can still stop it */

/* Proposes; it acts only after another account approved it and the delay passed.
 * It is for the organisation it names: it stops when another takes over from that.
 * It never looks back: objects stored before it started are listed as candidates, not sent.
 * ERR_INVALID: among others one to an organisation that is gone; ERR_FORBIDDEN: no agreement is
 * in force. */
enum err release_standing_propose(const struct release_job *job, const struct standing_order *o,
    struct str *ret_order_id, struct why *why);

/* What an officer does with a standing order. */
struct standing_step {
	struct str order_id;
	struct str account;
	struct str reason; /* may be empty */
};
enum err release_standing_approve(const struct release_job *job, const struct standing_step *step,
    struct why *why);
enum err release_standing_stop(const struct release_job *job, const struct standing_step *step,
    struct why *why);

/* Lets due standing orders look at what was stored since their cursor. *ret_released counts. */
enum err release_standing_run(const struct release_job *job, size_t *ret_released, struct why *why);

/* ---- after the checkpoint ---- */

/* Puts released items whose leaf is published into their recipients'
 * collections, in the order of (leaf, place).  Idempotent.  *ret_shown counts.
 * An item whose bytes are not those that were released is withdrawn, noted as
 * "release.damaged", and stays here; one whose bytes lie there already takes
 * over the receipt that they have. */
enum err release_project(const struct release_job *job, size_t *ret_shown, struct why *why);

/* Puts one released item into its collection (again), when its leaf is published. */
enum err release_show(const struct release_job *job, struct str order_id, int64_t ordinal,
    struct why *why);

/* Decides again what was released, where the gate's epoch was raised since or the
 * decision's time is up, and closes what may no longer be shown: a row that
 * was not delivered yet is withdrawn, a delivered one is recalled.  Held items
 * whose order has expired are closed, too.  An agreement that is not in force
 * closes nothing here: its door is shut, and what went through stays.  What
 * belongs to a suspended area and was not delivered yet is paused, and shown
 * at a new place when the area is resumed.
 * Works on at most TIGHTEN_MAX items at a time; `more` when some are left. */
enum { TIGHTEN_MAX = 1024 };
struct release_tightened {
	size_t decided, closed;
	bool more;
};
enum err release_tighten(const struct release_job *job, struct release_tightened *ret,
    struct why *why);

/* The same for the releases of one object now, without waiting for an epoch.
 * Adds to what ret holds.  ERR_LIMIT: the arena is full. */
enum err release_tighten_about(const struct release_job *job, struct str source_id,
    struct release_tightened *ret, struct why *why);

/* Asks again about what is shown inside the party (internal.h), for the same reasons. */
enum err release_showings_again(const struct release_job *job, struct release_tightened *ret,
    struct why *why);

/* ---- recall ---- */

/* Asks the recipient of a released object to take it out again: withdrawn here
 * at once, a recall row for the exchange, a leaf.
 * ERR_NOT_FOUND not released; ERR_CONFLICT recalled already; ERR_INVALID no reason. */
struct release_recall {
	struct str source_id; /* our identifier, or that of the copy */
	struct str to;        /* recipient organisation */
	struct str account;
	struct str reason;
};
enum err release_recall(const struct release_job *job, const struct release_recall *r,
    struct str *ret_recall_id, struct why *why);

/* Takes a leaving object out of what a recipient is shown; nothing else changes. */
enum err release_withdraw(const struct release_job *job, struct str recipient,
    struct str leaving_id, struct why *why);

/* A partner asks us to take out what it gave: done before the answer is
 * written.  Only objects received from its party are touched.  The answer is
 * "removed", or "unknown" when we never had it from them; asking twice gives
 * the first answer. */
struct release_recalled {
	struct str recall_id;
	struct str peer;        /* node name */
	struct str giver_party; /* its party */
	struct str object_id;
	struct str reason;
};
enum err release_recalled(const struct release_job *job, const struct release_recalled *r,
    struct str *ret_answer, struct why *why);

/* The partner's answer to our recall: shown as "answered", never as "deleted".
 * ERR_NOT_FOUND: we never asked that. */
enum err release_recall_answered(const struct release_job *job, struct str recall_id,
    struct str answer, struct why *why);

/* ---- copies ---- */

/* The source behind a copy's identifier.  ERR_NOT_FOUND: it is none of our copies. */
enum err release_copy_source(struct db *db, struct arena *a, struct str copy_id,
    struct str *ret_source_id, struct why *why);

/* ---- lists for people ---- */

struct release_row {
	struct str order_id;
	uint64_t ordinal;
	struct str source_id, version, leaving_id;
	struct str recipient, purpose, area, proposer;
	struct str urgency, harm, break_glass, emergency; /* of the order */
	struct str asked; /* whom the order named, when the recipient took over; else empty */
	struct str legal_basis, contact; /* of the order; may be empty */
	bool strict;
	struct str channel;
	struct str person,
	    person_name; /* channel person: the card's fingerprint, and whose it is */
	struct str state, outcome;
	struct str decision; /* JSON */
	struct str approvals_needed;
	struct str reason;
	struct hash bytes_hash;
	int64_t leaf, place;
	time_us changed_at;
	time_us expires_at;     /* of the order: what is held then is closed */
	time_us received_at;    /* 0: the recipient gave no receipt yet */
	struct str receipt;     /* JSON {"own_leaf","reason"?,"state"} */
	time_us acknowledge_by; /* 0: no answer is owed, or it was not noted yet (acknowledge.h) */
};
struct release_query {
	struct compartment of; /* whose */
	struct str state;      /* "" any */
	struct str id;         /* of one source, or of its copy; "" any */
};
/* Items, newest first. */
enum { ROWS_MAX = 1000 };
enum err release_rows(struct db *db, struct arena *a, const struct release_query *q,
    struct release_row **ret, size_t *ret_len, struct why *why);

/* Who agreed to a held item, and whose word is still missing. */
enum { APPROVALS_MAX = 32 }; /* of one item that are listed */
struct release_approval {
	struct str account, role;
	time_us at;
	bool counts; /* its giver is not disabled, and still holds the role */
};
struct release_approvals {
	size_t len;
	struct release_approval item[APPROVALS_MAX];
	struct str missing; /* roles separated by ' ', one for each person; empty: all are there */
};
enum err release_approvals(struct db *db, struct arena *a, const struct release_row *row,
    struct release_approvals *ret, struct why *why);
