/* http_server_p.h: what the files of the server share: the server, its
 * connections and their deadlines.
 *
 * A connection is in the list from its acceptance until just before its
 * socket is closed.  The list, the sockets' numbers and the parking belong to
 * the lock; everything else of a connection to the pool thread that serves it.
 * The lock is taken before any of libmicrohttpd's. */
#pragma once

#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>

#include <microhttpd.h>

#include "http.h"
#include "http_server.h"

enum stage {
	STAGE_IDLE,    /* between requests */
	STAGE_BODY,    /* the head is accepted, the body is on its way */
	STAGE_DROP,    /* the answer stands, what still comes is dropped */
	STAGE_PARKED,  /* the handler said: not now */
	STAGE_ANSWERED /* handed over to libmicrohttpd */
};

/* An IPv4 address (mapped) or the /64 of an IPv6 address: what one caller can
 * easily have. */
struct http_neighbourhood {
	uint8_t byte[16];
};

struct http_conn {
	struct http_server *server;
	struct http_conn *next, *prev;
	struct MHD_Connection *mhd;
	int fd;
	struct http_neighbourhood near;
	char remote[INET6_ADDRSTRLEN];
	_Atomic time_us deadline; /* monotonic */
	bool cut;                 /* by the lock: shut down already */
	bool parked;              /* by the lock */
	time_us wake_at;          /* by the lock */

	bool has_spki;
	uint8_t spki[HTTP_SPKI_BYTES];
	enum stage stage;
	size_t dropped; /* bytes of a refused body */
	bool last;      /* the answer ends the connection: where the request ends is not sure */
	char id[17];
	struct arena *arena;
	struct buf body;
	struct http_request req;
	struct http_response resp;
};

struct http_server {
	enum http_listener kind;
	const struct http_site *site;
	const struct clock *clock;
	struct http_limits limits;
	struct MHD_Daemon *daemon;
	uint16_t port;
	char *socket_path;
	int listen_fd;

	pthread_mutex_t lock;
	pthread_cond_t tick; /* wakes the reaper at the end */
	pthread_t reaper;
	bool stopping; /* by the lock */
	struct http_conn *conns;
	size_t conns_len, parked_len; /* by the lock */

	_Atomic uint64_t wakes; /* calls of http_server_wake() */
	_Atomic uint64_t next_id;
	_Atomic uint64_t accepted, requests, refused, expired;
};

/* ---- http_conn.c ---- */

/* libmicrohttpd's news of a connection that starts or ends; cls is the server. */
void http_conn_notify(void *cls, struct MHD_Connection *mhd, void **context,
    enum MHD_ConnectionNotificationCode code);
struct http_conn *http_conn_of(struct MHD_Connection *mhd);

/* The connection is cut so many milliseconds from now. */
void http_conn_deadline(struct http_conn *conn, unsigned ms);

/* Suspends the connection until wake, its time, or the end.  false: wakes has
 * changed since seen, too many are parked, or the server stops. */
bool http_conn_park(struct http_conn *conn, time_us park_us, uint64_t seen);

/* Resumes all that are parked. */
void http_conn_wake_all(struct http_server *server);

/* The thread that cuts and resumes; arg is the server. */
void *http_reaper(void *arg);

/* ---- http_serve.c: requests ---- */

void *http_serve_target(void *cls, const char *target, struct MHD_Connection *mhd);
enum MHD_Result http_serve(void *cls, struct MHD_Connection *mhd, const char *url,
    const char *method, const char *version, const char *data, size_t *data_len, void **context);
void http_serve_done(void *cls, struct MHD_Connection *mhd, void **context,
    enum MHD_RequestTerminationCode why);

/* ---- http_listen.c ---- */

/* A listening socket on a numeric address; see http_server_start(). */
enum err http_listen_tcp(const char *address, uint16_t port, int *ret_fd, uint16_t *ret_port,
    struct why *why);

/* A listening Unix socket with mode 0600; one that nobody serves is replaced. */
enum err http_listen_unix(const char *path, int *ret_fd, struct why *why);

/* Whether the other end of a Unix socket is root or our own user. */
bool http_is_own_user(int fd);
