/* exchange_p.h: a conversation with one peer, and the parts it is made of.
 *
 * A struct talk belongs to one thread and lasts one round; the connection
 * beneath it is kept from round to round by its lane (worker.c). */
#pragma once

#include "conflict.h"
#include "exchange.h"
#include "json.h"
#include "note.h"
#include "stix.h"

enum {
	/* Objects of one page: their receipts fit into one entry of the ledger. */
	PULL_PAGE = 256,
	/* Pages of one collection in one round; the next round goes on. */
	PULL_PAGES_MAX = 1024,
	/* Empty pages of one round. */
	PULL_EMPTY_MAX = 256,
	/* Collections that one peer may offer under one agreement: its organisations. */
	PULL_COLLECTIONS_MAX = 64,
	/* One page with its proofs, parsed, and what is stored of it. */
	TALK_ARENA_MAX = 512 * MIB,
	/* Answers that are not pages: proofs of a page, agreements. */
	TALK_ANSWER_MAX = 32 * MIB,
	/* Reaching a partner: another continent, with a lost packet. */
	TALK_CONNECT_MS = 10'000,
	/* One call in all: a page of usual objects at 1 Mbit/s takes 5 s. */
	TALK_TOTAL_MS = 30'000,
	/* Agreements held at once: the gate has room for 16, the rest is for our own side. */
	AGREEMENTS_TAKEN_MAX = 12,
	/* Agreements with one partner that wait for a signature: people read each. */
	DRAFTS_MAX = 3,
	/* Statements about one agreement that a partner may have added. */
	STATEMENTS_MAX = 256,
	/* Recalls of one round. */
	RECALLS_MAX = 100,
	/* Bytes of a reason that a partner gives us. */
	REASON_MAX = 4 * KIB,
};

struct talk {
	struct realm *realm;
	const struct peer *peer;
	struct http_client *client;
	struct note_key log_key;     /* of the peer's log; its name is the origin */
	struct note_key witness_key; /* by which the peer cosigns ours */
	struct exchange_round *count;
};

/* Reads what an invitation says; whether it is to be believed is for people.
 * ERR_INVALID with the member that is wrong; ERR_LIMIT. */
enum err invitation_read(struct arena *a, struct str text, struct peer *ret, struct str *ret_realm,
    struct why *why);

/* ---- asking (talk.c) ---- */

struct talk_ask {
	enum http_method method;
	struct str target;
	const char *accept; /* NULL: application/json */
	const char *type;   /* of the body */
	struct str body;
	size_t answer_max; /* 0: TALK_ANSWER_MAX */
};
/* In the arena. */
struct talk_answer {
	unsigned status;
	struct str body;
	struct str added_last; /* X-TAXII-Date-Added-Last; empty when missing */
};

/* Any status is OK; errors are those of http_client_call(). */
enum err talk_call(struct talk *t, const struct talk_ask *ask, struct arena *a,
    struct talk_answer *ret, struct why *why);

/* A status outside 200 to 299 is the error that it stands for, in the peer's words. */
enum err talk_ok(struct talk *t, const struct talk_ask *ask, struct arena *a,
    struct talk_answer *ret, struct why *why);
enum err talk_refused(const struct talk *t, const struct talk_ask *ask,
    const struct talk_answer *answer, struct arena *a, struct why *why);

/* talk_ok() and the JSON object of the answer. */
enum err talk_json(struct talk *t, const struct talk_ask *ask, struct arena *a,
    const struct json **ret, struct why *why);

/* ---- the steps of a round; each may be repeated ---- */

enum err talk_agreements(struct talk *t, struct arena *a, struct why *why);
enum err talk_cosign(struct talk *t, struct arena *a, struct why *why);
enum err talk_recalls(struct talk *t, struct arena *a, struct why *why);
enum err talk_pull(struct talk *t, struct arena *a, struct why *why);
enum err talk_receipts(struct talk *t, struct arena *a, struct why *why);

/* ---- agreements between us and a peer (deeds.c) ---- */

struct deed_entry {
	struct hash document; /* of the exact bytes that are signed */
	struct str envelope;
	size_t statements;
	struct str *statement; /* envelopes in their order */
};
struct deed_list {
	size_t len;
	struct deed_entry *entry;
};

/* What is held here of agreements in which the party is one. */
enum err deeds_of(struct db *db, struct arena *a, const struct gate *g, struct str party,
    struct deed_list *ret, struct why *why);

/* Takes an agreement or a statement that a peer gave us.
 *   posted   true: a statement must be the peer's own
 * ERR_INVALID, ERR_TAMPERED; ERR_FORBIDDEN it is not the peer's to give;
 * ERR_CONFLICT one of its id is newer or waits for a signature; ERR_LIMIT too
 * many are held; and those of realm.h. */
struct deed_offer {
	const struct peer *peer;
	struct str envelope;
	bool posted;
};
enum err deed_take(struct realm *r, const struct deed_offer *offer, struct arena *a,
    struct why *why);

/* ---- a page, as it came (page.c) ---- */

