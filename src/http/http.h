/* http.h: routes, requests and responses, apart from any socket.
 *
 * A face of the node (TAXII, REST, console) is a table of routes; a site is a
 * list of such tables with the hook that says who is calling.  The row decides
 * who may call and how much may be sent: it is checked before the handler
 * runs, so no handler can forget it.  http_server.h puts a site on a socket; a
 * test calls http_site_head() and http_site_run() without one.
 *
 * Everything a request or response points at lives until the response has been
 * sent: slices of the connection, the request's arena, or memory that the
 * response releases.  One request belongs to one thread at a time; sites and
 * tables are immutable while a server uses them.
 *
 * Source: RFC 9110, RFC 9112.
 *
 * Copyright (c) the Torana authors.  SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base.h"
#include "buf.h"
#include "clock.h"

enum {
	/* The deepest route of TAXII has 6 segments, of the REST face 8. */
	HTTP_SEGMENTS_MAX = 12,
	/* {name}s in one pattern. */
	HTTP_PARAMS_MAX = 6,
	/* A TAXII filter has 5 names; lists stand in one value. */
	HTTP_QUERY_MAX = 64,
	/* Header lines kept for look-up; browsers send about 20. */
	HTTP_HEADERS_MAX = 64,
	/* Header lines that a handler may add. */
	HTTP_ADDED_MAX = 16,
	/* Bytes of a SHA-256 over a SubjectPublicKeyInfo. */
	HTTP_SPKI_BYTES = 32,
	/* What one response may hold: a page of large objects. */
	HTTP_RESPONSE_MAX = 64 * MIB,
	/* What one request may allocate: the largest body, parsed, with its answer. */
	HTTP_ARENA_MAX = 256 * MIB,
};

enum http_method { HTTP_GET, HTTP_POST, HTTP_PUT, HTTP_PATCH, HTTP_DELETE, HTTP_METHODS };

/* What a caller must hold; a row names one.  A principal holds a set of them,
 * as bits (HTTP_SCOPE_BIT). */
enum http_scope {
	SCOPE_PUBLIC,  /* anybody */
	SCOPE_PEER,    /* a node of a partner, by its pinned certificate */
	SCOPE_SESSION, /* anybody who is signed in */
	SCOPE_READ,
	SCOPE_WRITE,
	SCOPE_APPROVE,
	SCOPE_ADMIN,
	SCOPE_COLLECTIONS, /* what may be done with each is asked of the collection */
	HTTP_SCOPES,
};
#define HTTP_SCOPE_BIT(scope) (UINT32_C(1) << (scope))

/* How the caller reached us. */
enum http_listener {
	HTTP_PEOPLE,  /* TLS without a client certificate */
	HTTP_PEER,    /* TLS with a client certificate */
	HTTP_CONTROL, /* the Unix socket, already limited to our own user and root */
};

/* By what the caller is known. */
enum http_proof {
	HTTP_ANONYMOUS, /* no credentials at all */
	HTTP_COOKIE,    /* a browser session: state changes need the CSRF check */
	HTTP_TOKEN,     /* Authorization: Bearer or Basic */
	HTTP_CERT,      /* a pinned client certificate */
	HTTP_SOCKET,    /* the owner of the control socket */
};

/* Who is calling, as the authenticate hook says. */
struct http_principal {
	enum http_proof proof;
	struct str id;   /* of the user, token or peer */
	struct str name; /* for people and logs */
	uint32_t scopes; /* HTTP_SCOPE_BIT()s */
	uint32_t roles;  /* bits whose meaning the site's owner gives */
	void *data;      /* the hook's own, in the request's arena */
};

struct http_pair {
	struct str name;
	struct str value;
};

struct http_route;

struct http_request {
	enum http_listener listener;
	enum http_method method;
	bool head;         /* HEAD, answered as GET without the body */
	bool woken_last;   /* a parked request's time is over: answer now */
	struct str target; /* path and query as sent */
	struct str path;   /* as sent, not decoded */
	struct str body;   /* empty until the handler runs */
	struct str remote; /* numeric address of the caller; "" on the control socket */
	struct str id;     /* of this request, in the log and in X-Request-Id */
	time_us at;        /* wall clock when the headers had arrived */
	struct arena *arena;
	/* SHA-256 of the public key the caller proved to hold; NULL without a
	 * client certificate.  Nothing else about the certificate was checked. */
	const uint8_t *spki;
	const struct http_route *route; /* NULL: none matched */
	struct http_principal principal;
	size_t segments_len, params_len, query_len, headers_len;
	bool lost;                                  /* the path cannot belong to any route */
	struct str segments[HTTP_SEGMENTS_MAX];     /* of the path, decoded */
	struct http_pair params[HTTP_PARAMS_MAX];   /* decoded, by the names of the pattern */
	struct http_pair query[HTTP_QUERY_MAX];     /* decoded, in their order */
	struct http_pair headers[HTTP_HEADERS_MAX]; /* as sent, blanks trimmed */
};

