/* world_p.h: for tests: a realm in a temporary folder and the REST face over it,
 * called in process. */
#pragma once

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "account.h"
#include "api.h"
#include "cases.h"
#include "codec.h"
#include "json.h"
#include "log.h"

enum {
	WORLD_PATH_MAX = 256,
	WORLD_ARENA_MAX = 512 * MIB, /* all answers of one test */
};

#define WORLD_PASSWORD "correct horse battery"

struct world {
	char folder[WORLD_PATH_MAX];
	struct clock clock;
	struct realm *realm;
	struct api api;
	struct http_mount mount;
	struct http_site site;
	struct arena *arena;
	const char *remote; /* address of callers; NULL: none is known */
};

struct answer {
	unsigned status;
	struct str body;
	struct str cookie; /* value of Set-Cookie */
	bool parked;
	const struct json *json;
};

/* Who calls, and how; all zero is nobody on the people listener. */
struct caller {
	const char *account; /* Basic, with WORLD_PASSWORD */
	const char *password;
	const char *cookie; /* of torana_session */
	const char *bearer;
	bool socket;
	bool own_page; /* sends what our pages send with a change */
};
#define SOCKET   (&(struct caller){ .socket = true })
#define NOBODY   (&(struct caller){ 0 })
#define AS(name) (&(struct caller){ .account = (name) })

#define MUST(call)                                                      \
	do {                                                            \
		struct why must_ = { 0 };                               \
		enum err err_ = (call);                                 \
		if (err_ != OK)                                         \
			fail_msg("%s: %s", err_name(err_), must_.text); \
	} while (0)
#define WHY (&must_)

