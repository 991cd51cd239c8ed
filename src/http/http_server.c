/* Starting and stopping a server. */
#include "http_server.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include <gnutls/gnutls.h>

#include "http_server_p.h"
#include "log.h"
#include "random.h"

/* TLS 1.3 and 1.2, forward secret key exchange and authenticated ciphers only
 * (none of RFC 9113, appendix A).  Early data is never switched on. */
static const char priorities[] = "NONE:+VERS-TLS1.3:+VERS-TLS1.2:+AES-256-GCM:+AES-128-GCM:"
                                 "+CHACHA20-POLY1305:+ECDHE-ECDSA:+ECDHE-RSA:+AEAD:"
                                 "+SIGN-ALL:-SIGN-RSA-SHA1:-SIGN-ECDSA-SHA1:-SIGN-DSA-SHA1:"
                                 "+GROUP-X25519:+GROUP-SECP256R1:+GROUP-SECP384R1:"
                                 "+COMP-NULL:+CTYPE-X509:%SERVER_PRECEDENCE";

enum {
	/* libmicrohttpd's own limit stands above ours, which says why it refuses. */
	SPARE_CONNECTIONS = 64,
	/* What it needs of a connection's memory beside the headers: reading ahead. */
	SPARE_MEMORY = 16 * KIB,
};

struct http_limits
http_limits_preset(void)
{
	return (struct http_limits){
		/* Cookies and a TAXII filter; the same as other servers'. */
		.header_bytes = 16 * KIB,
		/* About 60 KiB each under load with TLS: 60 MiB. */
		.connections = 1024,
		/* A party's people may come through one address of its proxy. */
		.per_address = 128,
		/* One per open console. */
		.parked = 512,
		/* A handshake and a header over a bad satellite link. */
		.header_ms = 15'000,
		/* Longer than most clients keep a connection. */
		.idle_ms = 75'000,
		/* The largest TAXII body, 16 MiB, at 1.1 Mbit/s. */
		.body_ms = 120'000,
		/* A full page, 10 MiB, at 0.3 Mbit/s. */
		.answer_ms = 300'000,
	};
}

/* ---- before the start ---- */

/* libmicrohttpd only says that it cannot start; this says why. */
static enum err
check_tls(const struct http_server_config *config, struct why *why)
{
	gnutls_certificate_credentials_t creds;

	if (config->cert_pem == NULL || config->key_pem == NULL)
		return fail(why, ERR_USAGE, "http.tls", "a certificate and its key are needed");

	gnutls_datum_t cert = { (void *)(uintptr_t)config->cert_pem,
		(unsigned)strlen(config->cert_pem) };
	gnutls_datum_t key = { (void *)(uintptr_t)config->key_pem,
		(unsigned)strlen(config->key_pem) };

	if (gnutls_certificate_allocate_credentials(&creds) != GNUTLS_E_SUCCESS)
		return fail(why, ERR_IO, "http.listen", "no memory for a certificate");
	int rc = gnutls_certificate_set_x509_key_mem(creds, &cert, &key, GNUTLS_X509_FMT_PEM);
	gnutls_certificate_free_credentials(creds);
	if (rc < 0)
		return fail(why, ERR_USAGE, "http.tls",
		    "the certificate and its key cannot be used: %s", gnutls_strerror(rc));
	return OK;
}

static unsigned
count_threads(unsigned wanted)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned n = wanted;

	if (wanted == 0)
		n = processors < 1 ? 1 : (unsigned)processors;
	if (n < HTTP_THREADS_MIN)
		return HTTP_THREADS_MIN;
	return n > HTTP_THREADS_MAX ? HTTP_THREADS_MAX : n;
}

static enum err
check_config(const struct http_server_config *config, struct why *why)
{
	assert(config->site != NULL && config->clock != NULL);
	if (config->threads != 0 &&
	    (config->threads < HTTP_THREADS_MIN || config->threads > HTTP_THREADS_MAX))
		return fail(why, ERR_USAGE, "http.threads", "threads are %d to %d, not %u",
		    HTTP_THREADS_MIN, HTTP_THREADS_MAX, config->threads);
	return config->kind == HTTP_CONTROL ? OK : check_tls(config, why);
}

/* ---- the daemon ---- */

PRINTF(2, 0)
static void
log_library(void *cls, const char *fmt, va_list args)
{
	char text[WHY_TEXT_MAX];

	(void)cls;
	(void)vsnprintf(text, sizeof(text), fmt, args);
	log_event(LOG_DEBUG, "http.library", LOG_STR("text", str_trim(str_of(text))));
}

/* Targets are decoded by http_target_read(), once. */
static size_t
leave_escaped(void *cls, struct MHD_Connection *mhd, char *text)
{
	(void)cls;
	(void)mhd;
	return strlen(text);
}

