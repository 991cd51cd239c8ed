/* Calls over libcurl. */
#include "http_client.h"

#include <stdio.h>

#include <curl/curl.h>

#include "codec.h"

enum {
	/* "sha256//", base64 of 32 bytes and NUL. */
	PIN_TEXT_MAX = 64,
	/* A target with a query of TAXII; servers refuse longer ones. */
	TARGET_MAX = 8 * KIB,
	/* libcurl's words about a failure. */
	DETAIL_MAX = CURL_ERROR_SIZE,
	/* What a name and its value may take as one header line. */
	LINE_MAX_BYTES = 8 * KIB,
	/* Below a byte a second for HTTP_STALL_S. */
	STALL_BYTES = 1,
};

struct http_client {
	CURL *curl;
	char *base;
	char pin[PIN_TEXT_MAX];
	bool pinned;
	long total_ms;
	struct arena *arena; /* header lines of the last answer */
	struct buf head, body;
	char detail[DETAIL_MAX];
};

/* ---- a client ---- */

static bool
is_base_url(struct str base)
{
	struct str host = str_starts(base, S("https://")) ? str_sub(base, 8, base.len) : S("");

	for (size_t i = 0; i < host.len; i++) {
		/* No path, no user, no query: those come with each call. */
		if (host.ptr[i] <= ' ' || host.ptr[i] >= 0x7f ||
		    strchr("/@?#\\", host.ptr[i]) != NULL)
			return false;
	}
	return host.len > 0;
}

static void
set_pin(struct http_client *client, const uint8_t *pin)
{
	struct buf text = buf_new(PIN_TEXT_MAX - 1);

	buf_put(&text, S("sha256//"));
	base64_put(&text, BASE64_STD, pin, HTTP_SPKI_BYTES);
	assert(!text.full);
	memcpy(client->pin, text.ptr, text.len);
	buf_free(&text);
	client->pinned = true;
	curl_easy_setopt(client->curl, CURLOPT_PINNEDPUBLICKEY, client->pin);
	/* The key alone decides: certificates of partners are self-signed. */
	curl_easy_setopt(client->curl, CURLOPT_SSL_VERIFYPEER, 0L);
	curl_easy_setopt(client->curl, CURLOPT_SSL_VERIFYHOST, 0L);
}

static size_t
on_header(char *data, size_t size, size_t n, void *arg)
{
	struct http_client *client = arg;

	buf_put(&client->head, (struct str){ data, size * n });
	return client->head.full ? 0 : size * n;
}

static size_t
on_body(char *data, size_t size, size_t n, void *arg)
{
	struct http_client *client = arg;

	buf_put(&client->body, (struct str){ data, size * n });
	return client->body.full ? 0 : size * n;
}

static void
set_transport(struct http_client *client, const struct http_client_config *config)
{
	CURL *curl = client->curl;

	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
	    config->connect_ms == 0 ? (long)HTTP_CONNECT_MS : (long)config->connect_ms);
	curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, (long)STALL_BYTES);
	curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, (long)HTTP_STALL_S);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, client->detail);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, client);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, client);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR,
	    config->socket_path != NULL ? "http" : "https");
	if (config->socket_path != NULL)
		curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, config->socket_path);
	if (config->pin != NULL)
		set_pin(client, config->pin);
	if (config->ca_file != NULL) {
		curl_easy_setopt(curl, CURLOPT_CAINFO, config->ca_file);
		/* A folder of the system's authorities would count beside them. */
		curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
	}
	if (config->cert_file != NULL) {
		curl_easy_setopt(curl, CURLOPT_SSLCERT, config->cert_file);
		curl_easy_setopt(curl, CURLOPT_SSLKEY, config->key_file);
	}
	if (config->user_agent != NULL)
		curl_easy_setopt(curl, CURLOPT_USERAGENT, config->user_agent);
}

