#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base.h"
#include "cases.h"
#include "http_client.h"
#include "http_server.h"

/* The control socket; and what needs no TLS to be seen: raw requests, and
 * callers that drip. */

enum { SHORT_MS = 300 };

static char folder[] = "/tmp/http-control-XXXXXX";

/* ---- the site ---- */

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

static enum err
know_owner(void *ctx, struct http_request *req, struct http_principal *ret, struct why *why)
{
	(void)ctx;
	(void)why;
	assert_int_equal(req->listener, HTTP_CONTROL);
	ret->proof = HTTP_SOCKET;
	ret->id = S("owner");
	ret->scopes = HTTP_SCOPE_BIT(SCOPE_ADMIN);
	return OK;
}

/* clang-format off */
static const struct http_route routes[] = {
	{ HTTP_POST, "/echo/",  SCOPE_PUBLIC, 0, 1 * MIB, echo, "what was sent" },
	{ HTTP_GET,  "/who/",   SCOPE_ADMIN,  0, 0,       who,  "the caller" },
};
/* clang-format on */
static const struct http_mount mount = { .routes = routes, .len = COUNTOF(routes) };
static const struct http_site site = { .mounts = &mount, .len = 1, .authenticate = know_owner };

static struct http_server *
start_control(struct http_limits limits, char *ret_path, size_t size)
{
	struct http_server *server = NULL;
	struct why why = { 0 };

	(void)snprintf(ret_path, size, "%s/control", folder);
	const struct http_server_config config = {
		.kind = HTTP_CONTROL,
		.socket_path = ret_path,
		.limits = limits,
		.site = &site,
		.clock = &clock_system,
	};
	if (http_server_start(&config, &server, &why) != OK)
		fail_msg("%s", why.text);
	return server;
}

static int
connect_unix(const char *path)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	assert_in_range(snprintf(to.sun_path, sizeof(to.sun_path), "%s", path), 1,
	    sizeof(to.sun_path) - 1);
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	return fd;
}

/* ---- callers that drip ---- */

/* Milliseconds until the other side closes; it must within five seconds. */
static int64_t
until_closed(int fd, const char *drip)
{
	time_us from = clock_monotonic(&clock_system);
	time_us last = from + 5 * US_PER_S;
	char bytes[4096];

	while (clock_monotonic(&clock_system) < last) {
		struct timespec pause = { 0, 20'000'000 };

		nanosleep(&pause, NULL);
		if (*drip != '\0')
			(void)send(fd, drip++, 1, MSG_NOSIGNAL);
		ssize_t n = recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT);
		if (n == 0 || (n < 0 && errno != EAGAIN))
			return (clock_monotonic(&clock_system) - from) / 1000;
	}
	return -1;
}

static struct http_limits
short_limits(void)
{
	struct http_limits limits = http_limits_preset();

	limits.header_ms = limits.body_ms = SHORT_MS;
	limits.idle_ms = 2 * SHORT_MS;
	return limits;
}

/* clang-format off */
static const struct drip_case {
	const char *name;
	const char *at_once, *drip;
	int64_t at_least_ms;
} drip_cases[] = {
	{ "silence",          "", "", SHORT_MS },
	{ "dripping headers", "GET /who/ HTTP/1.1\r\nHost: x\r\n",
	  "X-A: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", SHORT_MS },
	{ "dripping body",    "POST /echo/ HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n",
	  "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", SHORT_MS },
	{ "silence after an answer", "GET /who/ HTTP/1.1\r\nHost: x\r\n\r\n", "", 2 * SHORT_MS },
	{ "dripping chunks",  "POST /echo/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
	  "1\r\na\r\n1\r\na\r\n1\r\na\r\n1\r\na\r\n1\r\na\r\n1\r\na\r\n1\r\na\r\n1\r\na\r\n", SHORT_MS },
};
/* clang-format on */

static void
check_drip(void **state)
{
	const struct drip_case *c = *state;
	char path[256];
	CLEANUP(http_server_stopp)
	struct http_server *server = start_control(short_limits(), path, sizeof(path));
	int fd = connect_unix(path);

	assert_int_equal(send(fd, c->at_once, strlen(c->at_once), 0), strlen(c->at_once));
	int64_t ms = until_closed(fd, c->drip);
	close(fd);
	assert_in_range(ms, c->at_least_ms - 20, 4000);
	assert_int_equal(http_server_stats(server).expired, 1);
}

static void
an_answer_that_is_not_read_holds_nothing(void **state)
{
	static const char head[] = "POST /echo/ HTTP/1.1\r\nHost: x\r\n"
	                           "Content-Length: 1048576\r\n\r\n";
	static const char body[1 * MIB];
	struct http_limits limits = http_limits_preset();
	char path[256];

	(void)state;
	limits.answer_ms = SHORT_MS;
	CLEANUP(http_server_stopp)
	struct http_server *server = start_control(limits, path, sizeof(path));
	int fd = connect_unix(path);
	assert_int_equal(send(fd, head, sizeof(head) - 1, 0), sizeof(head) - 1);
	assert_int_equal(send(fd, body, sizeof(body), 0), sizeof(body));

	time_us last = clock_monotonic(&clock_system) + 5 * US_PER_S;
	struct http_stats stats = http_server_stats(server);
	while (stats.connections > 0 || stats.accepted == 0) {
		assert_true(clock_monotonic(&clock_system) < last);
		nanosleep(&(struct timespec){ 0, 20'000'000 }, NULL);
		stats = http_server_stats(server);
	}
	close(fd);
	assert_int_equal(stats.expired, 1);
}