struct page_object {
	struct str raw; /* exact bytes in the envelope */
	struct stix_object stix;
	struct stix_hashes hashes;
	char version[STIX_KEY_MAX];
	struct str proof;   /* raw JSON; empty: the peer gave none */
	struct str problem; /* why it is no object that could be stored; empty: it is one */
};
struct pulled_page {
	size_t len;
	struct page_object *object;
	bool more;
	time_us last; /* how far it reached; as asked for when it is the end and empty */
};
struct page_text {
	struct str envelope;
	struct str added_last;
	time_us added_after;
};

/* Reads an envelope.  An object that cannot be read is refused by itself.
 * ERR_INVALID no envelope, or a cursor that does not advance though there are
 * objects or more to come; ERR_LIMIT more than PULL_PAGE objects, or the arena. */
enum err page_read(struct arena *a, const struct page_text *text, struct pulled_page *ret,
    struct why *why);

/* Gives each object its proof out of the list of the same page; nothing is
 * verified by this.  ERR_INVALID no such list; ERR_LIMIT. */
enum err page_proofs(struct arena *a, struct str text, struct pulled_page *page, struct why *why);

/* ---- is it what the peer's log says? (verify.c) ---- */

struct arrival {
	const struct page_object *object;
	bool proved; /* leaf, place and head are those of a verified proof */
	uint64_t leaf;
	uint32_t place;
	struct merkle_head head;
	struct str checkpoint;
	struct str from, to, agreement;
	struct str originator; /* organisation that made it */
	struct str path;       /* organisations it went through, the giver last */
	struct str problem;    /* why it is refused; empty: it is good */
};

struct verifier {
	const struct gate *gate;
	const struct peer *peer;
	const struct note_key *log_key;
	time_us at;
};

/* Judges one object: a refusal is in ret->problem.  ERR_LIMIT: the arena. */
enum err arrival_check(const struct verifier *v, const struct page_object *o, struct arena *a,
    struct arrival *ret, struct why *why);

/* ---- the peer's log as we see it (vouch.c) ---- */

/* Checks that a head which the peer signed continues (or is continued by) the
 * last one we cosigned, and cosigns it when it is newer.  *io_last remembers
 * the head that was good last.
 * ERR_TAMPERED: it does not; the evidence is kept, an event is noted. */
enum err talk_vouch(struct talk *t, const struct arrival *shown, struct merkle_head *io_last,
    struct arena *a, struct why *why);

/* ---- who made it (creator.c) ---- */

/* Refuses, in x->problem, what is created in our name, and a new version of what is here
 * by anyone but its creator; relays say in their record whose it is. */
enum err arrival_check_creator(const struct gate *g, struct db *db, struct arena *a,
    struct arrival *x, struct why *why);

/* ---- storing (receive.c) ---- */

/* Whether a statement finds a row. */
enum err exchange_has_row(struct db *db, const char *sql, const struct db_value *args, size_t n,
    bool *ret, struct why *why);

struct intake {
	struct realm *realm;
	const struct gate *gate;
	const struct peer *peer;
	struct arena *arena;
	struct str origin;     /* of the peer's log */
	struct str collection; /* the peer's name of it */
	size_t len;
	struct arrival *arrival;
	time_us cursor;     /* after this page */
	time_us fetched_at; /* our clock before the page was asked for */
	/* what came of it */
	size_t stored, same, refused;
	struct conflict_note differing; /* versions that came with other content than is here */
	bool appended;                  /* a leaf */
};
/* A job of realm_write(): objects, receipts, their leaf and the cursor as one. */
db_job_fn intake_store;

/* Where pulling stands; 0 when it never began. */
enum err pull_cursor(struct db *db, struct str peer, struct str collection, time_us *ret,
    struct why *why);
/* Notes why a collection cannot be pulled; writes only what changed. */
enum err pull_problem(struct realm *r, struct str peer, struct str collection, struct str problem,
    struct why *why);

/* ---- small things ---- */

/* The agreement with this id (any case) that binds us and the party and is in
 * force.  ERR_FORBIDDEN with the reason. */
enum err reach_agreement(const struct gate *g, struct str party, struct str id, time_us at,
    const struct standing **ret, struct why *why);

/* ERR_IO gate.closing: what rested on a withdrawn consent is being closed, and
 * nobody reads meanwhile. */
enum err reach_open(const struct gate *g, struct why *why);

/* One line for people: what happened between us and a peer.  In a transaction. */
enum err note_event(struct db *db, struct realm *r, const char *name, struct str subject,
    struct str detail, struct why *why);

/* The same in a transaction of its own, unless it was noted a moment ago. */
enum err event_write(struct realm *r, const char *name, struct str subject, struct str detail,
    struct why *why);

/* ---- handlers that are not in face.c ---- */

http_handler face_get_agreements, face_post_agreement;
http_handler face_add_checkpoint, face_witnessed, face_checkpoint, face_tile;
http_handler face_proofs, face_receipts;

/* The peer that calls: principal.data of exchange_authenticate(). */
static inline const struct peer *
caller_of(const struct http_request *req)
{
	return req->principal.data;
}
