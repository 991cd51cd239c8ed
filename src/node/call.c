#include <stdio.h>
#include <unistd.h>

#include "codec.h"
#include "http_client.h"
#include "node.h"
#include "site_p.h"
#include "uuid_make.h"

enum {
	CALL_ARENA_MAX = 1536 * MIB, /* an import of a gigabyte and its tree */
	SOCKET_PATH_MAX = 4096,
	CREDENTIALS_MAX = 8 * KIB,
};

/* "Bearer ..." of the token, "Basic ..." of the account, or empty. */
static enum err
credentials(const struct node_call *call, struct arena *a, struct str *ret, struct why *why)
{
	*ret = S("");
	if (call->token.len > CREDENTIALS_MAX)
		return fail(why, ERR_LIMIT, "call.credentials", "the token is too long");
	if (call->token.len > 0) {
		*ret = arena_printf(a, "Bearer " STR_FMT, STR_ARG(call->token));
		return OK;
	}
	if (call->account.len == 0)
		return OK;
	struct str pair =
	    arena_printf(a, STR_FMT ":" STR_FMT, STR_ARG(call->account), STR_ARG(call->password));
	struct str text = base64_text(a, BASE64_STD, pair.ptr, pair.len);
	if (pair.len > CREDENTIALS_MAX || text.ptr == NULL)
		return fail(why, ERR_LIMIT, "call.credentials", "account or password is too long");
	*ret = arena_printf(a, "Basic " STR_FMT, STR_ARG(text));
	return OK;
}

static enum http_method
method_of(const char *name)
{
	for (int m = 0; m < HTTP_METHODS; m++) {
		if (strcmp(http_method_name((enum http_method)m), name) == 0)
			return (enum http_method)m;
	}
	return HTTP_GET;
}

/* ---- somebody serves ---- */

static enum err
call_socket(const char *path, const struct node_call *call, struct arena *a,
    struct node_answer *ret, struct why *why)
{
	CLEANUP(http_client_freep) struct http_client *client = NULL;
	struct http_client_config config = { .socket_path = path };
	struct http_pair headers[3] = { { S("Content-Type"), S("application/json") } };
	struct http_call out = {
		.method = method_of(call->method),
		.target = call->target,
		.headers = headers,
		.headers_len = 1,
		.body = call->body,
	};
	struct http_answer answer;
	struct str basic = { 0 };

	TRY(credentials(call, a, &basic, why));
	if (basic.len > 0)
		headers[out.headers_len++] = (struct http_pair){ S("Authorization"), basic };
	if (call->code.len > 0)
		headers[out.headers_len++] = (struct http_pair){ S("Torana-Code"), call->code };
	TRY(http_client_new(&config, &client, why));
	TRY(http_client_call(client, &out, &answer, why));
	ret->status = answer.status;
	ret->body = arena_str(a, answer.body);
	if (ret->body.ptr == NULL && answer.body.len > 0)
		return fail(why, ERR_LIMIT, "call.answer", "the answer is too large");
	return OK;
}

/* ---- nobody serves: the same table, in this process ---- */

static void
run_here(const struct http_site *site, struct http_request *req, const struct node_call *call,
    struct http_response *resp)
{
	if (!http_site_head(site, req, str_of(call->method), resp))
		return;
	req->body = call->body;
	req->woken_last = true; /* nothing will come: a long poll answers at once */
	if (req->body.len > req->route->body_max) {
		struct why why = { 0 };

		(void)fail(&why, ERR_LIMIT, "http.body", "a body of %zu bytes; at most %zu",
		    req->body.len, req->route->body_max);
		http_site_fault(site, req, 413, &why, resp);
		return;
	}
	http_site_run(site, req, resp);
}

static enum err
call_here(const char *dir, const char *realm_name, const struct node_call *call, struct arena *a,
    struct node_answer *ret, struct why *why)
{
	CLEANUP(realm_closep) struct realm *realm = NULL;
	CLEANUP(http_response_done) struct http_response resp = { 0 };
	struct realm_options options = { .clock = &clock_system };
	struct node_site site;
	struct str basic = { 0 };
	struct http_request req = {
		.listener = HTTP_CONTROL,
		.target = call->target,
		.id = S("local"),
		.at = clock_wall(&clock_system),
		.arena = a,
	};

	TRY(credentials(call, a, &basic, why));
	req.headers[req.headers_len++] =
	    (struct http_pair){ S("Content-Type"), S("application/json") };
	if (basic.len > 0)
		req.headers[req.headers_len++] = (struct http_pair){ S("Authorization"), basic };
	if (call->code.len > 0)
		req.headers[req.headers_len++] = (struct http_pair){ S("Torana-Code"), call->code };
	TRY(realm_open(dir, realm_name, &options, &realm, why));
	node_control_site(&site, realm, NULL);
	run_here(&site.site, &req, call, &resp);
	ret->status = resp.status == 0 ? 200 : resp.status;
	ret->body = arena_str(a, resp.body.len > 0 ? resp.body : buf_str(&resp.buf));
	return OK;
}

enum err
node_call(const char *dir, const struct node_call *call, struct arena *a, struct node_answer *ret,
    struct why *why)
{
	char path[SOCKET_PATH_MAX];
	struct node_config config;
	struct why refused = { 0 };

	TRY(node_config_read(dir, &config, why));
	(void)snprintf(path, sizeof(path), "%s/%s/control.sock", dir, config.realm);
	/* A socket that nobody listens on is left by a node that was killed. */
	if (access(path, F_OK) == 0 && call_socket(path, call, a, ret, &refused) == OK)
		return OK;
	if (refused.code != NULL && strcmp(refused.code, "http.connect") != 0) {
		if (why != NULL)
			*why = refused;
		return ERR_IO;
	}
	return call_here(dir, config.realm, call, a, ret, why);
}
