/* bodies_p.h: the bodies of requests, read strictly.
 *
 * A member that is not expected is an error which names it, so that nobody sets
 * what he may not set and no misspelt wish is passed over.  What is returned
 * slices the text or lives in the arena.  Errors of every reader:
 *
 *   ERR_INVALID  api.body    no JSON object
 *                api.member  a member that is not known, or one that is missing
 *                api.value   a member of another type, or outside its bounds
 *   ERR_LIMIT    api.list    more elements than a list may have */
#pragma once

#include "base.h"
#include "clock.h"
#include "document.h"
#include "hash.h"
#include "json.h"
#include "person.h"
#include "release.h"

enum {
	BODY_TEXT_MAX = 4096, /* bytes of one text; the longest are reasons */
	BODY_WORDS_MAX = 16,  /* enclaves of an account; roles are fewer */
	BODY_HITS_MAX = 10'000,
	BODY_STANDING_DAYS_MAX = 366, /* a standing order is looked at once a year */
	BODY_COUNT_MAX = 999'999'999, /* of a sighting: STIX 2.1, section 5.2 */
	BODY_PASSWORD_MIN = 8,        /* NIST SP 800-63B, section 5.1.1.1 */
};

/* For bodies that are read where they are used: the object, none of whose
 * members is outside the list; a text, empty when it may be missing and is.
 * ERR_INVALID api.body, api.member, api.value. */
enum err api_read_object(struct arena *a, struct str text, const char *names,
    const struct json **ret, struct why *why);
enum err api_read_text(const struct json *object, const char *name, bool needed, struct str *ret,
    struct why *why);
/* A list of names, joined by blanks; empty when it may be missing and is. */
enum err api_read_words(struct arena *a, const struct json *object, const char *name, bool needed,
    struct str *ret, struct why *why);
/* A whole number from 1 to max. */
enum err api_read_number(const struct json *object, const char *name, uint64_t max, uint64_t *ret,
    struct why *why);

struct session_body {
	struct str account, password;
	struct str code; /* empty: none */
};
enum err api_read_session(struct arena *a, struct str text, struct session_body *ret,
    struct why *why);

struct account_body {
	struct str name, display, password;
	struct str roles;        /* separated by ' ' */
	struct str organisation; /* empty: that of the caller */
	struct str enclaves;     /* separated by ' '; empty: the caller's first */
};
enum err api_read_account(struct arena *a, struct str text, struct account_body *ret,
    struct why *why);

struct peer_body {
	const struct json *invitation; /* an object */
	struct str fingerprint;
};
enum err api_read_peer(struct arena *a, struct str text, struct peer_body *ret, struct why *why);

struct document_body {
	bool is_template;
	const struct json *document; /* an object */
};
enum err api_read_document(struct arena *a, struct str text, struct document_body *ret,
    struct why *why);

struct statement_body {
	struct str scope, reason;
	struct str act, authority; /* may be empty */
	time_us until;             /* 0: none */
};
enum err api_read_statement(struct arena *a, struct str text, struct statement_body *ret,
    struct why *why);

/* What an officer says beside the objects: members of a preview and of an order. */
enum err api_read_claims(struct arena *a, const struct json *root, struct release_ask *ret,
    struct why *why);

/* What is asked, without the times. */
struct preview_body {
	struct release_ask ask;
	bool brief; /* outcomes and hashes are enough */
};
enum err api_read_preview(struct arena *a, struct str text, struct preview_body *ret,
    struct why *why);

struct order_body {
	struct release_ask ask; /* copy_time is set */
	struct str recipient;   /* of the preview; empty: ask.to */
	struct hash *expect;    /* for each identifier of ask, in their order */
};
/* also   the identifier that a preview may add by itself: it may have a hash,
 *        too; every other hash belongs to one of the ids */
enum err api_read_order(struct arena *a, struct str text, struct str also, struct order_body *ret,
    struct why *why);

struct verdict_body {
	struct str role, reason;
	struct hash bytes_hash;
};
enum err api_read_approval(struct arena *a, struct str text, struct verdict_body *ret,
    struct why *why);
enum err api_read_refusal(struct arena *a, struct str text, struct verdict_body *ret,
    struct why *why);

struct person_body {
	const struct json *card; /* an object */
	struct str fingerprint;  /* as heard */
};
enum err api_read_person(struct arena *a, struct str text, struct person_body *ret,
    struct why *why);

/* Name, key and days. */
enum err api_read_card(struct arena *a, struct str text, struct release_card *ret, struct why *why);

/* {"fingerprint"}, as heard; {"text"}. */
enum err api_read_heard(struct arena *a, struct str text, struct str *ret, struct why *why);
enum err api_read_text_body(struct arena *a, struct str text, struct str *ret, struct why *why);

struct review_body {
	struct str finding, text;
};
enum err api_read_review(struct arena *a, struct str text, struct review_body *ret,
    struct why *why);

struct standing_body {
	struct str to, purpose, area;
	size_t categories;
	struct str *category;
	enum tlp ceiling;
	enum release_with with; /* technique when nothing is said */
	uint64_t days;
};
enum err api_read_standing(struct arena *a, struct str text, struct standing_body *ret,
    struct why *why);

/* {"reason"?}; no body at all is an empty reason. */
enum err api_read_reason(struct arena *a, struct str text, struct str *ret, struct why *why);

/* A request that says everything by its path: no body, or {}. */
enum err api_read_nothing(struct arena *a, struct str text, struct why *why);

struct recall_body {
	struct str id, to, reason;
};
enum err api_read_recall(struct arena *a, struct str text, struct recall_body *ret,
    struct why *why);

/* All but the account. */
struct consent_new;
enum err api_read_consent(struct arena *a, struct str text, struct consent_new *ret,
    struct why *why);

/* All but the account. */
struct internal_show;
enum err api_read_show(struct arena *a, struct str text, struct internal_show *ret,
    struct why *why);

struct hit_body {
	struct str indicator, match;
	time_us at; /* 0: not given */
	uint64_t n;
};
struct hits_body {
	struct str source;
	size_t len;
	struct hit_body *hit;
};
enum err api_read_hits(struct arena *a, struct str text, struct hits_body *ret, struct why *why);

struct sighting_body {
	struct str indicator;
	uint64_t count;
	time_us first, last;
};
enum err api_read_sighting(struct arena *a, struct str text, struct sighting_body *ret,
    struct why *why);
