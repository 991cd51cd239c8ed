/* taxii.h: the TAXII 2.1 face, for partners (peer listener) and for the
 * party's own people and tools (people listener).
 *
 * On the peer listener an API root is an agreement and its collections are
 * those released to the peer's organisations; nothing else exists there.
 * On the people listener the API root "local" holds the collections of the
 * caller's organisation: that is access, not release.
 *
 * A page is a keyset range read and a copy of stored bytes.  What the peer may
 * read is asked anew for every request: a suspension closes the door at once.
 * A struct taxii is immutable while a server uses it; handlers run on any
 * thread.
 *
 * Source: TAXII 2.1 (OASIS Standard). */
#pragma once

#include "base.h"
#include "http.h"
#include "realm.h"

enum {
	/* An envelope that is posted, parsed at once; larger imports are files. */
	TAXII_BODY_MAX = 16 * MIB,
	/* Objects of one envelope: its status lists every one of them. */
	TAXII_POST_MAX = 10'000,
	/* A status can be asked for so long; TAXII wants a day at least. */
	TAXII_STATUS_DAYS = 7,
	REACH_MAX = 16, /* agreements with one partner: as many as a gate holds */
};

/* Whom a request is from, and so what it may see. */
struct taxii_reach {
	bool is_peer;
	struct compartment of; /* people: whose collections */
	bool is_guest;         /* people: only those that it was given (store: access.h) */
	const struct standing *standing; /* peer: the agreement of its API root; never NULL */
	size_t agreements;               /* peer: all that are in force with it, for discovery */
	const struct standing *agreement[REACH_MAX];
	struct str party;      /* peer: its party */
	struct gate_ref *gate; /* held for the request, given back by the face; or NULL */
};

/* Pages that are asked for again, in memory; at most 16 MiB. */
struct taxii_kept;
struct taxii_kept *taxii_kept_new(void);
/* After the server has stopped.  NULL is fine. */
void taxii_kept_free(struct taxii_kept *kept);

/* How many requests of one caller are served in a minute; more than 0. */
struct taxii_rate;
struct taxii_rate *taxii_rate_new(unsigned per_minute);
/* After the server has stopped.  NULL is fine. */
void taxii_rate_free(struct taxii_rate *rate);

/* What the face of one listener needs to know. */
struct taxii {
	struct realm *realm;
	struct taxii_kept *kept; /* NULL: no page is kept */
	struct taxii_rate *rate; /* NULL: as many requests as come */
	bool gzip;               /* pages are compressed for who asks: not between states */
	const char *base_url;    /* "https://in.localhost:8441", no path: for discovery */
	/* Says what the principal of a request is: on the peer listener a partner
	 * (and its agreement), on the people listener an account's organisation.
	 * root is that of the path, or empty.
	 * ERR_UNAUTHORIZED nobody we know; ERR_FORBIDDEN no agreement in force, or not
	 * that of the root: the reason is shown, and no API root exists. */
	enum err (*reach)(void *ctx, const struct http_request *req, struct str root,
	    struct taxii_reach *ret, struct why *why);
	void *reach_ctx;
};

/* The same paths for accounts (scopes read and write) and for partners' nodes
 * (scope peer). */
extern const struct http_route taxii_people_routes[];
extern const size_t taxii_people_routes_count;
extern const struct http_route taxii_peer_routes[];
extern const size_t taxii_peer_routes_count;
/* ctx of the mount is the struct taxii. */

/* Runs before a body is taken: whether the caller sends too much (429, with
 * Retry-After), whether it may post or delete there (403, 404), Accept (406) and
 * Content-Type (415). */
http_handler taxii_check;

/* TAXII error messages, application/taxii+json;version=2.1. */
http_error_printer taxii_print_error;
