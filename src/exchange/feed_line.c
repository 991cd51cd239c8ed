/* One conversation with the server of a feed: its key or its authorities, our
 * credentials, and what a status of its means. */
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "codec.h"
#include "feed_p.h"

enum {
	/* Reaching a server on another continent, with a lost packet. */
	LINE_CONNECT_MS = 10'000,
	/* A page of usual objects at 1 Mbit/s takes 10 s; a node that stops waits as long. */
	LINE_TOTAL_MS = 30'000,
	PATH_MAX_BYTES = 64,
	NO_FILE = -1,
};

/* The version that the program says of itself stands in site.c; a server's log
 * needs no more than which program came. */
#define USER_AGENT "torana/0.1"
#define ACCEPT     "application/taxii+json;version=2.1"

struct feed_line {
	struct http_client *client;
	const struct feed *feed;
	struct str host;
	struct str credentials; /* "Basic ..."; empty: none */
	struct arena *arena;
	int authority, certificate, key; /* files that exist in memory alone */
};

/* libcurl reads PEM from files; a secret is never written to a disk. */
static enum err
open_pem(struct str pem, int *ret, char *path, struct why *why)
{
	if (pem.len == 0)
		return OK;
	*ret = memfd_create("torana-feed", MFD_CLOEXEC);
	if (*ret < 0 || write(*ret, pem.ptr, pem.len) != (ssize_t)pem.len)
		return fail(why, ERR_IO, "feed.memory-file", "the system gives no file in memory");
	(void)snprintf(path, PATH_MAX_BYTES, "/proc/self/fd/%d", *ret);
	return OK;
}

static enum err
make_credentials(struct feed_line *line, struct why *why)
{
	const struct feed *f = line->feed;
	struct arena *a = line->arena;

	if (f->login == FEED_BASIC) {
		struct str pair =
		    arena_printf(a, STR_FMT ":" STR_FMT, STR_ARG(f->account), STR_ARG(f->secret));
		struct str coded = base64_text(a, BASE64_STD, pair.ptr, pair.len);

		line->credentials = arena_printf(a, "Basic " STR_FMT, STR_ARG(coded));
	} else if (f->login == FEED_BEARER) {
		line->credentials = arena_printf(a, "Bearer " STR_FMT, STR_ARG(f->secret));
	} else {
		return OK;
	}
	return line->credentials.len > 0
	           ? OK
	           : fail(why, ERR_LIMIT, "feed.memory", "the credentials are too long");
}

static enum err
connect_line(struct feed_line *line, const struct feed_url *at, struct why *why)
{
	const struct feed *f = line->feed;
	char authority[PATH_MAX_BYTES], certificate[PATH_MAX_BYTES], key[PATH_MAX_BYTES];
	struct http_client_config config = {
		.base = arena_cstr(line->arena, at->base),
		.user_agent = USER_AGENT,
		.connect_ms = LINE_CONNECT_MS,
		.total_ms = LINE_TOTAL_MS,
	};

	TRY(open_pem(f->authority, &line->authority, authority, why));
	if (f->login == FEED_CERTIFICATE) {
		TRY(open_pem(f->certificate, &line->certificate, certificate, why));
		TRY(open_pem(f->secret, &line->key, key, why));
		config.cert_file = certificate;
		config.key_file = key;
	}
	if (f->authority.len > 0)
		config.ca_file = authority;
	if (f->pin.len == HASH_BYTES)
		config.pin = (const uint8_t *)f->pin.ptr;
	return http_client_new(&config, &line->client, why);
}

enum err
feed_line_open(const struct feed *f, const struct feed_url *at, struct feed_line **ret,
    struct why *why)
{
	struct feed_line *line = heap_new(sizeof(*line), 1);

	*line = (struct feed_line){
		.feed = f,
		.arena = arena_new(64 * KIB),
		.authority = NO_FILE,
		.certificate = NO_FILE,
		.key = NO_FILE,
	};
	line->host = arena_str(line->arena, at->base);
	enum err err = make_credentials(line, why);
	if (err == OK)
		err = connect_line(line, at, why);
	if (err != OK) {
		feed_line_close(line);
		return err;
	}
	*ret = line;
	return OK;
}

void
feed_line_close(struct feed_line *line)
{
	if (line == NULL)
		return;
	const int files[] = { line->authority, line->certificate, line->key };

	http_client_free(line->client);
	for (size_t i = 0; i < COUNTOF(files); i++) {
		if (files[i] >= 0)
			(void)close(files[i]);
	}
	arena_free(line->arena);
	heap_free(line);
}

