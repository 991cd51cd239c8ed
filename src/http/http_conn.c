/* Connections: who may have one, for how long, and who waits. */
#include <arpa/inet.h>
#include <stdio.h>
#include <sys/socket.h>

#include <gnutls/gnutls.h>

#include "http_server_p.h"
#include "log.h"

/* How often the reaper looks: a quarter of the shortest limit, within these. */
enum { TICK_MIN_MS = 10, TICK_MAX_MS = 1000 };

/* ---- one connection ---- */

struct http_conn *
http_conn_of(struct MHD_Connection *mhd)
{
	return MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

void
http_conn_deadline(struct http_conn *conn, unsigned ms)
{
	time_us at = clock_monotonic(conn->server->clock) + (time_us)ms * 1000;

	atomic_store_explicit(&conn->deadline, at, memory_order_relaxed);
}

static void
cut(struct http_conn *conn)
{
	conn->cut = true;
	(void)shutdown(conn->fd, SHUT_RDWR);
}

static void
read_address(struct http_conn *conn)
{
	const struct sockaddr *addr =
	    MHD_get_connection_info(conn->mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr;
	uint8_t *near = conn->near.byte;

	if (addr->sa_family == AF_INET) {
		const struct in_addr *v4 = &((const struct sockaddr_in *)addr)->sin_addr;
		near[10] = near[11] = 0xff;
		memcpy(near + 12, v4, 4);
		inet_ntop(AF_INET, v4, conn->remote, sizeof(conn->remote));
	} else if (addr->sa_family == AF_INET6) {
		const struct in6_addr *v6 = &((const struct sockaddr_in6 *)addr)->sin6_addr;
		bool mapped = IN6_IS_ADDR_V4MAPPED(v6);
		memcpy(near, v6, mapped ? 16 : 8);
		inet_ntop(mapped ? AF_INET : AF_INET6, v6->s6_addr + (mapped ? 12 : 0),
		    conn->remote, sizeof(conn->remote));
	}
}

/* Asks for a certificate of any authority: the pin decides, after the
 * handshake has proved that the caller holds its key. */
static void
ask_for_certificate(struct http_conn *conn)
{
	gnutls_session_t tls =
	    MHD_get_connection_info(conn->mhd, MHD_CONNECTION_INFO_GNUTLS_SESSION)->tls_session;

	gnutls_certificate_server_set_request(tls, GNUTLS_CERT_REQUEST);
	gnutls_certificate_send_x509_rdn_sequence(tls, 1);
}

/* ---- the list ---- */

static size_t
count_near(const struct http_server *server, const struct http_neighbourhood *near)
{
	size_t n = 0;

	for (const struct http_conn *c = server->conns; c != NULL; c = c->next)
		n += memcmp(&c->near, near, sizeof(*near)) == 0;
	return n;
}

/* NULL when the connection may stay.  Called with the lock. */
static const char *
reason_to_refuse(const struct http_server *server, const struct http_conn *conn)
{
	if (server->kind == HTTP_CONTROL)
		return http_is_own_user(conn->fd) ? NULL : "another user of this machine";
	if (server->conns_len >= server->limits.connections)
		return "too many connections";
	if (count_near(server, &conn->near) >= server->limits.per_address)
		return "too many connections from this address";
	return NULL;
}

static void
insert(struct http_server *server, struct http_conn *conn)
{
	conn->next = server->conns;
	if (conn->next != NULL)
		conn->next->prev = conn;
	server->conns = conn;
	server->conns_len++;
}

static void
take_out(struct http_server *server, struct http_conn *conn)
{
	if (conn->prev != NULL)
		conn->prev->next = conn->next;
	else
		server->conns = conn->next;
	if (conn->next != NULL)
		conn->next->prev = conn->prev;
	server->conns_len--;
	if (conn->parked)
		server->parked_len--;
}

static struct http_conn *
conn_new(struct http_server *server, struct MHD_Connection *mhd)
{
	struct http_conn *conn = heap_new(sizeof(*conn), 1);

	conn->server = server;
	conn->mhd = mhd;
	conn->fd = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
	conn->arena = arena_new(HTTP_ARENA_MAX);
	if (server->kind != HTTP_CONTROL)
		read_address(conn);
	if (server->kind == HTTP_PEER)
		ask_for_certificate(conn);
	return conn;
}

static void
conn_free(struct http_conn *conn)
{
	http_response_done(&conn->resp);
	buf_free(&conn->body);
	arena_free(conn->arena);
	heap_free(conn);
}

static struct http_conn *
open_conn(struct http_server *server, struct MHD_Connection *mhd)
{
	struct http_conn *conn = conn_new(server, mhd);

	http_conn_deadline(conn, server->limits.header_ms);
	atomic_fetch_add(&server->accepted, 1);
	pthread_mutex_lock(&server->lock);
	const char *reason = reason_to_refuse(server, conn);
	insert(server, conn);
	if (reason != NULL) {
		/* Counted first: who sees the door close finds it counted. */
		atomic_fetch_add(&server->refused, 1);
		cut(conn);
	}
	pthread_mutex_unlock(&server->lock);

	if (reason != NULL)
		log_event(LOG_NOTICE, "http.connection-refused",
		    LOG_STR("remote", str_of(conn->remote)), LOG_STR("why", str_of(reason)));
	return conn;
}

static void
close_conn(struct http_server *server, struct http_conn *conn)
{
	pthread_mutex_lock(&server->lock);
	take_out(server, conn);
	pthread_mutex_unlock(&server->lock);
	conn_free(conn);
}

/* libmicrohttpd calls its threads all the same. */
static void
name_thread(const struct http_server *server)
{
	static _Thread_local bool named;
	static const char *const names[] = {
		[HTTP_PEOPLE] = "http-people",
		[HTTP_PEER] = "http-peer",
		[HTTP_CONTROL] = "http-control",
	};

	if (!named)
		pthread_setname_np(pthread_self(), names[server->kind]);
	named = true;
}

void
http_conn_notify(void *cls, struct MHD_Connection *mhd, void **context,
    enum MHD_ConnectionNotificationCode code)
{
	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		name_thread(cls);
		*context = open_conn(cls, mhd);
	} else if (*context != NULL) {
		close_conn(cls, *context);
		*context = NULL;
	}
}

/* ---- parking ---- */

bool
http_conn_park(struct http_conn *conn, time_us park_us, uint64_t seen)
{
	struct http_server *server = conn->server;

	pthread_mutex_lock(&server->lock);
	bool parks = !server->stopping && server->parked_len < server->limits.parked &&
	             atomic_load(&server->wakes) == seen;
	if (parks) {
		server->parked_len++;
		conn->parked = true;
		conn->wake_at = clock_monotonic(server->clock) + park_us;
		atomic_store(&conn->deadline,
		    conn->wake_at + (time_us)server->limits.answer_ms * 1000);
		MHD_suspend_connection(conn->mhd);
	}
	pthread_mutex_unlock(&server->lock);
	return parks;
}

/* Called with the lock. */
static void
resume(struct http_server *server, struct http_conn *conn)
{
	conn->parked = false;
	server->parked_len--;
	MHD_resume_connection(conn->mhd);
}

void
http_conn_wake_all(struct http_server *server)
{
	pthread_mutex_lock(&server->lock);
	atomic_fetch_add(&server->wakes, 1);
	for (struct http_conn *c = server->conns; c != NULL; c = c->next) {
		if (c->parked)
			resume(server, c);
	}
	pthread_mutex_unlock(&server->lock);
}

/* ---- the reaper ---- */

static unsigned
tick_ms(const struct http_limits *limits)
{
	unsigned shortest = limits->header_ms;

	if (limits->idle_ms < shortest)
		shortest = limits->idle_ms;
	if (limits->body_ms < shortest)
		shortest = limits->body_ms;
	if (limits->answer_ms < shortest)
		shortest = limits->answer_ms;
	shortest /= 4;
	if (shortest < TICK_MIN_MS)
		return TICK_MIN_MS;
	return shortest > TICK_MAX_MS ? TICK_MAX_MS : shortest;
}

/* Called with the lock. */
static void
reap(struct http_server *server)
{
	time_us now = clock_monotonic(server->clock);

	for (struct http_conn *c = server->conns; c != NULL; c = c->next) {
		if (c->parked && c->wake_at <= now) {
			resume(server, c);
		} else if (!c->cut && atomic_load(&c->deadline) <= now) {
			cut(c);
			atomic_fetch_add(&server->expired, 1);
			log_event(LOG_NOTICE, "http.expired", LOG_STR("remote", str_of(c->remote)));
		}
	}
}

void *
http_reaper(void *arg)
{
	struct http_server *server = arg;
	unsigned ms = tick_ms(&server->limits);

	pthread_setname_np(pthread_self(), "http-reaper");
	pthread_mutex_lock(&server->lock);
	while (!server->stopping) {
		struct timespec until;

		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_nsec += (long)ms * 1000000;
		until.tv_sec += until.tv_nsec / 1000000000;
		until.tv_nsec %= 1000000000;
		(void)pthread_cond_timedwait(&server->tick, &server->lock, &until);
		reap(server);
	}
	pthread_mutex_unlock(&server->lock);
	return NULL;
}
