/* exchange.h: what this node says to its partners' nodes, and answers them.
 *
 * One worker goes round: agreements and statements both ways, our checkpoint to
 * be cosigned, recalls that are still unanswered, what partners released to us,
 * receipts. Everything may be repeated; the round ends when there is nothing
 * left to say, and two nodes that have nothing new write nothing (law 6).
 *
 * Source: docs/protocol.md; TAXII 2.1; C2SP tlog-witness. */
#pragma once

#include "base.h"
#include "fingerprint.h"
#include "http.h"
#include "peer.h"
#include "realm.h"

/* ---- invitations: how two nodes come to know each other ---- */

/* JCS JSON {"agreement_key","format","identity","log_key","name","organisation",
 * "party","realm","tls_pin","type","url","witness_key"} about this node. */
enum err invitation_make(struct realm *r, struct arena *a, struct str *ret, struct why *why);

/* What people read to each other: SHA-256 of the invitation's bytes. */
struct hash invitation_fingerprint(struct str invitation);

/* Adds a peer from its invitation after its fingerprint was read back.
 *   heard   words or digits as heard (fingerprint_check)
 * ERR_INVALID no invitation, another realm, or our own; ERR_TAMPERED the
 * fingerprint is another: nothing is stored; ERR_CONFLICT the name or party is
 * a peer with other keys already (a change of keys is done by hand). */
enum err invitation_accept(struct realm *r, struct str invitation, struct str heard,
    struct peer *ret, struct arena *a, struct why *why);

/* ---- the worker ---- */

struct exchange;

struct exchange_config {
	struct realm *realm;
	unsigned every_ms; /* pause between two rounds; a wake ends it */
};
enum err exchange_new(const struct exchange_config *config, struct exchange **ret, struct why *why);
void exchange_free(struct exchange *x); /* stops it */
static inline void
exchange_freep(struct exchange **x)
{
	exchange_free(*x);
}
enum err exchange_start(struct exchange *x, struct why *why);
/* A round begins now (or right after the running one). Any thread. */
void exchange_wake(struct exchange *x);

/* One round with every peer, in the caller's thread (tests, `torana sync`). What
 * went wrong with one peer does not stop the others: it is in the event log,
 * in pull.problem, and counted. */
struct exchange_round {
	size_t peers, unreachable;
	size_t received, same, refused; /* objects */
	size_t receipts, cosignatures, recalls_answered, agreements;
	char problem[WHY_TEXT_MAX]; /* the last one, with the peer's name */
};
enum err exchange_round(struct exchange *x, struct exchange_round *ret, struct why *why);

/* ---- the peer's face: /exchange/v1/ and /log/ ---- */

extern const struct http_route exchange_routes[];
extern const size_t exchange_routes_count;
/* ctx of the mount is the struct realm. */

/* The authenticate hook of the peer listener: a certificate whose pin is that
 * of a verified peer; principal.data is its struct peer. ctx: struct realm. */
http_authenticate exchange_authenticate;

/* The agreement under which a partner reads: that whose id (in any case) is the
 * root; when none with this partner has it, the first that is in force.
 * ERR_FORBIDDEN: that one is not in force, or none is; why says the reason.
 * ERR_IO gate.closing: something is being taken back; later. */
struct peer_ask {
	const struct peer *peer;
	struct str root; /* empty: none is named */
	time_us at;
};
enum err exchange_peer_reach(const struct gate *g, const struct peer_ask *ask,
    const struct standing **ret, struct why *why);

/* All agreements with the partner that are in force, at most max; returns their number. */
size_t exchange_peer_agreements(const struct gate *g, const struct peer_ask *ask,
    const struct standing **ret, size_t max);