/* What a handler fills.  All zero is "200, no body". */
struct http_response {
	unsigned status; /* 0: 200, or what the error says */
	struct str type; /* Content-Type; empty: none */
	size_t added_len;
	struct http_pair added[HTTP_ADDED_MAX];
	bool cache; /* the handler gave its own Cache-Control */
	/* The body: either bytes that live elsewhere (arena, static, shared) ... */
	struct str body;
	/* ... with how to give a shared body back, once it was sent ... */
	void (*release)(void *arg);
	void *release_arg;
	/* ... or bytes written here; taken when `body` is empty. */
	struct buf buf;
	/* Not now: ask this handler again when http_server_wake() is called, or
	 * after so long (then with woken_last).  For long polls. */
	time_us park_us;
};

/* Answers one request.
 *
 * An error is printed by the mount's printer with the status of the error; a
 * handler that wants another status of 400 and above (406, 415, 422) sets it in
 * ret before it returns the error.  Headers added before an error are sent. */
typedef enum err http_handler(void *ctx, struct http_request *req, struct http_response *ret,
    struct why *why);

struct http_route {
	enum http_method method;
	const char *path;      /* "/{root}/collections/{id}/"; see http_path_match() */
	enum http_scope scope; /* what the caller must hold */
	uint32_t roles;        /* one of these as well; 0: any */
	size_t body_max;       /* bytes; 0: a body is refused */
	http_handler *handler;
	const char *summary; /* one line, for the list of routes */
};

/* Writes the body of an error: media type and shape are the face's. */
typedef void http_error_printer(void *ctx, const struct http_request *req, unsigned status,
    const struct why *why, struct http_response *ret);

/* A table of routes under a prefix.  Of several mounts the first with a
 * matching path answers; of an unknown path, the first whose prefix fits
 * prints the error. */
struct http_mount {
	struct str prefix; /* "/api/v1/"; empty: everything */
	const struct http_route *routes;
	size_t len;
	void *ctx; /* given to the handlers and the printer */
	/* Runs before a body is taken, after scope and method: refuses by Accept or
	 * Content-Type.  NULL: nothing to check. */
	http_handler *check;
	http_error_printer *print_error; /* NULL: http_print_problem() */
	/* WWW-Authenticate of a 401, `Basic realm="taxii"`; NULL: none. */
	const char *challenge;
};

/* Says who is calling, from the headers, the certificate and the listener.
 *
 * OK                  ret is filled; HTTP_ANONYMOUS when nothing was presented
 * ERR_UNAUTHORIZED    what was presented is wrong
 * others              the answer is that error */
typedef enum err http_authenticate(void *ctx, struct http_request *req, struct http_principal *ret,
    struct why *why);

/* Writes the names of the roles that have the scope and are among these; of 0: any. */
typedef void http_name_roles(enum http_scope scope, uint32_t roles, struct buf *out);

struct http_site {
	const struct http_mount *mounts;
	size_t len;
	http_authenticate *authenticate; /* NULL: all are anonymous */
	void *ctx;                       /* of authenticate */
	/* "https://node.example", whose pages may change state with a cookie;
	 * NULL: those of https:// and the Host header. */
	const char *origin;
	/* For the text of a refusal; NULL: it names none. */
	http_name_roles *name_roles;
};

/* The two halves of answering, between which the body arrives.
 *
 * head   reads target, finds the route, authenticates, checks scope, role,
 *        same origin and the announced length, and fills those members of req.
 *        The transport has filled listener, target, headers, remote, id, at,
 *        arena and spki.  method is the token as sent.
 *        true: bring the body (at most req->route->body_max bytes), then run.
 *        false: ret is the answer already.
 * run    calls the handler and prints its error.  Nothing fails: the answer is
 *        in ret, unless ret->park_us asks to be called again. */
bool http_site_head(const struct http_site *site, struct http_request *req, struct str method,
    struct http_response *ret);
