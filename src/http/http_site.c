/* From a request to an answer: the route, the caller, the row's conditions,
 * the handler, the error. */
#include <stdio.h>

#include "http.h"
#include "http_lines_p.h"
#include "log.h"

enum {
	SCOPE_TEXT_MAX = 64,  /* of a message that names one */
	ROLES_TEXT_MAX = 256, /* all of the names that an owner gives */
};

/* What the search for a route found. */
struct found {
	const struct http_mount *mount; /* NULL: no row has this path */
	const struct http_route *by_path;
	uint32_t methods; /* bits: those that the path has */
};

/* ---- faults ---- */

static const struct http_mount *
mount_of_path(const struct http_site *site, struct str path)
{
	for (size_t i = 0; i < site->len; i++) {
		if (str_starts(path, site->mounts[i].prefix))
			return &site->mounts[i];
	}
	return NULL;
}

static bool
is_mount_of_route(const struct http_mount *mount, const struct http_route *route)
{
	uintptr_t at = (uintptr_t)route, from = (uintptr_t)mount->routes;

	return at >= from && at < from + mount->len * sizeof(*mount->routes);
}

static const struct http_mount *
mount_of(const struct http_site *site, const struct http_request *req)
{
	for (size_t i = 0; req->route != NULL && i < site->len; i++) {
		if (is_mount_of_route(&site->mounts[i], req->route))
			return &site->mounts[i];
	}
	return mount_of_path(site, req->path);
}

static void
log_fault(const struct http_request *req, unsigned status, const struct why *why)
{
	enum log_level level = status >= 500 ? LOG_WARNING : LOG_DEBUG;

	/* Who tried what without the right to it is worth a line. */
	if (status == 401 || status == 403 || status == 413)
		level = LOG_NOTICE;
	log_event(level, "http.refused", LOG_STR("request", req->id), LOG_U64("status", status),
	    LOG_STR("path", req->path), LOG_STR("remote", req->remote),
	    LOG_STR("caller", req->principal.id), LOG_STR("code", str_of(why->code)), LOG_WHY(why));
}

static void
print_fault(const struct http_mount *mount, const struct http_request *req, unsigned status,
    const struct why *why, struct http_response *ret)
{
	http_error_printer *print = http_print_problem;

	log_fault(req, status, why);
	if (ret->release != NULL)
		ret->release(ret->release_arg);
	ret->release = NULL;
	ret->body = (struct str){ 0 };
	buf_clear(&ret->buf);
	if (mount != NULL && mount->print_error != NULL)
		print = mount->print_error;
	if (status == 401 && mount != NULL && mount->challenge != NULL)
		http_add(ret, "WWW-Authenticate", str_of(mount->challenge));
	print(mount == NULL ? NULL : mount->ctx, req, status, why, ret);
	if (ret->body.len == 0)
		ret->body = buf_str(&ret->buf);
	ret->status = status;
	ret->park_us = 0;
}

void
http_site_fault(const struct http_site *site, const struct http_request *req, unsigned status,
    const struct why *why, struct http_response *ret)
{
	http_response_done(ret);
	print_fault(mount_of(site, req), req, status, why, ret);
}

/* A handler or check failed: its own status, or that of the error. */
static void
answer_error(const struct http_mount *mount, const struct http_request *req, enum err err,
    const struct why *why, struct http_response *ret)
{
	unsigned status = ret->status >= 400 ? ret->status : http_status_of(err);

	print_fault(mount, req, status, why, ret);
}

/* ---- the route ---- */

static bool
find_in(const struct http_mount *mount, struct http_request *req, uint32_t method_bit,
    struct found *found)
{
	for (size_t i = 0; i < mount->len; i++) {
		const struct http_route *route = &mount->routes[i];

		if (!http_path_match(req, route->path))
			continue;
		found->mount = mount;
		found->methods |= UINT32_C(1) << route->method;
		if (found->by_path == NULL)
			found->by_path = route;
		if ((method_bit & (UINT32_C(1) << route->method)) != 0) {
			req->route = route;
			return true;
		}
	}
	return found->mount != NULL;
}

static struct found
find_route(const struct http_site *site, struct http_request *req, uint32_t method_bit)
{
	struct found found = { 0 };

	for (size_t i = 0; i < site->len; i++) {
		if (str_starts(req->path, site->mounts[i].prefix) &&
		    find_in(&site->mounts[i], req, method_bit, &found))
			break;
	}
	return found;
}

