/* What handlers use to answer, and the preset way to print an error. */
#include "http.h"
#include "json_writer.h"

struct str
http_param(const struct http_request *req, const char *name)
{
	for (size_t i = 0; i < req->params_len; i++) {
		if (str_is(req->params[i].name, name))
			return req->params[i].value;
	}
	assert(false && "the pattern of the route has no such {name}");
	return (struct str){ 0 };
}

struct str
http_query_next(const struct http_request *req, const char *name, size_t *at)
{
	for (size_t i = *at; i < req->query_len; i++) {
		if (!str_is(req->query[i].name, name))
			continue;
		*at = i + 1;
		return req->query[i].value;
	}
	*at = req->query_len;
	return (struct str){ 0 };
}

enum err
http_query_one(const struct http_request *req, const char *name, struct str *ret, struct why *why)
{
	size_t at = 0;
	struct str first = http_query_next(req, name, &at);

	if (http_query_next(req, name, &at).ptr != NULL)
		return fail(why, ERR_INVALID, "http.query-twice",
		    "the query parameter %s is given more than once", name);
	*ret = first;
	return OK;
}

static bool
is_field_value(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if ((unsigned char)s.ptr[i] < ' ' || s.ptr[i] == 0x7f)
			return false;
	}
	return true;
}

void
http_add(struct http_response *resp, const char *name, struct str value)
{
	assert(resp->added_len < HTTP_ADDED_MAX);
	assert(is_field_value(value));
	if (str_eq_nocase(str_of(name), S("cache-control")))
		resp->cache = true;
	resp->added[resp->added_len++] = (struct http_pair){ str_of(name), value };
}

struct buf *
http_body(struct http_response *resp, const char *type)
{
	buf_free(&resp->buf);
	resp->buf = buf_new(HTTP_RESPONSE_MAX);
	resp->type = str_of(type);
	return &resp->buf;
}

void
http_response_done(struct http_response *resp)
{
	if (resp->release != NULL)
		resp->release(resp->release_arg);
	buf_free(&resp->buf);
	*resp = (struct http_response){ 0 };
}

unsigned
http_status_of(enum err err)
{
	switch (err) {
	case OK: return 200;
	case ERR_INVALID:
	case ERR_USAGE: return 400;
	case ERR_UNAUTHORIZED: return 401;
	case ERR_FORBIDDEN: return 403;
	case ERR_NOT_FOUND: return 404;
	case ERR_CONFLICT: return 409;
	case ERR_LIMIT: return 413;
	case ERR_TAMPERED: return 422;
	case ERR_IO: return 503;
	}
	assert(false && "not an enum err");
	return 500;
}

void
http_print_problem(void *ctx, const struct http_request *req, unsigned status,
    const struct why *why, struct http_response *ret)
{
	(void)ctx;
	(void)req;
	(void)status;

	struct json_writer w = json_writer(http_body(ret, "application/json"));

	json_begin_object(&w);
	json_begin_object(json_key(&w, S("error")));
	json_put_str(json_key(&w, S("code")), str_of(why->code));
	json_put_str(json_key(&w, S("message")), str_of(why->text));
	json_put_str(json_key(&w, S("where")), str_of(why->where));
	json_end_object(&w);
	json_end_object(&w);
}

const char *
http_method_name(enum http_method method)
{
	static const char *const names[HTTP_METHODS] = {
		[HTTP_GET] = "GET",
		[HTTP_POST] = "POST",
		[HTTP_PUT] = "PUT",
		[HTTP_PATCH] = "PATCH",
		[HTTP_DELETE] = "DELETE",
	};

	assert(method < HTTP_METHODS);
	return names[method];
}

const char *
http_scope_name(enum http_scope scope)
{
	static const char *const names[HTTP_SCOPES] = {
		[SCOPE_PUBLIC] = "public",
		[SCOPE_PEER] = "peer",
		[SCOPE_SESSION] = "session",
		[SCOPE_READ] = "read",
		[SCOPE_WRITE] = "write",
		[SCOPE_APPROVE] = "approve",
		[SCOPE_ADMIN] = "admin",
		[SCOPE_COLLECTIONS] = "collections",
	};

	assert(scope < HTTP_SCOPES);
	return names[scope];
}