static inline int
world_unlink(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

static inline void
world_end(struct world *w)
{
	realm_close(w->realm);
	arena_free(w->arena);
	(void)nftw(w->folder, world_unlink, 16, FTW_DEPTH | FTW_PHYS);
}

/* A node of the party "IN" or "JP". */
static inline void
world_begin(struct world *w, const char *party)
{
	bool in = strcmp(party, "IN") == 0;
	const char *tmp = getenv("TMPDIR");
	struct realm_init init = {
		.identity = {
			.realm = S("demo"),
			.name = in ? S("in.example") : S("jp.example"),
			.party = str_of(party),
			.organisation = in ? S("IN:CERT-IN") : S("JP:JPCERT"),
			.enclave = S("main"),
			.display = in ? S("CERT-In (test)") : S("JPCERT/CC (test)"),
		},
		.peer_url = S("https://node.example:8441"),
	};
	time_us now = 0;

	assert_true(time_parse(S("2026-11-22T03:04:05.123456Z"), &now));
	*w = (struct world){ .clock = clock_fixed(now), .arena = arena_new(WORLD_ARENA_MAX) };
	init.clock = &w->clock;
	(void)snprintf(w->folder, sizeof(w->folder), "%s/torana-api-XXXXXX",
	    tmp == NULL ? "/tmp" : tmp);
	assert_non_null(mkdtemp(w->folder));
	MUST(realm_init(w->folder, &init, WHY));
	MUST(realm_open(w->folder, "demo", &(struct realm_options){ .clock = &w->clock }, &w->realm,
	    WHY));
	w->api = (struct api){ .realm = w->realm, .version = "0.0.0" };
	w->mount = (struct http_mount){
		.prefix = S("/api/v1/"),
		.routes = api_routes,
		.len = api_routes_count,
		.ctx = &w->api,
	};
	w->site = (struct http_site){ .mounts = &w->mount,
		.len = 1,
		.authenticate = api_authenticate,
		.ctx = &w->api };
}

static inline void
world_header(struct http_request *req, const char *name, struct str value)
{
	req->headers[req->headers_len++] = (struct http_pair){ str_of(name), value };
}

static inline void
world_credentials(struct world *w, struct http_request *req, const struct caller *who)
{
	if (who->account != NULL) {
		const char *password = who->password != NULL ? who->password : WORLD_PASSWORD;
		struct str pair = arena_printf(w->arena, "%s:%s", who->account, password);
		struct str text = base64_text(w->arena, BASE64_STD, pair.ptr, pair.len);
		world_header(req, "Authorization",
		    arena_printf(w->arena, "Basic " STR_FMT, STR_ARG(text)));
	}
	if (who->bearer != NULL)
		world_header(req, "Authorization",
		    arena_printf(w->arena, "Bearer %s", who->bearer));
	if (who->cookie != NULL)
		world_header(req, "Cookie",
		    arena_printf(w->arena, "torana_session=%s", who->cookie));
	if (who->own_page) {
		world_header(req, "X-Torana-Request", S("1"));
		world_header(req, "Sec-Fetch-Site", S("same-origin"));
	}
}

struct world_ask {
	const struct caller *who;
	const char *method;
	struct str target;
	struct str body;
	bool last;      /* of a long poll */
	bool head_only; /* stop before the handler: status 0 means that it would run */
};

static inline struct answer
world_ask(struct world *w, const struct world_ask *ask)
{
	CLEANUP(http_response_done) struct http_response resp = { 0 };
	struct answer answer = { 0 };
	struct http_request req = {
		.listener = ask->who->socket ? HTTP_CONTROL : HTTP_PEOPLE,
		.target = ask->target,
		.remote = w->remote == NULL ? S("") : str_of(w->remote),
		.id = S("test"),
		.at = clock_wall(&w->clock),
		.arena = w->arena,
	};

	world_credentials(w, &req, ask->who);
	if (http_site_head(&w->site, &req, str_of(ask->method), &resp)) {
		if (ask->head_only)
			return answer;
		req.body = ask->body;
		req.woken_last = ask->last;
		http_site_run(&w->site, &req, &resp);
	}
	answer.status = resp.status;
	answer.parked = resp.park_us > 0;
	answer.body = arena_str(w->arena, resp.body.len > 0 ? resp.body : buf_str(&resp.buf));
	for (size_t i = 0; i < resp.added_len; i++) {
		if (str_is(resp.added[i].name, "Set-Cookie"))
			answer.cookie = arena_str(w->arena, resp.added[i].value);
	}
	if (answer.body.len > 0)
		MUST(json_parse(w->arena, answer.body, NULL, &answer.json, WHY));
	return answer;
}

static inline struct answer
call(struct world *w, const struct caller *who, const char *method, const char *target,
    struct str body)
{
	return world_ask(w, &(struct world_ask){ .who = who,
	                        .method = method,
	                        .target = str_of(target),
	                        .body = body });
}

static inline struct answer
get(struct world *w, const struct caller *who, const char *target)
{
	return call(w, who, "GET", target, S(""));
}

/* Fails with the answer's body when the status is another. */
static inline void
expect_status(struct answer a, unsigned status)
{
	if (a.status != status)
		fail_msg("%u, not %u: " STR_FMT, a.status, status, STR_ARG(a.body));
}

static inline void
expect_error(struct answer a, unsigned status, const char *code)
{
	struct str got = json_str(json_get(json_get(a.json, S("error")), S("code")));

	expect_status(a, status);
	if (!str_is(got, code))
		fail_msg(STR_FMT ", not %s: " STR_FMT, STR_ARG(got), code, STR_ARG(a.body));
}

/* An account with the password of all tests: the name says the roles. */
static inline void
add_account(struct world *w, const char *name, const char *roles)
{
	struct str body = arena_printf(w->arena,
	    "{\"name\":\"%s\",\"display\":\"Test %s\",\"roles\":[\"%s\"],\"password\":"
	    "\"" WORLD_PASSWORD "\"}",
	    name, name, roles);

	expect_status(call(w, SOCKET, "POST", "/api/v1/accounts", body), 201);
}