/* GET /a/b of a site that has /a/b/. */
static bool
redirect_to_slash(const struct http_site *site, struct http_request *req, struct http_response *ret)
{
	if (req->method != HTTP_GET || req->lost || req->segments_len == HTTP_SEGMENTS_MAX ||
	    req->segments[req->segments_len - 1].len == 0)
		return false;

	req->segments[req->segments_len++] = S("");
	struct found found = find_route(site, req, UINT32_C(1) << HTTP_GET);
	req->segments_len--;
	if (found.mount == NULL || req->route == NULL)
		return false;

	struct str query = str_sub(req->target, 0, 0);
	size_t mark = str_find(req->target, S("?"));
	if (mark != SIZE_MAX)
		query = str_sub(req->target, mark, req->target.len);
	req->route = NULL;
	http_add(ret, "Location",
	    arena_printf(req->arena, "%.*s/%.*s", STR_ARG(req->path), STR_ARG(query)));
	ret->status = 308;
	return true;
}

static void
add_allow(struct http_request *req, uint32_t methods, struct http_response *ret)
{
	struct str list = S("OPTIONS");

	if ((methods & (UINT32_C(1) << HTTP_GET)) != 0)
		list = S("OPTIONS, HEAD");
	for (unsigned m = 0; m < HTTP_METHODS; m++) {
		if ((methods & (UINT32_C(1) << m)) != 0)
			list = arena_printf(req->arena, "%.*s, %s", STR_ARG(list),
			    http_method_name(m));
	}
	http_add(ret, "Allow", list);
}

/* A bit of enum http_method; 0 for a method no route can have. */
static uint32_t
read_method(struct http_request *req, struct str method)
{
	req->head = str_is(method, "HEAD");
	for (unsigned m = 0; m < HTTP_METHODS; m++) {
		if (str_is(method, http_method_name(m)) || (m == HTTP_GET && req->head)) {
			req->method = m;
			return UINT32_C(1) << m;
		}
	}
	req->method = HTTP_METHODS;
	return 0;
}

/* ---- the caller ---- */

/* What is missing, and whom to ask instead. */
static enum err
refuse(const struct http_site *site, const struct http_route *route, const char *code,
    const char *text, struct why *why)
{
	CLEANUP(buf_free) struct buf names = buf_new(ROLES_TEXT_MAX);

	if (site->name_roles != NULL)
		site->name_roles(route->scope, route->roles, &names);
	return fail(why, ERR_FORBIDDEN, code, "%s%s" STR_FMT, text,
	    names.len > 0 ? "; roles that may: " : "", STR_ARG(buf_str(&names)));
}

static enum err
check_scope(const struct http_site *site, const struct http_route *route,
    const struct http_principal *who, struct why *why)
{
	char text[SCOPE_TEXT_MAX];

	if (route->scope == SCOPE_PUBLIC)
		return OK;
	if (who->proof == HTTP_ANONYMOUS)
		return fail(why, ERR_UNAUTHORIZED, "http.unauthorized",
		    "sign in, or present a token or certificate that this node knows");
	(void)snprintf(text, sizeof(text), "this needs the scope %s",
	    http_scope_name(route->scope));
	if ((who->scopes & HTTP_SCOPE_BIT(route->scope)) == 0)
		return refuse(site, route, "http.scope", text, why);
	if (route->roles != 0 && (route->roles & who->roles) == 0)
		return refuse(site, route, "http.role", "this needs a role that you do not have",
		    why);
	return OK;
}

static bool
is_own_origin(const struct http_site *site, const struct http_request *req, struct str origin)
{
	struct str host = http_header(req, "host");

	if (site->origin != NULL)
		return str_is(origin, site->origin);
	return host.len > 0 && str_starts(origin, S("https://")) &&
	       str_eq(str_sub(origin, 8, origin.len), host);
}

/* A browser sends the cookie whatever page asks for it.  No page of another
 * origin can add our header, and the browser says where the page came from. */
static enum err
check_same_origin(const struct http_site *site, const struct http_request *req, struct why *why)
{
	struct str origin = http_header(req, "origin");
	struct str fetch = http_header(req, "sec-fetch-site");

	if (req->principal.proof != HTTP_COOKIE || req->method == HTTP_GET)
		return OK;
	if (!str_is(http_header(req, "x-torana-request"), "1"))
		return fail(why, ERR_FORBIDDEN, "http.csrf",
		    "a change with a session cookie needs the header X-Torana-Request: 1");
	if (origin.ptr == NULL && fetch.ptr == NULL)
		return fail(why, ERR_FORBIDDEN, "http.csrf",
		    "a change with a session cookie needs the header Origin or Sec-Fetch-Site");
	if ((origin.ptr != NULL && !is_own_origin(site, req, origin)) ||
	    (fetch.ptr != NULL && !str_is(fetch, "same-origin")))
		return fail(why, ERR_FORBIDDEN, "http.csrf",
		    "the change was asked for by a page of another origin");
	return OK;
}