enum err
http_client_new(const struct http_client_config *config, struct http_client **ret, struct why *why)
{
	if ((config->base == NULL) == (config->socket_path == NULL))
		return fail(why, ERR_USAGE, "http.url",
		    "either an https:// address or a socket is needed");
	if (config->base != NULL && !is_base_url(str_of(config->base)))
		return fail(why, ERR_USAGE, "http.url",
		    "%s is not https:// with a host and perhaps a port", config->base);

	/* Safe from several threads with this version of libcurl; the program
	 * calls it first anyway, before it has threads. */
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return fail(why, ERR_IO, "http.connect", "the HTTP library does not start");

	struct http_client *client = heap_new(sizeof(*client), 1);
	client->curl = curl_easy_init();
	if (client->curl == NULL) {
		heap_free(client);
		return fail(why, ERR_IO, "http.connect", "the HTTP library does not start");
	}
	client->base =
	    heap_cstr(config->base == NULL ? S("http://localhost") : str_of(config->base));
	client->total_ms = config->total_ms == 0 ? HTTP_TOTAL_MS : (long)config->total_ms;
	client->arena = arena_new(
	    HTTP_ANSWER_HEADERS_MAX + TARGET_MAX + HTTP_ADDED_MAX * LINE_MAX_BYTES + 4 * KIB);
	client->head = buf_new(HTTP_ANSWER_HEADERS_MAX);
	set_transport(client, config);
	*ret = client;
	return OK;
}

void
http_client_free(struct http_client *client)
{
	if (client == NULL)
		return;
	curl_easy_cleanup(client->curl);
	heap_free(client->base);
	arena_free(client->arena);
	buf_free(&client->head);
	buf_free(&client->body);
	heap_free(client);
	curl_global_cleanup();
}

/* ---- what is sent ---- */

static bool
is_visible(struct str s, char from)
{
	for (size_t i = 0; i < s.len; i++) {
		if ((unsigned char)s.ptr[i] < (unsigned char)from || s.ptr[i] == 0x7f)
			return false;
	}
	return true;
}

static void
list_freep(struct curl_slist **list)
{
	curl_slist_free_all(*list);
}

static enum err
add_line(struct http_client *client, struct str name, struct str value, struct curl_slist **list,
    struct why *why)
{
	if (name.len == 0 || !is_visible(name, '!') || !is_visible(value, ' ') ||
	    name.len + value.len > LINE_MAX_BYTES - 8)
		return fail(why, ERR_INVALID, "http.call", "the header %.*s cannot be sent",
		    STR_ARG(name));

	/* "Name;" is how libcurl is told to send an empty value. */
	struct str line = value.len == 0 ? arena_printf(client->arena, "%.*s;", STR_ARG(name))
	                                 : arena_printf(client->arena, "%.*s: %.*s", STR_ARG(name),
	                                       STR_ARG(value));
	char *text = arena_cstr(client->arena, line);
	struct curl_slist *longer = text == NULL ? NULL : curl_slist_append(*list, text);
	if (longer == NULL)
		return fail(why, ERR_LIMIT, "http.call",
		    "the headers of the request are too large");
	*list = longer;
	return OK;
}

static enum err
make_headers(struct http_client *client, const struct http_call *call, struct curl_slist **list,
    struct why *why)
{
	assert(call->headers_len <= HTTP_ADDED_MAX);
	for (size_t i = 0; i < call->headers_len; i++)
		TRY(add_line(client, call->headers[i].name, call->headers[i].value, list, why));
	/* No pause for "100 Continue": most bodies are small. */
	struct curl_slist *longer = curl_slist_append(*list, "Expect:");
	if (longer == NULL)
		return fail(why, ERR_LIMIT, "http.call",
		    "the headers of the request are too large");
	*list = longer;
	return OK;
}

static enum err
set_call(struct http_client *client, const struct http_call *call, struct curl_slist *headers,
    struct why *why)
{
	CURL *curl = client->curl;

	if (call->target.len == 0 || call->target.ptr[0] != '/' || call->target.len > TARGET_MAX ||
	    !is_visible(call->target, '!'))
		return fail(why, ERR_INVALID, "http.call",
		    "the target is not a path that starts with /, in visible ASCII");

	char *url = arena_cstr(client->arena,
	    arena_printf(client->arena, "%s%.*s", client->base, STR_ARG(call->target)));
	if (url == NULL)
		return fail(why, ERR_LIMIT, "http.call", "the target is too long");
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS,
	    call->total_ms == 0 ? client->total_ms : (long)call->total_ms);
	if (call->method == HTTP_GET || call->method == HTTP_DELETE) {
		assert(call->body.len == 0);
		curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
	} else {
		curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body.len);
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS,
		    call->body.ptr == NULL ? "" : call->body.ptr);
	}
	curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, http_method_name(call->method));
	return OK;
}

