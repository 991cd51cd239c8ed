#include "http_client.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "cases.h"

/* The client against servers that are scripted here; against our own server it
 * is tested in http_server_test.c. */

static char folder[] = "/tmp/http-client-XXXXXX";

static struct http_client *
client_to(uint16_t port)
{
	static const uint8_t pin[HTTP_SPKI_BYTES];
	char base[64];
	struct http_client *client = NULL;
	const struct http_client_config config = { .base = base, .pin = pin };

	(void)snprintf(base, sizeof(base), "https://127.0.0.1:%u", port);
	assert_int_equal(http_client_new(&config, &client, NULL), OK);
	return client;
}

/* ---- servers that lie ---- */

struct liar {
	const char *answer;
	int fd;
};

static void *
answer_and_close(void *arg)
{
	struct liar *liar = arg;
	char request[4096];
	int fd = accept(liar->fd, NULL, NULL);

	(void)recv(fd, request, sizeof(request), 0);
	(void)send(fd, liar->answer, strlen(liar->answer), MSG_NOSIGNAL);
	close(fd);
	return NULL;
}

/* clang-format off */
static const struct liar_case {
	const char *name, *answer;
	enum err want;
	const char *code;
} liar_cases[] = {
	{ "honest",            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab", OK, NULL },
	{ "shorter than said", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab", ERR_IO, "http.truncated" },
	{ "last chunk missing", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n", ERR_IO, "http.truncated" },
	{ "nothing at all",    "", ERR_IO, "http.truncated" },
	{ "announces too much", "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n01234567890", ERR_LIMIT, "http.too-large" },
	{ "sends too much",    "HTTP/1.1 200 OK\r\n\r\n01234567890", ERR_LIMIT, "http.too-large" },
	{ "another protocol",  "SSH-2.0-OpenSSH_9\r\n", ERR_IO, "http.protocol" },
	{ "goes elsewhere",    "HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n", OK, NULL },
};
/* clang-format on */

static void
check_liar(void **state)
{
	const struct liar_case *c = *state;
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	struct liar liar = { c->answer, socket(AF_UNIX, SOCK_STREAM, 0) };
	CLEANUP(http_client_freep) struct http_client *client = NULL;
	const struct http_client_config config = { .socket_path = at.sun_path, .total_ms = 5000 };
	const struct http_call call = { .target = S("/x/"), .answer_max = 10 };
	struct http_answer answer;
	struct why why = { 0 };
	pthread_t thread;

	(void)snprintf(at.sun_path, sizeof(at.sun_path), "%s/liar", folder);
	assert_int_equal(bind(liar.fd, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(liar.fd, 1), 0);
	assert_int_equal(pthread_create(&thread, NULL, answer_and_close, &liar), 0);
	assert_int_equal(http_client_new(&config, &client, NULL), OK);
	enum err got = http_client_call(client, &call, &answer, &why);
	pthread_join(thread, NULL);
	close(liar.fd);
	unlink(at.sun_path);
	assert_int_equal(got, c->want);
	if (c->code != NULL)
		assert_string_equal(why.code, c->code);
}

static void
silence_is_a_timeout(void **state)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t len = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	struct http_answer answer;
	struct why why = { 0 };

	(void)state;
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
	CLEANUP(http_client_freep)
	struct http_client *client = client_to(ntohs(at.sin_port));
	const struct http_call call = { .target = S("/x/"), .total_ms = 200 };
	assert_int_equal(http_client_call(client, &call, &answer, &why), ERR_IO);
	assert_string_equal(why.code, "http.timeout");
	close(fd);
	assert_int_equal(http_client_call(client, &call, &answer, &why), ERR_IO);
	assert_string_equal(why.code, "http.connect");
}

/* clang-format off */
static const struct url_case {
	const char *name, *base;
	enum err want;
} url_cases[] = {
	{ "host and port",  "https://node.example:8443", OK },
	{ "host",           "https://node.example",      OK },
	{ "IPv6",           "https://[::1]:8443",        OK },
	{ "not encrypted",  "http://node.example",       ERR_USAGE },
	{ "a file",         "file:///etc/passwd",        ERR_USAGE },
	{ "no host",        "https://",                  ERR_USAGE },
	{ "a path",         "https://node.example/x",    ERR_USAGE },
	{ "a user",         "https://a@node.example",    ERR_USAGE },
	{ "a blank",        "https://node example",      ERR_USAGE },
	{ "nothing",        NULL,                        ERR_USAGE },
};
static const struct refused_call_case {
	const char *name, *target, *header, *value;
} refused_call_cases[] = {
	{ "no slash",            "x",     "A", "b" },
	{ "line end in target",  "/x\r\n", "A", "b" },
	{ "blank in target",     "/x y",  "A", "b" },
	{ "line end in value",   "/x",    "A", "b\r\nC: d" },
	{ "blank in name",       "/x",    "A b", "c" },
	{ "no name",             "/x",    "", "c" },
};
/* clang-format on */

static void
check_url(void **state)
{
	const struct url_case *c = *state;
	const struct http_client_config config = { .base = c->base };
	CLEANUP(http_client_freep) struct http_client *client = NULL;
	struct why why = { 0 };

	assert_int_equal(http_client_new(&config, &client, &why), c->want);
	if (c->want != OK)
		assert_string_equal(why.code, "http.url");
}

static void
check_refused_call(void **state)
{
	const struct refused_call_case *c = *state;
	const struct http_client_config config = { .base = "https://127.0.0.1:1" };
	CLEANUP(http_client_freep) struct http_client *client = NULL;
	const struct http_pair header = { str_of(c->header), str_of(c->value) };
	const struct http_call call = {
		.target = str_of(c->target),
		.headers = &header,
		.headers_len = 1,
	};
	struct http_answer answer;
	struct why why = { 0 };

	assert_int_equal(http_client_new(&config, &client, NULL), OK);
	assert_int_equal(http_client_call(client, &call, &answer, &why), ERR_INVALID);
	assert_string_equal(why.code, "http.call");
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	if (mkdtemp(folder) == NULL)
		return 1;
	CASES(&cases, liar_cases, check_liar);
	CASE(&cases, silence_is_a_timeout);
	CASES(&cases, url_cases, check_url);
	CASES(&cases, refused_call_cases, check_refused_call);

	int failed = cases_run("http_client", &cases, argc, argv);
	(void)rmdir(folder);
	return failed;
}