/* ---- the announced body ---- */

static enum err
check_length(const struct http_request *req, struct http_response *ret, struct why *why)
{
	struct str length = http_header(req, "content-length");
	bool chunked = http_header(req, "transfer-encoding").ptr != NULL;
	struct str coding = http_header(req, "content-encoding");
	uint64_t announced = 0;

	/* Two lengths are how a request is hidden in another (RFC 9112, 6.3). */
	if (http_header_count(req, "content-length") + (size_t)chunked > 1)
		return fail(why, ERR_INVALID, "http.length",
		    "the request gives the length of its body twice");
	if (length.ptr != NULL && !str_to_u64(length, INT64_MAX, &announced))
		return fail(why, ERR_INVALID, "http.length", "Content-Length is not a number");
	if (req->route->body_max == 0 && (announced > 0 || chunked))
		return fail(why, ERR_LIMIT, "http.body", "this request takes no body");
	if (announced > req->route->body_max)
		return fail(why, ERR_LIMIT, "http.body",
		    "the body may have %zu bytes, not %" PRIu64, req->route->body_max, announced);
	if ((announced > 0 || chunked) && coding.len > 0 && !str_eq_nocase(coding, S("identity"))) {
		ret->status = 415;
		return fail(why, ERR_INVALID, "http.coding",
		    "the body may not have a Content-Encoding");
	}
	return OK;
}

/* ---- both halves ---- */

static enum err
admit(const struct http_site *site, const struct found *found, struct http_request *req,
    struct http_response *ret, struct why *why)
{
	if (site->authenticate != NULL)
		TRY(site->authenticate(site->ctx, req, &req->principal, why));
	TRY(check_scope(site, req->route != NULL ? req->route : found->by_path, &req->principal,
	    why));
	if (req->route == NULL) {
		add_allow(req, found->methods, ret);
		ret->status = 405;
		return fail(why, ERR_INVALID, "http.method",
		    "this path does not have that method; Allow names those it has");
	}
	TRY(check_same_origin(site, req, why));
	if (found->mount->check != NULL)
		TRY(found->mount->check(found->mount->ctx, req, ret, why));
	return check_length(req, ret, why);
}

bool
http_site_head(const struct http_site *site, struct http_request *req, struct str method,
    struct http_response *ret)
{
	struct why why = { 0 };
	uint32_t method_bit = read_method(req, method);

	req->route = NULL;
	req->path = (struct str){ 0 };
	req->principal = (struct http_principal){ 0 };

	enum err err = http_target_read(req, &why);
	if (err != OK) {
		req->lost = true;
		answer_error(mount_of_path(site, req->path), req, err, &why, ret);
		return false;
	}

	struct found found = find_route(site, req, method_bit);
	if (found.mount == NULL) {
		if (redirect_to_slash(site, req, ret))
			return false;
		err = fail(&why, ERR_NOT_FOUND, "http.not-found", "there is nothing at this path");
		answer_error(mount_of_path(site, req->path), req, err, &why, ret);
		return false;
	}
	if (req->route == NULL && str_is(method, "OPTIONS")) {
		add_allow(req, found.methods, ret);
		ret->status = 204;
		return false;
	}

	err = admit(site, &found, req, ret, &why);
	if (err == OK)
		return true;
	answer_error(found.mount, req, err, &why, ret);
	return false;
}

void
http_site_run(const struct http_site *site, struct http_request *req, struct http_response *ret)
{
	const struct http_mount *mount = mount_of(site, req);
	struct why why = { 0 };

	enum err err = req->route->handler(mount->ctx, req, ret, &why);
	if (err != OK) {
		answer_error(mount, req, err, &why, ret);
		return;
	}
	if (ret->buf.full) {
		(void)buf_check(&ret->buf, "the answer", &why);
		print_fault(mount, req, 500, &why, ret);
		return;
	}
	if (ret->status == 0)
		ret->status = 200;
	if (ret->body.len == 0)
		ret->body = buf_str(&ret->buf);
}
