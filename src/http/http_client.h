/* http_client.h: requests to another node, to a plain server, or to our own
 * control socket.
 *
 * A client keeps its connection between calls.  With a pin the other side is
 * whoever holds that key: names and authorities are not looked at.  Without
 * one it must have a certificate that the system's authorities vouch for.
 * Redirects and proxies are not followed.  One client belongs to one thread.
 *
 * Copyright (c) the Torana authors.  SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base.h"
#include "buf.h"
#include "http.h"

enum {
	/* Time to reach a server on another continent, with a lost packet. */
	HTTP_CONNECT_MS = 15'000,
	/* One call in all: a page of 64 MiB at 1 Mbit/s does not fit; ask for less. */
	HTTP_TOTAL_MS = 300'000,
	/* No byte for so long: the other side is gone. */
	HTTP_STALL_S = 30,
	/* Header bytes of one answer that are kept. */
	HTTP_ANSWER_HEADERS_MAX = 32 * KIB,
};

struct http_client_config {
	const char *base;        /* "https://node.example:8443", no path */
	const char *socket_path; /* the control socket instead; base is then NULL */
	const uint8_t *pin;      /* SHA-256 of the SPKI, HTTP_SPKI_BYTES; NULL: authorities */
	const char *cert_file;   /* own certificate, PEM; NULL: none */
	const char *key_file;    /* its key */
	const char *ca_file;     /* authorities instead of the system's; NULL: system */
	const char *user_agent;  /* NULL: none is sent */
	unsigned connect_ms;     /* 0: HTTP_CONNECT_MS */
	unsigned total_ms;       /* 0: HTTP_TOTAL_MS */
};

struct http_client;

/* ERR_USAGE (http.url): base is not https:// and a host, or both or none of base and
 * socket_path are given. */
enum err http_client_new(const struct http_client_config *config, struct http_client **ret,
    struct why *why);
void http_client_free(struct http_client *client);

static inline void
http_client_freep(struct http_client **client)
{
	http_client_free(*client);
}

struct http_call {
	enum http_method method;
	struct str target; /* "/path?query", encoded; see http_encode() */
	const struct http_pair *headers;
	size_t headers_len; /* at most HTTP_ADDED_MAX */
	struct str body;    /* not with GET and DELETE */
	size_t answer_max;  /* bytes of body that are taken; 0: HTTP_RESPONSE_MAX */
	unsigned total_ms;  /* 0: as the client has it */
};

/* Lives until the next call of the same client, or its end. */
struct http_answer {
	unsigned status;
	struct str body;
	size_t headers_len;
	struct http_pair headers[HTTP_HEADERS_MAX];
};

/* Sends one request and waits for the whole answer.  Any status is OK here.
 *
 * ERR_IO       http.resolve, http.connect, http.tls, http.timeout,
 *              http.truncated (the answer broke off), http.protocol
 * ERR_TAMPERED http.pin (another key than the pinned), http.authority
 * ERR_LIMIT    http.too-large (headers or body of the answer)
 * ERR_INVALID  http.call: target or a header holds what may not be sent
 *
 * The answer to a request that changes something may be lost after the change. */
enum err http_client_call(struct http_client *client, const struct http_call *call,
    struct http_answer *ret, struct why *why);

/* First header line of this name, any case; ptr is NULL when there is none. */
struct str http_answer_header(const struct http_answer *answer, const char *name);
