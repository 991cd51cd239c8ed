#include "http_server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cases.h"
#include "http_client.h"
#include "tls_key.h"

/* Real servers and clients on 127.0.0.1, with certificates made once. */

enum { PAGE_BYTES = 137 * 1000, SHORT_MS = 300 };

static struct keys {
	struct buf cert, key;
	struct hash pin;
	char cert_file[256], key_file[256];
} server_keys, client_keys;

static char folder[] = "/tmp/http-test-XXXXXX";
static char page[PAGE_BYTES];
static _Atomic int events;

/* ---- the site ---- */

static enum err
get_page(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	(void)ctx;
	(void)req;
	(void)why;
	ret->type = S("application/octet-stream");
	ret->body = (struct str){ page, sizeof(page) };
	http_add(ret, "X-Test", S("yes"));
	return OK;
}

static enum err
echo(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	(void)ctx;
	(void)why;
	ret->body = req->body;
	ret->type = S("text/plain");
	return OK;
}

static enum err
who(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	(void)ctx;
	(void)why;
	buf_put(http_body(ret, "text/plain"), req->principal.id);
	return OK;
}

/* Answers when an event has come, or with "none" when the time is over. */
static enum err
await_event(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	(void)ctx;
	(void)why;
	if (events == 0 && !req->woken_last) {
		ret->park_us = 200 * 1000;
		return OK;
	}
	buf_put(http_body(ret, "text/plain"), events == 0 ? S("none") : S("event"));
	return OK;
}

/* clang-format off */
static const struct http_route routes[] = {
	{ HTTP_GET,  "/page/",  SCOPE_PUBLIC, 0, 0,       get_page,    "a page" },
	{ HTTP_POST, "/echo/",  SCOPE_PUBLIC, 0, 1 * MIB, echo,        "what was sent" },
	{ HTTP_GET,  "/who/",   SCOPE_PEER,   0, 0,       who,         "the caller" },
	{ HTTP_GET,  "/event/", SCOPE_PUBLIC, 0, 0,       await_event, "a long poll" },
};
static const struct http_mount mount = { .routes = routes, .len = COUNTOF(routes) };
/* clang-format on */

/* Knows one certificate. */
static enum err
know(void *ctx, struct http_request *req, struct http_principal *ret, struct why *why)
{
	(void)ctx;
	ret->scopes = HTTP_SCOPE_BIT(SCOPE_PEER);
	if (req->spki != NULL) {
		if (memcmp(req->spki, client_keys.pin.byte, HTTP_SPKI_BYTES) != 0)
			return (fail)(why, ERR_UNAUTHORIZED, "test.stranger", "an unknown key");
		ret->proof = HTTP_CERT;
		ret->id = S("partner");
	}
	return OK;
}

static const struct http_site site = { .mounts = &mount, .len = 1, .authenticate = know };

/* ---- servers and clients ---- */

static struct http_server *
start(enum http_listener kind, struct http_limits limits)
{
	struct http_server *server = NULL;
	struct why why = { 0 };
	const struct http_server_config config = {
		.kind = kind,
		.address = "127.0.0.1",
		.cert_pem = server_keys.cert.ptr,
		.key_pem = server_keys.key.ptr,
		.threads = 2,
		.limits = limits,
		.site = &site,
		.clock = &clock_system,
	};

	if (http_server_start(&config, &server, &why) != OK)
		fail_msg("%s", why.text);
	return server;
}

static struct http_client *
client_to(uint16_t port, const uint8_t *pin, const struct keys *own)
{
	char base[64];
	struct http_client *client = NULL;
	struct http_client_config config = { .base = base, .pin = pin, .total_ms = 10'000 };

	(void)snprintf(base, sizeof(base), "https://127.0.0.1:%u", port);
	if (own != NULL) {
		config.cert_file = own->cert_file;
		config.key_file = own->key_file;
	}
	assert_int_equal(http_client_new(&config, &client, NULL), OK);
	return client;
}

static enum err
get(struct http_client *client, const char *target, struct http_answer *ret, struct why *why)
{
	const struct http_call call = { .method = HTTP_GET, .target = str_of(target) };

	return http_client_call(client, &call, ret, why);
}

static int
connect_to(uint16_t port)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	return fd;
}

/* ---- requests ---- */

