/* api_p.h: what the handlers of the REST face share: the caller, jobs, answers.
 *
 * A handler reads the request strictly (bodies_p.h), lets release/, store/ or
 * exchange/ do the work, and prints what came of it. */
#pragma once

#include "account.h"
#include "api.h"
#include "db.h"
#include "json_writer.h"

enum {
	/* An order of SELECTION_MAX objects with their surroundings, or an import. */
	API_ARENA_MAX = 1024 * MIB,
};

/* ---- the caller ---- */

/* The organisation whose things the caller sees: that of the account; for the
 * owner of the control socket the one that this node works for. */
struct str api_organisation(const struct api *api, const struct http_request *req);

/* What the caller sees: the organisation and the enclaves of the account; for the
 * owner of the control socket those that this node works for. */
struct compartment api_compartment(const struct api *api, const struct http_request *req);

/* Where what the caller makes belongs: the first of its enclaves. */
struct str api_enclave(const struct api *api, const struct http_request *req);

/* ERR_FORBIDDEN api.organisation: orders are given by people of the organisation
 * and the enclave for which this node releases. */
enum err api_check_releaser(const struct api *api, const struct http_request *req, struct why *why);

/* Whether the caller, an administrator, may see and change an account. */
bool api_administers(const struct api *api, const struct http_request *req,
    const struct account *account);

/* ---- roles ---- */

/* Bits of the names in a text that blanks separate; unknown ones are none. */
uint32_t api_roles_of(struct str names);

/* What an account with these roles may do: HTTP_SCOPE_BIT()s. */
uint32_t api_scopes_of(uint32_t bits);

/* "analyst", ... of one bit. */
const char *api_role_name(enum role role);

/* ---- changes ---- */

/* A change on its way to the writer: fn finds what it needs behind arg. */
struct api_job {
	const struct api *api;
	const struct http_request *req;
	struct arena *arena;
	const struct gate *gate;
	time_us now;
	void *in;  /* what was asked: the struct of bodies_p.h */
	void *out; /* what came of it */
};

/* Fills the first members but arena and gate, which the caller owns. */
struct api_job api_job(const struct api *api, const struct http_request *req, void *in, void *out);

/* What release/ works with in this change. */
struct release_job api_release_job(const struct api_job *job, struct db *db);

/* Publishes what a change wrote and tells those who wait.  The change is
 * durable already: a failure is logged and made good by the next change. */
void api_settle(const struct api *api);

/* ---- answers ---- */

struct json_writer api_answer(struct http_response *ret);
void api_put_text(struct json_writer *w, const char *name, struct str text);
void api_put_i64(struct json_writer *w, const char *name, int64_t n);
void api_put_u64(struct json_writer *w, const char *name, uint64_t n);
void api_put_flag(struct json_writer *w, const char *name, bool flag);
void api_put_time(struct json_writer *w, const char *name, time_us at); /* 0: null */
void api_put_hash(struct json_writer *w, const char *name, const struct hash *hash);
/* A list of the words of a text that blanks separate. */
void api_put_words(struct json_writer *w, const char *name, struct str words);
/* "decision": a stored decision with its sentences; null when it cannot be read. */
void api_put_decision(struct json_writer *w, struct arena *a, struct str stored);
void api_begin_object(struct json_writer *w, const char *name);
void api_begin_array(struct json_writer *w, const char *name);

/* "201 Created", "202", "204" without a body. */
enum err api_done(struct http_response *ret, unsigned status);

/* An answer of one text member: {"order_id":"..."}. */
enum err api_answer_id(struct http_response *ret, unsigned status, const char *name, struct str id);

/* ---- queries ---- */

/* The number behind ?name=, at most max; preset when it is missing.
 * ERR_INVALID api.query. */
enum err api_query_number(const struct http_request *req, const char *name, uint64_t preset,
    uint64_t max, uint64_t *ret, struct why *why);

/* The text behind ?name=; ERR_INVALID api.query when it is missing and needed. */
enum err api_query_text(const struct http_request *req, const char *name, bool needed,
    struct str *ret, struct why *why);

/* ---- importing (import.c) ---- */

/* Imports a text into the local collection of the caller's organisation, under
 * the caller's name.  Errors of store_import(); ERR_NOT_FOUND source.unknown: no
 * policy of that source is in force. */
struct api_import {
	struct arena *arena; /* of the result */
	struct str text;
	struct str source;
	struct str named; /* source that has a policy; may be empty */
	bool warnings;    /* list them, too */
};
enum err api_import(const struct api *api, const struct http_request *req,
    const struct api_import *what, struct import_result *ret, struct why *why);

/* The local collection of a compartment's first enclave, made when it is
 * missing.  In a transaction.  Errors of store_collection_ensure(). */
enum err api_ensure_local(struct db *db, struct arena *a, const struct compartment *of,
    int64_t *ret, struct why *why);

/* ---- objects (ties.c) ---- */

/* The identifiers under which an object is known: its own, and those of its
 * copies, which only we can connect with it. */
enum { KNOWN_AS_MAX = 17 }; /* one copy for each agreement of the gate */
struct api_names {
	size_t len;
	struct str id[KNOWN_AS_MAX];
};
enum err api_names_of(struct db *db, struct arena *a, const struct gate *g, struct str id,
    struct api_names *ret, struct why *why);

/* A sighting of an object, under whichever of its names. */
struct api_sighting {
	struct str id;
	struct str from; /* who gave it to us; empty: our own */
	int64_t count;
	struct str first, last;
};
enum { SIGHTINGS_MAX = 1000 }; /* of one object that are listed */
struct api_sightings {
	size_t len;
	struct api_sighting *item;
};
enum err api_sightings_of(struct db *db, struct arena *a, const struct api_names *names,
    const struct compartment *of, struct api_sightings *ret, struct why *why);

/* How many there are. */
enum err api_count_sightings(struct db *db, const struct api_names *names,
    const struct compartment *of, int64_t *ret, struct why *why);

/* Hits of the matcher on an object, that a compartment counted. */
enum err api_count_hits(struct db *db, struct str id, const struct compartment *of, int64_t *ret,
    struct why *why);

/* ---- releases (orders.c) ---- */

/* How far our log is known to others: what a released row is worth. */
struct api_log {
	time_us now;
	uint64_t published; /* leaves under a signed checkpoint */
	size_t peers;
	struct {
		struct str party;
		struct str name;
		uint64_t size; /* leaves that it cosigned */
		time_us at;
	} peer[PEERS_MAX];
};
enum err api_log_read(const struct api *api, struct db *db, struct arena *a, struct api_log *ret,
    struct why *why);

/* Prints the list of what was released of a compartment, newest first. */
struct api_released {
	struct db *db;
	struct arena *arena;
	struct compartment of;
	struct str id; /* of one object, or its copy; empty: of all */
};
enum err api_print_releases(const struct api *api, const struct api_released *what,
    struct json_writer *w, struct why *why);

/* ---- agreements (agreements.c) ---- */

/* id, version, open and reason of one, without the braces. */
void api_print_standing(struct json_writer *w, const struct standing *s, time_us now);