void http_site_run(const struct http_site *site, struct http_request *req,
    struct http_response *ret);

/* The answer to a fault that the transport found: prints it like the mount
 * that owns the path would.  Clears what ret held. */
void http_site_fault(const struct http_site *site, const struct http_request *req, unsigned status,
    const struct why *why, struct http_response *ret);

/* Gives back what the response owns.  Accepts all zero. */
void http_response_done(struct http_response *resp);

/* ---- what handlers use ---- */

/* By the name in the pattern.  Asserts that the pattern has it. */
struct str http_param(const struct http_request *req, const char *name);

/* First value of this name at or after *at (0 at first), which moves behind it;
 * ptr is NULL when there is none.  An empty value has a ptr. */
struct str http_query_next(const struct http_request *req, const char *name, size_t *at);

/* The only value of this name; ptr is NULL when there is none.
 * ERR_INVALID (http.query-twice): given more than once. */
enum err http_query_one(const struct http_request *req, const char *name, struct str *ret,
    struct why *why);

/* First header line of this name, any case; ptr is NULL when there is none. */
struct str http_header(const struct http_request *req, const char *name);

/* A cookie's value, ptr NULL when there is none.  Source: RFC 6265, 5.4. */
struct str http_cookie(const struct http_request *req, const char *name);

/* The credentials of "Authorization: Bearer x"; ptr NULL when it is not so. */
struct str http_bearer(const struct http_request *req);

/* Name and password of "Authorization: Basic"; both ptr NULL when the header
 * is another or missing.
 * ERR_UNAUTHORIZED (http.basic): not base64, without a colon, not UTF-8.
 * Source: RFC 7617. */
enum err http_basic(const struct http_request *req, struct str *ret_name, struct str *ret_password,
    struct why *why);

/* One element of Accept or Content-Type. */
struct http_media {
	struct str type;   /* "application/taxii+json", any case; ranges may hold '*' */
	struct str params; /* what follows the first ';', for http_media_param() */
	unsigned q;        /* weight in thousandths; 1000 when not given */
};

/* Takes the next element off *list.  1: ret is filled; 0: the list is over;
 * -1: the rest is not a list of media ranges.  Source: RFC 9110, 12.5.1. */
int http_media_next(struct str *list, struct http_media *ret);

/* The same for Accept-Encoding, whose elements are "gzip", "identity", "*": no slash. */
int http_coding_next(struct str *list, struct http_media *ret);

/* A parameter by its name in any case, quotes taken off; ptr NULL when missing.
 * A quoted value with a backslash is not understood and is given as it is. */
struct str http_media_param(const struct http_media *media, const char *name);

/* Adds a header line.  Name and value live as long as the response and hold
 * no control characters (asserted).  More than HTTP_ADDED_MAX is our mistake. */
void http_add(struct http_response *resp, const char *name, struct str value);

/* Room in resp->buf, up to HTTP_RESPONSE_MAX, with its media type set. */
struct buf *http_body(struct http_response *resp, const char *type);

/* Appends text percent-encoded for a path segment or a query value. */
void http_encode(struct buf *b, struct str text);

/* The status that stands for an error; 200 for OK. */
unsigned http_status_of(enum err err);

/* The error as {"error":{"code":...,"message":...,"where":...}}, application/json:
 * the REST face's, and the preset of every mount. */
http_error_printer http_print_problem;

/* ---- names, for lists of routes and logs ---- */

/* Never NULL; static text. */
const char *http_method_name(enum http_method method);
const char *http_scope_name(enum http_scope scope); /* "public", "peer", ... */

/* ---- parts that are tested and fuzzed by themselves ---- */

/* Splits the target at '?', decodes the segments of the path and the query
 * ('+' is a blank there, as forms and URLSearchParams write it).
 *
 * ERR_INVALID  http.target (not "/path?query" of visible ASCII), http.query
 *              (percent-encoding, UTF-8 or NUL), http.query-many
 * ERR_LIMIT    http.arena
 *
 * Source: RFC 9112, 3.2; RFC 3986, 2.1. */
enum err http_target_read(struct http_request *req, struct why *why);

/* Whether the path fits the pattern; fills req's params if it does.
 *
 * A literal segment is compared after decoding; {name} is one segment that is
 * not empty, "." or ".." and holds no '/', NUL or broken UTF-8; {*name} at the
 * end is the rest of the path as sent, one segment at least.  The slash at the
 * end matters. */
bool http_path_match(struct http_request *req, const char *pattern);