static void
pages_come_over_one_connection(void **state)
{
	CLEANUP(http_server_stopp)
	struct http_server *server = start(HTTP_PEOPLE, http_limits_preset());
	CLEANUP(http_client_freep)
	struct http_client *client =
	    client_to(http_server_port(server), server_keys.pin.byte, NULL);
	struct http_answer answer;

	(void)state;
	for (int i = 0; i < 5; i++) {
		assert_int_equal(get(client, "/page/?a=b", &answer, NULL), OK);
		assert_int_equal(answer.status, 200);
		assert_int_equal(answer.body.len, sizeof(page));
		assert_memory_equal(answer.body.ptr, page, sizeof(page));
		assert_true(str_is(http_answer_header(&answer, "x-test"), "yes"));
		assert_true(str_is(http_answer_header(&answer, "cache-control"), "no-store"));
		assert_true(
		    str_is(http_answer_header(&answer, "x-content-type-options"), "nosniff"));
		assert_true(str_is(http_answer_header(&answer, "strict-transport-security"),
		    "max-age=31536000"));
		assert_int_equal(http_answer_header(&answer, "x-request-id").len, 16);
		assert_non_null(http_answer_header(&answer, "date").ptr);
	}
	struct http_stats stats = http_server_stats(server);
	assert_int_equal(stats.accepted, 1);
	assert_int_equal(stats.requests, 5);
}

/* clang-format off */
static const struct call_case {
	const char *name;
	enum http_method method;
	const char *target;
	size_t body_bytes;
	unsigned status;
	size_t want_bytes; /* of an answer that is no error */
} call_cases[] = {
	{ "echo of nothing",     HTTP_POST,   "/echo/", 0,            200, 0 },
	{ "echo of a byte",      HTTP_POST,   "/echo/", 1,            200, 1 },
	{ "echo of the largest", HTTP_POST,   "/echo/", 1 * MIB,      200, 1 * MIB },
	{ "a byte too many",     HTTP_POST,   "/echo/", 1 * MIB + 1,  413, 0 },
	{ "far too many bytes",  HTTP_POST,   "/echo/", 17 * MIB,     413, 0 },
	{ "unknown path",        HTTP_GET,    "/nothing/", 0,         404, 0 },
	{ "unknown path, body",  HTTP_POST,   "/nothing/", 100'000,   404, 0 },
	{ "other method",        HTTP_DELETE, "/echo/", 0,            405, 0 },
	{ "nobody",              HTTP_GET,    "/who/",  0,            401, 0 },
	{ "slash missing",       HTTP_GET,    "/page",  0,            308, 0 },
};
/* clang-format on */

static void
check_call(void **state)
{
	const struct call_case *c = *state;
	CLEANUP(http_server_stopp)
	struct http_server *server = start(HTTP_PEOPLE, http_limits_preset());
	CLEANUP(http_client_freep)
	struct http_client *client =
	    client_to(http_server_port(server), server_keys.pin.byte, NULL);
	CLEANUP(heap_freep) char *body = heap_new(c->body_bytes + 1, 1);
	const struct http_pair type = { S("Content-Type"), S("text/plain") };
	struct http_call call = {
		.method = c->method,
		.target = str_of(c->target),
		.headers = &type,
		.headers_len = 1,
		.body = { body, c->body_bytes },
	};
	struct http_answer answer;
	struct why why = { 0 };

	memset(body, 'x', c->body_bytes);
	if (http_client_call(client, &call, &answer, &why) != OK)
		fail_msg("%s", why.text);
	assert_int_equal(answer.status, c->status);
	if (c->status == 200)
		assert_int_equal(answer.body.len, c->want_bytes);
	/* The same connection still serves. */
	assert_int_equal(get(client, "/page/", &answer, NULL), OK);
	assert_int_equal(answer.status, 200);
	assert_int_equal(http_server_stats(server).accepted, 1);
}

/* ---- certificates ---- */

static void
a_peer_is_known_by_its_key(void **state)
{
	CLEANUP(http_server_stopp)
	struct http_server *server = start(HTTP_PEER, http_limits_preset());
	uint16_t port = http_server_port(server);
	CLEANUP(http_client_freep)
	struct http_client *partner = client_to(port, server_keys.pin.byte, &client_keys);
	CLEANUP(http_client_freep)
	struct http_client *stranger = client_to(port, server_keys.pin.byte, &server_keys);
	CLEANUP(http_client_freep)
	struct http_client *nobody = client_to(port, server_keys.pin.byte, NULL);
	struct http_answer answer;

	(void)state;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(get(partner, "/who/", &answer, NULL), OK);
		assert_int_equal(answer.status, 200);
		assert_true(str_is(answer.body, "partner"));
		assert_null(http_answer_header(&answer, "strict-transport-security").ptr);
	}
	assert_int_equal(get(stranger, "/who/", &answer, NULL), OK);
	assert_int_equal(answer.status, 401);
	assert_true(str_find(answer.body, S("test.stranger")) != SIZE_MAX);
	assert_int_equal(get(nobody, "/who/", &answer, NULL), OK);
	assert_int_equal(answer.status, 401);
}