/* ---- statuses ---- */

static enum err
say_login(const struct feed_line *line, const struct http_answer *answer, struct arena *a,
    struct why *why)
{
	struct str wanted = feed_challenges(a, http_answer_header(answer, "WWW-Authenticate"));

	return fail(why, ERR_UNAUTHORIZED, "feed.login",
	    STR_FMT " does not take our credentials (%s)%s" STR_FMT, STR_ARG(line->host),
	    feed_login_name(line->feed->login), wanted.len > 0 ? "; it wants " : "",
	    STR_ARG(wanted));
}

/* Where a redirect leads is said, and not followed: our credentials stay. */
static enum err
say_moved(const struct feed_line *line, const struct http_answer *answer, struct why *why)
{
	struct str to = http_answer_header(answer, "Location");

	return fail(why, ERR_INVALID, "feed.moved",
	    STR_FMT " sends us to \"" STR_FMT
	            "\" (%u): redirects are not followed; add the feed with its new address",
	    STR_ARG(line->host), STR_ARG(str_sub(to, 0, to.len < 200 ? to.len : 200)),
	    answer->status);
}

static const struct {
	unsigned status;
	enum err err;
	const char *code, *text;
} refusals[] = {
	{ 403, ERR_FORBIDDEN, "feed.forbidden", "we may not read this; what is here stays" },
	{ 404, ERR_NOT_FOUND, "feed.withdrawn",
	    "it is not there, or no longer for us; what is here stays" },
	{ 406, ERR_INVALID, "feed.version", "the server does not speak TAXII 2.1" },
	{ 429, ERR_IO, "feed.later", "we ask too often" },
	{ 503, ERR_IO, "feed.later", "the server is busy" },
};

static enum err
say_status(const struct feed_line *line, const struct http_answer *answer, struct str target,
    struct arena *a, struct why *why)
{
	struct str path = str_split(&target, '?');
	struct str words = feed_error_words(a, answer->body);
	unsigned status = answer->status;
	enum err err = status >= 500 ? ERR_IO : ERR_INVALID;
	const char *code = status >= 500 ? "feed.server" : "feed.answer";
	const char *text = "";

	for (size_t i = 0; i < COUNTOF(refusals); i++) {
		if (refusals[i].status == status) {
			err = refusals[i].err;
			code = refusals[i].code;
			text = refusals[i].text;
		}
	}
	return fail(why, err, code, STR_FMT STR_FMT " answers %u%s%s%s" STR_FMT "%s",
	    STR_ARG(line->host), STR_ARG(path), status, text[0] != '\0' ? ": " : "", text,
	    words.len > 0 ? " (" : "", STR_ARG(words), words.len > 0 ? ")" : "");
}

static enum err
judge(const struct feed_line *line, const struct http_answer *answer, struct str target,
    struct arena *a, struct why *why)
{
	if (answer->status == 401)
		return say_login(line, answer, a, why);
	if (answer->status >= 300 && answer->status < 400)
		return say_moved(line, answer, why);
	if (answer->status != 200)
		return say_status(line, answer, target, a, why);
	enum err err =
	    feed_type_check(http_answer_header(answer, "Content-Type"), answer->body, why);
	if (err != OK)
		why_prefix(why, STR_FMT, STR_ARG(line->host));
	return err;
}

enum err
feed_line_get(struct feed_line *line, struct str target, struct arena *a, time_us now,
    struct feed_got *ret, struct why *why)
{
	struct http_answer answer;
	const struct http_pair headers[] = {
		{ S("Accept"), S(ACCEPT) },
		{ S("Authorization"), line->credentials },
	};
	const struct http_call call = {
		.method = HTTP_GET,
		.target = target,
		.headers = headers,
		.headers_len = line->credentials.len > 0 ? 2 : 1,
		.answer_max = HTTP_RESPONSE_MAX,
	};

	*ret = (struct feed_got){ 0 };
	TRY(http_client_call(line->client, &call, &answer, why));
	ret->wait_s = feed_retry_after(http_answer_header(&answer, "Retry-After"), now);
	TRY(judge(line, &answer, target, a, why));
	ret->body = arena_str(a, answer.body);
	ret->added_last = arena_str(a, http_answer_header(&answer, "X-TAXII-Date-Added-Last"));
	if (answer.body.len > 0 && ret->body.ptr == NULL)
		return fail(why, ERR_LIMIT, "feed.memory", "the answer of the server is too large");
	return OK;
}
