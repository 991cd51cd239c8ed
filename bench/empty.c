/* empty CERT KEY SIZES: an empty libmicrohttpd server, the yardstick of pages.
 *
 * TLS, threads and socket are set as src/http sets them.  GET /N answers with
 * as many bytes as line N of SIZES says, from memory, with the headers of a
 * page.  Prints "ready people=PORT" and serves until it is ended. */
#include <arpa/inet.h>
#include <signal.h>

#include <microhttpd.h>

#include "bench.h"

/* As src/http/http_server.c; a bench is no place for another idea of TLS. */
static const char priorities[] = "NONE:+VERS-TLS1.3:+VERS-TLS1.2:+AES-256-GCM:+AES-128-GCM:"
                                 "+CHACHA20-POLY1305:+ECDHE-ECDSA:+ECDHE-RSA:+AEAD:"
                                 "+SIGN-ALL:-SIGN-RSA-SHA1:-SIGN-ECDSA-SHA1:-SIGN-DSA-SHA1:"
                                 "+GROUP-X25519:+GROUP-SECP256R1:+GROUP-SECP384R1:"
                                 "+COMP-NULL:+CTYPE-X509:%SERVER_PRECEDENCE";

enum {
	PAGES_MAX = 4096,
	THREADS = 2,
	MEMORY = 32 * KIB, /* of one connection, as src/http */
};

struct pages {
	char *bytes; /* as many as the largest page has */
	size_t size[PAGES_MAX];
	size_t len;
};

/* libmicrohttpd wants a zero byte behind a certificate. */
static char *
read_pem(const char *path)
{
	return heap_cstr(bench_map(path));
}

static void
read_sizes(const char *path, struct pages *ret)
{
	struct str text = bench_map(path);
	size_t largest = 1;

	while (text.ptr != NULL && text.len > 0 && ret->len < PAGES_MAX) {
		uint64_t n = 0;

		if (!str_to_u64(str_split(&text, '\n'), UINT32_MAX, &n))
			bench_die(path, "has a line that is no size");
		ret->size[ret->len++] = (size_t)n;
		largest = n > largest ? (size_t)n : largest;
	}
	ret->bytes = malloc(largest);
	if (ret->bytes == NULL)
		bench_die(path, "is larger than the memory");
	for (size_t i = 0; i < largest; i++)
		ret->bytes[i] = (char)('a' + i % 23);
}

static enum MHD_Result /* NOLINTNEXTLINE(readability-function-size): libmicrohttpd's signature */
serve(void *cls, struct MHD_Connection *mhd, const char *url, const char *method,
    const char *version, const char *data, size_t *data_len, void **context)
{
	const struct pages *pages = cls;
	uint64_t n = 0;

	(void)method;
	(void)version;
	(void)data;
	(void)data_len;
	if (*context == NULL) {
		*context = cls;
		return MHD_YES;
	}
	if (!str_to_u64(str_of(url + 1), PAGES_MAX, &n) || n >= pages->len)
		return MHD_NO;
	struct MHD_Response *r =
	    MHD_create_response_from_buffer(pages->size[n], pages->bytes, MHD_RESPMEM_PERSISTENT);
	(void)MHD_add_response_header(r, "X-Content-Type-Options", "nosniff");
	(void)MHD_add_response_header(r, "X-Request-Id", "0123456789abcdef");
	(void)MHD_add_response_header(r, "Cache-Control", "no-store");
	(void)MHD_add_response_header(r, "Strict-Transport-Security", "max-age=31536000");
	(void)MHD_add_response_header(r, "Content-Type", "application/taxii+json;version=2.1");
	(void)MHD_add_response_header(r, "X-TAXII-Date-Added-First", "2026-11-22T03:04:05.123456Z");
	(void)MHD_add_response_header(r, "X-TAXII-Date-Added-Last", "2026-11-22T03:04:05.123456Z");
	enum MHD_Result sent = MHD_queue_response(mhd, MHD_HTTP_OK, r);
	MHD_destroy_response(r);
	return sent;
}

static void
wait_for_signal(void)
{
	sigset_t set;
	int which = 0;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	(void)sigwait(&set, &which);
}

static void
block_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGPIPE);
	(void)pthread_sigmask(SIG_BLOCK, &set, NULL);
}

int
main(int argc, char **argv)
{
	static struct pages pages;

	if (argc != 4)
		bench_die("usage", "empty CERT KEY SIZES");
	struct sockaddr_in here = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	read_sizes(argv[3], &pages);
	block_signals();
	struct MHD_Daemon *daemon =
	    MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_TLS | MHD_USE_ERROR_LOG, 0,
	        NULL, NULL, serve, &pages, MHD_OPTION_SOCK_ADDR, &here, MHD_OPTION_THREAD_POOL_SIZE,
	        (unsigned)THREADS, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MEMORY,
	        MHD_OPTION_HTTPS_MEM_CERT, read_pem(argv[1]), MHD_OPTION_HTTPS_MEM_KEY,
	        read_pem(argv[2]), MHD_OPTION_HTTPS_PRIORITIES, priorities, MHD_OPTION_END);
	if (daemon == NULL)
		bench_die("empty", "the server cannot start");
	(void)printf("ready people=%u\n",
	    (unsigned)MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
	(void)fflush(stdout);
	wait_for_signal();
	MHD_stop_daemon(daemon);
	return 0;
}