static void
another_server_is_not_talked_to(void **state)
{
	CLEANUP(http_server_stopp)
	struct http_server *server = start(HTTP_PEOPLE, http_limits_preset());
	CLEANUP(http_client_freep)
	struct http_client *client =
	    client_to(http_server_port(server), client_keys.pin.byte, NULL);
	CLEANUP(http_client_freep)
	struct http_client *public = client_to(http_server_port(server), NULL, NULL);
	struct http_answer answer;
	struct why why = { 0 };

	(void)state;
	assert_int_equal(get(client, "/page/", &answer, &why), ERR_TAMPERED);
	assert_string_equal(why.code, "http.pin");
	assert_non_null(strstr(why.text, "has another key than the one that is pinned"));
	assert_int_equal(get(public, "/page/", &answer, &why), ERR_TAMPERED);
	assert_string_equal(why.code, "http.authority");
	assert_int_equal(http_server_stats(server).requests, 0);
}

/* ---- slow and greedy callers ---- */

/* Milliseconds until the other side closes, or 5000. */
static int64_t
until_closed(int fd)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	time_us from = clock_monotonic(&clock_system);
	char byte;

	if (poll(&poll_fd, 1, 5000) == 1)
		assert_int_equal(recv(fd, &byte, 1, 0), 0);
	return (clock_monotonic(&clock_system) - from) / 1000;
}

static void
a_handshake_that_never_comes_holds_nothing(void **state)
{
	struct http_limits limits = http_limits_preset();

	(void)state;
	limits.header_ms = SHORT_MS;
	CLEANUP(http_server_stopp) struct http_server *server = start(HTTP_PEOPLE, limits);
	int fd = connect_to(http_server_port(server));

	assert_in_range(until_closed(fd), SHORT_MS - 20, 4000);
	close(fd);
	assert_int_equal(http_server_stats(server).expired, 1);
}

static void
one_address_has_so_many_connections(void **state)
{
	struct http_limits limits = http_limits_preset();
	int held[3];

	(void)state;
	limits.per_address = COUNTOF(held);
	CLEANUP(http_server_stopp) struct http_server *server = start(HTTP_PEOPLE, limits);
	uint16_t port = http_server_port(server);

	for (size_t i = 0; i < COUNTOF(held); i++)
		held[i] = connect_to(port);
	/* The pool's threads accept in an order of their own. */
	while (http_server_stats(server).connections < COUNTOF(held))
		(void)sched_yield();
	int one_more = connect_to(port);
	assert_in_range(until_closed(one_more), 0, 4000);
	close(one_more);
	assert_int_equal(http_server_stats(server).refused, 1);

	/* When one goes there is room again. */
	close(held[0]);
	CLEANUP(http_client_freep)
	struct http_client *client = client_to(port, server_keys.pin.byte, NULL);
	struct http_answer answer;
	enum err err = ERR_IO;
	for (int i = 0; i < 50 && err != OK; i++)
		err = get(client, "/page/", &answer, NULL);
	assert_int_equal(err, OK);
	for (size_t i = 1; i < COUNTOF(held); i++)
		close(held[i]);
}

/* ---- long polls ---- */

static void *
wake_later(void *server)
{
	struct timespec pause = { 0, 50'000'000 };

	nanosleep(&pause, NULL);
	events = 1;
	http_server_wake(server);
	return NULL;
}

static void
a_long_poll_ends_with_the_event_or_its_time(void **state)
{
	struct http_limits limits = http_limits_preset();

	(void)state;
	limits.answer_ms = 400; /* the reaper then looks every 100 ms */
	CLEANUP(http_server_stopp) struct http_server *server = start(HTTP_PEOPLE, limits);
	CLEANUP(http_client_freep)
	struct http_client *client =
	    client_to(http_server_port(server), server_keys.pin.byte, NULL);
	struct http_answer answer;
	pthread_t waker;

	events = 0;
	assert_int_equal(get(client, "/event/", &answer, NULL), OK);
	assert_true(str_is(answer.body, "none"));

	assert_int_equal(pthread_create(&waker, NULL, wake_later, server), 0);
	assert_int_equal(get(client, "/event/", &answer, NULL), OK);
	assert_true(str_is(answer.body, "event"));
	pthread_join(waker, NULL);
	events = 0;
	assert_int_equal(http_server_stats(server).parked, 0);
}

static void
no_room_to_wait_is_answered_at_once(void **state)
{
	struct http_limits limits = http_limits_preset();

	(void)state;
	limits.parked = 0;
	CLEANUP(http_server_stopp) struct http_server *server = start(HTTP_PEOPLE, limits);
	CLEANUP(http_client_freep)
	struct http_client *client =
	    client_to(http_server_port(server), server_keys.pin.byte, NULL);
	struct http_answer answer;

	events = 0;
	assert_int_equal(get(client, "/event/", &answer, NULL), OK);
	assert_true(str_is(answer.body, "none"));
}

/* ---- configuration ---- */

