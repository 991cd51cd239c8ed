/* Media types in and out, and how an error is told. */
#include "rate_p.h"
#include "taxii_p.h"

/* ---- Accept ---- */

/* How closely a media range names our one type; 0: not at all. */
static unsigned
closeness(const struct http_media *media)
{
	struct str version = http_media_param(media, "version");

	if (str_is(media->type, "*/*"))
		return 1;
	if (str_eq_nocase(media->type, S("application/*")))
		return 2;
	if (!str_eq_nocase(media->type, S("application/taxii+json")))
		return 0;
	if (version.ptr == NULL)
		return 3;
	return str_is(version, "2.1") ? 4 : 0;
}

/* What the closest range so far says. */
struct choice {
	unsigned closest;
	unsigned q;
};

static bool
choose(struct str list, struct choice *choice)
{
	struct http_media media;
	int more;

	while ((more = http_media_next(&list, &media)) == 1) {
		unsigned close = closeness(&media);

		if (close > choice->closest ||
		    (close > 0 && close == choice->closest && media.q > choice->q))
			*choice = (struct choice){ close, media.q };
	}
	return more == 0;
}

static enum err
check_accept(const struct http_request *req, struct http_response *ret, struct why *why)
{
	struct choice choice = { 0 };
	bool given = false, readable = true;

	for (size_t i = 0; i < req->headers_len; i++) {
		if (!str_eq_nocase(req->headers[i].name, S("accept")))
			continue;
		given = true;
		readable &= choose(req->headers[i].value, &choice);
	}
	if (!given || (readable && choice.q > 0))
		return OK;
	ret->status = 406;
	return fail(why, ERR_INVALID, "taxii.accept",
	    "the answer would be " TAXII_TYPE ", which Accept does not allow");
}

/* ---- Content-Type ---- */

static enum err
check_content_type(const struct http_request *req, struct http_response *ret, struct why *why)
{
	struct str list = http_header(req, "content-type");
	struct http_media media;

	if (list.len > 0 && http_media_next(&list, &media) == 1 && str_trim(list).len == 0 &&
	    closeness(&media) >= 3)
		return OK;
	ret->status = 415;
	return fail(why, ERR_INVALID, "taxii.content-type",
	    "the body must be " TAXII_TYPE ", and Content-Type must say so");
}

static enum err
check_permission(void *face, struct http_request *req, struct why *why)
{
	CLEANUP(visit_endp) struct visit v = { 0 };
	struct collection c;

	TRY(visit_begin(face, req, &v, why));
	return req->method == HTTP_DELETE ? taxii_may_delete(&v, &c, why)
	                                  : taxii_may_post(&v, &c, why);
}

static enum err
check_rate(const struct taxii *t, struct http_request *req, struct http_response *ret,
    struct why *why)
{
	time_us now = clock_monotonic(realm_clock(t->realm));
	time_us wait = t->rate == NULL ? 0 : taxii_rate_wait(t->rate, req->principal.id, now);

	if (wait == 0)
		return OK;
	struct str seconds =
	    arena_printf(req->arena, "%lld", (long long)((wait + US_PER_S - 1) / US_PER_S));
	if (seconds.ptr != NULL)
		http_add(ret, "Retry-After", seconds);
	ret->status = 429;
	return fail(why, ERR_LIMIT, "taxii.rate",
	    "more requests than one caller may send: wait as long as Retry-After says");
}

enum err
taxii_check(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	TRY(check_rate(ctx, req, ret, why));
	if (req->method == HTTP_POST || req->method == HTTP_DELETE)
		TRY(check_permission(ctx, req, why));
	TRY(check_accept(req, ret, why));
	return req->method == HTTP_POST ? check_content_type(req, ret, why) : OK;
}

/* ---- answers ---- */

struct json_writer
taxii_answer(struct http_response *resp)
{
	return json_writer(http_body(resp, TAXII_TYPE));
}

struct str
taxii_time(struct arena *a, time_us at)
{
	char text[TIME_TEXT_MAX];

	time_text(at, text);
	return arena_str(a, str_of(text));
}

struct str
taxii_version(struct arena *a, const struct stored *o)
{
	if (str_starts(o->version, S("=")))
		return taxii_time(a, o->date_added);
	return o->modified.len > 0 ? o->modified : o->created;
}

/* ---- errors ---- */

static const char *
title_of(unsigned status)
{
	/* clang-format off */
	static const struct {
		unsigned status;
		const char *title;
	} titles[] = {
		{ 400, "Malformed request" },
		{ 401, "Sign in" },
		{ 403, "Not allowed" },
		{ 404, "Not found" },
		{ 405, "No such method here" },
		{ 406, "Not available in that media type" },
		{ 409, "Conflict" },
		{ 413, "Too large" },
		{ 415, "Unsupported media type" },
		{ 422, "Unprocessable content" },
		{ 429, "Too many requests" },
		{ 431, "Too many headers" },
	};
	/* clang-format on */

	for (size_t i = 0; i < COUNTOF(titles); i++) {
		if (titles[i].status == status)
			return titles[i].title;
	}
	return status >= 500 ? "The node has a problem" : "The request failed";
}

void
taxii_print_error(void *ctx, const struct http_request *req, unsigned status, const struct why *why,
    struct http_response *ret)
{
	struct json_writer w = taxii_answer(ret);
	char digits[] = { (char)('0' + status / 100 % 10), (char)('0' + status / 10 % 10),
		(char)('0' + status % 10) };

	(void)ctx;
	json_begin_object(&w);
	json_put_str(json_key(&w, S("title")), str_of(title_of(status)));
	/* What goes wrong inside names files and databases: that is for our log. */
	json_put_str(json_key(&w, S("description")),
	    status >= 500 ? S("try again later; the log of the node has the reason")
	                  : str_of(why->text));
	if (req->id.len > 0)
		json_put_str(json_key(&w, S("error_id")), req->id);
	json_put_str(json_key(&w, S("error_code")), str_of(why->code));
	json_put_str(json_key(&w, S("http_status")), (struct str){ digits, sizeof(digits) });
	if (why->where[0] != '\0' && status < 500) {
		json_begin_object(json_key(&w, S("details")));
		json_put_str(json_key(&w, S("where")), str_of(why->where));
		json_end_object(&w);
	}
	json_end_object(&w);
}