/* ---- what came back ---- */

static enum err
tell(const struct http_client *client, CURLcode code, struct why *why)
{
	const char *detail = client->detail[0] != '\0' ? client->detail : curl_easy_strerror(code);
	const char *base = client->base;

	if (client->head.full || client->body.full)
		return fail(why, ERR_LIMIT, "http.too-large",
		    "the answer of %s is larger than %zu bytes", base,
		    client->head.full ? client->head.max : client->body.max);
	/* A hundred codes, but six kinds: not the enum, or all would have to be named. */
	switch ((int)code) {
	case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
		return fail(why, ERR_TAMPERED, "http.pin",
		    "%s has another key than the one that is pinned", base);
	case CURLE_PEER_FAILED_VERIFICATION:
		return fail(why, ERR_TAMPERED, "http.authority",
		    "the certificate of %s is not vouched for: %s", base, detail);
	case CURLE_OPERATION_TIMEDOUT:
		return fail(why, ERR_IO, "http.timeout", "%s did not answer in time: %s", base,
		    detail);
	case CURLE_COULDNT_RESOLVE_HOST:
		return fail(why, ERR_IO, "http.resolve", "%s has no address: %s", base, detail);
	case CURLE_COULDNT_CONNECT:
		return fail(why, ERR_IO, "http.connect", "%s cannot be reached: %s", base, detail);
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_CACERT_BADFILE:
		return fail(why, ERR_IO, "http.tls", "no TLS with %s: %s", base, detail);
	case CURLE_PARTIAL_FILE:
	case CURLE_GOT_NOTHING:
	case CURLE_RECV_ERROR:
	case CURLE_SEND_ERROR:
		return fail(why, ERR_IO, "http.truncated", "the answer of %s broke off: %s", base,
		    detail);
	default: return fail(why, ERR_IO, "http.protocol", "no answer of %s: %s", base, detail);
	}
}

/* The lines of the last status line on: those of "100 Continue" are others. */
static enum err
read_headers(const struct http_client *client, struct http_answer *answer, struct why *why)
{
	struct str rest = buf_str(&client->head);

	answer->headers_len = 0;
	while (rest.ptr != NULL) {
		struct str value = str_trim(str_split(&rest, '\n'));

		if (str_starts(value, S("HTTP/"))) {
			answer->headers_len = 0;
			continue;
		}
		struct str name = str_split(&value, ':');
		if (value.ptr == NULL)
			continue;
		if (answer->headers_len == HTTP_HEADERS_MAX)
			return fail(why, ERR_LIMIT, "http.too-large",
			    "the answer of %s has more than %d header lines", client->base,
			    HTTP_HEADERS_MAX);
		answer->headers[answer->headers_len++] =
		    (struct http_pair){ name, str_trim(value) };
	}
	return OK;
}

enum err
http_client_call(struct http_client *client, const struct http_call *call, struct http_answer *ret,
    struct why *why)
{
	CLEANUP(list_freep) struct curl_slist *headers = NULL;
	long status = 0;

	arena_clear(client->arena);
	buf_clear(&client->head);
	buf_clear(&client->body);
	client->body.max = call->answer_max == 0 ? HTTP_RESPONSE_MAX : call->answer_max;
	client->detail[0] = '\0';
	TRY(make_headers(client, call, &headers, why));
	TRY(set_call(client, call, headers, why));

	CURLcode code = curl_easy_perform(client->curl);
	curl_easy_setopt(client->curl, CURLOPT_HTTPHEADER, NULL);
	if (code != CURLE_OK)
		return tell(client, code, why);
	curl_easy_getinfo(client->curl, CURLINFO_RESPONSE_CODE, &status);
	TRY(read_headers(client, ret, why));
	ret->status = (unsigned)status;
	ret->body = buf_str(&client->body);
	return OK;
}

struct str
http_answer_header(const struct http_answer *answer, const char *name)
{
	for (size_t i = 0; i < answer->headers_len; i++) {
		if (str_eq_nocase(answer->headers[i].name, str_of(name)))
			return answer->headers[i].value;
	}
	return (struct str){ 0 };
}