/* clang-format off */
static const struct config_case {
	const char *name;
	const char *address, *cert;
	unsigned threads;
	enum err want;
	const char *code, *why;
} config_cases[] = {
	{ "a name as address", "localhost", "good", 0, ERR_USAGE, "http.address",
	  "localhost is not a numeric address such as 127.0.0.1 or ::" },
	{ "no certificate",    "127.0.0.1", NULL,   0, ERR_USAGE, "http.tls",
	  "a certificate and its key are needed" },
	{ "rubbish as certificate", "127.0.0.1", "rubbish", 0, ERR_USAGE, "http.tls", NULL },
	{ "too many threads",  "127.0.0.1", "good", 9, ERR_USAGE, "http.threads",
	  "threads are 2 to 8, not 9" },
	{ "an address of others", "192.0.2.1", "good", 0, ERR_IO, "http.listen", NULL },
};
/* clang-format on */

static void
check_config(void **state)
{
	const struct config_case *c = *state;
	struct http_server *server = NULL;
	struct why why = { 0 };
	struct http_server_config config = {
		.address = c->address,
		.cert_pem = c->cert,
		.key_pem = server_keys.key.ptr,
		.threads = c->threads,
		.limits = http_limits_preset(),
		.site = &site,
		.clock = &clock_system,
	};

	if (c->cert != NULL && strcmp(c->cert, "good") == 0)
		config.cert_pem = server_keys.cert.ptr;
	assert_int_equal(http_server_start(&config, &server, &why), c->want);
	assert_string_equal(why.code, c->code);
	if (c->why != NULL)
		assert_string_equal(why.text, c->why);
}

static void
a_port_in_use_is_a_conflict(void **state)
{
	CLEANUP(http_server_stopp)
	struct http_server *first = start(HTTP_PEOPLE, http_limits_preset());
	struct http_server *second = NULL;
	struct why why = { 0 };
	const struct http_server_config config = {
		.address = "127.0.0.1",
		.port = http_server_port(first),
		.cert_pem = server_keys.cert.ptr,
		.key_pem = server_keys.key.ptr,
		.limits = http_limits_preset(),
		.site = &site,
		.clock = &clock_system,
	};

	(void)state;
	assert_int_equal(http_server_start(&config, &second, &why), ERR_CONFLICT);
	assert_string_equal(why.code, "http.in-use");
}

/* ---- */

static void
write_file(const char *path, const struct buf *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_int_equal(write(fd, text->ptr, text->len), text->len);
	close(fd);
}

static void
make_keys(struct keys *keys, const char *name)
{
	const struct str dns = S("node.example");
	const struct tls_wish wish = {
		.dns = &dns,
		.dns_count = 1,
		.now = clock_wall(&clock_system),
		.days = 1,
	};
	struct why why = { 0 };

	keys->cert = buf_new(TLS_PEM_MAX);
	keys->key = buf_new(TLS_PEM_MAX);
	if (tls_key_make(&wish, &keys->cert, &keys->key, &why) != OK ||
	    tls_pin_of_pem(buf_str(&keys->cert), &keys->pin, &why) != OK)
		fail_msg("%s", why.text);
	(void)snprintf(keys->cert_file, sizeof(keys->cert_file), "%s/%s.crt", folder, name);
	(void)snprintf(keys->key_file, sizeof(keys->key_file), "%s/%s.key", folder, name);
	write_file(keys->cert_file, &keys->cert);
	write_file(keys->key_file, &keys->key);
	buf_putc(&keys->cert, '\0');
	buf_putc(&keys->key, '\0');
}

static void
drop_keys(struct keys *keys)
{
	unlink(keys->cert_file);
	unlink(keys->key_file);
	buf_free(&keys->cert);
	buf_free(&keys->key);
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	if (mkdtemp(folder) == NULL)
		return 1;
	make_keys(&server_keys, "server");
	make_keys(&client_keys, "client");
	for (size_t i = 0; i < sizeof(page); i++)
		page[i] = (char)('a' + i % 26);

	CASE(&cases, pages_come_over_one_connection);
	CASES(&cases, call_cases, check_call);
	CASE(&cases, a_peer_is_known_by_its_key);
	CASE(&cases, another_server_is_not_talked_to);
	CASE(&cases, a_handshake_that_never_comes_holds_nothing);
	CASE(&cases, one_address_has_so_many_connections);
	CASE(&cases, a_long_poll_ends_with_the_event_or_its_time);
	CASE(&cases, no_room_to_wait_is_answered_at_once);
	CASES(&cases, config_cases, check_config);
	CASE(&cases, a_port_in_use_is_a_conflict);

	int failed = cases_run("http_server", &cases, argc, argv);
	drop_keys(&server_keys);
	drop_keys(&client_keys);
	(void)rmdir(folder);
	return failed;
}
