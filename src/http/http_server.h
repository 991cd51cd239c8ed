/* http_server.h: a site on a socket: TLS for people, mutual TLS for peers, or
 * the control socket.
 *
 * A pool of threads waits in epoll; handlers run on them and should not block
 * (a long poll parks, see http.h).  Every connection has a deadline for its
 * headers, its body and its answer; one that passes it is shut down, so a
 * caller that drips bytes holds nothing.  Start, wake and stop from any one
 * thread at a time.
 *
 * Copyright (c) the Torana authors.  SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base.h"
#include "clock.h"
#include "http.h"

/* What callers together and one caller alone may take.  http_limits_preset()
 * gives each its reason. */
struct http_limits {
	size_t header_bytes;  /* request line and headers of one request */
	unsigned connections; /* in all */
	unsigned per_address; /* of one IPv4 address or IPv6 /64 */
	unsigned parked;      /* long polls at the same time */
	unsigned header_ms;   /* from the connection's start to the end of its headers */
	unsigned idle_ms;     /* from one answer to the end of the next headers */
	unsigned body_ms;     /* from the headers to the end of the body */
	unsigned answer_ms;   /* from the body to the end of the answer */
};
struct http_limits http_limits_preset(void);

struct http_server_config {
	enum http_listener kind;
	const char *address;     /* "127.0.0.1", "::"; not for HTTP_CONTROL */
	uint16_t port;           /* 0: any free one */
	const char *socket_path; /* HTTP_CONTROL only */
	const char *cert_pem;    /* chain, own certificate first; TLS only */
	const char *key_pem;     /* ECDSA P-256 in PKCS #8; TLS only */
	unsigned threads;        /* HTTP_THREADS_MIN..MAX; 0: by the number of processors */
	struct http_limits limits;
	const struct http_site *site; /* outlives the server */
	const struct clock *clock;    /* outlives the server */
};

enum { HTTP_THREADS_MIN = 2, HTTP_THREADS_MAX = 8 };

struct http_server;

/* Listens and serves.  Copies what config points at, except site and clock.
 *
 * ERR_USAGE (http.address, http.tls, http.threads)   the configuration is wrong
 * ERR_CONFLICT (http.in-use)   somebody else listens there
 * ERR_IO (http.listen)         the system refused */
enum err http_server_start(const struct http_server_config *config, struct http_server **ret,
    struct why *why);

/* The port it listens on; 0 for the control socket. */
uint16_t http_server_port(const struct http_server *server);

/* Asks the handlers of all parked requests again. */
void http_server_wake(struct http_server *server);

/* Closes the socket, lets running handlers end, closes all connections and
 * frees the server.  NULL is fine. */
void http_server_stop(struct http_server *server);

static inline void
http_server_stopp(struct http_server **server)
{
	http_server_stop(*server);
}

struct http_stats {
	uint64_t connections; /* open now */
	uint64_t parked;      /* now */
	uint64_t accepted;    /* since the start */
	uint64_t requests;    /* answered, since the start */
	uint64_t refused;     /* connections closed: too many, or a foreign user */
	uint64_t expired;     /* connections closed: a deadline passed */
};
struct http_stats http_server_stats(struct http_server *server);