static struct MHD_Daemon *
start_daemon(struct http_server *server, const struct http_server_config *config)
{
	unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ERROR_LOG |
	                 MHD_ALLOW_SUSPEND_RESUME | MHD_USE_PEDANTIC_CHECKS;
	struct MHD_OptionItem tls[] = {
		{ MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)config->cert_pem },
		{ MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)config->key_pem },
		{ MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)priorities },
		{ MHD_OPTION_END, 0, NULL },
	};

	if (config->kind == HTTP_CONTROL)
		tls[0] = tls[3];
	else
		flags |= MHD_USE_TLS;
	return MHD_start_daemon(flags, 0, NULL, NULL, http_serve, server,
	    MHD_OPTION_EXTERNAL_LOGGER, log_library, NULL, MHD_OPTION_LISTEN_SOCKET,
	    server->listen_fd, MHD_OPTION_THREAD_POOL_SIZE, count_threads(config->threads),
	    MHD_OPTION_CONNECTION_LIMIT, config->limits.connections + SPARE_CONNECTIONS,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, config->limits.header_bytes + SPARE_MEMORY,
	    MHD_OPTION_NOTIFY_CONNECTION, http_conn_notify, server, MHD_OPTION_NOTIFY_COMPLETED,
	    http_serve_done, server, MHD_OPTION_URI_LOG_CALLBACK, http_serve_target, server,
	    MHD_OPTION_UNESCAPE_CALLBACK, leave_escaped, NULL, MHD_OPTION_STRICT_FOR_CLIENT, 1,
	    MHD_OPTION_ARRAY, tls, MHD_OPTION_END);
}

static struct http_server *
server_new(const struct http_server_config *config)
{
	struct http_server *server = heap_new(sizeof(*server), 1);
	pthread_condattr_t attr;
	uint64_t first_id;

	server->kind = config->kind;
	server->site = config->site;
	server->clock = config->clock;
	server->limits = config->limits;
	server->listen_fd = -1;
	/* Two servers and two runs do not share request ids. */
	random_bytes(&first_id, sizeof(first_id));
	atomic_init(&server->next_id, first_id);
	pthread_mutex_init(&server->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&server->tick, &attr);
	pthread_condattr_destroy(&attr);
	return server;
}

static void
server_free(struct http_server *server)
{
	if (server->socket_path != NULL)
		(void)unlink(server->socket_path);
	heap_free(server->socket_path);
	if (server->listen_fd >= 0)
		close(server->listen_fd);
	pthread_cond_destroy(&server->tick);
	pthread_mutex_destroy(&server->lock);
	heap_free(server);
}

static enum err
listen_and_serve(struct http_server *server, const struct http_server_config *config,
    struct why *why)
{
	if (config->kind == HTTP_CONTROL) {
		TRY(http_listen_unix(config->socket_path, &server->listen_fd, why));
		server->socket_path = heap_cstr(str_of(config->socket_path));
	} else {
		TRY(http_listen_tcp(config->address, config->port, &server->listen_fd,
		    &server->port, why));
	}

	server->daemon = start_daemon(server, config);
	server->listen_fd = -1; /* the daemon's, even when it did not start */
	if (server->daemon == NULL)
		return fail(why, ERR_IO, "http.listen", "the server cannot start its threads");
	if (pthread_create(&server->reaper, NULL, http_reaper, server) != 0) {
		MHD_stop_daemon(server->daemon);
		return fail(why, ERR_IO, "http.listen", "the server cannot start its threads");
	}
	return OK;
}

enum err
http_server_start(const struct http_server_config *config, struct http_server **ret,
    struct why *why)
{
	TRY(check_config(config, why));

	struct http_server *server = server_new(config);
	enum err err = listen_and_serve(server, config, why);
	if (err == OK)
		*ret = server;
	else
		server_free(server);
	return err;
}

/* ---- while it runs ---- */

uint16_t
http_server_port(const struct http_server *server)
{
	return server->port;
}

void
http_server_wake(struct http_server *server)
{
	http_conn_wake_all(server);
}

struct http_stats
http_server_stats(struct http_server *server)
{
	struct http_stats stats;

	pthread_mutex_lock(&server->lock);
	stats.connections = server->conns_len;
	stats.parked = server->parked_len;
	pthread_mutex_unlock(&server->lock);
	stats.accepted = atomic_load(&server->accepted);
	stats.requests = atomic_load(&server->requests);
	stats.refused = atomic_load(&server->refused);
	stats.expired = atomic_load(&server->expired);
	return stats;
}

void
http_server_stop(struct http_server *server)
{
	if (server == NULL)
		return;
	pthread_mutex_lock(&server->lock);
	server->stopping = true;
	pthread_cond_signal(&server->tick);
	pthread_mutex_unlock(&server->lock);
	pthread_join(server->reaper, NULL);
	http_conn_wake_all(server);
	MHD_stop_daemon(server->daemon);
	server_free(server);
}
