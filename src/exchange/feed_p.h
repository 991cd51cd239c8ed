/* feed_p.h: the parts of reading a feed. */
#pragma once

#include "feed.h"
#include "http_client.h"
#include "json.h"
#include "stix.h"

/* ---- addresses (feed_url.c) ---- */

struct feed_url {
	struct str base; /* "https://host:port", host in lower case, no port 443 */
	struct str path; /* begins and ends with '/' */
};

/* Reads an address that an administrator wrote; a missing slash at the end is
 * added, and a missing path is that of discovery.
 * ERR_INVALID feed.url: no https, a user, a query, a fragment, dot segments, or
 * bytes that do not belong into an address; ERR_LIMIT feed.memory. */
enum err feed_url_read(struct arena *a, struct str text, struct feed_url *ret, struct why *why);

/* Reads an API root that a server names: an address, or a path from that of its
 * discovery (TC-010).
 * ERR_INVALID feed.url as above, "//host" and "../" among them; ERR_FORBIDDEN
 * feed.other-host: credentials do not go there. */
enum err feed_url_below(struct arena *a, const struct feed_url *at, struct str text,
    struct feed_url *ret, struct why *why);

/* ---- what servers answer (feed_answer.c) ---- */

/* The seconds of Retry-After, a number or a date; 0 when there are none to wait.
 * Bounded by FEED_WAIT_MAX_S. */
enum { FEED_WAIT_MAX_S = 86'400 };
int64_t feed_retry_after(struct str value, time_us now);

/* TC-009: any spelling of the TAXII 2.1 type.  ERR_INVALID feed.type, which says
 * what the answer may be instead. */
enum err feed_type_check(struct str content_type, struct str body, struct why *why);

/* The schemes of a WWW-Authenticate, "Basic, Bearer"; commas and escapes inside
 * quotes separate nothing.  Empty when there are none. */
struct str feed_challenges(struct arena *a, struct str value);

/* The words of a TAXII error; empty when the body is none. */
struct str feed_error_words(struct arena *a, struct str body);

struct feed_discovery {
	struct str title;
	struct str preferred; /* "default"; empty when missing */
	size_t roots;
	struct str *root;
};
enum err feed_discovery_read(struct arena *a, struct str body, struct feed_discovery *ret,
    struct why *why);

/* ERR_INVALID feed.version: it does not speak TAXII 2.1. */
enum err feed_root_check(struct arena *a, struct str body, struct why *why);

/* ERR_FORBIDDEN feed.unreadable: we may not read it; ERR_INVALID: it holds no
 * STIX 2.1. */
enum err feed_collection_check(struct arena *a, struct str body, struct why *why);

struct feed_page {
	size_t len;
	struct str *raw; /* exact bytes of each object */
	bool more;
	struct str next; /* empty: none */
	time_us last;    /* X-TAXII-Date-Added-Last; 0: none, or none that is to be believed */
};
enum {
	FEED_OBJECTS_MAX = 20'000, /* of one page: servers heed limit, or nearly so */
	FEED_NEXT_MAX = 4 * KIB,
	FEED_ARENA_MAX = 256 * MIB, /* one page, with what is stored of it */
};
struct feed_page_text {
	struct str body;
	struct str added_last;
	time_us now;
};
/* ERR_INVALID no envelope; ERR_LIMIT feed.page more objects than FEED_OBJECTS_MAX. */
enum err feed_page_read(struct arena *a, const struct feed_page_text *text, struct feed_page *ret,
    struct why *why);

/* ---- one conversation (feed_line.c) ---- */

struct feed_line;
/* Connects nothing yet.  The secret of the feed is open, not sealed. */
enum err feed_line_open(const struct feed *f, const struct feed_url *at, struct feed_line **ret,
    struct why *why);
void feed_line_close(struct feed_line *line);
static inline void
feed_line_closep(struct feed_line **line)
{
	feed_line_close(*line);
}

struct feed_got {
	struct str body;
	struct str added_last;
	int64_t wait_s; /* Retry-After */
};
/* One GET below the address that was opened.  Anything but a TAXII answer with
 * 200 is an error: feed.login, feed.forbidden, feed.withdrawn, feed.moved,
 * feed.later, feed.version, feed.server, feed.answer, feed.type, and those of
 * http_client_call(). */
enum err feed_line_get(struct feed_line *line, struct str target, struct arena *a, time_us now,
    struct feed_got *ret, struct why *why);

/* ---- taking in (feed_take.c) ---- */

struct feed_taking {
	struct realm *realm;
	const struct feed *feed;
	struct arena *arena;
	const struct feed_page *page;
	/* what came of it */
	size_t got, same, refused;
	uint64_t *key; /* one for each object: of its identifier and bytes */
};
/* Imports what is new of a page; what must not be taken is refused by itself.
 * ERR_NOT_FOUND as feed_still(), ERR_CONFLICT feed.room: nothing was taken. */
enum err feed_take(struct feed_taking *t, struct why *why);

/* ---- rows (feed_rows.c) ---- */

/* With its secret sealed.  ERR_NOT_FOUND feed.unknown. */
enum err feed_find(struct realm *r, const struct feed_place *at, struct arena *a, struct feed *ret,
    struct why *why);
/* Opens its secret.  ERR_TAMPERED feed.sealed: it was sealed under another key, or
 * for another feed. */
enum err feed_unseal(struct realm *r, struct feed *f, struct arena *a, struct why *why);

/* Whether the row that a turn began with is there: what is written of a turn is
 * written in the same transaction, or under the same hold of the writer.
 * ERR_NOT_FOUND feed.unknown: it was removed, and another may have its name. */
enum err feed_still(struct db *db, const struct feed *f, struct why *why);

/* How far a turn came; written after each page, and at its end.
 * ERR_NOT_FOUND as feed_still(). */
struct feed_note {
	const struct feed *feed;
	time_us reached;
	int64_t got, refused; /* since the last note */
};
enum err feed_note_page(struct realm *r, struct feed_note *n, struct why *why);

struct feed_end {
	const struct feed *feed;
	time_us at, next_at;
	bool unfinished;
	struct str problem; /* empty: it was good */
};
enum err feed_note_end(struct realm *r, struct feed_end *e, struct why *why);

/* Feeds of all compartments that are due. */
enum err feed_due(struct db *db, struct arena *a, time_us now, struct feed_list *ret,
    struct why *why);

/* Stores a feed that was checked, with its secret sealed, and its collection. */
enum err feed_write(struct realm *r, const struct feed *f, struct arena *a, struct why *why);