/* ---- raw requests ---- */

static size_t
exchange(int fd, const char *text, char *ret, size_t size)
{
	size_t len = 0;
	ssize_t n;

	assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
	(void)shutdown(fd, SHUT_WR);
	while (len + 1 < size && (n = recv(fd, ret + len, size - len - 1, 0)) > 0)
		len += (size_t)n;
	ret[len] = '\0';
	return len;
}

/* clang-format off */
static const struct raw_case {
	const char *name, *text;
	const char *start; /* of the answer */
	const char *inside;
} raw_cases[] = {
	{ "chunked body", "POST /echo/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
	  "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", "HTTP/1.1 200", "\r\n\r\nabcde" },
	{ "HEAD", "HEAD /who/ HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 200", "Content-Length: 5" },
	{ "owner of the socket", "GET /who/ HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 200", "\r\n\r\nowner" },
	{ "OPTIONS", "OPTIONS /echo/ HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 204", "Allow: OPTIONS, POST" },
	{ "no Host", "GET /who/ HTTP/1.1\r\n\r\n", "HTTP/1.1 400", "" },
	{ "path is not decoded twice", "GET /%2577ho/ HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 404", "http.not-found" },
	{ "path is decoded once", "GET /%77ho/ HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 200", "owner" },
	{ "encoded question mark", "GET /who/%3F HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 404", "http.not-found" },
	{ "broken query", "GET /who/?a=%ZZ HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 400", "http.query" },
	{ "length and chunks", "POST /echo/ HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
	  "0\r\n\r\n", "HTTP/1.1 400", "" },
	{ "two lengths", "POST /echo/ HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
	  "HTTP/1.1 400", "" },
	{ "blank before the colon", "POST /echo/ HTTP/1.1\r\nHost: x\r\nContent-Length : 3\r\n\r\nabc",
	  "HTTP/1.1 400", "http.header-name" },
	{ "tab before the colon", "POST /echo/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding\t: chunked\r\n\r\n0\r\n\r\n",
	  "HTTP/1.1 400", "http.header-name" },
	{ "not HTTP", "hello\r\n\r\n", "", "" },
};
/* clang-format on */

static void
check_raw(void **state)
{
	const struct raw_case *c = *state;
	char path[256], answer[4096];
	CLEANUP(http_server_stopp)
	struct http_server *server = start_control(http_limits_preset(), path, sizeof(path));
	assert_non_null(server);
	int fd = connect_unix(path);

	exchange(fd, c->text, answer, sizeof(answer));
	close(fd);
	if (strncmp(answer, c->start, strlen(c->start)) != 0 || strstr(answer, c->inside) == NULL)
		fail_msg("%s", answer);
}

static void
many_headers_are_refused(void **state)
{
	char path[256], answer[4096];
	struct buf text = buf_new(64 * KIB);
	CLEANUP(http_server_stopp)
	struct http_server *server = start_control(http_limits_preset(), path, sizeof(path));

	(void)state;
	buf_put(&text, S("GET /who/ HTTP/1.1\r\nHost: x\r\n"));
	for (int i = 0; i < HTTP_HEADERS_MAX; i++)
		buf_printf(&text, "A%d: b\r\n", i);
	buf_put(&text, S("\r\n"));
	buf_putc(&text, '\0');
	assert_non_null(server);
	int fd = connect_unix(path);
	exchange(fd, text.ptr, answer, sizeof(answer));
	close(fd);
	buf_free(&text);
	assert_memory_equal(answer, "HTTP/1.1 431", 12);
	assert_non_null(strstr(answer, "a request may have 64 header lines"));
}

/* ---- the control socket ---- */

static void
the_control_socket_is_ours_alone(void **state)
{
	char path[256];
	CLEANUP(http_server_stopp)
	struct http_server *server = start_control(http_limits_preset(), path, sizeof(path));
	CLEANUP(http_client_freep) struct http_client *client = NULL;
	const struct http_client_config config = { .socket_path = path };
	const struct http_call call = { .target = S("/who/") };
	struct http_answer answer;
	struct stat st;
	struct why why = { 0 };

	(void)state;
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(http_server_port(server), 0);
	assert_int_equal(http_client_new(&config, &client, NULL), OK);
	assert_int_equal(http_client_call(client, &call, &answer, NULL), OK);
	assert_true(str_is(answer.body, "owner"));

	struct http_server *second = NULL;
	const struct http_server_config again = {
		.kind = HTTP_CONTROL,
		.socket_path = path,
		.limits = http_limits_preset(),
		.site = &site,
		.clock = &clock_system,
	};
	assert_int_equal(http_server_start(&again, &second, &why), ERR_CONFLICT);
	assert_string_equal(why.code, "http.in-use");
}

static void
a_stale_control_socket_is_replaced(void **state)
{
	char path[256];
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)state;
	(void)snprintf(at.sun_path, sizeof(at.sun_path), "%s/control", folder);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	close(fd);
	CLEANUP(http_server_stopp)
	struct http_server *server = start_control(http_limits_preset(), path, sizeof(path));
	assert_non_null(server);
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	if (mkdtemp(folder) == NULL)
		return 1;
	CASES(&cases, drip_cases, check_drip);
	CASE(&cases, an_answer_that_is_not_read_holds_nothing);
	CASES(&cases, raw_cases, check_raw);
	CASE(&cases, many_headers_are_refused);
	CASE(&cases, the_control_socket_is_ours_alone);
	CASE(&cases, a_stale_control_socket_is_replaced);

	int failed = cases_run("http_control", &cases, argc, argv);
	(void)rmdir(folder);
	return failed;
}
