/* feed.h: reading servers of others that speak TAXII 2.1.
 *
 * A feed is no partner: nothing was agreed with whoever runs it, and nothing
 * goes there (docs/decisions/0029).  What it holds is imported like a file from
 * a stranger, into a collection of its own; the gate decides about each object
 * as about any other.
 *
 * Source: TAXII 2.1; docs/conformance.md, rules TC. */
#pragma once

#include <stdatomic.h>

#include "base.h"
#include "clock.h"
#include "hash.h"
#include "realm.h"

enum {
	FEEDS_MAX = 64, /* of one node: one worker reads them in turn */
	FEED_NAME_MAX = 32,
	FEED_URL_MAX = 1024,
	FEED_SECRET_MAX = 4 * KIB,    /* tokens are the longest */
	FEED_PEM_MAX = 16 * KIB,      /* a chain of some certificates */
	FEED_EVERY_S = 15 * 60,       /* when nothing is said */
	FEED_EVERY_MIN_S = 60,        /* more often is a burden to the server */
	FEED_EVERY_MAX_S = 7 * 86400, /* a feed that nobody looks at for longer is none */
};

enum feed_login { FEED_NONE, FEED_BASIC, FEED_BEARER, FEED_CERTIFICATE };
const char *feed_login_name(enum feed_login login); /* "none", ... */

struct feed {
	struct str owner, enclave, name;
	struct str url, api_root, collection, types, source;
	enum feed_login login;
	struct str account;     /* of FEED_BASIC */
	struct str secret;      /* password, token or key; sealed in what feed_rows() returns */
	struct str certificate; /* PEM */
	struct str authority;   /* PEM; empty: those of the system */
	struct str pin;         /* HASH_BYTES; empty: none */
	int64_t every_s;
	int64_t shard_key;
	struct str added_by;
	time_us added_at;
	/* how far */
	time_us reached, asked_at, polled_at, good_at, next_at;
	bool unfinished;
	int64_t failures;
	struct str problem;
	int64_t got, refused;
	int64_t held_bytes; /* of the objects that are here; at most ROOM_BYTES_FEED */
};

/* Adds a feed and its collection; nothing is asked of the server yet.
 *
 * ERR_INVALID   feed.name, feed.url, feed.root, feed.collection, feed.types,
 *               feed.login, feed.pem, feed.pin, feed.every: what would be right
 * ERR_CONFLICT  feed.there  one of this name is there, or a collection "feed-NAME" that
 *               this server, API root and collection did not fill
 * ERR_LIMIT     feed.many   FEEDS_MAX are there */
enum err feed_add(struct realm *r, const struct feed *f, struct arena *a, struct why *why);

/* Ends it; what it brought stays.  ERR_NOT_FOUND feed.unknown. */
struct feed_place {
	struct compartment of;
	struct str name;
	struct str account;      /* who asks */
	const atomic_bool *stop; /* becomes true: a turn ends after its page; NULL: never */
};
enum err feed_remove(struct realm *r, const struct feed_place *at, struct arena *a,
    struct why *why);

/* Those of a compartment, in the order of their names. */
struct feed_list {
	struct feed *feed;
	size_t len;
};
enum err feed_rows(struct db *db, const struct compartment *of, struct arena *a,
    struct feed_list *ret, struct why *why);

/* ---- reading ---- */

struct feed_turn {
	size_t pages;
	size_t got, same, refused; /* versions */
	bool more;                 /* the turn ended before the server did */
	bool noted;                /* what came of it stands beside the feed and in the log */
};

/* Reads one feed as far as one turn goes, in the caller's thread, and notes what
 * came of it.  What was stored before something went wrong stays.
 * ERR_NOT_FOUND feed.unknown; else what the server is to blame for. */
enum err feed_poll(struct realm *r, const struct feed_place *at, struct feed_turn *ret,
    struct why *why);

/* Wants a feed read now, by the worker.  ERR_NOT_FOUND feed.unknown. */
enum err feed_ask(struct realm *r, const struct feed_place *at, struct why *why);

/* ---- the worker ---- */

struct feeds;
/* Reads nothing yet; feeds_start() does. */
struct feeds *feeds_new(struct realm *r);
/* ERR_IO feed.thread. */
enum err feeds_start(struct feeds *w, struct why *why);
void feeds_wake(struct feeds *w); /* any thread; NULL is nobody */
void feeds_free(struct feeds *w); /* stops it */
